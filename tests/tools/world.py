"""The executables, what the checks share, and how a refusal is judged."""

import json
import os
import shutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
import small_world

DONE, USAGE, DATA, CHECKPOINT, INTERRUPTED = 0, 2, 3, 4, 75  # base/error.h
QUESTION = "Does this ECG show myocardial infarction?"


class World(small_world.Cases):
    """The executables and the products that the checks share, made once by the chain of
    commands.
    """

    def __init__(self, binaries: Path, root: Path):
        super().__init__(root)
        self.binaries = binaries
        self.data, self.base, self.run = root / "data", root / "base", root / "run"
        self.adapter, self.merged, self.scores = (
            self.run / "adapter",
            root / "merged",
            root / "eval",
        )
        self.record = self.data / "records100/00000/00001_lr"

    def call(self, *words):
        one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
        return small_world.call(self.binaries, *words, timeout=60, env=one_thread)

    def ok(self, *words) -> str:
        done = self.call(*words)
        assert done.returncode == DONE, f"{words[0]} left with {done.returncode}: {done.stderr}"
        return done.stdout

    def refused(self, code: int, mentions: str, *words, absent: Path | None = None) -> str:
        """Bad input: one error line that mentions the culprit, this exit code, and neither `absent`
        nor its temporary.
        """
        done = self.call(*words)
        errors = [line for line in done.stderr.splitlines() if "error: " in line]
        others = [
            line
            for line in done.stderr.splitlines()
            if line not in errors and "] info: " not in line
        ]
        assert done.returncode == code, (
            f"exit code {done.returncode} instead of {code}: {done.stderr}"
        )
        assert len(errors) == 1 and not others, (
            f"expected one sentence on stderr, got: {done.stderr}"
        )
        assert mentions in errors[0], f"the error does not mention {mentions!r}: {errors[0]}"
        assert "internal error" not in errors[0], errors[0]
        if absent is not None:
            assert not absent.exists(), f"{absent} was left behind"
            left = [p for p in absent.parent.rglob("*.partial")] if absent.parent.exists() else []
            assert not left, f"temporaries were left behind: {left}"
        return errors[0]

    def inspect(self, *words) -> dict:
        return json.loads(self.ok("inspect", *words, "--json"))

    def copy(self, source: Path) -> Path:
        target = self.fresh(source.name)
        shutil.copytree(source, target)
        return target

    def config(self, kind: str, **changes) -> Path:
        """A config of train or eval with top-level keys changed; sections are merged."""
        values = {
            "model": str(self.base),
            "compute": {"device": "cpu", "threads": 1},
            "data": {"root": str(self.data)},
            "batch": {"images": 4, "workers": 0},
            "output": str(self.fresh("out")),
        }
        if kind == "train":
            values.update(
                lora={"rank": 4, "alpha": 16},
                optimizer={"lr": 0.01},
                loop={"steps": 4, "checkpoint_every": 2},
            )
            values["batch"]["questions"] = 3
        else:
            values.update(adapter=str(self.adapter), resamples=20)
        for key, value in changes.items():
            values[key] = (
                {**values[key], **value}
                if isinstance(value, dict) and isinstance(values.get(key), dict)
                else value
            )
        path = self.fresh(f"{kind}.json")
        path.write_text(json.dumps(values, indent=1))
        return path


def cut(path: Path, keep: float) -> None:
    """Truncates a file to a share of its size."""
    os.truncate(path, int(path.stat().st_size * keep))


def output_of(config: Path) -> Path:
    return Path(json.loads(config.read_text())["output"])
