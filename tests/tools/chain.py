"""The chain of commands: each product is made from those before it."""

import json
import math

from small_world import make_data, make_model
from world import QUESTION, World


def chain_synth(w: World) -> None:
    make_data(w.binaries, w.data, 30, seed=5)
    make_model(w.binaries, w.base, seed=6)
    data, base = w.inspect(w.data), w.inspect(w.base)
    assert (
        data["records"] == sum(f["records"] for f in data["folds"]) == 60 and data["patients"] == 30
    ), data
    assert data["waveforms_100_Hz"]["records_complete"] == 60, data
    assert (
        base["tensors"]["complete"]
        and base["vision_tower"]["width"] == 32
        and base["decoder"]["layers"] == 3
    ), base
    assert (
        base["tokenizer"]["kind"].startswith("sentencepiece")
        and base["tokenizer"]["vocabulary"] == 512
    ), base
    assert base["image_processor"]["tile_px"] == 56 and base["weights"]["dtype"] == ["fp32"], base


def chain_train(w: World) -> None:
    config = w.config("train", output=str(w.run))
    resolved = w.inspect(config)
    assert resolved["kind"] == "config of train" and resolved["resolved"]["lora"]["rank"] == 4, (
        resolved
    )
    assert resolved["resolved"]["optimizer"]["beta2"] == 0.999, "defaults are not resolved"
    told = w.ok("train", "--config", config, "--dry-run")
    assert "steps       4" in told and not w.run.exists(), told
    w.ok("train", "--config", config)
    steps = [json.loads(line) for line in (w.run / "metrics.jsonl").read_text().splitlines()]
    losses = [line["loss"] for line in steps if "loss" in line]
    assert len(losses) == 4 and all(math.isfinite(x) for x in losses), losses
    run = w.inspect(w.run)
    assert run["steps_done"] == 4 and run["finished"] and run["newest_checkpoint"] == "step-4", run


def chain_label_without_record(w: World) -> None:
    """A label that the user names and no record states is asked all the same, and one warning says
    that each answer is No.
    """
    data = w.copy(w.data)
    lines = (data / "scp_statements.csv").read_text().splitlines()
    stated, unstated = lines[1].split(",")[0], "NOBODY"
    (data / "scp_statements.csv").write_text(
        "\n".join([*lines, lines[1].replace(stated, unstated, 1)]) + "\n"
    )
    config = w.config(
        "train",
        output=str(w.fresh("none")),
        data={"root": str(data), "labels": f"{stated},{unstated}"},
    )
    done = w.call("train", "--config", config, "--dry-run")
    told = [line for line in done.stderr.splitlines() if "every answer about them is No" in line]
    assert done.returncode == 0 and len(told) == 1 and told[0].endswith(f": {unstated}"), (
        done.stderr
    )
    config = w.config(
        "train", output=str(w.fresh("none")), data={"root": str(data), "labels": unstated}
    )
    w.refused(
        3, f"no record with a label of set '{unstated}'", "train", "--config", config, "--dry-run"
    )


def chain_adapter(w: World) -> None:
    adapter = w.inspect(w.adapter, "--fits", w.base)
    assert (
        adapter["rank"] == 4
        and adapter["alpha"] == 16
        and adapter["scale"] == 4
        and adapter["base"] == str(w.base)
    ), adapter
    assert adapter["parameters"] == sum(t["parameters"] for t in adapter["targets"]) == 11520, (
        adapter
    )
    assert sum(t["modules"] for t in adapter["targets"]) == adapter["modules"] == 39, adapter
    assert adapter["fit"]["fits"] is True, adapter


def chain_merge(w: World) -> None:
    w.ok("merge", "--base", w.base, "--adapter", w.adapter, "--out", w.merged)
    merged, base = w.inspect(w.merged), w.inspect(w.base)
    assert merged["tensors"]["complete"] and merged["parameters"] == base["parameters"], merged
    assert (w.merged / "model.safetensors").read_bytes() != (
        w.base / "model.safetensors"
    ).read_bytes(), "the merge changed nothing"


def chain_predict(w: World) -> None:
    """The adapter on its base and the merged model give the same probability."""
    ask = (
        "--record",
        w.record,
        "--question",
        QUESTION,
        "--probabilities",
        "--device",
        "cpu",
        "--max-new-tokens",
        4,
    )
    found = []
    for model in (
        ("--model", w.base, "--adapter", w.adapter),
        ("--model", w.merged),
        ("--model", w.base),
    ):
        found.append(float(w.ok("predict", *model, *ask).split("P(yes)")[1]))
    assert all(0 <= p <= 1 for p in found), found
    assert abs(found[0] - found[1]) <= 1e-4, (
        f"adapter {found[0]}, merged {found[1]}"
    )  # printed with four digits


def chain_eval(w: World) -> None:
    config = w.config("eval", output=str(w.scores))
    assert w.inspect(config)["kind"] == "config of eval"
    w.ok("eval", "--config", config)
    predictions = [
        json.loads(line) for line in (w.scores / "predictions.jsonl").read_text().splitlines()
    ]
    assert len(predictions) % 5 == 0 and len(predictions) > 0, (
        f"{len(predictions)} predictions of 5 superclasses"
    )
    scores, page = (
        json.loads((w.scores / "scores.json").read_text()),
        (w.scores / "report.html").read_text(),
    )
    assert {"sex", "age", "site", "device", "signal quality"} == {
        g["grouping"] for g in scores["subgroups"]
    } and scores["sample"] == "", scores["subgroups"]
    assert {
        "model_sha256",
        "adapter_sha256",
        "data_sha256",
        "predictions_sha256",
        "version",
        "config",
    } <= set(scores["provenance"]), scores["provenance"]
    assert page.count("data:image/png;base64,") >= 1 and "http" not in page, (
        "the worst errors have no pages, or the page names the network"
    )


def chain_score_only(w: World) -> None:
    """Scoring again gives the same; a sample is marked wherever its predictions go."""
    again, few, third = (w.fresh(name) for name in ("again", "few", "third"))
    w.ok(
        "eval",
        "--config",
        w.config("eval", output=str(again)),
        "--score-only",
        w.scores / "predictions.jsonl",
    )
    first, second = (
        json.loads((folder / "scores.json").read_text()) for folder in (w.scores, again)
    )
    assert all(
        first[key] == second[key] for key in ("macro", "labels", "sets", "calibration", "subgroups")
    ), "scoring again gives other scores"
    told = w.ok("eval", "--config", w.config("eval", output=str(few)), "--limit", 8)
    assert "SAMPLE ONLY: --limit 8" in told, told
    told = w.ok(
        "eval",
        "--config",
        w.config("eval", output=str(third)),
        "--score-only",
        few / "predictions.jsonl",
    )
    assert (
        "SAMPLE ONLY: --limit 8" in told
        and "Sample only: --limit 8" in (third / "report.html").read_text()
    ), told


def chain_compare(w: World) -> None:
    """A run compared with itself differs in nothing."""
    out = w.fresh("compared")
    told = w.ok("compare", w.scores, w.scores, "--out", out, "--resamples", 20)
    assert "minus" in told, told
    difference = json.loads((out / "compare.json").read_text())["differences"][0]
    assert (
        difference["macro"]["auroc"]["difference"] == 0 and difference["macro"]["auroc"]["p"] == 1
    ), difference["macro"]
    assert "http" not in (out / "compare.html").read_text()


def chain_inspect_text(w: World) -> None:
    """The text tells what the JSON does."""
    for path, words in (
        (w.base, ["vision tower", "172,919", "fp32"]),
        (w.adapter, ["rank", "11,520", "q_proj"]),
        (w.data, ["records", "superclass", "MI"]),
        (w.run, ["run of train", "step-4", "optimizer.beta2"]),
    ):
        text = w.ok("inspect", path)
        for word in words:
            assert word in text, f"{word!r} is not in the description of {path}:\n{text}"


CHAIN = [
    chain_synth,
    chain_train,
    chain_label_without_record,
    chain_adapter,
    chain_merge,
    chain_predict,
    chain_eval,
    chain_score_only,
    chain_compare,
    chain_inspect_text,
]
