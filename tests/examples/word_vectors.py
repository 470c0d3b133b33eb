#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the built word_vectors: trains on a corpus made here, asks and measures the vectors, draws them, compares; kills and
resumes a training; and bad input.

usage: word_vectors.py PROGRAM
"""
import gzip
import json
import lzma
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import unicodedata
import unittest
import xml.etree.ElementTree as xml

PROGRAM = sys.argv.pop(1)
FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "data" / "text"
CLDR = pathlib.Path("/usr/share/unicode/cldr/common/annotations/ko.xml")
TOPICS = [topic.split() for topic in (
    "바다 파도 해변 모래 갈매기", "하늘 구름 바람 노을 무지개", "기차 버스 도로 다리 자동차", "학교 교사 학생 교실 칠판", "사과 포도 수박 참외 딸기",
    "피아노 기타 노래 악보 가수", "병원 의사 환자 약국 수술", "축구 야구 농구 선수 감독", "은행 금리 대출 예금 주식", "호랑이 사자 늑대 여우 토끼",
    "영화 배우 극장 대본 촬영", "국회 법률 선거 정당 후보")]
PARTICLES = ["", "", "에서", "까지", "의"]


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)


def made_corpus(sentences, particles=False):
    """Sentences of one topic each, so that words of a topic are neighbours."""
    draw = random.Random(4)
    lines = []
    for _ in range(sentences):
        words = draw.choices(draw.choice(TOPICS), k=8)
        lines.append(" ".join(w + draw.choice(PARTICLES) if particles else w for w in words) + ".\n")
    return "".join(lines)


def fixture(kind):
    """Lines of word_vectors.tsv, which gensim made, see tests/reference/text_word_vectors.py."""
    lines = [line.split("\t") for line in (FIXTURES / "word_vectors.tsv").read_text("utf-8").splitlines()]
    return [fields[1:] for fields in lines if fields[0] == kind]


class WordVectors(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.vectors = self.folder / "words.vec"

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def done(self, *arguments):
        got = run(*arguments)
        self.assertEqual(got.returncode, 0, got.stderr)
        return got

    def refused(self, message, *arguments):
        got = run(*arguments)
        self.assertEqual(got.returncode, 1, arguments)
        self.assertEqual(got.stdout, "")
        *progress, last = got.stderr.splitlines()
        self.assertTrue(last.startswith("word_vectors: "), got.stderr)
        self.assertIn(message, last)
        self.assertFalse([line for line in progress if line.startswith("word_vectors")], got.stderr)

    def check_topics(self, vectors):
        for topic in TOPICS:
            found = json.loads(self.done("neighbours", *topic, "--vectors", vectors, "--top", 4, "--json").stdout)
            for word in topic:
                self.assertEqual({near["word"] for near in found[word]}, set(topic) - {word})

    def test_words_of_a_topic_are_neighbours_whatever_packs_the_corpus_and_however_many_threads(self):
        corpus = made_corpus(4000)
        halves = corpus[:len(corpus) // 2].rpartition("\n")[0] + "\n"
        rest = corpus[len(halves):]
        packed = [self.file("a.txt.gz", gzip.compress(halves.encode())), self.file("b.txt.xz", lzma.compress(rest.encode()))]
        plain = self.file("all.txt", corpus)
        options = ["--size", 24, "--mode", "deterministic", "--tokenizer", "script_runs"]
        vectors = set()
        for threads, files in ((1, [plain]), (3, packed)):
            got = self.done("train", *files, "--out", self.vectors, "--threads", threads, "--json", self.folder / "train.json", *options)
            self.assertRegex(got.stderr, r"counted: 32000 words, 60 different")
            self.assertRegex(got.stderr, r"training: 100 %, pass 5 of 5, .* words/s, 0:00 left")
            self.assertIn("60 words, 24 numbers each", got.stdout)
            vectors.add(self.vectors.read_bytes())
        self.assertEqual(len(vectors), 1)
        self.check_topics(self.vectors)
        told = json.loads((self.folder / "train.json").read_text())
        self.assertEqual((told["words"], told["corpus_words"], told["mode"], told["size"]), (60, 32000, "deterministic", 24))
        self.assertGreater(told["words_per_second"], 0)

    def test_cbow_and_hogwild_learn_the_topics_too(self):
        corpus = self.file("c.txt", made_corpus(4000))
        for extra in (["--cbow"], []):
            self.done("train", corpus, "--out", self.vectors, "--size", 24, "--sample", 0, "--passes", 10, "--threads", 2, *extra)
            self.check_topics(self.vectors)

    def test_the_korean_tokenizer_takes_particles_off(self):
        corpus = self.file("c.txt", made_corpus(4000, particles=True))
        options = ["--out", self.vectors, "--size", 24, "--mode", "deterministic"]
        self.done("train", corpus, *options, "--tokenizer", "script_runs")
        split = self.vectors.read_text("utf-8").splitlines()
        self.assertEqual(len(split) - 1, 240)  # 60 words, alone and with each particle
        self.done("train", corpus, *options, "--tokenizer", "korean", "--tags", "NN")
        whole = self.vectors.read_text("utf-8").splitlines()
        self.assertEqual({line.split()[0] for line in whole[1:]}, {word for topic in TOPICS for word in topic})
        self.check_topics(self.vectors)
        self.done("train", corpus, *options, "--tokenizer", "korean", "--stems", "--tags", "NN")
        self.check_topics(self.vectors)

    def test_a_killed_training_goes_on_and_ends_with_the_same_bytes(self):
        corpus, state = self.file("c.txt", made_corpus(6000)), self.folder / "state"
        options = [corpus, "--size", 48, "--mode", "deterministic", "--passes", 12]
        self.done("train", *options, "--out", self.folder / "straight.vec", "--threads", 2)
        begun = subprocess.Popen([PROGRAM, "train", *map(str, options), "--out", self.vectors, "--checkpoint", state, "--every", "0"],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while not (state / "training.safetensors").exists() and begun.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        begun.send_signal(signal.SIGKILL)
        self.assertEqual(begun.wait(), -signal.SIGKILL, "training was over before it was killed")
        self.assertFalse(self.vectors.exists())
        self.refused("size is 48, but 49", "train", *options[:2], 49, *options[3:], "--out", self.vectors, "--checkpoint", state, "--resume")
        got = self.done("train", *options, "--out", self.vectors, "--checkpoint", state, "--resume", "--threads", 1)
        self.assertRegex(got.stderr, r"going on after (?!0\.0|100)\d+\.\d %")
        self.assertNotIn("counted", got.stderr)
        self.assertEqual(self.vectors.read_bytes(), (self.folder / "straight.vec").read_bytes())
        (state / "training.safetensors").write_bytes(b"\0" * 40)
        self.refused("training.safetensors", "train", *options, "--out", self.vectors, "--checkpoint", state, "--resume")

    def test_neighbours_and_analogies_are_those_of_gensim(self):
        vectors = FIXTURES / "word_vectors.txt"
        for word, most, *found in fixture("near"):
            got = json.loads(self.done("neighbours", word, "--vectors", vectors, "--top", 6, "--most-frequent", most, "--json").stdout)
            self.assertEqual([near["word"] for near in got[word]], found[::2])
            for near, score in zip(got[word], found[1::2]):
                self.assertAlmostEqual(near["score"], float(score), 5)
        for a, b, c, most, *found in fixture("additive"):
            got = json.loads(self.done("analogy", a, b, c, "--vectors", vectors, "--top", 4, "--most-frequent", most, "--json").stdout)
            self.assertEqual([near["word"] for near in got], found[::2])
        shown = self.done("neighbours", unicodedata.normalize("NFD", "호랑이"), "--vectors", vectors, "--top", 1).stdout
        self.assertEqual(shown, "1  빠르기  0.7135\n")
        self.done("analogy", "한국", "서울", "일본", "--vectors", vectors, "--method", "multiplicative")

    def test_evaluation_is_that_of_gensim(self):
        vectors, out = FIXTURES / "word_vectors.txt", self.folder / "e.json"
        got = self.done("evaluate", "--vectors", vectors, "--similarity", FIXTURES / "word_vectors_pairs.csv", "--analogy",
                        FIXTURES / "word_vectors_questions.txt", "--json", out)
        told = json.loads(out.read_text("utf-8"))
        (pearson, spearman, covered), = fixture("similarity")
        self.assertAlmostEqual(told["similarity"]["pearson"], float(pearson), 6)
        self.assertAlmostEqual(told["similarity"]["spearman"], float(spearman), 9)
        self.assertEqual((told["similarity"]["covered"], told["similarity"]["pairs"]), (int(covered), 43))
        for section, (_, name, correct, covered) in zip(told["analogy"]["sections"], [f for f in fixture("accuracy") if f[0] == "0"]):
            self.assertEqual((section["name"], section["covered"]), (name, int(covered)))
            if section["covered"]:
                self.assertAlmostEqual(section["additive"], int(correct) / int(covered), 9)
        self.assertIn("0.2557", got.stdout)
        self.assertIn("noun of adjective", got.stdout)

    def test_the_map_is_well_formed_and_shows_every_word(self):
        picture, places = self.folder / "map.svg", self.folder / "map.json"
        pictures = set()
        for threads in (1, 2):
            self.done("map", "--vectors", FIXTURES / "word_vectors.txt", "--top", 40, "--out", picture, "--json", places, "--threads", threads)
            pictures.add(picture.read_bytes())
        self.assertEqual(len(pictures), 1)
        tree = xml.parse(picture)
        shown = {element.text for element in tree.iter("{http://www.w3.org/2000/svg}text")}
        words = [line.split()[0] for line in (FIXTURES / "word_vectors.txt").read_text("utf-8").splitlines()[1:41]]
        self.assertLessEqual(set(words), shown)
        self.assertEqual([point["label"] for point in json.loads(places.read_text("utf-8"))["points"]], words)
        got = self.done("map", "--vectors", FIXTURES / "word_vectors.txt", "--tokenizer", "korean", "--tags", "NN", "--shortest", 2, "--out", picture,
                        "--json", places)
        kept = [point["label"] for point in json.loads(places.read_text("utf-8"))["points"]]
        self.assertIn("고양이", kept)
        self.assertFalse({"책", "달", "apple", "42"} & set(kept), kept)
        self.assertIn(f"{len(kept)} words", got.stdout)

    @unittest.skipUnless(CLDR.exists(), "no package unicode-cldr-core")
    def test_learned_vectors_are_compared_with_random_ones(self):
        texts = [re.sub(r"\s*\|\s*", " ", node.text) for node in xml.parse(CLDR).iter("annotation")]
        corpus, out = self.file("c.txt", "\n".join(texts * 3)), self.folder / "c.json"
        got = self.done("compare", corpus, "--sizes", "8,12", "--folds", 2, "--passes", 3, "--min-count", 2, "--sample", 0, "--similarity",
                        FIXTURES / "word_vectors_pairs.csv", "--analogy", FIXTURES / "word_vectors_questions.txt", "--json", out)
        told = json.loads(out.read_text("utf-8"))
        self.assertEqual([row["name"] for row in told["vectors"]], ["learned 8", "learned 12", "random 8", "random 12"])
        self.assertGreater(told["items"], 1500)
        for row in told["vectors"]:
            self.assertEqual(len(row["folds"]), 2)
            self.assertTrue(0.1 < row["average"]["mean"] < 1)
            self.assertAlmostEqual(row["average"]["mean"], sum(row["folds"]) / 2, 9)
            self.assertAlmostEqual(row["average"]["deviation"], abs(row["folds"][0] - row["folds"][1]) / 2 ** 0.5, 9)
            self.assertIn("%.4f ± %.4f" % (row["average"]["mean"], row["average"]["deviation"]), got.stdout)

    @unittest.skipUnless(CLDR.exists(), "no package unicode-cldr-core")
    def test_compare_cuts_the_texts_of_emoji_by_the_stems_of_the_corpus(self):
        # words whose last syllable the rules alone take for a particle, and nothing else
        texts = " ".join(node.text for node in xml.parse(CLDR).iter("annotation"))
        stems = sorted(set(re.findall(r"\b[가-힣]{2,4}(?:이|도|가|의|은|로|만)\b", texts)))
        lines = ["%s가 %s는 %s를 %s의 %s와 %s에서 %s처럼\n" % ((word,) * 7) for word in stems for _ in range(3)]
        out = self.folder / "c.json"
        self.done("compare", self.file("c.txt", "".join(lines)), "--tokenizer", "korean", "--tags", "NN", "--stems", "--sizes", 4, "--folds", 2,
                  "--passes", 1, "--min-count", 2, "--json", out)
        self.assertGreater(json.loads(out.read_text("utf-8"))["items"], 100)
        self.refused("--stems", "compare", "--vectors", FIXTURES / "word_vectors.txt", "--tokenizer", "korean", "--stems")

    def test_bad_input_is_one_line_and_exit_code_1(self):
        vectors, other = FIXTURES / "word_vectors.txt", self.folder / "other"
        self.refused("subcommand is required")
        self.refused("no corpus", "train", "--out", other)
        self.refused("none.txt", "train", "none.txt", "--out", other)
        self.refused("is a device, pipe or socket", "train", self.file("a", "a a a a a b b b b b"), "--out", "/dev/null")
        self.refused("--every", "train", self.file("a", "a a a a a b b b b b"), "--out", other, "--every", "nan")
        self.refused("none.txt", "compare", "none.txt")
        self.refused("--out is required", "train", "none.txt")
        self.refused("no folder", "train", self.file("a", "a a a a a b b b b b"), "--out", self.folder / "no folder" / "x")
        self.refused("occur 5 times or more", "train", self.file("few", "a b c"), "--out", other, )
        self.refused("--resume goes on from", "train", self.file("few", "a b c"), "--out", other, "--resume")
        self.refused("not in", "train", self.file("few", "a b c"), "--out", other, "--tokenizer", "morphemes")
        self.refused("gives no tags", "train", self.file("few", "a b c"), "--out", other, "--tags", "NN")
        self.refused("gzip", "train", self.file("b.gz", gzip.compress(b"a b c d" * 99)[:30]), "--out", other)
        self.refused("xz", "train", self.file("b.xz", lzma.compress(b"a b c d" * 99)[:40]), "--out", other)
        self.refused("the word '화성' is not among the 48 words", "neighbours", "화성", "--vectors", vectors)
        self.refused("none.vec", "neighbours", "한국", "--vectors", "none.vec")
        self.refused("line 2", "neighbours", "한국", "--vectors", self.file("v", "1 3\n한국 1 x 3\n"))
        self.refused("A_B_C", "analogy", "한국", "서울", "--vectors", vectors)
        self.refused("nothing to evaluate with", "evaluate", "--vectors", vectors)
        self.refused("line 2: expected three fields, got 2", "evaluate", "--vectors", vectors, "--similarity", self.file("p", "a,b,1\na,b\n"))
        self.refused("line 1: expected four words, got 3", "evaluate", "--vectors", vectors, "--analogy", self.file("q", "a b c\n"))
        self.refused("3 words qualify", "map", "--vectors", self.file("v", "3 1\na 1\nb 2\nc 3\n"), "--out", other)
        self.refused("nothing to compare", "compare")
        self.refused("not both", "compare", self.file("few", "a b c"), "--vectors", vectors)
        self.refused("--folds", "compare", self.file("few", "a b c"), "--folds", 1)
        self.assertFalse(other.exists())

    def test_help(self):
        for arguments in ((), ("train",), ("neighbours",), ("analogy",), ("evaluate",), ("map",), ("compare",)):
            got = run(*arguments, "--help")
            self.assertEqual((got.returncode, got.stderr), (0, ""))
            self.assertIn("--help", got.stdout)
        self.assertEqual(run("--version").returncode, 0)


unittest.main(verbosity=1)
