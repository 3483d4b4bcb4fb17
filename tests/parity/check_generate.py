"""Holds decoding and likelihoods against transformers on random small models.

    python tests/parity/check_generate.py --values build/bin/generate_values [--seed N] [--cases N]

A batch has rows of different lengths, padded on the left in one half of the cases and on the right
in the other, without an image, with one, and with two, some on the same image. transformers is
asked row by row, without padding. Compared are greedy tokens, their log-likelihoods, those of
continuations (in a tree, in a whole pass a continuation, and by transformers), option scores, and
P(yes) over variants of several tokens. What sampling draws is held against transformers' logits
processors, and against itself with other rows in the batch. Prints a table; exits 1 where something
differs.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import (
    LogitsProcessorList,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

import mllama_cases as cases

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

TOLERANCE = 1e-5  # of a log-likelihood, over its size or 1
NEAR_TIE = 1e-5  # of logits: two tokens that rounding may swap
MAX_NEW_TOKENS = 10


def make_rows(config, rng: random.Random) -> list:
    """Rows with their own images; some of them are about images of the row before, and begin as it
    does.
    """
    rows = []
    for count in [1, 0, 2, 1, 1, rng.choice([1, 2])]:
        length = rng.randint(6, 18)
        tokens = torch.randint(3, config.text_config.vocab_size, (1, length))
        row = {"input_ids": tokens, "attention_mask": torch.ones(1, length, dtype=torch.long)}
        if count:
            row.update(cases.random_images(config, rng, tokens, row["attention_mask"], count))
        rows.append(row)
        if count and rng.random() < 0.7:
            other = {key: value.clone() for key, value in row.items()}
            other["input_ids"][0, -2:] = torch.randint(3, config.text_config.vocab_size, (2,))
            rows.append(other | {"same": True})
    return rows


def collate(rows: list, left: bool, config) -> dict:
    """The rows as one batch, each image once."""
    length, max_images = max(row["input_ids"].shape[1] for row in rows), 2
    tiles = config.vision_config.max_num_tiles
    batch = {
        "input_ids": torch.zeros(len(rows), length, dtype=torch.long),
        "attention_mask": torch.zeros(len(rows), length, dtype=torch.long),
        "row_images": torch.full((len(rows), max_images), -1),
        "cross_attention_mask": torch.zeros(len(rows), length, max_images, tiles, dtype=torch.long),
    }
    images = {"pixel_values": [], "aspect_ratio_ids": [], "aspect_ratio_mask": []}
    for b, row in enumerate(rows):
        size = row["input_ids"].shape[1]
        where = slice(length - size, length) if left else slice(0, size)
        batch["input_ids"][b, where] = row["input_ids"][0]
        batch["attention_mask"][b, where] = 1
        if "pixel_values" not in row:
            continue
        count = row["pixel_values"].shape[1]
        if row.get("same"):
            batch["row_images"][b] = batch["row_images"][b - 1]
        else:
            first = len(images["pixel_values"])
            batch["row_images"][b, :count] = torch.arange(first, first + count)
            for key, values in images.items():
                values.extend(row[key][0, i] for i in range(count))
        batch["cross_attention_mask"][b, where, :count] = row["cross_attention_mask"][0]
    batch.update({key: torch.stack(values).unsqueeze(1) for key, values in images.items()})
    return {key: value.contiguous() for key, value in batch.items()}


def inputs_of(row: dict) -> dict:
    return {key: value for key, value in row.items() if key != "same"}


def extended(row: dict, tokens: list) -> dict:
    """The row with `tokens` behind it, which see what its last token sees."""
    result = inputs_of(row)
    added = torch.tensor([tokens])
    result["input_ids"] = torch.cat([row["input_ids"], added], 1)
    result["attention_mask"] = torch.ones_like(result["input_ids"])
    if "cross_attention_mask" in row:
        result["cross_attention_mask"] = torch.cat(
            [
                row["cross_attention_mask"],
                row["cross_attention_mask"][:, -1:].expand(-1, len(tokens), -1, -1),
            ],
            1,
        )
    return result


def log_likelihood(model, row: dict, tokens: list) -> float:
    logits = model(**extended(row, tokens)).logits[0, row["input_ids"].shape[1] - 1 : -1].double()
    return logits.log_softmax(-1).gather(1, torch.tensor(tokens).unsqueeze(1)).sum().item()


def random_continuations(rng: random.Random, vocabulary: int) -> list:
    start = [rng.randrange(3, vocabulary) for _ in range(2)]
    return [
        [start[0]],
        start + [5],
        start + [6, 7],
        [rng.randrange(3, vocabulary) for _ in range(4)],
    ]


def yes_no(model, row: dict, variants: dict) -> float:
    mass = {
        side: sum(
            torch.tensor([log_likelihood(model, row, v) for v in variants[side]]).double().exp()
        ).item()
        for side in ("yes", "no")
    }
    return mass["yes"] / (mass["yes"] + mass["no"])


def greedy_text(model, row: dict, stops: list) -> list:
    """transformers 5 takes the number of past tokens from the first layer's cache, which is wrong
    where that layer looks at the image: no cache then.
    """
    cached = 0 not in model.config.text_config.cross_attention_layers
    out = model.generate(
        **inputs_of(row),
        do_sample=False,
        max_new_tokens=MAX_NEW_TOKENS,
        eos_token_id=stops,
        pad_token_id=0,
        use_cache=cached,
    )
    return out[0, row["input_ids"].shape[1] :].tolist()


def greedy_difference(model, row: dict, ours: list, theirs: list) -> str:
    """Nothing where the tokens agree, or part where two logits are as good as equal."""
    if ours == theirs:
        return ""
    place = next(
        (i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs))
    )
    logits = model(**extended(row, theirs[:place]) if place else inputs_of(row)).logits[0, -1]
    top = logits.topk(2).values
    return "" if (top[0] - top[1]).item() < NEAR_TIE else f"{ours} is not {theirs}"


def worst(ours, theirs) -> float:
    return max(
        abs(a - b) / max(1, abs(b))
        for x, y in zip(ours, theirs, strict=True)
        for a, b in zip(x, y, strict=True)
    )


def run_values(binary: str, folder: Path, inputs: dict, request: dict) -> dict:
    save_file(inputs, folder / "in.safetensors")
    (folder / "in.json").write_text(json.dumps(request))
    done = subprocess.run(
        [
            binary,
            str(folder),
            str(folder / "in.safetensors"),
            str(folder / "in.json"),
            str(folder / "out.json"),
        ],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads((folder / "out.json").read_text())


def check_case(binary: str, seed: int, folder: Path) -> dict:
    rng = random.Random(seed)
    config = cases.random_config(rng)
    model = cases.random_model(config, seed)
    folder.mkdir()
    model.save_pretrained(folder)
    rows = make_rows(config, rng)
    vocabulary = config.text_config.vocab_size
    stops = rng.sample(range(vocabulary), 4)
    continuations = [random_continuations(rng, vocabulary) for _ in rows]
    variants = {"yes": [[3], [5, 6], [5, 7, 8]], "no": [[4], [9, 3]]}
    blank = [1, 3, 4]
    sampled = {
        "max_new_tokens": MAX_NEW_TOKENS,
        "stops": stops,
        "temperature": 1.3,
        "top_k": 30,
        "top_p": 0.9,
        "seed": seed,
    }
    request = {
        "continuations": continuations,
        "content_free": blank,
        "variants": variants,
        "decode": [
            {"max_new_tokens": MAX_NEW_TOKENS, "stops": stops},
            sampled,
            sampled | {"top_k": 1},
            sampled | {"seed": seed + 1},
        ],
        "decode_alone": sampled,
    }
    out = run_values(binary, folder, collate(rows, seed % 2 == 0, config), request)
    with torch.no_grad():
        return compare(model, rows, request, out)


def compare(model, rows: list, request: dict, out: dict) -> dict:
    lists, stops, blank = (
        request["continuations"],
        request["decode"][0]["stops"],
        {"input_ids": torch.tensor([request["content_free"]])},
    )
    reference = [
        [log_likelihood(model, row, tokens) for tokens in options]
        for row, options in zip(rows, lists)
    ]
    alone = [[log_likelihood(model, blank, tokens) for tokens in options] for options in lists]
    error = {
        "tree - transformers": worst(out["continuations"], reference),
        "tree - whole pass": worst(out["continuations"], out["uncached"]),
        "sum": worst([o["sum"] for o in out["options"]], reference),
        "mean": worst(
            [o["mean"] for o in out["options"]],
            [
                [v / len(t) for v, t in zip(values, tokens)]
                for values, tokens in zip(reference, lists)
            ],
        ),
        "pmi": worst(
            [o["pmi"] for o in out["options"]],
            [[a - b for a, b in zip(x, y)] for x, y in zip(reference, alone)],
        ),
        "P(yes)": worst(
            [out["variants"]], [[yes_no(model, row, request["variants"]) for row in rows]]
        ),
    }
    problems = [
        f"{name} differs by {value:.1e}" for name, value in error.items() if value > TOLERANCE
    ]
    for b, row in enumerate(rows):
        text = greedy_text(model, row, stops)
        ended = text[-1] in stops
        problems += [
            f"greedy, row {b}: {d}"
            for d in [
                greedy_difference(
                    model, row, out["decode"][0][b]["tokens"], text[:-1] if ended else text
                )
            ]
            if d
        ]
        if out["decode"][0][b]["tokens"] == (text[:-1] if ended else text):
            error["logprob"] = max(
                error.get("logprob", 0),
                abs(out["decode"][0][b]["logprob"] - log_likelihood(model, row, text)),
            )
            problems += (
                [f"row {b}: stopped is {out['decode'][0][b]['stopped']}"]
                if out["decode"][0][b]["stopped"] != ended
                else []
            )
    if error.get("logprob", 0) > 1e-4:
        problems.append("log-probability of the greedy text")
    problems += check_draws(out)
    return {"error": error, "rows": len(rows), "problems": problems}


def check_draws(out: dict) -> list:
    """Each row alone draws what it draws in the batch; one candidate is greedy; another seed draws
    something else.
    """
    tokens = [[row["tokens"] for row in result] for result in out["decode"]]
    alone = [row["tokens"] for row in out["decode_alone"]]
    problems = [
        f"row {b} draws {one} alone and {other} in the batch"
        for b, (one, other) in enumerate(zip(alone, tokens[1], strict=True))
        if one != other
    ]
    if tokens[2] != tokens[0]:
        problems.append("top_k 1 is not greedy")
    if tokens[3] == tokens[1]:
        problems.append("another seed draws the same")
    return problems


def check_choice(binary: str, folder: Path, inputs: dict, seed: int) -> list:
    """Frequencies of tokens over 20,000 evenly spread quantiles against the probabilities that
    transformers' processors leave.
    """
    generator = torch.Generator().manual_seed(seed)
    uniform = [(i + 0.5) / 20000 for i in range(20000)]
    settings = [
        (0.7, 0, 1.0),
        (1.0, 5, 1.0),
        (1.4, 0, 0.8),
        (0.9, 12, 0.6),
        (1.0, 0, 0.01),
        (2.0, 1000, 0.95),
    ]
    requests, expected = [], []
    for temperature, top_k, top_p in settings:
        logits = 3 * torch.randn(1, 40, generator=generator, dtype=torch.float64)
        requests.append(
            {
                "logits": logits[0].tolist(),
                "uniform": uniform,
                "temperature": temperature,
                "top_k": top_k,
                "top_p": top_p,
            }
        )
        processors = LogitsProcessorList(
            [TemperatureLogitsWarper(temperature)]
            + ([TopKLogitsWarper(top_k)] if top_k else [])
            + [TopPLogitsWarper(top_p)]
        )
        expected.append(processors(None, logits.clone()).softmax(-1)[0])
    out = run_values(binary, folder, inputs, {"choose": requests})
    problems = []
    for setting, tokens, p in zip(settings, out["choose"], expected):
        difference = (
            (torch.bincount(torch.tensor(tokens), minlength=40) / len(tokens) - p)
            .abs()
            .max()
            .item()
        )
        if difference > 2 / len(tokens):
            problems.append(
                f"temperature, top_k, top_p {setting}: a frequency is off by {difference:.1e}"
            )
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--values", required=True, help="the executable generate_values")
    parser.add_argument("--cases", type=int, default=6)
    parser.add_argument("--seed", type=int, default=default_seed())
    options = parser.parse_args()
    torch.set_num_threads(1)
    failed = False
    with tempfile.TemporaryDirectory() as scratch:
        for case in range(options.cases):
            folder = Path(scratch) / str(case)
            result = check_case(options.values, options.seed + case, folder)
            failed = failed or bool(result["problems"])
            print(
                f"seed {options.seed + case}: {result['rows']} rows; "
                + ", ".join(f"{k} {v:.0e}" for k, v in result["error"].items()),
                *result["problems"],
                sep="\n  ",
            )
        problems = check_choice(
            options.values, folder, {"input_ids": torch.ones(1, 3, dtype=torch.long)}, options.seed
        )
        print(
            "draws against transformers' logits processors:", "; ".join(problems) or "as expected"
        )
    return 1 if failed or problems else 0


if __name__ == "__main__":
    sys.exit(main())
