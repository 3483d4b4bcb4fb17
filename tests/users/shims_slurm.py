"""Slurm's sbatch, srun and scontrol, as far as a job needs them that is signalled and queued again.

A job lives in the folder slurm-4242: its log, the exit code of each turn in `codes`, the numbers of
its step's processes, and `requeue` while it waits for its next turn.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

JOB = "4242"
PROCESSES = 2  # of a step


def directives(script: str) -> dict:
    """Options of the #SBATCH lines."""
    lines = [
        line.split(None, 1)[1].strip()
        for line in Path(script).read_text().splitlines()
        if line.startswith("#SBATCH ")
    ]
    return dict(line.removeprefix("--").partition("=")[::2] for line in lines)


def send_signal(job: Path, run: Path, name: str):
    """Signals the processes of the job's step once the run has done its first step."""
    while not ((run / "metrics.jsonl").exists() and (run / "metrics.jsonl").stat().st_size > 0):
        time.sleep(0.02)
    for process in (job / "processes").read_text().split():
        os.kill(int(process), getattr(signal, f"SIG{name}"))


def sbatch(words: list):
    """Runs the job at once; in its first turn signals it as --signal says, and runs it again as
    often as it is queued again."""
    options, job = directives(words[0]), Path(f"slurm-{JOB}").resolve()
    assert "requeue" in options and options["open-mode"] == "append", options
    signal_name, seconds = options["signal"].split("@")
    assert int(seconds) > 0 and ":" not in signal_name, "signals the processes, not the shell"
    job.mkdir()
    environment = {
        **os.environ,
        "SLURM_JOB_ID": JOB,
        "SLURM_JOB_NODELIST": "localhost",
        "SLURM_CPUS_PER_TASK": options["cpus-per-task"],
        "SHIM_JOB": str(job),
    }
    codes = []
    while not codes or (job / "requeue").exists():
        assert len(codes) < 3, f"queued again without end: {codes}"
        (job / "requeue").unlink(missing_ok=True)
        if codes:
            environment["SLURM_RESTART_COUNT"] = str(len(codes))
        else:
            threading.Thread(
                target=send_signal, args=(job, Path(words[2]), signal_name), daemon=True
            ).start()
        with open(job / "log", "a") as log:
            codes.append(
                subprocess.run(
                    ["bash", *words], env=environment, stdout=log, stderr=subprocess.STDOUT
                ).returncode
            )
    (job / "codes").write_text(json.dumps(codes))
    print(f"Submitted batch job {JOB}")


def srun(words: list):
    """Some processes of a step; leaves with the highest of their codes."""
    while words[0].startswith("--"):
        words = words[1:]
    step = {"SLURM_STEP_NUM_TASKS": str(PROCESSES), "SLURM_STEP_NODELIST": "localhost"}
    tasks = [
        subprocess.Popen(
            words, env={**os.environ, **step, "SLURM_PROCID": str(i), "SLURM_LOCALID": str(i)}
        )
        for i in range(PROCESSES)
    ]
    job = Path(os.environ["SHIM_JOB"])
    (job / "processes.part").write_text(" ".join(str(task.pid) for task in tasks))
    (job / "processes.part").rename(job / "processes")
    sys.exit(max(task.wait() % 256 for task in tasks))


def scontrol(words: list):
    assert words == ["requeue", JOB], words
    (Path(os.environ["SHIM_JOB"]) / "requeue").touch()
