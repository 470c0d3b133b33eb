# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/text/normalize.tsv: text, NFC, NFD, NFKC, NFKD and case folded as code points, by Python's unicodedata and
str.casefold.

Run from the repository's root:  python3 tests/reference/text_normalize.py
Code points that Python's (older) Unicode version does not know are left out.
"""

import random
import sys
import unicodedata

random.seed(1)
every = [chr(c) for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF and unicodedata.category(chr(c)) not in ("Cn", "Co")]
composed = [c for c in every if unicodedata.decomposition(c) and not unicodedata.decomposition(c).startswith("<")]
marks = [c for c in every if unicodedata.combining(c)]
classes = {}
for c in marks:
    classes.setdefault(unicodedata.combining(c), []).append(c)
first = sorted({unicodedata.normalize("NFD", c)[0] for c in composed})

texts = [
    "한글",
    unicodedata.normalize("NFD", "한글 각 갂 가"),
    "\uac01\u11a8",  # a second trailing consonant stays
    "\uac00\u11a7",  # one before the first trailing consonant
    "\u1100\u1161\u11a8\u11a8",
    "\u1100\u0300\u1161",  # a mark between leading consonant and vowel blocks
    "\uac00\u0334\u11a8",
    "\u1100\uac00\u1161",
    "\u314e\u314f\u3134",  # compatibility letters do not compose
    "e\u0302\u0323",  # circumflex, dot below: the dot moves in front
    "\u00ea\u0323",
    "\u1eb9\u0302\u0302",
    "a\u0300\u0301\u0302",  # equal classes keep their order and block
    "a\u0301\u0300\u0316",
    "a\u0305\u0300",
    "d\u0307\u0323",
    "\u1e0b\u0323",
    "\u0958",  # exclusions stay apart
    "\u0915\u093c",
    "\ufb1d",
    "\u2adc",
    "\u2126",  # singletons
    "\u212b",
    "\uf900",
    "\U0002f800",
    "\u0344",
    "\u0300a",  # begins with a mark
    "\U00011099\U000110ba",  # beyond the basic plane
    "\U0001d15f",
    "\u09c7\u09be",  # a starter composes with a starter
    "\u0dd9\u0dcf\u0dca",
    "",
    "plain ASCII",
    "naïve café",
]
texts += random.sample(composed, 150)
for _ in range(250):
    length = random.randint(1, 5)
    # a starter that composes, then marks of different classes, now and then another starter in between
    text = random.choice(first) if random.random() < 0.8 else random.choice(every)
    for _ in range(length):
        draw = random.random()
        if draw < 0.7:
            text += random.choice(classes[random.choice(sorted(classes))])
        elif draw < 0.9:
            text += random.choice(classes[230])
        else:
            text += random.choice(composed)
    texts.append(text)
for _ in range(60):
    text = ""
    for _ in range(random.randint(1, 4)):
        text += chr(random.choice([random.randint(0x1100, 0x1113), random.randint(0x1160, 0x1176), random.randint(0x11A7, 0x11C3), random.randint(0xAC00, 0xD7A3)]))
    texts.append(text)


compatible = [c for c in every if unicodedata.decomposition(c).startswith("<")]
texts += ["ﬁ①㎏２³ﾊﾞ㍿ｶﾞ", "\u320e\u3260\u3131\u314f\uffa1\uffc2", "\ufdfa", "\u1e9b\u0323", "STRASSE Straße İ ΣΣς ǅ"]
texts += random.sample(compatible, 120)
for _ in range(80):
    texts.append("".join(random.choice(random.choice([compatible, composed, marks, every])) for _ in range(random.randint(2, 5))))
texts += random.sample([c for c in every if c.casefold() != c], 60)


def points(text):
    return " ".join("%X" % ord(c) for c in text)


with open("tests/data/text/normalize.tsv", "w", encoding="ascii") as out:
    for text in texts:
        out.write("\t".join([points(text)] + [points(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")]
                            + [points(text.casefold())]) + "\n")
print(len(texts), "texts, Unicode", unicodedata.unidata_version, file=sys.stderr)
