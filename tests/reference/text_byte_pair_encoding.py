# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/text/byte_pair_encoding.tsv: a byte pair encoding learned and applied in the plainest way, on strings.

Run from the repository's root:  python3 tests/reference/text_byte_pair_encoding.py
Lines "word WORD COUNT", "merge LEFT RIGHT" and "pieces TEXT PIECE..."; a blank is shown as U+2581, bytes as <0xHH>.
"""

import random
from collections import Counter

BLANK, FEWEST, SYMBOLS = "\u2581", 2, 256 + 200

draw = random.Random(5)
stems = ["나무", "사과", "사람", "학교", "도서관", "가가가", "low", "lowest", "newer", "wider", "aaaa", "banana", "abc", "bcd"]
ends = ["", "이", "가", "는", "은", "를", "에서", "에서는", "s", "er", "est", "가가", "aa", "bc", "나무"]
words = Counter()
for _ in range(3000):
    words[draw.choice(stems) + draw.choice(ends) * draw.choice([1, 1, 1, 2])] += 1
for rare in ["龍", "é", "한글\u2581", "naïve", "ï"]:  # one letter twice, the others once: those stay bytes
    words[rare] += 1
texts = [" ".join(draw.choices(list(words), k=6)) for _ in range(40)]
texts += ["", "a", "가", "aaaaaaa", "bananabanana", "한 글 龍", "\u2581 \u2581", "lower  newest", " 나무", "naïve ïï", "xyz 123"]


def is_character(symbol):
    return len(symbol) == 1 and (ord(symbol) < 128 or symbol in characters)


def start(word):
    """Symbols are strings; bytes of unknown characters are <0xHH> and take part in no merge."""
    out = []
    for c in word:
        out += [c] if is_character(c) or c == BLANK and out == [] else ["<0x%02X>" % b for b in c.encode()]
    return out


def merge(symbols, pair):
    out, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def pairs_of(symbols):
    return [p for p in zip(symbols, symbols[1:]) if not (p[0] + p[1]).count("<0x")]


letters = Counter()
for word, count in words.items():
    for c in word:
        letters[c] += count
characters = {c for c, n in letters.items() if ord(c) > 127 and c != BLANK and n >= FEWEST}
# the blank is not the character U+2581, which stays bytes: it stands at the front of a word only
spelled = {word: [BLANK] + start("x" + word)[1:] for word in words}
known = {chr(b) for b in range(128)} | characters | {BLANK}
merges = []
while 128 + len(known) - 1 < SYMBOLS:  # 128 bytes beyond ASCII; the blank stands for one of the 128 characters
    counts = Counter()
    for word, symbols in spelled.items():
        for pair in pairs_of(symbols):
            counts[pair] += words[word]
    if not counts:
        break
    # the blank is one byte, smaller than all letters
    best = min(counts, key=lambda p: (-counts[p], [s.replace(BLANK, " ").encode() for s in p]))
    if counts[best] < FEWEST:
        break
    if best not in merges:
        merges.append(best)
    known.add(best[0] + best[1])
    spelled = {word: merge(symbols, best) for word, symbols in spelled.items()}


def cut(text):
    """The words of " " + text: a run without white space with the one blank before it, or a blank alone."""
    out = []
    for part in (" " + text).split(" ")[1:]:
        out.append(part)
    return out


ranks = {pair: i for i, pair in enumerate(merges)}
with open("tests/data/text/byte_pair_encoding.tsv", "w", encoding="utf-8") as out:
    for word, count in words.items():
        print("word", word, count, sep="\t", file=out)
    for pair in merges:
        print("merge", *pair, sep="\t", file=out)
    for text in texts:
        pieces = []
        for word in cut(text) if text else []:
            symbols = [BLANK] + start("x" + word)[1:]
            while True:
                found = [p for p in pairs_of(symbols) if p in ranks]
                if not found:
                    break
                symbols = merge(symbols, min(found, key=ranks.get))
            pieces += symbols
        print("pieces", text, *pieces, sep="\t", file=out)
print(len(words), "words,", len(merges), "merges,", len(known), "symbols")
