"""The table of reproduce_paper.sh: published figures of arXiv 2501.18670 next to those obtained.

python scripts/paper_table.py folds ITEMS PTBXL FILE    # whose recordings were learnt
python scripts/paper_table.py table OUT                 # OUT/paper.md and OUT/paper.json
"""

import collections
import csv
import json
import re
import sys
from pathlib import Path

PUBLISHED = {"auc": 0.98, "f1": 0.74, "hamming": 0.11}
PTBXL_NAME = re.compile(r"ptb-?xl/(?:.*/)?0*(\d{1,5})_[hl]r(?:-\d+)?\.\w+$", re.IGNORECASE)
HOW = {
    "auc": "how an AUC came out of words. ECGBench's scorer calls balanced accuracy AUC, but 0.98 "
    "of that allows a Hamming loss of 0.04 at most; of probabilities it is the AUROC",
    "f1": "the question, how answers are read, how many tokens they may have; for probabilities "
    "the thresholds (here: of the highest F1 on fold 9)",
    "hamming": "the same; whether an answer that cannot be read is wrong (here it is, in all "
    "labels)",
}
RECIPE = [  # setting, what the paper says, where it is in the config of training
    ("rank", "64", "lora.rank"),
    ("alpha", None, "lora.alpha"),
    ("dropout", None, "lora.dropout"),
    ("linears with adapters", "all but lm_head and embed_tokens", "lora"),
    ("learning rate", None, "optimizer.lr"),
    ("schedule", None, "optimizer.schedule"),
    ("warm-up, share of the steps", None, "optimizer.warmup_ratio"),
    ("weight decay", None, "optimizer.weight_decay"),
    ("epochs", None, "loop.epochs"),
    ("steps, if set", None, "loop.steps"),
    ("pages per batch", None, "batch.images"),
    ("questions per page", None, "batch.questions"),
    ("batches per step", None, "loop.accumulation"),
    ("longest sample, tokens", None, "batch.max_tokens"),
    ("dtype", None, "compute.dtype"),
    ("quantisation of the base", None, "compute.base_quantisation"),
    ("seed", None, "seed"),
]


def load(path: Path):
    return json.loads(path.read_text(encoding="utf-8"))


def count_folds(items: Path, ptbxl: Path, out: Path):
    """How many conversations are about PTB-XL's recordings of each fold."""
    with open(ptbxl / "ptbxl_database.csv", newline="", encoding="utf-8") as file:
        folds = {int(row["ecg_id"]): row["strat_fold"] for row in csv.DictReader(file)}
    found, total = collections.Counter(), 0
    for path in sorted(items.glob("*.jsonl")):
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                total += 1
                item = json.loads(line)
                names = item.get("image") or item.get("images") or []
                for name in [names] if isinstance(names, str) else names:
                    match = PTBXL_NAME.search(name)
                    if match:
                        found[folds.get(int(match[1]), "not in this table")] += 1
    counts = {"conversations": total, "folds": dict(sorted(found.items()))}
    out.write_text(json.dumps(counts, indent=2) + "\n")
    seen = found["9"] + found["10"]
    print(f"{total:,} conversations, {sum(found.values()):,} of them about PTB-XL's recordings")
    print(
        f"about recordings of folds 9 and 10: {seen:,}"
        + ("; the scores on fold 10 are of recordings that were learnt" if seen else "")
    )


def figure(metric: dict, note: str = "") -> dict:
    return {key: metric.get(key) for key in ("value", "low", "high")} | {"note": note}


def labels_figures(folder: Path) -> dict:
    """Figures of an evaluation of labels by P(yes)."""
    scores = load(folder / "scores.json")
    macro, sets = scores["macro"], scores["sets"]
    few = f"of {macro['labels']} labels"
    return {
        "auc": figure(macro["auroc"], f"AUROC, {few}"),
        "f1": figure(macro["f1"], few),
        "hamming": figure(sets["hamming_loss"]),
    }


def words_figures(folder: Path) -> dict:
    """Figures of ptb-test by answers in words, and by the scorer published with ECGBench."""
    scores = load(folder / "scores.json")
    (task,) = [one for one in scores["tasks"] if not one["type"]]
    metrics = task["metrics"]
    note = f"{task['unparsed']:,} of {task['questions']:,} answers unread"
    pulse = {
        key: value
        for one in scores.get("compat_pulse", {}).get("tasks", [])
        for key, value in one["values"].items()
    }
    return {
        "auc": figure(metrics["balanced_accuracy"], "balanced accuracy"),
        "f1": figure(metrics["macro_f1"], note),
        "hamming": figure(metrics["hamming_loss"]),
        "pulse": {
            "auc": pulse.get("auc"),
            "f1": pulse.get("f1"),
            "hamming": pulse.get("hamming_loss"),
        },
    }


def rows_of(out: Path) -> list:
    """The rows of the table, as in paper.json."""
    words, asked = words_figures(out / "words"), labels_figures(out / "superclass")
    everything = labels_figures(out / "all")
    bench = words_figures(out / "ecgbench") if (out / "ecgbench/scores.json").exists() else None
    names = {"auc": "AUC", "f1": "macro F1", "hamming": "Hamming loss"}
    rows = [
        {
            "what": f"superclasses, {names[key]}",
            "published": PUBLISHED[key],
            "words": words[key],
            "p_yes": asked[key],
            "ecgbench_scorer": words["pulse"][key],
            "not_said": HOW[key],
        }
        for key in names
    ]
    if bench:
        rows += [
            {
                "what": f"superclasses, ECGBench's questions, {names[key]}",
                "published": None,
                "words": bench[key],
                "p_yes": None,
                "ecgbench_scorer": bench["pulse"][key],
                "not_said": "whether these are the questions that were asked",
            }
            for key in names
        ]
    rows += [
        {
            "what": f"all labels, {names[key]}",
            "published": None,
            "words": None,
            "p_yes": everything[key],
            "ecgbench_scorer": None,
            "not_said": "figures for them; 'over 70 conditions' are named",
        }
        for key in names
    ]
    return rows


def recipe_of(out: Path) -> list:
    """What the paper says of each setting, and what it was here."""
    config, rows = load(out / "train/config.json"), []
    for name, said, key in RECIPE:
        value = config
        for part in key.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if key == "lora":
            value = "every linear of both towers"
        if value is not None:
            rows.append({"setting": name, "paper": said or "not said", "here": value})
    return rows


def cell(value) -> str:
    """A figure with its interval and note."""
    if value is None:
        return "–"
    if not isinstance(value, dict):
        return str(value) if isinstance(value, str) else f"{value:.3g}"
    if value["value"] is None:
        return "undefined"
    text = f"{value['value']:.3f}"
    if value["low"] is not None:
        text += f" ({value['low']:.3f}-{value['high']:.3f})"
    return text + (f"; {value['note']}" if value["note"] else "")


def markdown(paper: dict) -> str:
    """paper.md."""
    lines = [
        "# arXiv 2501.18670, reproduced",
        "",
        paper["about"],
        "",
        "| PTB-XL, fold 10 | published | in words | by P(yes) | in words, ECGBench's scorer "
        "| the paper does not say |",
        "|---|---|---|---|---|---|",
    ]
    for row in paper["rows"]:
        cells = [
            row["what"],
            *(cell(row[key]) for key in ("published", "words", "p_yes", "ecgbench_scorer")),
            row["not_said"],
        ]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "| recipe | the paper | here |", "|---|---|---|"]
    lines += [f"| {row['setting']} | {row['paper']} | {row['here']} |" for row in paper["recipe"]]
    folds = ", ".join(f"{name}: {count:,}" for name, count in paper["folds"]["folds"].items())
    lines += [
        "",
        f"ECGInstruct: {paper['folds']['conversations']:,} conversations; those about "
        f"PTB-XL's recordings by fold: {folds or 'none'}. {paper['warning']}",
    ]
    return "\n".join(lines) + "\n"


def write_table(out: Path):
    folds, scores = load(out / "folds.json"), load(out / "superclass/scores.json")
    seen = sum(folds["folds"].get(fold, 0) for fold in ("9", "10"))
    sample = f" {scores['sample']}." if scores["sample"] else ""
    paper = {
        "about": "Intervals: 95 %, jackknife over patients. In words: one question about the "
        "superclasses, answered and read. By P(yes): each label asked for, thresholds of "
        f"fold 9; {scores['records']:,} records of {scores['patients']:,} patients." + sample,
        "rows": rows_of(out),
        "recipe": recipe_of(out),
        "folds": folds,
        "warning": f"{seen:,} are about recordings of folds 9 and 10: these scores are of "
        "recordings that were learnt."
        if seen
        else "None is of folds 9 and 10.",
    }
    (out / "paper.json").write_text(json.dumps(paper, indent=2, ensure_ascii=False) + "\n")
    text = markdown(paper)
    (out / "paper.md").write_text(text, encoding="utf-8")
    print(text, end="")


def main() -> int:
    words = sys.argv[1:]
    if len(words) == 4 and words[0] == "folds":
        count_folds(*map(Path, words[1:]))
    elif len(words) == 2 and words[0] == "table":
        write_table(Path(words[1]))
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
