"""Holds the scores of `ecg-lora eval --score-only` against scikit-learn's on random predictions.

    python tests/score/check_scores.py --eval build/bin/ecg-lora-eval [--cases 8] [--seed N]

Among them ties, labels without a positive or without a negative record, folds that are used for nothing, and folds other than
9 and 10. Prints the seed, so that a failure can be repeated. Exits 1 where a value is off by more than 1e-12.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from sklearn import metrics
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

TOLERANCE = 1e-12
NAMES = ("auroc", "average_precision", "f1", "brier")


def random_predictions(rng):
    """Lines of predictions.jsonl in random order. Some labels have coarse probabilities, some a class without a record."""
    records, patients = int(rng.integers(20, 300)), int(rng.integers(5, 80))
    fold, patient = rng.integers(1, 11, records), rng.integers(0, patients, records)
    fold[:10] = np.arange(1, 11)
    lines = []
    for number, share in enumerate([0.0, 1.0, *rng.uniform(0.05, 0.95, int(rng.integers(1, 6)))]):
        gold = rng.random(records) < share
        p = np.clip(0.5 + 0.3 * rng.normal(size=records) + 0.2 * gold, 0, 1)
        levels = int(rng.choice([1, 3, 10, 0]))
        p = np.round(p * levels) / levels if levels else p
        lines += [{"ecg_id": i + 1, "patient_id": int(patient[i]), "fold": int(fold[i]), "label": f"L{number}",
                   "question": "Does this ECG show \u00e9 \"it\"?", "gold": bool(gold[i]), "p_yes": float(p[i])} for i in range(records)]
    return [lines[i] for i in rng.permutation(len(lines))]


def best_threshold(gold, p):
    """The probability with the highest F1, the highest of several; 0.5 where none is positive."""
    if not gold.any():
        return 0.5
    levels = sorted(set(p), reverse=True)
    f1 = np.array([metrics.f1_score(gold, p >= level) for level in levels])
    return levels[int(np.flatnonzero(f1 >= f1.max() - 1e-15)[0])]


def expected(lines, valid, test):
    """Values by label, and the macro means over the labels that have both classes."""
    labels = {}
    for label in sorted({line["label"] for line in lines}):
        gold, p, where = (np.array([line[key] for line in lines if line["label"] == label]) for key in ("gold", "p_yes", "fold"))
        threshold = best_threshold(gold[np.isin(where, valid)], p[np.isin(where, valid)])
        gold, p = gold[np.isin(where, test)], p[np.isin(where, test)]
        labels[label] = {"threshold": threshold, "records": len(gold), "positives": int(gold.sum()),
                         "auroc": metrics.roc_auc_score(gold, p) if 0 < gold.sum() < len(gold) else None,
                         "average_precision": metrics.average_precision_score(gold, p) if gold.any() else None,
                         "f1": metrics.f1_score(gold, p >= threshold) if gold.any() else None,
                         "brier": metrics.brier_score_loss(gold, p, pos_label=True) if len(set(gold)) == 2 else float(np.mean((p - gold) ** 2))}
    whole = [values for values in labels.values() if values["auroc"] is not None]
    macro = {name: float(np.mean([v[name] for v in whole])) if whole else None for name in NAMES}
    return labels, {**macro, "labels": len(whole)}


def ours(evaluate, lines, valid, test, folder):
    (folder / "predictions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "eval.json").write_text(json.dumps({"model": "none", "output": str(folder / "out"), "resamples": 0,
                                                  "data": {"root": "none", "valid_folds": valid, "test_folds": test}}))
    subprocess.run([evaluate, "--config", folder / "eval.json", "--score-only", folder / "predictions.jsonl"], check=True,
                   stdout=subprocess.DEVNULL, timeout=60)
    return json.loads((folder / "out" / "scores.json").read_text())


def off(mine, theirs):
    """How far apart two values are; infinitely where only one is undefined."""
    if mine is None or theirs is None:
        return 0.0 if mine is theirs else float("inf")
    return abs(mine - theirs)


def compare(scores, labels, macro):
    """Largest difference of every quantity."""
    worst = {name: off(scores["macro"][name]["value"], macro[name]) for name in NAMES}
    worst["counts"] = off(scores["macro"]["labels"], macro["labels"]) + off(len(scores["labels"]), len(labels))
    worst["threshold"] = 0.0
    for line in scores["labels"]:
        theirs = labels[line["label"]]
        for name in NAMES:
            worst[name] = max(worst[name], off(line[name]["value"], theirs[name]))
        worst["threshold"] = max(worst["threshold"], off(line["threshold"], theirs["threshold"]))
        worst["counts"] += off(line["records"], theirs["records"]) + off(line["positives"], theirs["positives"])
    return worst


def check_provenance(scores, valid, test):
    """What the scores were made from is named, and folds other than the benchmark's are said to be so."""
    standard = (valid, test) == ([9], [10])
    assert scores["folds"].startswith("folds 1-8 train, 9 chooses" if standard else "NOT the PTB-XL benchmark's split"), scores["folds"]
    missing = {"config", "predictions_sha256", "model_sha256"} - set(scores["provenance"])
    assert not missing, f"provenance lacks {missing}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eval", required=True, help="the executable ecg-lora-eval")
    parser.add_argument("--cases", type=int, default=8)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "little"))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    worst = {}
    for case in range(options.cases):
        rng = np.random.default_rng([options.seed, case])
        valid, test = ([9], [10]) if case % 2 == 0 else ([int(rng.integers(1, 4))], [5, int(rng.integers(6, 9))])
        lines = random_predictions(rng)
        with tempfile.TemporaryDirectory() as folder:
            scores = ours(options.eval, lines, valid, test, pathlib.Path(folder))
        check_provenance(scores, valid, test)
        for name, value in compare(scores, *expected(lines, valid, test)).items():
            worst[name] = max(worst.get(name, 0.0), value)
    bad = [name for name, value in worst.items() if not value <= TOLERANCE]
    print(f"{options.cases} cases: " + ", ".join(f"{name} {value:.1e}" for name, value in worst.items()) + f"; tolerance {TOLERANCE}")
    if bad:
        print("off: " + ", ".join(bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
