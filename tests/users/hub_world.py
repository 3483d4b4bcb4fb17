"""Downloaded folders made for tests of from_hub.py: small pictures, parquet files, archives."""

import io
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(seed: int, size: int = 300) -> bytes:
    """A grey PNG of 8 x 8 px with about `size` bytes, of which a random text is the most."""
    random = np.random.default_rng(seed)
    rows = b"".join(b"\0" + random.integers(0, 256, 8, np.uint8).tobytes() for _ in range(8))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"teXt", random.bytes(size))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def talk(question: str = "<image>\nRhythm?", answer="Sinus rhythm.") -> list:
    return [{"from": "human", "value": question}, {"from": "gpt", "value": answer}]


def write_parquet(path: Path, rows: list, group: int = 5, schema=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema), path, row_group_size=group)


def add_member(archive: tarfile.TarFile, name: str, data):
    """`data`: bytes, or the target of a symbolic link as text."""
    entry = tarfile.TarInfo(name)
    if isinstance(data, str):
        entry.type, entry.linkname = tarfile.SYMTYPE, data
        return archive.addfile(entry)
    entry.size = len(data)
    return archive.addfile(entry, io.BytesIO(data))


def tar_bytes(members: dict, mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in members.items():
            add_member(archive, name, data)
    return out.getvalue()


def zip_bytes(members: dict) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name)
            if isinstance(data, str):
                entry.external_attr = 0o120777 << 16
            archive.writestr(entry, data)
    return out.getvalue()


def write(folder: Path, files: dict):
    """Files by relative name."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
