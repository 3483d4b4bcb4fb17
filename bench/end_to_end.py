"""The whole way of a model on a small machine: load, train, be killed and resume, evaluate, ask,
merge, extract. Called by bench/llama_11b.sh; prints a table in Markdown.

The base is random, of Llama-3.2-11B-Vision's exact shape, or tiny. Adapters of rank 64 stand on all
520 linears of the layers of both towers; a step sees one page and two questions. The run that is
killed after its first checkpoint and resumed must give the bytes of the run that was not.
"""

import argparse
import filecmp
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import random_base
from stages import Stages, available_gib

LABELS = "NORM,AFIB"
QUESTION = "Does this ECG show atrial fibrillation?"
GIB = 2**30
DISK = {"11b": 46, "tiny": 0.5}  # GiB: base 20, codes 5 and runs 14, or merged model 20
MEMORY = {"11b": 16, "tiny": 1}  # GiB that must be available


class Bench:
    TIMES = ("README.md", "cost.json")  # files of a run that state how long it took

    def __init__(self, options):
        self.size, self.bin, self.work = options.size, options.bin.resolve(), options.work.resolve()
        self.stages = Stages(self.work / "results", options.cores)
        self.base, self.data, self.cache = (self.work / x for x in ("base", "data", "cache"))
        self.whole, self.killed = self.work / "run-whole", self.work / "run-killed"
        self.adapter, self.merged = self.work / "adapter", self.work / "merged"
        self.tuned, self.extracted = self.whole / "adapter", self.work / "extracted"
        self.steps = 2 if self.size == "11b" else 4  # time enough to be killed in
        self.load_program = self.bin / "bench_load"

    def tool(self, name):
        return self.bin / f"ecg-lora-{name}"

    def plan(self, *words):
        return [self.tool("plan"), *words, "--json"]

    def make_inputs(self):
        if not self.base.exists():
            if self.size == "11b":
                writer = ["python3", Path(random_base.__file__), "--shape", "11b"]
                command = [*writer, "--bin", self.bin, "--out", self.base]
            else:
                command = [self.tool("synth"), "model", "--out", self.base, "--dtype", "bf16"]
            self.stages.file("write the base").unlink(missing_ok=True)
            self.stages.run("write the base", command)
        if not self.data.exists():
            subprocess.run(
                [self.tool("synth"), "data", "--out", self.data, "--patients", "60"],
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def config(self, kind, output, **more):
        values = {
            "model": str(self.base),
            "output": str(output),
            "compute": {
                "device": "cpu",
                "dtype": "bf16",
                "base_quantisation": "nf4",
                "quantised_cache": str(self.cache),
            },
            "data": {"root": str(self.data), "labels": LABELS},
            **more,
        }
        path = self.work / f"{kind}-{output.name}.json"
        path.write_text(json.dumps(values, indent=1))
        return path

    def train_config(self, output):
        batch = {"images": 1, "questions": 2, "workers": 0}
        loop = {
            "steps": self.steps,
            "checkpoint_every": 1,
            "activation_checkpointing": "all",
            "validate_pages": 0,
        }
        data = {"root": str(self.data), "labels": LABELS, "valid_folds": []}
        return self.config(
            "train",
            output,
            batch=batch,
            loop=loop,
            data=data,
            lora={"rank": 64, "alpha": 128},
            optimizer={"lr": 0.01},
        )

    def load(self):
        quantised = [self.load_program, self.base, "--base-quantisation", "nf4"]
        cached = [*quantised, "--quantised-cache", self.cache]
        self.stages.run("load as NF4", quantised)
        self.stages.run("load as NF4, write the cache", cached)
        self.stages.run("load from the cache", cached)

    def train(self):
        config, other = self.train_config(self.whole), self.train_config(self.killed)
        train = [self.tool("train"), "--config"]
        plan = self.plan("--config", config)
        self.stages.run("train --dry-run", [*train, config, "--dry-run"], plan)
        whole = f"train, {self.steps} steps"
        if not self.stages.done(whole):
            shutil.rmtree(self.whole, ignore_errors=True)
        self.stages.run(whole, [*train, config], plan)
        if not self.stages.done("train, killed"):
            shutil.rmtree(self.killed, ignore_errors=True)
        first = self.killed / "last"  # names the first checkpoint as soon as it counts
        self.stages.run("train, killed", [*train, other], plan, first.exists)
        self.stages.run("train --resume", [*train, other, "--resume"], plan)
        if not self.stages.done("compare"):
            self.compare()

    def compare(self):
        """Adapter and last checkpoint of both runs, file by file; then only the adapter is kept."""
        compared = 0
        for part in ("adapter", f"checkpoints/step-{self.steps}"):
            files = sorted(
                p.relative_to(self.whole)
                for p in (self.whole / part).rglob("*")
                if p.is_file() and p.name not in self.TIMES
            )
            assert files, f"no files in {self.whole / part}"
            for file in files:
                if not filecmp.cmp(self.whole / file, self.killed / file, shallow=False):
                    raise SystemExit(
                        f"error: {file} of the resumed run has other bytes than that "
                        f"of the run that was not killed; see {self.killed}"
                    )
                compared += 1
        os.replace(self.whole / "adapter", self.adapter)
        self.stages.keep("compare", {"files": compared})
        for run in (self.whole, self.killed):
            shutil.rmtree(run)

    def ask(self):
        scores = self.work / "scores"
        data = {"root": str(self.data), "labels": LABELS, "valid_folds": []}
        config = self.config(
            "eval",
            scores,
            data=data,
            adapter=str(self.adapter),
            resamples=20,
            score={"linear": False},
            batch={"images": 1, "workers": 0},
        )
        if not self.stages.done("eval --limit 2"):
            shutil.rmtree(scores, ignore_errors=True)
        self.stages.run(
            "eval --limit 2",
            [self.tool("eval"), "--config", config, "--limit", "2"],
            self.plan("--config", config),
        )
        record = min(self.data.glob("records100/*/*.hea")).with_suffix("")
        how = ["--dtype", "bf16", "--base-quantisation", "nf4", "--device", "cpu"]
        model = ["--model", self.base, "--adapter", self.adapter]
        self.stages.run(
            "predict",
            [
                self.tool("predict"),
                *model,
                *how,
                "--quantised-cache",
                self.cache,
                "--record",
                record,
                "--question",
                QUESTION,
                "--probabilities",
                "--max-new-tokens",
                "8",
            ],
            self.plan("--for", "predict", *model, *how, "--rows", "1", "--max-new-tokens", "8"),
        )
        shutil.rmtree(self.cache, ignore_errors=True)  # the merged model needs its space

    def merge(self):
        if self.stages.done("extract"):
            return
        if not self.stages.done("merge --verify"):
            shutil.rmtree(self.merged, ignore_errors=True)
        which = ["--adapter", self.adapter, "--verify"]
        self.stages.run(
            "merge --verify",
            [self.tool("merge"), "--base", self.base, *which, "--out", self.merged],
            self.plan("--for", "merge", "--model", self.base, *which),
        )
        shutil.rmtree(self.extracted, ignore_errors=True)
        rank = "64" if self.size == "11b" else "8"
        tuned = ["--tuned", self.merged, "--rank", rank]
        self.stages.run(
            "extract",
            [self.tool("extract"), "--base", self.base, *tuned, "--out", self.extracted],
            self.plan("--for", "extract", "--model", self.base, *tuned),
        )
        shutil.rmtree(self.merged)


def check_room(bench):
    """Refuses before anything is written if disk or memory cannot be enough."""
    bench.work.mkdir(parents=True, exist_ok=True)
    have = sum(p.stat().st_size for p in bench.work.rglob("*") if p.is_file())
    free = (shutil.disk_usage(bench.work).free + have) / GIB
    if free < DISK[bench.size]:
        raise SystemExit(
            f"error: {bench.work} has {free:.1f} GiB of disk free, expected "
            f"{DISK[bench.size]}; name a folder on another disk"
        )
    if (memory := available_gib()) < MEMORY[bench.size]:
        raise SystemExit(
            f"error: {memory:.1f} GiB of memory are available, expected "
            f"{MEMORY[bench.size]}; end other programs"
        )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, help="folder for all files")
    parser.add_argument("--bin", type=Path, default=Path("build/bin"))
    parser.add_argument("--size", choices=["11b", "tiny"], default="11b")
    parser.add_argument("--cores", type=int, default=2)
    bench = Bench(parser.parse_args())
    check_room(bench)
    bench.make_inputs()
    bench.load()
    bench.train()
    bench.ask()
    bench.merge()
    print(bench.stages.table())
    print(
        "\nThe run that was killed and resumed gave the bytes of the run that was not: "
        f"{bench.stages.result('compare')['files']} files."
    )
    # Of the tiny model, most of the memory is that of libraries.
    if bench.size == "11b" and (wrong := bench.stages.badly_planned()):
        print(f"error: the plan is more than a tenth off: {', '.join(wrong)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
