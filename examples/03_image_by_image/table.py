#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs image_by_image with several seeds and prints mean and standard deviation of every number as a table in Markdown.

usage: table.py PROGRAM SEEDS [OPTION...]     table.py build/image_by_image 1,2,3 --data omniglot --epochs 30

Options go to the program. With --results FOLDER first among them the JSON and the checkpoints of each seed stay there: stopped, the
same command goes on.
"""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

COLUMNS = ["recall@1", "recall@10", "recall@100", "recall@1000", "map@r", "r_precision"]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__.strip())
    program, seeds, options = sys.argv[1], sys.argv[2].split(","), sys.argv[3:]
    kept = tempfile.TemporaryDirectory()
    folder = pathlib.Path(kept.name)
    if options[:1] == ["--results"]:
        folder, options = pathlib.Path(options[1]), options[2:]
        folder.mkdir(parents=True, exist_ok=True)
    runs = []
    for seed in seeds:
        path = folder / f"seed_{seed}.json"
        if not path.exists():
            done = subprocess.run([program, *options, "--seed", seed, "--json", str(path),
                                   "--checkpoints", str(folder / f"seed_{seed}")], stdout=subprocess.DEVNULL)
            if done.returncode:
                sys.exit(done.returncode)
        runs.append(json.loads(path.read_text()))
    rows = {"raw pixels": [r["baseline"] for r in runs]}
    if "words" in runs[0]:
        rows["words (BM25)"] = [r["words"] for r in runs]
    for name in runs[0]["losses"]:
        rows[name] = [r["losses"][name] for r in runs]
    for name in runs[0].get("fused", {}):
        rows[name + " and words"] = [r["fused"][name] for r in runs]
    print("| loss | " + " | ".join(COLUMNS) + " |")
    print("|---" * (1 + len(COLUMNS)) + "|")
    for name, values in rows.items():
        cells = []
        for column in COLUMNS:
            numbers = [v[column] for v in values]
            spread = f" ± {statistics.stdev(numbers):.4f}" if len(numbers) > 1 else ""
            cells.append(f"{statistics.mean(numbers):.4f}{spread}")
        print(f"| {name} | " + " | ".join(cells) + " |")
    seconds = [sum(r["timings"]["losses"].values()) / max(1, len(r["timings"]["losses"])) for r in runs]
    print(f"\n{len(runs)} seeds; {statistics.mean(seconds):.0f} s to train one loss on {runs[0]['manifest']['threads']} threads")


main()
