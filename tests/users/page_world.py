"""The blocks of a page of commands, and one long shell in which they run (see check_page.py)."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import shims

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/users/llama-11b.md"
FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class World:
    """`root` gets downloads/ (the stand-in), programs/ (the substitutes) and walk/ (the reader)."""

    def __init__(self, binaries: Path, root: Path):
        self.binaries, self.root, self.calls = binaries, root, root / "calls.jsonl"
        self.clone = root / "walk/ecg-lora"
        self.runs = self.clone / "runs/llama-11b-paper"
        self.blocks = [(found[1], found[2]) for found in FENCE.finditer(PAGE.read_text())]
        for folder in ("walk", "programs"):
            (root / folder).mkdir()
        shims.install(root / "programs")
        self.environment = {
            **os.environ,
            "PATH": f"{root / 'programs'}:{os.environ['PATH']}",
            "SHIM_ROOT": str(ROOT),
            "SHIM_BIN": str(binaries),
            "SHIM_CALLS": str(self.calls),
            "SHIM_DOWNLOADS": str(root / "downloads"),
            "HF_HUB_OFFLINE": "1",
            "CUDA_VISIBLE_DEVICES": "",  # so that the walk is the same with a GPU and without
            "OMP_NUM_THREADS": "1",
            "LC_ALL": "C.UTF-8",
        }
        self.state = f"cd {root / 'walk'}\n"  # folder and variables, as the blocks before left them

    def run(self, command: list, **more) -> str:
        """What the command prints, if it leaves with 0."""
        done = subprocess.run(
            [str(word) for word in command],
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=600,
            **more,
        )
        assert done.returncode == 0, f"{done.returncode} from:\n{command[-1]}\n{done.stdout}"
        return done.stdout

    def run_shell(self, block: str) -> str:
        """Folder and variables pass from block to block, as in one shell of a reader."""
        state = self.root / "state.sh"
        keep = f'{{ export -p; printf "cd %q\\n" "$PWD"; }} >{state}\n'
        output = self.run(["bash", "-c", f"{self.state}set -aeuo pipefail\n{block}{keep}"])
        self.state = f"source {state}\n"
        return output

    def run_python(self, block: str) -> str:
        file = self.root / "block.py"
        file.write_text(block)
        return self.run([sys.executable, "-W", "ignore", file], cwd=self.clone)

    def called(self, name: str) -> list:
        """The words of each call of a substitute."""
        calls = map(json.loads, self.calls.read_text().splitlines())
        return [call[1:] for call in calls if call[0] == name]
