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
    spec.pop("inputs", None)
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


def graph(shape, specs):
    """Each layer takes the outputs that its inputs name, or that of the one before it."""
    inputs = keras.Input(tuple(shape))
    outputs, layers, last = {"input": inputs}, [], inputs
    for spec in specs:
        layers.append(layer(spec))
        taken = [outputs[name] for name in spec.get("inputs", [])] or [last]
        last = layers[-1](taken if len(taken) > 1 else taken[0])
        outputs[layers[-1].name] = last
    return keras.Model(inputs, last), layers


def training(name, shape, specs, loss, y, optimizer, size):
    random = np.random.default_rng(5)
    model, layers = graph(shape, specs)
    model.compile(optimizer, loss)
    weights = [w for l in layers for w in l.weights]
    for weight in weights:
        if "moving" not in weight.path and "optimizer" not in weight.path:
            weight.assign(random.normal(0, 0.5, weight.shape))
    start = [numbers(w.numpy()) for w in weights]
    x = random.uniform(0, 1, [size] + shape).astype("float32")
    if specs[0]["type"] == "Masking":
        for sample in range(size):
            x[sample, random.integers(0, 2, shape[0]) == 0] = specs[0]["mask_value"]
    losses = [float(model.train_on_batch(x, y)) for _ in range(4)]
    return {
        "name": name, "input_shape": shape, "layers": specs, "start": start, "input": numbers(x),
        "labels": np.asarray(y).reshape(-1).tolist(), "losses": losses,
        "end": [numbers(w.numpy()) for w in weights],
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
RESIDUAL = [
    {"type": "Conv2D", "filters": 4, "kernel_size": 3, "padding": "same", "use_bias": False, "kernel_regularizer": L2, "trainable": False},
    {"type": "BatchNormalization", "momentum": 0.9, "trainable": False, "name": "start"},
    {"type": "Conv2D", "filters": 4, "kernel_size": 3, "padding": "same", "activation": "relu"},
    {"type": "BatchNormalization", "momentum": 0.9, "name": "end"},
    {"type": "Add", "inputs": ["start", "end"]},
    {"type": "ReLU", "name": "sum"},
    {"type": "GlobalAveragePooling2D", "keepdims": True},
    {"type": "Conv2D", "filters": 4, "kernel_size": 1, "activation": "sigmoid", "kernel_regularizer": L2, "name": "scale"},
    {"type": "Multiply", "inputs": ["sum", "scale"]},
    {"type": "MaxPooling2D", "name": "small"},
    {"type": "Flatten", "name": "flat"},
    {"type": "Dense", "units": 5, "activation": "tanh", "name": "deep"},
    {"type": "GlobalMaxPooling2D", "inputs": ["small"], "name": "wide"},
    {"type": "Concatenate", "inputs": ["deep", "wide"]},
    {"type": "Dense", "units": 3, "kernel_regularizer": L1},
    {"type": "Softmax"},
]
BRANCHES = [
    {"type": "Conv1D", "filters": 3, "kernel_size": 3, "padding": "same", "activation": "tanh", "name": "a"},
    {"type": "LSTM", "units": 3, "return_sequences": True, "inputs": ["input"], "name": "b"},
    {"type": "Minimum", "inputs": ["a", "b"], "name": "c"},
    {"type": "Concatenate", "inputs": ["a", "c", "input"], "name": "d"},
    {"type": "Dot", "axes": [1, 1], "inputs": ["d", "b"]},
    {"type": "Flatten", "name": "e"},
    {"type": "GRU", "units": 3, "inputs": ["d"], "trainable": False, "name": "f"},
    {"type": "Concatenate", "inputs": ["f", "e"]},
    {"type": "Dense", "units": 2},
]
ACTIVITIES = [
    {"type": "Conv2D", "filters": 3, "kernel_size": 3, "activation": "relu", "activity_regularizer": L1, "name": "a"},
    {"type": "Conv2D", "filters": 3, "kernel_size": 3, "padding": "same", "activation": "gelu", "activity_regularizer": L2, "name": "b"},
    {"type": "Add", "inputs": ["a", "b"], "activity_regularizer": {"type": "L1L2", "l1": 0.001, "l2": 0.003}},
    {"type": "Flatten", "activity_regularizer": L2},
    {"type": "Dense", "units": 4, "activity_regularizer": L1, "trainable": False},
    {"type": "Dense", "units": 3, "activation": "softmax"},
]
MASKED = [
    {"type": "Masking", "mask_value": 0.25},
    {"type": "Bidirectional", "layer": {"type": "LSTM", "units": 3, "return_sequences": True, "recurrent_regularizer": L2}},
    {"type": "GRU", "units": 4, "return_sequences": True},
    {"type": "GlobalAveragePooling1D"},
    {"type": "Dense", "units": 2},
]
PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "training.json")
found = json.load(open(PATH)) if os.path.exists(PATH) else []  # Cases that are there stay.


def add(name, *arguments, **more):
    if name not in [c["name"] for c in found]:
        found.append(dict(training(name, *arguments), **more))


random = np.random.default_rng(3)
labels = [0, 2, 1, 1, 0, 2]
classes = np.eye(3, dtype="float32")[labels]
values = random.uniform(0, 1, [5, 2]).astype("float32")
for name, layers in [("images", IMAGES), ("head", HEAD), ("residual", RESIDUAL), ("activities", ACTIVITIES)]:
    add(name, [7, 6, 2], layers, "categorical_crossentropy", classes, keras.optimizers.SGD(0.1, momentum=0.9), 6, labels=labels)
for name, layers in [("series", SERIES), ("branches", BRANCHES)]:
    add(name, [8, 1], layers, "mse", values, keras.optimizers.Adam(0.01), 5)
add("masked", [8, 2], MASKED, "mse", values, keras.optimizers.Adam(0.01), 5)
with open(PATH, "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in found) + "\n]\n")
