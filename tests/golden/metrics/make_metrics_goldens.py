"""Writes metrics.json, histograms.json and bootstrap.json next to this file.

AUROC and average precision are scikit-learn's, histograms and percentiles numpy's; both FPR95s are counted by their
definition in docs/conventions.md; the authors' numbers follow the DICE authors' public util/metrics.py.
"""
import json
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

HERE = Path(__file__).parent


def accepted_at_95(positives, negatives):
    """Largest t with at least 95 % of the positives >= t; the share of negatives >= t; the share of positives >= t."""
    reached = [t for t in positives if 100 * np.sum(positives >= t) >= 95 * len(positives)]
    t = max(reached)
    return t, np.mean(negatives >= t), np.mean(positives >= t)


def common(ood_id, ood):
    threshold, fpr95, tpr = accepted_at_95(ood_id, ood)
    labels = np.r_[np.ones(len(ood_id)), np.zeros(len(ood))]
    scores = np.r_[ood_id, ood]
    return {
        "fpr95": fpr95,
        "fpr95_ood_positive": accepted_at_95(-ood, -ood_id)[1],
        "auroc": roc_auc_score(labels, scores),
        "aupr_in": average_precision_score(labels, scores),
        "aupr_out": average_precision_score(1 - labels, -scores),
        "threshold": threshold,
        "tpr": tpr,
    }


def authors(known, novel):
    known, novel = np.sort(known), np.sort(novel)
    everything = np.sort(np.r_[known, novel])
    num_k, num_n = len(known), len(novel)
    threshold = known[round(0.05 * num_k)]
    tp, fp = np.zeros(num_k + num_n + 1), np.zeros(num_k + num_n + 1)
    tp[0], fp[0] = num_k, num_n
    k = n = 0
    for step in range(num_k + num_n):
        if n < num_n and (k == num_k or novel[n] < known[k]):
            n += 1
        else:
            k += 1
        tp[step + 1], fp[step + 1] = num_k - k, num_n - n
    for j in range(num_k + num_n - 1, 0, -1):
        if everything[j] == everything[j - 1]:
            tp[j], fp[j] = tp[j + 1], fp[j + 1]
    tpr = np.r_[1.0, tp / num_k, 0.0]
    fpr = np.r_[1.0, fp / num_n, 0.0]
    trapezoid = getattr(np, "trapezoid", None) or np.trapz

    def area(numerator, denominator, first, last, x):
        kept = np.r_[True, denominator > 0, True]
        precision = np.r_[first, numerator / np.where(denominator > 0, denominator, 1), last]
        return abs(trapezoid(precision[kept], x[kept]))

    return {
        "fpr95": np.mean(novel > threshold),
        "auroc": abs(trapezoid(1 - fpr, tpr)),
        "aupr_in": area(tp, tp + fp, 0.5, 0.0, tpr),
        "aupr_out": area(num_n - fp, num_k - tp + num_n - fp, 0.0, 0.5, 1 - fpr),
        "threshold": threshold,
    }


def metric_cases():
    random = np.random.default_rng(20)
    f32 = lambda values: np.asarray(values, np.float32).astype(float)
    return {
        "table_distinct": (np.arange(1.0, 21), np.array([0.5, 1.5, 2.5, 3.5, 4.5, -1, -2, 9.5, 12.5, 0.2])),
        "table_ties": (np.repeat(np.arange(1.0, 11), 2), np.array([1.0, 1, 1, 2, 2, 3, 3, 5, 8, 0])),
        "table_equal": (np.ones(20), np.ones(20)),
        "normal": (f32(random.normal(0, 1, 90)), f32(random.normal(-1, 2, 70))),
        "ood_above_id": (f32(random.normal(-3, 1, 33)), f32(random.normal(0, 1, 41))),
        "separated": (f32(random.uniform(5, 6, 20)), f32(random.uniform(-6, -5, 21))),
        "few_values": (random.integers(0, 5, 97).astype(float), random.integers(-1, 4, 64).astype(float)),
        "one_id": (np.array([0.5]), f32(random.normal(0, 1, 9))),
        "one_ood": (f32(random.normal(0, 1, 9)), np.array([0.5])),
        "one_each": (np.array([1.0]), np.array([2.0])),
        "one_each_equal": (np.array([1.0]), np.array([1.0])),
        "zeros_of_both_signs": (np.array([0.0, -0.0, 1.0]), np.array([-0.0, 0.0, -1.0])),
        "tiny_and_huge": (np.array([1e-40, 1e30, -1e-40]).astype(np.float32).astype(float), f32([0, 1e-41, -1e30])),
    }


def metrics():
    cases = []
    for name, (ids, oods) in metric_cases().items():
        labels = np.r_[np.ones(len(ids)), np.zeros(len(oods))]
        fpr, tpr, _ = roc_curve(labels, np.r_[ids, oods], drop_intermediate=False)
        cases.append({"name": name, "id": ids.tolist(), "ood": oods.tolist(), "common": common(ids, oods),
                      "authors": authors(ids, oods), "roc_fpr": fpr.tolist(), "roc_tpr": tpr.tolist()})
    return cases


def histograms():
    random = np.random.default_rng(21)
    cases = {
        "normal": (np.float32(random.normal(0, 3, 120)), -4.0, 4.0, 13),
        "edges": (np.float32(np.arange(0, 11) / 10), 0.0, 1.0, 10),
        "edges_thirds": (np.float32(np.arange(0, 10)), 0.0, 9.0, 3),
        "narrow": (np.float32([1, 1.0000001, 1.0000002, 1.0000004]), 1.0, 1.0000004, 3),
        "one_bin": (np.float32([0, 0.5, 1]), 0.0, 1.0, 1),
    }
    result = []
    for name, (scores, low, high, count) in cases.items():
        values = scores.astype(float)
        counts, edges = np.histogram(values, count, (low, high))
        density = counts / (len(values) * (high - low) / count)
        result.append({"name": name, "scores": values.tolist(), "low": low, "high": high, "counts": counts.tolist(),
                       "edges": edges.tolist(), "density": density.tolist(), "underflow": int(np.sum(values < low)),
                       "overflow": int(np.sum(values > high))})
    return result


def bootstrap():
    """Percentile intervals of 40,000 resamples drawn by numpy, for a pair of correlated score columns."""
    random = np.random.default_rng(22)
    columns = {}
    for name, size, mean in (("id", 60, 2.0), ("ood", 50, 0.0)):
        shared = random.normal(mean, 1, size)
        columns[name] = [np.round(shared + random.normal(0, 0.5, size), 2), np.round(shared, 1)]

    def both(i, o):
        values = []
        for c in range(2):
            ids, oods = columns["id"][c][i], columns["ood"][c][o]
            threshold = np.sort(ids)[::-1][57 - 1]
            wins = np.mean((ids[:, None] > oods) + 0.5 * (ids[:, None] == oods))
            values += [np.mean(oods >= threshold), wins]
        return values + [values[0] - values[2], values[1] - values[3]]

    replicates = np.array([both(random.integers(0, 60, 60), random.integers(0, 50, 50)) for _ in range(40000)])
    low, high = np.percentile(replicates, [2.5, 97.5], axis=0)
    names = ["fpr95_first", "auroc_first", "fpr95_second", "auroc_second", "fpr95_difference", "auroc_difference"]
    intervals = {n: {"estimate": e, "low": a, "high": b, "deviation": d}
                 for n, e, a, b, d in zip(names, both(np.arange(60), np.arange(50)), low, high, replicates.std(axis=0))}
    return {"id": [c.tolist() for c in columns["id"]], "ood": [c.tolist() for c in columns["ood"]],
            "intervals": intervals}


def main():
    for name, value in (("metrics", metrics()), ("histograms", histograms()), ("bootstrap", bootstrap())):
        text = json.dumps(value, default=float)
        (HERE / f"{name}.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    main()
