# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/similarity/scores.tsv with NumPy and SciPy.

Run from the repository's root:  python3 tests/reference/similarity_scores.py
Lines: name, rows, columns, numbers. "a" and "b" are the two sides, of numbers that float holds exactly.
"""

import os

import numpy as np
from scipy.spatial.distance import cdist

random = np.random.default_rng(3)
a = np.round(random.normal(size=(7, 33)) * 64) / 64
b = np.round((random.normal(size=(9, 33)) + 0.5) * 64) / 64
b[4] = a[2]  # distance 0
b[5] = 3 * a[2]  # cosine 1
b[6] = -a[1]  # cosine -1
tables = {
    "a": a,
    "b": b,
    "dot": a @ b.T,
    "cosine": 1 - cdist(a, b, "cosine"),
    "negative_squared_euclidean": -cdist(a, b, "sqeuclidean"),
    "negative_euclidean": -cdist(a, b, "euclidean"),
    "normalized_correlation": 1 - cdist(a - a.mean(axis=0), b - b.mean(axis=0), "cosine"),
}
os.makedirs("tests/data/similarity", exist_ok=True)
with open("tests/data/similarity/scores.tsv", "w") as file:
    for name, table in tables.items():
        file.write("\t".join([name, str(table.shape[0]), str(table.shape[1])] + [f"{v:.17g}" for v in table.ravel()]) + "\n")
