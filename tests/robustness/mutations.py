"""Ways to spoil a file. Each takes the bytes and a random generator; the special ones replace the
file itself."""

import json
import os
import random
import struct
from pathlib import Path

VALUES = [
    None,
    True,
    False,
    0,
    -1,
    1,
    0.5,
    -0.5,
    1e308,
    -1e308,
    1e-320,
    2**31,
    2**63,
    -(2**63),
    10**30,
    "",
    "x",
    "\x1b[2J\x07",
    "../../../etc/passwd",
    "/dev/zero",
    "a" * 100000,
    [],
    {},
    [[]],
    [None],
    {"": None},
    [0] * 5000,
    "NaN",
    "1e999",
]


def paths_in(value, path=()):
    """Every place in a JSON value."""
    yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value[:40])
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        yield from paths_in(inner, (*path, key))


def placed(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = placed(copy[path[0]], path[1:], new)
    return copy


def other_value(text: str, rng: random.Random) -> str:
    value = json.loads(text)
    return json.dumps(placed(value, rng.choice(list(paths_in(value))), rng.choice(VALUES)))


def json_value(data: bytes, rng: random.Random) -> bytes:
    """One value of a JSON file, or of one line of JSON lines, is another. A torn last line, as a
    killed command leaves it, stays as it is."""
    text = data.decode()
    try:
        return other_value(text, rng).encode()
    except json.JSONDecodeError:
        whole, end = text[: text.rfind("\n") + 1], text[text.rfind("\n") + 1 :]
        lines = whole.splitlines()
        at = rng.randrange(len(lines))
        lines[at] = other_value(lines[at], rng)
        return ("\n".join(lines) + "\n" + end).encode()


def json_key(data: bytes, rng: random.Random) -> bytes:
    """A key is gone, there twice, or another."""
    text = data.decode()
    keys = sorted({part.split('"')[-1] for part in text.split('":')[:-1]})
    if not keys:
        return data + b"}"
    key = json.dumps(rng.choice(keys))
    return text.replace(
        key + ":", rng.choice([key + ": 1, " + key + ":", '"\\u001b[31m":', '"":']), 1
    ).encode()


def truncated(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def flipped(data: bytes, rng: random.Random) -> bytes:
    copy = bytearray(data or b"\0")
    for _ in range(rng.choice([1, 1, 4, 64])):
        copy[rng.randrange(len(copy))] ^= 1 << rng.randrange(8)
    return bytes(copy)


def spliced(data: bytes, rng: random.Random) -> bytes:
    a, b = (rng.randrange(len(data) + 1) for _ in range(2))
    return data[:a] + data[b:]


def inserted(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return (
        data[:at]
        + rng.choice(
            [b"\0" * 64, b"\xff" * 9, b"-1", b"1e308", b"\x1b[2J", b"[" * 3000, b"\n" * 50, b"nan"]
        )
        + data[at:]
    )


def numbers(data: bytes, rng: random.Random) -> bytes:
    """One number of a text is beyond reason."""
    fields = data.replace(b",", b" , ").split(b" ")
    places = [
        i
        for i, field in enumerate(fields)
        if field.strip().lstrip(b"-").replace(b".", b"", 1).isdigit()
    ]
    if not places:
        return data + b"1e308"
    fields[rng.choice(places)] = rng.choice(
        [b"-1", b"0", b"1e308", b"nan", b"99999999999999999999", b"0x10", b"2147483648", b""]
    )
    return b" ".join(fields).replace(b" , ", b",")


def header_value(data: bytes, rng: random.Random) -> bytes:
    """One value of the JSON header of a safetensors file, or its length, is another."""
    size = struct.unpack("<Q", data[:8])[0]
    if rng.random() < 0.2:
        return (
            struct.pack("<Q", rng.choice([0, 1, size - 1, size + 1, 2**40, 2**63, 2**64 - 1]))
            + data[8:]
        )
    header = other_value(data[8 : 8 + size].decode(), rng).encode()
    return struct.pack("<Q", len(header)) + header + data[8 + size :]


def not_a_number(data: bytes, rng: random.Random) -> bytes:
    at = len(data) - 4 * rng.randrange(1, 50)
    return (
        data[:at]
        + rng.choice([b"\x00\x00\xc0\x7f", b"\x00\x00\x80\x7f", b"\x00\x00\x80\xff"])
        + data[at + 4 :]
    )


def empty(data: bytes, rng: random.Random) -> bytes:
    return rng.choice([b"", b"\n", b"null", b"{}", b"[]", b"\0"])


def deep(data: bytes, rng: random.Random) -> bytes:
    return rng.choice([b"[" * 200000, b'{"a":' * 100000, b"(" * 200000, b'"' + b"a" * 1000000])


ANY = [truncated, flipped, spliced, inserted, empty, deep]
TEXT = [*ANY, numbers, numbers]
JSON = [*TEXT, json_value, json_value, json_value, json_value, json_key]
WEIGHTS = [*ANY, header_value, header_value, header_value, not_a_number]


def missing(path: Path) -> None:
    path.unlink()


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def endless(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def sparse(path: Path) -> None:
    data = path.read_bytes()
    path.unlink()
    with path.open("wb") as file:
        file.write(data)
        file.truncate(3 << 40)


def circle(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


SPECIAL = [missing, pipe, folder, endless, sparse, circle]
