"""The configs for the real model on its shape: what they train, and that it fits their devices.

    python tests/users/check_configs.py --bin build/bin

Needs nothing but Python's standard library; no weight is read.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "bench")]

import llama_11b
from checks import options_of, run_checks, work_folder

BASE = "Llama-3.2-11B-Vision-Instruct"
TRAINABLE = 268_697_600  # rank 64 on every linear of both towers
DEVICES = {"llama-11b-paper": 80, "llama-11b-24gb": 24, "llama-11b": 80}  # GB, by config


class World:
    def __init__(self, binaries: Path, root: Path):
        self.binaries, self.root = binaries, root
        (root / BASE).mkdir()
        (root / BASE / "config.json").write_text(json.dumps(llama_11b.config()))

    def call(self, command: str, *words) -> dict:
        call = [self.binaries / f"ecg-lora-{command}", *map(str, words), "--json"]
        done = subprocess.run(
            call, cwd=self.root, capture_output=True, text=True, check=True, timeout=60
        )
        return json.loads(done.stdout)

    def resolved(self, name: str) -> dict:
        return self.call("inspect", config(name))["resolved"]

    def plan(self, name: str, memory: float) -> dict:
        """Of the largest batch that the config permits."""
        batch = self.resolved(name)["batch"]
        rows, tokens = batch["images"] * batch["questions"], batch["max_tokens"]
        return self.call(
            "plan",
            "--config",
            config(name),
            "--rows",
            rows,
            "--tokens",
            tokens,
            "--answers",
            rows * tokens,
            "--device-memory",
            memory,
        )


def config(name: str) -> Path:
    return ROOT / "configs" / f"{name}.json"


def train_what_the_paper_trains(w: World) -> None:
    for name in DEVICES:
        adapters = w.plan(name, 80)["adapters"]
        assert adapters == 4 * TRAINABLE, f"{name}: {adapters / 4:,.0f}, not {TRAINABLE:,}"
        assert w.resolved(name)["loop"]["trainable"] == "lora", name


def fit_their_devices(w: World) -> None:
    for name, memory in DEVICES.items():
        plan = w.plan(name, memory)
        assert plan["device"]["fits"], f"{name} takes {plan['total'] / 1e9:.1f} GB of {memory}"


def the_smaller_device_needs_its_own(w: World) -> None:
    """If the paper's config fitted 24 GB, the other would be a copy without a purpose."""
    plan = w.plan("llama-11b-paper", 24)
    assert not plan["device"]["fits"] and plan["device"]["advice"], plan["device"]


def steps_see_the_same(w: World) -> None:
    """Pages and questions per step, data, adapters and optimizer are the paper's config's."""
    paper, small = w.resolved("llama-11b-paper"), w.resolved("llama-11b-24gb")
    pages = [c["batch"]["images"] * c["loop"]["accumulation"] for c in (paper, small)]
    assert pages[0] == pages[1] == 64, pages
    for c in (paper, small):
        del c["output"], c["batch"]["images"], c["loop"]["accumulation"], c["compute"]
    assert paper == small, f"{paper}\n{small}"


def shared_by_eight(w: World) -> None:
    accumulation = w.resolved("llama-11b-paper")["loop"]["accumulation"]
    assert all(accumulation % processes == 0 for processes in (1, 2, 4, 8)), accumulation


CHECKS = [
    train_what_the_paper_trains,
    fit_their_devices,
    the_smaller_device_needs_its_own,
    steps_see_the_same,
    shared_by_eight,
]

if __name__ == "__main__":
    options = options_of(__doc__).parse_args()
    with work_folder("configs") as folder:
        sys.exit(run_checks(World(options.bin.resolve(), folder), CHECKS, options.only))
