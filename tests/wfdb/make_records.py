"""Random WFDB records in every signal format, for check_values.py: written by wfdb-python where it
can, else packed here.
"""

import datetime

import numpy as np
import wfdb

BITS = {
    "8": 16,
    "16": 16,
    "24": 24,
    "32": 32,
    "61": 16,
    "80": 8,
    "160": 16,
    "212": 12,
    "310": 10,
    "311": 10,
    "508": 8,
    "516": 16,
    "524": 24,
}
WRITTEN_BY_WFDB = ["16", "24", "32", "80", "212", "508", "516", "524"]
PACKED_HERE = ["8", "61", "160", "310", "311"]
UNITS = ["mV", "mV", "mV", "uV", "V", "mmHg", "NU", "%", "L/min"]


def lowest(fmt):
    """The mark of an invalid sample."""
    return -(1 << (BITS[fmt] - 1))


def random_digital(random, fmt, length, invalid=0.01):
    """ADC values: noise over the whole range or a wave, some marked invalid (format 8 has no
    mark).
    """
    top = 1 << (BITS[fmt] - 1)
    if fmt == "8":
        return 50 + np.cumsum(random.integers(-128, 128, length))
    values = random.integers(-top + 1, top, length)
    if random.random() < 0.5:
        values = (np.sin(np.arange(length) / random.uniform(2, 40)) * (top - 1)).astype(np.int64)
    values[random.random(length) < invalid] = -top
    return values


def pack(fmt, values):
    """Bytes of format 16 and of those that wfdb-python does not write, from flat samples."""
    values = np.asarray(values, np.int64)
    if fmt == "16":
        return values.astype("<i2").tobytes()
    if fmt == "61":
        return values.astype(">i2").tobytes()
    if fmt == "160":
        return (values + 32768).astype("<u2").tobytes()
    padded = np.concatenate([values, np.zeros(-len(values) % 3, np.int64)]) & 0x3FF
    a, b, c = padded.reshape(-1, 3).T
    if fmt == "310":
        low, high = a << 1 | (c & 0x1F) << 11, b << 1 | (c >> 5) << 11
        words = low | high << 16
    else:
        words = a | b << 10 | c << 20
    keep = len(values) // 3 * 4 + {"310": [0, 2, 4], "311": [0, 2, 3]}[fmt][len(values) % 3]
    return words.astype("<u4").tobytes()[:keep]


def frames_of(signals, each):
    """Interleaves signals as a file has them: [frames, samples of a frame]."""
    return np.concatenate([s.reshape(-1, k) for s, k in zip(signals, each)], axis=1)


def signal_lines(name, fmt, each, signals, calibration, extra=""):
    for c, (k, signal) in enumerate(zip(each, signals)):
        gain, baseline, unit = calibration[c]
        checksum = int(signal.sum() % 65536)
        first = 50 if fmt == "8" else int(signal[0])
        yield (
            f"{name}.dat {fmt}{f'x{k}' if k > 1 else ''}{extra} {gain}({baseline})/{unit} "
            f"{BITS[fmt]} 0 {first} "
            f"{checksum - 65536 * (checksum > 32767 and c % 2)} 0 signal {c}"
        )


def calibrations(random, channels):
    return [
        (
            float(random.choice([200, 1000, 409.6, 1e-1, 3.7e3])),
            int(random.integers(-500, 500)),
            str(random.choice(UNITS)),
        )
        for _ in range(channels)
    ]


def clock_fields(random):
    """What may follow the count of samples in a record line."""
    times = [
        "",
        " 10:20:30",
        " 0:5:09.25",
        " 59:01",
        " 7",
        " 23:59:59.999999 25/12/2001",
        " 00:00:00 1/2/1985",
    ]
    return str(random.choice(times))


def packed_record(random, folder, name, fmt):
    channels, frames = int(random.integers(1, 6)), int(random.integers(1, 300))
    each = [
        int(k)
        for k in (random.integers(1, 5, channels) if random.random() < 0.5 else [1] * channels)
    ]
    signals = [random_digital(random, fmt, frames * k) for k in each]
    if fmt == "8":
        flat = frames_of([np.diff(s, prepend=50) for s in signals], each).astype("i1").tobytes()
    else:
        flat = pack(fmt, frames_of(signals, each).ravel())
    offset = int(random.choice([0, 0, 24]))
    (folder / f"{name}.dat").write_bytes(b"\xa5" * offset + flat)
    rate = random.choice(["250", "360.5", "500/1000", "128/64.5(-3.25)", "125/125(10)"])
    lines = signal_lines(
        name, fmt, each, signals, calibrations(random, channels), f"+{offset}" if offset else ""
    )
    (folder / f"{name}.hea").write_text(
        "\n".join(
            [f"{name} {channels} {rate} {frames}{clock_fields(random)}", *lines, "# Age: 63", ""]
        )
    )
    return folder / name


def wfdb_record(random, folder, name, fmt, several=True):
    """A record that wfdb-python writes, often with several samples a frame."""
    flac = fmt in ("508", "516", "524")
    channels, frames = (
        int(random.integers(1, 9 if flac else 13)),
        int(random.integers(2, 5000 if flac else 400)),
    )
    each = [int(k) for k in random.integers(1, 5, channels)]
    if not several or random.random() < 0.5:
        each = [1] * channels
    elif flac:
        each = [each[0]] * channels
    signals = [random_digital(random, fmt, frames * k) for k in each]
    calibration = calibrations(random, channels)
    wfdb.wrsamp(
        name,
        fs=float(random.choice([100, 250, 360, 500.5])),
        units=[u for _, _, u in calibration],
        sig_name=[f"signal {c}" for c in range(channels)],
        e_d_signal=signals,
        samps_per_frame=each,
        fmt=[fmt] * channels,
        adc_gain=[g for g, _, _ in calibration],
        baseline=[b for _, b, _ in calibration],
        comments=["Age: 63"],
        base_time=datetime.time(1, 2, 3, 4000),
        base_date=datetime.date(2001, 2, 28),
        write_dir=str(folder),
    )
    return folder / name


def skewed_record(random, folder, name):
    """wfdb-python reads skews that are all equal where they are not 0."""
    path = wfdb_record(random, folder, name, str(random.choice(["16", "212", "80"])), several=False)
    lines, skew = path.with_suffix(".hea").read_text().splitlines(), int(random.integers(1, 3))
    for i in range(1, len(lines)):
        fields = lines[i].split(" ")
        if not lines[i].startswith("#") and random.random() < 0.7:
            fields[1] += f":{skew}"
        lines[i] = " ".join(fields)
    path.with_suffix(".hea").write_text("\n".join(lines) + "\n")
    return path


def blank(random, line):
    """A signal line with fields left out, and an initial value that is not the first sample."""
    file, fmt, gain, bits, zero, first, checksum, block, name = line.split(" ", 8)
    value, unit = gain.partition("(")[0], gain.split("/", 1)[1]
    base = gain.partition("(")[2].partition(")")[0]
    gain = [
        gain,
        f"{value}/{unit}",
        f"{value}()/{unit}",
        f"({base})/{unit}",
        f"/{unit}",
        f"{value}({base})/",
        f"{value}({base})",
        value,
    ][random.integers(8)]
    stated = first if random.random() < 0.5 else str(int(random.integers(-99, 99)))
    numbers = [bits, zero, stated, checksum, block]
    kind = random.integers(3)
    if kind == 0:  # the last ones, as header(5) allows
        numbers = numbers[: random.integers(6)]
    elif kind == 1:  # the initial value, the checksum, or both
        kept = [(0, 1, 3, 4), (0, 1, 2, 4), (0, 1, 4), (0, 1)][random.integers(4)]
        numbers = [numbers[k] for k in kept]
    if random.random() < 0.5 and len(numbers) > 1:
        numbers[1] = str(int(random.integers(-9, 9)))
    name = str(random.choice(["I", "aVR", name, ""]))
    separator = " " if random.random() < 0.5 else "\t  "
    return separator.join([file, fmt, gain, *numbers, name]).rstrip()


def blank_record(random, folder, name):
    path = packed_record(random, folder, name, str(random.choice(["16", "61", "160", "310"])))
    lines = path.with_suffix(".hea").read_text().splitlines()
    lines = [blank(random, line) if line.startswith(f"{name}.dat") else line for line in lines]
    path.with_suffix(".hea").write_text("\n".join(lines) + "\n")
    return path


def segment(random, name, names, length, folder):
    """A segment with these signals, of random calibration but the same units."""
    wfdb.wrsamp(
        name,
        fs=125,
        units=["mV"] * len(names),
        sig_name=names,
        fmt=["212"] * len(names),
        d_signal=np.stack([random_digital(random, "212", length) for _ in names], axis=1),
        adc_gain=[float(random.choice([200, 1000])) for _ in names],
        baseline=[int(random.integers(-9, 9)) for _ in names],
        write_dir=str(folder),
    )
    return wfdb.rdheader(str(folder / name))


def fixed_record(random, folder, name):
    lengths = [int(n) for n in random.integers(1, 200, random.integers(1, 5))]
    segments = [
        segment(random, f"{name}s{i}", ["I", "II", "V1"], n, folder) for i, n in enumerate(lengths)
    ]
    wfdb.MultiRecord(
        record_name=name,
        segments=segments,
        n_sig=3,
        fs=125,
        sig_len=sum(lengths),
        seg_len=lengths,
        seg_name=[s.record_name for s in segments],
    ).wrheader(write_dir=str(folder))
    return folder / name


def variable_record(random, folder, name):
    """With a layout segment, gaps, and segments that have some of the signals in any order."""
    names, lines = ["II", "V", "ABP", "RESP"], []
    (folder / f"{name}layout.hea").write_text(
        f"{name}layout 4 125 0\n" + "".join(f"~ 0 1 0 0 0 0 0 {n}\n" for n in names)
    )
    for i in range(int(random.integers(2, 6))):
        length = int(random.integers(1, 200))
        some = [str(n) for n in random.permutation(names)[: random.integers(1, 5)]]
        if i > 0 and random.random() < 0.4:
            lines.append(f"~ {length}")
        else:
            lines.append(
                f"{segment(random, f'{name}s{i}', some, length, folder).record_name} {length}"
            )
    total = sum(int(line.split()[1]) for line in lines)
    (folder / f"{name}.hea").write_text(
        "\n".join(
            [
                f"{name}/{len(lines) + 1} 4 125 {total} 10:00:00 1/1/2101",
                f"{name}layout 0",
                *lines,
                "",
            ]
        )
    )
    return folder / name


def random_records(random, folder):
    """Paths of records, by kind."""
    kinds = {}
    for fmt in PACKED_HERE:
        kinds[f"format {fmt}"] = [
            packed_record(random, folder, f"p{fmt}_{k}", fmt) for k in range(6)
        ]
    for fmt in WRITTEN_BY_WFDB:
        kinds[f"format {fmt}"] = [wfdb_record(random, folder, f"w{fmt}_{k}", fmt) for k in range(6)]
    kinds["skew"] = [skewed_record(random, folder, f"k{k}") for k in range(6)]
    kinds["segments, fixed layout"] = [fixed_record(random, folder, f"f{k}") for k in range(6)]
    kinds["segments, variable layout"] = [
        variable_record(random, folder, f"v{k}") for k in range(6)
    ]
    kinds["blank and stale fields"] = [blank_record(random, folder, f"b{k}") for k in range(60)]
    return kinds
