# SPDX-License-Identifier: Apache-2.0
"""Writes python.safetensors with the safetensors package (0.4 or later, with NumPy) in the folder tests/data/io; with the
argument `check` reads golden_1.safetensors there instead and compares it with what tests/io/safetensors.cpp writes."""
import json
import struct
import sys

import numpy as np
from safetensors.numpy import load_file, save_file
from safetensors import safe_open

k = np.arange(12)
if sys.argv[1:] == ["check"]:
    tensors = load_file("golden_1.safetensors")
    assert sorted(tensors) == ["bytes", "empty", "ids", "labels", "weight", "이름"]
    assert (tensors["weight"] == (k * 0.5 - 1).reshape(3, 4)).all() and tensors["weight"].dtype == np.float32
    assert (tensors["이름"] == k[:8] / 3.0).all() and tensors["이름"].dtype == np.float64
    assert (tensors["ids"] == k[:3] * 10**12).all() and tensors["ids"].dtype == np.int64
    assert (tensors["labels"] == [-1, 7]).all() and tensors["labels"].dtype == np.int32
    assert (tensors["bytes"] == [0, 255, 1]).all() and tensors["bytes"].dtype == np.uint8
    assert tensors["empty"].shape == (0, 5)
    with safe_open("golden_1.safetensors", "np") as file:
        assert file.metadata() == {"type": "golden 1", "text": '"quoted"\n\\ 한글'}
    print("golden_1.safetensors is read as it was written")
    sys.exit()

tensors = {name: values.reshape(3, 4).astype(dtype) for name, dtype, values in [
    ("BOOL", "bool", k % 3 == 0), ("U8", "u1", k * 20), ("I8", "i1", k - 5), ("I16", "i2", k * 1000 - 5000),
    ("U16", "u2", k * 5000), ("F16", "f2", k * 0.25 - 1.25), ("I32", "i4", k * 100000 - 500000),
    ("U32", "u4", k * 300000000), ("F32", "f4", k * 0.1 - 0.5), ("I64", "i8", k * 10**12 - 5 * 10**12),
    ("U64", "u8", k * 10**15), ("F64", "f8", k * 0.1 - 0.5)]}
tensors["vector"] = np.arange(5, dtype="i4")
tensors["column"] = np.arange(5, dtype="i8").reshape(5, 1)
tensors["number"] = np.array(2.5)
tensors["no rows"] = np.zeros((0, 3), "f4")
tensors["cube"] = np.arange(24, dtype="i2").reshape(2, 3, 4)
tensors["not finite"] = np.array([[1, 2], [np.nan, 4], [np.inf, -np.inf]], "f4")
save_file(tensors, "python.safetensors", metadata={"format": "np", "line": 'a "quoted"\tword \\ 한글'})

# NumPy has no bfloat16: the upper halves of floats under a head of our own, read back by the package
values = np.array([[1, -2.5], [2.0**-126, 3e38]], "f4")
data = (values.view("u4") >> 16).astype("<u2").tobytes()
head = json.dumps({"BF16": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, len(data)]}}).encode()
with open("bfloat16.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(head)) + head + data)
with safe_open("bfloat16.safetensors", "np") as file:
    assert file.keys() == ["BF16"]
