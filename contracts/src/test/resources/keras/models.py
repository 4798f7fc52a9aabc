"""Writes models.json: chains of layers as a request says them, and what Keras' to_json() makes of them.

    KERAS_BACKEND=jax python models.py

Made with Keras 3.15.1.
"""
import json
import os

import keras


def layer(spec):
    spec = dict(spec)
    kind = spec.pop("type")
    if "layer" in spec:
        spec["layer"] = layer(spec["layer"])
    for field, value in list(spec.items()):
        if isinstance(value, dict):
            value = dict(value)
            group = "initializers" if "initializer" in field else "regularizers" if "regularizer" in field else "constraints"
            spec[field] = getattr(getattr(keras, group), value.pop("type"))(**value)
    return getattr(keras.layers, kind)(**spec)


def called(one, values):
    """A layer's output; an attention layer takes its input as query, value and key."""
    kind = type(one).__name__
    return one([values, values]) if kind == "Attention" else one(values, values, key=values) if kind == "MultiHeadAttention" else one(values)


IMAGE = [20, 18, 3]
SERIES = [12, 3]
L2 = {"type": "L2", "l2": 0.002}
MODELS = [
    ("images", IMAGE, [
        {"type": "Conv2D", "filters": 4, "kernel_size": 3, "activation": "relu", "kernel_regularizer": L2, "kernel_initializer": "he_normal"},
        {"type": "Conv2D", "filters": 4, "kernel_size": [3, 2], "strides": [1, 2], "padding": "same", "use_bias": False,
         "kernel_constraint": {"type": "MaxNorm", "max_value": 3, "axis": [0, 1, 2]}},
        {"type": "BatchNormalization", "momentum": 0.9},
        {"type": "LeakyReLU", "negative_slope": 0.1},
        {"type": "MaxPooling2D", "pool_size": 2},
        {"type": "DepthwiseConv2D", "kernel_size": 3, "depth_multiplier": 2, "padding": "same", "depthwise_regularizer": {"type": "L1", "l1": 0.0625}},
        {"type": "SeparableConv2D", "filters": 6, "kernel_size": 3, "padding": "same", "activation": "gelu", "bias_constraint": "non_neg"},
        {"type": "ReLU", "max_value": 6.0},
        {"type": "AveragePooling2D", "pool_size": [2, 1], "padding": "same"},
        {"type": "ZeroPadding2D", "padding": [[1, 0], [2, 2]]},
        {"type": "SpatialDropout2D", "rate": 0.1},
        {"type": "LayerNormalization", "epsilon": 0.01},
        {"type": "GaussianNoise", "stddev": 0.1},
        {"type": "Permute", "dims": [2, 1, 3]},
        {"type": "Activation", "activation": "silu"},
        {"type": "ELU", "alpha": 0.5},
        {"type": "GlobalAveragePooling2D"},
        {"type": "Dense", "units": 5, "activation": "selu", "kernel_initializer": "lecun_normal",
         "kernel_regularizer": {"type": "L1L2", "l1": 0.01, "l2": 0.02}, "bias_regularizer": {"type": "L1", "l1": 0.03125},
         "kernel_constraint": {"type": "UnitNorm", "axis": 0}, "bias_initializer": {"type": "Constant", "value": 0.1}},
        {"type": "AlphaDropout", "rate": 0.1},
        {"type": "Dropout", "rate": 0.5},
        {"type": "Dense", "units": 4, "kernel_initializer": {"type": "RandomNormal", "mean": 0.0, "stddev": 0.02}},
        {"type": "Softmax"}]),
    ("flat images", IMAGE, [{"type": "GlobalMaxPooling2D"}, {"type": "BatchNormalization", "center": False}, {"type": "GaussianDropout", "rate": 0.1},
        {"type": "RepeatVector", "n": 3}, {"type": "Flatten"},
        {"type": "Dense", "units": 2, "kernel_initializer": {"type": "VarianceScaling", "scale": 2.0, "mode": "fan_out", "distribution": "uniform"}}]),
    ("series", SERIES, [
        {"type": "Conv1D", "filters": 4, "kernel_size": 3, "dilation_rate": 2, "padding": "same", "activation": "tanh"},
        {"type": "SpatialDropout1D", "rate": 0.2},
        {"type": "MaxPooling1D", "pool_size": 2},
        {"type": "AveragePooling1D", "pool_size": 2, "strides": 1},
        {"type": "ZeroPadding1D", "padding": [1, 0]},
        {"type": "LSTM", "units": 3, "return_sequences": True, "dropout": 0.2, "recurrent_regularizer": L2},
        {"type": "GRU", "units": 3, "return_sequences": True, "go_backwards": True, "reset_after": False, "bias_constraint": "max_norm"},
        {"type": "SimpleRNN", "units": 3, "return_sequences": True, "recurrent_initializer": "identity", "activation": "relu"},
        {"type": "Bidirectional", "merge_mode": "sum", "layer": {"type": "LSTM", "units": 4, "return_sequences": True, "name": "inner"}},
        {"type": "TimeDistributed", "layer": {"type": "Dense", "units": 3, "activation": "relu", "name": "each"}},
        {"type": "Reshape", "target_shape": [-1]},
        {"type": "Dense", "units": 1}]),
    ("causal", SERIES, [{"type": "Conv1D", "filters": 4, "kernel_size": 3, "dilation_rate": 2, "padding": "causal", "activation": "relu"}, {"type": "Flatten"}, {"type": "Dense", "units": 1}]),
    ("dropped states", SERIES, [
        {"type": "LSTM", "units": 3, "return_sequences": True, "dropout": 0.1, "recurrent_dropout": 0.2},
        {"type": "SimpleRNN", "units": 3, "return_sequences": True, "recurrent_dropout": 0.3},
        {"type": "Bidirectional", "layer": {"type": "GRU", "units": 2, "recurrent_dropout": 0.4, "name": "g"}}, {"type": "Dense", "units": 1}]),
    ("global series", SERIES, [{"type": "Bidirectional", "layer": {"type": "GRU", "units": 2, "return_sequences": True, "name": "g"}},
        {"type": "GlobalMaxPooling1D"}, {"type": "Dense", "units": 1}]),
    ("mean of series", SERIES, [{"type": "GlobalAveragePooling1D"}, {"type": "Dense", "units": 1, "activation": "mish"}]),
    ("cropped images", IMAGE, [{"type": "Cropping2D", "cropping": [[1, 2], [0, 3]]}, {"type": "Flatten"}, {"type": "Dense", "units": 2}]),
    ("cropped series", SERIES, [{"type": "Cropping1D", "cropping": [1, 2]}, {"type": "Flatten"}, {"type": "Dense", "units": 1}]),
    ("larger images", IMAGE, [{"type": "UpSampling2D", "size": [2, 3]}, {"type": "Flatten"}, {"type": "Dense", "units": 2}]),
    ("longer series", SERIES, [{"type": "UpSampling1D", "size": 3}, {"type": "Flatten"}, {"type": "Dense", "units": 1}]),
    ("learned slopes", IMAGE, [{"type": "PReLU", "shared_axes": [1, 2], "alpha_initializer": {"type": "Constant", "value": 0.25}}, {"type": "Flatten"},
        {"type": "Dense", "units": 2}, {"type": "PReLU", "alpha_regularizer": L2, "alpha_constraint": "non_neg"}]),
    ("unit vectors", IMAGE, [{"type": "UnitNormalization"}, {"type": "Flatten"}, {"type": "Dense", "units": 2}]),
    ("groups", [6, 4, 4], [{"type": "GroupNormalization", "groups": 2, "epsilon": 0.01, "gamma_regularizer": L2}, {"type": "Flatten"}, {"type": "Dense", "units": 2}]),
    ("rescaled", IMAGE, [{"type": "Rescaling", "scale": 0.5, "offset": -1.0}, {"type": "Flatten"}, {"type": "Dense", "units": 2}]),
    ("prepared", IMAGE, [{"type": "Resizing", "height": 12, "width": 10}, {"type": "CenterCrop", "height": 8, "width": 6}, {"type": "Normalization", "mean": [0.5, 0.25, 0.75], "variance": [0.25, 0.5, 0.75]},
        {"type": "Normalization", "mean": 0.5, "variance": 2.0}, {"type": "Resizing", "height": 4, "width": 4, "interpolation": "nearest"}, {"type": "Flatten"}, {"type": "Dense", "units": 2}]),
    ("kept axes", IMAGE, [{"type": "GlobalAveragePooling2D", "keepdims": True}, {"type": "BatchNormalization"}, {"type": "GlobalMaxPooling2D", "keepdims": True}, {"type": "Flatten"}, {"type": "Dense", "units": 2}]),
    ("spread images", [5, 4, 3], [{"type": "Conv2DTranspose", "filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu", "kernel_regularizer": L2}, {"type": "Flatten"}, {"type": "Dense", "units": 2}]),
    ("spread series", SERIES, [{"type": "Conv1DTranspose", "filters": 2, "kernel_size": 3, "strides": 2, "use_bias": False}, {"type": "Flatten"}, {"type": "Dense", "units": 1}]),
    ("words as whole numbers", [4, 2], [{"type": "Flatten"}, {"type": "Embedding", "input_dim": 20, "output_dim": 3}, {"type": "LSTM", "units": 2}, {"type": "Dense", "units": 1}], "int32"),
    ("levels", IMAGE, [{"type": "Rescaling", "scale": 0.5}, {"type": "Flatten"}, {"type": "Dense", "units": 2}], "uint8"),
    ("words", [7], [{"type": "Embedding", "input_dim": 20, "output_dim": 3, "embeddings_initializer": {"type": "RandomNormal", "mean": 0.0, "stddev": 0.02}, "embeddings_regularizer": L2}, {"type": "LSTM", "units": 2}, {"type": "Dense", "units": 1}]),
    ("attention", SERIES, [{"type": "Attention", "use_scale": True, "score_mode": "concat", "dropout": 0.1},
        {"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 4, "dropout": 0.2, "kernel_regularizer": L2, "bias_initializer": {"type": "Constant", "value": 0.1}, "kernel_constraint": {"type": "MaxNorm", "max_value": 3, "axis": [0, 1]}},
        {"type": "MultiHeadAttention", "num_heads": 1, "key_dim": 2, "value_dim": 3, "use_bias": False}, {"type": "Attention"}, {"type": "GlobalAveragePooling1D"}, {"type": "Dense", "units": 1}]),
    ("masked", SERIES, [{"type": "Masking", "mask_value": -1.0}, {"type": "LSTM", "units": 3, "return_sequences": True}, {"type": "GlobalAveragePooling1D"}, {"type": "Dense", "units": 1}]),
    ("masked words", [7], [{"type": "Embedding", "input_dim": 20, "output_dim": 3, "mask_zero": True}, {"type": "GRU", "units": 2}, {"type": "Dense", "units": 1}]),
    ("noise of whole samples", IMAGE, [{"type": "Conv2D", "filters": 2, "kernel_size": 3}, {"type": "Dropout", "rate": 0.2, "noise_shape": [None, 1, 1, 1]}, {"type": "Flatten"}, {"type": "Dense", "units": 2}]),
]

written = []
for name, shape, specs, *dtype in MODELS:
    specs = [dict(spec, name="layer_%d" % i) for i, spec in enumerate(specs)]
    attention = any("Attention" in spec["type"] for spec in specs)
    # Keras calls an attention layer with its input twice, which a Sequential model does not.
    sequential = None if attention else keras.Sequential([keras.Input(tuple(shape), dtype=dtype[0] if dtype else None)] + [layer(spec) for spec in specs])
    source = keras.Input(tuple(shape), dtype=dtype[0] if dtype else None)
    values = source
    for spec in specs:
        values = called(layer(spec), values)
    functional = keras.Model(source, values)
    for kind, model in [("sequential", sequential), ("functional", functional)]:
        if model is None:
            continue
        # Keras gives the layer within a new name.
        said = [
            dict(s, layer=dict(s["layer"], name="forward_" + s["layer"]["name"])) if s["type"] == "Bidirectional" else s
            for s in specs
        ]
        written.append({"name": name + ", " + kind, "shape": shape, "layers": said, "keras": model.to_json()})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "models.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(m, separators=(",", ":")) for m in written) + "\n]\n")
