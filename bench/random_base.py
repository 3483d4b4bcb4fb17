"""A checkpoint of random bf16 numbers in the shape of Llama 3.2 Vision, in Hugging Face's layout.

    python bench/random_base.py --bin build/bin --out DIR [--shape 11b|small] [--tokenizer FILE]

`11b` is the shape of Llama-3.2-11B-Vision: 906 tensors, 21.3 GB in five files. `small` is 0.4 GB in
two files. Norms are 1, all other values N(0, 0.02), which is how transformers initialises the
model. The tokenizer is Meta's, out of the package llama-models; --tokenizer names another file.
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

import llama_11b

SMALL = {
    "text": {
        "hidden_size": 1024,
        "intermediate_size": 2816,
        "num_hidden_layers": 6,
        "num_attention_heads": 8,
        "num_key_value_heads": 2,
        "cross_attention_layers": [1, 4],
        "vocab_size": 32000,
    },
    "vision": {
        "hidden_size": 640,
        "intermediate_size": 2560,
        "num_hidden_layers": 8,
        "num_global_layers": 2,
        "attention_heads": 8,
        "intermediate_layers_indices": [3, 6],
        "image_size": 224,
        "vision_output_dim": 1920,
    },
}
ONE = b"\x80\x3f"  # 1.0 in bf16


def bf16_noise(deviation):
    """A few million normal numbers in bf16, which files repeat."""
    values = np.random.default_rng(1).normal(0, deviation, 1 << 22).astype(np.float32)
    return (values.view(np.uint32) >> 16).astype(np.uint16).tobytes()


def write_tensor(file, name, size, noise):
    if "norm" in name and name.endswith(".weight"):
        return file.write(ONE * (size // 2))
    while size > 0:
        file.write(noise[:size])
        size -= min(size, len(noise))


def write_file(path, tensors, noise):
    """A safetensors file of bf16 tensors (name, shape)."""
    header, at, sizes = {"__metadata__": {"format": "pt"}}, 0, {}
    for name, shape in tensors:
        sizes[name] = 2 * int(np.prod(shape))
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + sizes[name]]}
        at += sizes[name]
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name, size in sizes.items():
            write_tensor(file, name, size, noise)


def expected_tensors(binaries, folder):
    """(name, shape) of all tensors that the config.json of `folder` asks for."""
    command = [binaries / "ecg-lora-inspect", folder, "--tensors", "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [(r["tensor"], json.loads(r["shape"])) for r in json.loads(done.stdout)["expected"]]


def split(tensors, limit):
    """Shards of at most `limit` bytes, in order."""
    shards, size = [[]], 0
    for name, shape in tensors:
        own = 2 * int(np.prod(shape))
        if shards[-1] and size + own > limit:
            shards.append([])
            size = 0
        shards[-1].append((name, shape))
        size += own
    return shards


def make_base(binaries, folder, shape):
    """Writes config.json and weights into the new folder `folder`; returns (name, shape) of all."""
    folder.mkdir(parents=True)
    config = llama_11b.config(**(SMALL if shape == "small" else {}))
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "preprocessor_config.json").write_text(json.dumps(llama_11b.processor(config)))
    tensors = expected_tensors(binaries, folder)
    shards, noise = split(tensors, 5e9 if shape == "11b" else 3e8), bf16_noise(0.02)
    places = {}
    for number, some in enumerate(shards, 1):
        file = f"model-{number:05d}-of-{len(shards):05d}.safetensors"
        write_file(folder / file, some, noise)
        places |= {name: file for name, _ in some}
    index = {"metadata": {}, "weight_map": places}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return tensors


def find_tokenizer():
    """Meta's tokenizer.model, or None without the package llama-models."""
    package = importlib.util.find_spec("llama_models")
    if not package:
        return None
    return Path(package.submodule_search_locations[0]) / "llama3" / "tokenizer.model"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True, help="folder of the programs")
    parser.add_argument("--out", type=Path, required=True, help="folder to write; must not exist")
    parser.add_argument("--shape", choices=["11b", "small"], default="11b")
    parser.add_argument("--tokenizer", type=Path, default=find_tokenizer())
    options = parser.parse_args()
    if not options.tokenizer:
        print(
            "error: no tokenizer, expected the package llama-models or --tokenizer FILE; run "
            "'pip install --no-deps llama-models==0.3.0'",
            file=sys.stderr,
        )
        return 2
    staging = options.out.with_name(options.out.name + ".part")
    shutil.rmtree(staging, ignore_errors=True)
    make_base(options.bin, staging, options.shape)
    shutil.copyfile(options.tokenizer, staging / "tokenizer.model")
    os.rename(staging, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
