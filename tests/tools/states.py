"""Which vision states a base means, and what is refused if an adapter learned others."""

import json
from pathlib import Path

from world import CHECKPOINT, DONE, QUESTION, USAGE, World

DOUBT, OTHER = "does not say which vision states", "was trained with the vision states"


def base_with(w: World, states: str | None, layers: list[int], version: str | None = None) -> Path:
    """The base with another list, which means `states`."""
    base = w.copy(w.base)
    config = json.loads((base / "config.json").read_text())
    vision = config["vision_config"]
    assert vision.pop("vision_states") == "leaving" and len(layers) == 2, vision
    vision |= {"intermediate_layers_indices": layers} | (
        {"vision_states": states} if states else {}
    )
    config |= {"transformers_version": version} if version else {}
    (base / "config.json").write_text(json.dumps(config))
    return base


def p_yes(w: World, base: Path, *words) -> tuple[float, str]:
    """P(yes) of one question, and what was said on stderr."""
    ask = ("--record", w.record, "--question", QUESTION, "--probabilities", "--max-new-tokens", 1)
    done = w.call("predict", "--model", base, *ask, "--device", "cpu", "--format", "json", *words)
    assert done.returncode == DONE, done.stderr
    return json.loads(done.stdout)["p_yes"], done.stderr


def states_of_bases(w: World) -> None:
    """The marker counts, then the flag; an unmarked list enters, which is said if it is a guess."""
    late, said = p_yes(w, base_with(w, "leaving", [1, 1]))
    assert DOUBT not in said, said
    early, said = p_yes(w, base_with(w, "entering", [1, 1]))
    assert DOUBT not in said and abs(early - late) > 1e-6, (early, late, said)
    same, _ = p_yes(w, base_with(w, "leaving", [0, 0]))
    assert same == early, "entering layer 1 is leaving layer 0"
    for version, doubt in ((None, False), ("4.45.0.dev0", False), ("4.56.2", True), ("x", True)):
        base = base_with(w, None, [1, 1], version)
        found, said = p_yes(w, base)
        assert found == early and said.count(DOUBT) == doubt, (version, said)
        found, said = p_yes(w, base, "--vision-states", "leaving")
        assert found == late and DOUBT not in said, (version, said)
    tower = w.inspect(w.base)["vision_tower"]
    assert tower["vision_states"] == "leaving" and tower["vision_states_by"] == "the checkpoint"
    tower = w.inspect(base_with(w, None, [1, 1]), "--vision-states", "leaving")["vision_tower"]
    assert tower["vision_states"] == "leaving" and tower["vision_states_by"] == "--vision-states"
    ask = ("--record", w.record, "--question", QUESTION)
    bad = base_with(w, "late", [1, 1])
    w.refused(CHECKPOINT, "vision_states of vision_config", "predict", "--model", bad, *ask)
    done = w.call("inspect", w.base, "--vision-states", "late")
    assert done.returncode == USAGE and "--vision-states: late" in done.stderr, done.stderr


def adapters_of_other_states(w: World) -> None:
    """Refused by name in every command, unless the user chose the states."""
    found = w.inspect(w.adapter)
    assert found["vision_states"] == "leaving", found
    assert found["intermediate_layers_indices"] == [0, 1], found
    config = json.loads((w.adapter / "adapter_config.json").read_text())
    assert not [key for key in config if "states" in key], config
    base, out = base_with(w, "entering", [1, 1]), w.fresh("none")
    ask = ("--record", w.record, "--question", QUESTION)
    merge = ("merge", "--base", base, "--adapter", w.adapter, "--out", out)
    evaluation = w.config("eval", model=str(base), output=str(out))
    for words in (
        ("predict", "--model", base, "--adapter", w.adapter, *ask),
        (*merge, "--for", "meta"),
        (*merge, "--adapter", w.adapter),
    ):
        said = w.refused(CHECKPOINT, OTHER, *words, absent=out)
        assert str(w.adapter) in said and "leaving [0, 1]" in said and "entering [1, 1]" in said, (
            said
        )
    w.refused(CHECKPOINT, OTHER, "eval", "--config", evaluation, "--limit", 2)
    done = w.call("inspect", w.adapter, "--fits", base)
    assert (
        done.returncode == CHECKPOINT and "does not fit" in done.stderr and OTHER[4:] in done.stderr
    ), done.stderr
    _, said = p_yes(w, base, "--adapter", w.adapter, "--vision-states", "entering")
    assert said.count(OTHER) == 1, said
    evaluation = w.config("eval", model=str(base), vision_states="entering")
    done = w.call("eval", "--config", evaluation, "--limit", 2, "--predict-only")
    assert done.returncode == DONE and done.stderr.count(OTHER) == 1, done.stderr
    done = w.call(*merge, "--vision-states", "entering")
    assert done.returncode == DONE and done.stderr.count(OTHER) == 1, done.stderr


def states_of_exports(w: World) -> None:
    """Both forms mean the same; what a form cannot name is refused before anything is written."""
    base = base_with(w, "entering", [1, 1])
    run = w.fresh("run")
    w.ok("train", "--config", w.config("train", model=str(base), output=str(run)))
    adapter = run / "adapter"
    found = w.inspect(adapter)
    assert found["vision_states"] == "entering", found
    assert found["intermediate_layers_indices"] == [1, 1], found
    card = (adapter / "README.md").read_text()
    line = (
        'config.vision_config.update({"vision_states":"leaving",'
        '"intermediate_layers_indices":[0,0]})'
    )
    assert line in card, card
    assert "AutoConfig" not in (w.adapter / "README.md").read_text()
    expected, _ = p_yes(w, base, "--adapter", adapter)
    for name, states, layers in (("transformers", "leaving", [0, 0]), ("meta", "entering", [1, 1])):
        out, report = w.fresh(name), w.fresh("report.json")
        merge = ("merge", "--base", base, "--adapter", adapter, "--out", out, "--for", name)
        told = w.ok(*merge, "--verify", "--report", report)
        assert f"vision states {states} [{layers[0]}, {layers[1]}], for {name}" in told, told
        vision = json.loads((out / "config.json").read_text())["vision_config"]
        assert (vision["vision_states"], vision["intermediate_layers_indices"]) == (states, layers)
        assert json.loads(report.read_text())["vision_states"] == states
        assert f"vision states {states}" in (out / "README.md").read_text()
        assert abs(p_yes(w, out)[0] - expected) < 1e-5, name
    scores = w.fresh("scores")
    w.ok(
        "eval",
        "--config",
        w.config("eval", model=str(base), adapter=str(adapter), output=str(scores)),
    )
    found = json.loads((scores / "scores.json").read_text())["provenance"]
    assert (found["vision_states"], found["intermediate_layers_indices"]) == ("entering", [1, 1]), (
        found
    )
    first, none = base_with(w, "entering", [0, 1]), w.fresh("none")
    full = w.config("train", model=str(first), output=str(none), loop={"trainable": "full"})
    w.refused(USAGE, "enters local layer 0", "train", "--config", full, absent=none)
    merge = ("merge", "--adapter", adapter, "--out", none, "--vision-states", "entering", "--base")
    done = w.call(*merge, first)
    assert done.returncode == USAGE and "--for meta" in done.stderr and not none.exists(), (
        done.stderr
    )
    merge = ("merge", "--adapter", w.adapter, "--out", none, "--for", "meta", "--base", w.base)
    w.refused(USAGE, "the last", *merge, absent=none)


def states_of_full_training(w: World) -> None:
    base, run = base_with(w, "entering", [1, 1]), w.fresh("run")
    full = {"loop": {"steps": 1, "trainable": "full"}, "save_dtype": "fp32"}
    w.ok("train", "--config", w.config("train", model=str(base), output=str(run), **full))
    vision = json.loads((run / "model/config.json").read_text())["vision_config"]
    assert (vision["vision_states"], vision["intermediate_layers_indices"]) == ("leaving", [0, 0])
    extract = ("extract", "--base", base, "--rank", 2, "--ignore-others", "--tuned", run / "model")
    out = w.fresh("extracted")
    w.ok(*extract, "--out", out)
    assert w.inspect(out)["vision_states"] == "entering"
    other = w.fresh("other")
    extract = ("extract", "--base", w.base, *extract[3:], "--out", other)
    w.refused(CHECKPOINT, "vision states leaving [0, 1]", *extract, absent=other)
    done = w.call(*extract, "--vision-states", "leaving")
    assert done.returncode == DONE and "does not hold this difference" in done.stderr, done.stderr


def states_of_resumed_runs(w: World) -> None:
    run = w.fresh("run")
    w.ok("train", "--config", w.config("train", output=str(run)))
    resume = ("--resume", "--accept-changes")
    changed = w.config("train", model=str(base_with(w, "entering", [1, 1])), output=str(run))
    done = w.call("train", "--config", changed, *resume)
    assert done.returncode == CHECKPOINT, done.stderr
    assert "which was started with the vision states leaving [0, 1]" in done.stderr, done.stderr
    chosen = w.config("train", output=str(run), vision_states="entering", loop={"steps": 5})
    done = w.call("train", "--config", chosen, "--resume")
    assert done.returncode == DONE and "its result is that of neither alone" in done.stderr, (
        done.stderr
    )
    assert w.inspect(run / "adapter")["vision_states"] == "entering"


STATES = [
    states_of_bases,
    adapters_of_other_states,
    states_of_exports,
    states_of_full_training,
    states_of_resumed_runs,
]
