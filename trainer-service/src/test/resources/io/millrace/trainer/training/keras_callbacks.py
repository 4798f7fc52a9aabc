"""Writes keras_callbacks.json: what Keras 3.15's callbacks decide after each of an epoch's metrics.

KERAS_BACKEND=jax python keras_callbacks.py > keras_callbacks.json
"""
import json

import keras
import numpy as np

LOSSES = [1.0, 0.8, 0.81, 0.79, 0.7899, 0.85, 0.9, 0.7, 0.71, 0.72, 0.73, 0.7, 0.74, 0.75, 0.76, 0.77, 0.6, 0.61]
ACCURACIES = [0.1, 0.3, 0.3, 0.35, 0.34, 0.36, 0.359, 0.33, 0.32, 0.4, 0.4, 0.41, 0.3, 0.2, 0.2, 0.2, 0.5, 0.4]

CASES = [
    ("EarlyStopping", dict()),
    ("EarlyStopping", dict(patience=2)),
    ("EarlyStopping", dict(patience=4, restore_best_weights=True)),
    ("EarlyStopping", dict(patience=3, min_delta=0.005)),
    ("EarlyStopping", dict(patience=2, baseline=0.75, restore_best_weights=True)),
    ("EarlyStopping", dict(patience=1, start_from_epoch=5, restore_best_weights=True)),
    ("EarlyStopping", dict(monitor="val_acc", patience=2, mode="max", restore_best_weights=True)),
    ("EarlyStopping", dict(monitor="val_acc", patience=3, min_delta=0.02, mode="max")),
    ("ReduceLROnPlateau", dict(patience=2)),
    ("ReduceLROnPlateau", dict(patience=1, factor=0.5, cooldown=2, min_lr=0.003)),
    ("ReduceLROnPlateau", dict(patience=0, factor=0.9)),
    ("ReduceLROnPlateau", dict(monitor="val_acc", mode="max", patience=2, factor=0.3, min_delta=0.01)),
]


def decisions(name, parameters):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    # set_weights is told the epoch whose weights it gets.
    model.get_weights = lambda: epoch
    restored = []
    model.set_weights = restored.append
    callback = getattr(keras.callbacks, name)(**parameters)
    callback.set_model(model)
    callback.on_train_begin()
    rates, stopped = [], None
    for epoch, (loss, accuracy) in enumerate(zip(LOSSES, ACCURACIES)):
        callback.on_epoch_end(epoch, {"val_loss": loss, "val_acc": accuracy})
        rates.append(float(np.array(model.optimizer.learning_rate)))
        if model.stop_training:
            stopped = epoch
            break
    callback.on_train_end()
    return {"callback": {"type": name, **parameters}, "stopped_after": stopped, "rates": rates,
            "best_epoch": getattr(callback, "best_epoch", None), "restored": restored[0] if restored else None}


cases = ",\n".join(json.dumps(decisions(*case)) for case in CASES)
print('{"val_loss": %s,\n"val_acc": %s,\n"cases": [\n%s\n]}' % (LOSSES, ACCURACIES, cases))
