"""Holds ecg-lora-parity against transformers and peft on random small models.

    python tests/parity/check_model.py --parity build/bin/ecg-lora-parity --cases 24
        [--seed N] [--device cuda] [--dtype bf16]

Prints the seed, so that a failure can be repeated, and the table of the worst errors. Exits 1 where
one is above its tolerance, and 77 (skipped) where cuda is asked for and there is none. With bf16,
both programs are held against transformers' fp32: our error may not be above theirs by more than a
quarter in the mean over the configurations.
"""

import argparse
import copy
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

import mllama_cases as cases

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

# A rate that LoRA is trained at, and a decay large enough to be seen. At rates of 1e-3 the ten
# steps halve the loss, and on one configuration in about fifty rounding grows a hundredfold on the
# way, in transformers' fp32 beside its fp64 too.
STEPS, LR, WEIGHT_DECAY = 10, 2e-4, 0.5
TOLERANCE = {
    "cpu": {"logits": 1e-5, "loss": 1e-6, "gradient": 1e-5, "ten steps": 1e-5},
    "cuda": {"logits": 1e-4, "loss": 1e-4, "gradient": 1e-3, "ten steps": 1e-4},
}

OWN = 1e-6  # rounding of a well-conditioned fp32 value; the tolerance is ten times that
BF16_RATIO = 1.25  # our mean error over transformers' and peft's own, both in bf16 against fp32


def errors(ours: dict, theirs: dict, rounding: dict, attention: torch.Tensor) -> dict:
    """Logits: largest difference over the largest logit, at real tokens. Gradients: norm of the
    difference over the norm.

    Where a value nearly cancels (saturated attention), any fp32 program rounds it more: where
    transformers' own fp32 is off from its fp64 by more than OWN in the worst of four roundings, as
    `rounding` says, the error counts in multiples of that.
    """
    real = attention.bool()
    names = [n for n in theirs if n.startswith("grad.")]
    missing = [n for n in names if n not in ours]
    if missing:
        raise SystemExit(f"no gradient written for {missing[:3]} ({len(missing)} in all)")
    return {
        "logits": scaled(
            rounding["logits"],
            (ours["logits"] - theirs["logits"])[real].abs().max(),
            theirs["logits"][real].abs().max(),
        ),
        "loss": float((ours["loss"] - theirs["loss"]).abs() / theirs["loss"].abs()),
        "gradient": max(
            scaled(rounding[n], (ours[n] - theirs[n]).norm(), theirs[n].norm()) for n in names
        ),
    }


def scaled(own: torch.Tensor, difference: torch.Tensor, size: torch.Tensor) -> float:
    return float(difference / size if size > 0 else difference) / max(1, float(own) / OWN)


def loss_errors(ours: dict, theirs: dict, own) -> float:
    """Relative. On one configuration in some hundreds rounding grows on the way, in transformers'
    fp32 beside its fp64 too: an error above the tolerance counts in multiples of that, which `own`
    computes."""
    error = float(((ours["losses"] - theirs["losses"]).abs() / theirs["losses"].abs()).max())
    if not error > TOLERANCE["cpu"]["ten steps"]:
        return error
    rounding = own()
    print(
        f"    ten steps: off by {error:.1e}, transformers' own fp32 from its fp64 by {rounding:.1e}"
    )
    return error / max(1, rounding / OWN)


def rms_errors(ours: dict, theirs: dict, attention: torch.Tensor) -> dict:
    """Norms of the differences over the norms: of logits, and of all gradients together."""
    real = attention.bool()
    names = [n for n in theirs if n.startswith("grad.")]
    gradients = [torch.cat([one[n].float().flatten() for n in names]) for one in (ours, theirs)]
    return {
        "logits": float(
            (ours["logits"][real].float() - theirs["logits"][real]).norm()
            / theirs["logits"][real].norm()
        ),
        "gradient": float((gradients[0] - gradients[1]).norm() / gradients[1].norm()),
    }


def run_case(options, seed: int, folder: Path) -> tuple[dict, str]:
    """Errors of one configuration; with bf16, pairs of ours and of transformers' own."""
    rng = random.Random(seed)
    config = cases.random_config(rng)
    model = cases.random_model(config, seed)
    model.save_pretrained(folder / "model")
    images = rng.choice([0, 1, 1, 2])
    peft = cases.random_adapter(model, rng)
    peft.save_pretrained(folder / "adapter")
    inputs = cases.random_inputs(config, rng, images)
    save_file({k: v.contiguous() for k, v in inputs.items()}, folder / "in.safetensors")
    start = copy.deepcopy(peft)
    rounding = cases.rounding(peft, inputs) if options.dtype == "fp32" else {}
    theirs = cases.reference(peft, inputs, STEPS, LR, WEIGHT_DECAY)
    subprocess.run(
        [
            options.parity,
            "--model",
            folder / "model",
            "--adapter",
            folder / "adapter",
            "--inputs",
            folder / "in.safetensors",
            "--out",
            folder / "out.safetensors",
            "--steps",
            str(STEPS),
            "--lr",
            str(LR),
            "--weight-decay",
            str(WEIGHT_DECAY),
            "--device",
            options.device,
            "--dtype",
            options.dtype,
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    text = config.text_config
    kind = (
        f"{text.num_attention_heads // text.num_key_value_heads}:1 GQA, "
        f"{config.vision_config.max_num_tiles} tiles, {images} images"
    )
    ours, attention = load_file(folder / "out.safetensors"), inputs["attention_mask"]
    if options.dtype == "fp32":
        own = lambda: max(cases.step_roundings(start, inputs, STEPS, LR, WEIGHT_DECAY))
        return errors(ours, theirs, rounding, attention) | {
            "ten steps": loss_errors(ours, theirs, own)
        }, kind
    own = rms_errors(
        cases.reference_bf16(cases.restore_adapter(folder / "adapter", peft), inputs),
        theirs,
        attention,
    )
    return {
        quantity: (value, own[quantity])
        for quantity, value in rms_errors(ours, theirs, attention).items()
    }, kind


def print_fp32(options, seen: list[dict]) -> bool:
    print(f"{'quantity':<12}{'tolerance':>12}{'worst seen':>14}")
    failed = False
    for quantity, tolerance in TOLERANCE[options.device].items():
        worst = max(
            case[quantity] if case[quantity] == case[quantity] else float("inf") for case in seen
        )
        failed |= worst > tolerance
        print(
            f"{quantity:<12}{tolerance:>12.0e}{worst:>14.2e}"
            f"{'  FAILED' if worst > tolerance else ''}"
        )
    return failed


def print_bf16(seen: list[dict]) -> bool:
    print(
        f"{'quantity':<12}{'our error':>12}{'transformers':>14}{'ratio':>8}   means, bf16 against "
        "fp32"
    )
    failed = False
    for quantity in seen[0]:
        ours, own = (sum(case[quantity][i] for case in seen) / len(seen) for i in (0, 1))
        bad = not ours <= BF16_RATIO * own
        failed |= bad
        print(
            f"{quantity:<12}{ours:>12.2e}{own:>14.2e}{ours / own:>8.2f}{'  FAILED' if bad else ''}"
        )
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parity", required=True)
    parser.add_argument("--cases", type=int, default=24)
    parser.add_argument("--seed", type=int, default=default_seed())
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--dtype", default="fp32", choices=["fp32", "bf16"])
    options = parser.parse_args()
    if options.device == "cuda" and not torch.cuda.is_available():
        print("skipped: no CUDA device here")
        return 77
    print(f"seed {options.seed}, {options.cases} configurations, {options.device}, {options.dtype}")
    seen, kinds = [], set()
    for case in range(options.cases):
        with tempfile.TemporaryDirectory() as folder:
            try:
                found, kind = run_case(options, options.seed * 1000 + case, Path(folder))
            except subprocess.CalledProcessError as error:
                print(f"case {case}: {error.stderr.strip()}")
                return 1
        kinds.add(kind)
        seen.append(found)
    failed = print_fp32(options, seen) if options.dtype == "fp32" else print_bf16(seen)
    print(f"kinds of configuration: {len(kinds)}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
