"""Kinds of files, and the commands that read each."""

import dataclasses
import json
from pathlib import Path
from typing import Callable

import mutations as m
from world import QUESTION, World


@dataclasses.dataclass
class Target:
    kind: str
    copies: dict  # name in the case's folder: what is copied there
    file: str  # what is spoilt, below that folder
    ways: list
    commands: (
        list  # each: folder of the case -> (words, outputs that a failed command must not leave)
    )


def command(build: Callable, *outputs: str):
    """`build` makes the words from the folder of the case; `outputs` are names in it."""
    return lambda folder: (build(folder), [folder / name for name in outputs])


def prepare_world(w: World) -> None:
    """What the targets copy: a merged model, scores, instructions, a page, configs."""
    w.ok("merge", "--base", w.base, "--adapter", w.adapter, "--out", w.merged)
    w.ok("eval", "--config", w.config("eval", output=str(w.scores)))
    w.ok(
        "prepare",
        "questions",
        "--root",
        w.data,
        "--out",
        w.root / "items.json",
        "--sampling-rate",
        100,
    )
    w.ok("render", "--record", w.record, "--out", w.root / "page.png")
    (w.root / "labels.tsv").write_text("NORM\tnormal ECG\nMI\tmyocardial infarction\n")
    for kind in ("train", "eval"):
        (w.root / f"{kind}.json").write_text(w.config(kind).read_text())


def asks(model: str = "", adapter: str = "", image: str = "", record: str = "", labels: str = ""):
    """Words of predict; what is not named is whole."""

    def build(w: World, f: Path) -> list:
        words = ["predict", "--model", f / model if model else w.base]
        words += ["--adapter", f / adapter] if adapter else []
        words += (
            ["--image", f / image] if image else ["--record", f / record if record else w.record]
        )
        return words + (
            ["--labels", f / labels] if labels else ["--question", QUESTION, "--max-tokens", 2]
        )

    return build


def models(w: World) -> list:
    base = {"base": w.base}
    commands = [
        command(lambda f: ["inspect", f / "base"]),
        command(lambda f: ["inspect", f / "base", "--json", "--tensors"]),
        command(
            lambda f: ["merge", "--base", f / "base", "--adapter", w.adapter, "--out", f / "out"],
            "out",
        ),
        command(lambda f: asks(model="base")(w, f)),
        command(lambda f: ["plan", "--config", w.root / "train.json", "--set", f"model={f}/base"]),
        command(
            lambda f: [
                "extract",
                "--base",
                f / "base",
                "--tuned",
                w.merged,
                "--rank",
                4,
                "--out",
                f / "out",
            ],
            "out",
        ),
        command(
            lambda f: [
                "train",
                "--config",
                w.root / "train.json",
                "--set",
                f"model={f}/base",
                f"output={f}/out",
                "loop.steps=1",
            ],
            "out/adapter",
        ),
    ]
    kinds = [
        ("config.json", "model config", m.JSON),
        ("model.safetensors", "weights", m.WEIGHTS),
        ("preprocessor_config.json", "image processor", m.JSON),
        ("tokenizer.model", "tokenizer", m.ANY),
        ("tokenizer_config.json", "tokenizer config", m.JSON),
        ("generation_config.json", "generation config", m.JSON),
    ]
    return [
        Target(kind, base, f"base/{name}", ways, commands)
        for name, kind, ways in kinds
        if (w.base / name).exists()
    ]


def adapters(w: World) -> list:
    copies = {"adapter": w.adapter}
    commands = [
        command(lambda f: ["inspect", f / "adapter", "--fits", w.base]),
        command(
            lambda f: ["merge", "--base", w.base, "--adapter", f / "adapter", "--out", f / "out"],
            "out",
        ),
        command(lambda f: asks(adapter="adapter")(w, f)),
    ]
    return [
        Target("adapter config", copies, "adapter/adapter_config.json", m.JSON, commands),
        Target("adapter weights", copies, "adapter/adapter_model.safetensors", m.WEIGHTS, commands),
    ]


def recordings(w: World) -> list:
    copies = {"records": w.record.parent}
    record = f"records/{w.record.name}"
    commands = [
        command(lambda f: ["inspect", f / record]),
        command(lambda f: ["render", "--record", f / record, "--out", f / "p.png"], "p.png"),
        command(
            lambda f: ["render", "--folder", f / "records", "--out", f / "pages"],
            f"pages/{w.record.name}.png.partial",
        ),
        command(lambda f: asks(record=record)(w, f)),
    ]
    data = {"data": w.data}
    tables = [
        command(lambda f: ["inspect", f / "data"]),
        command(
            lambda f: [
                "prepare",
                "questions",
                "--root",
                f / "data",
                "--out",
                f / "q.json",
                "--sampling-rate",
                100,
            ],
            "q.json",
        ),
        command(lambda f: ["prepare", "audit", "--root", f / "data"]),
        command(
            lambda f: [
                "train",
                "--config",
                w.root / "train.json",
                "--set",
                f"data.root={f}/data",
                f"output={f}/out",
                "loop.steps=1",
            ],
            "out/adapter",
        ),
    ]
    external = [
        command(
            lambda f: [
                "prepare",
                "external",
                "--folder",
                w.data,
                "--statements",
                f / "data/scp_statements.csv",
                "--out",
                f / "out",
            ],
            "out",
        )
    ]
    return [
        Target("WFDB header", copies, record + ".hea", m.TEXT, commands),
        Target("WFDB signals", copies, record + ".dat", m.ANY, commands),
        Target("table of recordings", data, "data/ptbxl_database.csv", m.TEXT, tables),
        Target("table of statements", data, "data/scp_statements.csv", m.TEXT, tables + external),
    ]


def questions(w: World) -> list:
    items = {"items.json": w.root / "items.json"}
    trains = command(
        lambda f: [
            "train",
            "--config",
            w.root / "train.json",
            "--set",
            f'data.instructions=["{f}/items.json"]',
            "data.root=",
            f'data.recording_roots=["{w.data}"]',
            f"output={f}/out",
            "loop.steps=1",
        ],
        "out/adapter",
    )
    return [
        Target(
            "instruction samples",
            items,
            "items.json",
            m.JSON,
            [command(lambda f: ["inspect", f / "items.json"]), trains],
        ),
        Target(
            "page",
            {"page.png": w.root / "page.png"},
            "page.png",
            m.ANY,
            [command(lambda f: asks(image="page.png")(w, f))],
        ),
        Target(
            "label list",
            {"labels.tsv": w.root / "labels.tsv"},
            "labels.tsv",
            m.TEXT,
            [command(lambda f: asks(labels="labels.tsv")(w, f))],
        ),
    ]


def results(w: World) -> list:
    scores, run = {"eval": w.scores}, {"run": w.run}
    compares = command(
        lambda f: ["compare", f / "eval", w.scores, "--resamples", 10, "--out", f / "out"], "out"
    )
    again = command(
        lambda f: [
            "eval",
            "--config",
            w.root / "eval.json",
            "--set",
            f"output={f}/out",
            "resamples=10",
            "--score-only",
            f / "eval/predictions.jsonl",
        ],
        "out/scores.json",
    )
    resumes = command(
        lambda f: [
            "train",
            "--config",
            w.root / "train.json",
            "--set",
            f"output={f}/run",
            "loop.steps=5",
            "--resume",
        ]
    )
    shows = [
        command(lambda f: ["report", f / "run", "--out", f / "r.html"], "r.html"),
        command(lambda f: ["inspect", f / "run"]),
        resumes,
    ]
    configs = [
        Target(
            f"config of {kind}",
            {f"{kind}.json": w.root / f"{kind}.json"},
            f"{kind}.json",
            m.JSON,
            [
                command(lambda f, name=f"{kind}.json": ["inspect", f / name]),
                command(lambda f, name=f"{kind}.json", words=words: [*words, "--config", f / name]),
            ],
        )
        for kind, words in (("train", ["plan"]), ("eval", ["eval", "--limit", 1, "--predict-only"]))
    ]
    state = [
        p.relative_to(w.run) for p in sorted((w.run / "checkpoints").rglob("*")) if p.is_file()
    ]
    files = [
        Path("metrics.jsonl"),
        Path("config.json"),
        Path("data.json"),
        Path("last"),
        Path("identity.json"),
        *state,
    ]
    return [
        Target("predictions", scores, "eval/predictions.jsonl", m.JSON, [compares, again]),
        Target("scores", scores, "eval/scores.json", m.JSON, [compares]),
        *configs,
        *[
            Target(
                "run folder", run, f"run/{name}", m.JSON if is_json(w.run / name) else m.ANY, shows
            )
            for name in files
            if (w.run / name).exists()
        ],
    ]


def is_json(path: Path) -> bool:
    try:
        lines = path.read_text().splitlines()
        json.loads(lines[0] if path.suffix == ".jsonl" else "\n".join(lines))
        return True
    except (UnicodeDecodeError, json.JSONDecodeError, IndexError):
        return False


def targets(w: World) -> list:
    return models(w) + adapters(w) + recordings(w) + questions(w) + results(w)
