"""Feeds bad input of every kind of file to every command that reads it, and counts what must not
happen.

    python3 tests/robustness/attack.py --bin build/bin --jobs 2            2000 random cases
    python3 tests/robustness/attack.py --bin build/bin --cases 500 --seed 3
    python3 tests/robustness/attack.py --bin build/bin --cases 9000 --kind "torch file"
    python3 tests/robustness/attack.py --bin build/bin --seed 3 --only 411   one case, and its line
    python3 tests/robustness/attack.py --bin build/bin --special             no file, a pipe, a
        folder, an endless, sparse or circular one, for every target and command

A case is a number: the same number and seed give the same input, and --only tells its outcome. In
some 8 % of the random cases the input is whole, and the process has its descriptors closed or its
disk full. --kind takes the cases of the kinds whose name contains it, of the --cases there are.

Counted are ends by a signal, "internal error", hangs (over 20 s), more than 4 GB, output of a
failed command under a final name, temporaries and locks that were left, control characters on
stdout or stderr, NaN and infinities in results, failures without a reason, and exit codes other
than 0, 2, 3, 4, 5, 75. Prints every failure with its case, and a row for each kind of file.
Standard library only. Exits 1 if anything was counted.
"""

import argparse
import collections
import concurrent.futures
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

for folder in ("support", "tools"):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / folder))
from cases import attack, random_case, special_cases  # noqa: E402
from chain import chain_synth, chain_train  # noqa: E402
from judging import FAULTS  # noqa: E402
from targets import prepare_world, targets  # noqa: E402
from world import World  # noqa: E402

EVERY = 100  # cases between two lines of progress if stderr is no terminal


class Progress:
    def __init__(self, cases: int):
        self.cases, self.done, self.start = cases, 0, time.monotonic()

    def advance(self) -> None:
        self.done += 1
        seconds = time.monotonic() - self.start
        left = seconds / self.done * (self.cases - self.done)
        text = f"{self.done}/{self.cases} cases, {seconds:.0f} s, {left:.0f} s left"
        if sys.stderr.isatty():
            print(f"\r{text}\033[K", end="\n" if self.done == self.cases else "", file=sys.stderr)
        elif self.done % EVERY == 0:
            print(text, file=sys.stderr, flush=True)


def print_table(counts: dict, cases: dict) -> None:
    print("\n| kind of file | cases | " + " | ".join(FAULTS) + " |")
    print("|---" * (len(FAULTS) + 2) + "|")
    for kind, number in sorted(cases.items()):
        row = " | ".join(str(counts[kind, fault]) for fault in FAULTS)
        print(f"| {kind} | {number} | {row} |")
    total = [sum(counts[kind, fault] for kind in cases) for fault in FAULTS]
    print(f"| all | {sum(cases.values())} | " + " | ".join(map(str, total)) + " |")


def parsed():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", default="", help="only kinds of file whose name contains this")
    parser.add_argument("--only", type=int, help="this case alone")
    parser.add_argument("--special", action="store_true", help="all cases that are no plain file")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def chosen(options, world: World) -> list:
    every = targets(world)
    if options.special:
        cases = special_cases(every)
    else:
        numbers = range(options.cases) if options.only is None else [options.only]
        cases = [random_case(number, every, options.seed) for number in numbers]
    if options.only is not None:
        return [case for case in cases if case.number == options.only]
    return [case for case in cases if options.kind in case.kind]


def run_all(options, root: Path) -> tuple:
    """Faults by kind and name, and cases by kind."""
    counts, numbers = collections.Counter(), collections.Counter()
    world = World(options.bin.resolve(), root)
    for prepare in (chain_synth, chain_train, prepare_world):
        prepare(world)
    cases = chosen(options, world)
    progress = Progress(len(cases))
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for result in pool.map(lambda case: attack(world, case, root), cases):
            numbers[result.kind] += 1
            counts.update((result.kind, fault) for fault in result.faults)
            if result.faults or options.only is not None:
                print(f"{', '.join(result.faults) or 'stood'}: {result.text}", flush=True)
            progress.advance()
    return counts, numbers


def main() -> int:
    options, start = parsed(), time.monotonic()
    root = Path(tempfile.mkdtemp(prefix="attack.")).resolve()
    try:
        counts, numbers = run_all(options, root)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print_table(counts, numbers)
    seconds = time.monotonic() - start
    print(f"{sum(counts.values())} faults in {sum(numbers.values())} cases, {seconds:.0f} s")
    return 1 if counts else 0


if __name__ == "__main__":
    sys.exit(main())
