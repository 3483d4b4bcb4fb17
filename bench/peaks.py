"""Programs that are measured, with the most memory they had resident."""

import os
import subprocess
import time
from pathlib import Path


def status(key, process="self"):
    """A line of /proc/PROCESS/status, kB; 0 where the process has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(key)), 0)


def run(command):
    """A program's output, seconds, processor seconds and peak memory in MiB, the whole process. The
    peak is read while it runs: what the system tells of an ended one counts the program that
    started it as well."""
    start, before, peak = time.perf_counter(), os.times(), 0
    process = subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    while True:
        try:
            out = process.communicate(timeout=0.002)[0]
            break
        except subprocess.TimeoutExpired:
            peak = max(peak, status("VmHWM:", process.pid))
    if process.returncode:
        raise SystemExit(f"{command[0]} failed with exit code {process.returncode}")
    after = os.times()
    return (
        out,
        time.perf_counter() - start,
        after.children_user + after.children_system - before.children_user - before.children_system,
        peak / 1024,
    )


def own_peak():
    """Of this process, in MiB: Python and the peer that ran in it."""
    return status("VmHWM:") / 1024


def peak_line(ours, peer):
    return (
        f"peak memory, whole processes: {ours:.0f} MiB, {peer} {own_peak():.0f} MiB, "
        f"{ours / own_peak():.2f} of it"
    )
