"""Learning rates of every step against transformers' get_scheduler.

python3 tests/train/check_schedule.py build/bin/schedule_values
"""

import json
import math
import subprocess
import sys

try:
    import torch
    from transformers import get_scheduler
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

LR = 3e-4


def ours(program: str, steps: int, **config) -> list[float]:
    done = subprocess.run(
        [program, json.dumps({"lr": LR, **config}), str(steps)],
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(line) for line in done.stdout.split()]


def theirs(name: str, steps: int, warmup: int, **specific) -> list[float]:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=LR)
    # Only the schedules with an end take a number of steps.
    scheduler = get_scheduler(
        name,
        optimizer,
        num_warmup_steps=warmup,
        num_training_steps=None if "num_stable_steps" in specific else steps,
        scheduler_specific_kwargs=specific or None,
    )
    rates = []
    for _ in range(steps + 1):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return rates


def main() -> int:
    program, worst, cases = sys.argv[1], 0.0, 0

    def compare(config: dict, steps: int, reference: list[float]) -> None:
        nonlocal worst, cases
        cases += 1
        for step, (a, b) in enumerate(zip(ours(program, steps, **config), reference, strict=True)):
            worst = max(worst, abs(a - b) / LR)
            assert abs(a - b) <= 1e-12 * LR, (
                f"{config}, {steps} steps: step {step} has {a}, transformers {b}"
            )

    for steps in (1, 7, 100):
        for warmup in sorted({0, 1, steps // 3, steps}):
            compare(
                {"schedule": "constant", "warmup_steps": warmup},
                steps,
                theirs("constant_with_warmup", steps, warmup),
            )
            compare(
                {"schedule": "linear", "warmup_steps": warmup},
                steps,
                theirs("linear", steps, warmup),
            )
            compare(
                {"schedule": "cosine", "warmup_steps": warmup},
                steps,
                theirs("cosine", steps, warmup),
            )
            compare(
                {"schedule": "cosine", "warmup_steps": warmup, "min_lr_ratio": 0.1},
                steps,
                theirs("cosine_with_min_lr", steps, warmup, min_lr_rate=0.1),
            )
            for decay in ("linear", "cosine", "1-sqrt"):
                last = min(math.ceil(0.2 * steps), steps - warmup)
                compare(
                    {
                        "schedule": "wsd",
                        "warmup_steps": warmup,
                        "decay_ratio": 0.2,
                        "decay": decay,
                        "min_lr_ratio": 0.05,
                    },
                    steps,
                    theirs(
                        "warmup_stable_decay",
                        steps,
                        warmup,
                        num_stable_steps=steps - warmup - last,
                        num_decay_steps=last,
                        decay_type=decay,
                        min_lr_ratio=0.05,
                    ),
                )
        compare(
            {"schedule": "cosine", "warmup_ratio": 0.03},
            steps,
            theirs("cosine", steps, math.ceil(0.03 * steps)),
        )
    assert cases > 70, cases
    print(f"{cases} schedules equal, worst difference {worst:.1e} of the peak")
    return 0


if __name__ == "__main__":
    sys.exit(main())
