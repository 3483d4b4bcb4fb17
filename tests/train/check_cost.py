"""What a run cost: cost.json, the page, the cards and inspect say the same, over a kill and a
resume too, and the arithmetic is that of ecg-lora plan.

    python3 tests/train/check_cost.py --bin build/bin

Standard library only.
"""

import json
import math
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from checks import options_of, run_checks, work_folder
from world import (
    DATA,
    DONE,
    INTERRUPTED,
    World,
    adapter_bytes,
    kill,
    lines,
    metrics,
    output_of,
    steps,
    wait_for,
)

EXPECTED: dict = {}
# Sums of cost.json, and what they add up of the lines of steps.
SUMS = {"samples": "samples", "images": "images", "text_tokens": "text_tokens"}
SUMS |= {"answer_tokens": "tokens", "flops": "flops"}
SUMS |= {"step_seconds": "seconds", "data_wait_seconds": "data_wait_s"}
FACTS = "device, time, shares, steps, samples, tokens, arithmetic, peak memory, energy"
NOTE = "Estimates by the plan, not measurements"


def cost_of(folder: Path) -> dict:
    return json.loads((folder / "cost.json").read_text())


def step_lines(run: Path) -> list[dict]:
    return [line for line in metrics(run) if "lr" in line]


def total_of(run: Path, key: str) -> float:
    return sum(line[key] for line in step_lines(run))


def whole_run(w: World) -> None:
    """The figures are the sums of the events, of one part that took all of the time."""
    config = w.config(loop={"checkpoint_every": 4})
    done = w.train(config)
    assert done.returncode == DONE, done.stderr
    run = output_of(config)
    EXPECTED.update(adapter=adapter_bytes(run), run=run, config=config)
    cost = cost_of(run)
    total = cost["total"]
    assert cost["version"] == 1 and [part["state"] for part in cost["parts"]] == ["finished"], cost
    for key, of_line in SUMS.items():
        assert total[key] > 0 and math.isclose(total[key], total_of(run, of_line)), (key, total)
    assert total["steps"] == total["flops_steps"] == 12, total
    assert total["device"] == "cpu" and total["threads"] == 1, total
    spent = [total[f"{part}_seconds"] for part in ("step", "validation", "checkpoint")]
    assert min(spent) > 0 and sum(spent) <= total["seconds"], total
    assert 0 < total["cpu_seconds"] < 3 * total["seconds"], total
    assert total["tensor_peak"] > 1 << 16 and total["process_peak"] > 1 << 24, total
    assert total["device_peak"] is None, "there is no GPU, which is not 0 bytes"
    energy = total["cpu_energy"]
    assert (energy["joules"] is None and energy["why"]) or energy["joules"] > 0, energy


def says_the_same_everywhere(w: World) -> None:
    """Log, page, card, merged card and inspect hold the same words, with cost.json's figures."""
    run = EXPECTED["run"]
    assert cost_of(run / "adapter") == cost_of(run)
    card = (run / "adapter/README.md").read_text()
    section = card.split("## Cost of training")[1].splitlines()
    facts = dict(line[2:].split(": ", 1) for line in section if line.startswith("- "))
    assert list(facts) == FACTS.split(", "), facts
    log = (run / "log.txt").read_text()
    shown = json.loads(w.call("inspect", run, "--json").stdout)["cost"]
    assert w.call("report", run).returncode == DONE
    page = (run / "report.html").read_text()
    merged = run.parent / "merged"
    done = w.call("merge", "--base", w.base, "--adapter", run / "adapter", "--out", merged)
    assert done.returncode == DONE, done.stderr
    for name, value in facts.items():
        assert f"cost: {name}: {value}" in log, (name, log)
        assert shown[name] == value, (shown, value)
        assert f"- {name}: {value}\n" in (merged / "README.md").read_text(), name
        assert value in page, name
    assert f"- samples: {int(total_of(run, 'samples'))} on " in card
    for setting in cost_of(run)["plan"]["settings"][1:]:
        for text in (card, page, (merged / "README.md").read_text(), json.dumps(shown)):
            assert setting["setting"] in text, setting
    assert NOTE in card and NOTE in page


def arithmetic_is_the_plan(w: World) -> None:
    """The largest batch has the arithmetic that ecg-lora plan prints, under another rank too."""
    run, cost = EXPECTED["run"], cost_of(EXPECTED["run"])
    shape, settings = cost["plan"]["shape"], {s["setting"]: s for s in cost["plan"]["settings"]}
    words = ["plan", "--config", EXPECTED["config"], "--json"]
    for key in ("rows", "tokens", "answers", "text_tokens"):
        words += [f"--{key.replace('_', '-')}", shape[key]]
    words += ["--masked"] if shape["masked"] else []

    def plan(*more) -> dict:
        done = w.call(*words, *more)
        assert done.returncode == DONE, done.stderr
        return json.loads(done.stdout)

    own, other = plan(), plan("--set", "lora.rank=8")
    assert own["batch_shape"]["images"] == shape["images"]
    largest = max(line["flops"] for line in step_lines(run))
    for planned, setting in ((own, settings["rank 4, 4 tiles"]), (other, settings["rank 8"])):
        assert planned["flops"] == setting["flops"] and planned["total"] == setting["memory"]
    assert own["flops"] == largest, (own["flops"], largest)


def survives_kill_and_stop(w: World) -> None:
    """A kill and a stop leave parts whose sum has every step, those done again included."""
    config = w.config(loop={"checkpoint_every": 4})
    run = output_of(config)
    process = w.start(config)
    assert wait_for(process, lambda: lines(run) >= 7), process.communicate()
    kill(process)
    computed = step_lines(run)
    saved = int((run / "last").read_text().split("-")[1])
    process = w.start(config, "--resume")
    beyond = len(computed) + 1
    assert wait_for(process, lambda: (steps(run) or [0])[-1] > beyond), process.communicate()
    kill(process, signal.SIGTERM)
    assert process.returncode == INTERRUPTED
    done = w.train(config, "--resume")
    assert done.returncode == DONE, done.stderr
    assert adapter_bytes(run) == EXPECTED["adapter"]
    cost = cost_of(run)
    states = [part["state"] for part in cost["parts"]]
    assert states == ["killed", "stopped", "finished"], states
    again = [line for line in computed if line["step"] > saved]
    assert cost["parts"][0]["steps"] == len(computed), cost
    assert cost["repeated_steps"] == len(again), (cost, saved)
    assert cost["total"]["steps"] == 12 + len(again)
    for key, of_line in SUMS.items():
        expected = total_of(run, of_line) + sum(line[of_line] for line in again)
        assert math.isclose(cost["total"][key], expected), (key, cost["total"][key], expected)
    card = (run / "adapter/README.md").read_text()
    assert "in 3 parts, of which 1 was killed" in card and cost_of(run / "adapter") == cost
    assert not again or f"of which {len(again)} " in card


def full_training_has_a_card(w: World) -> None:
    """The model of full training says what it cost, and a merge onto it does not copy that."""
    config = w.config(loop={"steps": 2, "trainable": "full"}, optimizer={"lr": 1e-4})
    done = w.train(config)
    assert done.returncode == DONE, done.stderr
    model = output_of(config) / "model"
    card = (model / "README.md").read_text()
    assert cost_of(model)["total"]["steps"] == 2 and "this run: all parameters, 4 tiles" in card
    merged, adapter = model.parent / "merged", EXPECTED["run"] / "adapter"
    done = w.call("merge", "--base", model, "--adapter", adapter, "--out", merged)
    assert done.returncode == DONE and not (merged / "cost.json").exists(), done.stderr


def damaged_file_is_named(w: World) -> None:
    """A cost.json that is none stops what would show it with one line, not training."""
    run = EXPECTED["run"]
    good = (run / "cost.json").read_text()
    for bad in ("{", "[]", '{"version": 9}', "null"):
        (run / "cost.json").write_text(bad)
        for words in (("report", run, "--out", run.parent / "bad.html"), ("inspect", run)):
            done = w.call(*words)
            assert done.returncode == DATA, done.stderr
            assert "cost.json" in done.stderr and done.stderr.count("\n") == 1, done.stderr
        assert not (run.parent / "bad.html").exists()
        done = w.train(EXPECTED["config"], "--resume")
        assert done.returncode == DONE and "counted from metrics.jsonl" in done.stderr, done.stderr
        assert cost_of(run)["total"]["steps"] == 12
    (run / "cost.json").write_text(good)


CHECKS = [whole_run, says_the_same_everywhere, arithmetic_is_the_plan]
CHECKS += [survives_kill_and_stop, full_training_has_a_card, damaged_file_is_named]


def main() -> int:
    options = options_of(__doc__, "only checks whose name contains this").parse_args()
    with work_folder("check_cost") as root:
        world, first = World(options.bin.resolve(), root), CHECKS[:1]
        return run_checks(world, CHECKS, options.only, always=first, essential=first)


if __name__ == "__main__":
    sys.exit(main())
