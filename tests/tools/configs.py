"""The committed configs, and what the documents say of their keys."""

import json
from pathlib import Path

from world import World

ROOT = Path(__file__).resolve().parents[2]


def keys_of(resolved: dict, prefix: str = "") -> list[str]:
    keys = []
    for key, value in resolved.items():
        keys += keys_of(value, f"{prefix}{key}.") if isinstance(value, dict) else [prefix + key]
    return keys


def committed_configs(w: World) -> None:
    """Every config of the project has only known keys with possible values."""
    files = sorted((ROOT / "configs").glob("*.json"))
    assert files, "no configs were found"
    for file in files:
        kind = w.inspect(file)["kind"]
        assert kind == ("config of eval" if file.stem.endswith("-eval") else "config of train"), (
            f"{file.name} is a {kind}"
        )


def documented_keys(w: World) -> None:
    """docs/users/configs.md names every key, with the default that holds."""
    text = (ROOT / "docs/users/configs.md").read_text()
    rows = {
        line.split("|")[1].strip().strip("`"): line.split("|")[2].strip().strip("`")
        for line in text.splitlines()
        if line.startswith("| `")
    }
    found: dict = {}
    for kind in ("train", "eval"):
        minimal = w.fresh(f"{kind}.json")
        extra = {"lora": {}} if kind == "train" else {"resamples": 1000}
        minimal.write_text(
            json.dumps(
                {"model": str(w.base), "output": "o", "data": {"root": str(w.data)}, **extra}
            )
        )
        resolved = w.inspect(minimal)["resolved"]
        for key in keys_of(resolved):
            value = resolved
            for part in key.split("."):
                value = value[part]
            found[key] = (
                "required" if key in ("model", "output", "data.root") else json.dumps(value)
            )
    wrong = {key: value for key, value in found.items() if rows.get(key) != value}
    assert not wrong, f"docs/users/configs.md lacks, or has another default for: {wrong}"
    assert set(rows) == set(found), (
        f"docs/users/configs.md names keys that do not exist: {set(rows) - set(found)}"
    )


CONFIGS = [committed_configs, documented_keys]
