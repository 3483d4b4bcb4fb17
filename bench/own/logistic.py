"""The linear baseline's regression in score/logistic, scikit-learn's and liblinear's: time and how
far coefficients are apart, in one run. liblinear's penalty holds the intercept too.

    python bench/own/logistic.py build/bin/logistic_values
"""

import json
import subprocess
import sys
import time

import numpy as np
from sklearn.linear_model import LogisticRegression

RECORDS, FEATURES = 3000, 55  # as the baseline has features


def problem():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(RECORDS, FEATURES))
    margin = rows @ rng.normal(size=FEATURES) * 0.3 - 3 + rng.logistic(size=RECORDS)
    return rows, margin > 0


def fit(solver, rows, reference):
    start = time.perf_counter()
    model = LogisticRegression(C=1.0, solver=solver, tol=1e-10, max_iter=1000).fit(rows, reference)
    return np.append(model.coef_[0], model.intercept_), time.perf_counter() - start


def main():
    rows, reference = problem()
    line = json.dumps({"rows": rows.tolist(), "reference": reference.tolist(), "c": 1.0}) + "\n"
    start = time.perf_counter()
    done = subprocess.run(sys.argv[1:2], input=line, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - start
    ours = json.loads(done.stdout)
    own = np.append(ours["coefficients"], ours["intercept"])
    print(f"own, with reading of JSON: {seconds:.3f} s")
    for solver in ("newton-cholesky", "lbfgs", "liblinear"):
        found, seconds = fit(solver, rows, reference)
        print(f"{solver}: {seconds:.3f} s, largest difference {np.max(np.abs(found - own)):.1e}")


if __name__ == "__main__":
    main()
