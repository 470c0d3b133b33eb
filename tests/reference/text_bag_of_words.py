# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/text/bag_of_words.tsv with scikit-learn.

Run from the repository's root:  python3 tests/reference/text_bag_of_words.py
Lines "case NAME", "term TERM" in column order, "value ROW COLUMN VALUE".
"""

from sklearn.feature_extraction.text import CountVectorizer

documents = [
    "사과 나무 와 사과 꽃",
    "빨간 사과 한 개",
    "An apple a day keeps the Doctor away",
    "the DOCTOR ate the apple",
    "꽃 과 나무 the end",
    "",
    "나무 나무 나무 an An AN",
]
unseen = ["초록 사과 an APPLE apple", "xyz", ""]
# 6 words occur 3 times or more with case folded, 2 of them 5 times, so nothing ties at the cut
cases = {
    "plain": dict(),
    "binary": dict(binary=True),
    "min_df": dict(min_df=2),
    "max_df": dict(max_df=0.3),
    "max_features": dict(max_features=1),
    "folded": dict(lowercase=True),
    "characters": dict(analyzer="char", ngram_range=(1, 2), min_df=3),
}
with open("tests/data/text/bag_of_words.tsv", "w", encoding="utf-8") as out:
    for name, options in cases.items():
        model = CountVectorizer(**{"lowercase": False, "token_pattern": r"\S+", **options}).fit(documents)
        print("case", name, sep="\t", file=out)
        for term in model.get_feature_names_out():
            print("term", term, sep="\t", file=out)
        values = model.transform(documents + unseen).tocoo()
        for row, column, value in sorted(zip(values.row, values.col, values.data)):
            print("value", row, column, value, sep="\t", file=out)
