#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The best NumPy can do for what bench/runtime/ranking.cpp measures: average precision of a full ranking by class labels.

Scores of a block of queries come from one product. The relevance of an item replaces the lowest bit of its score, the
packed keys of a row are sorted as integers, and precision is read off the bits. Blocks go to Python threads, since NumPy
lets go of the interpreter while it multiplies and sorts.

  OPENBLAS_CORETYPE=SkylakeX OPENBLAS_NUM_THREADS=1 python3 bench/peers/average_precision.py --items 20000 --threads 2

OpenBLAS 0.3.21 does not know newer processors: without OPENBLAS_CORETYPE its products run three to five times slower on
machines with AVX-512. One BLAS thread per Python thread is the faster split.
"""

import argparse
import concurrent.futures
import time

import numpy as np


def data(rng, centres, items, dimensions):
    labels = rng.integers(0, len(centres), items)
    rows = rng.standard_normal((items, dimensions), np.float32) + np.float32(1.1 * 0.15) * centres[labels]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True), labels


def block_average_precision(queries, query_labels, gallery, gallery_labels):
    bits = (queries @ gallery.T).view(np.int32)
    keys = np.where(bits < 0, bits ^ 0x7FFFFFFF, bits)  # integers in the order of the numbers
    relevant = query_labels[:, None] == gallery_labels[None, :]
    keys = (keys & ~1) | relevant
    keys.sort(axis=1)
    hits = keys[:, ::-1] & 1
    found = np.cumsum(hits, axis=1)
    precision = found / np.arange(1, hits.shape[1] + 1, dtype=np.float32)
    return (precision * hits).sum(axis=1) / np.maximum(found[:, -1], 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=20000)
    parser.add_argument("--dimensions", type=int, default=512)
    parser.add_argument("--classes", type=int, default=25)
    parser.add_argument("--block", type=int, default=100, help="queries at a time")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=3)
    o = parser.parse_args()
    centres = np.random.default_rng(2001).standard_normal((o.classes, o.dimensions), np.float32)
    queries, query_labels = data(np.random.default_rng(2002), centres, o.items, o.dimensions)
    gallery, gallery_labels = data(np.random.default_rng(2003), centres, o.items, o.dimensions)

    def part(first):
        at = slice(first, first + o.block)
        return block_average_precision(queries[at], query_labels[at], gallery, gallery_labels)

    times = []
    for _ in range(o.repetitions):
        start = time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(o.threads) as pool:
            values = np.concatenate(list(pool.map(part, range(0, o.items, o.block))))
        times.append(time.perf_counter() - start)
    print(f"numpy packed keys: n={o.items} d={o.dimensions} classes={o.classes} threads={o.threads} "
          f"mAP {values.mean():.5f}, {1000 * np.median(times):.0f} ms (median of {o.repetitions})")


if __name__ == "__main__":
    main()
