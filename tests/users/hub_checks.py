"""Checks of scripts/from_hub.py: layouts of columns and archives, and what is named."""

import json
import shutil
import sys
from pathlib import Path

import pyarrow.parquet as pq

from hub_world import png, talk, tar_bytes, write, write_parquet, zip_bytes

ROOT = Path(__file__).resolve().parents[2]


def from_hub(world, folder: Path, out: Path, *options, code: int = 0):
    return world.run([sys.executable, ROOT / "scripts/from_hub.py", folder, out, *options], code)


def items(path: Path) -> list:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def stand_in_is_converted(world):
    """ECGInstruct next to its own download, and ECGBench: all items, all pages, ready to use."""
    instruct, bench = world.root / "instruct", world.root / "bench"
    shutil.copytree(world.stand_in / "ECGInstruct", instruct)
    from_hub(world, instruct, instruct / "files")
    again = from_hub(world, instruct, instruct / "files").stdout
    source = json.loads((instruct / "ECGInstruct.json").read_text())
    pages = len({item["image"] for item in source})
    assert f"images that items name: {pages}; images that no item names: 0" in again, again
    assert items(instruct / "files/ECGInstruct.jsonl") == source
    from_hub(world, world.stand_in / "ECGBench", bench)
    rows = sum(
        pq.ParquetFile(path).metadata.num_rows
        for path in (world.stand_in / "ECGBench").rglob("*.parquet")
    )
    for folder, count in (instruct / "files", len(source)), (bench, rows):
        command = [world.programs / "ecg-lora-inspect", folder, "--images", folder, "--json"]
        said = json.loads(world.run(command).stdout)
        assert said["items"] == count and said["bad_items"] == 0, said
        assert said["pages"]["sets_missing"] == 0 and said["pages"]["sets_of_recordings"] == 0, said
    answer = items(bench / "ecgqa-test.jsonl")[0]["conversations"][1]["value"]
    assert isinstance(answer, list), answer


def columns_of_all_layouts(world):
    """Each layout of columns gives the same item and the same page."""
    data, text = png(1), json.dumps(talk())
    cell = {"bytes": data, "path": "p/1.png"}
    roles = [
        {"role": "user", "content": "<image>\nRhythm?"},
        {"role": "assistant", "content": "Sinus rhythm."},
    ]
    layouts = {
        "struct": {"image": cell, "conversations": talk()},
        "named": {
            "image_path": "p/1.png",
            "image": {"bytes": data, "path": None},
            "conversations": talk(),
        },
        "bytes": {"image_path": "p/1.png", "image": data, "conversations": talk()},
        "roles": {"image": cell, "messages": roles},
        "text": {"image": cell, "conversations": text},
        "lists": {
            "image": cell,
            "conversations": [
                {"from": "human", "value": list("<image>\nRhythm?")},
                {"from": "gpt", "value": list("Sinus rhythm.")},
            ],
        },
    }
    for name, row in layouts.items():
        folder, out = world.root / "columns" / name, world.root / "columns" / f"{name}.out"
        write_parquet(folder / "data/train-00000-of-00001.parquet", [{"id": "a", **row}])
        from_hub(world, folder, out)
        (item,) = items(out / "train.jsonl")
        assert item == {"id": "a", "image": "p/1.png", "conversations": talk()}, (name, item)
        assert (out / "p/1.png").read_bytes() == data, name


def columns_of_several_images(world):
    """Lists of pictures, pictures without a name, a name alone, and none at all."""
    cells = [{"bytes": png(1), "path": "a.png"}, {"bytes": png(2), "path": None}]
    folder, out = world.root / "several", world.root / "several.out"
    write_parquet(
        folder / "pair/test-00000-of-00002.parquet",
        [{"images": cells, "conversations": talk("<image><image>\nSame?", "No")}],
    )
    write_parquet(
        folder / "pair/test-00001-of-00002.parquet",
        [{"images": None, "conversations": talk("What is P?", "Atria.")}] * 7,
    )
    write_parquet(folder / "plain/0000.parquet", [{"image": "a.png", "conversations": talk()}])
    said = from_hub(world, folder, out).stdout
    assert "pair.jsonl: 8 items" in said and "plain-0000.jsonl: 1 items" in said, said
    found = items(out / "pair.jsonl")
    assert found[0]["images"] == ["a.png", "pair/0000000-1.png"], found[0]
    assert (out / "pair/0000000-1.png").read_bytes() == png(2)
    assert "image" not in found[1] and "images" not in found[1], found[1]


def archives_of_all_kinds(world):
    """.zip, .tar and .tar.gz, whole and in parts, hold the same pages."""
    pages = {f"ptb-xl/{i}.png": png(i) for i in range(1, 12)}
    extra = pages | {"ptb-xl/notes.csv": b"1", "__MACOSX/ptb-xl/._1.png": b"2"}
    whole = {
        "a.zip": zip_bytes(extra),
        "a.tar": tar_bytes(extra, "w:"),
        "a.tar.gz": tar_bytes(extra),
        "a.tgz": tar_bytes(extra),
    }
    kinds = {name: {name: data} for name, data in whole.items()}
    for name, ends in ("a.zip", ("001", "002", "003")), ("a.tar.gz", ("aa", "ab", "part3")):
        data, third = whole[name], len(whole[name]) // 3 + 1
        ends = ends if ends[2].isdigit() else ("aa", "ab", "ac")
        kinds[f"{name} in parts"] = {
            f"{name}.{end}": data[i * third : (i + 1) * third] for i, end in enumerate(ends)
        }
    text = "\n".join(
        json.dumps({"id": i, "image": f"ptb-xl/{i}.png", "conversations": talk()})
        for i in range(1, 12)
    )
    for kind, files in kinds.items():
        folder = world.root / "archives" / kind
        out = folder.with_name(kind + ".out")
        write(folder, files | {"some.jsonl": text})
        said = from_hub(world, folder, out).stdout
        assert "images that items name: 11; images that no item names: 0" in said, (kind, said)
        assert "is no picture, left out: 2" in said, (kind, said)
        for name, data in pages.items():
            assert (out / name).read_bytes() == data, (kind, name)


def missing_and_double_are_named(world):
    """Missing images, ids and images that come twice; images below a folder of the archive."""
    folder, out = world.root / "named", world.root / "named.out"
    listed = [{"id": i, "image": f"p/{i}.png", "conversations": talk()} for i in (1, 2, 3, 3)]
    write(
        folder,
        {
            "train.json": json.dumps(listed),
            "shard_10.tar": tar_bytes({"p/1.png": png(9)}, "w:"),
            "shard_2.tar": tar_bytes({"p/1.png": png(1)}, "w:"),
        },
    )
    done = from_hub(world, folder, out, code=3)
    assert "2 images that items name are missing" in done.stderr, done.stderr
    for words in (
        "id given twice: 1\n  train: 3",
        "the first was kept: 1\n  p/1.png: shard_2.tar",
        "found nowhere: 2\n  p/2.png\n  p/3.png",
    ):
        assert words in done.stdout, (words, done.stdout)
        assert words in (out / "from_hub.txt").read_text(), words
    assert (out / "p/1.png").read_bytes() == png(1)
    from_hub(world, folder, out, "--allow-missing")
    write(folder, {"shard_11.tar": tar_bytes({"p/2.png": png(2), "p/3.png": png(3)}, "w:")})
    (folder / "shard_2.tar").unlink()  # done: no longer needed
    assert "found nowhere" not in from_hub(world, folder, out).stdout
    write(
        world.root / "deeper",
        {
            "train.json": json.dumps(listed),
            "all.zip": zip_bytes({f"images/p/{i}.png": png(i) for i in (1, 2, 3)}),
        },
    )
    said = from_hub(world, world.root / "deeper", world.root / "deeper.out").stdout
    assert "the images lie below images/; set data.image_roots to" in said, said
    write(world.root / "alone", {"train.json": json.dumps(listed)})
    said = from_hub(world, world.root / "alone", world.root / "alone.out").stdout
    assert "data.recording_roots draws the pages from recordings" in said, said


def other_page_of_a_name_keeps_its_item(world):
    """Two tasks with different pages under one name: each item finds its own."""
    folder, out = world.root / "tasks", world.root / "tasks.out"
    for number, name in enumerate(("ptb-test", "ptb-test-report")):
        cell = {"bytes": png(number), "path": None}
        write_parquet(
            folder / name / "test-00000-of-00001.parquet",
            [{"image_path": "p/1.png", "image": cell, "conversations": talk()}],
        )
    from_hub(world, folder, out)
    for name in "ptb-test", "ptb-test-report":
        (item,) = items(out / f"{name}.jsonl")
        number = name == "ptb-test"  # ptb-test-report/ sorts first
        assert (out / item["image"]).read_bytes() == png(0 if number else 1), (name, item)


CHECKS = [
    stand_in_is_converted,
    columns_of_all_layouts,
    columns_of_several_images,
    archives_of_all_kinds,
    missing_and_double_are_named,
    other_page_of_a_name_keeps_its_item,
]
