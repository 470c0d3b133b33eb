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
        for expected in fixtures:
            files = expected.with_suffix(".qrels"), expected.with_suffix(".run")
            for end, options in [(".txt", []), (".more", ["-m", "ndcg_cut", "-m", "ndcg", "-m", "recall"]), (".level2", ["-l", "2"]),
                                 (".complete", ["-c"])]:
                text = expected.with_suffix(end).read_bytes()
                got = run("-q", *options, *files)
                self.assertEqual((got.returncode, got.stderr), (0, b""))
                self.assertEqual(got.stdout, text, (expected, end))
                summary = b"".join(l for l in text.splitlines(True) if l.split()[1] == b"all")
                self.assertEqual(run(*options, *files).stdout, summary)
            self.assertEqual(len(run(*files).stdout.splitlines()), 30)

    def test_measures_are_chosen_by_name_and_printed_in_order(self):
        files = DATA / "graded.qrels", DATA / "graded.run"
        lines = (DATA / "graded.txt").read_bytes().splitlines(True) + (DATA / "graded.more").read_bytes().splitlines(True)
        some = [l for l in lines if l.split()[:2] in ([b"map", b"all"], [b"P_5", b"all"], [b"P_100", b"all"], [b"ndcg", b"all"])]
        self.assertEqual(run("-m", "ndcg", "-m", "P.100,5", "-m", "map", *files).stdout.splitlines(True), some)
        self.assertEqual(run("-m", "official", *files).stdout, run(*files).stdout)
        self.assertEqual(run("-m", "all_trec", *files).stdout.splitlines(True), [l for l in lines if l.split()[1] == b"all"])
        got = run("-m", "P.7", "-m", "ndcg_cut.3", "-m", "iprec_at_recall.0.25", *files).stdout.splitlines()
        self.assertEqual([l.split()[0] for l in got], [b"iprec_at_recall_0.25", b"P_7", b"ndcg_cut_3"])
        for wrong in ["nothing", "P.", "P.x", "P.0", "P.1.5", "P.5,,6", "map.5", "official.5", "all_trec.5", "iprec_at_recall.2", ""]:
            self.refused("measure", "-m", wrong, *files)
        self.refused("-l", "-l", "-1", *files)

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
            self.refused("line 2, document: 'd' is in line 1 already", qrels, found)
            found.write_text("1 Q0 d 1 nan r\n")
            self.refused("line 1, score: 'nan' is not finite", qrels, found)


unittest.main(verbosity=1)
