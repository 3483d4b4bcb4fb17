"""Holds read_record against wfdb-python: equal values, bit for bit, on random records of every kind
and on real ones.

usage: check_values.py VALUES_EXECUTABLE [--seed N]

Prints a table. Where a frame of several samples has an invalid one, its mean is NaN here (as in the
WFDB library), while wfdb-python averages the mark of the invalid sample; those frames are held
against NaN.
"""

import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import soundfile  # noqa: F401  (wfdb-python needs it for FLAC)
    import wfdb
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

import make_records

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

MILLIVOLTS = {"mV": 1, "mv": 1, "uV": 1e-3, "V": 1e3}


def ours(executable, options, records):
    """(description, [samples of each lead]) of each record."""
    out = subprocess.run(
        [executable, *options, *map(str, records)], check=True, capture_output=True
    ).stdout
    at = 0
    for _ in records:
        end = out.index(b"\n", at)
        description, leads, at = json.loads(out[at:end]), [], end + 1
        for lead in description["leads"]:
            leads.append(np.frombuffer(out, count=lead["samples"], offset=at))
            at += 8 * lead["samples"]
        yield description, leads
    assert at == len(out)


def invalid_frames(path):
    """Of each signal, the frames in which a sample is marked invalid while others are not."""
    record = wfdb.rdrecord(str(path), smooth_frames=False)
    return [
        np.isnan(signal.reshape(-1, each)).any(axis=1)
        for signal, each in zip(record.e_p_signal, record.samps_per_frame)
    ]


def theirs(path, expanded):
    record = wfdb.rdrecord(str(path), smooth_frames=not expanded)
    if expanded:
        return record, record.e_p_signal
    signals = [signal.copy() for signal in record.p_signal.T]
    if any(k != 1 for k in record.samps_per_frame or []):
        for signal, invalid in zip(signals, invalid_frames(path)):
            signal[invalid] = np.nan
    return record, signals


def clock_of(record):
    """Fields of the record line, as the executable names them."""
    clock = {"counter_frequency": record.counter_freq, "base_counter": record.base_counter}
    if record.base_time is not None:
        since = (
            datetime.datetime.combine(datetime.date.min, record.base_time) - datetime.datetime.min
        )
        clock["time"] = round(since / datetime.timedelta(microseconds=1))
    if record.base_date is not None:
        clock["date"] = [record.base_date.year, record.base_date.month, record.base_date.day]
    return {name: value for name, value in clock.items() if value is not None}


def same(a, b):
    return len(a) == len(b) and all(np.array_equal(x, y, equal_nan=True) for x, y in zip(a, b))


def differences(path, described, values, record, expected, millivolts):
    """What differs, in words."""
    if millivolts:
        scale = [MILLIVOLTS.get(unit, 1) for unit in record.units]
        expected = [signal if s == 1 else signal * s for signal, s in zip(expected, scale)]
    if not same(values, expected):
        yield "values"
    if described["rate"] != record.fs:
        yield f"sampling rate {described['rate']}, expected {record.fs}"
    names = [lead["name"] for lead in described["leads"]]
    if [name.upper() for name in names] != [(name or "").upper() for name in record.sig_name]:
        yield f"names {names}, expected {record.sig_name}"
    if (
        not millivolts
        and None not in record.units
        and [lead["unit"] for lead in described["leads"]] != record.units
    ):
        yield "units"
    clock = {
        name: described[name]
        for name in ("counter_frequency", "base_counter", "time", "date")
        if name in described
    }
    if clock != clock_of(record):
        yield f"clock {clock}, expected {clock_of(record)}"


def compare(executable, records):
    """(values compared, records that differ)."""
    count, bad = 0, set()
    for options in [], ["--units"], ["--units", "--expanded"]:
        expanded = "--expanded" in options
        for start in range(0, len(records), 100):
            chunk = records[start : start + 100]
            for path, (described, values) in zip(chunk, ours(executable, options, chunk)):
                record, expected = theirs(path, expanded)
                count += sum(len(signal) for signal in expected)
                for what in differences(
                    path, described, values, record, expected, "--units" not in options
                ):
                    print(f"{path} {' '.join(options)}: {what} differ")
                    bad.add(path)
    return count, len(bad)


def shared_records():
    root = pathlib.Path(os.environ.get("ECG_LORA_SHARED_DATA", "../shared/data"))
    found = {
        "PTB-XL, 100 and 500 Hz": root.glob("ptbxl/records*/*/*.hea"),
        "ten formats, record 100": root.glob("wfdb/formats/*.hea"),
        "MATLAB v4, Challenge 2021": root.glob("wfdb/challenge-mat/*.hea"),
    }
    return {kind: sorted(path.with_suffix("") for path in paths) for kind, paths in found.items()}


def main():
    executable = sys.argv[1]
    seed = int(sys.argv[3]) if sys.argv[2:3] == ["--seed"] else default_seed()
    with tempfile.TemporaryDirectory() as folder:
        kinds = make_records.random_records(np.random.default_rng(seed), pathlib.Path(folder))
        kinds.update(shared_records())
        bad = 0
        print(f"{'records':28}{'count':>8}{'values':>12}{'differ':>8}   (seed {seed})")
        for kind, records in kinds.items():
            if not records:
                print(f"{kind:28}skipped: not in ../shared/data")
                continue
            count, differ = compare(executable, records)
            bad += differ
            print(f"{kind:28}{len(records):8}{count:12}{differ:8}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
