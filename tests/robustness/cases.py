"""What a case is, by its number; and one case from its files to its faults."""

import collections
import dataclasses
import random
import shutil
from pathlib import Path
from typing import Callable

import mutations
from judging import judge
from running import INJECTIONS, Injection, run
from target import Target
from world import World

SPECIAL_SHARE, INJECTED_SHARE = 0.12, 0.08


@dataclasses.dataclass
class Case:
    number: int
    target: Target
    command: Callable
    way: Callable | None = None  # of spoiling the file
    injection: Injection | None = None  # instead of that
    rng: random.Random | None = None

    @property
    def kind(self) -> str:
        return self.injection.kind if self.injection else self.target.kind


@dataclasses.dataclass
class Result:
    kind: str
    faults: list
    text: str


def random_case(number: int, all_targets: list, seed: int) -> Case:
    """Kinds take turns, so that each has its share."""
    kinds = collections.defaultdict(list)
    for target in all_targets:
        kinds[target.kind].append(target)
    rng = random.Random(f"{seed}/{number}")
    target = rng.choice(kinds[sorted(kinds)[number % len(kinds)]])
    case = Case(number, target, rng.choice(target.commands), rng=rng)
    chosen = rng.random()
    if chosen < INJECTED_SHARE:
        case.injection = rng.choice(INJECTIONS)
    else:
        special = chosen < INJECTED_SHARE + SPECIAL_SHARE
        case.way = rng.choice(mutations.SPECIAL if special else target.ways)
    return case


def special_cases(all_targets: list) -> list:
    """Every target, command and special way."""
    found = (
        (target, command, way)
        for target in all_targets
        for command in target.commands
        for way in mutations.SPECIAL
    )
    return [Case(number, *parts) for number, parts in enumerate(found)]


def spoil(path: Path, way: Callable, rng) -> bytes:
    """What the file holds then, if it is a plain one."""
    if way in mutations.SPECIAL:
        way(path)
        return b""
    data = way(path.read_bytes(), rng)
    path.write_bytes(data)
    return data


def attack(world: World, case: Case, root: Path) -> Result:
    folder = root / f"attack{case.number}"
    folder.mkdir()
    try:
        for name, source in case.target.copies.items():
            (shutil.copytree if source.is_dir() else shutil.copyfile)(source, folder / name)
        file = folder / case.target.file
        given = spoil(file, case.way, case.rng) if case.way else b""
        words, outputs = case.command(folder)
        program = [] if isinstance(words[0], Path) else [world.binaries / "ecg-lora"]
        outcome = run([*program, *words], folder, case.injection)
        nan_is_text = b'"NaN"' in given
        faults = judge(outcome, outputs, folder, case.injection, nan_is_text)
        return Result(case.kind, faults, told(case, words, outcome))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def told(case: Case, words: list, outcome) -> str:
    """One printable line: the case, the command, and why it failed."""
    errors = outcome.stderr.decode(errors="replace")
    line = next((text for text in errors.splitlines() if "error" in text), errors[:200])
    done = case.injection.name if case.injection else f"{case.way.__name__} {case.target.file}"
    given = " ".join(map(str, words))
    text = f"case {case.number}: {done}: ecg-lora {given}: {outcome.code}: {line[:300]}"
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
