#!/usr/bin/env python3
"""Turns a downloaded ECGInstruct or ECGBench into what `ecg-lora train` and `eval` read.

DOWNLOAD is the folder that `hf download PULSE-ECG/... --repo-type dataset --local-dir DOWNLOAD`
filled. OUT gets TASK.jsonl for each instruction file or parquet table, and every page under the
name that the items have for it. Read: parquet (an image as {bytes, path}, bytes or a name;
conversations as turns of from and value or of role and content), JSON lists and lines, .zip, .tar
and .tar.gz, also in parts (.zip.001, .tar.gz.aa), and pictures.

Kill it at any moment and run it again: it goes on where it was. The state is in OUT/.from_hub; an
archive may be removed once it is done, and others may be added.

Example:
  hf download PULSE-ECG/ECGBench --repo-type dataset --local-dir downloads/ECGBench
  python scripts/from_hub.py downloads/ECGBench data/ECGBench --dry-run
  python scripts/from_hub.py downloads/ECGBench data/ECGBench
  ecg-lora eval --config configs/tasks-eval.json --set 'tasks.files=["data/ECGBench"]'

Exit codes: 0 done; 2 usage; 3 data that cannot be used, or images that are missing; 75 interrupted,
run it again.
"""

import argparse
import shutil
import signal
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from hub import parquet
from hub.errors import HubError, size_text, time_text
from hub.layout import find_sources
from hub.report import has_images, write_report
from hub.state import State
from hub.work import Work

SPEED = 60e6  # bytes of archives per second, to judge how long it takes


def options_of():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("download", type=Path, help="folder that was downloaded")
    parser.add_argument("out", type=Path, help="folder to write, or to go on with")
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="say what would be read and written, and write nothing",
    )
    parser.add_argument(
        "--on-bad",
        choices=["stop", "skip"],
        default="stop",
        help="what a damaged picture does; skip leaves it out and names it",
    )
    parser.add_argument(
        "--partial", action="store_true", help="take the finished files of a download that goes on"
    )
    parser.add_argument(
        "--keep-every",
        type=float,
        default=2,
        metavar="SECONDS",
        help="how much work a kill costs at most, but for compressed archives, "
        "which are read again from their start (default 2)",
    )
    parser.add_argument(
        "--allow-missing", action="store_true", help="exit with 0 even if images are missing"
    )
    return parser.parse_args()


def existing_parent(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def dry_run(sources: list, notes: list, out: Path):
    """What would be done, how much room it needs and has, and about how long it takes."""
    memory = 100_000_000  # Python, pyarrow and pieces of archives
    for source in sources:
        rows = ""
        if source.kind == "parquet":
            file = parquet.open_file(source.paths[0], source.name)
            rows = f", {file.metadata.num_rows:,} rows"
            memory = max(memory, 100_000_000 + parquet.memory(file))
        goal = f"{source.task}.jsonl" if source.task else "images"
        print(f"{source.name} ({source.kind}, {size_text(source.size())}{rows}) -> {goal}")
    print("".join(f"{note}\n" for note in notes), end="")
    total = sum(source.size() for source in sources)
    free = shutil.disk_usage(existing_parent(out.resolve())).free
    print(f"reads {size_text(total)} and writes about as much; free at {out}: {size_text(free)}")
    print(f"needs at most about {size_text(memory)} of memory")
    print(f"takes about {time_text(total / SPEED)} at {size_text(SPEED)} per second")
    if free < total:
        print(
            "There is less room than that: download some archives at a time, and remove each "
            "one that is done."
        )


def convert(options, sources: list, notes: list) -> int:
    if options.out.exists() and not options.out.is_dir():
        raise HubError(f"{options.out}: expected a folder, got a file; name another", 2)
    if (
        options.out.is_dir()
        and any(options.out.iterdir())
        and not (options.out / ".from_hub").is_dir()
    ):
        raise HubError(
            f"{options.out}: expected a new folder or one that this script began, got "
            "one with other files; name another",
            2,
        )
    state = State(options.out)
    Work(state, sources, options.on_bad == "skip", options.keep_every).run()
    missing = write_report(state, notes)
    if not has_images(state):
        print("No images were downloaded; data.recording_roots draws the pages from recordings.")
    if not missing or options.allow_missing:
        return 0
    raise HubError(
        f"{missing:,} images that items name are missing, all named in "
        f"{options.out / 'from_hub.txt'}; download the archives that hold them and run "
        "again, or set data.recording_roots to draw them and pass --allow-missing"
    )


def run() -> int:
    options = options_of()
    sources, notes = find_sources(options.download, options.out, options.partial)
    if options.dry_run:
        dry_run(sources, notes, options.out)
        return 0
    return convert(options, sources, notes)


def stop(*_):
    raise KeyboardInterrupt


def main() -> int:
    signal.signal(signal.SIGTERM, stop)
    try:
        return run()
    except HubError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.code
    except (OSError, sqlite3.Error) as error:  # no room, no access
        print(
            f"error: {error}; expected files that can be read and written; see to that and run "
            "it again",
            file=sys.stderr,
        )
        return 3
    except KeyboardInterrupt:
        print("\ninterrupted; run it again to go on", file=sys.stderr)
        return 75


if __name__ == "__main__":
    sys.exit(main())
