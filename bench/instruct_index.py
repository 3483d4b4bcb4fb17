"""Makes a file of a million instruction samples of ECGInstruct's form and measures how long its
index takes, and in how much memory.

    python3 bench/instruct_index.py --bin build/bin [--items 1000000] [--answer 500] [--keep FILE]

Runs `ecg-lora inspect FILE`, which indexes the file, reads and checks every item. `--answer` is the
mean length of an answer, bytes: the memory must not grow with it. Standard library only.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS = (
    "sinus rhythm normal axis deviation left right bundle branch block ST segment elevation in "
    "leads V1 V2 V3 T wave inversion consistent with acute "
    "anterior myocardial infarction no evidence of hypertrophy PR interval within limits clinical "
    "correlation is recommended"
).split()


def item(number: int, answer: int, draw: random.Random) -> str:
    def text(length: int) -> str:
        start = draw.randrange(len(WORDS))
        words = " ".join(WORDS[(start + i * 7) % len(WORDS)] for i in range(max(1, length // 6)))
        return words.capitalize() + "."

    study = 40_000_000 + number // 2
    turns = []
    for turn in range(draw.choice((1, 1, 1, 2, 3))):
        turns += [
            {"from": "human", "value": ("<image>\n" if turn == 0 else "") + text(80)},
            {"from": "gpt", "value": text(draw.randrange(answer // 2, answer * 3 // 2))},
        ]
    return json.dumps(
        {
            "id": f"ecg-{number}",
            "image": f"mimic_iv/files/p{study % 1000:04d}/s{study}/{study}-0.png",
            "conversations": turns,
        },
        ensure_ascii=False,
    )


def write(path: Path, items: int, answer: int) -> None:
    draw = random.Random(1)
    with path.open("w", encoding="utf-8", buffering=1 << 20) as out:
        out.write("[\n")
        for number in range(items):
            out.write((",\n" if number else "") + item(number, answer, draw))
        out.write("\n]\n")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--answer", type=int, default=400, help="mean length of an answer, bytes")
    parser.add_argument(
        "--keep", type=Path, help="write this file, or take it where it is there already"
    )
    options = parser.parse_args()
    path = options.keep or Path(tempfile.mkstemp(suffix=".json")[1])
    try:
        if not path.exists() or path.stat().st_size == 0:
            write(path, options.items, options.answer)
        size = path.stat().st_size
        start, before = time.monotonic(), os.times()
        done = subprocess.run(
            [options.bin / "ecg-lora-inspect", path, "--json"], capture_output=True, text=True
        )
        wall, after = time.monotonic() - start, os.times()
        if done.returncode != 0:
            print(done.stderr, file=sys.stderr)
            return 1
        found = json.loads(done.stdout)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        cpu = (
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )
        print(
            f"{found['items']} items, {size / 2**20:.0f} MiB, {size / found['items']:.0f} bytes "
            f"each: {wall:.1f} s wall, {cpu:.1f} s CPU, peak {peak:.0f} MiB"
        )
        return 0 if found["items"] == options.items else 1
    finally:
        if not options.keep:
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
