"""Writes keras_metrics.json: Keras 3.15's metrics over two batches, and what stands for them where
Keras has another average.

KERAS_BACKEND=jax python keras_metrics.py > keras_metrics.json
"""
import json

import jax
import numpy as np
from keras import metrics

random = np.random.default_rng(1)


class MacroOfClasses:
    """The mean of Keras' Precision or Recall of each class, by the largest output."""

    def __init__(self, metric, classes):
        self.of = [metric(class_id=c, top_k=1) for c in range(classes)]

    def update_state(self, y, p):
        for metric in self.of:
            metric.update_state(y, p)

    def result(self):
        return np.mean([float(metric.result()) for metric in self.of])


def classes(count, samples):
    y = random.integers(count, size=samples)
    p = random.normal(size=(samples, count)) + 1.5 * np.eye(count)[y]
    return np.eye(count, dtype="float32")[y], np.array(jax.nn.softmax(p), "float32")


def binary(samples):
    y = random.integers(2, size=(samples, 1)).astype("float32")
    return y, np.array(jax.nn.sigmoid(random.normal(size=(samples, 1)) + 1.5 * y - 0.75), "float32")


def values(samples, width):
    y = random.normal(size=(samples, width)).astype("float32")
    return y, (y + 0.5 * random.normal(size=(samples, width))).astype("float32")


def case(name, metric, batches, kind):
    for y, p in batches:
        metric.update_state(y, p)
    width = batches[0][0].shape[1]
    return json.dumps({
        "metric": name, "kind": kind, "width": width, "value": float(metric.result()),
        "batches": [{"labels": [float(x) for x in y.ravel()], "outputs": [float(x) for x in p.ravel()]}
                    for y, p in batches]})


MULTI = [classes(4, 23), classes(4, 9)]
BINARY = [binary(31), binary(14)]
SERIES = [values(11, 2), values(5, 2)]
print("[\n%s\n]" % ",\n".join([
    case("acc", metrics.CategoricalAccuracy(), MULTI, "classes"),
    case("top_2_acc", metrics.TopKCategoricalAccuracy(k=2), MULTI, "classes"),
    case("precision", MacroOfClasses(metrics.Precision, 4), MULTI, "classes"),
    case("recall", MacroOfClasses(metrics.Recall, 4), MULTI, "classes"),
    case("f1", metrics.F1Score(average="macro"), MULTI, "classes"),
    case("auc", metrics.AUC(), MULTI, "classes"),
    case("acc", metrics.BinaryAccuracy(), BINARY, "classes"),
    case("precision", metrics.Precision(), BINARY, "classes"),
    case("recall", metrics.Recall(), BINARY, "classes"),
    case("f1", metrics.F1Score(average="macro", threshold=0.5), BINARY, "classes"),
    case("auc", metrics.AUC(), BINARY, "classes"),
    case("mae", metrics.MeanAbsoluteError(), SERIES, "values"),
    case("mse", metrics.MeanSquaredError(), SERIES, "values"),
    case("rmse", metrics.RootMeanSquaredError(), SERIES, "values"),
    case("mape", metrics.MeanAbsolutePercentageError(), SERIES, "values"),
    case("r2", metrics.R2Score(), SERIES, "values"),
]))
