# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/text/word2vec_*.npy: what words::word2vec does, once more in double precision and one number at a time.

Run from the repository's root:  python3 tests/reference/text_word2vec.py
word2vec_ids.npy holds a small corpus, -1 behind each sentence; word id i occurs counts[i] times. Per case the vectors u and v
after training stand below each other. Random numbers are those that core/random.hpp and words/word2vec.hpp describe, so
subsampling, windows and noise are the same draws; gradients are written down from the loss, pair by pair.
"""

import math
import os

import numpy as np

MASK = (1 << 64) - 1
folder = "tests/data/text/"


def mixed(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def bits(seed, stream, i):
    z = (seed + 0x9E3779B97F4A7C15 * (stream + 1)) & MASK
    z = (mixed(z) + 0x9E3779B97F4A7C15 * (i + 1)) & MASK
    return mixed(z)


def alias_cells(weights):
    n = len(weights)
    height = [w * n / sum(weights) for w in weights]
    cells = [(0xFFFFFFFF, i) for i in range(n)]
    low = [i for i in range(n) if height[i] < 1]
    high = [i for i in range(n) if height[i] >= 1]
    while low and high:
        i, other = low.pop(), high[-1]
        cells[i] = (int(height[i] * 2.0**32), other)
        height[other] -= 1 - height[i]
        if height[other] < 1:
            low.append(high.pop())
    return cells


def train(ids, counts, dimension, window, negative, sample, passes, rate, cbow, parts, words_per_part, seed):
    words, total = len(counts), sum(counts)
    u = np.array([[(bits(seed, 0, r * dimension + j) >> 11) * 2.0**-53 - 0.5 for j in range(dimension)] for r in range(words)])
    u /= dimension
    v = np.zeros((words, dimension))
    cells = alias_cells([c**0.75 for c in counts])
    stays = [(math.sqrt(c / total / sample) + 1) * sample / (c / total) if sample > 0 else 1.0 for c in counts]

    def windows(number, start, end):
        at = start
        while at > 0 and at < end and ids[at - 1] != -1:
            at += 1
        while at < end:
            sentence = []
            while ids[at + len(sentence)] != -1:
                sentence.append(ids[at + len(sentence)])
            key = bits(seed, number + 1, at)
            draw = lambda i: mixed((key + 0x9E3779B97F4A7C15 * (i + 1)) & MASK)
            kept = []
            for i, word in enumerate(sentence):
                if stays[word] >= 1 or draw(i) >> 32 < int(stays[word] * 2.0**32):
                    kept.append((word, ((draw(i) & 0xFFFFFFFF) * window >> 32) + 1))
            for p, (centre, radius) in enumerate(kept):
                noise = []
                for k in range(negative):
                    d = draw(len(sentence) + p * negative + k)
                    cell = (d >> 32) * words >> 32
                    word = cell if d & 0xFFFFFFFF < cells[cell][0] else cells[cell][1]
                    if word != centre:
                        noise.append(word)
                yield centre, [kept[q][0] for q in range(max(0, p - radius), min(len(kept), p + radius + 1)) if q != p], noise
            at += len(sentence) + 1

    def one_part(number, start, a, u, v):
        for centre, context, noise in windows(number, start, min(len(ids), start + words_per_part)):
            if not context:
                continue
            du, dv = np.zeros_like(u), np.zeros_like(v)
            for c in [None] if cbow else context:
                h = np.mean([u[x] for x in context], axis=0) if cbow else u[c]
                for target, label in [(centre, 1.0)] + [(w, 0.0) for w in noise]:
                    g = a * (label - 1 / (1 + math.exp(-float(h @ v[target]))))
                    dv[target] += g * h
                    for x in context if cbow else [c]:
                        du[x] += g * v[target]
            u += du
            v += dv

    for number in range(passes):
        for begin in range(0, len(ids), parts * words_per_part):
            du, dv = np.zeros_like(u), np.zeros_like(v)
            for start in range(begin, min(len(ids), begin + parts * words_per_part), words_per_part):
                a = rate * max(1e-4, 1 - (number + start / len(ids)) / passes)
                mine, of_targets = u.copy(), v.copy()
                one_part(number, start, a, mine, of_targets)
                du += mine - u
                dv += of_targets - v
            u, v = u + du, v + dv
    return np.vstack([u, v])


random = np.random.default_rng(1)
ids = []
while len(ids) < 400:
    ids += [int(x) for x in np.minimum(24, random.geometric(0.15, random.integers(1, 14)) - 1)] + [-1]
counts = [max(1, ids.count(i)) for i in range(25)]
order = sorted(range(25), key=lambda i: (-counts[i], i))  # ids of a vocabulary descend by occurrences
ids = [order.index(i) if i >= 0 else -1 for i in ids]
counts = [counts[i] for i in order]
cases = {
    "skip_gram": dict(dimension=20, window=3, negative=5, cbow=False, parts=1, words_per_part=4096),
    "blocks": dict(dimension=33, window=2, negative=13, cbow=False, parts=1, words_per_part=4096),
    "rounds": dict(dimension=20, window=4, negative=5, cbow=False, parts=3, words_per_part=30),
    "cbow": dict(dimension=16, window=3, negative=7, cbow=True, parts=2, words_per_part=50),
}
os.makedirs(folder, exist_ok=True)
np.save(folder + "word2vec_ids.npy", np.array(ids, np.int32))
np.save(folder + "word2vec_counts.npy", np.array(counts, np.int32))
for name, options in cases.items():
    np.save(folder + f"word2vec_{name}.npy", train(ids, counts, sample=0.05, passes=2, rate=0.3, seed=7, **options).astype(np.float32))
