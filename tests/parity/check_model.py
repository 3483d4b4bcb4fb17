"""Holds ecg-lora-parity against transformers and peft on random small models.

    python tests/parity/check_model.py --parity build/bin/ecg-lora-parity --cases 24 [--seed N] [--device cpu]

Prints the seed, so that a failure can be repeated, and the table of the worst errors. Exits 1 where one is above its tolerance.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

import mllama_cases as cases

# A rate that LoRA is trained at, and a decay large enough to be seen. At rates of 1e-3 the ten steps halve the loss, and on
# one configuration in about fifty rounding grows a hundredfold on the way, in transformers' fp32 beside its fp64 too.
STEPS, LR, WEIGHT_DECAY = 10, 2e-4, 0.5
TOLERANCE = {"cpu": {"logits": 1e-5, "loss": 1e-6, "gradient": 1e-4, "ten steps": 1e-5},
             "cuda": {"logits": 1e-4, "loss": 1e-4, "gradient": 1e-3, "ten steps": 1e-4}}


def errors(ours: dict, theirs: dict, attention: torch.Tensor) -> dict:
    """Logits: largest difference over the largest logit, at real tokens. Gradients: norm of the difference over the norm."""
    real = attention.bool()
    a, b = ours["logits"][real], theirs["logits"][real]
    names = [n for n in theirs if n.startswith("grad.")]
    missing = [n for n in names if n not in ours]
    if missing:
        raise SystemExit(f"no gradient written for {missing[:3]} ({len(missing)} in all)")
    worst = 0.0
    for name in names:
        norm = theirs[name].norm()
        difference = (ours[name] - theirs[name]).norm()
        worst = max(worst, float(difference / norm) if norm > 0 else float(difference))
    return {"logits": float((a - b).abs().max() / b.abs().max()),
            "loss": float((ours["loss"] - theirs["loss"]).abs() / theirs["loss"].abs()),
            "gradient": worst,
            "ten steps": float(((ours["losses"] - theirs["losses"]).abs() / theirs["losses"].abs()).max())}


def run_case(parity: str, seed: int, device: str, folder: Path) -> tuple[dict, str]:
    rng = random.Random(seed)
    config = cases.random_config(rng)
    model = cases.random_model(config, seed)
    model.save_pretrained(folder / "model")
    images = rng.choice([0, 1, 1, 2])
    peft = cases.random_adapter(model, rng)
    peft.save_pretrained(folder / "adapter")
    inputs = cases.random_inputs(config, rng, images)
    save_file({k: v.contiguous() for k, v in inputs.items()}, folder / "in.safetensors")
    theirs = cases.reference(peft, inputs, STEPS, LR, WEIGHT_DECAY)
    subprocess.run([parity, "--model", folder / "model", "--adapter", folder / "adapter", "--inputs", folder / "in.safetensors",
                    "--out", folder / "out.safetensors", "--steps", str(STEPS), "--lr", str(LR), "--weight-decay", str(WEIGHT_DECAY),
                    "--device", device], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    text = config.text_config
    kind = f"{text.num_attention_heads // text.num_key_value_heads}:1 GQA, {config.vision_config.max_num_tiles} tiles, {images} images"
    return errors(load_file(folder / "out.safetensors"), theirs, inputs["attention_mask"]), kind


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parity", required=True)
    parser.add_argument("--cases", type=int, default=24)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.cases} configurations")
    worst, kinds = {}, set()
    for case in range(options.cases):
        with tempfile.TemporaryDirectory() as folder:
            try:
                seen, kind = run_case(options.parity, options.seed * 1000 + case, options.device, Path(folder))
            except subprocess.CalledProcessError as error:
                print(f"case {case}: {error.stderr.strip()}")
                return 1
        kinds.add(kind)
        for quantity, value in seen.items():
            worst[quantity] = max(worst.get(quantity, 0.0), value if value == value else float("inf"))
    print(f"{'quantity':<12}{'tolerance':>12}{'worst seen':>14}")
    failed = 0
    for quantity, tolerance in TOLERANCE[options.device].items():
        failed += worst[quantity] > tolerance
        print(f"{quantity:<12}{tolerance:>12.0e}{worst[quantity]:>14.2e}{'  FAILED' if worst[quantity] > tolerance else ''}")
    print(f"kinds of configuration: {len(kinds)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
