"""Runs the built executables end to end on a tiny synthetic model and data set, then feeds them bad input.

    python3 tests/tools/check_tools.py --bin build/bin [--only NAME] [--keep FOLDER]

Bad input must give exactly one line on stderr that names the culprit, the exit code of its kind, and nothing under the
final name. Standard library only. Exits 1 where any check fails.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from bad_input import BAD_INPUT
from bad_scores import BAD_SCORES
from chain import CHAIN
from checks import run_checks
from configs import CONFIGS
from instructions import INSTRUCTIONS
from quantising import QUANTISING
from rendering import RENDERING
from resuming import RESUMING
from tasks import TASKS
from world import World


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument("--only", help="of the bad input, only checks whose name contains this")
    parser.add_argument("--keep", type=Path, help="work in this new folder and keep it")
    options = parser.parse_args()
    root = options.keep or Path(tempfile.mkdtemp(prefix="check_tools."))
    root.mkdir(parents=True, exist_ok=True)
    world = World(options.bin.resolve(), root.resolve())
    bad = BAD_INPUT + BAD_SCORES
    good = CHAIN + CONFIGS + INSTRUCTIONS + QUANTISING + RENDERING + RESUMING + TASKS
    try:
        return run_checks(world, good + bad, options.only or "", always=good, essential=CHAIN)
    finally:
        if not options.keep:
            shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
