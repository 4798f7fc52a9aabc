"""Writes layers.json: what Keras computes for each layer, in double precision.

    KERAS_BACKEND=jax JAX_ENABLE_X64=1 python layers.py

A case has layers as a request says them, a chain or a graph, or a model's own JSON, random weights in the order of get_weights(), an
input, the output, and the gradients of sum(output * cotangent) with respect to the weights (null
where no gradient moves them) and the input. Made with Keras 3.15.1.
"""
import json
import os

import jax
import keras
import numpy as np

keras.config.set_floatx("float64")
SEED = 7  # Of the request, see Samples.java.
BITS = (1 << 64) - 1


def mix(z):
    """The hash of SplitMix64, as in DropoutStage.java."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & BITS
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & BITS
    return z ^ (z >> 31)


def masks(seed, count, values, rate):
    """Those of step 0, as in GateProducts.java: the values' shape for each of so many gates."""
    key = mix(mix(seed))
    size = count * values.shape[0] * values.shape[1]
    drawn = np.array([mix(key + i * 0x9E3779B97F4A7C15 & BITS) >> 32 for i in range(size)]) / 2**32
    made = np.where(drawn < rate, 0, 1 / (1 - rate)).astype(keras.config.floatx())
    return made.reshape((count,) + tuple(values.shape))


def drop(cell, seed):
    """Gives a recurrent cell the masks that are drawn for the layer of that seed."""
    # Keras counts an LSTM's gates i, f, c, o, where LstmStage.java has c, f, o, i.
    order = [3, 1, 0, 2] if "LSTM" in type(cell).__name__ else [0, 1, 2]
    count = getattr(cell, "dropout_mask_count", None)

    def drawn(values, rate, seed):
        if rate == 0:
            return None
        if count is None:
            return masks(seed, 1, values, rate)[0]
        made = masks(seed, count, values, rate)
        return [made[gate] for gate in order[:count]]

    cell.get_dropout_mask = lambda values: drawn(values, cell.dropout, seed)
    cell.get_recurrent_dropout_mask = lambda values: drawn(values, cell.recurrent_dropout, mix(~seed & BITS))


def masks_of_weights(seed, weights, rate):
    """Those of step 0 of an attention layer, as in AttentionHead.java: by sample, head, query and key."""
    key = mix(mix(seed))
    drawn = np.array([mix(key + i * 0x9E3779B97F4A7C15 & BITS) >> 32 for i in range(int(np.prod(weights.shape)))]) / 2**32
    return np.where(drawn < rate, 0, 1 / (1 - rate)).reshape(weights.shape)


def drop_weights(one, seed):
    """Gives an attention layer the masks that are drawn for the layer of that seed."""
    if isinstance(one, keras.layers.MultiHeadAttention):
        rate = one.dropout
        # JAX' own attention, which Keras calls without dropout, takes no value_dim but key_dim.
        one._dropout = 1
        one._dropout_layer = lambda w, training=None: w * masks_of_weights(seed, w, rate) if training else w
        return

    def apply(scores, value, scores_mask=None, training=False):
        weights = keras.ops.softmax(scores, axis=-1)
        if training:
            weights = weights * masks_of_weights(seed, weights, one.dropout)
        return keras.ops.matmul(weights, value), weights

    one._apply_scores = apply


def drop_as_ours(layers):
    for i, one in enumerate(layers):
        seed = mix(SEED) + i & BITS
        if type(one).__name__ in ATTENTION:
            drop_weights(one, seed)
        if hasattr(one, "forward_layer"):
            drop(one.forward_layer.cell, seed)
            drop(one.backward_layer.cell, mix(seed + 1 & BITS))
        elif hasattr(one, "cell"):
            drop(one.cell, seed)


ATTENTION = ["Attention", "MultiHeadAttention"]


def called(one, x):
    """A layer's output; an attention layer takes its input as query, value and key."""
    kind = type(one).__name__
    return one([x, x]) if kind == "Attention" else one(x, x) if kind == "MultiHeadAttention" else one(x)


def layer(spec):
    spec = dict(spec)
    kind = spec.pop("type")
    spec.pop("inputs", None)
    if "layer" in spec:
        spec["layer"] = layer(spec["layer"])
    return getattr(keras.layers, kind)(**spec)


def graph(shape, specs):
    """A Functional model: each layer takes the outputs that its inputs name, or that of the one before it."""
    inputs = keras.Input(tuple(shape))
    outputs, layers, last = {"input": inputs}, [], inputs
    for spec in specs:
        layers.append(layer(spec))
        taken = [outputs[name] for name in spec.get("inputs", [])] or [last]
        last = called(layers[-1], taken if len(taken) > 1 else taken[0])
        outputs[layers[-1].name] = last
    return keras.Model(inputs, last), layers


def numbers(array):
    return [float("%.7g" % v) for v in np.asarray(array, np.float64).reshape(-1)]


def case(name, shape, specs, training=False, batch=3, scale=0.6, whole=0, model=None, masked=None):
    """A model in place of specs is written as its JSON; one of a turned shape takes channels first."""
    random = np.random.default_rng(abs(hash_of(name)))
    turned = model is not None and list(model.input_shape[1:]) != shape
    if model is not None:
        layers = [l for l in model.layers if not isinstance(l, keras.layers.InputLayer)]
    elif any("inputs" in s or s["type"] in ATTENTION for s in specs):
        model, layers = graph(shape, specs)
    else:
        layers = [layer(s) for s in specs]
        model = keras.Sequential([keras.Input(tuple(shape))] + layers)
    drop_as_ours(layers)
    variables = [w for l in layers for w in l.weights]
    for weight in variables:
        values = random.normal(0, scale, weight.shape)
        weight.assign(np.abs(values) + 0.3 if "variance" in weight.path else values)
    x = random.normal(0, 1, [batch] + (list(model.input_shape[1:]) if turned else shape))
    if whole:
        x = random.integers(0, whole, x.shape)
    if masked is not None:
        for sample, times in enumerate(MASKED[:batch]):
            x[sample, [t for t in times if t < shape[0]]] = masked
    x = x.astype(keras.config.floatx())
    trainable = [v.value for v in model.trainable_variables]
    others = [v.value for v in model.non_trainable_variables]
    y, after = model.stateless_call(trainable, others, x, training=training)
    cotangent = random.normal(0, 1, y.shape)

    def objective(weights, values):
        return (model.stateless_call(weights, others, values, training=training)[0] * cotangent).sum()

    gradients, input_gradient = jax.grad(objective, (0, 1))(trainable, x)
    if turned:
        x, input_gradient = np.moveaxis(x, 1, -1), np.moveaxis(input_gradient, 1, -1)
    found = {v.path: numbers(g) for v, g in zip(model.trainable_variables, gradients)}
    moved = {v.path: numbers(a) for v, a in zip(model.non_trainable_variables, after)}
    return {
        "name": name,
        "layers": specs,
        **({} if specs else {"keras": json.loads(model.to_json())}),
        "training": training,
        "input_shape": shape,
        "output_shape": list(y.shape[1:]),
        "parameters": [int(l.count_params()) for l in layers],
        "names": [l.name for l in layers],
        "batch": batch,
        "weights": [numbers(w.numpy()) for w in variables],
        "gradients": [found.get(w.path) for w in variables],
        "moved": [moved.get(w.path) for w in variables],
        "input": numbers(x),
        "output": numbers(y),
        "cotangent": numbers(cotangent),
        "input_gradient": numbers(input_gradient),
    }


def hash_of(text):
    value = 7
    for character in text:
        value = (value * 31 + ord(character)) % 1000003
    return value


# Times that are masked: at the ends, within, none, all.
MASKED = [[0, 1, 4], [5], [], [0, 1, 2, 3, 4, 5]]
IMAGE = [7, 6, 2]
SERIES = [6, 3]
FLAT = [5]
CASES = []
PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.json")
if os.path.exists(PATH):  # Cases that are there stay.
    CASES = json.load(open(PATH))


def write():
    with open(PATH, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in CASES) + "\n]\n")


def add(name, shape, *specs, **options):
    if name in [c["name"] for c in CASES]:
        return
    keras.utils.clear_session()
    # Keras' SimpleRNN mixes precisions where they are double.
    keras.config.set_floatx("float32" if "SimpleRNN" in json.dumps(specs) else "float64")
    CASES.append(case(name, shape, list(specs), **options))
    write()


def conv(**more):
    return dict({"type": "Conv2D", "filters": 3, "kernel_size": 3}, **more)


add("conv2d", IMAGE, conv())
add("conv2d relu same", IMAGE, conv(padding="same", activation="relu"))
add("conv2d same strides", IMAGE, conv(padding="same", strides=2, kernel_size=[4, 3]))
add("conv2d valid strides", IMAGE, conv(strides=[2, 1], kernel_size=[2, 3], use_bias=False))
add("conv2d dilated", IMAGE, conv(dilation_rate=2, activation="tanh"))
add("conv2d dilated same", IMAGE, conv(dilation_rate=[2, 1], padding="same"))
add("conv2d gaps", IMAGE, conv(kernel_size=1, strides=2, padding="same"))
add("conv2d gaps one axis", IMAGE, conv(kernel_size=[1, 3], strides=[3, 2], padding="same"))
add("conv2d gelu", IMAGE, conv(activation="gelu"))
add("conv2d softmax", IMAGE, conv(activation="softmax"))
add("conv2d twice", IMAGE, conv(), conv(filters=2, kernel_size=2, padding="same", activation="elu"))
add("conv1d", SERIES, {"type": "Conv1D", "filters": 4, "kernel_size": 3})
add("conv1d same", SERIES, {"type": "Conv1D", "filters": 2, "kernel_size": 4, "padding": "same", "activation": "relu"})
add("conv1d strides", SERIES, {"type": "Conv1D", "filters": 2, "kernel_size": 2, "strides": 2, "use_bias": False})
add("conv1d same strides", [7, 2], {"type": "Conv1D", "filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"})
add("conv1d gaps", [7, 2], {"type": "Conv1D", "filters": 3, "kernel_size": 1, "strides": 3, "padding": "same"})
add("conv1d dilated", [7, 2], {"type": "Conv1D", "filters": 3, "kernel_size": 3, "dilation_rate": 2})
add("conv1d dilated same", SERIES, {"type": "Conv1D", "filters": 3, "kernel_size": 3, "dilation_rate": 2, "padding": "same", "activation": "swish"})
for name, more in [("", {}), (" dilated", {"dilation_rate": 2, "activation": "relu"}), (" strides", {"strides": 2, "use_bias": False}), (" wide", {"kernel_size": 9})]:
    add("conv1d causal" + name, [7, 2], dict({"type": "Conv1D", "filters": 3, "kernel_size": 3, "padding": "causal"}, **more))
add("depthwise", IMAGE, {"type": "DepthwiseConv2D", "kernel_size": 3})
add("depthwise same strides", IMAGE, {"type": "DepthwiseConv2D", "kernel_size": [3, 2], "strides": 2, "padding": "same", "depth_multiplier": 3, "activation": "relu"})
add("depthwise dilated", IMAGE, {"type": "DepthwiseConv2D", "kernel_size": 2, "dilation_rate": 2, "use_bias": False, "depth_multiplier": 2})
add("separable", IMAGE, {"type": "SeparableConv2D", "filters": 3, "kernel_size": 3})
add("separable same", IMAGE, {"type": "SeparableConv2D", "filters": 4, "kernel_size": [2, 3], "padding": "same", "depth_multiplier": 2, "activation": "relu", "use_bias": False})
add("separable strides", IMAGE, {"type": "SeparableConv2D", "filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"})
add("separable dilated", IMAGE, {"type": "SeparableConv2D", "filters": 2, "kernel_size": 2, "dilation_rate": 3, "activation": "tanh"})
for kind in ["MaxPooling2D", "AveragePooling2D"]:
    add(kind, IMAGE, {"type": kind, "pool_size": 2})
    add(kind + " same", IMAGE, {"type": kind, "pool_size": [3, 2], "strides": 2, "padding": "same"})
    add(kind + " overlapping", IMAGE, {"type": kind, "pool_size": 3, "strides": [1, 2]})
    add(kind + " gaps", IMAGE, {"type": kind, "pool_size": 2, "strides": [3, 4], "padding": "same"})
for kind in ["MaxPooling1D", "AveragePooling1D"]:
    add(kind, SERIES, {"type": kind, "pool_size": 2})
    add(kind + " same", [7, 2], {"type": kind, "pool_size": 3, "strides": 2, "padding": "same"})
    add(kind + " overlapping", SERIES, {"type": kind, "pool_size": 3, "strides": 1})
for kind in ["GlobalMaxPooling2D", "GlobalAveragePooling2D"]:
    add(kind, IMAGE, {"type": kind})
for kind in ["GlobalMaxPooling1D", "GlobalAveragePooling1D"]:
    add(kind, SERIES, {"type": kind})
for shape in [IMAGE, SERIES, FLAT]:
    for training in [False, True]:
        add("batch normalization %s %s" % (len(shape), training), shape, {"type": "BatchNormalization", "momentum": 0.8}, training=training, batch=4)
    add("layer normalization %s" % len(shape), shape, {"type": "LayerNormalization", "epsilon": 0.01})
add("batch normalization bare", FLAT, {"type": "BatchNormalization", "center": False, "scale": False}, training=True, batch=5)
add("layer normalization bare", FLAT, {"type": "LayerNormalization", "center": False, "scale": False})
add("flatten image", IMAGE, {"type": "Flatten"})
add("flatten series", SERIES, {"type": "Flatten"})
add("flatten image dense", [3, 4, 2], {"type": "Flatten"}, {"type": "Dense", "units": 3})
add("flatten image normalization dense", [3, 4, 2], {"type": "Flatten"}, {"type": "BatchNormalization"}, {"type": "Dense", "units": 3})
add("flatten series dense", SERIES, {"type": "Flatten"}, {"type": "Dense", "units": 3, "activation": "tanh"})
add("flatten sequences dense", SERIES, {"type": "LSTM", "units": 2, "return_sequences": True}, {"type": "Flatten"}, {"type": "Dense", "units": 3})
add("dense", FLAT, {"type": "Dense", "units": 4, "use_bias": False})
add("dense softmax", FLAT, {"type": "Dense", "units": 4, "activation": "softmax"})
add("dense mish", FLAT, {"type": "Dense", "units": 4, "activation": "mish"})
add("dense series", SERIES, {"type": "Dense", "units": 4, "activation": "sigmoid"})
add("dense series softmax", SERIES, {"type": "Dense", "units": 4, "activation": "softmax", "use_bias": False})
add("dense series gelu", SERIES, {"type": "Dense", "units": 4, "activation": "gelu"})
add("dense image", IMAGE, {"type": "Dense", "units": 4, "activation": "relu"})
for function in ["linear", "relu", "sigmoid", "tanh", "softmax", "elu", "selu", "softplus", "softsign", "hard_sigmoid",
                 "swish", "silu", "gelu", "leaky_relu", "relu6", "mish", "exponential", "hard_silu", "hard_swish", "celu",
                 "log_softmax", "log_sigmoid", "hard_tanh", "tanh_shrink", "soft_shrink", "hard_shrink", "squareplus"]:
    add("activation " + function, [4], {"type": "Dense", "units": 6, "activation": function},
        {"type": "Activation", "activation": function}, scale=1.2)
add("activation softmax image", IMAGE, {"type": "Activation", "activation": "softmax"})
add("activation log_softmax series", SERIES, {"type": "Activation", "activation": "log_softmax"})
add("leaky relu", IMAGE, {"type": "LeakyReLU"})
add("leaky relu slope", SERIES, {"type": "LeakyReLU", "negative_slope": 0.1})
add("relu layer", FLAT, {"type": "ReLU"})
add("relu layer parameters", [12], {"type": "ReLU", "max_value": 0.8, "negative_slope": 0.2, "threshold": 0.1})
add("elu layer", FLAT, {"type": "ELU", "alpha": 0.7})
add("softmax layer", SERIES, {"type": "Softmax"})
for kind in ["LSTM", "GRU", "SimpleRNN"]:
    add(kind, SERIES, {"type": kind, "units": 4})
    add(kind + " sequences", SERIES, {"type": kind, "units": 3, "return_sequences": True})
    add(kind + " backwards", SERIES, {"type": kind, "units": 3, "return_sequences": True, "go_backwards": True})
    add(kind + " backwards last", SERIES, {"type": kind, "units": 3, "go_backwards": True, "dropout": 0.3})
    add(kind + " no bias", SERIES, {"type": kind, "units": 3, "use_bias": False})
    add(kind + " relu", SERIES, {"type": kind, "units": 3, "activation": "relu", "return_sequences": True}, scale=0.4)
    add(kind + " one time", [1, 3], {"type": kind, "units": 3})
    add(kind + " twice", SERIES, {"type": kind, "units": 3, "return_sequences": True}, {"type": kind, "units": 2})
    for mode in ["concat", "sum", "mul", "ave"] if kind == "GRU" else ["concat"]:
        add("bidirectional %s %s" % (kind, mode), SERIES, {"type": "Bidirectional", "merge_mode": mode, "layer": {"type": kind, "units": 2, "return_sequences": mode != "sum"}})
    add("bidirectional %s last" % kind, SERIES, {"type": "Bidirectional", "layer": {"type": kind, "units": 2}})
add("LSTM hard sigmoid", SERIES, {"type": "LSTM", "units": 3, "recurrent_activation": "hard_sigmoid"})
add("GRU reset before", SERIES, {"type": "GRU", "units": 3, "reset_after": False, "return_sequences": True})
add("GRU reset before no bias", SERIES, {"type": "GRU", "units": 2, "reset_after": False, "use_bias": False})
add("GRU softsign", SERIES, {"type": "GRU", "units": 2, "activation": "softsign", "recurrent_activation": "hard_sigmoid"})
for kind in ["LSTM", "GRU", "SimpleRNN"]:
    add(kind + " dropout", SERIES, {"type": kind, "units": 4, "dropout": 0.3}, training=True)
    add(kind + " recurrent dropout", SERIES, {"type": kind, "units": 4, "return_sequences": True, "recurrent_dropout": 0.4}, training=True)
    add(kind + " both dropouts", SERIES, {"type": kind, "units": 3, "dropout": 0.2, "recurrent_dropout": 0.5, "go_backwards": True}, training=True)
    add("bidirectional %s recurrent dropout" % kind, SERIES, {"type": "Bidirectional", "layer": {"type": kind, "units": 3, "dropout": 0.3, "recurrent_dropout": 0.3, "return_sequences": True}}, {"type": "GRU" if kind == "LSTM" else "LSTM", "units": 2, "recurrent_dropout": 0.3}, training=True)
add("GRU reset before recurrent dropout", SERIES, {"type": "GRU", "units": 4, "reset_after": False, "dropout": 0.2, "recurrent_dropout": 0.4, "return_sequences": True}, training=True)
add("time distributed dense", SERIES, {"type": "TimeDistributed", "layer": {"type": "Dense", "units": 2, "activation": "tanh"}})
add("time distributed activation", SERIES, {"type": "TimeDistributed", "layer": {"type": "Activation", "activation": "softmax"}})
add("zero padding", IMAGE, {"type": "ZeroPadding2D"})
add("zero padding sides", IMAGE, {"type": "ZeroPadding2D", "padding": [[1, 0], [2, 3]]})
add("zero padding series", SERIES, {"type": "ZeroPadding1D", "padding": [2, 1]})
add("reshape image", IMAGE, {"type": "Reshape", "target_shape": [6, 7, 2]})
add("reshape to series", IMAGE, {"type": "Reshape", "target_shape": [-1, 4]})
add("reshape to flat", SERIES, {"type": "Reshape", "target_shape": [18]})
add("reshape to image", SERIES, {"type": "Reshape", "target_shape": [3, 3, -1]})
add("permute image", IMAGE, {"type": "Permute", "dims": [2, 3, 1]})
add("permute series", SERIES, {"type": "Permute", "dims": [2, 1]})
add("repeat vector", FLAT, {"type": "RepeatVector", "n": 3})
add("cropping", IMAGE, {"type": "Cropping2D", "cropping": [[1, 2], [0, 3]]})
add("cropping series", SERIES, {"type": "Cropping1D", "cropping": [2, 1]})
add("up-sampling", IMAGE, {"type": "UpSampling2D", "size": [2, 3]})
add("up-sampling series", SERIES, {"type": "UpSampling1D", "size": 3})
add("prelu", FLAT, {"type": "PReLU"})
add("prelu image", IMAGE, {"type": "PReLU", "shared_axes": [1, 2]})
add("prelu series", SERIES, {"type": "PReLU", "shared_axes": [1]})
for shape in [IMAGE, SERIES, FLAT]:
    add("unit normalization %s" % len(shape), shape, {"type": "UnitNormalization"})
add("group normalization image", [4, 3, 6], {"type": "GroupNormalization", "groups": 3, "epsilon": 0.01})
add("group normalization channels", IMAGE, {"type": "GroupNormalization", "groups": -1, "center": False})
add("group normalization series", [6, 4], {"type": "GroupNormalization", "groups": 2})
add("group normalization flat", [6], {"type": "GroupNormalization", "groups": 2, "scale": False})
add("rescaling", IMAGE, {"type": "Rescaling", "scale": 0.5, "offset": -1.0})
add("normalization", IMAGE, {"type": "Normalization", "mean": [0.5, -1.0], "variance": [4.0, 0.25]})
add("normalization series", SERIES, {"type": "Normalization", "mean": 0.5, "variance": 2.0})
add("normalization flat", FLAT, {"type": "Dense", "units": 2}, {"type": "Normalization", "mean": [0.5, 2.0], "variance": [0.0001, 3.0]})
add("center crop", IMAGE, {"type": "CenterCrop", "height": 4, "width": 3})
add("center crop whole", IMAGE, {"type": "CenterCrop", "height": 7, "width": 1})
add("resizing", IMAGE, {"type": "Resizing", "height": 10, "width": 4})
add("resizing smaller", IMAGE, {"type": "Resizing", "height": 2, "width": 3})
add("resizing one", IMAGE, {"type": "Resizing", "height": 1, "width": 13})
add("resizing nearest", IMAGE, {"type": "Resizing", "height": 10, "width": 4, "interpolation": "nearest"})
add("resizing nearest smaller", [9, 7, 2], {"type": "Resizing", "height": 3, "width": 5, "interpolation": "nearest"})
for kind in ["GlobalMaxPooling2D", "GlobalAveragePooling2D"]:
    add(kind + " keepdims", IMAGE, {"type": kind, "keepdims": True})
for kind in ["GlobalMaxPooling1D", "GlobalAveragePooling1D"]:
    add(kind + " keepdims", SERIES, {"type": kind, "keepdims": True})
for kind, shape in [("Conv2DTranspose", [4, 3, 2]), ("Conv1DTranspose", [4, 2])]:
    add(kind, shape, {"type": kind, "filters": 3, "kernel_size": 3})
    add(kind + " same", shape, {"type": kind, "filters": 3, "kernel_size": 4, "padding": "same", "activation": "relu"})
    add(kind + " strides", shape, {"type": kind, "filters": 3, "kernel_size": 3, "strides": 2, "use_bias": False})
    add(kind + " same strides", shape, {"type": kind, "filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "tanh"})
    add(kind + " gaps", shape, {"type": kind, "filters": 2, "kernel_size": 2, "strides": 3})
    add(kind + " same gaps", shape, {"type": kind, "filters": 2, "kernel_size": 1, "strides": 2, "padding": "same"})
    add(kind + " dilated", shape, {"type": kind, "filters": 2, "kernel_size": 2, "dilation_rate": 2})
add("Conv2DTranspose oblong", [4, 3, 2], {"type": "Conv2DTranspose", "filters": 3, "kernel_size": [4, 2], "strides": [1, 2], "padding": "same"})
add("embedding", [6], {"type": "Embedding", "input_dim": 4, "output_dim": 3}, whole=4)
add("embedding LSTM", [5], {"type": "Embedding", "input_dim": 9, "output_dim": 2}, {"type": "LSTM", "units": 3}, whole=9)
for spec in [{"type": "Dropout", "rate": 0.4}, {"type": "GaussianDropout", "rate": 0.4}, {"type": "AlphaDropout", "rate": 0.4}, {"type": "GaussianNoise", "stddev": 0.4}]:
    add(spec["type"], FLAT, spec)
add("SpatialDropout1D", SERIES, {"type": "SpatialDropout1D", "rate": 0.4})
add("SpatialDropout2D", IMAGE, {"type": "SpatialDropout2D", "rate": 0.4})
add("mixed image", [9, 8, 2], conv(padding="same", use_bias=False), {"type": "BatchNormalization"}, {"type": "ReLU"},
    {"type": "MaxPooling2D"}, {"type": "SeparableConv2D", "filters": 4, "kernel_size": 3, "padding": "same"},
    {"type": "GlobalAveragePooling2D"}, {"type": "Dense", "units": 3, "activation": "softmax"}, training=True)
add("mixed series", [8, 1], {"type": "Conv1D", "filters": 4, "kernel_size": 3, "activation": "relu"}, {"type": "MaxPooling1D"},
    {"type": "Bidirectional", "layer": {"type": "GRU", "units": 3, "return_sequences": True}}, {"type": "LayerNormalization"},
    {"type": "SimpleRNN", "units": 4}, {"type": "Dense", "units": 2})
add("image as series", [4, 6, 2], {"type": "Reshape", "target_shape": [4, 12]}, {"type": "LSTM", "units": 3}, {"type": "Dense", "units": 2})
DENSE = {"type": "Dense", "units": 4}
MERGED = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"]
for kind in MERGED:
    add(kind + " image", IMAGE, conv(name="a", padding="same"), conv(name="b", padding="same", inputs=["input"]),
        {"type": kind, "inputs": ["a", "b"]})
    add(kind + " series", SERIES, {"type": "LSTM", "units": 4, "name": "a", "return_sequences": True}, dict(DENSE, name="b"),
        {"type": kind, "inputs": ["b", "a"]}, {"type": "GRU", "units": 2})
    add(kind + " flat", FLAT, dict(DENSE, name="a"), dict(DENSE, name="b", inputs=["input"], activation="tanh"),
        {"type": kind, "inputs": ["a", "b"]}, DENSE)
for kind in ["Add", "Multiply", "Average", "Maximum", "Minimum"]:
    add(kind + " three", FLAT, dict(DENSE, name="a"), dict(DENSE, name="b"), dict(DENSE, name="c"), {"type": kind, "inputs": ["a", "c", "b"]})
    add(kind + " broadcast", IMAGE, conv(name="a"), {"type": "GlobalMaxPooling2D", "keepdims": True, "name": "b"}, {"type": kind, "inputs": ["b", "a"]})
add("multiply broadcast series", SERIES, dict(DENSE, name="a"), {"type": "GlobalAveragePooling1D", "keepdims": True, "name": "b"}, {"type": "Multiply", "inputs": ["a", "b"]})
for axis in [1, 2, 3, -2]:
    add("concatenate image %d" % axis, IMAGE, conv(name="a", padding="same"), {"type": "ReLU", "name": "b"}, {"type": "Concatenate", "axis": axis, "inputs": ["a", "b", "a"]})
add("concatenate series times", SERIES, dict(DENSE, name="a"), {"type": "ZeroPadding1D", "name": "b"}, {"type": "Concatenate", "axis": 1, "inputs": ["a", "b"]})
add("dot flat", FLAT, dict(DENSE, name="a"), dict(DENSE, name="b", inputs=["input"]), {"type": "Dot", "axes": 1, "inputs": ["a", "b"]}, DENSE)
add("dot series", SERIES, dict(DENSE, name="a"), dict(DENSE, name="b", inputs=["input"]), {"type": "Dot", "axes": [2, 2], "inputs": ["a", "b"]})
add("dot series times", SERIES, dict(DENSE, name="a"), {"type": "Dense", "units": 3, "name": "b"}, {"type": "Dot", "axes": [1, -2], "inputs": ["b", "a"]})
add("dot series flat", SERIES, {"type": "LSTM", "units": 3, "name": "a"}, {"type": "Dot", "axes": [2, 1], "inputs": ["input", "a"]})
add("residual block", [8, 7, 3], conv(name="a", padding="same", use_bias=False), {"type": "BatchNormalization"}, {"type": "ReLU", "name": "b"},
    conv(padding="same", use_bias=False), {"type": "BatchNormalization", "name": "c"},
    {"type": "Add", "inputs": ["c", "a"]}, {"type": "ReLU"}, {"type": "GlobalAveragePooling2D"}, {"type": "Dense", "units": 3, "activation": "softmax"}, training=True)
add("inception block", [6, 6, 2], {"type": "Conv2D", "filters": 2, "kernel_size": 1, "name": "a"},
    {"type": "Conv2D", "filters": 3, "kernel_size": 3, "padding": "same", "activation": "relu", "name": "b"},
    {"type": "Conv2D", "filters": 2, "kernel_size": 5, "padding": "same", "inputs": ["a"], "activation": "gelu", "name": "c"},
    {"type": "MaxPooling2D", "pool_size": 3, "strides": 1, "padding": "same", "inputs": ["input"], "name": "d"},
    {"type": "Concatenate", "inputs": ["a", "b", "c", "d"]}, {"type": "Flatten"}, DENSE)
add("u-net", [8, 8, 1], conv(padding="same", name="down"), {"type": "MaxPooling2D"}, conv(padding="same"),
    {"type": "Conv2DTranspose", "filters": 2, "kernel_size": 2, "strides": 2, "name": "up"}, {"type": "Concatenate", "inputs": ["down", "up"]},
    conv(padding="same"), {"type": "GlobalAveragePooling2D"})
add("squeeze and excite", [5, 6, 2], conv(padding="same", name="a"), {"type": "GlobalAveragePooling2D"}, {"type": "Dense", "units": 2, "activation": "relu"},
    {"type": "Dense", "units": 3, "activation": "sigmoid"}, {"type": "Reshape", "target_shape": [1, 1, 3], "name": "b"}, {"type": "Multiply", "inputs": ["a", "b"]})
add("flatten in branches", IMAGE, {"type": "Flatten", "name": "a"}, dict(DENSE, name="b"), dict(DENSE, name="c", inputs=["a"]), {"type": "Add", "inputs": ["b", "c"]})
add("flatten of a series in branches", SERIES, {"type": "Flatten", "name": "a"}, dict(DENSE, name="b"), {"type": "LSTM", "units": 4, "inputs": ["input"], "name": "c"}, {"type": "Add", "inputs": ["b", "c"]})
add("activations of one output", FLAT, dict(DENSE, name="a"), {"type": "Activation", "activation": "relu", "name": "b"}, {"type": "Activation", "activation": "tanh", "inputs": ["a"], "name": "c"},
    {"type": "Dropout", "rate": 0.4, "inputs": ["a"], "name": "d"}, {"type": "Concatenate", "inputs": ["b", "c", "d", "a"]}, DENSE)
for kind, shape, extra in [("Conv2D", IMAGE, {"filters": 3, "kernel_size": 3}), ("Dense", FLAT, {"units": 3}), ("LSTM", SERIES, {"units": 3, "return_sequences": True}),
                           ("GRU", SERIES, {"units": 3}), ("DepthwiseConv2D", IMAGE, {"kernel_size": 3}), ("LayerNormalization", SERIES, {}), ("PReLU", FLAT, {})]:
    add(kind + " held", shape, dict({"type": kind, "trainable": False}, **extra), DENSE)
    add(kind + " held behind another", shape, DENSE, dict({"type": kind, "trainable": False}, **extra), DENSE)
add("batch normalization held", IMAGE, conv(padding="same"), {"type": "BatchNormalization", "trainable": False}, {"type": "ReLU"}, training=True)
add("batch normalization held at the start", IMAGE, {"type": "BatchNormalization", "trainable": False}, conv(), training=True)
add("bidirectional held", SERIES, {"type": "Bidirectional", "trainable": False, "layer": {"type": "LSTM", "units": 2}}, DENSE)
for name, more in [("", {}), (" scale", {"use_scale": True}), (" concat", {"score_mode": "concat"}), (" concat scale", {"score_mode": "concat", "use_scale": True})]:
    add("attention" + name, SERIES, dict({"type": "Attention"}, **more))
    add("attention%s dropout" % name, SERIES, {"type": "Dense", "units": 4}, dict({"type": "Attention", "dropout": 0.4}, **more), DENSE, training=True)
add("attention one time", [1, 3], {"type": "Attention", "use_scale": True})
add("attention held", SERIES, DENSE, {"type": "Attention", "use_scale": True, "score_mode": "concat", "trainable": False}, DENSE)
for name, more in [("", {}), (" values", {"value_dim": 5}), (" no bias", {"use_bias": False, "value_dim": 1}), (" dropout", {"dropout": 0.4})]:
    mha = dict({"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 4}, **more)
    add("multi-head attention" + name, SERIES, mha, training="dropout" in more)
    add("multi-head attention%s behind another" % name, SERIES, DENSE, mha, DENSE, training="dropout" in more)
add("multi-head attention one head", [4, 1], {"type": "MultiHeadAttention", "num_heads": 1, "key_dim": 2})
add("multi-head attention held", SERIES, DENSE, {"type": "MultiHeadAttention", "num_heads": 3, "key_dim": 2, "trainable": False}, DENSE)
add("transformer block", [6, 4], {"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 3, "dropout": 0.2, "name": "a"}, {"type": "Add", "inputs": ["input", "a"]},
    {"type": "LayerNormalization", "name": "b"}, {"type": "Dense", "units": 8, "activation": "relu"}, {"type": "Dense", "units": 4, "name": "c"},
    {"type": "Add", "inputs": ["b", "c"]}, {"type": "LayerNormalization"}, {"type": "GlobalAveragePooling1D"}, DENSE, training=True)


def file(name, shape, make, **options):
    """A case of a model's JSON; make gives the model."""
    if name not in [c["name"] for c in CASES]:
        keras.utils.clear_session()
        keras.config.set_floatx("float64")
        CASES.append(case(name, shape, [], model=make(), **options))
        for one in CASES[-1]["keras"]["config"]["layers"]:
            one["config"]["dtype"] = "float32"
        write()


L = keras.layers
FIRST = {"data_format": "channels_first"}


def first_chain():
    return keras.Sequential([keras.Input((2, 7, 6)), L.Rescaling(0.5), L.Conv2D(3, 3, padding="same", **FIRST), L.BatchNormalization(axis=1), L.ReLU(), L.MaxPooling2D((2, 1), **FIRST),
        L.SeparableConv2D(4, 2, activation="tanh", **FIRST), L.LayerNormalization(axis=1), L.ZeroPadding2D(((1, 0), (0, 2)), **FIRST), L.Flatten(), L.Dense(3)])


def first_graph():
    x = keras.Input((2, 5, 6))
    a = L.Conv2D(3, 3, padding="same", activation="relu", name="a", **FIRST)(x)
    b = L.BatchNormalization(axis=1, name="b")(L.DepthwiseConv2D(3, padding="same", name="d", **FIRST)(a))
    c = L.Concatenate(axis=1, name="c")([L.Add(name="sum")([a, b]), x])
    e = L.Concatenate(axis=2, name="e")([c, L.Activation("gelu", name="act")(c)])
    g = L.GlobalAveragePooling2D(keepdims=True, name="g", **FIRST)(e)
    e = L.Multiply(name="m")([e, L.Softmax(axis=1, name="soft")(g)])
    p = L.PReLU(name="p")(L.AveragePooling2D(2, name="pool", **FIRST)(e))
    r = L.Reshape((5, 15), name="r")(p)
    f = L.Flatten(name="f", **FIRST)(p)
    return keras.Model(x, L.Concatenate(name="end")([L.LSTM(2, name="lstm")(r), L.Dense(2, name="out")(f)]))


def first_and_last():
    # As a real file has them: a pooling that takes channels for rows.
    return keras.Sequential([keras.Input((1, 8, 5)), L.Conv2D(4, 3, padding="same", **FIRST), L.MaxPooling2D((2, 1)), L.Conv2D(3, 2, **FIRST), L.BatchNormalization(),
        L.Dense(2), L.Permute((2, 1, 3)), L.UpSampling2D(2, **FIRST), L.GlobalMaxPooling2D(**FIRST), L.Dense(2)])


def first_series():
    return keras.Sequential([keras.Input((2, 8)), L.ZeroPadding1D(1, **FIRST), L.MaxPooling1D(2, **FIRST), L.BatchNormalization(axis=1), L.LeakyReLU(), L.LSTM(3), L.Dense(2)])


def last_then_first():
    return keras.Sequential([keras.Input((6, 5, 2)), L.Conv2D(3, 3, padding="same"), L.BatchNormalization(axis=1), L.Permute((3, 1, 2)), L.Conv2D(3, 2, activation="elu", **FIRST), L.Flatten(), L.Dense(2)])


file("file: channels first", [7, 6, 2], first_chain)
file("file: channels first trained", [7, 6, 2], first_chain, training=True, batch=4)
file("file: channels first in branches", [5, 6, 2], first_graph)
file("file: channels first and last", [8, 5, 1], first_and_last)
file("file: channels first of series", [8, 2], first_series)
file("file: channels last, then first", [6, 5, 2], last_then_first)

MASKING = {"type": "Masking"}
add("masking", SERIES, MASKING, masked=0, batch=4)
add("masking of another number", SERIES, {"type": "Dense", "units": 3}, {"type": "Masking", "mask_value": 0.1}, DENSE, batch=4)
for kind in ["LSTM", "GRU", "SimpleRNN"]:
    add("masked " + kind, SERIES, {"type": "Masking", "mask_value": -1.5}, {"type": kind, "units": 3}, masked=-1.5, batch=4)
    add("masked %s sequences" % kind, SERIES, MASKING, {"type": kind, "units": 3, "return_sequences": True}, {"type": "LeakyReLU"}, dict(DENSE, activation="tanh"),
        {"type": kind, "units": 2, "return_sequences": True}, masked=0, batch=4)
    add("masked %s backwards" % kind, SERIES, MASKING, {"type": kind, "units": 3, "return_sequences": True, "go_backwards": True}, masked=0, batch=4)
    add("masked bidirectional %s" % kind, SERIES, MASKING, {"type": "Bidirectional", "layer": {"type": kind, "units": 2, "return_sequences": True}},
        {"type": "Bidirectional", "merge_mode": "sum", "layer": {"type": kind, "units": 3}}, masked=0, batch=4)
    add("masked %s dropouts" % kind, SERIES, MASKING, {"type": kind, "units": 3, "dropout": 0.3, "recurrent_dropout": 0.4, "return_sequences": True}, masked=0, batch=4, training=True)
for kind, mode in [("LSTM", "concat"), ("GRU", "mul"), ("SimpleRNN", "ave")]:
    add("masked bidirectional %s sequences" % kind, SERIES, MASKING, {"type": "Bidirectional", "merge_mode": mode, "layer": {"type": kind, "units": 2, "return_sequences": True}}, masked=0, batch=4)
add("mask through dropout", SERIES, MASKING, {"type": "Dropout", "rate": 0.3}, {"type": "GRU", "units": 2}, masked=0, batch=4)
add("masked GRU reset before", SERIES, MASKING, {"type": "GRU", "units": 3, "reset_after": False, "return_sequences": True}, masked=0, batch=4)
add("masked LSTM behind Dense", SERIES, DENSE, MASKING, {"type": "LSTM", "units": 2}, batch=4)
add("masked mean", SERIES, MASKING, {"type": "LayerNormalization"}, {"type": "GlobalAveragePooling1D"}, DENSE, masked=0)
add("masked mean kept", SERIES, MASKING, DENSE, {"type": "GlobalAveragePooling1D", "keepdims": True}, masked=0)
add("mask that is lost", SERIES, MASKING, {"type": "Conv1D", "filters": 3, "kernel_size": 2}, {"type": "LSTM", "units": 2}, masked=0, batch=4)
add("mask of zeros", [6], {"type": "Embedding", "input_dim": 3, "output_dim": 4, "mask_zero": True}, {"type": "LSTM", "units": 3, "return_sequences": True}, {"type": "GRU", "units": 2}, whole=3, batch=5)
add("mask of zeros, mean", [6], {"type": "Embedding", "input_dim": 3, "output_dim": 4, "mask_zero": True}, {"type": "TimeDistributed", "layer": {"type": "Dense", "units": 3}},
    {"type": "GlobalAveragePooling1D"}, whole=3, batch=5)
add("mask in branches", SERIES, dict(MASKING, name="m"), {"type": "LSTM", "units": 3, "name": "a"}, {"type": "GlobalAveragePooling1D", "inputs": ["m"], "name": "b"},
    {"type": "Concatenate", "inputs": ["a", "b"]}, DENSE, masked=0)
