#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the built rank_metrics; its output must be that of trec_eval, byte for byte (tests/reference/examples_rank_metrics.py).

usage: rank_metrics.py PROGRAM
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)
DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "examples" / "rank_metrics"


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True)


class Measures(unittest.TestCase):
    def test_the_output_is_that_of_trec_eval(self):
        fixtures = sorted(DATA.glob("*.txt"))
        self.assertEqual(len(fixtures), 4)
        for wanted in fixtures:
            text = wanted.read_bytes()
            files = wanted.with_suffix(".qrels"), wanted.with_suffix(".run")
            got = run("-q", *files)
            self.assertEqual((got.returncode, got.stderr), (0, b""))
            self.assertEqual(got.stdout, text, wanted)
            self.assertEqual(run(*files).stdout, b"".join(l for l in text.splitlines(True) if l.split()[1] == b"all"))

    def test_ties_matter_in_the_fixtures(self):
        lines = [line.split() for line in (DATA / "ties.run").read_text().splitlines()]
        self.assertLess(len({(l[0], l[4]) for l in lines}), len(lines) / 2)

    def refused(self, message, *arguments):
        got = run(*arguments)
        self.assertEqual((got.returncode, got.stdout), (1, b""))
        self.assertEqual(got.stderr.count(b"\n"), 1, got.stderr)
        self.assertIn(message, got.stderr.decode())

    def test_bad_input_is_one_line_and_exit_code_1(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            qrels, found = folder / "qrels", folder / "run"
            qrels.write_text("1 0 d 1\n")
            found.write_text("1 Q0 d 1 0.5 r\n")
            self.assertEqual(run(qrels, found).returncode, 0)
            self.refused("RUN is required", qrels)
            self.refused("", "--unknown", qrels, found)
            self.refused("none: cannot be opened", folder / "none", found)
            self.refused("qrels: line 1, score: '' is missing", qrels, qrels)
            found.write_text("2 Q0 d 1 0.5 r\n")
            self.refused("no query has both results and judgements", qrels, found)
            found.write_text("1 Q0 d 1 0.5 r\n1 Q0 d 2 0.4 r\n")
            self.refused("line 2, document: 'd' stands in line 1 already", qrels, found)
            found.write_text("1 Q0 d 1 nan r\n")
            self.refused("line 1, score: 'nan' is not finite", qrels, found)


unittest.main(verbosity=1)
