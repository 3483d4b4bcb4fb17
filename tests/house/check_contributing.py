"""CONTRIBUTING.md, done: every change that it shows is made in a copy, compiled and tested.

    python tests/house/check_contributing.py --build build [--only SECTION]

Every block of every section must fit the code as it is. A block of `diff` begins with
`--- FILE`; its hunks are divided by `@@`, and each must fit one place of the file. Other blocks,
which begin with a comment of a path, are new files.

What changed is then compiled with the flags and libraries of the build:

- "A command": CMake configures a copy that has it; it must name the leads of a recording, by itself
  and through `ecg-lora`, which must list it.
- The other sections: the changed sources, with a test of the build; the tests of the change must
  pass.

Standard library only.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from copied_build import ROOT, Build, run

PAGE = ROOT / "CONTRIBUTING.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Trial:
    """How a section is tried: a program of the build, and the tests of it that must pass."""

    program: str
    tests: tuple
    # A module whose sources are all compiled again, with those of the program: a header changed
    # what they store. Without one, what changed is enough.
    module: str = ""


COMMAND = "A command"
TRIALS = {
    "A label set": Trial("test_ptbxl", ("LabelSet.FollowsTheBenchmark",)),
    "A paper effect": Trial(
        "test_paper",
        (
            "Paper.EveryEffectActsAndReports",
            "Paper.TheDocumentedPresetsAreThese",
            "PaperTruth.PointsLieOnTheInkAfterEachGeometricEffect",
            "PaperTruth.PointsThatDidNotMoveWouldMissTheInk",
            "PaperTruth.OnlyGeometricEffectsMoveIt",
        ),
        module="page/paper",
    ),
    "A LoRA variant": Trial(
        "test_lora",
        (
            "Inject.GaussianIsNormalWithDeviationOneOverTheRank",
            "Inject.KaimingIsUniformBelowOneOverTheRootOfTheWidth",
            "Inject.UniformHasTheDeviationOfGaussian",
        ),
    ),
    "A metric": Trial(
        "test_metrics",
        (
            "NegativePredictiveValue.IsTheShareOfNegativesAmongThoseCalledNegative",
            "Confusion.CountsTheThresholdItselfAsPositive",
        ),
    ),
}


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


def processor_time():
    """Seconds that the programs took which this one ran."""
    used = os.times()
    return used.children_user + used.children_system


def expect(what, found, expected):
    if found != expected:
        raise SystemExit(f"{what}: expected {expected!r}, found {found!r}")


def try_change(trial, blocks, build, scratch):
    """Applies a section and runs the tests of it, with what changed; a line on that."""
    if trial.module:
        for folder in (f"src/{trial.module}", "tests/support"):
            shutil.copytree(ROOT / folder, scratch / folder)
        for unit in build.units_of(trial.program):
            name = Path(unit["file"]).parent.relative_to(ROOT)
            shutil.copytree(ROOT / name, scratch / name, dirs_exist_ok=True)
    changed = apply(blocks, scratch)
    sources = [name for name in changed if name.endswith(".cpp")]
    if trial.module:
        target = f"ecg_lora_{trial.module.replace('/', '_')}"
        units = build.units_of(target) + build.units_of(trial.program)
        objects = [build.compile_copy(unit, scratch) for unit in units]
    else:
        missing = [name for name in sources if ROOT / name not in build.unit_of]
        expect("sources that the build does not compile", missing, [])
        objects = [
            build.compile(build.unit_of[ROOT / name], scratch / name, scratch) for name in sources
        ]
    program = build.link(trial.program, objects, scratch / trial.program)
    output = run([program, "--gtest_filter=" + ":".join(trial.tests)], scratch)
    if f"[  PASSED  ] {len(trial.tests)} test" not in output:
        raise SystemExit(f"expected {len(trial.tests)} tests:\n{output}")
    return f"{len(changed)} files changed, {len(objects)} compiled, {len(trial.tests)} tests passed"


def write_recording(folder):
    """Two leads of five samples, as WFDB has them; the name of the record."""
    (folder / "short.hea").write_text("short 2 100 5\nshort.dat 16 200 16 0 0 0 0 I\n")
    with (folder / "short.hea").open("a") as header:
        header.write("short.dat 16 200 16 0 0 0 0 aVR\n")
    (folder / "short.dat").write_bytes(bytes(2 * 2 * 5))
    return folder / "short"


def try_command(blocks, build, scratch):
    """Configures a copy that has the command, builds and runs it; a line on that."""
    tree, folder, bin_folder = scratch / "tree", scratch / "build", scratch / "bin"
    bin_folder.mkdir()
    shutil.copytree(ROOT / "tools", tree / "tools")
    changed = apply(blocks, tree)
    for path in ROOT.iterdir():
        if path.name not in ("tools", build.folder.name) and not path.name.startswith("."):
            (tree / path.name).symlink_to(path)
    found = {"LibTorch_INCLUDE_DIR", "CMAKE_CXX_COMPILER", "CMAKE_CXX_COMPILER_LAUNCHER"}
    settings = [f"-D{name}={build.setting(name)}" for name in found if build.setting(name)]
    generator = build.setting("CMAKE_GENERATOR")
    # Each file by itself: the objects of other commands are not made.
    settings += ["-DECG_LORA_TESTS=OFF", "-DECG_LORA_UNITY=OFF", "-DECG_LORA_CUDA_KERNELS=OFF"]
    run(["cmake", "-S", tree, "-B", folder, "-G", generator, *settings], scratch)
    copy, objects = Build(folder), {}
    for target in ("ecg-lora-leads", "ecg-lora"):
        units = copy.units_of(f"/{target}")
        objects[target] = [copy.compile(unit, Path(unit["file"]), scratch) for unit in units]
        words, place = copy.link_words(target)
        del words[words.index("-o") : words.index("-o") + 2]
        kept = [
            build.folder / place.relative_to(folder) / w if w.endswith(".a") else w
            for w in words
            if not w.endswith(".o")
        ]
        at = next(i for i, w in enumerate(kept) if str(w).endswith(".a"))
        run([*kept[:at], *objects[target], "-o", bin_folder / target, *kept[at:]], place)
    record = write_recording(scratch)
    by_itself = run([bin_folder / "ecg-lora-leads", "--record", record], scratch)
    expect("ecg-lora-leads", by_itself, "I\naVR\n")
    expect(
        "ecg-lora leads",
        run([bin_folder / "ecg-lora", "leads", "--record", record], scratch),
        by_itself,
    )
    expect(
        "a line of ecg-lora --help",
        "leads" in run([bin_folder / "ecg-lora", "--help"], scratch),
        True,
    )
    return f"{len(changed)} files changed, ecg-lora leads runs"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True, help="folder of a build with tests")
    parser.add_argument("--only", help="one section, by its heading")
    options = parser.parse_args()
    build = Build(options.build.resolve())
    found = sections(PAGE.read_text())
    shown = {name for name, blocks in found.items() if blocks}
    expect("sections with changes", sorted(shown), sorted({COMMAND, *TRIALS}))
    for name in [options.only] if options.only else found:
        if name not in shown:
            continue
        start = processor_time()
        with tempfile.TemporaryDirectory() as folder:
            if name == COMMAND:
                line = try_command(found[name], build, Path(folder))
            else:
                line = try_change(TRIALS[name], found[name], build, Path(folder))
        print(f"{name}: {line} ({processor_time() - start:.0f} s of a core)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
