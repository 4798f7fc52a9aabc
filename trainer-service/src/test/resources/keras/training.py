"""Writes training.json: losses of Keras' training from given weights, with penalties and constraints.

    KERAS_BACKEND=jax python training.py

Made with Keras 3.15.1.
"""
import json
import os

import keras
import numpy as np


def layer(spec):
    spec = dict(spec)
    kind = spec.pop("type")
    if "layer" in spec:
        spec["layer"] = layer(spec["layer"])
    for field, value in list(spec.items()):
        if isinstance(value, dict):
            value = dict(value)
            group = "regularizers" if "regularizer" in field else "constraints"
            spec[field] = getattr(getattr(keras, group), value.pop("type"))(**value)
    return getattr(keras.layers, kind)(**spec)


def numbers(array):
    return [float("%.9g" % v) for v in np.asarray(array, np.float64).reshape(-1)]


def training(name, shape, specs, loss, y, optimizer, size):
    random = np.random.default_rng(5)
    model = keras.Sequential([keras.Input(tuple(shape))] + [layer(s) for s in specs])
    model.compile(optimizer, loss)
    for weight in model.weights:
        if "moving" not in weight.path and "optimizer" not in weight.path:
            weight.assign(random.normal(0, 0.5, weight.shape))
    start = [numbers(w.numpy()) for w in model.weights]
    x = random.uniform(0, 1, [size] + shape).astype("float32")
    losses = [float(model.train_on_batch(x, y)) for _ in range(4)]
    return {
        "name": name, "input_shape": shape, "layers": specs, "start": start, "input": numbers(x),
        "labels": np.asarray(y).reshape(-1).tolist(), "losses": losses,
        "end": [numbers(w.numpy()) for w in model.weights],
        "evaluation": float(model.evaluate(x, y, verbose=0, batch_size=size)),
    }


L1 = {"type": "L1", "l1": 0.002}
L2 = {"type": "L2", "l2": 0.01}
IMAGES = [
    {"type": "Conv2D", "filters": 4, "kernel_size": 3, "padding": "same", "use_bias": False, "kernel_regularizer": L2},
    {"type": "BatchNormalization", "momentum": 0.9, "gamma_regularizer": L1},
    {"type": "ReLU"},
    {"type": "MaxPooling2D", "pool_size": 2},
    {"type": "DepthwiseConv2D", "kernel_size": 2, "activation": "swish", "depthwise_constraint": {"type": "UnitNorm", "axis": [0, 1]}},
    {"type": "SeparableConv2D", "filters": 5, "kernel_size": 3, "padding": "same", "activation": "gelu", "pointwise_constraint": "non_neg"},
    {"type": "Flatten"},
    {"type": "LayerNormalization"},
    {"type": "Dense", "units": 3, "activation": "softmax", "bias_regularizer": L1,
     "kernel_regularizer": {"type": "L1L2", "l1": 0.001, "l2": 0.003}, "kernel_constraint": {"type": "MaxNorm", "max_value": 1.5, "axis": 0}},
]
SERIES = [
    {"type": "Conv1D", "filters": 3, "kernel_size": 3, "padding": "same", "activation": "tanh"},
    {"type": "Bidirectional", "layer": {"type": "GRU", "units": 3, "return_sequences": True, "recurrent_regularizer": L2}},
    {"type": "BatchNormalization"},
    {"type": "LSTM", "units": 4, "return_sequences": True, "kernel_constraint": "max_norm", "use_bias": False},
    {"type": "SimpleRNN", "units": 3},
    {"type": "Dense", "units": 2},
]
HEAD = [
    {"type": "Conv2D", "filters": 4, "kernel_size": 3, "activation": "relu"},
    {"type": "Conv2D", "filters": 3, "kernel_size": 1, "kernel_regularizer": L2},
    {"type": "GlobalAveragePooling2D"},
    {"type": "Softmax"},
]
random = np.random.default_rng(3)
classes = np.eye(3, dtype="float32")[[0, 2, 1, 1, 0, 2]]
found = [
    training("images", [7, 6, 2], IMAGES, "categorical_crossentropy", classes, keras.optimizers.SGD(0.1, momentum=0.9), 6),
    training("series", [8, 1], SERIES, "mse", random.uniform(0, 1, [5, 2]).astype("float32"), keras.optimizers.Adam(0.01), 5),
]
found.append(training("head", [7, 6, 2], HEAD, "categorical_crossentropy", classes, keras.optimizers.SGD(0.1, momentum=0.9), 6))
found[2]["labels"] = [0, 2, 1, 1, 0, 2]
found[0]["labels"] = [0, 2, 1, 1, 0, 2]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "training.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in found) + "\n]\n")
