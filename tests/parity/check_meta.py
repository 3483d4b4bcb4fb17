"""Checkpoints in Meta's own layout: what Meta's code computes with them, what this program
computes, and what transformers computes with their conversion.

    python tests/parity/check_meta.py --bin build/bin [--seed N]

A small random model of the package llama-models is saved as consolidated.pth and split in two.
Prints a line a check; exits 1 where one fails, 77 without the package.
"""

import argparse
import importlib.util
import json
import pickle
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import torch
import torch.nn.functional as F
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, MllamaForConditionalGeneration
from transformers.convert_slow_tokenizer import TikTokenConverter

sys.path.append(str(Path(__file__).parent.parent / "text"))
import corpus
from mllama_cases import randomise_factors

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

TOLERANCE = 1e-5  # largest difference over the largest
try:
    import meta_reference as meta

    meta.meta_module()
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)


def run(binaries, tool, *words, expect=0):
    done = subprocess.run(
        [binaries / f"ecg-lora-{tool}", *map(str, words)], capture_output=True, text=True
    )
    assert done.returncode == expect, (tool, done.returncode, done.stderr[-500:])
    return done


def distance(a, b):
    return float((a.float() - b.float()).abs().max() / b.float().abs().max().clamp_min(1e-30))


def inputs():
    rows, columns = canvas = [(1, 1), (1, 3), (2, 2), (4, 1)][torch.randint(4, (1,))]
    tokens = torch.randint(0, meta.PARAMS["vocab_size"], (1, 20))
    tokens[0, 0] = meta.PARAMS["vocab_size"]  # the image
    pixels, used = torch.zeros(1, 1, 4, 3, 28, 28), torch.zeros(1, 1, 4, dtype=torch.long)
    pixels[:, :, : rows * columns] = torch.randn(rows * columns, 3, 28, 28)
    used[..., : rows * columns] = 1
    identity = [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (3, 1), (4, 1)].index(canvas) + 1
    return {
        "input_ids": tokens,
        "attention_mask": torch.ones_like(tokens),
        "pixel_values": pixels,
        "aspect_ratio_ids": torch.tensor([[identity]]),
        "aspect_ratio_mask": used,
        "cross_attention_mask": used.unsqueeze(1).expand(1, 20, 1, 4).contiguous(),
    }, canvas


class World:
    def __init__(self, binaries, work, seed):
        self.binaries, self.work = binaries, work
        self.model = meta.random_model(seed)
        self.inputs, canvas = inputs()
        save_file(self.inputs, work / "in.safetensors")
        self.expected = meta.logits(self.model, self.inputs | {"canvas": canvas})

    def ours(self, folder, *words):
        run(
            self.binaries,
            "parity",
            "--model",
            folder,
            "--inputs",
            self.work / "in.safetensors",
            "--out",
            self.work / "out.safetensors",
            *words,
        )
        return load_file(self.work / "out.safetensors")["logits"]

    def judge(self, name, found, expected, tolerance=TOLERANCE):
        error = distance(found, expected)
        print(f"{name:<58}{error:.1e}")
        assert error <= tolerance, name


def check_logits(w):
    for parts in (1, 2):
        folder = w.work / f"meta {parts}"
        meta.save(w.model, folder, parts)
        w.judge(f"logits from {parts} file(s) against Meta's code", w.ours(folder), w.expected)


def merged(w, base, out, seed):
    """An adapter on `base`, merged into it, and the adapter."""
    adapter = w.work / f"adapter of {out.name}"
    if not adapter.exists():
        model = MllamaForConditionalGeneration(w.config)
        peft = get_peft_model(
            model, LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "fc2"])
        )
        torch.manual_seed(seed)
        randomise_factors(peft, 0.1)
        peft.save_pretrained(adapter)
    run(w.binaries, "merge", "--base", base, "--adapter", adapter, "--out", out, "--verify")
    return adapter


def check_conversion(w, seed):
    """A merge writes Hugging Face's layout, which transformers loads and computes the same with."""
    base, out = w.work / "plain", w.work / "merged"
    meta.save(w.model, base, 2)
    # There is no tokenizer, which inspect tells by its exit code.
    described = json.loads(run(w.binaries, "inspect", base, "--json", expect=4).stdout)
    assert described["tensors"]["complete"], described["tensors"]
    w.config = MllamaForConditionalGeneration.config_class.from_dict(config_of(w, base))
    adapter = merged(w, base, out, seed)
    reference = MllamaForConditionalGeneration.from_pretrained(
        out, attn_implementation="eager"
    ).eval()
    with torch.no_grad():
        theirs = reference(**w.inputs).logits
    w.judge("merged, transformers against here", theirs, w.ours(out))
    w.judge(
        "base and adapter here against merged here", w.ours(base, "--adapter", adapter), w.ours(out)
    )
    generation = json.loads((out / "generation_config.json").read_text())
    assert (
        generation["eos_token_id"] == 128001
        and json.loads((out / "preprocessor_config.json").read_text())["size"]["height"] == 28
    )
    assert not (out / "params.json").exists() and not list(out.glob("*.pth"))
    check_with_tokenizer(w, adapter, seed)


def check_with_tokenizer(w, adapter, seed):
    """Llama 3's own tokenizer goes with its own vocabulary only; tokenizer.json is made of it."""
    package = importlib.util.find_spec("llama_models").submodule_search_locations[0]
    real = Path(package) / "llama3/tokenizer.model"
    base, out, small = w.work / "with tokenizer", w.work / "merged with tokenizer", w.work / "plain"
    meta.save(meta.random_model(seed, vocab_size=128256), base, 1, vocab_size=128256)
    for folder in (base, small):
        shutil.copy(real, folder)
    merge = ["merge", "--adapter", adapter, "--out", out, "--base"]
    said = run(w.binaries, *merge, small, expect=4).stderr
    assert "has <|image|> at 128256, expected at 96" in said, said
    run(w.binaries, "inspect", base)
    run(w.binaries, *merge, base)
    check_tokenizer(real, out)


def check_tokenizer(ranks, out):
    """tokenizer.json, whole, against the one that transformers makes of the ranks; what it adds at
    the beginning is Llama 3's own.
    """
    ours = json.loads((out / "tokenizer.json").read_text())
    theirs = json.loads(
        TikTokenConverter(str(ranks), extra_special_tokens=corpus.LLAMA3_SPECIALS)
        .converted()
        .to_str()
    )
    for part in ("vocab", "merges", "ignore_merges"):
        assert ours["model"][part] == theirs["model"][part], part
    for part in ("pattern", "behavior", "invert"):
        assert (
            ours["pre_tokenizer"]["pretokenizers"][0][part]
            == theirs["pre_tokenizer"]["pretokenizers"][0][part]
        ), part
    assert [t["content"] for t in ours["added_tokens"]] == [
        t["content"] for t in theirs["added_tokens"]
    ]
    tokenizer = AutoTokenizer.from_pretrained(out)
    for text in corpus.FIXED:
        assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False)) == text, text
    assert tokenizer.encode("Yes") == [128000, 9642] and tokenizer.eos_token == "<|end_of_text|>"
    turn = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "Q?"}]}]
    assert (
        tokenizer.apply_chat_template(turn, tokenize=False)
        == "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n<|image|>Q?<|eot_id|>"
    )
    print("tokenizer.json written beside it: equal to transformers' conversion")


def config_of(w, base):
    """The shape of `base` in transformers' terms."""
    text = {
        "vocab_size": 96,
        "hidden_size": 64,
        "intermediate_size": 224,
        "num_hidden_layers": 7,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "cross_attention_layers": [1, 5],
        "rms_norm_eps": 1e-5,
        "rope_theta": 500000.0,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
    }
    vision = {
        "hidden_size": meta.WIDTH,
        "attention_heads": 16,
        "intermediate_size": 4 * meta.WIDTH,
        "num_hidden_layers": 32,
        "num_global_layers": 8,
        "image_size": 28,
        "patch_size": 14,
        "max_num_tiles": 4,
        "intermediate_layers_indices": [3, 7, 15, 23, 30],
        "vision_output_dim": 6 * meta.WIDTH,
    }
    return {"text_config": text, "vision_config": vision}


def check_resized_positions(w, seed):
    """Positions for 4 x 4 patches in a model of 2 x 2, as transformers' conversion resizes them."""
    tensors = w.model.state_dict()
    torch.manual_seed(seed)
    local, tiles = 0.1 * torch.randn(17, meta.WIDTH), 0.1 * torch.randn(4, 4, 17, meta.WIDTH)
    encoder = "vision_model.vision_encoder."
    meta.save(
        w.model,
        w.work / "large",
        1,
        tensors=tensors
        | {encoder + "positional_embedding": local, encoder + "gated_positional_embedding": tiles},
    )
    merged(w, w.work / "large", w.work / "resized", seed)
    found = load_file(w.work / "resized/model.safetensors")
    shrink = lambda x: (
        F.interpolate(
            x[1:].T.reshape(1, -1, 4, 4), size=(2, 2), mode="bicubic", align_corners=False
        )
        .reshape(-1, 4)
        .T
    )
    w.judge(
        "positions of other tiles",
        found["vision_model.gated_positional_embedding.embedding"],
        torch.cat([local[:1], shrink(local)]),
    )
    table = found["vision_model.gated_positional_embedding.tile_embedding.weight"].reshape(
        9, 4, 5, meta.WIDTH
    )
    w.judge(
        "positions of other tiles in a canvas",
        table[6, 2],
        torch.cat([tiles[1, 0, :1], shrink(tiles[1, 0])]),
    )  # 2 x 2, third place: second row, first column
    assert float(table[0].abs().max()) == 0 and float(table[2, 2:].abs().max()) == 0


class Command:
    """What a hostile pickle holds."""

    def __reduce__(self):
        return print, ("executed",)


def check_bad_files(w):
    """Each is refused in one sentence with exit code 4."""
    whole = (w.work / "meta 1/consolidated.pth").read_bytes()
    archive = zipfile.ZipFile(w.work / "meta 1/consolidated.pth")
    folder = w.work / "bad"
    folder.mkdir()
    (folder / "params.json").write_text((w.work / "meta 1/params.json").read_text())
    target = folder / "consolidated.pth"

    def refused(what, part):
        done = run(
            w.binaries,
            "parity",
            "--model",
            folder,
            "--inputs",
            w.work / "in.safetensors",
            "--out",
            w.work / "none",
            expect=4,
        )
        assert (
            part in done.stderr
            and done.stderr.strip().count("\n") == 0
            and "executed" not in done.stdout + done.stderr
        ), (what, done.stderr)

    for size in (0, 3, 1000, len(whole) // 2, len(whole) - 1):
        target.write_bytes(whole[:size])
        refused(f"cut to {size}", "consolidated.pth")
    torch.save({"a": Command()}, target)
    refused("a command", "would have Python call")
    torch.save({"a": 1}, target)
    refused("a number", "'a' is no tensor")
    torch.save([torch.zeros(2)], target)
    refused("a list", "is no dictionary")
    target.write_bytes(pickle.dumps({"a": 1}))
    refused("a bare pickle", "no zip archive")
    torch.save({"a": torch.zeros(2)}, target)
    refused("other tensors", "does not fit")
    torch.save(w.model.state_dict() | {"extra.weight": torch.zeros(2)}, target)
    refused("an extra tensor", "extra.weight")
    data = bytearray(whole)
    record = archive.read(next(n for n in archive.namelist() if n.endswith("data.pkl")))
    at = whole.find(record)
    for k in range(40):  # damage in the pickle: its check sum, or what it says, is wrong
        data[at + (k * 7919) % len(record)] ^= 1 << k % 8
        target.write_bytes(data)
        run(
            w.binaries,
            "parity",
            "--model",
            folder,
            "--inputs",
            w.work / "in.safetensors",
            "--out",
            w.work / "none",
            expect=4,
        )
    (folder / "params.json").write_text(json.dumps(meta.PARAMS | {"n_heads": "many"}))
    refused("a wrong params.json", "n_heads has the wrong type")
    print("bad files: refused, each in one sentence")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument("--seed", type=int, default=default_seed())
    options = parser.parse_args()
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory() as folder:
        world = World(options.bin.resolve(), Path(folder), options.seed)
        check_logits(world)
        check_conversion(world, options.seed)
        check_resized_positions(world, options.seed)
        check_bad_files(world)
    return 0


if __name__ == "__main__":
    sys.exit(main())
