"""Holds measurements against an independent one: wfdb-python's XQRS detector and the axis that readers noted in PTB-XL.

usage: check_measure.py VALUES_EXECUTABLE [--records N]

XQRS reads one lead, and at 100 Hz takes many T waves for beats; it is given II, V2 and V5, resampled to 500 Hz. The reference is what it finds in at
least two of the three within 0.1 s. Without --records all recordings of the folder are read (about a second for three).
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys

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
        if "reason" in value["rhythm"]:
            count["not measurable"] += 1
            worst.append((row.ecg_id, value["rhythm"]["reason"]))
            continue
        groups, ours = group(xqrs(root / row.filename_lr)), np.array(value["beats"])
        agreed, any_lead = np.array([np.mean(g) for g in groups if len(g) > 1]), np.array([np.mean(g) for g in groups])
        missed = [t for t in inner(agreed) if np.min(np.abs(ours - t)) > NEAR]
        extra = [t for t in inner(ours) if np.min(np.abs(any_lead - t)) > NEAR]
        count["beats"] += len(inner(agreed))
        count["missed"] += len(missed)
        count["extra"] += len(extra)
        rate, reference = value["rhythm"]["rate"], 60 / np.median(np.diff(agreed))
        count["rate within 3 bpm or 5 %"] += abs(rate - reference) <= max(3, 0.05 * reference)
        count["rate within 1 bpm"] += abs(rate - reference) <= 1
        if missed or extra or abs(rate - reference) > 1:
            worst.append((row.ecg_id, f"rate {rate:.1f}, XQRS {reference:.1f}; missed {missed}, extra {extra}"))
    return count, worst


def compare_axis(rows, values):
    """Degrees by what the reader noted. Linkstyp is about -30 to 30 degrees, left axis deviation of English reports below -30."""
    found = collections.defaultdict(list)
    for row, value in zip(rows.itertuples(), values):
        if not isinstance(row.heart_axis, str):
            continue
        german = row.heart_axis == "LAD" and "left axis" not in row.report
        found["LAD (Linkstyp)" if german else row.heart_axis].append(value["axis"].get("degrees", np.nan))
    return found


# Degrees that a note can mean, with the 10 degrees that two readings may differ by. AXL is "borderline left axis deviation", AXR "Steillage".
MEANING = {"MID": (-40, 100), "LAD (Linkstyp)": (-55, 40), "LAD": (-130, -20), "ALAD": (-100, -20), "AXL": (-60, -10), "AXR": (30, 100), "RAD": (80, 190),
           "ARAD": (80, 190)}


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
    values = [json.loads(line) for line in subprocess.run([options.values, *(str(root / f) for f in table.filename_lr)], check=True,
                                                          capture_output=True, text=True).stdout.splitlines()]
    seed = int.from_bytes(os.urandom(4), "little")
    chosen = np.arange(len(table))
    if options.records:
        chosen = np.sort(np.random.default_rng(seed).permutation(len(table))[:options.records])
    count, worst = compare_beats(table.iloc[chosen], root, [values[i] for i in chosen])
    print(f"{len(chosen)} of {len(table)} recordings, seed {seed}")
    for name, number in count.items():
        print(f"  {name}: {number}")
    for record, what in worst:
        print(f"  record {record}: {what}")
    failed = count["missed"] + count["extra"] + count["records"] - count["not measurable"] - count["rate within 3 bpm or 5 %"] + 5 * count["not measurable"]
    for note, degrees in compare_axis(table, values).items():
        low, high = MEANING[note]
        known = np.array([d for d in degrees if not np.isnan(d)])
        outside = [round(float(d)) for d in known if not low <= d <= high]
        print(f"  axis {note}: {len(known)} of {len(degrees)} measured, {known.min():.0f} to {known.max():.0f}, median {np.median(known):.0f}; outside {outside}")
        failed += len(outside)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
