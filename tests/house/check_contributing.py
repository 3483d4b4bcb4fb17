"""CONTRIBUTING.md, done: its blocks are applied to a copy of the code, its paper effect is built.

    python tests/house/check_contributing.py --build build

Every block of every section must fit the code as it is. A block of `diff` begins with
`--- FILE`; its hunks are divided by `@@`, and each must fit one place of the file. Other blocks,
which begin with a comment of a path, are new files.

The section "A paper effect" is then compiled in the copy (the module render and its tests, with the
flags and libraries of the build), and must pass the tests of effects and of the ground truth.

Standard library only.
"""

import argparse
import json
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "CONTRIBUTING.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EFFECT = "A paper effect"
TESTS = (
    "Paper.EveryEffectActsAndReports",
    "Paper.TheDocumentedPresetsAreThese",
    "PaperTruth.PointsLieOnTheInkAfterEachGeometricEffect",
    "PaperTruth.PointsThatDidNotMoveWouldMissTheInk",
    "PaperTruth.OnlyGeometricEffectsMoveIt",
)
OBJECTS = "tests/page/CMakeFiles/test_paper.dir"
MODULE = "src/render/CMakeFiles/ecg_lora_page.dir"


def sections(text):
    """Blocks (kind, text) by the heading that they stand under."""
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return {name: FENCE.findall(body) for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def apply_hunk(hunk, text, name):
    lines = hunk.splitlines()
    before = "".join(line[1:] + "\n" for line in lines if line[:1] != "+")
    after = "".join(line[1:] + "\n" for line in lines if line[:1] != "-")
    places = len(re.findall(r"(?m)^" + re.escape(before), text))
    if places != 1:
        raise SystemExit(f"CONTRIBUTING.md: a change of {name} fits {places} places:\n{hunk}")
    return re.sub(r"(?m)^" + re.escape(before), lambda _: after, text)


def copy_of(name, scratch):
    target = scratch / name
    if not target.exists():
        if not (ROOT / name).exists():
            raise SystemExit(f"CONTRIBUTING.md names {name}, which does not exist")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    return target


def apply(blocks, scratch):
    """Makes the changes of a section in the copy; the files that it changed or made."""
    changed = []
    for kind, block in blocks:
        first, _, rest = block.partition("\n")
        if kind == "diff":
            name = first.removeprefix("--- ")
            target = copy_of(name, scratch)
            text = target.read_text()
            for hunk in re.split(r"^@@\n", rest, flags=re.MULTILINE):
                text = apply_hunk(hunk, text, name)
        else:
            name, text = first.lstrip("/# "), rest
            target = scratch / name
            if (ROOT / name).exists():
                raise SystemExit(f"CONTRIBUTING.md makes {name}, which exists")
            target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        changed.append(name)
    return changed


class Build:
    """Flags and libraries of a build, for a copy of some sources."""

    def __init__(self, build, scratch):
        self.build, self.scratch = build, scratch
        commands = json.loads((build / "compile_commands.json").read_text())
        self.units = [c for c in commands if f"{MODULE}/" in c["command"]]
        self.tests = [c for c in commands if f"{OBJECTS}/" in c["command"]]
        assert self.units and self.tests, f"{build} does not build render and test_paper"

    def compile(self, unit):
        """The object of a unit of the build, made of the copy."""
        source, name = Path(unit["file"]), f"{len(list(self.scratch.glob('*.o')))}.o"
        if source.is_relative_to(self.build):  # several files as one: a list of their names
            listed = source.read_text()
            source = self.scratch / source.name
            source.write_text(listed.replace(f"{ROOT}/src/", f"{self.scratch}/src/"))
        else:
            source = self.scratch / source.relative_to(ROOT)
        words = shlex.split(unit["command"])
        while not Path(words[0]).name.startswith(("c++", "g++", "clang", "ccache")):
            words.pop(0)  # what runs the compiler with settings of its own
        words = [w for w in words if w not in ("-c", unit["file"]) and not w.startswith("-O")]
        at = words.index("-o")
        del words[at : at + 2]
        own = [f"-I{self.scratch / folder}" for folder in ("include", "src/render", "tests")]
        first = 2 if Path(words[0]).name == "ccache" else 1
        words[first:first] = [*own, "-O1"]
        words += ["-c", str(source), "-o", str(self.scratch / name)]
        run(words, unit["directory"])
        return self.scratch / name

    def link_words(self):
        """The command that links test_paper."""
        script = self.build / OBJECTS / "link.txt"
        if script.exists():
            return shlex.split(script.read_text()), script.parents[2]
        cache = (self.build / "CMakeCache.txt").read_text()
        ninja = re.search(r"^CMAKE_MAKE_PROGRAM:\w+=(.*)$", cache, re.MULTILINE)[1]
        listed = run([ninja, "-t", "commands", "-s", "bin/test_paper"], self.build)
        command = listed.strip().splitlines()[-1].removeprefix(": && ").removesuffix(" && :")
        return shlex.split(command), self.build

    def link(self, objects):
        words, folder = self.link_words()
        del words[words.index("-o") : words.index("-o") + 2]
        kept = [w for w in words if not w.endswith((".o", "libecg_lora_render.a"))]
        program = self.scratch / "test_paper"
        at = next(i for i, w in enumerate(kept) if w.endswith((".a", ".so")) or ".so." in w)
        kept[at:at] = [*map(str, objects), "-o", str(program)]
        run(kept, folder)
        return program


def run(words, folder):
    done = subprocess.run(
        list(map(str, words)), cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"failed: {shlex.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return done.stdout


def check_effect(blocks, build, scratch):
    for folder in ("include/ecg_lora/render", "src/render", "tests/page", "tests/support"):
        shutil.copytree(ROOT / folder, scratch / folder)
    changed = apply(blocks, scratch)
    maker = Build(build, scratch)
    objects = [maker.compile(unit) for unit in maker.units + maker.tests]
    program = maker.link(objects)
    output = run([program, "--gtest_filter=" + ":".join(TESTS)], scratch)
    if f"[  PASSED  ] {len(TESTS)} tests" not in output:
        raise SystemExit(f"expected {len(TESTS)} tests:\n{output}")
    print(f"{EFFECT}: {len(changed)} files changed, {len(TESTS)} tests passed")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True, help="folder of a build with tests")
    options = parser.parse_args()
    found = sections(PAGE.read_text())
    for name, blocks in found.items():
        with tempfile.TemporaryDirectory() as folder:
            scratch = Path(folder)
            if name == EFFECT:
                check_effect(blocks, options.build.resolve(), scratch)
            elif blocks:
                print(f"{name}: {len(apply(blocks, scratch))} files fit")
    if EFFECT not in found:
        raise SystemExit(f"CONTRIBUTING.md has no section '{EFFECT}'")
    return 0


if __name__ == "__main__":
    sys.exit(main())
