# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/encoder/sentences.txt with PyTorch: encoders of sentences, forward and backward.

Run from the repository's root:  python3 tests/reference/encoder_sentence.py
The format is that of layer_rows.py. All parameters are leaves in the library's layout, which the functions below turn into
PyTorch's, so that gradients come out in the library's layout too.
"""

import numpy as np
import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(7)
lines = []
LENGTHS = [3, 1, 0, 6, 2]
IDS = [4, 0, 2, 3, 1, 4, 4, 5, 0, 2, 2, 6]
VOCABULARY, COLS, MAPS, WINDOWS = 7, 3, 2, (1, 3, 4)


def put(name, m, digits):
    m = np.atleast_2d(m)
    lines.append(f"{name} {m.shape[0]} {m.shape[1]} " + " ".join(f"{v:.{digits}g}" for v in m.ravel()))


def numbers(*sizes):
    return np.round(rng.normal(size=sizes), 2)


def case(name, f, sizes, columns=None):
    """f(rows of each item, *parameters) gives y. With `columns` the rows are leaves, else they come from the first parameter,
    a table."""
    parameters = [torch.tensor(numbers(*s), requires_grad=True) for s in sizes]
    if columns is None:
        x = parameters[0][torch.tensor(IDS)]
    else:
        x = torch.tensor(numbers(sum(LENGTHS), columns), requires_grad=True)
    y = f(list(torch.split(x, LENGTHS)), *parameters[columns is None:])
    dy = numbers(*y.shape)
    y.backward(torch.tensor(dy))
    if columns is not None:
        put(name + ".x", x.detach().numpy(), 6)
        put(name + ".dx", x.grad.numpy(), 14)
    put(name + ".dy", dy, 6)
    put(name + ".y", y.detach().numpy(), 14)
    put(name + ".weights", np.concatenate([p.detach().numpy().ravel() for p in parameters]), 6)
    put(name + ".dweights", np.concatenate([p.grad.numpy().ravel() for p in parameters]), 14)


def convolved(rows, w, b, window):
    """rows with the window's filters, valid: positions x maps."""
    kernel = w.reshape(window, COLS, MAPS).permute(2, 1, 0)
    return F.conv1d(rows.T[None], kernel, b.reshape(-1))[0].T


def cnn_padded(items, *w):
    """Kim's batches: every item padded to one length, then max(WINDOWS) - 1 zeros at both ends. One more word than the longest
    item has, so that every window size meets zeros everywhere."""
    length, ends = max(LENGTHS) + 1, max(WINDOWS) - 1
    padded = [F.pad(x, (0, 0, ends, length - len(x) + ends)) for x in items]
    pooled = [torch.stack([F.relu(convolved(x, w[2 * i], w[2 * i + 1], k)).max(0).values for x in padded])
              for i, k in enumerate(WINDOWS)]
    return torch.cat(pooled, 1)


def cnn_alone(padding):
    """Each item by itself, with window - 1 zeros at both ends or, short items aside, without any."""
    def f(items, *w):
        rows = []
        for x in items:
            parts = []
            for i, k in enumerate(WINDOWS):
                if len(x) == 0:
                    parts.append(x.new_zeros(MAPS))
                    continue
                around = (k - 1, k - 1) if padding else (0, max(0, k - len(x)))
                wide = F.pad(x, (0, 0, *around))
                parts.append(F.relu(convolved(wide, w[2 * i], w[2 * i + 1], k)).max(0).values)
            rows.append(torch.cat(parts))
        return torch.stack(rows)
    return f


CNN = [s for k in WINDOWS for s in ((k * COLS, MAPS), (1, MAPS))]
case("cnn_alone", cnn_alone(True), CNN, COLS)
case("cnn_valid", cnn_alone(False), CNN, COLS)
case("cnn_padded", cnn_padded, [(VOCABULARY, COLS)] + CNN)

WIDTH = 2


def states(x, w, width):
    """Of one item over w in the library's layout: four parameters, or eight where it is read both ways."""
    directions = len(w) // 4
    if len(x) == 0:
        return x.new_zeros(0, directions * width)
    flat = [v.T if v.shape[0] > 1 else v[0] for v in w]
    start = (x.new_zeros(directions, 1, width), x.new_zeros(directions, 1, width))
    return torch._VF.lstm(x[None], start, flat, True, 1, 0.0, False, directions == 2, True)[0][0]


def bilstm(zeros_count):
    def f(items, *w):
        rows = []
        for x in items:
            s = states(x, w, WIDTH)
            if zeros_count or len(x) == 0:
                s = F.pad(s, (0, 0, 0, 1))
            rows.append(s.max(0).values)
        return torch.stack(rows)
    return f


def lstm_sizes(columns, width):
    return [(columns, 4 * width), (width, 4 * width), (1, 4 * width), (1, 4 * width)]


case("bilstm", bilstm(False), lstm_sizes(COLS, WIDTH) * 2, COLS)
case("bilstm_padded", bilstm(True), [(VOCABULARY, COLS)] + lstm_sizes(COLS, WIDTH) * 2)

OUT, HIDDEN = 3, 4


def attended(with_weights):
    def f(items, *w):
        rows = []
        for x in items:
            h = states(states(x, w[:4], WIDTH), w[4:8], WIDTH) @ w[8] + w[9]
            m = torch.tanh(h @ w[10] + w[11]) if with_weights else torch.tanh(h)
            a = F.softmax(m @ w[-1], 0)
            rows.append(F.normalize((a * h).sum(0), dim=0))
        return torch.stack(rows)
    return f


FRONT = lstm_sizes(COLS, WIDTH) + lstm_sizes(WIDTH, WIDTH) + [(WIDTH, OUT), (1, OUT)]
case("attended", attended(False), FRONT + [(OUT, 1)], COLS)
case("attended_hidden", attended(True), FRONT + [(OUT, HIDDEN), (1, HIDDEN), (HIDDEN, 1)], COLS)

with open("tests/data/encoder/sentences.txt", "w") as file:
    file.write("\n".join(lines) + "\n")
