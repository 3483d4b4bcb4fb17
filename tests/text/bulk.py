"""Llama 3's tokenizer on many texts, here and in its references: tiktoken on tokenizer.model,
tokenizers on the tokenizer.json that transformers makes of it.

usage: bulk.py ENCODE_TEXTS_EXECUTABLE [--count N] [--seed N]

Prints how many texts of each kind differ; exits 1 where any does, 77 where a reference is not
installed.
"""

import argparse
import importlib.util
import pathlib
import shutil
import subprocess
import sys
import tempfile

import corpus

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

try:
    import numpy as np
    import tiktoken
    from tiktoken.load import load_tiktoken_bpe
    from transformers.convert_slow_tokenizer import TikTokenConverter
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)


class Llama3:
    """Meta's tokenizer.model from the package llama-models in `ranks`, transformers' conversion of
    it in `json`, and the two references.
    """

    def __init__(self, folder):
        package = importlib.util.find_spec("llama_models")
        if package is None:
            print("skipped: the package llama-models is not installed")
            sys.exit(77)
        self.ranks, self.json = folder / "ranks", folder / "json"
        self.ranks.mkdir()
        self.json.mkdir()
        model = self.ranks / "tokenizer.model"
        shutil.copy(
            pathlib.Path(package.submodule_search_locations[0]) / "llama3" / "tokenizer.model",
            model,
        )
        bpe = load_tiktoken_bpe(str(model))
        numbers = {token: len(bpe) + i for i, token in enumerate(corpus.LLAMA3_SPECIALS)}
        converter = TikTokenConverter(str(model), extra_special_tokens=corpus.LLAMA3_SPECIALS)
        self.tiktoken = tiktoken.Encoding(
            "llama3", pat_str=converter.pattern, mergeable_ranks=bpe, special_tokens=numbers
        )
        self.tokenizers = converter.converted()
        self.tokenizers.save(str(self.json / "tokenizer.json"))


def write_texts(path, texts):
    with open(path, "wb") as file:
        for text in texts:
            data = text.encode()
            file.write(len(data).to_bytes(4, "little") + data)


def ours(executable, tokenizer, texts, rounds=0):
    """Ids of each text, and the least processor time of `rounds` passes in seconds."""
    source, target = tokenizer / "texts", tokenizer / "ids"
    write_texts(source, texts)
    done = subprocess.run(
        [executable, tokenizer, source, target, str(rounds)],
        check=True,
        capture_output=True,
        text=True,
    )
    values, ids, at = np.fromfile(target, np.uint32).tolist(), [], 0
    while at < len(values):
        ids.append(values[at + 1 : at + 1 + values[at]])
        at += 1 + values[at]
    assert len(ids) == len(texts), (len(ids), len(texts))
    return ids, float(done.stdout or "nan")


def differing(texts, found, expected):
    """How many differ, after showing the first."""
    off = [k for k in range(len(texts)) if found[k] != expected[k]]
    if off:
        print(f"  first: {texts[off[0]]!r:.200}: {found[off[0]]} against {expected[off[0]]}")
    return len(off)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("executable")
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=default_seed())
    options, bad = parser.parse_args(), 0
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory() as name:
        llama = Llama3(pathlib.Path(name))
        kinds = corpus.kinds(
            np.random.default_rng(options.seed), options.count, corpus.LLAMA3_SPECIALS
        )
        texts = [text for some in kinds.values() for text in some]
        (ranks, _), (json, _), at = (
            ours(options.executable, llama.ranks, texts),
            ours(options.executable, llama.json, texts),
            0,
        )
        for kind, some in kinds.items():
            here = slice(at, at := at + len(some))
            a = differing(
                some,
                ranks[here],
                llama.tiktoken.encode_batch(some, num_threads=1, allowed_special="all"),
            )
            b = differing(
                some,
                json[here],
                [e.ids for e in llama.tokenizers.encode_batch_fast(some, add_special_tokens=False)],
            )
            bad += a + b
            print(f"{kind}: {len(some)} texts, {a} differ from tiktoken, {b} from tokenizers")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
