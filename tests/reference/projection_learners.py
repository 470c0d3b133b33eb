# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/projection/learners.txt with NumPy, SciPy and scikit-learn.

Run from the repository's root:  python3 tests/reference/projection_learners.py
Each line: a name, the number of rows and columns, the elements in rows.
"""

import numpy as np
import scipy.linalg
from sklearn.cross_decomposition import PLSSVD
from sklearn.decomposition import PCA

rng = np.random.default_rng(7)
n, m = 60, 10
hidden = rng.normal(size=(n + m, 3)) * [1, 0.8, 0.5]
x = hidden @ rng.normal(size=(3, 6)) + 0.4 * rng.normal(size=(n + m, 6)) + [0, 3, -2, 10, 0, 1]
y = hidden @ rng.normal(size=(3, 4)) + 0.4 * rng.normal(size=(n + m, 4)) + [5, 0, 0, -1]
x, xt, y, yt = x[:n], x[n:], y[:n], y[n:]
out = {"x": x, "y": y, "xt": xt, "yt": yt}


def signed(left, *others):
    """Every column of `left` with its entry of largest magnitude positive, the others with the same flips."""
    sign = np.sign(left[np.argmax(np.abs(left), 0), np.arange(left.shape[1])])
    return [left * sign] + [o * sign for o in others]


# canonical correlations without a ridge are the cosines of the angles between the column spaces
xc, yc = x - x.mean(0), y - y.mean(0)
out["cca_correlations"] = np.sort(np.cos(scipy.linalg.subspace_angles(xc, yc)))[::-1]
# with one: the pencil of the off-diagonal and the diagonal blocks
c = np.cov(np.hstack([x, y]).T)
cxx, cyy, cxy = c[:6, :6], c[6:, 6:], c[:6, 6:]
for name, rx, ry in [
    ("scaled", cxx + 0.1 * np.trace(cxx) / 6 * np.eye(6), cyy + 0.1 * np.trace(cyy) / 4 * np.eye(4)),
    ("absolute", cxx + 0.5 * np.eye(6), cyy + 0.5 * np.eye(4)),
    ("shrinkage", 0.7 * cxx + 0.3 * np.eye(6), 0.7 * cyy + 0.3 * np.eye(4)),
]:
    a = np.block([[np.zeros((6, 6)), cxy], [cxy.T, np.zeros((4, 4))]])
    w, v = scipy.linalg.eigh(a, scipy.linalg.block_diag(rx, ry))
    w, v = w[::-1][:4], v[:, ::-1][:, :4] * np.sqrt(2)
    wx, wy = signed(v[:6], v[6:])
    out["cca_%s_correlations" % name] = w
    out["cca_%s_first" % name] = (xt - x.mean(0)) @ wx
    out["cca_%s_second" % name] = (yt - y.mean(0)) @ wy

pls = PLSSVD(n_components=4, scale=True).fit(x, y)
sx, sy = pls.transform(xt, yt)
# our signs are fixed on the weights that contain the division by the deviations
weights = pls.x_weights_ / x.std(0, ddof=1)[:, None]
_, out["cfa_first"], out["cfa_second"] = signed(weights, sx, sy)

pca = PCA(n_components=4).fit(x)
_, out["pca_first"] = signed(pca.components_.T, pca.transform(xt))
out["pca_variances"] = pca.explained_variance_
out["pca_total"] = np.trace(cxx)


def gaussian(a, b, width):
    return np.exp(-((a[:, None] - b[None]) ** 2).sum(-1) / (2 * width**2))


def polynomial(a, b):
    return (0.2 * a @ b.T + 1) ** 2


def kcca(kernels, trains, tests, kappa, hardoon, k):
    sides = []
    for kernel, a, t in zip(kernels, trains, tests):
        mean, std = a.mean(0), a.std(0, ddof=1)
        a, t = (a - mean) / std, (t - mean) / std
        gram, test = kernel(a, a), kernel(t, a)
        centre = np.eye(n) - 1 / n
        centred = centre @ gram @ centre
        test = test - test.mean(1)[:, None] - gram.mean(0)[None] + gram.mean()
        e, u = np.linalg.eigh(centred)
        keep = e > 1e-12 * e.max()
        sides.append((e[keep], u[:, keep], test))
    r = n * kappa
    d = [np.sqrt(e / (e + r)) if hardoon else e / (e + r) for e, _, _ in sides]
    p, s, q = np.linalg.svd(d[0][:, None] * (sides[0][1].T @ sides[1][1]) * d[1])
    alphas = []
    for (e, u, _), rotation in zip(sides, (p, q.T)):
        alphas.append(u @ (rotation[:, :k] / (np.sqrt(e * (e + r)) if hardoon else e + r)[:, None]))
    alphas = signed(*alphas)
    return s[:k], sides[0][2] @ alphas[0], sides[1][2] @ alphas[1]


def median(a):
    a = (a - a.mean(0)) / a.std(0, ddof=1)
    return np.median(np.sqrt(((a[:, None] - a[None]) ** 2).sum(-1))[np.triu_indices(n, 1)])


widths = [median(x), median(y)]
out["kcca_widths"] = widths
rbf = [lambda a, b, w=w: gaussian(a, b, w) for w in widths]
for name, kernels, kappa, hardoon in [
    ("bach_jordan", rbf, 1e-2, False),
    ("hardoon", rbf, 1e-2, True),
    ("polynomial", [polynomial, rbf[1]], 1e-1, False),
]:
    out["kcca_%s_correlations" % name], out["kcca_%s_first" % name], out["kcca_%s_second" % name] = kcca(
        kernels, (x, y), (xt, yt), kappa, hardoon, 3
    )

with open("tests/data/projection/learners.txt", "w") as file:
    for name, value in out.items():
        value = np.atleast_2d(value)
        print(name, *value.shape, *("%.17g" % v for v in value.ravel()), file=file)
