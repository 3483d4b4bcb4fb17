"""Three programs on one model: Meta's own code, this program, and transformers with peft.

    python tests/parity/check_states.py --bin build/bin [--seed N]

A small random model of the package llama-models is saved in Meta's layout, exported by `ecg-lora
merge` for transformers and for Meta, and opened everywhere with one adapter on every linear.
Prints a table of the largest differences from Meta's code: logits over the largest logit, loss
relative, adapter gradients each over its norm. If transformers' own fp32 is more than 1e-6 off its
fp64 in a value, its error counts in multiples of that, as in check_model.py. Exits 1 if one is above
1e-5, 77 without the package.

The image token comes first: for tokens before it, Meta's code and transformers differ (docs/model.md).
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, MllamaForConditionalGeneration

import check_meta
import check_model
import mllama_cases as cases
import meta_adapters
import meta_reference as meta

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

TOLERANCE = 1e-5
RANK, ALPHA = 4, 8
OTHER_STATES = 1e-3  # a model that takes other states is at least this far off
ENTERING, LEAVING = "entering [3, 7, 15, 23, 30]", "leaving [2, 6, 14, 22, 29]"
LATE = "leaving [3, 7, 15, 23, 30]"


def with_labels(inputs: dict) -> dict:
    """Labels on about half of the tokens after the first."""
    labels = inputs["input_ids"].clone()
    labels[torch.rand(labels.shape) < 0.5] = -100
    labels[:, 0] = -100
    labels[:, -1] = inputs["input_ids"][:, -1]
    return inputs | {"labels": labels}


def metas(model, inputs: dict, factors: dict) -> dict:
    """Logits, loss and gradients of the adapter by Meta's code."""
    logits = meta.forward(model, inputs)
    loss = F.cross_entropy(logits[0, :-1], inputs["labels"][0, 1:])
    loss.backward()
    found = {"grad." + name: factor.grad.clone() for name, factor in factors.items()}
    return {"logits": logits.detach(), "loss": loss.detach()} | found


def with_adapter(folder: Path, adapter: Path | None, config=None):
    """The model of `folder` in transformers, with the adapter in peft if there is one."""
    model = MllamaForConditionalGeneration.from_pretrained(
        folder, config=config, attn_implementation="eager"
    )
    if adapter:
        model = PeftModel.from_pretrained(model, adapter, is_trainable=True)
    return model.eval()


def transformers_on(folder: Path, adapter: Path | None, inputs: dict, config=None) -> dict:
    """The same as metas() by transformers and peft; no gradients without an adapter."""
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
        self.adapter = self.random_adapter(seed)
        tensors = load_file(self.adapter / "adapter_model.safetensors")
        factors = meta_adapters.adapt(model, tensors, ALPHA / RANK)
        self.expected = metas(model, self.inputs | {"canvas": canvas}, factors)
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

    def random_adapter(self, seed: int) -> Path:
        config = AutoConfig.for_model("mllama", **check_meta.config_of(None, None))
        model = MllamaForConditionalGeneration(config)
        peft = get_peft_model(
            model, LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=cases.LINEARS, task_type="CAUSAL_LM")
        )
        torch.manual_seed(seed)
        with torch.no_grad():
            for name, parameter in peft.named_parameters():
                if "lora_" in name:
                    parameter.copy_(0.1 * torch.randn_like(parameter))
        peft.save_pretrained(self.work / "adapter")
        return self.work / "adapter"

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

    def judge(self, program: str, weights: str, states: str, found: dict, expected=None) -> None:
        """A line of the table. Of a merged adapter, gradients are not compared."""
        expected = expected or self.expected
        learns = any(name.startswith("grad.") for name in found)
        errors = check_model.errors(
            found if learns else expected | found, expected, self.rounding, self.attention
        )
        row = [program, weights, states, *(f"{e:.1e}" for e in errors.values())]
        row[-1] = row[-1] if learns else ""
        print("| " + " | ".join(row) + " |", flush=True)
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
    for parts in (1, 2):
        w.judge("ecg-lora", f"consolidated.pth, {parts} file(s)", ENTERING, w.ours(w.work / f"pth {parts}", ENTERING))
    plain = w.plain
    metas_form = w.export("for meta", "--weight", 0, "--for", "meta")
    published = unmarked(metas_form, w.work / "published")
    w.judge("ecg-lora", "Hugging Face, as published", ENTERING, w.ours(published, ENTERING))
    w.judge("ecg-lora", "merge --for meta", ENTERING, w.ours(metas_form, ENTERING))
    w.judge("ecg-lora", "merge", LEAVING, w.ours(plain, LEAVING))
    w.judge("transformers, peft", "merge", LEAVING, transformers_on(plain, w.adapter, w.inputs))
    config = AutoConfig.from_pretrained(published)
    config.vision_config.update({"intermediate_layers_indices": [2, 6, 14, 22, 29], "vision_states": "leaving"})
    by_hand = transformers_on(published, w.adapter, w.inputs, config)
    w.judge("transformers, peft", "as published, with the two lines", LEAVING, by_hand)
    merged = w.export("merged")
    w.judge("ecg-lora", "merge with the adapter", LEAVING, w.ours(merged, LEAVING, adapter=False))
    w.judge("transformers", "merge with the adapter", LEAVING, transformers_on(merged, None, w.inputs))
    check_saved_again(w, merged)
    check_late_states(w, published)


def check_saved_again(w: World, merged: Path) -> None:
    """The marker outlives from_pretrained() and save_pretrained()."""
    again = w.work / "saved again"
    MllamaForConditionalGeneration.from_pretrained(merged).save_pretrained(again)
    w.judge("ecg-lora", "the same, saved by transformers", LEAVING, w.ours(again, LEAVING, adapter=False))


def check_late_states(w: World, published: Path) -> None:
    """What transformers takes from the published list: the flag makes this program take the same."""
    late = transformers_on(published, w.adapter, w.inputs)
    off = check_meta.distance(late["logits"], w.expected["logits"])
    assert off > OTHER_STATES, off
    found = w.ours(published, LATE, "--vision-states", "leaving")
    print(f"\nthe published list in transformers: logits {off:.1e} off those of Meta's code\n")
    print("against transformers:\n")
    w.judge("ecg-lora", "as published, --vision-states leaving", LATE, found, late)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument("--seed", type=int, default=default_seed())
    options = parser.parse_args()
    print(f"seed {options.seed}\n\n| program | weights | vision states | logits | loss | gradients |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        world = World(options.bin.resolve(), Path(folder), options.seed)
        check_trained_states(world)
    for line in world.failed:
        print(f"above {TOLERANCE}: {line}")
    return 1 if world.failed else 0


if __name__ == "__main__":
    sys.exit(main())
