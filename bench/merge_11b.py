"""Time and peak memory of a merge at the full 11B shape beside cp on the same disk, in one run.

    python bench/merge_11b.py --bin build/bin --work DIR [--rounds 1] [--shape 11b|small] [--rank 64]

Writes a random bf16 checkpoint of Llama 3.2 Vision 11B's shape (21 GB in five files; `small` is 0.4 GB in two) and an adapter on every linear of both towers, then by turns copies the
checkpoint with cp and merges the adapter into it, each from a cold cache where the system lets it be dropped, and with the data on the disk at the end (sync). Results are
removed after each turn, so that the disk needs twice the checkpoint. Prints seconds, bytes a second, their ratio, and the merge's peak memory (VmHWM: mapped pages included) and
exits 1 where the peak is above 3 GB.
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
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

import llama_11b

SMALL = {"text": {"hidden_size": 1024, "intermediate_size": 2816, "num_hidden_layers": 6, "num_attention_heads": 8, "num_key_value_heads": 2, "cross_attention_layers": [1, 4], "vocab_size": 32000},
         "vision": {"hidden_size": 640, "intermediate_size": 2560, "num_hidden_layers": 8, "num_global_layers": 2, "attention_heads": 8, "intermediate_layers_indices": [3, 6],
                    "image_size": 224, "vision_output_dim": 1920}}

def bf16_noise(deviation):
    """A few million normal numbers in bf16, to be repeated: their bytes, not their randomness, are what is measured."""
    values = np.random.default_rng(1).normal(0, deviation, 1 << 22).astype(np.float32)
    return (values.view(np.uint32) >> 16).astype(np.uint16).tobytes()


def write_file(path, tensors, noise):
    """A safetensors file of bf16 tensors (name, shape), written in pieces."""
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in tensors:
        size = 2 * int(np.prod(shape))
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        while at > 0:
            file.write(noise[:at])
            at -= min(at, len(noise))


def make_base(binaries, folder, shape):
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(llama_11b.config(**(SMALL if shape == "small" else {}))))
    done = subprocess.run([binaries / "ecg-lora-inspect", folder, "--tensors", "--json"], check=True, capture_output=True, text=True)
    tensors = [(row["tensor"], json.loads(row["shape"])) for row in json.loads(done.stdout)["expected"]]
    limit, shards, noise = (5e9 if shape == "11b" else 3e8), [[]], bf16_noise(0.02)
    for name, dims in tensors:
        if shards[-1] and sum(2 * np.prod(d) for _, d in shards[-1]) + 2 * np.prod(dims) > limit:
            shards.append([])
        shards[-1].append((name, dims))
    files = [f"model-{k + 1:05d}-of-{len(shards):05d}.safetensors" for k in range(len(shards))]
    for file, some in zip(files, shards):
        write_file(folder / file, some, noise)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": {n: f for f, some in zip(files, shards) for n, _ in some}}))
    return tensors


def make_adapter(folder, tensors, rank):
    folder.mkdir()
    adapter = []
    for name, shape in tensors:
        if ".layers." in name and len(shape) == 2:
            module = "base_model.model." + name.removesuffix(".weight")
            adapter += [(module + ".lora_A.weight", [rank, shape[1]]), (module + ".lora_B.weight", [shape[0], rank])]
    write_file(folder / "adapter_model.safetensors", adapter, bf16_noise(0.01))
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": rank, "lora_alpha": rank, "target_modules": "all-linear", "exclude_modules": ["multi_modal_projector"]}))


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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="folder on the disk to measure; made, and removed at the end")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--shape", choices=["11b", "small"], default="11b")
    parser.add_argument("--rank", type=int, default=64)
    parser.add_argument("--most-memory", type=float, default=3e9, help="bytes")
    options = parser.parse_args()
    base, adapter, out = options.work / "base", options.work / "adapter", options.work / "out"
    try:
        make_adapter(adapter, make_base(options.bin, base, options.shape), options.rank)
        size, cold = sum(file.stat().st_size for file in base.iterdir()), True
        copies, merges, peak = [], [], 0
        for _ in range(options.rounds):
            for times, command in (copies, ["cp", "-r", base, out]), (merges, [options.bin / "ecg-lora-merge", "--base", base, "--adapter", adapter, "--out", out]):
                cold &= drop_caches()
                seconds, memory, processor = timed(command)
                times.append((seconds, processor))
                peak = max(peak, memory) if times is merges else peak
                shutil.rmtree(out)
    finally:
        shutil.rmtree(options.work, ignore_errors=True)
    copy, merge = (statistics.median(s for s, _ in times) for times in (copies, merges))
    print(f"{size / 1e9:.2f} GB, adapter of rank {options.rank}, {'cold' if cold else 'warm'} cache, {options.rounds} round(s), {len(os.sched_getaffinity(0))} cores\n"
          f"|  | seconds | MB/s | processor seconds | peak memory |\n|---|---|---|---|---|\n"
          f"| cp | {copy:.1f} | {size / copy / 1e6:.0f} | {statistics.median(p for _, p in copies):.1f} | |\n"
          f"| ecg-lora merge | {merge:.1f} | {size / merge / 1e6:.0f} | {statistics.median(p for _, p in merges):.1f} | {peak / 1e9:.2f} GB |\n"
          f"the merge moves bytes at {copy / merge:.2f} of the speed of cp")
    return 0 if peak <= options.most_memory else 1


if __name__ == "__main__":
    sys.exit(main())
