"""Stand-ins for the programs of the page that fetch, wait or need a cluster (see check_page.py).

    python shims.py NAME ARGUMENT...        is program NAME

Each call is appended to $SHIM_CALLS as a JSON list. A call that the page does not make is refused.
Environment: SHIM_ROOT (the repository), SHIM_BIN (its executables), SHIM_DOWNLOADS (what
stand_in.py wrote), SHIM_CALLS.
"""

import json
import os
import shutil
import stat
import sys
import zipfile
from pathlib import Path

# main() finds these by name.
from shims_slurm import sbatch, scontrol, srun  # noqa: F401

NAMES = [
    "git",
    "python3",
    "pip",
    "hf",
    "wget",
    "aws",
    "torchrun",
    "sbatch",
    "srun",
    "scontrol",
    "tensorboard",
]
SMALLER = [
    "loop.steps=3",
    "loop.accumulation=2",
    "batch.images=2",
    "batch.questions=2",
    "loop.validate_pages=1",
    "loop.validate_max_new_tokens=4",
]
PAPER = "reproduce_paper.sh"
LIMITED = "--limit 4 --set-eval tasks.max_new_tokens=8"
PTBXL = "ptb-xl-a-large-publicly-available-electrocardiography-dataset-1.0.3"
ROOT = Path(os.environ.get("SHIM_ROOT", "."))
BIN = Path(os.environ.get("SHIM_BIN", "."))
DOWNLOADS = Path(os.environ.get("SHIM_DOWNLOADS", "."))


def program(path: Path, text: str):
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def shim(path: Path, name: str):
    program(path, f'#!/bin/sh\nexec "{sys.executable}" "{__file__}" {name} "$@"\n')


def install(folder: Path):
    """A folder of programs for PATH."""
    for name in NAMES:
        shim(folder / name, name)


def refuse(name: str, words: list):
    sys.exit(f"error: {name} {' '.join(words)}: the page's test has no substitute for this")


def git(words: list):
    """clone: the files under test, scripts/build.sh replaced by `build` below."""
    if words[:1] != ["clone"] or len(words) != 2:
        refuse("git", words)
    clone = Path(Path(words[1]).stem)
    clone.mkdir()
    for entry in ROOT.iterdir():
        if entry.name not in ("build", "scripts", "runs", ".git", ".venv"):
            (clone / entry.name).symlink_to(entry)
    (clone / "scripts").mkdir()
    for entry in (ROOT / "scripts").iterdir():
        if entry.name not in ("build.sh", PAPER):
            (clone / "scripts" / entry.name).symlink_to(entry)
    shim(clone / "scripts/build.sh", "build")
    (clone / "scripts/whole.sh").symlink_to(ROOT / "scripts" / PAPER)
    program(clone / "scripts" / PAPER, f'#!/bin/sh\nexec scripts/whole.sh "$@" {LIMITED}\n')


def build(words: list):
    """build/bin with the executables under test; ecg-lora-train makes smaller and fewer steps."""
    folder = Path("build/bin")
    folder.mkdir(parents=True)
    for entry in BIN.glob("ecg-lora*"):
        if entry.name == "ecg-lora":
            shutil.copy2(entry, folder)  # looks for the others next to itself
        elif entry.name != "ecg-lora-train":
            (folder / entry.name).symlink_to(entry)
    program(
        folder / "ecg-lora-train",
        f'#!/bin/sh\nexec "{BIN}/ecg-lora-train" "$@" --set {" ".join(SMALLER)}\n',
    )


def python3(words: list):
    """-m venv: an environment that changes nothing; all else runs."""
    if words[:2] == ["-m", "venv"]:
        scripts = Path(words[2]) / "bin"
        scripts.mkdir(parents=True)
        (scripts / "activate").write_text("# the test's own Python stays\n")
    else:
        os.execv(sys.executable, [sys.executable, *words])


def pip(words: list):
    """Installs nothing; the files that it is given must exist."""
    if words[:1] != ["install"]:
        refuse("pip", words)
    for option, value in zip(words, words[1:]):
        assert option != "-r" or Path(value).is_file(), value


REPOSITORIES = {
    "meta-llama/Llama-3.2-11B-Vision-Instruct": None,
    "PULSE-ECG/ECGInstruct": "dataset",
    "PULSE-ECG/ECGBench": "dataset",
}


def files_of(folder: Path) -> dict:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def hf(words: list):
    """download: copies the stand-in of that name. cache verify: compares the copy with it."""
    if words == ["auth", "login"]:
        return
    rest = words[1:] if words[:1] == ["download"] else words[2:]
    if not rest or words[: -len(rest)] not in (["download"], ["cache", "verify"]):
        refuse("hf", words)
    if rest[0] not in REPOSITORIES or "--local-dir" not in rest:
        refuse("hf", words)
    given = dict(zip(rest, rest[1:]))
    assert given.get("--repo-type") == REPOSITORIES[rest[0]], words
    source, copy = DOWNLOADS / rest[0].split("/")[1], Path(given["--local-dir"])
    if words[0] == "cache":
        assert files_of(source) == files_of(copy), f"{copy} is not {source}"
    elif "--dry-run" in words:
        for name, content in files_of(source).items():
            print(name, len(content))
    else:
        shutil.copytree(source, copy)


def wget(words: list):
    """The zip of PTB-XL, made of the stand-in."""
    if words != [f"https://physionet.org/static/published-projects/ptb-xl/{PTBXL}.zip"]:
        refuse("wget", words)
    source = DOWNLOADS / "ptb-xl"
    with zipfile.ZipFile(f"{PTBXL}.zip", "w") as archive:
        for file in sorted(path for path in source.rglob("*") if path.is_file()):
            archive.write(file, Path(PTBXL) / file.relative_to(source))


def aws(words: list):
    """s3 sync of PhysioNet's open bucket: copies the stand-in of that name."""
    source = words[3].removeprefix("s3://physionet-open/").split("/") if len(words) == 5 else []
    if words[:3] != ["s3", "sync", "--no-sign-request"] or source != ["mimic-iv-ecg", "1.0", ""]:
        refuse("aws", words)
    shutil.copytree(DOWNLOADS / source[0], words[4])


def torchrun(words: list):
    """The real one, with fewer processes."""
    at = words.index("--nproc-per-node") + 1
    words[at] = "2"
    real = Path(sys.executable).with_name("torchrun")
    os.execv(real, [str(real), *words])


def tensorboard(words: list):
    """Serves nothing; there must be event files to show."""
    assert words[:1] == ["--logdir"] and list(Path(words[1]).glob("*tfevents*")), words


def main():
    name, words = sys.argv[1], sys.argv[2:]
    with open(os.environ["SHIM_CALLS"], "a") as calls:
        calls.write(json.dumps([name, *words]) + "\n")
    globals()[name](words)


if __name__ == "__main__":
    main()
