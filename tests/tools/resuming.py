"""Evaluation that is killed and started again."""

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
    """Starts the evaluation and kills it once `more` further lines are there; whether it still ran."""
    target = lines(unfinished) + more
    process = subprocess.Popen([w.binaries / "ecg-lora", "eval", "--config", config, "--predict-only"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env={**os.environ, "OMP_NUM_THREADS": "1"})
    while process.poll() is None and lines(unfinished) < target:
        time.sleep(0.001)
    ran = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return ran


def resume_after_kills(w: World) -> None:
    """Killed at random moments, with a torn line at the end, an evaluation gives the bytes of one that ran through."""
    whole, broken = w.fresh("whole"), w.fresh("broken")
    few = {"batch": {"images": 1}, "data": {"train_folds": [1], "valid_folds": [2, 3, 4, 5, 6, 7, 8, 9]}, "seed": 3}  # many batches
    w.ok("eval", "--config", w.config("eval", output=str(whole), **few), "--predict-only")
    config, unfinished = w.config("eval", output=str(broken), **few), broken / "predictions.jsonl.unfinished"
    rng, kills = random.Random(), 0
    for torn in (False, True, False):
        kills += killed(w, config, unfinished, rng.randint(1, 25))
        if torn and unfinished.exists():
            with unfinished.open("a") as file:
                file.write('{"ecg_id":1,"pat')
    assert kills == 3 and lines(unfinished) > 1 and not (broken / "predictions.jsonl").exists(), f"{kills} runs of 3 were killed at work, after {lines(unfinished)} lines"
    w.refused(USAGE, "config.seed", "eval", "--config", w.config("eval", output=str(broken), **(few | {"seed": 4})))
    w.refused(USAGE, "adapter", "eval", "--config", w.config("eval", output=str(broken), adapter="", **few))
    w.ok("eval", "--config", config, "--predict-only")
    assert (whole / "predictions.jsonl").read_bytes() == (broken / "predictions.jsonl").read_bytes(), "the predictions differ from those of a run without a kill"
    assert not unfinished.exists() and json.loads((whole / "predictions.jsonl").read_text().splitlines()[0])["p_yes_is"] == "yes_no_likelihood"


def predict_many(w: World) -> None:
    """Several pages, questions and labels in one call give what each call alone gives."""
    records = sorted(str(p.with_suffix("")) for p in w.data.rglob("*_lr.hea"))[:2]
    model = ("--model", w.base, "--adapter", w.adapter, "--device", "cpu", "--format", "json")
    labels = w.fresh("labels.txt")
    labels.write_text("# two\nMI\tmyocardial infarction\na normal ECG\n")
    ask = ("--labels", labels, "--question", "Does this ECG show myocardial infarction?", "--probabilities", "--max-tokens", 3, "--temperature", 1, "--seed", 5)
    together = [json.loads(line) for line in w.ok("predict", *model, "--record", *records, *ask).splitlines()]
    alone = [json.loads(line) for record in records for line in w.ok("predict", *model, "--record", record, *ask).splitlines()]
    assert together == alone and [x["record"] for x in together] == [r for r in records for _ in range(3)], together
    assert [x.get("label") for x in together[:3]] == ["MI", "a normal ECG", None] and "answer" in together[2], together
    assert abs(together[0]["p_yes"] - together[2]["p_yes"]) < 1e-6, "a label and its question have different probabilities"
    presets = w.ok("predict", *model[:-2], "--record", records[0], "--labels", "superclass").splitlines()
    assert [line.split()[1] for line in presets] == ["CD", "HYP", "MI", "NORM", "STTC"], presets
    w.refused(USAGE, "rhythm", "predict", *model, "--record", records[0], "--labels", "rhythm")


RESUMING = [resume_after_kills, predict_many]
