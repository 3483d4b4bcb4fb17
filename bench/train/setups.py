"""Adapters and batches of the comparison, in files that both programs read."""

import json
import subprocess
import sys
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from safetensors.torch import save_file
from transformers import MllamaConfig, MllamaForConditionalGeneration

sys.path.append(str(Path(__file__).parent.parent))
import llama_11b

KINDS = "(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj|fc1|fc2)"
TARGETS = {
    "text": rf".*language_model\..*\.{KINDS}",
    "text+vision": rf".*(language_model|vision_model)\..*\.{KINDS}",
}


def make_model(binaries, folder, size):
    """A random model of that size, kept between runs; of 11b the config.json only, for weights that
    are drawn where they are used.
    """
    if size == "11b" and not folder.exists():
        folder.mkdir(parents=True)
        config = llama_11b.config()
        config["vision_config"]["vision_states"] = "leaving"  # as transformers computes them
        (folder / "config.json").write_text(json.dumps(config))
    elif not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [binaries / "ecg-lora-synth", "model", "--size", size, "--out", folder],
            check=True,
            capture_output=True,
        )


def make_adapter(model, folder, targets, rank):
    """Every linear of the decoder, or of both towers; B is not zero, so that every factor has a
    gradient.
    """
    lora = LoraConfig(
        r=rank,
        lora_alpha=2 * rank,
        lora_dropout=0.0,
        target_modules=TARGETS[targets],
        task_type="CAUSAL_LM",
    )
    with torch.device("meta"):
        shapes = get_peft_model_state_dict(
            get_peft_model(
                MllamaForConditionalGeneration(MllamaConfig.from_pretrained(model)), lora
            )
        )
    torch.manual_seed(1)
    draw = {
        "lora_A": lambda x: torch.empty(x.shape).uniform_(-1, 1) / x.shape[1] ** 0.5,
        "lora_B": lambda x: 0.01 * torch.randn(x.shape),
    }
    folder.mkdir(parents=True, exist_ok=True)
    save_file(
        {name: draw[name.split(".")[-2]](x) for name, x in shapes.items()},
        folder / "adapter_model.safetensors",
    )
    lora.save_pretrained(folder)


def make_inputs(model, path, images, questions, tokens, tiles=4, shorter=0.2):
    """`questions` rows for each of `images` images on a canvas of `tiles` tiles. A row is a header
    of four tokens, the image, and text of which the last third is the answer; rows of a batch are
    up to the share `shorter` shorter than `tokens`: a fifth as among samples of similar lengths, 1
    where lengths are mixed."""
    config = json.loads((model / "config.json").read_text())
    vision, text = config["vision_config"], config["text_config"]
    size, max_tiles = vision["image_size"], vision["max_num_tiles"]
    canvas = {1: [1, 1], 2: [1, 2], 4: [2, 2]}[tiles]
    torch.manual_seed(2)
    pixels = torch.zeros(images, 1, max_tiles, 3, size, size)
    pixels[:, :, :tiles] = torch.randn(images, 1, tiles, 3, size, size)
    rows = images * questions
    lengths = [tokens - int(shorter * tokens) * (row % 4) // 4 for row in range(rows)]
    ids = torch.randint(10, text["vocab_size"] - 10, (rows, tokens))
    attention = torch.zeros(rows, tokens, dtype=torch.long)
    cross = torch.zeros(rows, tokens, 1, max_tiles, dtype=torch.long)
    labels = torch.full((rows, tokens), -100)
    for row, length in enumerate(lengths):
        ids[row, 4] = config["image_token_index"]
        ids[row, length:] = text["pad_token_id"]
        attention[row, :length] = 1
        cross[row, 4:length, 0, :tiles] = 1
        labels[row, 2 * length // 3 : length] = ids[row, 2 * length // 3 : length]
    used = torch.zeros(images, 1, max_tiles, dtype=torch.long)
    used[:, :, :tiles] = 1
    ratio = torch.full((images, 1), vision["supported_aspect_ratios"].index(canvas) + 1)
    repeat = lambda x: x.repeat_interleave(questions, 0).contiguous()
    save_file(
        {
            "input_ids": ids,
            "attention_mask": attention,
            "labels": labels,
            "cross_attention_mask": cross,
            "pixel_values": repeat(pixels),
            "aspect_ratio_ids": repeat(ratio),
            "aspect_ratio_mask": repeat(used),
        },
        path,
    )
