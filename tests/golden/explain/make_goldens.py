"""Makes case.json and the expected values beside it in the folder of this script, with NumPy and SciPy in float64.

python3 make_goldens.py
"""

import json
import pathlib

import numpy as np
from scipy.stats import rankdata

FOLDER = pathlib.Path(__file__).parent
CLASSES, UNITS = 4, 9
LEVELS = [0.0, 10.0, 50.0, 70.0, 90.0, 97.5, 100.0]
CLIP = 1.5


def rows(array):
    return [[float(x) for x in row] for row in np.asarray(array)]


def values(array):
    return [float(x) for x in np.asarray(array).ravel()]


def make_case(rng):
    """A head, two sets of features with correlated units and exact zeros, and the mean of the first."""
    mix = rng.normal(size=(UNITS, UNITS))
    draw = lambda n, shift: np.maximum(rng.normal(size=(n, UNITS)) @ mix * 0.5 + shift, 0).astype(np.float32)
    case = {
        "weight": rng.normal(size=(CLASSES, UNITS)).astype(np.float32),
        "bias": rng.normal(size=CLASSES).astype(np.float32),
        "id": draw(37, 0.6),
        "ood": draw(21, 0.2),
    }
    case["weight"][1, 3] = 0
    case["mean"] = case["id"].astype(np.float64).mean(axis=0)
    return case


def dropped_at(ranking, value):
    """The smallest p whose percentile reaches the value: that of the first position it has among all, sorted."""
    flat = np.sort(ranking.ravel())
    below = int(np.sum(flat < value))
    return 100.0 * below / (len(flat) - 1)


def table(case):
    contribution = case["weight"].astype(np.float64) * case["mean"]
    magnitudes = np.abs(contribution)
    return {
        "contribution": rows(contribution),
        "totals": values(contribution.sum(axis=0)),
        "range": float(np.percentile(magnitudes, 99.5)),
        "byTotal": [int(i) for i in np.argsort(-contribution.sum(axis=0), kind="stable")],
        "byMean": [int(i) for i in np.argsort(-case["mean"], kind="stable")],
        "rank": rows(len(magnitudes.ravel()) + 1 - rankdata(contribution, "max").reshape(contribution.shape)),
        "droppedAt": rows([[dropped_at(contribution, v) for v in row] for row in contribution]),
    }


def statistics(features, clip):
    h = np.minimum(features, np.float32(clip)).astype(np.float64)
    return {
        "mean": values(h.mean(axis=0)),
        "variance": values(h.var(axis=0)),
        "zeroShare": values((h == 0).mean(axis=0)),
        "maximum": values(h.max(axis=0)),
    }


def profile(case, c):
    order = np.argsort(-(case["weight"][c].astype(np.float64) * case["mean"]), kind="stable")
    line = lambda h: {
        "mean": values((case["weight"][c].astype(np.float64) * h.astype(np.float64)).mean(axis=0)[order]),
        "sd": values((case["weight"][c].astype(np.float64) * h.astype(np.float64)).std(axis=0)[order]),
    }
    return {"units": [int(d) for d in order], "id": line(case["id"]), "ood": line(case["ood"])}


def masks(case):
    contribution = case["weight"].astype(np.float64) * case["mean"]
    return [contribution > np.percentile(contribution, p) for p in LEVELS] + [np.ones_like(contribution, bool)]


def theory(case, features, c):
    h = features.astype(np.float64)
    w = case["weight"][c].astype(np.float64)
    result = {"mean": [], "independent": [], "full": [], "logits": []}
    for mask in masks(case):
        terms = h * (w * mask[c])
        logits = case["bias"][c] + terms.sum(axis=1)
        result["mean"].append(float(logits.mean()))
        result["independent"].append(float(terms.var(axis=0).sum()))
        result["full"].append(float(logits.var()))
        result["logits"].append(values(logits.astype(np.float32)))
    return result


def without_logits(curves):
    return {key: column for key, column in curves.items() if key != "logits"}


def average_theory(case, features):
    classes = [theory(case, features, c) for c in range(CLASSES)]
    return {key: values(np.mean([t[key] for t in classes], axis=0)) for key in ("mean", "independent", "full")}


def disagreement(rng):
    first = np.round(rng.normal(size=50), 1).astype(np.float32)
    second = np.round(first + rng.normal(size=50), 1).astype(np.float32)
    share = lambda x: (rankdata(x) - 1) / (len(x) - 1)
    return {"first": values(first), "second": values(second), "expected": values(np.abs(share(first) - share(second)))}


def covariance(case, c):
    terms = case["id"].astype(np.float64) * case["weight"][c].astype(np.float64)
    return rows(np.cov(terms.T, bias=True))


def main():
    rng = np.random.default_rng(20220801)
    case = make_case(rng)
    write = {
        "case": {key: values(v) if v.ndim == 1 else rows(v) for key, v in case.items()} | {"levels": LEVELS},
        "table": table(case),
        "statistics": {
            "id": statistics(case["id"], np.inf),
            "ood": statistics(case["ood"], np.inf),
            "clip": CLIP,
            "clipped": statistics(case["id"], CLIP),
        },
        "profiles": [profile(case, c) for c in range(CLASSES)],
        "theory": {
            "id": [without_logits(theory(case, case["id"], c)) for c in range(CLASSES)],
            "ood": [theory(case, case["ood"], c) for c in range(CLASSES)],
            "average": average_theory(case, case["ood"]),
            "covariance": [covariance(case, c) for c in range(CLASSES)],
        },
        "disagreement": disagreement(rng),
    }
    for name, content in write.items():
        (FOLDER / f"{name}.json").write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main()
