"""Meta's own model of LLaMA 3.2 Vision (package llama-models), small and random, with its
checkpoint in Meta's layout.

Its parallel layers come from fairscale, its image transform from torchvision; neither is needed for
one process and ready pixels, so small stand-ins take their places.
"""

import json
import sys
import types
from functools import partial
from pathlib import Path

import torch

WIDTH = 64  # of the vision tower, 1280 in Meta's code


class Linear(torch.nn.Linear):
    def __init__(self, inputs, outputs, bias=True, **_):
        super().__init__(inputs, outputs, bias=bias)


class ColumnParallelLinear(Linear):
    split = {"weight": 0, "bias": 0}


class RowParallelLinear(Linear):
    split = {"weight": 1}


class VocabParallelEmbedding(torch.nn.Embedding):
    split = {"weight": 0}

    def __init__(self, count, width, **_):
        super().__init__(count, width)


def stand_in(name, **contents):
    module = types.ModuleType(name)
    vars(module).update(contents)
    return sys.modules.setdefault(name, module)


def meta_module():
    """llama_models.llama3.multimodal.model."""
    before = set(sys.modules)
    one = stand_in(
        "fairscale.nn.model_parallel.initialize",
        get_model_parallel_world_size=lambda: 1,
        get_model_parallel_rank=lambda: 0,
    )
    layers = stand_in(
        "fairscale.nn.model_parallel.layers",
        ColumnParallelLinear=ColumnParallelLinear,
        RowParallelLinear=RowParallelLinear,
        VocabParallelEmbedding=VocabParallelEmbedding,
    )
    parallel = stand_in("fairscale.nn.model_parallel", initialize=one, layers=layers)
    stand_in("fairscale", nn=stand_in("fairscale.nn", model_parallel=parallel))
    functional = stand_in("torchvision.transforms.functional")
    transforms = stand_in("torchvision.transforms", functional=functional)
    stand_in("torchvision", transforms=transforms)
    from llama_models.llama3.multimodal import model

    for name in set(sys.modules) - before:
        if name.split(".")[0] in ("fairscale", "torchvision"):
            del sys.modules[name]  # others ask whether these are installed
    model.reduce_from_tensor_model_parallel_region = (
        model.gather_from_tensor_model_parallel_region
    ) = lambda x: x
    model.VariableSizeImageTransform = lambda **_: len
    if not isinstance(model.VisionEncoder, partial):
        model.VisionEncoder = partial(model.VisionEncoder, width=WIDTH)
    return model


PARAMS = {
    "dim": 64,
    "n_layers": 5,
    "n_heads": 4,
    "n_kv_heads": 2,
    "vocab_size": 96,
    "multiple_of": 32,
    "ffn_dim_multiplier": 1.3,
    "norm_eps": 1e-5,
    "rope_theta": 500000.0,
    "use_scaled_rope": True,
    "vision_chunk_size": 28,
    "vision_max_num_chunks": 4,
    "vision_num_cross_attention_layers": 2,
}


def random_model(seed, **params):
    module = meta_module()
    from llama_models.llama3.args import ModelArgs

    torch.manual_seed(seed)
    shape = ModelArgs(**PARAMS | params, max_batch_size=1, max_seq_len=64)
    model = module.CrossAttentionTransformer(shape)
    model.vision_model.vision_projection = ColumnParallelLinear(6 * WIDTH, PARAMS["dim"])
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn_like(parameter) * (
                0.5 if "gate" in name and parameter.numel() == 1 else 0.1
            )
            parameter.copy_(
                1 + noise if "norm" in name or "ln_" in name and "weight" in name else noise
            )
    return model.eval()


def splits(model):
    """Dimension along which each tensor is split; those left out are whole in every part."""
    return {
        f"{name}.{part}": dimension
        for name, layer in model.named_modules()
        for part, dimension in getattr(layer, "split", {}).items()
    }


def save(model, folder: Path, parts: int, dtype=torch.float32, tensors=None, **params):
    """The checkpoint of `model`, in `parts` files."""
    folder.mkdir()
    (folder / "params.json").write_text(
        json.dumps(PARAMS | {"ecg_lora_vision_width": WIDTH} | params)
    )
    where = splits(model)
    tensors = {name: tensor.to(dtype) for name, tensor in (tensors or model.state_dict()).items()}
    for part in range(parts):
        own = {
            name: (tensor.chunk(parts, where[name])[part] if name in where else tensor).clone()
            for name, tensor in tensors.items()
        }
        torch.save(
            own, folder / ("consolidated.pth" if parts == 1 else f"consolidated.{part:02d}.pth")
        )


def forward(model, inputs):
    """Logits of inputs in transformers' names, one row with one image whose token comes first."""
    tokens, (rows, columns) = inputs["input_ids"], inputs["canvas"]
    vision = model.vision_model(inputs["pixel_values"], torch.tensor([[[rows, columns]]]))
    images = vision.view(1, -1, PARAMS["dim"])
    layers = model.text_model.cross_attention_layers
    caches = torch.stack([layer.compute_xattn_kv_cache(images) for layer in layers])
    mask = torch.full((1, tokens.shape[1], 1, 4), torch.finfo(vision.dtype).min)
    mask[..., : rows * columns] = 0
    masks, full = model.text_model._get_xattn_mask(
        tokens.shape[1], "cpu", vision.dtype, vision, mask
    )
    model.setup_cache(1, torch.device("cpu"), vision.dtype)
    return model(torch.arange(tokens.shape[1]), tokens, masks, full, caches)


def logits(model, inputs):
    with torch.no_grad():
        return forward(model, inputs)
