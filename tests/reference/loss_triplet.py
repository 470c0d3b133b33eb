# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/loss/triplet.txt: losses on triplets and pairs and their gradients for one score matrix, in float64.

From pytorch_metric_learning where it has the loss (the scores stand in for its distance matrix), else from the formula of
the paper or of the named code, written with PyTorch's tensors and differentiated by it.

python3 tests/reference/loss_triplet.py       needs torch and pytorch_metric_learning
"""
import os

import numpy as np
import torch
from pytorch_metric_learning import distances, losses, miners

torch.set_default_dtype(torch.float64)
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "loss", "triplet.txt")

rng = np.random.default_rng(41)
LABELS = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4])  # class 4 has no positives
x = rng.standard_normal((12, 4)) + 1.2 * rng.standard_normal((5, 4))[LABELS]
x /= np.linalg.norm(x, axis=1, keepdims=True)
SCORES = x @ x.T
PAIRED = rng.uniform(-1, 1, (5, 5))
labels = torch.tensor(LABELS)
same = labels[:, None] == labels[None]
positive = same & ~torch.eye(len(LABELS), dtype=torch.bool)
negative = ~same
lines = []


def write(name, m):
    m = np.atleast_2d(np.asarray(m))
    lines.append(" ".join([name, str(m.shape[0]), str(m.shape[1])] + [repr(float(v)) for v in m.ravel()]))


class Given(distances.BaseDistance):
    """A matrix that was computed elsewhere, as distance or (inverted) as similarity."""

    def __init__(self, matrix, inverted):
        super().__init__(normalize_embeddings=False, is_inverted=inverted)
        self.matrix = matrix

    def compute_mat(self, a, b):
        return self.matrix.clone()  # a miner of the library writes into it


def record(name, loss, scores=SCORES):
    """loss(s): a number from a leaf s; writes value and gradient."""
    s = torch.tensor(scores, requires_grad=True)
    value = loss(s)
    value.backward()
    write(name, value.item())
    write(name + ".gradient", s.grad.numpy())


def library(loss, miner=None, inverted=True):
    def run(s):
        given = Given(s if inverted else -s, inverted)
        embeddings = torch.zeros(len(LABELS), 1)
        made = loss(given)
        indices = miner(given)(embeddings, labels) if miner else None
        return made(embeddings, labels, indices)

    return run


def triplet(**options):
    return lambda given: losses.TripletMarginLoss(margin=0.2, distance=given, **options)


def contrastive(p, n):
    return lambda given: losses.ContrastiveLoss(pos_margin=p, neg_margin=n, distance=given)


write("scores", SCORES)
write("labels", LABELS)
write("paired", PAIRED)
record("batch_all", library(triplet()))
record("soft_margin", library(triplet(smooth_loss=True)))
record("margin_band", library(triplet(), lambda d: miners.TripletMarginMiner(0.2, "semihard", distance=d)))
record("batch_hard", library(triplet(), lambda d: miners.BatchHardMiner(distance=d)))
record("easy", library(triplet(), lambda d: miners.BatchEasyHardMiner("easy", "semihard", distance=d)))
record("easy_hard", library(triplet(), lambda d: miners.BatchEasyHardMiner("easy", "hard", distance=d)))
record("multi_similarity", library(triplet(), lambda d: miners.MultiSimilarityMiner(0.1, distance=d)))
record("contrastive_cosine", library(contrastive(0.9, 0.1)))
record("contrastive_distance", library(contrastive(0.0, 0.4), inverted=False))


def hadsell(s):
    d = -s
    both = 0.5 * d[positive].clamp(min=0) ** 2
    return both.mean() + (0.5 * (0.4 - d[negative]).clamp(min=0) ** 2).mean()


record("contrastive_squared", hadsell)


def semi_hard(divide_by_all):
    """triplet_semihard_loss of TensorFlow: closest negative behind the positive, else the farthest one."""

    def run(s):
        terms = []
        for a in range(len(LABELS)):
            for p in torch.nonzero(positive[a]).ravel():
                behind = negative[a] & (s[a] < s[a, p])
                chosen = s[a][behind].max() if behind.any() else s[a][negative[a]].min()
                terms.append((0.2 - s[a, p] + chosen).clamp(min=0))
        terms = torch.stack(terms)
        return terms.sum() / (len(terms) if divide_by_all else (terms > 0).sum())

    return run


record("semi_hard", semi_hard(False))
record("semi_hard_mean", semi_hard(True))


def vse(hardest):
    """Sum (Kiros et al.) or maximum (VSE++) of the violations of each row and column, summed over the batch."""

    def run(s):
        own, away = torch.diag(s), ~torch.eye(len(s), dtype=torch.bool)
        rows = (0.2 + s - own[:, None]).clamp(min=0) * away
        columns = (0.2 + s - own[None]).clamp(min=0) * away
        return rows.max(1)[0].sum() + columns.max(0)[0].sum() if hardest else rows.sum() + columns.sum()

    return run


record("max_of_violations", vse(True), PAIRED)
record("sum_of_violations", vse(False), PAIRED)


def margin_loss(s, beta, nu):
    d = torch.sqrt((2 - 2 * s).clamp(min=0) + 1e-8)
    loss = losses.MarginLoss(margin=0.2, nu=nu, beta=1.0, learn_beta=True, num_classes=5, distance=Given(d, False))
    loss.beta.data = beta
    return loss, loss(torch.zeros(len(LABELS), 1), labels)


BETA = np.array([1.2, 1.0, 0.9, 1.3, 1.1])
write("beta", BETA)
for name, nu in (("margin", 0.0), ("margin_nu", 0.1)):
    s = torch.tensor(SCORES, requires_grad=True)
    loss, value = margin_loss(s, torch.tensor(BETA), nu)
    value.backward()
    write(name, value.item())
    write(name + ".gradient", s.grad.numpy())
    write(name + ".dbeta", loss.beta.grad.numpy())

# one beta for all, gluon's convention: the regularizer once per triplet, divided like the rest
s, b = torch.tensor(SCORES, requires_grad=True), torch.tensor([1.1], requires_grad=True)
d = torch.sqrt((2 - 2 * s).clamp(min=0) + 1e-8)
total, active = 0, 0
for a in range(len(LABELS)):
    for p in torch.nonzero(positive[a]).ravel():
        for n in torch.nonzero(negative[a]).ravel():
            near, far = (d[a, p] - b[0] + 0.2).clamp(min=0), (b[0] - d[a, n] + 0.2).clamp(min=0)
            total = total + near + far + 0.1 * b[0]
            active += int(near > 0) + int(far > 0)
value = total / active
value.backward()
write("margin_one", value.item())
write("margin_one.gradient", s.grad.numpy())
write("margin_one.dbeta", b.grad.numpy())

with open(OUT, "w", encoding="utf-8") as file:
    file.write("\n".join(lines) + "\n")
