"""Holds the likelihood answers of instruction tasks (tasks.answer=options) against transformers,
end to end on a small random model and drawn pages.

    python tests/metrics/check_likelihoods.py --bin build/bin

Each page and prompt goes through transformers' own processor; each option, label and variant of yes
and no is a whole pass of its own, without a cache. Exits 1 where a probability is off by more than
1e-5.
"""

import argparse
import json
import math
import sys
import tempfile
from pathlib import Path

try:
    import torch
    from PIL import Image
    from transformers import AutoProcessor, MllamaForConditionalGeneration
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from small_world import draw_page, item, make_data, make_model, must

TOLERANCE = 1e-5
LABELS = ["NORM", "MI", "atrial fibrillation"]
CHOICES = [
    "sinus",
    "atria",
    "paced",
]  # of much the same number of tokens, so that the sum decides nothing by length alone
QUESTIONS = {
    "verify": ("Does this ECG show noise?", "Yes"),
    "rhythm": (
        "What is it?\n" + "\n".join(f"{letter}. {text}" for letter, text in zip("ABC", CHOICES)),
        "B. atria",
    ),
    "listed": ("Which?\nOptions: " + ", ".join(LABELS), "MI, NORM"),
}
SUFFIX = '\nDoes the answer include "{}"? Answer Yes or No.'
CONTENT_FREE = (
    "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n"
    "Answer:<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
)


class Peer:
    """Likelihoods by transformers."""

    def __init__(self, folder: Path):
        self.processor = AutoProcessor.from_pretrained(folder)
        self.tokenizer = self.processor.tokenizer
        self.model = MllamaForConditionalGeneration.from_pretrained(
            folder, torch_dtype=torch.float32
        ).eval()
        self.yes, self.no = self.variants()

    def ids(self, text: str) -> list:
        return self.tokenizer(text, add_special_tokens=False)["input_ids"]

    def variants(self) -> tuple:
        """As docs/users/evaluation.md defines them: none begins with another, nor is the
        beginning of one of the other side.
        """
        sides = []
        for words in (["Yes", "yes", "YES", " Yes", " yes"], ["No", "no", "NO", " No", " no"]):
            every = [list(x) for x in dict.fromkeys(tuple(self.ids(w)) for w in words)]
            sides.append([v for v in every if not any(o != v and v[: len(o)] == o for o in every)])
        yes = [v for v in sides[0] if not any(o[: len(v)] == v for o in sides[1])]
        return yes, [v for v in sides[1] if not any(o[: len(v)] == v for o in sides[0])]

    def prompt(self, question: str, page: Path, seen: bool = True) -> dict:
        messages = [
            {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": question}]}
        ]
        text = self.processor.apply_chat_template(messages, add_generation_prompt=True)
        if not seen:
            return {"input_ids": torch.tensor([self.ids(text.replace("<|image|>", ""))])}
        return dict(
            self.processor(
                images=Image.open(page).convert("RGB"),
                text=text,
                add_special_tokens=False,
                return_tensors="pt",
            )
        )

    def log_p(self, prompt: dict, tokens: list) -> float:
        size = prompt["input_ids"].shape[1]
        inputs = prompt | {"input_ids": torch.cat([prompt["input_ids"], torch.tensor([tokens])], 1)}
        inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
        if "cross_attention_mask" in inputs:
            mask = inputs["cross_attention_mask"]
            inputs["cross_attention_mask"] = torch.cat(
                [mask, mask[:, -1:].expand(-1, len(tokens), -1, -1)], 1
            )
        with torch.no_grad():
            log_p = self.model(**inputs).logits[0].double().log_softmax(-1)
        return sum(log_p[size + i - 1, t].item() for i, t in enumerate(tokens))

    def p_yes(self, prompt: dict) -> float:
        yes, no = (
            sum(math.exp(self.log_p(prompt, v)) for v in side) for side in (self.yes, self.no)
        )
        return yes / (yes + no)

    def options(self, prompt: dict, rule: str) -> list:
        scores = []
        for option in CHOICES:
            tokens = self.ids(option) + self.ids("<|eot_id|>")
            score = self.log_p(prompt, tokens)
            if rule == "mean":
                score /= len(tokens)
            if rule == "pmi":
                score -= self.log_p({"input_ids": torch.tensor([self.ids(CONTENT_FREE)])}, tokens)
            scores.append(score)
        return torch.tensor(scores, dtype=torch.float64).softmax(0).tolist()

    def labels(self, question: str, page: Path, rule: str) -> list:
        result = []
        for label in LABELS:
            p = self.p_yes(self.prompt(question + SUFFIX.format(label), page))
            if rule == "pmi":
                blind = self.p_yes(self.prompt(question + SUFFIX.format(label), page, seen=False))
                odds = p / (1 - p) * (1 - blind) / blind
                p = odds / (1 + odds)
            result.append(p)
        return result

    def answer(self, task: str, page: Path, rule: str) -> list:
        question = QUESTIONS[task][0]
        if task == "verify":
            yes = self.p_yes(self.prompt(question, page))
            return [yes, 1 - yes]
        return (
            self.options(self.prompt(question, page), rule)
            if task == "rhythm"
            else self.labels(question, page, rule)
        )


def world(binary: Path, folder: Path) -> list:
    """A random model, three pages, and a file of each kind of question about all of them."""
    make_data(binary, folder / "data", 20)
    make_model(binary, folder / "model")
    (folder / "tasks").mkdir()
    pages = [folder / f"tasks/{i}.png" for i in (1, 2, 3)]
    for number, page in enumerate(pages, 1):
        draw_page(binary, folder / "data", number, page)
    for task, (question, answer) in QUESTIONS.items():
        items = [item(f"{task}-{page.stem}", page.name, question, answer) for page in pages]
        (folder / f"tasks/{task}.json").write_text(json.dumps(items))
    return pages


def check(binary: Path, folder: Path) -> int:
    pages = {page.stem: page for page in world(binary, folder)}
    peer, worst, answers = Peer(folder / "model"), {}, {}
    for rule in ("sum", "mean", "pmi"):
        config = {
            "model": str(folder / "model"),
            "output": str(folder / rule),
            "resamples": 0,
            "compute": {"device": "cpu"},
            "data": {"root": "", "image_roots": [str(folder / "tasks")]},
            "tasks": {
                "files": [str(folder / f"tasks/{task}.json") for task in QUESTIONS],
                "answer": "options",
                "option_score": rule,
            },
            "batch": {"images": 2},
        }
        (folder / "eval.json").write_text(json.dumps(config))
        must(binary, "eval", "--config", folder / "eval.json")
        lines = [
            json.loads(line)
            for line in (folder / rule / "predictions.jsonl").read_text().splitlines()
        ]
        assert len(lines) == 9 and all(
            line["answer"] is None and line["parsed"] is not None for line in lines
        ), lines
        scores = json.loads((folder / rule / "scores.json").read_text())
        assert rule in scores["score"] and all(
            s["unparsed"] == s["unanswered"] == 0 for s in scores["tasks"]
        ), scores["score"]
        for line in lines:
            theirs = peer.answer(line["task"], pages[line["id"].split("-")[1]], rule)
            worst[line["task"], rule] = max(
                [
                    worst.get((line["task"], rule), 0.0),
                    *(abs(a - b) for a, b in zip(line["probability"], theirs, strict=True)),
                ]
            )
            answers[line["id"], rule] = line["probability"]
    # What would pass for equal if pages or rules were passed over.
    assert len({json.dumps(answers["rhythm-1", rule]) for rule in ("sum", "mean", "pmi")}) == 3, (
        "the rules give one answer"
    )
    assert max(max(p) for p in answers.values()) < 0.99999, (
        "an answer is so sure that nothing could differ"
    )
    assert all(answers[f"{task}-1", "sum"] != answers[f"{task}-2", "sum"] for task in QUESTIONS), (
        "pages change nothing"
    )
    print("| likelihoods of, by | tolerance | worst seen |\n|---|---|---|")
    for (task, rule), value in worst.items():
        print(
            f"| {dict(verify='yes_no', rhythm='choice', listed='labels')[task]}, {rule} | "
            f"{TOLERANCE:.0e} | {value:.1e} |"
        )
    return int(max(worst.values()) > TOLERANCE)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bin", type=Path, required=True, help="folder of the executables")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return check(options.bin.resolve(), Path(folder))


if __name__ == "__main__":
    sys.exit(main())
