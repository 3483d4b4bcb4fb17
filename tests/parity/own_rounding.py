"""How often a correct program misses the tolerance of ten steps: transformers' fp32 beside its
fp64.

    python tests/parity/own_rounding.py [--rounds 10] [--seed N]

Draws each of check_variants.py's variants once per round, as that check does, and counts how often
the losses of ten AdamW steps in fp32 are off by more than the tolerance, in the one run that a
check would look at and in the worst of four that differ by rounding alone.
"""

import argparse
import random
import sys
from pathlib import Path

import mllama_cases as cases
from check_model import LR, STEPS, TOLERANCE, WEIGHT_DECAY
from check_variants import VARIANTS, make_adapter

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

LIMIT = TOLERANCE["cpu"]["ten steps"]


def errors_of(name: str, fields: dict, seed: int) -> list:
    """Relative errors of four fp32 runs, the first of them the plain one."""
    rng = random.Random(seed)
    config = cases.random_config(rng)
    model = cases.random_model(config, seed)
    inputs = cases.random_inputs(config, rng, rng.choice([1, 2]))
    peft = make_adapter(model, fields, seed)
    how = (STEPS, LR, WEIGHT_DECAY, 4 if name.startswith("lora+") else 1)
    return cases.step_roundings(peft, inputs, *how)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=default_seed())
    options = parser.parse_args()
    drawn = once = worst = 0
    for number in range(options.rounds):
        for place, (name, fields) in enumerate(VARIANTS.items()):
            errors = errors_of(name, fields, (options.seed + number) * 1000 + place)
            drawn, once, worst = (
                drawn + 1,
                once + (errors[0] > LIMIT),
                worst + (max(errors) > LIMIT),
            )
            if max(errors) > LIMIT:
                print(
                    f"{name}, seed {(options.seed + number) * 1000 + place}: "
                    + " ".join(f"{e:.1e}" for e in errors),
                    flush=True,
                )
    print(
        f"{drawn} models: {once} off by more than {LIMIT:.0e} in the plain run, {worst} in the "
        "worst of four"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
