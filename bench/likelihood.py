"""P(yes) of many labels on one image, and greedy decoding, by the program and by transformers in
one run, with the same weights.

    python bench/likelihood.py --bin build/bin
        [--statements PTBXL/scp_statements.csv] [--rounds 3] [--threads 1]

Makes a random model of 40 million parameters whose page of 2 x 2 tiles has 1,604 patches, and asks
for each statement of a PTB-XL table. Rounds are interleaved; wall and processor seconds are
medians. transformers is asked once a label, each time with the image, which is what its users do;
that is measured once. Prints a table and how far the probabilities and texts are apart; exits 1
where they are.
"""

import argparse
import csv
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoTokenizer, MllamaForConditionalGeneration

SHAPE = {
    "patch_size": 14,
    "vision_width": 384,
    "vision_mlp": 1536,
    "local_layers": 6,
    "global_layers": 2,
    "kept_layers": [1, 3, 5],
    "text_width": 512,
    "heads": 8,
    "kv_heads": 2,
    "text_mlp": 1408,
    "text_layers": 8,
    "cross_layers": [1, 4, 7],
}
PROMPT = (
    "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n<|image|>Does this ECG show "
    "{}?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
)
TEXT = 32  # tokens


def make_inputs(tokenizer, model, descriptions: list) -> tuple:
    """The batch of all labels on one image, and the inputs of each label for transformers."""
    vision = model.config.vision_config
    torch.manual_seed(1)
    image = {
        "pixel_values": torch.randn(
            1, 1, vision.max_num_tiles, 3, vision.image_size, vision.image_size
        ),
        "aspect_ratio_mask": torch.ones(1, 1, vision.max_num_tiles, dtype=torch.long),
        "aspect_ratio_ids": torch.tensor([[vision.supported_aspect_ratios.index([2, 2]) + 1]]),
    }
    rows = [
        tokenizer(PROMPT.format(d), add_special_tokens=False)["input_ids"] for d in descriptions
    ]
    longest = max(map(len, rows))
    batch = {
        "input_ids": torch.tensor([r + [0] * (longest - len(r)) for r in rows]),
        "attention_mask": torch.tensor([[1] * len(r) + [0] * (longest - len(r)) for r in rows]),
        "row_images": torch.zeros(len(rows), 1, dtype=torch.long),
        "cross_attention_mask": torch.zeros(
            len(rows), longest, 1, vision.max_num_tiles, dtype=torch.long
        ),
    }
    single = []
    for b, row in enumerate(rows):
        shown = row.index(model.config.image_token_index)
        batch["cross_attention_mask"][b, shown : len(row)] = 1
        single.append(
            image
            | {
                "input_ids": torch.tensor([row]),
                "attention_mask": torch.ones(1, len(row), dtype=torch.long),
                "cross_attention_mask": batch["cross_attention_mask"][b : b + 1, : len(row)],
            }
        )
    return batch | image, single


def timed(work) -> dict:
    wall, cpu = time.perf_counter(), time.process_time()
    value = work()
    return {"value": value, "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def ask(model, inputs: dict, yes: int, no: int) -> float:
    logits = model(**inputs, logits_to_keep=1).logits[0, -1].double()
    return torch.sigmoid(logits[yes] - logits[no]).item()


def ours(binary: Path, folder: Path, request: dict) -> dict:
    (folder / "in.json").write_text(json.dumps(request))
    done = subprocess.run(
        [
            binary / "generate_values",
            folder / "model",
            folder / "in.safetensors",
            folder / "in.json",
            folder / "out.json",
        ],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads((folder / "out.json").read_text())


def median(values: list) -> dict:
    return {key: statistics.median(v[key] for v in values) for key in ("wall", "cpu")}


def measure(options, folder: Path) -> int:
    (folder / "shape.json").write_text(
        json.dumps(SHAPE) if not options.shape else options.shape.read_text()
    )
    for words in (
        ["model", "--out", folder / "model", "--shape", folder / "shape.json"],
        ["data", "--out", folder / "data", "--patients", "20", "--preset", "cohort"],
    ):
        subprocess.run([options.bin / "ecg-lora", "synth", *words], check=True, capture_output=True)
    with (options.statements or folder / "data/scp_statements.csv").open() as file:
        descriptions = [row["description"] for row in csv.DictReader(file)]
    tokenizer = AutoTokenizer.from_pretrained(folder / "model")
    model = MllamaForConditionalGeneration.from_pretrained(
        folder / "model", attn_implementation="sdpa"
    ).eval()
    batch, single = make_inputs(tokenizer, model, descriptions)
    save_file({k: v.contiguous() for k, v in batch.items()}, folder / "in.safetensors")
    yes, no = (tokenizer(word, add_special_tokens=False)["input_ids"][0] for word in ("Yes", "No"))
    request = {
        "variants": {"yes": [[yes]], "no": [[no]]},
        "time_rows": [1, len(single), 1, len(single)],
        "threads": options.threads,
    }
    several = {
        side: [
            tokenizer(v, add_special_tokens=False)["input_ids"]
            for v in (word, word.lower(), word.upper())
        ]
        for side, word in (("yes", "Yes"), ("no", "No"))
    }
    seconds, longer, one = [], [], []
    with torch.no_grad():
        for _ in range(options.rounds):
            out = ours(options.bin, folder, request)
            seconds.append(out["seconds"][2:])  # the first pass warms up
            longer.append(ours(options.bin, folder, request | {"variants": several})["seconds"][3])
            one.append(timed(lambda: ask(model, single[0], yes, no)))
        all_labels = timed(lambda: [ask(model, inputs, yes, no) for inputs in single])
        decoding = [
            decode(model, batch, single[: options.rows], options, folder)
            for _ in range(options.rounds)
        ]
    apart = max(abs(a - b) for a, b in zip(out["variants"], all_labels["value"], strict=True))
    first, whole, several_tokens, theirs = (
        median([s[0] for s in seconds]),
        median([s[1] for s in seconds]),
        median(longer),
        all_labels,
    )
    print(
        f"{sum(p.numel() for p in model.parameters()):,} parameters, {len(single)} labels, "
        f"{batch['pixel_values'].shape[2]} tiles, {options.threads} threads, "
        f"{sum(len(s['input_ids'][0]) for s in single)} tokens of prompts\n"
    )
    print("| | wall, s | processor, s |\n|---|---|---|")
    for name, value in (
        ("one label", first),
        (f"{len(single)} labels", whole),
        (f"{len(single)} labels, answers of several tokens scored as well", several_tokens),
        ("transformers, one label", median(one)),
        (f"transformers, {len(single)} times", theirs),
        (f"{options.rows} rows, {TEXT} tokens greedy", median([d["ours"] for d in decoding])),
        ("transformers.generate, the same", median([d["theirs"] for d in decoding])),
    ):
        print(f"| {name} | {value['wall']:.2f} | {value['cpu']:.2f} |")
    print(
        f"\n{len(single)} labels take {whole['cpu'] / first['cpu']:.2f} times the processor time "
        f"of one, {several_tokens['cpu'] / first['cpu']:.2f} times with answers of several tokens, "
        f"and 1/{theirs['cpu'] / whole['cpu']:.0f} of transformers'"
        f" (wall {whole['wall'] / first['wall']:.2f}, 1/{theirs['wall'] / whole['wall']:.0f}); "
        f"probabilities differ by at most {apart:.1e}; greedy texts are "
        f"{'equal' if all(d['equal'] for d in decoding) else 'NOT equal'}"
    )
    return 0 if apart < 1e-5 and all(d["equal"] for d in decoding) else 1


def decode(model, batch: dict, single: list, options, folder: Path) -> dict:
    """Greedy decoding of the first rows, each with the image as a picture of its own, as
    transformers takes it.
    """
    rows = len(single)
    longest = max(s["input_ids"].shape[1] for s in single)
    inputs = {
        k: batch[k].expand(rows, *batch[k].shape[1:]).contiguous()
        for k in ("pixel_values", "aspect_ratio_ids", "aspect_ratio_mask")
    }
    inputs |= {
        "input_ids": torch.zeros(rows, longest, dtype=torch.long),
        "attention_mask": torch.zeros(rows, longest, dtype=torch.long),
        "cross_attention_mask": torch.zeros(
            rows, longest, 1, batch["pixel_values"].shape[2], dtype=torch.long
        ),
    }
    for b, s in enumerate(single):
        size = s["input_ids"].shape[1]
        for key in ("input_ids", "attention_mask", "cross_attention_mask"):
            inputs[key][b, longest - size :] = s[key][0]
    decoding = folder / "decoding"
    decoding.mkdir(exist_ok=True)
    save_file(inputs, decoding / "in.safetensors")
    if not (decoding / "model").exists():
        (decoding / "model").symlink_to(folder / "model")
    out = ours(
        options.bin,
        decoding,
        {"decode": 2 * [{"max_new_tokens": TEXT}], "threads": options.threads},
    )
    theirs = timed(
        lambda: model.generate(
            **inputs,
            do_sample=False,
            max_new_tokens=TEXT,
            min_new_tokens=TEXT,
            eos_token_id=None,
            pad_token_id=0,
        )
    )
    texts = theirs["value"][:, longest:].tolist()
    return {
        "ours": out["decode_seconds"][1],
        "theirs": theirs,
        "equal": [row["tokens"] for row in out["decode"][1]] == texts,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument(
        "--shape",
        type=Path,
        help="JSON with the fields of another shape, see ecg-lora synth model --help",
    )
    parser.add_argument(
        "--statements",
        type=Path,
        help="PTB-XL's scp_statements.csv with its 71 statements; without it, the 44 of the "
        "virtual cohort",
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=4, help="rows that are decoded")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    options.bin = options.bin.resolve()
    options.statements = options.statements and options.statements.resolve()
    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as scratch:
        return measure(options, Path(scratch))


if __name__ == "__main__":
    sys.exit(main())
