"""What a downloaded folder holds: parquet files, instruction files, archives, pictures."""

import os
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from .errors import HubError
from .images import ENDINGS

SPLIT = re.compile(r"^(?P<split>.+?)-\d{5}-of-\d{5}$")
ARCHIVE = re.compile(
    r"^(?P<name>.+?\.(zip|tar\.gz|tgz|tar))(?P<part>\.(part-?)?(\d+|[a-z]{2}))?$", re.IGNORECASE
)
SPANNED = re.compile(r"\.z\d\d$", re.IGNORECASE)
LEFT_OUT = {
    "dataset_infos.json",
    "dataset_info.json",
    "dataset_dict.json",
    "state.json",
    ".gitattributes",
    ".gitignore",
    ".ds_store",
    "sha256sums.txt",
}
PAPERS = (".md", ".txt", ".pdf", ".py", ".csv", ".yaml", ".yml")
POINTER = b"version https://git-lfs"


@dataclass
class Source:
    """One unit of work. `kind`: parquet, json, archive or picture; `task`: the file it fills."""

    name: str
    kind: str
    paths: list
    task: str = ""

    def size(self) -> int:
        return sum(path.stat().st_size for path in self.paths)

    def mark(self) -> str:
        """Changes if the files do: sizes, and a checksum of 16 pieces of 4 kB in each."""
        marks = []
        for path in self.paths:
            size, check = path.stat().st_size, 0
            with open(path, "rb") as file:
                for piece in range(16):
                    file.seek(max(0, size - 4096) * piece // 15)
                    check = zlib.crc32(file.read(4096), check)
            marks.append(f"{size}-{check:08x}")
        return " ".join(marks)


def natural(text: str) -> list:
    """A key that puts shard_2 before shard_10."""
    return [
        (int(part), "") if part.isdigit() else (-1, part)
        for part in re.split(r"(\d+)", text)
        if part
    ]


def task_of(name: str) -> tuple:
    """(folder of the task, split) of a parquet file's relative path."""
    *folders, file = name.split("/")
    folders = [folder for folder in folders if folder != "data"]
    match = SPLIT.match(file.removesuffix(".parquet"))
    if match:
        return "-".join(folders), match["split"]
    if re.fullmatch(r"\d+\.parquet", file) and len(folders) > 1:
        return "-".join(folders[:-1]), folders[-1]  # as the hub converts: TASK/SPLIT/0000.parquet
    return "-".join([*folders, file.removesuffix(".parquet")]), ""


def name_tasks(sources: list):
    """Sets the task of each parquet file: its folder, with the split if there are several."""
    places = {source.name: task_of(source.name) for source in sources}
    splits = {}
    for folder, split in places.values():
        splits.setdefault(folder, set()).add(split)
    for source in sources:
        folder, split = places[source.name]
        parts = [folder] if folder and len(splits[folder]) == 1 else [folder, split]
        source.task = "-".join(part for part in parts if part)


def check_whole(folder: Path, files: list, partial: bool):
    """Refuses pointers of Git LFS, and downloads that go on or broke off."""
    for path in files:
        with open(path, "rb") as file:
            if file.read(len(POINTER)) == POINTER:
                raise HubError(
                    f"{path}: expected the file itself, got a pointer of Git LFS; "
                    "run 'git lfs pull', or download with 'hf download'"
                )
    open_ones = sorted((folder / ".cache/huggingface/download").rglob("*.incomplete"))
    if open_ones and not partial:
        raise HubError(
            f"{folder}: expected a finished download, got {len(open_ones)} files that "
            "are not (.incomplete); run the download again until it ends, or pass "
            "--partial to take the finished files"
        )


def relative_files(folder: Path, out: Path) -> dict:
    """Files below `folder` by their relative names, in natural order.

    Without hidden folders, and without `out`, which may lie within.
    """
    found = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if Path(place, name).resolve() != out.resolve()]
        for path in (Path(place, name) for name in names):
            found[path.relative_to(folder).as_posix()] = path
    return {
        name: found[name]
        for name in sorted(found, key=natural)
        if not any(part.startswith(".") for part in name.split("/")[:-1])
    }


def sort_file(name: str, path: Path, sources: list, archives: dict, unknown: list):
    """Puts one file where it belongs."""
    file = name.rsplit("/", 1)[-1].lower()
    match = ARCHIVE.match(name)
    if file in LEFT_OUT or file.endswith(PAPERS) or file in ("license", "readme"):
        return
    if SPANNED.search(file):
        raise HubError(
            f"{name}: expected parts that can be put together, got a zip that spans "
            "disks; run 'zip -s 0 NAME.zip --out joined.zip', remove the parts"
        )
    if file.endswith(".parquet"):
        sources.append(Source(name, "parquet", [path]))
    elif file.endswith((".json", ".jsonl")):
        sources.append(Source(name, "json", [path], "-".join(name.split("/")).rsplit(".", 1)[0]))
    elif match:
        archives.setdefault(match["name"], []).append((match["part"] or "", path))
    elif file.endswith(ENDINGS):
        sources.append(Source(name, "picture", [path]))
    else:
        unknown.append(name)


def archives_of(archives: dict) -> list:
    """One source per archive, its parts in order."""
    found = []
    for name, parts in archives.items():
        parts.sort(key=lambda part: natural(part[0]))
        suffixes = [part for part, _ in parts]
        if "" in suffixes and len(parts) > 1:
            raise HubError(
                f"{name}: expected the archive or its parts, got both "
                f"({', '.join(part or 'whole' for part in suffixes)}); remove one"
            )
        numbers = [int(part.lstrip(".part-")) for part in suffixes if part[-1:].isdigit()]
        if numbers and numbers != list(range(numbers[0], numbers[0] + len(parts))):
            raise HubError(
                f"{name}: expected parts without gaps, got {', '.join(suffixes)}; "
                "download the missing ones"
            )
        found.append(Source(name, "archive", [path for _, path in parts]))
    return found


def find_sources(folder: Path, out: Path, partial: bool = False) -> tuple:
    """(sources in the order of work, notes). Raises HubError for what is not known.

    out: the folder to be written, which is no source.
    """
    if not folder.is_dir():
        raise HubError(
            f"{folder}: expected a downloaded folder, got none; download it with "
            "'hf download PULSE-ECG/ECGInstruct --repo-type dataset --local-dir DIR'",
            2,
        )
    files = relative_files(folder, out)
    check_whole(folder, list(files.values()), partial)
    sources, archives, unknown, notes = [], {}, [], []
    for name, path in files.items():
        sort_file(name, path, sources, archives, unknown)
    sources += archives_of(archives)
    if not sources or unknown:
        listed = ", ".join((unknown or list(files))[:5]) or "nothing"
        raise HubError(
            f"{folder}: expected .parquet, .json, .jsonl, .zip, .tar, .tar.gz and "
            f"pictures, got {listed}; remove what does not belong, or name the folder "
            "of the data set"
        )
    name_tasks([source for source in sources if source.kind == "parquet"])
    taken = {source.task for source in sources if source.kind == "parquet"}
    for source in [one for one in sources if one.kind == "json" and one.task in taken]:
        sources.remove(source)
        notes.append(f"{source.name}: left out, since {source.task} comes from parquet files")
    order = ["parquet", "json", "archive", "picture"]
    return sorted(sources, key=lambda source: order.index(source.kind)), notes
