"""Merging several adapters, extraction, shards and the check of a merge, against torch and peft.

    python tests/parity/check_merge.py --bin build/bin [--seed N]

Prints a line a check. Exits 1 where one fails.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from peft import PeftModel
from peft.utils.merge_utils import ties
from safetensors import safe_open
from safetensors.torch import load_file
from transformers import MllamaForConditionalGeneration

import mllama_cases as cases
from check_variants import make_adapter, run

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

TOLERANCE = 1e-5  # largest difference over the largest weight
WEIGHTS = [0.3, 0.9]


def tensors(folder: Path) -> dict:
    return {
        name: tensor
        for file in sorted(folder.glob("*.safetensors"))
        for name, tensor in load_file(file).items()
    }


def distance(found: dict, expected: dict) -> float:
    assert set(found) == set(expected), set(found) ^ set(expected)
    return max(
        float((found[n] - expected[n]).abs().max() / expected[n].abs().max().clamp_min(1e-30))
        for n in expected
    )


class World:
    """A base, two adapters, and their updates as peft merges them."""

    def __init__(self, binaries: Path, folder: Path, seed: int):
        self.binaries, self.folder = binaries, folder
        config = cases.random_config(random.Random(seed))
        self.base = folder / "base"
        cases.random_model(config, seed).save_pretrained(self.base)
        self.adapters = [folder / "a", folder / "b"]
        for number, adapter in enumerate(self.adapters):
            model = MllamaForConditionalGeneration.from_pretrained(self.base)
            make_adapter(model, dict(target_modules=cases.LINEARS), seed + number).save_pretrained(
                adapter
            )
        self.weights = tensors(self.base)
        self.updates = [
            {n: t - self.weights[n] for n, t in self.merged_by_peft(adapter).items()}
            for adapter in self.adapters
        ]

    def merged_by_peft(self, adapter: Path) -> dict:
        out = self.folder / "peft"
        PeftModel.from_pretrained(
            MllamaForConditionalGeneration.from_pretrained(self.base), adapter
        ).merge_and_unload().save_pretrained(out)
        return tensors(out)

    def merge(self, name: str, *words) -> dict:
        out = self.folder / name
        run(self.binaries, "merge", "--base", self.base, "--out", out, *words)
        return tensors(out)

    def both(self, name: str, *words) -> dict:
        return self.merge(
            name,
            "--adapter",
            self.adapters[0],
            "--adapter",
            self.adapters[1],
            "--weight",
            WEIGHTS[0],
            "--weight",
            WEIGHTS[1],
            *words,
        )

    def expect(self, combine) -> dict:
        return {n: w + combine([u[n] for u in self.updates]) for n, w in self.weights.items()}


def check_linear(w: World) -> None:
    found = distance(w.both("linear"), w.expect(lambda u: WEIGHTS[0] * u[0] + WEIGHTS[1] * u[1]))
    print(f"linear: {found:.1e}")
    assert found <= TOLERANCE, found


def check_ties(w: World) -> None:
    """Entries at the edge of the density may fall either way where two programs round the updates
    differently: all but one in 10,000 must agree.
    """
    found, expected = (
        w.both("ties", "--method", "ties", "--density", 0.4),
        w.expect(lambda u: ties(u, torch.tensor(WEIGHTS), 0.4)),
    )
    changed = [n for n in expected if any(u[n].abs().max() > 0 for u in w.updates)]
    off = sum(
        int(((found[n] - expected[n]).abs() > TOLERANCE * expected[n].abs().max()).sum())
        for n in expected
    )
    total = sum(expected[n].numel() for n in changed)
    print(f"ties against peft: {off} of {total} entries differ")
    assert off <= total / 10000, off


def check_dare(w: World) -> None:
    density = 0.25
    found = w.merge(
        "dare", "--adapter", w.adapters[0], "--method", "dare", "--density", density, "--seed", 7
    )
    again = w.merge(
        "dare again",
        "--adapter",
        w.adapters[0],
        "--method",
        "dare",
        "--density",
        density,
        "--seed",
        7,
    )
    assert all(torch.equal(found[n], again[n]) for n in found), "the same seed gives another merge"
    kept = total = 0
    for name, update in w.updates[0].items():
        if update.abs().max() == 0:
            continue
        change, slack = (
            found[name] - w.weights[name],
            TOLERANCE * w.weights[name].abs().max() / density,
        )
        scaled, zero = (change - update / density).abs() <= slack, change.abs() <= slack
        assert bool((scaled | zero).all()), (
            f"{name} holds an entry that is neither dropped nor rescaled"
        )
        kept, total = (
            kept + int((~zero).sum()),
            total + int((update.abs() / density > 2 * slack).sum()),
        )
    print(f"dare: {kept / total:.3f} of the entries kept at density {density}")
    assert abs(kept / total - density) <= 0.02, kept / total


def check_extract(w: World) -> None:
    merged, out = w.folder / "one", w.folder / "extracted"
    expected = w.merge("one", "--adapter", w.adapters[0])
    run(w.binaries, "extract", "--base", w.base, "--tuned", merged, "--out", out, "--rank", 3)
    found = max(
        distance(w.merge("back", "--adapter", out), expected),
        distance(w.merged_by_peft(out), expected),
    )
    print(f"extract and merge again, here and in peft: {found:.1e}")
    assert found <= TOLERANCE, found
    done = subprocess.run(
        [
            w.binaries / "ecg-lora-extract",
            "--base",
            w.base,
            "--tuned",
            w.base,
            "--out",
            w.folder / "nothing",
        ],
        capture_output=True,
        text=True,
    )
    assert (
        done.returncode == 4 and "unchanged" in done.stderr and not (w.folder / "nothing").exists()
    ), done


def check_shards(w: World) -> None:
    """Small shards load in transformers and hold the same tensors; the report names every changed
    tensor; --verify reads it all again.
    """
    report = w.folder / "report.json"
    whole, parts = (
        w.merge("whole", "--adapter", w.adapters[1]),
        w.merge(
            "parts",
            "--adapter",
            w.adapters[1],
            "--shard-size",
            "40KB",
            "--verify",
            "--report",
            report,
        ),
    )
    files = list((w.folder / "parts").glob("model-*-of-*.safetensors"))
    loaded = MllamaForConditionalGeneration.from_pretrained(w.folder / "parts").state_dict()
    assert (
        len(files) > 3
        and all(torch.equal(parts[n], whole[n]) for n in whole)
        and len(loaded) == len(whole)
    ), files
    changed = {c["tensor"]: c["norm"] for c in json.loads(report.read_text())["changed"]}
    expected = {n: float(u.norm()) for n, u in w.updates[1].items() if u.abs().max() > 0}
    assert set(changed) == set(expected) and all(
        abs(changed[n] - expected[n]) <= 1e-4 * expected[n] for n in expected
    ), "the report's norms differ"
    with safe_open(files[0], "pt") as file:
        assert file.metadata() == {"format": "pt"}
    assert (w.folder / "parts/README.md").read_text().startswith("---\nbase_model: base\n")
    print(f"{len(files)} shards equal the whole; verified; report and card written")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument("--seed", type=int, default=default_seed())
    options = parser.parse_args()
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory() as folder:
        world = World(options.bin.resolve(), Path(folder), options.seed)
        for check in (check_linear, check_ties, check_dare, check_extract, check_shards):
            check(world)
    return 0


if __name__ == "__main__":
    sys.exit(main())
