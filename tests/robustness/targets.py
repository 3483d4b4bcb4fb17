"""All kinds of files, and what they are copied from."""

import json

import tasks
from targets_data import data, prepare_data
from targets_models import adapters, models, prepare_models
from targets_results import prepare_results, results
from world import World


def prepare_world(w: World) -> None:
    """What the targets copy, made once. The chain has made a data set, a model and a run. Configs
    write below the working folder, which is that of the case."""
    made = {"train": w.config("train"), "eval": w.config("eval"), "tasks": tasks.config(w)}
    for kind, file in made.items():
        values = json.loads(file.read_text())
        (w.root / f"{kind}.json").write_text(json.dumps({**values, "output": "out"}, indent=1))
    prepare_models(w)
    prepare_data(w)
    prepare_results(w)


def targets(w: World) -> list:
    return models(w) + adapters(w) + data(w) + results(w)
