"""What a command must not do, whatever it is given."""

import json
import re
from pathlib import Path

from running import Injection, Outcome

MOST_BYTES = 4 << 30
CODES = {0, 2, 3, 4, 5, 75}  # of include/ecg_lora/base/error.h
FAULTS = [
    "signal",
    "internal error",
    "hang",
    "over 4 GB",
    "partial output",
    "control characters",
    "not a number",
    "no reason",
    "wrong code",
]
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
NOT_A_NUMBER = re.compile(rb"(?<![\w.'])[-+]?(nan|inf|infinity)(?![\w.])", re.IGNORECASE)


def judge(
    outcome: Outcome,
    outputs: list,
    folder: Path,
    injection: Injection | None,
    nan_is_text: bool = False,
) -> list:
    """Faults by name. Where `nan_is_text`, the input has NaN as a text, which may be told again."""
    reason = outcome.stderr.strip() or (injection and injection.silent)
    told = not nan_is_text and NOT_A_NUMBER.search(outcome.stdout)
    found = {
        "signal": outcome.signalled,
        "internal error": b"internal error" in outcome.stderr,
        "hang": outcome.status is None,
        "over 4 GB": outcome.peak > MOST_BYTES,
        "partial output": leaves_parts(outcome, outputs, folder, injection),
        "control characters": CONTROL.search(outcome.stdout) or CONTROL.search(outcome.stderr),
        "not a number": outcome.code == 0 and (told or bad_json(outputs)),
        "no reason": outcome.code not in (None, 0) and not reason,
        "wrong code": outcome.code is not None and outcome.code not in CODES,
    }
    return [fault for fault in FAULTS if found[fault]]


def leaves_parts(outcome: Outcome, outputs: list, folder: Path, injection) -> bool:
    """Temporaries and locks in any case but a kill; outputs of a command that failed. One that
    failed only when it told of its outputs on stdout has written them whole."""
    if outcome.code is None:
        return False
    left = [*folder.rglob("*.partial*"), *folder.rglob(".*.lock")]
    told_only = injection and not injection.disk
    return bool(left) or (outcome.code != 0 and not told_only and any(p.exists() for p in outputs))


def bad_json(outputs: list) -> bool:
    """Whether a JSON file among the outputs holds what JSON has not: NaN or an infinity."""

    def refuse(name: str):
        raise ArithmeticError(name)

    for path in (p for output in outputs for p in (output, *output.rglob("*"))):
        if path.suffix not in (".json", ".jsonl") or not path.is_file():
            continue
        try:
            for text in texts_of(path):
                json.loads(text, parse_constant=refuse)
        except ArithmeticError:
            return True
        except ValueError:
            continue  # copied as it was given
    return False


def texts_of(path: Path) -> list:
    text = path.read_text(errors="replace")
    return text.splitlines() if path.suffix == ".jsonl" else [text]
