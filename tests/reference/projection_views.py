# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/projection/views.txt with NumPy, SciPy and scikit-learn, on the rows of learners.txt.

Run from the repository's root:  python3 tests/reference/projection_views.py
Each line: a name, the number of rows and columns, the elements in rows. Where the package cca-zoo is installed, its MCCA is
compared with what is written.
"""

import numpy as np
import scipy.linalg
from sklearn.cross_decomposition import PLSCanonical, PLSRegression

given = {}
for line in open("tests/data/projection/learners.txt"):
    name, rows, cols, *numbers = line.split()
    given[name] = np.array([float(v) for v in numbers]).reshape(int(rows), int(cols))
x, y, xt, yt = (given[k] for k in ("x", "y", "xt", "yt"))
n = len(x)
labels = (x[:, 0] > np.median(x[:, 0])).astype(int) + 2 * (y[:, 1] > np.quantile(y[:, 1], 0.7)).astype(int)
rng = np.random.default_rng(11)
tags = (rng.random((n, 5)) < 0.35).astype(float)
tags[:, 0] = labels > 1
tags[3] = 0  # an item without a tag
third = rng.normal(size=(n, 3)) + x[:, :3] - y[:, :3]
out = {"labels": labels, "tags": tags, "third": third}


def signed(left, *others):
    """Every column of `left` with its entry of largest magnitude positive, the others with the same flips."""
    sign = np.sign(left[np.argmax(np.abs(left), 0), np.arange(left.shape[1])])
    return [left * sign] + [o * sign for o in others]


for name, learner in [
    ("pls_canonical", PLSCanonical(4, algorithm="svd")),
    ("pls_regression", PLSRegression(4, max_iter=100000, tol=1e-15)),
    ("pls_regression_one", PLSRegression(3, max_iter=100000, tol=1e-15)),
]:
    target, target_test = (y[:, :1], yt[:, :1]) if name.endswith("one") else (y, yt)
    learner.fit(x, target)
    # our signs are fixed on the rotations that contain the division by the deviations
    _, a, b = signed(learner.x_rotations_ / x.std(0, ddof=1)[:, None], *learner.transform(xt, target_test))
    out[name + "_first"], out[name + "_second"] = a, b


def standardized(a, test):
    return (a - a.mean(0)) / a.std(0, ddof=1), (test - a.mean(0)) / a.std(0, ddof=1), a.std(0, ddof=1)


def multiview(views, ridge, k):
    """Generalized eigenproblem of all covariances against their diagonal blocks, ridge on both."""
    sizes = [v.shape[1] for v in views]
    c = np.cov(np.hstack(views).T)
    begins = np.cumsum([0] + sizes)
    blocks = []
    for b, e in zip(begins[:-1], begins[1:]):
        c[b:e, b:e] += ridge * np.trace(c[b:e, b:e]) / (e - b) * np.eye(e - b)
        blocks.append(c[b:e, b:e])
    w, v = scipy.linalg.eigh(c, scipy.linalg.block_diag(*blocks))
    w, v = w[::-1][:k], v[:, ::-1][:, :k]
    return w, [v[b:e] for b, e in zip(begins[:-1], begins[1:])]


xs, xts, dx = standardized(x, xt)
ys, yts, dy = standardized(y, yt)
zs, _, dz = standardized(third, third)
values, weights = multiview([xs, ys, zs], 0.1, 3)
_, a, b = signed(weights[0] / dx[:, None], xts @ weights[0], yts @ weights[1])
out["multiview_eigenvalues"], out["multiview_first"], out["multiview_second"] = values, a * values**4, b * values**4
indicators = (labels[:, None] == np.unique(labels)).astype(float)
values, weights = multiview([xs, ys, indicators], 0.1, 3)
_, a, b = signed(weights[0] / dx[:, None], xts @ weights[0], yts @ weights[1])
out["labelled_eigenvalues"], out["labelled_first"], out["labelled_second"] = values, a, b

try:
    from cca_zoo.linear import MCCA
except ImportError:
    print("cca-zoo is not installed: MCCA was not compared")
else:
    # of columns with unit variance C + 0.1 I is a multiple of (1 - c) C + c I
    theirs = MCCA(3, shrinkage=0.1 / 1.1).fit([xs, ys, zs]).weights_
    values, weights = multiview([xs, ys, zs], 0.1, 3)
    ratio = np.vstack(weights) / np.vstack(theirs)
    assert np.allclose(ratio, ratio[0], rtol=1e-5), ratio
    print("cca-zoo's MCCA finds the same directions")


def ml_cca(similarity, ridge, k, unit):
    f = np.array([[similarity(a, b) for b in tags] for a in tags])
    total = f.sum()
    cxy = xs.T @ f @ ys / total
    cxx = xs.T @ (f.sum(1)[:, None] * xs) / total
    cyy = ys.T @ (f.sum(0)[:, None] * ys) / total
    cxx += ridge * np.trace(cxx) / len(cxx) * np.eye(len(cxx))
    cyy += ridge * np.trace(cyy) / len(cyy) * np.eye(len(cyy))
    lx, ly = np.linalg.cholesky(cxx), np.linalg.cholesky(cyy)
    u, s, vt = np.linalg.svd(np.linalg.solve(lx, cxy) @ np.linalg.inv(ly).T)
    wx, wy = np.linalg.solve(lx.T, u[:, :k]), np.linalg.solve(ly.T, vt[:k].T)
    if unit:
        wx, wy = wx / np.linalg.norm(wx, axis=0), wy / np.linalg.norm(wy, axis=0)
    _, a, b = signed(wx / dx[:, None], xts @ wx, yts @ wy)
    return s[:k], a, b


def cosine(a, b):
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return a @ b / lengths if lengths > 0 else 0.0


for name, similarity, unit in [
    ("shared", lambda a, b: float(a @ b > 0), False),
    ("cosine", cosine, False),
    ("decay", lambda a, b: np.exp(-np.linalg.norm(a - b) / 0.7), True),
]:
    values, a, b = ml_cca(similarity, 0.25, 3, unit)
    out["ml_%s_correlations" % name], out["ml_%s_first" % name], out["ml_%s_second" % name] = values, a, b

with open("tests/data/projection/views.txt", "w") as file:
    for name, value in out.items():
        value = np.atleast_2d(value)
        print(name, *value.shape, *("%.17g" % v for v in value.ravel()), file=file)
