# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/metric/average_precision.tsv with scikit-learn.

Run from the repository's root:  python3 tests/reference/metric_average_precision.py
Each line: average precision, number of items, then score and relevance of each item. No two scores are equal.
"""

import os

import numpy as np
from sklearn.metrics import average_precision_score

random = np.random.default_rng(1)
os.makedirs("tests/data/metric", exist_ok=True)
with open("tests/data/metric/average_precision.tsv", "w") as file:
    for case in range(60):
        items = int(random.integers(2, 60))
        scores = random.permutation(items * 3)[:items] / 8.0 - 5
        relevant = random.random(items) < random.choice([0.1, 0.5, 0.9])
        relevant[random.integers(items)] = True
        value = average_precision_score(relevant, scores)
        row = [f"{value:.17g}", str(items)]
        for s, r in zip(scores, relevant):
            row += [f"{s:.9g}", str(int(r))]
        file.write("\t".join(row) + "\n")
