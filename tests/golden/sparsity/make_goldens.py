"""Makes percentile.json, plan.json and sweep.json in the folder of this script, with NumPy and SciPy in float64.

python3 make_goldens.py
"""

import json
import pathlib

import numpy as np
from scipy.special import logsumexp

FOLDER = pathlib.Path(__file__).parent
PERCENTS = [0.0, 0.1, 1.0, 10.0, 25.0, 33.3, 49.9, 50.0, 50.1, 53.0, 66.7, 75.0, 90.0, 99.0, 99.9, 100.0]


def float32_list(array):
    return [float(x) for x in np.asarray(array, dtype=np.float32).ravel()]


def percentile_cases(rng):
    arrays = [
        [4.0],
        [2.0, 1.0],
        [0.1, 0.2, 0.3],
        [1.0] * 9,
        [-1.0, -1.0, 0.0, 0.0, 0.0, 2.0, 2.0],
        [5e-324, 1e-310, 0.0, -5e-324],
        rng.normal(size=37),
        rng.normal(size=38) * 10.0 ** rng.integers(-12, 12, size=38),
        rng.integers(-3, 4, size=60) / 7.0,
        rng.normal(size=101) * 1e200,
    ]
    for values in arrays:
        values = [float(v) for v in values]
        expected = [float(np.percentile(values, p)) for p in PERCENTS]
        yield {"values": values, "p": PERCENTS, "expected": expected}


def rank_values(rule, weight, mean):
    contribution = weight.astype(np.float64) * mean
    return {
        "contribution": contribution,
        "abs-contribution": np.abs(contribution),
        "abs-weight": np.abs(weight.astype(np.float64)),
        "unit-activation": np.broadcast_to(mean, weight.shape),
    }[rule]


def plan_cases(rng):
    weight = rng.normal(size=(6, 11)).astype(np.float32)
    mean = np.abs(rng.normal(size=11))
    mean[[2, 5]] = 0.0
    tied = (rng.integers(-2, 3, size=(6, 11)) / 2).astype(np.float32)
    levels = [float(p) for p in range(0, 101, 5)] + [99.5]
    levels.sort()
    for name, w in (("normal", weight), ("tied", tied)):
        for rule in ("contribution", "abs-contribution", "abs-weight", "unit-activation"):
            values = rank_values(rule, w, mean)
            thresholds = [float(np.percentile(values, p)) for p in levels]
            masks = [values > t for t in thresholds]
            yield {
                "name": f"{name} {rule}",
                "rule": rule,
                "classes": 6,
                "units": 11,
                "weight": float32_list(w),
                "mean": [float(m) for m in mean],
                "levels": levels,
                "thresholds": thresholds,
                "kept": [int(m.sum()) for m in masks],
                "lastKept": [int(k) for k in (np.sum(masks, axis=0) - 1).ravel()],
            }


def summary(logits):
    largest = logits.max(axis=1)
    energy = logsumexp(logits, axis=1)
    return {
        "maxLogit": largest.tolist(),
        "energy": energy.tolist(),
        "msp": np.exp(largest - energy).tolist(),
        "prediction": [int(c) for c in logits.argmax(axis=1)],
    }


def sweep_case(rng):
    classes, units, samples = 5, 19, 9
    weight = rng.normal(size=(classes, units)).astype(np.float32)
    bias = rng.normal(size=classes).astype(np.float32)
    features = np.maximum(rng.normal(0.5, 1.0, size=(samples, units)), 0).astype(np.float32)
    mean = features.astype(np.float64).mean(axis=0)
    values = weight.astype(np.float64) * mean
    levels = [0.0, 10.0, 50.0, 53.0, 70.0, 90.0, 99.0, 100.0]
    clip = 1.0
    rows = {"plain": [], "react": []}
    for key, h in (("plain", features), ("react", np.minimum(features, np.float32(clip)))):
        masks = [values > np.percentile(values, p) for p in levels] + [np.ones_like(values, dtype=bool)]
        for mask in masks:
            logits = h.astype(np.float64) @ (weight.astype(np.float64) * mask).T + bias.astype(np.float64)
            rows[key].append(summary(logits))
    return {
        "classes": classes,
        "units": units,
        "samples": samples,
        "weight": float32_list(weight),
        "bias": float32_list(bias),
        "features": float32_list(features),
        "mean": mean.tolist(),
        "levels": levels,
        "clip": clip,
        **rows,
    }


def write(name, content):
    (FOLDER / name).write_text(json.dumps(content, indent=None, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    generator = np.random.default_rng(20211109)
    write("percentile.json", list(percentile_cases(generator)))
    write("plan.json", list(plan_cases(generator)))
    write("sweep.json", sweep_case(generator))
