# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/text/tf_idf.tsv and character_ngrams.tsv with scikit-learn.

Run from the repository's root:  python3 tests/reference/text_tf_idf.py
tf_idf.tsv: lines "case NAME", "idf TERM VALUE" in column order, "value ROW COLUMN VALUE".
character_ngrams.tsv: analyzer, shortest, longest, text, then the tokens in order.
"""

from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

# no lone tabs or line breaks: scikit-learn keeps those
documents = [
    "웃는 얼굴",
    "활짝  웃는 얼굴 얼굴",
    "빨간 사과",
    "사과 나무 사과",
    "red apple",
    "an apple a day",
    "얼굴",
    "a",
]
unseen = ["초록 사과", "xyz", "", "웃는 apple apple 얼굴 a"]
# 6 tokens occur 4 times or more, so that nothing ties at the cut
cases = {
    "plain": dict(),
    "not_smooth": dict(smooth_idf=False),
    "sublinear": dict(sublinear_tf=True),
    "no_norm": dict(norm=None),
    "min_df": dict(min_df=2),
    "max_df": dict(max_df=0.3),
    "max_features": dict(max_features=6),
    "words": dict(analyzer="char_wb", ngram_range=(2, 4), min_df=2, sublinear_tf=True, smooth_idf=False),
}
with open("tests/data/text/tf_idf.tsv", "w", encoding="utf-8") as out:
    for name, options in cases.items():
        options = {"analyzer": "char", "ngram_range": (1, 3), "lowercase": False, **options}
        model = TfidfVectorizer(**options).fit(documents)
        print("case", name, sep="\t", file=out)
        for term, idf in zip(model.get_feature_names_out(), model.idf_):
            print("idf", term, "%.17g" % idf, sep="\t", file=out)
        values = model.transform(documents + unseen).tocoo()
        for row, column, value in sorted(zip(values.row, values.col, values.data)):
            print("value", row, column, "%.17g" % value, sep="\t", file=out)

with open("tests/data/text/character_ngrams.tsv", "w", encoding="utf-8") as out:
    for analyzer in ("char", "char_wb"):
        for shortest, longest in ((1, 1), (1, 3), (2, 5)):
            analyze = CountVectorizer(analyzer=analyzer, ngram_range=(shortest, longest), lowercase=False).build_analyzer()
            for text in documents + ["  두  칸  ", "é 😀x", "", "   ", "가나다라마바"]:
                print(analyzer, shortest, longest, text, *analyze(text), sep="\t", file=out)
