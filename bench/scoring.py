"""Time of ecg-lora eval --score-only on made-up probabilities of every label for the validation and
test folds of PTB-XL's tables.

    python bench/scoring.py --bin build/bin --data PTBXL [--resamples 1000] [--rounds 3]

PTBXL needs its two tables only (ptbxl_database.csv, scp_statements.csv). Prints medians; exits 1
where the intervals take more than ten seconds of wall time, the goal for 1,000 groups of patients
of fold 10 by 71 labels on two cores. Standard library only.
"""

import argparse
import ast
import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOAL = 10.0  # seconds
CASES = {
    "no interval": (0, {}),
    "intervals of all metrics": (None, {}),
    "intervals, also BCa": (None, {"bca": True}),
    "intervals, also of each subgroup": (None, {"subgroups": True}),
}


def probabilities(data: Path, file: Path) -> tuple:
    """A row for each record of folds 9 and 10, a column a statement; likelier where it is
    stated.
    """
    with (data / "scp_statements.csv").open() as table:
        labels = [next(iter(row.values())) for row in csv.DictReader(table)]
    rng, test = random.Random(1), 0
    with (data / "ptbxl_database.csv").open() as table, file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["ecg_id", *labels])
        for row in csv.DictReader(table):
            if row["strat_fold"] not in ("9", "10"):
                continue
            stated = ast.literal_eval(row["scp_codes"])
            test += row["strat_fold"] == "10"
            writer.writerow(
                [
                    row["ecg_id"],
                    *(
                        round(
                            min(1.0, max(0.0, rng.gauss(0.55 if label in stated else 0.3, 0.15))), 4
                        )
                        for label in labels
                    ),
                ]
            )
    return test, len(labels)


def timed(command: list) -> tuple:
    before, start = os.times(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    after = os.times()
    return (
        time.perf_counter() - start,
        after.children_user + after.children_system - before.children_user - before.children_system,
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument("--data", type=Path, required=True, help="folder of PTB-XL's tables")
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        records, labels = probabilities(options.data, folder / "probabilities.csv")
        found = {}
        for number in range(options.rounds):
            for name, (resamples, score) in CASES.items():
                out = folder / f"{name} {number}"
                config = {
                    "model": "none",
                    "output": str(out),
                    "resamples": options.resamples if resamples is None else resamples,
                    "data": {"root": str(options.data.resolve()), "labels": "all"},
                    "score": {"subgroups": False, "linear": False, "worst_errors": 0} | score,
                }
                (folder / "eval.json").write_text(json.dumps(config))
                found.setdefault(name, []).append(
                    timed(
                        [
                            options.bin / "ecg-lora-eval",
                            "--config",
                            folder / "eval.json",
                            "--score-only",
                            folder / "probabilities.csv",
                        ]
                    )
                )
    medians = {
        name: [statistics.median(values) for values in zip(*rounds)]
        for name, rounds in found.items()
    }
    print(
        f"{records} test records, {labels} labels, {options.resamples} groups, {os.cpu_count()} "
        f"cores, medians of {options.rounds} rounds\n\n| | wall, s | processor, s |\n|---|---|---|"
    )
    for name, (wall, cpu) in medians.items():
        print(f"| {name} | {wall:.2f} | {cpu:.2f} |")
    wall, cpu = (medians["intervals of all metrics"][i] - medians["no interval"][i] for i in (0, 1))
    print(
        f"\nThe intervals take {wall:.2f} s of wall time and {cpu:.2f} s of processor time (goal: "
        f"{GOAL:.0f} s)."
    )
    return int(wall > GOAL)


if __name__ == "__main__":
    sys.exit(main())
