"""Memory that torch's reader of .pth files takes for a file of 1 GB, as it is and with mmap. The
C++ reader of libtorch (torch::jit::Unpickler over PyTorchStreamReader) has no mmap.

    python bench/own/pth_memory.py
"""

import pathlib
import subprocess
import sys
import tempfile

import torch


def peak_megabytes():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1000


def main():
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/consolidated.00.pth"
        torch.save({f"w{i}": torch.zeros(1 << 24) for i in range(16)}, file)
        for mapped in ("copied", "mapped"):
            subprocess.run([sys.executable, __file__, file, mapped], check=True)


def load(file, mapped):
    before = peak_megabytes()
    weights = torch.load(file, mmap=mapped == "mapped", weights_only=True)
    print(f"{mapped}: {len(weights)} tensors, {peak_megabytes() - before:.0f} MB more at the peak")


if __name__ == "__main__":
    load(*sys.argv[1:]) if len(sys.argv) > 1 else main()
