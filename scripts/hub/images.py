"""Pictures as bytes: which kind, how large, and whether they are whole.

Nothing is decoded: every chunk of a PNG has a checksum of its own, which is compared. The other
formats have none; their ends and lengths are looked at, so that a picture that is cut off is
found.
"""

import struct
import zlib

LARGEST = 64 << 20  # bytes of one picture
PIXELS = 64_000_000  # what ecg-lora reads at most
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp")


def png_size(data: bytes):
    """(width, height). Raises ValueError if a chunk is damaged or missing."""
    at, size, ended = 8, None, False
    while at + 12 <= len(data) and not ended:
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        check = data[at + 8 + length : at + 12 + length]
        if len(check) < 4:
            raise ValueError("it is cut off")
        if zlib.crc32(body, zlib.crc32(kind)) != int.from_bytes(check, "big"):
            raise ValueError(f"the checksum of its chunk {kind.decode('latin-1')} is wrong")
        if kind == b"IHDR" and length >= 8:
            size = struct.unpack(">II", body[:8])
        ended = kind == b"IEND"
        at += 12 + length
    if not ended or size is None:
        raise ValueError("it is cut off")
    return size


def jpeg_size(data: bytes):
    """(width, height) of the first frame; the data must close with the end marker."""
    if data.rstrip(b"\0")[-2:] != b"\xff\xd9":
        raise ValueError("it is cut off")
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 1 if marker == 0xFF else 2 + length
    raise ValueError("it has no frame")


def webp_size(data: bytes):
    """(width, height) of a lossy, lossless or extended WebP."""
    if len(data) < 30 or int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise ValueError("it is cut off")
    kind = data[12:16]
    if kind == b"VP8X":
        return tuple(1 + int.from_bytes(data[i : i + 3], "little") for i in (24, 27))
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return tuple(value & 0x3FFF for value in struct.unpack("<HH", data[26:30]))


def bmp_size(data: bytes):
    """(width, height)."""
    if len(data) < 26 or int.from_bytes(data[2:6], "little") > len(data):
        raise ValueError("it is cut off")
    width, height = struct.unpack("<ii", data[18:26])
    return abs(width), abs(height)


KINDS = [
    (b"\x89PNG\r\n\x1a\n", ".png", png_size),
    (b"\xff\xd8\xff", ".jpg", jpeg_size),
    (b"RIFF", ".webp", webp_size),
    (b"BM", ".bmp", bmp_size),
]


def kind_of(data: bytes):
    """(ending, size function) of the format that `data` begins as, or None."""
    for start, ending, size in KINDS:
        if data.startswith(start) and (ending != ".webp" or data[8:12] == b"WEBP"):
            return ending, size
    return None


def fault_of(data: bytes) -> str:
    """What is wrong with a picture, or "" if nothing is."""
    kind = kind_of(data)
    if not kind:
        return f"it is no PNG, JPEG, WebP or BMP; it begins with {data[:8]!r}"
    try:
        width, height = kind[1](data)
    except (ValueError, struct.error) as fault:
        return str(fault) if isinstance(fault, ValueError) else "it is cut off"
    if not 0 < width * height <= PIXELS:
        return f"it has {width} x {height} px, expected 1 to {PIXELS:,} pixels"
    return ""
