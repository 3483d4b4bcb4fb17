"""A tiny model, recordings and runs of ecg-lora train, for the checks of this folder."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
import small_world

DONE, USAGE, DATA, CHECKPOINT, NUMERICS, INTERRUPTED = 0, 2, 3, 4, 5, 75  # base/error.h


class World(small_world.Cases):
    def __init__(self, binaries: Path, root: Path, patients: int = 30):
        super().__init__(root.resolve())
        self.binaries = binaries.resolve()
        self.data, self.base = self.root / "data", self.root / "base"
        small_world.make_data(self.binaries, self.data, patients, seed=5)
        small_world.make_model(self.binaries, self.base, seed=6)

    def environment(self) -> dict:
        return {**os.environ, "OMP_NUM_THREADS": "1"}

    def call(self, *words, **options):
        options = {"timeout": 120, "env": self.environment()} | options
        return small_world.call(self.binaries, *words, **options)

    def config(self, output: Path | None = None, **sections) -> Path:
        """Dropout, folds and effects of paper on, so that every use of randomness takes part."""
        values = {
            "model": str(self.base),
            "output": str(output or self.fresh("run")),
            "compute": {"device": "cpu", "threads": 1},
            "data": {"root": str(self.data)},
            "paper": {"rotation": 0.3, "noise": 0.3},
            "batch": {"images": 2, "questions": 2, "workers": 1},
            "lora": {"rank": 4, "alpha": 16, "dropout": 0.1},
            "optimizer": {"lr": 0.005, "warmup_ratio": 0.1},
            "loop": {
                "steps": 12,
                "checkpoint_every": 2,
                "validate_every": 4,
                "validate_pages": 1,
                "validate_max_new_tokens": 4,
            },
        }
        for key, value in sections.items():
            values[key] = {**values.get(key, {}), **value} if isinstance(value, dict) else value
        path = Path(values["output"]).parent / (Path(values["output"]).name + ".json")
        path.write_text(json.dumps(values, indent=1))
        return path

    def start(self, config: Path, *more) -> subprocess.Popen:
        # The dispatcher replaces itself by the command, so that a signal reaches the run.
        return subprocess.Popen(
            [self.binaries / "ecg-lora", "train", "--config", config, *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment(),
        )

    def train(self, config: Path, *more):
        return self.call("train", "--config", config, *more)


def output_of(config: Path) -> Path:
    return Path(json.loads(config.read_text())["output"])


def adapter_bytes(run: Path) -> bytes:
    return (run / "adapter/adapter_model.safetensors").read_bytes() + (
        run / "adapter/adapter_config.json"
    ).read_bytes()


def metrics(run: Path) -> list[dict]:
    return small_world.json_lines(run / "metrics.jsonl")


def steps(run: Path) -> list[int]:
    return [line["step"] for line in metrics(run) if "lr" in line]


def lines(run: Path) -> int:
    file = run / "metrics.jsonl"
    return file.read_text().count("\n") if file.exists() else 0


def wait_for(process: subprocess.Popen, condition, seconds: float = 60) -> bool:
    """Whether the condition came true while the process ran."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.002)
    return condition() and process.poll() is None


def errors(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if "error: " in line]


def kill(process: subprocess.Popen, number: int = signal.SIGKILL):
    process.send_signal(number)
    return process.communicate(timeout=60)
