"""Runs the built executables end to end on a tiny synthetic model and data set, then feeds them bad input.

    python3 tests/tools/check_tools.py --bin build/bin [--only NAME] [--keep FOLDER]

Bad input must give exactly one line on stderr that names the culprit, the exit code of its kind, and nothing under the
final name. Standard library only. Exits 1 where any check fails.
"""

import argparse
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

DONE, USAGE, DATA, CHECKPOINT, INTERRUPTED = 0, 2, 3, 4, 75  # base/error.h
SHAPE = {"tile_size": 56, "patch_size": 28, "vision_width": 32, "vision_heads": 2, "vision_mlp": 64, "local_layers": 2, "global_layers": 1,
         "kept_layers": [0, 1], "text_width": 32, "heads": 4, "kv_heads": 2, "text_mlp": 64, "text_layers": 3, "cross_layers": [1],
         "vocabulary": 512}
QUESTION = "Does this ECG show myocardial infarction?"


class World:
    """The executables and the products that the checks share, made once by the chain of commands."""

    def __init__(self, binaries: Path, root: Path):
        self.binaries, self.root, self.number = binaries, root, 0
        self.data, self.base, self.run = root / "data", root / "base", root / "run"
        self.adapter, self.merged, self.scores = self.run / "adapter", root / "merged", root / "eval"
        self.record = self.data / "records100/00000/00001_lr"

    def call(self, *words):
        command = [self.binaries / "ecg-lora", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "OMP_NUM_THREADS": "1"})

    def ok(self, *words) -> str:
        done = self.call(*words)
        assert done.returncode == DONE, f"{words[0]} left with {done.returncode}: {done.stderr}"
        return done.stdout

    def refused(self, code: int, mentions: str, *words, absent: Path | None = None) -> str:
        """Bad input: one error line that mentions the culprit, this exit code, and neither `absent` nor its temporary."""
        done = self.call(*words)
        errors = [line for line in done.stderr.splitlines() if "error: " in line]
        others = [line for line in done.stderr.splitlines() if line not in errors and "] info: " not in line]
        assert done.returncode == code, f"exit code {done.returncode} instead of {code}: {done.stderr}"
        assert len(errors) == 1 and not others, f"expected one sentence on stderr, got: {done.stderr}"
        assert mentions in errors[0], f"the error does not mention {mentions!r}: {errors[0]}"
        assert "internal error" not in errors[0], errors[0]
        if absent is not None:
            assert not absent.exists(), f"{absent} was left behind"
            left = [p for p in absent.parent.rglob("*.partial")] if absent.parent.exists() else []
            assert not left, f"temporaries were left behind: {left}"
        return errors[0]

    def inspect(self, *words) -> dict:
        return json.loads(self.ok("inspect", *words, "--json"))

    def fresh(self, name: str) -> Path:
        """A new name in a new folder, so that whatever is written beside it is seen."""
        self.number += 1
        folder = self.root / f"case{self.number}"
        folder.mkdir()
        return folder / name

    def copy(self, source: Path) -> Path:
        target = self.fresh(source.name)
        shutil.copytree(source, target)
        return target

    def config(self, kind: str, **changes) -> Path:
        """A config of train or eval with top-level keys changed; sections are merged."""
        values = {"model": str(self.base), "compute": {"device": "cpu", "threads": 1}, "data": {"root": str(self.data)},
                  "batch": {"images": 4, "workers": 0}, "output": str(self.fresh("out"))}
        if kind == "train":
            values.update(lora={"rank": 4, "alpha": 16}, optimizer={"lr": 0.01}, loop={"steps": 4, "checkpoint_every": 2})
            values["batch"]["questions"] = 3
        else:
            values.update(adapter=str(self.adapter), resamples=20)
        for key, value in changes.items():
            values[key] = {**values[key], **value} if isinstance(value, dict) and isinstance(values.get(key), dict) else value
        path = self.fresh(f"{kind}.json")
        path.write_text(json.dumps(values, indent=1))
        return path


def cut(path: Path, keep: float) -> None:
    """Truncates a file to a share of its size."""
    os.truncate(path, int(path.stat().st_size * keep))


def output_of(config: Path) -> Path:
    return Path(json.loads(config.read_text())["output"])


# The chain: each product is made from those before it.


def chain_synth(w: World) -> None:
    w.ok("synth", "data", "--out", w.data, "--patients", 30, "--seed", 5)
    shape = w.root / "shape.json"
    shape.write_text(json.dumps(SHAPE))
    w.ok("synth", "model", "--out", w.base, "--shape", shape, "--seed", 6)
    data, base = w.inspect(w.data), w.inspect(w.base)
    assert data["records"] == sum(f["records"] for f in data["folds"]) == 60 and data["patients"] == 30, data
    assert data["waveforms_100_Hz"]["records_complete"] == 60, data
    assert base["tensors"]["complete"] and base["vision_tower"]["width"] == 32 and base["decoder"]["layers"] == 3, base
    assert base["tokenizer"]["kind"].startswith("sentencepiece") and base["tokenizer"]["vocabulary"] == 512, base
    assert base["image_processor"]["tile_px"] == 56 and base["weights"]["dtype"] == ["fp32"], base


def chain_train(w: World) -> None:
    config = w.config("train", output=str(w.run))
    resolved = w.inspect(config)
    assert resolved["kind"] == "config of train" and resolved["resolved"]["lora"]["rank"] == 4, resolved
    assert resolved["resolved"]["optimizer"]["beta2"] == 0.999, "defaults are not resolved"
    told = w.ok("train", "--config", config, "--dry-run")
    assert "steps       4" in told and not w.run.exists(), told
    w.ok("train", "--config", config)
    steps = [json.loads(line) for line in (w.run / "metrics.jsonl").read_text().splitlines()]
    losses = [line["loss"] for line in steps if "loss" in line]
    assert len(losses) == 4 and all(math.isfinite(x) for x in losses), losses
    run = w.inspect(w.run)
    assert run["steps_done"] == 4 and run["finished"] and run["newest_checkpoint"] == "step-4", run


def chain_adapter(w: World) -> None:
    adapter = w.inspect(w.adapter, "--fits", w.base)
    assert adapter["rank"] == 4 and adapter["alpha"] == 16 and adapter["scale"] == 4 and adapter["base"] == str(w.base), adapter
    assert adapter["parameters"] == sum(t["parameters"] for t in adapter["targets"]) == 11520, adapter
    assert sum(t["modules"] for t in adapter["targets"]) == adapter["modules"] == 39, adapter
    assert adapter["fit"]["fits"] is True, adapter


def chain_merge(w: World) -> None:
    w.ok("merge", "--base", w.base, "--adapter", w.adapter, "--out", w.merged)
    merged, base = w.inspect(w.merged), w.inspect(w.base)
    assert merged["tensors"]["complete"] and merged["parameters"] == base["parameters"], merged
    assert (w.merged / "model.safetensors").read_bytes() != (w.base / "model.safetensors").read_bytes(), "the merge changed nothing"


def chain_predict(w: World) -> None:
    """The adapter on its base and the merged model give the same probability."""
    ask = ("--record", w.record, "--question", QUESTION, "--probabilities", "--device", "cpu", "--max-tokens", 4)
    found = []
    for model in (("--model", w.base, "--adapter", w.adapter), ("--model", w.merged), ("--model", w.base)):
        found.append(float(w.ok("predict", *model, *ask).split("P(yes)")[1]))
    assert all(0 <= p <= 1 for p in found), found
    assert abs(found[0] - found[1]) <= 1e-4, f"adapter {found[0]}, merged {found[1]}"  # printed with four digits


def chain_eval(w: World) -> None:
    config = w.config("eval", output=str(w.scores))
    assert w.inspect(config)["kind"] == "config of eval"
    w.ok("eval", "--config", config)
    predictions = [json.loads(line) for line in (w.scores / "predictions.jsonl").read_text().splitlines()]
    assert len(predictions) % 5 == 0 and len(predictions) > 0, f"{len(predictions)} predictions of 5 superclasses"
    assert json.loads((w.scores / "scores.json").read_text()), "scores.json is empty"


def chain_inspect_text(w: World) -> None:
    """The text tells what the JSON does."""
    for path, words in ((w.base, ["vision tower", "172,919", "fp32"]), (w.adapter, ["rank", "11,520", "q_proj"]), (w.data, ["records", "superclass", "MI"]),
                        (w.run, ["run of train", "step-4", "optimizer.beta2"])):
        text = w.ok("inspect", path)
        for word in words:
            assert word in text, f"{word!r} is not in the description of {path}:\n{text}"


CHAIN = [chain_synth, chain_train, chain_adapter, chain_merge, chain_predict, chain_eval, chain_inspect_text]

# Bad input.


def truncated_safetensors(w: World) -> None:
    for keep in (0.0, 0.001, 0.5, 0.999):
        base = w.copy(w.base)
        cut(base / "model.safetensors", keep)
        w.refused(CHECKPOINT, "model.safetensors", "inspect", base)
        config = w.config("train", model=str(base))
        w.refused(CHECKPOINT, "model.safetensors", "train", "--config", config, absent=output_of(config))
        out = w.fresh("merged")
        w.refused(CHECKPOINT, "model.safetensors", "merge", "--base", base, "--adapter", w.adapter, "--out", out, absent=out)
    adapter = w.copy(w.adapter)
    cut(adapter / "adapter_model.safetensors", 0.5)
    out = w.fresh("merged")
    w.refused(CHECKPOINT, "adapter_model.safetensors", "merge", "--base", w.base, "--adapter", adapter, "--out", out, absent=out)
    w.refused(CHECKPOINT, "adapter_model.safetensors", "predict", "--model", w.base, "--adapter", adapter, "--record", w.record, "--question", QUESTION)


def tensor_missing(w: World) -> None:
    """A checkpoint whose header renames one tensor: one missing, one unexpected."""
    base = w.copy(w.base)
    weights = base / "model.safetensors"
    content = weights.read_bytes()
    assert content.count(b"layernorm_pre.bias") == 1
    weights.write_bytes(content.replace(b"layernorm_pre.bias", b"layernorm_pre.bios"))
    done = w.call("inspect", base, "--json")
    tensors = json.loads(done.stdout)["tensors"]
    assert done.returncode == CHECKPOINT and not tensors["complete"], done
    assert tensors["missing"] == ["vision_model.layernorm_pre.bias"] and tensors["unexpected"] == ["vision_model.layernorm_pre.bios"], tensors
    config = w.config("train", model=str(base))
    w.refused(CHECKPOINT, "layernorm_pre.bias", "train", "--config", config, absent=output_of(config))


def tensor_misshaped(w: World) -> None:
    base = w.copy(w.base)
    config = json.loads((base / "config.json").read_text())
    config["text_config"]["intermediate_size"] += 1
    (base / "config.json").write_text(json.dumps(config))
    done = w.call("inspect", base, "--json")
    assert done.returncode == CHECKPOINT and len(json.loads(done.stdout)["tensors"]["misshaped"]) == 9, done  # 3 MLPs of 3 linears
    w.refused(CHECKPOINT, "mis-shaped", "predict", "--model", base, "--record", w.record, "--question", QUESTION)


def truncated_config(w: World) -> None:
    for kind in ("train", "eval"):
        config = w.config(kind)
        out = output_of(config)
        cut(config, 0.6)
        w.refused(USAGE, config.name, kind, "--config", config, absent=out)
        w.refused(USAGE, config.name, "inspect", config)


def unknown_key(w: World) -> None:
    config = w.config("train", optimizer={"learning": 1, "warmup_step": 3})
    message = w.refused(USAGE, "optimizer.warmup_steps", "train", "--config", config, absent=output_of(config))
    assert "optimizer.learning" in message, f"not every unknown key is named: {message}"
    w.refused(USAGE, "optimizer.learning", "inspect", config)


def wrong_type(w: World) -> None:
    for kind, key, value in (("train", "loop", {"steps": "many"}), ("train", "data", {"train_folds": 3}), ("eval", "resamples", 1.5), ("train", "lora", 4),
                             ("train", "seed", -1)):
        config = w.config(kind, **{key: value})
        w.refused(USAGE, key, kind, "--config", config, absent=output_of(config))
        w.refused(USAGE, key, "inspect", config)


def impossible_value(w: World) -> None:
    cases = (("lora.rank", 0), ("optimizer.lr", -1), ("data.sampling_rate", 250), ("data.train_folds", [11]), ("compute.dtype", "fp7"), ("data.labels", "NOSUCH"),
             ("lora.text", ["lm_head"]), ("lora.text", ["q_proj_typo"]), ("loop.trainable", "some"), ("model", ""))
    for key, value in cases:
        config = w.config("train")
        w.refused(USAGE, str(value[0]) if key == "lora.text" else "NOSUCH" if value == "NOSUCH" else key, "train", "--config", config, "--set",
                  f"{key}={json.dumps(value)}", absent=output_of(config))


def bad_command_line(w: World) -> None:
    for words in (["trian"], ["train", "--no-such-option"], ["train"], ["merge", "--base", "x"], ["synth", "data"], ["inspect"], ["predict", "--model", w.base]):
        done = w.call(*words)
        assert done.returncode == USAGE and done.stderr.strip() and not done.stdout, f"{words}: {done}"
    w.refused(USAGE, "--image", "predict", "--model", w.base, "--question", QUESTION)


def other_architecture(w: World) -> None:
    base = w.copy(w.base)
    config = json.loads((base / "config.json").read_text())
    (base / "config.json").write_text(json.dumps({**config, "model_type": "llama"}))
    train, out = w.config("train", model=str(base)), w.fresh("merged")
    w.refused(CHECKPOINT, "mllama", "inspect", base)
    w.refused(CHECKPOINT, "mllama", "train", "--config", train, absent=output_of(train))
    w.refused(CHECKPOINT, "mllama", "merge", "--base", base, "--adapter", w.adapter, "--out", out, absent=out)
    w.refused(CHECKPOINT, "mllama", "predict", "--model", base, "--record", w.record, "--question", QUESTION)


def adapter_of_another_base(w: World) -> None:
    for change, culprit in (({"text_mlp": 96}, "mlp"), ({"text_layers": 2}, "layers.2")):
        shape, other, out = w.fresh("shape.json"), w.fresh("other"), w.fresh("merged")
        shape.write_text(json.dumps({**SHAPE, **change}))
        w.ok("synth", "model", "--out", other, "--shape", shape)
        message = w.refused(CHECKPOINT, "does not fit", "inspect", w.adapter, "--fits", other)
        assert culprit in message, message
        w.refused(CHECKPOINT, culprit, "merge", "--base", other, "--adapter", w.adapter, "--out", out, absent=out)
        w.refused(CHECKPOINT, culprit, "predict", "--model", other, "--adapter", w.adapter, "--record", w.record, "--question", QUESTION)
        config = w.config("eval", model=str(other))
        w.refused(CHECKPOINT, culprit, "eval", "--config", config, absent=output_of(config) / "predictions.jsonl")


def adapter_not_lora(w: World) -> None:
    for change in ({"peft_type": "IA3"}, {"use_dora": True}, {"r": "four"}, {"r": 0}, {"modules_to_save": ["lm_head"]}):
        adapter, out = w.copy(w.adapter), w.fresh("merged")
        file = adapter / "adapter_config.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
        w.refused(CHECKPOINT, "adapter_config.json", "inspect", adapter)
        w.refused(CHECKPOINT, "adapter_config.json", "merge", "--base", w.base, "--adapter", adapter, "--out", out, absent=out)


def missing_files(w: World) -> None:
    nowhere, out = w.root / "nowhere", w.fresh("merged")
    w.refused(USAGE, "nowhere", "train", "--config", nowhere)
    w.refused(DATA, "nowhere", "inspect", nowhere)
    w.refused(CHECKPOINT, "nowhere", "merge", "--base", nowhere, "--adapter", w.adapter, "--out", out, absent=out)
    w.refused(CHECKPOINT, "nowhere", "merge", "--base", w.base, "--adapter", nowhere, "--out", out, absent=out)
    w.refused(DATA, "nowhere", "predict", "--model", w.base, "--record", nowhere, "--question", QUESTION)
    w.refused(DATA, "nowhere", "predict", "--model", w.base, "--image", nowhere, "--question", QUESTION)
    for changes, code in (({"model": str(nowhere)}, CHECKPOINT), ({"data": {"root": str(nowhere)}}, DATA)):
        config = w.config("train", **changes)
        w.refused(code, "nowhere", "train", "--config", config, absent=output_of(config))
    for name in ("model.safetensors", "tokenizer.model", "preprocessor_config.json", "config.json"):
        base = w.copy(w.base)
        (base / name).unlink()
        w.refused(CHECKPOINT, name, "inspect", base)
        config = w.config("train", model=str(base))
        w.refused(CHECKPOINT, "tokenizer.json" if name == "tokenizer.model" else name, "train", "--config", config, absent=output_of(config))


def damaged_json_of_a_model(w: World) -> None:
    for name in ("config.json", "preprocessor_config.json"):
        base = w.copy(w.base)
        cut(base / name, 0.5)
        w.refused(CHECKPOINT, name, "inspect", base)
        w.refused(CHECKPOINT, name, "predict", "--model", base, "--record", w.record, "--question", QUESTION)
    adapter = w.copy(w.adapter)
    cut(adapter / "adapter_config.json", 0.5)
    w.refused(CHECKPOINT, "adapter_config.json", "inspect", adapter)


def neither_of_these(w: World) -> None:
    text, empty = w.fresh("notes.txt"), w.fresh("empty")
    text.write_text("hello\n")
    empty.mkdir()
    w.refused(USAGE, "notes.txt", "inspect", text)
    w.refused(USAGE, "empty", "inspect", empty)
    w.refused(USAGE, "--fits", "inspect", w.base, "--fits", w.base)


def truncated_waveform(w: World) -> None:
    data = w.copy(w.data)
    record = data / "records100/00000/00001_lr"
    cut(record.with_suffix(".dat"), 0.5)
    w.refused(DATA, "00001_lr", "predict", "--model", w.base, "--record", record, "--question", QUESTION)
    for file in data.rglob("*.dat"):
        cut(file, 0.5)
    config = w.config("train", data={"root": str(data)})
    w.refused(DATA, "_lr", "train", "--config", config, absent=output_of(config))
    evaluation = w.config("eval", data={"root": str(data)})
    w.refused(DATA, "_lr", "eval", "--config", evaluation, absent=output_of(evaluation) / "predictions.jsonl")


def missing_waveform(w: World) -> None:
    data = w.copy(w.data)
    (data / "records100/00000/00007_lr.dat").unlink()
    done = w.call("inspect", data, "--json")
    files = json.loads(done.stdout)["waveforms_100_Hz"]
    assert done.returncode == DATA and files["missing"] == ["records100/00000/00007_lr.dat"] and files["records_complete"] == 59, done
    w.refused(DATA, "00007_lr", "predict", "--model", w.base, "--record", data / "records100/00000/00007_lr", "--question", QUESTION)


def bad_csv(w: World) -> None:
    def damage(change):
        data = w.copy(w.data)
        file = data / "ptbxl_database.csv"
        file.write_text(change(file.read_text()))
        w.refused(DATA, "ptbxl_database.csv", "inspect", data)
        config = w.config("train", data={"root": str(data)})
        w.refused(DATA, "ptbxl_database.csv", "train", "--config", config, absent=output_of(config))

    damage(lambda text: "")
    damage(lambda text: text.replace("strat_fold", "fold", 1))  # a column is missing
    damage(lambda text: text.replace("\n", ",surplus\n", 2).replace(",surplus", "", 1))  # a row with a cell too many
    damage(lambda text: text[: text.index('"{') + 5])  # ends within quotes
    damage(lambda text: text.replace("'NORM': 100.0", "'NORM': lots", 1))
    damage(lambda text: text.replace("\n1,", "\nfirst,", 1))


def bad_predictions(w: World) -> None:
    config, file = w.config("eval"), w.fresh("predictions.jsonl")
    shutil.copy(w.scores / "predictions.jsonl", file)
    cut(file, 0.5)
    w.refused(DATA, "predictions.jsonl", "eval", "--config", config, "--score-only", file, absent=output_of(config) / "scores.json")


def existing_output(w: World) -> None:
    def untouched(code_words, folder):
        before = {p: p.stat().st_mtime_ns for p in folder.rglob("*")}
        w.refused(USAGE, str(folder), *code_words)
        assert before == {p: p.stat().st_mtime_ns for p in folder.rglob("*")}, f"{folder} was changed"

    untouched(("train", "--config", w.config("train", output=str(w.run))), w.run)
    untouched(("eval", "--config", w.config("eval", output=str(w.scores))), w.scores)
    untouched(("merge", "--base", w.base, "--adapter", w.adapter, "--out", w.merged), w.merged)
    untouched(("synth", "data", "--out", w.data, "--patients", 20), w.data)
    untouched(("synth", "model", "--out", w.base), w.base)


def resume_without_a_run(w: World) -> None:
    config = w.config("train")
    w.refused(USAGE, "--resume", "train", "--config", config, "--resume", absent=output_of(config))


def damaged_checkpoint_of_a_run(w: World) -> None:
    run = w.copy(w.run)
    weights = run / "checkpoints/step-4/adapter_model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    w.refused(CHECKPOINT, "step-2", "train", "--config", w.config("train", output=str(run)), "--resume")


def sigint_leaves_a_checkpoint_to_resume(w: World) -> None:
    """Interrupted and resumed, a run ends with the very adapter of one that was not interrupted."""
    steps = 60
    config = w.config("train", loop={"steps": steps, "checkpoint_every": 0})
    out = output_of(config)
    process = subprocess.Popen([w.binaries / "ecg-lora", "train", "--config", config], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env={**os.environ, "OMP_NUM_THREADS": "1"})
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        if (out / "metrics.jsonl").exists() and (out / "metrics.jsonl").read_text().count("\n") >= 2:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == INTERRUPTED, f"left with {process.returncode}: {errors}"
    assert errors.count("error: ") == 1 and "--resume" in errors, errors
    done = w.inspect(out)["steps_done"]
    assert 2 <= done < steps and not (out / "adapter").exists(), done
    assert not list(out.rglob("*.partial")), "temporaries were left behind"
    w.ok("train", "--config", config, "--resume")
    whole = w.config("train", loop={"steps": steps, "checkpoint_every": 0})
    w.ok("train", "--config", whole)
    resumed, straight = (path / "adapter/adapter_model.safetensors" for path in (out, output_of(whole)))
    assert resumed.read_bytes() == straight.read_bytes(), f"the resumed run (from step {done}) ends elsewhere than the uninterrupted one"
    logged = [json.loads(line)["step"] for line in (out / "metrics.jsonl").read_text().splitlines() if '"loss"' in line]
    assert logged == list(range(1, steps + 1)), logged


def full_disk(w: World) -> None:
    """Needs a file system of its own: a tmpfs of 256 KiB in a mount namespace. Skipped where that is not allowed."""
    disk = w.fresh("disk")
    disk.mkdir()
    mount = f'mount -t tmpfs -o size=256k none "{disk}" && '
    wrap = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if shutil.which("unshare") is None or subprocess.run([*wrap, mount + "true"], capture_output=True).returncode != 0:
        print("        skipped: no tmpfs can be mounted here")
        return
    commands = {"synth": f'synth data --patients 30 --out "{disk}/x"', "merge": f'merge --base "{w.base}" --adapter "{w.adapter}" --out "{disk}/x"',
                "model": f'synth model --out "{disk}/x"'}
    for name, words in commands.items():
        script = mount + f'"{w.binaries}/ecg-lora" {words}; code=$?; ls -A "{disk}"; exit $code'
        done = subprocess.run([*wrap, script], capture_output=True, text=True, timeout=60)
        errors = [line for line in done.stderr.splitlines() if "error: " in line]
        assert done.returncode == DATA and len(errors) == 1 and "No space left" in errors[0], f"{name}: {done}"
        assert not done.stdout.strip(), f"{name} left {done.stdout}"


BAD_INPUT = [truncated_safetensors, tensor_missing, tensor_misshaped, truncated_config, unknown_key, wrong_type, impossible_value, bad_command_line,
             other_architecture, adapter_of_another_base, adapter_not_lora, missing_files, damaged_json_of_a_model, neither_of_these, truncated_waveform,
             missing_waveform, bad_csv, bad_predictions, existing_output, resume_without_a_run, damaged_checkpoint_of_a_run,
             sigint_leaves_a_checkpoint_to_resume, full_disk]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument("--only", help="of the bad input, only checks whose name contains this")
    parser.add_argument("--keep", type=Path, help="work in this new folder and keep it")
    options = parser.parse_args()
    root = options.keep or Path(tempfile.mkdtemp(prefix="check_tools."))
    root.mkdir(parents=True, exist_ok=True)
    world, failed = World(options.bin.resolve(), root.resolve()), []
    try:
        for check in CHAIN + [c for c in BAD_INPUT if not options.only or options.only in c.__name__]:
            start = time.monotonic()
            try:
                check(world)
                print(f"ok      {check.__name__} ({time.monotonic() - start:.1f} s)", flush=True)
            except Exception:
                failed.append(check.__name__)
                print(f"FAILED  {check.__name__}\n{traceback.format_exc()}", flush=True)
                if check in CHAIN:
                    break
    finally:
        if not options.keep:
            shutil.rmtree(root, ignore_errors=True)
    print(f"{len(failed)} failed: {', '.join(failed)}" if failed else "all passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
