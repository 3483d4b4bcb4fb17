"""Zip archives in memory, with members whose claims need not be true (PKWARE's APPNOTE.TXT)."""

import dataclasses
import functools
import io
import struct
import zipfile
import zlib

STORED, DEFLATED = 0, 8
CHUNK = 1 << 20


@dataclasses.dataclass
class Member:
    """`size` and `check` are what the archive claims of the inflated bytes."""

    name: str
    data: bytes
    method: int = STORED
    size: int = -1
    check: int = -1

    def __post_init__(self):
        self.size = len(self.data) if self.size < 0 else self.size
        self.check = zlib.crc32(self.data) if self.check < 0 else self.check

    def fields(self) -> bytes:
        """Fields that the local header and the central one share, from the version on."""
        name = self.name.encode()
        sizes = (self.check, len(self.data), self.size, len(name), 0)
        return struct.pack("<HHHHHIIIHH", 20, 0, self.method, 0, 0x21, *sizes)


def read_members(data: bytes) -> list:
    """Of an archive whose members are stored."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [Member(info.filename, archive.read(info)) for info in archive.infolist()]


def write_members(members: list) -> bytes:
    body, directory = bytearray(), bytearray()
    for member in members:
        name = member.name.encode()
        central = member.fields() + struct.pack("<HHHII", 0, 0, 0, 0, len(body))
        directory += b"PK\1\2" + struct.pack("<H", 20) + central + name
        body += b"PK\3\4" + member.fields() + name + member.data
    sizes = (len(members), len(members), len(directory), len(body), 0)
    return bytes(body + directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, *sizes))


@functools.cache
def zeros(size: int) -> tuple:
    """Deflated zeros, and their check sum. A flush ends a block that stands alone: it is repeated,
    since deflating gigabytes would take many seconds."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    chunk = bytes(CHUNK)
    block = deflate.compress(chunk) + deflate.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(size // CHUNK):
        check = zlib.crc32(chunk, check)
    return block * (size // CHUNK) + deflate.flush(zlib.Z_FINISH), check


def zeros_member(name: str, size: int) -> Member:
    data, check = zeros(size)
    return Member(name, data, DEFLATED, size, check)
