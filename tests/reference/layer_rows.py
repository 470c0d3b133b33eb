# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/layer/rows.txt with PyTorch: layers on vectors and sequences, forward and backward.

Run from the repository's root:  python3 tests/reference/layer_rows.py
Each line: a name, the number of rows and columns, the elements in rows. For a case "relu": relu.x, relu.dy and relu.weights
go in, relu.y, relu.dx and relu.dweights come out. Weights are in the library's order; matrices lie transposed there.
Pools, attention and cosines of items of several rows are written as formulas for autograd.
"""

import numpy as np
import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(5)
lines = []


def put(name, m, digits):
    m = np.atleast_2d(m)
    text = " ".join(f"{v:.{digits}g}" for v in m.ravel())
    lines.append(f"{name} {m.shape[0]} {m.shape[1]} {text}".rstrip())


def numbers(*sizes):
    return np.round(rng.normal(size=sizes), 2)


def case(name, f, x, weights=(), transposed=(), module=None):
    """f(x, *weights) gives the rows of y, or f(x) where the module has got the weights; weights[i] lies transposed in the
    library for i in `transposed`."""
    ids = x.dtype.kind == "i"
    xt = torch.tensor(x, requires_grad=not ids)
    if module is None:
        w = [torch.tensor(v, requires_grad=True) for v in weights]
        y = f(xt, *w)
    else:
        w = list(module.parameters())
        for parameter, v in zip(w, weights):
            parameter.data.copy_(torch.tensor(v))
        y = f(xt)
    dy = numbers(*y.shape)
    y.backward(torch.tensor(dy))

    def flat(values):
        parts = [(v.T if i in transposed else v).ravel() for i, v in enumerate(values)]
        return np.concatenate(parts) if parts else np.zeros(0)

    if not ids:
        put(name + ".x", x, 6)
        put(name + ".dx", xt.grad.numpy(), 14)
    put(name + ".dy", dy, 6)
    put(name + ".y", y.detach().numpy(), 14)
    put(name + ".weights", flat(weights), 6)
    put(name + ".dweights", flat([v.grad.numpy() for v in w]), 14)


def over(f, lengths):
    """f of the rows of each item; zeros for items without rows."""
    def pooled(x, *w):
        parts, at = [], 0
        for n in lengths:
            parts.append(f(x[at:at + n], *w) if n else torch.zeros(x.shape[1]))
            at += n
        return torch.stack(parts)
    return pooled


x = numbers(4, 3)
x[1, 1] = 0  # the kinks
case("linear", F.linear, x, (numbers(5, 3), numbers(5)), {0})
case("relu", F.relu, x)
case("leaky_relu", lambda v: F.leaky_relu(v, 0.2), x)
case("tanh", torch.tanh, x)
case("sigmoid", torch.sigmoid, x)
case("gelu", F.gelu, 2 * x)
cube = np.sqrt(2 / np.pi)
case("gelu_tanh", lambda v: v / 2 * (1 + torch.tanh(cube * (v + 0.044715 * v**3))), 2 * x)
case("layer_norm", lambda v, g, s: F.layer_norm(v, (3,), g, s), x, (numbers(3), numbers(3)))
case("l2_normalize", F.normalize, x)
case("embedding", lambda i, t: F.embedding(i, t, padding_idx=1), np.array([3, 0, 3, 1, 5, 3]), (numbers(6, 2),))
lengths = [2, 0, 3, 1]
x = numbers(6, 3)
x[4] = x[2]  # ties: the first row counts
case("mean_pool", over(lambda v: v.mean(0), lengths), x)


def first_maxima(v):
    return torch.stack([v[int(np.argmax(v[:, c].detach().numpy())), c] for c in range(v.shape[1])])


case("max_pool", over(first_maxima, lengths), x)
case("last_state", over(lambda v: torch.cat([v[-1, :2], v[0, 2:]]), lengths), numbers(6, 4))
case("attention", over(lambda v, s: torch.softmax(v @ s, 0) @ v, lengths), x, (numbers(3),))
case("attention_hidden", over(lambda v, w, b, s: torch.softmax(torch.tanh(F.linear(v, w, b)) @ s, 0) @ v, lengths), x,
     (numbers(4, 3), numbers(4), numbers(4)), {0})


def packed(module, lengths):
    """The module over items of these lengths in this order; items without rows give none."""
    def run(x):
        items, at = [], 0
        for n in lengths:
            if n:
                items.append(x[at:at + n])
            at += n
        sequence = torch.nn.utils.rnn.pack_sequence(items, enforce_sorted=False)
        padded, sizes = torch.nn.utils.rnn.pad_packed_sequence(module(sequence)[0], batch_first=True)
        return torch.cat([padded[i, :n] for i, n in enumerate(sizes)])
    return run


modules = {"lstm": torch.nn.LSTM(2, 2, 2, bidirectional=True), "gru": torch.nn.GRU(2, 2, 2, bidirectional=True)}
for name, module in modules.items():
    weights = [numbers(*p.shape) for p in module.parameters()]
    matrices = {i for i, w in enumerate(weights) if w.ndim == 2}
    case(name, packed(module, [3, 0, 1, 5, 2]), numbers(11, 2), weights, matrices, module)

with open("tests/data/layer/rows.txt", "w") as f:
    f.write("\n".join(lines) + "\n")
