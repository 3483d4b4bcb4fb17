"""A byte-level BPE tokenizer without merges, and ways to spoil it and a chat template."""

import json
import random

from mutations import JSON, TEXT

SPECIAL = [  # from id 1 on, as in the tiny model of world.py; see src/text/special_tokens.cpp
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
    "<|finetune_right_pad_id|>",
    "<|image|>",
]
PATTERNS = [
    "",
    "a*",
    "(?=I)",
    "x|",
    r"\b",
    r"(?=I\K)",
    r"\K",
    "(*ACCEPT)",
    "I(*ACCEPT)?",
    r"\C",
    "(?R)",
    "(",
    "(.+)+$",
    "(([a-z ])+.)+[A-Z]([a-z ])+$",
    "(a{60000}){60000}",
    "(" * 2000 + "a" + ")" * 2000,
    "zzzz",
    "\\p{L}",
    "[\x1b",
    "(?C1).",
    "^.",
]


def stand_ins() -> list:
    """The printable character that stands for each byte, as in GPT-2."""
    kept = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    other = [byte for byte in range(256) if byte not in kept]
    return [chr(byte) if byte in kept else chr(256 + other.index(byte)) for byte in range(256)]


def byte_tokenizer() -> dict:
    first = 1 + len(SPECIAL)
    names = enumerate(SPECIAL, 1)
    split = {"type": "Split", "pattern": {"Regex": r"\p{L}+|\p{N}{1,3}|\s+|[^\s\p{L}\p{N}]+"}}
    return {
        "version": "1.0",
        "added_tokens": [{"id": id, "content": name, "special": True} for id, name in names],
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, {"type": "ByteLevel"}]},
        "decoder": {"type": "ByteLevel"},
        "model": {
            "type": "BPE",
            "ignore_merges": False,
            "vocab": {character: first + byte for byte, character in enumerate(stand_ins())},
            "merges": [],
        },
    }


def other_id(data: bytes, rng: random.Random) -> bytes:
    """A token has the id of another, or one that the embedding lacks."""
    whole = json.loads(data)
    vocabulary, added = whole["model"]["vocab"], whole["added_tokens"]
    id = rng.choice([*vocabulary.values(), -1, 0, 520, 10**6, 2**24, 2**31, 2**62, 2**64, 0.5, "8"])
    if rng.random() < 0.5:
        vocabulary[rng.choice(sorted(vocabulary))] = id
    else:
        rng.choice(added)["id"] = id
    return json.dumps(whole).encode()


def other_token(data: bytes, rng: random.Random) -> bytes:
    """A token is gone, there twice, or another."""
    whole = json.loads(data)
    vocabulary, added = whole["model"]["vocab"], whole["added_tokens"]
    text = rng.choice(["", "\x1b[2J", "\u0120", "\U0001f600", "a" * 10**6, SPECIAL[0], "\ud800"])
    if rng.random() < 0.5:
        vocabulary[text] = vocabulary.pop(rng.choice(sorted(vocabulary)))
    else:
        added.append({"id": rng.choice([1, 7, 264, 300]), "content": text, "special": True})
    return json.dumps(whole).encode()


def other_merges(data: bytes, rng: random.Random) -> bytes:
    whole = json.loads(data)
    pairs = ["a b", ["a", "b"], "ab", "", " ", ["a"], [], ["a", ""], ["a", 1], "a b c", None]
    whole["model"]["merges"] = [rng.choice(pairs)] * rng.choice([1, 2, 10000])
    if rng.random() < 0.5:
        whole["model"]["vocab"]["ab"] = rng.choice([264, 300, 519])
    return json.dumps(whole).encode()


def other_pattern(data: bytes, rng: random.Random) -> bytes:
    """Texts are split by a pattern that matches nothing, loses text or takes long."""
    whole = json.loads(data)
    pattern = rng.choice(PATTERNS)
    whole["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = pattern
    return json.dumps(whole).encode()


TOKENIZER_JSON = [*JSON, *[other_id, other_token, other_pattern] * 3, other_merges]


def other_template(data: bytes, rng: random.Random) -> bytes:
    """A special token is never written, or another program stands there."""
    loops = b"{% for i in range(10**9) %}x{% endfor %}"
    lost = data.replace(rng.choice(SPECIAL).encode(), b"")
    return rng.choice([lost, lost, loops, b"{{ ''.__class__ }}", b"\x1b[2J" + lost])


CHAT_TEMPLATE = [*TEXT, other_template, other_template, other_template]
