"""What checks of commands prepare: synthetic recordings, a small model, instruction items; and the
ways to run a command and to read what it wrote.
"""

import json
import subprocess
from pathlib import Path

SHAPE = {
    "tile_size": 56,
    "patch_size": 28,
    "vision_width": 32,
    "vision_heads": 2,
    "vision_mlp": 64,
    "local_layers": 2,
    "global_layers": 1,
    "kept_layers": [0, 1],
    "text_width": 32,
    "heads": 4,
    "kv_heads": 2,
    "text_mlp": 64,
    "text_layers": 3,
    "cross_layers": [1],
    "vocabulary": 512,
}
CHOICE = "What is the rhythm?\nA. sinus rhythm\nB. atrial fibrillation\nC. atrial flutter"


class Cases:
    """Numbered folders below `root`, one per product, so that whatever is written next to it is
    seen.
    """

    def __init__(self, root: Path):
        self.root, self.number = root, 0

    def fresh(self, name: str) -> Path:
        self.number += 1
        folder = self.root / f"case{self.number}"
        folder.mkdir()
        return folder / name


def call(binaries: Path, *words, **options) -> subprocess.CompletedProcess:
    """Runs `ecg-lora WORDS`; options are those of subprocess.run()."""
    command = [binaries / "ecg-lora", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, **options)


def must(binaries: Path, *words) -> str:
    """What `ecg-lora WORDS` prints; ends the program if it fails."""
    done = call(binaries, *words)
    if done.returncode:
        raise SystemExit(f"ecg-lora {words[0]} failed: {done.stderr.strip()}")
    return done.stdout


def make_data(binaries: Path, folder: Path, patients: int, seed: int | None = None) -> None:
    seeded = () if seed is None else ("--seed", seed)
    must(binaries, "synth", "data", "--out", folder, "--patients", patients, *seeded)


def make_model(binaries: Path, folder: Path, seed: int | None = None) -> None:
    """A model of SHAPE, which is written to shape.json next to it."""
    shape = folder.parent / "shape.json"
    shape.write_text(json.dumps(SHAPE))
    seeded = () if seed is None else ("--seed", seed)
    must(binaries, "synth", "model", "--out", folder, "--shape", shape, *seeded)


def draw_page(binaries: Path, data: Path, number: int, page: Path) -> None:
    """Draws the recording `number` of a data set of PTB-XL's layout, at 100 Hz."""
    place = ("--root", data, "--ecg-id", number, "--sampling-rate", 100)
    must(binaries, "render", *place, "--out", page)


def item(identifier: str, image: str, question: str, answer) -> dict:
    """An instruction item with one image and one turn of each side."""
    return {
        "id": identifier,
        "image": image,
        "conversations": [
            {"from": "human", "value": "<image>\n" + question},
            {"from": "gpt", "value": answer},
        ],
    }


def record_item(number: int, name: str, question: str, answer) -> dict:
    """An item about the recording `number` of a data set of PTB-XL's layout."""
    return item(f"{name}-{number}", f"{number:05}_lr.png", question, answer)


def files(folder: Path) -> dict[str, bytes]:
    """The contents of all files below a folder, by their paths in it."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def json_lines(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()]
