"""What a training run does when it is stopped, when disks and data fail, and what it must not
depend on.

    python3 tests/train/check_training.py --bin build/bin [--only NAME]

Standard library only. Exits 1 where any check fails.
"""

import argparse
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from checks import options_of, run_checks, work_folder  # noqa: E402
from world import (
    CHECKPOINT,
    DATA,
    DONE,
    INTERRUPTED,
    NUMERICS,
    USAGE,
    World,
    adapter_bytes,
    errors,
    kill,
    lines,
    metrics,
    output_of,
    steps,
    wait_for,
)

EXPECTED: dict = {}


def whole_run(w: World) -> None:
    """A run that is never stopped: what the others are compared with."""
    config = w.config()
    done = w.train(config)
    assert done.returncode == DONE, done.stderr
    run = output_of(config)
    EXPECTED["adapter"], EXPECTED["run"] = adapter_bytes(run), run
    assert steps(run) == list(range(1, 13)), steps(run)
    first = next(line for line in metrics(run) if "lr" in line)
    for key in (
        "epoch",
        "loss",
        "lr",
        "grad_norm",
        "tokens",
        "text_tokens",
        "samples",
        "samples_per_s",
        "tokens_per_s",
        "seconds",
        "data_wait_s",
        "memory_mib",
        "peak_memory_mib",
    ):
        assert isinstance(first[key], (int, float)), first
    answers = [line["answers"] for line in metrics(run) if "answers" in line]
    assert len(answers) == 3 and all(
        a[0]["expected"] == "Yes" and 0 <= a[0]["p_yes"] <= 1 for a in answers
    ), answers
    assert (run / "samples/0.png").read_bytes()[:4] == b"\x89PNG"
    assert not [p for p in run.rglob("*.partial")], "temporaries were left behind"


def workers_change_nothing(w: World) -> None:
    """Order, pages with effects of paper, and dropout are those of one worker with none and with
    three.
    """
    for workers in (0, 3):
        config = w.config(batch={"workers": workers})
        assert w.train(config).returncode == DONE
        assert adapter_bytes(output_of(config)) == EXPECTED["adapter"], (
            f"{workers} workers change the adapter"
        )


def signals_save(w: World) -> None:
    """Signals that ask for a stop finish the step, save and leave with 75; resumed, the run ends
    with the same bytes.
    """
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGXCPU)
    for number in numbers:
        config = w.config(loop={"checkpoint_every": 0})
        run = output_of(config)
        process = w.start(config)
        assert wait_for(process, lambda: lines(run) >= 3), process.communicate()
        out, err = kill(process, number)
        assert (
            process.returncode == INTERRUPTED
            and len(errors(err)) == 1
            and "--resume" in errors(err)[0]
        ), (process.returncode, err)
        saved = json.loads(
            (run / "checkpoints" / (run / "last").read_text().strip() / "state.json").read_text()
        )["step"]
        assert saved == steps(run)[-1], f"saved step {saved} of steps {steps(run)}"
        assert w.train(config, "--resume").returncode == DONE
        assert adapter_bytes(run) == EXPECTED["adapter"] and steps(run) == list(range(1, 13)), (
            steps(run)
        )
    names = ", ".join(number.name for number in numbers)
    print(f"{names}: {len(numbers)} runs saved, resumed to the same bytes")


def second_signal_leaves(w: World) -> None:
    """A second signal leaves at once, in the middle of a step; the last checkpoint is whole."""
    config = w.config(
        batch={"images": 8, "workers": 0},
        loop={"steps": 40, "checkpoint_every": 1, "validate_every": 0},
    )
    run = output_of(config)
    process = w.start(config)
    assert wait_for(process, lambda: lines(run) >= 3), process.communicate()
    process.send_signal(signal.SIGTERM)
    time.sleep(0.01)
    start = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED and time.monotonic() - start < 5, process.returncode
    found = w.call("inspect", run, "--json")  # verifies the hashes
    assert found.returncode == DONE and json.loads(found.stdout)["steps_done"] >= 2, found.stderr


def damaged_checkpoints(w: World) -> None:
    """A damaged file is named and the whole checkpoint before it is offered; going on from there
    gives the same bytes.
    """
    run = w.fresh("run")
    shutil.copytree(EXPECTED["run"], run)
    config = w.config(output=run)
    names = sorted(
        (p.name for p in (run / "checkpoints").iterdir()), key=lambda n: int(n.split("-")[1])
    )
    for file in ("optimizer.safetensors", "adapter_model.safetensors"):
        path = run / "checkpoints" / names[-1] / file
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        refused = w.train(config, "--resume")
        assert (
            refused.returncode == CHECKPOINT
            and file in refused.stderr
            and "--resume-from " + names[-2] in refused.stderr
            and len(errors(refused.stderr)) == 1
        ), refused.stderr
    refused = w.train(config, "--resume-from", "step-99")
    assert refused.returncode == USAGE and names[-2] in errors(refused.stderr)[0], refused.stderr
    assert w.train(config, "--resume-from", names[-2]).returncode == DONE
    assert adapter_bytes(run) == EXPECTED["adapter"] and steps(run) == list(range(1, 13)), steps(
        run
    )


def keeps_checkpoints(w: World) -> None:
    """The newest, as many as asked, and the best; `last` and `best` name them, and the best can be
    what is written.
    """
    config = w.config(loop={"keep_checkpoints": 1, "write": "best"})
    assert w.train(config).returncode == DONE
    run = output_of(config)
    validated = {
        line["step"]: line["validation_loss"] for line in metrics(run) if "validation_loss" in line
    }
    best = min(validated, key=validated.get)
    assert (run / "best").read_text() == f"step-{best}\n" and (
        run / "last"
    ).read_text() == "step-12\n"
    assert {p.name for p in (run / "checkpoints").iterdir()} == {f"step-{best}", "step-12"}
    assert (run / "adapter/adapter_model.safetensors").read_bytes() == (
        run / f"checkpoints/step-{best}/adapter_model.safetensors"
    ).read_bytes()


def file_size_limit(w: World) -> None:
    """A checkpoint that cannot be written: one sentence, the last one whole; with the limit gone
    the run goes on to the same bytes.
    """
    config = w.config()
    run = output_of(config)
    process = w.start(config)
    assert wait_for(process, lambda: (run / "checkpoints/step-2/state.json").exists()), (
        process.communicate()
    )
    resource.prlimit(
        process.pid, resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY)
    )  # the optimizer's state is larger
    out, err = process.communicate(timeout=60)
    assert (
        process.returncode == DATA
        and len(errors(err)) == 1
        and "File too large" in errors(err)[0]
        and "could not be saved" in errors(err)[0]
    ), (process.returncode, err)
    assert not list((run / "checkpoints").glob("*.partial")) and not list(
        (run / "checkpoints").glob(".*.partial")
    ), "half a checkpoint was left"
    assert w.train(config, "--resume").returncode == DONE
    assert adapter_bytes(run) == EXPECTED["adapter"]


def full_and_read_only_disks(w: World) -> None:
    """A full disk and one that turns read-only, on a small file system of the check's own."""
    script = (
        "mount -t tmpfs -o size={size} tmpfs {at} && {{ {python} {self} --bin {bin} --inside "
        "{how} {base} {at}; }}"
    )
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0:
        return print("        skipped: needs user namespaces (unshare -rm)", flush=True)
    for how, size in (("full", "1m"), ("read-only", "8m")):
        at = w.fresh("disk")
        at.mkdir()
        done = subprocess.run(
            [
                "unshare",
                "-rm",
                "sh",
                "-c",
                script.format(
                    size=size,
                    at=at,
                    python=sys.executable,
                    self=__file__,
                    bin=w.binaries,
                    how=how,
                    base=w.root,
                ),
            ],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"{how}: {done.stdout}{done.stderr}"


def inside(binaries: Path, how: str, root: Path, disk: Path) -> int:
    """Within the name space of its own mount."""
    w = World.__new__(World)
    w.binaries, w.root, w.number, w.data, w.base = (
        binaries.resolve(),
        root,
        1000,
        root / "data",
        root / "base",
    )
    config = w.config(
        output=disk / "run",
        loop={"keep_checkpoints": 100, "checkpoint_every": 1, "validate_pages": 0},
    )
    run = disk / "run"
    process = w.start(config)
    if how == "read-only":
        assert wait_for(process, lambda: (run / "checkpoints/step-2/state.json").exists()), (
            process.communicate()
        )
        subprocess.run(
            ["mount", "-o", "remount,ro", str(disk)], capture_output=True
        )  # busy files allowing
    out, err = process.communicate(timeout=60)
    if how == "read-only" and process.returncode == DONE:
        return print("skipped: the file system could not be made read-only under the run") or 0
    expected = "No space left" if how == "full" else "Read-only"
    assert process.returncode == DATA and len(errors(err)) == 1 and expected in errors(err)[0], (
        process.returncode,
        err,
    )
    found = w.call("inspect", run, "--json")
    assert found.returncode == DONE and json.loads(found.stdout)["steps_done"] >= 1, found.stderr
    return 0


def vanished_data(w: World) -> None:
    """Recordings that vanish: the run stops with its state saved, or waits for them as
    loop.retry_seconds says.
    """
    away = w.root / "away"
    for retry in (0, 60):
        config = w.config(
            batch={"workers": 0}, loop={"retry_seconds": retry, "checkpoint_every": 0}
        )
        run = output_of(config)
        process = w.start(config)
        assert wait_for(process, lambda: lines(run) >= 2), process.communicate()
        os.rename(w.data / "records100", away)
        try:
            if retry == 0:
                out, err = process.communicate(timeout=60)
                assert (
                    process.returncode == DATA
                    and len(errors(err)) == 1
                    and "which is saved" in errors(err)[0]
                ), (process.returncode, err)
            else:
                time.sleep(1)
                assert process.poll() is None, process.communicate()
        finally:
            os.rename(away, w.data / "records100")
        if retry == 0:
            assert w.train(config, "--resume").returncode == DONE
        else:
            out, err = process.communicate(timeout=60)
            assert process.returncode == DONE and "trying again" in err, (process.returncode, err)
        assert adapter_bytes(run) == EXPECTED["adapter"] and steps(run) == list(range(1, 13)), (
            f"retry_seconds {retry}"
        )


def losses_that_are_not_finite(w: World) -> None:
    """They are skipped and counted; too many in a row stop the run with the samples' numbers.
    Nothing is validated or saved of such weights.
    """
    config = w.config(
        compute={"dtype": "fp16"},
        lora={"alpha": 1e6},
        optimizer={"lr": 10, "clip": 0, "warmup_ratio": 0},
        loop={"max_skipped_in_a_row": 3, "checkpoint_every": 0, "validate_every": 0},
    )
    done = w.train(config)
    run = output_of(config)
    assert (
        done.returncode == NUMERICS
        and len(errors(done.stderr)) == 1
        and "3 steps in a row, the last with samples " in errors(done.stderr)[0]
    ), (done.returncode, done.stderr)
    warned = [line for line in metrics(run) if line.get("warning") == "not_finite"]
    assert len(warned) == 3 and all("samples " in line["message"] for line in warned), warned
    assert [line["skipped"] for line in metrics(run) if "lr" in line][-3:] == [True] * 3, metrics(
        run
    )
    assert not (run / "adapter").exists() and not (run / "last").exists(), (
        "weights that are not finite were saved"
    )


def stops_early(w: World) -> None:
    """Without a better validation by min_delta, patience runs out; AUROC of a few labels is
    validated and can be what is best.
    """
    config = w.config(loop={"steps": 60, "validate_every": 2, "patience": 2, "min_delta": 1e5})
    done = w.train(config)
    run = output_of(config)
    assert (
        done.returncode == DONE
        and steps(run)[-1] == 6
        and "stopped early after step 6" in done.stderr
    ), done.stderr
    assert w.train(config, "--resume").returncode == DONE and steps(run)[-1] == 6, (
        "a run that stopped early went on"
    )
    config = w.config(
        loop={
            "steps": 4,
            "validate_every": 2,
            "best_by": "auroc",
            "validate_auroc_labels": ["NORM", "MI"],
            "validate_auroc_records": 6,
        }
    )
    assert w.train(config).returncode == DONE
    found = [line for line in metrics(output_of(config)) if "validation_auroc" in line]
    assert len(found) == 2 and set(found[0]["auroc"]) == {"NORM", "MI"}, found
    refused = w.train(w.config(loop={"validate_auroc_labels": ["NORN"]}))
    assert refused.returncode == USAGE and "'NORM'" in errors(refused.stderr)[0], refused.stderr
    refused = w.train(w.config(loop={"patience": 2, "validate_every": 0}))
    assert refused.returncode == USAGE and "loop.validate_every" in errors(refused.stderr)[0], (
        refused.stderr
    )


def long_answers_are_told(w: World) -> None:
    """Answers that the length limit cuts off are counted before training."""
    checklist = {"ask": "checklist"}
    longest = json.loads((EXPECTED["run"] / "data.json").read_text())["training"][0]["longest"]
    config = w.config(
        data=checklist, batch={"max_tokens": longest + 20, "too_long": "cut"}, loop={"steps": 1}
    )
    done = w.train(config)
    assert done.returncode == DONE and "are cut off" in done.stderr, done.stderr
    told = json.loads((output_of(config) / "data.json").read_text())["training"][0]
    assert told["cut"] == told["samples"] == told["records"] > 0, told
    refused = w.train(w.config(data=checklist, batch={"max_tokens": longest + 20}))
    assert (
        refused.returncode == USAGE
        and f"batch.max_tokens {longest + 20}" in errors(refused.stderr)[0]
    ), refused.stderr


def dry_run(w: World) -> None:
    config = w.config()
    done = w.train(config, "--dry-run")
    assert done.returncode == DONE and not output_of(config).exists(), done.stderr
    loss = next(line["loss"] for line in metrics(EXPECTED["run"]) if "loss" in line)
    assert (
        f"loss {loss:.4f}" in done.stdout
        and "all steps   about" in done.stdout
        and "MiB at the most" in done.stdout
    ), done.stdout


def changed_config_is_told(w: World) -> None:
    run = w.fresh("run")
    shutil.copytree(EXPECTED["run"], run)
    done = w.train(w.config(output=run, loop={"steps": 14}, batch={"workers": 0}), "--resume")
    assert (
        done.returncode == DONE
        and "loop.steps 14, where the run was started with 12" in done.stderr
        and "batch.workers" not in done.stderr
    ), done.stderr


def validation_takes_no_more_memory(w: World) -> None:
    """Validation asks all labels where training draws one, of more records, and labels' AUROC and
    answers: the peak stays that of training alone.
    """
    peaks = []
    for asked in ({"valid_folds": []}, {"valid_folds": [8, 9]}):
        config = w.config(
            batch={"images": 16, "questions": 1, "workers": 0},
            data={"labels": "all", "train_folds": [1, 2, 3, 4, 5, 6, 7], **asked},
            loop={
                "steps": 4,
                "validate_every": 1,
                "validate_auroc_labels": ["NORM", "AFIB"] if asked["valid_folds"] else [],
            },
        )
        done = w.train(config)
        assert done.returncode == DONE, done.stderr
        said = re.search(r"peak memory: tensors ([0-9.]+) (KiB|MiB|GiB)", done.stderr)
        peaks.append(float(said[1]) * {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}[said[2]])
    assert peaks[1] <= 1.01 * peaks[0], (
        f"peak memory of tensors: {peaks[0]:.0f} bytes without validation, {peaks[1]:.0f} with it"
    )


CHECKS = [
    whole_run,
    validation_takes_no_more_memory,
    workers_change_nothing,
    signals_save,
    second_signal_leaves,
    damaged_checkpoints,
    keeps_checkpoints,
    file_size_limit,
    full_and_read_only_disks,
    vanished_data,
    losses_that_are_not_finite,
    stops_early,
    long_answers_are_told,
    dry_run,
    changed_config_is_told,
]


def main() -> int:
    parser = options_of(__doc__, "only checks whose name contains this, after the first")
    parser.add_argument("--inside", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return inside(
            options.bin, options.inside[0], Path(options.inside[1]), Path(options.inside[2])
        )
    with work_folder("check_training") as root:
        return run_checks(World(options.bin, root), CHECKS, options.only, always=[whole_run])


if __name__ == "__main__":
    sys.exit(main())
