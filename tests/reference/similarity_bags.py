# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/similarity/bags.txt with PyTorch in double precision, one pair of bags after the other.

Run from the repository's root:  python3 tests/reference/similarity_bags.py
Each line: a name, the number of rows and columns, the elements in rows. `a` and `b` hold the rows of all bags, `a_offsets`
and `b_offsets` where they begin; the value is the sum of weights * scores. `<name>`, `<name>_da` and `<name>_db` are scores
and gradients.
"""

import numpy as np
import torch

rng = np.random.default_rng(8)
a_offsets, b_offsets = [0, 3, 4, 9], [0, 2, 6, 7]
rows_a = np.round(rng.normal(size=(9, 4)) * 16) / 16
rows_b = np.round(rng.normal(size=(7, 4)) * 16) / 16
weights = np.round(rng.normal(size=(3, 3)) * 8) / 8
out = {"a_offsets": np.array([a_offsets]), "b_offsets": np.array([b_offsets]), "a": rows_a, "b": rows_b, "weights": weights}


def run(name, score):
    a, b = torch.tensor(rows_a, requires_grad=True), torch.tensor(rows_b, requires_grad=True)
    bags_a = [a[i:j] for i, j in zip(a_offsets, a_offsets[1:])]
    bags_b = [b[i:j] for i, j in zip(b_offsets, b_offsets[1:])]
    scores = torch.stack([torch.stack([score(x, y) for y in bags_b]) for x in bags_a])
    (scores * torch.tensor(weights)).sum().backward()
    out[name] = scores.detach().numpy()
    out[name + "_da"], out[name + "_db"] = a.grad.numpy(), b.grad.numpy()


def looks(q, c, temperature, norm, aggregate, sharpness=6.0):
    """Bag q looks at bag c: attention, attended vectors and cosines written out."""
    e = c @ q.T  # looked at x looking
    if norm == "clipped_l2":
        e = torch.nn.functional.leaky_relu(e, 0.1)
    if norm != "none":
        e = e / (e.pow(2).sum(1, keepdim=True).sqrt() + 1e-8)
    w = torch.softmax(temperature * e.T, 1)
    r = torch.nn.functional.cosine_similarity(q, w @ c, dim=1, eps=1e-8)
    if aggregate == "log_sum_exp":
        return torch.logsumexp(sharpness * r, 0) / sharpness
    return {"mean": r.mean, "sum": r.sum, "largest": r.max}[aggregate]()


run("max_sim", lambda a, b: (a @ b.T).max(1).values.sum())
run("max_sim_mean_reversed", lambda a, b: (b @ a.T).max(1).values.mean())
run("fragments", lambda a, b: (a @ b.T).clamp(min=0).sum() / (len(b) + 10))
run("fragments_both", lambda a, b: (a @ b.T).clamp(min=0).sum() / (len(b) + 5) / len(a))
run("fragments_all_reversed", lambda a, b: (a @ b.T).sum() / (len(a) + 2))
run("attention", lambda a, b: looks(b, a, 9, "clipped_l2", "log_sum_exp"))
run("attention_first", lambda a, b: looks(a, b, 4, "clipped_l2", "log_sum_exp", 5.0))
run("attention_mean", lambda a, b: looks(a, b, 1, "none", "mean"))
run("attention_largest", lambda a, b: looks(b, a, 2, "l2", "largest"))
run("attention_both", lambda a, b: (looks(a, b, 3, "l2", "sum") + looks(b, a, 3, "l2", "sum")) / 2)

with open("tests/data/similarity/bags.txt", "w") as file:
    for name, table in out.items():
        numbers = " ".join(f"{v:.14g}" for v in table.ravel())
        file.write(f"{name} {table.shape[0]} {table.shape[1]} {numbers}\n")
