"""Instruction tasks and external data sets through ecg-lora eval: asked, scored, scored again, and
what is bad in them.
"""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from small_world import CHOICE, record_item
from world import DATA, USAGE, World, output_of


def questions(w: World) -> Path:
    folder = w.root / "tasks"
    folder.mkdir(exist_ok=True)
    files = {
        "ptb-test": [
            record_item(i, "ptb", "Which diagnoses?", "MI, CD" if i % 2 else "NORM")
            for i in range(1, 7)
        ],
        "csn-test": [
            record_item(i, "csn", CHOICE, "B. atrial fibrillation" if i % 3 else "A. sinus rhythm")
            for i in range(1, 7)
        ],
        "verify": [
            {
                "question_type": "single-verify",
                "question": "Does this ECG show noise?",
                "answer": ["no" if i % 2 else "yes"],
                "ecg_id": [i],
                "sample_id": i,
            }
            for i in range(1, 7)
        ],
        "reports": [
            record_item(i, "r", "Write the report.", "sinus rhythm. normal ecg.")
            for i in range(1, 4)
        ],
        "arena": [
            {
                "id": "talk",
                "image": "00001_lr",
                "conversations": [
                    {"question": "Rhythm?", "answer": "Sinus rhythm."},
                    {"question": "Infarction?", "answer": "None."},
                ],
            }
        ],
    }
    for name, items in files.items():
        (folder / f"{name}.json").write_text(json.dumps(items))
    return folder


def config(w: World, **changes) -> Path:
    tasks = {"files": [str(questions(w))], "max_new_tokens": 4, **changes.pop("tasks", {})}
    return w.config("eval", tasks=tasks, batch={"images": 1}, **changes)


def lines_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def tasks_asked(w: World) -> None:
    """The tiny model is asked everything; scoring its predictions again gives the same; a sample is
    marked.
    """
    file = config(w)
    told = w.ok("eval", "--config", file)
    out = output_of(file)
    predictions, scores, page = (
        lines_of(out / "predictions.jsonl"),
        json.loads((out / "scores.json").read_text()),
        (out / "report.html").read_text(),
    )
    assert len(predictions) == 23 and all(isinstance(p["answer"], str) for p in predictions), (
        predictions
    )
    assert {p["patient"] for p in predictions if p["task"] == "verify"} and [
        p["id"] for p in predictions if p["task"] == "arena"
    ] == ["talk#1", "talk#3"], predictions
    whole = {s["task"]: s for s in scores["tasks"] if not s["type"]}
    assert {name: s["kind"] for name, s in whole.items()} == {
        "arena": "text",
        "csn-test": "choice",
        "ptb-test": "labels",
        "reports": "text",
        "verify": "yes_no",
    }, whole
    assert "csn-test" in told and "unparsed" in told and "http" not in page, told
    assert page.count("data:image/png;base64,") >= 1, "wrong answers have no pages"
    again = w.fresh("again")
    w.ok(
        "eval", "--config", config(w, output=str(again)), "--score-only", out / "predictions.jsonl"
    )
    assert json.loads((again / "scores.json").read_text())["tasks"] == scores["tasks"], (
        "scoring again gives other scores"
    )
    few = w.fresh("few")
    told = w.ok("eval", "--config", config(w, output=str(few)), "--limit", 2)
    assert "SAMPLE ONLY: --limit 2" in told and len(lines_of(few / "predictions.jsonl")) == 10, told
    told = w.ok(
        "eval",
        "--config",
        config(w, output=str(w.fresh("third"))),
        "--score-only",
        few / "predictions.jsonl",
    )
    assert "SAMPLE ONLY: --limit 2" in told, told
    tasks_compared(w, out, again, few)


def tasks_compared(w: World, whole: Path, again: Path, few: Path) -> None:
    """A run and its scoring again differ in nothing; a sample is marked, and the rest counted; runs
    on labels are another thing.
    """
    out = w.fresh("compared")
    told = w.ok("compare", whole, again, few, "--out", out, "--resamples", 20)
    compared, page = (
        json.loads((out / "compare.json").read_text()),
        (out / "compare.html").read_text(),
    )
    same, sample = compared["differences"]
    assert {t["task"] for t in same["tasks"]} == {
        "arena",
        "csn-test",
        "ptb-test",
        "reports",
        "verify",
    } and same["questions_only_in_first"] == 0, same
    assert all(
        m["difference"] in (0, None) for t in same["tasks"] for m in t["metrics"].values()
    ), same
    assert (
        sample["questions_only_in_first"] == 13
        and "13 questions only in" in told
        and "SAMPLE ONLY" in told
        and "Sample only" in page
    ), told
    assert "http" not in page and "csn-test" in told, told
    fresh = w.fresh("compared")
    w.refused(
        DATA,
        "answers instruction tasks and",
        "compare",
        w.scores,
        whole,
        "--out",
        fresh,
        absent=fresh,
    )
    kept = w.fresh("kept")
    w.ok(
        "eval",
        "--config",
        config(w, output=str(kept)),
        "--score-only",
        whole / "predictions.jsonl",
        "--limit",
        2,
    )
    assert len(lines_of(kept / "predictions.jsonl")) == 10, (
        "what a limited scoring scored is not kept"
    )
    w.refused(
        USAGE,
        "holds predictions.jsonl of another run",
        "eval",
        "--config",
        config(w, output=str(kept)),
        "--score-only",
        whole / "predictions.jsonl",
        "--limit",
        2,
    )
    other = w.copy(whole)
    (other / "predictions.jsonl").write_text(
        (whole / "predictions.jsonl").read_text().replace('"gold":["NORM"]', '"gold":["MI"]')
    )
    w.refused(
        DATA, "disagree about question ptb-", "compare", whole, other, "--out", fresh, absent=fresh
    )
    damaged = w.copy(whole)
    (damaged / "predictions.jsonl").write_text(
        (whole / "predictions.jsonl").read_text().replace("\n", "\n{", 1)
    )
    w.refused(
        DATA, "predictions.jsonl line 2", "compare", whole, damaged, "--out", fresh, absent=fresh
    )


def tasks_resumed(w: World) -> None:
    """What a killed run left is taken over; of other work, or damaged, it is refused."""
    whole, cut_off = w.fresh("whole"), w.fresh("cut")
    w.ok("eval", "--config", config(w, output=str(whole)))
    file = config(w, output=str(cut_off))
    w.ok("eval", "--config", file, "--predict-only")
    told = w.call("eval", "--config", file)
    assert told.returncode == USAGE and "predictions.jsonl already" in told.stderr, told
    kill_after(w, file, cut_off)
    done = w.call("eval", "--config", file)
    assert done.returncode == 0 and "were answered before" in done.stderr, done
    assert (cut_off / "predictions.jsonl").read_text() == (
        whole / "predictions.jsonl"
    ).read_text(), "resumed, the answers are others"
    assert not list(cut_off.glob("*.unfinished")), "what was unfinished is still there"
    kill_after(w, file, cut_off)
    other = config(w, output=str(cut_off), tasks={"max_new_tokens": 3})
    w.refused(USAGE, "max_new_tokens", "eval", "--config", other)


def tasks_by_likelihood(w: World) -> None:
    """Every closed kind gets a probability for each option, and is scored by it; P(yes) of a label
    is what predict says of the same words.
    """
    file = config(w, tasks={"answer": "options"})
    told = w.ok("eval", "--config", file)
    predictions = lines_of(output_of(file) / "predictions.jsonl")
    closed = [p for p in predictions if p["kind"] != "text"]
    assert len(closed) == 18 and all(
        p["answer"] is None and len(p["probability"]) == len(p["options"]) for p in closed
    ), closed
    assert all(isinstance(p["answer"], str) for p in predictions if p["kind"] == "text"), (
        predictions
    )
    scores = {
        s["task"]: s
        for s in json.loads((output_of(file) / "scores.json").read_text())["tasks"]
        if not s["type"]
    }
    assert (
        "labels by P(yes) of each label" in told
        and scores["ptb-test"]["metrics"]["auroc"]["value"] is not None
    ), told
    one = next(p for p in closed if p["id"] == "ptb-3")
    asked = [
        word
        for label in one["options"]
        for word in (
            "--question",
            f'{one["question"]}\nDoes the answer include "{label}"? Answer Yes or No.',
        )
    ]
    said = w.ok(
        "predict",
        "--model",
        w.base,
        "--adapter",
        w.adapter,
        "--record",
        w.data / "records100/00000/00003_lr",
        *asked,
        "--probabilities",
        "--format",
        "json",
        "--max-new-tokens",
        1,
    )
    assert (
        max(
            abs(json.loads(line)["p_yes"] - p)
            for line, p in zip(said.splitlines(), one["probability"], strict=True)
        )
        < 1e-5
    ), (said, one)


def kill_after(w: World, file: Path, out: Path) -> None:
    """Kills a run as soon as it has answered something."""
    shutil.rmtree(out, ignore_errors=True)
    partial = out / "predictions.jsonl.unfinished"
    process = subprocess.Popen(
        [w.binaries / "ecg-lora", "eval", "--config", file],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    deadline = time.monotonic() + 30
    while (
        time.monotonic() < deadline
        and process.poll() is None
        and not (partial.exists() and partial.read_text().count("\n") >= 2)
    ):
        time.sleep(0.001)
    process.kill()
    process.wait()
    if (
        not partial.exists() or (out / "predictions.jsonl").exists()
    ):  # it was faster than the kill: what a kill would have left
        text = (out / "predictions.jsonl").read_text().splitlines(keepends=True)
        raise AssertionError(f"the run of {len(text)} questions ended before it could be killed")
    with partial.open("a") as end:
        end.write('{"task": "half a li')


def answers_of_another_model(w: World) -> None:
    file, answers = (
        config(
            w,
            tasks={
                "files": [str(questions(w) / "ptb-test.json"), str(questions(w) / "csn-test.json")]
            },
        ),
        w.fresh("answers.jsonl"),
    )
    lines = [
        {"question_id": f"ptb-{i}", "text": "MI and CD" if i % 2 else "No evidence of MI. NORM"}
        for i in range(1, 6)
    ]
    lines += [{"id": f"csn-{i}", "response": "RBBB. Answer: B"} for i in range(1, 7)]
    answers.write_text("".join(json.dumps(line) + "\n" for line in lines))
    told = w.ok("eval", "--config", file, "--score-only", answers, "--compat", "pulse")
    out = output_of(file)
    scores = json.loads((out / "scores.json").read_text())
    whole = {s["task"]: s for s in scores["tasks"]}
    assert (
        whole["ptb-test"]["metrics"]["exact_match"]["value"] == 5 / 6
        and whole["ptb-test"]["unanswered"] == 1
    ), whole["ptb-test"]
    assert abs(whole["csn-test"]["metrics"]["accuracy"]["value"] - 4 / 6) < 1e-12, whole["csn-test"]
    assert (
        scores["counts"]["questions_without_answer"] == 1
        and "COMPAT PULSE" in told
        and "COMPAT PULSE" in (out / "report.html").read_text()
    ), told
    assert {s["task"]: s["values"] for s in scores["compat_pulse"]["tasks"]}["csn-test"][
        "accuracy"
    ] < 1e-12 + 4 / 6, scores["compat_pulse"]
    assert (out / "predictions.jsonl").exists(), "the answers were not kept"


def bad_tasks(w: World) -> None:
    folder = questions(w)

    def refused(code: int, mentions: str, text: str, *words: str, **changes) -> None:
        answers = w.fresh("answers.jsonl")
        answers.write_text(text)
        file = config(w, **{"tasks": {"files": [str(folder / "ptb-test.json")]}, **changes})
        w.refused(
            code,
            mentions,
            "eval",
            "--config",
            file,
            "--score-only",
            answers,
            *words,
            absent=output_of(file),
        )

    good = json.dumps({"id": "ptb-1", "text": "MI"}) + "\n"
    refused(DATA, "ptb-99", json.dumps({"id": "ptb-99", "text": "MI"}) + "\n")
    refused(DATA, "line 2 answers question ptb-1 again", good + good)
    refused(DATA, "line 1 lacks id", '{"text": "MI"}\n')
    refused(DATA, "line 1", good[:12])
    refused(DATA, "answers no question", "")
    refused(
        USAGE,
        "tasks.kinds has 2 entries for 1",
        good,
        tasks={"files": [str(folder / "ptb-test.json")], "kinds": ["auto", "text"]},
    )
    refused(
        USAGE,
        "the nearest is ptb-test",
        good,
        tasks={"files": [str(folder / "ptb-test.json")], "kinds": ["ptb-tst"]},
    )
    refused(
        DATA,
        "neither yes nor no",
        good,
        tasks={"files": [str(folder / "ptb-test.json")], "kinds": ["yes_no"]},
    )
    refused(
        USAGE,
        "no task is one that the published scorer knows",
        json.dumps({"id": "r-1", "text": "x"}) + "\n",
        "--compat",
        "pulse",
        tasks={"files": [str(folder / "reports.json")]},
    )
    same = w.fresh("same")
    for name in ("a", "b"):
        (same / name).mkdir(parents=True)
        shutil.copy(folder / "reports.json", same / name / "reports.json")
    refused(USAGE, "have one name", good, tasks={"files": [str(same)]})
    config_of_labels = w.config("eval")
    w.refused(
        USAGE,
        "--compat pulse is for instruction tasks",
        "eval",
        "--config",
        config_of_labels,
        "--compat",
        "pulse",
        absent=output_of(config_of_labels),
    )
    cutting = w.config("eval", batch={"too_long": "cut"})
    w.refused(
        USAGE, "batch.too_long is cut", "eval", "--config", cutting, absent=output_of(cutting)
    )
    missing = config(w, tasks={"files": [str(w.root / "nowhere.json")]})
    w.refused(DATA, "nowhere.json", "eval", "--config", missing, absent=output_of(missing))
    page = w.fresh("q.json")
    page.write_text(json.dumps([record_item(9999, "x", "What?", "Nothing.")]))
    lost = config(w, tasks={"files": [str(page)]})
    w.refused(
        DATA, "09999_lr.png", "eval", "--config", lost, absent=output_of(lost) / "predictions.jsonl"
    )


def external_set(w: World) -> None:
    """The tiny data set as an external one: SNOMED labels at two sites, one of which states no
    tachycardia.
    """
    folder, out, run = w.fresh("external"), w.fresh("prepared"), w.fresh("run")
    codes = {
        "north": ["164889003", "426783006,999", "427084000", "426783006"],
        "south": ["164889003", "426783006", "164889003,426783006"],
    }
    number = 0
    for site, of_site in codes.items():
        (folder / site).mkdir(parents=True)
        for dx in of_site:
            number += 1
            name, source = f"X{number}", w.data / f"records100/00000/{number:05}_lr"
            header = source.with_suffix(".hea").read_text().replace(source.name, name)
            (folder / site / f"{name}.hea").write_text(
                "\n".join(line for line in header.splitlines() if not line.startswith("#"))
                + f"\n# Age: 50\n# Sex: Male\n# Dx: {dx}\n"
            )
            shutil.copy(source.with_suffix(".dat"), folder / site / f"{name}.dat")
    told = w.ok(
        "prepare",
        "external",
        "--folder",
        folder,
        "--statements",
        w.data / "scp_statements.csv",
        "--out",
        out,
    )
    assert "7 recordings" in told and "999" in told and "site north" in told, told
    assert f'data.recording_roots=["{folder}"]' in told, told
    where = {"root": str(out), "recording_roots": [str(folder)]}
    what = {"labels": "AFIB,SR|NORM,STACH", "test_folds": list(range(1, 11)), "valid_folds": []}
    everything = {"data": where | what, "adapter": ""}
    told = w.ok("eval", "--config", w.config("eval", output=str(run), **everything))
    scores = json.loads((run / "scores.json").read_text())
    assert scores["counts"]["answers_to_labels_not_expressed"] == 3 and "STACH of south" in told, (
        told
    )
    assert {s["group"] for s in scores["subgroups"] if s["grouping"] == "site"} == {
        "north",
        "south",
    }, scores["subgroups"]
    assert scores["folds"].startswith("an external data set"), scores["folds"]
    again = w.fresh("again")
    told = w.ok(
        "eval",
        "--config",
        w.config(
            "eval",
            output=str(again),
            score={"validation": str(w.scores / "predictions.jsonl"), "linear": False},
            **everything,
        ),
        "--score-only",
        run / "predictions.jsonl",
    )
    assert "thresholds from" in told and "labels have no answer in score.validation" in told, told
    w.refused(
        USAGE,
        "exists already",
        "prepare",
        "external",
        "--folder",
        folder,
        "--statements",
        w.data / "scp_statements.csv",
        "--out",
        out,
    )
    bad = w.fresh("map.json")
    bad.write_text('{"AFIBB": ["164889003"]}')
    fresh = w.fresh("prepared")
    w.refused(
        DATA,
        "the nearest is AFIB",
        "prepare",
        "external",
        "--folder",
        folder,
        "--statements",
        w.data / "scp_statements.csv",
        "--map",
        bad,
        "--out",
        fresh,
        absent=fresh,
    )


def left_open(w: World) -> None:
    """A record that states SR or NORM, as a code of the Challenge does, is no negative of SR."""
    folder, out, scored = w.fresh("external"), w.fresh("prepared"), w.fresh("scored")
    map_file, answers = w.fresh("map.json"), w.fresh("answers.csv")
    for number, code in enumerate(["426783006", "427084000", "164889003", "427084000"], 1):
        folder.mkdir(exist_ok=True)
        header = w.record.with_suffix(".hea").read_text().replace(w.record.name, f"X{number}")
        lines = [line for line in header.splitlines() if not line.startswith("#")]
        (folder / f"X{number}.hea").write_text("\n".join([*lines, f"# Dx: {code}", ""]))
        shutil.copy(w.record.with_suffix(".dat"), folder / f"X{number}.dat")
    words = {"SR|NORM": ["426783006"], "SR": ["427084000"], "AFIB": ["164889003"]}
    map_file.write_text(json.dumps(words))
    tables = ("--statements", w.data / "scp_statements.csv", "--map", map_file)
    w.ok("prepare", "external", "--folder", folder, *tables, "--out", out)
    answers.write_text("ecg_id,SR,AFIB\n1,0.9,0.1\n2,0.8,0.1\n3,0.1,0.9\n4,0.7,0.2\n")
    data = {"root": str(out), "labels": "SR,AFIB", "valid_folds": []}
    data |= {"test_folds": list(range(1, 11)), "recording_roots": [str(folder)]}
    config = w.config("eval", output=str(scored), data=data, score={"linear": False})
    told = w.ok("eval", "--config", config, "--score-only", answers)
    scores = json.loads((scored / "scores.json").read_text())
    assert scores["counts"]["answers_left_open"] == 1 and "leaves open" in told, told
    records = {x["label"]: (x["records"], x["positives"]) for x in scores["labels"]}
    assert records == {"SR": (3, 2), "AFIB": (4, 1)}, records
    assert scores["provenance"]["wording"] is None, "no model was asked in words"


TASKS = [
    left_open,
    tasks_asked,
    tasks_resumed,
    tasks_by_likelihood,
    answers_of_another_model,
    bad_tasks,
    external_set,
]
