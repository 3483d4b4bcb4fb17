"""Documents that lead somewhere.

    python tests/house/check_docs.py

- Every relative link leads to a file, and its anchor to a heading.
- Every path `docs/…`, and every path of code in a document, exists.
- docs/index.md lists every document.
- Every page of docs/formats has an example; blocks of json and jsonl parse.
- Every hop `file:function` of "## Walks" in docs/developers/architecture.md names a function that
  the file has.
- Every module, file, type and function that docs/developers/glossary.md names exists, and every
  `module NAME` of another document; the glossary has one row per term.
- Every GoogleTest `Suite.Name` or `Suite.*` that a document names exists.

Standard library only.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

from glossary import Code, glossary_faults

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DOCS_PATH = re.compile(r"(?<![\w/.-])docs/[\w/-]+(?:\.\w+)+")
CODE_PATH = re.compile(
    r"(?<![\w/.-])(?:src|include|tools|tests|scripts|bench|configs|cmake)/"
    r"[\w/-]+(?:\.(?:cpp|h|py|sh|json|txt)\b|/(?![\w*<{$]))"
)
HEADER_PATH = re.compile(r"(?<![\w/.-])ecg_lora/[\w/-]+\.h\b")
HOP = re.compile(r"`([\w/.-]+\.(?:cpp|h|cu)):(~?\w+)`")
TEXT = {".md", ".cpp", ".h", ".cu", ".py", ".sh", ".json", ".txt", ".cmake", ".in", ".sbatch", ""}
INDEX = ROOT / "docs/index.md"
ARCHITECTURE = ROOT / "docs/developers/architecture.md"
GLOSSARY = ROOT / "docs/developers/glossary.md"
MODULE = re.compile(r"\bmodule `([^`]+)`")


def tracked():
    """Text files of the repository, whether they are committed yet or not."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:  # an archive without git
        skipped = {"build", ".venv", "runs", "shared"}
        paths = [p for p in ROOT.rglob("*") if p.relative_to(ROOT).parts[0] not in skipped]
    return [p for p in paths if p.is_file() and p.suffix in TEXT]


def anchors(page):
    found = set()
    for line in FENCE.sub("", page.read_text()).splitlines():
        if heading := re.match(r"#+ (.*)", line):
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower()
            found.add(re.sub(r"[^\w\- ]", "", text).strip().replace(" ", "-"))
    return found


def dead_links(page):
    for link in LINK.findall(FENCE.sub("", page.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            yield f"{page.relative_to(ROOT)}: the link {link} leads nowhere"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target):
            yield f"{page.relative_to(ROOT)}: the link {link} has no such heading"


def dead_paths(file):
    text = file.read_text(errors="replace")
    named = set(DOCS_PATH.findall(text))
    if file.suffix == ".md":  # blocks may show files that are to be made
        prose = FENCE.sub("", text)
        named.update(CODE_PATH.findall(prose))
        named.update(f"include/{header}" for header in HEADER_PATH.findall(prose))
    named = {path for path in named if not re.search(r"/[A-Z]+/", path)}  # tests/FAMILY/
    for path in sorted(named):
        if not (ROOT / path).exists() and not (file.parent / path).exists():
            yield f"{file.relative_to(ROOT)} names {path}, which does not exist"


def unlisted(pages):
    listed = {(INDEX.parent / link).resolve() for link in LINK.findall(INDEX.read_text())}
    for page in pages:
        if page.is_relative_to(ROOT / "docs") and page != INDEX and page not in listed:
            yield f"docs/index.md does not list {page.relative_to(ROOT)}"


def bad_examples(page):
    text, name = page.read_text(), page.relative_to(ROOT)
    blocks = FENCE.findall(text)
    if not blocks and not re.search(r"^ {4}\S", text, re.MULTILINE):
        yield f"{name} has no example"
    for kind, block in blocks:
        parts = {"json": [block], "jsonl": block.splitlines()}.get(kind, [])
        for part in parts:
            try:
                json.loads(part)
            except ValueError as error:
                yield f"{name}: an example is no JSON ({error}): {part[:60]!r}"


def missing_hops():
    if not ARCHITECTURE.exists():
        yield "docs/developers/architecture.md does not exist"
        return
    walks = ARCHITECTURE.read_text().partition("\n## Walks\n")[2]
    hops = HOP.findall(walks)
    if len(hops) < 20:
        yield f"architecture.md has {len(hops)} hops below '## Walks', expected at least 20"
    for path, function in hops:
        file = ROOT / path
        if not file.exists():
            yield f"architecture.md: {path} does not exist"
        elif not re.search(rf"(?<!\w){re.escape(function)}(?!\w)", file.read_text()):
            yield f"architecture.md: {path} has no {function}"


def google_tests(root):
    """(suite, name) of every GoogleTest, and (suite, *) of every suite."""
    found = set()
    for file in (root / "tests").rglob("*.cpp"):
        found.update(re.findall(r"^TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\)", file.read_text(), re.M))
    return found | {(suite, "*") for suite, _ in found}


def missing_tests(text, tests):
    for suite, name in re.findall(r"`([A-Z][a-z]\w*)\.(\w+|\*)`", FENCE.sub("", text)):
        if (suite, name) not in tests and name not in ("txt", "md"):
            yield f"there is no test {suite}.{name}"


def missing_modules(page, code):
    for name in MODULE.findall(page.read_text()):
        if not code.is_module(name):
            yield f"{page.relative_to(ROOT)}: there is no module {name}"


def main():
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    files = tracked()
    pages = [file for file in files if file.suffix == ".md"]
    faults = [fault for page in pages for fault in dead_links(page)]
    faults += [fault for file in files for fault in dead_paths(file)]
    faults += unlisted(pages)
    formats = [page for page in pages if page.parent == ROOT / "docs/formats"]
    faults += [fault for page in formats for fault in bad_examples(page)]
    faults += missing_hops()
    code = Code(ROOT)
    faults += [fault for page in pages for fault in missing_modules(page, code)]
    tests = google_tests(ROOT)
    for page in pages:
        named = missing_tests(page.read_text(), tests)
        faults += [f"{page.relative_to(ROOT)}: {fault}" for fault in named]
    faults += glossary_faults(GLOSSARY.read_text(), code)
    print(*sorted(set(faults)), sep="\n")
    print(f"{len(pages)} documents, {len(set(faults))} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
