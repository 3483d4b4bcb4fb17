"""Instruction files through the commands: inspected, trained on, and what is bad in them."""

import json
import shutil
from pathlib import Path

from world import DATA, USAGE, World, output_of


def turns(*texts: str) -> list[dict]:
    return [
        {"from": "human" if i % 2 == 0 else "gpt", "value": text} for i, text in enumerate(texts)
    ]


def samples(w: World) -> list[dict]:
    """Several turns, two images, texts alone, a picture, ECG-QA, and answers in lists."""
    w.ok("render", "--record", w.record, "--out", w.root / "instruct/pictures/page.png")
    items = [
        {
            "id": f"t{i}",
            "image": f"ptb-xl/records500/00000/{i:05}_hr-0.png",
            "conversations": turns(
                "<image>\nWhat is the rhythm?", "Sinus rhythm.", "And the axis?", "Normal axis."
            ),
        }
        for i in range(1, 9)
    ]
    items += [
        {
            "id": f"p{i}",
            "image": [f"{i:05}_lr", f"{i + 1:05}_lr"],
            "conversations": turns("Compare.", "Same."),
        }
        for i in (1, 3, 5)
    ]
    items += [
        {"id": "text", "conversations": turns("What does AFIB mean?", "Atrial fibrillation.")}
    ]
    items += [
        {
            "id": "picture",
            "image": "pictures/page.png",
            "conversation": [
                {"role": "user", "content": "Rhythm?"},
                {"role": "assistant", "content": ["sinus", "normal"]},
            ],
        }
    ]
    items += [
        {
            "question_type": "single-verify",
            "question": "Does this ECG show noise?",
            "answer": ["no"],
            "ecg_id": [i],
            "sample_id": i,
        }
        for i in range(1, 9)
    ]
    items += [
        {
            "question_type": "comparison_consecutive-query",
            "question": "What changed?",
            "answer": ["rate", "axis"],
            "ecg_id": [i, i + 1],
            "sample_id": 100 + i,
        }
        for i in (1, 3)
    ]
    return items


def write(w: World, name: str, items: list) -> Path:
    path = w.root / "instruct" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(items))
    return path


def config(w: World, file: Path, **changes) -> Path:
    data = {
        "root": "",
        "instructions": [str(file)],
        "valid_instructions": [str(file)],
        "recording_roots": [str(w.data)],
        **changes.pop("data", {}),
    }
    return w.config("train", data=data, **changes)


def instructions_inspected(w: World) -> None:
    (w.root / "instruct/pictures").mkdir(parents=True, exist_ok=True)
    file = write(w, "train.json", samples(w))
    found = w.inspect(file, "--recordings", w.data, "--images", file.parent, "--model", w.base)
    assert found["items"] == 23 and found["bad_items"] == 0 and found["text_only"] == 1, found
    assert {row["images"]: row["samples"] for row in found["images"]} == {
        "0": 1,
        "1": 17,
        "2": 5,
    }, found
    assert {row["turns"]: row["samples"] for row in found["turns"]} == {"2": 15, "4": 8}, found
    assert found["pages"]["sets_missing"] == 0 and found["pages"]["sets_of_pictures"] == 1, found
    assert (
        0 < found["tokens"]["shortest"] <= found["tokens"]["median"] <= found["tokens"]["longest"]
    ), found
    done = w.call("inspect", file, "--recordings", w.data, "--json")
    assert (
        done.returncode == DATA
        and json.loads(done.stdout)["pages"]["sets_missing"] == 1
        and "page.png" in done.stderr
    ), done
    lines = file.with_suffix(".jsonl")
    lines.write_text("".join(json.dumps(item) + "\n" for item in samples(w)))
    assert w.inspect(lines)["items"] == 23


def instructions_unread(w: World) -> None:
    """An ecg is drawn; keys and markers that nobody reads are named once, with a count of items."""
    asked = turns("<ecg>\nWhat is the rhythm?", "Sinus rhythm.")
    items = [
        {"id": i, "ecg": f"records100/00000/{i:05}_lr", "conversations": asked} for i in (1, 2, 3)
    ]
    file = write(w, "ecg.json", items)
    found = w.inspect(file, "--recordings", w.data)
    assert found["text_only"] == 0 and not found["unread"], found
    assert found["pages"]["sets_of_recordings"] == 3, found
    for item in items[:2]:
        item.update(video="a.mp4", conversations=turns("<signal> The rhythm?", "Sinus rhythm."))
    write(w, "ecg.json", items)
    unread = w.inspect(file)["unread"]
    assert [(row["part"], row["samples"]) for row in unread] == [("'video'", 2), ("<signal>", 2)]
    tasks = w.config("eval", tasks={"files": [str(file)], "max_new_tokens": 4}, batch={"images": 1})
    training = config(w, file, data={"valid_instructions": []})
    commands = [
        ("inspect", file),
        ("train", "--config", training, "--dry-run"),
        ("eval", "--config", tasks),
    ]
    for words in commands:
        done = w.call(*words)
        told = [line for line in done.stderr.splitlines() if "not read" in line]
        assert done.returncode == 0 and len(told) == 1, (words[0], done.stderr)
        assert "2 items hold what is not read: 'video' in 2, <signal> in 2" in told[0], told


def instructions_trained(w: World) -> None:
    """Loss goes down on several turns, two images a row and texts alone; a resumed run takes the
    same steps.
    """
    file = w.root / "instruct/train.json"
    steps = {"steps": 24, "checkpoint_every": 12}
    whole = config(w, file, loop=steps, batch={"images": 4, "questions": 2})
    told = w.ok("train", "--config", whole, "--dry-run")
    assert "23 of" in told and "5 on several pages" in told and "1 without a page" in told, told
    w.ok("train", "--config", whole)
    run = output_of(whole)
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    losses = [line["loss"] for line in lines if "loss" in line]
    assert len(losses) == 24 and sum(losses[-6:]) < 0.7 * sum(losses[:6]), losses
    assert [line for line in lines if "validation_loss" in line], lines
    assert not (run / "skipped.jsonl").exists()
    # The same with workers ahead, from the checkpoint in the middle.
    again = config(w, file, loop=steps, batch={"images": 4, "questions": 2, "workers": 2})
    w.ok("train", "--config", again)
    other = [
        json.loads(line)["loss"]
        for line in (output_of(again) / "metrics.jsonl").read_text().splitlines()
        if '"loss"' in line
    ]
    assert other == losses, "workers change the losses"
    (run / "last").write_text("step-12\n")
    (run / "metrics.jsonl").unlink()
    w.ok("train", "--config", whole, "--resume")
    resumed = [
        json.loads(line)["loss"]
        for line in (run / "metrics.jsonl").read_text().splitlines()
        if '"loss"' in line
    ]
    assert resumed == losses[12:], f"{resumed} is not the end of {losses}"


def instructions_mixed(w: World) -> None:
    """Labels and two files, with weights."""
    file = w.root / "instruct/train.json"
    mixed = w.config(
        "train",
        data={"instructions": [str(file), str(file)], "weights": [2, 0.5], "label_weight": 0.25},
        batch={"workers": 1},
    )
    told = w.ok("train", "--config", mixed, "--dry-run")
    assert "weight 2" in told and "weight 0.5" in told and "labels" in told, told
    w.ok("train", "--config", mixed)
    mixed = w.config("train", data={"instructions": [str(file)], "weights": [1, 2]})
    w.refused(USAGE, "data.weights", "train", "--config", mixed, absent=output_of(mixed))
    neither = w.config("train", data={"root": ""})
    w.refused(USAGE, "data.instructions", "train", "--config", neither, absent=output_of(neither))


def instructions_bad(w: World) -> None:
    """A bad item, a missing recording, a long answer and a picture that breaks: stop, or skip and
    list.
    """
    good = samples(w)
    bad = good + [
        {"id": "empty"},
        {"id": "gone", "image": "00999_lr.png", "conversations": turns("A?", "B.")},
        {"id": "long", "image": "00001_lr.png", "conversations": turns("A?", "word " * 400)},
    ]
    for items, mention, code in (
        (good + bad[-3:-2], "item 23 at byte", DATA),
        (good + bad[-2:-1], "00999_lr", DATA),
        (good + bad[-1:], "batch.max_tokens 300", USAGE),
    ):
        refused = config(w, write(w, "bad.json", items), batch={"max_tokens": 300})
        w.refused(code, mention, "train", "--config", refused, absent=output_of(refused))
    picture = w.root / "instruct/pictures/page.png"
    whole = picture.read_bytes()
    picture.write_bytes(whole[: len(whole) // 2])
    try:
        skipping = config(
            w,
            write(w, "bad.json", bad),
            data={"on_bad_sample": "skip"},
            batch={"max_tokens": 300, "too_long": "skip"},
            loop={"steps": 16},
        )
        w.ok("train", "--config", skipping)
        listed = [
            json.loads(line)
            for line in (output_of(skipping) / "skipped.jsonl").read_text().splitlines()
        ]
        assert sorted(line["stage"] for line in listed) == ["image", "item", "length", "page"], (
            listed
        )
        cut = write(w, "cut.json", good)
        cut.write_bytes(cut.read_bytes()[:-40])
        refused = config(w, cut)
        w.refused(DATA, "cut off", "train", "--config", refused, absent=output_of(refused))
    finally:
        picture.write_bytes(whole)


def system_turns(w: World) -> None:
    """A system turn with an image: refused in the layout of September 2024; trained and asked in
    that of December.
    """
    items = samples(w)[:8]
    for item in items:
        item["conversations"].insert(0, {"from": "system", "value": "You read ECGs."})
    file = write(w, "system.json", items)
    base = w.copy(w.base)
    shutil.copy("tests/text/templates/december.jinja", base / "chat_template.jinja")

    def asked(model: Path) -> Path:
        data = {"root": "", "recording_roots": [str(w.data)]}
        return w.config(
            "eval",
            model=str(model),
            adapter="",
            data=data,
            tasks={"files": [str(file)], "max_new_tokens": 2},
        )

    refused = config(w, file)
    w.refused(
        DATA, "8 of 8 samples, the first", "train", "--config", refused, absent=output_of(refused)
    )
    w.refused(DATA, "a system turn comes with an image", "eval", "--config", asked(w.base))
    done = w.call("inspect", file, "--model", w.base, "--json")
    assert done.returncode == DATA and json.loads(done.stdout)["tokens"] == {
        "samples_without_layout": 8
    }, done
    assert w.inspect(file, "--model", base)["tokens"]["samples_without_layout"] == 0
    w.ok("train", "--config", config(w, file, model=str(base)))
    evaluated = asked(base)
    w.ok("eval", "--config", evaluated)
    assert len((output_of(evaluated) / "predictions.jsonl").read_text().splitlines()) == 16


def template_shown(w: World) -> None:
    """inspect names the generation of the chat template; an unknown one is warned of wherever
    prompts are written.
    """
    assert w.inspect(w.base)["tokenizer"]["chat_template"] == "27 September 2024"
    base = w.copy(w.base)
    (base / "chat_template.jinja").write_text("{{ messages }}")
    found = w.inspect(base)["tokenizer"]
    assert found["chat_template"] == "unknown" and found["prompt_layout"] == "27 September 2024", (
        found
    )
    told = w.call(
        "train", "--config", config(w, w.root / "instruct/train.json", model=str(base)), "--dry-run"
    )
    assert told.returncode == 0 and "chat_template.jinja is no known generation" in told.stderr, (
        told
    )
    (base / "chat_template.jinja").unlink()
    found = w.inspect(base)["tokenizer"]
    assert found["chat_template"] == "none" and found["prompt_layout"] == "27 September 2024", found


def loader_benchmarked(w: World) -> None:
    told = w.ok(
        "train", "--config", config(w, w.root / "instruct/train.json"), "--benchmark-loader"
    )
    for word in ("workers", "pages/s", "read", "draw", "tile", "tokenise", "collate"):
        assert word in told, told


INSTRUCTIONS = [
    instructions_inspected,
    instructions_unread,
    instructions_trained,
    instructions_mixed,
    instructions_bad,
    system_turns,
    template_shown,
    loader_benchmarked,
]
