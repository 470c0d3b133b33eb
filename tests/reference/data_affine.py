#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/data/affine.txt: a picture moved by scipy.ndimage.affine_transform (order 1, border mode grid-constant).
Lines: name, rows, columns, elements. Numbers of a map: rotation, shift down, shift across, scale, shear, flip, border."""
import pathlib

import numpy as np
from scipy import ndimage

MAPS = {"turned": (25, 0, 0, 1, 0, 0, 0.5), "moved": (0, 1.25, -2.5, 1, 0, 0, -1), "scaled": (0, 0, 0, 1.3, 0, 0, 0),
        "leaning": (0, 0, 0, 1, 20, 0, 0), "all": (-40, 0.7, 1.9, 0.8, -12, 1, 2)}


def moved(picture, rotation, down, across, scale, shear, flip, border):
    """The picture's own points go through flip, shear, scale, rotation and shift; scipy wants the way back."""
    turn, lean = np.radians(rotation), np.tan(np.radians(shear))
    c, s = np.cos(turn), np.sin(turn)
    forward = (np.array([[c, -s], [s, c]])  # (row, column): counterclockwise with rows growing downwards
               @ np.diag([scale, scale]) @ np.array([[1, 0], [lean, 1]]) @ np.diag([1, -1 if flip else 1]))
    back = np.linalg.inv(forward)
    middle = (np.array(picture.shape) - 1) / 2
    return ndimage.affine_transform(picture, back, middle - back @ (middle + [down, across]), order=1, mode="grid-constant", cval=border)


def main():
    draw = np.random.default_rng(3)
    picture = draw.integers(0, 100, (9, 12)).astype(float)
    out = {"picture": picture}
    for name, numbers in MAPS.items():
        out[name + ".map"] = np.array([numbers], float)
        out[name] = moved(picture, *numbers)
    path = pathlib.Path(__file__).resolve().parents[1] / "data" / "data" / "affine.txt"
    path.parent.mkdir(exist_ok=True)
    with open(path, "w") as file:
        for name, m in out.items():
            file.write(" ".join([name, str(m.shape[0]), str(m.shape[1]), *(f"{v:.13g}" for v in m.ravel())]) + "\n")


main()
