"""Holds the scores of instruction tasks against scikit-learn, sacrebleu and rouge-score on random
files of questions and answers.

    python tests/metrics/check_tasks.py --eval build/bin/ecg-lora-eval
        --compare build/bin/ecg-lora-compare [--cases 4] [--seed N]

The answers are made from templates, so that what they say is known without reading them. Compared
are this program's own scores, their intervals by the jackknife, those of --compat pulse, which are
computed here again with scikit-learn and Python's random, and the paired differences of two runs.
Exits 1 where a value is off by more than its tolerance.
"""

import argparse
import copy
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

try:
    import numpy as np
    import sacrebleu
    from rouge_score import rouge_scorer
    from sklearn.metrics import (
        accuracy_score,
        balanced_accuracy_score,
        f1_score,
        hamming_loss,
        roc_auc_score,
    )
    from sklearn.preprocessing import MultiLabelBinarizer

    import reference as ref
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

EXACT = 1e-12
CHIEF = {
    "yes_no": "accuracy",
    "choice": "accuracy",
    "labels": "macro_f1",
    "text": "clinical_f1",
}  # whose p is adjusted
SPACES = {
    "ptb-test": ["NORM", "MI", "STTC", "CD", "HYP"],
    "cpsc-test": ["NORM", "AF", "I-AVB", "LBBB", "RBBB", "PAC", "PVC", "STD", "STE"],
    "code15-test": ["NORM", "ABNORMAL", "1dAVb", "RBBB", "LBBB", "SB", "ST", "AF"],
}
# Answers around what is called, and whether they can be read.
LABEL_FORMS = [
    ("{}", True),
    ("The ECG shows {}.", True),
    ("Rate 70. Answer: {}", True),
    ("No evidence of HYP or PVC. {}", True),
    ("I cannot tell", False),
    ("", False),
]
CHOICE_FORMS = [
    ("{L}", True),
    ("{L}. {o}", True),
    ("The correct option is {L}", True),
    ("RBBB. Answer: {L}", True),
    ("{o}", True),
    ("({L}) {o}", True),
    ("Answer: nothing", False),
    ("I do not know", False),
]
YES_NO_FORMS = [
    ("{}", True),
    ("{}, it does.", True),
    ("The answer is {}.", True),
    ("Perhaps", False),
    ("yes and no, I think: no or yes?", True),
]
RHYTHMS = [
    "atrial fibrillation",
    "sinus rhythm",
    "atrial flutter",
    "left bundle branch block",
    "right bundle branch block",
    "sinus bradycardia",
    "sinus tachycardia",
    "old infarction",
]


class Worst:
    def __init__(self):
        self.of = {}

    def add(self, name, ours, theirs):
        if theirs is None or (isinstance(theirs, float) and math.isnan(theirs)):
            assert ours is None or ours == "NaN", f"{name}: {ours} instead of undefined"
            return
        assert ours is not None, f"{name}: undefined instead of {theirs}"
        self.of[name] = max(self.of.get(name, 0.0), abs(ours - theirs))

    def bad(self):
        return [name for name, value in self.of.items() if not value <= EXACT]


class Task:
    """Questions with gold and what is called; None where the answer cannot be read."""

    def __init__(self, name):
        self.name, self.items, self.texts, self.options, self.gold, self.called, self.pages = (
            name,
            [],
            [],
            [],
            [],
            [],
            [],
        )

    def add(self, page, question, reference, text, options, gold, called):
        identity = f"{self.name}-{len(self.items)}"
        key = "No" if self.name == "mmmu-ecg" else "id"
        self.items.append(
            {
                key: identity,
                "image": page,
                "conversations": [
                    {"from": "human", "value": "<image>\n" + question},
                    {"from": "gpt", "value": reference},
                ],
            }
        )
        for values, value in zip(
            (self.texts, self.options, self.gold, self.called, self.pages),
            (text, options, gold, called, page),
        ):
            values.append(value)

    def identities(self):
        return [item.get("id", item.get("No")) for item in self.items]


def some(rng, values, most):
    return rng.sample(values, rng.randint(1, most))


def labels_task(rng, name, count):
    task, labels = Task(name), SPACES[name]
    for _ in range(count):
        gold = some(rng, labels[:-1], 3)  # the last label is never right
        called = gold if rng.random() < 0.4 else some(rng, labels, 3)
        if name == "code15-test":  # one of the two, and never both
            gold, called = (
                [v for v in names if v not in ("NORM", "ABNORMAL")] or ["NORM"]
                for names in (gold, called)
            )
        form, readable = rng.choice(LABEL_FORMS)
        if "No evidence" in form and name == "code15-test":
            form = "{}"
        if "HYP" in called and "HYP" in form or "PVC" in called and "PVC" in form:
            form = "{}"
        task.add(
            f"{rng.randrange(count // 2)}.png",
            "Which diagnoses?",
            ", ".join(gold),
            form.format(", ".join(called)),
            labels,
            gold,
            called if readable else None,
        )
    return task


def choice_task(rng, name, count, size):
    task = Task(name)
    for _ in range(count):
        options = rng.sample(RHYTHMS, size)
        right, called = rng.randrange(size), rng.randrange(size)
        called = right if rng.random() < 0.5 else called
        question = "What is it?\n" + "\n".join(f"{chr(65 + i)}. {o}" for i, o in enumerate(options))
        reference = (
            chr(65 + right) if name == "mmmu-ecg" else f"{chr(65 + right)}. {options[right]}"
        )
        form, readable = rng.choice(CHOICE_FORMS)
        task.add(
            f"{rng.randrange(count // 2)}.png",
            question,
            reference,
            form.format(L=chr(65 + called), o=options[called]),
            options,
            options[right],
            options[called] if readable else None,
        )
    return task


def listed_task(rng, name, count):
    task, values = (
        Task(name),
        ["lead i", "lead ii", "lead v1", "none", "pr interval", "qt interval"],
    )
    for _ in range(count):
        options = rng.sample(values, 4)
        gold, called = some(rng, options, 2), some(rng, options, 2)
        called = gold if rng.random() < 0.4 else called
        question = (
            "Which?\nOptions: "
            + ", ".join(options)
            + "\nOnly answer based on the given Options without any explanation."
        )
        task.add(
            f"{rng.randrange(count // 2)}.png",
            question,
            gold,
            ", ".join(called),
            options,
            gold,
            called,
        )
    return task


def yes_no_task(rng, name, count):
    task = Task(name)
    for _ in range(count):
        gold, called = rng.choice(["yes", "no"]), rng.choice(["yes", "no"])
        called = gold if rng.random() < 0.5 else called
        form, readable = rng.choice(YES_NO_FORMS)
        if form.startswith("yes and no"):
            called = "yes"  # it leads
        task.add(
            f"{rng.randrange(count // 2)}.png",
            "Does this ECG show it?",
            gold.capitalize(),
            form.format(called),
            ["yes", "no"],
            gold,
            called if readable else None,
        )
    return task


def text_task(rng, name, count):
    task = Task(name)
    words = (
        "sinus rhythm atrial fibrillation no evidence of left ventricular hypertrophy st "
        "elevation in leads normal ecg axis"
    ).split()
    for _ in range(count):
        gold, text = (
            " ".join(rng.choice(words) for _ in range(rng.randint(4, 14))) for _ in range(2)
        )
        task.add(
            f"{rng.randrange(count // 2)}.png",
            "Write a report.",
            gold,
            gold if rng.random() < 0.2 else text if rng.random() < 0.9 else "",
            [],
            gold,
            text,
        )
    return task


def weighted(values, index):
    return [values[i] for i in index]


def mean(values, whole=None):
    """Of {class: value}, over those that are defined, or with those of `whole` for the others."""
    kept = [v if v is not None or whole is None else whole[name] for name, v in values.items()]
    kept = [v for v in kept if v is not None]
    return float(np.mean(kept)) if kept else None


def of_classes(task, index):
    """{metric: {class: value}} on the answers at `index`, for what is a mean over classes."""
    gold, called, options = (weighted(v, index) for v in (task.gold, task.called, task.options))
    if isinstance(gold[0], str):
        names, given = sorted(set(task.gold)), ["(unread)" if c is None else c for c in called]
        f1 = dict(zip(names, f1_score(gold, given, labels=names, average=None, zero_division=0)))
        result = {"macro_f1": {name: f1[name] if name in gold else None for name in names}}
        if options[0] == ["yes", "no"]:
            result["balanced_accuracy"] = {
                name: np.mean([c == g for g, c in zip(gold, given) if g == name])
                if name in gold
                else None
                for name in names
            }
        return result
    names, offered, reference, call = matrices(task, index)
    f1 = {
        n: f1_score(reference[:, k], call[:, k], zero_division=0) if reference[:, k].any() else None
        for k, n in enumerate(names)
    }
    both = {
        n: reference[:, k].any() and (offered[:, k] & ~reference[:, k]).any()
        for k, n in enumerate(names)
    }
    return {
        "macro_f1": f1,
        "balanced_accuracy": {
            n: balanced_accuracy_score(reference[offered[:, k], k], call[offered[:, k], k])
            if both[n]
            else None
            for k, n in enumerate(names)
        },
    }


def matrices(task, index):
    """Questions by labels: what is offered, right and called."""
    gold, called, options = (weighted(v, index) for v in (task.gold, task.called, task.options))
    names = sorted({o for row in task.options for o in row})
    offered = np.array([[n in row for n in names] for row in options])
    reference = np.array([[n in row for n in names] for row in gold])
    call = np.array(
        [
            [n in o and (n not in g if c is None else n in c) for n in names]
            for o, g, c in zip(options, gold, called)
        ]
    )
    return names, offered, reference, call


def closed_values(task, index, filled=False):
    """Values by key, on the answers at `index`. `filled`: a class that they leave undefined has its
    value of all answers.
    """
    whole = of_classes(task, range(len(task.items))) if filled else {}
    result = {key: mean(values, whole.get(key)) for key, values in of_classes(task, index).items()}
    gold, called = weighted(task.gold, index), weighted(task.called, index)
    if isinstance(gold[0], str):
        return {
            "accuracy": accuracy_score(gold, ["(unread)" if c is None else c for c in called]),
            **result,
        }
    _, offered, reference, call = matrices(task, index)
    return {
        **result,
        "micro_f1": f1_score(reference.ravel(), call.ravel(), zero_division=0),
        "exact_match": float(
            np.mean([c is not None and set(c) == set(g) for g, c in zip(gold, called)])
        ),
        "hamming_loss": float((reference != call)[offered].mean()),
    }


def text_values(task, index, filled=False):
    predictions, references = weighted(task.texts, index), weighted(task.gold, index)
    result = {
        f"bleu{n}": sacrebleu.corpus_bleu(
            predictions, [references], force=True, **({} if n == 4 else {})
        ).score
        / 100
        for n in (4,)
    }
    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"])
    for key, theirs in (("rouge1", "rouge1"), ("rouge2", "rouge2"), ("rouge_l", "rougeL")):
        result[key] = float(
            np.mean([scorer.score(r, p)[theirs].fmeasure for p, r in zip(predictions, references)])
        )
    return result


def without_groups(task, most, seed):
    """Places of the answers that stay when a group of pages is left out, of each group."""
    groups = ref.groups(list(dict.fromkeys(task.pages)), most, seed)
    return [
        [i for i, page in enumerate(task.pages) if page not in set(left_out)] for left_out in groups
    ]


def intervals(task, values, most, seed):
    whole, places = values(task, range(len(task.items))), without_groups(task, most, seed)
    without, filled = (
        [values(task, index) for index in places],
        [values(task, index, True) for index in places],
    )
    result = {}
    for key, value in whole.items():
        spread = ref.spread([row[key] for row in without])
        bias = ref.bias_of(value, [row[key] for row in filled]) if spread else 0
        result[key] = ref.jackknife_interval(value, spread, bias) or (None, None)
    return result


def pulse_option(text):
    letters = "ABCDEFGH"
    if text in letters and len(text) == 1:
        return text
    for letter in letters:
        if letter + "." in text:
            return letter
    if "The correct option is " in text:
        letter = text.split("The correct option is ")[-1][0]
        return letter if letter in letters else None
    return (
        next((letter for letter in letters if letter in text.split("Answer:")[-1]), None)
        if "Answer:" in text
        else None
    )


def pulse_labels(name, text):
    if name != "code15-test":
        return [label for label in SPACES[name] if label in text]
    text = text.split("Answer:")[-1]
    first = ["ABNORMAL"] if "ABNORMAL" in text else ["NORM"] if "NORM" in text else []
    return first + [label for label in SPACES[name][2:] if label in text]


def pulse_values(task, draw):
    """What the scorer published with ECGBench makes of it."""
    if task.name in ("mmmu-ecg", "csn-test", "g12-test"):
        letters = "ABCD" if task.name == "mmmu-ecg" else "ABCDEFGH"
        called = [pulse_option(text) or draw.choice(list(letters)) for text in task.texts]
        return {
            "accuracy": accuracy_score(
                [item["conversations"][1]["value"][0] for item in task.items], called
            )
        }
    if task.name == "ecgqa-test":
        return {
            "accuracy": float(
                np.mean(
                    [
                        {o for o in options if o in text.lower()} == set(gold)
                        for options, text, gold in zip(task.options, task.texts, task.gold)
                    ]
                )
            )
        }
    binarizer = MultiLabelBinarizer()
    reference = binarizer.fit_transform(
        [pulse_labels(task.name, ", ".join(gold)) for gold in task.gold]
    )
    call = binarizer.transform(
        [
            [v for v in pulse_labels(task.name, text) if v in binarizer.classes_]
            for text in task.texts
        ]
    )
    return {
        "f1": float(np.mean(f1_score(reference, call, average=None, zero_division=0))),
        "auc": float(
            np.mean([roc_auc_score(reference[:, k], call[:, k]) for k in range(reference.shape[1])])
        ),
        "hamming_loss": hamming_loss(reference, call),
    }


def run(evaluate, tasks, folder, resamples, out="out"):
    bench, lines = folder / "bench", []
    bench.mkdir(exist_ok=True)
    for task in tasks:
        (bench / f"{task.name}.json").write_text(json.dumps(task.items))
        lines += [
            json.dumps({"task": task.name, "question_id": identity, "text": text})
            for identity, text in zip(task.identities(), task.texts)
        ]
    (folder / "answers.jsonl").write_text(
        "\n".join(random.Random(1).sample(lines, len(lines))) + "\n"
    )
    (folder / "eval.json").write_text(
        json.dumps(
            {
                "model": "none",
                "output": str(folder / out),
                "resamples": resamples,
                "seed": 7,
                "data": {"root": ""},
                "tasks": {"files": [str(bench)]},
            }
        )
    )
    done = subprocess.run(
        [
            evaluate,
            "--config",
            folder / "eval.json",
            "--score-only",
            folder / "answers.jsonl",
            "--compat",
            "pulse",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (
        "COMPAT PULSE" in done.stdout
        and "COMPAT PULSE" in (folder / out / "report.html").read_text()
    ), "the published scorer's figures are not marked"
    return json.loads((folder / out / "scores.json").read_text())


def compare(worst, scores, tasks, resamples):
    for task in tasks:
        ours = next(s for s in scores["tasks"] if s["task"] == task.name and not s["type"])
        values = text_values if ours["kind"] == "text" else closed_values
        assert ours["questions"] == len(task.items) and ours["records"] == len(set(task.pages)), (
            ours
        )
        if ours["kind"] != "text":
            assert ours["unparsed"] == sum(c is None for c in task.called), (
                f"{task.name}: {ours['unparsed']} unparsed"
            )
        theirs = values(task, range(len(task.items)))
        bounds = intervals(task, values, resamples, 7) if resamples else {}
        for key, value in theirs.items():
            worst.add(f"{ours['kind']}: {key}", ours["metrics"][key]["value"], value)
            if resamples and value is not None:
                for side, bound in zip(("low", "high"), bounds[key]):
                    worst.add(
                        "interval",
                        ours["metrics"][key][side],
                        bound if bound is None else float(bound),
                    )


def compare_pulse(worst, scores, tasks):
    draw = random.Random(42)
    order = [
        "mmmu-ecg",
        "ptb-test",
        "cpsc-test",
        "csn-test",
        "g12-test",
        "ecgqa-test",
        "code15-test",
    ]
    for task in sorted((t for t in tasks if t.name in order), key=lambda t: order.index(t.name)):
        ours = next(s for s in scores["compat_pulse"]["tasks"] if s["task"] == task.name)
        for key, value in pulse_values(task, draw).items():
            worst.add(f"pulse: {key}", ours["values"][key], value)


def improved(rng, task):
    """The same questions with some answers made right."""
    better = copy.deepcopy(task)
    for i, gold in enumerate(task.gold):
        if rng.random() < 0.3:
            better.texts[i], better.called[i] = (
                gold if isinstance(gold, str) else ", ".join(gold),
                gold,
            )
    return better


def compare_runs(worst, options, first, second, folder, resamples):
    """Differences of two runs and their intervals and p."""
    run(options.eval, second, folder, resamples, "second")
    done = subprocess.run(
        [
            options.compare,
            folder / "out",
            folder / "second",
            "--out",
            folder / "compared",
            "--resamples",
            str(resamples),
            "--seed",
            "7",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and "minus" in done.stdout, done.stderr
    ours = json.loads((folder / "compared/compare.json").read_text())["differences"][0]
    chief = {}
    for a, b in zip(first, second):
        mine = next(t for t in ours["tasks"] if t["task"] == a.name and not t["type"])
        values = text_values if mine["kind"] == "text" else closed_values
        right = [
            [
                c is not None and (c == g if isinstance(g, str) else set(c) == set(g))
                for c, g in zip(task.called, task.gold)
            ]
            for task in (a, b)
        ]
        if mine["kind"] != "text":
            assert (mine["right_only_in_first"], mine["right_only_in_second"]) == tuple(
                sum(x and not y for x, y in zip(*pair)) for pair in (right, right[::-1])
            ), mine
        for key, (difference, low, high, p) in paired(a, b, values, resamples).items():
            for name, theirs in (
                ("difference", difference),
                ("low", low),
                ("high", high),
                ("p", p),
            ):
                worst.add(f"paired {name}", mine["metrics"][key][name], theirs)
        chief[a.name] = (mine["metrics"][CHIEF[mine["kind"]]]["p"], mine["p_holm"])
    tested = [one for one in chief.values() if one[0] is not None]
    for (_, adjusted), theirs in zip(tested, ref.holm([p for p, _ in tested])):
        worst.add("Holm p", adjusted, theirs)


def paired(a, b, values, most):
    whole = [values(task, range(len(a.items))) for task in (a, b)]
    without = [[values(task, index) for task in (a, b)] for index in without_groups(a, most, 7)]
    return {
        key: ref.difference(value, whole[1][key], [(x[key], y[key]) for x, y in without])
        for key, value in whole[0].items()
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--eval", required=True, help="the executable ecg-lora-eval")
    parser.add_argument("--compare", required=True, help="the executable ecg-lora-compare")
    parser.add_argument("--cases", type=int, default=2)
    parser.add_argument("--seed", type=int, default=default_seed())
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    worst = Worst()
    for case in range(options.cases):
        rng, count = random.Random(options.seed * 1000 + case), 60 if case == 0 else 300
        tasks = [labels_task(rng, name, count) for name in SPACES] + [
            choice_task(rng, name, count, 4 if name == "mmmu-ecg" else 8)
            for name in ("csn-test", "g12-test", "mmmu-ecg")
        ]
        tasks += [
            listed_task(rng, "ecgqa-test", count),
            yes_no_task(rng, "verify", count),
            text_task(rng, "reports", count),
        ]
        resamples = 20 if case == 0 else 0
        with tempfile.TemporaryDirectory() as folder:
            scores = run(options.eval, tasks, pathlib.Path(folder), resamples)
            if resamples:
                compare_runs(
                    worst,
                    options,
                    tasks,
                    [improved(rng, task) for task in tasks],
                    pathlib.Path(folder),
                    resamples,
                )
        compare(worst, scores, tasks, resamples)
        compare_pulse(worst, scores, tasks)
    print("| quantity | tolerance | worst seen |\n|---|---|---|")
    for name, value in worst.of.items():
        print(f"| {name} | {EXACT:.0e} | {value:.1e} |")
    if worst.bad():
        print("off: " + ", ".join(worst.bad()))
    return 1 if worst.bad() else 0


if __name__ == "__main__":
    sys.exit(main())
