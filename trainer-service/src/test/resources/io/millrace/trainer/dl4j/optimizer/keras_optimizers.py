"""Writes keras_optimizers.json: the weights that Keras 3.15's optimizers make of given gradients.

KERAS_BACKEND=jax python keras_optimizers.py > keras_optimizers.json
"""
import json

import numpy as np
from keras import Variable, optimizers

# Two variables, so that a norm of one differs from the norm of both.
WEIGHTS = [[0.5, -1.25, 2.0, 0.001, 0.0], [0.75, -0.3, 0.02]]
GRADIENTS = [
    [[0.1, -2.0, 1e-4, 3.0, 0.0], [0.5, -0.01, 0.2]],
    [[-0.3, 0.5, 1e-5, -1.0, 1e-8], [-0.25, 0.02, 4.0]],
    [[0.2, -0.1, -1e-4, 0.7, 0.0], [0.1, 0.0, -1.0]],
    [[1.5, 0.25, 0.0, 0.01, -1e-3], [0.0, 0.0, 0.0]],
    [[-0.4, 0.125, 2e-4, -0.5, 0.3], [0.05, -0.3, 0.6]],
    [[0.05, -0.75, 1.0, 0.2, -0.2], [2.0, 0.04, -0.1]],
]
SCHEDULE = dict(initial_learning_rate=0.1, decay_steps=2, decay_rate=0.5)

CASES = [
    ("SGD", {}),
    ("SGD", dict(learning_rate=0.1, momentum=0.9)),
    ("SGD", dict(learning_rate=0.1, momentum=0.9, nesterov=True)),
    ("SGD", dict(learning_rate=0.1, weight_decay=0.1)),
    ("SGD", dict(learning_rate=0.1, clipnorm=0.8)),
    ("SGD", dict(learning_rate=0.1, momentum=0.5, clipvalue=0.4)),
    ("SGD", dict(learning_rate=0.1, global_clipnorm=1.1, weight_decay=0.01)),
    ("SGD", dict(learning_rate=SCHEDULE, momentum=0.5, weight_decay=0.01)),
    ("Adagrad", {}),
    ("Adagrad", dict(learning_rate=0.1, initial_accumulator_value=0.0, epsilon=1e-3)),
    ("Adadelta", {}),
    ("Adadelta", dict(learning_rate=1.0, rho=0.9, epsilon=1e-3)),
    ("Adadelta", dict(learning_rate=SCHEDULE, clipnorm=0.5)),
    ("RMSprop", {}),
    ("RMSprop", dict(learning_rate=0.01, rho=0.8, epsilon=1e-3)),
    ("RMSprop", dict(learning_rate=0.01, momentum=0.7)),
    ("RMSprop", dict(learning_rate=0.01, centered=True, epsilon=1e-3)),
    ("RMSprop", dict(learning_rate=0.01, rho=0.5, momentum=0.7, centered=True, epsilon=1e-2)),
    ("Adam", {}),
    ("Adam", dict(learning_rate=0.01, beta_1=0.8, beta_2=0.95, epsilon=1e-3)),
    ("Adam", dict(learning_rate=0.05, amsgrad=True, beta_2=0.7)),
    ("Adam", dict(learning_rate=SCHEDULE, global_clipnorm=0.9)),
    ("AdamW", {}),
    ("AdamW", dict(learning_rate=0.05, weight_decay=0.2, epsilon=1e-4)),
    ("AdamW", dict(learning_rate=0.05, amsgrad=True, beta_2=0.6, clipvalue=0.3)),
    ("Adamax", {}),
    ("Adamax", dict(learning_rate=0.05, beta_1=0.7, beta_2=0.9, epsilon=1e-3)),
    ("Nadam", {}),
    ("Nadam", dict(learning_rate=0.05, beta_1=0.7, beta_2=0.9, epsilon=1e-3)),
    ("Ftrl", {}),
    ("Ftrl", dict(learning_rate=0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.02)),
    ("Ftrl", dict(learning_rate=0.1, learning_rate_power=-0.7, initial_accumulator_value=0.2, beta=0.3,
                  l2_shrinkage_regularization_strength=0.05)),
    ("Lion", {}),
    ("Lion", dict(learning_rate=0.02, beta_1=0.6, beta_2=0.8, weight_decay=0.05)),
]


def way(name, config):
    config = dict(config)
    if isinstance(config.get("learning_rate"), dict):
        config["learning_rate"] = optimizers.schedules.ExponentialDecay(**config["learning_rate"])
    optimizer = getattr(optimizers, name)(**config)
    variables = [Variable(np.array(w, "float32")) for w in WEIGHTS]
    steps = []
    for gradients in GRADIENTS:
        optimizer.apply([np.array(g, "float32") for g in gradients], variables)
        steps.append([[float(x) for x in np.array(v)] for v in variables])
    return steps


def line(name, config):
    steps = way(name, config)
    config = dict(config)
    if isinstance(config.get("learning_rate"), dict):
        config["learning_rate"] = {"type": "ExponentialDecay", **config["learning_rate"]}
    return json.dumps({"optimizer": {"type": name, **config}, "weights": steps})


print('{"weights": %s,' % json.dumps(WEIGHTS))
print(' "gradients": %s,' % json.dumps(GRADIENTS))
print(' "cases": [\n%s\n]}' % ",\n".join(line(name, config) for name, config in CASES))
