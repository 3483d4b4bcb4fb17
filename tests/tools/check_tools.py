"""Runs the built executables end to end on a tiny synthetic model and data set, then feeds them bad
input.

    python3 tests/tools/check_tools.py --bin build/bin [--only NAME] [--keep FOLDER]

Bad input must give exactly one line on stderr that names the culprit, the exit code of its kind,
and nothing under the final name. Standard library only. Exits 1 where any check fails.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from bad_input import BAD_INPUT
from bad_scores import BAD_SCORES
from chain import CHAIN
from checks import options_of, run_checks, work_folder
from configs import CONFIGS
from instructions import INSTRUCTIONS
from quantising import QUANTISING
from rendering import RENDERING
from resuming import RESUMING
from states import STATES
from tasks import TASKS
from wording import WORDING
from world import World


def run_all(options, root: Path) -> int:
    world = World(options.bin.resolve(), root)
    bad = BAD_INPUT + BAD_SCORES
    good = (
        CHAIN
        + CONFIGS
        + INSTRUCTIONS
        + QUANTISING
        + RENDERING
        + RESUMING
        + STATES
        + TASKS
        + WORDING
    )
    return run_checks(world, good + bad, options.only, always=good, essential=CHAIN)


def main() -> int:
    parser = options_of(__doc__, "of the bad input, only checks whose name contains this")
    parser.add_argument("--keep", type=Path, help="work in this new folder and keep it")
    options = parser.parse_args()
    if not options.keep:
        with work_folder("check_tools") as root:
            return run_all(options, root)
    options.keep.mkdir(parents=True, exist_ok=True)
    return run_all(options, options.keep.resolve())


if __name__ == "__main__":
    sys.exit(main())
