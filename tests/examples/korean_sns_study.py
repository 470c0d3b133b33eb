#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the built korean_sns_study on small data and checks what it prints and writes.

usage: korean_sns_study.py PROGRAM made      features made here: numbers, sequences, bad input
       korean_sns_study.py PROGRAM scenes    the embedded default, few scenes: stopping and going on, threads, report
       korean_sns_study.py PROGRAM real      the Wikipedia data; exit code 77 where they are absent
"""
import json
import math
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
import unittest

from program_case import PROGRAM, Case, npy, run

CLASSES, REGIONS = 3, 4
QUICK = ["--effort", 0.02, "--comparisons", "none", "--trials", 2]


def made(folder, seed=3, train=90, test=45, sequences=True):
    """Pairs whose class stands in the first numbers of both sides, in one region and in one word."""
    draw = random.Random(seed)
    folder.mkdir(exist_ok=True)
    for name, count in (("train_", train), ("test_", test)):
        labels = [i % CLASSES for i in range(count)]

        def rows(width, strength):
            out = []
            for label in labels:
                out += [draw.gauss(strength if i == label else 0, 1) for i in range(width)]
            return out

        npy(folder / (name + "images.npy"), rows(8, 4), (count, 8))
        npy(folder / (name + "texts.npy"), rows(6, 4), (count, 6))
        npy(folder / (name + "labels.npy"), labels, (count,), "i", "<i4")
        if not sequences:
            continue
        regions, words, offsets = [], [], [0]
        for label in labels:
            told = draw.randrange(REGIONS)
            for r in range(REGIONS):
                regions += [draw.gauss(6 if i == label and r == told else 0, 1) for i in range(5)]
            length = draw.randint(1, 4)
            told = draw.randrange(length)
            for w in range(length):
                words += [draw.gauss(6 if i == label and w == told else 0, 1) for i in range(4)]
            offsets.append(offsets[-1] + length)
        npy(folder / (name + "regions.npy"), regions, (count, REGIONS, 5))
        (folder / (name + "words")).mkdir(exist_ok=True)
        npy(folder / (name + "words") / "values.npy", words, (offsets[-1], 4))
        npy(folder / (name + "words") / "offsets.npy", offsets, (count + 1,), "q", "<i8")
    return folder


class Study(Case):
    def finite(self, found):
        if isinstance(found, dict):
            for value in found.values():
                self.finite(value)
        elif isinstance(found, list):
            for value in found:
                self.finite(value)
        elif isinstance(found, float):
            self.assertTrue(math.isfinite(found))
        else:
            self.assertIsNotNone(found)

    def tables(self, found, done):
        """Every number of the tables is the JSON's."""
        for name, m in found["methods"].items():
            sides = [m["image_to_text"], m["text_to_image"]]
            maps = [s["map"] for s in sides]
            row = "".join(rf" +{value:.4f}" for value in maps + [sum(maps) / 2])
            self.assertRegex(done.stdout, rf"(?m)^{name}{row}$")
            hits = [s[cut] for s in sides for cut in ("hit@1", "hit@5", "hit@10")]
            self.assertRegex(done.stdout, rf"(?m)^{name}" + "".join(rf" +{value:.4f}" for value in hits))
            for s in sides:
                self.assertLessEqual(s["hit@1"], s["hit@5"])
                self.assertLessEqual(s["hit@5"], s["hit@10"])
        self.finite(found)


class Made(Study):
    def test_methods_over_rows_and_sequences(self):
        data = made(self.folder / "sequences")
        names = ["cca", "cfa", "kcca", "deep_sm", "cmpl", "mcsm"]
        found, done = self.results("--data", data, "--methods", ",".join(names), "--effort", 0.5, "--trials", 1)
        self.assertEqual(sorted(found["methods"]), sorted(names))
        self.tables(found, done)
        self.assertEqual(found["notes"], {})
        self.assertEqual(found["manifest"]["train"], {"pairs": 90, "images": 8, "texts": 6, "regions": 5, "words": 4})
        self.assertEqual(found["manifest"]["validation"], 9)
        # three classes, each told by a number four deviations off: chance is a third
        for name in names:
            self.assertGreater(found["methods"][name]["image_to_text"]["map"], 0.5, name)

    def test_the_table_of_several_seeds_is_made_of_their_results(self):
        data, results = made(self.folder / "seeds"), self.folder / "of_seeds"
        script = pathlib.Path(__file__).resolve().parents[2] / "examples" / "06_korean_sns_study" / "table.py"
        command = [sys.executable, "-B", str(script), PROGRAM, "1,2", "--results", str(results), "--data", str(data),
                   "--methods", "cca", *map(str, QUICK)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        maps = [json.loads((results / f"seed_{seed}.json").read_text())["methods"]["cca"]["image_to_text"]["map"] for seed in (1, 2)]
        self.assertIn(f"| cca | {sum(maps) / 2:.4f} ± ", done.stdout)

    def test_rows_alone_are_said_to_be_so(self):
        data = made(self.folder / "rows", sequences=False)
        found, done = self.results("--data", data, "--methods", "cmpl,mcsm", *QUICK)
        self.assertIn("images and texts as sequences of one row", found["notes"]["mcsm"])
        self.assertIn("two layers", found["notes"]["cmpl"])
        self.assertIn(found["notes"]["mcsm"], done.stdout)

    def test_every_method_has_the_same_budget_of_trials(self):
        data = made(self.folder / "budget", sequences=False)
        names = ["cca", "dcca", "cmdn", "deep_sm", "cmpl", "mcsm", "corr_ae", "bimodal_autoencoder", "multimodal_dbn", "s2upg",
                 "jgrhml", "random"]
        found, done = self.results("--data", data, "--methods", ",".join(names), "--effort", 0.02, "--trials", 3)
        self.assertEqual(found["manifest"]["trials"], 3)
        self.assertEqual({name: t["count"] for name, t in found["trials"].items()}, {name: 3 for name in names[:-1]})
        self.assertEqual(done.stdout.count("the best of 3 trials"), len(names) - 1)
        for name, trials in found["trials"].items():
            rows = trials["table"].splitlines()
            self.assertEqual(len(rows), 4)
            self.assertAlmostEqual(max(float(row.split(",")[3]) for row in rows[1:]), found["chosen"][name]["validation_map"], 7)
        self.assertEqual(list(found["chosen"]["dcca"]), ["ridge", "epochs", "dimensions", "validation_map"])
        # without trials networks have their first setting
        first, _ = self.results("--data", data, "--methods", "deep_sm", "--effort", 0.02, "--trials", 1)
        self.assertEqual((first["chosen"], first["trials"]), ({}, {}))
        self.refused("--trials", "--data", data, "--trials", 0)

    def test_choosing_leaves_the_test_part_alone(self):
        data = made(self.folder / "choosing", sequences=False)
        found, _ = self.results("--data", data, "--methods", "cca", "--choosing")
        self.assertEqual(found["manifest"]["tested"], "validation")
        self.assertEqual((found["manifest"]["train"]["pairs"], found["manifest"]["test"]["pairs"]), (81, 9))

    def test_bad_input_is_one_line(self):
        good = made(self.folder / "good", sequences=True)
        self.refused("unknown method \"ccca\"", "--data", good, "--methods", "ccca")
        self.refused("is not a folder", "--data", self.folder / "nowhere")
        self.refused("go together", "--posts", self.folder / "posts.jsonl")
        self.refused("one of them", "--data", good, "--posts", "a", "--images", "b")
        self.refused("--scenes", "--scenes", 1)
        self.refused("--effort", "--data", good, "--effort", "nan")
        self.refused("--device", "--data", good, "--device", "tpu")
        broken = made(self.folder / "broken")
        (broken / "train_texts.npy").write_bytes((broken / "train_texts.npy").read_bytes()[:-8])
        self.refused("train_texts.npy", "--data", broken, "--methods", "cca")
        halved = made(self.folder / "halved")
        (halved / "test_regions.npy").unlink()
        self.refused("regions of one half", "--data", halved, "--methods", "cca")
        offsets = made(self.folder / "offsets")
        npy(offsets / "train_words" / "offsets.npy", [0, 5, 3], (3,), "q", "<i8")
        self.refused("offsets.npy", "--data", offsets, "--methods", "cca")
        self.refused("cannot be made", "--data", good, "--methods", "cca", "--state", good / "train_texts.npy")


class Scenes(Study):
    SMALL = ["--scenes", 300, "--methods", "cca,cfa,deep_sm,mcsm", *QUICK]

    def test_numbers_report_threads_and_going_on(self):
        state, report = self.folder / "state", self.folder / "report.html"
        arguments = [*self.SMALL, "--state", state]
        # ended in the middle, as soon as one method is done
        with subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as started:
            for _ in range(1200):
                if (state / "cca.safetensors").exists() or started.poll() is not None:
                    break
                time.sleep(0.1)
            started.send_signal(signal.SIGKILL)
        self.assertTrue((state / "pictures.safetensors").exists())
        found, done = self.results(*arguments, "--threads", 2, "--report", report)
        self.assertIn("pictures: taken from", done.stderr)
        self.assertIn("cca: taken from", done.stderr)
        self.tables(found, done)
        self.assertEqual(sorted(found["methods"]), ["cca", "cfa", "deep_sm", "mcsm"])
        self.assertEqual(found["manifest"]["train"]["pairs"] + found["manifest"]["test"]["pairs"], 300)
        at_once, _ = self.results(*self.SMALL, "--threads", 1)
        self.assertEqual(self.without_time(at_once), self.without_time(found))
        # a damaged stage and one of another run are made again
        damaged = state / "cfa.safetensors"
        damaged.write_bytes(damaged.read_bytes()[:-3])
        os.replace(state / "deep_sm.safetensors", state / "mcsm.safetensors")
        again, done = self.results(*arguments)
        self.assertEqual(self.without_time(again), self.without_time(found))
        for name in ("cfa", "mcsm"):
            self.assertIn(f"{name} is made again", done.stderr)
        page = report.read_text()
        for piece in ("<h2>Mean average precision</h2>", "<h2>Recall</h2>", "<h2>First results</h2>", "<h2>Attention</h2>", "<h2>Nouns</h2>",
                      "data:image/png;base64,", "data:image/svg+xml;base64,", "#"):
            self.assertIn(piece, page)
        for name, m in found["methods"].items():
            self.assertIn(f"{m['text_to_image']['map']:.4f}", page, name)
        self.assertNotIn("http://", page.replace("http://www.w3.org/", ""))


class Real(Study):
    def test_wikipedia(self):
        data = real_data("wikipedia_rasiwasia2010")
        found, done = self.results("--data", data, "--methods", "cca,cfa,deep_sm", "--effort", 0.3, "--trials", 3)
        self.tables(found, done)
        # chance is 0.12; CCA of Rasiwasia et al. 2010 has 0.249 and 0.196
        self.assertGreater(found["methods"]["cca"]["image_to_text"]["map"], 0.2)
        self.assertGreater(found["methods"]["cca"]["text_to_image"]["map"], 0.17)


def real_data(folder):
    named = os.environ.get("KINDRED_DATA")
    base = pathlib.Path(named) if named else pathlib.Path(__file__).resolve().parents[2].parent / "shared" / "data"
    return base / folder


PARTS = {"made": Made, "scenes": Scenes, "real": Real}
part = sys.argv[2]
if part == "real" and not real_data("wikipedia_rasiwasia2010").is_dir():
    print("skipped: no folder", real_data("wikipedia_rasiwasia2010"))
    sys.exit(77)
suite = unittest.TestLoader().loadTestsFromTestCase(PARTS[part])
sys.exit(0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1)
