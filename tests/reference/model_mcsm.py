# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/model/mcsm.txt with PyTorch: the two spaces of MCSM, forward, loss and gradients.

Run from the repository's root:  python3 tests/reference/model_mcsm.py
Lines: name, rows, columns, numbers. Parameters are leaves in the library's layout, as in encoder_sentence.py.

Three pairs, of which the first two are of one class, so that only the third pair has a choice between two negatives, as a row
and as a column: four losses, in the order (row's choice, column's choice) = (0, 0), (0, 1), (1, 0), (1, 1).
"""

import numpy as np
import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(16)
lines = []
LENGTHS, COLS, STATES, WIDTH, ROW, MARGIN = [3, 1, 4], 3, 2, 3, 4, 0.5


def put(name, m, digits):
    m = np.atleast_2d(m)
    lines.append(f"{name} {m.shape[0]} {m.shape[1]} " + " ".join(f"{v:.{digits}g}" for v in m.ravel()))


def numbers(*sizes):
    return np.round(rng.normal(size=sizes), 2)


def leaves(sizes):
    return [torch.tensor(numbers(*s), requires_grad=True) for s in sizes]


def flat(parameters):
    return np.concatenate([p.ravel() for p in parameters])


def states(x, w):
    start = (x.new_zeros(1, 1, STATES), x.new_zeros(1, 1, STATES))
    flat_weights = [v.T if v.shape[0] > 1 else v[0] for v in w]
    return torch._VF.lstm(x[None], start, flat_weights, True, 1, 0.0, False, False, True)[0][0]


def attended(items, w, hidden):
    rows = []
    for x in items:
        h = states(states(x, w[:4]), w[4:8]) @ w[8] + w[9]
        m = torch.tanh(h @ w[10] + w[11]) if hidden else torch.tanh(h)
        rows.append(F.normalize((F.softmax(m @ w[-1], 0) * h).sum(0), dim=0))
    return torch.stack(rows)


def lstm_sizes(columns):
    return [(columns, 4 * STATES), (STATES, 4 * STATES), (1, 4 * STATES), (1, 4 * STATES)]


def space(name, hidden):
    sequence = lstm_sizes(COLS) + lstm_sizes(STATES) + [(STATES, WIDTH), (1, WIDTH)]
    sequence += [(WIDTH, WIDTH), (1, WIDTH), (WIDTH, 1)] if hidden else [(WIDTH, 1)]
    w, v = leaves(sequence), leaves([(ROW, WIDTH), (1, WIDTH)])
    x, z = torch.tensor(numbers(sum(LENGTHS), COLS)), torch.tensor(numbers(len(LENGTHS), ROW))
    mapped = z @ v[0] + v[1]
    a = attended(list(torch.split(x, LENGTHS)), w, hidden)
    b = F.normalize(mapped if hidden else torch.sigmoid(mapped))
    # rows are pictures: regions in one space, whole pictures in the other
    s = a @ b.T if hidden else b @ a.T

    def loss(row_choice, column_choice):
        total = 0
        for n in range(3):
            total = total + F.relu(MARGIN + s[n, [2, 2, row_choice][n]] - s[n, n])
            total = total + F.relu(MARGIN + s[[2, 2, column_choice][n], n] - s[n, n])
        return total / 6

    values = [loss(i, j) for i in (0, 1) for j in (0, 1)]
    values[0].backward()
    put(name + ".x", x.numpy(), 6)
    put(name + ".z", z.numpy(), 6)
    put(name + ".sequence_weights", flat([p.detach().numpy() for p in w]), 6)
    put(name + ".row_weights", flat([p.detach().numpy() for p in v]), 6)
    put(name + ".scores", s.detach().numpy(), 14)
    put(name + ".values", np.array([float(t.detach()) for t in values]), 14)
    put(name + ".sequence_gradient", flat([p.grad.numpy() for p in w]), 12)
    put(name + ".row_gradient", flat([p.grad.numpy() for p in v]), 12)


space("image", True)
space("text", False)
with open("tests/data/model/mcsm.txt", "w") as file:
    file.write("\n".join(lines) + "\n")
