"""Processes that share work, started with or without a launcher."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def environment(rank: int, ranks: int, port: int, slurm: bool = False) -> dict:
    named = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
    if slurm:
        return {
            **os.environ,
            **named,
            "SLURM_STEP_NUM_TASKS": str(ranks),
            "SLURM_PROCID": str(rank),
            "SLURM_LOCALID": str(rank),
            "SLURM_STEP_NODELIST": "localhost",
            "SLURM_JOB_ID": "7",
        }
    return {
        **os.environ,
        **named,
        "WORLD_SIZE": str(ranks),
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
    }


def alone() -> dict:
    return {**os.environ, "OMP_NUM_THREADS": "1"}


class Processes:
    """The ranks of one command; the last one gets `more` words."""

    def __init__(self, words, ranks: int, slurm: bool = False, more=()):
        port, words = free_port(), [str(word) for word in words]
        places = (
            [alone()]
            if ranks == 1
            else [environment(rank, ranks, port, slurm) for rank in range(ranks)]
        )
        self.all = [
            subprocess.Popen(
                words + list(more) * (rank == ranks - 1),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=place,
            )
            for rank, place in enumerate(places)
        ]

    def running(self) -> bool:
        return all(one.poll() is None for one in self.all)

    def kill(self) -> None:
        for one in self.all:
            one.kill()
        for one in self.all:
            one.wait()

    def finish(self, expected: int = 0) -> tuple[list[str], list[str]]:
        """What each rank wrote to stdout and to stderr; all leave with the expected code."""
        done = [one.communicate(timeout=120) for one in self.all]
        codes = [one.returncode for one in self.all]
        assert codes == [expected] * len(codes), (codes, [err[-2000:] for _, err in done])
        return [out for out, _ in done], [err for _, err in done]


def torchrun(words, ranks: int) -> str:
    """stdout of a command under torchrun."""
    launcher = [
        Path(sys.executable).parent / "torchrun",
        "--standalone",
        "--no-python",
        "--nproc-per-node",
        ranks,
    ]
    done = subprocess.run(
        [str(word) for word in [*launcher, *words]],
        capture_output=True,
        text=True,
        timeout=120,
        env=alone(),
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def errors(stderr: str) -> list[str]:
    """Messages of error lines, without their time."""
    return [line.split("error: ", 1)[1] for line in stderr.splitlines() if "error: " in line]


def wait_until(condition, process: Processes, what: str) -> None:
    end = time.time() + 60
    while not condition():
        assert time.time() < end and process.running(), (
            f"{what}; {[p.communicate()[1][-1500:] for p in process.all]}"
        )
        time.sleep(0.002)
