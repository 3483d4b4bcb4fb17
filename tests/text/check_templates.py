"""Holds prompts against apply_chat_template of transformers, for every generation of
Llama 3.2 Vision's chat template, and prints the table of docs/formats/templates.md.

usage: check_templates.py TOKENIZER_VALUES_EXECUTABLE SYNTH_EXECUTABLE [TEMPLATE ...]

Without templates it takes the layouts in this program's words: src/text/chat_template.jinja and
tests/text/templates. A template is a .jinja file, a chat_template.json, a tokenizer_config.json, or
a checkpoint's folder with one of them: so is a checkpoint's own template held against the program.
One that is not known is held against all three layouts, to find the one that it writes.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import corpus
from check_tokenizer import said, values

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

try:
    import importlib.util

    import jinja2
    import numpy as np
    from transformers import AutoProcessor, AutoTokenizer, PreTrainedTokenizerFast
    from transformers.convert_slow_tokenizer import TikTokenConverter

    from canonical_forms import DATE, canonical_forms_differ, messages
    from template_files import files_differ
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

OWN = [
    "tests/text/templates/release.jinja",
    "src/text/chat_template.jinja",
    "tests/text/templates/december.jinja",
]


def turn(role, content, images=0):
    return {"role": role, "content": content, "images": images}


SYSTEM = turn("system", "You read ECGs for a research study.")
QUESTION, ANSWER = "Is the rhythm regular?", turn("assistant", "Yes.")
AGAIN = [turn("user", "And the axis?"), turn("assistant", "Normal.")]
CONVERSATIONS = [
    ("text", [turn("user", QUESTION), ANSWER]),
    ("text, two rounds", [turn("user", QUESTION), ANSWER, *AGAIN]),
    ("system, text", [SYSTEM, turn("user", QUESTION), ANSWER]),
    ("image", [turn("user", QUESTION, 1), ANSWER]),
    ("image, two rounds", [turn("user", QUESTION, 1), ANSWER, *AGAIN]),
    ("two images", [turn("user", QUESTION, 2), ANSWER]),
    (
        "image in the second round",
        [turn("user", QUESTION), ANSWER, turn("user", "And here?", 1), ANSWER],
    ),
    ("system, image", [SYSTEM, turn("user", QUESTION, 1), ANSWER]),
    ("system, image, two rounds", [SYSTEM, turn("user", QUESTION, 1), ANSWER, *AGAIN]),
    ("system, two images", [SYSTEM, turn("user", QUESTION, 2), ANSWER]),
]


def template_in(path):
    if path.is_dir():
        names = ["chat_template.json", "chat_template.jinja", "tokenizer_config.json"]
        path = next(path / name for name in names if (path / name).exists())
    text = path.read_text(encoding="utf-8")
    return text if path.suffix == ".jinja" else json.loads(text)["chat_template"]


def render(tokenizer, chat, template):
    """Text and ids, or why there are none."""
    said_so_far = messages(chat["turns"])
    options = {
        "chat_template": template,
        "date_string": DATE,
        "add_generation_prompt": chat["generation_prompt"],
    }
    try:
        text = tokenizer.apply_chat_template(said_so_far, tokenize=False, **options)
        return text, tokenizer.apply_chat_template(said_so_far, return_dict=False, **options)
    except jinja2.exceptions.TemplateError as error:
        return None, str(error)


def same(mine, text, ids):
    if text is None:
        return "refused" in mine
    return mine.get("text") == text and mine.get("ids") == ids


def row(name, conversation, mine, text, ids):
    here = len(mine["ids"]) if "ids" in mine else "refused"
    there = "refused" if text is None else len(ids)
    equal = "yes" if same(mine, text, ids) else "NO"
    print(f"| {name} | {conversation} | {here} | {there} | {equal} |")


def with_generation_tags(template):
    """One of our own templates with transformers' tags about what the assistant says."""
    begin, end = "    {%- if message['content'] is string %}", "    {{- '<|eot_id|>' }}\n"
    at = template.index(begin)
    to = template.index(end, at) + len(end)
    block = template[at:to]
    tagged = "{% generation %}" + block + "{%- endgeneration %}"
    either = "{%- if message['role'] == 'assistant' %}" + tagged + "{%- else %}" + block
    return template[:at] + either + "{%- endif %}\n" + template[to:]


def masks_differ(tokenizer, chats, template):
    """The assistant's tokens against those of return_assistant_tokens_mask."""
    bad = 0
    for chat, mine in chats:
        if "refused" in mine or chat["generation_prompt"]:
            continue
        found = tokenizer.apply_chat_template(
            messages(chat["turns"]),
            chat_template=template,
            return_dict=True,
            date_string=DATE,
            return_assistant_tokens_mask=True,
        )
        theirs = [bool(x) for x in found["assistant_masks"]]
        if theirs != mine["mask"] or found["input_ids"] != mine["ids"]:
            bad += 1
            print(f"assistant mask of {chat}: {theirs} against {mine['mask']}")
    return bad


def check(name, template, layout, tokenizer, folder, executable, random):
    """What transformers makes of `template`, against the layout of the template `layout`."""
    (folder / "chat_template.jinja").write_text(layout, encoding="utf-8")
    chats = [
        {"turns": turns, "generation_prompt": prompt}
        for _, turns in CONVERSATIONS
        for prompt in (True, False)
    ]
    chats += [*corpus.random_chats(random, 200), *corpus.random_chats(random, 100, True)]
    found = values(executable, folder, [], chats)
    pairs = list(zip(chats, found["chats"], strict=True))
    bad = 0
    for k, (chat, mine) in enumerate(pairs):
        text, ids = render(tokenizer, chat, template)
        if k < 2 * len(CONVERSATIONS) and not chat["generation_prompt"]:
            row(found["layout"], CONVERSATIONS[k // 2][0], mine, text, ids)
        if not same(mine, text, ids):
            bad += 1
            print(f"{name}: {chat}: {mine!r} against {text!r}")
        elif text is not None and mine["assistant"] != said(chat):
            bad += 1
            print(f"{name}: the answers of {chat} are {mine['assistant']!r}")
    if any(template == pathlib.Path(path).read_text(encoding="utf-8") for path in OWN):
        bad += masks_differ(tokenizer, pairs, with_generation_tags(template))
    return bad, f"{name}: layout of {found['layout']}, {len(pairs)} conversations, {bad} differ"


def llama3_tokenizer(folder):
    """Meta's tokenizer for both programs, or none without the package llama-models."""
    package = importlib.util.find_spec("llama_models")
    if package is None:
        return None
    ranks = pathlib.Path(package.submodule_search_locations[0]) / "llama3" / "tokenizer.model"
    shutil.copy(ranks, folder)
    fast = TikTokenConverter(str(ranks), extra_special_tokens=corpus.LLAMA3_SPECIALS).converted()
    return PreTrainedTokenizerFast(tokenizer_object=fast, bos_token="<|begin_of_text|>")


def main():
    executable, synth, *given = sys.argv[1:]
    seed = default_seed()
    random = np.random.default_rng(seed)
    paths = [pathlib.Path(path) for path in given or OWN]
    templates = [template_in(path) for path in paths]
    bad, lines = 0, [f"seed {seed}"]
    with tempfile.TemporaryDirectory() as name:
        small, large = pathlib.Path(name) / "small", pathlib.Path(name) / "large"
        subprocess.run([synth, "model", "--out", small], check=True, capture_output=True)
        large.mkdir()
        tokenizer, folder = llama3_tokenizer(large), large
        if tokenizer is None:
            tokenizer, folder = AutoTokenizer.from_pretrained(small), small
        print(f"tokens of {'Llama 3' if folder == large else 'the small model of synth'}\n")
        print("| chat template of | conversation | tokens here | tokens of transformers | equal |")
        print("|---|---|---|---|---|")
        known = values(executable, small, [], [], templates)["templates"]
        for path, template, found in zip(paths, templates, known, strict=True):
            unknown = found["layout"] == "unknown"
            layouts = [template_in(pathlib.Path(own)) for own in OWN] if unknown else [template]
            found = [
                check(str(path), template, layout, tokenizer, folder, executable, random)
                for layout in layouts
            ]
            bad += min(count for count, _ in found)
            lines += [line for _, line in found]
        print("\n" + "\n".join(lines))
        bad += canonical_forms_differ(executable, folder, templates, random)
        if not given:
            layouts = [found["layout"] for found in known]
            bad += files_differ(
                executable,
                small,
                pathlib.Path(name) / "files",
                templates,
                layouts,
                AutoProcessor.from_pretrained,
            )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
