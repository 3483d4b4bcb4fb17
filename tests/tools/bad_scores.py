"""What can be wrong with predictions and probabilities: each case in each kind of file that
--score-only takes, and in the runs that compare takes.

Refused with file and culprit, or counted in scores.json, in the table and on the page; never passed
over, never a NaN or a 0.
"""

import csv
import json
from pathlib import Path

from world import DATA, USAGE, World, output_of

KINDS = ("predictions.jsonl", "probabilities.csv", "probabilities.jsonl")
LABELS = ["CD", "HYP", "MI", "NORM", "STTC"]


class Answers:
    """Probabilities of records, to be damaged, and written as any of KINDS."""

    def __init__(self, w: World):
        self.rows, self.columns, self.raw = {}, [], {}
        self.reference = {}
        for line in map(json.loads, (w.scores / "predictions.jsonl").read_text().splitlines()):
            row = self.rows.setdefault(
                line["ecg_id"],
                {
                    "ecg_id": line["ecg_id"],
                    "patient_id": line["patient_id"],
                    "fold": line["fold"],
                    "p": {},
                },
            )
            row["p"][line["label"]] = line["p_yes"]
            self.reference[line["ecg_id"], line["label"]] = line["gold"]
        self.rows = list(self.rows.values())
        self.test = [i for i, row in enumerate(self.rows) if row["fold"] == 10]

    def write(self, path: Path, kind: str, places: bool) -> None:
        """`places`: with patients and folds, which predictions.jsonl always has."""
        keep = ["patient_id", "fold"] if places else []
        labels = list(dict.fromkeys(label for row in self.rows for label in row["p"]))
        if kind == "predictions.jsonl":
            lines = [
                {k: row[k] for k in ("ecg_id", "patient_id", "fold") if k in row}
                | {
                    "label": label,
                    "question": "",
                    "gold": self.reference.get((row.get("ecg_id"), label), False),
                    "p_yes": p,
                }
                for row in self.rows
                for label, p in row["p"].items()
                if p is not None
            ]
            path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        elif kind.endswith(".jsonl"):
            path.write_text(
                "".join(
                    json.dumps(
                        {"ecg_id": row.get("ecg_id")}
                        | {k: row[k] for k in keep}
                        | {label: row["p"].get(label) for label in labels}
                    )
                    + "\n"
                    for row in self.rows
                )
            )
        else:
            with path.open("w", newline="") as out:
                csv.writer(out).writerows(
                    [
                        ["ecg_id", *keep, *labels],
                        *(
                            [
                                row.get("ecg_id"),
                                *(row[k] for k in keep),
                                *(row["p"].get(label) for label in labels),
                            ]
                            for row in self.rows
                        ),
                    ]
                )


def score(w: World, kind: str, change, places: bool = False, edit=None, **changes):
    """The config and the file of answers after `change`, and after `edit` of the file's text."""
    answers, file = Answers(w), w.fresh(kind)
    change(answers)
    answers.write(file, kind, places)
    if edit:
        file.write_text(edit(file.read_text()))
    quick = {"resamples": 2, "score": {"linear": False, "subgroups": False, "worst_errors": 1}}
    return w.config("eval", **{**quick, **changes}), file


def refused(w: World, mentions, change, kinds=KINDS, code: int = DATA, **more) -> None:
    for kind in kinds:
        config, file = score(w, kind, change, **more)
        w.refused(
            code,
            mentions if isinstance(mentions, str) else mentions[kind],
            "eval",
            "--config",
            config,
            "--score-only",
            file,
            absent=output_of(config),
        )


def counted(w: World, key: str, count: int, change, kinds=KINDS, **more) -> None:
    for kind in kinds:
        config, file = score(w, kind, change, **more)
        told = w.ok("eval", "--config", config, "--score-only", file)
        out = output_of(config)
        text, page = (out / "scores.json").read_text(), (out / "report.html").read_text()
        scores = json.loads(text)
        assert scores["counts"][key] == count, (
            f"{kind}: {key} is {scores['counts'][key]}, expected {count}"
        )
        assert f"{count} " in told and "NaN" not in text and ">nan" not in page.lower(), told


def nothing(answers: Answers) -> None:
    pass


def first_p(value):
    def change(answers: Answers) -> None:
        answers.rows[answers.test[0]]["p"]["MI"] = value

    return change


def bad_values(w: World) -> None:
    for value in (float("nan"), float("inf"), -0.01, 1.01, 50, "0.5x", True):
        kinds = (
            KINDS if value is not True else KINDS[:1] + KINDS[2:]
        )  # CSV has no types: True is a word
        refused(w, "line ", first_p(value), kinds)
    refused(w, "probabilities.csv line", first_p("yes"), KINDS[1:2])


def duplicates(w: World) -> None:
    refused(w, "again", lambda a: a.rows.append(a.rows[a.test[0]]))
    refused(
        w, "again", lambda a: a.rows.append(a.rows[a.test[0]] | {"p": dict.fromkeys(LABELS, 0.5)})
    )  # with other values
    config, file = score(
        w, "probabilities.csv", nothing, edit=lambda text: text.replace("NORM", "MI", 1)
    )
    w.refused(
        DATA, "MI", "eval", "--config", config, "--score-only", file, absent=output_of(config)
    )
    config, file = score(
        w, "probabilities.jsonl", nothing, edit=lambda text: text.replace('"NORM"', '"MI"', 1)
    )
    w.refused(
        DATA, "line 1", "eval", "--config", config, "--score-only", file, absent=output_of(config)
    )
    config, file = score(
        w,
        "predictions.jsonl",
        nothing,
        edit=lambda text: text.replace('"gold"', '"label": "MI", "gold"', 1),
    )
    w.refused(
        DATA, "line 1", "eval", "--config", config, "--score-only", file, absent=output_of(config)
    )


def missing_and_unknown_ids(w: World) -> None:
    refused(w, "ecg_id", lambda a: a.rows[a.test[0]].pop("ecg_id"))
    refused(w, "ecg_id", nothing, edit=lambda text: text.replace("ecg_id", "id"))
    refused(
        w, "record 98765", lambda a: a.rows.append(a.rows[a.test[0]] | {"ecg_id": 98765}), KINDS[1:]
    )
    counted(
        w,
        "records_not_in_table",
        1,
        lambda a: a.rows.append(a.rows[a.test[0]] | {"ecg_id": 98765}),
        KINDS[:1],
    )
    counted(w, "test_records_missing", 2, lambda a: [a.rows.pop(i) for i in a.test[:-3:-1]])
    counted(
        w,
        "validation_records_missing",
        1,
        lambda a: a.rows.pop(next(i for i, row in enumerate(a.rows) if row["fold"] == 9)),
    )
    counted(w, "pairs_without_answer", 1, lambda a: a.rows[a.test[0]]["p"].update(MI=None))


def bad_labels(w: World) -> None:
    def renamed(answers: Answers) -> None:
        for row in answers.rows:
            row["p"]["STTCC"] = row["p"].pop("STTC")

    def beside(answers: Answers) -> None:
        for i in answers.test:
            answers.rows[i]["p"]["AFIB"] = 0.5

    refused(w, "the nearest is STTC", renamed)
    answers = Answers(w)
    counted(w, "answers_outside_labels", len(answers.test), beside)
    counted(w, "labels_without_answers", 1, lambda a: [row["p"].pop("CD") for row in a.rows])


def wrong_lengths(w: World) -> None:
    def cut_line(text: str) -> str:
        lines = text.splitlines(keepends=True)
        lines[3] = (
            lines[3].rstrip("\n").rsplit(",", 1)[0]
            + ("}" if lines[3].startswith("{") else "")
            + "\n"
        )
        return "".join(lines)

    refused(w, "line 4", nothing, edit=cut_line)
    refused(
        w,
        "line 4",
        nothing,
        KINDS[1:2],
        edit=lambda text: (
            "\n".join(line + (",0.5" if i == 3 else "") for i, line in enumerate(text.splitlines()))
            + "\n"
        ),
    )
    refused(w, "line", nothing, edit=lambda text: text[: len(text) * 2 // 3 - 3])
    refused(w, {kind: kind for kind in KINDS}, nothing, edit=lambda text: "")
    refused(
        w, "line 2", nothing, KINDS[:1] + KINDS[2:], edit=lambda text: text.replace("\n", "\n\n", 3)
    )
    refused(w, "record", nothing, KINDS[1:2], edit=lambda text: text.splitlines()[0] + "\n")


def other_folds(w: World) -> None:
    refused(
        w,
        "no prediction of the test folds",
        lambda a: a.rows.__setitem__(slice(None), [row for row in a.rows if row["fold"] == 9]),
    )
    refused(w, "fold 3", lambda a: a.rows[a.test[0]].update(fold=3), places=True)
    refused(w, "patient 4321", lambda a: a.rows[a.test[0]].update(patient_id=4321), places=True)

    # Without the table the file's word counts, but a record is in one fold and of one patient.
    def split(answers: Answers) -> None:
        row = answers.rows[answers.test[0]]
        answers.rows.append(row | {"fold": 9, "p": {"CD": row["p"].pop("CD")}})

    refused(w, "fold 9", split, KINDS[:1], data={"root": "nowhere"})
    with (w.data / "ptbxl_database.csv").open() as table:
        elsewhere = next(
            row
            for row in csv.DictReader(table)
            if row["strat_fold"] == "3" and "NORM" in row["scp_codes"]
        )
    row = {
        "ecg_id": int(elsewhere["ecg_id"]),
        "patient_id": int(float(elsewhere["patient_id"])),
        "fold": 3,
        "p": dict.fromkeys(LABELS, 0.5),
    }
    counted(w, "records_of_other_folds", 1, lambda a: a.rows.append(row))


def one_class_labels(w: World) -> None:
    """A label that all records of the test folds have, and one that none has."""
    for gold, missing in (
        (False, ("average_precision", "f1", "sensitivity", "auroc")),
        (True, ("specificity", "auroc", "balanced_accuracy")),
    ):

        def marked(answers: Answers) -> None:
            for row in answers.rows:
                answers.reference[row["ecg_id"], "MI"] = gold

        def columns(text: str) -> str:
            return (
                "\n".join(
                    line + ("," + ("MI.gold" if i == 0 else str(int(gold))))
                    for i, line in enumerate(text.splitlines())
                )
                + "\n"
            )

        def keys(text: str) -> str:
            return text.replace("}\n", f', "MI.gold": {json.dumps(gold)}}}\n')

        for kind, edit in zip(KINDS, (None, columns, keys)):
            config, file = score(w, kind, marked, edit=edit)
            told = w.ok("eval", "--config", config, "--score-only", file)
            text, page = (
                (output_of(config) / "scores.json").read_text(),
                (output_of(config) / "report.html").read_text(),
            )
            scores = json.loads(text)
            label = next(line for line in scores["labels"] if line["label"] == "MI")
            others = [line for line in scores["labels"] if 0 < line["positives"] < line["records"]]
            assert (
                "MI" in scores["one_class_labels"]
                and label not in others
                and others
                and "one class only" in told
                and "One class only" in page
            ), told
            assert all(label[key]["value"] is None for key in missing), label
            aurocs = [line["auroc"]["value"] for line in others]
            assert abs(scores["macro"]["auroc"]["value"] - sum(aurocs) / len(aurocs)) < 1e-12, (
                "the macro mean counts a label of one class"
            )
            assert "NaN" not in text and ">nan" not in page.lower(), "NaN"


def bad_files(w: World) -> None:
    config = w.config("eval")
    for name, content in (
        ("gone.jsonl", None),
        ("binary.jsonl", bytes(range(256))),
        ("binary.csv", bytes(range(256))),
        ("text.csv", b"hello\n"),
        ("list.jsonl", b"[1, 2]\n"),
        ("null.jsonl", b"null\n"),
    ):
        file = w.fresh(name)
        if content is not None:
            file.write_bytes(content)
        w.refused(
            DATA, name, "eval", "--config", config, "--score-only", file, absent=output_of(config)
        )
    w.refused(
        DATA,
        w.data.name,
        "eval",
        "--config",
        config,
        "--score-only",
        w.data,
        absent=output_of(config),
    )


def bad_runs(w: World) -> None:
    """The same through compare: a run whose predictions were damaged afterwards."""
    out = w.fresh("compared")

    def broken(mentions: str, edit) -> None:
        other = w.copy(w.scores)
        file = other / "predictions.jsonl"
        file.write_text(edit(file.read_text()))
        w.refused(DATA, mentions, "compare", w.scores, other, "--out", out, absent=out)

    def lines(change):
        return lambda text: "".join(
            json.dumps(x) + "\n" for x in change([json.loads(line) for line in text.splitlines()])
        )

    broken("again", lambda text: text + text.splitlines()[0] + "\n")
    broken("line 1", lambda text: text.replace('"p_yes":', '"p_yes":NaN,"x":', 1))
    broken("line 1", lambda text: text.replace('"ecg_id":', '"id":', 1))
    broken("line", lambda text: text[: len(text) // 2])
    broken("the nearest is STTC", lambda text: text.replace('"label":"STTC"', '"label":"STTCC"'))
    broken("fold 3", lines(lambda all: [x | ({"fold": 3} if x["fold"] == 10 else {}) for x in all]))
    broken(
        "fold 3", lines(lambda all: [x | ({"fold": 3} if x["label"] == "MI" else {}) for x in all])
    )
    broken("no prediction of its test folds", lines(lambda all: [x for x in all if x["fold"] == 9]))
    broken("predictions.jsonl", lambda text: "")
    # Counted: pairs that one run lacks, records of other folds, labels outside the set.
    other = w.copy(w.scores)
    all_lines = [
        json.loads(line) for line in (w.scores / "predictions.jsonl").read_text().splitlines()
    ]
    fewer = [x for x in all_lines if x["fold"] == 9 or x["label"] != "CD"] + [
        x | {"label": "AFIB"} for x in all_lines if x["label"] == "CD"
    ]
    (other / "predictions.jsonl").write_text("".join(json.dumps(x) + "\n" for x in fewer))
    told = w.ok("compare", w.scores, other, "--out", out, "--resamples", 10)
    compared, page = (
        json.loads((out / "compare.json").read_text()),
        (out / "compare.html").read_text(),
    )
    test = sum(x["fold"] == 10 and x["label"] == "CD" for x in all_lines)
    assert (
        compared["differences"][0]["pairs_only_in_first"] == test
        and f"{test} pairs of a record and a label only in" in told
    ), told
    assert (
        compared["runs"][1]["counts"]["answers_outside_labels"] > 0
        and "outside the set" in told
        and "outside the set" in page
    ), told
    # The table changed since.
    moved = w.copy(w.scores)
    scores = json.loads((moved / "scores.json").read_text())
    scores["provenance"]["data_sha256"] = "0" * 64
    (moved / "scores.json").write_text(json.dumps(scores))
    fresh = w.fresh("compared")
    w.refused(DATA, "has changed since", "compare", w.scores, moved, "--out", fresh, absent=fresh)


def bad_predict(w: World) -> None:
    """Questions, labels and files that predict cannot answer; none is left out of its output."""
    base = ("predict", "--model", w.base, "--record", w.record)

    def labels(mentions: str, content: bytes) -> None:
        file = w.fresh("labels.txt")
        file.write_bytes(content)
        w.refused(DATA, mentions, *base, "--labels", file)

    labels("line 2 has label A a second time", b"A\tfirst\nA\tsecond\n")
    labels("holds no label", b"# nothing\n")
    labels("line 1 is no UTF-8", b"\xff\xfe\tx\n")
    labels("line 1 has no name", b"\tx\n")
    w.refused(USAGE, "the nearest is 'NORM'", *base, "--labels", "NORMM", "--data", w.data)
    w.refused(USAGE, "--question is empty", *base, "--question", " ")
    w.refused(USAGE, "temperature is nan", *base, "--question", "What?", "--temperature", "nan")
    w.refused(DATA, "shows 2 images", *base, "--question", "<|image|>What?")
    picture = w.fresh("page.png")
    picture.write_text("hello\n")
    w.refused(
        DATA,
        "page.png is no PNG",
        "predict",
        "--model",
        w.base,
        "--image",
        picture,
        "--question",
        "What?",
    )
    twice = w.ok(*base, w.record, "--labels", "superclass", "--format", "json").splitlines()
    assert len(twice) == 10 and twice[:5] == twice[5:], "of two files one is left out"
    done = w.call(*base, w.root / "nowhere", w.record, "--labels", "superclass", "--format", "json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == DATA and "1 of 3 pages" in done.stderr, done
    assert [line["record"] for line in lines] == [str(w.record)] * 5 + [str(w.root / "nowhere")] + [
        str(w.record)
    ] * 5 and "nowhere" in lines[5]["error"], lines


BAD_SCORES = [
    bad_values,
    duplicates,
    missing_and_unknown_ids,
    bad_labels,
    wrong_lengths,
    other_folds,
    one_class_labels,
    bad_files,
    bad_runs,
    bad_predict,
]
