"""Independent definitions of what ecg-lora eval and ecg-lora compare report, in numpy, scipy and
scikit-learn.

A table is {label: {"ecg_id", "patient", "gold", "p"}} with one numpy array each; labels need not
cover the same records. `weight`, {patient: number}, says how much each patient counts, 0 for one
that is left out; None counts each once.
"""

import numpy as np
from scipy import optimize, special, stats
from sklearn import metrics

NAMES = (
    "auroc",
    "average_precision",
    "f1",
    "brier",
    "sensitivity",
    "specificity",
    "precision",
    "balanced_accuracy",
    "calibration_error",
)
SETS = ("hamming_loss", "exact_match", "fmax")
MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


class Draw:
    """The generator of ecg-lora: SplitMix64 over its keys."""

    def __init__(self, *keys):
        self.state = GOLDEN
        for key in keys:
            self.state = mix((self.state + GOLDEN) & MASK) ^ mix((key + GOLDEN) & MASK)
        self.state = mix(self.state)

    def bits(self):
        self.state = (self.state + GOLDEN) & MASK
        return mix(self.state)

    def below(self, n):
        while True:
            value = self.bits()
            if value >= (1 << 64) % n:
                return value % n

    def uniform(self):
        return (self.bits() >> 11) * 2.0**-53


def groups(patients, most, seed):
    """Lists of patients that are left out together: each alone, or dealt where there are more than
    `most`.
    """
    order = list(patients)
    if len(order) <= most:
        return [[one] for one in order]
    draw = Draw(seed)
    for i in range(len(order), 1, -1):
        j = draw.below(i)
        order[i - 1], order[j] = order[j], order[i - 1]
    return [order[g::most] for g in range(most)]


def without_groups(patients, most, seed):
    """{patient: weight} without each group."""
    return [
        {one: float(one not in set(left_out)) for one in patients}
        for left_out in groups(patients, most, seed)
    ]


def resample(patients, seed, number):
    """Fractional weights of one resample, {patient: weight}: exponential of mean 1."""
    draw = Draw(seed, number)
    return {one: -float(np.log1p(-draw.uniform())) for one in patients}


def weighed(column, weight):
    """Reference label, probability and weight of the records that count."""
    w = (
        np.ones(len(column["p"]))
        if weight is None
        else np.array([weight[patient] for patient in column["patient"]])
    )
    return column["gold"][w > 0], column["p"][w > 0], w[w > 0]


def calibration_error(gold, p, w):
    which = np.minimum((p * 10).astype(int), 9)
    return sum(abs((w * (p - gold))[which == b].sum()) for b in set(which)) / w.sum()


def values(gold, called, p, w=None):
    """One label or one pool of labels; None where undefined."""
    both, w = 0 < gold.sum() < len(gold), np.ones(len(gold)) if w is None else w
    if len(gold) == 0:
        return dict.fromkeys(NAMES)
    some, given = bool(gold.any()), {"sample_weight": w}
    return {
        "auroc": metrics.roc_auc_score(gold, p, **given) if both else None,
        "average_precision": metrics.average_precision_score(gold, p, **given) if some else None,
        "f1": metrics.f1_score(gold, called, **given) if some else None,
        "brier": float(np.average((p - gold) ** 2, weights=w)),
        "sensitivity": metrics.recall_score(gold, called, **given) if some else None,
        "specificity": metrics.recall_score(~gold, ~called, **given) if not gold.all() else None,
        "precision": metrics.precision_score(gold, called, zero_division=0, **given)
        if some
        else None,
        "balanced_accuracy": metrics.balanced_accuracy_score(gold, called, **given)
        if both
        else None,
        "calibration_error": calibration_error(gold, p, w),
    }


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


def mean(labels, weights, whole, filled):
    """Over the labels with both classes in the whole; a value that is undefined is left out, or
    (filled) that of the whole.
    """
    result = {}
    for name in NAMES:
        kept = [
            (v[name] if v[name] is not None or not filled else w[name], share)
            for v, share, w in zip(labels, weights, whole)
            if w["auroc"] is not None
        ]
        kept = [(v, share) for v, share in kept if v is not None and share > 0]
        result[name] = (
            float(np.average([v for v, _ in kept], weights=[share for _, share in kept]))
            if kept
            else None
        )
    return result


def matrices(table):
    """Reference labels and probabilities as records x labels, NaN without an answer, and the
    patient of each record.
    """
    ids = sorted({i for column in table.values() for i in column["ecg_id"]})
    place = {i: r for r, i in enumerate(ids)}
    gold, p = np.full((len(ids), len(table)), np.nan), np.full((len(ids), len(table)), np.nan)
    patient = [None] * len(ids)
    for k, column in enumerate(table.values()):
        for i, who, g, q in zip(column["ecg_id"], column["patient"], column["gold"], column["p"]):
            gold[place[i], k], p[place[i], k], patient[place[i]] = g, q, who
    return gold, p, patient


def patients_of(table):
    """Each once, in the order of their first records."""
    return list(dict.fromkeys(matrices(table)[2]))


def set_values(table, thresholds, weight):
    gold, p, patient = matrices(table)
    asked = ~np.isnan(p).all(axis=0)
    w = np.ones(len(patient)) if weight is None else np.array([weight[who] for who in patient])
    gold, p, w = gold[w > 0], p[w > 0], w[w > 0]
    answered = ~np.isnan(p)
    wrong = answered & ((p >= np.array(thresholds)) != (gold == 1))
    complete = answered[:, asked].all(axis=1)
    best = None
    for cut in np.arange(101) / 100:
        called, true = answered & (p >= cut), gold == 1
        hits, n, m = (called & true).sum(axis=1), called.sum(axis=1), true.sum(axis=1)
        if not n.any() or not m.any():
            continue
        precision = np.average(hits[n > 0] / n[n > 0], weights=w[n > 0])
        recall = np.average(hits[m > 0] / m[m > 0], weights=w[m > 0])
        f = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        best = f if best is None else max(best, f)
    return {
        "hamming_loss": (wrong.sum(axis=1) * w).sum() / (answered.sum(axis=1) * w).sum()
        if answered.any()
        else None,
        "exact_match": float(np.average(~wrong[complete].any(axis=1), weights=w[complete]))
        if complete.any()
        else None,
        "fmax": best,
    }


def label_values(table, thresholds, weight=None):
    parts = [weighed(column, weight) for column in table.values()]
    return parts, [values(gold, p >= cut, p, w) for (gold, p, w), cut in zip(parts, thresholds)]


def statistics(table, thresholds, weight=None):
    """Everything ecg-lora eval puts an interval on, as {(where, name): value or None}; "macro
    filled" and "weighted filled" are for the bias.
    """
    result = {}
    _, whole = label_values(table, thresholds)
    parts, labels = label_values(table, thresholds, weight)
    for label, found in zip(table, labels):
        result.update({(label, name): v for name, v in found.items()})
    calls = [p >= cut for (_, p, _), cut in zip(parts, thresholds)]
    positives = [w[gold].sum() for gold, _, w in parts]
    pooled = [np.concatenate(one) for one in zip(*parts)]
    for where, of in (
        ("macro", mean(labels, [1] * len(labels), whole, False)),
        ("weighted", mean(labels, positives, whole, False)),
        ("macro filled", mean(labels, [1] * len(labels), whole, True)),
        ("weighted filled", mean(labels, positives, whole, True)),
        ("micro", values(pooled[0], np.concatenate(calls), pooled[1], pooled[2])),
        ("sets", set_values(table, thresholds, weight)),
    ):
        result.update({(where, name): v for name, v in of.items()})
    return result


def spread(without):
    """(standard error, degrees of freedom, acceleration) of the jackknife; None where nothing
    varies or something is undefined.
    """
    if len(without) < 2 or any(v is None for v in without):
        return None
    n, without = len(without), np.array(without)
    u = (n - 1) / n * (without.mean() - without)
    error = np.sqrt(n / (n - 1) * (u**2).sum())
    if error <= 1e-12:
        return None
    room = (u**4).sum() - (u**2).sum() ** 2 / n
    freedom = min(n - 1, max(1, 2 * (u**2).sum() ** 2 / room)) if room > 0 else n - 1
    return error, freedom, (u**3).sum() / (6 * (u**2).sum() ** 1.5)


def bias_of(v, without):
    return (len(without) - 1) * (np.mean(without) - v)


def jackknife_interval(v, found, bias, highest=1):
    """Student's t on the logit scale about the value less its bias, extended to the value."""
    if found is None or not 0 < v < highest:
        return None
    centre = float(np.clip((v - bias) / highest, v / highest / 4, 1 - (1 - v / highest) / 4))
    half = stats.t.ppf(0.975, found[1]) * found[0] / highest / (centre * (1 - centre))
    ends = highest * special.expit(special.logit(centre) + np.array([-half, half]))
    return min(v, ends[0]), max(v, ends[1])


def bca(v, drawn, found, bias):
    if abs(bias) > found[0] / 4:
        return None
    level = abs(drawn - v) <= 1e-12
    share = ((drawn < v) & ~level).mean() + level.mean() / 2
    if drawn.std() <= 1e-12 or not 0 < share < 1:
        return None
    z0, half = stats.norm.ppf(share), stats.t.ppf(0.975, found[1]) * found[0] / drawn.std()
    if abs(z0) >= half:
        return None
    z = np.array([z0 - half, z0 + half])
    scale = 1 - found[2] * z
    ends = [
        float(np.quantile(drawn, stats.norm.cdf(z0 + x / s) if s > 0 else float(x > 0)))
        for x, s in zip(z, scale)
    ]
    return min(v, ends[0]), max(v, ends[1])


def difference(first, second, without):
    """(difference, low, high, p) from the pairs of values without each group; None where
    undefined.
    """
    if first is None or second is None:
        return (None,) * 4
    value, pairs = second - first, [None if x is None or y is None else y - x for x, y in without]
    if len(pairs) >= 2 and all(d is not None and abs(d) <= 1e-12 for d in [value, *pairs]):
        return value, 0.0, 0.0, 1.0
    found = spread(pairs)
    if found is None:
        return value, None, None, None
    half = stats.t.ppf(0.975, found[1]) * found[0]
    return value, value - half, value + half, 2 * stats.t.sf(abs(value) / found[0], found[1])


FEW = 20  # patients with or without a label


def classes_of(column):
    """Patients with the label, and without it."""
    return len(set(column["patient"][column["gold"]])), len(set(column["patient"][~column["gold"]]))


def intervals(table, thresholds, resamples, seed):
    """{key: (value, low, high, bca_low, bca_high)}; None where undefined."""
    patients = patients_of(table)
    value = statistics(table, thresholds)
    without = [
        statistics(table, thresholds, weight)
        for weight in without_groups(patients, resamples, seed)
    ]
    draws = [statistics(table, thresholds, resample(patients, seed, r)) for r in range(resamples)]
    both = {
        label
        for label, column in table.items()
        if min(classes_of(column)) > 0 and 0 < column["gold"].sum() < len(column["gold"])
    }
    few = {label for label in both if min(classes_of(table[label])) < FEW}
    result = {}
    for key, v in value.items():
        where, name = key
        if where.endswith(" filled"):
            continue
        low = high = bca_low = bca_high = None
        found = (
            spread([d[key] for d in without])
            if v is not None and (where not in table or where in both)
            else None
        )
        if found:
            filled = (where + " filled", name)
            bias = bias_of(v, [d[filled if filled in d else key] for d in without])
            if ends := jackknife_interval(v, found, bias):
                low, high = ends
                scarce = where in few or where in ("macro", "weighted") and few
                if not scarce and (ends := bca(v, np.array([d[key] for d in draws]), found, bias)):
                    bca_low, bca_high = ends
        result[key] = (v, low, high, bca_low, bca_high)
    return result


def structural(gold, p):
    """DeLong's components by counting all pairs."""
    psi = (p[gold][:, None] > p[~gold][None, :]) + 0.5 * (p[gold][:, None] == p[~gold][None, :])
    return psi.mean(axis=1), psi.mean(axis=0)


def delong(gold, p, patient, other=None):
    """(AUROC or its difference to `other`'s, standard error) over patients, by Obuchowski's
    clustered sums; None where it is undefined.
    """
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
    s10 = len(x) / ((len(x) - 1) * m) * sum(v**2 for v in x.values())
    s01 = len(y) / ((len(y) - 1) * n) * sum(v**2 for v in y.values())
    s11 = (
        len(clusters) / (len(clusters) - 1) * sum(x.get(who, 0) * y.get(who, 0) for who in clusters)
    )
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
    return optimize.minimize_scalar(
        cost, bounds=(0.01, 100), method="bounded", options={"xatol": 1e-12}
    ).x


def platt_cost(gold, p):
    x, positives, negatives = logit(p), gold.sum(), (~gold).sum()
    target = np.where(gold, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    return lambda ab: float(
        (np.logaddexp(0, ab[0] * x + ab[1]) - target * (ab[0] * x + ab[1])).sum()
    )


def fit_platt(gold, p):
    cost = platt_cost(gold, p)
    best = optimize.minimize(
        cost,
        [1.0, 0.0],
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-14, "maxiter": 20000, "maxfev": 20000},
    )
    return best.x
