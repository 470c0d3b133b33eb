#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the built search: galleries of numbers, texts and both, asked and checked against plain loops; and bad input.

usage: search.py PROGRAM
"""
import json
import math
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)


def write_npy(path, rows):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    numbers = [x for row in rows for x in row]
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(numbers)}f", *numbers))


def best(query, gallery, score, k):
    """(score, id) of the k best, equal scores by id, by a plain loop."""
    return sorted(((score(query, row), -i) for i, row in enumerate(gallery)), reverse=True)[:k]


def cosine(a, b):
    dot = sum(x * y for x, y in zip(a, b))
    return dot / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


def bhattacharyya(a, b):
    return sum(math.sqrt(x / sum(a) * y / sum(b)) for x, y in zip(a, b))


class Search(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.file = self.folder / "gallery.engine"

    def build(self, *arguments):
        done = run("build", *arguments, self.file)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        return done.stderr

    def ask(self, *arguments):
        done = run("query", self.file, *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def check_rows(self, compare, score, digits):
        random.seed(3)
        draw = lambda n: [[struct.unpack("f", struct.pack("f", random.random()))[0] for _ in range(9)] for _ in range(n)]
        gallery, queries = draw(60), draw(4)
        write_npy(self.folder / "gallery.npy", gallery)
        write_npy(self.folder / "queries.npy", queries)
        self.build("--compare", compare, self.folder / "gallery.npy")
        answers = [line.split("\t") for line in self.ask(self.folder / "queries.npy", "-k", 5).splitlines()]
        self.assertEqual(len(answers), 20)
        for q, query in enumerate(queries):
            for j, (wanted, negative) in enumerate(best(query, gallery, score, 5)):
                number, rank, found, value = answers[5 * q + j]
                self.assertEqual((int(number), int(rank), int(found)), (q, j + 1, -negative))
                self.assertAlmostEqual(float(value), wanted, digits)
        parsed = json.loads(self.ask(self.folder / "queries.npy", "-k", 5, "--json"))
        self.assertEqual([[r["id"] for r in one["results"]] for one in parsed],
                         [[int(answers[5 * q + j][2]) for j in range(5)] for q in range(4)])

    def test_rows_by_cosine(self):
        self.check_rows("cosine", cosine, 5)

    def test_rows_by_a_similarity_of_the_programs_own(self):
        self.check_rows("bhattacharyya", bhattacharyya, 5)

    def test_texts_find_texts(self):
        texts = ["빨간 자전거", "파란 자전거", "빨간 사과", "a red bicycle", "blue bicycles"]
        (self.folder / "lines.txt").write_text("\n".join(texts) + "\n", encoding="utf-8")
        self.build(self.folder / "lines.txt")
        answers = [line.split("\t") for line in self.ask("--text", "자전거", "--text", "bicycle", "-k", 2).splitlines()]
        self.assertEqual({int(a[2]) for a in answers[:2]}, {0, 1})
        self.assertEqual({int(a[2]) for a in answers[2:]}, {3, 4})
        for answer in answers:
            self.assertEqual(answer[4], texts[int(answer[2])])
        (self.folder / "queries.txt").write_text("\n".join(texts), encoding="utf-8")
        own = json.loads(self.ask(self.folder / "queries.txt", "-k", 1, "--json"))
        self.assertEqual([one["results"][0]["text"] for one in own], texts)

    def test_texts_find_rows_and_rows_find_texts(self):
        random.seed(5)
        words = ["sea", "sky", "lake", "moon"]
        kinds = [i % 4 for i in range(200)]
        rows = [[random.gauss(4 * (c == kind), 0.3) for c in range(6)] for kind in kinds]
        write_npy(self.folder / "rows.npy", rows)
        (self.folder / "lines.txt").write_text("".join(words[kind] + "\n" for kind in kinds))
        said = self.build("--captions", self.folder / "lines.txt", "--dimensions", 3, self.folder / "rows.npy")
        self.assertIn("learning", said)
        found = json.loads(self.ask(*(x for word in words for x in ("--text", word)), "-k", 20, "--json"))
        for kind, one in enumerate(found):
            self.assertEqual({kinds[r["id"]] for r in one["results"]}, {kind})
        write_npy(self.folder / "queries.npy", [[4 * (c == kind) for c in range(6)] for kind in range(4)])
        back = json.loads(self.ask(self.folder / "queries.npy", "-k", 3, "--json"))
        self.assertEqual([{r["text"] for r in one["results"]} for one in back], [{word} for word in words])

    def test_the_same_file_and_answers_from_any_number_of_threads_and_long_work_says_how_far_it_is(self):
        random.seed(7)
        write_npy(self.folder / "gallery.npy", [[random.gauss(0, 1) for _ in range(8)] for _ in range(2500)])
        files, answers = set(), set()
        for threads in (1, 2, 4):
            said = self.build("--threads", threads, self.folder / "gallery.npy")
            self.assertIn("100 % (2500 of 2500)", said)
            files.add(self.file.read_bytes())
            answers.add(self.ask("--threads", threads, self.folder / "gallery.npy", "-k", 7))
        self.assertEqual((len(files), len(answers)), (1, 1))

    def test_a_word_that_is_unknown_scores_0_and_a_byte_order_mark_is_no_character(self):
        self.build(self.text("marked", "\ufeff가을 하늘\r\n봄 바다\r\n"))
        self.assertEqual(self.ask("--text", "zzz"), "0\t1\t0\t0.000000\t가을 하늘\n0\t2\t1\t0.000000\t봄 바다\n")
        self.assertTrue(self.ask("--text", "가을", "-k", 1).startswith("0\t1\t0\t0."))

    def test_fewer_items_than_asked_for(self):
        write_npy(self.folder / "two.npy", [[1, 0], [0, 1]])
        self.build(self.folder / "two.npy")
        self.assertEqual(self.ask(self.folder / "two.npy", "-k", 5),
                         "0\t1\t0\t1.000000\n0\t2\t1\t0.000000\n1\t1\t1\t1.000000\n1\t2\t0\t0.000000\n")

    def refused(self, message, *arguments):
        got = run(*arguments)
        self.assertEqual((got.returncode, got.stdout), (1, ""), arguments)
        self.assertEqual(got.stderr.count("\n"), 1, got.stderr)
        self.assertIn(message, got.stderr)

    def test_bad_input_is_one_line_and_exit_code_1(self):
        rows, lines, other = self.folder / "rows.npy", self.folder / "lines.txt", self.folder / "other"
        write_npy(rows, [[1, 2, 3], [3, 2, 1]])
        lines.write_text("one\ntwo\n")
        self.build(rows)
        self.refused("subcommand is required")
        self.refused("FILE is required", "query")
        self.refused("", "query", "--unknown")
        self.refused("none", "query", self.folder / "none", rows)
        self.refused("none", "build", self.folder / "none.npy", other)
        self.refused("none", "build", self.folder / "none.txt", other)
        self.refused("-k: Value 0 not in range", "query", self.file, rows, "-k", 0)
        self.refused("-k: Value -3 not in range", "query", self.file, rows, "-k", -3)
        self.refused("nothing is asked", "query", self.file)
        self.refused("give a .npy file", "query", self.file, "--text", "word")
        self.refused("expected rows of 3 values, got 2", "query", self.file, self.npy("two", [[1, 2]]))
        self.refused("row 0 has -1 in column 1", "build", "--compare", "bhattacharyya", self.npy("below", [[1, -1]]), other)
        self.refused("nan", "build", self.npy("nan", [[1, math.nan]]), other)
        self.refused("3 lines, but", "build", "--captions", self.text("three", "a\nb\nc\n"), rows, other)
        self.refused("no lines", "build", self.text("empty", ""), other)
        self.refused("--captions belong to rows", "build", "--captions", lines, lines, other)
        self.refused("not in", "build", "--compare", "taste", rows, other)
        self.refused("line 2 is not UTF-8", "build", self.text("latin", b"a\n\xe9\n"), other)
        self.refused("", "build", rows, self.folder / "no folder" / "file")
        self.assertFalse(other.exists())

        whole = self.file.read_bytes()
        for cut in (0, 5, 60, len(whole) // 2, len(whole) - 1):
            other.write_bytes(whole[:cut])
            self.refused("other", "query", other, rows)
        random.seed(1)
        other.write_bytes(bytes(random.randrange(256) for _ in range(5000)))
        self.refused("other", "query", other, rows)
        other.write_bytes(whole.replace(b'"features"', b'"pictures"'))
        self.refused("encoder is 'pictures', expected 'features'", "query", other, rows)

    def npy(self, name, rows):
        path = self.folder / (name + ".npy")
        write_npy(path, rows)
        return path

    def text(self, name, content):
        path = self.folder / (name + ".txt")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def test_help(self):
        for arguments in ((), ("build",), ("query",)):
            got = run(*arguments, "--help")
            self.assertEqual((got.returncode, got.stderr), (0, ""))
            self.assertIn("--help", got.stdout)


unittest.main(verbosity=1)
