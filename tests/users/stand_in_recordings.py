"""PTB-XL's and MIMIC-IV-ECG's folders as PhysioNet publishes them, with synthetic recordings."""

import csv
import hashlib
import shutil
import subprocess
from pathlib import Path

LICENCES = {
    "ptb-xl": "Creative Commons Attribution 4.0 International Public License\n",
    "mimic-iv-ecg": "Open Data Commons Open Database License v1.0\n",
}
MEASUREMENTS = [
    "subject_id",
    "study_id",
    "cart_id",
    "ecg_time",
    *[f"report_{i}" for i in range(18)],
    "bandwidth",
    "filtering",
    "rr_interval",
    "p_onset",
    "p_end",
    "qrs_onset",
    "qrs_end",
    "t_end",
    "p_axis",
    "qrs_axis",
    "t_axis",
]


def synthesise(folder: Path, programs: Path, patients: int, seed: int, rates: str):
    """Recordings in PTB-XL's layout in the new folder `folder`."""
    command = [
        programs / "ecg-lora-synth",
        "data",
        "--preset",
        "cohort",
        "--out",
        folder,
        "--patients",
        str(patients),
        "--seed",
        str(seed),
        "--rates",
        rates,
    ]
    subprocess.run(command, check=True, capture_output=True)


def finish(folder: Path, name: str):
    """What every folder of PhysioNet has: licence, list of records, SHA-256 of all files."""
    (folder / "LICENSE.txt").write_text(LICENCES[name])
    records = sorted(path.relative_to(folder).with_suffix("") for path in folder.rglob("*.hea"))
    (folder / "RECORDS").write_text("".join(f"{record.as_posix()}\n" for record in records))
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.relative_to(folder).as_posix()}\n"
        for path in files
    ]
    (folder / "SHA256SUMS.txt").write_text("".join(sums))


def write_ptbxl(folder: Path, programs: Path):
    """PTB-XL 1.0.3's layout in the new folder `folder`."""
    synthesise(folder, programs, 60, 18, "100,500")
    for version in "102", "103":
        (folder / f"ptbxl_v{version}_changelog.txt").write_text("A stand-in for tests.\n")
    finish(folder, "ptb-xl")


def copy_record(source: Path, target: Path, patient: str):
    """The record `source` (without extension) under the name `target`, as MIMIC-IV-ECG has it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    header = source.with_suffix(".hea").read_text().replace(source.name, target.name)
    target.with_suffix(".hea").write_text(f"{header.rstrip()}\n# <subject_id>: {patient}\n")
    shutil.copyfile(source.with_suffix(".dat"), target.with_suffix(".dat"))


def write_rows(path: Path, columns: list, rows: list):
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def mimic_rows(row: dict) -> tuple:
    """The rows of the record list and of the measurements for a row of PTB-XL's table."""
    subject, study = 10000000 + 32 * int(float(row["patient_id"])), 40689200 + int(row["ecg_id"])
    path = f"files/p{subject // 10000}/p{subject}/s{study}/{study}"
    own = {
        "subject_id": subject,
        "study_id": study,
        "ecg_time": row["recording_date"].replace("19", "21", 1),
    }
    measured = {
        "cart_id": 6848296,
        "report_0": row["report"][:200],
        "bandwidth": "0.005-150 Hz",
        "filtering": "60 Hz notch Baseline filter",
        "rr_interval": 800,
        "p_onset": 40,
        "p_end": 128,
        "qrs_onset": 170,
        "qrs_end": 258,
        "t_end": 518,
        "p_axis": 50,
        "qrs_axis": 40,
        "t_axis": 30,
    }
    return own | {"file_name": study, "path": path}, own | measured


def write_mimic(folder: Path, programs: Path):
    """MIMIC-IV-ECG 1.0's layout in the new folder `folder`."""
    source = folder.with_name(folder.name + ".source")
    synthesise(source, programs, 8, 2, "500")
    folder.mkdir()
    with open(source / "ptbxl_database.csv", newline="", encoding="utf-8") as file:
        both = [(row["filename_hr"], *mimic_rows(row)) for row in csv.DictReader(file)]
    for name, record, _ in both:
        copy_record(source / name, folder / record["path"], record["subject_id"])
    write_rows(
        folder / "record_list.csv",
        ["subject_id", "study_id", "file_name", "ecg_time", "path"],
        [record for _, record, _ in both],
    )
    write_rows(
        folder / "machine_measurements.csv", MEASUREMENTS, [measured for _, _, measured in both]
    )
    write_rows(
        folder / "waveform_note_links.csv",
        ["subject_id", "study_id", "waveform_path", "note_id", "note_seq", "charttime"],
        [],
    )
    shutil.rmtree(source)
    finish(folder, "mimic-iv-ecg")
