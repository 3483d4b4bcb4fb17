"""Holds the scores of `ecg-lora eval --score-only` against scikit-learn's and scipy's on random
predictions.

    python tests/metrics/check_scores.py --eval build/bin/ecg-lora-eval [--cases 8] [--seed N]

Among them ties, missing answers, labels without a positive or without a negative record, folds that
are used for nothing, and folds other than 9 and 10; every third case also has intervals by the
jackknife and BCa over patients, dealt and drawn by the same generator. The last case is large: some
2,200 records of the test fold by 10 labels. Prints the seed, so that a failure can be repeated.
Exits 1 where a value is off by more than its tolerance.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

try:
    import numpy as np

    import reference as ref
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

TOLERANCE = {"loss above that of scipy's fit of temperature and Platt": 1e-6}  # all else EXACT
EXACT = 1e-12
RULES = ("f1", "youden", "sensitivity", "fixed")


def random_predictions(rng, size):
    """Lines of predictions.jsonl in random order. Some labels have coarse probabilities, some a
    class without a record, some no answer for some records.
    """
    records, patients, labels = {
        "small": (int(rng.integers(20, 60)), 12, 5),
        "medium": (int(rng.integers(20, 300)), int(rng.integers(5, 80)), 5),
        "dealt": (300, 80, 3),
        "large": (4400, 3800, 8),
    }[size]
    fold, patient = (
        rng.integers(9 if size in ("dealt", "large") else 1, 11, records),
        rng.integers(0, patients, records),
    )
    fold[:10] = np.arange(1, 11)
    lines = []
    for number, share in enumerate(
        [
            0.0,
            1.0,
            *rng.uniform(
                0.005 if size == "large" else 0.05,
                0.95,
                int(labels if size == "large" else rng.integers(1, labels + 1)),
            ),
        ]
    ):
        gold = rng.random(records) < share
        p = np.clip(0.5 + 0.3 * rng.normal(size=records) + 0.2 * gold, 0, 1)
        levels = int(rng.choice([1, 3, 10, 0]))
        p = np.round(p * levels) / levels if levels else p
        answered = rng.random(records) < (1 if number % 2 else 0.9)
        lines += [
            {
                "ecg_id": i + 1,
                "patient_id": int(patient[i]),
                "fold": int(fold[i]),
                "label": f"L{number}",
                "question": 'Does this ECG show \u00e9 "it"?',
                "gold": bool(gold[i]),
                "p_yes": float(p[i]),
            }
            for i in range(records)
            if answered[i] or i < 10
        ]
    return [lines[i] for i in rng.permutation(len(lines))]


def table_of(lines, folds):
    """See reference.py; labels and records in order."""
    table = {}
    for line in sorted(lines, key=lambda line: (line["label"], line["ecg_id"])):
        if line["fold"] in folds:
            column = table.setdefault(
                line["label"], {"ecg_id": [], "patient": [], "gold": [], "p": []}
            )
            for key, name in (
                ("ecg_id", "ecg_id"),
                ("patient", "patient_id"),
                ("gold", "gold"),
                ("p", "p_yes"),
            ):
                column[key].append(line[name])
    return {
        label: {key: np.array(cells) for key, cells in column.items()}
        for label, column in table.items()
    }


def ours(evaluate, lines, valid, test, rule, resamples, folder):
    (folder / "predictions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "eval.json").write_text(
        json.dumps(
            {
                "model": "none",
                "output": str(folder / "out"),
                "resamples": resamples,
                "seed": 7,
                "score": {"threshold": rule, "sensitivity": 0.8, "bca": True},
                "data": {"root": "none", "valid_folds": valid, "test_folds": test},
            }
        )
    )
    subprocess.run(
        [evaluate, "--config", folder / "eval.json", "--score-only", folder / "predictions.jsonl"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=60,
    )
    page = (folder / "out" / "report.html").read_text()
    assert "http" not in page and "NaN" not in page and "nan" not in page.split("<section")[1], (
        "the page names the network or shows no number"
    )
    return json.loads((folder / "out" / "scores.json").read_text())


class Worst:
    """Largest difference of every quantity."""

    def __init__(self):
        self.of, self.intervals, self.bca = {}, 0, 0

    def see(self, quantity, mine, theirs):
        """Infinitely far apart where only one is undefined."""
        off = (
            (0.0 if mine is theirs else float("inf"))
            if mine is None or theirs is None
            else abs(mine - theirs)
        )
        self.of[quantity] = max(self.of.get(quantity, 0.0), off)

    def bad(self):
        return [name for name, value in self.of.items() if not value <= TOLERANCE.get(name, EXACT)]


def compare_estimates(worst, scores, theirs, with_intervals):
    mine = {(line["label"], name): line[name] for line in scores["labels"] for name in ref.NAMES}
    mine.update(
        {
            (where, name): scores[where][name]
            for where in ("macro", "weighted", "micro")
            for name in ref.NAMES
        }
    )
    mine.update({("sets", name): scores["sets"][name] for name in ref.SETS})
    worst.see("counts", len(mine), len(theirs))
    for key, (value, low, high, bca_low, bca_high) in theirs.items():
        quantity = f"{key[0] if key[0] in ('macro', 'weighted', 'micro') else 'label'} {key[1]}"
        worst.see(quantity, mine[key]["value"], value)
        if with_intervals:
            worst.see("interval", mine[key]["low"], low)
            worst.see("interval", mine[key]["high"], high)
            worst.see("BCa interval", mine[key].get("bca_low"), bca_low)
            worst.see("BCa interval", mine[key].get("bca_high"), bca_high)
            worst.intervals, worst.bca = (
                worst.intervals + (low is not None),
                worst.bca + (bca_low is not None),
            )


def compare_labels(worst, scores, valid, test, thresholds):
    for line, cut in zip(scores["labels"], thresholds):
        column = test[line["label"]]
        worst.see("threshold", line["threshold"], cut)
        worst.see("counts", line["records"], len(column["p"]))
        worst.see("counts", line["positives"], int(column["gold"].sum()))
        worst.see(
            "counts",
            (line["patients_with"] - ref.classes_of(column)[0]) ** 2
            + (line["patients_without"] - ref.classes_of(column)[1]) ** 2,
            0,
        )
        theirs = ref.delong(column["gold"], column["p"], column["patient"])
        mine = line.get("auroc_delong")
        worst.see("DeLong", mine and mine["deviation"], theirs and theirs[1])
        if theirs:
            worst.see("DeLong", mine["low"], max(0, theirs[0] - 1.959963984540054 * theirs[1]))
            worst.see("DeLong", mine["high"], min(1, theirs[0] + 1.959963984540054 * theirs[1]))
    one_class = sorted(label for label, column in test.items() if len(set(column["gold"])) < 2)
    assert scores["one_class_labels"] == one_class, (
        f"{scores['one_class_labels']} instead of {one_class}"
    )


def compare_calibration(worst, scores, valid, test):
    for line in scores["calibration"]:
        column, fitting = test[line["label"]], valid.get(line["label"])
        slope, platt = 1.0, (1.0, 0.0)
        if fitting is not None and 0 < fitting["gold"].sum() < len(fitting["gold"]):
            slope = ref.fit_temperature(fitting["gold"], fitting["p"])
            cost, theirs = (
                ref.platt_cost(fitting["gold"], fitting["p"]),
                ref.fit_platt(fitting["gold"], fitting["p"]),
            )
            platt = (line["platt"]["slope"], line["platt"]["offset"])
            worst.see(
                "loss above that of scipy's fit of temperature and Platt",
                max(0.0, cost(platt) - cost(theirs)),
                0.0,
            )  # no worse than the simplex search
            reached = lambda s: (
                np.logaddexp(0, s * ref.logit(fitting["p"])).sum()
                - s * ref.logit(fitting["p"])[fitting["gold"]].sum()
            )
            worst.see(
                "loss above that of scipy's fit of temperature and Platt",
                max(0.0, reached(1 / line["temperature"]) - reached(slope)),
                0.0,
            )
            slope = 1 / line["temperature"]
        for key, (a, b) in (
            ("raw", (1, 0)),
            ("with_temperature", (slope, 0)),
            ("with_platt", platt),
        ):
            p = (
                column["p"]
                if (a, b) == (1, 0)
                else 1 / (1 + np.exp(-(a * ref.logit(column["p"]) + b)))
            )
            worst.see(
                "calibrated Brier", line[key]["brier"], float(np.mean((p - column["gold"]) ** 2))
            )
            worst.see(
                "calibrated log loss", line[key]["log_loss"], ref.log_loss(column["gold"], p)
            ) if (a, b) == (1, 0) else None


def compare_baselines(worst, scores, valid, test, rule):
    """Majority and prevalence as constant answers; random by simulation is in the unit tests."""
    shares = {label: column["gold"].mean() for label, column in valid.items()}
    for name, answer, cuts in (
        ("majority", lambda s: float(s > 0.5), lambda label: 0.5),
        (
            "prevalence",
            lambda s: s,
            lambda label: (
                ref.threshold(
                    valid[label]["gold"],
                    np.full(len(valid[label]["gold"]), shares[label]),
                    rule,
                    0.8,
                )
                if label in valid
                else 0.5
            ),
        ),
    ):
        constant = {
            label: {
                **column,
                "p": np.full(len(column["p"]), answer(shares[label]) if label in shares else 0.5),
            }
            for label, column in test.items()
        }
        theirs = ref.statistics(constant, [cuts(label) for label in test])
        mine = next(b for b in scores["baselines"] if b["name"] == name)
        for line in mine["labels"]:
            for metric in ref.NAMES:
                worst.see("baselines", line[metric], theirs[line["label"], metric])
        for metric in ref.NAMES:
            worst.see("baselines", mine["macro"][metric], theirs["macro", metric])
        for metric in ref.SETS:
            worst.see("baselines", mine["macro"][metric], theirs["sets", metric])


def check_provenance(scores, valid, test):
    """What the scores were made from is named, and folds other than the benchmark's are said to be
    so.
    """
    standard = (valid, test) == ([9], [10])
    assert scores["folds"].startswith(
        "folds 1-8 train, 9 chooses" if standard else "NOT the PTB-XL benchmark's split"
    ), scores["folds"]
    missing = {"config", "predictions_sha256", "answers_of", "version"} - set(scores["provenance"])
    assert not missing, f"provenance lacks {missing}"


def run_case(evaluate, seed, case, worst, large=False):
    rng = np.random.default_rng([seed, case])
    with_intervals, rule = case % 3 == 0 and not large, RULES[case % 4]
    valid, test = (
        ([9], [10])
        if case % 2 == 0 or with_intervals or large
        else ([int(rng.integers(1, 4))], [5, int(rng.integers(6, 9))])
    )
    # Of "dealt" there are more patients than groups, and labels of enough patients for BCa.
    lines = random_predictions(
        rng, "large" if large else ("small", "dealt")[case % 2] if with_intervals else "medium"
    )
    with tempfile.TemporaryDirectory() as folder:
        scores = ours(
            evaluate, lines, valid, test, rule, 30 if with_intervals else 0, pathlib.Path(folder)
        )
    check_provenance(scores, valid, test)
    fitting, table = table_of(lines, valid), table_of(lines, test)
    thresholds = [
        ref.threshold(fitting[label]["gold"], fitting[label]["p"], rule, 0.8)
        if label in fitting
        else 0.5
        for label in table
    ]
    theirs = (
        ref.intervals(table, thresholds, 30, 7)
        if with_intervals
        else {
            key: (v, None, None, None, None)
            for key, v in ref.statistics(table, thresholds).items()
            if not key[0].endswith(" filled")
        }
    )
    compare_estimates(worst, scores, theirs, with_intervals)
    compare_labels(worst, scores, fitting, table, thresholds)
    compare_calibration(worst, scores, fitting, table)
    compare_baselines(worst, scores, fitting, table, rule)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--eval", required=True, help="the executable ecg-lora-eval")
    parser.add_argument("--cases", type=int, default=8)
    parser.add_argument("--seed", type=int, default=default_seed())
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    worst = Worst()
    for case in range(options.cases):
        run_case(options.eval, options.seed, case, worst)
    run_case(options.eval, options.seed, options.cases, worst, large=True)
    assert worst.intervals > 50 and worst.bca > 10, (
        f"{worst.intervals} intervals and {worst.bca} of BCa were compared"
    )
    print("| quantity | tolerance | worst seen |\n|---|---|---|")
    for name, value in worst.of.items():
        print(f"| {name} | {TOLERANCE.get(name, EXACT):.0e} | {value:.1e} |")
    if worst.bad():
        print("off: " + ", ".join(worst.bad()))
    return 1 if worst.bad() else 0


if __name__ == "__main__":
    sys.exit(main())
