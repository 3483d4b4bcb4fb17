"""Independent definitions of what ecg-lora eval and ecg-lora compare report, in numpy, scipy and scikit-learn.

A table is {label: {"ecg_id", "patient", "gold", "p"}} with one numpy array each; labels need not cover the same records.
`weight`, {patient: times}, repeats records as a bootstrap resample does; None counts each once.
"""

import numpy as np
from scipy import optimize, stats
from sklearn import metrics

NAMES = ("auroc", "average_precision", "f1", "brier", "sensitivity", "specificity", "precision", "balanced_accuracy", "calibration_error")
SETS = ("hamming_loss", "exact_match", "fmax")
MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


def resample(patients, seed, number):
    """The draw of patients that ecg-lora makes: SplitMix64 over (seed, number), rejection sampling. {patient: times}; see `patients_of`."""
    state = GOLDEN
    for key in (seed, number):
        state = mix((state + GOLDEN) & MASK) ^ mix((key + GOLDEN) & MASK)
    state = mix(state)
    ids, n = patients, len(patients)
    times = dict.fromkeys(ids, 0)
    for _ in range(n):
        while True:
            state = (state + GOLDEN) & MASK
            if mix(state) >= (1 << 64) % n:
                break
        times[ids[mix(state) % n]] += 1
    return times


def repeated(column, weight):
    """Records as often as their patient was drawn."""
    index = np.arange(len(column["p"]))
    if weight is not None:
        index = np.repeat(index, [weight[patient] for patient in column["patient"]])
    return column["gold"][index], column["p"][index]


def calibration_error(gold, p):
    which = np.minimum((p * 10).astype(int), 9)
    return sum((which == b).mean() * abs(p[which == b].mean() - gold[which == b].mean()) for b in set(which))


def values(gold, called, p):
    """One label or one pool of labels; None where undefined."""
    both = 0 < gold.sum() < len(gold)
    if len(gold) == 0:
        return dict.fromkeys(NAMES)
    some = bool(gold.any())
    return {"auroc": metrics.roc_auc_score(gold, p) if both else None,
            "average_precision": metrics.average_precision_score(gold, p) if some else None,
            "f1": metrics.f1_score(gold, called) if some else None,
            "brier": metrics.brier_score_loss(gold, p, pos_label=True) if both else float(np.mean((p - gold) ** 2)),
            "sensitivity": metrics.recall_score(gold, called) if some else None,
            "specificity": metrics.recall_score(~gold, ~called) if not gold.all() else None,
            "precision": metrics.precision_score(gold, called, zero_division=0) if some else None,
            "balanced_accuracy": metrics.balanced_accuracy_score(gold, called) if both else None,
            "calibration_error": calibration_error(gold, p)}


def threshold(gold, p, rule="f1", sensitivity=0.9):
    """The highest of the probabilities that serve the rule best."""
    if rule == "fixed" or not gold.any():
        return 0.5
    levels = np.array(sorted(set(p), reverse=True))
    calls = [p >= level for level in levels]
    if rule == "f1":
        merit = np.array([metrics.f1_score(gold, called) for called in calls])
    elif rule == "youden":
        if gold.all():
            return 0.5
        merit = np.array([metrics.balanced_accuracy_score(gold, called) for called in calls])
    else:
        merit = np.array([metrics.recall_score(gold, called) for called in calls]) >= sensitivity
    return levels[int(np.flatnonzero(merit >= merit.max() - 1e-14)[0])]


def mean(labels, weights):
    """Over the labels with both classes."""
    kept = [(v, w) for v, w in zip(labels, weights) if v["auroc"] is not None]
    return {name: float(np.average([v[name] for v, _ in kept], weights=[w for _, w in kept])) if kept else None for name in NAMES}


def matrices(table):
    """Truth and probability as records x labels, NaN where there is no answer, and each record's patient."""
    ids = sorted({i for column in table.values() for i in column["ecg_id"]})
    place = {i: r for r, i in enumerate(ids)}
    gold, p = np.full((len(ids), len(table)), np.nan), np.full((len(ids), len(table)), np.nan)
    patient = [None] * len(ids)
    for l, column in enumerate(table.values()):
        for i, who, g, q in zip(column["ecg_id"], column["patient"], column["gold"], column["p"]):
            gold[place[i], l], p[place[i], l], patient[place[i]] = g, q, who
    return gold, p, patient


def patients_of(table):
    """Each once, in the order of their first records."""
    return list(dict.fromkeys(matrices(table)[2]))


def set_values(table, thresholds, weight):
    gold, p, patient = matrices(table)
    if weight is not None:
        index = np.repeat(np.arange(len(patient)), [weight[who] for who in patient])
        gold, p = gold[index], p[index]
    answered = ~np.isnan(p)
    wrong = answered & ((p >= np.array(thresholds)) != (gold == 1))
    complete = answered.all(axis=1)
    best = None
    for cut in np.arange(101) / 100:
        called, true = answered & (p >= cut), gold == 1
        hits, n, m = (called & true).sum(axis=1), called.sum(axis=1), true.sum(axis=1)
        if not n.any() or not m.any():
            continue
        precision, recall = (hits[n > 0] / n[n > 0]).mean(), (hits[m > 0] / m[m > 0]).mean()
        f = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        best = f if best is None else max(best, f)
    return {"hamming_loss": wrong.sum() / answered.sum() if answered.any() else None,
            "exact_match": float((~wrong[complete].any(axis=1)).mean()) if complete.any() else None, "fmax": best}


def statistics(table, thresholds, weight=None):
    """Everything ecg-lora eval puts an interval on, as {(where, name): value or None}."""
    result, labels, golds, calls, ps = {}, [], [], [], []
    for (label, column), cut in zip(table.items(), thresholds):
        gold, p = repeated(column, weight)
        labels.append(values(gold, p >= cut, p))
        golds.append(gold), calls.append(p >= cut), ps.append(p)
        result.update({(label, name): v for name, v in labels[-1].items()})
    for where, of in (("macro", mean(labels, [1] * len(labels))), ("weighted", mean(labels, [g.sum() for g in golds])),
                      ("micro", values(np.concatenate(golds), np.concatenate(calls), np.concatenate(ps))), ("sets", set_values(table, thresholds, weight))):
        result.update({(where, name): v for name, v in of.items()})
    return result


def intervals(table, thresholds, resamples, seed):
    """{key: (value, low, high, bca_low, bca_high)}; None where undefined."""
    patients = patients_of(table)
    value = statistics(table, thresholds)
    draws = [statistics(table, thresholds, resample(patients, seed, r)) for r in range(resamples)]
    left_out = [statistics(table, thresholds, {who: int(who != one) for who in patients}) for one in patients]
    result = {}
    for key, v in value.items():
        drawn = np.array([d[key] for d in draws if d[key] is not None])
        jack = np.array([d[key] for d in left_out if d[key] is not None])
        low = high = bca_low = bca_high = None
        if v is not None and len(drawn):
            low, high = np.quantile(drawn, [0.025, 0.975])
            level = abs(drawn - v) <= 1e-12
            share = ((drawn < v) & ~level).mean() + level.mean() / 2
            spread = jack.mean() - jack
            if 0 < share < 1 and (spread ** 2).sum() > 1e-24:
                bias, a = stats.norm.ppf(share), (spread ** 3).sum() / (6 * (spread ** 2).sum() ** 1.5)
                z = bias + stats.norm.ppf([0.025, 0.975])
                bca_low, bca_high = np.quantile(drawn, stats.norm.cdf(bias + z / (1 - a * z)))
        result[key] = (v, low, high, bca_low, bca_high)
    return result


def structural(gold, p):
    """DeLong's components by counting all pairs."""
    psi = (p[gold][:, None] > p[~gold][None, :]) + 0.5 * (p[gold][:, None] == p[~gold][None, :])
    return psi.mean(axis=1), psi.mean(axis=0)


def delong(gold, p, patient, other=None):
    """(AUROC or its difference to `other`'s, standard error) over patients, by Obuchowski's clustered sums; None where it is undefined."""
    if not 0 < gold.sum() < len(gold):
        return None
    v10, v01 = structural(gold, p)
    if other is not None:
        w10, w01 = structural(gold, other)
        v10, v01 = v10 - w10, v01 - w01
    area, m, n = v10.mean(), len(v10), len(v01)
    x, y = {}, {}
    for who, v in zip(patient[gold], v10):
        x[who] = x.get(who, 0) + v - area
    for who, v in zip(patient[~gold], v01):
        y[who] = y.get(who, 0) + v - area
    clusters = set(x) | set(y)
    if len(x) < 2 or len(y) < 2:
        return None
    s10 = len(x) / ((len(x) - 1) * m) * sum(v ** 2 for v in x.values())
    s01 = len(y) / ((len(y) - 1) * n) * sum(v ** 2 for v in y.values())
    s11 = len(clusters) / (len(clusters) - 1) * sum(x.get(who, 0) * y.get(who, 0) for who in clusters)
    return area, np.sqrt(max(0, s10 / m + s01 / n + 2 * s11 / (m * n)))


def holm(p):
    order, result, running = np.argsort(p), np.empty(len(p)), 0
    for k, i in enumerate(order):
        running = max(running, min(1, (len(p) - k) * p[i]))
        result[i] = running
    return result


def logit(p):
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return np.log(p) - np.log1p(-p)


def log_loss(gold, p):
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return float(-np.where(gold, np.log(p), np.log1p(-p)).mean())


def fit_temperature(gold, p):
    """Slope on the logit."""
    x = logit(p)
    cost = lambda s: np.logaddexp(0, s * x).sum() - s * x[gold].sum()
    return optimize.minimize_scalar(cost, bounds=(0.01, 100), method="bounded", options={"xatol": 1e-12}).x


def platt_cost(gold, p):
    x, positives, negatives = logit(p), gold.sum(), (~gold).sum()
    target = np.where(gold, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    return lambda ab: float((np.logaddexp(0, ab[0] * x + ab[1]) - target * (ab[0] * x + ab[1])).sum())


def fit_platt(gold, p):
    cost = platt_cost(gold, p)
    best = optimize.minimize(cost, [1.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-14, "maxiter": 20000, "maxfev": 20000})
    return best.x
