"""Whether canonical_template() changes what a template writes; jinja2 says, for check_templates."""

import re

import jinja2
import numpy as np

import corpus
from check_tokenizer import values

DATE = "26 Jul 2024"


def messages(turns):
    """What a user of transformers passes. A system turn must be a string: of a list, Meta's
    templates write Python's notation."""
    result = []
    for k, one in enumerate(turns):
        parts = [{"type": "image"}] * one["images"] + [{"type": "text", "text": one["content"]}]
        plain = one["role"] == "system" or (one["images"] == 0 and k % 2)
        result.append({"role": one["role"], "content": one["content"] if plain else parts})
    return result


def scrambled(template, random):
    """The template with other blanks, signs and comments around its tags; few write its text."""

    def tag(match):
        kind, inner = match[1], match[2].strip("-+ \n")
        left, right = random.choice(["", "-", "-", "+"]), random.choice(["", "", "-"])
        blanks = random.choice(["", "", " ", "\n", "\n  ", "\t\n"], 2)
        comment = random.choice(["", "", "{# a #}", "{#- b -#}\n"])
        close = "}" if kind == "{" else kind
        return f"{blanks[0]}{comment}{{{kind}{left} {inner} {right}{close}}}{blanks[1]}"

    plain = re.sub(r"\{#.*?#\}", "", template, flags=re.S)
    return re.sub(r"\{([{%])(.*?)[}%]\}", tag, plain, flags=re.S)


def canonical_forms_differ(executable, folder, templates, random):
    """Jinja without options must write of the canonical form what it writes of the template with
    the options of transformers."""
    theirs = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
    plain = jinja2.Environment(keep_trailing_newline=True)
    for env in (theirs, plain):
        env.globals["raise_exception"] = lambda text: text
    asked = [messages(chat["turns"]) for chat in corpus.random_chats(np.random.default_rng(7), 6)]
    given = {"bos_token": "<b>", "date_string": DATE, "add_generation_prompt": True}

    def write(env, text):
        return [env.from_string(text).render(messages=turns, **given) for turns in asked]

    cases = [scrambled(template, random) for template in templates for _ in range(60)] + templates
    found = values(executable, folder, [], [], cases)["templates"]
    bad, texts = 0, set()
    for case, mine in zip(cases, found, strict=True):
        wanted = write(theirs, case)
        texts.add(str(wanted))
        if write(plain, mine["canonical"]) != wanted:
            bad += 1
            print(f"the canonical form {mine['canonical']!r} writes otherwise than {case!r}")
    print(f"canonical forms: {len(cases)} templates, {len(texts)} different texts, {bad} differ")
    return bad
