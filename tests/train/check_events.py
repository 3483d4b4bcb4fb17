"""TensorBoard's files read back by the tensorboard package: every number of metrics.jsonl, also of
a run that was stopped and resumed.

python3 tests/train/check_events.py --bin build/bin
"""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

try:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

from world import DONE, World, kill, lines, metrics, output_of, wait_for


def check(run: Path) -> int:
    events = EventAccumulator(str(run / "tensorboard"), size_guidance={"scalars": 0})
    events.Reload()
    compared = 0
    for tag, key in (
        ("train/loss", "loss"),
        ("train/lr", "lr"),
        ("train/grad_norm", "grad_norm"),
        ("train/samples_per_s", "samples_per_s"),
        ("train/memory_mib", "memory_mib"),
        ("validation/loss", "validation_loss"),
        ("validation/auroc", "validation_auroc"),
    ):
        found = {e.step: e.value for e in events.Scalars(tag)}
        wanted = {
            line["step"]: line[key]
            for line in metrics(run)
            if isinstance(line.get(key), (int, float))
        }
        assert len(events.Scalars(tag)) == len(found), f"{tag} has a step twice"
        assert set(found) == set(wanted), (
            f"{tag} has steps {sorted(found)}, metrics.jsonl {sorted(wanted)}"
        )
        for step, value in wanted.items():
            assert abs(found[step] - value) <= 1e-6 * max(1e-9, abs(value)), (
                f"{tag} at step {step}: {found[step]}, metrics.jsonl {value}"
            )
        compared += len(wanted)
    assert {"validation/auroc/NORM", "validation/auroc/MI"} <= set(events.Tags()["scalars"]), (
        events.Tags()
    )
    return compared


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="check_events.") as folder:
        w = World(options.bin, Path(folder))
        loop = {
            "validate_auroc_labels": ["NORM", "MI"],
            "validate_auroc_records": 6,
            "checkpoint_every": 5,
        }
        config = w.config(loop=loop)
        run = output_of(config)
        process = w.start(config)
        assert wait_for(process, lambda: lines(run) >= 10), process.communicate()
        kill(
            process, signal.SIGKILL
        )  # beyond the checkpoint of step 5: steps 6 to 8 or so come again
        done = w.train(config, "--resume")
        assert done.returncode == DONE, done.stderr
        assert len(list((run / "tensorboard").iterdir())) == 2
        print(
            f"{check(run)} numbers read back by tensorboard are those of metrics.jsonl, none twice"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
