"""What a target of the attack is: a kind of file, and the commands that read it."""

import dataclasses
from pathlib import Path
from typing import Callable


@dataclasses.dataclass
class Target:
    kind: str
    copies: dict  # name in the case's folder: what is copied there
    file: str  # what is spoilt, below that folder
    ways: list  # each: (bytes, random generator) -> bytes
    commands: list  # each: folder of the case -> (words, outputs)


def command(build: Callable, *outputs: str) -> Callable:
    """`build` makes the words from the folder of the case; `outputs` are names in it that a failed
    command must not leave. A first word that is a path is a program, else a command of ecg-lora."""
    return lambda folder: (build(folder), [folder / name for name in outputs])


def training(config: Path, output: str = "out", *words) -> Callable:
    """One step of train with fields that `fields(folder)` may change."""

    def made(fields: Callable) -> Callable:
        def build(folder: Path) -> list:
            given = [f"output={folder}/{output}", "loop.steps=1", *fields(folder)]
            return ["train", "--config", config, "--set", *given, *words]

        return command(build, f"{output}/adapter")

    return made
