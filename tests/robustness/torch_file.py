"""Files as torch.save() writes them, and a tiny checkpoint in Meta's layout, without torch."""

import array
import base64
import collections
import dataclasses
import io
import json
import pickle
import random
import sys
import threading
import types
from pathlib import Path

from zip_archive import Member, write_members

PARAMS = {
    "dim": 32,
    "n_layers": 2,
    "n_heads": 4,
    "n_kv_heads": 2,
    "vocab_size": 512,
    "multiple_of": 32,
    "ffn_dim_multiplier": 1.0,
    "norm_eps": 1e-5,
    "rope_theta": 500000.0,
    "use_scaled_rope": True,
    "vision_chunk_size": 28,
    "vision_max_num_chunks": 4,
    "vision_num_cross_attention_layers": 1,
    "ecg_lora_vision_width": 16,
}
TEXT, INNER, KEYS, HEAD, VISION, VOCABULARY, PATCHES = 32, 96, 16, 8, 16, 512, 4
VISION_LAYERS = {"transformer": 32, "global_transformer": 8}  # of Meta's code
KEPT = 6  # states of the vision tower that are projected
_importing = threading.Lock()


@dataclasses.dataclass
class Storage:
    key: str
    count: int
    type: str = "FloatStorage"


@dataclasses.dataclass
class Tensor:
    storage: Storage
    shape: tuple
    stride: tuple
    offset: int = 0

    def __reduce__(self):
        build = sys.modules["torch._utils"]._rebuild_tensor_v2
        no_hooks = collections.OrderedDict()
        return build, (self.storage, self.offset, self.shape, self.stride, False, no_hooks)


class Pickler(pickle.Pickler):
    def persistent_id(self, thing):
        if not isinstance(thing, Storage):
            return None
        kind = vars(sys.modules["torch"])[thing.type]
        return ("storage", kind, thing.key, "cpu", thing.count)


def stand_ins() -> dict:
    """Modules whose names alone are pickled."""

    def _rebuild_tensor_v2(*_):
        raise NotImplementedError

    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    for name in ("FloatStorage", "LongStorage", "BoolStorage", "ComplexFloatStorage"):
        setattr(torch, name, type(name, (), {"__module__": "torch"}))
    return {"torch": torch, "torch._utils": utils}


def state_pickle(state) -> bytes:
    """`state` as torch.save() pickles it. The stand-ins are in sys.modules meanwhile only."""
    with _importing:
        before = {name: sys.modules.get(name) for name in ("torch", "torch._utils")}
        sys.modules.update(stand_ins())
        try:
            out = io.BytesIO()
            Pickler(out, protocol=2).dump(state)
            return out.getvalue()
        finally:
            for name, module in before.items():
                sys.modules.pop(name)
                if module is not None:
                    sys.modules[name] = module


def whole_tensor(key: int, shape: tuple) -> Tensor:
    count, stride = 1, []
    for size in reversed(shape):
        stride.insert(0, count)
        count *= size
    return Tensor(Storage(str(key), count), tuple(shape), tuple(stride))


def meta_state() -> dict:
    return {name: whole_tensor(key, shape) for key, (name, shape) in enumerate(meta_shapes())}


def torch_file(state: dict, seed: int = 1) -> bytes:
    """Small random numbers in a file of torch.save()."""
    rng = random.Random(seed)
    members = [Member("archive/data.pkl", state_pickle(state))]
    members += [Member("archive/.format_version", b"1"), Member("archive/byteorder", b"little")]
    for tensor in state.values():
        values = array.array("f", (rng.gauss(0, 0.1) for _ in range(tensor.storage.count)))
        members.append(Member(f"archive/data/{tensor.storage.key}", values.tobytes()))
    return write_members([*members, Member("archive/version", b"3\n")])


def text_shapes():
    own = "text_model."
    yield own + "tok_embeddings.weight", (VOCABULARY, TEXT)
    yield own + "learnable_embedding.weight", (8, TEXT)
    layers = [f"layers.{i}." for i in range(PARAMS["n_layers"])]
    for layer in [*layers, "cross_attention_layers.0."]:
        for part, rows in (("q", TEXT), ("k", KEYS), ("v", KEYS), ("o", TEXT)):
            yield f"{own}{layer}attention.w{part}.weight", (rows, TEXT)
        for part, shape in (("w1", (INNER, TEXT)), ("w2", (TEXT, INNER)), ("w3", (INNER, TEXT))):
            yield f"{own}{layer}feed_forward.{part}.weight", shape
        for norm in ("attention_norm", "ffn_norm"):
            yield f"{own}{layer}{norm}.weight", (TEXT,)
    for name, size in (("attention.q_norm.weight", HEAD), ("attention.k_norm.weight", HEAD)):
        yield f"{own}cross_attention_layers.0.{name}", (size,)
    for gate in ("gate_attn", "gate_ffwd"):
        yield f"{own}cross_attention_layers.0.{gate}", (1,)
    yield own + "norm.weight", (TEXT,)
    yield own + "output.weight", (VOCABULARY, TEXT)


def encoder_layer_shapes(layer: str):
    for part in "qkvo":
        yield f"{layer}attn.w{part}.weight", (VISION, VISION)
    yield layer + "mlp.c_fc.weight", (4 * VISION, VISION)
    yield layer + "mlp.c_fc.bias", (4 * VISION,)
    yield layer + "mlp.c_proj.weight", (VISION, 4 * VISION)
    yield layer + "mlp.c_proj.bias", (VISION,)
    for norm in ("ln_1", "ln_2"):
        yield f"{layer}{norm}.weight", (VISION,)
        yield f"{layer}{norm}.bias", (VISION,)


def vision_shapes():
    own = "vision_model.vision_encoder."
    yield own + "class_embedding", (VISION,)
    yield own + "conv1._linear.weight", (VISION, 3 * 14 * 14)
    yield own + "positional_embedding", (1 + PATCHES, VISION)
    yield own + "gated_positional_embedding", (4, 4, 1 + PATCHES, VISION)
    yield own + "gated_positional_embedding_gate", (1,)
    for where in ("pre", "post"):
        yield f"{own}{where}_tile_pos_embed.embedding", (4, 4, 1, VISION)
        yield f"{own}{where}_tile_pos_embed.gate", (1,)
        for part in ("weight", "bias"):
            yield f"{own}ln_{where}.{part}", (VISION,)
    for encoder, layers in VISION_LAYERS.items():
        for i in range(layers):
            yield from encoder_layer_shapes(f"{own}{encoder}.resblocks.{i}.")
    for i in range(VISION_LAYERS["global_transformer"]):
        for gate in ("gate_attn", "gate_ffn"):
            yield f"{own}global_transformer.resblocks.{i}.{gate}", (1,)
    yield "vision_model.vision_projection.weight", (TEXT, KEPT * VISION)
    yield "vision_model.vision_projection.bias", (TEXT,)


def meta_shapes():
    yield from text_shapes()
    yield from vision_shapes()


def write_meta_checkpoint(folder: Path) -> None:
    """256 bytes are tokens; the special ones, with the image last, follow them."""
    folder.mkdir()
    (folder / "params.json").write_text(json.dumps(PARAMS))
    (folder / "consolidated.00.pth").write_bytes(torch_file(meta_state()))
    ranks = (f"{base64.b64encode(bytes([i])).decode()} {i}\n" for i in range(256))
    (folder / "tokenizer.model").write_text("".join(ranks))
