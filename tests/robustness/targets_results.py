"""Kinds of files that runs of train and eval write or read: configs, answers, scores, states."""

import json
import subprocess
from pathlib import Path

import mutations as m
from target import Target, command
from world import World

RUN_FILES = ["metrics.jsonl", "config.json", "data.json", "last", "best", "identity.json"]


def prepare_results(w: World) -> None:
    """Scores of labels and tasks, other models' probabilities and answers, a run that was cut."""
    w.ok("eval", "--config", w.root / "eval.json", "--set", f"output={w.scores}")
    write_probabilities(w)
    w.ok("eval", "--config", w.root / "tasks.json", "--set", f"output={w.root}/answered")
    lines = [{"question_id": f"ptb-{i}", "text": "MI and CD"} for i in range(1, 6)]
    lines += [{"id": f"csn-{i}", "response": "RBBB. Answer: B"} for i in range(1, 7)]
    (w.root / "answers.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    cut_evaluation(w)


def write_probabilities(w: World) -> None:
    rows: dict = {}
    for line in (w.scores / "predictions.jsonl").read_text().splitlines():
        one = json.loads(line)
        row = rows.setdefault(one["ecg_id"], {k: one[k] for k in ("ecg_id", "patient_id", "fold")})
        row[one["label"]], row[one["label"] + ".gold"] = one["p_yes"], one["gold"]
    names = list(next(iter(rows.values())))
    cells = [",".join(names), *(",".join(str(row[k]) for k in names) for row in rows.values())]
    (w.root / "probabilities.csv").write_text("\n".join(cells) + "\n")
    lines = "".join(json.dumps(row) + "\n" for row in rows.values())
    (w.root / "probabilities.jsonl").write_text(lines)


def cut_evaluation(w: World) -> None:
    """What an evaluation leaves to go on from: its file may not grow beyond 4096 bytes."""
    words = [w.binaries / "ecg-lora", "eval", "--config", w.root / "tasks.json"]
    words += ["--set", f"output={w.root}/cut"]
    script = 'trap "" XFSZ; ulimit -f 8; exec "$@"'
    subprocess.run(["sh", "-c", script, "sh", *map(str, words)], capture_output=True, timeout=60)
    assert (w.root / "cut/predictions.jsonl.unfinished").exists()


def evaluates(config: Path, *words):
    """eval into the folder "out"."""
    start = ["eval", "--config", config, "--set"]

    def made(*build) -> object:
        def build_words(f: Path) -> list:
            return [*start, f"output={f}/out", "resamples=10", *words, *(b(f) for b in build)]

        return command(build_words, "out/scores.json")

    return made


def answers(w: World) -> list:
    labels, asked = w.root / "eval.json", w.root / "tasks.json"
    compares = ["compare", "--resamples", 10, "--out"]
    of_labels = evaluates(labels, "--score-only")
    validated = ["score.linear=false", "--score-only", w.scores / "predictions.jsonl", "--set"]
    predictions = [
        command(lambda f: [*compares, f / "out", f / "eval", w.scores], "out"),
        command(lambda f: [*compares, f / "out", "--", w.scores, f / "eval"], "out"),
        of_labels(lambda f: f / "eval/predictions.jsonl"),
        evaluates(labels, *validated)(lambda f: f"score.validation={f}/eval/predictions.jsonl"),
    ]
    of_tasks = [
        command(lambda f: [*compares, f / "out", f / "run", w.root / "answered"], "out"),
        evaluates(asked, "--score-only")(lambda f: f / "run/predictions.jsonl"),
    ]
    scored, answered = {"eval": w.scores}, {"run": w.root / "answered"}
    merges = ["merge", "--base", w.base, "--adapter", w.adapter, "--out"]
    cards = command(lambda f: [*merges, f / "out", "--scores", f / "eval/scores.json"], "out")
    shows = [predictions[0], cards]
    return [
        Target("predictions", scored, "eval/predictions.jsonl", m.JSON, predictions),
        Target("scores", scored, "eval/scores.json", m.JSON, shows),
        Target("task predictions", answered, "run/predictions.jsonl", m.JSON, of_tasks),
        Target("task scores", answered, "run/scores.json", m.JSON, of_tasks[:1]),
        *probabilities(w),
    ]


def probabilities(w: World) -> list:
    """With the data set's table, and without."""
    found = []
    for name, ways in (("probabilities.csv", m.TEXT), ("probabilities.jsonl", m.JSON)):
        commands = [
            evaluates(w.root / "eval.json", *words, "--score-only")(lambda f, name=name: f / name)
            for words in ([], [f"data.root={w.root}/nowhere"])
        ]
        found.append(Target("probabilities", {name: w.root / name}, name, ways, commands))
    return found


def task_files(w: World) -> list:
    asked, answered, file = w.root / "tasks.json", w.root / "answers.jsonl", "answers.jsonl"
    asks = evaluates(asked)(lambda f: f'tasks.files=["{f}/tasks"]')
    chosen = evaluates(asked, "tasks.answer=options")(lambda f: f'tasks.files=["{f}/tasks"]')
    scores = evaluates(asked, "--score-only", answered, "--set")
    folder, names = {"tasks": w.root / "tasks"}, ["ptb-test", "csn-test", "verify", "arena"]
    known = [f"{w.root}/tasks/{name}.json" for name in ("ptb-test", "csn-test")]
    chosen_files = f"tasks.files={json.dumps(known)}"
    commands = [asks, chosen, scores(lambda f: f'tasks.files=["{f}/tasks"]')]
    shows = [command(lambda f, name=name: ["inspect", f / f"tasks/{name}.json"]) for name in names]
    reads = [
        evaluates(asked, chosen_files, "--score-only")(lambda f: f / file),
        evaluates(asked, chosen_files, "--compat", "pulse", "--score-only")(lambda f: f / file),
    ]
    goes_on = command(lambda f: ["eval", "--config", asked, "--set", f"output={f}/cut"])
    state = "cut/predictions.jsonl.unfinished"
    return [
        *[
            Target("tasks", folder, f"tasks/{name}.json", m.JSON, [*commands, show])
            for name, show in zip(names, shows)
        ],
        Target("answers", {file: answered}, file, m.JSON, reads),
        Target("unfinished predictions", {"cut": w.root / "cut"}, state, m.JSON, [goes_on]),
    ]


def configs(w: World) -> list:
    ways = {"train": ["plan"], "eval": ["eval", "--limit", 1, "--predict-only"]}
    ways["tasks"] = ways["eval"]
    found = []
    for kind, words in ways.items():
        name = f"{kind}.json"
        shows = command(lambda f, name=name: ["inspect", f / name])
        runs = command(lambda f, name=name, words=words: [*words, "--config", f / name])
        copies, told = {name: w.root / name}, f"config of {kind}"
        found.append(Target(told, copies, name, m.JSON, [shows, runs]))
    return found


def run_folder(w: World) -> list:
    resumes = ["train", "--resume", "--config", w.root / "train.json", "--set", "loop.steps=5"]
    commands = [
        command(lambda f: ["report", f / "run", "--out", f / "r.html"], "r.html"),
        command(lambda f: ["inspect", f / "run"]),
        command(lambda f: [*resumes, f"output={f}/run"]),
    ]
    state = sorted(p for p in (w.run / "checkpoints").rglob("*") if p.is_file())
    names = [*RUN_FILES, *(str(p.relative_to(w.run)) for p in state)]
    return [
        Target("run folder", {"run": w.run}, f"run/{name}", ways_of(w.run / name), commands)
        for name in names
        if (w.run / name).exists()
    ]


def ways_of(path: Path) -> list:
    """Those of JSON if the file is JSON, or lines of it."""
    try:
        lines = path.read_text().splitlines()
        json.loads(lines[0] if path.suffix == ".jsonl" else "\n".join(lines))
        return m.JSON
    except (UnicodeDecodeError, json.JSONDecodeError, IndexError):
        return m.WEIGHTS if path.suffix == ".safetensors" else m.ANY


def results(w: World) -> list:
    return answers(w) + task_files(w) + configs(w) + run_folder(w)
