"""Training steps and passes beside transformers and peft: same weights, same adapter, same batch,
same machine, in turns.

    python bench/train/compare.py --bin build/bin [--sizes tiny,40m,300m]
        [--dtypes fp32] [--rounds 7]

Prints a table in Markdown. Time is the median over rounds in which the two programs take turns,
each in a process of its own that waits while the other computes; with --apart, for a device that
has no room for both, one does all its rounds before the other starts. Memory is the most that a
process had resident in the command (VmHWM, set back before it), less what it had with its libraries
loaded and no model; on CUDA what the allocator gave to tensors. GFLOP/s is the arithmetic of a step
without recomputation (docs/users/plan.md) over our time. The size 11b has random weights that both
draw (--random). "loss" is the largest relative difference of the losses of all steps, "gradient"
the norm of the difference of all gradients over their norm, "update" the same of the adapter after
all steps; of passes it is that of the loss, of each row's P(yes), or of the mean size of logits.
Exits 1 where results differ by more than they may.
"""

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    from safetensors.torch import load_file

    import setups
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

HERE = Path(__file__).parent
TOLERANCE = {
    "fp32": {"loss": 1e-5, "gradient": 1e-5, "update": 1e-2, "value": 1e-5},
    "bf16": {"loss": 1e-2, "gradient": 5e-2, "update": 1.0, "value": 5e-2},
}


class Program:
    """One of the two, waiting for commands."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            [str(c) for c in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        start = self.reply()
        self.idle, self.flops = start["idle_kb"], start.get("flops", 0)

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
    whole = {
        name: theirs[name].double() - (start[name].double() if start else 0) for name in theirs
    }
    return (
        (
            sum(x.square().sum() for x in apart.values())
            / sum(x.square().sum() for x in whole.values())
        )
        .sqrt()
        .item()
    )


class Session:
    """All that one of the two does for a setting, in turns."""

    def __init__(self, command, options, file):
        self.command, self.options, self.file = command, options, file
        self.replies, self.idle, self.flops = {}, 0, 0

    def turns(self):
        """Pauses after each command, so that the other can have its turn."""
        program = Program(self.command)
        try:
            self.idle, self.flops = program.idle, program.flops
            self.start, self.gradients = (
                self.tensors(program, "adapter"),
                self.tensors(program, "gradients"),
            )
            for what in self.options.commands:
                self.replies[what] = []
                for _ in range(self.options.rounds + 1):
                    self.replies[what].append(program.run(what))
                    yield
                del self.replies[what][0]  # it warms up
                if what == "step":
                    self.end = self.tensors(program, "adapter")
        finally:
            program.close()

    def tensors(self, program, what):
        program.run(what, self.file)
        return load_file(self.file)

    def median(self, what, key):
        return statistics.median(reply[key] for reply in self.replies[what])

    def mib(self, what):
        return (max(reply["peak_kb"] for reply in self.replies[what]) - self.idle) / 1024

    def parts(self, what):
        return {
            name: statistics.median(reply["parts"][name] for reply in self.replies[what])
            for name in self.replies[what][0]["parts"]
        }


def worst_of(pair, what):
    return worst(
        [
            [reply["value"] for reply in turn]
            for turn in zip(*(session.replies[what] for session in pair))
        ]
    )


def worst(values):
    flat = lambda x: x if isinstance(x, list) else [x]
    return max(
        abs(a - b) / abs(b) for ours, theirs in values for a, b in zip(flat(ours), flat(theirs))
    )


def row(name, pair, what, equal):
    (ours, theirs), (cpu, cpu_theirs) = (
        [session.median(what, key) for session in pair] for key in ("seconds", "cpu")
    )
    mine, other = (session.mib(what) for session in pair)
    rate = f"{pair[0].flops / ours / 1e9:.0f}" if what == "step" else ""
    print(
        f"| {name}: {what} | {1e3 * ours:.0f} | {1e3 * theirs:.0f} | **{theirs / ours:.2f}** | "
        f"{cpu_theirs / cpu:.2f} | {mine:.0f} | {other:.0f} | "
        f"**{mine / other:.2f}** | {rate} | {equal} |",
        flush=True,
    )


def sessions(options, folder, size, targets, questions, dtype, scratch):
    """Ours and the peer's on the same files."""
    adapter, inputs = (
        folder / f"adapter-{targets}",
        folder / f"in-{options.images}-{questions}-{options.tokens}-{options.shorter}.safetensors",
    )
    if not adapter.exists():
        setups.make_adapter(folder / "model", adapter, targets, options.rank)
    if not inputs.exists():
        setups.make_inputs(
            folder / "model",
            inputs,
            options.images,
            questions,
            options.tokens,
            shorter=options.shorter,
        )
    common = [
        "--model",
        folder / "model",
        "--adapter",
        adapter,
        "--inputs",
        inputs,
        "--device",
        options.device,
        "--dtype",
        dtype,
        "--threads",
        options.threads,
    ]
    if options.random or size == "11b":
        common.append("--random")
    ours, theirs = (
        (["--checkpointing", "all"], ["--checkpointing"]) if options.checkpointing else ([], [])
    )
    return [
        Session(
            [options.bin / "bench_train", *common, *ours, "--questions", questions],
            options,
            scratch / "ours.safetensors",
        ),
        Session(
            [sys.executable, "-W", "ignore", HERE / "peer.py", *common, *theirs],
            options,
            scratch / "theirs.safetensors",
        ),
    ]


def compare(options, folder, size, targets, questions, dtype, scratch):
    """The rows of one setting; whether results were equal."""
    pair = sessions(options, folder, size, targets, questions, dtype, scratch)
    turns = [session.turns() for session in pair]
    for _ in itertools.chain(*turns) if options.apart else itertools.zip_longest(*turns):
        pass
    ours, theirs = pair
    name = f"{size}, {targets}, {options.images} x {questions} questions, {dtype}"
    found = {"gradient": difference(ours.gradients, theirs.gradients)}
    for what in options.commands:
        if what == "step":
            found |= {
                "loss": worst_of(pair, what),
                "update": difference(ours.end, theirs.end, theirs.start),
            }
            row(name, pair, what, ", ".join(f"{key} {value:.0e}" for key, value in found.items()))
            if options.parts:
                print(
                    "  "
                    + ", ".join(
                        f"{key} {1e3 * value:.0f} ms" for key, value in ours.parts(what).items()
                    ),
                    file=sys.stderr,
                )
        else:
            value = worst_of(pair, what)
            found["value"] = max(found.get("value", 0), value)
            row(name, pair, what, f"{value:.0e}")
    return all(value <= TOLERANCE[dtype][key] for key, value in found.items())


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--sizes", default="tiny,40m,300m")
    parser.add_argument("--dtypes", default="fp32")
    parser.add_argument(
        "--settings",
        default="text:1,text+vision:1,text:4,text+vision:4",
        help="targets:questions an image",
    )
    parser.add_argument("--commands", default="step")
    parser.add_argument("--images", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument(
        "--shorter",
        type=float,
        default=0.2,
        help="how much shorter than --tokens the shortest row is, as a share of them",
    )
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument(
        "--apart",
        action="store_true",
        help="one program after the other instead of in turns; always so on cuda",
    )
    parser.add_argument(
        "--random",
        action="store_true",
        help="weights that both programs draw, instead of those of the model's files",
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--checkpointing", action="store_true")
    parser.add_argument(
        "--parts", action="store_true", help="the time of each part of our step, on stderr"
    )
    parser.add_argument("--models", type=Path, help="folder to keep the models in")
    options = parser.parse_args()
    options.commands = options.commands.split(",")
    options.apart |= options.device != "cpu"
    equal = True
    print(
        "| what | ms | peer's ms | ratio | CPU time ratio | MiB | peer's MiB | memory ratio | "
        "GFLOP/s | differences |\n|---|---|---|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as scratch:
        for size in options.sizes.split(","):
            folder = (options.models or Path(scratch)) / size
            setups.make_model(options.bin, folder / "model", size)
            for dtype in options.dtypes.split(","):
                for setting in options.settings.split(","):
                    targets, questions = setting.split(":")
                    equal &= compare(
                        options, folder, size, targets, int(questions), dtype, Path(scratch)
                    )
    if not equal:
        print("results differ by more than they may", file=sys.stderr)
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
