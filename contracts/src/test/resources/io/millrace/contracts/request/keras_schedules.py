"""Writes keras_schedules.json: what Keras 3.15's learning-rate schedules say of some steps.

KERAS_BACKEND=jax python keras_schedules.py > keras_schedules.json
"""
import json

from keras.optimizers import schedules

STEPS = [0, 1, 2, 5, 9, 10, 11, 19, 20, 25, 29, 30, 31, 50, 69, 71, 99, 100, 101, 150, 1000, 12345]

CASES = [
    ("ExponentialDecay", dict(initial_learning_rate=0.1, decay_steps=20, decay_rate=0.9)),
    ("ExponentialDecay", dict(initial_learning_rate=0.1, decay_steps=20, decay_rate=0.9, staircase=True)),
    ("InverseTimeDecay", dict(initial_learning_rate=0.1, decay_steps=20, decay_rate=0.5)),
    ("InverseTimeDecay", dict(initial_learning_rate=0.1, decay_steps=20, decay_rate=0.5, staircase=True)),
    ("PolynomialDecay", dict(initial_learning_rate=0.1, decay_steps=30)),
    ("PolynomialDecay", dict(initial_learning_rate=0.1, decay_steps=30, end_learning_rate=0.01, power=2.0)),
    ("PolynomialDecay", dict(initial_learning_rate=0.1, decay_steps=30, end_learning_rate=0.01, power=0.5, cycle=True)),
    ("CosineDecay", dict(initial_learning_rate=0.1, decay_steps=100)),
    ("CosineDecay", dict(initial_learning_rate=0.1, decay_steps=30, alpha=0.1)),
    ("CosineDecay", dict(initial_learning_rate=0.0, decay_steps=100, alpha=0.05, warmup_target=0.2, warmup_steps=10)),
    ("CosineDecay", dict(initial_learning_rate=0.3, decay_steps=100, warmup_target=0.2, warmup_steps=0)),
    ("CosineDecayRestarts", dict(initial_learning_rate=0.1, first_decay_steps=10)),
    ("CosineDecayRestarts", dict(initial_learning_rate=0.1, first_decay_steps=30, t_mul=1.0, m_mul=0.9, alpha=0.01)),
    ("CosineDecayRestarts", dict(initial_learning_rate=0.1, first_decay_steps=7, t_mul=1.5, m_mul=0.5, alpha=0.1)),
    ("PiecewiseConstantDecay", dict(boundaries=[10, 30, 100], values=[1.0, 0.5, 0.1, 0.01])),
]

print("[")
for i, (name, config) in enumerate(CASES):
    schedule = getattr(schedules, name)(**config)
    rates = [float(schedule(step)) for step in STEPS]
    case = {"schedule": {"type": name, **config}, "steps": STEPS, "rates": rates}
    print(json.dumps(case) + ("," if i + 1 < len(CASES) else ""))
print("]")
