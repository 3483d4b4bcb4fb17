"""What the executables do with other writers, closed descriptors, full disks, readers that go away,
and odd names.

    python3 tests/process/check_process.py --bin build/bin [--only NAME] [--pairs 8]

Each check prints what it counted. Standard library only. Exits 1 if any check fails.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

for folder in ("support", "tools"):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / folder))
from chain import chain_synth, chain_train  # noqa: E402
from checks import options_of, run_checks, work_folder  # noqa: E402
from world import CHECKPOINT, DATA, DONE, QUESTION, USAGE, World  # noqa: E402

PAIRS = 4


def start(w: World, *words, **options) -> subprocess.Popen:
    command = [str(w.binaries / "ecg-lora"), *map(str, words)]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
    return subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, **options)


def shell(w: World, line: str) -> subprocess.CompletedProcess:
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "PATH": f"{w.binaries}:{os.environ['PATH']}",
    }
    return subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, timeout=120, env=environment
    )


def leftovers(folder: Path) -> list:
    return [p.name for p in folder.rglob(".*") if p.name.endswith((".partial", ".lock"))]


def both(w: World, *words) -> list:
    """Starts the same command twice at once; (code, stderr) of each."""
    processes = [start(w, *words) for _ in range(2)]
    errors = [process.communicate(timeout=120)[1] for process in processes]
    return [(process.returncode, error) for process, error in zip(processes, errors)]


def judge_pair(ends: list, said: str) -> int:
    """One or both succeed, one after the other; who was refused names the other writer.
    Refusals.
    """
    refused = [(code, error) for code, error in ends if code != DONE]
    assert len(refused) < 2, ends
    for code, error in refused:
        assert code == USAGE and any(words in error for words in said.split("|")), (code, error)
    return len(refused)


def two_prepares(w: World) -> None:
    refusals = 0
    for _ in range(PAIRS):
        out = w.fresh("questions.json")
        refusals += judge_pair(
            both(w, "prepare", "questions", "--root", w.data, "--out", out),
            "is being written by process|exists already",
        )
        json.loads(out.read_text())
        assert not leftovers(out.parent), leftovers(out.parent)
    print(
        f"        {PAIRS} pairs of prepare to one file: {PAIRS} whole files, "
        f"{refusals} second writers refused"
    )


def two_merges(w: World) -> None:
    refusals = 0
    for _ in range(PAIRS):
        out = w.fresh("merged")
        refusals += judge_pair(
            both(w, "merge", "--base", w.base, "--adapter", w.adapter, "--out", out),
            "is being written by process|it exists already|appeared while",
        )
        assert w.inspect(out)["tensors"]["complete"] and not leftovers(out.parent)
    print(
        f"        {PAIRS} pairs of merge to one folder: {PAIRS} whole models, "
        f"{refusals} second writers refused"
    )


def two_resumes(w: World) -> None:
    refusals = 0
    for _ in range(PAIRS):
        run = w.fresh("run")
        config = w.config("train", output=str(run), loop={"steps": 2})
        w.ok("train", "--config", config)
        more = ("train", "--config", config, "--set", "loop.steps=8", "--resume")
        refusals += judge_pair(both(w, *more), "is being written by process")
        steps = [
            json.loads(line)["step"]
            for line in (run / "metrics.jsonl").read_text().splitlines()
            if '"lr"' in line
        ]
        assert steps == list(range(1, 9)), steps
        assert not leftovers(run.parent), leftovers(run.parent)
    print(
        f"        {PAIRS} pairs of train --resume: every step once, "
        f"{refusals} second writers refused"
    )


def a_killed_writer_holds_nothing(w: World) -> None:
    out = w.fresh("merged")
    process = start(w, "merge", "--base", w.base, "--adapter", w.adapter, "--out", out)
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline and not leftovers(out.parent):
        time.sleep(0.001)
    process.kill()
    process.communicate()
    if not out.exists():
        w.ok("merge", "--base", w.base, "--adapter", w.adapter, "--out", out)
    assert w.inspect(out)["tensors"]["complete"] and not leftovers(out.parent), leftovers(
        out.parent
    )


def closed_descriptors(w: World) -> None:
    """What is written is the same, whichever of the standard descriptors are closed."""
    files = set()
    for closed in ("", "<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"):
        out = w.fresh("merged")
        done = shell(
            w, f"ecg-lora merge --base {w.base} --adapter {w.adapter} --out {out} {closed}"
        )
        assert done.returncode == DONE, (closed, done)
        files.add((out / "model.safetensors").read_bytes())
        answers = w.fresh("eval")
        config = w.config("eval", output=str(answers), data={"root": str(w.data)})
        done = shell(w, f"ecg-lora eval --config {config} --predict-only --limit 2 {closed}")
        assert done.returncode == DONE, (closed, done)
        for line in (answers / "predictions.jsonl").read_text().splitlines():
            json.loads(line)
        run = w.fresh("run")
        done = shell(
            w,
            f"ecg-lora train --config {w.config('train', output=str(run), loop={'steps': 1})} "
            f"{closed}",
        )
        assert done.returncode == DONE, (closed, done)
        for event in (run / "tensorboard").iterdir():
            assert b"] info" not in event.read_bytes(), "log text is in the event file"
    assert len(files) == 1, "a closed descriptor changes the merged weights"
    print("        6 sets of descriptors closed: merge, eval and train wrote the same files")


def full_standard_output(w: World) -> None:
    ask = (
        f"--model {w.base} --record {w.record} --question '{QUESTION}' --max-new-tokens 2 "
        "--device cpu"
    )
    commands = [
        f"predict {ask}",
        f"inspect {w.base} --json",
        f"inspect {w.data}",
        "train --help-config",
        "--help",
        f"plan --config {w.config('train')} --json",
    ]
    for command in commands:
        done = shell(w, f"ecg-lora {command} > /dev/full")
        assert (
            done.returncode == DATA
            and "standard output: cannot be written: No space left" in done.stderr
        ), (command, done)
    print(
        f"        {len(commands)} commands with a full standard output: "
        f"{len(commands)} exits with {DATA}"
    )


def closed_pipe(w: World) -> None:
    """A reader that is gone ends a command quietly."""
    for command in (f"inspect {w.base} --json", "train --help-config", f"inspect {w.data}"):
        done = shell(w, f"set -o pipefail; (sleep 0.2; ecg-lora {command}) | true")
        assert done.returncode == DONE and not done.stderr, (command, done)


def dead_reader_of_the_log(w: World) -> None:
    """Training goes on if nobody reads its log any more."""
    run = w.fresh("run")
    config = w.config("train", output=str(run), loop={"steps": 6})
    done = shell(
        w, f"(ecg-lora train --config {config} 2>&1; echo $? > {run.parent}/code) | head -n 1"
    )
    assert (run.parent / "code").read_text().strip() == "0", done
    steps = [line for line in (run / "metrics.jsonl").read_text().splitlines() if '"lr"' in line]
    assert len(steps) == 6 and (run / "adapter/adapter_config.json").exists(), steps
    assert "info" in (run / "log.txt").read_text(), "the log file is empty"


def merge_fails_before_its_name(w: World) -> None:
    """An odd file beside the adapter, a report that cannot be written: no folder under the final
    name.
    """
    out = w.fresh("merged")
    w.refused(
        DATA,
        "cannot be written",
        "merge",
        "--base",
        w.base,
        "--adapter",
        w.adapter,
        "--out",
        out,
        "--report",
        "/proc/none/report.json",
        absent=out,
    )
    odd = w.copy(w.run)
    (odd / "config.json").write_text("{ odd")
    done = w.call("merge", "--base", w.base, "--adapter", odd / "adapter", "--out", out, "--verify")
    assert (
        done.returncode in (DATA, CHECKPOINT) and not out.exists() and not leftovers(out.parent)
    ), done


def limited_file_size(w: World) -> None:
    """A file of the base exceeds a limit of file size: said, and no folder with a part of it."""
    base, out = w.copy(w.base), w.fresh("merged")
    (base / "notes.txt").write_bytes(bytes(6 << 20))
    done = shell(
        w, f"ulimit -f 5120; ecg-lora merge --base {base} --adapter {w.adapter} --out {out}"
    )
    assert done.returncode == DATA and "notes.txt: cannot be written" in done.stderr, done
    assert not out.exists() and not leftovers(out.parent), leftovers(out.parent)


def endless_files(w: World) -> None:
    """A named pipe or a device in the place of a file is refused at once."""
    pipe = w.fresh("pipe.json")
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        commands = [
            ("inspect", path),
            ("train", "--config", path),
            ("eval", "--config", path),
            ("predict", "--model", w.base, "--image", path, "--question", QUESTION),
            ("predict", "--model", w.base, "--image", w.record, "--labels", path),
            (
                "prepare",
                "external",
                "--folder",
                w.data,
                "--statements",
                path,
                "--out",
                w.fresh("x"),
            ),
        ]
        for command in commands:
            done = w.call(*command)
            assert (
                done.returncode in (USAGE, DATA, CHECKPOINT) and "internal error" not in done.stderr
            ), (command, done)
    for name in ("config.json", "model.safetensors", "tokenizer.model", "preprocessor_config.json"):
        base = w.copy(w.base)
        (base / name).unlink()
        os.mkfifo(base / name)
        done = w.call("predict", "--model", base, "--record", w.record, "--question", QUESTION)
        assert done.returncode in (USAGE, DATA, CHECKPOINT) and "pipe" in done.stderr, (name, done)


def files_of_terabytes(w: World) -> None:
    """A file of 3 TB, all of it a hole, costs no time in the place of a small one."""
    for name in ("model.safetensors", "config.json", "tokenizer_config.json", "tokenizer.model"):
        base = w.copy(w.base)
        os.truncate(base / name, 3 << 40)
        commands = [
            ("train", "--config", w.config("train", model=str(base))),
            ("eval", "--config", w.config("eval", model=str(base))),
            ("predict", "--model", base, "--record", w.record, "--question", QUESTION),
        ]
        for command in commands if name != "tokenizer_config.json" else commands[:2]:
            begin = time.monotonic()
            done = w.call(*command)
            assert done.returncode in (DATA, CHECKPOINT) and time.monotonic() - begin < 20, (
                name,
                command,
                done,
            )


def not_numbers(w: World) -> None:
    """NaN in a base or an adapter is named by every command that reads it, and nothing is
    written.
    """
    nan = b"\x00\x00\xc0\x7f"
    base, run = w.copy(w.base), w.copy(w.run)
    for file in (base / "model.safetensors", run / "adapter/adapter_model.safetensors"):
        file.write_bytes(file.read_bytes()[:-4] + nan)
    for model, adapter in ((base, w.adapter), (w.base, run / "adapter")):
        out = w.fresh("out")
        w.refused(
            CHECKPOINT,
            "finite",
            "merge",
            "--base",
            model,
            "--adapter",
            adapter,
            "--out",
            out,
            absent=out,
        )
        w.refused(
            CHECKPOINT,
            "finite",
            "predict",
            "--model",
            model,
            "--adapter",
            adapter,
            "--record",
            w.record,
            "--question",
            QUESTION,
        )
        config = w.config("eval", model=str(model), adapter=str(adapter), output=str(out))
        done = w.call("eval", "--config", config)
        assert done.returncode == CHECKPOINT and not (out / "predictions.jsonl").exists(), done
    out = w.fresh("out")
    w.refused(
        CHECKPOINT, "finite", "extract", "--base", w.base, "--tuned", base, "--out", out, absent=out
    )
    config = w.config("train", model=str(base))
    assert w.call("train", "--config", config).returncode == CHECKPOINT


def escapes_do_not_reach_the_terminal(w: World) -> None:
    name = "\x1b]0;owned\x07\x1b[2J.json"
    for command in (
        ("inspect", w.root / name),
        ("train", "--config", name),
        ("train", f"--{name}"),
        (name,),
    ):
        done = w.call(*command)
        assert done.returncode != DONE and "\x1b" not in done.stderr + done.stdout, (command, done)
        assert "\\x1b[2J" in done.stderr, done.stderr
    folder = w.fresh("data")
    shutil.copytree(w.data, folder)
    header = folder / "records100/00000/00001_lr.hea"
    header.write_text(header.read_text().replace(" V6\n", " V6\x1b[2J\n"))
    done = w.call("inspect", folder / "records100/00000/00001_lr")
    assert "\x1b" not in done.stdout + done.stderr, done


def commands_stand_beside_the_program(w: World) -> None:
    """An executable in the current folder is never taken for a command."""
    folder = w.fresh("here")
    folder.mkdir()
    (folder / "ecg-lora-evil").write_text("#!/bin/sh\necho evil\n")
    (folder / "ecg-lora-evil").chmod(0o755)
    done = shell(w, f"cd {folder} && ecg-lora evil")
    assert done.returncode == USAGE and "evil\n" not in done.stdout, done


CHECKS = [
    two_prepares,
    two_merges,
    two_resumes,
    a_killed_writer_holds_nothing,
    closed_descriptors,
    full_standard_output,
    closed_pipe,
    dead_reader_of_the_log,
    merge_fails_before_its_name,
    limited_file_size,
    endless_files,
    files_of_terabytes,
    not_numbers,
    escapes_do_not_reach_the_terminal,
    commands_stand_beside_the_program,
]


def main() -> int:
    global PAIRS
    parser = options_of(__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS, help="how often two writers meet")
    options = parser.parse_args()
    PAIRS = options.pairs
    with work_folder("check_process") as root:
        world = World(options.bin.resolve(), root)
        chain_synth(world)
        chain_train(world)
        return run_checks(world, CHECKS, options.only)


if __name__ == "__main__":
    sys.exit(main())
