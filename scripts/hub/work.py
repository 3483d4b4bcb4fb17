"""Goes through the sources and writes OUT, from where an earlier run stopped."""

import time

from . import parquet
from .archives import Joined, members
from .errors import HubError
from .images import fault_of
from .items import JsonItems, item_of, line_of
from .layout import Source
from .progress import Progress
from .state import State, TextFile


class Work:
    """One run.

    skip_bad: damaged pictures are noted and left out, not an error; every: seconds between
    transactions.
    """

    def __init__(self, state: State, sources: list, skip_bad: bool, every: float):
        self.state, self.sources, self.skip_bad, self.every = state, sources, skip_bad, every
        self.progress = Progress(sum(source.size() for source in sources))
        self.before, self.kept = 0, time.monotonic()

    def run(self):
        """All sources, in their order."""
        try:
            for place, source in enumerate(self.sources):
                rest = [later.task for later in self.sources[place + 1 :] if later.task]
                self.one(source, finish=source.task not in rest)
                self.before += source.size()
        finally:
            self.progress.close()

    def one(self, source: Source, finish: bool):
        mark = source.mark()
        position, units, done = self.state.position(source.name, mark)
        if done:
            return self.close_text(source, finish)
        if source.kind in ("parquet", "json"):
            text = TextFile(self.state, source.task)
            read = self.read_parquet if source.kind == "parquet" else self.read_json
            read(source, mark, text, position, units)
            text.close(finish)
        elif source.kind == "archive":
            self.read_archive(source, mark, position, units)
        else:
            self.picture(source.name, source.paths[0].read_bytes(), source.name)
            self.keep(source, mark, 1, 1, True)
        return None

    def close_text(self, source: Source, finish: bool):
        """After a kill between the last transaction and the last rename."""
        if source.task and finish and not (self.state.out / f"{source.task}.jsonl").exists():
            TextFile(self.state, source.task).close(True)

    def keep(self, source: Source, mark: str, position: int, units: int, done: bool, text=None):
        """Counts what was written so far."""
        if text:
            text.keep()
        self.state.set_position(source.name, mark, position, units, done)
        self.state.commit()
        self.kept = time.monotonic()

    def due(self) -> bool:
        return time.monotonic() - self.kept > self.every

    def picture(self, name: str, data: bytes, where: str, task: str = ""):
        """Writes it if it is whole; its name in OUT."""
        fault = fault_of(data)
        if not fault:
            return self.state.write_image(name, data, where, task)
        if not self.skip_bad:
            raise HubError(
                f"{where}: {name}: expected a whole picture, but {fault}; download it "
                "again, or pass --on-bad skip"
            )
        self.state.note("damaged image, left out", f"{where}: {name}: {fault}")
        return name

    def add_item(self, text: TextFile, source: dict, where: str):
        item, names = item_of(source, where)
        line = line_of(item, where)
        self.state.db.executemany(
            "INSERT OR IGNORE INTO named VALUES (?)", [(name,) for name in names]
        )
        self.state.add_id(text.task, item)
        text.add(line)

    def read_parquet(self, source: Source, mark: str, text: TextFile, position: int, units: int):
        file, size = parquet.open_file(source.paths[0], source.name), source.size()
        total = file.metadata.num_rows
        for number, row, pictures in parquet.rows(file, source.task, source.name, position):
            parquet.rename(
                row,
                {
                    name: self.picture(name, data, source.name, source.task)
                    for name, data in pictures.items()
                },
            )
            self.add_item(text, row, f"{source.name}: row {number:,}")
            units = number + 1
            self.progress.show(self.before + size * units // total, source.name)
            if self.due():
                self.keep(source, mark, units, units, False, text)
        if units != total:
            raise HubError(
                f"{source.name}: expected {total:,} rows, got {units:,}; download it again"
            )
        self.keep(source, mark, units, units, True, text)

    def read_json(self, source: Source, mark: str, text: TextFile, position: int, units: int):
        with open(source.paths[0], "rb") as file:
            items, at = JsonItems(file, source.name, position), position
            for item in items:
                self.add_item(text, item, f"{source.name}: item at byte {at:,}")
                at, units = items.next_byte, units + 1
                self.progress.show(self.before + at, source.name)
                if self.due():
                    self.keep(source, mark, at, units, False, text)
            self.keep(source, mark, at, units, True, text)

    def read_archive(self, source: Source, mark: str, position: int, units: int):
        with Joined(source.paths) as stream:
            count = 0
            for name, data in members(source.paths, source.name, position, stream):
                count += 1
                if count > position:
                    self.add_member(source, name, data)
                    units += data is not None
                self.progress.show(self.before + stream.at, source.name)
                if count > position and self.due():
                    self.keep(source, mark, count, units, False)
        self.keep(source, mark, count, units, True)

    def add_member(self, source: Source, name: str, data):
        if data is not None:
            self.picture(name, data, source.name)
        elif name:
            self.state.note(
                "file in an archive that is no picture, left out", f"{source.name}: {name}"
            )
