"""A small stand-in for what users download: the same folders, file names and formats, made here.

    python tests/users/stand_in.py OUT [--bin build/bin]

writes, in some seconds and always with the same bytes:

    OUT/Llama-3.2-11B-Vision-Instruct/
                        all 906 tensors in five files, small ones; other files as released
    OUT/ptb-xl/         synthetic recordings of 60 patients at 100 and 500 Hz
    OUT/mimic-iv-ecg/   synthetic recordings of 8 patients at 500 Hz, with the device's reports
    OUT/ECGInstruct/    ECGInstruct.json and shard_N.tar.gz, as downloaded from the hub
    OUT/ECGBench/       a folder per task with a parquet file, as downloaded from the hub

The weights are random: the model answers at random. Needs numpy, pyarrow and the package
llama-models (for Meta's tokenizer).
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import stand_in_hub
import stand_in_model
import stand_in_recordings

MODEL = "Llama-3.2-11B-Vision-Instruct"


def make(out: Path, programs: Path):
    """Fills the new folder `out`."""
    stand_in_model.write_model(out / MODEL, programs)
    stand_in_recordings.write_ptbxl(out / "ptb-xl", programs)
    stand_in_recordings.write_mimic(out / "mimic-iv-ecg", programs)
    stand_in_hub.write_ecginstruct(out, programs)
    stand_in_hub.write_ecgbench(out, programs)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="folder to write; must not exist")
    parser.add_argument(
        "--bin", type=Path, default=Path("build/bin"), help="folder of the programs"
    )
    options = parser.parse_args()
    if options.out.exists():
        print(f"error: {options.out}: expected a new folder, got one that exists", file=sys.stderr)
        return 2
    staging = options.out.with_name(options.out.name + ".part")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        make(staging, options.bin.resolve())
    except subprocess.CalledProcessError as failed:
        print(f"error: {failed}\n{failed.stderr.decode(errors='replace')}", file=sys.stderr)
        return 1
    os.rename(staging, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
