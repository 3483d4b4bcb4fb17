"""Kinds of files that models and adapters consist of."""

import json
from pathlib import Path

import mutations as m
from mutations_tokenizer import CHAT_TEMPLATE, TOKENIZER_JSON, byte_tokenizer
from mutations_torch import TORCH_FILE
from small_world import SHAPE
from target import Target, command, training
from tensors_file import INPUTS, parity_inputs
from torch_file import write_meta_checkpoint
from world import QUESTION, World

OF_CHECKPOINT = [
    ("config.json", "model config", m.JSON),
    ("model.safetensors", "weights", m.WEIGHTS),
    ("preprocessor_config.json", "image processor", m.JSON),
    ("tokenizer.model", "tokenizer", m.ANY),
    ("tokenizer_config.json", "tokenizer config", m.JSON),
    ("generation_config.json", "generation config", m.JSON),
    ("chat_template.jinja", "chat template", CHAT_TEMPLATE),
]
OF_NEWER = [
    ("processor_config.json", "newer image processor", m.JSON),
    ("tokenizer.json", "sentencepiece as json", m.JSON),
    ("model.safetensors.index.json", "second weights", m.JSON),
]
OF_META = [
    ("consolidated.00.pth", "torch file", TORCH_FILE),
    ("params.json", "Meta params", m.JSON),
    ("tokenizer.model", "tokenizer ranks", m.TEXT),
]


def prepare_models(w: World) -> None:
    """A merged model, a model with byte-level BPE, one in Meta's layout with an adapter, inputs."""
    w.ok("merge", "--base", w.base, "--adapter", w.adapter, "--out", w.merged)
    bpe, meta = w.root / "bpe", w.root / "meta"
    bpe.mkdir()
    for file in w.base.iterdir():
        (bpe / file.name).write_bytes(file.read_bytes())
    (bpe / "tokenizer.json").write_text(json.dumps(byte_tokenizer()))
    write_meta_checkpoint(meta)
    fields = ["--set", f"model={meta}", f"output={w.root}/meta_run", "loop.steps=1"]
    w.ok("train", "--config", w.root / "train.json", *fields)
    write_newer(w.base, w.root / "newer")
    for folder in (meta, bpe, w.root / "newer"):
        assert w.inspect(folder)["tensors"]["complete"], folder
    (w.root / "inputs.safetensors").write_bytes(parity_inputs())
    (w.root / "model_shape.json").write_text(json.dumps(SHAPE))


def write_newer(base: Path, newer: Path) -> None:
    """`base` as transformers 5 saves it, in shards and then whole."""
    newer.mkdir()
    for file in base.iterdir():
        if file.name not in ("preprocessor_config.json", "tokenizer.model"):
            (newer / file.name).write_bytes(file.read_bytes())
    image = json.loads((base / "preprocessor_config.json").read_text())
    processor = {"image_processor": image, "processor_class": "MllamaProcessor"}
    (newer / "processor_config.json").write_text(json.dumps(processor))
    shard = "model-00001-of-00001.safetensors"
    (newer / shard).write_bytes((base / "model.safetensors").read_bytes())
    weights = (base / "model.safetensors").read_bytes()
    header = json.loads(weights[8 : 8 + int.from_bytes(weights[:8], "little")])
    places = {name: shard for name in header if name != "__metadata__"}
    index = {"metadata": {}, "weight_map": places}
    (newer / "model.safetensors.index.json").write_text(json.dumps(index))


def asks(model: str = "", adapter: str = "", image: str = "", record: str = "", labels: str = ""):
    """Words of predict; what is not named is whole."""

    def build(w: World, f: Path) -> list:
        words = ["predict", "--model", f / model if model else w.base]
        words += ["--adapter", f / adapter] if adapter else []
        page = ["--image", f / image] if image else ["--record", f / record if record else w.record]
        question = ["--question", QUESTION, "--max-new-tokens", 2]
        return [*words, *page, *(["--labels", f / labels] if labels else question)]

    return build


def reading_model(w: World, adapter: Path) -> list:
    """Commands that read the checkpoint "base", for which `adapter` was made."""
    merges = ["--adapter", adapter, "--out"]
    trains = training(w.root / "train.json")
    plans = ["plan", "--config", w.root / "train.json", "--set"]
    return [
        command(lambda f: ["inspect", f / "base"]),
        command(lambda f: ["inspect", f / "base", "--json", "--tensors"]),
        command(lambda f: ["merge", "--base", f / "base", *merges, f / "out"], "out"),
        command(lambda f: asks(model="base")(w, f)),
        command(lambda f: [*asks(model="base")(w, f), "--format", "json"]),
        command(lambda f: [*plans, f"model={f}/base"]),
        trains(lambda f: [f"model={f}/base"]),
    ]


def models(w: World) -> list:
    tuned = ["--tuned", w.merged, "--rank", 4, "--out"]
    base, bpe, meta = {"base": w.base}, {"base": w.root / "bpe"}, {"base": w.root / "meta"}
    extracts = command(lambda f: ["extract", "--base", f / "base", *tuned, f / "out"], "out")
    commands = [*reading_model(w, w.adapter), extracts]
    newer = {"base": w.root / "newer"}
    of_meta = reading_model(w, w.root / "meta_run/adapter")
    bpe_file = Target("tokenizer.json", bpe, "base/tokenizer.json", TOKENIZER_JSON, commands)
    return [
        *[Target(kind, base, f"base/{name}", ways, commands) for name, kind, ways in OF_CHECKPOINT],
        *[Target(kind, newer, f"base/{name}", ways, commands) for name, kind, ways in OF_NEWER],
        *[Target(kind, meta, f"base/{name}", ways, of_meta) for name, kind, ways in OF_META],
        bpe_file,
        *[model_shape(w), inputs(w)],
    ]


def model_shape(w: World) -> Target:
    copies = {"shape.json": w.root / "model_shape.json"}
    makes = ["synth", "model", "--seed", 1, "--shape"]
    commands = [command(lambda f: [*makes, f / "shape.json", "--out", f / "out"], "out")]
    return Target("model shape", copies, "shape.json", m.JSON, commands)


def inputs(w: World) -> Target:
    """Where the dispatcher has no parity, its program is run by itself."""
    known = w.call("parity", "--help").returncode == 0
    words = ["parity" if known else w.binaries / "ecg-lora-parity", "--model", w.base, "--inputs"]
    adapted = ["--adapter", w.adapter, "--steps", 1]
    commands = [
        command(lambda f: [*words, f / "in.safetensors", "--out", f / "out"], "out"),
        command(lambda f: [*words, f / "in.safetensors", "--out", f / "out", *adapted], "out"),
    ]
    copies = {"in.safetensors": w.root / "inputs.safetensors"}
    return Target("parity inputs", copies, "in.safetensors", INPUTS, commands)


def adapters(w: World) -> list:
    copies = {"adapter": w.adapter}
    merges = ["merge", "--base", w.base, "--adapter"]
    commands = [
        command(lambda f: ["inspect", f / "adapter", "--fits", w.base]),
        command(lambda f: [*merges, f / "adapter", "--out", f / "out"], "out"),
        command(
            lambda f: [*merges, f / "adapter", w.adapter, "--method", "ties", "--out", f / "out"],
            "out",
        ),
        command(lambda f: asks(adapter="adapter")(w, f)),
    ]
    return [
        Target("adapter config", copies, "adapter/adapter_config.json", m.JSON, commands),
        Target("adapter weights", copies, "adapter/adapter_model.safetensors", m.WEIGHTS, commands),
    ]
