"""What is done, in OUT/.from_hub/state.sqlite: the run goes on from here after it was killed.

Files are written first, then the rows that count them, in one transaction with the position in the
source. After a kill, what was written since the last transaction is written again: same bytes.
"""

import fcntl
import os
import sqlite3
import zlib
from pathlib import Path

from .errors import HubError

TABLES = """
CREATE TABLE IF NOT EXISTS sources (name TEXT PRIMARY KEY, mark TEXT, position INTEGER,
                                    units INTEGER, done INTEGER);
CREATE TABLE IF NOT EXISTS texts (task TEXT PRIMARY KEY, length INTEGER, items INTEGER);
CREATE TABLE IF NOT EXISTS images (name TEXT PRIMARY KEY, source TEXT, size INTEGER, crc INTEGER)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS named (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ids (task TEXT, id TEXT, PRIMARY KEY (task, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (kind TEXT, what TEXT);
"""


class State:
    """Holds OUT's lock while it lives."""

    def __init__(self, out: Path):
        self.out, self.folder = out.resolve(), out.resolve() / ".from_hub"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lock = open(self.folder / "lock", "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as busy:
            raise HubError(
                f"{out}: expected no other writer, got one that is at work; wait for it to end"
            ) from busy
        self.db = sqlite3.connect(self.folder / "state.sqlite", isolation_level=None)
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.executescript(TABLES)
        self.db.execute("BEGIN")
        self.folders = set()

    def commit(self):
        self.db.execute("COMMIT")
        self.db.execute("BEGIN")

    def one(self, query: str, *values):
        """The first row, or None."""
        return self.db.execute(query, values).fetchone()

    def count(self, query: str, *values) -> int:
        return self.one(query, *values)[0] or 0

    def position(self, name: str, mark: str) -> tuple:
        """(position, units counted, done) in a source; refuses one that changed on the way."""
        row = self.one("SELECT mark, position, units, done FROM sources WHERE name = ?", name)
        if row and row[0] != mark:
            raise HubError(
                f"{name}: expected the file that an earlier run began with, got another "
                f"one; remove {self.out} to start again"
            )
        return row[1:] if row else (0, 0, 0)

    def note(self, kind: str, what: str):
        """Something that the report counts and names."""
        self.db.execute("INSERT INTO notes VALUES (?, ?)", (kind, what))

    def set_position(self, name: str, mark: str, position: int, units: int, done: bool):
        self.db.execute(
            "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?)",
            (name, mark, position, units, done),
        )

    def add_id(self, task: str, item: dict):
        """Notes an id that the task has already."""
        if item.get("id") is None:
            return
        row = (task, str(item["id"]))
        if not self.db.execute("INSERT OR IGNORE INTO ids VALUES (?, ?)", row).rowcount:
            self.note("id given twice", f"{task}: {item['id']}")

    def write_image(self, name: str, data: bytes, source: str, task: str = "") -> str:
        """OUT/name, once; returns its name. A second picture of that name is noted.

        If its bytes differ, it becomes TASK/name; without a task the first one is kept.
        """
        check = zlib.crc32(data)
        row = self.one("SELECT size, crc, source FROM images WHERE name = ?", name)
        if row:
            same, what = row[:2] == (len(data), check), f"{name}: {row[2]}, {source}"
            if same:
                self.note("image given twice, same bytes", what)
            elif not task:
                self.note("image given twice with other bytes, the first was kept", what)
            else:
                self.note(f"image given twice with other bytes, written below {task}/", what)
                return self.write_image(f"{task}/{name}", data, source)
            return name
        path = self.out / name
        self.make_folder(path.parent)
        part = path.with_name(path.name + ".part")
        part.write_bytes(data)
        os.replace(part, path)
        self.db.execute("INSERT INTO images VALUES (?, ?, ?, ?)", (name, source, len(data), check))
        return name

    def make_folder(self, folder: Path):
        """Makes it; refuses one that a link takes out of OUT."""
        if folder in self.folders:
            return
        folder.mkdir(parents=True, exist_ok=True)
        if not folder.resolve().is_relative_to(self.out):
            raise HubError(
                f"{folder}: expected a folder within {self.out}, got a link to "
                f"{folder.resolve()}; remove the link"
            )
        self.folders.add(folder)


class TextFile:
    """OUT/TASK.jsonl while it grows, as TASK.jsonl.part; cut to what is counted."""

    def __init__(self, state: State, task: str):
        self.state, self.task = state, task
        self.part = state.out / f"{task}.jsonl.part"
        row = state.one("SELECT length, items FROM texts WHERE task = ?", task)
        self.length, self.items = row or (0, 0)
        final = state.out / f"{task}.jsonl"
        if final.exists() and not self.part.exists() and self.length:
            os.replace(final, self.part)
        self.file = open(self.part, "r+b" if self.part.exists() else "w+b")
        if self.part.stat().st_size < self.length:
            raise HubError(
                f"{self.part}: expected at least {self.length:,} bytes of an earlier "
                f"run, got {self.part.stat().st_size:,}; remove {state.out}"
            )
        self.file.truncate(self.length)
        self.file.seek(self.length)

    def add(self, line: bytes):
        self.file.write(line)
        self.length += len(line)
        self.items += 1

    def keep(self):
        """Before the transaction that counts the lines."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.state.db.execute(
            "INSERT OR REPLACE INTO texts VALUES (?, ?, ?)", (self.task, self.length, self.items)
        )

    def close(self, finished: bool):
        self.file.close()
        if finished:
            os.replace(self.part, self.state.out / f"{self.task}.jsonl")
