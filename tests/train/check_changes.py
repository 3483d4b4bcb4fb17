"""What a run is made with: its change is noticed at resume and among ranks, and data that teach nothing are refused.

    python3 tests/train/check_changes.py --bin build/bin [--only NAME]

Standard library only. Exits 1 if any check fails.
"""

import argparse
import json
import os
import shutil
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


CHECKS = [changes_are_refused_at_resume, nothing_to_learn]


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
