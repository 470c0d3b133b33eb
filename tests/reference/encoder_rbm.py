# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/encoder/rbm.txt with NumPy: updates of contrastive divergence, with the uniforms of core/random.hpp.

Run from the repository's root:  python3 tests/reference/encoder_rbm.py
Each line: a name, the number of rows and columns, the elements in rows.
"""

import numpy as np

rng = np.random.default_rng(5)
n, V, H, seed = 7, 6, 4, 11
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


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


out = {}
w0, a0, b0 = rng.normal(size=(V, H)) * 0.4, rng.normal(size=V) * 0.3, rng.normal(size=H) * 0.3
out.update(weights=w0, visible_bias=a0, hidden_bias=b0)
inputs = {
    "bernoulli": rng.uniform(size=(n, V)),
    "gaussian": rng.normal(size=(n, V)),
    "replicated_softmax": rng.poisson(1.5, size=(n, V)).astype(float),
}
for kind, v in inputs.items():
    out["%s_v" % kind] = v
    lengths = v.sum(1, keepdims=True) if kind == "replicated_softmax" else np.ones((n, 1))

    def hidden(x):
        return sigmoid(x @ w + lengths * b)

    def visible(h):
        s = h @ w.T + a
        if kind == "bernoulli":
            return sigmoid(s)
        if kind == "gaussian":
            return s
        e = np.exp(s - s.max(1, keepdims=True))
        return lengths * e / e.sum(1, keepdims=True)

    # (k, updates, rate, momentum at first and last, over how many updates, decay, sparsity target, cost, damping)
    for name, (k, updates, rate, first, last, over, decay, target, cost, damping) in {
        "plain": (1, 1, 0.1, 0, 0, 0, 0, 0.1, 0, 0.9),
        "full": (3, 3, 0.05, 0.5, 0.9, 2, 0.01, 0.2, 0.3, 0.8),
    }.items():
        w, a, b, q = w0.copy(), a0.copy(), b0.copy(), np.full(H, target)
        dw, da, db = np.zeros((V, H)), np.zeros(V), np.zeros(H)
        for update in range(updates):
            p0 = hidden(v)
            h = (uniforms(1 + update * k, n, H) < p0).astype(float)
            for step in range(k):
                x = visible(h)
                p = hidden(x)
                if step + 1 < k:
                    h = (uniforms(1 + update * k + 1 + step, n, H) < p).astype(float)
            q = damping * q + (1 - damping) * p0.mean(0)
            momentum = first + (last - first) * (min(1, update / over) if over else 1)
            dw = momentum * dw + rate * ((v.T @ p0 - x.T @ p) / n - decay * w)
            da = momentum * da + rate * (v - x).mean(0)
            db = momentum * db + rate * ((lengths * (p0 - p)).mean(0) - cost * (q - target))
            w, a, b = w + dw, a + da, b + db
        out.update({"%s_%s_%s" % (kind, name, part): value for part, value in (("weights", w), ("visible_bias", a), ("hidden_bias", b), ("error", ((v - x) ** 2).mean()))})

with open("tests/data/encoder/rbm.txt", "w") as file:
    for name, value in out.items():
        value = np.atleast_2d(value)
        print(name, *value.shape, *("%.17g" % v for v in value.ravel()), file=file)
