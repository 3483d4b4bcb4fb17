"""Reads the tables of answers with their meaning, and prints how many are read as they are meant.

    python tests/metrics/check_answers.py --bin build/bin

worked_on.tsv was looked at while the reader was written, and each of its answers must be read
rightly; so must those of further.tsv, which were added later as something to hold on to.
held_out.tsv was written together with worked_on.tsv and looked at once, when the reader was done;
HELD_OUT is the score of that day, and no change may lower it. Exits 1 if a score is lower.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys

TABLES = pathlib.Path(__file__).resolve().parent / "answers"
HELD_OUT = 205  # of 207 rows of held_out.tsv


def read(program, table):
    done = subprocess.run([program, table], capture_output=True, text=True, check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def show(name, rows):
    """Prints the table of scores and returns the rows that are read otherwise than meant."""
    right, all_rows = collections.Counter(), collections.Counter()
    for row in rows:
        for key in ("all", row["language"], row["kind"]):
            all_rows[key] += 1
            right[key] += row["read"] == row["meaning"]
    print(
        f"| {name} | "
        + " | ".join(
            f"{right[k]} of {all_rows[k]}"
            for k in ("all", "en", "de", "sv", "labels", "choice", "yes_no", "report")
        )
        + " |"
    )
    return [row for row in rows if row["read"] != row["meaning"]]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--bin", type=pathlib.Path, required=True, help="the folder of answer_readings"
    )
    parser.add_argument(
        "--table",
        action="append",
        help="only this table, worked_on, further or held_out (several times: these)",
    )
    options = parser.parse_args()
    bad = 0
    print(
        "| answers | read rightly | English | German | Swedish | labels | choice | yes_no | report "
        "|\n" + "|---|" * 1 + "---|" * 8
    )
    for name in options.table or ["worked_on", "further", "held_out"]:
        rows = read(options.bin / "answer_readings", TABLES / f"{name}.tsv")
        wrong = show(name, rows)
        for row in wrong:
            print(
                f"  {name}.tsv:{row['line']}: {row['answer']!r} is read as '{row['read']}', "
                f"expected '{row['meaning']}'"
            )
        bad += len(rows) - len(wrong) < HELD_OUT if name == "held_out" else bool(wrong)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
