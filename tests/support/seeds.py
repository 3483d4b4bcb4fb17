"""Seeds of the checks that draw what they check.

`scripts/test.sh` draws with one fixed seed, so that equal code gives equal results.
ECG_LORA_TEST_SEED=fresh draws another one for each run, which is printed; a number is that seed.
"""

import os

FIXED = 1


def default_seed() -> int:
    asked = os.environ.get("ECG_LORA_TEST_SEED", str(FIXED))
    return int.from_bytes(os.urandom(4), "little") if asked == "fresh" else int(asked)
