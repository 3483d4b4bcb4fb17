#!/usr/bin/env python3
"""Several processes train what one does: losses and adapters of 1, 2 and 4 ranks under torchrun,
with and without the base weights sharded over them; a rank that is killed ends the run with a
message, and a launcher that starts it again goes on from the checkpoint.

    python tests/train/check_ranks.py --bin build/bin
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from safetensors.torch import load_file

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from small_world import json_lines, make_data, must

STEPS = 6


def overrides(work, run, more):
    pairs = {
        "model": work / "model",
        "data.root": work / "data",
        "output": run,
        "batch.images": 1,
        "batch.workers": 1,
        "compute.threads": 1,
        "loop.steps": STEPS,
        "loop.accumulation": 4,
        "loop.validate_every": 3,
        "loop.checkpoint_every": 1,
        "lora.dropout": 0.1,
        "lora.projector": "true",
        **more,
    }
    return [word for key, value in pairs.items() for word in ("--set", f"{key}={value}")]


def command(args, ranks, work, run, more=None, torchrun=(), train=()):
    tool = [
        args.bin / "ecg-lora-train",
        "--config",
        work / "config.json",
        *overrides(work, run, more or {}),
        *train,
    ]
    if ranks == 1:
        return tool
    return [
        Path(sys.executable).parent / "torchrun",
        "--standalone",
        "--no-python",
        "--nproc-per-node",
        ranks,
        *torchrun,
        *tool,
    ]


def start(words):
    return subprocess.Popen(
        [str(word) for word in words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def finish(process, expected=0):
    text, _ = process.communicate(timeout=240)
    if (process.returncode == 0) != (expected == 0):
        raise SystemExit(f"exit code {process.returncode}:\n{text[-4000:]}")
    return text


def lines(run):
    return json_lines(run / "metrics.jsonl")


def losses(run):
    return [line["loss"] for line in lines(run) if "loss" in line], [
        line["validation_loss"] for line in lines(run) if "validation_loss" in line
    ]


def adapter(run):
    return load_file(run / "adapter" / "adapter_model.safetensors")


def largest_difference(one, other):
    assert one.keys() == other.keys()
    return max((one[name] - other[name]).abs().max().item() for name in one)


def compare(name, run, reference, limit=1e-6):
    ours, theirs = losses(run), losses(reference)
    assert [len(part) for part in ours] == [len(part) for part in theirs] and len(
        ours[0]
    ) == STEPS, (ours, theirs)
    loss = max(
        abs(a - b) / max(1, abs(b))
        for mine, other in zip(ours, theirs)
        for a, b in zip(mine, other)
    )
    weights = largest_difference(adapter(run), adapter(reference))
    print(f"| {name} | {loss:.1e} | {weights:.1e} |")
    assert loss <= limit, f"losses of {name} differ by {loss}"
    assert weights <= 1e-5, f"adapters of {name} differ by {weights}"


def check_cost(run, reference, ranks):
    """Processes count each sample, each operation and their machine once, as one process does."""
    ours, one = (json.loads((f / "cost.json").read_text())["total"] for f in (run, reference))
    assert (ours["processes"], ours["machines"]) == (ranks, 1), ours
    for key in ("steps", "samples", "images", "text_tokens", "answer_tokens", "flops"):
        assert ours[key] == one[key] > 0, (key, ours[key], one[key])


def children(process):
    return [
        int(pid)
        for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    ]


def kill_one(process, run, after):
    """SIGKILL to the last rank once the run is `after` steps on."""
    end = time.time() + 120
    while time.time() < end and process.poll() is None:
        if (run / "metrics.jsonl").exists() and sum("loss" in line for line in lines(run)) >= after:
            victim = children(process)[-1]
            os.kill(victim, signal.SIGKILL)
            return time.time()
        time.sleep(0.05)
    raise SystemExit("the run did not get so far:\n" + process.communicate()[0][-3000:])


def check_death(args, work):
    """No launcher that would kill them: the environment is set by hand."""
    run = work / "dead"
    base = {
        "WORLD_SIZE": "3",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(29600 + os.getpid() % 300),
        "OMP_NUM_THREADS": "1",
    }
    words = [
        str(word)
        for word in command(args, 1, work, run, {"loop.steps": 500, "loop.accumulation": 3})
    ]
    ranks = [
        subprocess.Popen(
            words,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **base, "RANK": str(rank), "LOCAL_RANK": str(rank)},
        )
        for rank in range(3)
    ]
    while not (run / "metrics.jsonl").exists() or len(lines(run)) < 2:
        if ranks[0].poll() is not None:
            raise SystemExit(ranks[0].communicate()[0][-3000:])
        time.sleep(0.05)
    killed = time.time()
    ranks[1].kill()
    for rank in (0, 2):
        text, _ = ranks[rank].communicate(timeout=60)
        assert ranks[rank].returncode == 75 and "lost the others" in text, (
            ranks[rank].returncode,
            text[-2000:],
        )
    print(f"a dead rank: the others said so and left after {time.time() - killed:.1f} s")


def check_elastic(args, work, reference):
    run = work / "elastic"
    process = start(command(args, 2, work, run, torchrun=("--max-restarts", 1)))
    kill_one(process, run, 2)
    finish(process)
    compare("2, one of them killed and all started again", run, reference)


def check_interrupt(args, work, reference):
    run = work / "stopped"
    process = start(command(args, 2, work, run))
    end = time.time() + 120
    while not (run / "metrics.jsonl").exists() or len(lines(run)) < 2:
        assert time.time() < end and process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    finish(process, expected=1)
    finish(start(command(args, 4, work, run, train=("--resume",))))
    compare("2, stopped by SIGTERM and resumed with 4", run, reference)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True)
    args = parser.parse_args()
    args.bin = args.bin.resolve()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        make_data(args.bin, work / "data", 30)
        must(args.bin, "synth", "model", "--out", work / "model")
        (work / "config.json").write_text(
            '{"lora": {"rank": 4, "alpha": 8}, "optimizer": {"lr": 1e-3}}'
        )
        finish(start(command(args, 1, work, work / "one")))
        print("| ranks | largest difference of losses | of adapter weights |\n|---|---|---|")
        for ranks in (2, 4):
            run = work / f"ranks{ranks}"
            finish(start(command(args, ranks, work, run)))
            compare(str(ranks), run, work / "one")
            check_cost(run, work / "one", ranks)
        for ranks in (2, 4):
            run = work / f"sharded{ranks}"
            finish(start(command(args, ranks, work, run, {"loop.shard_weights": "true"})))
            compare(f"{ranks}, base weights sharded", run, work / "one")
            check_cost(run, work / "one", ranks)
        check_elastic(args, work, work / "one")
        check_interrupt(args, work, work / "one")
        check_death(args, work)


main()
