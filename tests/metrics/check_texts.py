"""Holds BLEU against sacrebleu, ROUGE against rouge-score, METEOR without WordNet against NLTK's
exact matching, and CIDEr-D against the published formula.

python tests/metrics/check_texts.py build/bin/text_values [--seed N]
"""

import argparse
import json
import math
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

try:
    import sacrebleu
    from nltk.translate import meteor_score as nltk_meteor
    from rouge_score import rouge_scorer, tokenize
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

WORDS = (
    "sinus rhythm",
    "Sinusrhythmus",
    "no evidence of",
    "LVH",
    "ST-depression",
    "in V4-V6,",
    "rate 72/min.",
    "PR 0.16s",
    "1.5 mV",
    "(probable)",
    "AV-block I\u00b0.",
    "\u00e4ltere",
    "infarction;",
    "QTc 440ms",
    "...",
    "normal ECG.",
    "&quot;q&quot;",
    "&amp;",
    "a,b,c",
    "3,500",
    "-5",
    "5-",
    "T\u00a0wave",
    "left  axis",
    "don't",
    "<skipped>",
    "r&d",
    "x.\ny",
    "co-\nop",
    "$5",
    "50%",
    "_",
    "\u2014",
    "~",
    "^",
    "/",
    "\u6b63\u5e38",
)


def text(rng, words):
    return rng.choice((" ", " ", ", ", "")).join(
        rng.choice(words) for _ in range(rng.randint(0, 14))
    )


def pairs_of(rng):
    """Some alike, some equal, some empty."""
    pairs = []
    for _ in range(rng.randint(3, 25)):
        reference = text(rng, WORDS)
        kept = " ".join(w for w in reference.split(" ") if rng.random() < 0.8)
        pairs.append(
            {
                "prediction": rng.choice((kept, kept, reference, text(rng, WORDS), "")),
                "reference": reference,
            }
        )
    return pairs


def meteor(prediction, reference):
    tokens = [tokenize.tokenize(t, None) for t in (prediction, reference)]
    matches, _, _ = nltk_meteor.exact_match(list(tokens[0]), list(tokens[1]))
    if not matches:
        return 0.0
    matches = sorted(matches, key=lambda pair: pair[0])
    p, r = len(matches) / len(tokens[0]), len(matches) / len(tokens[1])
    fragmentation = nltk_meteor._count_chunks(matches) / len(matches)
    return p * r / (0.9 * p + 0.1 * r) * (1 - 0.5 * fragmentation**3)


def cider(pairs):
    grams = lambda tokens, n: Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))
    tokens = [
        (tokenize.tokenize(p["prediction"], None), tokenize.tokenize(p["reference"], None))
        for p in pairs
    ]
    frequency = Counter(
        g for _, ref in tokens for g in {g for n in range(1, 5) for g in grams(ref, n)}
    )
    result = []
    for pred, ref in tokens:
        total, delta = 0.0, max(0, len(pred) - 1) - max(0, len(ref) - 1)
        for n in range(1, 5):
            a, b = (
                {
                    g: c * (math.log(len(pairs)) - math.log(max(1, frequency[g])))
                    for g, c in grams(t, n).items()
                }
                for t in (pred, ref)
            )
            norm = math.sqrt(sum(v * v for v in a.values())) * math.sqrt(
                sum(v * v for v in b.values())
            )
            dot = sum(min(v, b[g]) * b[g] for g, v in a.items() if g in b)
            total += (dot / norm if norm else dot) * math.exp(-(delta**2) / 72)
        result.append(10 * total / 4)
    return result


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("program")
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--seed", type=int, default=default_seed())
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    worst, rouge = {}, rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"])

    def see(name, mine, theirs):
        worst[name] = max(worst.get(name, 0.0), abs(mine - theirs))

    for case in range(options.cases):
        rng = random.Random(f"{options.seed} {case}")
        pairs = pairs_of(rng)
        done = subprocess.run(
            [options.program],
            input="".join(json.dumps(p) + "\n" for p in pairs),
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        mine = json.loads(done.stdout)
        predictions, references = (
            [p["prediction"] for p in pairs],
            [[p["reference"] for p in pairs]],
        )
        for order in range(1, 5):
            bleu = sacrebleu.BLEU(max_ngram_order=order).corpus_score(predictions, references)
            see(f"BLEU-{order}, sacrebleu", mine["bleu"][order - 1], bleu.score / 100)
        for item, pair, theirs in zip(mine["items"], pairs, cider(pairs)):
            assert item["tokens"] == Tokenizer13a()(pair["prediction"].rstrip()).split(), (
                item["tokens"],
                pair,
            )
            for name, score in rouge.score(pair["reference"], pair["prediction"]).items():
                for k, value in enumerate((score.precision, score.recall, score.fmeasure)):
                    see(f"{name}, rouge-score", item[name][k], value)
            see(
                "METEOR without WordNet, NLTK",
                item["meteor_exact"],
                meteor(pair["prediction"], pair["reference"]),
            )
            see("CIDEr-D, formula", item["cider_d"], theirs)
    print("| quantity, against | tolerance | worst seen |\n|---|---|---|")
    for name, value in worst.items():
        print(f"| {name} | 1e-12 | {value:.1e} |")
    return 1 if any(not value <= 1e-12 for value in worst.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
