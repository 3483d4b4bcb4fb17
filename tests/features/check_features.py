"""Holds measurements against an independent one: wfdb-python's XQRS detector and the axis that
readers noted in PTB-XL.

usage: check_features.py VALUES_EXECUTABLE [--records N]

XQRS reads one lead, and at 100 Hz takes many T waves for beats; it is given II, V2 and V5,
resampled to 500 Hz. The reference is what it finds in at least two of the three within 0.1 s.
Without --records all recordings of the folder are read (about a second for three).
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

try:
    import numpy as np
    import pandas
    import wfdb
    from scipy.signal import resample_poly
    from wfdb.processing import xqrs_detect
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

LEADS, EDGE, NEAR = ("II", "V2", "V5"), 0.6, 0.12


def xqrs(path):
    """Times of the beats in each lead, s."""
    record = wfdb.rdrecord(str(path))
    names = [name.upper() for name in record.sig_name]
    found = []
    for lead in LEADS:
        signal = resample_poly(record.p_signal[:, names.index(lead)], 500, record.fs)
        found.append(xqrs_detect(sig=signal, fs=500, verbose=False) / 500)
    return found


def group(times):
    """Times of all leads, those within 0.1 s of the one before together."""
    groups = []
    for time in np.sort(np.concatenate(times)):
        if groups and time - groups[-1][-1] < 0.1:
            groups[-1].append(time)
        else:
            groups.append([time])
    return groups


def inner(times, duration=10):
    times = np.asarray(times)
    return times[(times > EDGE) & (times < duration - EDGE)]


def compare_beats(rows, root, values):
    """Counts, and what is worth a look."""
    count, worst = collections.Counter(), []
    for row, value in zip(rows.itertuples(), values):
        count["records"] += 1
        if "reason" in value["rr"]:
            count["not measurable"] += 1
            worst.append((row.ecg_id, value["rr"]["reason"]))
            continue
        groups, ours = (
            group([beats for beats in xqrs(root / row.filename_lr) if len(beats) > 2]),
            np.array(value["beats"]),
        )
        any_lead = np.array([np.mean(g) for g in groups])
        agreed = np.array([np.mean(g) for g in groups if len(g) > 1])
        if len(agreed) < 3:
            agreed = any_lead
        missed = [t for t in inner(agreed) if np.min(np.abs(ours - t)) > NEAR]
        extra = [t for t in inner(ours) if np.min(np.abs(any_lead - t)) > NEAR]
        count["beats"] += len(inner(agreed))
        count["missed"] += len(missed)
        count["extra"] += len(extra)
        rate, reference = value["rr"]["rate"], 60 / np.median(np.diff(agreed))
        count["rate within 3 bpm or 5 %"] += abs(rate - reference) <= max(3, 0.05 * reference)
        count["rate within 1 bpm"] += abs(rate - reference) <= 1
        if missed or extra or abs(rate - reference) > 1:
            worst.append(
                (
                    row.ecg_id,
                    f"rate {rate:.1f}, XQRS {reference:.1f}; missed {missed}, extra {extra}",
                )
            )
    return count, worst


def compare_axis(rows, values):
    """Degrees by what the reader noted. Linkstyp is about -30 to 30 degrees, left axis deviation of
    English reports below -30.
    """
    found = collections.defaultdict(list)
    for row, value in zip(rows.itertuples(), values):
        if not isinstance(row.heart_axis, str):
            continue
        german = row.heart_axis == "LAD" and "left axis" not in row.report
        found["LAD (Linkstyp)" if german else row.heart_axis].append(
            value["axis"].get("degrees", np.nan)
        )
    return found


# What is measured where a reader noted this, degrees, and a little more. AXL is "borderline left
# axis deviation", AXR "Steillage".
MEANING = {
    "MID": (-10, 92),
    "LAD (Linkstyp)": (-46, 10),
    "LAD": (-112, -25),
    "ALAD": (-88, -30),
    "AXL": (-50, -25),
    "AXR": (40, 90),
    "RAD": (83, 115),
    "ARAD": (90, 180),
}


def failures(count, found):
    """What is worse than measured on all recordings, where nothing is missed, none of them is
    without a rate, and one rate (266) differs: XQRS misses its beats.
    """
    failed = [name for name in ("missed", "extra", "not measurable") if count[name]]
    if count["records"] - count["rate within 3 bpm or 5 %"] > 1:
        failed.append("rate")
    if count["rate within 1 bpm"] < 0.8 * count["records"]:
        failed.append("rate within 1 bpm")
    for note, degrees in found.items():
        low, high = MEANING[note]
        if not all(low <= d <= high for d in degrees if not np.isnan(d)):
            failed.append(f"axis {note}")
    if sum(np.isnan(d) for degrees in found.values() for d in degrees) > 1:
        failed.append("axes not measurable")
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("values")
    parser.add_argument("--records", type=int, default=0)
    options = parser.parse_args()
    root = pathlib.Path(os.environ.get("ECG_LORA_SHARED_DATA", "../shared/data")) / "ptbxl"
    if not root.is_dir():
        print(f"skipped: {root} is not here")
        return 77
    table = pandas.read_csv(root / "ptbxl_database.csv")
    values = [
        json.loads(line)
        for line in subprocess.run(
            [options.values, *(str(root / f) for f in table.filename_lr)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()
    ]
    seed = default_seed()
    chosen = np.arange(len(table))
    if options.records:
        chosen = np.sort(np.random.default_rng(seed).permutation(len(table))[: options.records])
    count, worst = compare_beats(table.iloc[chosen], root, [values[i] for i in chosen])
    print(f"{len(chosen)} of {len(table)} recordings, seed {seed}")
    for name, number in count.items():
        print(f"  {name}: {number}")
    for record, what in worst:
        print(f"  record {record}: {what}")
    found = compare_axis(table, values)
    for note, degrees in found.items():
        known = np.array([d for d in degrees if not np.isnan(d)])
        print(
            f"  axis {note}: {len(known)} of {len(degrees)} measured, {known.min():.0f} to "
            f"{known.max():.0f} degrees, median {np.median(known):.0f}"
        )
    failed = failures(count, found)
    print(f"worse than it was: {', '.join(failed)}" if failed else "all as it was measured")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
