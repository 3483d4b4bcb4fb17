"""Runs the checks of a program of tests one after the other, and says which failed."""

import time
import traceback


def run_checks(world, checks, only: str = "", always=(), essential=()) -> int:
    """Exit code: 1 if any failed. `only`: part of a name, for all but those in `always`.

    If one of `essential` fails, the rest is left out: it would fail for want of what that one makes.
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
