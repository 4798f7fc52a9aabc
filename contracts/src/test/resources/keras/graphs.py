"""Writes graphs.json: Functional models with branches, models in them and held layers, as Keras' to_json() writes them.

    KERAS_BACKEND=jax python graphs.py

Beside each stands what it is made of: layer by layer its name, type, the layers that it takes, and whether it is
trained; and Keras' own count of trainable and other parameters. Made with Keras 3.15.1.
"""
import json
import os

import keras
from keras import layers as L

WRITTEN = []


def write(name, model, made_of, shape):
    trainable = sum(int(w.value.size) for w in model.trainable_weights)
    others = sum(int(w.value.size) for w in model.non_trainable_weights if "seed" not in w.path)
    WRITTEN.append({"name": name, "shape": shape, "made_of": made_of, "trainable": trainable, "others": others,
                    "keras": json.loads(model.to_json())})


def of(name, kind, inputs, trainable=True):
    return {"name": name, "type": kind, "inputs": inputs, "trainable": trainable}


x = keras.Input((8, 8, 3), name="pixels")
a = L.Conv2D(4, 3, padding="same", name="a")(x)
b = L.BatchNormalization(name="b")(a)
b = L.ReLU(name="relu")(b)
b = L.Conv2D(4, 3, padding="same", name="c")(b)
y = L.Add(name="sum")([a, b])
y = L.GlobalAveragePooling2D(name="pool")(y)
y = L.Dropout(0.2, name="drop")(y)
y = L.Dense(3, activation="softmax", name="out")(y)
write("residual", keras.Model(x, y),
      [of("a", "Conv2D", ["input"]), of("b", "BatchNormalization", ["a"]), of("relu", "ReLU", ["b"]), of("c", "Conv2D", ["relu"]),
       of("sum", "Add", ["a", "c"]), of("pool", "GlobalAveragePooling2D", ["sum"]), of("drop", "Dropout", ["pool"]), of("out", "Dense", ["drop"])], [8, 8, 3])

x = keras.Input((6, 2))
one = L.LSTM(3, return_sequences=True, name="one")(x)
two = L.Dense(3, name="two")(x)
y = L.Subtract(name="minus")([one, two])
z = L.Concatenate(axis=2, name="side")([y, x])
d = L.Dot(axes=(1, 1), name="dot")([z, two])
m = L.Maximum(name="max")([L.Flatten(name="f")(d), L.Dense(15, name="g")(L.Flatten(name="h")(x))])
y = L.Dense(1, name="out")(m)
write("merges", keras.Model(x, y),
      [of("one", "LSTM", ["input"]), of("two", "Dense", ["input"]), of("minus", "Subtract", ["one", "two"]), of("side", "Concatenate", ["minus", "input"]),
       of("dot", "Dot", ["side", "two"]), of("f", "Flatten", ["dot"]), of("h", "Flatten", ["input"]), of("g", "Dense", ["h"]), of("max", "Maximum", ["f", "g"]),
       of("out", "Dense", ["max"])], [6, 2])

x = keras.Input((8, 8, 3))
base_in = keras.Input((8, 8, 3))
h = L.Conv2D(4, 3, name="base_conv")(base_in)
k = L.BatchNormalization(name="base_norm")(h)
k = L.Dropout(0.5, name="base_drop")(k)
base = keras.Model(base_in, L.Add(name="base_add")([h, k]), name="base")
base.trainable = False
y = base(x, training=False)
y = L.GlobalMaxPooling2D(name="pool")(y)
top = keras.Sequential([keras.Input((4,)), L.Dense(5, name="deep", activation="relu"), L.Dense(2, name="out")], name="top")
y = top(y)
y = L.Softmax(name="soft")(y)
write("transfer", keras.Model(x, y),
      [of("base_conv", "Conv2D", ["input"], False), of("base_norm", "BatchNormalization", ["base_conv"], False), of("base_add", "Add", ["base_conv", "base_norm"], False),
       of("pool", "GlobalMaxPooling2D", ["base_add"]), of("deep", "Dense", ["pool"]), of("out", "Dense", ["deep"]), of("soft", "Softmax", ["out"])], [8, 8, 3])

x = keras.Input((5,))
held = L.Dense(4, name="held", trainable=False)(x)
y = L.Dense(2, name="out")(L.Multiply(name="times")([held, L.Dense(4, name="other")(x)]))
write("held", keras.Model(x, y),
      [of("held", "Dense", ["input"], False), of("other", "Dense", ["input"]), of("times", "Multiply", ["held", "other"]), of("out", "Dense", ["times"])], [5])

x = keras.Input((6, 6, 2))
a = L.Conv2D(2, 3, padding="same", name="a")(x)
y = a + L.Conv2D(2, 1, name="b")(x)
y = L.Dense(2, name="out")(L.GlobalAveragePooling2D(name="pool")(L.Average(name="mean")([y, a])))
write("operators", keras.Model(x, y),
      [of("a", "Conv2D", ["input"]), of("b", "Conv2D", ["input"]), of("add", "Add", ["a", "b"]), of("mean", "Average", ["add", "a"]),
       of("pool", "GlobalAveragePooling2D", ["mean"]), of("out", "Dense", ["pool"])], [6, 6, 2])

x = keras.Input((6, 4))
a = L.MultiHeadAttention(2, 3, dropout=0.1, name="a")(x, value=x)
y = L.LayerNormalization(name="norm")(L.Add(name="sum")([x, a]))
b = L.Attention(use_scale=True, name="b")([y, y, y])
y = L.Dense(2, name="out")(L.GlobalAveragePooling1D(name="pool")(L.Concatenate(name="side")([y, b])))
write("transformer", keras.Model(x, y),
      [of("a", "MultiHeadAttention", ["input"]), of("sum", "Add", ["input", "a"]), of("norm", "LayerNormalization", ["sum"]), of("b", "Attention", ["norm"]),
       of("side", "Concatenate", ["norm", "b"]), of("pool", "GlobalAveragePooling1D", ["side"]), of("out", "Dense", ["pool"])], [6, 4])
other = L.Dense(4)(x)
write("refused: two series", keras.Model(x, L.MultiHeadAttention(2, 3)(other, x)), [], [6, 4])
write("refused: causal", keras.Model(x, L.Attention()([x, x], use_causal_mask=True)), [], [6, 4])
write("refused: scores", keras.Model(x, L.MultiHeadAttention(2, 3)(x, x, return_attention_scores=True)[0]), [], [6, 4])
write("refused: gate", keras.Model(x, L.MultiHeadAttention(2, 3, use_gate=True)(x, x)), [], [6, 4])

x = keras.Input((6, 6, 2))
a = L.Conv2D(2, 3, name="a", bias_initializer=keras.initializers.Constant([0.5]))(x)
y = 1.0 - (a + 3.0) * 0.5
y = L.GlobalAveragePooling2D(name="pool", dtype="mixed_float16")(a * (y / 4.0))
y = L.Dense(2, name="out")(y - 2.0)
write("numbers", keras.Model(x, y),
      [of("a", "Conv2D", ["input"]), of("add_1", "Rescaling", ["a"]), of("multiply", "Rescaling", ["add_1"]), of("subtract", "Rescaling", ["multiply"]),
       of("true_divide", "Rescaling", ["subtract"]), of("multiply_1", "Multiply", ["a", "true_divide"]), of("pool", "GlobalAveragePooling2D", ["multiply_1"]),
       of("subtract_1", "Rescaling", ["pool"]), of("out", "Dense", ["subtract_1"])], [6, 6, 2])

x = keras.Input((5,))
shared = L.Dense(5, name="shared")
write("refused: shared", keras.Model(x, shared(shared(x))), [], [5])
x2 = keras.Input((5,))
write("refused: two inputs", keras.Model([x, x2], L.Dense(2)(L.Add()([x, x2]))), [], [5])
write("refused: two outputs", keras.Model(x, [L.Dense(2)(x), L.Dense(3)(x)]), [], [5])

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "graphs.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(m, separators=(",", ":")) for m in WRITTEN) + "\n]\n")
