"""Holds fit_logistic against scikit-learn's LogisticRegression on random problems, among them
separable and collinear ones.

python tests/metrics/check_logistic.py build/bin/logistic_values [--cases 30] [--seed N]
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from seeds import default_seed

try:
    import numpy as np
    from sklearn.linear_model import LogisticRegression
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

TOLERANCE = 1e-6  # scikit-learn's own fits reach about 1e-8


def problem(rng, number):
    records, width = int(rng.integers(10, 400)), int(rng.integers(1, 30))
    rows = rng.normal(size=(records, width)) * rng.choice([0.1, 1.0, 10.0], width)
    if number % 3 == 0:
        rows[:, -1] = rows[:, 0]  # collinear: the penalty decides
    margin = rows @ rng.normal(size=width) + (0 if number % 2 else rng.logistic(size=records) * 3)
    reference = margin > np.quantile(margin, rng.uniform(0.05, 0.9))
    reference[:2] = [True, False]
    return rows, reference, float(rng.choice([0.01, 1.0, 100.0]))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("program")
    parser.add_argument("--cases", type=int, default=30)
    parser.add_argument("--seed", type=int, default=default_seed())
    options = parser.parse_args()
    print(f"seed {options.seed}")
    problems = [
        problem(np.random.default_rng([options.seed, number]), number)
        for number in range(options.cases)
    ]
    lines = "".join(
        json.dumps({"rows": rows.tolist(), "reference": reference.tolist(), "c": c}) + "\n"
        for rows, reference, c in problems
    )
    done = subprocess.run(
        [options.program], input=lines, capture_output=True, text=True, check=True
    )
    worst = 0.0
    for (rows, reference, c), line in zip(problems, done.stdout.splitlines(), strict=True):
        ours = json.loads(line)
        theirs = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(
            rows, reference
        )
        expected = np.append(theirs.coef_[0], theirs.intercept_)
        found = np.append(ours["coefficients"], ours["intercept"])
        worst = max(
            worst, float(np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected))))
        )
    print(
        "| quantity | tolerance | worst seen |\n|---|---|---|\n| coefficients and intercept of "
        f"{options.cases} logistic regressions | {TOLERANCE:.0e} | {worst:.1e} |"
    )
    return 0 if worst <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
