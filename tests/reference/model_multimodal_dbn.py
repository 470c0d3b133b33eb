# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/model/multimodal_dbn.txt with NumPy: inference in a multimodal deep belief network of given weights, by mean
field and by Gibbs sampling with the uniforms of core/random.hpp.

Run from the repository's root:  python3 tests/reference/model_multimodal_dbn.py
Each line: a name, the number of rows and columns, the elements in rows.
"""

import os

import numpy as np

rng = np.random.default_rng(12)
n, steps, seed = 3, 5, 7
sizes = {"first.lower": (5, 4), "first.upper": (4, 3), "second.lower": (4, 3), "second.upper": (3, 2), "joint": (5, 4)}
mask = (1 << 64) - 1


def uniforms(stream, rows, cols):
    values = []
    for i in range(rows * cols):
        z = (seed + 0x9E3779B97F4A7C15 * (stream + 1)) & mask
        for round_ in range(2):
            z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
            z ^= z >> 31
            if round_ == 0:
                z = (z + 0x9E3779B97F4A7C15 * (i + 1)) & mask
        values.append((z >> 11) * 2.0**-53)
    return np.array(values).reshape(rows, cols)


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


out = {"x": rng.normal(size=(n, 5)).round(2) * 3 + 1, "y": rng.poisson(1.5, size=(n, 4)).astype(float)}
parts = {}
for name, (visible, hidden) in sizes.items():
    parts[name] = [rng.normal(size=s).round(2) for s in ((visible, hidden), visible, hidden)]
    for kind, value in zip(("weights", "visible_bias", "hidden_bias"), parts[name]):
        out["%s.%s" % (name, kind)] = value
mean, deviation = out["x"].mean(0), out["x"].std(0, ddof=1)


def up(name, v, lengths=1):
    w, _, b = parts[name]
    return sigmoid(v @ w + lengths * b)


def down(name, h):
    w, a, _ = parts[name]
    return h @ w.T + a


def first_top(x):
    return up("first.upper", up("first.lower", (x - mean) / deviation))


def second_top(y):  # replicated softmax
    return up("second.upper", up("second.lower", y, y.sum(1, keepdims=True)))


def first_rows(top):
    return down("first.lower", sigmoid(down("first.upper", top))) * deviation + mean


def second_rows(top):
    e = np.exp(down("second.lower", sigmoid(down("second.upper", top))))
    return e / e.sum(1, keepdims=True)


given = {"first": np.arange(5) < 3, "second": np.arange(5) >= 3}  # units of the joint machine that each side fills
out["joint"] = up("joint", np.hstack([first_top(out["x"]), second_top(out["y"])]))
for side, other, top, rows in (
    ("first", "second", first_top(out["x"]), second_rows),
    ("second", "first", second_top(out["y"]), first_rows),
):
    own, free = given[side], given[other]
    v = np.zeros((n, 5))
    v[:, own], v[:, free] = top, sigmoid(parts["joint"][1][free])
    start = v.copy()
    for _ in range(steps):
        v[:, free] = sigmoid(down("joint", up("joint", v)))[:, free]
    out["mean_field_" + side], out["mean_field_%s_of_%s" % (other, side)] = up("joint", v), rows(v[:, free])

    v = start
    v[:, free] = uniforms(0, n, free.sum()) < v[:, free]
    h_kept, v_kept = [], []
    for step in range(steps):
        p = up("joint", v)
        h = (uniforms(2 * step + 1, n, 4) < p).astype(float)
        q = sigmoid(down("joint", h))[:, free]
        v[:, free] = uniforms(2 * step + 2, n, free.sum()) < q
        if step >= steps // 2:
            h_kept.append(p)
            v_kept.append(q)
    out["gibbs_" + side], out["gibbs_%s_of_%s" % (other, side)] = np.mean(h_kept, 0), rows(np.mean(v_kept, 0))

os.makedirs("tests/data/model", exist_ok=True)
with open("tests/data/model/multimodal_dbn.txt", "w") as file:
    for name, value in out.items():
        value = np.atleast_2d(value)
        print(name, *value.shape, *(repr(float(v)) for v in value.ravel()), file=file)
