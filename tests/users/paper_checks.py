"""Checks of scripts/reproduce_paper.sh on the stand-in: dry run, kill, going on, the table."""

import json
import os
import signal
import subprocess
import time

from hub_checks import ROOT

SMALL = [
    "--set-train",
    "batch.images=1",
    "batch.questions=2",
    "loop.accumulation=1",
    "loop.steps=3",
    "loop.validate_every=0",
    "loop.checkpoint_every=1",
    "--set-eval",
    "tasks.max_new_tokens=4",
    "score.linear=false",
]
PLACES = ["Llama-3.2-11B-Vision-Instruct", "ptb-xl", "ECGInstruct"]


def start(world, *words, **environment):
    """The script in a process group of its own."""
    command = [ROOT / "scripts/reproduce_paper.sh", *words]
    return subprocess.Popen(
        [str(word) for word in command],
        cwd=world.stand_in,
        text=True,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"ECG_LORA_BUILD_DIR": str(world.programs.parent)} | environment,
    )


def paper(world, *words, code: int = 0, **environment) -> str:
    running = start(world, *words, **environment)
    said = running.communicate()[0]
    assert running.returncode == code, (running.returncode, said)
    return said


def paper_dry_run(world):
    out = world.root / "dry-paper"
    said = paper(world, *PLACES, out, "--dry-run", "--limit", "2", "--set", "seed=3", NPROC="8")
    for words in (
        "== Convert ECGInstruct",
        "torchrun --no-python --standalone --nproc-per-node 8",
        "configs/llama-11b-paper.json",
        "--limit 2",
        "== Score all labels",
        "disk ",
        "466 conversations",
        "on 8 device(s)",
        "total   about",
    ):
        assert words in said, (words, said)
    assert said.count("seed=3") == 4, said
    assert not out.exists()


def paper_refusals(world):
    for words, expected in (
        (["a", "b"], "got 2 of them"),
        ([*PLACES, "o", "--fast"], "--fast"),
        (["nowhere", *PLACES[1:], "o"], "nowhere/config.json"),
        ([*PLACES, "o", "--set", "x"], "no '='"),
        ([*PLACES, "o", "--limit"], "expected a value"),
    ):
        assert expected in paper(world, *words, code=2), words
    said = paper(world, *PLACES, world.root / "bad-paper", "--set-train", "loop.stepz=1", code=2)
    assert "loop.steps" in said, said


def kill_in_training(world, out):
    """SIGKILL of all processes once a step is saved."""
    running = start(world, *PLACES, out, *SMALL)
    end = time.monotonic() + 120
    while not (out / "train/last").exists():
        assert running.poll() is None and time.monotonic() < end, running.communicate()[0]
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    assert not (out / "train/adapter").exists(), "the kill came too late to show anything"


def same_figure(cell: dict, metric: dict):
    assert {key: cell[key] for key in metric if key in cell} == {
        key: metric[key] for key in metric if key in cell
    }, (cell, metric)
    assert "value" in cell and "low" in cell


def table_is_right(out):
    """Published figures, and those of scores.json with their intervals."""
    found = json.loads((out / "paper.json").read_text())
    rows, published = found["rows"], [0.98, 0.74, 0.11]
    assert [row["published"] for row in rows] == [*published, None, None, None], rows
    assert all(row["not_said"] for row in rows), rows
    asked = json.loads((out / "superclass/scores.json").read_text())
    everything = json.loads((out / "all/scores.json").read_text())
    (words,) = json.loads((out / "words/scores.json").read_text())["tasks"]
    for place, scores in (0, asked), (3, everything):
        same_figure(rows[place]["p_yes"], scores["macro"]["auroc"])
        same_figure(rows[place + 1]["p_yes"], scores["macro"]["f1"])
        same_figure(rows[place + 2]["p_yes"], scores["sets"]["hamming_loss"])
    for row, name in zip(rows, ("balanced_accuracy", "macro_f1", "hamming_loss")):
        same_figure(row["words"], words["metrics"][name])
    assert words["questions"] == asked["records"], "the same recordings in words and by P(yes)"
    recipe = {row["setting"]: (row["paper"], row["here"]) for row in found["recipe"]}
    assert recipe["rank"] == ("64", 64) and recipe["alpha"] == ("not said", 128), recipe
    assert recipe["learning rate"] == ("not said", 1.2e-05) and recipe["steps, if set"][1] == 3
    assert sum(found["folds"]["folds"].values()) <= found["folds"]["conversations"] == 466


def paper_whole(world):
    out = world.root / "paper"
    kill_in_training(world, out)
    said = paper(world, *PLACES, out, *SMALL)
    assert said.count("(done before)") == 2 and "resuming after step" in said, said
    table_is_right(out)
    text = (out / "paper.md").read_text()
    assert text in said and "| 0.98 |" in text and "None is of folds 9 and 10" in text, text
    again = paper(world, *PLACES, out, *SMALL)
    assert again.count("(done before)") == 8 and text in again, again


def paper_steps_are_kept(world):
    """scripts/steps.sh: what is done is shown again, until a command or an input changes."""
    folder = world.root / "steps"
    folder.mkdir()
    text = f"""set -euo pipefail
source {ROOT}/scripts/steps.sh
run={folder}/run step_inputs=({folder}/input)
run_step One "$run/a" "mkdir -p $run/a; echo x >>$run/a/n; echo one $WORD"
run_step Two "$run/b" "mkdir -p $run/b; echo x >>$run/b/n; echo two" goes_on
wc -l <"$run/a/n"; wc -l <"$run/b/n"
"""

    def steps(word: str) -> list:
        done = subprocess.run(
            ["bash", "-c", text],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | {"WORD": word},
        )
        return done.stdout.split("\n")

    (folder / "input").write_text("1")
    os.utime(folder / "input", (1, 1))
    for word, kept, counts in (("a", 0, ["1", "1"]), ("a", 2, ["1", "1"]), ("b", 0, ["1", "2"])):
        said = steps(word)
        assert said.count("(done before)") == kept and said[-3:-1] == counts, (word, said)
    os.utime(folder / "input")
    assert steps("b")[-3:-1] == ["1", "3"]


CHECKS = [paper_steps_are_kept, paper_dry_run, paper_refusals, paper_whole]
