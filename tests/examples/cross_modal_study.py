#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the built cross_modal_study and checks what it prints and writes.

usage: cross_modal_study.py PROGRAM made       data made here: results, report, bad input
       cross_modal_study.py PROGRAM embedded   the embedded default
       cross_modal_study.py PROGRAM real       the Wikipedia data; exit code 77 where they are absent
"""
import base64
import html.parser
import json
import math
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest

from program_case import PROGRAM, npy, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
METHODS = ["random", "pca", "cfa", "pls", "cca", "cca_rho", "kcca", "kcca_rho", "mcca", "ml_cca", "sm", "scm",
           "jrl", "s2upg", "jgrhml"]
MEASURES = ["map", "hit@1", "hit@5", "hit@10"]


def matrix(path, rows):
    npy(path, [v for row in rows for v in row], (len(rows), len(rows[0]) if rows else 3))


def labels(path, values):
    npy(path, values, (len(values),), "i", "<i4")


def made_data(folder, train=90, test=60, classes=3, noise=0.6, columns=(12, 8), seed=7):
    """Pairs that share a class centre and an own hidden vector, seen through two random matrices."""
    draw = random.Random(seed)
    hidden = 4
    centres = [[draw.gauss(0, 2) for _ in range(hidden)] for _ in range(classes)]
    views = [[[draw.gauss(0, 1) for _ in range(c)] for _ in range(hidden)] for c in columns]
    folder.mkdir(parents=True, exist_ok=True)
    for half, count in (("train", train), ("test", test)):
        classes_of = [i % classes for i in range(count)]
        rows = ([], [])
        for label in classes_of:
            z = [c + draw.gauss(0, 0.7) for c in centres[label]]
            for view, out in zip(views, rows):
                out.append([sum(z[k] * view[k][c] for k in range(hidden)) + draw.gauss(0, noise)
                            for c in range(len(view[0]))])
        matrix(folder / f"{half}_images.npy", rows[0])
        matrix(folder / f"{half}_texts.npy", rows[1])
        labels(folder / f"{half}_labels.npy", [10 * c - 10 for c in classes_of])  # a negative one among them
    return folder


class Page(html.parser.HTMLParser):
    """Checks that elements are closed in order and collects what is of interest."""
    VOID = {"meta", "img", "br", "link", "line"}

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.cells, self.sources, self.text = [], [], [], [], ""
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        values = dict(attributes)
        for name in ("src", "href"):
            if name in values:
                self.sources.append(values[name])
        if tag == "td":
            self.cells.append("")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (self.open, tag)
        self.open.pop()

    def handle_data(self, data):
        self.text += data
        if self.open and self.open[-1] == "td":
            self.cells[-1] += data


class Study(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)

    def tearDown(self):
        self.temporary.cleanup()

    def study(self, *arguments):
        """A run that must succeed; its JSON and the run."""
        path = self.folder / "out.json"
        done = run(*arguments, "--json", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(path.read_text(encoding="utf-8")), done

    def check_numbers(self, results, methods):
        self.assertEqual(list(results["methods"]), methods)
        for name, method in results["methods"].items():
            self.assertEqual(list(method), ["image_to_text", "text_to_image"], name)
            for direction in method.values():
                self.assertEqual(list(direction), MEASURES)
                for value in direction.values():
                    self.assertTrue(0 <= value <= 1, (name, direction))
                self.assertLessEqual(direction["hit@1"], direction["hit@5"])
                self.assertLessEqual(direction["hit@5"], direction["hit@10"])

    def refused(self, *arguments, naming):
        done = run(*arguments)
        self.assertEqual(done.returncode, 1, (arguments, done.stderr))
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertTrue(lines[0].startswith("cross_modal_study: "), lines)
        self.assertNotIn(".hpp:", lines[0])
        for word in [naming] if isinstance(naming, str) else naming:
            self.assertIn(word, lines[0])
        self.assertEqual(done.stdout, "")


class Made(Study):
    def setUp(self):
        super().setUp()
        self.data = made_data(self.folder / "data")

    def test_tables_json_and_report_tell_the_same(self):
        report = self.folder / "report.html"
        results, done = self.study("--data", self.data, "--report", report, "--folds", 3, "--threads", 2)
        self.check_numbers(results, METHODS)
        manifest = results["manifest"]
        self.assertEqual((manifest["seed"], manifest["threads"], manifest["device"], manifest["data"]),
                         (1, 2, "cpu", str(self.data)))
        self.assertRegex(manifest["version"], r"^\d+\.\d+\.\d+$")
        self.assertEqual(manifest["shapes"], {"train": {"images": [90, 12], "texts": [90, 8]},
                                              "test": {"images": [60, 12], "texts": [60, 8]}})
        self.assertEqual(list(results["timings"]["methods"]), METHODS)

        text = report.read_text(encoding="utf-8")
        page = Page(text)
        self.assertIn('<meta charset="utf-8">', text)
        self.assertTrue(text.startswith("<!doctype html>"))
        self.assertEqual(page.tags.count("polyline"), 2 * len(METHODS))
        self.assertEqual([s for s in page.sources if not s.startswith("data:")], [])
        self.assertNotIn("http", text)
        self.assertNotIn("script", page.tags)
        for method in results["methods"].values():
            both = [method["image_to_text"], method["text_to_image"]]
            numbers = [d["map"] for d in both] + [sum(d["map"] for d in both) / 2]
            numbers += [d[m] for d in both for m in MEASURES[1:]]
            numbers += [sum(d[m] for d in both) / 2 for m in MEASURES[1:]]
            for number in numbers:
                self.assertIn("%.4f" % number, done.stdout)
                self.assertIn("%.4f" % number, page.cells)

        # the two tables, three lists for each direction and ten results in each
        self.assertEqual(len(re.findall(r"^By the image of: ", done.stdout, re.M)), 3)
        self.assertEqual(len(re.findall(r"^By the text: ", done.stdout, re.M)), 3)
        self.assertEqual(len(re.findall(r"^ .*class -?\d+ +(?:image|text) \d+$", done.stdout, re.M)), 60)
        self.assertEqual(page.tags.count("ol"), 6)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["data", "out.json", "report.html"])
        self.assertNotIn("\r", done.stderr)

    def test_learning_beats_chance_and_chance_is_chance(self):
        results, _ = self.study("--data", self.data, "--folds", 3)
        mean = lambda m: sum(d["map"] for d in results["methods"][m].values()) / 2
        for method in METHODS[2:]:
            self.assertGreater(mean(method), 0.6, method)
        self.assertLess(abs(mean("random") - 1 / 3), 0.08)
        chosen = results["chosen"]
        self.assertEqual(chosen["random"], {})
        self.assertEqual(list(chosen["cca_rho"]), ["dimensions", "standardize", "ridge", "power", "validation_map"])
        for method in METHODS[1:]:
            self.assertTrue(0 < chosen[method]["validation_map"] <= 1)
        self.assertEqual(list(chosen["s2upg"]), ["gamma", "sigma", "neighbours", "votes", "validation_map"])
        # one budget for all: as many trials as there are settings, at most 8, and the best is the one that was chosen
        self.assertEqual(results["manifest"]["trials"], 8)
        self.assertEqual(list(results["trials"]), METHODS[1:])
        for method, trials in results["trials"].items():
            rows = trials["table"].splitlines()
            self.assertEqual(len(rows), trials["count"] + 1)
            self.assertLessEqual(trials["count"], 8)
            means = [float(row.split(",")[3]) for row in rows[1:]]
            self.assertAlmostEqual(max(means), chosen[method]["validation_map"], 7)
        self.assertEqual([results["trials"][m]["count"] for m in ("pca", "cca", "jrl", "s2upg", "jgrhml")], [2, 8, 8, 8, 8])

    def test_a_smaller_budget_tries_fewer_settings(self):
        few, done = self.study("--data", self.data, "--methods", "cca,jrl,sm", "--folds", 3, "--trials", 3, "--lists", 0)
        self.assertEqual([t["count"] for t in few["trials"].values()], [3, 3, 3])
        self.assertEqual(done.stdout.count("the best of 3 trials"), 3)
        many, _ = self.study("--data", self.data, "--methods", "cca,jrl,sm", "--folds", 3, "--trials", 5, "--lists", 0)
        values = lambda table: [row.split(",")[3:] for row in table.splitlines()]  # the rank depends on the other trials
        for method in few["trials"]:
            self.assertEqual(values(few["trials"][method]["table"]), values(many["trials"][method]["table"])[:4])
            self.assertGreaterEqual(many["chosen"][method]["validation_map"], few["chosen"][method]["validation_map"])
        self.refused("--trials", 0, naming="--trials")

    def test_well_separated_classes_are_found_without_a_mistake(self):
        data = made_data(self.folder / "easy", noise=0.0, classes=2)
        draw = random.Random(3)
        for half, count in (("train", 90), ("test", 60)):
            for view in ("images", "texts"):  # one direction per class, hardly disturbed
                matrix(data / f"{half}_{view}.npy",
                       [[10.0 * (i % 2 == c) + draw.gauss(0, 0.01) for c in range(2)] for i in range(count)])
        results, _ = self.study("--data", data, "--methods", "cca,cfa", "--folds", 3)
        self.check_numbers(results, ["cfa", "cca"])
        for direction in results["methods"]["cfa"].values():
            self.assertEqual(list(direction.values()), [1, 1, 1, 1])

    def test_threads_do_not_change_the_results(self):
        def stripped(threads):
            results, done = self.study("--data", self.data, "--folds", 3, "--threads", threads, "--lists", 1)
            self.assertEqual(results["manifest"].pop("threads"), threads)
            del results["timings"]
            return json.dumps(results), done.stdout

        self.assertEqual(stripped(1), stripped(2))

    def test_the_seed_changes_chance_and_nothing_is_drawn_without_it(self):
        values = [self.study("--data", self.data, "--methods", "random", "--seed", s)[0]["methods"] for s in (1, 1, 2)]
        self.assertEqual(values[0], values[1])
        self.assertNotEqual(values[0], values[2])

    def test_fewer_items_on_demand(self):
        results, _ = self.study("--data", self.data, "--methods", "cca", "--folds", 2, "--items", 30)
        self.assertEqual(results["manifest"]["shapes"]["train"]["images"], [30, 12])
        self.assertEqual(results["manifest"]["shapes"]["test"]["texts"], [30, 8])

    def test_methods_come_in_the_order_of_the_tables_and_once(self):
        results, _ = self.study("--data", self.data, "--methods", "cca,random,cca", "--folds", 2)
        self.check_numbers(results, ["random", "cca"])

    def test_labels_may_be_whole_floats(self):
        npy(self.data / "test_labels.npy", [float(10 * (i % 3) - 10) for i in range(60)], (60,))
        with_floats, _ = self.study("--data", self.data, "--methods", "cca", "--folds", 2)
        labels(self.data / "test_labels.npy", [10 * (i % 3) - 10 for i in range(60)])
        self.assertEqual(with_floats["methods"], self.study("--data", self.data, "--methods", "cca", "--folds", 2)[0]["methods"])

    def test_constant_and_copied_columns_and_fewer_rows_than_columns(self):
        data = made_data(self.folder / "wide", train=30, test=20, columns=(40, 35))
        for half, count in (("train", 30), ("test", 20)):
            rows = [[random.Random(1000 * c + i).gauss(i % 3, 1) for c in range(20)] for i in range(count)]
            matrix(data / f"{half}_images.npy", [r + r + [5.0, 0.0] for r in rows])
        results, _ = self.study("--data", data, "--folds", 2)
        self.check_numbers(results, METHODS)

    def test_help_and_version(self):
        for flag, words in (("--help", ["--data", "--methods", "--json", "--report", "--seed", "--threads", "--device",
                                        "--folds", "--trials", *METHODS]), ("--version", ["cross_modal_study 0."])):
            done = run(flag)
            self.assertEqual(done.returncode, 0)
            for word in words:
                self.assertIn(word, done.stdout)

    def test_progress_is_one_line_on_a_terminal(self):
        try:
            import pty
        except ImportError:
            self.skipTest("no pseudo-terminals")
        ours, theirs = pty.openpty()
        done = subprocess.run([PROGRAM, "--data", self.data, "--methods", "cca", "--folds", "2"],
                              stdout=subprocess.DEVNULL, stderr=theirs, timeout=300)
        os.close(theirs)
        text = b""
        try:
            while chunk := os.read(ours, 65536):
                text += chunk
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"\r", text)
        self.assertNotIn(b"\n", text)
        self.assertIn(b"100 %", text)

    def test_wrong_options_are_one_line(self):
        self.refused("--methods", "cca,what", "--data", self.data, naming=["what", *METHODS])
        self.refused("--methods", "", "--data", self.data, naming="--methods")
        self.refused("--device", "tpu", naming="--device")
        self.refused("--threads", 0, naming="--threads")
        self.refused("--folds", 1, naming="--folds")
        self.refused("--seed", "x", naming="--seed")
        self.refused("--unknown", naming="--unknown")
        self.refused("--json", self.folder / "a", "--report", self.folder / "a", naming="both")

    def test_a_gpu_that_cannot_be_had_is_one_line(self):
        done = run("--device", "cuda", "--data", self.data, "--methods", "cca", "--folds", 2)
        if done.returncode != 0:
            self.refused("--device", "cuda", "--data", self.data, naming="")

    def test_a_place_that_cannot_be_written_is_found_before_the_work(self):
        for option in ("--report", "--json"):
            path = self.folder / "missing" / "file"
            self.refused("--data", self.folder / "nowhere", option, path, naming=str(path))
            self.refused("--data", self.data, option, self.data, naming=str(self.data))
        self.assertEqual(run("--data", self.data, "--methods", "random", "--json", "/dev/null").returncode, 0)
        self.assertFalse(os.path.isfile("/dev/null"))

    def test_bad_data_are_one_line_that_names_the_file(self):
        good = {p.name: p.read_bytes() for p in self.data.iterdir()}
        rows = lambda n, c, value=1.0: [[value * (i + k * k) for k in range(c)] for i in range(n)]

        def with_nan(value):
            bad = rows(90, 12)
            bad[4][7] = value
            return bad

        def check(name, change, naming=()):
            for file, content in good.items():
                (self.data / file).write_bytes(content)
            change(self.data / name)
            self.refused("--data", self.data, "--methods", "cca", naming=[name, *naming])

        self.refused("--data", self.folder / "nowhere", naming="nowhere")
        for name in good:
            check(name, os.remove)
            check(name, lambda p: p.write_bytes(b""))
            check(name, lambda p: p.write_bytes(b"\x93NUMPY\x01\x00\xff\xff{"))
            check(name, lambda p: p.write_bytes(good[p.name][:-3]))
        check("train_texts.npy", lambda p: matrix(p, rows(89, 8)), ["89", "90"])
        check("test_texts.npy", lambda p: matrix(p, rows(60, 9)), ["9", "8"])
        check("test_images.npy", lambda p: matrix(p, rows(60, 13)), ["13", "12"])
        check("train_labels.npy", lambda p: labels(p, [1, 2] * 44), ["88", "90"])
        check("train_images.npy", lambda p: npy(p, [1.0] * 90, (90,)))
        check("train_images.npy", lambda p: npy(p, [1.0] * 90 * 12, (90, 4, 3)))
        check("train_images.npy", lambda p: npy(p, [], (0, 12)))
        check("train_images.npy", lambda p: npy(p, [], (90, 0)))
        check("train_images.npy", lambda p: matrix(p, with_nan(math.nan)), ["row 4, column 7"])
        check("train_images.npy", lambda p: matrix(p, with_nan(math.inf)), ["row 4, column 7"])
        check("train_images.npy", lambda p: matrix(p, with_nan(1e300)), ["row 4, column 7"])
        check("train_labels.npy", lambda p: labels(p, [3] * 90), ["two classes"])
        check("test_labels.npy", lambda p: labels(p, [3] * 60), ["two classes"])
        check("test_labels.npy", lambda p: npy(p, [0.5] * 60, (60,)))
        check("test_labels.npy", lambda p: npy(p, [math.nan] * 60, (60,)))
        check("test_labels.npy", lambda p: npy(p, [1, 2 ** 40] * 30, (60,), "q", "<i8"))

    def test_a_half_that_does_not_vary_or_is_too_small_is_refused(self):
        small = made_data(self.folder / "small", train=6)
        self.refused("--data", small, naming=["6 training pairs", "5 folds"])
        for name, count in (("train", 90), ("test", 60)):
            matrix(self.data / f"{name}_images.npy", [[1.0, 2.0]] * count)
        done = run("--data", self.data, "--methods", "cca")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout, "")
        self.assertTrue(done.stderr.splitlines()[-1].startswith("cross_modal_study: "))


class Embedded(Study):
    def test_pictures_and_korean_words_without_any_file(self):
        report = self.folder / "report.html"
        results, done = self.study("--items", 200, "--folds", 2, "--methods", "random,cca_rho", "--report", report)
        self.check_numbers(results, ["random", "cca_rho"])
        self.check_numbers({"methods": results["subclasses"]}, ["random", "cca_rho"])
        self.assertEqual(results["manifest"]["data"], "embedded")
        mean = lambda m: sum(d["map"] for d in results["methods"][m].values()) / 2
        self.assertGreater(mean("cca_rho"), mean("random") + 0.1)
        page = Page(report.read_text(encoding="utf-8"))
        # a picture for each of the queries by image and for ten results of each query by text
        self.assertEqual(len(page.sources), 3 + 30)
        for source in page.sources:
            kind, data = source.split(",", 1)
            self.assertEqual(kind, "data:image/png;base64")
            self.assertTrue(base64.b64decode(data, validate=True).startswith(b"\x89PNG\r\n\x1a\n"))
        self.assertRegex(page.text, "[가-힣]{2}")
        self.assertRegex(done.stdout, "[가-힣]{2}")

    def test_the_best_method_reaches_what_the_documentation_says(self):
        results, _ = self.study("--methods", "random,kcca_rho", "--lists", 0)
        means = {name: sum(d["map"] for d in m.values()) / 2 for name, m in results["methods"].items()}
        self.assertGreaterEqual(means["kcca_rho"], 0.46)
        self.assertLess(means["random"], 0.15)


class Real(Study):
    DATA = pathlib.Path(os.environ.get("KINDRED_DATA") or ROOT.parent / "shared" / "data") / "wikipedia_rasiwasia2010"

    def test_wikipedia(self):
        results, _ = self.study("--data", self.DATA, "--methods", "random,cfa,cca,cca_rho,mcca,sm,scm")
        # a NumPy program's values for cfa with 10 dimensions of standardized features, which are chosen here too
        self.assertEqual((results["chosen"]["cfa"]["dimensions"], results["chosen"]["cfa"]["standardize"]), (10, 1))
        self.assertLess(abs(results["methods"]["cfa"]["image_to_text"]["map"] - 0.2455), 0.001)
        self.assertLess(abs(results["methods"]["cfa"]["text_to_image"]["map"] - 0.1949), 0.001)
        # with 7 to 9 dimensions and other ridges the same program's means lie between 0.2192 and 0.2353
        means = {name: sum(d["map"] for d in m.values()) / 2 for name, m in results["methods"].items()}
        self.assertLess(abs(means["random"] - 0.118), 0.004)
        self.assertTrue(0.22 < means["cca"] < 0.26, means)
        self.assertTrue(0.23 < means["cca_rho"] < 0.27, means)
        # the best learner that saw no test item
        self.assertGreaterEqual(max(means.values()), 0.26, means)
        self.assertGreaterEqual(means["mcca"], 0.25, means)
        self.assertEqual(results["manifest"]["shapes"]["test"], {"images": [693, 128], "texts": [693, 10]})


if __name__ == "__main__":
    part = {"made": Made, "embedded": Embedded, "real": Real}[sys.argv[2]]
    if part is Real and not Real.DATA.is_dir():
        print(f"skipped: no folder {Real.DATA} (set KINDRED_DATA to the folder that holds it)")
        sys.exit(77)
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(part)
    sys.exit(not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful())
