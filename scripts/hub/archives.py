"""Members of .zip, .tar, .tar.gz and their parts, one after the other, in bounded memory."""

import gzip
import io
import os
import tarfile
import zipfile
import zlib
from pathlib import PurePosixPath

from .errors import HubError
from .images import ENDINGS, LARGEST


class Joined(io.RawIOBase):
    """Files read as one: the parts of an archive, in their order. `at` counts bytes."""

    def __init__(self, paths: list):
        self.paths, self.sizes = paths, [path.stat().st_size for path in paths]
        self.total, self.at, self.open_part, self.file = sum(self.sizes), 0, -1, None

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=os.SEEK_SET):
        self.at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self.at, os.SEEK_END: self.total}[whence]
        return self.at

    def tell(self):
        return self.at

    def place(self):
        """The part with the next byte, and where that byte is in it."""
        start = 0
        for part, size in enumerate(self.sizes):
            if self.at < start + size:
                return part, self.at - start
            start += size
        return None, 0

    def readinto(self, buffer):
        part, offset = self.place()
        if part is None:
            return 0
        if part != self.open_part:
            if self.file:
                self.file.close()
            self.file, self.open_part = open(self.paths[part], "rb", buffering=0), part
        self.file.seek(offset)
        count = self.file.readinto(memoryview(buffer)[: self.sizes[part] - offset])
        self.at += count
        return count

    def close(self):
        if self.file:
            self.file.close()
        super().close()


def safe_name(name: str, where: str) -> str:
    """`name` as a relative path with '/'. Raises HubError if it leaves the folder."""
    path = PurePosixPath(name)
    parts = [part for part in path.parts if part != "."]
    bad = path.is_absolute() or ".." in parts or "\\" in name or "\0" in name or not parts
    if bad or ":" in parts[0]:
        raise HubError(
            f"{where}: name {name!r}; expected a path within the folder, with '/', "
            "got one that could lie outside; do not use this file, report it to "
            "those who published it"
        )
    return "/".join(parts)


def wanted(name: str) -> bool:
    """A picture, and none of the copies that macOS packs along."""
    parts = PurePosixPath(name).parts
    return (
        name.lower().endswith(ENDINGS)
        and "__MACOSX" not in parts
        and not parts[-1].startswith("._")
    )


def read_member(file, size: int, where: str) -> bytes:
    """All bytes of a member, at most LARGEST."""
    if size > LARGEST:
        raise HubError(f"{where}: expected at most {LARGEST:,} bytes of a picture, got {size:,}")
    data = file.read(LARGEST + 1)
    if len(data) != size:
        raise HubError(f"{where}: expected {size:,} bytes, got {len(data):,}; download it again")
    return data


class StrictHeader(tarfile.TarInfo):
    """tarfile takes a damaged or missing header for the end of the archive; here it is an error."""

    @classmethod
    def fromtarfile(cls, archive):
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:
            raise  # the marker at the end
        except tarfile.HeaderError as fault:
            raise tarfile.ReadError(f"{fault} before the end of the archive") from fault


def tar_members(stream, where: str, skip: int):
    """(name, bytes or None for what is no picture). The first `skip` members have no bytes."""
    file = io.BufferedReader(stream, 1 << 20)
    if file.peek(2)[:2] == b"\x1f\x8b":  # tarfile's own gunzip does not compare checksums
        file = gzip.GzipFile(fileobj=file)
    with tarfile.open(fileobj=file, mode="r|*", tarinfo=StrictHeader) as archive:
        for number, entry in enumerate(archive):
            place = f"{where}: {entry.name}"
            if not (entry.isfile() or entry.isdir()):
                raise HubError(
                    f"{place}: expected files and folders, got a link or a device; "
                    "do not use this archive, report it to those who published it"
                )
            name = "" if entry.isdir() else safe_name(entry.name, where)
            take = number >= skip and name and wanted(name)
            yield name, read_member(archive.extractfile(entry), entry.size, place) if take else None
    while file.read(1 << 20):  # the rest, for gzip's checksum
        pass


def zip_members(stream, where: str, skip: int):
    """As tar_members."""
    with zipfile.ZipFile(io.BufferedReader(stream, 1 << 20)) as archive:
        for number, entry in enumerate(archive.infolist()):
            place = f"{where}: {entry.filename}"
            if entry.external_attr >> 28 == 0xA:  # a link, by its Unix mode
                raise HubError(
                    f"{place}: expected files and folders, got a link; do not use "
                    "this archive, report it to those who published it"
                )
            name = "" if entry.is_dir() else safe_name(entry.filename, where)
            if number < skip or not name or not wanted(name):
                yield name, None
                continue
            with archive.open(entry) as file:
                yield name, read_member(file, entry.file_size, place)


def members(paths: list, where: str, skip: int, stream: Joined):
    """The members of the archive in `paths`, whose bytes come from `stream`."""
    with open(paths[0], "rb") as file:
        is_zip = file.read(2) == b"PK"
    try:
        yield from (zip_members if is_zip else tar_members)(stream, where, skip)
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        EOFError,
        zlib.error,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as fault:
        if isinstance(fault, OSError) and fault.errno is not None:
            raise
        raise HubError(
            f"{where}: expected a whole .zip, .tar or .tar.gz, got: {fault}; download it again"
        ) from fault
