"""PULSE-ECG/ECGInstruct and PULSE-ECG/ECGBench as `hf download --local-dir` leaves them.

ECGInstruct: ECGInstruct.json (a list of conversations) and shard_N.tar.gz with the pages.
ECGBench: TASK/test-00000-of-00001.parquet with id, image_path, image {bytes, path} and
conversations; in ecgqa-test the values of conversations are lists of texts.
"""

import csv
import gzip
import io
import json
import subprocess
import tarfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SUPERCLASSES = ["NORM", "MI", "STTC", "CD", "HYP"]
CARD = "---\nlicense: apache-2.0\nconfigs:\n{}---\nA stand-in for tests.\n"
QUESTION = (
    "Classify this ECG image into these classes:\nNORM(normal ECG), MI(myocardial "
    "infarction), STTC(ST/T change), CD(conduction disturbance), HYP(hypertrophy)\n"
    "Output the class names, separated by semicolons."
)
PAGE = ["--set", "px_per_mm=2"]


def run(programs: Path, command: str, *arguments):
    subprocess.run([programs / f"ecg-lora-{command}", *arguments], check=True, capture_output=True)


def draw(programs: Path, source: list, out: Path) -> dict:
    """PNG bytes of the pages of `source` by the path of their record."""
    run(programs, "render", *source, "--out", out, *PAGE)
    pages = {
        path.relative_to(out).with_suffix("").as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*.png"))
    }
    for path in sorted(out.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    out.rmdir()
    return pages


def samples(programs: Path, root: Path, out: Path, kinds: str, folds: str) -> list:
    """Conversations about the recordings of `root`, without the fields that the hub lacks."""
    run(
        programs,
        "prepare",
        "questions",
        "--root",
        root,
        "--out",
        out,
        "--kinds",
        kinds,
        "--per-record",
        "2",
        "--folds",
        folds,
    )
    items = json.loads(out.read_text(encoding="utf-8"))
    out.unlink()
    out.with_name(out.name + ".report.json").unlink()
    return [{key: item[key] for key in ("id", "image", "conversations")} for item in items]


def write_shard(path: Path, members: dict):
    """A .tar.gz without times or owners, so that equal pages give equal bytes."""
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 1, file, mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for name, data in members.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))


def write_download_notes(folder: Path):
    """What the hub's client leaves next to the files."""
    notes = folder / ".cache/huggingface/download"
    notes.mkdir(parents=True)
    (notes.parent / ".gitignore").write_text("*")
    for path in sorted(path for path in folder.glob("*.*") if path.is_file()):
        (notes / f"{path.name}.metadata").write_text("0" * 40 + "\n")


def write_ecginstruct(out: Path, programs: Path):
    """OUT/ECGInstruct about OUT/ptb-xl and OUT/mimic-iv-ecg."""
    folder = out / "ECGInstruct"
    folder.mkdir()
    ptbxl, mimic = out / "ptb-xl", out / "mimic-iv-ecg"
    items = samples(programs, ptbxl, out / "questions.json", "yes_no,choice,rhythm,report", "1-8")
    items += samples(programs, mimic, out / "questions.json", "report,rate", "1-8")
    named = {item["image"] for item in items}
    pages = {
        "ptb-xl": draw(programs, ["--root", ptbxl, "--folds", "1,2,3,4,5,6,7,8"], out / "pages"),
        "mimic_iv": draw(programs, ["--folder", mimic], out / "pages"),
    }
    members = {
        f"{source}/{record}-0.png": page
        for source, drawn in pages.items()
        for record, page in drawn.items()
        if f"{source}/{record}-0.png" in named
    }
    assert named == set(members), sorted(named ^ set(members))[:3]
    names = list(members)
    for number, some in enumerate((names[::3], names[1::3], names[2::3]), 1):
        write_shard(folder / f"shard_{number}.tar.gz", {name: members[name] for name in some})
    (folder / "ECGInstruct.json").write_text(json.dumps(items, indent=2), encoding="utf-8")
    (folder / "README.md").write_text(
        CARD.format(
            "- config_name: ECGInstruct\n  data_files:\n  - split: train\n"
            "    path: ECGInstruct.json\n"
        )
    )
    (folder / ".gitattributes").write_text("*.gz filter=lfs diff=lfs merge=lfs -text\n")
    write_download_notes(folder)


def superclasses(ptbxl: Path) -> dict:
    """Superclasses of each record of fold 10, by its path."""
    with open(ptbxl / "scp_statements.csv", newline="", encoding="utf-8") as file:
        classes = {row[""]: row["diagnostic_class"] for row in csv.DictReader(file)}
    with open(ptbxl / "ptbxl_database.csv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["strat_fold"] == "10"]
    stated = {
        row["filename_hr"]: {
            classes.get(code) for code in json.loads(row["scp_codes"].replace("'", '"'))
        }
        for row in rows
    }
    return {
        record: [name for name in SUPERCLASSES if name in found] for record, found in stated.items()
    }


def write_task(path: Path, rows: list, listed: bool = False):
    """A parquet file of the hub. `listed`: the values of conversations are lists, as ECG-QA's."""
    value = pa.list_(pa.string()) if listed else pa.string()
    schema = pa.schema(
        [
            ("id", pa.string()),
            ("image_path", pa.string()),
            ("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
            ("conversations", pa.list_(pa.struct([("from", pa.string()), ("value", value)]))),
        ]
    )
    path.parent.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows, schema), path, row_group_size=5)


def row_of(name: str, page: bytes, number: int, conversations: list) -> dict:
    return {
        "id": f"{name}-{number}",
        "image_path": page[0],
        "image": {"bytes": page[1], "path": Path(page[0]).name},
        "conversations": conversations,
    }


def turns(question, answer) -> list:
    return [{"from": "human", "value": question}, {"from": "gpt", "value": answer}]


def write_ecgbench(out: Path, programs: Path):
    """OUT/ECGBench about the recordings of fold 10 of OUT/ptb-xl."""
    folder, ptbxl = out / "ECGBench", out / "ptb-xl"
    folder.mkdir()
    drawn = draw(programs, ["--root", ptbxl, "--folds", "10"], out / "pages")
    pages = {record: (f"ptb-xl/{record}-0.png", page) for record, page in drawn.items()}
    labels = {record: some for record, some in superclasses(ptbxl).items() if some}
    reports = samples(programs, ptbxl, out / "questions.json", "report", "10")
    by_image = {image: (image, page) for image, page in pages.values()}
    tasks = {
        "ptb-test": [
            (pages[record], turns(QUESTION, "; ".join(some))) for record, some in labels.items()
        ],
        "ptb-test-report": [(by_image[item["image"]], item["conversations"]) for item in reports],
        "ecgqa-test": [
            (
                pages[record],
                turns([f"<image>\nWhich superclasses? Options: {', '.join(SUPERCLASSES)}"], some),
            )
            for record, some in labels.items()
        ],
    }
    card = ""
    for name, items in tasks.items():
        rows = [row_of(name, page, i, talk) for i, (page, talk) in enumerate(items)]
        write_task(folder / name / "test-00000-of-00001.parquet", rows, name == "ecgqa-test")
        card += f"- config_name: {name}\n  data_files:\n  - split: test\n    path: {name}/test-*\n"
    (folder / "README.md").write_text(CARD.format(card))
    write_download_notes(folder)
