# SPDX-License-Identifier: Apache-2.0
"""t-SNE of 5,000 rows of 50 numbers in scikit-learn, beside bench/peers/tsne.cpp.

    g++ -std=c++20 -O2 -I include $(pkg-config --cflags eigen3) bench/peers/tsne.cpp -o tsne -pthread
    OMP_NUM_THREADS=2 python3 bench/peers/tsne.py ./tsne [ROUNDS]

Ten classes around normal centres (seed 7001). Both: perplexity 30, 1,000 iterations, angle 0.5, PCA start, automatic rate. The
programs take turns; printed are seconds (medians), the KL divergence that each reports, and both maps' KL divergence by one
function: P from all pairs (exact) and Q from all pairs, in double. Trustworthiness and the share of 5 nearest neighbours of
the same class say whether the maps mean the same.
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from scipy.spatial.distance import pdist, squareform
from sklearn.manifold import TSNE, trustworthiness
from sklearn.manifold._t_sne import _joint_probabilities
from sklearn.neighbors import NearestNeighbors

THREADS = int(os.environ.get("OMP_NUM_THREADS", "2"))
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 1
METHODS = sys.argv[3].split(",") if len(sys.argv) > 3 else ["barnes_hut", "interpolation", "exact"]
ROWS, COLS, PERPLEXITY = 5000, 50, 30.0

rng = np.random.default_rng(7001)
centres = rng.normal(size=(10, COLS)) * 4
labels = rng.integers(0, 10, ROWS)
x = (centres[labels] + rng.normal(size=(ROWS, COLS))).astype(np.float32)

p = np.maximum(squareform(_joint_probabilities(squareform(pdist(x.astype(np.float64), "sqeuclidean")), PERPLEXITY, 0)), 1e-300)


def divergence(y):
    q = 1 / (1 + squareform(pdist(y.astype(np.float64), "sqeuclidean")))
    np.fill_diagonal(q, 0)
    q = np.maximum(q / q.sum(), 1e-300)
    terms = p * np.log(p / q)
    np.fill_diagonal(terms, 0)
    return terms.sum()


def line(name, seconds, own, y):
    near = NearestNeighbors(n_neighbors=6).fit(y).kneighbors(y, return_distance=False)[:, 1:]
    print("%-24s %7.2f s [%.2f, %.2f]  own KL %.4f  exact KL %.4f  trustworthiness %.4f  purity %.4f" % (
        name, statistics.median(seconds), min(seconds), max(seconds), own, divergence(y), trustworthiness(x, y, n_neighbors=5),
        (labels[near] == labels[:, None]).mean()), flush=True)


with tempfile.TemporaryDirectory() as folder:
    path, out = os.path.join(folder, "rows"), os.path.join(folder, "map")
    x.tofile(path)
    theirs, ours = [], {m: [] for m in METHODS}
    for _ in range(ROUNDS):
        start = time.perf_counter()
        model = TSNE(n_components=2, perplexity=PERPLEXITY, n_iter=1000, angle=0.5, init="pca", learning_rate="auto",
                     n_jobs=THREADS)
        y = model.fit_transform(x)
        theirs.append(time.perf_counter() - start)
        maps = {}
        for m in METHODS:
            printed = subprocess.run([sys.argv[1], path, str(ROWS), str(COLS), m, str(THREADS), out], check=True, text=True,
                                     capture_output=True).stdout.split()
            ours[m].append(float(printed[0]))
            maps[m] = (float(printed[1]), np.fromfile(out, np.float32).reshape(ROWS, 2))
    line("scikit-learn barnes_hut", theirs, model.kl_divergence_, y)
    for m in METHODS:
        line("kindred " + m, ours[m], *maps[m])
