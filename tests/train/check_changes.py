"""What a run is made with: its change is noticed at resume and among ranks, and data that teach nothing are refused.

    python3 tests/train/check_changes.py --bin build/bin [--only NAME]

Standard library only. Exits 1 if any check fails.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

from world import DATA, DONE, INTERRUPTED, NUMERICS, USAGE, World, errors, metrics, output_of, steps


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
    cases = {base / "model.safetensors": "model.model.safetensors", tokenizer: tokenizer.name,
             base / "preprocessor_config.json": "preprocessor_config", tables: tables.name,
             recording: "pages"}
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


def nothing_to_learn(w: World) -> None:
    """Every row too long, or no fold at all: refused before the first step, with nothing written."""
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
        place = {"WORLD_SIZE": str(len(configs)), "RANK": str(rank), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
        ranks.append(subprocess.Popen([w.binaries / "ecg-lora", "train", "--config", config], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      text=True, env={**w.environment(), **place}))
    return ranks


def port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def unequal_ranks(w: World) -> None:
    """Another base, data set, seed or rank of adapters on rank 1: all ranks stop with one sentence."""
    base, data = w.fresh("base"), w.fresh("data")
    shutil.copytree(w.base, base)
    shutil.copytree(w.data, data)
    alter(base / "model.safetensors")
    alter(sorted(data.rglob("*_lr.dat"))[0])
    loop = {"loop": {"steps": 2, "accumulation": 2, "rank_timeout": 60}}
    cases = [({"model": str(base)}, "files of model"), ({"data": {"root": str(data)}}, "files of pages"), ({"seed": 7}, "config seed"), ({"lora": {"rank": 2}}, "config lora")]
    for change, name in cases:
        run = w.fresh("run")
        first = w.config(run, **loop)
        second = w.config(w.fresh("other"), **{**loop, **change})
        for rank in start_ranks(w, [first, second], port()):
            _, err = rank.communicate(timeout=90)
            assert rank.returncode == USAGE and len(errors(err)) == 1 and name in errors(err)[0], (name, rank.returncode, err)
        assert not run.exists()
    run = w.fresh("run")
    equal = w.config(run, **loop)
    ends = [(rank.communicate(timeout=90)[1], rank.returncode) for rank in start_ranks(w, [equal, equal], port())]
    assert [code for _, code in ends] == [DONE, DONE] and steps(run) == [1, 2], ends
    _, err = (one := start_ranks(w, [equal, equal], "65536"))[0].communicate(timeout=90)
    one[1].communicate(timeout=90)
    assert one[0].returncode == USAGE and "65535" in errors(err)[0], err


CHECKS = [changes_are_refused_at_resume, nothing_to_learn, unequal_ranks]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument("--only", help="only checks whose name contains this")
    options = parser.parse_args()
    root, failed = Path(tempfile.mkdtemp(prefix="check_changes.")), []
    try:
        w = World(options.bin, root)
        for check in CHECKS:
            if options.only and options.only not in check.__name__:
                continue
            start = time.monotonic()
            try:
                check(w)
                print(f"ok      {check.__name__} ({time.monotonic() - start:.1f} s)", flush=True)
            except Exception:
                failed.append(check.__name__)
                print(f"FAILED  {check.__name__}\n{traceback.format_exc()}", flush=True)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print(f"{len(failed)} failed: {', '.join(failed)}" if failed else "all passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
