#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/visual/attention.txt with PyTorch (made with 1.13.1); SciPy's zoom must agree with it.

Run from the repository's root:  python3 tests/reference/visual_attention.py
Each line: a name, rows, columns, the elements in rows. grid: weights; bilinear, nearest: interpolate() of the grid to 7 x 10,
of sizes that do not divide; small: bilinear to 2 x 3, smaller than the grid.
"""

import numpy as np
import torch
from scipy import ndimage

grid = np.random.default_rng(5).dirichlet(np.ones(12)).reshape(3, 4)


def resized(height, width, mode):
    more = {"align_corners": False} if mode == "bilinear" else {}
    return torch.nn.functional.interpolate(torch.from_numpy(grid)[None, None], size=(height, width), mode=mode, **more)[0, 0].numpy()


bilinear = resized(7, 10, "bilinear")
zoomed = ndimage.zoom(grid, (7 / 3, 10 / 4), order=1, mode="nearest", grid_mode=True)
assert np.abs(bilinear - zoomed).max() < 1e-12, np.abs(bilinear - zoomed).max()
with open("tests/data/visual/attention.txt", "w") as out:
    for name, m in {"grid": grid, "bilinear": bilinear, "nearest": resized(7, 10, "nearest-exact"),
                    "small": resized(2, 3, "bilinear")}.items():
        print(name, *m.shape, *("%.13g" % v for v in m.ravel()), file=out)
