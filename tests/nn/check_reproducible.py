"""Whether MKL is asked for reproducible products before a command's first one.

    python tests/nn/check_reproducible.py build/bin/ecg-lora-parity

MKL_VERBOSE=1 makes MKL print a line for each call, with what it goes by: CNR:AUTO. Exit code 77,
which skips the test, if libtorch multiplies with another library.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

GOLDEN = Path("tests/parity/golden/one_image")


def modes(program, **environment):
    """What MKL says that it goes by, in a pass of the golden model."""
    kept = {name: value for name, value in os.environ.items() if name != "MKL_CBWR"}
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(
            [program, "--model", GOLDEN / "model", "--inputs", GOLDEN / "in.safetensors"]
            + ["--device", "cpu", "--out", Path(folder) / "out.safetensors"],
            env={**kept, "MKL_VERBOSE": "1", **environment},
            capture_output=True,
            text=True,
            check=True,
        )
    return set(re.findall(r"\bCNR:(\S+)", result.stdout + result.stderr))


def main():
    program = sys.argv[1]
    asked, chosen = modes(program), modes(program, MKL_CBWR="COMPATIBLE")
    if not asked:
        print("skipped: libtorch does not multiply with MKL here")
        return 77
    assert asked == {"AUTO"}, f"products of the command go by {asked}, expected AUTO"
    assert chosen == {"COMPATIBLE"}, f"the user chose COMPATIBLE, the command goes by {chosen}"
    print("all products go by AUTO, or by what the user chose")
    return 0


if __name__ == "__main__":
    sys.exit(main())
