"""Exits 1 if a tracked file is not formatted, with one line per finding: file:line and what to do.

    python scripts/check_format.py [--fix] [--root FOLDER]

C++ and CUDA are held against .clang-format, Python against ruff.toml, and every line of code, of
build files, scripts, configs and documents against 100 characters. `--fix` (scripts/format.sh)
repairs what the two programs can. Needs clang-format and ruff of tests/requirements.txt; exits 77
if one is missing.
"""

import argparse
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

WIDTH = 100
CPP = {".cpp", ".h", ".cu", ".cuh"}
MEASURED = CPP | {".py", ".cmake", ".txt", ".sh", ".sbatch", ".json", ".yml", ".yaml", ".toml"}
FOREIGN = re.compile(r"src/(.*/)?gloo_types/|tests/(.*/)?golden/|tests/fuzz/corpus/|models/")
COMMAND = re.compile(r"\s*(ecg-lora|python3? |cmake |ctest |git |\./|scripts/|build/bin)")


def tracked(root):
    """Paths of the repository's files, relative to its root; of a plain folder all its files."""
    run = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True)
    if run.returncode == 0:
        found = [name for name in run.stdout.split("\0") if name]
    else:
        found = [str(p.relative_to(root)) for p in sorted(root.rglob("*")) if p.is_file()]
    return [n for n in found if not FOREIGN.match(n) and (root / n).is_file()]


def program(name):
    """The one beside this interpreter, so that its version is the pinned one, else that on PATH."""
    own = Path(sysconfig.get_path("scripts")) / name
    return str(own) if own.exists() else name


def clang_format(root, names, fix):
    """Findings of clang-format, the first of each file."""
    if not names:
        return []
    if fix:
        subprocess.run([program("clang-format"), "-i", *names], cwd=root, check=True)
        return []
    command = [program("clang-format"), "--dry-run", "--ferror-limit=1", *names]
    errors = subprocess.run(command, cwd=root, capture_output=True, text=True).stderr
    found = re.findall(r"^(.+?):(\d+):\d+: (?:warning|error): code should", errors, re.MULTILINE)
    first = {}
    for name, line in found:
        first.setdefault(name, line)
    return [
        f"{name}:{line}: differs from clang-format; run scripts/format.sh"
        for name, line in first.items()
    ]


def ruff(root, names, fix):
    """Findings of ruff format, then of ruff check."""
    if not names:
        return []
    options = [] if fix else ["--check", "--output-format=concise"]
    run = subprocess.run(
        [program("ruff"), "format", "-q", "--no-cache", *options, *names],
        cwd=root,
        capture_output=True,
        text=True,
    )
    found = [
        f"{':'.join(line.split(':')[:2])}: differs from ruff format; run scripts/format.sh"
        for line in run.stdout.splitlines()
    ]
    check = [program("ruff"), "check", "-q", "--no-cache", "--output-format=concise"]
    run = subprocess.run(
        check + (["--fix"] if fix else []) + names, cwd=root, capture_output=True, text=True
    )
    return found + [f"{line}; change it by hand" for line in run.stdout.splitlines()]


def allowed(line, code):
    """Whether a line of Markdown may be long: a table row, a heading, a bare link or picture, a
    line that is one command, and in blocks of code what is no command (output, data)."""
    text = line.strip()
    if code or line.startswith("    "):
        return not COMMAND.match(line)
    return text.startswith(("|", "#", "<")) or bool(
        re.fullmatch(r"[-*\s]*!?\[.*\]\(\S+\)\W*|`[^`]*`\W?", text)
    )


def long_lines(root, name):
    found, code = [], False
    for number, line in enumerate((root / name).read_text(encoding="utf-8").splitlines(), 1):
        markdown = name.endswith(".md")
        if markdown and line.lstrip().startswith("```"):
            code = not code
        if len(line) > WIDTH and not (markdown and allowed(line, code)):
            found.append(f"{name}:{number}: {len(line)} characters, expected at most {WIDTH}")
    return [f"{finding}; break the line" for finding in found]


def check(root, fix):
    names = tracked(root)
    of = lambda suffixes: [n for n in names if Path(n).suffix in suffixes]
    found = clang_format(root, of(CPP), fix) + ruff(root, of({".py"}), fix)
    for name in of(MEASURED | {".md"}):
        found += long_lines(root, name)
    return found


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fix", action="store_true", help="repair what can be repaired")
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent)
    options = parser.parse_args()
    try:
        found = check(options.root.resolve(), options.fix)
    except FileNotFoundError as missing:
        print(f"skipped: {missing.filename} is missing; pip install -r tests/requirements.txt")
        return 77
    print("\n".join(found) if found else "every file is formatted")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
