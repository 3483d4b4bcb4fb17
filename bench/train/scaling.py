"""How the cost of a training step grows with text length, tiles, questions an ECG and rank, and its
parts.

    python bench/train/scaling.py --bin build/bin --models DIR [--size 40m] [--rounds 5]

Prints tables in Markdown: processor time of a step with one thread (which other work on the machine
disturbs least), its peak memory above an idle process, and the processor time of the parts of the
forward pass. DIR keeps the model between runs.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

import setups
from compare import Program

SWEEPS = {
    "tokens": [64, 128, 256, 512],
    "tiles": [1, 2, 4],
    "questions": [1, 2, 4, 8],
    "rank": [4, 16, 64],
}
DEFAULTS = {"tokens": 128, "tiles": 4, "questions": 1, "rank": 16}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--size", default="40m")
    parser.add_argument("--targets", default="text+vision")
    parser.add_argument("--images", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    folder = options.models / options.size
    setups.make_model(options.bin, folder / "model", options.size)
    print("| what | CPU ms a step | ms a question | MiB |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        for sweep, values in SWEEPS.items():
            for value in values:
                run(options, folder, Path(scratch), sweep, value, DEFAULTS | {sweep: value})


def run(options, folder, scratch, sweep, value, setting):
    adapter, inputs = (
        folder / f"adapter-{options.targets}-{setting['rank']}",
        scratch / "in.safetensors",
    )
    if not adapter.exists():
        setups.make_adapter(folder / "model", adapter, options.targets, setting["rank"])
    setups.make_inputs(
        folder / "model",
        inputs,
        options.images,
        setting["questions"],
        setting["tokens"],
        setting["tiles"],
    )
    program = Program(
        [
            options.bin / "bench_train",
            "--model",
            folder / "model",
            "--adapter",
            adapter,
            "--inputs",
            inputs,
            "--threads",
            1,
            "--questions",
            setting["questions"],
        ]
    )
    replies = [program.run("step") for _ in range(options.rounds + 1)][1:]
    cpu = 1e3 * statistics.median(reply["cpu"] for reply in replies)
    print(
        f"| {value} {sweep} | {cpu:.0f} | {cpu / options.images / setting['questions']:.0f} | "
        f"{max(r['peak_kb'] for r in replies) / 1024 - program.idle / 1024:.0f} |",
        flush=True,
    )
    program.close()


if __name__ == "__main__":
    main()
