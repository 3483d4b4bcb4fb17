"""Holds read_record against wfdb-python: equal values, bit for bit, on random and on real records.

usage: check_values.py VALUES_EXECUTABLE
"""

import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import wfdb
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)


def random_records(folder, seed):
    """Records that wfdb-python wrote: random gains, baselines and units, some samples invalid."""
    random = np.random.default_rng(seed)
    for k in range(20):
        channels, length = random.integers(1, 13), random.integers(1, 400)
        digital = random.integers(-32767, 32768, (length, channels))
        digital[random.random(digital.shape) < 0.01] = -32768
        wfdb.wrsamp(
            f"r{k}", fs=float(random.choice([100, 250, 360, 500])), units=["mV"] * channels,
            sig_name=[f"s{c}" for c in range(channels)], d_signal=digital, fmt=["16"] * channels,
            adc_gain=[float(g) for g in random.choice([200, 1000, 409.6, 1e-1], channels)],
            baseline=[int(b) for b in random.integers(-500, 500, channels)], write_dir=str(folder))
        yield folder / f"r{k}"


def compare(executable, records):
    bad = 0
    for start in range(0, len(records), 100):
        chunk = records[start:start + 100]
        ours = np.frombuffer(subprocess.run([executable, *map(str, chunk)], check=True, capture_output=True).stdout)
        for record in chunk:
            theirs = wfdb.rdrecord(str(record)).p_signal.T.ravel()
            mine, ours = ours[:theirs.size], ours[theirs.size:]
            if not np.array_equal(mine, theirs, equal_nan=True):
                print(f"{record}: values differ from wfdb-python's")
                bad += 1
        bad += ours.size > 0
    return bad


def main():
    executable = sys.argv[1]
    seed = int.from_bytes(os.urandom(4), "little")
    shared = pathlib.Path(os.environ.get("ECG_LORA_SHARED_DATA", "../shared/data")) / "ptbxl"
    real = sorted(p.with_suffix("") for p in shared.glob("records*/*/*.hea"))
    with tempfile.TemporaryDirectory() as folder:
        records = [*random_records(pathlib.Path(folder), seed), *real]
        bad = compare(executable, records)
    print(f"{len(records)} records ({len(real)} real), seed {seed}: {bad} differ")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
