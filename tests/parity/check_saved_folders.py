"""Folders that transformers 5 and peft write, through train, eval, merge and back.

    python tests/parity/check_saved_folders.py --bin build/bin [--only NAME]

A small base is opened by transformers and saved again: as it is, in shards, and twice into one
folder. Each is held against transformers by its logits on a drawn page (tolerance 1e-5 of the
largest logit). What is to be refused has to name what it refuses.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import torch
from peft import PeftModel
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import AutoImageProcessor, AutoProcessor

from check_export import TOLERANCE, load, small_world

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from checks import options_of, run_checks, work_folder

QUESTION = "Does this ECG show atrial fibrillation?"


class World:
    def __init__(self, options, work: Path):
        self.bin, self.work = options.bin.resolve(), work
        small_world(self, work)  # fills base and page
        self.saved = work / "saved"
        load(self.base).save_pretrained(self.saved)
        AutoProcessor.from_pretrained(self.base).save_pretrained(self.saved)
        assert not (self.saved / "preprocessor_config.json").exists(), (
            "not what transformers 5 writes"
        )

    def run(self, tool: str, *arguments, code: int = 0) -> str:
        done = subprocess.run(
            [self.bin / f"ecg-lora-{tool}", *map(str, arguments)], capture_output=True, text=True
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, (
            f"{tool} left with {done.returncode}, expected {code}: {said}"
        )
        return said

    def copy(self, name: str, of: Path | None = None) -> Path:
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        return Path(shutil.copytree(of or self.saved, folder))

    def inputs(self, folder: Path) -> dict:
        processor = AutoProcessor.from_pretrained(folder)
        messages = [
            {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": QUESTION}]}
        ]
        text = processor.apply_chat_template(messages, add_generation_prompt=True)
        page = Image.open(self.page).convert("RGB")
        return dict(
            processor(images=page, text=text, add_special_tokens=False, return_tensors="pt")
        )

    def same_logits(self, folder: Path, adapter: Path | None = None) -> float:
        """Largest difference from transformers (and peft), over the largest logit."""
        inputs = self.inputs(folder)
        save_file({k: v.contiguous() for k, v in inputs.items()}, self.work / "in.safetensors")
        self.run(
            "parity",
            "--model",
            folder,
            *(["--adapter", adapter] if adapter else []),
            "--inputs",
            self.work / "in.safetensors",
            "--out",
            self.work / "out.safetensors",
        )
        model = load(folder)
        if adapter:
            model = PeftModel.from_pretrained(model, adapter).eval()
        with torch.no_grad():
            theirs = model(**inputs).logits
        ours = load_file(self.work / "out.safetensors")["logits"]
        error = float((ours - theirs).abs().max() / theirs.abs().max())
        assert error <= TOLERANCE, f"{folder.name}: {error:.2e}"
        return error

    def train(self, base: Path, name: str, **more) -> Path:
        config = {
            "model": str(base),
            "output": str(self.work / name),
            "data": {"root": str(self.work / "data"), "labels": "all", "valid_folds": []},
            "lora": {"rank": 4, "alpha": 16},
            "batch": {"images": 4, "questions": 3},
            "optimizer": {"lr": 1e-2},
            "loop": {"steps": 3},
        }
        for key, value in more.items():
            config[key] = config.get(key, {}) | value
        (self.work / "train.json").write_text(json.dumps(config))
        shutil.rmtree(self.work / name, ignore_errors=True)
        self.run("train", "--config", self.work / "train.json")
        return self.work / name


def changed(folder: Path) -> None:
    """Other weights for the model in a folder, one tensor of it."""
    tensors = load_file(folder / "model.safetensors")
    name = next(n for n in tensors if n.endswith("lm_head.weight"))
    tensors[name] = tensors[name] * 1.5
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def shards(w: World, folder: Path, largest: str = "40KB") -> None:
    load(w.saved).save_pretrained(folder, max_shard_size=largest)


def the_line(w: World) -> None:
    """Train, eval and merge a folder of transformers 5, whose result transformers saves again."""
    run = w.train(w.saved, "run")
    errors = [w.same_logits(w.saved), w.same_logits(w.saved, run / "adapter")]
    (w.work / "eval.json").write_text(
        json.dumps(
            {
                "model": str(w.saved),
                "adapter": str(run / "adapter"),
                "output": str(w.work / "scored"),
                "data": {
                    "root": str(w.work / "data"),
                    "labels": "all",
                    "valid_folds": [1, 2, 3, 4, 5],
                    "test_folds": [6, 7, 8, 9, 10],
                },
            }
        )
    )
    w.run("eval", "--config", w.work / "eval.json")
    assert (w.work / "scored/scores.json").exists()
    merged = w.work / "merged"
    w.run("merge", "--base", w.saved, "--adapter", run / "adapter", "--out", merged, "--verify")
    errors.append(w.same_logits(merged))
    back = w.work / "back"
    load(merged).save_pretrained(back)
    AutoProcessor.from_pretrained(merged).save_pretrained(back)
    errors.append(w.same_logits(back))
    again = w.train(back, "run of back")
    errors.append(w.same_logits(back, again / "adapter"))
    print(
        "    "
        + ", ".join(
            f"{n} {e:.1e}"
            for n, e in zip(("saved", "adapter", "merged", "saved again", "its adapter"), errors)
        )
    )


def both_generations_load(w: World) -> None:
    """A merge of a folder without preprocessor_config.json has one, which says the same."""
    merged = w.work / "merged"
    written = json.loads((merged / "preprocessor_config.json").read_text())
    nested = json.loads((merged / "processor_config.json").read_text())["image_processor"]
    assert {k: v for k, v in written.items() if k != "processor_class"} == nested
    older = w.copy("older", merged)  # what transformers 4 looks at
    (older / "processor_config.json").unlink()
    page = Image.open(w.page).convert("RGB")
    pixels = [
        AutoImageProcessor.from_pretrained(f)(page, return_tensors="pt")["pixel_values"]
        for f in (older, merged)
    ]
    assert torch.equal(*pixels)
    w.same_logits(older)


def two_processors(w: World) -> None:
    folder = w.copy("two processors")
    older = json.loads((folder / "processor_config.json").read_text())["image_processor"]
    path = folder / "preprocessor_config.json"
    path.write_text(json.dumps(older))
    w.same_logits(folder)
    path.write_text(json.dumps(older | {"image_mean": [0.1, 0.2, 0.3]}))
    said = w.run("predict", "--model", folder, "--image", w.page, "--question", QUESTION, code=4)
    assert "processor_config.json and preprocessor_config.json describe different" in said, said


def an_index_that_is_left_over(w: World) -> None:
    """What transformers leaves if it saves in shards, then whole, into one folder."""
    folder = w.copy("left over")
    (folder / "model.safetensors").unlink()
    shards(w, folder)
    model = load(w.saved)
    with torch.no_grad():
        model.lm_head.weight.mul_(1.5)
    model.save_pretrained(folder)
    names = {p.name for p in folder.iterdir()}
    assert {"model.safetensors", "model.safetensors.index.json"} <= names and not any(
        "-of-" in n for n in names
    )
    w.same_logits(folder)
    said = w.run("inspect", folder)
    assert "whose shards are not all there: model.safetensors is read" in said, said
    run = w.train(folder, "run of left over")
    w.run(
        "merge",
        "--base",
        folder,
        "--adapter",
        run / "adapter",
        "--out",
        w.work / "merged left over",
    )
    names = {p.name for p in (w.work / "merged left over").iterdir()}
    assert "model.safetensors" in names and "model.safetensors.index.json" not in names
    w.same_logits(w.work / "merged left over")


def older_shards(w: World) -> None:
    folder = w.copy("older shards")
    (folder / "model.safetensors").unlink()
    shards(w, folder)
    w.same_logits(folder)
    shutil.copy(w.saved / "model.safetensors", folder)
    changed(folder)
    w.same_logits(folder)
    assert "whose shards are older: model.safetensors is read" in w.run("inspect", folder)


def newer_shards(w: World) -> None:
    """Saved whole, then in shards: transformers reads the first, the second was written last."""
    folder = w.copy("newer shards")
    changed(folder)
    shards(w, folder)
    out = w.work / "never"
    adapter = w.work / "run/adapter"
    for command in (
        ("predict", "--model", folder, "--image", w.page, "--question", QUESTION),
        ("merge", "--base", folder, "--adapter", adapter, "--out", out),
        ("inspect", folder),
    ):
        said = w.run(*command, code=4)
        assert (
            "holds two models, model.safetensors" in said and "model.safetensors.index.json" in said
        ), said
    assert not out.exists()
    same = w.copy("the same twice")
    shards(w, same)
    w.same_logits(same)


def weights_of_another_name(w: World) -> None:
    folder = w.copy("named")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(
        json.dumps(config | {"transformers_weights": "tuned.safetensors"})
    )
    shutil.copy(folder / "model.safetensors", folder / "tuned.safetensors")
    changed(folder)
    w.same_logits(folder)
    w.run(
        "merge",
        "--base",
        folder,
        "--adapter",
        w.work / "run/adapter",
        "--out",
        w.work / "merged named",
    )
    assert "transformers_weights" not in json.loads(
        (w.work / "merged named/config.json").read_text()
    )
    w.same_logits(w.work / "merged named")


def pickled_weights(w: World) -> None:
    folder = w.copy("pickled")
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    said = w.run("predict", "--model", folder, "--image", w.page, "--question", QUESTION, code=4)
    assert "pytorch_model.bin, a pickle" in said, said


def stop_tokens(w: World) -> None:
    """A base that stops at <|end_of_text|> only gives a merged model that stops in transformers."""
    base = w.copy("never stops")
    processor = AutoProcessor.from_pretrained(base)
    end, turn = (
        processor.tokenizer.convert_tokens_to_ids(t) for t in ("<|end_of_text|>", "<|eot_id|>")
    )
    for name, key in (("generation_config.json", None), ("config.json", "text_config")):
        json_of = json.loads((base / name).read_text())
        (json_of[key] if key else json_of)["eos_token_id"] = end
        (base / name).write_text(json.dumps(json_of))
    for kind, more in (("lora", {}), ("full", {"loop": {"steps": 40, "trainable": "full"}})):
        run = w.train(base, f"stops {kind}", **({"loop": {"steps": 40}} | more))
        merged = run / "model"
        if kind == "lora":
            merged = w.work / "merged stops"
            shutil.rmtree(merged, ignore_errors=True)
            said = w.run("merge", "--base", base, "--adapter", run / "adapter", "--out", merged)
            assert f"{turn} added to eos_token_id" in said, said
            assert f"eos_token_id=[{end}, {turn}]" in (run / "adapter/README.md").read_text()
        for name, key in (("generation_config.json", None), ("config.json", "text_config")):
            found = json.loads((merged / name).read_text())
            assert (found[key] if key else found)["eos_token_id"] == [end, turn], (kind, name)
        inputs = w.inputs(merged)
        with torch.no_grad():
            ids = load(merged).generate(**inputs, max_new_tokens=20, do_sample=False)[0].tolist()
        answer = ids[inputs["input_ids"].shape[1] :]
        assert turn in answer and answer.index(turn) == len(answer) - 1, f"{kind}: {answer}"


def nothing_of_the_base_that_is_no_longer_true(w: World) -> None:
    base = w.copy("with leftovers")
    stale = [
        "flax_model.msgpack",
        "tf_model.h5",
        "model.gguf",
        "optimizer.pt",
        "trainer_state.json",
        "adapter_config.json",
        "pytorch_model.bin.index.json",
        "all_results.json",
    ]
    for name in stale:
        (base / name).write_text("{}")
    (base / "notes.txt").write_text("kept")
    out = w.work / "merged leftovers"
    w.run("merge", "--base", base, "--adapter", w.work / "run/adapter", "--out", out)
    left = {p.name for p in out.iterdir()}
    assert not left & set(stale), left & set(stale)
    assert "notes.txt" in left


def adapters_of_others(w: World) -> None:
    own = w.work / "run/adapter"
    tensors = load_file(own / "adapter_model.safetensors")
    named = w.copy("default adapter", own)
    save_file(
        {n.replace(".weight", ".default.weight"): t for n, t in tensors.items()},
        named / "adapter_model.safetensors",
    )
    w.same_logits(w.saved, named)
    extra = w.copy("adapter with more", own)
    torch.save({"projector.weight": torch.zeros(2)}, extra / "non_lora_state_dict.bin")
    torch.save({}, extra / "training_args.bin")
    ask = ("--model", w.saved, "--image", w.page, "--question", QUESTION, "--max-new-tokens", 1)
    said = w.run("predict", *ask, "--adapter", extra)
    assert said.count("weights that are not read: non_lora_state_dict.bin;") == 1, said
    pickled = w.copy("pickled adapter", own)
    os.remove(pickled / "adapter_model.safetensors")
    torch.save(tensors, pickled / "adapter_model.bin")
    assert "adapter_model.bin, a pickle" in w.run("predict", *ask, "--adapter", pickled, code=4)


CHECKS = [
    the_line,
    both_generations_load,
    two_processors,
    an_index_that_is_left_over,
    older_shards,
    newer_shards,
    weights_of_another_name,
    pickled_weights,
    stop_tokens,
    nothing_of_the_base_that_is_no_longer_true,
    adapters_of_others,
]


def main() -> int:
    options = options_of(__doc__).parse_args()
    with work_folder("saved_folders") as work:
        return run_checks(
            World(options, work), CHECKS, options.only, always=[the_line], essential=[the_line]
        )


if __name__ == "__main__":
    sys.exit(main())
