"""The words in which labels are asked for: where they are stated, changed, refused and compared."""

import json
from pathlib import Path

from world import DATA, USAGE, World


def own_words(w: World, **changes) -> Path:
    """A wording of a user, with other words for infarction."""
    path = w.fresh("words.json")
    words = {"name": "ward 3", "superclasses": {"MI": "a heart attack"}}
    path.write_text(json.dumps({**words, **changes}))
    return path


def lines_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def questions_of(w: World, out: Path) -> list:
    """The command that writes instruction samples of the data set into a file."""
    return ["prepare", "questions", "--root", w.data, "--sampling-rate", 100, "--out", out]


def wording_stated(w: World) -> None:
    """Predictions, scores, run folder and predict say in which words they were asked for."""
    stated = json.loads((w.scores / "scores.json").read_text())["provenance"]["wording"]
    assert stated["name"] == "clinical 1" and len(stated["sha256"]) == 64, stated
    tag = f"{stated['name']} {stated['sha256'][:12]}"
    assert {line["wording"] for line in lines_of(w.scores / "predictions.jsonl")} == {tag}
    assert json.loads((w.run / "identity.json").read_text())["identity"]["wording"] == stated
    assert json.loads((w.run / "config.json").read_text())["data"]["wording"] == ""
    assert tag in w.ok("prepare", "wording") and tag in w.ok(
        "train", "--config", w.config("train"), "--dry-run"
    )
    model = ("--model", w.base, "--device", "cpu", "--record", w.record, "--format", "json")
    asked = lines_of_text(w.ok("predict", *model, "--labels", "superclass"))
    assert {line["wording"] for line in asked} == {tag}, asked
    assert "Does this ECG show a conduction disturbance?" in [line["question"] for line in asked], (
        asked
    )
    codes = lines_of_text(w.ok("predict", *model, "--labels", "1AVB,AFIB", "--data", w.data))
    assert codes[0]["question"] == "Does this ECG show a first-degree AV block?", codes
    items = w.fresh("items.json")
    w.ok(*questions_of(w, items), "--kinds", "yes_no")
    assert json.loads(Path(f"{items}.report.json").read_text())["wording"] == stated
    counts = w.fresh("counts.json")
    w.ok("prepare", "labels", "--root", w.data, "--set", "all", "--json", counts)
    labels = {x["name"]: x for x in json.loads(counts.read_text())["labels"]}
    assert labels["ISCAN"]["description"] == "ischemic in anterior leads", labels
    assert labels["ISCAN"]["words"] == "ischemia in the anterior leads", labels


def lines_of_text(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def wording_of_a_user(w: World) -> None:
    """A user's words serve evaluation and prediction; an adapter that learnt others is warned
    of.
    """
    words, run = own_words(w), w.fresh("run")
    config = w.config("eval", output=str(run), data={"wording": str(words)})
    done = w.call("eval", "--config", config)
    assert done.returncode == 0 and "was trained in the words of 'clinical 1'" in done.stderr, (
        done.stderr
    )
    answers = lines_of(run / "predictions.jsonl")
    assert {"Does this ECG show a heart attack?"} == {
        a["question"] for a in answers if a["label"] == "MI"
    }
    stated = json.loads((run / "scores.json").read_text())["provenance"]["wording"]
    assert (
        stated["name"] == "ward 3" and answers[0]["wording"] == f"ward 3 {stated['sha256'][:12]}"
    ), stated
    again = w.fresh("again")
    w.ok(
        "eval",
        "--config",
        w.config("eval", output=str(again)),
        "--score-only",
        run / "predictions.jsonl",
    )
    scored = json.loads((again / "scores.json").read_text())["provenance"]["wording"]
    assert scored == {"name": "ward 3", "sha256": stated["sha256"][:12]}, scored
    model = ("--model", w.base, "--adapter", w.adapter, "--device", "cpu", "--record", w.record)
    done = w.call(
        "predict", *model, "--labels", "superclass", "--wording", words, "--format", "json"
    )
    assert "a heart attack?" in done.stdout and "'clinical 1'" in done.stderr, done.stderr
    compared = w.fresh("compared")
    told = w.ok("compare", w.scores, run, "--out", compared, "--resamples", 20)
    notice = "were not asked in the same words"
    assert notice in told and notice in (compared / "compare.html").read_text(), told
    result = json.loads((compared / "compare.json").read_text())
    assert notice in result["notices"][0] and result["runs"][1]["wording"].startswith("ward 3"), (
        result["notices"]
    )


def wording_not_stated(w: World) -> None:
    """Runs from before wordings were stated get a notice; runs of one wording none."""
    old = w.copy(w.scores)
    lines = lines_of(old / "predictions.jsonl")
    (old / "predictions.jsonl").write_text(
        "".join(json.dumps({k: v for k, v in x.items() if k != "wording"}) + "\n" for x in lines)
    )
    told = w.ok("compare", old, old, "--resamples", 20)
    assert "Wording not stated" in told, told
    assert "not asked in the same words" in w.ok("compare", w.scores, old, "--resamples", 20)
    assert "words" not in w.ok("compare", w.scores, w.scores, "--resamples", 20).lower()


def wording_changes(w: World) -> None:
    """A run is not resumed in other words unless it is told to; a renamed file is the same."""
    run, words = w.copy(w.run), own_words(w)
    more = {"output": str(run), "loop": {"steps": 5}}
    w.refused(
        USAGE,
        "wording",
        "train",
        "--config",
        w.config("train", data={"wording": str(words)}, **more),
        "--resume",
    )
    w.ok(
        "train",
        "--config",
        w.config("train", data={"wording": str(words)}, **more),
        "--resume",
        "--accept-changes",
    )
    moved = words.rename(words.parent / "moved.json")
    done = w.call(
        "train",
        "--config",
        w.config("train", data={"wording": str(moved)}, **more, optimizer={"lr": 0.01}),
        "--resume",
    )
    assert done.returncode == 0, done.stderr


def bad_wordings(w: World) -> None:
    for words, mentions in (
        (own_words(w, superclasses={"MIX": "x"}), "the nearest is 'MI'"),
        (own_words(w, name="clinical 1"), "clinical 1"),
        (own_words(w, questions=["What is it?"]), "{} once"),
        (w.root / "nowhere.json", "nowhere.json"),
    ):
        config = w.config("eval", data={"wording": str(words)})
        w.refused(DATA, mentions, "eval", "--config", config)
        w.refused(DATA, mentions, "prepare", "wording", "--wording", words)
        w.refused(
            DATA,
            mentions,
            "predict",
            "--model",
            w.base,
            "--record",
            w.record,
            "--labels",
            "superclass",
            "--wording",
            words,
        )
        out = w.fresh("items.json")
        w.refused(
            DATA,
            mentions,
            *questions_of(w, out),
            "--wording",
            words,
            absent=out,
        )
    w.refused(
        USAGE,
        "--wording",
        "predict",
        "--model",
        w.base,
        "--record",
        w.record,
        "--question",
        "What?",
        "--wording",
        own_words(w),
    )


WORDING = [wording_stated, wording_of_a_user, wording_not_stated, wording_changes, bad_wordings]
