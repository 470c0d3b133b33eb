# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/projection/semantic.txt with NumPy, SciPy and scikit-learn.

Run from the repository's root:  python3 tests/reference/projection_semantic.py
Each line: a name, the number of rows and columns, the elements in rows.
"""

import numpy as np
import scipy.linalg
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(19)
n, m, k = 90, 10, 4
names = np.array([-3, 0, 7, 8])
classes = rng.permutation(np.arange(n + m) % k)
centres_x, centres_y = rng.normal(size=(k, 5)), rng.normal(size=(k, 3))
x = (centres_x[classes] + rng.normal(size=(n + m, 5))) * [1, 0.3, 2, 1, 4] + [0, 3, -2, 10, 0]
y = centres_y[classes] + rng.normal(size=(n + m, 3)) + [5, 0, 0]
labels = names[classes][:n]
x, xt, y, yt = x[:n], x[n:], y[:n], y[n:]
out = {"x": x, "xt": xt, "y": y, "yt": yt, "labels": labels}


def fitted(rows, c, wanted=labels):
    # its lbfgs stops where values no longer fall, four digits earlier
    return LogisticRegression(C=c, solver="newton-cg", tol=1e-13, max_iter=100000).fit(rows, wanted)


def standardized(a, t):
    return (a - a.mean(0)) / a.std(0, ddof=1), (t - a.mean(0)) / a.std(0, ddof=1)


for name, c in [("weak", 0.05), ("one", 1.0), ("strong", 30.0)]:
    model = fitted(x, c)
    assert list(model.classes_) == list(names)
    out["%s_weights" % name] = model.coef_.T
    out["%s_intercepts" % name] = model.intercept_
    out["%s_posteriors" % name] = model.predict_proba(xt)

# the form with one weight for two classes; its C is twice ours
two = np.where(classes[:n] < 2, 1, 2)
model = fitted(x, 2, two)
out["two_labels"], out["two_posteriors"] = two, model.predict_proba(xt)

a, at = standardized(x, xt)
b, bt = standardized(y, yt)
out["matched_first"], out["matched_second"] = fitted(a, 1).predict_proba(at), fitted(b, 1).predict_proba(bt)

# canonical coordinates with a ridge of 0.1 of the mean variance, three of them; signs do not matter to the posteriors
cx, cy = np.cov(x.T), np.cov(y.T)
cx, cy = cx + 0.1 * np.trace(cx) / 5 * np.eye(5), cy + 0.1 * np.trace(cy) / 3 * np.eye(3)
cxy = (x - x.mean(0)).T @ (y - y.mean(0)) / (n - 1)
root_x, root_y = (np.real(scipy.linalg.fractional_matrix_power(c, -0.5)) for c in (cx, cy))
u, s, vt = np.linalg.svd(root_x @ cxy @ root_y)
wx, wy = root_x @ u[:, :3], root_y @ vt.T[:, :3]
first, second = fitted((x - x.mean(0)) @ wx, 2), fitted((y - y.mean(0)) @ wy, 2)
out["correlated_first"] = first.predict_proba((xt - x.mean(0)) @ wx)
out["correlated_second"] = second.predict_proba((yt - y.mean(0)) @ wy)

with open("tests/data/projection/semantic.txt", "w") as file:
    for name, value in out.items():
        value = np.atleast_2d(value)
        print(name, *value.shape, *("%.17g" % v for v in value.ravel()), file=file)
