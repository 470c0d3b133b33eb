# SPDX-License-Identifier: Apache-2.0
"""Triplet losses over a batch of 512 embeddings of 128 numbers in PyTorch, beside bench/peers/triplet_step.cpp.

    g++ -std=c++20 -O2 -I include bench/peers/triplet_step.cpp -o triplet_step -pthread
    OMP_NUM_THREADS=2 python3 bench/peers/triplet_step.py ./triplet_step

Both get the same rows of length 1 in 32 classes and do: squared Euclidean distances, loss with margin 0.2 and mean over
active triplets, gradient of the embeddings. Batch-all in PyTorch in two forms: a loop over anchors (the faster one) and one
tensor of all triplets; semi-hard by the rule of FaceNet and TensorFlow on all pairs at once. The two programs take turns, so
that other work on the machine meets both; printed are medians in milliseconds, their ratio, and both losses.
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch

THREADS = int(os.environ.get("OMP_NUM_THREADS", "2"))
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
MARGIN, ROWS, COLS, CLASSES = 0.2, 512, 128, 32
torch.set_num_threads(THREADS)

rng = np.random.default_rng(2001)
labels = np.arange(ROWS) % CLASSES
x = 0.1 * rng.standard_normal((CLASSES, COLS))[labels] + 0.1 * rng.standard_normal((ROWS, COLS))
x = (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)
label = torch.from_numpy(labels)
same = label[:, None] == label[None]
positive = same & ~torch.eye(ROWS, dtype=torch.bool)


def distances(e):
    square = (e * e).sum(1)
    return (square[:, None] + square[None] - 2 * e @ e.T).clamp(min=0)


def batch_all_loop(e):
    d = distances(e)
    total, active = 0, 0
    for a in range(ROWS):
        v = (d[a][positive[a]][:, None] - d[a][~same[a]][None] + MARGIN).clamp(min=0)
        total = total + v.sum()
        active = active + (v > 0).sum()
    return total / active.clamp(min=1)


def batch_all_tensor(e):
    d = distances(e)
    v = (d[:, :, None] - d[:, None, :] + MARGIN).clamp(min=0) * (positive[:, :, None] & ~same[:, None, :])
    return v.sum() / (v > 0).sum().clamp(min=1)


anchors, positives = torch.nonzero(positive, as_tuple=True)


def semi_hard(e):
    d = distances(e)
    near, rows = d[anchors, positives], d[anchors]
    behind = rows.masked_fill(same[anchors] | (rows <= near[:, None]), float("inf")).min(1)[0]
    farthest = d.masked_fill(same, float("-inf")).max(1)[0][anchors]
    v = (near - torch.where(torch.isinf(behind), farthest, behind) + MARGIN).clamp(min=0)
    return v.sum() / (v > 0).sum().clamp(min=1)


def step(loss):
    e = torch.from_numpy(x).requires_grad_()
    start = time.perf_counter()
    value = loss(e)
    value.backward()
    return (time.perf_counter() - start) * 1e3, value.item(), e.grad.numpy()


with tempfile.TemporaryDirectory() as folder:
    path, gradient = os.path.join(folder, "embeddings"), os.path.join(folder, "gradient")
    x.tofile(path)
    print("%d x %d, %d classes, %d threads, median of %d rounds" % (ROWS, COLS, CLASSES, THREADS, ROUNDS))
    for name, kind, loss in (("batch-all, loop over anchors", "batch_all", batch_all_loop),
                             ("batch-all, one tensor", "batch_all", batch_all_tensor),
                             ("semi-hard", "semi_hard", semi_hard)):
        step(loss)
        theirs, ours = [], []
        for _ in range(ROUNDS):
            ms, value, want = step(loss)
            theirs.append(ms)
            out = subprocess.run([sys.argv[1], path, kind, str(THREADS), "9", gradient], check=True, text=True,
                                 capture_output=True).stdout.split()
            ours.append(float(out[0]))
        got = np.fromfile(gradient, np.float32).reshape(want.shape)
        error = np.abs(got - want).max() / np.abs(want).max()
        torch_ms, our_ms = statistics.median(theirs), statistics.median(ours)
        print("%-30s torch %8.2f [%.2f, %.2f]  kindred %6.2f [%.2f, %.2f]  ratio %.4f  losses %.7f %.7f, gradients differ by %.1e"
              % (name, torch_ms, min(theirs), max(theirs), our_ms, min(ours), max(ours), our_ms / torch_ms, value,
                 float(out[1]), error))
