#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the built sentence_classifier on small texts made here and checks what it prints and writes.

usage: sentence_classifier.py PROGRAM made       tables: numbers, threads, stopping and going on, models, report, bad input
       sentence_classifier.py PROGRAM embedded   the embedded default
"""
import gzip
import json
import math
import random
import re
import struct
import subprocess
import sys
import unittest

from program_case import PROGRAM, Case, run

SMALL = ["--maps", 6, "--dimension", 8, "--batch", 16, "--tokenizer", "whitespace", "--fewest", 1]
GOOD, BAD = ["좋다", "최고", "재밌다", "감동"], ["나쁘다", "최악", "지루하다", "실망"]
FILLERS = ["영화", "배우", "이야기", "그냥", "정말", "음악", "장면", "처음"]


def sentences(count, seed=7, classes=2):
    """Fillers and one word that gives the class away; class 2 has neither."""
    draw = random.Random(seed)
    rows = []
    for i in range(count):
        label = i % classes
        words = [draw.choice(FILLERS) for _ in range(draw.randint(2, 9))]
        if label < 2:
            words.insert(draw.randint(0, len(words)), draw.choice((GOOD, BAD)[label]))
        rows.append((f"t{i}", " ".join(words), ("good", "bad", "neutral")[label]))
    return rows


def table(path, rows, head=("id", "document", "label")):
    text = "".join("\t".join(row) + "\n" for row in [head, *rows])
    opened = gzip.open if path.name.endswith(".gz") else open
    with opened(path, "wb") as file:
        file.write(text.encode())
    return path


def npy(path):
    data = path.read_bytes()
    length = struct.unpack("<H", data[8:10])[0]
    head = eval(data[10:10 + length].decode())
    return head["shape"], head["descr"], data[10 + length:]


class Made(Case):
    def setUp(self):
        self.data = table(self.folder / "data.tsv", sentences(240))
        self.vectors = self.folder / "vectors.txt"
        words = FILLERS + GOOD + BAD + ["없는말"]
        draw = random.Random(5)
        lines = [w + "".join(f" {draw.gauss(0, 1):.4f}" for _ in range(8)) for w in words]
        self.vectors.write_text(f"{len(words)} 8\n" + "\n".join(lines) + "\n")

    def test_it_learns_and_tells_every_number(self):
        report = self.folder / "report.html"
        found, done = self.results("--data", self.data, *SMALL, "--epochs", 12, "--rate", 0.02, "--vectors", self.vectors, "--variant",
                                   "rand,static,non_static,multichannel", "--report", report, "--shown", 3)
        self.assertEqual(list(found["variants"]), ["rand", "static", "non_static", "multichannel"])
        self.assertEqual(found["manifest"]["classes"], ["bad", "good"])
        self.assertEqual((found["manifest"]["learn"], found["manifest"]["validate"], found["manifest"]["test"]), (172, 20, 48))
        self.assertEqual(found["most_frequent_class"], 0.5)
        for name, v in found["variants"].items():
            (tn, fp), (fn, tp) = v["confusion"]
            self.assertEqual(tn + fp + fn + tp, 48)
            self.assertAlmostEqual(v["accuracy"], (tn + tp) / 48, 12)
            self.assertAlmostEqual(v["classes"]["good"]["precision"], tp / (tp + fp), 12)
            self.assertAlmostEqual(v["classes"]["good"]["recall"], tp / (tp + fn), 12)
            self.assertAlmostEqual(v["classes"]["bad"]["f1"], 2 * tn / (2 * tn + fn + fp), 12)
            self.assertAlmostEqual(v["macro_f1"], (v["classes"]["bad"]["f1"] + v["classes"]["good"]["f1"]) / 2, 12)
            if name != "static":  # which has random vectors of 8 numbers here, for ever
                self.assertGreater(v["accuracy"], 0.9, name)
            self.assertRegex(done.stdout, rf"(?m)^{name} +{v['accuracy']:.4f} +{v['macro_f1']:.4f} ")
            curve = found["curves"][name][0]
            self.assertEqual(curve["validation"][curve["best_epoch"]], max(curve["validation"]))
            self.assertTrue(all(math.isfinite(x) for x in curve["loss"]))
        self.assertEqual(found["manifest"]["words"], 17)  # the vectors' own word among them
        self.assertEqual(found["manifest"]["words_with_vectors"], 17)
        self.assertEqual(found["manifest"]["words_of_tests_known"], 1)
        self.assertIn("left", done.stderr)
        page = report.read_text()
        self.assertEqual(page.count("<polyline"), 8)
        rest = page.split("<h3>Least sure</h3>")[1]
        unsure, surely_right = rest.split("<h3>Most surely right</h3>")
        self.assertEqual((unsure.count("<li class="), surely_right.count("<li class=\"right\">")), (3, 3))
        self.assertEqual(surely_right.count("<li class=\"wrong\">"), 0)
        self.assertEqual(set(re.findall(r"(?:src|href)=\"(.{5})", page)), set())

    def test_the_same_numbers_and_bytes_from_any_number_of_threads_and_others_from_another_seed(self):
        how = ["--data", self.data, *SMALL, "--epochs", 3, "--vectors", self.vectors, "--variant", "rand,multichannel"]
        one, two = (self.without_time(self.results(*how, "--threads", t, "--save", self.folder / f"{t}.safetensors")[0]) for t in (1, 2))
        self.assertEqual(one, two)
        self.assertEqual((self.folder / "1.safetensors").read_bytes(), (self.folder / "2.safetensors").read_bytes())
        self.assertNotEqual(one["curves"], self.results(*how, "--seed", 2)[0]["curves"])

    def test_stopped_and_gone_on_with_it_gives_the_same_bytes(self):
        how = ["--data", self.data, *SMALL, "--epochs", 30, "--patience", 0, "--vectors", self.vectors, "--variant", "non_static,static"]
        whole = self.without_time(self.results(*how, "--save", self.folder / "whole.safetensors")[0])
        kept = self.folder / "kept"
        process = subprocess.Popen([PROGRAM, *map(str, how), "--checkpoints", str(kept)], stderr=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL)
        while not (kept / "non_static.safetensors").exists() and process.poll() is None:
            pass
        process.kill()
        process.wait()
        found, done = self.results(*how, "--checkpoints", kept, "--save", self.folder / "again.safetensors")
        self.assertEqual(self.without_time(found), whole)
        self.assertEqual((self.folder / "whole.safetensors").read_bytes(), (self.folder / "again.safetensors").read_bytes())
        found, done = self.results(*how, "--checkpoints", kept)  # all is done
        self.assertEqual(self.without_time(found), whole)
        self.assertIn("resumed", done.stderr)
        again = run("--data", self.data, *SMALL, "--epochs", 31, "--patience", 0, "--vectors", self.vectors, "--checkpoints", kept)
        self.assertEqual(again.returncode, 1)
        self.assertIn("a checkpoint of the run", again.stderr.splitlines()[-1])

    def test_a_model_is_read_again_and_says_the_same(self):
        model, features = self.folder / "model.safetensors", self.folder / "features.npy"
        for tokenizer in (["--tokenizer", "whitespace"], ["--tokenizer", "bpe", "--symbols", 300], ["--tokenizer", "korean"]):
            trained, _ = self.results("--train", self.data, "--test", table(self.folder / "test.tsv.gz", sentences(40, 9)), *SMALL, *tokenizer,
                                      "--epochs", 8, "--rate", 0.02, "--save", model, "--features", features)
            measured, _ = self.results("--load", model, "--test", self.folder / "test.tsv.gz", "--features", self.folder / "tests.npy")
            self.assertEqual(measured["variants"]["rand"]["confusion"], trained["variants"]["rand"]["confusion"])
            rows = [r.split("\t") for r in features.with_suffix(".tsv").read_text().splitlines()]
            self.assertEqual(rows[0], ["id", "label", "part"])
            self.assertEqual([r[0] for r in rows[1:]], [f"t{i}" for i in range(240)] + [f"t{i}" for i in range(40)])
            self.assertEqual([sum(r[2] == part for r in rows) for part in ("train", "validation", "test")], [216, 24, 40])
            shape, kind, bytes_of = npy(features)
            self.assertEqual((shape, kind), ((280, 18), "<f4"))
            self.assertEqual(npy(self.folder / "tests.npy")[2], bytes_of[240 * 18 * 4:])
            texts = [text for _, text, _ in sentences(40, 9)]
            lines = run("--load", model, "--classify", input="\n".join(texts)).stdout.splitlines()
            self.assertEqual([l.split("\t")[2] for l in lines], texts)
            self.assertTrue(all(0.5 <= float(l.split("\t")[1]) <= 1 for l in lines))
            right = sum(l.split("\t")[0] == label for l, (_, _, label) in zip(lines, sentences(40, 9)))
            self.assertAlmostEqual(right / 40, trained["variants"]["rand"]["accuracy"], 12)
            alone = run("--load", model, "--classify", input=texts[5] + "\n").stdout
            self.assertEqual(alone, lines[5] + "\n")  # the others of a batch do not show
        self.assertEqual(run("--load", model, "--classify", input="").stdout, "")
        whole = model.read_bytes()
        model.write_bytes(whole.replace(b'"tokenizer":"korean"', b'"tokenizer":"jamo  "'))
        self.refused("model.safetensors", "--load", model, "--classify")
        model.write_bytes(whole.replace(b'"classes":"bad\\u000agood"', b'"classes":"bed\\u000agood"'))
        self.refused("the fingerprint", "--load", model, "--classify")
        length = int.from_bytes(whole[:8], "little")
        head = re.sub(rb'"maps":"\d+"', b'"maps":"1048576"', whole[8:8 + length])
        model.write_bytes(len(head).to_bytes(8, "little") + head + whole[8 + length:])
        self.refused("too few", "--load", model, "--classify")
        model.write_bytes(whole[:len(whole) // 2])
        self.refused("model.safetensors", "--load", model, "--classify")

    def test_folds_test_every_text_once(self):
        found, done = self.results("--data", table(self.folder / "three.tsv", sentences(150, 3, 3)), *SMALL, "--epochs", 10, "--rate", 0.02, "--folds", 3)
        v = found["variants"]["rand"]
        self.assertEqual(found["manifest"]["classes"], ["bad", "good", "neutral"])
        self.assertEqual([sum(row) for row in v["confusion"]], [50, 50, 50])
        self.assertEqual(len(v["folds"]), 3)
        self.assertAlmostEqual(sum(v["folds"]) / 3, v["accuracy"], 12)  # folds of one size
        self.assertGreater(v["accuracy"], 0.6)
        self.assertIn("deviation", done.stdout)

    def test_word_vectors_are_trained_on_the_training_texts(self):
        how = ["--data", self.data, *SMALL, "--epochs", 3, "--train-vectors", 3]
        one, two = (self.without_time(self.results(*how, "--threads", t)[0]) for t in (1, 2))
        self.assertEqual(one, two)
        self.assertEqual(list(one["variants"]), ["non_static"])
        self.assertEqual(one["manifest"]["words_with_vectors"], 16)

    def test_bad_lines_are_named_and_counted_or_refused(self):
        rows = sentences(60)
        bad = table(self.folder / "bad.tsv", rows[:30] + [("x", "fields"), ("y", " ", "good"), ("z", "말", "")] + rows[30:])
        bad.write_bytes(bad.read_bytes() + b"w\t\xff\xfe\tgood\n")
        found, done = self.results("--data", bad, *SMALL, "--epochs", 1)
        self.assertEqual(found["manifest"]["bad_lines"], 4)
        self.assertEqual(sum(found["manifest"][part] for part in ("learn", "validate", "test")), 60)
        for line, why in ((32, "expected 3 fields, got 2"), (33, "no text"), (34, "no label"), (65, "not UTF-8")):
            self.assertIn(f"left out: {bad}: line {line}: {why}\n", done.stderr)
        self.assertIn("lines left out: 4\n", done.stderr)
        self.refused("line 32: expected 3 fields, got 2", "--data", bad, "--strict", *SMALL)
        again, _ = self.results("--data", table(self.folder / "good.tsv", rows), *SMALL, "--epochs", 1)
        self.assertEqual(again["variants"], found["variants"])
        # lengths that no class reaches, and any length, are one
        wide, free = (self.results("--data", bad, *SMALL, "--epochs", 1, "--norm", norm)[0]["variants"] for norm in (1000, 0))
        self.assertEqual(wide, free)

    def test_columns_have_the_names_that_are_given(self):
        rows = [(label, text) for _, text, label in sentences(60)]
        path = table(self.folder / "columns.tsv", rows, ("class", "review"))
        found, _ = self.results("--data", path, "--text-column", "review", "--label-column", "class", *SMALL, "--epochs", 1)
        self.assertEqual(found["manifest"]["classes"], ["bad", "good"])
        self.refused("names no column 'document'", "--data", path)

    def test_bad_input_is_one_line_and_exit_code_1(self):
        data = ["--data", self.data]
        self.refused("--variant", *data, "--variant", "quick")
        self.refused("comes twice", *data, "--variant", "rand,rand")
        self.refused("needs --vectors", *data, "--variant", "static")
        self.refused("--tokenizer", *data, "--tokenizer", "scissors")
        self.refused("comes twice", *data, "--filters", "3,3")
        self.refused("--filters", *data, "--filters", "0")
        self.refused("--epochs", *data, "--epochs", 0)
        self.refused("--rate", *data, "--rate", 0)
        self.refused("none.tsv", "--data", self.folder / "none.tsv")
        self.refused("needs --test", "--train", self.data)
        self.refused("needs --train", "--test", self.data)
        self.refused("comes alone", *data, "--train", self.data)
        self.refused("needs --load", *data, "--classify")
        self.refused("without --save", *data, "--folds", 3, "--save", self.folder / "m")
        self.refused("folds", *data, "--folds", 999)
        self.refused("both name", *data, "--json", self.folder / "x", "--report", self.folder / "x")
        self.refused("none", *data, "--save", self.folder / "none" / "m.safetensors")
        self.refused("is a device, pipe or socket", *data, "--save", "/dev/null")
        self.refused("of at least 2 classes", "--data", table(self.folder / "one.tsv", [r for r in sentences(40) if r[2] == "good"]))
        self.refused("does not occur in", "--train", self.data, "--test", table(self.folder / "t.tsv", [("a", "글", "other")]))
        self.refused("no line with", "--data", table(self.folder / "head.tsv", []))
        (self.folder / "empty.tsv").write_bytes(b"")
        self.refused("an empty file", "--data", self.folder / "empty.tsv")
        cut = table(self.folder / "cut.tsv.gz", sentences(400))
        cut.write_bytes(cut.read_bytes()[:-20])
        self.refused("cut.tsv.gz", "--data", cut)
        self.vectors.write_text("2 3\n말 1 2\n")
        self.refused("vectors.txt", *data, "--vectors", self.vectors)
        self.refused("occurs 500 times", *data, "--tokenizer", "korean", "--fewest", 500)

    def test_help(self):
        got = run("--help")
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        self.assertIn("--train-vectors", got.stdout)


class Embedded(Case):
    def test_emoji(self):
        found, _ = self.results("--epochs", 4, "--batch", 16, "--threads", 1)
        self.assertEqual(found["manifest"]["data"], "embedded")
        self.assertEqual(len(found["manifest"]["classes"]), 9)
        self.assertGreater(found["variants"]["rand"]["accuracy"], found["most_frequent_class"] + 0.3)


if __name__ == "__main__":
    cases = {"made": Made, "embedded": Embedded}
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(cases[sys.argv[2]])
    sys.exit(not unittest.TextTestRunner(verbosity=1).run(suite).wasSuccessful())
