"""Ways to spoil a file of torch.save() that was written by torch_file.py."""

import dataclasses
import os
import random
import struct

from mutations import ANY
from torch_file import Storage, Tensor, meta_state, state_pickle
from zip_archive import Member, read_members, write_members, zeros_member

INFLATED = 3 << 30  # more than a command may take in whole
RECORDS = ["byteorder", "version", "data.pkl", ".format_version", "data/0", ".storage_alignment"]
SIZES = [-1, 0, 2, 1000, 2**31, 2**40, 2**60, 2**63 - 1, -(2**63)]


def with_record(data: bytes, member: Member) -> bytes:
    """The archive with this member in place of that of its name, or added."""
    others = [other for other in read_members(data) if other.name != member.name]
    return write_members([*others, member])


def with_state(data: bytes, state) -> bytes:
    return with_record(data, Member("archive/data.pkl", state_pickle(state)))


def inflating_record(data: bytes, rng: random.Random) -> bytes:
    """A few MB become gigabytes."""
    return with_record(data, zeros_member("archive/" + rng.choice(RECORDS), INFLATED))


def false_claim(data: bytes, rng: random.Random) -> bytes:
    """A record claims another size, method or check sum than its own."""
    members = read_members(data)
    at = rng.randrange(len(members))
    claim = rng.choice([{"size": 0xFFFFFFFE}, {"size": 0}, {"method": 8}, {"method": 99}])
    members[at] = dataclasses.replace(members[at], **rng.choice([claim, {"check": 1}]))
    return write_members(members)


def damaged_pickle(data: bytes, rng: random.Random) -> bytes:
    """Bytes of data.pkl are others, and its check sum is right."""
    pickled = next(m.data for m in read_members(data) if m.name == "archive/data.pkl")
    return with_record(data, Member("archive/data.pkl", rng.choice(ANY)(pickled, rng)))


class Call:
    """Pickled as a call of a function that runs a command."""

    def __reduce__(self):
        return os.system, ("echo executed",)


def calling_pickle(data: bytes, rng: random.Random) -> bytes:
    state = meta_state()
    state[rng.choice(sorted(state))] = Call()
    return with_state(data, rng.choice([state, Call(), [Call()]]))


def other_sizes(data: bytes, rng: random.Random) -> bytes:
    """A tensor reaches beyond its storage, or has sizes of another kind."""
    state = meta_state()
    name = rng.choice(sorted(state))
    tensor = state[name]
    changed = [rng.choice(SIZES) if rng.random() < 0.6 else size for size in tensor.shape]
    new = [
        {"shape": tuple(changed)},
        {"stride": tuple(rng.choice(SIZES) for _ in tensor.stride)},
        {"offset": rng.choice(SIZES)},
        {"shape": (1,) * rng.choice([0, 9, 300]), "stride": (1,) * rng.choice([0, 9, 300])},
        {"shape": ("a",), "stride": (None,)},
        {"storage": dataclasses.replace(tensor.storage, count=rng.choice(SIZES))},
        {"storage": dataclasses.replace(tensor.storage, key=rng.choice(["", "../0", "no\x1b[2J"]))},
        {"storage": dataclasses.replace(tensor.storage, type=rng.choice(sorted(OTHER_TYPES)))},
    ]
    state[name] = dataclasses.replace(tensor, **rng.choice(new))
    return with_state(data, state)


OTHER_TYPES = {"LongStorage", "BoolStorage", "ComplexFloatStorage"}


def other_state(data: bytes, rng: random.Random) -> bytes:
    """A state dictionary with something else in it, or something else in its place."""
    state = meta_state()
    name = rng.choice(sorted(state))
    circle: list = []
    circle.append(circle)
    one = Tensor(Storage("0", 1), (), ())
    choices = [circle, {"a": 1}, {1: one}, {name: circle}, [one], None, {}, [0] * 2_000_000]
    changed = [dict(state, extra=one), {**state, "x\x1b[2J\n": one}, {**state, name: None}]
    del state[name]
    return with_state(data, rng.choice([*choices, *changed, state]))


def lost_record(data: bytes, rng: random.Random) -> bytes:
    """A record is gone, there twice, cut off or under another name."""
    members = read_members(data)
    at = rng.randrange(len(members))
    short = Member(members[at].name, members[at].data[: rng.randrange(len(members[at].data) + 1)])
    moved = Member(rng.choice(["", "/", "../x", "a/b", "data.pkl"]), members[at].data)
    new = rng.choice([[], [members[at]] * 2, [short], [moved]])
    return write_members([*members[:at], *new, *members[at + 1 :]])


def other_numbers(data: bytes, rng: random.Random) -> bytes:
    """A storage holds NaN, infinity or numbers beyond half precision."""
    members = [m for m in read_members(data) if "/data/" in m.name]
    member = rng.choice(members)
    value = struct.pack("<f", rng.choice([float("nan"), float("inf"), 1e30]))
    return with_record(data, Member(member.name, value * (len(member.data) // 4)))


TORCH_FILE = [
    *ANY,
    inflating_record,
    inflating_record,
    false_claim,
    damaged_pickle,
    damaged_pickle,
    calling_pickle,
    other_sizes,
    other_sizes,
    other_state,
    lost_record,
    other_numbers,
]
