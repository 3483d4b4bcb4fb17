"""Evaluation that is killed and started again."""

import csv
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

from world import USAGE, World


def lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def killed(w: World, config: Path, unfinished: Path, more: int) -> bool:
    """Starts the evaluation and kills it once `more` further lines are there; whether it still
    ran.
    """
    target = lines(unfinished) + more
    process = subprocess.Popen(
        [w.binaries / "ecg-lora", "eval", "--config", config, "--predict-only"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    while process.poll() is None and lines(unfinished) < target:
        time.sleep(0.001)
    ran = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return ran


def resume_after_kills(w: World) -> None:
    """Killed at random moments, with a torn line at the end, an evaluation gives the bytes of one
    that ran through.
    """
    whole, broken = w.fresh("whole"), w.fresh("broken")
    few = {
        "batch": {"images": 1},
        "data": {"train_folds": [1], "valid_folds": [2, 3, 4, 5, 6, 7, 8, 9]},
        "seed": 3,
    }  # many batches
    w.ok("eval", "--config", w.config("eval", output=str(whole), **few), "--predict-only")
    config, unfinished = (
        w.config("eval", output=str(broken), **few),
        broken / "predictions.jsonl.unfinished",
    )
    rng, kills = random.Random(), 0
    for torn in (False, True, False):
        kills += killed(w, config, unfinished, rng.randint(1, 25))
        if torn and unfinished.exists():
            with unfinished.open("a") as file:
                file.write('{"ecg_id":1,"pat')
    assert kills == 3 and lines(unfinished) > 1 and not (broken / "predictions.jsonl").exists(), (
        f"{kills} runs of 3 were killed at work, after {lines(unfinished)} lines"
    )
    w.refused(
        USAGE,
        "config.seed",
        "eval",
        "--config",
        w.config("eval", output=str(broken), **(few | {"seed": 4})),
    )
    w.refused(
        USAGE,
        "adapter",
        "eval",
        "--config",
        w.config("eval", output=str(broken), adapter="", **few),
    )
    w.ok("eval", "--config", config, "--predict-only")
    assert (whole / "predictions.jsonl").read_bytes() == (
        broken / "predictions.jsonl"
    ).read_bytes(), "the predictions differ from those of a run without a kill"
    assert (
        not unfinished.exists()
        and json.loads((whole / "predictions.jsonl").read_text().splitlines()[0])["p_yes_is"]
        == "yes_no_likelihood"
    )


def changes_are_refused(w: World) -> None:
    """An evaluation whose processor, tokenizer, tables or recordings changed since it was killed:
    refused by name, unless told otherwise.
    """
    base, data, out = w.copy(w.base), w.copy(w.data), w.fresh("changed")
    few = {
        "model": str(base),
        "batch": {"images": 1},
        "data": {"root": str(data), "train_folds": [1], "valid_folds": [2, 3, 4, 5, 6, 7, 8, 9]},
    }
    config, unfinished = (
        w.config("eval", output=str(out), **few),
        out / "predictions.jsonl.unfinished",
    )
    assert killed(w, config, unfinished, 3)
    lengths = lines(unfinished)
    tokenizer = next(p for p in (base / "tokenizer.json", base / "tokenizer.model") if p.exists())
    with (data / "ptbxl_database.csv").open() as table:
        asked = next(row for row in csv.DictReader(table) if row["strat_fold"] == "10")
    recording = data / (asked["filename_lr"] + ".dat")
    for file, name in (
        (base / "preprocessor_config.json", "model.preprocessor_config"),
        (tokenizer, "model.tokenizer"),
        (data / "scp_statements.csv", "data.scp_statements"),
        (recording, "pages"),
    ):
        whole = file.read_bytes()
        file.write_bytes(
            whole[:-1] + bytes([whole[-1] ^ 1])
            if file.suffix in (".dat", ".model")
            else whole + b"\n"
        )
        w.refused(USAGE, name, "eval", "--config", config, "--predict-only")
        assert lines(unfinished) == lengths
        file.write_bytes(whole)
    (base / "preprocessor_config.json").write_bytes(
        (base / "preprocessor_config.json").read_bytes() + b"\n"
    )
    done = w.call("eval", "--config", config, "--predict-only", "--accept-changes")
    assert done.returncode == 0 and "neither alone" in done.stderr, done.stderr
    answers = out / "predictions.jsonl"
    other = w.fresh("scored")
    w.ok("eval", "--config", w.config("eval", output=str(other), **few), "--score-only", answers)
    told = json.loads((other / "scores.json").read_text())["provenance"]
    assert (
        "model_sha256" not in told
        and "model" not in told["config"]
        and told["answers_of"] == str(answers)
    ), told


def predict_many(w: World) -> None:
    """Several pages, questions and labels in one call give what each call alone gives."""
    records = sorted(str(p.with_suffix("")) for p in w.data.rglob("*_lr.hea"))[:2]
    model = ("--model", w.base, "--adapter", w.adapter, "--device", "cpu", "--format", "json")
    labels = w.fresh("labels.txt")
    labels.write_text("# two\nMI\tmyocardial infarction\na normal ECG\n")
    ask = (
        "--labels",
        labels,
        "--question",
        "Does this ECG show myocardial infarction?",
        "--probabilities",
        "--max-new-tokens",
        3,
        "--temperature",
        1,
        "--seed",
        5,
    )
    together = [
        json.loads(line)
        for line in w.ok("predict", *model, "--record", *records, *ask).splitlines()
    ]
    alone = [
        json.loads(line)
        for record in records
        for line in w.ok("predict", *model, "--record", record, *ask).splitlines()
    ]
    assert together == alone and [x["record"] for x in together] == [
        r for r in records for _ in range(3)
    ], together
    assert [x.get("label") for x in together[:3]] == [
        "MI",
        "a normal ECG",
        None,
    ] and "answer" in together[2], together
    assert abs(together[0]["p_yes"] - together[2]["p_yes"]) < 1e-6, (
        "a label and its question have different probabilities"
    )
    presets = w.ok(
        "predict", *model[:-2], "--record", records[0], "--labels", "superclass"
    ).splitlines()
    assert [line.split()[1] for line in presets] == ["CD", "HYP", "MI", "NORM", "STTC"], presets
    w.refused(USAGE, "rhythm", "predict", *model, "--record", records[0], "--labels", "rhythm")


RESUMING = [resume_after_kills, changes_are_refused, predict_many]
