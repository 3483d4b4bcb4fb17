#!/usr/bin/env python3
"""The shards of render and of prepare questions, side by side, write the bytes of one command.
Needs nothing but Python's standard library.

    python tests/distributed/check_shards.py --bin build/bin
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from small_world import files, make_data


def start(*words):
    return subprocess.Popen(
        [str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process, expected=0):
    out, err = process.communicate(timeout=100)
    assert process.returncode == expected, (process.args, process.returncode, err)
    return out if expected == 0 else err


def shards(command, count, order=None):
    """All shards at the same time, or in an order; what each says."""
    numbers = order or range(1, count + 1)
    if order:
        return [finish(start(*command, "--shard", f"{i}/{count}")) for i in numbers]
    return [
        finish(process) for process in [start(*command, "--shard", f"{i}/{count}") for i in numbers]
    ]


def check_render(binary: Path, data: Path, root: Path) -> None:
    broken, size = sorted(data.rglob("*_lr.dat")), 20
    for path in (broken[3], broken[13], broken[14]):
        path.write_bytes(b"short")

    def command(out):
        return [
            binary / "ecg-lora-render",
            "--root",
            data,
            "--sampling-rate",
            100,
            "--out",
            out,
            "--ground-truth",
            "--skip-bad",
            "--workers",
            1,
            "--limit",
            size,
            "--paper",
            "preset=scan",
            "--set",
            "px_per_mm=2",
        ]

    finish(start(*command(root / "whole")))
    whole = files(root / "whole")
    assert len(whole) == 2 * (size - 3) + 2 and whole["skipped.csv"].count(b"\n") == 4, list(whole)
    for count, order in (
        (2, (2, 1)),
        (4, None),
        (size + 3, [*range(9, size + 4), *range(1, 9)]),
    ):  # some have nothing to do
        out = root / f"shards{count}"
        said = shards(command(out), count, order)
        assert files(out) == whole, (count, set(files(out)) ^ set(whole))
        assert sum(int(one.split(" recordings")[0].split()[-1]) for one in said) == size, said
    some = root / "some"
    shards(command(some), 4, (1, 2))
    assert (some / "skipped.csv.shard-1-of-4").exists() and not (some / "skipped.csv").exists()
    shards(command(some), 4, (3, 4))
    assert files(some) == whole
    finish(start(*command(some)))
    assert files(some) == whole, "the command without --shard changes what shards wrote"
    for more, why in (
        (("--contact-sheet", root / "sheet.png"), "without --shard"),
        (("--digitize-check",), "without --shard"),
        (("--ecg-id", 1), "one recording"),
    ):
        assert why in finish(start(*command(root / "refused"), "--shard", "1/2", *more), 2)
    for wrong in ("0/2", "3/2", "1", "a/b"):
        assert "expected i/n with i from 1 to n" in finish(
            start(*command(root / "refused"), f"--shard={wrong}"), 2
        ), wrong
    assert not (root / "refused").exists()
    print(f"render: 2, 4 and {size + 3} shards wrote the {len(whole)} files of one command")


def check_questions(binary: Path, data: Path, root: Path) -> None:
    size = len(list(data.rglob("*_lr.hea")))

    def command(out, *more):
        return [
            binary / "ecg-lora-prepare",
            "questions",
            "--root",
            data,
            "--folds",
            "1-8",
            "--out",
            out,
            "--seed",
            4,
            *more,
        ]

    told = finish(start(*command(root / "whole.json")))
    names = ("", ".report.json")
    whole = [Path(f"{root / 'whole.json'}{name}").read_bytes() for name in names]
    for count, order in ((2, (2, 1)), (4, None), (size + 3, [*range(2, size + 4), 1])):
        out = root / f"q{count}" / "shards.json"
        out.parent.mkdir()
        said = shards(command(out), count, order)
        assert sorted(files(out.parent)) == ["shards.json", "shards.json.report.json"], files(
            out.parent
        ).keys()
        assert [Path(f"{out}{name}").read_bytes() for name in names] == whole, count
        last = [one for one in said if "samples of" in one]
        assert len(last) == 1 and last[0].replace(str(out), str(root / "whole.json")) == told, said
    out = root / "other" / "shards.json"
    out.parent.mkdir()
    finish(start(*command(out), "--shard", "1/2"))
    error = finish(start(*command(out, "--kinds", "rate"), "--shard", "2/2"), 2)
    assert "shards.json.shard-1-of-2 was made with other arguments" in error and not out.exists(), (
        error
    )
    finish(start(*command(out, "--kinds", "rate"), "--shard", "1/2"))
    assert out.exists() and sorted(files(out.parent)) == ["shards.json", "shards.json.report.json"]
    out = root / "none" / "shards.json"
    out.parent.mkdir()
    part = Path(f"{out}.shard-1-of-2")
    finish(start(*command(out), "--shard", "1/2"))
    part.write_bytes(part.read_bytes()[:-9])
    assert "shard-1-of-2" in finish(start(*command(out), "--shard", "2/2"), 3) and not out.exists()
    assert "expected i/n" in finish(start(*command(out), "--shard", "2"), 2)
    print(
        f"prepare questions: 2, 4 and {size + 3} shards wrote the "
        f"{whole[0].count(bytes([10])) - 2} samples of one command"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True)
    binary = parser.parse_args().bin.resolve()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_data(binary, root / "data", 12, seed=5)
        check_questions(binary, root / "data", root)
        check_render(binary, root / "data", root)


main()
