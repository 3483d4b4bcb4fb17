"""Feeds bad input of every file kind to every command that reads it, and counts what must not happen.

    python3 tests/robustness/attack.py --bin build/bin [--cases 2000] [--seed 1] [--kind NAME] [--only CASE] [--jobs 2]

A case is a number: the same number, seed and count give the same input. Counted are ends by a signal, "internal error",
hangs (over 20 s), more than 4 GB, and output of a failed command under a final name or left over beside it. Prints a row
for each kind of file, and every failure with its case. Standard library only. Exits 1 if anything was counted.
"""

import argparse
import collections
import concurrent.futures
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import mutations  # noqa: E402
from chain import chain_synth, chain_train  # noqa: E402
from targets import prepare_world, targets  # noqa: E402
from world import World  # noqa: E402

SECONDS, MOST_BYTES = 20, 4 << 30
FAULTS = ["signal", "internal error", "hang", "over 4 GB", "partial output"]


def linked_copy(source: Path, target: Path) -> None:
    """A copy whose files are shared until one is replaced."""
    shutil.copytree(source, target, copy_function=os.link)


def spoil(path: Path, ways, rng: random.Random) -> str:
    if rng.random() < 0.12:
        way = rng.choice(mutations.SPECIAL)
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data)
        way(path)
        return way.__name__
    way = rng.choice(ways)
    data = way(path.read_bytes(), rng)
    path.unlink()
    path.write_bytes(data)
    return way.__name__


def run(command, folder: Path):
    """Exit status as wait4 has it, stderr, peak bytes; None in place of the status if it hung."""
    with (folder / "stderr").open("w+b") as errors, (folder / "stdout").open("w+b") as out:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
            cwd=folder,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )
        hung = threading.Event()
        timer = threading.Timer(SECONDS, lambda: (hung.set(), process.kill()))
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = 0  # reaped above
        errors.seek(0)
        return (
            None if hung.is_set() else status,
            errors.read().decode(errors="replace"),
            usage.ru_maxrss * 1024,
        )


def judge(status, errors: str, peak: int, outputs, folder: Path) -> list:
    faults = []
    if status is None:
        faults.append("hang")
    elif os.WIFSIGNALED(status):
        faults.append("signal")
    if "internal error" in errors:
        faults.append("internal error")
    if peak > MOST_BYTES:
        faults.append("over 4 GB")
    failed = status is None or status != 0
    left = [p for p in folder.rglob("*.partial")] + [p for p in folder.rglob(".*.lock")]
    if (
        failed
        and status is not None
        and not os.WIFSIGNALED(status)
        and (left or any(p.exists() for p in outputs))
    ):
        faults.append("partial output")
    return faults


def attack(world: World, kinds: dict, case: int, seed: int, root: Path):
    """(kind, faults, what to show) of one case."""
    rng = random.Random(f"{seed}/{case}")
    target = rng.choice(kinds[sorted(kinds)[case % len(kinds)]])
    folder = root / f"attack{case}"
    folder.mkdir()
    try:
        for name, source in target.copies.items():
            linked_copy(source, folder / name) if source.is_dir() else os.link(
                source, folder / name
            )
        way = spoil(folder / target.file, target.ways, rng)
        words, outputs = rng.choice(target.commands)(folder)
        status, errors, peak = run([world.binaries / "ecg-lora", *words], folder)
        faults = judge(status, errors, peak, outputs, folder)
        line = next((text for text in errors.splitlines() if "error" in text), errors[:200])
        return (
            target.kind,
            faults,
            f"case {case}: {way} {target.file}: ecg-lora {' '.join(map(str, words))}: {line[:300]}",
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def print_table(counts: dict, cases: dict) -> None:
    print(
        "\n| kind of file | cases | "
        + " | ".join(FAULTS)
        + " |\n|---" * 1
        + "|---" * (len(FAULTS) + 1)
        + "|"
    )
    for kind, number in cases.items():
        print(
            f"| {kind} | {number} | "
            + " | ".join(str(counts[kind, fault]) for fault in FAULTS)
            + " |"
        )
    total = [sum(counts[kind, fault] for kind in cases) for fault in FAULTS]
    print(f"| all | {sum(cases.values())} | " + " | ".join(map(str, total)) + " |")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", default="", help="only kinds of file whose name contains this")
    parser.add_argument("--only", type=int, help="this case alone")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="attack.")).resolve()
    start, counts, cases = time.monotonic(), collections.Counter(), collections.Counter()
    try:
        world = World(options.bin.resolve(), root)
        chain_synth(world)
        chain_train(world)
        prepare_world(world)
        kinds = collections.defaultdict(list)
        for target in targets(world):
            kinds[target.kind].append(target)
        numbers = [options.only] if options.only is not None else range(options.cases)
        chosen = [n for n in numbers if options.kind in sorted(kinds)[n % len(kinds)]]
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for kind, faults, text in pool.map(
                lambda n: attack(world, kinds, n, options.seed, root), chosen
            ):
                cases[kind] += 1
                for fault in faults:
                    counts[kind, fault] += 1
                if faults or options.only is not None:
                    print(f"{', '.join(faults) or 'stood'}: {text}", flush=True)
                if sum(cases.values()) % 100 == 0:
                    print(
                        f"{sum(cases.values())}/{len(chosen)} cases, {time.monotonic() - start:.0f} s",
                        file=sys.stderr,
                        flush=True,
                    )
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print_table(counts, cases)
    print(
        f"{sum(counts.values())} faults in {sum(cases.values())} cases, {time.monotonic() - start:.0f} s"
    )
    return 1 if counts else 0


if __name__ == "__main__":
    sys.exit(main())
