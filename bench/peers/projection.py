# SPDX-License-Identifier: Apache-2.0
"""CCA and dense KCCA with NumPy and SciPy on the shapes of bench/runtime/projection.cpp.

python3 bench/peers/projection.py [n of CCA] [n of KCCA ...]     threads: OPENBLAS_NUM_THREADS
CCA: covariances, Cholesky whitening, one SVD. KCCA: Gaussian kernels, centred, Cholesky solves and Lanczos (eigsh).
"""

import sys
import time

import numpy as np
import scipy.linalg as sl
import scipy.sparse.linalg as ssl


def views(n):
    rng = np.random.default_rng(3001)
    z, a, b = rng.standard_normal((n, 64)), rng.standard_normal((64, 512)), rng.standard_normal((64, 300))
    z *= np.linspace(2, 0.05, 64) / 8
    return z @ a + rng.standard_normal((n, 512)), z @ b + rng.standard_normal((n, 300))


def cca(x, y, k, ridge):
    n = len(x)
    x, y = x - x.mean(0), y - y.mean(0)
    lx = sl.cholesky(x.T @ x / (n - 1) + ridge * np.eye(x.shape[1]), lower=True)
    ly = sl.cholesky(y.T @ y / (n - 1) + ridge * np.eye(y.shape[1]), lower=True)
    m = sl.solve_triangular(lx, x.T @ y / (n - 1), lower=True)
    m = sl.solve_triangular(ly, m.T, lower=True).T
    u, s, v = np.linalg.svd(m, full_matrices=False)
    return s[:k], sl.solve_triangular(lx.T, u[:, :k]), sl.solve_triangular(ly.T, v[:k].T)


def kernel(x):
    square = (x * x).sum(1)
    d = np.maximum(square[:, None] + square[None] - 2 * x @ x.T, 0)
    k = np.exp(-d / (2 * np.median(d[np.triu_indices(len(x), 1)])))
    mean = k.mean(0)
    return k - mean[:, None] - mean[None] + mean.mean()


def kcca(x, y, k, kappa):
    n, ridge = len(x), len(x) * kappa
    kx, ky = kernel(x), kernel(y)
    fx, fy = (sl.cho_factor(a + ridge * np.eye(n)) for a in (kx, ky))
    both = sl.cho_solve(fx, kx) @ sl.cho_solve(fy, ky).T
    return np.sqrt(ssl.eigsh(both @ both.T, k=k, which="LA")[0][::-1])


def timed(name, f):
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        result = f()
        seconds.append(time.perf_counter() - start)
    print("%s  median %.0f ms of %d, first correlation %.6f" % (name, 1e3 * sorted(seconds)[1], 3, result))


n = int(sys.argv[1]) if len(sys.argv) > 1 else 100000
x, y = views(n)
timed("cca n=%d p=512 q=300 k=128" % n, lambda: cca(x, y, 128, 1e-4)[0][0])
for n in [int(a) for a in sys.argv[2:]] or [2000]:
    x, y = views(n)
    timed("kcca n=%d k=128" % n, lambda: kcca(x, y, 128, 1e-2)[0])
