"""Names and shapes of every tensor, without weights, against transformers' model on the `meta`
device: 11B and 90B, Instruct (560 px) and Base (448 px), from config.json and from Meta's
params.json; and that files with either generation of names load.

    python tests/parity/check_table.py --bin build/bin
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import MllamaConfig, MllamaForConditionalGeneration

import mllama_cases as cases
from check_variants import old_name

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

SIZES = {
    "11B": dict(
        hidden_size=4096,
        intermediate_size=14336,
        num_hidden_layers=40,
        num_attention_heads=32,
        num_key_value_heads=8,
        cross_attention_layers=list(range(3, 40, 5)),
    ),
    "90B": dict(
        hidden_size=8192,
        intermediate_size=28672,
        num_hidden_layers=100,
        num_attention_heads=64,
        num_key_value_heads=8,
        cross_attention_layers=list(range(3, 100, 5)),
    ),
}
TENSORS = {"11B": 906, "90B": 906 + 48 * 9 + 12 * 13}
META = {
    "11B": {
        "dim": 4096,
        "n_layers": 32,
        "n_heads": 32,
        "n_kv_heads": 8,
        "multiple_of": 1024,
        "vision_num_cross_attention_layers": 8,
    },
    "90B": {
        "dim": 8192,
        "n_layers": 80,
        "n_heads": 64,
        "n_kv_heads": 8,
        "multiple_of": 4096,
        "vision_num_cross_attention_layers": 20,
    },
}


def disk_name(name):
    """Of a tensor of the model in memory, as checkpoints on disk have it."""
    return "language_model." + name if name.startswith("lm_head.") else old_name(name)


def listed(binaries, folder):
    done = subprocess.run(
        [binaries / "ecg-lora-inspect", folder, "--tensors", "--json"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return {
        row["tensor"]: tuple(json.loads(row["shape"]))
        for row in json.loads(done.stdout)["expected"]
    }


def check_size(binaries, work, size, tile):
    config = MllamaConfig(
        text_config=SIZES[size] | {"vocab_size": 128256, "tie_word_embeddings": False},
        vision_config={"image_size": tile},
    )
    with torch.device("meta"):
        model = MllamaForConditionalGeneration(config)
    expected = {disk_name(name): tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    folders = [work / f"{size} {tile} {kind}" for kind in ("transformers", "meta")]
    config.save_pretrained(folders[0])
    folders[1].mkdir()
    params = META[size] | {
        "vocab_size": 128256,
        "ffn_dim_multiplier": 1.3,
        "norm_eps": 1e-5,
        "rope_theta": 500000.0,
        "use_scaled_rope": True,
        "vision_chunk_size": tile,
        "vision_max_num_chunks": 4,
    }
    (folders[1] / "params.json").write_text(json.dumps(params))
    for folder in folders:
        found = listed(binaries, folder)
        wrong = [
            name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)
        ]
        print(
            f"{folder.name}: {len(found)} tensors, {len(wrong)} differ {wrong[:3] if wrong else ''}"
        )
        assert not wrong and len(found) == TENSORS[size], (len(found), wrong[:5])


def check_names(binaries, work, seed):
    """One model under either generation's names, in one file and in shards, in all three dtypes."""
    rng = random.Random(seed)
    config = cases.random_config(rng)
    model = cases.random_model(config, seed)
    inputs = cases.random_inputs(config, rng, 1)
    save_file(
        {name: tensor.contiguous() for name, tensor in inputs.items()}, work / "in.safetensors"
    )
    seen = {}
    for dtype in (torch.float32, torch.bfloat16, torch.float16):
        for naming in (lambda name: name, disk_name):
            for shards in (1, 3):
                folder = work / f"names {len(seen)}"
                folder.mkdir()
                config.save_pretrained(folder)
                tensors = {
                    naming(name): tensor.to(dtype) for name, tensor in model.state_dict().items()
                }
                files = [
                    f"model-{k + 1:05d}-of-{shards:05d}.safetensors"
                    if shards > 1
                    else "model.safetensors"
                    for k in range(shards)
                ]
                where = {name: files[k % shards] for k, name in enumerate(tensors)}
                for file in files:
                    save_file(
                        {name: tensor for name, tensor in tensors.items() if where[name] == file},
                        folder / file,
                    )
                if shards > 1:
                    (folder / "model.safetensors.index.json").write_text(
                        json.dumps({"weight_map": where})
                    )
                subprocess.run(
                    [
                        binaries / "ecg-lora-parity",
                        "--model",
                        folder,
                        "--inputs",
                        work / "in.safetensors",
                        "--out",
                        work / "out.safetensors",
                        "--dtype",
                        "fp32",
                    ],
                    check=True,
                    capture_output=True,
                )
                seen[folder.name] = dtype, load_file(work / "out.safetensors")["logits"]
        with torch.no_grad():
            rounded = cases.random_model(config, seed)
            for parameter in rounded.parameters():
                parameter.copy_(parameter.to(dtype))
            reference = rounded(**{k: v for k, v in inputs.items() if k != "labels"}).logits
        errors = [
            float(
                (found - reference)[inputs["attention_mask"].bool()].abs().max()
                / reference.abs().max()
            )
            for kind, found in seen.values()
            if kind == dtype
        ]
        print(
            f"{dtype}: {len(errors)} ways to store one model, logits off by at most "
            f"{max(errors):.1e}"
        )
        assert len(errors) == 4 and max(errors) <= 1e-5, errors


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    parser.add_argument("--seed", type=int, default=default_seed())
    options = parser.parse_args()
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            for tile in (560, 448):
                check_size(options.bin.resolve(), Path(folder), size, tile)
        check_names(options.bin.resolve(), Path(folder), options.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
