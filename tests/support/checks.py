"""What programs of checks share: their options, a folder to work in, and running one by one."""

import argparse
import contextlib
import shutil
import tempfile
import time
import traceback
from pathlib import Path


def options_of(doc: str, only: str = "only checks whose name contains this"):
    """A parser of --bin and --only; `doc` is the program's docstring."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument("--only", default="", help=only)
    return parser


@contextlib.contextmanager
def work_folder(name: str):
    """A new folder, which goes with everything in it at the end."""
    root = Path(tempfile.mkdtemp(prefix=f"{name}.")).resolve()
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def run_checks(world, checks, only: str = "", always=(), essential=()) -> int:
    """Exit code: 1 if any failed. `only`: part of a name, for all but those in `always`.

    If one of `essential` fails, the rest is left out: it lacks what that one makes.
    """
    failed = []
    for check in checks:
        if only and check not in always and only not in check.__name__:
            continue
        start = time.monotonic()
        try:
            check(world)
            print(f"ok      {check.__name__} ({time.monotonic() - start:.1f} s)", flush=True)
        except Exception:
            failed.append(check.__name__)
            print(f"FAILED  {check.__name__}\n{traceback.format_exc()}", flush=True)
            if check in essential:
                break
    print(f"{len(failed)} failed: {', '.join(failed)}" if failed else "all passed")
    return 1 if failed else 0
