"""Disk, memory and time of reproduce_paper.sh, before anything is done. Reads only.

Times are estimates: arithmetic that `ecg-lora plan` counts, over the speed that is named. What the
estimates take for granted is printed with them.
"""

import argparse
import csv
import json
import math
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from hub.errors import size_text, time_text

TOKENS, ASKED = 256, 64  # of a conversation, of a yes-no question
LABELS = {"the superclasses": 5, "all labels": 71}
BANDWIDTH = 1e12  # bytes per second, to read the weights once per token of an answer
ANSWER = 256  # tokens


def options_of():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("model", "ptbxl", "ecginstruct", "out", "config"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("processes", "tflops", "device-memory"):
        parser.add_argument(f"--{name}", type=float, required=True)
    parser.add_argument("--set", nargs="*", default=[])
    return parser.parse_args()


def config_of(path: Path, fields: list) -> dict:
    """The numbers of the config that matter here, with the fields that were set."""
    text = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
    config = json.loads(re.sub(r",(\s*[}\]])", r"\1", text))
    for field in fields:
        key, value = field.split("=", 1)
        section, *name = key.split(".")
        if name and section in ("batch", "loop", "lora"):
            config.setdefault(section, {})[name[0]] = (
                float(value) if re.fullmatch(r"[-+.\deE]+", value) else value
            )
    return config


def plan(options, rows: int, tokens: int, *fields) -> dict:
    command = [
        "ecg-lora",
        "plan",
        "--config",
        options.config,
        "--rows",
        str(rows),
        "--tokens",
        str(tokens),
        "--json",
        "--set",
        *options.set,
        *fields,
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"error: the plan could not be made\n{done.stderr}")
    return json.loads(done.stdout)


def conversations(folder: Path) -> int:
    """How many there are in the instruction files below `folder`."""
    files = [*folder.rglob("*.jsonl")] or [
        path for path in folder.glob("*.json") if path.stat().st_size > 1000
    ]
    count = 0
    for path in files:
        with open(path, "rb") as file:
            kept = b""
            while data := file.read(1 << 22):
                count += (kept + data).count(b'"conversations"')
                kept = data[-14:]  # a key that two pieces share
    return count


def pages_by_fold(ptbxl: Path) -> dict:
    counts = {}
    with open(ptbxl / "ptbxl_database.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            counts[row["strat_fold"]] = counts.get(row["strat_fold"], 0) + 1
    return counts


def print_disk(options, step: dict):
    """What OUT will take, and what is free."""
    checkpoint = step["adapters"] + step["optimizer"]
    converted = any(
        options.ecginstruct.glob(part) and next(options.ecginstruct.glob(part), None)
        for part in ("*.jsonl", "files/*.jsonl")
    )
    pages = (
        0
        if converted
        else sum(path.stat().st_size for path in options.ecginstruct.iterdir() if path.is_file())
    )
    place = options.out.resolve()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    print(
        f"disk    pages and conversations {size_text(pages)}, checkpoints 3 x "
        f"{size_text(checkpoint)}; free: {size_text(free)}"
    )
    if free < pages + 3 * checkpoint:
        print("        That is too little: name an OUT with more room.")


def print_training(options, config: dict) -> float:
    """Memory and time of training; seconds."""
    batch, loop = config["batch"], config["loop"]
    rows = int(batch["images"] * max(batch["questions"], 1))
    step = plan(options, rows, TOKENS)
    count = conversations(options.ecginstruct)
    steps = loop.get("steps") or math.ceil(
        count * loop.get("epochs", 1) / (rows * loop["accumulation"])
    )
    seconds = steps * step["flops"] / (options.tflops * 1e12 * options.processes)
    fits = "fits" if step["total"] < 0.92 * options.device_memory * 1e9 else "does NOT fit"
    print_disk(options, step)
    print(
        f"memory  {size_text(step['total'])} per device at {rows} conversations of {TOKENS} "
        f"tokens per batch: {fits} into {options.device_memory:g} GB"
    )
    print(
        f"train   {count:,} conversations, {steps:,.0f} steps of {step['flops'] / 1e12:,.3g} "
        f"TFLOP on {options.processes:g} device(s): about {time_text(seconds)}"
    )
    return seconds


def print_questions(options, pages: dict) -> float:
    """Time of the evaluations; seconds."""
    total, test = 0.0, pages.get("10", 0)
    both = test + pages.get("9", 0)
    one = ("batch.images=1", "loop.accumulation=1", "loop.activation_checkpointing=none")
    for name, labels in LABELS.items():
        flops = plan(options, labels, ASKED, *one)["flops"] / 2  # forward without backward
        seconds = both * flops / (options.tflops * 1e12 * options.processes)
        print(
            f"score   {name}: {both:,} pages of {flops / 1e12:,.3g} TFLOP: about "
            f"{time_text(seconds)}"
        )
        total += seconds
    weights = plan(options, 1, ASKED, *one)["weights"]
    bytes_read = sum(weights.values())
    seconds = test * ANSWER * bytes_read / BANDWIDTH / 4 / options.processes  # four at a time
    print(f"words   {test:,} answers of at most {ANSWER} tokens: about {time_text(seconds)}")
    return total + seconds


def main() -> int:
    options = options_of()
    config = config_of(options.config, options.set)
    total = print_training(options, config)
    total += print_questions(options, pages_by_fold(options.ptbxl))
    print(
        f"total   about {time_text(total)}, an estimate from arithmetic at {options.tflops:g} "
        f"TFLOP/s per device, {TOKENS} tokens per conversation, {ASKED} per question, and "
        f"weights read at {size_text(BANDWIDTH)} per second; no device has measured it"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
