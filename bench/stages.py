"""Commands whose time and peak memory are kept in a folder, so that a later call skips them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def available_gib():
    """Memory that a new process can take, GiB."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable")) / 2**20


def peak_of(process):
    """Most memory that a running process had resident, bytes, and how much of it was memory of its
    own rather than pages of files, which the system can take back."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    kilobytes = {
        line.split(":")[0]: int(line.split()[1])
        for line in lines
        if line.startswith(("VmHWM:", "RssAnon:"))
    }
    return 1024 * kilobytes.get("VmHWM", 0), 1024 * kilobytes.get("RssAnon", 0)


def planned_memory(command):
    """The most memory without pages of files that `ecg-lora plan … --json` expects of a process,
    bytes: what commands compare with the machine."""
    command = [str(word) for word in command]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(f"no plan: {' '.join(command)}: {done.stderr.strip()}", file=sys.stderr)
        return None
    return json.loads(done.stdout).get("process", {}).get("needed")


class Stages:
    def __init__(self, folder, cores):
        self.folder, self.cores = folder, cores
        folder.mkdir(parents=True, exist_ok=True)

    def file(self, name):
        return self.folder / f"{name}.json"

    def done(self, name):
        return self.file(name).exists()

    def result(self, name):
        return json.loads(self.file(name).read_text()) if self.done(name) else None

    def keep(self, name, result):
        staging = self.file(name).with_suffix(".part")
        staging.write_text(json.dumps(result, indent=1))
        os.replace(staging, self.file(name))

    def run(self, name, command, plan=None, kill_when=None):
        """Runs a command unless its result is kept. `plan` is the command that plans its memory.
        With `kill_when` it is killed as soon as that function says so."""
        if self.done(name):
            return self.result(name)
        command = [str(word) for word in command]
        print(f"{name}: {' '.join(command)}", file=sys.stderr, flush=True)
        planned = planned_memory(plan) if plan else None
        result = self.measure(name, command, kill_when)
        self.keep(name, result | {"command": command, "planned": planned})
        return self.result(name)

    def measure(self, name, command, kill_when):
        limits = {"OMP_NUM_THREADS": str(self.cores)}
        start, killed, peak, own = time.monotonic(), False, 0, 0
        log = self.folder / f"{name}.log"
        with open(log, "w") as out:
            process = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, env=os.environ | limits
            )
            while True:
                ended, status, usage = os.wait4(process.pid, os.WNOHANG)
                if ended:
                    break
                now = peak_of(process.pid)
                peak, own = max(peak, now[0]), max(own, now[1])
                if kill_when and not killed and kill_when():
                    process.send_signal(signal.SIGKILL)
                    killed = True
                time.sleep(0.02)
        process.returncode = os.waitstatus_to_exitcode(status)
        if killed != bool(kill_when) or process.returncode != (-signal.SIGKILL if killed else 0):
            raise SystemExit(f"error: {name} ended by itself with {process.returncode}, see {log}")
        return {
            "seconds": time.monotonic() - start,
            "peak": max(peak, usage.ru_maxrss * 1024),
            "own": own,
            "cpu": usage.ru_utime + usage.ru_stime,
            "log": str(log),
        }

    def results(self):
        """(name, result) of all commands that were measured, in the order in which they ended."""
        files = sorted(self.folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
        return [
            (file.stem, result)
            for file in files
            if "peak" in (result := json.loads(file.read_text()))
        ]

    def table(self):
        rows = [
            "| command | seconds | CPU seconds | peak, GB | without pages of files, GB "
            "| planned, GB | ratio |",
            "|---|---|---|---|---|---|---|",
        ]
        for name, r in self.results():
            plan = ["", ""]
            if r.get("planned"):
                plan = [f"{r['planned'] / 1e9:.2f}", f"{r['planned'] / max(r['own'], 1):.2f}"]
            rows.append(
                f"| {name} | {r['seconds']:.1f} | {r['cpu']:.1f} | {r['peak'] / 1e9:.2f} | "
                f"{r['own'] / 1e9:.2f} | {' | '.join(plan)} |"
            )
        return "\n".join(rows)

    def badly_planned(self):
        """Commands whose memory without pages of files is more than a tenth from the plan."""
        return [
            name
            for name, r in self.results()
            if r.get("planned") and not 0.9 <= r["planned"] / max(r["own"], 1) <= 1.1
        ]
