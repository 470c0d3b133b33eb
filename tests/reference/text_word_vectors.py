# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/text/word_vectors*.{txt,csv,tsv} with NumPy, gensim and SciPy.

Run from the repository's root:  python3 tests/reference/text_word_vectors.py      (gensim 4.2, SciPy 1.10, NumPy 1.24)
word_vectors.txt: 48 words in word2vec text. word_vectors_questions.txt: analogies in sections, some with unknown words.
word_vectors_pairs.csv: word pairs with tied similarities and unknown words.
word_vectors.tsv: what the peers make of them. Lines
  near WORD MOST_FREQUENT (WORD SCORE)*              most_similar
  additive A B C MOST_FREQUENT (WORD SCORE)*         most_similar(positive=[b, c], negative=[a])
  multiplicative A B C MOST_FREQUENT (WORD SCORE)*   most_similar_cosmul, among all words
  accuracy MOST_FREQUENT SECTION CORRECT COVERED     evaluate_word_analogies(case_insensitive=False)
  similarity PEARSON SPEARMAN COVERED                evaluate_word_pairs
  correlation PEARSON SPEARMAN X* | Y*               scipy.stats, with ties
  ranks X* | RANK*                                   scipy.stats.rankdata
"""

import numpy
from gensim.models import KeyedVectors
from scipy import stats

FOLDER = "tests/data/text/"
random = numpy.random.RandomState(20)
countries = ["한국", "일본", "중국", "영국", "독일", "스페인", "그리스", "이집트", "태국", "이라크"]
capitals = ["서울", "도쿄", "베이징", "런던", "베를린", "마드리드", "아테네", "카이로", "방콕", "바그다드"]
adjectives = ["크다", "작다", "빠르다", "느리다", "밝다", "어둡다"]
nouns = ["크기", "작음", "빠르기", "느림", "밝기", "어둠"]
others = ["apple", "red", "사과", "나무", "얼굴", "영화", "컴퓨터", "소프트웨어", "호랑이", "고양이", "책", "종이", "42", "바다", "하늘", "달"]
vectors = {}
for left, right, noise in ((countries, capitals, 0.45), (adjectives, nouns, 0.7)):
    offset = random.randn(10)
    for a, b in zip(left, right):
        vectors[a] = random.randn(10)
        vectors[b] = vectors[a] + offset + noise * random.randn(10)
for word in others:
    vectors[word] = random.randn(10)
order = list(vectors)
random.shuffle(order)
with open(FOLDER + "word_vectors.txt", "w", encoding="utf-8") as out:
    print(len(order), 10, file=out)
    for word in order:
        print(word, *("%.3f" % x for x in vectors[word]), file=out)

with open(FOLDER + "word_vectors_questions.txt", "w", encoding="utf-8") as out:
    print(": capital", file=out)
    for i in range(10):
        for j in range(10):
            if i != j and (i + j) % 3:
                print(countries[i], capitals[i], countries[j], capitals[j], file=out)
    print("한국", "서울", "화성", "수도", file=out)
    print(": noun of adjective", file=out)
    for i in range(6):
        for j in range(6):
            if i != j:
                print(adjectives[i], nouns[i], adjectives[j], nouns[j], file=out)
    print(": unknown", file=out)
    print("가", "나", "다", "라", file=out)

pairs = [(order[i], order[(7 * i + 3) % len(order)], round(random.rand() * 10)) for i in range(40)]
pairs += [("호랑이", "호랑이", 10), ("없음", "책", 3), ("책", "종이", 7.25)]
with open(FOLDER + "word_vectors_pairs.csv", "w", encoding="utf-8-sig") as out:
    print("word 1,word 2,score", file=out)
    for a, b, score in pairs:
        print(a, b, score, sep=",", file=out)

model = KeyedVectors.load_word2vec_format(FOLDER + "word_vectors.txt")
flat = lambda found: [x for word, score in found for x in (word, "%.9g" % score)]
with open(FOLDER + "word_vectors.tsv", "w", encoding="utf-8") as out:
    write = lambda *fields: print(*fields, sep="\t", file=out)
    for word in ("한국", "호랑이", "apple", "느림"):
        for most in (0, 20):
            write("near", word, most, *flat(model.most_similar(word, topn=6, restrict_vocab=most or None)))
    for a, b, c in (("한국", "서울", "일본"), ("아테네", "그리스", "방콕"), ("크다", "크기", "밝다"), ("책", "달", "책"), ("달", "달", "책")):
        for most in (0, 20):
            write("additive", a, b, c, most, *flat(model.most_similar(positive=[b, c], negative=[a], topn=4, restrict_vocab=most or None)))
        write("multiplicative", a, b, c, 0, *flat(model.most_similar_cosmul(positive=[b, c], negative=[a], topn=4)))
    for most in (0, 40):
        _, sections = model.evaluate_word_analogies(FOLDER + "word_vectors_questions.txt", restrict_vocab=most or None, case_insensitive=False)
        for s in sections:
            name = "total" if s["section"] == "Total accuracy" else s["section"]
            write("accuracy", most, name, len(s["correct"]), len(s["correct"]) + len(s["incorrect"]))
    pearson, spearman, _ = model.evaluate_word_pairs(FOLDER + "word_vectors_pairs.csv", delimiter=",", encoding="utf-8-sig", case_insensitive=False)
    write("similarity", "%.17g" % pearson[0], "%.17g" % spearman[0], sum(a in model and b in model for a, b, _ in pairs))
    for n in (2, 3, 12, 50):
        x, y = random.randint(0, 5 + n // 4, n), random.randint(0, 6, n) + random.rand(n).round(1)
        write("correlation", "%.17g" % stats.pearsonr(x, y)[0], "%.17g" % stats.spearmanr(x, y)[0], *x, "|", *("%.17g" % v for v in y))
        write("ranks", *x, "|", *stats.rankdata(x))
