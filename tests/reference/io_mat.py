# SPDX-License-Identifier: Apache-2.0
"""Writes .mat files with SciPy in the folder tests/data/io."""
import numpy as np
from scipy.io import savemat
from scipy.sparse import csc_array

k = np.arange(12)
variables = {name: values.reshape(3, 4).astype(kind) for name, kind, values in [
    ("int8", "i1", k - 5), ("int16", "i2", k * 1000 - 5000), ("int32", "i4", k * 100000 - 500000), ("int64", "i8", k * 10**12 - 5 * 10**12),
    ("uint8", "u1", k * 20), ("uint16", "u2", k * 5000), ("uint32", "u4", k * 300000000), ("uint64", "u8", k * 10**15),
    ("single", "f4", k * 0.1 - 0.5), ("double", "f8", k * 0.1 - 0.5), ("logical", "bool", k % 3 == 0)]}
variables |= {"row": np.arange(5.0), "column": np.arange(5.0).reshape(5, 1), "number": 2.5, "empty": np.zeros((0, 3)),
              "cube": np.arange(24.0).reshape(2, 3, 4), "not_finite": np.array([[1, np.nan, np.inf]]),
              "complex": np.array([[1 + 2j]]), "text": "abc", "cell": np.array([[1, "a"]], dtype=object),
              "record": {"field": 1.0}, "large": np.cumsum((k * k) % 7).astype("f8").repeat(100).reshape(100, 12)}
savemat("plain.mat", variables)
savemat("compressed.mat", variables, do_compression=True)
savemat("small.mat", {"x": variables["double"], "row": variables["row"]}, do_compression=True)

r, c = np.mgrid[0:7, 0:5]
tags = np.where(((r * 5 + c) % 3 == 0) & (r != 4), r - 2.5 * c + 0.25, 0)
savemat("sparse.mat", {"tags": csc_array(tags), "flags": csc_array(np.array([[True, False, False], [False, False, True]])),
                       "none": csc_array((3, 2)), "column": csc_array(np.array([[0], [0], [3.0], [0]]))}, do_compression=True)
