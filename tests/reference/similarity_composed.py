# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/similarity/composed.tsv with NumPy and SciPy, on the rows of scores.tsv.

Run from the repository's root:  python3 tests/reference/similarity_composed.py
Lines: name, rows, columns, numbers, all of which float holds exactly where they are input.
"""

import numpy as np
from scipy.spatial.distance import cdist

given = {}
for line in open("tests/data/similarity/scores.tsv"):
    name, rows, cols, *numbers = line.split("\t")
    given[name] = np.array([float(v) for v in numbers]).reshape(int(rows), int(cols))
a, b = given["a"], given["b"]
rng = np.random.default_rng(5)
form = np.round(rng.normal(size=(33, 12)) * 16) / 16
short = np.round(rng.normal(size=(9, 12)) * 64) / 64
mean_a, mean_b = np.round(rng.normal(size=33) * 8) / 8, np.round(rng.normal(size=33) * 8) / 8


def minmax(s):
    low, high = s.min(1, keepdims=True), s.max(1, keepdims=True)
    return (s - low) / (high - low)


cosine = 1 - cdist(a, b, "cosine")
distance = -cdist(a, b)
tables = {
    "form": form,
    "short": short,
    "mean_a": mean_a[None],
    "mean_b": mean_b[None],
    "bilinear": a @ form @ short.T,
    "centred_cosine": 1 - cdist(a - mean_a, b - mean_b, "cosine"),
    "fused": 0.3 * minmax(cosine) + 0.7 * minmax(distance),
    # the first matrix tells how much the second counts, and the other way round
    "adaptive": 0.3 * minmax(cosine) * distance + 0.7 * minmax(distance) * cosine,
    "adaptive_back": 0.3 * minmax(cosine.T) * distance.T + 0.7 * minmax(distance.T) * cosine.T,
    "fused_halves": 0.6 * minmax(1 - cdist(a[:, :20], b[:, :20], "cosine")) + 0.4 * minmax(a[:, 20:] @ b[:, 20:].T),
}
with open("tests/data/similarity/composed.tsv", "w") as file:
    for name, table in tables.items():
        file.write("\t".join([name, str(table.shape[0]), str(table.shape[1])] + [f"{v:.17g}" for v in table.ravel()]) + "\n")
