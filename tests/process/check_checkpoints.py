"""What every command does with a checkpoint whose files do not belong together or overflow.

    python3 tests/process/check_checkpoints.py --bin build/bin [--only NAME]

Each check prints what it counted. Standard library only. Exits 1 if any check fails.
"""

import json
import struct
import sys
from pathlib import Path

for folder in ("support", "tools"):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / folder))
from chain import chain_synth, chain_train  # noqa: E402
from checks import options_of, run_checks, work_folder  # noqa: E402
from world import CHECKPOINT, DONE, QUESTION, World  # noqa: E402

NUMERICS = 5
SPECIAL = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>",
           "<|eot_id|>", "<|finetune_right_pad_id|>"]  # fmt: skip


def commands(w: World, base: Path) -> dict:
    """Each command that takes a checkpoint: its words, and an output that must not appear."""
    out, new = w.fresh("out"), w.fresh("new")
    train = w.config("train", model=str(base), output=str(out))
    adapted = ["--adapter", w.adapter]
    return {
        "inspect": (["inspect", base], None),
        "merge": (["merge", "--base", base, *adapted, "--out", new], new),
        "extract": (["extract", "--base", base, "--tuned", w.base, "--out", new], new),
        "predict": (
            ["predict", "--model", base, "--record", w.record, "--question", QUESTION],
            None,
        ),
        "train": (["train", "--config", train], out),
        "plan": (["plan", "--config", train], None),
        "eval": (["eval", "--config", w.config("eval", model=str(base), output=str(out))], out),
        "parity": (["parity", "--model", base, "--inputs", w.root / "none", "--out", new], new),
    }


def edited(path: Path, **changes) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def stand_in(byte: int) -> str:
    """How tokenizer.json of a byte-level BPE writes a byte (GPT-2's bytes_to_unicode)."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return chr(byte if byte in shown else 256 + sorted(set(range(256)) - set(shown)).index(byte))


def write_bpe(base: Path, pattern: str = r"\s?\S+|\s", without: str = "", more: dict | None = None):
    """A tokenizer.json of bytes and special tokens in place of the tokenizer; `more`: added."""
    image = json.loads((base / "config.json").read_text())["image_token_index"]
    ids = {token: 456 + i for i, token in enumerate(SPECIAL)} | {"<|image|>": image} | (more or {})
    ids.pop(without, None)
    split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated"}
    tokenizer = {
        "model": {"type": "BPE", "vocab": {stand_in(b): 200 + b for b in range(256)}, "merges": []},
        "decoder": {"type": "ByteLevel"},
        "pre_tokenizer": split,
        "added_tokens": [{"id": number, "content": token} for token, number in ids.items()],
    }
    (base / "tokenizer.json").write_text(json.dumps(tokenizer))


def of_processor(**changes):
    return lambda base: edited(base / "preprocessor_config.json", **changes)


SPOILT = {
    "makes up to 4 tiles of 28 px": of_processor(size={"height": 28, "width": 28}),
    "makes up to 2 tiles of 56 px": of_processor(max_image_tiles=2),
    "has <|image|> at": lambda base: edited(base / "config.json", image_token_index=3),
    "has no <|begin_of_text|>": lambda base: write_bpe(base, without="<|begin_of_text|>"),
    "has no <|eot_id|>": lambda base: write_bpe(base, without="<|eot_id|>"),
    "gives the id 265 to the tokens": lambda base: write_bpe(base, more={"<|python_tag|>": 265}),
    "has ids up to 9999": lambda base: write_bpe(base, more={"<|python_tag|>": 9999}),
    "matches the empty text": lambda base: write_bpe(base, pattern=r"\s*"),
    "matches nothing": lambda base: write_bpe(base, pattern="qqqq"),
    "1 missing": lambda base: renamed(
        base, b'"language_model.model.norm', b'"language_model.model.NORM'
    ),
}


def renamed(base: Path, old: bytes, new: bytes) -> None:
    path = base / "model.safetensors"
    path.write_bytes(path.read_bytes().replace(old, new, 1))


def every_command_checks(w: World) -> None:
    """One sentence and exit code 4 from each command, whatever is spoilt, and no output."""
    refused = 0
    whole = w.copy(w.base)
    write_bpe(whole)  # itself a tokenizer that fits
    w.ok("inspect", whole)
    for mentions, spoil in SPOILT.items():
        base = w.copy(w.base)
        spoil(base)
        for name, (words, output) in commands(w, base).items():
            done = w.call(*words)
            said = done.stderr + (done.stdout if name == "inspect" else "")
            assert done.returncode == CHECKPOINT and mentions in said, (name, mentions, done)
            assert output is None or not output.exists(), (name, mentions, list(output.rglob("*")))
            refused += 1
    print(f"{len(SPOILT)} kinds of checkpoints: refused by each command, {refused} times")


def filled(base: Path, tensor: str, value: float) -> None:
    path = base / "model.safetensors"
    data = bytearray(path.read_bytes())
    size = struct.unpack("<Q", data[:8])[0]
    info = json.loads(data[8 : 8 + size])[tensor]
    assert info["dtype"] == "F32", info
    begin, end = (8 + size + offset for offset in info["data_offsets"])
    data[begin:end] = struct.pack("<f", value) * ((end - begin) // 4)
    path.write_bytes(data)


def overflow_names_its_layer(w: World) -> None:
    """A base of finite weights whose states are not: exit code 5 and the layer, and no answers."""
    layer = "language_model.model.layers.2"
    base = w.copy(w.base)
    filled(base, f"{layer}.mlp.up_proj.weight", 3e38)
    ask = ["predict", "--model", base, "--record", w.record]
    for words in (["--question", QUESTION], ["--labels", "superclass"]):
        done = w.call(*ask, *words)
        assert done.returncode == NUMERICS and f"is {layer};" in done.stderr, done
        assert not done.stdout, done
    config = w.config("eval", model=str(base), adapter="")
    done = w.call("eval", "--config", config)
    output = Path(json.loads(config.read_text())["output"])
    assert done.returncode == NUMERICS and f"is {layer};" in done.stderr, done
    assert not (output / "predictions.jsonl").exists(), done
    base = w.copy(w.base)
    filled(base, f"{layer}.mlp.up_proj.weight", 1e5)
    done = w.call("predict", "--model", base, "--record", w.record, "--question", QUESTION,
                  "--dtype", "fp16")  # fmt: skip
    assert done.returncode == CHECKPOINT and "expected what Half can hold" in done.stderr, done
    print("overflow: predict twice, eval and fp16 name the layer or tensor")


def external_folders_are_named(w: World) -> None:
    """Recordings outside of a data set are read only if their folder is named."""
    data = w.copy(w.data)
    table = data / "ptbxl_database.csv"
    table.write_text(table.read_text().replace("records100/", f"{w.data}/records100/"))
    page = w.fresh("page.png")
    draw = ["render", "--root", data, "--ecg-id", 1, "--sampling-rate", 100, "--out", page]
    w.refused(3, "data.recording_roots", *draw, absent=page)
    w.ok(*draw, "--recordings", w.data)
    roots = {"data": {"root": str(data)}}
    done = w.call("train", "--config", w.config("train", **roots))
    assert done.returncode == 3 and "data.recording_roots" in done.stderr, done
    roots["data"]["recording_roots"] = [str(w.data)]
    assert w.call("train", "--config", w.config("train", **roots)).returncode == DONE
    print("recordings outside of a data set: refused twice, read twice once their folder is named")


CHECKS = [
    chain_synth,
    chain_train,
    every_command_checks,
    overflow_names_its_layer,
    external_folders_are_named,
]


def main() -> int:
    options = options_of(__doc__).parse_args()
    chain = (chain_synth, chain_train)
    with work_folder("check_checkpoints") as root:
        world = World(options.bin.resolve(), root)
        return run_checks(world, CHECKS, options.only, always=chain, essential=chain)


if __name__ == "__main__":
    sys.exit(main())
