"""Bad input: exactly one line that names the culprit, the exit code of its kind, and nothing under
the final name.
"""

import json
import os
import shutil
import signal
import subprocess
import time

from small_world import SHAPE
from world import CHECKPOINT, DATA, INTERRUPTED, QUESTION, USAGE, World, cut, output_of


def truncated_safetensors(w: World) -> None:
    for keep in (0.0, 0.001, 0.5, 0.999):
        base = w.copy(w.base)
        cut(base / "model.safetensors", keep)
        w.refused(CHECKPOINT, "model.safetensors", "inspect", base)
        config = w.config("train", model=str(base))
        w.refused(
            CHECKPOINT, "model.safetensors", "train", "--config", config, absent=output_of(config)
        )
        out = w.fresh("merged")
        w.refused(
            CHECKPOINT,
            "model.safetensors",
            "merge",
            "--base",
            base,
            "--adapter",
            w.adapter,
            "--out",
            out,
            absent=out,
        )
    adapter = w.copy(w.adapter)
    cut(adapter / "adapter_model.safetensors", 0.5)
    out = w.fresh("merged")
    w.refused(
        CHECKPOINT,
        "adapter_model.safetensors",
        "merge",
        "--base",
        w.base,
        "--adapter",
        adapter,
        "--out",
        out,
        absent=out,
    )
    w.refused(
        CHECKPOINT,
        "adapter_model.safetensors",
        "predict",
        "--model",
        w.base,
        "--adapter",
        adapter,
        "--record",
        w.record,
        "--question",
        QUESTION,
    )


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
    assert tensors["missing"] == ["vision_model.layernorm_pre.bias"] and tensors["unexpected"] == [
        "vision_model.layernorm_pre.bios"
    ], tensors
    config = w.config("train", model=str(base))
    w.refused(
        CHECKPOINT, "layernorm_pre.bias", "train", "--config", config, absent=output_of(config)
    )


def tensor_misshaped(w: World) -> None:
    base = w.copy(w.base)
    config = json.loads((base / "config.json").read_text())
    config["text_config"]["intermediate_size"] += 1
    (base / "config.json").write_text(json.dumps(config))
    done = w.call("inspect", base, "--json")
    assert (
        done.returncode == CHECKPOINT and len(json.loads(done.stdout)["tensors"]["misshaped"]) == 9
    ), done  # 3 MLPs of 3 linears
    w.refused(
        CHECKPOINT,
        "mis-shaped",
        "predict",
        "--model",
        base,
        "--record",
        w.record,
        "--question",
        QUESTION,
    )


def truncated_config(w: World) -> None:
    for kind in ("train", "eval"):
        config = w.config(kind)
        out = output_of(config)
        cut(config, 0.6)
        w.refused(USAGE, config.name, kind, "--config", config, absent=out)
        w.refused(USAGE, config.name, "inspect", config)


def unknown_key(w: World) -> None:
    config = w.config("train", optimizer={"learning": 1, "warmup_step": 3})
    message = w.refused(
        USAGE, "optimizer.warmup_steps", "train", "--config", config, absent=output_of(config)
    )
    assert "optimizer.learning" in message, f"not every unknown key is named: {message}"
    w.refused(USAGE, "optimizer.learning", "inspect", config)


def wrong_type(w: World) -> None:
    for kind, key, value in (
        ("train", "loop", {"steps": "many"}),
        ("train", "data", {"train_folds": 3}),
        ("eval", "resamples", 1.5),
        ("train", "lora", 4),
        ("train", "seed", -1),
    ):
        config = w.config(kind, **{key: value})
        w.refused(USAGE, key, kind, "--config", config, absent=output_of(config))
        w.refused(USAGE, key, "inspect", config)


def impossible_value(w: World) -> None:
    cases = (
        ("lora.rank", 0),
        ("optimizer.lr", -1),
        ("data.sampling_rate", 250),
        ("data.train_folds", [11]),
        ("compute.dtype", "fp7"),
        ("data.labels", "NOSUCH"),
        ("lora.text", ["lm_head"]),
        ("lora.text", ["q_proj_typo"]),
        ("loop.trainable", "some"),
        ("model", ""),
    )
    for key, value in cases:
        config = w.config("train")
        w.refused(
            USAGE,
            str(value[0]) if key == "lora.text" else "NOSUCH" if value == "NOSUCH" else key,
            "train",
            "--config",
            config,
            "--set",
            f"{key}={json.dumps(value)}",
            absent=output_of(config),
        )


def bad_command_line(w: World) -> None:
    for words in (
        ["trian"],
        ["train", "--no-such-option"],
        ["train"],
        ["merge", "--base", "x"],
        ["synth", "data"],
        ["inspect"],
        ["predict", "--model", w.base],
    ):
        done = w.call(*words)
        assert done.returncode == USAGE and done.stderr.strip() and not done.stdout, (
            f"{words}: {done}"
        )
    w.refused(USAGE, "--image", "predict", "--model", w.base, "--question", QUESTION)


def other_architecture(w: World) -> None:
    base = w.copy(w.base)
    config = json.loads((base / "config.json").read_text())
    (base / "config.json").write_text(json.dumps({**config, "model_type": "llama"}))
    train, out = w.config("train", model=str(base)), w.fresh("merged")
    w.refused(CHECKPOINT, "mllama", "inspect", base)
    w.refused(CHECKPOINT, "mllama", "train", "--config", train, absent=output_of(train))
    w.refused(
        CHECKPOINT,
        "mllama",
        "merge",
        "--base",
        base,
        "--adapter",
        w.adapter,
        "--out",
        out,
        absent=out,
    )
    w.refused(
        CHECKPOINT,
        "mllama",
        "predict",
        "--model",
        base,
        "--record",
        w.record,
        "--question",
        QUESTION,
    )


def adapter_of_another_base(w: World) -> None:
    for change, culprit in (({"text_mlp": 96}, "mlp"), ({"text_layers": 2}, "layers.2")):
        shape, other, out = w.fresh("shape.json"), w.fresh("other"), w.fresh("merged")
        shape.write_text(json.dumps({**SHAPE, **change}))
        w.ok("synth", "model", "--out", other, "--shape", shape)
        message = w.refused(CHECKPOINT, "does not fit", "inspect", w.adapter, "--fits", other)
        assert culprit in message, message
        w.refused(
            CHECKPOINT,
            culprit,
            "merge",
            "--base",
            other,
            "--adapter",
            w.adapter,
            "--out",
            out,
            absent=out,
        )
        w.refused(
            CHECKPOINT,
            culprit,
            "predict",
            "--model",
            other,
            "--adapter",
            w.adapter,
            "--record",
            w.record,
            "--question",
            QUESTION,
        )
        config = w.config("eval", model=str(other))
        w.refused(
            CHECKPOINT,
            culprit,
            "eval",
            "--config",
            config,
            absent=output_of(config) / "predictions.jsonl",
        )


def adapter_not_lora(w: World) -> None:
    for change in (
        {"peft_type": "IA3"},
        {"use_dora": True},
        {"r": "four"},
        {"r": 0},
        {"modules_to_save": ["lm_head"]},
    ):
        adapter, out = w.copy(w.adapter), w.fresh("merged")
        file = adapter / "adapter_config.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
        w.refused(CHECKPOINT, "adapter_config.json", "inspect", adapter)
        w.refused(
            CHECKPOINT,
            "adapter_config.json",
            "merge",
            "--base",
            w.base,
            "--adapter",
            adapter,
            "--out",
            out,
            absent=out,
        )


def missing_files(w: World) -> None:
    nowhere, out = w.root / "nowhere", w.fresh("merged")
    w.refused(USAGE, "nowhere", "train", "--config", nowhere)
    w.refused(DATA, "nowhere", "inspect", nowhere)
    w.refused(
        CHECKPOINT,
        "nowhere",
        "merge",
        "--base",
        nowhere,
        "--adapter",
        w.adapter,
        "--out",
        out,
        absent=out,
    )
    w.refused(
        CHECKPOINT,
        "nowhere",
        "merge",
        "--base",
        w.base,
        "--adapter",
        nowhere,
        "--out",
        out,
        absent=out,
    )
    w.refused(
        DATA, "nowhere", "predict", "--model", w.base, "--record", nowhere, "--question", QUESTION
    )
    w.refused(
        DATA, "nowhere", "predict", "--model", w.base, "--image", nowhere, "--question", QUESTION
    )
    for changes, code in (
        ({"model": str(nowhere)}, CHECKPOINT),
        ({"data": {"root": str(nowhere)}}, DATA),
    ):
        config = w.config("train", **changes)
        w.refused(code, "nowhere", "train", "--config", config, absent=output_of(config))
    for name in ("model.safetensors", "tokenizer.model", "preprocessor_config.json", "config.json"):
        base = w.copy(w.base)
        (base / name).unlink()
        if name == "tokenizer.model":  # tokenizer.json alone would do
            (base / "tokenizer.json").unlink()
        w.refused(CHECKPOINT, name, "inspect", base)
        config = w.config("train", model=str(base))
        w.refused(CHECKPOINT, name, "train", "--config", config, absent=output_of(config))


def damaged_json_of_a_model(w: World) -> None:
    for name in ("config.json", "preprocessor_config.json"):
        base = w.copy(w.base)
        cut(base / name, 0.5)
        w.refused(CHECKPOINT, name, "inspect", base)
        w.refused(
            CHECKPOINT,
            name,
            "predict",
            "--model",
            base,
            "--record",
            w.record,
            "--question",
            QUESTION,
        )
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
    w.refused(
        DATA, "00001_lr", "predict", "--model", w.base, "--record", record, "--question", QUESTION
    )
    for file in data.rglob("*.dat"):
        cut(file, 0.5)
    config = w.config("train", data={"root": str(data)})
    w.refused(DATA, "_lr", "train", "--config", config, absent=output_of(config))
    evaluation = w.config("eval", data={"root": str(data)})
    w.refused(
        DATA,
        "_lr",
        "eval",
        "--config",
        evaluation,
        absent=output_of(evaluation) / "predictions.jsonl",
    )


def missing_waveform(w: World) -> None:
    data = w.copy(w.data)
    (data / "records100/00000/00007_lr.dat").unlink()
    done = w.call("inspect", data, "--json")
    files = json.loads(done.stdout)["waveforms_100_Hz"]
    assert (
        done.returncode == DATA
        and files["missing"] == ["records100/00000/00007_lr.dat"]
        and files["records_complete"] == 59
    ), done
    w.refused(
        DATA,
        "00007_lr",
        "predict",
        "--model",
        w.base,
        "--record",
        data / "records100/00000/00007_lr",
        "--question",
        QUESTION,
    )


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
    damage(
        lambda text: text.replace("\n", ",surplus\n", 2).replace(",surplus", "", 1)
    )  # a row with a cell too many
    damage(lambda text: text[: text.index('"{') + 5])  # ends within quotes
    damage(lambda text: text.replace("'NORM': 100.0", "'NORM': lots", 1))
    damage(lambda text: text.replace("\n1,", "\nfirst,", 1))


def bad_predictions(w: World) -> None:
    config, file = w.config("eval"), w.fresh("predictions.jsonl")
    shutil.copy(w.scores / "predictions.jsonl", file)
    cut(file, 0.5)
    w.refused(
        DATA,
        "predictions.jsonl",
        "eval",
        "--config",
        config,
        "--score-only",
        file,
        absent=output_of(config) / "scores.json",
    )


def bad_comparison(w: World) -> None:
    out = w.fresh("compared")
    w.refused(USAGE, "two runs", "compare", w.scores, "--out", out, absent=out)
    w.refused(
        DATA, "scores.json", "compare", w.scores, w.root / "nowhere", "--out", out, absent=out
    )
    other = w.copy(w.scores)
    lines = (other / "predictions.jsonl").read_text().splitlines()
    (other / "predictions.jsonl").write_text(
        "".join(
            json.dumps({**json.loads(line), "gold": not json.loads(line)["gold"]}) + "\n"
            for line in lines
        )
    )
    w.refused(DATA, "disagree", "compare", w.scores, other, "--out", out, absent=out)
    (other / "scores.json").write_text("{}")
    w.refused(DATA, "scores.json", "compare", w.scores, other, "--out", out, absent=out)
    (other / "predictions.jsonl").unlink()
    scores = json.loads((w.scores / "scores.json").read_text())
    (other / "scores.json").write_text(
        json.dumps(
            {
                **scores,
                "provenance": {**scores["provenance"], "predictions": str(w.root / "nowhere")},
            }
        )
    )
    w.refused(DATA, "predictions.jsonl", "compare", w.scores, other, "--out", out, absent=out)


def existing_output(w: World) -> None:
    def untouched(code_words, folder):
        before = {p: p.stat().st_mtime_ns for p in folder.rglob("*")}
        w.refused(USAGE, str(folder), *code_words)
        assert before == {p: p.stat().st_mtime_ns for p in folder.rglob("*")}, (
            f"{folder} was changed"
        )

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
    w.refused(
        CHECKPOINT, "step-2", "train", "--config", w.config("train", output=str(run)), "--resume"
    )


def sigint_leaves_a_checkpoint_to_resume(w: World) -> None:
    """Interrupted and resumed, a run ends with the very adapter of one that was not interrupted."""
    for lora in ({}, {"init": "pissa"}, {"dora": True}):
        interrupt_and_resume(w, lora)


def interrupt_and_resume(w: World, lora: dict) -> None:
    steps = 60
    config = w.config("train", loop={"steps": steps, "checkpoint_every": 0}, lora=lora)
    out = output_of(config)
    process = subprocess.Popen(
        [w.binaries / "ecg-lora", "train", "--config", config],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        if (out / "metrics.jsonl").exists() and (out / "metrics.jsonl").read_text().count(
            "\n"
        ) >= 2:
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
    whole = w.config("train", loop={"steps": steps, "checkpoint_every": 0}, lora=lora)
    w.ok("train", "--config", whole)
    resumed, straight = (
        path / "adapter/adapter_model.safetensors" for path in (out, output_of(whole))
    )
    assert resumed.read_bytes() == straight.read_bytes(), (
        f"the resumed run (from step {done}) ends elsewhere than the uninterrupted one"
    )
    logged = [
        json.loads(line)["step"]
        for line in (out / "metrics.jsonl").read_text().splitlines()
        if '"loss"' in line
    ]
    assert logged == list(range(1, steps + 1)), logged


def full_disk(w: World) -> None:
    """Needs a file system of its own: a tmpfs of 256 KiB in a mount namespace. Skipped where that
    is not allowed.
    """
    disk = w.fresh("disk")
    disk.mkdir()
    mount = f'mount -t tmpfs -o size=256k none "{disk}" && '
    wrap = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*wrap, mount + "true"], capture_output=True).returncode != 0
    ):
        print("        skipped: no tmpfs can be mounted here")
        return
    commands = {
        "synth": f'synth data --patients 30 --out "{disk}/x"',
        "merge": f'merge --base "{w.base}" --adapter "{w.adapter}" --out "{disk}/x"',
        "model": f'synth model --out "{disk}/x"',
    }
    for name, words in commands.items():
        script = mount + f'"{w.binaries}/ecg-lora" {words}; code=$?; ls -A "{disk}"; exit $code'
        done = subprocess.run([*wrap, script], capture_output=True, text=True, timeout=60)
        errors = [line for line in done.stderr.splitlines() if "error: " in line]
        assert done.returncode == DATA and len(errors) == 1 and "No space left" in errors[0], (
            f"{name}: {done}"
        )
        assert not done.stdout.strip(), f"{name} left {done.stdout}"


BAD_INPUT = [
    truncated_safetensors,
    tensor_missing,
    tensor_misshaped,
    truncated_config,
    unknown_key,
    wrong_type,
    impossible_value,
    bad_command_line,
    other_architecture,
    adapter_of_another_base,
    adapter_not_lora,
    missing_files,
    damaged_json_of_a_model,
    neither_of_these,
    truncated_waveform,
    missing_waveform,
    bad_csv,
    bad_predictions,
    bad_comparison,
    existing_output,
    resume_without_a_run,
    damaged_checkpoint_of_a_run,
    sigint_leaves_a_checkpoint_to_resume,
    full_disk,
]
