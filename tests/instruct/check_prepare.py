"""Runs `ecg-lora prepare questions` and holds its file against an independent reading of
ptbxl_database.csv, scp_statements.csv and, for rates, XQRS.

usage: check_prepare.py BIN_FOLDER

On a synthetic data set that it makes, and on the PTB-XL recordings of ../shared/data where they
are.
"""

import ast
import collections
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import wfdb
    from scipy.signal import resample_poly
    from wfdb.processing import xqrs_detect
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

KINDS = [
    "yes_no",
    "choice",
    "list",
    "categories",
    "rhythm",
    "rate",
    "rate_class",
    "regularity",
    "axis",
    "findings",
    "report",
]
ROOT = pathlib.Path(__file__).resolve().parents[2]
WORDS = json.loads((ROOT / "configs/wording/clinical-1.json").read_text())
CLASSES = WORDS["superclasses"]
MINIMUM = 50  # percent, the default of minimum_likelihood


def listed(asked):
    """Without an article: how words stand alone."""
    return re.sub(r"^(a|an|the) ", "", asked)


class Table:
    """Records and statements, read with csv and ast."""

    def __init__(self, root):
        with open(root / "ptbxl_database.csv", newline="") as file:
            self.records = {int(row["ecg_id"]): row for row in csv.DictReader(file)}
        with open(root / "scp_statements.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.statements = {row[""]: row for row in rows}
        for row in self.records.values():
            row["codes"] = ast.literal_eval(row["scp_codes"])

    def flag(self, code, column):
        return self.statements[code][column] in ("1", "1.0")

    def name(self, code):
        return listed(WORDS["statements"][code]["asked"])

    def asked(self, code):
        return WORDS["statements"][code]["asked"]

    def stated(self, record, code):
        """True, False (unlikely) or None (not stated) of a code that the record has."""
        likelihood = record["codes"][code]
        if likelihood > 0:
            return likelihood >= MINIMUM
        return None if self.flag(code, "diagnostic") else True

    def ordered(self, record, want):
        """Names of the record's statements that `want` takes, as lists give them."""
        return [
            ("" if self.stated(record, c) else "possible ") + self.name(c)
            for c in self.statements
            if c in record["codes"] and want(c)
        ]


def section(table, code):
    row = table.statements[code]
    if table.flag(code, "rhythm"):
        return "Rhythm"
    by_class = {"CD": "Conduction", "HYP": "Hypertrophy", "MI": "Infarction or ischemia"}
    ischemia = row["diagnostic_subclass"].startswith("ISC")
    return "Infarction or ischemia" if ischemia else by_class.get(row["diagnostic_class"], "Other")


def check_answer(table, item):
    record, code = table.records[item["ecg_id"]], item["label"]
    question, answer = (turn["value"] for turn in item["conversations"])
    kind = item["kind"]
    if kind == "yes_no":
        assert table.asked(code) in question
        assert answer == ("Yes" if code in record["codes"] else "No")
        if answer == "Yes":
            assert table.stated(record, code) is True
        else:
            subclass = table.statements[code]["diagnostic_subclass"]
            assert not subclass or subclass not in [
                table.statements[c]["diagnostic_subclass"] for c in record["codes"]
            ]
    elif kind == "choice":
        options = dict(re.findall(r"^([A-H])\. (.*)$", question, re.M))
        assert len(options) == 4 and len(set(options.values())) == 4
        assert answer == f"{answer[0]}. {table.name(code)}" and options[answer[0]] == table.name(
            code
        )
        assert table.stated(record, code) is True
        assert [name for name in options.values() if name in map(table.name, record["codes"])] == [
            table.name(code)
        ]
    elif kind == "list":
        assert (
            answer == "; ".join(table.ordered(record, lambda c: table.flag(c, "diagnostic")))
            and answer
        )
    elif kind == "categories":
        classes = {
            table.statements[c]["diagnostic_class"]
            for c in record["codes"]
            if table.flag(c, "diagnostic")
        }
        assert (
            answer == "; ".join(text for name, text in CLASSES.items() if name in classes)
            and answer
        )
    elif kind == "rhythm":
        assert (
            answer == "; ".join(table.ordered(record, lambda c: table.flag(c, "rhythm"))) and answer
        )
    elif kind == "findings":
        lines = dict(line.split(": ", 1) for line in answer.split("\n"))
        assert list(lines) == [
            "Rhythm",
            "Conduction",
            "Hypertrophy",
            "Infarction or ischemia",
            "Other",
        ]
        lines["Rhythm"] = re.sub(r"; \d+ beats per minute(, (ir)?regular)?$", "", lines["Rhythm"])
        for title, text in lines.items():
            assert text == (
                "; ".join(table.ordered(record, lambda c: section(table, c) == title))
                or "none stated"
            ), title
    elif kind == "report":
        assert answer == record["report"].strip() and (code == "unknown") == (
            " in " not in question
        )


def check_schema(table, items, root, folds):
    assert len({item["id"] for item in items}) == len(items), "ids are not unique"
    for item in items:
        assert list(item) == [
            "id",
            "image",
            "conversations",
            "ecg_id",
            "patient_id",
            "fold",
            "kind",
            "label",
        ]
        human, gpt = item["conversations"]
        assert (
            human["from"] == "human"
            and gpt["from"] == "gpt"
            and human["value"].startswith("<image>\n")
            and human["value"].count("<image>") == 1
        )
        assert gpt["value"] and "{}" not in human["value"]
        record = table.records[item["ecg_id"]]
        assert (
            item["patient_id"] == float(record["patient_id"])
            and item["fold"] == int(record["strat_fold"])
            and item["fold"] in folds
        )
        assert (
            root / (item["image"].removeprefix("ptb-xl/").removesuffix("-0.png") + ".hea")
        ).exists(), item["image"]


def check_balance(items):
    answers, classes, places = (
        collections.defaultdict(collections.Counter),
        collections.defaultdict(collections.Counter),
        collections.Counter(),
    )
    for item in items:
        answer = item["conversations"][1]["value"]
        if item["kind"] == "yes_no":
            answers[item["label"]][answer] += 1
        elif item["kind"] == "choice":
            places[answer[0]] += 1
        elif item["kind"] in ("list", "categories", "rhythm", "rate_class", "regularity", "axis"):
            classes[item["kind"]][item["label"]] += 1
    for label, count in answers.items():
        assert count["Yes"] == count["No"], f"{label}: {count}"
    assert max(places.values()) - min(places.values()) <= 1, places
    for kind, count in classes.items():
        assert len(count) == 1 or max(count.values()) <= sum(count.values()) / 2 + 1, (
            f"{kind}: {count}"
        )
    assert (
        max(collections.Counter(i["ecg_id"] for i in items if i["kind"] == "yes_no").values()) <= 8
    )
    return sum(map(len, (answers, classes)))


def check_accounted(items, report, records):
    """Each recording has a sample of each kind, or a reason why not, and never both."""
    made = {(item["kind"], item["ecg_id"]) for item in items}
    skipped = [(line["kind"], record) for line in report["skipped"] for record in line["ecg_ids"]]
    assert len(set(skipped)) == len(skipped) and not made & set(skipped)
    assert made | set(skipped) == {(kind, record) for kind in KINDS for record in records}
    assert report["kinds"].keys() == {item["kind"] for item in items}


def check_rates(table, items, root, count):
    rates = [item for item in items if item["kind"] == "rate"]
    chosen = [rates[i] for i in np.random.default_rng(len(rates)).permutation(len(rates))[:count]]
    for item in chosen:
        record = wfdb.rdrecord(str(root / table.records[item["ecg_id"]]["filename_lr"]))
        references = []
        for lead in ("II", "V2"):
            signal = record.p_signal[:, [n.upper() for n in record.sig_name].index(lead)]
            beats = xqrs_detect(sig=resample_poly(signal, 500, record.fs), fs=500, verbose=False)
            if len(beats) > 2:
                references.append(60 / np.median(np.diff(beats) / 500))
        rate = float(item["label"])
        assert item["conversations"][1]["value"] == f"{item['label']} beats per minute"
        assert not references or min(abs(rate - r) / r for r in references) <= 0.05, (
            f"{item['id']}: {rate}, XQRS {references}"
        )


def run(binaries, *words, code=0):
    done = subprocess.run(
        [binaries / "ecg-lora", *map(str, words)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == code, f"{words}: left with {done.returncode}: {done.stderr}"
    return done


def check_data(binaries, root, folder, folds, rate, xqrs):
    table, out = Table(root), folder / "a.json"
    words = [
        "prepare",
        "questions",
        "--root",
        root,
        "--folds",
        folds,
        "--sampling-rate",
        rate,
        "--seed",
    ]
    printed = run(binaries, *words, 5, "--out", out).stdout
    items, report = (
        json.loads(out.read_text()),
        json.loads((folder / "a.json.report.json").read_text()),
    )
    assert f"{len(items)} samples" in printed
    wanted = set(range(int(folds.split("-")[0]), int(folds.split("-")[1]) + 1))
    records = [i for i, row in table.records.items() if int(row["strat_fold"]) in wanted]
    check_schema(table, items, root, wanted)
    for item in items:
        try:
            check_answer(table, item)
        except AssertionError as error:
            raise AssertionError(f"{item['id']} is wrong: {json.dumps(item)} {error}") from error
    balanced = check_balance(items)
    check_accounted(items, report, records)
    check_rates(table, items, root, xqrs)
    run(binaries, *words, 5, "--out", folder / "b.json")
    assert (folder / "b.json").read_bytes() == out.read_bytes(), "equal seeds gave other bytes"
    run(binaries, *words, 6, "--out", folder / "c.json")
    assert (folder / "c.json").read_bytes() != out.read_bytes(), "another seed gave the same bytes"
    run(binaries, *words, 5, "--kinds", "rate,report", "--out", folder / "d.json")
    assert json.loads((folder / "d.json").read_text()) == [
        i for i in items if i["kind"] in ("rate", "report")
    ], "other kinds change a sample"
    print(
        f"{root.name}: {len(items)} samples of {len(records)} recordings agree; {balanced} labels "
        "and kinds balanced"
    )


def check_refusals(binaries, root, folder):
    out = folder / "refused.json"
    cases = [
        (2, "--folds '0-3'", ["--folds", "0-3"]),
        (2, "--folds '1-x'", ["--folds", "1-x"]),
        (2, "nearest is 'rate'", ["--kinds", "ratee"]),
        (2, "per_recor", ["--set", "per_recor=3"]),
        (2, "options", ["--set", "options=1"]),
        (3, "no/such", ["--root", "no/such"]),
    ]
    for code, mentions, words in cases:
        base = [] if "--root" in words else ["--root", root]
        error = run(binaries, "prepare", "questions", *base, "--out", out, *words, code=code).stderr
        assert (
            mentions in error
            and len([line for line in error.splitlines() if "error: " in line]) == 1
        ), f"{words}: {error}"
    assert not list(folder.glob("refused*")), "something was left behind"


def check_damage(binaries, root, folder):
    """A recording that cannot be read is counted, and has samples of all kinds that need no
    trace.
    """
    table = Table(root)
    first = next(iter(table.records.values()))
    (root / f"{first['filename_lr']}.dat").write_bytes(b"cut")
    run(
        binaries,
        "prepare",
        "questions",
        "--root",
        root,
        "--folds",
        "1-10",
        "--sampling-rate",
        100,
        "--kinds",
        "rate,report",
        "--out",
        folder / "e.json",
    )
    items, report = (
        json.loads((folder / "e.json").read_text()),
        json.loads((folder / "e.json.report.json").read_text()),
    )
    assert report["skipped"] == [
        {
            "kind": "rate",
            "reason": "not measurable: the recording cannot be read",
            "records": 1,
            "ecg_ids": [int(first["ecg_id"])],
        }
    ]
    assert sum(item["kind"] == "report" for item in items) == len(table.records)


def main():
    binaries = pathlib.Path(sys.argv[1]).resolve()
    shared = pathlib.Path(os.environ.get("ECG_LORA_SHARED_DATA", "../shared/data")) / "ptbxl"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        run(binaries, "synth", "data", "--out", folder / "synthetic", "--patients", 60, "--seed", 2)
        check_data(binaries, folder / "synthetic", folder, "1-10", 100, 12)
        check_refusals(binaries, folder / "synthetic", folder)
        check_damage(binaries, folder / "synthetic", folder)
        if shared.is_dir():
            check_data(binaries, shared, folder, "1-8", 100, 12)
    return 0


if __name__ == "__main__":
    sys.exit(main())
