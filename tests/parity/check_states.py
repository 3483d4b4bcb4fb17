"""Three programs on one model: Meta's own code, this program, and transformers with peft.

    python tests/parity/check_states.py --bin build/bin [--seed N]

A small random model of the package llama-models is saved in Meta's layout, exported by `ecg-lora
merge` for transformers and for Meta, and opened everywhere with one adapter on every linear.
Prints a table of the largest differences from Meta's code: logits over the largest logit, loss
relative, adapter gradients each over its norm. If transformers' own fp32 is more than 1e-6 off its
fp64 in a value, its error counts in multiples of that, as in check_model.py. Exits 1 if one is
above 1e-5, 77 without the package.

The image token comes first: for tokens before it, Meta's code and transformers differ
(docs/developers/model.md).
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, MllamaForConditionalGeneration

import check_meta
import check_model
import meta_adapters
import meta_reference as meta
import mllama_cases as cases

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

TOLERANCE = 1e-5
RANK, ALPHA = 4, 8
OTHER_STATES = 1e-3  # a model that takes other states is at least this far off
ENTERING, LEAVING = "entering [3, 7, 15, 23, 30]", "leaving [2, 6, 14, 22, 29]"
LATE = "leaving [3, 7, 15, 23, 30]"
TWO_LINES = {"vision_states": "leaving", "intermediate_layers_indices": [2, 6, 14, 22, 29]}


def with_labels(inputs: dict) -> dict:
    """Labels on about half of the tokens after the first."""
    labels = inputs["input_ids"].clone()
    labels[torch.rand(labels.shape) < 0.5] = -100
    labels[:, 0] = -100
    labels[:, -1] = inputs["input_ids"][:, -1]
    return inputs | {"labels": labels}


def with_adapter(folder: Path, adapter: Path | None, config=None):
    """The model of `folder` in transformers, with the adapter in peft if there is one."""
    model = MllamaForConditionalGeneration.from_pretrained(
        folder, config=config, attn_implementation="eager"
    )
    if adapter:
        model = PeftModel.from_pretrained(model, adapter, is_trainable=True)
    return model.eval()


def transformers_on(folder: Path, adapter: Path | None, inputs: dict, config=None) -> dict:
    """What meta_adapters.run() gives, by transformers and peft; no gradients without an adapter."""
    model = with_adapter(folder, adapter, config)
    out = model(**inputs)
    result = {"logits": out.logits.detach(), "loss": out.loss.detach()}
    if adapter:
        out.loss.backward()
        result |= {"grad." + name: g for name, g in cases.gradients(model).items()}
    return result


class World:
    def __init__(self, binaries: Path, work: Path, seed: int):
        self.binaries, self.work = binaries, work
        model = meta.random_model(seed)
        inputs, canvas = check_meta.inputs()
        self.inputs = with_labels(inputs)
        save_file(self.inputs, work / "in.safetensors")
        for parts in (1, 2):
            meta.save(model, work / f"pth {parts}", parts)
        self.adapter = work / "adapter"
        shape = check_meta.config_of(None, None)
        meta_adapters.save_random(self.adapter, shape, seed, RANK, ALPHA)
        tensors = load_file(self.adapter / "adapter_model.safetensors")
        factors = meta_adapters.adapt(model, tensors, ALPHA / RANK)
        self.expected = meta_adapters.run(model, self.inputs | {"canvas": canvas}, factors)
        self.plain = self.export("for transformers", "--weight", 0)
        self.attention = self.inputs["attention_mask"]
        self.rounding = cases.rounding(with_adapter(self.plain, self.adapter), self.inputs)
        self.failed = []

    def export(self, name: str, *words) -> Path:
        """The base in Hugging Face's layout; an adapter of weight 0 changes no tensor."""
        out = self.work / name
        merge = ("--base", self.work / "pth 2", "--adapter", self.adapter, "--out", out)
        self.run("merge", *merge, *words)
        return out

    def run(self, tool: str, *words, expect: int = 0):
        return check_meta.run(self.binaries, tool, *words, expect=expect)

    def ours(self, folder, states: str, *words, adapter: bool = True) -> dict:
        """By this program, which has to say that it takes `states`."""
        out = self.work / "out.safetensors"
        inputs = ("--inputs", self.work / "in.safetensors", "--out", out)
        words += ("--adapter", self.adapter) if adapter else ()
        done = self.run("parity", "--model", folder, *inputs, *words)
        assert f"vision states {states}" in done.stdout, done.stdout
        doubt = "does not say which vision states" in done.stderr
        assert doubt == (adapter and "entering" in states), done.stderr
        return load_file(out)

    def line(self, program: str, weights: str, states: str, found: dict, expected: dict) -> dict:
        """A line of the table, and its figures. A merged adapter has no gradients."""
        learns = any(name.startswith("grad.") for name in found)
        errors = check_model.errors(expected | found, expected, self.rounding, self.attention)
        figures = {name: f"{error:.1e}" for name, error in errors.items()}
        figures |= {} if learns else {"gradient": ""}
        print("| " + " | ".join([program, weights, states, *figures.values()]) + " |", flush=True)
        return errors

    def judge(self, program: str, weights: str, states: str, found: dict, expected=None) -> None:
        errors = self.line(program, weights, states, found, expected or self.expected)
        if any(not e <= TOLERANCE for e in errors.values()):
            self.failed.append(f"{program}, {weights}, {states}")


def unmarked(folder: Path, out: Path) -> Path:
    """The folder as Meta published it: its list, and nothing that says what it means."""
    shutil.copytree(folder, out)
    config = json.loads((out / "config.json").read_text())
    assert config["vision_config"].pop("vision_states") == "entering"
    (out / "config.json").write_text(json.dumps(config))
    return out


def check_trained_states(w: World) -> None:
    """Everything that means the states which Meta's code takes."""
    for parts, files in ((1, "one file"), (2, "two files")):
        found = w.ours(w.work / f"pth {parts}", ENTERING)
        w.judge("ecg-lora", f"consolidated.pth, {files}", ENTERING, found)
    meta_form = w.export("for meta", "--weight", 0, "--for", "meta")
    published = unmarked(meta_form, w.work / "published")
    w.judge("ecg-lora", "Hugging Face, as published", ENTERING, w.ours(published, ENTERING))
    w.judge("ecg-lora", "merge --for meta", ENTERING, w.ours(meta_form, ENTERING))
    w.judge("ecg-lora", "merge", LEAVING, w.ours(w.plain, LEAVING))
    found = transformers_on(w.plain, w.adapter, w.inputs)
    w.judge("transformers, peft", "merge", LEAVING, found)
    config = AutoConfig.from_pretrained(published)
    config.vision_config.update(TWO_LINES)
    found = transformers_on(published, w.adapter, w.inputs, config)
    w.judge("transformers, peft", "as published, with the two lines", LEAVING, found)
    check_merged_adapter(w)
    check_late_states(w, published)


def check_merged_adapter(w: World) -> None:
    """The marker outlives from_pretrained() and save_pretrained()."""
    merged, again = w.export("merged"), w.work / "saved again"
    found = w.ours(merged, LEAVING, adapter=False)
    w.judge("ecg-lora", "merge with the adapter", LEAVING, found)
    found = transformers_on(merged, None, w.inputs)
    w.judge("transformers", "merge with the adapter", LEAVING, found)
    MllamaForConditionalGeneration.from_pretrained(merged).save_pretrained(again)
    found = w.ours(again, LEAVING, adapter=False)
    w.judge("ecg-lora", "the same, saved by transformers", LEAVING, found)


def check_late_states(w: World, published: Path) -> None:
    """transformers takes others from the published list; with the flag, so does this program."""
    late = transformers_on(published, w.adapter, w.inputs)
    errors = w.line("transformers, peft", "as published", LATE, late, w.expected)
    assert errors["logits"] > OTHER_STATES, errors
    found = w.ours(published, LATE, "--vision-states", "leaving")
    w.judge("ecg-lora", "as published, against the line above", LATE, found, late)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument("--seed", type=int, default=default_seed())
    options = parser.parse_args()
    print(f"seed {options.seed}\n")
    print("| program | weights | vision states | logits | loss | gradients |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        world = World(options.bin.resolve(), Path(folder), options.seed)
        check_trained_states(world)
    for line in world.failed:
        print(f"above {TOLERANCE}: {line}")
    return 1 if world.failed else 0


if __name__ == "__main__":
    sys.exit(main())
