"""Sources of a copy, compiled and linked as a build does, for check_contributing.py."""

import json
import re
import shlex
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(words, folder):
    done = subprocess.run(
        list(map(str, words)), cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"failed: {shlex.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return done.stdout


class Build:
    """Flags and libraries of a build folder, for sources of a copy."""

    def __init__(self, folder):
        self.folder = folder
        self.units = json.loads((folder / "compile_commands.json").read_text())
        self.unit_of = {}  # by source; several sources may be compiled as one
        for unit in self.units:
            file = Path(unit["file"])
            listed = [file]
            if file.suffix == ".cxx":
                listed = map(Path, re.findall(r'^#include "(.*)"', file.read_text(), re.MULTILINE))
            self.unit_of |= dict.fromkeys(listed, unit)

    def units_of(self, target):
        """All units of a target, by the folder of its objects: src/page/paper, test_paper."""
        found = [u for u in self.units if re.search(rf"{target}\.dir/", u["command"])]
        if not found:
            raise SystemExit(f"{self.folder} does not build {target}")
        return found

    def compile(self, unit, source, scratch):
        """Compiles `source` of the copy as the build compiles `unit`; the object."""
        words = shlex.split(unit["command"])
        while not Path(words[0]).name.startswith(("c++", "g++", "clang", "ccache")):
            words.pop(0)  # what runs the compiler with settings of its own
        words = [w for w in words if w not in ("-c", unit["file"])]
        if "-include" not in words:  # a precompiled header is of one level of optimisation
            words = [w for w in words if not w.startswith("-O")] + ["-O1"]
        at = words.index("-o")
        del words[at : at + 2]
        made = scratch / f"{len(list(scratch.glob('*.o')))}.o"
        folders = [scratch / "include", source.parent, scratch / "tests"]
        first = 2 if Path(words[0]).name == "ccache" else 1
        words[first:first] = [f"-I{folder}" for folder in folders]
        run([*words, "-c", source, "-o", made], unit["directory"])
        return made

    def compile_copy(self, unit, scratch):
        """Compiles a whole unit of the copy; the object."""
        source = Path(unit["file"])
        if not source.is_relative_to(self.folder):
            return self.compile(unit, scratch / source.relative_to(ROOT), scratch)
        listed = source.read_text()  # several files as one: a list of their names
        folder = Path(re.search(r'^#include "(.*)"', listed, re.MULTILINE)[1]).parent
        source = scratch / folder.relative_to(ROOT) / source.name
        source.write_text(listed.replace(f"{ROOT}/", f"{scratch}/"))
        return self.compile(unit, source, scratch)

    def link_words(self, program):
        """The command that links a program, and the folder that it runs in."""
        for script in self.folder.glob(f"*/*/CMakeFiles/{program}.dir/link.txt"):
            return shlex.split(script.read_text()), script.parents[2]
        listed = run([self.ninja(), "-t", "commands", "-s", f"bin/{program}"], self.folder)
        command = listed.strip().splitlines()[-1].removeprefix(": && ").removesuffix(" && :")
        return shlex.split(command), self.folder

    def setting(self, name):
        cache = (self.folder / "CMakeCache.txt").read_text()
        found = re.search(rf"^{name}:\w+=(.*)$", cache, re.MULTILINE)
        return found[1] if found else ""

    def ninja(self):
        return self.setting("CMAKE_MAKE_PROGRAM")

    def link(self, program, objects, made):
        """Links `program` of these objects and the libraries of the build, as `made`."""
        words, folder = self.link_words(program)
        del words[words.index("-o") : words.index("-o") + 2]
        kept = [w for w in words if not w.endswith(".o")]
        at = next(i for i, w in enumerate(kept) if w.endswith((".a", ".so")) or ".so." in w)
        # The objects come first, and the first definition counts: what changed stands for what the
        # libraries have of it.
        kept[at:at] = ["-Wl,--allow-multiple-definition", *objects, "-o", made]
        run(kept, folder)
        return made
