"""A merge as a process: its peak memory, and what it leaves when it is interrupted or killed at any
moment.

    python tests/lora/check_merge_process.py --bin build/bin [--seed N]

On a checkpoint of 0.4 GB (bench/merge_11b.py, which measures the 11B shape).
"""

import argparse
import hashlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent.parent / "bench"))
import merge_11b as bench

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

# bytes of memory beyond a process that does nothing: a few tensors, and nothing that grows with the
# checkpoint of 0.4 GB
MOST = 150e6


def hashes(folder):
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.suffix == ".safetensors"
    }


def killed(command, how, after, out, whole):
    """Whether a result stands there all the same: a signal may come between its rename and the
    exit. It must be `whole` then.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after)
    process.send_signal(how)
    code = process.wait()
    print(f"{how.name} after {after:.2f} s: exit code {code}")
    assert code in ((0, 75, -signal.SIGTERM) if how == signal.SIGTERM else (0, -signal.SIGKILL)), (
        code
    )
    assert out.exists() or code != 0, "nothing is under the final name"
    assert not out.exists() or hashes(out) == whole, (
        "something that is not whole is under the final name"
    )
    if how == signal.SIGTERM and code == 75:
        assert sorted(p.name for p in out.parent.iterdir()) == ["adapter", "base"], list(
            out.parent.iterdir()
        )
    return out.exists()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=default_seed())
    options = parser.parse_args()
    rng = random.Random(options.seed)
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        base, adapter, out = work / "base", work / "adapter", work / "out"
        bench.make_adapter(adapter, bench.make_base(options.bin.resolve(), base, "small"), 16)
        command = [
            options.bin.resolve() / "ecg-lora-merge",
            "--base",
            base,
            "--adapter",
            adapter,
            "--out",
            out,
            "--threads",
            "1",
        ]
        _, idle, _ = bench.timed([command[0], "--help"])
        seconds, peak, _ = bench.timed(command)
        size, first = sum(file.stat().st_size for file in base.iterdir()), hashes(out)
        print(
            f"{size / 1e6:.0f} MB in {seconds:.1f} s, {(peak - idle) / 1e6:.0f} MB of memory "
            f"beyond the {idle / 1e6:.0f} MB of a process that does nothing"
        )
        assert peak - idle <= MOST < size
        bench.shutil.rmtree(out)
        for how in [signal.SIGTERM, signal.SIGKILL] * 3:
            if killed(command, how, rng.uniform(0, 1.1 * seconds), out, first):
                bench.shutil.rmtree(out)
        bench.timed(command)
        assert hashes(out) == first, "the merge that followed the interrupted ones differs"
        assert sorted(p.name for p in work.iterdir()) == ["adapter", "base", "out"], list(
            work.iterdir()
        )
        print("merged again after all of them: the same bytes, and nothing beside them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
