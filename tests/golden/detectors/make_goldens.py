"""Makes cases.json in the folder of this script: small feature sets and the scores that every detector must give.

python3 make_goldens.py            (needs NumPy, SciPy, scikit-learn, torch, pytorch-ood 0.4.0)

Two kinds of expected values, neither from this program:
- "expected": NumPy, SciPy and scikit-learn in float64, written from the formulas in docs/detectors.md;
- "peers": pytorch-ood's own detectors, for the settings named "as pytorch-ood". Each has a factor, because
  pytorch-ood negates every score and leaves out constants, and the order of images does not change with it.

Where pytorch-ood differs for a reason that is not a constant, it is left out or both are kept:
- OpenMax: its Weibull fit is scipy's exponweib.fit, which stops at the tolerance of a simplex search. Here the
  likelihood equation is solved. Peer values agree to about 1e-3 only ("loose"). Besides, it measures the distance
  to a class only if some image of the same batch is predicted as it, so that a score depends on the other images:
  the batch here holds the training images as well, and the value is left out where those do not cover all.
- ASH-B: which of equal activations are kept is left to torch.topk; images with such a choice are left out.
- Temperature: LBFGS with step 0.01 and 50 iterations does not reach the optimum. Both temperatures are in the file.
- Mahalanobis: 1e-6 on the diagonal of the scatter matrix instead of a pseudo-inverse: for a unit that no training
  image uses, a tiny activation then decides the score. The variant "pytorch-ood" does that, the default does not.
"""

import json
import pathlib

import numpy as np
import torch
from scipy import optimize
from scipy.special import log_softmax, logsumexp, softmax
from sklearn.covariance import EmpiricalCovariance
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

FOLDER = pathlib.Path(__file__).parent


def grid(values, steps):
    """Rounded to a grid of short decimals that float32 holds exactly."""
    return np.round(np.asarray(values) * steps) / steps


def relu_features(rng, labels, centres):
    return grid(np.maximum(0, centres[labels] + rng.normal(0, 0.6, (len(labels), centres.shape[1]))), 64)


def make_case(seed, classes, units, train, test, *, missing=(), unlabelled=0, zero_rows=0, dead=0, extra=0.0):
    rng = np.random.default_rng(seed)
    centres = rng.normal(0.1, 0.8, (classes, units))
    weight = grid(centres * 0.7 + rng.normal(0, 0.3, centres.shape), 128)
    bias = grid(rng.normal(0, 0.2, classes), 128)
    present = [c for c in range(classes) if c not in missing]
    labels = np.array([present[i % len(present)] for i in range(train)])
    rng.shuffle(labels)
    features = relu_features(rng, labels, centres)
    tests = np.vstack(
        [
            relu_features(rng, np.array([present[i % len(present)] for i in range(test // 2)]), centres),
            grid(np.maximum(0, rng.normal(0.4 + extra, 1.0, (test - test // 2, units))), 64),
        ]
    )
    if dead:
        features[:, :dead] = 0
    for r in range(zero_rows):
        features[r] = 0
        tests[r] = 0
    labels[:unlabelled] = -1
    return {"weight": weight, "bias": bias, "features": features, "labels": labels, "test": tests}


CASES = {
    "small": make_case(1, 5, 12, 60, 9),
    "wider": make_case(2, 6, 24, 90, 8, unlabelled=7),
    "singular": make_case(3, 3, 40, 30, 7),
    "few_images": make_case(4, 40, 8, 25, 6),
    "degenerate": make_case(5, 4, 10, 50, 8, missing=(2,), zero_rows=1, dead=2),
    "one_class": make_case(6, 1, 5, 12, 5),
    "confident": make_case(7, 4, 16, 50, 8, extra=3.0),
}


class Reference:
    def __init__(self, case):
        self.w, self.b = case["weight"], case["bias"]
        self.train, self.labels, self.test = case["features"], case["labels"], case["test"]
        self.mean = self.train.mean(0)
        self.classes, self.units = self.w.shape

    def logits(self, h):
        return h @ self.w.T + self.b

    def energy(self, h, weight=None, factor=1.0):
        w = self.w if weight is None else weight
        return logsumexp(np.reshape(factor, (-1, 1)) * (h @ w.T) + self.b, axis=1)

    @property
    def l(self):
        return self.logits(self.test)

    # Scores of the logits.
    def msp(self):
        return log_softmax(self.l, axis=1).max(1)

    def maxlogit(self):
        return self.l.max(1)

    def energy_at(self, t):
        return t * logsumexp(self.l / t, axis=1)

    def entropy(self, floor=0.0):
        q = np.maximum(softmax(self.l, axis=1), floor)
        return np.where(q > 0, q * np.log(np.where(q > 0, q, 1)), 0).sum(1)

    def gen(self, gamma=0.1, m=100, floor=0.0, mean=False):
        q = np.exp(log_softmax(self.l, axis=1))
        rest = np.array([[np.delete(row, c).sum() for c in range(len(row))] for row in q])
        q, rest = np.clip(q, floor, 1 - floor), np.clip(rest, floor, 1 - floor)
        order = np.argsort(-self.l, axis=1, kind="stable")[:, : m or None]
        terms = np.take_along_axis((q * rest) ** gamma, order, axis=1)
        return -(terms.mean(1) if mean else terms.sum(1))

    def temperature_value(self):
        known = self.labels >= 0
        logits, labels = self.logits(self.train[known]), self.labels[known]

        def slope(beta):
            q = softmax(beta * logits, axis=1)
            return ((q * logits).sum(1) - logits[np.arange(len(labels)), labels]).sum()

        if slope(0.01) >= 0:
            return 100.0
        if slope(100) <= 0:
            return 0.01
        return 1 / optimize.brentq(slope, 0.01, 100, xtol=1e-14, rtol=1e-14)

    def temperature(self):
        return log_softmax(self.l / self.temperature_value(), axis=1).max(1)

    def klm(self, true_labels=False):
        q_train = softmax(self.logits(self.train), axis=1)
        groups = self.labels if true_labels else q_train.argmax(1)
        templates = [q_train[groups == c].mean(0) for c in range(self.classes) if (groups == c).any()]
        q = softmax(self.l, axis=1)
        return -np.array([min(np.sum(row * (np.log(row) - np.log(t))) for t in templates) for row in q])

    def gradnorm(self, bias=False):
        """By autograd, not in closed form."""
        scores = []
        for row in self.test:
            w = torch.tensor(self.w, requires_grad=True)
            b = torch.tensor(self.b, requires_grad=True)
            logits = torch.tensor(row) @ w.T + b
            (-torch.log_softmax(logits, 0).sum()).backward()
            scores.append(w.grad.abs().sum().item() + (b.grad.abs().sum().item() if bias else 0))
        return np.array(scores)

    def openmax(self, tail=20, alpha=3, correct=True):
        logits = self.logits(self.train)
        keep = self.labels >= 0
        if correct:
            keep &= logits.argmax(1) == self.labels
        models = {}
        for c in range(self.classes):
            rows = logits[keep & (self.labels == c)]
            if not len(rows):
                continue
            centre = rows.mean(0)
            largest = np.sort(np.linalg.norm(rows - centre, axis=1))[-tail:]
            x = largest - largest[0] + 10000
            if x[0] == x[-1]:
                continue
            y = np.log(x / x[-1])
            equation = lambda k: (np.exp(k * y) * y).sum() / np.exp(k * y).sum() - 1 / k - y.mean()
            shape = optimize.brentq(equation, 1e-2, 1e9, xtol=1e-10, rtol=1e-14)
            log_scale = np.log(x[-1]) + np.log(np.exp(shape * y).mean()) / shape
            models[c] = (centre, largest[0], shape, log_scale)
        alpha = min(alpha, self.classes)
        scores = []
        for row in self.l:
            revised, unknown = row.copy(), 0.0
            for rank, c in enumerate(np.argsort(-row, kind="stable")[:alpha]):
                if c not in models:
                    continue
                centre, smallest, shape, log_scale = models[c]
                x = np.linalg.norm(row - centre) - smallest + 10000
                cdf = -np.expm1(-np.exp(shape * (np.log(x) - log_scale)))
                moved = row[c] * cdf * (alpha - rank) / alpha
                revised[c] -= moved
                unknown += moved
            scores.append(logsumexp(revised) - unknown)
        return np.array(scores)

    # The energy of shaped features.
    def clip(self, percentile=90):
        return np.percentile(self.train, percentile)

    def react(self, c=None):
        return self.energy(np.minimum(self.test, self.clip() if c is None else c))

    def vra(self):
        return self.energy(np.clip(self.test, np.percentile(self.train, 10), np.percentile(self.train, 90)))

    def vra_per_unit(self):
        low, high = np.percentile(self.train, 1, axis=0), np.percentile(self.train, 99, axis=0)
        return self.energy(np.clip(self.test, low, high))

    def masked(self, p):
        v = self.w * self.mean
        return np.where(v > np.percentile(v, p), self.w, 0)

    def dice(self, p=90):
        return self.energy(self.test, self.masked(p))

    def dice_react(self, p=90, c=None):
        return self.energy(np.minimum(self.test, self.clip() if c is None else c), self.masked(p))

    def largest(self, h, percent):
        k = max(1, self.units - int(np.round(self.units * percent / 100)))
        order = np.argsort(-h, axis=1, kind="stable")[:, :k]
        mask = np.zeros(h.shape, bool)
        np.put_along_axis(mask, order, True, axis=1)
        return mask, k

    def cut_is_clear(self, percent):
        _, k = self.largest(self.test, percent)
        ordered = -np.sort(-self.test, axis=1)
        return (ordered[:, k - 1] > ordered[:, k]).all()

    def ratio(self, h, percent):
        mask, _ = self.largest(h, percent)
        s1, s2 = h.sum(1), (h * mask).sum(1)
        return np.where(s2 == 0, 1, s1 / np.where(s2 == 0, 1, s2))

    def ash(self, kind, percent=90, p=None):
        mask, k = self.largest(self.test, percent)
        weight = None if p is None else self.masked(p)
        if kind == "b":
            return self.energy(mask * self.test.sum(1, keepdims=True) / k, weight)
        factor = np.exp(self.ratio(self.test, percent)) if kind == "s" else 1.0
        return self.energy(self.test * mask, weight, factor)

    def scale(self, percent=85, p=None):
        return self.energy(self.test, None if p is None else self.masked(p), np.exp(self.ratio(self.test, percent)))

    def lts(self, top=5):
        t = self.ratio(np.maximum(self.test, 0), 100 - top) ** 2
        return logsumexp(self.l * t[:, None], axis=1)

    # Distances in feature space.
    def class_means(self):
        return {c: self.train[self.labels == c].mean(0) for c in range(self.classes) if (self.labels == c).any()}

    def precision(self, rows, ridge):
        if ridge:
            return np.linalg.inv(rows.T @ rows + ridge * np.eye(self.units)) * len(rows)
        return EmpiricalCovariance(assume_centered=True).fit(rows).precision_

    def mahalanobis_distances(self, ridge=0.0):
        means = self.class_means()
        known = self.labels >= 0
        centred = self.train[known] - np.array([means[c] for c in self.labels[known]])
        s = self.precision(centred, ridge)
        return np.array([[(h - m) @ s @ (h - m) for m in means.values()] for h in self.test])

    def has_spread(self):
        means = self.class_means()
        return any((row != means[c]).any() for row, c in zip(self.train, self.labels) if c >= 0)

    def mahalanobis(self, ridge=0.0):
        return -self.mahalanobis_distances(ridge).min(1)

    def rmd(self, ridge=0.0):
        known = self.train[self.labels >= 0]
        t = self.precision(known - known.mean(0), ridge)
        background = np.array([(h - known.mean(0)) @ t @ (h - known.mean(0)) for h in self.test])
        return -self.mahalanobis_distances(ridge).min(1) + background

    def residual_norms(self, rows, dim):
        u = -np.linalg.pinv(self.w) @ self.b
        covariance = EmpiricalCovariance(assume_centered=True).fit(self.train - u).covariance_
        values, vectors = np.linalg.eigh(covariance)
        ns = vectors[:, np.argsort(-values)[dim or self.units // 2 :]]
        return np.linalg.norm((rows - u) @ ns, axis=1)

    def residual(self, dim=0):
        return -self.residual_norms(self.test, dim)

    def vim(self, dim=0):
        alpha = self.logits(self.train).max(1).mean() / self.residual_norms(self.train, dim).mean()
        return logsumexp(self.l, axis=1) - alpha * self.residual_norms(self.test, dim)

    def neco(self, dim=0, maxlogit=True, raw=False):
        scaler = StandardScaler().fit(self.train)
        # Unseen units have no spread: scikit-learn leaves them unscaled, and so do we.
        pca = PCA(min(self.train.shape)).fit(scaler.transform(self.train))
        z = scaler.transform(self.test)
        inside = np.linalg.norm(pca.transform(z)[:, : dim or self.units // 2], axis=1)
        length = np.linalg.norm(self.test if raw else z, axis=1)
        share = np.where(length > 0, inside / np.where(length > 0, length, 1), 0)
        return share * self.l.max(1) if maxlogit else share

    @staticmethod
    def unit(rows):
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(length > 0, length, 1)

    def knn(self, k, normalise=True):
        train, test = (self.unit(self.train), self.unit(self.test)) if normalise else (self.train, self.test)
        distance, _ = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(train).kneighbors(test)
        return -np.array([np.sort(((row - train) ** 2).sum(1))[k - 1] for row in test]) + 0 * distance[:, -1]

    def nnguide(self, k):
        bank = self.unit(self.train) * logsumexp(self.logits(self.train), axis=1)[:, None]
        top = np.sort(self.unit(self.test) @ bank.T, axis=1)[:, -k:]
        return logsumexp(self.l, axis=1) * top.mean(1)

    def relation(self, k=1, threshold=0.03):
        q, q_train = softmax(self.l, axis=1), softmax(self.logits(self.train), axis=1)
        relation = np.maximum(0, self.unit(self.test) @ self.unit(self.train).T) * (q @ q_train.T)
        assert np.abs(relation - threshold).min() > 1e-6
        return np.where(relation > threshold, relation**k, 0).sum(1)

    def she(self, measure="product"):
        predicted = self.logits(self.train).argmax(1)
        patterns = {}
        for c in range(self.classes):
            rows = self.train[(self.labels == c) & (predicted == c)]
            if len(rows):
                patterns[c] = rows.mean(0)
        scores = []
        for h, logits in zip(self.test, self.l):
            pattern = patterns[max(patterns, key=lambda c: logits[c])]
            lengths = np.linalg.norm(h) * np.linalg.norm(pattern)
            scores.append(
                {
                    "product": h @ pattern,
                    "cosine": h @ pattern / lengths if lengths else 0.0,
                    "distance": -np.linalg.norm(h - pattern),
                }[measure]
            )
        return np.array(scores)

    def fdbd(self, mean=False, raw=False):
        scores = []
        for h, logits in zip(self.test, self.l):
            pred = logits.argmax()
            distances = [
                abs(logits[c] - logits[pred]) / np.linalg.norm(self.w[c] - self.w[pred])
                for c in range(self.classes)
                if c != pred
            ]
            total = np.mean(distances) if mean and distances else np.sum(distances)
            scores.append(total / max(np.linalg.norm(h if raw else h - self.mean), 1e-8))
        return np.array(scores)

    def nci(self, a=1e-4):
        centred = self.test - self.mean
        w = self.w[self.l.argmax(1)]
        return (w * centred).sum(1) / np.linalg.norm(centred, axis=1) + a * np.abs(self.test).sum(1)


def expected(r):
    """Specification of this program -> scores; None where it must refuse."""
    rows = len(r.train)
    fits = lambda k: k <= rows
    scores = {
        "msp": r.msp(),
        "maxlogit": r.maxlogit(),
        "energy": r.energy_at(1),
        "energy:t=10": r.energy_at(10),
        "entropy": r.entropy(),
        "entropy:floor=1e-07": r.entropy(1e-7),
        "gen": r.gen(),
        "gen:gamma=0.5:m=3": r.gen(0.5, 3),
        "gen:as=pytorch-ood": r.gen(m=0, floor=1e-7, mean=True),
        "temperature": r.temperature(),
        "temperature:t=2.5": log_softmax(r.l / 2.5, axis=1).max(1),
        "klm": r.klm(),
        "klm:labels=true": r.klm(True),
        "openmax": r.openmax(),
        "openmax:as=pytorch-ood": r.openmax(25, 10, False),
        "gradnorm": r.gradnorm(),
        "gradnorm:bias=on": r.gradnorm(True),
        "react": r.react(),
        "react:c=0.5": r.react(0.5),
        "dice": r.dice(),
        "dice:p=35": r.dice(35),
        "dice+react": r.dice_react(),
        "dice+react:p=10:c=0.75": r.dice_react(10, 0.75),
        "dice+ash-p:p=50:s=65": r.ash("p", 65, 50),
        "dice+ash-b:p=50:s=65": r.ash("b", 65, 50),
        "dice+ash-s:p=50:s=65": r.ash("s", 65, 50),
        "dice+scale:p=50": r.scale(85, 50),
        "vra": r.vra(),
        "vra:as=pytorch-ood": r.vra_per_unit(),
        "ash-p": r.ash("p"),
        "ash-b": r.ash("b"),
        "ash-s": r.ash("s"),
        "ash-b:as=pytorch-ood": r.ash("b", 65),
        "ash-s:as=pytorch-ood": r.ash("s", 65),
        "scale": r.scale(),
        "scale:s=65": r.scale(65),
        "lts": r.lts(),
        "lts:top=30": r.lts(30),
        "residual": r.residual(),
        "residual:dim=2": r.residual(2),
        "vim": r.vim(),
        "vim:dim=3": r.vim(3),
        "vim:dim=%d" % r.units: None,
        "neco": r.neco(),
        "neco:dim=2:maxlogit=off": r.neco(2, False),
        "neco:length=raw": r.neco(raw=True),
        "neco:dim=%d" % r.units: None,
        "knn:k=1": r.knn(1),
        "knn:k=5": r.knn(5),
        "knn:as=nearest": r.knn(1, False),
        "knn": r.knn(50) if fits(50) else None,
        "nnguide:k=4:bank=100": r.nnguide(4),
        "nnguide:as=pytorch-ood": r.nnguide(10),
        "nnguide": r.nnguide(100) if fits(100) else None,
        "relation": r.relation(),
        "relation:k=2:threshold=0.01": r.relation(2, 0.01),
        "she": r.she(),
        "she:measure=cosine": r.she("cosine"),
        "she:measure=distance": r.she("distance"),
        "fdbd": r.fdbd(),
        "fdbd:reduce=mean:length=raw": r.fdbd(True, True),
        "nci": r.nci(),
        "nci:a=0.5": r.nci(0.5),
        "mahalanobis": r.mahalanobis() if r.has_spread() else None,
        "mahalanobis:ridge=0.01": r.mahalanobis(0.01),
        "rmd": r.rmd() if r.has_spread() else None,
        "rmd:ridge=0.01": r.rmd(0.01),
    }
    return scores


def peers(r):
    """(specification, factor, scores of pytorch-ood negated, loose): its scores times the factor are ours."""
    from pytorch_ood import detector as po

    torch.set_default_dtype(torch.float64)
    z, y, test = torch.tensor(r.train), torch.tensor(r.labels), torch.tensor(r.test)
    w, b = torch.tensor(r.w), torch.tensor(r.b)
    head = torch.nn.Linear(r.units, r.classes)
    head.weight.data, head.bias.data = w.clone(), b.clone()
    logits, train_logits = torch.tensor(r.l), torch.tensor(r.logits(r.train))
    rows = len(r.train)

    def fitted(d):
        return d.fit_features(z, y)

    def score(value):
        return -value.detach().numpy().astype(np.float64)

    map4 = lambda x: x[:, :, None, None]
    flat_head = lambda x: head(x.flatten(1))
    identity = lambda x: x
    result = {}

    def add(spec, values, factor=1.0, loose=False):
        result[spec] = {"factor": factor, "scores": values.tolist(), "loose": loose}

    add("maxlogit", score(po.MaxLogit(None).predict_logits(logits)))
    add("energy", score(po.EnergyBased(None).predict_logits(logits)))
    add("entropy:as=pytorch-ood", score(po.Entropy(None).predict_logits(logits)))
    add("gen:as=pytorch-ood", score(po.GEN(None).predict_logits(logits)))
    add("klm", score(po.KLMatching(None).fit_logits(train_logits).predict_logits(logits)))
    for kind in "pbs":
        ash = po.ASH(identity, flat_head, variant="ash-" + kind)
        if kind != "b" or r.cut_is_clear(65):
            add(f"ash-{kind}:as=pytorch-ood", score(ash.predict_feature_maps(map4(test))))
    add("scale:as=pytorch-ood", score(po.SCALE(identity, flat_head).predict_feature_maps(map4(test))))
    add("lts", score(po.LTS(None, head).predict_features(test)))
    react = po.ReAct(identity, head).fit_feature_maps(z, y)
    add("react", score(react.predict_feature_maps(test)))
    vra = po.VRA(identity, head).fit_feature_maps(z, y)
    add("vra:as=pytorch-ood", score(vra.predict_feature_maps(test)))
    add("knn:k=5", -score(fitted(po.KNN(None, k=5)).predict_features(test)) ** 2)
    # The inverse of the scatter and not of the covariance; Mahalanobis has a factor of one half besides.
    add("mahalanobis:as=pytorch-ood", score(fitted(po.Mahalanobis(None)).predict_features(test)), 2.0 * rows)
    add("rmd:as=pytorch-ood", score(fitted(po.RMD(None)).predict_features(test)), float(rows))
    torch.set_default_dtype(torch.float32)
    dice = po.DICE(None, w.float(), b.float(), 0.7).fit_features(z, y)
    add("dice:p=70", score(dice.predict_features(test.float())))
    vim = po.ViM(None, 3, w, b).fit_features(z.float(), y)
    add("vim:dim=3", score(vim.predict_features(test.float())))
    head32 = torch.nn.Linear(r.units, r.classes)
    head32.weight.data, head32.bias.data = w.float(), b.float()
    torch.set_default_dtype(torch.float64)
    nnguide = po.NNGuide(identity, head32).fit_features(z.float(), y)
    add("nnguide:as=pytorch-ood", score(nnguide.predict_features(test.float())))
    correct = (train_logits.argmax(1) == y).numpy()
    if all((correct & (r.labels == c)).any() for c in range(r.classes)):  # pytorch-ood refuses otherwise
        add("she", score(fitted(po.SHE(identity, head)).predict_features(test)))
    add("fdbd:as=pytorch-ood", score(po.fDBD(identity, head32).fit_features(z).predict_features(test)))
    add("nci:as=pytorch-ood", score(po.NCI(identity, head32).fit_features(z).predict_features(test)))
    grad = po.GradNorm(head)
    grad.to("cpu")
    add("gradnorm:as=pytorch-ood", score(grad.predict(test)), float(r.classes))
    if len(set(train_logits.argmax(1).tolist())) == r.classes:
        openmax = po.OpenMax(None).fit_logits(train_logits, y)
        unknown = openmax.predict_logits(torch.cat([logits, train_logits])).numpy()[: len(logits)]
        add("openmax:as=pytorch-ood", np.log1p(-unknown) - np.log(unknown), 1.0, True)
    scaling = po.TemperatureScaling(None)
    scaling.fit_logits(train_logits, y)
    return result, scaling.t.item()


def main():
    cases = {}
    for name, case in CASES.items():
        reference = Reference(case)
        scores = {s: None if v is None else [float(x) for x in v] for s, v in expected(reference).items()}
        for spec, values in scores.items():
            assert values is None or np.isfinite(values).all(), (name, spec, values)
        cases[name] = {key: np.asarray(value).tolist() for key, value in case.items()}
        cases[name]["expected"] = scores
        if name in ("small", "confident"):
            cases[name]["peers"], peer_temperature = peers(reference)
            cases[name]["temperature"] = {"ours": reference.temperature_value(), "pytorch-ood": peer_temperature}
    text = "{\n" + ",\n".join(f'"{n}": {{\n' + ",\n".join(
        f'"{k}": {json.dumps(v)}' for k, v in c.items()) + "\n}" for n, c in cases.items()) + "\n}\n"
    (FOLDER / "cases.json").write_text(text)


if __name__ == "__main__":
    main()
