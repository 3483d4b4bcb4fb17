"""The folder of Llama-3.2-11B-Vision-Instruct with the released layers, names, ids and tokenizer.

Widths and tiles are small. Weights are N(0, 0.02) in bf16, norms 1, gates 0.5.
"""

import base64
import importlib.util
import json
import subprocess
from pathlib import Path

import numpy as np

FILES = 5
ONE, HALF = 0x3F80, 0x3F00  # in bf16
TOKENS = {"bos_token_id": 128000, "eos_token_id": [128001, 128008, 128009], "pad_token_id": 128004}
UNUSED = {
    "_name_or_path": "",
    "chunk_size_feed_forward": 0,
    "is_decoder": False,
    "is_encoder_decoder": False,
    "output_attentions": False,
    "output_hidden_states": False,
    "return_dict": True,
    "torch_dtype": "bfloat16",
    "use_bfloat16": False,
}
TEXT = (
    UNUSED
    | TOKENS
    | {
        "cross_attention_layers": [3, 8, 13, 18, 23, 28, 33, 38],
        "dropout": 0,
        "hidden_act": "silu",
        "hidden_size": 64,
        "initializer_range": 0.02,
        "intermediate_size": 128,
        "max_position_embeddings": 131072,
        "model_type": "mllama_text_model",
        "num_attention_heads": 4,
        "num_hidden_layers": 40,
        "num_key_value_heads": 2,
        "rms_norm_eps": 1e-05,
        "rope_scaling": {
            "factor": 8.0,
            "high_freq_factor": 4.0,
            "low_freq_factor": 1.0,
            "original_max_position_embeddings": 8192,
            "rope_type": "llama3",
        },
        "rope_theta": 500000.0,
        "tie_word_embeddings": False,
        "use_cache": True,
        "vocab_size": 128256,
    }
)
VISION = UNUSED | {
    "attention_heads": 4,
    "hidden_act": "gelu",
    "hidden_size": 64,
    "image_size": 112,
    "initializer_range": 0.02,
    "intermediate_layers_indices": [3, 7, 15, 23, 30],
    "intermediate_size": 128,
    "max_num_tiles": 4,
    "model_type": "mllama_vision_model",
    "norm_eps": 1e-05,
    "num_channels": 3,
    "num_global_layers": 8,
    "num_hidden_layers": 32,
    "patch_size": 14,
    "vision_output_dim": 384,
    "supported_aspect_ratios": [[1, 1], [1, 2], [1, 3], [1, 4], [2, 1], [2, 2], [3, 1], [4, 1]],
}
CONFIG = {
    "architectures": ["MllamaForConditionalGeneration"],
    "image_token_index": 128256,
    "model_type": "mllama",
    "text_config": TEXT,
    "torch_dtype": "bfloat16",
    "transformers_version": "4.45.0.dev0",
    "vision_config": VISION,
}
GENERATION = TOKENS | {
    "do_sample": True,
    "temperature": 0.6,
    "top_p": 0.9,
    "transformers_version": "4.45.0.dev0",
}
PREPROCESSOR = {
    "do_convert_rgb": True,
    "do_normalize": True,
    "do_pad": True,
    "do_rescale": True,
    "do_resize": True,
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_processor_type": "MllamaImageProcessor",
    "image_std": [0.26862954, 0.26130258, 0.27577711],
    "max_image_tiles": 4,
    "resample": 2,
    "rescale_factor": 0.00392156862745098,
    "size": {"height": 112, "width": 112},
}
SPECIAL = [
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|reserved_special_token_0|>",
    "<|reserved_special_token_1|>",
    "<|finetune_right_pad_id|>",
    "<|step_id|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eom_id|>",
    "<|eot_id|>",
    "<|python_tag|>",
]
SPECIAL += [f"<|reserved_special_token_{i}|>" for i in range(2, 247)] + ["<|image|>"]
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
TEXTS = {
    "LICENSE.txt": "Here stands the LLAMA 3.2 COMMUNITY LICENSE AGREEMENT.\n",
    "USE_POLICY.md": "Here stands the Llama 3.2 Acceptable Use Policy.\n",
    "README.md": "---\nlibrary_name: transformers\npipeline_tag: image-text-to-text\nlicense: "
    "llama3.2\n---\nA stand-in of random weights for tests.\n",
    ".gitattributes": "*.safetensors filter=lfs diff=lfs merge=lfs -text\n",
}


def write_json(path: Path, value):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def values_of(name: str, size: int, random) -> np.ndarray:
    """bf16 numbers as their bits."""
    if "gate" in name and "gate_proj" not in name:
        return np.full(size, HALF, np.uint16)
    if "norm" in name and name.endswith("weight"):
        return np.full(size, ONE, np.uint16)
    noise = random.normal(0, 0.02, size).astype(np.float32)
    return (noise.view(np.uint32) >> 16).astype(np.uint16)


def write_shard(path: Path, tensors: list, random):
    """A safetensors file of bf16 tensors; `tensors` has (name, shape)."""
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in tensors:
        end = at + 2 * int(np.prod(shape))
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name, shape in tensors:
            file.write(values_of(name, int(np.prod(shape)), random).tobytes())


def write_weights(folder: Path, programs: Path):
    """Five files and their index, with the tensors that config.json asks for."""
    command = [programs / "ecg-lora-inspect", folder, "--tensors", "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    expected = json.loads(done.stdout)["expected"]
    tensors = [(row["tensor"], json.loads(row["shape"])) for row in expected]
    random, places, size = np.random.default_rng(1), {}, 0
    for number in range(FILES):
        some = tensors[number * len(tensors) // FILES : (number + 1) * len(tensors) // FILES]
        file = f"model-{number + 1:05d}-of-{FILES:05d}.safetensors"
        write_shard(folder / file, some, random)
        places |= {name: file for name, _ in some}
        size += sum(2 * int(np.prod(shape)) for _, shape in some)
    index = {"metadata": {"total_size": size}, "weight_map": dict(sorted(places.items()))}
    write_json(folder / "model.safetensors.index.json", index)


def meta_ranks() -> dict:
    """Meta's tokens (bytes) and their ids."""
    package = importlib.util.find_spec("llama_models")
    if not package:
        raise SystemExit(
            "error: expected the package llama-models, which has Meta's tokenizer; "
            "run 'pip install --no-deps llama-models==0.3.0'"
        )
    file = Path(package.submodule_search_locations[0]) / "llama3" / "tokenizer.model"
    rows = (line.split() for line in file.read_bytes().splitlines())
    return {base64.b64decode(token): int(rank) for token, rank in rows}


def byte_letters() -> list:
    """The letter of each byte in a byte-level tokenizer.json (GPT-2's table)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(byte if byte in plain else next(others)) for byte in range(256)]


def write_tokenizer(folder: Path):
    """tokenizer.json as transformers converts Meta's ranks, and the files next to it."""
    ranks, letters = meta_ranks(), byte_letters()
    words = {token: "".join(letters[byte] for byte in token) for token in ranks}
    pairs = (
        (rank, ranks[token[:k]], ranks[token[k:]], f"{words[token[:k]]} {words[token[k:]]}")
        for token, rank in ranks.items()
        for k in range(1, len(token))
        if token[:k] in ranks and token[k:] in ranks
    )
    added = [
        {
            "id": 128000 + i,
            "content": content,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for i, content in enumerate(SPECIAL)
    ]
    bytes_only = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    bos = {"SpecialToken": {"id": SPECIAL[0], "type_id": 0}}
    template = {
        "type": "TemplateProcessing",
        "single": [bos, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [
            bos,
            {"Sequence": {"id": "A", "type_id": 0}},
            {"SpecialToken": {"id": SPECIAL[0], "type_id": 1}},
            {"Sequence": {"id": "B", "type_id": 1}},
        ],
        "special_tokens": {SPECIAL[0]: {"id": SPECIAL[0], "ids": [128000], "tokens": [SPECIAL[0]]}},
    }
    split = {"type": "Split", "pattern": {"Regex": SPLIT}, "behavior": "Isolated", "invert": False}
    write_json(
        folder / "tokenizer.json",
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": added,
            "normalizer": None,
            "pre_tokenizer": {
                "type": "Sequence",
                "pretokenizers": [split, bytes_only | {"use_regex": False}],
            },
            "post_processor": {
                "type": "Sequence",
                "processors": [bytes_only | {"use_regex": True}, template],
            },
            "decoder": bytes_only | {"use_regex": True},
            "model": {
                "type": "BPE",
                "dropout": None,
                "unk_token": None,
                "continuing_subword_prefix": None,
                "end_of_word_suffix": None,
                "fuse_unk": False,
                "byte_fallback": False,
                "ignore_merges": True,
                "vocab": {words[token]: rank for token, rank in ranks.items()},
                "merges": [pair[3] for pair in sorted(pairs)],
            },
        },
    )
    decoder = {str(row["id"]): {k: v for k, v in row.items() if k != "id"} for row in added}
    names = {"bos_token": SPECIAL[0], "eos_token": "<|eot_id|>", "pad_token": SPECIAL[4]}
    template = (Path(__file__).parents[1] / "text/templates/december.jinja").read_text()
    write_json(
        folder / "tokenizer_config.json",
        names
        | {
            "added_tokens_decoder": decoder,
            "chat_template": template,
            "clean_up_tokenization_spaces": True,
            "model_max_length": 131072,
            "model_input_names": ["input_ids", "attention_mask"],
            "tokenizer_class": "PreTrainedTokenizerFast",
        },
    )
    write_json(folder / "chat_template.json", {"chat_template": template})
    plain = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
    write_json(
        folder / "special_tokens_map.json",
        {key: {"content": content} | plain for key, content in names.items()},
    )


def write_model(folder: Path, programs: Path):
    """The whole new folder `folder`."""
    folder.mkdir()
    write_json(folder / "config.json", CONFIG)
    write_weights(folder, programs)
    write_json(folder / "generation_config.json", GENERATION)
    write_json(folder / "preprocessor_config.json", PREPROCESSOR)
    write_tokenizer(folder)
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
