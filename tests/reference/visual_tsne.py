# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/visual/tsne.txt with scikit-learn (made with 1.2.1).

Run from the repository's root:  python3 tests/reference/visual_tsne.py
Each line: a name, the number of rows and columns, the elements in rows. x: rows; p, p_near: their affinities at perplexity 8
over all pairs and over the 25 nearest; places: points of a map; gradient, divergence: of KL(P || Q) there; pca: the start.
"""

import numpy as np
from scipy.spatial.distance import pdist, squareform
from sklearn.decomposition import PCA
from sklearn.manifold._t_sne import _joint_probabilities, _joint_probabilities_nn, _kl_divergence
from sklearn.neighbors import NearestNeighbors

rng = np.random.default_rng(31)
n, perplexity = 45, 8
x = (rng.normal(size=(3, 4)) * 3)[np.arange(n) % 3] + rng.normal(size=(n, 4))
p = squareform(_joint_probabilities(squareform(pdist(x, "sqeuclidean")), perplexity, 0))
near = NearestNeighbors(n_neighbors=3 * perplexity + 1).fit(x).kneighbors_graph(mode="distance")
near.data **= 2
p_near = _joint_probabilities_nn(near, perplexity, 0).toarray()
places = rng.normal(size=(n, 2)) * 2
divergence, gradient = _kl_divergence(places.ravel(), squareform(p, checks=False), 1, n, 2)
axes = PCA(2).fit(x)
pca = axes.transform(x) * np.sign(axes.components_[np.arange(2), np.abs(axes.components_).argmax(1)])
pca = pca / np.std(pca[:, 0]) * 1e-4

with open("tests/data/visual/tsne.txt", "w") as out:
    for name, m in {"x": x, "p": p, "p_near": p_near, "places": places, "gradient": gradient.reshape(n, 2),
                    "divergence": np.array([[divergence]]), "pca": pca}.items():
        print(name, *m.shape, *("%.9g" % v if name.startswith("p_") or name == "p" else "%.17g" % v for v in m.ravel()), file=out)
