"""Training steps and passes beside transformers and peft: same weights, same adapter, same batch, same machine, in turns.

    python bench/train/compare.py --bin build/bin [--sizes tiny,40m,300m] [--dtypes fp32] [--rounds 7]

Prints a table in Markdown. Time is the median over rounds in which the two programs take turns, each in a process of its own that waits while
the other computes. Memory is the most that a process had resident in the command (VmHWM, set back before it), less what it had with its libraries
loaded and no model. "loss" is the largest relative difference of the losses of all steps, "gradient" the norm of the difference of all gradients
over their norm, "update" the same of the adapter after all steps; of passes it is that of the loss, of each row's P(yes), or of the mean size of logits. Exits 1 where results differ by more than they may.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file

import setups

HERE = Path(__file__).parent
TOLERANCE = {"fp32": {"loss": 1e-5, "gradient": 1e-5, "update": 1e-2, "value": 1e-5}, "bf16": {"loss": 1e-2, "gradient": 5e-2, "update": 1.0, "value": 5e-2}}


class Program:
    """One of the two, waiting for commands."""

    def __init__(self, command):
        self.process = subprocess.Popen([str(c) for c in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.idle = self.reply()["idle_kb"]

    def reply(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(self.process.stderr.read())
        return json.loads(line)

    def run(self, what, argument="-"):
        print(what, argument, file=self.process.stdin, flush=True)
        return self.reply()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def difference(ours, theirs, start=None):
    """Norm of the difference over the norm, of all tensors together."""
    apart = {name: ours[name].double() - theirs[name].double() for name in theirs}
    whole = {name: theirs[name].double() - (start[name].double() if start else 0) for name in theirs}
    return (sum(x.square().sum() for x in apart.values()) / sum(x.square().sum() for x in whole.values())).sqrt().item()


def measure(pair, what, rounds):
    """Medians of seconds and of peak MiB of both, and the values they replied."""
    replies = [[program.run(what) for program in pair] for _ in range(rounds + 1)][1:]  # the first round warms up
    result = {"values": [[reply["value"] for reply in turn] for turn in replies]}
    for key in "seconds", "cpu":
        result[key] = [statistics.median(turn[i][key] for turn in replies) for i in (0, 1)]
    result["mib"] = [max(turn[i]["peak_kb"] for turn in replies) / 1024 - pair[i].idle / 1024 for i in (0, 1)]
    if "parts" in replies[0][0]:
        result["parts"] = {name: statistics.median(turn[0]["parts"][name] for turn in replies) for name in replies[0][0]["parts"]}
    return result


def worst(values):
    flat = lambda x: x if isinstance(x, list) else [x]
    return max(abs(a - b) / abs(b) for ours, theirs in values for a, b in zip(flat(ours), flat(theirs)))


def row(name, result, equal):
    (ours, theirs), (mine, other), (cpu, cpu_theirs) = result["seconds"], result["mib"], result["cpu"]
    print(f"| {name} | {1e3 * ours:.0f} | {1e3 * theirs:.0f} | **{theirs / ours:.2f}** | {cpu_theirs / cpu:.2f} | {mine:.0f} | {other:.0f} | "
          f"**{mine / other:.2f}** | {equal} |", flush=True)


def compare(options, folder, name, targets, questions, images, dtype):
    """The rows of one setting; whether results were equal."""
    adapter, inputs = folder / f"adapter-{targets}", folder / f"in-{images}-{questions}-{options.tokens}-{options.shorter}.safetensors"
    if not adapter.exists():
        setups.make_adapter(folder / "model", adapter, targets, options.rank)
    if not inputs.exists():
        setups.make_inputs(folder / "model", inputs, images, questions, options.tokens, shorter=options.shorter)
    common = ["--model", folder / "model", "--adapter", adapter, "--inputs", inputs, "--dtype", dtype, "--threads", options.threads]
    ours, theirs = (["--checkpointing", "all"], ["--checkpointing"]) if options.checkpointing else ([], [])
    pair = [Program([options.bin / "bench_train", *common, *ours, "--questions", questions]), Program([sys.executable, "-W", "ignore", HERE / "peer.py", *common, *theirs])]
    files = [folder / "ours.safetensors", folder / "theirs.safetensors"]
    read = lambda what: [program.run(what, file) and load_file(file) for program, file in zip(pair, files)]
    try:
        what = f"{name}, {targets}, {images} x {questions} questions, {dtype}"
        start, gradients = read("adapter")[1], read("gradients")
        found = {"gradient": difference(*gradients)}
        for command in options.commands:
            result = measure(pair, command, options.rounds)
            if command == "step":
                found |= {"loss": worst(result["values"]), "update": difference(*read("adapter"), start)}
                row(f"{what}: step", result, ", ".join(f"{key} {value:.0e}" for key, value in found.items()))
                if options.parts:
                    print("  " + ", ".join(f"{key} {1e3 * value:.0f} ms" for key, value in result["parts"].items()), file=sys.stderr)
            else:
                value = worst(result["values"])
                found["value"] = max(found.get("value", 0), value)
                row(f"{what}: {command}", result, f"{value:.0e}")
        return all(value <= TOLERANCE[dtype][key] for key, value in found.items())
    finally:
        for program in pair:
            program.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--sizes", default="tiny,40m,300m")
    parser.add_argument("--dtypes", default="fp32")
    parser.add_argument("--settings", default="text:1,text+vision:1,text:4,text+vision:4", help="targets:questions an image")
    parser.add_argument("--commands", default="step")
    parser.add_argument("--images", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--shorter", type=float, default=0.2, help="how much shorter than --tokens the shortest row is, as a share of them")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--checkpointing", action="store_true")
    parser.add_argument("--parts", action="store_true", help="the time of each part of our step, on stderr")
    parser.add_argument("--models", type=Path, help="folder to keep the models in")
    options = parser.parse_args()
    options.commands = options.commands.split(",")
    equal = True
    print("| what | ms | peer's ms | ratio | CPU time ratio | MiB | peer's MiB | memory ratio | differences |\n|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        for size in options.sizes.split(","):
            folder = (options.models or Path(scratch)) / size
            setups.make_model(options.bin, folder / "model", size)
            for dtype in options.dtypes.split(","):
                for setting in options.settings.split(","):
                    targets, questions = setting.split(":")
                    equal &= compare(options, folder, size, targets, int(questions), options.images, dtype)
    if not equal:
        print("results differ by more than they may", file=sys.stderr)
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
