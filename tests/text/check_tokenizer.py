"""Holds the tokenizers and the chat template against their references: Llama 3's BPE against
tiktoken and tokenizers, sentencepiece against its own package, chats against transformers'
apply_chat_template.

usage: check_tokenizer.py TOKENIZER_VALUES_EXECUTABLE SYNTH_EXECUTABLE CHAT_TEMPLATE
"""

import importlib.util
import json
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
    import sentencepiece
    import tiktoken
    from tiktoken.load import load_tiktoken_bpe
    from transformers import AutoTokenizer, PreTrainedTokenizerFast
    from transformers.convert_slow_tokenizer import TikTokenConverter
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)


def values(executable, folder, texts, chats, templates=()):
    source, target = folder / "in.json", folder / "out.json"
    asked = {"texts": texts, "chats": chats, "templates": list(templates)}
    source.write_text(json.dumps(asked), encoding="utf-8")
    subprocess.run([executable, folder, source, target], check=True)
    return json.loads(target.read_text(encoding="utf-8"))


def compare_texts(name, ours, texts, encode, whole, plain):
    """Counts texts whose ids or decoded texts differ; `whole` and `plain` give what decoding must
    return.
    """
    bad = 0
    for text, mine in zip(texts, ours["texts"], strict=True):
        ids = encode(text)
        for what, a, b in (
            ("ids", mine["ids"], ids),
            ("text", mine["whole"], whole(text, ids)),
            ("plain text", mine["plain"], plain(text, ids)),
        ):
            if a != b:
                bad += 1
                print(f"{name}: {what} of {text!r}: {a!r:.300} against {b!r:.300}")
    print(f"{name}: {len(texts)} texts, {bad} differ")
    return bad


def messages(chat):
    """The conversation as users of transformers write it; content without images as a string or a
    list.
    """
    result = []
    for k, turn in enumerate(chat["turns"]):
        content = [{"type": "image"}] * turn["images"] + [{"type": "text", "text": turn["content"]}]
        result.append(
            {
                "role": turn["role"],
                "content": turn["content"] if turn["images"] == 0 and k % 2 else content,
            }
        )
    return result


def said(chat):
    return "".join(
        turn["content"] + "<|eot_id|>" for turn in chat["turns"] if turn["role"] == "assistant"
    )


def compare_chats(name, ours, chats, tokenizer):
    bad = 0
    for chat, mine in zip(chats, ours["chats"], strict=True):
        prompt = {"add_generation_prompt": chat["generation_prompt"]}
        text = tokenizer.apply_chat_template(messages(chat), tokenize=False, **prompt)
        ids = tokenizer.apply_chat_template(
            messages(chat), tokenize=True, return_dict=False, **prompt
        )
        for what, a, b in (
            ("text", mine["text"], text),
            ("ids", mine["ids"], ids),
            ("answers", mine["assistant"], said(chat)),
        ):
            if a != b:
                bad += 1
                print(f"{name}: {what} of {chat}: {a!r} against {b!r}")
    print(f"{name}: {len(chats)} conversations, {bad} differ")
    return bad


def without_specials(text, specials):
    for special in specials:
        text = text.replace(special, "")
    return text


def check_llama3(executable, folder, template, texts, chats):
    """Meta's tokenizer.model against tiktoken, and the tokenizer.json that transformers makes of it
    against tokenizers.
    """
    package = importlib.util.find_spec("llama_models")
    if package is None:
        print("llama 3: left out, the package llama-models is not installed")
        return 0
    ranks = folder / "meta"
    ranks.mkdir()
    shutil.copy(
        pathlib.Path(package.submodule_search_locations[0]) / "llama3" / "tokenizer.model", ranks
    )
    bpe = load_tiktoken_bpe(str(ranks / "tokenizer.model"))
    numbers = {token: len(bpe) + i for i, token in enumerate(corpus.LLAMA3_SPECIALS)}
    converter = TikTokenConverter(
        str(ranks / "tokenizer.model"), extra_special_tokens=corpus.LLAMA3_SPECIALS
    )
    reference = tiktoken.Encoding(
        "llama3", pat_str=converter.pattern, mergeable_ranks=bpe, special_tokens=numbers
    )
    decoded = {
        "whole": lambda text, ids: text,
        "plain": lambda text, ids: without_specials(text, corpus.LLAMA3_SPECIALS),
    }
    ours = values(executable, ranks, texts, chats)
    bad = compare_texts(
        "tokenizer.model of Llama 3",
        ours,
        texts,
        lambda text: reference.encode(text, allowed_special="all"),
        **decoded,
    )
    fast = converter.converted()
    assert fast.token_to_id("<|image|>") == numbers["<|image|>"] == 128256
    hf = folder / "hf"
    hf.mkdir()
    fast.save(str(hf / "tokenizer.json"))
    ours_json = values(executable, hf, texts, chats)
    bad += compare_texts(
        "tokenizer.json of Llama 3",
        ours_json,
        texts,
        lambda text: fast.encode(text, add_special_tokens=False).ids,
        **decoded,
    )
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=fast,
        bos_token="<|begin_of_text|>",
        chat_template=template.read_text(encoding="utf-8"),
    )
    bad += compare_chats("chats of Llama 3", ours, chats, wrapped)
    bad += compare_chats("chats of Llama 3, tokenizer.json", ours_json, chats, wrapped)
    return bad + (ours["size"] != 128257) + (ours_json["size"] != 128257)


def check_small_model(executable, folder, synth, texts, chats):
    """The synthetic model's tokenizer against sentencepiece, and the files for transformers next to
    it.
    """
    subprocess.run([synth, "model", "--out", folder / "small"], check=True, capture_output=True)
    reference = sentencepiece.SentencePieceProcessor(
        model_file=str(folder / "small" / "tokenizer.model")
    )
    transformers = AutoTokenizer.from_pretrained(folder / "small")
    ours = values(executable, folder / "small", texts, chats)
    specials = transformers.all_special_tokens + [
        "<|image|>",
        "<|start_header_id|>",
        "<|end_header_id|>",
        "<|end_of_text|>",
    ]
    # sentencepiece writes a space as U+2581, so that a text with U+2581 itself comes back with a
    # space there.
    whole = lambda text, ids: text.replace("\u2581", " ")
    plain = lambda text, ids: without_specials(whole(text, ids), specials)
    bad = compare_texts("sentencepiece of synth", ours, texts, reference.encode, whole, plain)
    bad += compare_texts(
        "tokenizer.json of synth",
        ours,
        texts,
        lambda text: transformers.encode(text, add_special_tokens=False),
        lambda text, ids: transformers.decode(ids),
        plain,
    )
    return (
        bad
        + compare_chats("chats of synth", ours, chats, transformers)
        + (ours["size"] != reference.get_piece_size())
    )


def check_normalising(executable, folder, texts):
    """A model like Llama 2's: byte-pair encoding, a space put before the text, NFKC, several blanks
    as one.
    """
    lines, own = folder / "lines.txt", folder / "llama2"
    lines.write_text(
        "\n".join(
            text.replace("\n", " ") for text in corpus.FIXED if "\0" not in text and len(text) < 300
        ),
        encoding="utf-8",
    )
    own.mkdir()
    sentencepiece.SentencePieceTrainer.train(
        input=str(lines),
        model_prefix=str(own / "tokenizer"),
        model_type="bpe",
        vocab_size=700,
        byte_fallback=True,
        hard_vocab_limit=False,
        character_coverage=0.98,
        num_threads=1,
        minloglevel=2,
    )
    reference = sentencepiece.SentencePieceProcessor(model_file=str(own / "tokenizer.model"))
    decode = lambda text, ids: reference.decode(ids)
    return compare_texts(
        "sentencepiece that normalises",
        values(executable, own, texts, []),
        texts,
        reference.encode,
        decode,
        decode,
    )


def main():
    executable, synth, template = sys.argv[1:]
    seed = default_seed()
    random = np.random.default_rng(seed)
    texts = corpus.FIXED + list(corpus.random_texts(random, 600, corpus.LLAMA3_SPECIALS))
    chats = list(corpus.random_chats(random, 100))
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        bad = check_llama3(executable, folder, pathlib.Path(template), texts, chats)
        bad += check_small_model(executable, folder, synth, texts, chats)
        bad += check_normalising(executable, folder, [text for text in texts if "\0" not in text])
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
