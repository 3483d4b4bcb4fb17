"""Writes a compile_commands.json with one command per file, for clang-tidy, and prints the files
that have one: tidy_commands.py FROM FOLDER FILE...

A unity build compiles sources as one; each of them takes the command of the unity file that
includes it. What clang does not take of gcc's command is left out. Standard library only.
"""

import json
import re
import shlex
import sys
from pathlib import Path


def without_gcc(command):
    """The arguments of a gcc command that clang-tidy needs: what is included and defined."""
    words = shlex.split(command)
    kept, k = [], 1
    while k < len(words):
        pair = words[k] in ("-isystem", "-I", "-D")
        if pair or re.match(r"-(I|D|isystem|std=)", words[k]):
            kept += words[k : k + 1 + pair]
            k += pair
        k += 1
    return ["clang++", *kept]


def main():
    source, folder, files = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    commands = {}
    for entry in json.loads(source.read_text()):
        arguments = without_gcc(entry["command"])
        path = Path(entry["directory"], entry["file"])
        commands[path.resolve()] = (entry["directory"], arguments)
        if "/unity_" in str(path) and path.exists():
            for name in re.findall(r'#include "([^"]+)"', path.read_text()):
                commands.setdefault(Path(name).resolve(), (entry["directory"], arguments))
    found = []
    for name in files:
        path = Path(name).resolve()
        if path not in commands:
            print(f"{name}: not compiled in this build; left out", file=sys.stderr)
            continue
        print(name)
        directory, arguments = commands[path]
        found.append(
            {"directory": directory, "file": str(path), "arguments": [*arguments, "-c", str(path)]}
        )
    (folder / "compile_commands.json").write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
