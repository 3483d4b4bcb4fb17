"""Llama 3's tokenizer here and in the package tokenizers, on one core, in one run; also that all
tokens are equal.

    python bench/tokenizer.py build/bin/encode_texts [--count 200000] [--rounds 3]

Both read the same tokenizer.json with the 128k vocabulary of the package llama-models. For each
kind of text (tests/text/corpus.py) the least processor time of some passes over all texts; the
programs take turns. tokenizers is asked one text a call (encode), and for all texts in one call
(encode_batch and encode_batch_fast, which leaves the offsets out), without parallelism. Exits 1
where a token differs, or where a ratio is below 1.
"""

import os

os.environ |= {
    "TOKENIZERS_PARALLELISM": "false",
    "RAYON_NUM_THREADS": "1",
}  # before tokenizers is imported

import argparse
import pathlib
import sys
import tempfile
import time

import numpy as np

sys.path.append(str(pathlib.Path(__file__).parent.parent / "tests/text"))
import bulk
import corpus


def passes(tokenizer, texts):
    """The ways to ask tokenizers for all texts."""
    return {
        "encode": lambda: [tokenizer.encode(text, add_special_tokens=False) for text in texts],
        "batch": lambda: tokenizer.encode_batch(texts, add_special_tokens=False),
        "batch, fast": lambda: tokenizer.encode_batch_fast(texts, add_special_tokens=False),
    }


def seconds(call):
    start = time.process_time()
    call()
    return time.process_time() - start


def measure(options, llama, texts):
    """Least seconds here and of each way, and the texts that differ from tiktoken and from
    tokenizers.
    """
    mine, theirs = float("inf"), {}
    for _ in range(options.rounds):
        ids, time_here = bulk.ours(options.executable, llama.json, texts, 1)
        mine = min(mine, time_here)
        for way, call in passes(llama.tokenizers, texts).items():
            theirs[way] = min(theirs.get(way, float("inf")), seconds(call))
    bad = bulk.differing(
        texts,
        ids,
        [e.ids for e in llama.tokenizers.encode_batch_fast(texts, add_special_tokens=False)],
    )
    ranks, _ = bulk.ours(options.executable, llama.ranks, texts)
    return (
        mine,
        theirs,
        bad
        + bulk.differing(
            texts, ranks, llama.tiktoken.encode_batch(texts, num_threads=1, allowed_special="all")
        ),
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("executable")
    parser.add_argument("--count", type=int, default=200000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "little"))
    options, worst, bad = parser.parse_args(), float("inf"), 0
    print(
        f"seed {options.seed}\n| texts | count | MB | here, MB/s | encode | batch | batch, fast | "
        "times as fast | tokens differ |\n|---|---|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as name:
        llama = bulk.Llama3(pathlib.Path(name))
        for kind, texts in corpus.kinds(
            np.random.default_rng(options.seed), options.count, corpus.LLAMA3_SPECIALS
        ).items():
            size = sum(len(text.encode()) for text in texts) / 1e6
            mine, theirs, differ = measure(options, llama, texts)
            ratio, bad = min(theirs.values()) / mine, bad + differ
            worst = min(worst, ratio)
            print(
                f"| {kind} | {len(texts)} | {size:.1f} | {size / mine:.1f} | "
                f"{' | '.join(f'{size / t:.1f}' for t in theirs.values())} | {ratio:.1f} | "
                f"{differ} |",
                flush=True,
            )
    return 0 if worst >= 1 and bad == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
