"""The repository is formatted, and scripts/check_format.py finds what is not.

Exits 77 without clang-format and ruff.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONG = "word " * 21
BAD = {  # name: (text, what the finding says)
    "src/badly.cpp": ("int  f( ){return 1;}\n", "src/badly.cpp:1: differs from clang-format"),
    "src/long.cpp": (f"// {LONG}\n", "src/long.cpp:1"),
    "src/raw.h": (f'const char* t = R"(\n{LONG}\n)";\n', "src/raw.h:2: 105 characters"),
    "badly.py": ("x = {1 :2}\n", "badly.py:1: differs from ruff format"),
    "import.py": ("import os\n", "import.py:1:8: F401"),
    "long.py": (f'"""\n{LONG.strip()}\n"""\n', "long.py:2: 104 characters"),
    "CMakeLists.txt": (f"# {LONG}\n", "CMakeLists.txt:1"),
    "run.sh": (f"echo {LONG}\n", "run.sh:1"),
    "config.json": ("{" + " " * 100 + "}\n", "config.json:1: 102 characters"),
    "page.md": (f"# Title\n\n{LONG}\n", "page.md:3"),
    "command.md": (f"    ecg-lora train {LONG}\n", "command.md:1"),
}
GOOD = {
    "src/good.cpp": "int f();\n",
    "src/x/gloo_types/a.h": f"// {LONG}\n",
    "good.py": "x = {1: 2}\n",
    "good.md": f"# {LONG}\n\n| {LONG} |\n|---|\n\n```\n{LONG}\n```\n\n[{LONG}](a.md)\n",
    "umlauts.md": "ä" * 100 + "\n",
}


def check(root):
    run = subprocess.run(
        [sys.executable, ROOT / "scripts/check_format.py", "--root", root],
        capture_output=True,
        text=True,
    )
    if run.returncode not in (0, 1):
        print(run.stdout, run.stderr, sep="")
        sys.exit(run.returncode)
    return run.returncode, run.stdout.splitlines()


def house(folder, files):
    """A folder with these files and the repository's settings."""
    for name, text in files.items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name in (".clang-format", "ruff.toml"):
        shutil.copy(ROOT / name, folder)


def main():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        house(folder, GOOD)
        code, lines = check(folder)
        if code:
            failures.append(f"good files: expected no finding, got {lines}")
    for name, (text, said) in BAD.items():
        with tempfile.TemporaryDirectory() as folder:
            house(folder, {name: text})
            code, lines = check(folder)
            if code != 1 or not any(line.startswith(said) for line in lines):
                failures.append(f"{name}: expected '{said}', got {lines}")
    code, lines = check(ROOT)
    print("\n".join(failures + lines))
    return int(bool(failures) or code != 0)


if __name__ == "__main__":
    sys.exit(main())
