"""Writes random_layers.json: the results of Keras' random layers for an image, with deterministic factors.

KERAS_BACKEND=jax python random_layers.py, with Keras 3.15.1.
"""
import json
import pathlib

import keras
import numpy as np

HEIGHT, WIDTH = 12, 16
CASES = [
    keras.layers.RandomRotation((0.1, 0.1), fill_mode="reflect"),
    keras.layers.RandomRotation((-0.3, -0.3), fill_mode="nearest"),
    keras.layers.RandomRotation((0.1, 0.1), fill_mode="constant", fill_value=7.0, interpolation="nearest"),
    keras.layers.RandomZoom((0.2, 0.2), (-0.3, -0.3), fill_mode="reflect"),
    keras.layers.RandomZoom((-0.3, -0.3), fill_mode="nearest"),
    keras.layers.RandomZoom((0.4, 0.4), fill_mode="constant", fill_value=200.0),
    keras.layers.RandomTranslation((0.1, 0.1), (-0.2, -0.2), fill_mode="constant"),
    keras.layers.RandomTranslation((-0.33, -0.33), (0.15, 0.15), fill_mode="reflect"),
    keras.layers.RandomBrightness((0.2, 0.2)),
]

image = np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, 3)).astype("float32")
# Without steep edges, whose interpolation would hide a shift of a small part of a pixel in noise.
image = np.round((image + np.roll(image, 1, 0) + np.roll(image, 1, 1)) / 3)
cases = []
for layer in CASES:
    output = np.asarray(layer(image[None], training=True))[0]
    cases.append({
        "layer": {"class_name": type(layer).__name__, "config": layer.get_config()},
        "output": [round(float(value), 3) for value in output.ravel()],
    })
file = pathlib.Path(__file__).with_suffix(".json")
file.write_text(json.dumps({"image": [int(v) for v in image.ravel()], "shape": [HEIGHT, WIDTH, 3], "cases": cases}) + "\n")
