# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/model/bimodal_autoencoder.txt with NumPy: two steps of gradient descent with momentum of a bimodal
autoencoder over real rows and counts of words, each pair whole and with either side missing, and what it then makes of rows.

Run from the repository's root:  python3 tests/reference/model_bimodal_autoencoder.py
Each line: a name, the number of rows and columns, the elements in rows.
"""

import numpy as np

rng = np.random.default_rng(12)
n, p, q, h1, h2, j = 5, 3, 4, 2, 3, 2
rate, momentum = 0.1, 0.5


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def softmax(v):
    e = np.exp(v - v.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def with_one(v):
    return np.hstack([v, np.ones((len(v), 1))])


x = rng.normal(size=(n, p)) * [1, 2, 3] + [4, 0, -1]
y = rng.poisson(2, size=(n, q)).astype(float)
y[3] = 0  # a document without words stays one
z = (x - x.mean(0)) / x.std(0, ddof=1)
length = y.sum() / n
sums = y.sum(1, keepdims=True)
w = y * np.where(sums > 0, length / np.where(sums > 0, sums, 1), 1)

# in the order of the networks' weights; the bias is the last row of each
shapes = [(p, h1), (q, h2), (h1 + h2, j), (j, h1 + h2), (h1, p), (h2, q)]
first = [rng.normal(size=(a + 1, b)) * 0.6 for a, b in shapes]
V = [m.copy() for m in first]
speed = [np.zeros_like(m) for m in V]


def code_of(a, b):
    hidden = np.hstack([sigmoid(with_one(a) @ V[0]), sigmoid(with_one(b) @ V[1])])
    return hidden, sigmoid(with_one(hidden) @ V[2])


def rows_of(code):
    back = sigmoid(with_one(code) @ V[3])
    return back, with_one(back[:, :h1]) @ V[4], with_one(back[:, h1:]) @ V[5]


out = {"x": x, "y": y, "weights": np.concatenate([m.ravel() for m in first])}
for step in range(2):
    # each pair without its second side, without its first side, and whole
    a, b = np.vstack([z, 0 * z, z]), np.vstack([0 * w, w, w])
    ta, tb = np.vstack([z, z, z]), np.vstack([w, w, w])
    hidden, code = code_of(a, b)
    back, sa, sb = rows_of(code)
    value = (((sa - ta) ** 2).sum() - (tb * np.log(softmax(sb))).sum()) / (3 * n)
    da = 2 * (sa - ta) / (3 * n)
    db = (tb.sum(1, keepdims=True) * softmax(sb) - tb) / (3 * n)
    dback = np.hstack([da @ V[4][:-1].T, db @ V[5][:-1].T]) * back * (1 - back)
    dcode = dback @ V[3][:-1].T * code * (1 - code)
    dhidden = dcode @ V[2][:-1].T * hidden * (1 - hidden)
    slopes = [with_one(a).T @ dhidden[:, :h1], with_one(b).T @ dhidden[:, h1:], with_one(hidden).T @ dcode,
              with_one(code).T @ dback, with_one(back[:, :h1]).T @ da, with_one(back[:, h1:]).T @ db]
    for m, s, g in zip(V, speed, slopes):
        s[:] = momentum * s + g
        m -= rate * s
    out["value_%d" % step] = value
out["learned"] = np.concatenate([m.ravel() for m in V])
out["joint"] = code_of(z, w)[1]
out["first"] = code_of(z, 0 * w)[1]
out["second"] = code_of(0 * z, w)[1]
out["second_of_first"] = softmax(rows_of(out["first"])[2])
out["first_of_second"] = rows_of(out["second"])[1] * x.std(0, ddof=1) + x.mean(0)

with open("tests/data/model/bimodal_autoencoder.txt", "w") as file:
    for name, v in out.items():
        v = np.atleast_2d(v)
        print(name, *v.shape, *("%.17g" % e for e in v.ravel()), file=file)
