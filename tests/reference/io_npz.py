# SPDX-License-Identifier: Apache-2.0
"""Writes .npz archives with NumPy and zlib in the folder tests/data/io; `check FILE` reads one that tests/io/npz.cpp wrote."""
import io
import sys
import zipfile
import zlib

import numpy as np

if sys.argv[1:2] == ["check"]:
    with np.load(sys.argv[2]) as a:
        assert sorted(a.files) == ["empty", "ids", "x", "이름"]
        assert (a["x"] == np.arange(12, dtype="f4").reshape(3, 4) / 2).all() and a["x"].dtype == np.float32
        assert (a["ids"] == [-1, 2**40]).all() and a["ids"].dtype == np.int64
        assert (a["이름"] == np.arange(12).reshape(3, 4)[:, 1:3] / 2).all()
        assert a["empty"].shape == (0, 5)
    assert zipfile.ZipFile(sys.argv[2]).testzip() is None
    print("the archive is read as it was written")
    sys.exit()

x = (np.arange(12) * 0.5 - 1).reshape(3, 4)
labels = np.arange(5, dtype="i4")
np.savez("stored.npz", x=x, labels=labels, **{"folder/이름": np.float64(2.5)})
np.savez_compressed("compressed.npz", x=x, labels=labels, cube=np.asfortranarray(np.arange(24, dtype="i2").reshape(2, 3, 4)))

np.savez_compressed("zeros.npz", x=np.zeros((200, 300), "f4"))  # far smaller than what comes out

# 300 x 20 integers that repeat, near and far, so that every length and distance code has a use
k = np.arange(6000)
table = ((k * k) % 251 + (k // 1000) * (k % 7)).astype("u1").reshape(300, 20)
held = io.BytesIO()
np.save(held, table)
strategies = {"default": (6, zlib.Z_DEFAULT_STRATEGY), "best": (9, zlib.Z_DEFAULT_STRATEGY), "level0": (0, zlib.Z_DEFAULT_STRATEGY),
              "fixed": (6, zlib.Z_FIXED), "huffman": (6, zlib.Z_HUFFMAN_ONLY), "runs": (6, zlib.Z_RLE)}
own_compressor = zipfile._get_compressor
with zipfile.ZipFile("blocks.npz", "w", zipfile.ZIP_DEFLATED) as archive:
    for name, (level, strategy) in strategies.items():
        zipfile._get_compressor = lambda kind, unused=None: zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
        archive.writestr(zipfile.ZipInfo(name + ".npy"), held.getvalue(), zipfile.ZIP_DEFLATED)
zipfile._get_compressor = own_compressor


class unseekable(io.RawIOBase):
    """A stream, so that sizes stand behind the members."""

    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)


with open("streamed.npz", "wb") as file:
    with zipfile.ZipFile(unseekable(file), "w") as archive:
        for name in ("a", "b"):
            with archive.open(name + ".npy", "w") as member:
                np.lib.format.write_array(member, x)

zipfile.ZIP64_LIMIT = 16  # from here on everything is large
with zipfile.ZipFile("zip64.npz", "w") as archive:
    for name in ("a", "b"):
        with archive.open(name + ".npy", "w", force_zip64=True) as member:
            np.lib.format.write_array(member, x)
