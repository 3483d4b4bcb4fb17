#!/usr/bin/env python3
"""Evaluation and prediction by several processes give the bytes of one: on labels, on tasks in
words, on pages; resumed with another number of processes; with a process that dies, and a record
that is broken.

    python tests/distributed/check_shared.py --bin build/bin
"""

import argparse
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from launching import Processes, errors, torchrun, wait_until

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from small_world import CHOICE, make_data, make_model, record_item


class World:
    def __init__(self, binaries: Path, root: Path):
        self.bin, self.root, self.data, self.model = binaries, root, root / "data", root / "model"
        make_data(binaries, self.data, 30, seed=5)
        make_model(binaries, self.model, seed=6)
        self.records = sorted(path.with_suffix("") for path in self.data.rglob("*_lr.hea"))
        self.tasks = self.questions()

    def questions(self) -> Path:
        folder = self.root / "tasks"
        folder.mkdir()
        for name, question, answer in (
            ("reports", "Write the report.", "sinus rhythm. normal ecg."),
            ("csn-test", CHOICE, "A. sinus rhythm"),
        ):
            (folder / f"{name}.json").write_text(
                json.dumps([record_item(i, name, question, answer) for i in range(1, 12)])
            )
        return folder

    def eval(self, out: Path, data: Path | None = None, **more) -> list:
        pairs = {
            "model": self.model,
            "output": out,
            "data.root": data or self.data,
            "data.train_folds": "[1]",
            "data.valid_folds": "[2,3,4,5,6,7,8,9]",
            "data.sampling_rate": 100,
            "batch.images": 1,
            "batch.workers": 1,
            "compute.threads": 1,
            "compute.device": "cpu",
            "resamples": 0,
            **more,
        }
        (self.root / "eval.json").write_text("{}")
        return [
            self.bin / "ecg-lora-eval",
            "--config",
            self.root / "eval.json",
            *(word for key, value in pairs.items() for word in ("--set", f"{key}={value}")),
        ]

    def asking(self, out: Path) -> list:
        return self.eval(
            out,
            **{
                "tasks.files": json.dumps([str(self.tasks)]),
                "tasks.max_new_tokens": 12,
                "batch.images": 2,
            },
        )

    def predict(self, pages, *more) -> list:
        return [
            self.bin / "ecg-lora-predict",
            "--model",
            self.model,
            "--device",
            "cpu",
            "--record",
            *pages,
            "--question",
            "Is this ECG normal?",
            "--question",
            "What is the rhythm?",
            "--probabilities",
            "--max-new-tokens",
            8,
            "--temperature",
            1,
            "--seed",
            3,
            *more,
        ]


def predictions(out: Path) -> bytes:
    assert not (out / "predictions.jsonl.unfinished").exists()
    return (out / "predictions.jsonl").read_bytes()


def unfinished(out: Path) -> int:
    path = out / "predictions.jsonl.unfinished"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def check_evaluation(w: World, name: str, command) -> bytes:
    """1 process; 2 as Slurm starts them; 4 under torchrun, with scores."""
    whole, [told, *_] = w.root / f"{name}1", Processes(command(w.root / f"{name}1"), 1).finish()[0]
    two, four = w.root / f"{name}2", w.root / f"{name}4"
    said, logs = Processes(command(two), 2, slurm=True).finish()
    assert said[1] == logs[1] == "" and said[0] == told.replace(str(whole), str(two)), (
        said,
        logs[1],
    )
    assert "2 processes share the" in logs[0] and logs[0].count("asking: ") == 1, logs[0]
    torchrun(command(four), 4)
    expected = predictions(whole)
    assert predictions(two) == expected and predictions(four) == expected, (
        f"{name}: predictions differ"
    )
    again = w.root / f"{name}-again"
    said, _ = Processes(command(again) + ["--score-only", two / "predictions.jsonl"], 2).finish()
    assert str(again) in said[0] and said[1] == "", said
    scores = [json.loads((out / "scores.json").read_text()) for out in (whole, two, four)]
    for one in scores:
        one.pop("provenance")
    assert scores[0] == scores[1] == scores[2], f"{name}: scores differ"
    part = "tasks" if "tasks" in scores[0] else "labels"
    assert json.loads((again / "scores.json").read_text())[part] == scores[0][part], (
        f"{name}: scored again, scores differ"
    )
    print(f"{name}: {len(expected.splitlines())} lines, the same bytes from 1, 2 and 4 processes")
    return expected


def check_resuming(w: World, name: str, command, expected: bytes) -> None:
    """Killed at random moments with 4, 2 and 3 processes, gone on by 1, after a torn line.

    Each time the file is cut back to fewer lines, as an earlier kill leaves it: however fast the
    machine is, the next processes have something left to be killed in.
    """
    out, rng = w.root / f"{name}-killed", random.Random()
    for ranks in (4, 2, 3):
        before = unfinished(out)
        processes = Processes(command(out) + ["--predict-only"], ranks)
        more = before + rng.randint(1, max(2, len(expected.splitlines()) // 6))
        wait_until(
            lambda: unfinished(out) >= more,
            processes,
            f"{ranks} processes did not come to {more} lines",
        )
        processes.kill()
        unfinished_file = out / "predictions.jsonl.unfinished"
        header, kept = unfinished_file.read_bytes().split(b"\n", 1)
        whole = kept[: kept.rfind(b"\n") + 1]
        assert name != "labels" or expected.startswith(whole), (
            f"what {ranks} processes left is no beginning of the whole"
        )
        few = whole.splitlines(keepends=True)[: rng.randint(0, len(expected.splitlines()) // 3)]
        unfinished_file.write_bytes(header + b"\n" + b"".join(few) + b'{"ecg_id":1,"pat')
    Processes(command(out) + ["--predict-only"], 1).finish()
    assert predictions(out) == expected, f"{name}: a resumed run gives other predictions"
    print(f"{name}: killed with 4, 2 and 3 processes and gone on by 1: the same bytes")


def check_death(w: World, expected: bytes) -> None:
    """Each rank in turn is killed; the others say which one, leave, and can be gone on with."""
    for victim in (1, 0):
        out = w.root / f"dead{victim}"
        processes = Processes(w.eval(out), 3)
        wait_until(lambda: unfinished(out) >= 5, processes, "the evaluation did not begin")
        killed = time.time()
        processes.all[victim].kill()
        for rank in {0, 1, 2} - {victim}:
            _, text = processes.all[rank].communicate(timeout=60)
            said = errors(text)
            assert processes.all[rank].returncode == 75 and len(said) == 1, (
                processes.all[rank].returncode,
                text,
            )
            assert f"rank {rank} of 3 lost the others: rank {victim}" in said[0], said
        took = time.time() - killed
        assert took < 15, f"the others stayed for {took:.1f} s"
        print(f"rank {victim} of 3 killed: the others named it and left after {took:.1f} s")
        Processes(w.eval(out), 2).finish()
        assert predictions(out) == expected


def check_request(w: World, expected: bytes) -> None:
    """One process that is asked to stop ends all, with one message."""
    out = w.root / "asked"
    processes = Processes(w.eval(out), 3)
    wait_until(lambda: unfinished(out) >= 5, processes, "the evaluation did not begin")
    processes.all[2].send_signal(signal.SIGTERM)
    _, logs = processes.finish(75)
    assert [len(errors(log)) for log in logs] == [1, 0, 0] and "goes on from here" in errors(
        logs[0]
    )[0], logs
    Processes(w.eval(out), 2).finish()
    assert predictions(out) == expected
    print("one of 3 asked to stop: all left with code 75 and one message")


def check_hang(w: World, expected: bytes) -> None:
    """The first rank hangs, with the store of all: the others leave when they are asked to."""
    out = w.root / "hung"
    processes = Processes(w.eval(out), 3)
    wait_until(lambda: unfinished(out) >= 5, processes, "the evaluation did not begin")
    processes.all[0].send_signal(signal.SIGSTOP)
    time.sleep(1)
    asked = time.time()
    for rank in (1, 2):
        processes.all[rank].send_signal(signal.SIGTERM)
    for rank in (1, 2):
        _, text = processes.all[rank].communicate(timeout=60)
        assert processes.all[rank].returncode == 75 and len(errors(text)) == 1, (
            processes.all[rank].returncode,
            text,
        )
    took = time.time() - asked
    processes.kill()
    assert took < 20, f"the others stayed for {took:.1f} s"
    Processes(w.eval(out), 2).finish()
    assert predictions(out) == expected
    print(f"the first of 3 hangs: the others left {took:.1f} s after they were asked to")


def check_broken_record(w: World) -> None:
    """The same code, message and answers as with one process."""
    data = w.root / "broken-data"
    shutil.copytree(w.data, data)
    (data / w.records[20].relative_to(w.data)).with_suffix(".dat").write_bytes(b"short")
    left, said = [], []
    for ranks in (1, 3):
        out = w.root / f"broken{ranks}"
        _, logs = Processes(w.eval(out, data), ranks).finish(3)
        assert [len(errors(log)) for log in logs] == [1] + [0] * (ranks - 1), logs
        left.append((out / "predictions.jsonl.unfinished").read_bytes().split(b"\n", 1)[1])
        said.append(errors(logs[0]))
    assert left[0] == left[1] != b"" and said[0] == said[1], (said, [len(x) for x in left])
    _, logs = Processes(w.eval(w.root / "nothing", w.root / "no-such-data"), 2).finish(3)
    assert [len(errors(log)) for log in logs] == [1, 0] and not (w.root / "nothing").exists(), logs
    for command in (w.eval, w.asking):
        _, logs = Processes(command(w.root / "unequal"), 2, more=["--limit", "3"]).finish(2)
        assert "rank 1 was given other things than rank 0 (limit" in errors(logs[0])[
            0
        ] and not errors(logs[1]), logs
    print(
        "a broken record: 1 and 3 processes say the same, "
        f"after {len(left[0].splitlines())} answers"
    )


def check_pages(w: World) -> None:
    """Answers in words, sampled, in the order of pages; a page that cannot be read; too few."""
    pages = [*w.records[:3], w.root / "absent", *w.records[3:6]]
    for more in (("--format", "json"), ()):
        [expected], [log] = Processes(w.predict(pages, *more), 1).finish(3)
        for ranks in (2, 4):
            said, logs = Processes(w.predict(pages, *more), ranks).finish(3)
            assert said == [expected] + [""] * (ranks - 1), said
            assert [errors(one) for one in logs] == [errors(log)] + [[]] * (ranks - 1), logs
    [expected], _ = Processes(w.predict(w.records[:5], "--format", "json"), 1).finish()
    assert torchrun(w.predict(w.records[:5], "--format", "json"), 2) == expected
    [expected], _ = Processes(w.predict(w.records[:1]), 1).finish()
    assert Processes(w.predict(w.records[:1]), 3).finish()[0] == [expected, "", ""]
    print("pages: the same bytes from 1, 2, 3 and 4 processes")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        w = World(args.bin.resolve(), Path(folder))
        expected = check_evaluation(w, "labels", w.eval)
        check_resuming(w, "labels", w.eval, expected)
        check_resuming(w, "tasks", w.asking, check_evaluation(w, "tasks", w.asking))
        check_death(w, expected)
        check_request(w, expected)
        check_hang(w, expected)
        check_broken_record(w)
        check_pages(w)


main()
