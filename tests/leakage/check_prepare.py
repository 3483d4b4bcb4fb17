"""ecg-lora prepare audit and labels from the command line, on a small data set in PTB-XL's layout
made here.

    python3 tests/leakage/check_prepare.py build/bin/ecg-lora-prepare

Standard library only. Exits 1 where any check fails.
"""

import csv
import json
import math
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

LEADS = ["I", "II", "III", "AVR", "AVL", "AVF", "V1", "V2", "V3", "V4", "V5", "V6"]


def trace(seed: int) -> list[list[int]]:
    """12 leads of 10 s at 100 Hz, in uV: beats at irregular times, of a shape of its own."""
    draw = random.Random(seed)
    beats, at = [], 0.3
    while at < 10:
        beats.append(at)
        at += draw.uniform(0.6, 1.1)
    size = [draw.uniform(-1, 1.5) for _ in LEADS]
    width = draw.uniform(0.02, 0.05)

    def value(lead, t):
        return sum(
            size[lead] * math.exp(-(((t - b) / width) ** 2))
            + 0.2 * math.exp(-(((t - b - 0.3) / 0.08) ** 2))
            for b in beats
        )

    return [[round(1000 * value(lead, n / 100)) for lead in range(12)] for n in range(1000)]


def write_record(path: Path, frames: list[list[int]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(path.name + ".dat").write_bytes(
        b"".join(struct.pack("<12h", *frame) for frame in frames)
    )
    lines = [f"{path.name} 12 100 {len(frames)}"]
    for i, lead in enumerate(LEADS):
        lines.append(
            f"{path.name}.dat 16 1000.0(0)/mV 16 0 {frames[0][i]} "
            f"{sum(f[i] for f in frames) % 65536} 0 {lead}"
        )
    path.with_name(path.name + ".hea").write_text("\n".join(lines) + "\n")


def write_folder(root: Path, rows: list[tuple]) -> None:
    """rows: ecg_id, patient, fold, codes, seed of the trace."""
    root.mkdir()
    with open(root / "ptbxl_database.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(
            "ecg_id patient_id age sex report scp_codes strat_fold filename_lr filename_hr".split()
        )
        for ecg_id, patient, fold, codes, seed in rows:
            name = f"records100/00000/{ecg_id:05d}_lr"
            table.writerow([ecg_id, patient, 60, 0, 'a "report"', codes, fold, name, name])
            write_record(root / name, trace(seed))
    (root / "scp_statements.csv").write_text(
        ",description,diagnostic,form,rhythm,diagnostic_class,diagnostic_subclass\n"
        "NORM,normal ECG,1.0,,,NORM,NORM\nIMI,inferior myocardial infarction,1.0,,,MI,IMI\n"
        "SR,sinus rhythm,,,1.0,,\n"
    )


def call(program: str, *words) -> subprocess.CompletedProcess:
    return subprocess.run([program, *map(str, words)], capture_output=True, text=True, timeout=60)


def check(program: str, root: Path) -> None:
    norm, infarct = "{'NORM': 100.0, 'SR': 0.0}", "{'IMI': 35.0}"
    clean = [
        (1, 1, 1, norm, 1),
        (2, 1, 2, infarct, 2),
        (3, 2, 9, norm, 3),
        (4, 3, 10, infarct, 4),
        (5, 4, 10, "{}", 5),
    ]
    write_folder(root / "clean", clean)
    write_folder(root / "leaky", [row if row[0] != 4 else (4, 1, 10, infarct, 1) for row in clean])

    done = call(program, "audit", "--root", root / "clean", "--traces")
    assert done.returncode == 0 and "no leak was found" in done.stdout, done
    assert "traces compared: 5 recordings" in done.stdout, done.stdout
    done = call(
        program, "audit", "--root", root / "leaky", "--traces", "--out", root / "audit.json"
    )
    assert done.returncode == 3 and "error: " in done.stderr, done
    report = json.loads((root / "audit.json").read_text())
    assert report["leaks"] and len(report["shared_patients"]) == 1 and len(report["copies"]) == 1, (
        report
    )
    assert {report["copies"][0][side]["id"] for side in "ab"} == {"1", "4"}, report["copies"]
    done = call(program, "audit", "--root", root / "leaky", "--splits", "train=1+9,valid=2")
    assert done.returncode == 3 and "valid: 1 recordings" in done.stdout, (
        "patient 1 is in folds 1 and 2"
    )
    done = call(program, "audit", "--root", root / "clean", "--root", root / "leaky", "--traces")
    assert done.returncode == 3 and "near-identical traces: 5" in done.stdout, "1 twice, 2, 3, 5"

    for words, code, mentions in (
        (["--splits", "train=0"], 2, "--splits train=0"),
        (["--splits", "train"], 2, "name=folds"),
        (["--splits", "train=1,test=5"], 2, "split 'test'"),
        (["--kind", "ptb"], 2, "ptbxl"),
    ):
        done = call(program, "audit", "--root", root / "clean", *words)
        assert done.returncode == code and mentions in done.stderr, done
    assert call(program, "audit", "--root", root / "no").returncode == 3

    done = call(
        program,
        "labels",
        "--root",
        root / "clean",
        "--csv",
        root / "l.csv",
        "--json",
        root / "l.json",
    )
    assert done.returncode == 0 and "myocardial infarction" in done.stdout, done
    with open(root / "l.csv", newline="") as file:
        assert list(csv.reader(file)) == [
            ["ecg_id", "patient_id", "strat_fold", "MI", "NORM"],
            ["1", "1", "1", "0", "1"],
            ["2", "1", "2", "1", "0"],
            ["3", "2", "9", "0", "1"],
            ["4", "3", "10", "1", "0"],
        ]
    counts = json.loads((root / "l.json").read_text())
    assert counts["records_with_a_label"] == 4 and counts["records_without"] == 1, counts
    assert counts["labels"][0] == {
        "name": "MI",
        "description": "myocardial infarction",
        "words": "myocardial infarction",
        "records": 2,
        "by_fold": [0, 1, 0, 0, 0, 0, 0, 0, 0, 1],
    }, counts
    done = call(
        program,
        "labels",
        "--root",
        root / "clean",
        "--set",
        "diagnostic",
        "--minimum-likelihood",
        50,
    )
    assert done.returncode == 0 and "IMI" not in done.stdout, done
    assert call(program, "labels", "--root", root / "clean", "--set", "NORMM").returncode == 2


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="check_prepare.") as folder:
        check(sys.argv[1], Path(folder))
    print("all passed")
