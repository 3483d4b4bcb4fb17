"""Time of reading a record, here and with wfdb-python, in one run.

usage: compare.py BENCH_WFDB_EXECUTABLE [--at-least RATIO] [PTBXL_FOLDER]

For each kind of record the median, over records, of the least processor time of some reads of the
same record in a warm cache; the two programs take turns, and their peak memory is printed at the
end. Records are made with wfdb-python, like PTB-XL's (12 leads of 10 s, format 16), or taken from
PTBXL_FOLDER. Fails where a ratio is below RATIO (20).
"""

import argparse
import pathlib
import statistics
import sys
import tempfile
import time

import numpy as np
import wfdb

sys.path.append(str(pathlib.Path(__file__).parent.parent))
import peaks


def make_records(folder, rate, fmt, count):
    random, leads = (
        np.random.default_rng(rate),
        ["I", "II", "III", "AVR", "AVL", "AVF", "V1", "V2", "V3", "V4", "V5", "V6"],
    )
    for k in range(count):
        wfdb.wrsamp(
            f"{fmt}_{rate}_{k}",
            fs=rate,
            units=["mV"] * 12,
            sig_name=leads,
            fmt=[fmt] * 12,
            d_signal=random.integers(-2000, 2000, (10 * rate, 12)),
            adc_gain=[1000.0] * 12,
            baseline=[0] * 12,
            write_dir=str(folder),
        )
        yield folder / f"{fmt}_{rate}_{k}"


def time_theirs(records, rounds):
    for record in records:
        best = float("inf")
        for _ in range(rounds):
            start = time.process_time()
            wfdb.rdrecord(str(record))
            best = min(best, time.process_time() - start)
        yield 1e6 * best


def time_ours(executable, records, rounds):
    out, _, _, peak = peaks.run([executable, rounds, *records])
    return [float(line) for line in out.split()], peak


def kinds(arguments, folder):
    if arguments.ptbxl:
        for name, rate in ("records100", 100), ("records500", 500):
            paths = sorted(arguments.ptbxl.glob(f"{name}/*/*.hea"))[:20]
            yield f"PTB-XL, {rate} Hz", [path.with_suffix("") for path in paths]
    for fmt, rate in ("16", 100), ("16", 500), ("212", 500):
        yield f"12 leads, 10 s, {rate} Hz, format {fmt}", list(make_records(folder, rate, fmt, 10))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("executable")
    parser.add_argument("ptbxl", type=pathlib.Path, nargs="?")
    parser.add_argument("--at-least", type=float, default=20)
    arguments, worst, most = parser.parse_args(), float("inf"), 0
    print(f"{'records':36}{'here, ms':>10}{'wfdb-python, ms':>17}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for kind, records in kinds(arguments, pathlib.Path(folder)):
            ours, theirs = [], []
            for record in records:  # in turns, so that other programs slow both
                times, peak = time_ours(arguments.executable, [record], 20)
                ours += times
                most = max(most, peak)
                theirs += time_theirs([record], 5)
            mine, other = statistics.median(ours), statistics.median(theirs)
            worst = min(worst, other / mine)
            print(f"{kind:36}{mine / 1e3:10.3f}{other / 1e3:17.2f}{other / mine:8.0f}")
    print(peaks.peak_line(most, "wfdb-python"))
    return 0 if worst >= arguments.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
