#!/usr/bin/env python3
"""Draws the pages of docs/users/synth.md: for each statement of the virtual cohort a recording that
shows little else.

python scripts/synth_pages.py --bin build/bin --out docs/images
"""

import argparse
import ast
import csv
import pathlib
import subprocess
import tempfile

from PIL import Image

IMPLIED = {"SR", "PVC", "PAC", "AMI", "ASMI"}  # of a pattern of premature beats, of an aneurysm


def choose(rows, code):
    """The first recording with the fewest other statements, the surest first."""

    def rank(row):
        codes = ast.literal_eval(row["scp_codes"])
        others = [
            c
            for c in codes
            if c != code and c != "SR" and not (code in ("BIGU", "TRIGU", "ANEUR") and c in IMPLIED)
        ]
        return len(others), -codes[code], int(row["ecg_id"])

    return min((row for row in rows if code in ast.literal_eval(row["scp_codes"])), key=rank)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data, page = pathlib.Path(folder, "data"), pathlib.Path(folder, "page.png")
        subprocess.run(
            [
                args.bin / "ecg-lora-synth",
                "data",
                "--preset",
                "cohort",
                "--seed",
                "1",
                "--rates",
                "500",
                "--out",
                data,
            ],
            check=True,
        )
        rows = list(csv.DictReader(open(data / "ptbxl_database.csv", encoding="utf-8")))
        statements = list(csv.reader(open(data / "scp_statements.csv", encoding="utf-8")))[1:]
        for code in (row[0] for row in statements if row[0] != "SR"):
            row = choose(rows, code)
            subprocess.run(
                [
                    args.bin / "ecg-lora-render",
                    "--record",
                    data / row["filename_hr"],
                    "--out",
                    page,
                    "--set",
                    "px_per_mm=2.75",
                ],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            image = Image.open(page).convert("RGB")
            image = image.crop((18, 36, image.width - 22, image.height - 20)).quantize(
                16, dither=Image.Dither.NONE
            )
            image.save(args.out / f"synth-{code.replace('/', '-')}.png", optimize=True)
            print(
                code,
                row["ecg_id"],
                row["age"],
                "female" if row["sex"] == "1" else "male",
                row["scp_codes"],
                row["report"],
                sep="; ",
            )


if __name__ == "__main__":
    main()
