"""What a run is made with: its change is noticed at resume and among ranks, and data that teach
nothing are refused.

    python3 tests/train/check_changes.py --bin build/bin [--only NAME]

Standard library only. Exits 1 if any check fails.
"""

import json
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from checks import options_of, run_checks, work_folder  # noqa: E402
from world import (
    DATA,
    DONE,
    INTERRUPTED,
    NUMERICS,
    USAGE,
    World,
    errors,
    lines,
    metrics,
    output_of,
    steps,
    wait_for,
)


def alter(file: Path) -> None:
    """Another last byte, of the same size."""
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def refused(done, code: int, *words: str) -> None:
    assert done.returncode == code and len(errors(done.stderr)) == 1, (done.returncode, done.stderr)
    missing = [word for word in words if word not in errors(done.stderr)[0]]
    assert not missing, (missing, done.stderr)


def changes_are_refused_at_resume(w: World) -> None:
    """Base, processor, tokenizer, tables, recordings: by name, unless told otherwise; then told."""
    base, data = w.fresh("base"), w.fresh("data")
    shutil.copytree(w.base, base)
    shutil.copytree(w.data, data)
    short = {"model": str(base), "data": {"root": str(data)}, "loop": {"steps": 2}}
    config = w.config(**short)
    run = output_of(config)
    assert w.train(config).returncode == DONE
    longer = w.config(run, **(short | {"loop": {"steps": 3}}))
    before = (run / "metrics.jsonl").read_bytes()
    tokenizer = next(p for p in (base / "tokenizer.json", base / "tokenizer.model") if p.exists())
    recording = sorted(data.rglob("*_lr.dat"))[0]
    tables = data / "scp_statements.csv"
    cases = {
        base / "model.safetensors": "model.model.safetensors",
        tokenizer: tokenizer.name,
        base / "preprocessor_config.json": "preprocessor_config",
        tables: tables.name,
        recording: "pages",
    }
    for file, name in cases.items():
        whole = file.read_bytes()
        if file.suffix in (".json", ".csv"):
            file.write_bytes(whole + b"\n")
        else:
            alter(file)
        refused(w.train(longer, "--resume"), USAGE, name, "--accept-changes")
        assert (run / "metrics.jsonl").read_bytes() == before
        file.write_bytes(whole)
    tables.write_bytes(tables.read_bytes() + b"\n")
    done = w.train(longer, "--resume", "--accept-changes")
    assert done.returncode == DONE and "tables.scp_statements.csv" in done.stderr, done.stderr
    assert steps(run) == [1, 2, 3], steps(run)
    done = w.train(longer, "--resume")
    assert done.returncode == DONE and "has changed" not in done.stderr, done.stderr
    print(f"{len(cases)} kinds of files changed at a resume: {len(cases)} refused by name")


def nothing_to_learn(w: World) -> None:
    """Every row too long, or no fold at all: refused before the first step, with nothing
    written.
    """
    for too_long in ("skip", "cut"):
        config = w.config(batch={"max_tokens": 8, "too_long": too_long})
        refused(w.train(config), DATA, "answer token", "batch.max_tokens")
        assert not output_of(config).exists()
    config = w.config(data={"train_folds": []})
    refused(w.train(config), USAGE, "data.train_folds")
    assert not output_of(config).exists()


def start_ranks(w: World, configs: list[Path], port: str) -> list[subprocess.Popen]:
    ranks = []
    for rank, config in enumerate(configs):
        place = {
            "WORLD_SIZE": str(len(configs)),
            "RANK": str(rank),
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": port,
        }
        ranks.append(
            subprocess.Popen(
                [w.binaries / "ecg-lora", "train", "--config", config],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env={**w.environment(), **place},
            )
        )
    return ranks


def port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def unequal_ranks(w: World) -> None:
    """Another base, data set, seed or rank of adapters on rank 1: all ranks stop with one
    sentence.
    """
    base, data = w.fresh("base"), w.fresh("data")
    shutil.copytree(w.base, base)
    shutil.copytree(w.data, data)
    alter(base / "model.safetensors")
    alter(sorted(data.rglob("*_lr.dat"))[0])
    loop = {"loop": {"steps": 2, "accumulation": 2, "rank_timeout": 60}}
    cases = [
        ({"model": str(base)}, "files of model"),
        ({"data": {"root": str(data)}}, "files of pages"),
        ({"seed": 7}, "config seed"),
        ({"lora": {"rank": 2}}, "config lora"),
    ]
    for change, name in cases:
        run = w.fresh("run")
        first = w.config(run, **loop)
        second = w.config(w.fresh("other"), **{**loop, **change})
        for rank in start_ranks(w, [first, second], port()):
            _, err = rank.communicate(timeout=90)
            assert rank.returncode == USAGE and len(errors(err)) == 1 and name in errors(err)[0], (
                name,
                rank.returncode,
                err,
            )
        assert not run.exists()
    run = w.fresh("run")
    equal = w.config(run, **loop)
    ends = [
        (rank.communicate(timeout=90)[1], rank.returncode)
        for rank in start_ranks(w, [equal, equal], port())
    ]
    assert [code for _, code in ends] == [DONE, DONE] and steps(run) == [1, 2], ends
    _, err = (one := start_ranks(w, [equal, equal], "65536"))[0].communicate(timeout=90)
    one[1].communicate(timeout=90)
    assert one[0].returncode == USAGE and "65535" in errors(err)[0], err
    print(f"{len(cases)} kinds of unequal ranks: {2 * len(cases)} ranks refused with one sentence")


def a_rank_that_waits(w: World) -> None:
    """A rank that is alone says that it waits and how long yet, and leaves on the first SIGTERM;
    without one, when its time is out.
    """
    for number in (0, 1):
        for stopped in (True, False):
            place = {
                "WORLD_SIZE": "2",
                "RANK": str(number),
                "MASTER_ADDR": "127.0.0.1",
                "MASTER_PORT": port(),
            }
            config = w.config(loop={"accumulation": 2, "rank_timeout": 60 if stopped else 3})
            process = subprocess.Popen(
                [w.binaries / "ecg-lora", "train", "--config", config],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env={**w.environment(), **place},
            )
            start = time.monotonic()
            if stopped:
                time.sleep(4)
                process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=40)
            assert (
                process.returncode == INTERRUPTED
                and len(errors(err)) == 1
                and time.monotonic() - start < 12
            ), (process.returncode, err)
            assert (
                " s yet" in err
                and ("was stopped while it waited" if stopped else "did not find the others") in err
            ), err


def a_rank_that_hangs(w: World) -> None:
    """Rank 1 hangs within a step: rank 0 leaves soon after the first SIGTERM, saved."""
    run = w.fresh("run")
    config = w.config(run, loop={"steps": 5000, "checkpoint_every": 0, "validate_every": 0,
                                 "accumulation": 2, "rank_timeout": 600})  # fmt: skip
    first, second = start_ranks(w, [config, config], port())
    try:
        assert wait_for(first, lambda: lines(run) > 3), first.communicate(timeout=90)
        second.send_signal(signal.SIGSTOP)
        time.sleep(1)
        start = time.monotonic()
        first.send_signal(signal.SIGTERM)
        _, err = first.communicate(timeout=60)
        seconds = time.monotonic() - start
    finally:
        for rank in (first, second):
            rank.kill()
        second.communicate()
    assert first.returncode == INTERRUPTED and "which is saved" in err and seconds < 20, (
        seconds,
        err,
    )
    assert (run / "last").exists(), err
    print(f"a rank that hangs: the other left {seconds:.1f} s after SIGTERM, saved")


TEXTS = [
    {
        "id": f"text-{i}",
        "conversations": [
            {"from": "human", "value": "What does a long PR interval mean?"},
            {"from": "gpt", "value": "First degree AV block."},
        ],
    }
    for i in range(4)
]


def parity(w: World, adapter: Path) -> None:
    """ecg-lora-parity on a text alone: gradients of 0, and losses that stay."""
    ids = struct.pack("<6q", *range(1, 7))
    head = json.dumps(
        {
            name: {"dtype": "I64", "shape": [1, 6], "data_offsets": [at, at + 48]}
            for name, at in (("input_ids", 0), ("labels", 48))
        }
    ).encode()
    inputs, out = w.fresh("in.safetensors"), w.fresh("out.safetensors")
    inputs.write_bytes(struct.pack("<Q", len(head)) + head + ids + ids)
    done = subprocess.run(
        [
            w.binaries / "ecg-lora-parity",
            "--model",
            w.base,
            "--adapter",
            adapter,
            "--inputs",
            inputs,
            "--out",
            out,
            "--device",
            "cpu",
            "--steps",
            "3",
        ],
        capture_output=True,
        text=True,
        env=w.environment(),
    )
    assert done.returncode == DONE and "teach" in done.stderr, done.stderr
    content = out.read_bytes()
    size = struct.unpack("<Q", content[:8])[0]
    table, data = json.loads(content[8 : 8 + size]), content[8 + size :]
    part = {
        name: data[slice(*value["data_offsets"])]
        for name, value in table.items()
        if name != "__metadata__"
    }
    gradients = [value for name, value in part.items() if name.startswith("grad.")]
    assert gradients and not any(any(value) for value in gradients)
    assert len(set(struct.unpack("<3f", part["losses"]))) == 1


def texts_teach_vision_nothing(w: World) -> None:
    """Samples without a page if only what looks at pages is adapted: counted, told and left out
    before the first step; refused if there are no others.
    """
    texts = w.fresh("texts.json")
    texts.write_text(json.dumps(TEXTS))
    for text in ([], ["layers.1.*"]):  # layer 1 attends to pages
        lora, loop = {"text": text}, {"steps": 12, "validate_every": 0, "checkpoint_every": 0}
        config = w.config(lora=lora, loop=loop, data={"instructions": [str(texts)]})
        done = w.train(config)
        assert done.returncode == DONE and "4 samples without a page" in done.stderr, done.stderr
        assert all(line["tokens"] > 0 for line in metrics(output_of(config)) if "lr" in line)
        parity(w, output_of(config) / "adapter")
        alone = w.config(lora=lora, loop=loop, data={"root": "", "instructions": [str(texts)]})
        refused(w.train(alone), DATA, "4 samples without a page", "lora.text")
        assert not output_of(alone).exists()
    config = w.config(loop={"steps": 2}, data={"root": "", "instructions": [str(texts)]})
    done = w.train(config)
    assert done.returncode == DONE and "without a page teach" not in done.stderr, done.stderr


def no_step_learnt(w: World) -> None:
    """All steps of a short run are skipped, fewer than loop.max_skipped_in_a_row: no adapter is
    written of it.
    """
    config = w.config(
        compute={"dtype": "fp16"},
        lora={"alpha": 1e6, "init": "olora"},
        loop={"steps": 3, "checkpoint_every": 0, "validate_every": 0},
    )
    values = json.loads(config.read_text())
    for folds, words in (
        ([9], ["a logit is not finite", ".layers.0;"]),
        ([], ["no step", "skipped"]),
    ):
        values["data"]["valid_folds"] = folds
        config.write_text(json.dumps(values))
        refused(w.train(config), NUMERICS, *words)
        assert not (output_of(config) / "adapter").exists()
        shutil.rmtree(output_of(config))


CHECKS = [
    changes_are_refused_at_resume,
    nothing_to_learn,
    unequal_ranks,
    a_rank_that_waits,
    a_rank_that_hangs,
    texts_teach_vision_nothing,
    no_step_learnt,
]


def main() -> int:
    options = options_of(__doc__).parse_args()
    with work_folder("check_changes") as root:
        return run_checks(World(options.bin, root), CHECKS, options.only)


if __name__ == "__main__":
    sys.exit(main())
