"""What the executables do if a model does not fit into memory, and which dtype they compute in.

    python3 tests/process/check_memory.py --bin build/bin [--only NAME]

The models are sparse files of zeros with true headers, as large as this machine's memory asks for.
Each check prints what it saw. Standard library only. Exits 1 if any check fails.
"""

import json
import os
import resource
import struct
import subprocess
import sys
import time
from pathlib import Path

for folder in ("support", "tools"):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / folder))
from chain import chain_synth, chain_train  # noqa: E402
from checks import options_of, run_checks, work_folder  # noqa: E402
from world import DONE, QUESTION, USAGE, World  # noqa: E402

MOST_RESIDENT = 1_500_000_000  # bytes: libraries and headers, and no weights
WIDE = {"hidden_size": 4096, "intermediate_size": 14336}  # of the 11B shape
LAYER = 4096 * 4096 * 2.5 + 3 * 4096 * 14336  # values of a decoder layer of that width
HALF = 2  # bytes of bf16


def available(w: World) -> int:
    """Bytes that this machine, or the tightest cgroup, has left."""
    plan = json.loads(w.ok("plan", "--for", "predict", "--model", w.base, "--json"))
    return min(limit["left"] for limit in plan["machine"]["limits"])


def sparse_model(w: World, layers: int) -> Path:
    """The base with wide decoder layers, all zeros in bf16; the file takes a few kB of disk."""
    model = w.copy(w.base)
    config = json.loads((model / "config.json").read_text())
    config["text_config"].update(WIDE, num_hidden_layers=layers)
    (model / "config.json").write_text(json.dumps(config))
    (model / "model.safetensors").unlink()
    header, at = {}, 0
    for row in w.inspect(model, "--tensors")["expected"]:
        shape = json.loads(row["shape"])
        size = HALF
        for side in shape:
            size *= side
        header[row["tensor"]] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(model / "model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + at)
    return model


def limited(w: World, words, addresses=None):
    """Exit code, stderr, most resident bytes and seconds; under `ulimit -v` if asked."""
    command = [str(w.binaries / "ecg-lora"), *map(str, words)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}

    def limit():
        if addresses:
            resource.setrlimit(resource.RLIMIT_AS, (addresses, addresses))

    begin = time.monotonic()
    with open(w.fresh("stderr"), "w+") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=errors, env=environment, preexec_fn=limit
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read()
    return process.returncode, said, usage.ru_maxrss * 1024, time.monotonic() - begin


def refused(w: World, *words) -> str:
    code, said, resident, seconds = limited(w, words)
    errors = [line for line in said.splitlines() if "error: " in line]
    assert code == USAGE and len(errors) == 1, (code, said)
    assert "of memory, expected at most" in errors[0] and "--force" in errors[0], errors
    assert resident < MOST_RESIDENT and seconds < 60, (resident, seconds)
    return errors[0]


def asks(w: World, model: Path, *more):
    return "predict", "--model", model, "--record", w.record, "--question", QUESTION, *more


def check_too_large(w: World):
    """No command reads weights of twelve times the memory there is, and none is killed."""
    model = sparse_model(w, 1 + int(12 * available(w) / HALF / LAYER))
    inputs = w.fresh("in.safetensors")
    write_inputs(inputs)
    commands = {
        "predict": asks(w, model),
        "eval": ("eval", "--config", w.config("eval", model=str(model), adapter="")),
        "train": ("train", "--config", w.config("train", model=str(model))),
        "parity": ("parity", "--model", model, "--inputs", inputs, "--out", w.fresh("out")),
        "dry run": ("train", "--config", w.config("train", model=str(model)), "--dry-run"),
    }
    for name, words in commands.items():
        said = refused(w, *words)
        assert "a larger machine" in said, (name, said)
    print(f"too large: {len(commands)} commands refused; the last said: {said[:200]}")


def check_advice(w: World):
    """What does not fit in fp32 is offered in bf16, in the words of the command."""
    model = sparse_model(w, 1 + int(0.65 * available(w) / HALF / LAYER))
    assert "use --dtype bf16 (" in refused(w, *asks(w, model, "--dtype", "fp32"))
    wide = {"model": str(model), "compute": {"dtype": "fp32"}}
    said = refused(w, "eval", "--config", w.config("eval", adapter="", **wide))
    assert "use --set compute.dtype=bf16" in said, said
    said = refused(w, "train", "--config", w.config("train", **wide))
    assert "--set compute.dtype=bf16" in said, said
    print(f"advice: {said[said.index('expected') :][:160]}")


def least_addresses(w: World) -> int:
    """Address space, to half a gigabyte, in which the small model answers."""
    for half in range(2, 60):
        if limited(w, asks(w, w.base), half << 29)[0] == DONE:
            return half << 29
    raise AssertionError("the small model does not answer in 30 GB of addresses")


def check_force(w: World):
    """Under ulimit -v: refused, and with --force a warning and whatever comes of it."""
    model = sparse_model(w, 1 + int(3e9 / HALF / LAYER))
    file = (model / "model.safetensors").stat().st_size
    enough = least_addresses(w) + int(1.4 * file)  # for the file's pages, not for the weights too
    code, said, _, _ = limited(w, asks(w, model), enough)
    assert code == USAGE and "ulimit -v" in said, (code, said)
    code, said, _, _ = limited(w, asks(w, model, "--force"), enough)
    assert "going on, as --force says" in said and code not in (DONE, USAGE), (code, said)
    print(f"force: refused within {enough >> 20} MiB of addresses, and let through")


def check_auto(w: World):
    """The checkpoint's own dtype is taken, logged, and kept."""
    base = w.fresh("bf16")
    w.ok("synth", "model", "--out", base, "--shape", w.root / "shape.json", "--dtype", "bf16")
    for dtype, model in (("bf16", base), ("fp32", w.base)):
        code, said, _, _ = limited(w, asks(w, model))
        assert code == DONE and f"dtype auto: {dtype}, as {model} is stored" in said, said
        code, said, _, _ = limited(w, asks(w, model, "--dtype", "fp32"))
        assert code == DONE and "dtype auto" not in said, said
    train = w.config("train", model=str(base))
    w.ok("train", "--config", train)
    run = Path(json.loads(train.read_text())["output"])
    assert json.loads((run / "config.json").read_text())["compute"]["dtype"] == "bf16"
    fit = w.config("train", model=str(base), loop={"trainable": "full", "steps": 1})
    w.ok("train", "--config", fit)
    full = Path(json.loads(fit.read_text())["output"])
    assert json.loads((full / "config.json").read_text())["compute"]["dtype"] == "fp32"
    half = w.fresh("fp16")
    w.ok("synth", "model", "--out", half, "--shape", w.root / "shape.json", "--dtype", "fp16")
    code, said, _, _ = limited(w, asks(w, half))
    assert code == DONE and f"dtype auto: fp16, as {half} is stored" in said, said
    lora = w.config("train", model=str(half), loop={"steps": 1})
    w.ok("train", "--config", lora)
    tuned = Path(json.loads(lora.read_text())["output"])
    assert json.loads((tuned / "config.json").read_text())["compute"]["dtype"] == "fp32"
    test = w.config("eval", model=str(base), adapter=str(run / "adapter"))
    w.ok("eval", "--config", test)
    scores = json.loads((Path(json.loads(test.read_text())["output"]) / "scores.json").read_text())
    assert scores["provenance"]["config"]["compute"]["dtype"] == "bf16", scores["provenance"]
    print("auto: as stored; fp32 for weights that are trained, and for training on fp16")


def write_inputs(path: Path):
    """Two rows of tokens without a page."""
    tokens = struct.pack("<8q", 1, 5, 6, 7, 1, 8, 9, 10)
    header = {"input_ids": {"dtype": "I64", "shape": [2, 4], "data_offsets": [0, len(tokens)]}}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + tokens)


CHAIN = [chain_synth, chain_train]
CHECKS = [check_too_large, check_advice, check_force, check_auto]


def main() -> int:
    options = options_of(__doc__, "only checks whose name contains this").parse_args()
    with work_folder("check_memory") as root:
        world = World(options.bin.resolve(), root)
        return run_checks(world, CHAIN + CHECKS, options.only, always=CHAIN, essential=CHAIN)


if __name__ == "__main__":
    sys.exit(main())
