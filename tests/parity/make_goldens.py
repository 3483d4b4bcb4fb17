"""Writes the small goldens of tests/parity/golden: models, adapters, inputs and what transformers
and peft compute for them.

    python tests/parity/make_goldens.py tests/parity/golden

The test that reads them needs no Python. Run this again only where a case is added; the versions
used are kept in versions.json.
"""

import json
import random
import sys
from pathlib import Path

import peft
import torch
import transformers
from safetensors.torch import save_file

import mllama_cases as cases

IMAGES = {"text_only": 0, "one_image": 1, "two_images": 2}


def smallest(images: int, tries: int = 400) -> int:
    """The seed of the smallest model among `tries`, so that the committed files stay small."""

    def size(seed: int) -> int:
        config = cases.random_config(random.Random(seed))
        enough = (
            config.vision_config.max_num_tiles == 4
            and config.text_config.num_key_value_heads < config.text_config.num_attention_heads
        )
        with torch.device("meta"):
            parameters = cases.MllamaForConditionalGeneration(config).num_parameters()
        return parameters if enough else 1 << 40

    return min(range(images * tries, (images + 1) * tries), key=size)


def legacy_names(folder: Path) -> None:
    """Rewrites config.json with `rope_theta` and `rope_scaling`, as checkpoints before transformers
    5 have it.
    """
    path = folder / "config.json"
    config = json.loads(path.read_text())
    rope = config["text_config"].pop("rope_parameters")
    config["text_config"]["rope_theta"] = rope.pop("rope_theta")
    config["text_config"]["rope_scaling"] = rope
    path.write_text(json.dumps(config, indent=2))


def write_case(folder: Path, images: int) -> None:
    seed = smallest(images)
    rng = random.Random(seed)
    config = cases.random_config(rng)
    model = cases.random_model(config, seed)
    model.save_pretrained(folder / "model")
    adapted = cases.random_adapter(model, rng)
    adapted.save_pretrained(folder / "adapter")
    inputs = cases.random_inputs(config, rng, images)
    expected = cases.reference(adapted, inputs, steps=1, lr=1e-3, weight_decay=0.01)
    expected.pop("losses")
    save_file({k: v.contiguous() for k, v in inputs.items()}, folder / "in.safetensors")
    save_file({k: v.contiguous() for k, v in expected.items()}, folder / "expected.safetensors")
    if images == 0:
        legacy_names(folder / "model")
    (folder / "adapter" / "README.md").unlink(missing_ok=True)
    print(folder, seed, f"{model.num_parameters():,} parameters")


def main() -> None:
    out = Path(sys.argv[1])
    for name, images in IMAGES.items():
        write_case(out / name, images)
    (out / "versions.json").write_text(
        json.dumps(
            {
                "transformers": transformers.__version__,
                "peft": peft.__version__,
                "torch": torch.__version__.split("+")[0],
            },
            indent=2,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
