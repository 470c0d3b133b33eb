# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/projection/graph.txt with NumPy and SciPy: the learners on neighbour graphs, with full matrices.

Run from the repository's root:  python3 tests/reference/projection_graph.py
Each line: a name, the number of rows and columns, the elements in rows.
"""

import numpy as np
import scipy.linalg
import scipy.spatial.distance

rng = np.random.default_rng(23)
n, more_x, more_y, k, C = 48, 9, 7, 5, 4
names = np.array([-3, 0, 7, 8])
classes = rng.permutation(np.arange(n + more_x) % C)
centres_x, centres_y = 1.5 * rng.normal(size=(C, 6)), 1.5 * rng.normal(size=(C, 4))
x = (centres_x[classes] + rng.normal(size=(n + more_x, 6))) * [1, 0.3, 2, 1, 4, 1] + [0, 3, -2, 10, 0, 0]
y = centres_y[classes[: n + more_y]] + rng.normal(size=(n + more_y, 4)) + [5, 0, 0, 1]
new_x = (centres_x[[0, 1, 2, 3, 0]] + rng.normal(size=(5, 6))) * [1, 0.3, 2, 1, 4, 1] + [0, 3, -2, 10, 0, 0]
new_y = centres_y[[0, 1, 2, 3, 0]] + rng.normal(size=(5, 4)) + [5, 0, 0, 1]
target = classes[:n]
labels = names[target]
out = {"x": x[:n], "more_x": x[n:], "y": y[:n], "more_y": y[n:], "labels": labels, "new_x": new_x, "new_y": new_y}
one_hot = np.eye(C)[target]


def standardized(a, *others):
    mean, deviation = a[:n].mean(0), a[:n].std(0, ddof=1)
    return [(v - mean) / deviation for v in (a,) + others]


def uniform(seed, count):
    """random::uniform(seed, 0, i) of core/random.hpp."""
    mask = (1 << 64) - 1
    values = []
    for i in range(count):
        z = (seed + 0x9E3779B97F4A7C15) & mask
        for round_ in range(2):
            z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
            z ^= z >> 31
            if round_ == 0:
                z = (z + 0x9E3779B97F4A7C15 * (i + 1)) & mask
        values.append((z >> 11) * 2.0**-53)
    return np.array(values)


def start(rows):
    return uniform(1, rows * C).reshape(rows, C)


def similarity(a, b):
    return 1 / (1 + np.exp(scipy.spatial.distance.cdist(a, b)))


def nearest_others(a):
    s = similarity(a, a)
    np.fill_diagonal(s, -1)
    return np.argsort(-s, axis=1, kind="stable")[:, :k], s


def directed(a):
    order, s = nearest_others(a)
    w = np.zeros_like(s)
    np.put_along_axis(w, order, np.take_along_axis(s, order, 1), 1)
    return w


def row_ridge(p, gamma):
    return np.diag(gamma / (2 * np.linalg.norm(p, axis=1)))


def length(p):
    return np.linalg.norm(p, axis=1).sum()


a, a_new = standardized(x, new_x)
b, b_new = standardized(y, new_y)


# ---- jgrhml
def jgrhml(alpha, gammas, lambdas, updates):
    s = (target[:, None] == target).astype(float)
    np.fill_diagonal(s, 0)
    root = np.diag(s.sum(1) ** -0.5)
    laplacian = np.eye(n) - root @ s @ root
    left, right = a[:n], b[:n]
    u, _, vt = np.linalg.svd(left.T @ right, full_matrices=False)
    p, q = u, vt.T
    for _ in range(updates):
        p, q = (
            np.linalg.solve(gammas[0] * np.eye(6) + lambdas[0] * left.T @ laplacian @ left + left.T @ left, left.T @ right @ q),
            np.linalg.solve(gammas[1] * np.eye(4) + lambdas[1] * right.T @ laplacian @ right + right.T @ right, right.T @ left @ p),
        )
    p = p / (a @ p).std(0, ddof=1)  # over all nodes of the view, labelled or not
    q = q / (b @ q).std(0, ddof=1)
    first, first_new, second, second_new = a @ p, a_new @ p, b @ q, b_new @ q
    nodes = np.vstack([first, second])
    w = directed(nodes)
    w = (w + w.T) / 2
    degrees = w.sum(1)
    root = np.diag(degrees**-0.5)
    start_scores = np.zeros((len(nodes), C))
    f0 = one_hot / one_hot.sum(0) - (1 - one_hot) / (1 - one_hot).sum(0)
    start_scores[:n], start_scores[len(a) : len(a) + n] = f0, f0
    scores = (1 - alpha) * np.linalg.inv(np.eye(len(nodes)) - alpha * root @ w @ root) @ start_scores

    def joined(z):
        s = similarity(z, nodes)
        w = np.zeros_like(s)
        order = np.argsort(-s, axis=1, kind="stable")[:, :k]
        np.put_along_axis(w, order, np.take_along_axis(s, order, 1) / 2, 1)
        return alpha * w / np.sqrt(w.sum(1)[:, None] * degrees) @ scores

    return scores[: len(a)], scores[len(a) :], joined(first_new), joined(second_new)


for name, arguments in {
    "spread": (0.1, (1e4, 10), (10, 10), 1),
    "far": (0.7, (20, 3), (2, 0.5), 2),
}.items():
    for part, value in zip(("first", "second", "new_first", "new_second"), jgrhml(*arguments)):
        out["jgrhml_%s_%s" % (name, part)] = value


# ---- jrl
def jrl(gamma, sigma, lam, mu, iterations, full):
    def laplacian(z):
        w = directed(z)
        near = ((w + w.T) > 0).astype(float)
        root = np.diag(near.sum(1) ** -0.5)
        return np.eye(len(z)) - root @ (similarity(z, z) if full else near) @ root

    left, right = a[:n], b[:n]
    smooth = a.T @ laplacian(a) @ a, b.T @ laplacian(b) @ b
    p, q = start(6), start(4)
    objectives = []
    for _ in range(iterations):
        p, q = (
            np.linalg.solve(row_ridge(p, gamma) + sigma * smooth[0] + (lam + mu) * left.T @ left, lam * left.T @ right @ q + mu * left.T @ one_hot),
            np.linalg.solve(row_ridge(q, gamma) + sigma * smooth[1] + (lam + mu) * right.T @ right, lam * right.T @ left @ p + mu * right.T @ one_hot),
        )
        objectives.append(
            sigma * (np.trace(p.T @ smooth[0] @ p) + np.trace(q.T @ smooth[1] @ q))
            + mu * (((left @ p - one_hot) ** 2).sum() + ((right @ q - one_hot) ** 2).sum())
            + gamma * (length(p) + length(q))
            + lam * ((left @ p - right @ q) ** 2).sum()
        )
    return a_new @ p, b_new @ q, objectives


for name, arguments in {"near": (10, 0.5, 2, 1.5, 5, False), "full": (100, 3, 1, 1, 3, True)}.items():
    for part, value in zip(("first", "second", "objectives"), jrl(*arguments)):
        out["jrl_%s_%s" % (name, part)] = value


# ---- s2upg
def s2upg(gamma, sigma, mu, iterations, released, last):
    p, q = start(6), start(4)
    centre = np.eye(n) - 1 / n
    objectives = []
    for _ in range(iterations):
        before = p, q
        stacked = np.vstack([a @ p, b @ q])
        order, _ = nearest_others(stacked)
        h = np.zeros((len(stacked), len(stacked)))
        for edge, members in enumerate(order):
            h[members, edge] = 1
        degree = h.sum(1)
        if released:
            root, size = np.diag(1 / (degree + 1)), 100
        else:
            root, size = np.diag(np.where(degree > 0, degree, np.inf) ** -0.5), k
        laplacian = np.eye(len(stacked)) - root @ h @ h.T @ root / size
        lx, lxy, ly = laplacian[: len(a), : len(a)], laplacian[: len(a), len(a) :], laplacian[len(a) :, len(a) :]
        left, right = a[:n], b[:n]
        objectives.append(
            sigma * np.trace(stacked.T @ laplacian @ stacked)
            + mu * ((centre @ (left @ p - one_hot)) ** 2).sum()
            + mu * ((centre @ (right @ q - one_hot)) ** 2).sum()
            + gamma * (length(p) + length(q))
        )
        p, q = (
            np.linalg.solve(mu * left.T @ centre @ left + row_ridge(p, gamma) + sigma * a.T @ lx @ a, mu * left.T @ centre @ one_hot - sigma * a.T @ lxy @ b @ q),
            np.linalg.solve(mu * right.T @ centre @ right + row_ridge(q, gamma) + sigma * b.T @ ly @ b, mu * right.T @ centre @ one_hot - sigma * b.T @ lxy.T @ a @ p),
        )
    if not last:
        p, q = before
    return a_new @ p, b_new @ q, objectives


for name, arguments in {"textbook": (10, 2, 10, 3, False, True), "released": (50, 5, 3, 3, True, False)}.items():
    for part, value in zip(("first", "second", "objectives"), s2upg(*arguments)):
        out["s2upg_%s_%s" % (name, part)] = value

# ---- votes of the nearest of all training rows, in the space of one of the above
p_rows = np.vstack([out["x"][:, :4], out["y"]])
asked = np.vstack([new_x[:, :4], new_y])
weights = similarity(asked, p_rows)
order = np.argsort(-weights, axis=1, kind="stable")[:, :6]
kept = np.zeros_like(weights)
np.put_along_axis(kept, order, np.take_along_axis(weights, order, 1), 1)
kept /= kept.sum(1)[:, None]
same = np.tile(target, 2)[:, None] == np.tile(target, 2)
kernel = kept @ same @ kept.T
out["vote_kernel"] = kernel[:5, 5:]

with open("tests/data/projection/graph.txt", "w") as file:
    for name, value in out.items():
        value = np.atleast_2d(value)
        print(name, *value.shape, *("%.17g" % v for v in value.ravel()), file=file)
