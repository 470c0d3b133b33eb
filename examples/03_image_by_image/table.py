#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs image_by_image with several seeds and prints mean and standard deviation of every number as a table in Markdown.

usage: table.py PROGRAM SEEDS [OPTION...]     table.py build/image_by_image 1,2,3 --data omniglot --epochs 30

Options go to the program. With --results FOLDER first among them the JSON and the checkpoints of each seed stay there: stopped, the
same command goes on.
"""
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "shared" / "presentation"))
from seeds import cell, results_of, table  # noqa: E402

COLUMNS = ["recall@1", "recall@10", "recall@100", "recall@1000", "map@r", "r_precision"]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__.strip())
    runs = results_of(sys.argv[1], sys.argv[2].split(","), sys.argv[3:], "--checkpoints")
    rows = {"raw pixels": [r["baseline"] for r in runs]}
    if "words" in runs[0]:
        rows["words (BM25)"] = [r["words"] for r in runs]
    for name in runs[0]["losses"]:
        rows[name] = [r["losses"][name] for r in runs]
    for name in runs[0].get("fused", {}):
        rows[name + " and words"] = [r["fused"][name] for r in runs]
    table(["loss"] + COLUMNS, [[name] + [cell([v[column] for v in values]) for column in COLUMNS] for name, values in rows.items()])
    seconds = [sum(r["timings"]["losses"].values()) / max(1, len(r["timings"]["losses"])) for r in runs]
    print(f"{len(runs)} seeds; {statistics.mean(seconds):.0f} s to train one loss on {runs[0]['manifest']['threads']} threads")


main()
