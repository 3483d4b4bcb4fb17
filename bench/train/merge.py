"""Merging an adapter beside peft: `ecg-lora merge` and merge_and_unload() with save_pretrained().

    python bench/train/merge.py --bin build/bin --model DIR --adapter DIR [--rounds 3]

Prints a row of compare.py's table. Ours is the whole program; of peft's, the time from
from_pretrained to the last byte, without its imports. Memory is the most that a process had
resident, less what it has with its libraries loaded (ours: `ecg-lora merge --help`).
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from safetensors.torch import load_file

sys.path.append(str(Path(__file__).parent.parent))
import peaks

PEER = """
import sys, time, json, warnings; warnings.filterwarnings("ignore")
import torch; from peft import PeftModel; from transformers import MllamaForConditionalGeneration
def status(key):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(key))
torch.set_num_threads(2); idle = status("VmRSS:")
start = time.perf_counter(); processor = time.process_time()
base = MllamaForConditionalGeneration.from_pretrained(sys.argv[1], dtype="auto")
model = PeftModel.from_pretrained(base, sys.argv[2])
model.merge_and_unload().save_pretrained(sys.argv[3])
seconds, processor = time.perf_counter() - start, time.process_time() - processor
print(json.dumps([seconds, (status("VmHWM:") - idle) / 1024, processor]))
"""


def ours(command):
    _, seconds, cpu, peak = peaks.run(command)
    return seconds, peak, cpu


def theirs(model, adapter, out):
    text = subprocess.run(
        [sys.executable, "-c", PEER, str(model), str(adapter), str(out)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return json.loads(text.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in "bin", "model", "adapter":
        parser.add_argument("--" + name, type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    merge = options.bin / "ecg-lora-merge"
    idle = ours([merge, "--help"])[1]
    turns = []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(options.rounds):
            out = [Path(folder) / f"{who}{turn}" for who in ("ours", "theirs")]
            turns.append(
                (
                    ours(
                        [
                            merge,
                            "--base",
                            options.model,
                            "--adapter",
                            options.adapter,
                            "--out",
                            out[0],
                        ]
                    ),
                    theirs(options.model, options.adapter, out[1]),
                )
            )
        a, b = (load_file(next(path.glob("*.safetensors"))) for path in out)
        worst = max(
            float(
                (a[name].float() - b[name].float()).norm() / b[name].float().norm().clamp_min(1e-30)
            )
            for name in b
        )
    (t, m, c), (pt, pm, pc) = (
        [statistics.median(turn[i][k] for turn in turns) for k in range(3)] for i in (0, 1)
    )
    m -= idle
    print(
        f"| {options.model.parent.name}: merge | {1e3 * t:.0f} | {1e3 * pt:.0f} | **{pt / t:.2f}** "
        f"| {pc / c:.2f} | {m:.0f} | {pm:.0f} | **{m / pm:.2f}** | | {worst:.0e} |"
    )
    return 0 if worst <= 1e-6 else 1


if __name__ == "__main__":
    sys.exit(main())
