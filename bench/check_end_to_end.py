"""bench/llama_11b.sh with the tiny model: every stage runs, and a second call runs none again.

python bench/check_end_to_end.py --bin build/bin
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy  # noqa: F401  which writes the base of the 11B shape
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

STAGES = [
    "write the base",
    "load as NF4",
    "load as NF4, write the cache",
    "load from the cache",
    "train --dry-run",
    "train, 4 steps",
    "train, killed",
    "train --resume",
    "eval --limit 2",
    "predict",
    "merge --verify",
    "extract",
]


def call(work, binaries):
    script = Path(__file__).with_name("llama_11b.sh")
    command = [script, work, "--bin", binaries]
    done = subprocess.run(
        command, env=os.environ | {"SIZE": "tiny"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        table, told = call(work, options.bin)
        print(table)
        found = [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines()[2:]]
        assert found[: len(STAGES)] == STAGES, found
        assert "gave the bytes of the run that was not: " in table, table
        for stage, mention in (
            ("load as NF4, write the cache", "are kept in"),
            ("load from the cache", "are read from"),
            ("predict", "are read from"),
        ):
            log = (Path(work) / "results" / f"{stage}.log").read_text()
            assert mention in log, f"{stage}: {log}"
        again, told = call(work, options.bin)
        assert again == table and not told, told
    return 0


if __name__ == "__main__":
    sys.exit(main())
