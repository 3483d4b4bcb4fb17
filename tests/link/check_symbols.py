"""Every symbol of libstdc++ that an executable uses comes from libstdc++.

    python3 tests/link/check_symbols.py build/tests/link/libcheck_symbols.so build/bin

Wheels of torch export functions of an older libstdc++; see symbols.cpp. Exits 1 if a symbol comes
from elsewhere.
"""

import os
import subprocess
import sys
from pathlib import Path


def main() -> int:
    library, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    programs = [
        p
        for p in sorted(folder.iterdir())
        if p.is_file() and os.access(p, os.X_OK) and not p.name.startswith("fuzz_")
    ]
    wrong = symbols = 0
    for program in programs:
        environment = {**os.environ, "LD_PRELOAD": str(library), "LD_BIND_NOW": "1"}
        done = subprocess.run(
            [program.resolve()], capture_output=True, text=True, timeout=60, env=environment
        )
        found = [line.split() for line in done.stdout.splitlines()]
        counts = [int(line[1]) for line in found if line[0] == "symbols"]
        if len(counts) != 1:
            sys.exit(
                f"{program}: expected a count of symbols, got: "
                f"{done.stdout[:500]}{done.stderr[:500]}"
            )
        symbols += counts[0]
        for _, name, origin in (line for line in found if line[0] == "wrong"):
            wrong += 1
            print(f"{program.name}: {name} comes from {origin}")
    print(
        f"{len(programs)} programs use {symbols} symbols of libstdc++; "
        f"{wrong} come from another library"
    )
    return 1 if wrong or not symbols else 0


if __name__ == "__main__":
    sys.exit(main())
