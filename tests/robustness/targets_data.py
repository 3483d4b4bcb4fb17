"""Kinds of files of recordings, their tables, questions and other data sets."""

from pathlib import Path

import mutations as m
from target import Target, command, training
from targets_models import asks
from world import World

CODES = {"north": ["164889003", "426783006,999", "427084000"], "south": ["164889003", "426783006"]}
RATE = ["--sampling-rate", 100]


def prepare_data(w: World) -> None:
    """Instructions, a page, words, labels, a folder with SNOMED labels, a label map."""
    questions = ["--out", w.root / "items.json", *RATE]
    w.ok("prepare", "questions", "--root", w.data, *questions)
    w.ok("render", "--record", w.record, "--out", w.root / "page.png")
    w.ok("prepare", "wording", "--out", w.root / "words.json")
    words = (w.root / "words.json").read_text()
    (w.root / "words.json").write_text(words.replace("clinical 1", "ward 3"))
    (w.root / "labels.tsv").write_text("NORM\tnormal ECG\nMI\tmyocardial infarction\n")
    write_snomed_folder(w)
    w.ok(*external(w, w.root / "snomed", w.root / "ext"), "--write-map", w.root / "map.json")


def write_snomed_folder(w: World) -> None:
    """Recordings of two sites in the form of the Challenge 2021."""
    number = 0
    for site, of_site in CODES.items():
        folder = w.root / "snomed" / site
        folder.mkdir(parents=True)
        for codes in of_site:
            number += 1
            source = w.data / f"records100/00000/{number:05}_lr"
            lines = source.with_suffix(".hea").read_text().replace(source.name, f"X{number}")
            signals = [line for line in lines.splitlines() if not line.startswith("#")]
            facts = ["# Age: 50", "# Sex: Male", f"# Dx: {codes}"]
            (folder / f"X{number}.hea").write_text("\n".join([*signals, *facts]) + "\n")
            (folder / f"X{number}.dat").write_bytes(source.with_suffix(".dat").read_bytes())


def external(w: World, folder: Path, out: Path, statements: Path | None = None) -> list:
    tables = statements or w.data / "scp_statements.csv"
    words = ["prepare", "external", "--folder", folder, "--statements", tables]
    return [*words, "--out", out]


def recordings(w: World) -> list:
    copies, record = {"records": w.record.parent}, f"records/{w.record.name}"
    paper = ["--paper", "preset=phone_photo", "--ground-truth"]
    folder = ["render", "--limit", 3, "--folder"]
    commands = [
        command(lambda f: ["render", "--record", f / record, "--out", f / "p.png"], "p.png"),
        command(
            lambda f: ["render", "--record", f / record, "--out", f / "p.png", *paper],
            "p.png",
            "p.json",
        ),
        command(lambda f: [*folder, f / "records", "--out", f / "pages"]),
        command(lambda f: [*folder, f / "records", "--out", f / "pages", "--skip-bad"]),
        command(lambda f: asks(record=record)(w, f)),
    ]
    return [
        Target("WFDB header", copies, record + ".hea", m.TEXT, commands),
        Target("WFDB signals", copies, record + ".dat", m.ANY, commands),
    ]


def tables(w: World) -> list:
    data = {"data": w.data}
    asked = ["prepare", "questions", *RATE, "--root"]
    labelled = ["prepare", "labels", "--set", "all", "--root"]
    one = ["render", "--ecg-id", 1, *RATE, "--root"]
    commands = [
        command(lambda f: ["inspect", f / "data"]),
        command(lambda f: [*asked, f / "data", "--out", f / "q.json"], "q.json"),
        command(lambda f: ["prepare", "audit", "--root", f / "data"]),
        command(lambda f: [*labelled, f / "data", "--json", f / "l.json"], "l.json"),
        command(lambda f: [*one, f / "data", "--out", f / "p.png"], "p.png"),
        training(w.root / "train.json")(lambda f: [f"data.root={f}/data"]),
    ]
    statements = "data/scp_statements.csv"
    made = command(lambda f: external(w, w.data, f / "out", f / statements), "out")
    return [
        Target("table of recordings", data, "data/ptbxl_database.csv", m.TEXT, commands),
        Target("table of statements", data, statements, m.TEXT, [*commands, made]),
    ]


def other_sets(w: World) -> list:
    """Headers with SNOMED labels, and the map from those to ours."""
    copies, folder = {"set": w.root / "snomed"}, ["--folder"]
    asked = ["prepare", "questions", "--kinds", "yes_no", "rhythm"]
    audits = ["prepare", "audit", "--traces", "--splits", "train=1-5,test=6-10", "--root"]
    asked += ["--statements", w.data / "scp_statements.csv", "--root"]
    commands = [
        command(lambda f: external(w, f / "set", f / "out"), "out"),
        command(lambda f: [*external(w, f / "set", f / "out"), "--skip-damaged"], "out"),
        command(lambda f: [*asked, f / "set", "--out", f / "q.json"], "q.json"),
        command(lambda f: [*audits, f / "set"]),
        command(lambda f: ["render", *folder, f / "set", "--out", f / "pages"]),
    ]
    maps = [
        command(
            lambda f: [*external(w, w.root / "snomed", f / "out"), "--map", f / "map.json"], "out"
        )
    ]
    return [
        Target("SNOMED header", copies, "set/north/X1.hea", m.TEXT, commands),
        Target("label map", {"map.json": w.root / "map.json"}, "map.json", m.JSON, maps),
    ]


def questions(w: World) -> list:
    def read_items(f: Path) -> list:
        files, roots = f'data.instructions=["{f}/items.json"]', f'data.recording_roots=["{w.data}"]'
        return [files, "data.root=", roots]

    shows = ["inspect", "--recordings", w.data, "--model", w.base, "--json", "--"]
    reads = [
        command(lambda f: ["inspect", f / "items.json"]),
        command(lambda f: [*shows, f / "items.json"]),
        training(w.root / "train.json")(read_items),
    ]
    pages = [command(lambda f: asks(image="page.png")(w, f))]
    lists = [command(lambda f: asks(labels="labels.tsv")(w, f))]
    own_words = ["prepare", "questions", *RATE, "--kinds", "yes_no", "--root", w.data]
    words = [
        command(lambda f: ["prepare", "wording", "--wording", f / "words.json"]),
        command(
            lambda f: [*own_words, "--wording", f / "words.json", "--out", f / "q.json"], "q.json"
        ),
    ]
    kinds = [
        ("wording", "words.json", m.JSON, words),
        ("instruction samples", "items.json", m.JSON, reads),
        ("page", "page.png", m.ANY, pages),
        ("label list", "labels.tsv", m.TEXT, lists),
    ]
    return [
        Target(kind, {name: w.root / name}, name, ways, found) for kind, name, ways, found in kinds
    ]


def data(w: World) -> list:
    return recordings(w) + tables(w) + other_sets(w) + questions(w)
