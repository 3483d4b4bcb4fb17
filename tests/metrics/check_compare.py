"""Holds `ecg-lora compare` against DeLong's test by counting all pairs, and against the same paired
jackknife in numpy; and the scores of another model's probabilities, as CSV and as JSONL, against
those of the same numbers as predictions.jsonl.

    python tests/metrics/check_compare.py --eval build/bin/ecg-lora-eval
        --compare build/bin/ecg-lora-compare [--seed N]
"""

import argparse
import csv
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from scipy import stats

    import reference as ref
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

from check_scores import Worst, table_of

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

RESAMPLES, SEED = 25, 3


def make_runs(rng):
    """Two runs on the same records; the second lacks some answers of the first."""
    records = 90
    fold, patient = rng.permutation(np.repeat([9, 10], records // 2)), rng.integers(0, 30, records)
    runs = ([], [])
    for label, share in (("AFIB", 0.3), ("NORM", 0.5), ("NONE", 0.0)):
        gold = rng.random(records) < share
        for number, run in enumerate(runs):
            p = np.round(
                np.clip(0.4 + 0.25 * rng.normal(size=records) + (0.1 + 0.1 * number) * gold, 0, 1),
                2,
            )
            run += [
                {
                    "ecg_id": i + 1,
                    "patient_id": int(patient[i]),
                    "fold": int(fold[i]),
                    "label": label,
                    "question": "",
                    "gold": bool(gold[i]),
                    "p_yes": float(p[i]),
                }
                for i in range(records)
                if number == 0 or i % 11
            ]
    return runs


def evaluate(options, folder, name, file, root="none", labels="AFIB,NORM", said=False):
    config = folder / f"{name}.json"
    config.write_text(
        json.dumps(
            {
                "model": "none",
                "output": str(folder / name),
                "resamples": RESAMPLES,
                "seed": SEED,
                "data": {"root": str(root), "labels": labels},
            }
        )
    )
    done = subprocess.run(
        [options.eval, "--config", config, "--score-only", file],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    scores = json.loads((folder / name / "scores.json").read_text())
    return (scores, done.stdout) if said else scores


def check_differences(options, folder, runs, worst):
    for name, lines in zip(("one", "two"), runs):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        evaluate(options, folder, name, folder / f"{name}.jsonl")
    done = subprocess.run(
        [
            options.compare,
            folder / "one",
            folder / "two",
            "--out",
            folder / "out",
            "--resamples",
            str(RESAMPLES),
            "--seed",
            str(SEED),
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    mine = json.loads((folder / "out" / "compare.json").read_text())["differences"][0]
    shared = {(line["ecg_id"], line["label"]) for line in runs[1]}
    first = table_of([line for line in runs[0] if (line["ecg_id"], line["label"]) in shared], [10])
    second = table_of(runs[1], [10])
    cuts = [
        [ref.threshold(column["gold"], column["p"]) for column in table_of(run, [9]).values()]
        for run in runs
    ]
    patients = ref.patients_of(first)
    value = [ref.statistics(table, cut) for table, cut in zip((first, second), cuts)]
    without = [
        [ref.statistics(table, cut, weight) for table, cut in zip((first, second), cuts)]
        for weight in ref.without_groups(patients, RESAMPLES, SEED)
    ]
    theirs = {
        key: ref.difference(value[0][key], value[1][key], [(a[key], b[key]) for a, b in without])
        for key in value[0]
        if not key[0].endswith(" filled")
    }
    found = {
        (line["label"], name): line["metrics"][name]
        for line in mine["labels"]
        for name in ref.NAMES
    }
    found.update(
        {
            (where, name): mine[where][name]
            for where in ("macro", "weighted", "micro")
            for name in ref.NAMES
        }
    )
    found.update({("sets", name): mine["sets"][name] for name in ref.SETS})
    assert found.keys() == theirs.keys()
    for key, pair in theirs.items():
        for what, off in zip(("difference", "low", "high", "p"), pair):
            worst.see(f"paired {what}", found[key][what], off)
    compare_delong(worst, mine, first, second)
    counts = sum(line["fold"] == 10 for line in runs[0]) - sum(
        line["fold"] == 10 for line in runs[1]
    )
    assert (mine["pairs_only_in_first"], mine["pairs_only_in_second"]) == (counts, 0), mine[
        "pairs_only_in_first"
    ]


def compare_delong(worst, mine, first, second):
    tests = {}
    for label, column in first.items():
        found = ref.delong(column["gold"], second[label]["p"], column["patient"], column["p"])
        if found:
            tests[label] = (found[0], 2 * stats.norm.sf(abs(found[0]) / found[1]))
    adjusted = dict(zip(tests, ref.holm([p for _, p in tests.values()])))
    for line in mine["labels"]:
        theirs = tests.get(line["label"])
        worst.see("DeLong defined", float("auroc_delong" in line), float(theirs is not None))
        if theirs:
            worst.see("DeLong difference", line["auroc_delong"]["difference"], theirs[0])
            worst.see("DeLong p", line["auroc_delong"]["p"], theirs[1])
            worst.see("Holm p", line["auroc_delong"]["p_holm"], adjusted[line["label"]])


def write_tables(root, lines):
    """A small folder in PTB-XL's layout with these records' patients, folds and codes; two records
    more that no model answers.
    """
    root.mkdir()
    (root / "scp_statements.csv").write_text(
        ",description,diagnostic,form,rhythm,diagnostic_class,diagnostic_subclass\nAFIB,atrial "
        "fibrillation,,,1.0,,\nNORM,normal ECG,1.0,,,NORM,NORM\nSR,sinus rhythm,,,1.0,,\n"
        "WPW,Wolff-Parkinson-White syndrome,1.0,,,CD,WPW\n"
    )
    records = {}
    for line in lines:
        record = records.setdefault(
            line["ecg_id"],
            {"patient": line["patient_id"], "fold": line["fold"], "codes": {"SR": 0.0}},
        )
        if line["gold"]:
            record["codes"][line["label"]] = 100.0
    records[9001], records[9002] = (
        {"patient": 77, "fold": 10, "codes": {"NORM": 100.0}},
        {"patient": 77, "fold": 9, "codes": {"NORM": 100.0}},
    )
    with open(root / "ptbxl_database.csv", "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(
            [
                "ecg_id",
                "patient_id",
                "age",
                "sex",
                "report",
                "scp_codes",
                "strat_fold",
                "filename_lr",
                "filename_hr",
                "site",
                "device",
            ]
        )
        for i, r in records.items():
            writer.writerow(
                [
                    i,
                    float(r["patient"]),
                    40 + i % 50,
                    i % 2,
                    "",
                    repr(r["codes"]),
                    r["fold"],
                    "x",
                    "x",
                    i % 3,
                    "CS-12",
                ]
            )


def probabilities(lines, labels):
    rows = {}
    for line in lines:
        if line["label"] in labels:
            rows.setdefault(line["ecg_id"], {"ecg_id": line["ecg_id"]})[line["label"]] = line[
                "p_yes"
            ]
    return list(rows.values())


def check_probabilities(options, folder, lines):
    """The same numbers from three kinds of file, and references from the table, give the same
    scores.
    """
    labels, root = ["AFIB", "NORM"], folder / "tables"
    write_tables(root, lines)
    rows = probabilities(lines, labels)
    with open(folder / "p.csv", "w", newline="") as out:
        writer = csv.DictWriter(out, ["ecg_id", *labels])
        writer.writeheader(), writer.writerows(rows)
    (folder / "p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "own.jsonl").write_text(
        "".join(json.dumps(line) + "\n" for line in lines if line["label"] in labels)
    )
    results = [
        evaluate(options, folder, name, folder / file, root)
        for name, file in (("csv", "p.csv"), ("jsonl", "p.jsonl"), ("own", "own.jsonl"))
    ]
    for key in (
        "macro",
        "micro",
        "weighted",
        "sets",
        "labels",
        "calibration",
        "subgroups",
        "baselines",
    ):
        assert results[0][key] == results[1][key] == results[2][key], (
            f"{key} differs between kinds of file"
        )
    assert {group["grouping"] for group in results[0]["subgroups"]} == {
        "sex",
        "age",
        "site",
        "device",
        "signal quality",
    }
    for result in results:
        assert (
            result["counts"]["test_records_missing"]
            == result["counts"]["validation_records_missing"]
            == 1
        ), result["counts"]
    refused(options, folder, root, rows, labels)


def check_unstated(options, folder, lines):
    """A label that the user names stays, though no record has it, or none of the test fold, or
    nobody has an answer to it.
    """
    root, labels = folder / "tables", "AFIB,NORM,WPW"
    write_tables(root, lines)
    rows = [row | {"WPW": row["AFIB"], "SR": 0.5} for row in probabilities(lines, ["AFIB", "NORM"])]
    runs = {"answered": ["AFIB", "NORM", "WPW", "SR"], "silent": ["AFIB", "NORM"]}
    for name, columns in runs.items():
        with open(folder / f"{name}.csv", "w", newline="") as out:
            writer = csv.DictWriter(out, ["ecg_id", *columns], extrasaction="ignore")
            writer.writeheader(), writer.writerows(rows)
        scores, told = evaluate(
            options, folder, name, folder / f"{name}.csv", root, labels, said=True
        )
        page = (folder / name / "report.html").read_text()
        label = scores["labels"][-1]
        assert [line["label"] for line in scores["labels"]] == ["AFIB", "NORM", "WPW"], scores[
            "labels"
        ]
        assert (
            label["positives"] == 0
            and label["auroc"]["value"] is None
            and label["auroc"]["low"] is None
        ), label
        assert (label["brier"]["value"] is None) == (name == "silent") and label["brier"][
            "low"
        ] is None, label
        assert (
            "WPW" in scores["one_class_labels"]
            and scores["macro"]["labels"] == 2
            and ">WPW<" in page
            and "2 of 3 labels" in page
        ), name
        assert scores["counts"]["labels_never_stated"] == 1 and any(
            line.startswith("WPW ") and "undefined" in line for line in told.splitlines()
        ), told
        assert (
            scores["counts"]["labels_without_answers"] == (name == "silent")
            and scores["sets"]["exact_match"]["value"] is not None
        ), scores["sets"]
        assert name == "silent" or "outside the set 'AFIB,NORM,WPW' and left out: SR" in told, told
    done = subprocess.run(
        [options.compare, folder / "answered", folder / "silent", "--out", folder / "both"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0 and any(
        line.startswith("WPW ") for line in done.stdout.splitlines()
    ), done.stderr + done.stdout
    labels = json.loads((folder / "both/compare.json").read_text())["differences"][0]["labels"]
    assert [line["label"] for line in labels] == ["AFIB", "NORM", "WPW"] and labels[-1]["metrics"][
        "auroc"
    ]["difference"] is None, labels
    scores, told = evaluate(
        options, folder, "named", folder / "answered.csv", root, "all", said=True
    )
    assert [line["label"] for line in scores["labels"]] == [
        "AFIB",
        "NORM",
        "SR",
    ] and "of those that this data set states, and left out: WPW" in told, told


def refused(options, folder, root, rows, labels):
    """Bad files of probabilities: exit code 3, one sentence that names the culprit, no scores."""

    def attempt(name, columns, lines, culprit, where=root):
        (folder / f"{name}.csv").write_text(
            "\n".join([",".join(["ecg_id", *columns]), *lines]) + "\n"
        )
        config = folder / f"{name}.json"
        config.write_text(
            json.dumps(
                {
                    "model": "none",
                    "output": str(folder / name),
                    "data": {"root": str(where), "labels": ",".join(labels)},
                }
            )
        )
        done = subprocess.run(
            [options.eval, "--config", config, "--score-only", folder / f"{name}.csv"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        errors = [line for line in done.stderr.splitlines() if "error: " in line]
        assert done.returncode == 3 and len(errors) == 1 and culprit in errors[0], (
            f"{name}: {done.returncode} {done.stderr}"
        )
        assert not (folder / name).exists(), f"{name} left something behind"

    some = [f"{row['ecg_id']},{row['AFIB']}" for row in rows]
    attempt("unknown_label", ["AFIBB"], some, "nearest is AFIB")
    attempt("unknown_record", ["AFIB"], [*some, "123456,0.5"], "record 123456")
    attempt("twice", ["AFIB"], [*some, some[0]], "is there again")
    attempt("nan", ["AFIB"], [*some[:-1], f"{rows[-1]['ecg_id']},nan"], "column AFIB")
    attempt("short", ["AFIB", "NORM"], some, "columns")
    attempt("no_reference", ["AFIB"], some, "ptbxl_database.csv", where="nowhere")
    attempt("other_fold", ["AFIB", "fold"], [f"{line},3" for line in some], "fold 3")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--eval", required=True)
    parser.add_argument("--compare", required=True)
    parser.add_argument("--seed", type=int, default=default_seed())
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    worst = Worst()
    runs = make_runs(np.random.default_rng(options.seed))
    for check in (
        lambda folder: check_differences(options, folder, runs, worst),
        lambda folder: check_probabilities(options, folder, runs[0]),
        lambda folder: check_unstated(options, folder, runs[0]),
    ):
        with tempfile.TemporaryDirectory() as folder:
            check(pathlib.Path(folder))
    print("| quantity | tolerance | worst seen |\n|---|---|---|")
    for name, value in worst.of.items():
        print(f"| {name} | 1e-12 | {value:.1e} |")
    return 1 if worst.bad() else 0


if __name__ == "__main__":
    sys.exit(main())
