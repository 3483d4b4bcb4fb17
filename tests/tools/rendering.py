"""ecg-lora render on one recording, a split and a folder."""

import csv
import json
import shutil
from pathlib import Path

from small_world import files
from world import DATA, USAGE, World


def split(w: World, out: Path, *more) -> str:
    return w.ok(
        "render",
        "--root",
        w.data,
        "--folds",
        "9,10",
        "--sampling-rate",
        100,
        "--out",
        out,
        "--ground-truth",
        *more,
    )


def render_one(w: World) -> None:
    """The PNG and the JSON have the names that were asked for."""
    page, truth = w.fresh("page.png"), w.fresh("truth.json")
    told = w.ok("render", "--record", w.record, "--out", page, "--ground-truth", truth)
    assert "1120 x 864 px" in told and page.read_bytes().startswith(b"\x89PNG"), told
    values = json.loads(truth.read_text())
    assert (
        values["format"] == "ecg-lora ground truth"
        and values["width"] == 1120
        and len(values["leads"]) == 13
    ), values.keys()
    assert values["parameters"]["page"]["layout"] == "3x4", values["parameters"]
    other = w.fresh("other.png")
    w.ok(
        "render",
        "--root",
        w.data,
        "--ecg-id",
        1,
        "--sampling-rate",
        100,
        "--out",
        other,
        "--ground-truth",
    )
    assert (
        other.read_bytes() == page.read_bytes()
        and json.loads(other.with_suffix(".json").read_text()) == values
    )


def render_header(w: World) -> None:
    """A record's page has the table's facts whichever way it is named; inspect reads its header."""
    pages = [w.fresh("page.png") for _ in range(3)]
    header = ["--set", "header=true"]
    first = ["--root", w.data, "--ecg-id", 1, "--sampling-rate", 100]
    w.ok("render", *first, "--out", pages[0], *header)
    w.ok("render", "--record", w.record, "--out", pages[1], *header)
    folder = w.fresh("pages")
    w.ok("render", "--folder", w.data / "records100", "--limit", 1, "--out", folder, *header)
    (page,) = folder.rglob("*.png")
    assert pages[0].read_bytes() == pages[1].read_bytes() == page.read_bytes()
    copied = w.fresh("00001_lr")
    for extension in (".hea", ".dat"):
        shutil.copy(f"{w.record}{extension}", f"{copied}{extension}")
    w.ok("render", "--record", copied, "--out", pages[2], *header)
    assert pages[2].read_bytes() != pages[0].read_bytes(), "the table's facts are not printed"
    lines = Path(f"{copied}.hea").read_text().splitlines()
    lines[0] += " 09:17:34 9/11/1984"
    Path(f"{copied}.hea").write_text("\n".join([*lines, "#<age>: 51", "#<sex>: F", ""]))
    found = w.inspect(copied)
    assert found == w.inspect(f"{copied}.hea") and found["kind"] == "WFDB record", found
    facts = [found["recorded"], found["age"], found["sex"]]
    assert facts == ["1984-11-09 09:17:34", 51, "female"], found
    assert len(found["signals"]) == 12, found
    assert found["sampling_rate"] == 100 and found["length"] == 1000, found
    assert {row["checksum_state"] for row in found["signals"]} == {"holds"}, found
    samples = bytearray(Path(f"{copied}.dat").read_bytes())
    samples[0] ^= 1
    Path(f"{copied}.dat").write_bytes(samples)
    w.refused(DATA, "signal I has the checksum", "inspect", copied)


def render_split(w: World) -> None:
    """Every recording of the folds has both files; threads change no byte."""
    out, again = w.fresh("pages"), w.fresh("pages")
    split(w, out, "--workers", 3)
    split(w, again, "--workers", 1)
    found = files(out)
    with (w.data / "ptbxl_database.csv").open(newline="") as table:
        expected = sum(row["strat_fold"] in ("9", "10") for row in csv.DictReader(table))
    assert len(found) == 2 * expected + 1 and expected > 1, list(found)
    assert found == files(again), "the number of threads changed a file"


def render_resume(w: World) -> None:
    """A second run makes what is missing or cut, and nothing else; another config is refused."""
    out = w.fresh("pages")
    split(w, out)
    whole = files(out)
    names = [name for name in whole if name.endswith(".png")]
    (out / names[0]).unlink()
    (out / names[1]).write_bytes(whole[names[1]][:-100])
    kept = (out / names[2]).stat().st_mtime_ns
    told = split(w, out)
    assert (
        "2 drawn" in told and files(out) == whole and (out / names[2]).stat().st_mtime_ns == kept
    ), told
    w.refused(
        USAGE,
        "another config",
        "render",
        "--root",
        w.data,
        "--sampling-rate",
        100,
        "--folds",
        9,
        "--out",
        out,
        "--set",
        "layout=6x2",
    )


def render_bad_records(w: World) -> None:
    """One bad recording in a folder ends the run, or is listed."""
    folder = w.fresh("records")
    shutil.copytree(w.record.parent, folder)
    (folder / "00002_lr.dat").write_bytes(b"\0" * 100)
    w.refused(
        DATA, "00002_lr", "render", "--folder", folder, "--out", w.fresh("pages"), "--workers", 1
    )
    out = w.fresh("pages")
    done = w.call("render", "--folder", folder, "--out", out, "--skip-bad")
    assert done.returncode == 0 and "1 skipped" in done.stdout, done
    rows = (out / "skipped.csv").read_text().splitlines()
    assert (
        len(rows) == 2 and rows[1].startswith("00002_lr,") and not (out / "00002_lr.png").exists()
    ), rows


def render_figures(w: World) -> None:
    """The contact sheet, the fidelity figures and the times."""
    sheet = w.fresh("sheet.png")
    told = w.ok(
        "render",
        "--root",
        w.data,
        "--sampling-rate",
        100,
        "--limit",
        3,
        "--contact-sheet",
        sheet,
        "--digitize-check",
        "--benchmark",
        "--workers",
        1,
    )
    assert sheet.read_bytes().startswith(b"\x89PNG"), told
    along, columns = (
        next(line for line in told.splitlines() if line.startswith(start))
        for start in ("along the ground truth", "by columns")
    )
    assert (
        "100.000 % within half a pixel" in along and "3 of 3 pages (100.0 %) reach 20 dB" in columns
    ), told
    assert all(f"\n{stage} " in told for stage in ("read", "draw", "png", "all")), told


def render_paper(w: World) -> None:
    """What happens to the paper hangs on seed and recording alone, and is told by the ground truth;
    the check wants clean pages.
    """
    folders = [w.fresh("pages") for _ in range(3)]
    for folder, workers, seed in zip(folders, (3, 1, 1), (1, 1, 2)):
        split(w, folder, "--paper", "preset=scan", "--workers", workers, "--seed", seed)
    one, same, other = (files(folder) for folder in folders)
    assert one == same and not any(other[name] == one[name] for name in one), "seed and threads"
    name = next(name for name in one if name.endswith("_lr.json"))
    alone = w.fresh("pages")
    w.ok(
        "render",
        "--root",
        w.data,
        "--sampling-rate",
        100,
        "--out",
        alone,
        "--ground-truth",
        "--paper",
        "preset=scan",
    )
    assert (alone / name).read_bytes() == one[name], "a page hangs on the others"
    effects = json.loads(one[name])["parameters"]["paper"]["effects"]
    assert "rotation" in json.dumps(effects), effects
    w.refused(
        USAGE,
        "--digitize-check",
        "render",
        "--record",
        w.record,
        "--digitize-check",
        "--paper",
        "preset=scan",
    )


def render_usage(w: World) -> None:
    page = w.fresh("page.png")
    for mentions, words in (
        ("--out", ["--record", w.record]),
        ("one of --record", ["--out", page]),
        ("one of --record", ["--record", w.record, "--root", w.data, "--out", page]),
        ("--root", ["--record", w.record, "--folds", 9, "--out", page]),
        ("layout", ["--record", w.record, "--out", page, "--set", "layout=5x5"]),
        (
            "rhythm_leads",
            ["--record", w.record, "--out", page, "--set", 'rhythm_leads=["I","II","III","V1"]'],
        ),
    ):
        w.refused(USAGE, mentions, "render", *words, absent=page)
    w.refused(
        DATA, "99999", "render", "--root", w.data, "--ecg-id", 99999, "--out", page, absent=page
    )
    w.refused(
        DATA, "no .hea file", "render", "--folder", w.fresh("x").parent, "--out", w.fresh("pages")
    )


RENDERING = [
    render_one,
    render_header,
    render_split,
    render_resume,
    render_bad_records,
    render_figures,
    render_paper,
    render_usage,
]
