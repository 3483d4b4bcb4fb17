"""Random small Mllama models, PEFT adapters and inputs, with what transformers and peft compute for
them.
"""

import contextlib
import copy
import random
from unittest import mock

import torch
from peft import LoraConfig, get_peft_model
from peft.optimizers import create_loraplus_optimizer
from safetensors.torch import load_file
from transformers import MllamaConfig, MllamaForConditionalGeneration
from transformers.models.mllama.configuration_mllama import MllamaTextConfig, MllamaVisionConfig
from transformers.models.mllama.modeling_mllama import MllamaTextRMSNorm

CANVASES = [[1, 1], [1, 2], [1, 3], [1, 4], [2, 1], [2, 2], [3, 1], [4, 1]]
LINEARS = (
    r".*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj|fc1|fc2|multi_modal_projector)"
)


def random_config(rng: random.Random) -> MllamaConfig:
    """Widths that are no power of two, GQA ratios 1, 2 and 4, one to four tiles."""
    ratio = rng.choice([1, 2, 4])
    heads = ratio * rng.choice([1, 2, 3])
    layers = rng.randint(3, 5)
    cross = sorted(rng.sample(range(layers), rng.randint(1, layers - 1)))
    text = MllamaTextConfig(
        vocab_size=rng.randint(80, 160),
        hidden_size=heads * rng.choice([6, 10, 12, 14]),
        intermediate_size=rng.randint(30, 90),
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads // ratio,
        cross_attention_layers=cross,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        rope_parameters={
            "rope_type": "llama3",
            "rope_theta": rng.choice([1e4, 5e5]),
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": rng.choice([16, 64, 8192]),
        },
        max_position_embeddings=1024,
    )
    vision_heads = rng.choice([2, 3, 4])
    local = rng.randint(2, 4)
    kept = sorted(rng.sample(range(local), rng.randint(1, local)))
    width = vision_heads * rng.choice([6, 8, 10])
    patch = rng.choice([5, 7, 8])
    max_tiles = rng.choice([1, 2, 3, 4, 4, 4])
    canvases = [c for c in CANVASES if c[0] * c[1] <= max_tiles]
    vision = MllamaVisionConfig(
        hidden_size=width,
        attention_heads=vision_heads,
        intermediate_size=rng.randint(20, 60),
        num_hidden_layers=local,
        num_global_layers=rng.randint(1, 2),
        intermediate_layers_indices=kept,
        vision_states="leaving",
        vision_output_dim=width * (1 + len(kept)),
        image_size=patch * rng.randint(2, 5),
        patch_size=patch,
        max_num_tiles=max_tiles,
        supported_aspect_ratios=canvases,
    )
    return MllamaConfig(vision_config=vision, text_config=text, image_token_index=text.vocab_size)


def random_model(config: MllamaConfig, seed: int) -> MllamaForConditionalGeneration:
    """Every parameter random, gates and norms too, so that no branch is silent."""
    torch.manual_seed(seed)
    config._attn_implementation = "eager"
    model = MllamaForConditionalGeneration(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" in name and name.endswith("weight"):
                parameter.copy_(1 + 0.2 * torch.randn_like(parameter))
            elif "gate" in name and parameter.numel() == 1:
                parameter.copy_(torch.empty_like(parameter).uniform_(0.3, 1.2))
            elif parameter.dim() >= 2:
                parameter.copy_(torch.randn_like(parameter) / parameter[0].numel() ** 0.5)
            else:
                parameter.copy_(0.3 * torch.randn_like(parameter))
    return model


def tensor_name(parameter: str) -> str:
    """Name in adapter_model.safetensors of a parameter of a PEFT model."""
    name = parameter.replace(".default.", ".")
    return name.removesuffix(".weight") if "lora_magnitude_vector" in name else name


def randomise_factors(peft, scale: float) -> None:
    """Every factor of a PEFT model is random; B is not zero."""
    with torch.no_grad():
        for name, parameter in peft.named_parameters():
            if "lora_" in name:
                parameter.copy_(scale * torch.randn_like(parameter))


def random_adapter(model: MllamaForConditionalGeneration, rng: random.Random):
    """A PEFT model with adapters on every linear of both towers and on the projector; B is not
    zero.
    """
    rank = rng.randint(2, 6)
    peft = get_peft_model(
        model,
        LoraConfig(
            r=rank,
            lora_alpha=2 * rank,
            lora_dropout=0.0,
            target_modules=LINEARS,
            task_type="CAUSAL_LM",
        ),
    )
    randomise_factors(peft, 0.2)
    return peft.eval()


def random_inputs(config: MllamaConfig, rng: random.Random, images: int) -> dict:
    """`images` a row (0: text only), rows padded on either side, labels on about half of the
    tokens.
    """
    rows, length = rng.randint(1, 3), rng.randint(8, 24)
    tokens = torch.randint(3, config.text_config.vocab_size, (rows, length))
    attention = torch.ones(rows, length, dtype=torch.long)
    left = rng.random() < 0.5
    for row in range(rows):
        padding = 0 if row == 0 else rng.randint(0, length // 3)
        if padding:
            where = slice(0, padding) if left else slice(length - padding, length)
            attention[row, where] = 0
            tokens[row, where] = 0
    inputs = {"input_ids": tokens, "attention_mask": attention}
    if images:
        inputs.update(random_images(config, rng, tokens, attention, images))
    labels = tokens.clone()
    labels[
        (torch.rand(labels.shape) < 0.5)
        | (attention == 0)
        | (tokens >= config.text_config.vocab_size)
    ] = -100
    first_real = attention.argmax(dim=1)
    labels[torch.arange(rows), first_real] = -100
    if bool((labels[:, 1:] == -100).all()):
        last = length - 1 if left else int(attention[0].sum()) - 1
        labels[0, last] = tokens[0, last] if tokens[0, last] < config.text_config.vocab_size else 5
    inputs["labels"] = labels
    return inputs


def random_images(config, rng, tokens, attention, images) -> dict:
    rows, length = tokens.shape
    vision = config.vision_config
    tiles, size = vision.max_num_tiles, vision.image_size
    pixels = torch.zeros(rows, images, tiles, 3, size, size)
    ids = torch.zeros(rows, images, dtype=torch.long)
    used = torch.zeros(rows, images, tiles, dtype=torch.long)
    cross = torch.zeros(rows, length, images, tiles, dtype=torch.long)
    for row in range(rows):
        real = attention[row].nonzero().flatten().tolist()
        places = sorted(rng.sample(real[: max(images + 2, len(real) // 2)], images))
        for image in range(images):
            tokens[row, places[image]] = config.image_token_index
            canvas = rng.randrange(len(vision.supported_aspect_ratios))
            count = (
                vision.supported_aspect_ratios[canvas][0]
                * vision.supported_aspect_ratios[canvas][1]
            )
            ids[row, image] = canvas + 1
            used[row, image, :count] = 1
            pixels[row, image, :count] = torch.randn(count, 3, size, size)
            cross[row, places[image] : real[-1] + 1, image, :count] = 1
    return {
        "pixel_values": pixels,
        "aspect_ratio_ids": ids,
        "aspect_ratio_mask": used,
        "cross_attention_mask": cross,
    }


def gradients(peft) -> dict:
    """Of the adapter, by the names of its file; zero where nothing flowed."""
    return {
        tensor_name(name): torch.zeros_like(p) if p.grad is None else p.grad.clone()
        for name, p in peft.named_parameters()
        if "lora_" in name
    }


def norm_uncast(self, hidden):
    """MllamaTextRMSNorm without its cast to fp32."""
    return (
        self.weight
        * hidden
        * torch.rsqrt(hidden.square().mean(-1, keepdim=True) + self.variance_epsilon)
    )


@contextlib.contextmanager
def computing_in(peft, inputs: dict, dtype):
    """A copy of the model and its inputs with every operation in `dtype`, by transformers' default
    attention (the eager softmax casts to fp32).
    """
    other = copy.deepcopy(peft).to(dtype)
    for module in other.modules():
        if hasattr(module, "config") and hasattr(module.config, "_attn_implementation"):
            module.config._attn_implementation = "sdpa"
    with mock.patch.object(MllamaTextRMSNorm, "forward", norm_uncast):
        yield other, {k: v.to(dtype) if v.is_floating_point() else v for k, v in inputs.items()}


def run_sdpa(peft, inputs: dict, dtype) -> tuple[torch.Tensor, dict]:
    """Logits and the adapter's gradients."""
    with computing_in(peft, inputs, dtype) as (other, cast):
        out = other(**cast)
        out.loss.backward()
    return out.logits.detach()[inputs["attention_mask"].bool()], gradients(other)


def moved(peft, seed: int):
    """A copy whose weights are up to one unit in the last place of fp32 away: the same model to any
    fp32 program, with other rounding.
    """
    generator = torch.Generator().manual_seed(seed)
    other = copy.deepcopy(peft)
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.mul_(1 + 2**-23 * (2 * torch.rand(parameter.shape, generator=generator) - 1))
    return other


def rounding(peft, inputs: dict) -> dict:
    """How far transformers' fp32 is from its fp64, by the names of reference(): logits over the
    largest, and each gradient over its norm. The most of four runs: one alone is by chance up to
    ten times closer than the next where values nearly cancel."""
    exact_logits, exact = run_sdpa(peft, inputs, torch.float64)
    worst = {name: torch.zeros(()) for name in ["logits", *("grad." + name for name in exact)]}
    for other in [peft, *(moved(peft, seed) for seed in range(3))]:
        logits, single = run_sdpa(other, inputs, torch.float32)
        errors = {
            "grad." + name: (single[name] - value).norm() / value.norm().clamp_min(1e-300)
            for name, value in exact.items()
        }
        errors["logits"] = (logits - exact_logits).abs().max() / exact_logits.abs().max()
        worst = {
            name: torch.maximum(value, errors[name].to(value.dtype))
            for name, value in worst.items()
        }
    return worst


def step_losses(
    peft, inputs: dict, steps: int, lr: float, weight_decay: float, lora_plus_ratio: float = 1
) -> torch.Tensor:
    """The losses before each AdamW step, by transformers and peft. Trains `peft`."""
    if lora_plus_ratio == 1:
        optimizer = torch.optim.AdamW(
            [p for n, p in peft.named_parameters() if "lora_" in n],
            lr=lr,
            weight_decay=weight_decay,
        )
    else:
        optimizer = create_loraplus_optimizer(
            peft,
            torch.optim.AdamW,
            lr=lr,
            loraplus_lr_ratio=lora_plus_ratio,
            loraplus_weight_decay=weight_decay,
        )
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = peft(**inputs).loss
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    optimizer.zero_grad()
    return torch.tensor(losses, dtype=torch.float64)


def step_roundings(peft, inputs: dict, *how) -> list:
    """How far the losses of transformers' fp32 steps are from those of its fp64, relative, at most:
    four runs, as in rounding().
    """
    with computing_in(peft, inputs, torch.float64) as (other, cast):
        exact = step_losses(other, cast, *how)
    errors = []
    for start in [peft, *(moved(peft, seed) for seed in range(3))]:
        with computing_in(start, inputs, torch.float32) as (other, cast):
            errors.append(
                float(((step_losses(other, cast, *how) - exact).abs() / exact.abs()).max())
            )
    return errors


def reference(
    peft, inputs: dict, steps: int, lr: float, weight_decay: float, lora_plus_ratio: float = 1
) -> dict:
    """Logits, loss, gradients of the adapter, and the losses before each AdamW step, by
    transformers and peft.
    """
    out = peft(**inputs)
    result = {"logits": out.logits.detach().clone(), "loss": out.loss.detach().clone()}
    out.loss.backward()
    result |= {"grad." + name: gradient for name, gradient in gradients(peft).items()}
    result["losses"] = step_losses(peft, inputs, steps, lr, weight_decay, lora_plus_ratio)
    return result


def restore_adapter(folder, peft):
    """`peft` with its adapter back at what was saved in `folder`."""
    saved = load_file(folder / "adapter_model.safetensors")
    with torch.no_grad():
        for name, parameter in peft.named_parameters():
            if "lora_" in name:
                parameter.copy_(saved[tensor_name(name)])
    return peft


def reference_bf16(peft, inputs: dict) -> dict:
    """What transformers and peft compute with the base in bf16 and adapters in fp32, as peft keeps
    them. Changes `peft`.
    """
    wide = {
        name: parameter.detach().clone()
        for name, parameter in peft.named_parameters()
        if "lora_" in name
    }
    peft.to(torch.bfloat16)
    for name, parameter in peft.named_parameters():
        if name in wide:
            parameter.data = wide[name]
            parameter.grad = None
    out = peft(
        **{k: v.to(torch.bfloat16) if v.is_floating_point() else v for k, v in inputs.items()}
    )
    out.loss.backward()
    result = {"logits": out.logits.detach().float(), "loss": out.loss.detach().float()}
    result.update({"grad." + name: gradient for name, gradient in gradients(peft).items()})
    return result
