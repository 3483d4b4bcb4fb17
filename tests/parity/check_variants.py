"""Holds LoRA's variants against peft: forward, gradients, ten training steps, and merged weights.

    python tests/parity/check_variants.py --bin build/bin [--seed N] [--only dora]

Each variant is tried on a random small model: peft makes the adapter and saves it, ecg-lora-parity
loads it and computes the same, and ecg-lora merge adds it to the base. Prints a table of the
errors. Exits 1 where one is above its tolerance.
"""

import argparse
import copy
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

# As our programs ask MKL (nn/kernels/reproducible.h): PiSSA's factors, which both programs take out
# of the weights, differ by some 1e-5 if its modes do.
os.environ.setdefault("MKL_CBWR", "AUTO")

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import MllamaForConditionalGeneration

import mllama_cases as cases
from check_model import LR, STEPS, TOLERANCE, WEIGHT_DECAY, errors, loss_errors

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

MERGED = 1e-5  # largest difference of a merged weight over the largest weight
SELF = r"model\.language_model\.layers\.\d+\.(self_attn|cross_attn)\.(q|k|v|o)_proj"
ATTENTION = ["q_proj", "v_proj"]
VARIANTS = {
    "plain, names": dict(target_modules=ATTENTION),
    "regular expression": dict(target_modules=SELF),
    "all linear": dict(target_modules="all-linear", exclude_modules=["lm_head"]),
    "excluded": dict(target_modules=ATTENTION, exclude_modules=r".*vision_model.*"),
    "layers": dict(target_modules=["q_proj", "fc1"], layers_to_transform=[0, 1]),
    "layers of a pattern": dict(
        target_modules=ATTENTION, layers_to_transform=[0], layers_pattern="language_model.layers"
    ),
    "rank and alpha patterns": dict(
        target_modules=cases.LINEARS,
        rank_pattern={"q_proj": 2, r".*mlp\.fc[12]": 5},
        alpha_pattern={"o_proj": 3, "layers.0.mlp.up_proj": 1},
    ),
    "rslora": dict(target_modules=cases.LINEARS, use_rslora=True),
    "dora": dict(target_modules=cases.LINEARS, use_dora=True),
    "dora, rslora, patterns": dict(
        target_modules=cases.LINEARS, use_dora=True, use_rslora=True, rank_pattern={"v_proj": 2}
    ),
    "pissa": dict(target_modules=cases.LINEARS, init_lora_weights="pissa"),
    "olora": dict(target_modules=cases.LINEARS, init_lora_weights="olora"),
    "gaussian": dict(target_modules=cases.LINEARS, init_lora_weights="gaussian"),
    "lora+": dict(target_modules=cases.LINEARS),
    "lora+, dora": dict(target_modules=cases.LINEARS, use_dora=True),
    "old naming": dict(target_modules=ATTENTION),
    "old naming, patterns": dict(
        target_modules=ATTENTION + ["fc1", "multi_modal_projector"], rank_pattern={"q_proj": 2}
    ),
}


def make_adapter(model, options: dict, seed: int):
    """A PEFT model whose factors were moved away from their start, so that nothing is zero."""
    torch.manual_seed(seed)
    peft = get_peft_model(
        model, LoraConfig(r=3, lora_alpha=5, lora_dropout=0.0, task_type="CAUSAL_LM", **options)
    )
    with torch.no_grad():
        for name, parameter in peft.named_parameters():
            if "lora_" in name:
                parameter.add_(
                    (0.05 if parameter.dim() == 1 else 0.2) * torch.randn_like(parameter)
                )
    return peft.eval()


PREFIX = "base_model.model."


def rename(folder: Path, change) -> None:
    file = folder / "adapter_model.safetensors"
    save_file(
        {
            PREFIX + change(name.removeprefix(PREFIX)): tensor
            for name, tensor in load_file(file).items()
        },
        file,
        metadata={"format": "pt"},
    )


def old_name(name: str) -> str:
    """What peft wrote for a module before transformers 4.52."""
    name = name.removeprefix("model.")
    return (
        name.replace("language_model.", "language_model.model.", 1)
        if name.startswith("language_model.")
        else name
    )


def new_name(name: str) -> str:
    return "model." + name.replace("language_model.model.", "language_model.", 1)


def run_variant(binaries: Path, name: str, options: dict, seed: int, folder: Path) -> dict:
    rng = random.Random(seed)
    config = cases.random_config(rng)
    model = cases.random_model(config, seed)
    model.save_pretrained(folder / "model")
    inputs = cases.random_inputs(config, rng, rng.choice([1, 2]))
    save_file({k: v.contiguous() for k, v in inputs.items()}, folder / "in.safetensors")
    peft = make_adapter(model, options, seed)
    peft.save_pretrained(folder / "adapter")
    if name.startswith("old"):
        rename(folder / "adapter", old_name)
    ratio = 4 if name.startswith("lora+") else 1
    rounding = cases.rounding(peft, inputs)
    start = copy.deepcopy(peft)
    theirs = cases.reference(peft, inputs, STEPS, LR, WEIGHT_DECAY, ratio)
    run(
        binaries,
        "parity",
        "--model",
        folder / "model",
        "--adapter",
        folder / "adapter",
        "--inputs",
        folder / "in.safetensors",
        "--out",
        folder / "out.safetensors",
        "--steps",
        STEPS,
        "--lr",
        LR,
        "--weight-decay",
        WEIGHT_DECAY,
        "--lora-plus-ratio",
        ratio,
        "--device",
        "cpu",
    )
    run(
        binaries,
        "merge",
        "--base",
        folder / "model",
        "--adapter",
        folder / "adapter",
        "--out",
        folder / "merged",
        "--dtype",
        "fp32",
    )
    ours = load_file(folder / "out.safetensors")
    own = lambda: max(cases.step_roundings(start, inputs, STEPS, LR, WEIGHT_DECAY, ratio))
    result = errors(ours, theirs, rounding, inputs["attention_mask"]) | {
        "ten steps": loss_errors(ours, theirs, own)
    }
    if name.startswith("old"):
        rename(folder / "adapter", new_name)
    result["merged"] = merged_error(folder, cases.restore_adapter(folder / "adapter", peft))
    return result


def merged_error(folder: Path, peft) -> float:
    theirs = peft.merge_and_unload().state_dict()
    ours = MllamaForConditionalGeneration.from_pretrained(
        folder / "merged", dtype=torch.float32
    ).state_dict()
    assert set(ours) == set(theirs), set(ours) ^ set(theirs)
    return max(float((ours[n] - theirs[n]).abs().max() / theirs[n].abs().max()) for n in theirs)


def run(binaries: Path, tool: str, *words) -> None:
    done = subprocess.run(
        [binaries / f"ecg-lora-{tool}", *map(str, words)], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise RuntimeError(f"ecg-lora-{tool} left with {done.returncode}: {done.stderr.strip()}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument("--seed", type=int, default=default_seed())
    parser.add_argument("--only", default="", help="only variants whose name contains this")
    options = parser.parse_args()
    tolerance = TOLERANCE["cpu"] | {"merged": MERGED}
    print(
        f"seed {options.seed}\n{'variant':<26}"
        + "".join(f"{quantity:>12}" for quantity in tolerance)
    )
    failed = 0
    for number, (name, fields) in enumerate(VARIANTS.items()):
        if options.only not in name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            seen = run_variant(
                options.bin.resolve(), name, fields, options.seed * 1000 + number, Path(folder)
            )
        bad = [quantity for quantity, limit in tolerance.items() if not seen[quantity] <= limit]
        failed += bool(bad)
        print(
            f"{name:<26}"
            + "".join(f"{seen[quantity]:>12.1e}" for quantity in tolerance)
            + (f"  FAILED: {', '.join(bad)}" if bad else ""),
            flush=True,
        )
    print(f"{'tolerance':<26}" + "".join(f"{limit:>12.0e}" for limit in tolerance.values()))
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
