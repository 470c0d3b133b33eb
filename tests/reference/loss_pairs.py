# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/loss/pairs.txt: values and gradients of the losses with exponentials, proxies and pairs, in float64.

From pytorch_metric_learning and PyTorch where they have the loss, else from the formula of the paper, written with PyTorch's
tensors and differentiated by it.

python3 tests/reference/loss_pairs.py       needs torch and pytorch_metric_learning
"""
import os

import numpy as np
import torch
import torch.nn.functional as F
from pytorch_metric_learning import distances, losses, miners

torch.set_default_dtype(torch.float64)
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "loss", "pairs.txt")
rng = np.random.default_rng(7)
lines = []


def write(name, m):
    m = np.atleast_2d(np.asarray(m))
    lines.append(" ".join([name, str(m.shape[0]), str(m.shape[1])] + [repr(float(v)) for v in m.ravel()]))


def record(name, loss, *inputs):
    """loss(*leaves) -> a number; writes the value, and all gradients in one row."""
    leaves = [torch.tensor(i, requires_grad=True) for i in inputs]
    value = loss(*leaves)
    value.backward()
    write(name, value.item())
    write(name + ".gradient", np.concatenate([leaf.grad.numpy().ravel() for leaf in leaves]))


class Given(distances.BaseDistance):
    def __init__(self, matrix, inverted):
        super().__init__(normalize_embeddings=False, is_inverted=inverted)
        self.matrix = matrix

    def compute_mat(self, a, b):
        return self.matrix


LABELS = np.array([0, 0, 0, 1, 1, 2, 2, 3])  # class 3 has no positives
x = rng.standard_normal((8, 4)) + 0.8 * rng.standard_normal((4, 4))[LABELS]
x /= np.linalg.norm(x, axis=1, keepdims=True)
SCORES = x @ x.T
PAIRED = rng.uniform(-1, 1, (5, 5))
ROWS, COLS = np.array([0, 0, 1, 2, 3, 1]), np.array([1, 0, 0, 2, 2, 4, 1])  # row of 3 and column of 4 stand alone
WIDE = rng.uniform(-1, 1, (6, 7))
A, B = rng.standard_normal((6, 4)), rng.standard_normal((6, 4))
GROUPS = np.array([0, 1, 2, 0, 1, 3])
PROXIES = rng.standard_normal((4, 4))
for name, m in dict(scores=SCORES, paired=PAIRED, wide=WIDE, a=A, b=B, proxies=PROXIES).items():
    write(name, m)
labels, groups = torch.tensor(LABELS), torch.tensor(GROUPS)


def pml(make, miner=None, inverted=True):
    def run(s):
        loss = make(Given(s if inverted else -s, inverted))
        dummy = torch.zeros(len(LABELS), 1)
        return loss(dummy, labels, miner(Given(s.detach().clone(), True))(dummy, labels) if miner else None)

    return run


# one positive per term, both directions, several positives
record("nt_xent", pml(lambda d: losses.NTXentLoss(temperature=0.2, distance=d)), SCORES)
target = torch.arange(5)
record("clip", lambda s: (F.cross_entropy(s / 0.1, target) + F.cross_entropy(s.T / 0.1, target)) / 2, PAIRED)
record("clip_learned", lambda s, w: (F.cross_entropy(s * w.exp(), target) + F.cross_entropy(s.T * w.exp(), target)) / 2,
       PAIRED, np.array([2.0]))


def one_way(u, rows, cols):
    terms = []
    for i in range(len(rows)):
        positive = torch.tensor(cols == rows[i])
        for p in torch.nonzero(positive).ravel():
            terms.append(torch.logsumexp(torch.cat([u[i, p][None], u[i][~positive]]), 0) - u[i, p])
    return torch.stack(terms).mean()


record("wide_nce", lambda s: (one_way(s / 0.3, ROWS, COLS) + one_way(s.T / 0.3, COLS, ROWS)) / 2, WIDE)
record("n_pair", lambda a, b: torch.log(1 + (torch.exp(a @ b.T - (a * b).sum(1, keepdim=True)) * (1 - torch.eye(6))).sum(1)).mean()
       + 0.1 / 4 * ((a * a).sum(1).mean() + (b * b).sum(1).mean()), A, B)
record("lifted", pml(lambda d: losses.LiftedStructureLoss(neg_margin=1, pos_margin=0, distance=d), inverted=False),
       SCORES - 1.5)
# the miner overwrites its matrix, so it gets a copy
multi = lambda d: losses.MultiSimilarityLoss(alpha=2, beta=50, base=0.5, distance=d)
record("multi_similarity", pml(multi), SCORES)
record("multi_similarity_selected", pml(multi, lambda d: miners.MultiSimilarityMiner(0.1, distance=d)), SCORES)
sign = torch.tensor(np.where(ROWS[:, None] == COLS[None], 1.0, -1.0))
record("sigmoid", lambda s, w: -F.logsigmoid(sign * (w[0].exp() * s + w[1])).sum() / 6, WIDE, np.array([1.3, -0.7]))


def with_proxies(loss):
    def run(e, p):
        del loss.proxies
        loss.proxies = p
        return loss(e, groups)

    return run


def nca(scale, smoothing, own):
    def run(e, p):
        d = ((F.normalize(e)[:, None] - F.normalize(p)[None]) ** 2).sum(2) * scale
        total = 0
        for i, y in enumerate(GROUPS):
            others = [c for c in range(4) if own or c != y]
            denominator = torch.exp(-d[i, others]).sum()
            q = np.where(np.arange(4) == y, 1 - smoothing, smoothing / 3)
            total = total - sum(q[c] * torch.log(torch.exp(-d[i, c]) / denominator) for c in range(4))
        return total / len(GROUPS)

    return run


record("proxy_nca", nca(1, 0, False), A, PROXIES)
record("proxy_nca_smoothed", nca(3, 0.1, True), A, PROXIES)
record("proxy_nca_library", with_proxies(losses.ProxyNCALoss(4, 4, softmax_scale=3)), A, PROXIES)
FIVE = np.vstack([PROXIES, rng.standard_normal((1, 4))])  # no row has the last class
write("five_proxies", FIVE)
record("proxy_anchor", with_proxies(losses.ProxyAnchorLoss(5, 4, margin=0.1, alpha=32)), A, FIVE)

masked = torch.tensor([0, 3, -100, 2, 1, 1])
record("cross_entropy", lambda z: F.cross_entropy(z, masked), A)
record("cross_entropy_smoothed", lambda z: F.cross_entropy(z, masked, label_smoothing=0.1), A)
T01 = rng.uniform(0, 1, (6, 4))
write("targets", T01)
record("squares", F.mse_loss, A, B)
record("squares_per_row", lambda a, b: ((a - b) ** 2).sum(1).mean(), A, B)
record("binary_entropy", lambda a: F.binary_cross_entropy_with_logits(a, torch.tensor(T01)), A)
record("word_entropy", lambda a: F.cross_entropy(a, torch.tensor(5 * T01)), A)


def cmpm(a, b):
    q = torch.tensor(GROUPS[:, None] == GROUPS[None]).double()
    q = q / q.sum(1, keepdim=True)

    def way(x, z):
        p = torch.softmax(x @ F.normalize(z).T, 1)
        return (p * torch.log(p / (q + 1e-8))).sum() / len(x)

    return way(a, b) + way(b, a)


def cmpc(a, b, w):
    def way(x, z):
        z = F.normalize(z)
        return F.cross_entropy((x * z).sum(1, keepdim=True) * z @ F.normalize(w).T, groups)

    return way(a, b) + way(b, a)


record("cmpm", cmpm, A, B)
record("cmpc", cmpc, A, B, PROXIES)

X = rng.standard_normal((12, 4))
Y = X @ rng.standard_normal((4, 3)) + 0.7 * rng.standard_normal((12, 3))
write("x", X)
write("y", Y)


def correlations(a, b):
    a, b = a - a.mean(0), b - b.mean(0)

    def root(c):
        values, vectors = torch.linalg.eigh(c)
        return vectors @ torch.diag(values ** -0.5) @ vectors.T

    s11, s22 = a.T @ a / 11 + 1e-3 * torch.eye(4), b.T @ b / 11 + 1e-3 * torch.eye(3)
    return torch.linalg.svdvals(root(s11) @ (a.T @ b / 11) @ root(s22))


record("cca", lambda a, b: -correlations(a, b).sum(), X, Y)
record("cca_squared", lambda a, b: -(correlations(a, b) ** 2).sum(), X, Y)
record("cca_leading", lambda a, b: -correlations(a, b)[:2].sum(), X, Y)

with open(OUT, "w", encoding="utf-8") as file:
    file.write("\n".join(lines) + "\n")
