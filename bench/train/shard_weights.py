"""Memory that a process takes if the base weights are sharded over several, and where each keeps
them all.

    python bench/train/shard_weights.py --bin build/bin --models DIR [--size 300m]
        [--ranks 1,2,4] [--dtype fp32]

Trains two steps under torchrun (gloo) and prints a table in Markdown: the largest of the processes'
peaks, of tensors and of the whole process, the weights of layers that one keeps, and the losses of
the last step, which must be equal to 1e-6. DIR keeps the model between runs. Exits 1 where memory
does not fall as processes are added, or losses differ.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import setups

UNITS = {"B": 2**-20, "KiB": 2**-10, "MiB": 1, "GiB": 2**10}
SIZE = r"([0-9.]+) (B|KiB|MiB|GiB)"


def mebibytes(pattern, text):
    """The largest of the sizes that `pattern` finds, one a process."""
    return max(
        (float(number) * UNITS[unit] for number, unit in re.findall(pattern, text)), default=0
    )


def train(options, work, ranks, sharded):
    run = work / f"run{ranks}{sharded}"
    values = {
        "model": options.models / options.size / "model",
        "output": run,
        "data.root": work / "data",
        "data.valid_folds": "[]",
        "compute.dtype": options.dtype,
        "compute.device": "cpu",
        "compute.threads": 1,
        "batch.images": 1,
        "batch.questions": 1,
        "batch.workers": 0,
        "lora.rank": 4,
        "loop.steps": 2,
        "loop.accumulation": max(options.ranks),
        "loop.activation_checkpointing": "all",
        "loop.shard_weights": str(sharded).lower(),
    }
    words = [
        options.bin / "ecg-lora-train",
        "--config",
        work / "config.json",
        *(word for key, value in values.items() for word in ("--set", f"{key}={value}")),
    ]
    if ranks > 1:
        words = [
            Path(sys.executable).parent / "torchrun",
            "--standalone",
            "--no-python",
            "--nproc-per-node",
            ranks,
            *words,
        ]
    done = subprocess.run(
        [str(word) for word in words],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    if done.returncode != 0:
        raise SystemExit(done.stderr[-3000:])
    losses = [
        line["loss"]
        for line in map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
        if "loss" in line
    ]
    return (
        mebibytes(f"peak memory: tensors {SIZE}", done.stderr),
        mebibytes(f"the whole process {SIZE}", done.stderr),
        mebibytes(f"{SIZE} of the weights of", done.stderr),
        losses[-1],
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--size", default="300m")
    parser.add_argument(
        "--ranks", type=lambda text: [int(part) for part in text.split(",")], default=[1, 2, 4]
    )
    parser.add_argument("--dtype", default="fp32")
    options = parser.parse_args()
    setups.make_model(options.bin, options.models / options.size / "model", options.size)
    with tempfile.TemporaryDirectory() as folder:
        work, found = Path(folder), []
        subprocess.run(
            [options.bin / "ecg-lora-synth", "data", "--out", work / "data", "--patients", "30"],
            check=True,
            capture_output=True,
        )
        (work / "config.json").write_text("{}")
        print(
            "| processes | base weights | tensors a process, MiB | whole process, MiB | weights of "
            "layers kept, MiB | loss |\n|---|---|---|---|---|---|"
        )
        for ranks in options.ranks:
            for sharded in (False, True) if ranks > 1 else (False,):
                tensors, whole, kept, loss = train(options, work, ranks, sharded)
                print(
                    f"| {ranks} | {'sharded' if sharded else 'whole'} | {tensors:.0f} "
                    f"| {whole:.0f} "
                    f"| {f'{kept:.0f}' if sharded else 'all'} | {loss:.7f} |",
                    flush=True,
                )
                if sharded or ranks == 1:
                    found.append((tensors, loss))
    falls = all(after[0] < before[0] for before, after in zip(found, found[1:]))
    equal = all(abs(loss - found[0][1]) <= 1e-6 * max(1, abs(found[0][1])) for _, loss in found)
    if not falls or not (equal or options.dtype != "fp32"):
        sys.exit("FAILED: " + ("losses differ" if falls else "memory does not fall"))


if __name__ == "__main__":
    main()
