"""Safetensors files, and ways to spoil one whose tensors are inputs of a model."""

import array
import json
import math
import random
import struct

from mutations import WEIGHTS

ROWS, TOKENS, TILES, TILE_PX, IMAGE_TOKEN = 2, 12, 4, 56, 7  # of the tiny model of world.py
TYPES = {"I64": "q", "F32": "f"}
VALUES = [10**9, -1, 99, 10**6, 7, -100, 512, 519, 520, 2**63 - 1, -(2**63)]
OTHER_TYPES = ["I64", "F64", "U64", "F32", "I32", "F16", "BF16", "I8", "U8", "BOOL", "F8_E4M3"]


def safetensors(tensors: dict) -> bytes:
    """`tensors`: name to (dtype, shape, bytes)."""
    header, at = {}, 0
    for name, (dtype, shape, data) in tensors.items():
        place = [at, at + len(data)]
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": place}
        at += len(data)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + b"".join(t[2] for t in tensors.values())


def read_safetensors(data: bytes) -> dict:
    size = struct.unpack("<Q", data[:8])[0]
    result = {}
    for name, entry in json.loads(data[8 : 8 + size]).items():
        begin, end = entry["data_offsets"]
        part = data[8 + size + begin : 8 + size + end]
        result[name] = (entry["dtype"], entry["shape"], part)
    return result


def tensor(dtype: str, shape, values) -> tuple:
    return dtype, shape, array.array(TYPES[dtype], values).tobytes()


def parity_inputs(seed: int = 1) -> bytes:
    """Two rows of text with a page each, of the tiny model."""
    rng = random.Random(seed)
    text = [IMAGE_TOKEN if i % TOKENS == 1 else rng.randrange(8, 512) for i in range(24)]
    pixels = (ROWS, 1, TILES, 3, TILE_PX, TILE_PX)
    seen = (ROWS, TOKENS, 1, TILES)
    inputs = {
        "input_ids": ((ROWS, TOKENS), text),
        "attention_mask": ((ROWS, TOKENS), [1] * len(text)),
        "labels": ((ROWS, TOKENS), [-100 if i % TOKENS < 8 else 20 for i in range(24)]),
        "aspect_ratio_ids": ((ROWS, 1), [1, 6]),
        "aspect_ratio_mask": ((ROWS, 1, TILES), [1, 0, 0, 0, 1, 1, 1, 1]),
        "row_images": ((ROWS, 1), [0, 1]),
        "cross_attention_mask": (seen, [1] * math.prod(seen)),
    }
    made = {name: tensor("I64", *rest) for name, rest in inputs.items()}
    noise = [rng.gauss(0, 1) for _ in range(math.prod(pixels))]
    return safetensors({"pixel_values": tensor("F32", pixels, noise), **made})


def other_integers(data: bytes, rng: random.Random) -> bytes:
    """Whole numbers beyond every table."""
    tensors = read_safetensors(data)
    name = rng.choice(sorted(name for name in tensors if tensors[name][0] == "I64"))
    dtype, shape, raw = tensors[name]
    values = array.array("q", raw)
    for at in rng.sample(range(len(values)), rng.choice([1, len(values)])):
        values[at] = rng.choice(VALUES)
    return safetensors({**tensors, name: (dtype, shape, values.tobytes())})


def other_shape(data: bytes, rng: random.Random) -> bytes:
    """The same bytes in another shape."""
    tensors = read_safetensors(data)
    name = rng.choice(sorted(tensors))
    dtype, shape, raw = tensors[name]
    shapes = [
        [math.prod(shape)],
        list(reversed(shape)),
        [1, *shape],
        [*shape, 1],
        [1] * 70 + list(shape),
        [shape[0] * shape[1], *shape[2:]],
        [*shape[:-1], 1, shape[-1]],
    ]
    return safetensors({**tensors, name: (dtype, rng.choice(shapes), raw)})


def other_size(data: bytes, rng: random.Random) -> bytes:
    """A dimension has another size, also none, with the bytes that it needs."""
    tensors = read_safetensors(data)
    name = rng.choice(sorted(tensors))
    dtype, shape, raw = tensors[name]
    at, size = rng.randrange(len(shape)), rng.choice([0, 1, 2, 3, 5, 13])
    changed = [*shape[:at], size, *shape[at + 1 :]]
    needed = len(raw) // math.prod(shape) * math.prod(changed)
    if needed > 1 << 24:
        return data
    return safetensors({**tensors, name: (dtype, changed, (raw * 14)[:needed])})


def other_dtype(data: bytes, rng: random.Random) -> bytes:
    """The same bytes as numbers of another type, in a shape that goes with it."""
    tensors = read_safetensors(data)
    name = rng.choice(sorted(tensors))
    _, shape, raw = tensors[name]
    new = rng.choice(OTHER_TYPES)
    bits = int("".join(c for c in new.split("_")[0] if c.isdigit()) or 8)
    count = math.prod(shape) * bits // 8
    return safetensors({**tensors, name: (new, shape, (raw * 8)[:count])})


def without_tensor(data: bytes, rng: random.Random) -> bytes:
    tensors = read_safetensors(data)
    del tensors[rng.choice(sorted(tensors))]
    return safetensors(tensors)


INPUTS = [
    *WEIGHTS,
    *[other_integers] * 6,
    other_shape,
    other_shape,
    other_size,
    other_size,
    other_dtype,
    other_dtype,
    without_tensor,
]
