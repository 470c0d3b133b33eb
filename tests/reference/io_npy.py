# SPDX-License-Identifier: Apache-2.0
"""Writes the .npy files of tests/data/io with NumPy. Run in the folder tests/data/io."""
import numpy as np

k = np.arange(12)
for kind, values in {
    "b1": k % 3 == 0,
    "i1": k - 5, "i2": k * 1000 - 5000, "i4": k * 100000 - 500000, "i8": k * 10**12 - 5 * 10**12,
    "u1": k * 20, "u2": k * 5000, "u4": k * 300000000, "u8": k * 10**15,
    "f2": k * 0.25 - 1.25, "f4": k * 0.1 - 0.5, "f8": k * 0.1 - 0.5,
}.items():
    for name, order in (("little", "<"), ("big", ">")):
        for layout in "CF":
            np.save(f"{kind}_{name}_{layout}.npy", np.array(values.reshape(3, 4).astype(order + kind), order=layout))

x = (k * 0.5).reshape(3, 4)
for version in ((1, 0), (2, 0), (3, 0)):
    with open(f"version_{version[0]}.npy", "wb") as f:
        np.lib.format.write_array(f, x, version=version)

np.save("number.npy", np.float64(2.5))
np.save("vector.npy", np.arange(5, dtype="<i4"))
np.save("column.npy", np.arange(5, dtype="<i8").reshape(5, 1))
np.save("no_rows.npy", np.zeros((0, 3), "<f4"))
np.save("no_columns.npy", np.zeros((3, 0), "<f8"))
np.save("cube_F.npy", np.asfortranarray(np.arange(24, dtype="<i2").reshape(2, 3, 4)))
np.save("pictures.npy", np.arange(2 * 3 * 4 * 2, dtype="u1").reshape(2, 3, 4, 2))
np.save("not_finite.npy", np.array([[1, 2], [np.nan, 4], [np.inf, -np.inf]], "<f4"))
np.save("fraction.npy", np.array([[1, 2.5]], "<f8"))
np.save("large.npy", np.array([2**31 - 1, 2**31, 2**53 + 1], "<i8"))
np.save("huge.npy", np.array([1e39, 3.4028235e38], "<f8"))
# zero, least and largest denormal, least normal, one, largest, infinities, NaN
np.save("half.npy", np.array([0, 0x8000, 1, 0x03FF, 0x0400, 0x3C00, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00, 0x7E00], "<u2").view("<f2"))
np.save("complex.npy", np.zeros(2, "<c16"))
np.save("text.npy", np.array(["a", "b"]))
np.save("record.npy", np.zeros(2, [("a", "<f4"), ("b", "<i4")]))
np.save("object.npy", np.array([1, "a", None], dtype=object), allow_pickle=True)
