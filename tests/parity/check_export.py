"""Holds an exported run against transformers and peft: the base with the adapter, the merged model,
and this program on both.

    python tests/parity/check_export.py --bin build/bin --base MODEL --adapter RUN/adapter
        --merged MERGED --page PAGE.png
    python tests/parity/check_export.py --bin build/bin  # makes a small run of its own first

Prints the largest difference of the logits over the largest logit for each pair, and of the merged
weights from base plus adapter over what rounding to their dtype may do. Exits 1 where a difference
is above 1e-5, or a weight off by more than its rounding. Logits of a merge to bf16 or fp16 differ
from the adapter's by the rounding of the weights: that pair is printed, not judged.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import torch
from peft import PeftModel
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import AutoProcessor, MllamaForConditionalGeneration

from check_variants import PREFIX, old_name

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from small_world import draw_page, make_data, make_model, must

TOLERANCE = 1e-5
ROUNDING = {
    torch.float32: 2.0**-24,
    torch.bfloat16: 2.0**-8,
    torch.float16: 2.0**-11,
}  # largest relative error of one rounding
SUM = 2.0**-18  # of fp32 sums over the rank in another order, over the largest weight


VARIANTS = {
    "lora": {},
    "rslora": {"rslora": True},
    "dora": {"dora": True},
    "pissa": {"init": "pissa"},
    "olora, patterns": {"init": "olora", "rank_pattern": ["*.mlp.*=2"]},
    "dora, rslora, patterns": {
        "dora": True,
        "rslora": True,
        "rank_pattern": ["*q_proj=2"],
        "alpha_pattern": ["*o_proj=3"],
        "projector": True,
    },
}


def small_world(options, work: Path) -> None:
    """A small synthetic base, a data set and a page."""
    make_data(options.bin, work / "data", 20)
    make_model(options.bin, work / "base")
    draw_page(options.bin, work / "data", 1, work / "page.png")
    options.base, options.page = work / "base", work / "page.png"


def small_run(options, work: Path, run: Path, lora: dict) -> None:
    """A few steps on the small base, merged."""
    config = {
        "model": str(work / "base"),
        "output": str(run),
        "data": {"root": str(work / "data"), "labels": "all", "valid_folds": []},
        "lora": {"rank": 4, "alpha": 16} | lora,
        "batch": {"images": 4, "questions": 3},
        "optimizer": {"lr": 1e-2},
        "loop": {"steps": 5},
    }
    (work / "train.json").write_text(json.dumps(config))
    must(options.bin, "train", "--config", work / "train.json")
    must(
        options.bin,
        "merge",
        "--base",
        work / "base",
        "--adapter",
        run / "adapter",
        "--out",
        run / "merged",
    )
    options.adapter, options.merged = run / "adapter", run / "merged"


def check_old_naming(options, work: Path) -> int:
    """The same run with the names of before transformers 4.52: other names, equal tensors, and the
    program reads both.
    """
    new = load_file(work / "run 0/adapter/adapter_model.safetensors")
    small_run(options, work, work / "old", VARIANTS["lora"] | {"peft_naming": "old"})
    old = load_file(options.adapter / "adapter_model.safetensors")
    renamed = {PREFIX + old_name(name.removeprefix(PREFIX)): tensor for name, tensor in new.items()}
    equal = set(old) == set(renamed) and all(torch.equal(old[n], renamed[n]) for n in old)
    merged = load_file(options.merged / "model.safetensors")
    equal &= all(
        torch.equal(t, merged[n])
        for n, t in load_file(work / "run 0/merged/model.safetensors").items()
    )
    print(f"old naming, tensors and merge: {'equal' if equal else 'FAILED'}")
    return int(not equal)


def prepare(options) -> dict:
    """The page and the question as transformers' own processor of the merged folder makes them."""
    processor = AutoProcessor.from_pretrained(options.merged)
    messages = [
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": options.question}]}
    ]
    text = processor.apply_chat_template(messages, add_generation_prompt=True)
    inputs = processor(
        images=Image.open(options.page).convert("RGB"),
        text=text,
        add_special_tokens=False,
        return_tensors="pt",
    )
    return dict(inputs)


def ours(options, inputs: Path, out: Path, model: Path, adapter: Path | None) -> torch.Tensor:
    must(
        options.bin,
        "parity",
        "--model",
        model,
        *(["--adapter", adapter] if adapter else []),
        "--inputs",
        inputs,
        "--out",
        out,
        "--dtype",
        "fp32",
    )
    return load_file(out)["logits"]


def load(folder: Path) -> MllamaForConditionalGeneration:
    return MllamaForConditionalGeneration.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()


def weights_off(options) -> tuple[float, torch.dtype]:
    """Largest distance of a merged weight from W + scale B A, over the rounding that its dtype
    allows.
    """
    expected = (
        PeftModel.from_pretrained(load(options.base), options.adapter)
        .merge_and_unload()
        .state_dict()
    )
    merged = MllamaForConditionalGeneration.from_pretrained(
        options.merged, dtype="auto"
    ).state_dict()
    worst = 0.0
    for name, weight in expected.items():
        allowed = ROUNDING[merged[name].dtype] * weight.abs() + SUM * weight.abs().max()
        worst = max(
            worst, float(((merged[name].float() - weight).abs() / allowed.clamp_min(1e-30)).max())
        )
    return worst, next(iter(merged.values())).dtype


def compare(options, work: Path) -> int:
    inputs = prepare(options)
    save_file({k: v.contiguous() for k, v in inputs.items()}, work / "in.safetensors")
    with torch.no_grad():
        base = load(options.base)(**inputs).logits
        peft = (
            PeftModel.from_pretrained(load(options.base), options.adapter).eval()(**inputs).logits
        )
        merged = load(options.merged)(**inputs).logits
    pairs = {
        "transformers merged - peft": (merged, peft),
        "ecg-lora adapter - peft": (
            ours(
                options,
                work / "in.safetensors",
                work / "a.safetensors",
                options.base,
                options.adapter,
            ),
            peft,
        ),
        "ecg-lora merged - transformers merged": (
            ours(options, work / "in.safetensors", work / "m.safetensors", options.merged, None),
            merged,
        ),
    }
    print(
        f"the adapter moves the logits by {float((peft - base).abs().max() / base.abs().max()):.2e}"
    )
    failed = float((peft - base).abs().max()) == 0
    off, dtype = weights_off(options)
    failed |= not off <= 1
    print(
        f"{'merged weights, over their rounding':<40}{off:>10.2f}{'' if off <= 1 else '  FAILED'}"
    )
    for name, (a, b) in pairs.items():
        error = float((a - b).abs().max() / b.abs().max())
        judged = dtype == torch.float32 or name != "transformers merged - peft"
        failed |= judged and not error <= TOLERANCE
        remark = "" if error <= TOLERANCE else "  FAILED"
        remark = remark if judged else f"  (weights in {dtype})"
        print(f"{name:<40}{error:>10.2e}{remark}")
    return int(failed)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True, help="folder with the programs")
    for name in ("base", "adapter", "merged", "page"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--question", default="Does this ECG show atrial fibrillation?")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work, failed = Path(folder), 0
        if options.base is not None:
            return compare(options, work)
        small_world(options, work)
        for number, (name, lora) in enumerate(VARIANTS.items()):
            print(f"-- {name}")
            small_run(options, work, work / f"run {number}", lora)
            failed |= compare(options, work)
        return failed | check_old_naming(options, work)


if __name__ == "__main__":
    sys.exit(main())
