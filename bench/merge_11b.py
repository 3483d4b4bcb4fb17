"""Time and peak memory of a merge at the full 11B shape beside cp on the same disk, in one run.

    python bench/merge_11b.py --bin build/bin --work DIR [--rounds 1]
        [--shape 11b|small] [--rank 64]

Writes a random bf16 checkpoint of Llama 3.2 Vision 11B's shape (21 GB in five files; `small` is 0.4
GB in two) and an adapter on every linear of both towers, then by turns copies the checkpoint with
cp and merges the adapter into it, each from a cold cache where the system lets it be dropped, and
with the data on the disk at the end (sync). Results are removed after each turn, so that the disk
needs twice the checkpoint. Prints seconds, bytes a second, their ratio, and the merge's peak memory
(VmHWM: mapped pages included) and exits 1 where the peak is above 3 GB.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

try:
    from random_base import bf16_noise, make_base, write_file
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)


def make_adapter(folder, tensors, rank):
    folder.mkdir()
    adapter = []
    for name, shape in tensors:
        if ".layers." in name and len(shape) == 2:
            module = "base_model.model." + name.removesuffix(".weight")
            adapter += [
                (module + ".lora_A.weight", [rank, shape[1]]),
                (module + ".lora_B.weight", [shape[0], rank]),
            ]
    write_file(folder / "adapter_model.safetensors", adapter, bf16_noise(0.01))
    (folder / "adapter_config.json").write_text(
        json.dumps(
            {
                "peft_type": "LORA",
                "r": rank,
                "lora_alpha": rank,
                "target_modules": "all-linear",
                "exclude_modules": ["multi_modal_projector"],
            }
        )
    )


def drop_caches():
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3")
        return True
    except OSError:
        return False


def timed(command):
    """Seconds until the data is on the disk, and the peak memory of the process in bytes."""
    start = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    os.sync()
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} failed with {process.returncode}")
    return time.monotonic() - start, usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument(
        "--work",
        type=Path,
        required=True,
        help="folder on the disk to measure; made, and removed at the end",
    )
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--shape", choices=["11b", "small"], default="11b")
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--max-memory", type=float, default=3e9, help="bytes")
    options = parser.parse_args()
    base, adapter, out = options.work / "base", options.work / "adapter", options.work / "out"
    try:
        make_adapter(adapter, make_base(options.bin, base, options.shape), options.rank)
        size, cold = sum(file.stat().st_size for file in base.iterdir()), True
        copies, merges, peak = [], [], 0
        for _ in range(options.rounds):
            for times, command in (
                (copies, ["cp", "-r", base, out]),
                (
                    merges,
                    [
                        options.bin / "ecg-lora-merge",
                        "--base",
                        base,
                        "--adapter",
                        adapter,
                        "--out",
                        out,
                    ],
                ),
            ):
                cold &= drop_caches()
                seconds, memory, processor = timed(command)
                times.append((seconds, processor))
                peak = max(peak, memory) if times is merges else peak
                shutil.rmtree(out)
    finally:
        shutil.rmtree(options.work, ignore_errors=True)
    copy, merge = (statistics.median(s for s, _ in times) for times in (copies, merges))
    print(
        f"{size / 1e9:.2f} GB, adapter of rank {options.rank}, {'cold' if cold else 'warm'} cache, "
        f"{options.rounds} round(s), {len(os.sched_getaffinity(0))} cores\n"
        f"|  | seconds | MB/s | processor seconds | peak memory |\n|---|---|---|---|---|\n"
        f"| cp | {copy:.1f} | {size / copy / 1e6:.0f} | "
        f"{statistics.median(p for _, p in copies):.1f} | |\n"
        f"| ecg-lora merge | {merge:.1f} | {size / merge / 1e6:.0f} | "
        f"{statistics.median(p for _, p in merges):.1f} | {peak / 1e9:.2f} GB |\n"
        f"the merge moves bytes at {copy / merge:.2f} of the speed of cp"
    )
    return 0 if peak <= options.max_memory else 1


if __name__ == "__main__":
    sys.exit(main())
