"""Kills a training run with SIGKILL at random moments, goes on with --resume each time, and
compares the adapter's bytes with those of a run never stopped.

    python3 tests/train/check_kills.py --bin build/bin [--kills 50] [--seed 1]

The moments are drawn from the seed: half of them uniform over the time a run takes, half while a
checkpoint is being written (its .partial folder is there, or the file `last` is being replaced).
Every run starts where the last was killed, until it is done; then the next run is begun, until the
kills are used up. Exits 1 where bytes differ, a step stands twice or not at all in metrics.jsonl,
or a run cannot be resumed. Standard library only.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from world import DONE, World, adapter_bytes, errors, kill, metrics, output_of, steps, wait_for


def moment(process, run: Path, draw: random.Random, seconds: float) -> str | None:
    """Waits for a drawn moment; what the run was at, or nothing where it was done before."""
    if draw.random() < 0.5:
        end = time.monotonic() + draw.uniform(0, seconds)
        return (
            "running"
            if not wait_for(process, lambda: time.monotonic() >= end) or process.poll() is None
            else None
        )
    checkpoints, nth = run / "checkpoints", draw.randrange(3)
    for _ in range(nth + 1):
        if not wait_for(
            process,
            lambda: (
                checkpoints.exists()
                and any(p.name.endswith(".partial") for p in checkpoints.iterdir())
            ),
        ):
            return None
        if _ < nth and not wait_for(
            process, lambda: not any(p.name.endswith(".partial") for p in checkpoints.iterdir())
        ):
            return None
    time.sleep(draw.uniform(0, 0.02))
    return "writing a checkpoint"


def run_with_kills(
    w: World,
    expected: bytes,
    total_steps: int,
    draw: random.Random,
    left: int,
    seconds: float,
    counts: dict,
) -> int:
    config = w.config()
    run = output_of(config)
    while True:
        process = w.start(config, *(["--resume"] if run.exists() else []))
        at = moment(process, run, draw, seconds) if left > 0 else None
        if at is not None and process.poll() is None:
            kill(process)
            if process.returncode == -9:
                left -= 1
                partial = (run / "checkpoints").exists() and any(
                    p.name.endswith(".partial") for p in (run / "checkpoints").iterdir()
                )
                counts[at] = counts.get(at, 0) + 1
                counts["left a half-written checkpoint"] = (
                    counts.get("left a half-written checkpoint", 0) + partial
                )
                continue
        out, err = process.communicate(timeout=120)
        if process.returncode == -9:
            continue
        assert process.returncode == DONE, (
            f"a run could not go on ({process.returncode}): {errors(err) or err}"
        )
        break
    assert adapter_bytes(run) == expected, (
        f"{run}: the adapter differs from that of a run never stopped"
    )
    assert steps(run) == list(range(1, total_steps + 1)), f"steps in metrics.jsonl: {steps(run)}"
    shutil.rmtree(run)
    return left


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="check_kills."))
    try:
        w, draw, counts = World(options.bin, root), random.Random(options.seed), {}
        start = time.monotonic()
        config = w.config()
        done = w.train(config)
        seconds = time.monotonic() - start
        assert done.returncode == DONE, done.stderr
        expected, total = adapter_bytes(output_of(config)), len(steps(output_of(config)))
        validated = [line for line in metrics(output_of(config)) if "validation_loss" in line]
        left, runs = options.kills, 0
        while left > 0:
            left, runs = run_with_kills(w, expected, total, draw, left, seconds, counts), runs + 1
        told = ", ".join(f"{count} {what}" for what, count in counts.items())
        print(
            f"{options.kills} kills over {runs} runs of {total} steps with {len(validated)} "
            f"validations ({told}): every adapter has the bytes of the run never stopped"
        )
        return 0
    except AssertionError as error:
        print(f"FAILED: {error}")
        return 1
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
