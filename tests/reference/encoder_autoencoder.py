# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/encoder/autoencoder.txt with NumPy: two steps of gradient descent with momentum and weight
decay of a stack of two layers, with masks from the uniforms of core/random.hpp, by formulas written out layer by layer.

Run from the repository's root:  python3 tests/reference/encoder_autoencoder.py
Each line: a name, the number of rows and columns, the elements in rows.
"""

import numpy as np

mask64 = (1 << 64) - 1
rng = np.random.default_rng(8)
n, widths = 5, [4, 3, 2, 3, 4]
rate, momentum, decay, seed = 0.2, 0.5, 0.01, 9
masked, target, cost = 0.3, 0.2, 0.4


def mixed(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask64
    return z ^ (z >> 31)


def bits(s, stream, i):
    z = mixed((s + 0x9E3779B97F4A7C15 * (stream + 1)) & mask64)
    return mixed((z + 0x9E3779B97F4A7C15 * (i + 1)) & mask64)


def kept(step):
    """Which numbers of the rows stay, times 1 / (1 - masked)."""
    of_pass = bits(seed, 0, step)
    of_mask = ((of_pass ^ 1) * 0x9E3779B97F4A7C15) & mask64
    u = np.array([(bits(of_mask, 0, i) >> 11) * 2.0**-53 for i in range(n * widths[0])]).reshape(n, widths[0])
    return (u >= masked) / (1 - masked)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


out = {}
x = rng.uniform(size=(n, widths[0]))
first = [rng.normal(size=(a + 1, b)) * 0.5 for a, b in zip(widths, widths[1:])]  # the bias is the last row
out["x"] = x
out["weights"] = np.concatenate([w.ravel() for w in first])
for name, entropy in (("linear", False), ("sigmoid", True)):
    w1, w2, w3, w4 = [w.copy() for w in first]
    speed = [np.zeros_like(w) for w in first]
    one = np.ones((n, 1))
    for step in range(2):
        a0 = np.hstack([x * kept(step), one])
        a1 = sigmoid(a0 @ w1)
        a2 = sigmoid(np.hstack([a1, one]) @ w2)
        a3 = sigmoid(np.hstack([a2, one]) @ w3)
        s = np.hstack([a3, one]) @ w4
        if entropy:
            p = sigmoid(s)
            value = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum() / n
            d4 = (p - x) / n
        else:
            value = ((s - x) ** 2).sum() / n
            d4 = 2 * (s - x) / n
        d3 = d4 @ w4[:-1].T * a3 * (1 - a3)
        d2 = (d3 @ w3[:-1].T + cost / n * (a2.mean(0) - target)) * a2 * (1 - a2)
        d1 = (d2 @ w2[:-1].T + cost / n * (a1.mean(0) - target)) * a1 * (1 - a1)
        slopes = [a0.T @ d1, np.hstack([a1, one]).T @ d2, np.hstack([a2, one]).T @ d3, np.hstack([a3, one]).T @ d4]
        for w, g, v in zip((w1, w2, w3, w4), slopes, speed):
            v[:] = momentum * v + g + decay * w
            w -= rate * v
        out["%s_value_%d" % (name, step)] = value
    out["%s_weights" % name] = np.concatenate([w.ravel() for w in (w1, w2, w3, w4)])
    a2 = sigmoid(np.hstack([sigmoid(np.hstack([x, one]) @ w1), one]) @ w2)
    out["%s_codes" % name] = a2
    s = np.hstack([sigmoid(np.hstack([a2, one]) @ w3), one]) @ w4
    out["%s_rows" % name] = sigmoid(s) if entropy else s

with open("tests/data/encoder/autoencoder.txt", "w") as file:
    for name, value in out.items():
        value = np.atleast_2d(value)
        print(name, *value.shape, *("%.17g" % v for v in value.ravel()), file=file)
