#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the built image_by_image on small pictures made here and checks what it prints and writes.

usage: image_by_image.py PROGRAM made       arrays: numbers, threads, stopping and going on, report, bad input
       image_by_image.py PROGRAM folders    pictures in class subfolders, broken ones among them
       image_by_image.py PROGRAM embedded   the embedded default
"""
import json
import math
import pathlib
import random
import re
import struct
import subprocess
import sys
import unittest
import zlib

from program_case import PROGRAM, Case, npy, run

LOSSES = ["triplet_semi_hard", "triplet_batch_hard", "lifted_structure", "proxy_nca", "margin", "n_pair", "multi_similarity",
          "info_nce", "daml"]
MEASURES = ["recall@1", "recall@10", "recall@100", "recall@1000", "map@r", "r_precision"]
SMALL = ["--width", 8, "--dimension", 8, "--batch", 12, "--per-class", 3]
SIZE = 16


def drawn_picture(draw, kind):
    """A bar whose direction is the class, anywhere, with noise."""
    angle, r0, c0 = math.pi * kind / 8, draw.uniform(5, 10), draw.uniform(5, 10)
    return [min(255, max(0, int(draw.gauss(20, 15) + 220 * (abs((c - c0) * math.sin(angle) - (r - r0) * math.cos(angle)) < 1.2))))
            for r in range(SIZE) for c in range(SIZE)]


def made_data(folder, per_class=9, seed=7):
    """Train: directions 0, 2, 4, 6; test: 1, 3, 5, 7."""
    draw = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for half, kinds in (("train", (0, 2, 4, 6)), ("test", (1, 3, 5, 7))):
        labels = [k for k in kinds for _ in range(per_class)]
        pixels = [v for k in labels for v in drawn_picture(draw, k)]
        npy(folder / f"{half}_images.npy", pixels, (len(labels), SIZE, SIZE), "B", "|u1")
        npy(folder / f"{half}_labels.npy", labels, (len(labels),), "i", "<i4")
    (folder / "test_words.txt").write_text("".join(f"bar of direction{k} number {i}\n" for i, k in enumerate(labels)))
    return folder


def png(pixels, size=SIZE):
    chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    lines = b"".join(b"\0" + bytes(pixels[r * size:(r + 1) * size]) for r in range(size))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


class Made(Case):
    def setUp(self):
        self.data = made_data(self.folder / "data")

    def test_the_table_of_several_seeds_is_made_of_their_results(self):
        results = self.folder / "of_seeds"
        script = pathlib.Path(__file__).resolve().parents[2] / "examples" / "03_image_by_image" / "table.py"
        command = [sys.executable, "-B", str(script), PROGRAM, "1,2", "--results", str(results), "--data", str(self.data),
                   "--loss", "n_pair", "--epochs", "1", *map(str, SMALL)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        found = [json.loads((results / f"seed_{seed}.json").read_text())["losses"]["n_pair"]["recall@1"] for seed in (1, 2)]
        self.assertIn(f"| n_pair | {sum(found) / 2:.4f} ± ", done.stdout)

    def test_every_loss_gives_every_number_and_the_report_shows_them(self):
        report = self.folder / "report.html"
        found, done = self.results("--data", self.data, "--epochs", 2, *SMALL, "--report", report, "--lists", 2)
        self.assertEqual(list(found["losses"]), LOSSES)
        for numbers in [found["baseline"], found["words"], *found["losses"].values(), *found["fused"].values()]:
            self.assertEqual(list(numbers), MEASURES)
            self.assertTrue(all(0 <= v <= 1 for v in numbers.values()))
            self.assertLessEqual(numbers["recall@1"], numbers["recall@10"])
            self.assertLessEqual(numbers["map@r"], numbers["r_precision"] + 1e-12)
            self.assertEqual(numbers["recall@100"], 1)  # 36 pictures
        self.assertGreater(found["words"]["recall@1"], 0.99)
        for name in LOSSES:
            self.assertEqual(len(found["curves"][name]), 2)
            self.assertTrue(all(math.isfinite(v) for v in found["curves"][name]))
            self.assertRegex(done.stdout, rf"(?m)^{name} +{found['losses'][name]['recall@1']:.4f} ")
        self.assertEqual(found["manifest"]["test"], {"pictures": 36, "classes": 4, "shape": [SIZE, SIZE, 1]})
        self.assertIn("left", done.stderr)
        page = report.read_text()
        self.assertEqual(page.count("class=\"asked\""), 2 * (1 + len(LOSSES)))
        self.assertEqual(page.count("class=\"right\"") + page.count("class=\"wrong\""), 20 * (1 + len(LOSSES)))
        self.assertEqual(page.count("<polyline"), len(LOSSES))
        self.assertEqual(set(re.findall(r"(?:src|href)=\"(.{5})", page)), {"data:"})

    def test_the_baseline_equals_plain_loops_over_the_pixels(self):
        found, _ = self.results("--data", self.data, "--loss", "info_nce", "--epochs", 1, *SMALL)
        raw = (self.data / "test_images.npy").read_bytes()[-36 * SIZE * SIZE:]
        pictures = [raw[i * SIZE * SIZE:(i + 1) * SIZE * SIZE] for i in range(36)]
        cosine = lambda a, b: sum(x * y for x, y in zip(a, b)) / math.sqrt(sum(x * x for x in a) * sum(x * x for x in b))
        first = precision = at_r = 0
        for i in range(36):
            order = sorted((j for j in range(36) if j != i), key=lambda j: (-cosine(pictures[i], pictures[j]), j))
            right = [j // 9 == i // 9 for j in order]
            first += right[0]
            precision += sum(right[:8]) / 8
            at_r += sum(sum(right[:k + 1]) / (k + 1) for k in range(8) if right[k]) / 8
        self.assertAlmostEqual(found["baseline"]["recall@1"], first / 36, 12)
        self.assertAlmostEqual(found["baseline"]["r_precision"], precision / 36, 12)
        self.assertAlmostEqual(found["baseline"]["map@r"], at_r / 36, 12)

    def test_the_same_numbers_from_any_number_of_threads_and_others_from_another_seed(self):
        how = ["--data", self.data, "--loss", "triplet_semi_hard,margin,daml", "--epochs", 2, *SMALL]
        one, two = (self.without_time(self.results(*how, "--threads", t)[0]) for t in (1, 2))
        self.assertEqual(one, two)
        self.assertNotEqual(one["curves"], self.results(*how, "--seed", 2)[0]["curves"])

    def test_stopped_and_gone_on_with_it_gives_the_same_numbers(self):
        how = ["--data", self.data, "--loss", "proxy_nca,daml", "--epochs", 3, *SMALL]
        whole = self.without_time(self.results(*how)[0])
        kept = self.folder / "kept"
        process = subprocess.Popen([PROGRAM, *map(str, how), "--checkpoints", str(kept)], stderr=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL)
        while not (kept / "proxy_nca.safetensors").exists() and process.poll() is None:
            pass
        process.kill()
        process.wait()
        self.assertEqual(self.without_time(self.results(*how, "--checkpoints", kept)[0]), whole)
        self.assertEqual(self.without_time(self.results(*how, "--checkpoints", kept)[0]), whole)
        self.assertIn("resumed", self.results(*how, "--checkpoints", kept)[1].stderr)
        again = run("--data", self.data, "--loss", "proxy_nca", "--epochs", 4, *SMALL, "--checkpoints", kept)
        self.assertEqual(again.returncode, 1)
        self.assertIn("a checkpoint of the run", again.stderr.splitlines()[-1])

    def test_training_helps(self):
        found, _ = self.results("--data", self.data, "--loss", "info_nce", "--epochs", 60, *SMALL, "--rotation", 0, "--rate", 3e-3)
        self.assertGreater(found["losses"]["info_nce"]["map@r"], found["baseline"]["map@r"] + 0.1)
        self.assertLess(found["curves"]["info_nce"][-1], found["curves"]["info_nce"][0])

    def test_links_take_the_place_of_classes(self):
        links = self.folder / "links.csv"
        # within a class each picture is linked to the next one
        links.write_text("".join(f"{i},{i + 1}\n" for i in range(35) if i // 9 == (i + 1) // 9))
        found, _ = self.results("--data", self.data, "--graph", links, "--hops", 8, "--loss", "triplet,n_pair,lifted_structure,margin", "--miner", "all", "--epochs", 1, *SMALL)
        self.assertEqual(found["manifest"]["links"], 32)
        self.assertEqual(list(found["losses"]), ["triplet", "n_pair", "lifted_structure", "margin"])
        links.write_text("0,36\n")
        self.refused("names picture 36 of 36", "--data", self.data, "--graph", links)
        links.write_text("0\n")
        self.refused("expected lines of 2 numbers", "--data", self.data, "--graph", links)

    def test_turned_classes_and_validation_leave_the_test_half_or_replace_it(self):
        found, _ = self.results("--data", self.data, "--loss", "triplet", "--turned-classes", "--epochs", 1, *SMALL)
        self.assertEqual(found["manifest"]["train"]["classes"], 16)
        self.assertEqual(found["manifest"]["test"]["pictures"], 36)
        draw = random.Random(1)
        more = self.folder / "more"
        made_data(more)
        labels = [k for k in range(8) for _ in range(4)]
        npy(more / "train_images.npy", [v for k in labels for v in drawn_picture(draw, k)], (32, SIZE, SIZE), "B", "|u1")
        npy(more / "train_labels.npy", labels, (32,), "i", "<i4")
        found, _ = self.results("--data", more, "--loss", "triplet", "--validation", "--epochs", 1, *SMALL)
        self.assertEqual((found["manifest"]["train"]["classes"], found["manifest"]["test"]["classes"]), (6, 2))

    def test_bad_input_is_one_line_and_exit_code_1(self):
        data = ["--data", self.data]
        self.refused("'taste' is unknown", *data, "--loss", "taste")
        self.refused("comes twice", *data, "--loss", "margin,margin")
        self.refused("--miner", *data, "--miner", "gold")
        self.refused("--epochs", *data, "--epochs", 0)
        self.refused("--rate", *data, "--rate", 0)
        self.refused("is not made of", *data, "--batch", 10, "--per-class", 4)
        self.refused("is not a folder", "--data", self.folder / "none")
        self.refused("no pictures in subfolders", "--data", self.folder)
        self.refused("both name", *data, "--json", self.folder / "x", "--report", self.folder / "x")
        self.refused("none", *data, "--json", self.folder / "none" / "x.json")
        self.refused("--unknown", *data, "--unknown")
        npy(self.data / "train_labels.npy", [1] * 36, (36,), "i", "<i4")
        self.refused("the training half has 1 classes", *data)
        npy(self.data / "train_labels.npy", range(36), (36,), "i", "<i4")
        self.refused("no class of the training half has two pictures", *data)
        npy(self.data / "train_labels.npy", [1] * 35, (35,), "i", "<i4")
        self.refused("35 labels", *data)
        (self.data / "train_images.npy").write_bytes(b"no array")
        self.refused("train_images.npy", *data)

    def test_help(self):
        got = run("--help")
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        for name in LOSSES:
            self.assertIn(name, got.stdout)


class Folders(Case):
    def test_pictures_of_class_folders_are_read_and_broken_ones_named_and_counted(self):
        draw = random.Random(3)
        for kind in range(8):
            place = self.folder / "pictures" / f"direction {kind}"
            place.mkdir(parents=True)
            for i in range(4):
                (place / f"bar_{i}.png").write_bytes(png(drawn_picture(draw, kind)))
        whole = (place / "bar_0.png").read_bytes()
        (place / "cut.png").write_bytes(whole[:len(whole) // 2])
        (place / "empty.JPG").write_bytes(b"")
        (place / "text.jpeg").write_bytes(b"\xff\xd8 and then no picture")
        (place / "notes.txt").write_text("not a picture")
        found, done = self.results("--data", self.folder / "pictures", "--size", 16, "--loss", "triplet", "--epochs", 1, *SMALL)
        for name in ("cut.png", "empty.JPG", "text.jpeg"):
            self.assertEqual(len(re.findall(f"left out: .*{name}: ", done.stderr)), 1, done.stderr)
            self.assertIn(f"direction 7/{name}", found["manifest"]["broken"])
        self.assertIn("pictures left out: 3\n", done.stderr)
        train, test = found["manifest"]["train"], found["manifest"]["test"]
        self.assertEqual((train["classes"], test["classes"], train["pictures"] + test["pictures"]), (4, 4, 32))
        self.assertEqual(train["shape"], [16, 16, 3])
        self.assertIn("words", found)


class Embedded(Case):
    def test_emoji(self):
        report = self.folder / "report.html"
        found, _ = self.results("--loss", "multi_similarity", "--epochs", 1, "--width", 8, "--size", 16, "--report", report)
        train, test = found["manifest"]["train"], found["manifest"]["test"]
        self.assertGreater(train["pictures"], 400)
        self.assertGreater(test["pictures"], 400)
        self.assertLessEqual(abs(train["classes"] - test["classes"]), 1)
        self.assertEqual(list(found["fused"]), ["multi_similarity"])
        self.assertGreater(found["words"]["recall@10"], 0.5)
        self.assertIn("data:image/png;base64", report.read_text())


if __name__ == "__main__":
    cases = {"made": Made, "folders": Folders, "embedded": Embedded}
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(cases[sys.argv[2]])
    sys.exit(not unittest.TextTestRunner(verbosity=1).run(suite).wasSuccessful())
