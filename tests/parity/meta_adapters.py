"""Adapters of peft on the linears of Meta's own code, under the names that their files have."""

import re
from pathlib import Path

import torch
import torch.nn.functional as F
from peft import LoraConfig, get_peft_model
from torch.nn.utils import parametrize
from transformers import AutoConfig, MllamaForConditionalGeneration

import meta_reference as meta
from mllama_cases import LINEARS, randomise_factors

SELF = {
    "self_attn.q_proj": "attention.wq",
    "self_attn.k_proj": "attention.wk",
    "self_attn.v_proj": "attention.wv",
    "self_attn.o_proj": "attention.wo",
    "mlp.gate_proj": "feed_forward.w1",
    "mlp.up_proj": "feed_forward.w3",
    "mlp.down_proj": "feed_forward.w2",
}
CROSS = {name.replace("self_attn", "cross_attn"): theirs for name, theirs in SELF.items()}
VISION = {
    "self_attn.q_proj": "attn.wq",
    "self_attn.k_proj": "attn.wk",
    "self_attn.v_proj": "attn.wv",
    "self_attn.o_proj": "attn.wo",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
}


def decoder_layers(text_model) -> list:
    """(names, module) of each layer in Hugging Face's order: a cross-attention layer stands before
    the self-attention layer that it belongs to."""
    layers = []
    for i, layer in enumerate(text_model.layers):
        if i in text_model.fusion_schedule:
            place = text_model.fusion_schedule.index(i)
            layers.append((CROSS, text_model.cross_attention_layers[place]))
        layers.append((SELF, layer))
    return layers


def linear_of(model, name: str):
    """The linear of Meta's code that Hugging Face calls `name`."""
    if name.endswith("multi_modal_projector"):
        return model.vision_model.vision_projection
    tower, layer, rest = re.search(r"(\w+)\.layers\.(\d+)\.(.*)$", name).groups()
    if "vision_model" not in name:
        names, module = decoder_layers(model.text_model)[int(layer)]
        return module.get_submodule(names[rest])
    encoder = getattr(model.vision_model.vision_encoder, tower)
    return encoder.resblocks[int(layer)].get_submodule(VISION[rest])


def heads_of(model, name: str) -> int:
    """Heads whose rows Hugging Face stores in halves and Meta in pairs; 0 if in one order."""
    attention = {"q_proj": "n_local_heads", "k_proj": "n_local_kv_heads"}
    last = name.rsplit(".", 1)[-1]
    if "vision_model" in name or "self_attn" not in name or last not in attention:
        return 0
    return getattr(model.text_model.layers[0].attention, attention[last])


class Update(torch.nn.Module):
    """W + scale * B A, with the rows of B in Hugging Face's order."""

    def __init__(self, a, b, scale: float, heads: int):
        super().__init__()
        self.a, self.b = torch.nn.Parameter(a), torch.nn.Parameter(b)
        self.scale, self.heads = scale, heads

    def forward(self, weight):
        b = self.b
        if self.heads:
            halves = b.view(self.heads, 2, -1, b.shape[1])
            b = halves.transpose(1, 2).reshape(b.shape)
        return weight + self.scale * (b @ self.a)


def adapt(model, tensors: dict, scale: float) -> dict:
    """Puts the factors of an adapter_model.safetensors on `model`, whose own parameters are frozen.
    Returns them as parameters, by their names in the file."""
    model.requires_grad_(False)
    factors = {}
    for name in sorted(n for n in tensors if n.endswith(".lora_A.weight")):
        module, other = name.removesuffix(".lora_A.weight"), name.replace("lora_A", "lora_B")
        dtype = next(model.parameters()).dtype
        a, b = (tensors[n].detach().clone().to(dtype) for n in (name, other))
        update = Update(a, b, scale, heads_of(model, module))
        parametrize.register_parametrization(linear_of(model, module), "weight", update)
        factors |= {name: update.a, other: update.b}
    return factors


def run(model, inputs: dict, factors: dict) -> dict:
    """Logits, loss and gradients of `factors` by Meta's code."""
    logits = meta.forward(model, inputs)
    loss = F.cross_entropy(logits[0, :-1], inputs["labels"][0, 1:])
    loss.backward()
    found = {"grad." + name: factor.grad.clone() for name, factor in factors.items()}
    return {"logits": logits.detach(), "loss": loss.detach()} | found


def save_random(folder: Path, config: dict, seed: int, rank: int, alpha: int) -> None:
    """An adapter of peft on every linear of the shape `config`."""
    model = MllamaForConditionalGeneration(AutoConfig.for_model("mllama", **config))
    lora = LoraConfig(r=rank, lora_alpha=alpha, target_modules=LINEARS)
    peft = get_peft_model(model, lora)
    torch.manual_seed(seed)
    randomise_factors(peft, 0.1)
    peft.save_pretrained(folder)
