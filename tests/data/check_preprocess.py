"""Holds make_tiles against transformers' Mllama image processor with PIL: pixels within one of 255
levels, aspect ratio ids and masks equal, on random images of all shapes and several processor
configs. Pages with transparency, of every kind that Pillow writes and a few that it does not, are
read as transformers' convert_to_rgb reads them: every pixel is equal, before anything is resized.

usage: check_preprocess.py PREPROCESS_VALUES_EXECUTABLE
"""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

try:
    import numpy as np
    from PIL import Image
    from safetensors.numpy import load_file
    from transformers.image_transforms import convert_to_rgb
    from transformers.models.mllama.image_processing_pil_mllama import MllamaImageProcessorPil
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

CLIP = {
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711],
}
ROUNDING = 1e-6  # of a value in 0 … 1, from normalising in fp32 and back


def processor_configs(random):
    """The 11B model's two tile sizes, the page's small model, and random others."""
    shapes = [(560, 4), (448, 4), (280, 4)]
    shapes += [(int(random.integers(8, 200)), int(random.integers(1, 13))) for _ in range(9)]
    for k, (tile, tiles) in enumerate(shapes):
        values = (
            CLIP
            if k < 3
            else {
                "image_mean": list(random.uniform(0, 1, 3)),
                "image_std": list(random.uniform(0.1, 1, 3)),
            }
        )
        yield {
            "image_processor_type": "MllamaImageProcessor",
            "size": {"height": tile, "width": tile},
            "max_image_tiles": tiles,
            "do_convert_rgb": True,
            "do_normalize": True,
            "do_pad": True,
            "do_rescale": True,
            "do_resize": True,
            "resample": 2,
            "rescale_factor": 1 / 255,
            **values,
        }


def sizes(random, tile, tiles):
    """Height and width of images: tiny, tile-sized, canvas-sized, large, and extreme in aspect
    ratio.
    """
    yield from [
        (1, 1),
        (tile, tile),
        (tile * tiles, tile),
        (tile, tile * tiles),
        (tile + 1, tile - 1),
        (864, 1120),
    ]
    for _ in range(3):
        yield tuple(random.integers(1, 40, 2))
        yield tuple(random.integers(tile // 2, 3 * tile, 2))
        yield tuple(random.integers(600, 1600, 2))
        thin = [int(random.integers(1, 8)), int(random.integers(500, 3000))]
        yield tuple(thin if random.random() < 0.5 else thin[::-1])


def picture(random, height, width):
    """Noise, a gradient, or thin dark lines on white as of a page."""
    kind = random.integers(3)
    if kind == 0:
        return random.integers(0, 256, (height, width, 3), dtype=np.uint8)
    if kind == 1:
        ramp = np.linspace(0, 255, height)[:, None, None] * np.linspace(0, 1, width)[None, :, None]
        return np.broadcast_to(ramp, (height, width, 3)).astype(np.uint8)
    page = np.full((height, width, 3), 255, np.uint8)
    page[:, ::5] = (254, 223, 219)
    page[random.integers(0, height, width), np.arange(width)] = 0
    return page


def differences(ours, theirs, config):
    """What differs, in words; empty where nothing does. And the largest pixel difference, in levels
    of 255.
    """
    mean, std = (
        np.array(config[key], dtype=np.float64)[:, None, None]
        for key in ("image_mean", "image_std")
    )
    words = [
        key
        for key in ("aspect_ratio_ids", "aspect_ratio_mask")
        if not np.array_equal(ours[key].ravel(), theirs[key].ravel())
    ]
    mine, reference = ours["pixel_values"], theirs["pixel_values"][0, 0]
    if mine.shape != reference.shape:
        return [*words, f"shape {mine.shape} against {reference.shape}"], 0
    used = theirs["aspect_ratio_mask"].ravel().astype(bool)
    if np.any(mine[~used] != reference[~used]):
        words.append("unused tiles")
    apart = np.abs((mine[used] * std + mean) - (reference[used] * std + mean)).max()
    if not apart <= 1 / 255 + ROUNDING:
        words.append(f"pixels by {apart * 255:.3f} levels")
    return words, apart * 255


def check_config(executable, folder, config, random):
    (folder / "preprocessor_config.json").write_text(json.dumps(config))
    processor = MllamaImageProcessorPil(
        **{k: v for k, v in config.items() if k != "image_processor_type"}
    )
    tile, tiles = config["size"]["height"], config["max_image_tiles"]
    images = []
    for k, (height, width) in enumerate(sizes(random, tile, tiles)):
        images.append(folder / f"{k}.png")
        Image.fromarray(picture(random, height, width)).save(images[-1])
    subprocess.run([executable, folder, *images], check=True)
    bad, worst = 0, 0.0
    for path in images:
        with Image.open(path) as image:
            theirs = processor(image, return_tensors="np")
        words, apart = differences(load_file(f"{path}.safetensors"), theirs, config)
        worst = max(worst, apart)
        if words:
            bad += 1
            print(f"{image.height} x {image.width}, tile {tile}, {tiles} tiles: {'; '.join(words)}")
    return len(images), bad, worst


def png(width, height, depth, colour, data, *chunks):
    """A PNG of rows of bytes `data`, for kinds that Pillow does not write."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)), *chunks]
    parts += [(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in data))), (b"IEND", b"")]
    text = b"\x89PNG\r\n\x1a\n"
    for kind, body in parts:
        text += struct.pack(">I", len(body)) + kind + body
        text += struct.pack(">I", zlib.crc32(kind + body))
    return text


def save_transparent(folder, random):
    """Pages with transparency, semi-transparent pixels included; names of the files."""
    height, width = (int(n) for n in random.integers(20, 90, 2))
    rgba = random.integers(0, 256, (height, width, 4), dtype=np.uint8)
    rgba[::3, :, 3], rgba[1::3, :, 3] = 0, 255  # and a third in between
    image = Image.fromarray(rgba)
    page = Image.new("RGBA", (width, height), (0, 0, 0, 0))  # black ink on a transparent ground
    page.paste((0, 0, 0, 255), (3, 3, width - 3, 6))
    for name, picture in {"rgba": image, "page": page}.items():
        picture.save(folder / f"{name}.png")
        picture.save(folder / f"{name}.webp", lossless=True, exact=True)
    image.convert("LA").save(folder / "la.png")
    colour = tuple(int(n) for n in rgba[5, 5, :3])
    image.convert("RGB").save(folder / "key.png", transparency=colour)
    image.convert("RGB").save(folder / "opaque.webp", lossless=True)
    image.convert("L").save(folder / "grey_key.png", transparency=int(random.integers(256)))
    image.convert("1").save(folder / "bits_key.png", transparency=0)
    for colours in (2, 4, 16, 256):
        palette = image.convert("RGB").quantize(colours)
        alpha = random.integers(0, 256, int(random.integers(1, colours + 1)), dtype=np.uint8)
        palette.save(folder / f"palette_{colours}.png", transparency=alpha.tobytes())
        one = int(random.integers(colours))
        palette.save(folder / f"palette_one_{colours}.png", transparency=one)
    deep = random.integers(0, 65536, (height, width, 4)).astype(">u2")
    (folder / "rgba_16.png").write_bytes(png(width, height, 16, 6, [row.tobytes() for row in deep]))
    grey = [row[:, :2].tobytes() for row in deep]
    (folder / "la_16.png").write_bytes(png(width, height, 16, 4, grey))
    bitmap = b"BM" + struct.pack("<IHHI", 138 + rgba.nbytes, 0, 0, 138)
    bitmap += struct.pack("<IiiHHI", 124, width, -height, 1, 32, 3)
    bitmap += struct.pack("<IiiII", rgba.nbytes, 0, 0, 0, 0)
    bitmap += struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    (folder / "rgba.bmp").write_bytes(bitmap.ljust(138, b"\0") + rgba[:, :, [2, 1, 0, 3]].tobytes())
    image.save(folder / "unused.bmp")  # a fourth byte that is no alpha
    return sorted(path.name for path in folder.iterdir())


def check_transparency(executable, random):
    """How many kinds of files differ in any pixel from what transformers makes of them."""
    config = next(processor_configs(random))
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        names = save_transparent(folder, random)
        (folder / "preprocessor_config.json").write_text(json.dumps(config))
        subprocess.run([executable, folder, *(folder / picture for picture in names)], check=True)
        for picture in names:
            with Image.open(folder / picture) as image:
                theirs = convert_to_rgb(image, return_numpy=True)
            ours = load_file(f"{folder / picture}.safetensors")["rgb"]
            if ours.shape != theirs.shape or np.any(ours != theirs):
                bad += 1
                print(f"{picture}: read differently, {ours.shape} against {theirs.shape}")
    print(f"{len(names)} kinds of files with transparency: {bad} differ in a pixel")
    return bad


def main():
    seed = default_seed()
    random = np.random.default_rng(seed)
    images, bad, worst = 0, 0, 0.0
    for config in processor_configs(random):
        with tempfile.TemporaryDirectory() as folder:
            count, wrong, apart = check_config(sys.argv[1], pathlib.Path(folder), config, random)
        images, bad, worst = images + count, bad + wrong, max(worst, apart)
    print(
        f"{images} images, seed {seed}: {bad} differ; largest difference {worst:.3f} of 255 levels"
    )
    return 1 if check_transparency(sys.argv[1], random) or bad or not images else 0


if __name__ == "__main__":
    sys.exit(main())
