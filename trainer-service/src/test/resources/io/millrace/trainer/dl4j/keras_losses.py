"""Writes keras_losses.json: Keras 3.15's losses and their gradients with respect to the outputs.

KERAS_BACKEND=jax python keras_losses.py > keras_losses.json
"""
import json

import jax
import numpy as np
from keras import losses

random = np.random.default_rng(0)
LOGITS = random.normal(size=(4, 3)).astype("float32") * 2
SOFT = np.array(jax.nn.softmax(LOGITS))
SIGMOID = np.array(jax.nn.sigmoid(LOGITS))
ONE_HOT = np.eye(3, dtype="float32")[[0, 2, 1, 2]]
SHARES = np.array([[0.7, 0.3, 0], [0, 0.4, 0.6], [0.25, 0.25, 0.5], [0, 0, 1]], "float32")
VALUES = random.normal(size=(4, 3)).astype("float32") * 2
POSITIVE = np.abs(VALUES) + 0.25
WEIGHTS = np.array([1, 0.5, 2, 3], "float32")

CASES = [
    ("categorical_crossentropy", losses.CategoricalCrossentropy(), {}, SOFT, ONE_HOT),
    ("categorical_crossentropy", losses.CategoricalCrossentropy(), {}, SOFT, SHARES),
    ("categorical_crossentropy", losses.CategoricalCrossentropy(label_smoothing=0.2), {"label_smoothing": 0.2}, SOFT, SHARES),
    ("sparse_categorical_crossentropy", losses.CategoricalCrossentropy(), {}, SOFT, ONE_HOT),
    ("binary_crossentropy", losses.BinaryCrossentropy(), {}, SIGMOID, ONE_HOT),
    ("binary_crossentropy", losses.BinaryCrossentropy(label_smoothing=0.1), {"label_smoothing": 0.1}, SIGMOID, ONE_HOT),
    ("kl_divergence", losses.KLDivergence(), {}, SOFT, SHARES),
    ("mse", losses.MeanSquaredError(), {}, LOGITS, VALUES),
    ("mae", losses.MeanAbsoluteError(), {}, LOGITS, VALUES),
    ("huber", losses.Huber(), {}, LOGITS, VALUES),
    ("huber", losses.Huber(delta=2.5), {"delta": 2.5}, LOGITS, VALUES),
    ("log_cosh", losses.LogCosh(), {}, LOGITS, VALUES),
    ("mape", losses.MeanAbsolutePercentageError(), {}, LOGITS, VALUES),
    ("msle", losses.MeanSquaredLogarithmicError(), {}, np.abs(LOGITS), POSITIVE),
    ("poisson", losses.Poisson(), {}, np.abs(LOGITS), POSITIVE),
    ("hinge", losses.Hinge(), {}, LOGITS, ONE_HOT),
    ("squared_hinge", losses.SquaredHinge(), {}, LOGITS, ONE_HOT),
    ("categorical_hinge", losses.CategoricalHinge(), {}, LOGITS, ONE_HOT),
    ("categorical_hinge", losses.CategoricalHinge(), {}, LOGITS, SHARES),
]
# Those whose gradient is taken before the activation.
BEFORE = {"categorical_crossentropy": jax.nn.softmax, "sparse_categorical_crossentropy": jax.nn.softmax,
          "kl_divergence": jax.nn.softmax, "binary_crossentropy": jax.nn.sigmoid}


def numbers(array):
    return [float(x) for x in np.asarray(array).ravel()]


def case(name, loss, parameters, p, y, weights):
    activation = BEFORE.get(name, lambda x: x)
    at = LOGITS if name in BEFORE else p
    value, gradient = jax.value_and_grad(lambda x: loss(y, activation(x), sample_weight=weights))(at)
    return json.dumps({
        "loss": {"type": name, **parameters}, "outputs": numbers(p), "labels": numbers(y),
        "weights": None if weights is None else numbers(weights),
        "value": float(value), "gradient": numbers(gradient)})


print("[\n%s\n]" % ",\n".join(case(*given, weights) for given in CASES for weights in (None, WEIGHTS)))
