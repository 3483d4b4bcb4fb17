"""Holds what the library's modules include against the table of docs/developers/architecture.md.

    python tests/house/check_layers.py            # exits 1 with one line per difference
    python tests/house/check_layers.py --write    # writes the table anew, by what the code does

A module is a folder below src/ whose CMakeLists.txt declares one (ecg_lora_module), with its public
headers in the same folder below include/ecg_lora/; it may lie in another folder (src/ecg/wfdb).
Found are: arrows in the code that the table lacks, and the reverse; cycles; modules without a row
or without a word on what they contain; headers of no module; library files that include a header
of tools/; modules whose CMake links do not reach what they include, or reach what they do not; and
namespaces that are named neither after their module nor after its family.

The picture above the table, a flowchart of Mermaid, has one node per group of modules, named after
`<br>`; an arrow leads from a group to one that includes it. Found are: a module of no node or of
two, an arrow that no include has, and an include that follows no arrows. Standard library only.
"""

import argparse
import re
import sys
from pathlib import Path

from picture import PAGE, Picture, compare_picture

HEADING = "## Layers"
SOURCES = {".cpp", ".h", ".cu", ".cuh", ".in"}


class Tree:
    """Modules of a repository, what each includes, and what its targets link."""

    def __init__(self, root):
        self.root, self.findings = root, []
        self.modules = self._modules()
        self.includes = {module: set() for module in self.modules}
        self.links = {module: set() for module in self.modules}  # from CMake, direct
        self.public = {module: set() for module in self.modules}
        self._read_includes()
        self._read_links()

    def _modules(self):
        files = sorted(self.root.glob("src/**/CMakeLists.txt"))
        found = [f for f in files if re.search(r"^\s*ecg_lora_module\(", f.read_text(), re.M)]
        names = {f.parent.relative_to(self.root / "src").as_posix() for f in found}
        listed = re.search(r"set\(modules\s+([^)]*)\)", self._text("src/CMakeLists.txt"))
        order = listed[1].split() if listed else []
        return sorted(names, key=lambda n: (order.index(n) if n in order else len(order), n))

    def _text(self, name):
        path = self.root / name
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def module_of(self, path):
        """The innermost module that a path below src/ or include/ecg_lora/ lies in, or None."""
        parts = path.split("/")
        for count in range(len(parts) - 1, 0, -1):
            if "/".join(parts[:count]) in self.includes:
                return "/".join(parts[:count])
        return None

    def _read_includes(self):
        for base in ("src", "include/ecg_lora"):
            for path in sorted((self.root / base).rglob("*")):
                if path.suffix not in SOURCES or "gloo_types" in path.parts:
                    continue
                module = self.module_of(path.relative_to(self.root / base).as_posix())
                where = path.relative_to(self.root).as_posix()
                if module is None:
                    if path.parent != self.root / "src":
                        self.findings.append(f"{where}: of no module; give its folder one")
                    continue
                self._read_file(path, module, where)

    def _read_file(self, path, module, where):
        names = {"exports" if part == "export" else part for part in module.split("/")}
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            inside = re.match(r"namespace ecg_lora::(\w+)[\w:]* \{$", line)
            declared = re.match(r"(class|struct) \w+;", "".join(lines[number : number + 1]))
            if inside and module != "base" and not declared and inside[1] not in names:
                self.findings.append(
                    f"{where}:{number}: namespace '{inside[1]}' in module '{module}'; "
                    f"expected {' or '.join(sorted(names))}"
                )
            found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if not found:
                continue
            other = self._target_of(path, found[1], f"{where}:{number}")
            if other and other != module:
                self.includes[module].add(other)

    def _target_of(self, path, name, where):
        """The module of an included file; None for a file of nobody (one that the build makes)."""
        if name.startswith("ecg_lora/"):
            other = self.module_of(name.removeprefix("ecg_lora/"))
            if other is None:
                self.findings.append(f"{where}: '{name}' is of no module")
            return other
        src = (self.root / "src").resolve()
        for candidate in (path.parent / name, src / name):
            if candidate.exists() and src in candidate.resolve().parents:
                return self.module_of(candidate.resolve().relative_to(src).as_posix())
        if (self.root / "tools" / name).exists() or any(self.root.glob(f"tools/*/{name}")):
            self.findings.append(f"{where}: '{name}' is a header of tools/; the library knows none")
        return None

    def _read_links(self):
        owner, lists = {}, []
        for module in self.modules:
            text = re.sub(r"#[^\n]*", "", self._text(f"src/{module}/CMakeLists.txt"))
            owner[f"ecg_lora_{module.replace('/', '_')}"] = module
            calls = re.findall(r"\becg_lora_module\(([^)]*)\)", text)
            lists += [(module, rest) for rest in calls]
            calls = re.findall(r"\btarget_link_libraries\(\s*ecg_lora_\S+([^)]*)\)", text)
            lists += [(module, rest) for rest in calls]
        for module, rest in lists:
            kind = None
            for word in rest.split():
                if word in ("SOURCES", "PUBLIC", "PRIVATE", "INTERFACE", "TORCH"):
                    kind = word
                elif kind in ("PUBLIC", "PRIVATE") and owner.get(word, module) != module:
                    self.links[module].add(owner[word])
                    if kind == "PUBLIC":
                        self.public[module].add(owner[word])

    def linked(self, module):
        """Modules whose headers the targets of this one reach: its links and their public ones."""
        reached, waiting = set(), sorted(self.links[module])
        while waiting:
            other = waiting.pop()
            if other not in reached:
                reached.add(other)
                waiting += self.public[other]
        return reached

    def cycle(self):
        """The modules of a cycle of includes, the first again at the end, or nothing."""
        done = set()

        def visit(module, way):
            if module in way:
                return [*way[way.index(module) :], module]
            if module in done:
                return []
            for other in sorted(self.includes[module]):
                found = visit(other, [*way, module])
                if found:
                    return found
            done.add(module)
            return []

        return next((found for module in self.modules if (found := visit(module, []))), [])


def rows_of(text):
    """{module: (contains, set of modules it may include)} from the table below the heading."""
    section = text.partition(HEADING + "\n")[2].partition("\n## ")[0]
    rows = {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 3:
            rows[cells[0].strip("`")] = (cells[1], set(re.findall(r"`([^`]+)`", cells[2])))
    return rows


def table_of(tree, rows):
    lines = ["| module | contains | may include |", "|---|---|---|"]
    for module in tree.modules:
        others = [f"`{other}`" for other in tree.modules if other in tree.includes[module]]
        contains = rows.get(module, ("", ()))[0] or "?"
        lines.append(f"| `{module}` | {contains} | {', '.join(others) or '-'} |")
    return "\n".join(lines)


def compare(tree, rows):
    """Differences between code, table and CMake, each with what to do."""
    found = list(tree.findings)
    for module in tree.modules:
        contains, may = rows.get(module, ("", set()))
        if contains in ("", "?"):
            found.append(f"{PAGE}: no word on what module '{module}' contains; write its row")
        for other in sorted(tree.includes[module] - may):
            found.append(
                f"src/{module}: includes '{other}', which {PAGE} does not allow; "
                "move the code, or change the table if the arrow is right"
            )
        for other in sorted(may - tree.includes[module]):
            found.append(
                f"{PAGE}: '{module}' includes nothing of '{other}'; take it out of its row"
            )
        for other in sorted(tree.includes[module] - tree.linked(module)):
            found.append(f"src/{module}/CMakeLists.txt: does not link '{other}', which it includes")
        for other in sorted(tree.links[module] - tree.includes[module]):
            found.append(f"src/{module}/CMakeLists.txt: links '{other}', which it does not include")
    for module in sorted(set(rows) - set(tree.modules)):
        found.append(f"{PAGE}: there is no module '{module}'; take out its row")
    if cycle := tree.cycle():
        found.append(f"a cycle of includes: {' -> '.join(cycle)}; break it")
    return found


def write(page, tree):
    text = page.read_text(encoding="utf-8")
    before, heading, rest = text.partition(HEADING + "\n")
    if not heading:
        sys.exit(f"{page}: no heading '{HEADING}'; add it where the table belongs")
    section, more, after = rest.partition("\n## ")
    lines = [line for line in section.splitlines() if not line.startswith("|")]
    words = "\n".join(lines).strip("\n")
    section = (f"\n{words}\n" if words else "") + "\n" + table_of(tree, rows_of(text)) + "\n"
    page.write_text(before + heading + section + more + after, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--table", action="store_true", help="print the table by what the code does"
    )
    parser.add_argument("--write", action="store_true", help=f"write it into {PAGE}")
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[2])
    options = parser.parse_args()
    tree, page = Tree(options.root), options.root / PAGE
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    rows = rows_of(text)
    if options.table:
        print(table_of(tree, rows))
        return 0
    if options.write:
        write(page, tree)
        return 0
    found = compare(tree, rows) + compare_picture(tree, Picture(text))
    print("\n".join(found) if found else f"{len(tree.modules)} modules include what the table says")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
