"""Runs a command in the folder of a case, if wanted with descriptors closed or a full disk."""

import dataclasses
import os
import subprocess
import threading
from pathlib import Path

SECONDS = 20
MOST_OUTPUT = 8 << 20  # bytes that are looked at


@dataclasses.dataclass
class Injection:
    """What is wrong with the process, while its input is whole."""

    kind: str
    name: str
    script: str  # of sh, which becomes the command
    silent: bool = False  # the command cannot say why it failed
    disk: bool = False  # outputs cannot be written


CLOSED, FULL = "closed descriptors", "full disk"
INJECTIONS = [
    Injection(CLOSED, "stdin closed", 'exec "$@" <&-'),
    Injection(CLOSED, "stdout closed", 'exec "$@" >&-'),
    Injection(CLOSED, "stderr closed", 'exec "$@" 2>&-', silent=True),
    Injection(CLOSED, "all three closed", 'exec "$@" <&- >&- 2>&-', silent=True),
    Injection(FULL, "stdout full", 'exec "$@" >/dev/full'),
    Injection(FULL, "stderr full", 'exec "$@" 2>/dev/full', silent=True),
    # In blocks of 512 bytes: a write beyond 4096 bytes fails as on a full disk.
    Injection(FULL, "files full", 'trap "" XFSZ; ulimit -f 8; exec "$@"', disk=True),
]


@dataclasses.dataclass
class Outcome:
    status: int | None  # as wait4 has it; None if the command hung
    stdout: bytes
    stderr: bytes
    peak: int  # bytes of memory

    @property
    def signalled(self) -> bool:
        return self.status is not None and os.WIFSIGNALED(self.status)

    @property
    def code(self) -> int | None:
        """None if the command hung or ended by a signal."""
        if self.status is None or self.signalled:
            return None
        return os.waitstatus_to_exitcode(self.status)


def run(command: list, folder: Path, injection: Injection | None = None) -> Outcome:
    words = [str(word) for word in command]
    if injection:
        words = ["sh", "-c", injection.script, "sh", *words]
    with (folder / "stderr").open("w+b") as errors, (folder / "stdout").open("w+b") as out:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
            cwd=folder,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )
        status, usage = wait(process)
        texts = [text_of(file) for file in (out, errors)]
    return Outcome(status, *texts, usage.ru_maxrss * 1024)


def wait(process) -> tuple:
    """Status and use of resources; a process that does not end in time is killed."""
    hung = threading.Event()
    timer = threading.Timer(SECONDS, lambda: (hung.set(), process.kill()))
    timer.start()
    _, status, usage = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = 0  # reaped above
    return None if hung.is_set() else status, usage


def text_of(file) -> bytes:
    file.seek(0)
    return file.read(MOST_OUTPUT)
