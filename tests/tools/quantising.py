"""Training, evaluation and merging on a quantised base, and the memory plan."""

import json

from world import QUESTION, USAGE, World


def quantised_training(w: World) -> None:
    """Both formats train, the adapter says so, and what is made of it names it."""
    for kind in ("nf4", "int8"):
        run = w.fresh(kind)
        compute = {"base_quantisation": kind, "keep_dense": ["multi_modal_projector"]}
        w.ok(
            "train",
            "--config",
            w.config(
                "train",
                output=str(run),
                compute=compute,
                loop={"steps": 2, "activation_checkpointing": "all"},
            ),
        )
        losses = [
            json.loads(line)["loss"]
            for line in (run / "metrics.jsonl").read_text().splitlines()
            if "grad_norm" in line
        ]
        assert len(losses) == 2 and all(0 < x < 100 for x in losses), losses
        log = (run / "log.txt").read_text()
        assert "peak memory: tensors" in log, log
        assert w.inspect(run / "adapter")["base_quantisation"] == kind
        config = json.loads((run / "adapter/adapter_config.json").read_text())
        assert not [key for key in config if "quant" in key], config
        assert f"quantised to {kind}" in (run / "adapter/README.md").read_text()

        scores = w.fresh("scores")
        w.ok(
            "eval",
            "--config",
            w.config("eval", output=str(scores), adapter=str(run / "adapter"), compute=compute),
            "--limit",
            4,
            "--predict-only",
        )
        lines = [
            json.loads(line) for line in (scores / "predictions.jsonl").read_text().splitlines()
        ]
        assert lines, "no predictions"

        merged, report = w.fresh("merged"), w.fresh("report.json")
        told = w.ok(
            "merge",
            "--base",
            w.base,
            "--adapter",
            run / "adapter",
            "--out",
            merged,
            "--report",
            report,
        )
        assert f"quantised to {kind}" in told and "full-precision" in told, told
        assert json.loads(report.read_text())["adapters"][0]["base_quantisation"] == kind
        assert (
            f"quantised to {kind}; merged here into the base's full-precision weights"
            in (merged / "README.md").read_text()
        )
    assert w.inspect(w.adapter)["base_quantisation"] == "none"


def quantised_prediction(w: World) -> None:
    found = {}
    for kind in ("none", "nf4", "int8"):
        told = w.ok(
            "predict",
            "--model",
            w.base,
            "--record",
            w.record,
            "--question",
            QUESTION,
            "--probabilities",
            "--device",
            "cpu",
            "--max-new-tokens",
            2,
            "--base-quantisation",
            kind,
        )
        found[kind] = float(told.split("P(yes)")[1])
    assert abs(found["int8"] - found["none"]) < 0.02 and abs(found["nf4"] - found["none"]) < 0.2, (
        found
    )


def quantised_refusals(w: World) -> None:
    for changes, mentions in (
        ({"lora": {"init": "pissa"}}, "pissa"),
        ({"loop": {"trainable": "full"}}, "quantised"),
        ({"compute": {"keep_dense": ["visoin.*"]}}, "visoin.*"),
        ({"compute": {"base_quantisation": "nf5"}}, "nf5"),
    ):
        compute = {"base_quantisation": "nf4", **changes.pop("compute", {})}
        out = w.fresh("refused")
        w.refused(
            USAGE,
            mentions,
            "train",
            "--config",
            w.config("train", output=str(out), compute=compute, **changes),
            absent=out,
        )


def memory_plan(w: World) -> None:
    config = w.config("train")
    plan = json.loads(w.ok("plan", "--config", config, "--json"))
    parts = [sum(plan["weights"].values())] + [
        plan[key]
        for key in ("adapters", "gradients", "optimizer", "batch", "activations", "workspace")
    ]
    assert sum(parts) == plan["total"], plan
    assert plan["weights"] == {
        "quantised": 0,
        "dense": w.inspect(w.base)["parameters"][-1]["parameters"] * 4,
    }, plan["weights"]
    assert plan["adapters"] == 4 * 11520 and plan["optimizer"] == 2 * plan["adapters"], plan
    assert plan["batch_shape"]["rows"] == 12 and plan["batch_shape"]["images"] == 4, plan[
        "batch_shape"
    ]
    given = json.loads(
        w.ok(
            "plan",
            "--config",
            config,
            "--rows",
            12,
            "--tokens",
            plan["batch_shape"]["tokens"],
            "--answers",
            plan["batch_shape"]["answers"],
            "--text-tokens",
            plan["batch_shape"]["text_tokens"],
            *(["--masked"] if plan["batch_shape"]["masked"] else []),
            "--json",
        )
    )
    assert plan["batch_shape"]["text_tokens"] <= 12 * plan["batch_shape"]["tokens"], plan[
        "batch_shape"
    ]
    assert given["total"] == plan["total"], (given, plan)
    small = w.ok("plan", "--config", config, "--device-memory", 0.001, "--tflops", 0.1)
    assert (
        "does NOT fit" in small
        and "compute.base_quantisation=nf4" in small
        and "TFLOP a step" in small
    ), small
    assert "fits" in w.ok(
        "plan", "--config", config, "--device-memory", 8, "--set", "compute.base_quantisation=nf4"
    )
    w.refused(USAGE, "--rows and --tokens", "plan", "--config", config, "--rows", 4)
    w.refused(
        USAGE,
        "--text-tokens is 33, expected at most the 32",
        "plan",
        "--config",
        config,
        "--rows",
        4,
        "--tokens",
        8,
        "--text-tokens",
        33,
    )
    w.refused(USAGE, "--text-tokens and --masked", "plan", "--config", config, "--masked")


QUANTISING = [quantised_training, quantised_prediction, quantised_refusals, memory_plan]
