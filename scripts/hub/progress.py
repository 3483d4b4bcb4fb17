"""Progress with time left on stderr: a line that changes on a terminal, else new lines."""

import sys
import time

from .errors import size_text, time_text


class Progress:
    """Bytes of all sources. `show` may be called often."""

    def __init__(self, total: int):
        self.total, self.began, self.shown, self.first = total, time.monotonic(), 0.0, None
        self.terminal = sys.stderr.isatty()

    def show(self, done: int, what: str):
        now = time.monotonic()
        if self.first is None:
            self.first = done  # what an earlier run did says nothing of this one's speed
        if now - self.shown < (0.5 if self.terminal else 10):
            return
        if not self.shown and now - self.began < 2:
            return
        self.shown, speed = now, (done - self.first) / max(now - self.began, 1e-3)
        left = f", {time_text((self.total - done) / speed)} left" if speed > 0 else ""
        line = (
            f"{what}: {size_text(done)} of {size_text(self.total)}, "
            f"{size_text(speed)} per second{left}"
        )
        print(
            f"\r{line:<100}" if self.terminal else line,
            end="" if self.terminal else "\n",
            file=sys.stderr,
            flush=True,
        )

    def close(self):
        if self.terminal and self.shown:
            print(file=sys.stderr)
