"""Checks of scripts/from_hub.py: what is refused, kills, memory."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from hub_checks import ROOT, from_hub
from hub_world import png, talk, tar_bytes, write, write_parquet, zip_bytes

ITEM = json.dumps({"id": 1, "image": "p/1.png", "conversations": talk()})
PARQUET = "data/train-00000-of-00001.parquet"


def row(name: str, data: bytes = b"") -> dict:
    return {"image": {"bytes": data or png(1), "path": name}, "conversations": talk()}


def refused_folders() -> dict:
    """What is in the folder, and words of the error."""
    damaged = bytearray(png(1))
    damaged[60] ^= 1
    two = tar_bytes({"p/1.png": png(1), "p/2.png": png(2)}, "w:")  # 1,024 bytes per member
    cut, good = tar_bytes({"p/1.png": png(1, 9000)}), tar_bytes({"p/1.png": png(1)})
    flipped = good[:-6] + bytes([good[-6] ^ 1]) + good[-5:]
    escapes = {
        f"{name} in {kind}": ({f"a.{kind}": make({name: png(1)})}, "could lie outside")
        for name in ("../1.png", "/tmp/1.png", "a/../../1.png", "C:/1.png", "a\\1.png")
        for kind, make in (("tar.gz", tar_bytes), ("zip", zip_bytes))
        if not (kind == "zip" and "\\" in name)
    }
    links = {
        f"link in {kind}": ({f"a.{kind}": make({"p": "/tmp"})}, "got a link")
        for kind, make in (("tar.gz", tar_bytes), ("zip", zip_bytes))
    }
    texts = {
        "cut list": f"[{ITEM},{ITEM[:40]}",
        "no end": f"[{ITEM}",
        "key twice": ('[{"id":1,"id":2}]'),
        "no list": "3",
        "no UTF-8": b'[{"id":"\xff"}]',
        "no turns": ('[{"id":1,"image":"a.png"}]'),
        "odd turns": '[{"conversations":[{"a":1}]}]',
        "escaping": ITEM.replace("p/1", "../1"),
        "half a letter": ITEM.replace("p/1", "\\ud800"),
    }
    return (
        escapes
        | links
        | {f"text: {name}": ({"a.json": text}, "expected") for name, text in texts.items()}
        | {
            "damaged png": ({"a.tar": tar_bytes({"p/1.png": bytes(damaged)}, "w:")}, "checksum"),
            "cut png": ({"a.tar": tar_bytes({"p/1.png": png(1)[:-9]}, "w:")}, "cut off"),
            "no picture": ({"a.tar": tar_bytes({"p/1.png": b"<html>"}, "w:")}, "no PNG"),
            "cut between members": ({"a.tar": two[:1024]}, "before the end"),
            "damaged header": ({"a.tar": two[:1030] + b"?" + two[1031:]}, "before the end"),
            "cut archive": ({"a.tar.gz": cut[:-2000]}, "download it again"),
            "wrong gzip sum": ({"a.tar.gz": flipped}, "download it again"),
            "cut zip": ({"a.zip": zip_bytes({"p/1.png": png(1)})[:-9]}, "download it again"),
            "pointer": ({"a.zip": "version https://git-lfs.github.com/spec/v1\n"}, "pointer"),
            "unfinished": (
                {"a.json": ITEM, ".cache/huggingface/download/a.incomplete": ""},
                "--partial",
            ),
            "unknown": ({"a.bin": "1", "a.json": ITEM}, "a.bin"),
            "nothing": ({"README.md": ""}, ""),
            "spanned": ({"a.z01": "1", "a.zip": "2"}, "zip -s 0"),
            "gap": ({"a.zip.001": "1", "a.zip.003": "2"}, "without gaps"),
            "whole and parts": ({"a.zip": "1", "a.zip.001": "2"}, "got both"),
            "cut parquet": ({"a.parquet": b"PAR1 and so on"}, "whole parquet"),
        }
    )


def what_is_refused(world):
    for name, (files, words) in refused_folders().items():
        folder = world.root / "refused" / name.replace("/", "_")
        out = folder.with_name(folder.name + ".out")
        write(folder, files)
        said = from_hub(world, folder, out, code=3).stderr
        assert said.startswith("error: ") and words in said, (name, said)
        whole = 1 if name in ("cut between members", "damaged header") else 0  # before the fault
        assert len(list(out.rglob("*.png"))) == whole, (name, out)
        assert not list(out.rglob("*.jsonl")) and not list(folder.parent.glob("*.png")), name


def what_is_refused_in_parquet(world):
    rows = {
        "columns": ([{"picture": b"1", "caption": "x"}], "got the columns picture, caption"),
        "escaping": ([row("../1.png")], "could lie outside"),
        "image": ([{"image": 3, "conversations": talk()}], "got 3"),
        "damaged": ([row("1.png", png(1)[:-3])], "cut off"),
    }
    for name, (some, words) in rows.items():
        folder = world.root / "rows" / name
        write_parquet(folder / PARQUET, some)
        said = from_hub(world, folder, folder.with_name(name + ".out"), code=3).stderr
        assert words in said, (name, said)
    skipped = from_hub(world, folder, folder.with_name("skip.out"), "--on-bad", "skip", code=3)
    assert "damaged image, left out: 1" in skipped.stdout, skipped.stdout


def what_is_refused_of_out(world):
    folder, out = world.root / "source", world.root / "source.out"
    write(folder, {"a.json": ITEM, "a.tar": tar_bytes({"p/1.png": png(1)}, "w:")})
    write(world.root / "full", {"mine.txt": "1"})
    assert "other files" in from_hub(world, folder, world.root / "full", code=2).stderr
    from_hub(world, folder, out)
    (out / "p/1.png").write_bytes(b"")
    assert f"expected {len(png(1))} bytes" in from_hub(world, folder, out, code=3).stderr
    write(folder, {"a.tar": tar_bytes({"p/1.png": png(2, 400)}, "w:")})
    assert "got another one" in from_hub(world, folder, out, code=3).stderr
    linked = world.root / "linked.out"
    (linked / ".from_hub").mkdir(parents=True)
    (linked / "p").symlink_to(world.root / "full")
    assert "got a link to" in from_hub(world, folder, linked, code=3).stderr
    assert not (world.root / "full/1.png").exists()


def large_download(folder: Path):
    """Enough of each kind for a second of work."""
    listed = [
        {"id": i, "image": f"p/{i}.png", "conversations": talk(answer="é" * 90)}
        for i in range(3000)
    ]
    pages = [{f"p/{i}.png": png(i) for i in range(k, 1500, 3)} for k in range(3)]
    write(
        folder,
        {
            "train.json": json.dumps(listed, ensure_ascii=False),
            "shard_1.tar.gz": tar_bytes(pages[0]),
            "shard_2.zip": zip_bytes(pages[1]),
            "shard_3.tar": tar_bytes(pages[2] | {"p/0.png": png(0)}, "w:"),
        },
    )
    rows = [row(f"q/{i}.png", png(i)) | {"id": i % 300} for i in range(400)]
    write_parquet(folder / "a/test-00000-of-00002.parquet", rows[:250], 100)
    write_parquet(folder / "a/test-00001-of-00002.parquet", rows[250:], 100)


def entries(out: Path) -> int:
    return sum(len(files) for _, _, files in os.walk(out))


def stop_at(running, out: Path, count: int, how) -> bool:
    """Sends the signal once OUT has `count` files; whether it came before the end."""
    while running.poll() is None and entries(out) < count:
        time.sleep(0.001)
    time.sleep(random.uniform(0, 0.01))  # so that kills fall between files, too
    running.send_signal(how)
    running.communicate()
    expected = (75, -15, 0) if how == signal.SIGTERM else (-9, 0)
    assert running.returncode in expected, running.returncode
    return running.returncode != 0


def kill_at_any_moment(world):
    """SIGKILL at eight places, SIGTERM at one of them: in the end the same bytes as in one go.

    The places are counts of files, so that a fast machine is killed as often as a slow one.
    """
    folder, whole, out = world.root / "large", world.root / "whole", world.root / "killed"
    large_download(folder)
    options = ["--allow-missing", "--keep-every", "0.02"]
    from_hub(world, folder, whole, *options)
    kills, total = 0, entries(whole)
    command = [sys.executable, ROOT / "scripts/from_hub.py", folder, out, *options]
    for place in range(8):
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        how = signal.SIGTERM if place == 2 else signal.SIGKILL
        kills += stop_at(running, out, 1 + place * total // 8, how)
    from_hub(world, folder, out, *options)
    print(f"        {kills} kills")
    assert kills > 2, kills
    for root in whole, out:
        subprocess.run(["rm", "-r", root / ".from_hub"], check=True)
    world.same_tree(whole, out)
    assert "id given twice: 100" in (out / "from_hub.txt").read_text()


def memory_is_bounded(world):
    """Row groups of 50 MB, 400 MB in all, and an archive of 200 MB."""
    folder = world.root / "big"
    write_parquet(folder / PARQUET, [row(f"{i}.png", png(i, 1 << 20)) for i in range(400)], 50)
    write(folder, {"a.tar": tar_bytes({f"b/{i}.png": png(i, 1 << 20) for i in range(200)}, "w:")})
    running = subprocess.Popen(
        [sys.executable, ROOT / "scripts/from_hub.py", folder, folder.with_name("big.out")],
        stdout=subprocess.DEVNULL,
    )
    peak = 0  # kB; not from getrusage, which counts this process's memory at the fork
    while running.poll() is None:
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{running.pid}/status").read_text())
        peak = max(peak, int(found[1]) if found else 0)
        time.sleep(0.01)
    print(f"        peak {peak >> 10} MiB")
    assert running.returncode == 0 and 0 < peak < 350 << 10, (running.returncode, peak)


def dry_run_touches_nothing(world):
    folder, out = world.root / "dry", world.root / "dry.out"
    write(folder, {"a.json": ITEM, "shard_1.tar": tar_bytes({"p/1.png": png(1)}, "w:")})
    write_parquet(folder / PARQUET, [row("q.png")])
    said = from_hub(world, folder, out, "--dry-run").stdout
    for words in ("1 rows) -> train.jsonl", "a.jsonl", "-> images", "free at", "takes about"):
        assert words in said, (words, said)
    assert not out.exists()


CHECKS = [
    what_is_refused,
    what_is_refused_in_parquet,
    what_is_refused_of_out,
    kill_at_any_moment,
    memory_is_bounded,
    dry_run_touches_nothing,
]
