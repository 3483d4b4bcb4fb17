"""Counts how long lines and functions are, and what is compiled more than once.

    python scripts/counts.py [--build build] [--longest 15] [--root FOLDER]

Prints, of the files that git tracks (without `gloo_types`, golden files, seeds of fuzz targets and
`models/`):

- lines over 100 columns by language; in Markdown apart by what they are, since table rows,
  headings, links and single commands may be long
- functions of C++ and CUDA of more than 30 lines, from the line of the name to the closing brace,
  by folder, and the longest; tests are functions too
- lines of C++ in tools/, which are to be few: commands parse and call the library
- with a build folder: source files that belong to more than one target. Fuzz targets are apart:
  they need other flags than the library (sanitizers), so that they compile their few sources again.

Example: python scripts/counts.py --build build --longest 5

Standard library only.
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from check_format import CPP, MEASURED, WIDTH, allowed, tracked

LONG = 30  # lines of a function
LITERAL = re.compile(
    r'R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|/\*.*?\*/',
    re.DOTALL,
)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
TEMPLATE = re.compile(r"\s*template\s*<[^<>]*(?:<[^<>]*>[^<>]*)*>")
TOKEN = re.compile(r"[{}();]")
INITIALISERS = re.compile(r"\)\s*(?:noexcept\s*)?:(?!:)")
NAME = re.compile(
    r"((?:[\w~]+(?:<[^()]*>)?::)*(?:operator\s*(?:\(\)|[^\s\w(]+|[\w:]+)|~?\w+))\s*\("
)


def blanked(text):
    """C++ without literals, comments and directives, on the same lines."""

    def blank(found):
        lines = "\n" * found[0].count("\n")
        return '""' + lines if found[0][0] in "R\"'" else " " + lines

    return DIRECTIVE.sub(blank, LITERAL.sub(blank, text))


def is_body(header):
    """Whether a brace after `header` opens the body of a function; None: a member's initialiser."""
    if "(" not in header or re.search(r"=\s*$", header):
        return False
    if re.search(r"=\s*\[[^\]]*\]\s*\(", header):  # a lambda as the value of a constant
        return None
    if INITIALISERS.search(header) and re.search(r"[\w>]\s*$", header):
        return None
    return not re.match(r"\s*(?:namespace|class|struct|union|enum)\b[^()]*$", header)


def closing(text, at):
    """The place after the brace that closes the one at `at`."""
    depth = 0
    for found in re.compile(r"[{}]").finditer(text, at):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.end()
    return len(text)


def functions(text):
    """(name, first line, last line) of each function that has a body, in the order of the file."""
    text, found = blanked(text), []
    at = start = parens = 0
    while token := TOKEN.search(text, at):
        at, sign = token.end(), token[0]
        if sign in "()":
            parens += 1 if sign == "(" else -1
        elif parens == 0 and sign == "{":
            header = TEMPLATE.sub("", text[start : token.start()], count=1)
            body = is_body(header)
            if body is False and re.search(r"=\s*$|=\s*\[[^\]]*\]\s*$", header):
                body = None  # the value of a constant
            if body is None:
                at = closing(text, token.start())
                continue
            if body:
                at = closing(text, token.start())
                named = NAME.search(header)
                first = token.start() - len(header) + (named.start() if named else 0)
                found.append((named[1] if named else "?", line_of(text, first), line_of(text, at)))
            start = at
        elif parens == 0:
            start = at
    return found


def line_of(text, place):
    return text.count("\n", 0, place) + 1


def long_lines(root, names):
    """Counts of lines over WIDTH by language, and for Markdown by kind."""
    count = Counter()
    for name in names:
        suffix, code = Path(name).suffix, False
        if suffix not in MEASURED | {".md"}:
            continue
        for line in (root / name).read_text(encoding="utf-8").splitlines():
            if suffix == ".md" and line.lstrip().startswith("```"):
                code = not code
            if len(line) > WIDTH:
                count[kind_of(line, code) if suffix == ".md" else language(suffix)] += 1
    return count


def language(suffix):
    if suffix in CPP:
        return "C++ and CUDA"
    return {".py": "Python", ".txt": "CMake", ".cmake": "CMake"}.get(suffix, suffix[1:])


def kind_of(line, code):
    text = line.strip()
    if code or line.startswith("    "):
        return "Markdown, code and commands"
    if text.startswith("|"):
        return "Markdown, table rows"
    return "Markdown, headings and links" if allowed(line, code) else "Markdown, text"


def print_functions(root, names, longest):
    total, over, found = Counter(), Counter(), []
    for name in names:
        if Path(name).suffix not in CPP:
            continue
        for function, first, last in functions((root / name).read_text(encoding="utf-8")):
            folder, lines = name.split("/")[0], last - first + 1
            total[folder] += 1
            over[folder] += lines > LONG
            found.append((-lines, name, first, function))
    print(f"\nfunctions over {LONG} lines")
    for folder in sorted(total):
        print(f"{over[folder]:6} of {total[folder]:5}  {folder}")
    for lines, name, first, function in sorted(found)[:longest]:
        print(f"{-lines:6} lines     {name}:{first} {function}")


def compiled(build):
    """{source: names of its targets} of a build folder."""
    targets = defaultdict(set)
    for unit in json.loads((build / "compile_commands.json").read_text()):
        file = Path(unit["file"])
        listed = [file]
        if file.suffix == ".cxx" and file.is_relative_to(build):  # several files as one
            listed = map(Path, re.findall(r'^#include "(.*)"', file.read_text(), re.MULTILINE))
        target = re.search(r"CMakeFiles/([^/\s]+)\.dir/", unit["command"])
        for source in listed:
            targets[source].add(target[1])
    return targets


def print_compiled(root, build):
    targets = compiled(build)
    twice = {source: sorted(names) for source, names in targets.items() if len(names) > 1}
    print(f"\nsources in more than one target: {len(twice)} of {len(targets)}")
    for source, names in sorted(twice.items()):
        print(f"        {source.relative_to(root)}: {', '.join(names)}")
    again = len(list((build / "fuzz-objects/src").rglob("*.o")))
    print(f"{again:6} of src are compiled again for fuzz targets, with sanitizers")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--build", type=Path, help="a configured build folder")
    parser.add_argument("--longest", type=int, default=15, help="functions to list (15)")
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent)
    options = parser.parse_args()
    root = options.root.resolve()
    names = tracked(root)
    count = long_lines(root, names)
    print(f"lines over {WIDTH} columns: {sum(count.values())}")
    for kind, lines in sorted(count.items()):
        print(f"{lines:6}           {kind}")
    print_functions(root, names, options.longest)
    tools = [n for n in names if n.startswith("tools/") and Path(n).suffix in CPP]
    lines = sum(len((root / n).read_text(encoding="utf-8").splitlines()) for n in tools)
    print(f"\nlines of C++ in tools/: {lines}")
    if options.build:
        print_compiled(root, options.build.resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
