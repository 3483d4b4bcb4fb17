"""Which file of a checkpoint gives the chat template: here, and for transformers' processor."""

import json
import shutil

from check_tokenizer import values

# Each case: files, in any order, with the number of the template that each holds.
CASES = [
    {"chat_template.jinja": 0},
    {"chat_template.json": 1},
    {"chat_template.jinja": 0, "chat_template.json": 1},
    {"chat_template.jinja": 0, "tokenizer_config.json": 2},
    {"chat_template.json": 1, "tokenizer_config.json": 2},
    {"processor_config.json": 2, "chat_template.json": 1, "chat_template.jinja": 0},
    {"processor_config.json": 0, "tokenizer_config.json": 2},
]


def write(folder, name, template):
    if name.endswith(".jinja"):
        (folder / name).write_text(template, encoding="utf-8")
        return
    file = folder / name
    fields = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    file.write_text(json.dumps({**fields, "chat_template": template}), encoding="utf-8")


def files_differ(executable, model, folder, templates, layouts, load_processor):
    """Cases in which the layout here is not that of the template which `load_processor` finds."""
    bad = 0
    for case in CASES:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(model, folder)
        (folder / "chat_template.jinja").unlink()
        for name, number in case.items():
            write(folder, name, templates[number])
        mine = values(executable, folder, [], [])["layout"]
        theirs = layouts[templates.index(load_processor(folder).chat_template)]
        if mine != theirs:
            bad += 1
            print(f"of {case} the layout is {mine}, that of the processor's template {theirs}")
    print(f"which file counts: {len(CASES)} folders, {bad} differ")
    return bad
