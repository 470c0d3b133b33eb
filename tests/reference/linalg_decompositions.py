# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/linalg/decompositions.txt with NumPy and SciPy.

Run from the repository's root:  python3 tests/reference/linalg_decompositions.py
Each line: a name, the number of rows and columns, the elements in rows.
"""

import numpy as np
import scipy.linalg

rng = np.random.default_rng(20)
n = 12
general = rng.normal(size=(n, n))
symmetric = general + general.T
spread = np.linalg.qr(rng.normal(size=(n, n)))[0]
definite = (spread * np.logspace(0, -6, n)) @ spread.T
definite = (definite + definite.T) / 2
tall = rng.normal(size=(15, 6)) @ np.diag([10, 3, 1, 1e-2, 1e-4, 1e-6]) @ rng.normal(size=(6, 6))
rows = rng.normal(size=(40, 5)) + [0, 5, -3, 1000, 0]
others = rows[:, :3] @ rng.normal(size=(3, 3)) + rng.normal(size=(40, 3))
out = {
    "symmetric": symmetric,
    "symmetric_values": np.linalg.eigvalsh(symmetric)[::-1],
    "definite": definite,
    "definite_log_determinant": np.linalg.slogdet(definite)[1:],
    "definite_inverse_root": scipy.linalg.fractional_matrix_power(definite, -0.5),
    "pencil_values": scipy.linalg.eigh(symmetric, definite, eigvals_only=True)[::-1],
    "right_side": general[:, :3],
    "solution": scipy.linalg.solve(definite, general[:, :3], assume_a="pos"),
    "tall": tall,
    "tall_values": scipy.linalg.svd(tall, compute_uv=False, lapack_driver="gesvd"),
    "rows": rows,
    "others": others,
    "rows_covariance": np.cov(rows.T),
    "cross_covariance": np.cov(rows.T, others.T)[:5, 5:],
    "rows_means": rows.mean(0),
    "rows_variances": rows.var(0, ddof=1),
}
with open("tests/data/linalg/decompositions.txt", "w") as file:
    for name, value in out.items():
        value = np.atleast_2d(value)
        print(name, *value.shape, *("%.17g" % v for v in value.ravel()), file=file)
