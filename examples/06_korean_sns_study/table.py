#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs korean_sns_study with several seeds and prints mean and standard deviation of every number as tables in Markdown.

usage: table.py PROGRAM SEEDS [--results FOLDER] [OPTION...]     table.py build/korean_sns_study 1,2,3 --scenes 12000

Options go to the program. With --results FOLDER the JSON and the finished stages of each seed stay there: stopped, the same command
goes on.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "shared" / "presentation"))
from seeds import cell, results_of, table  # noqa: E402


def both(found, measure):
    return (found["image_to_text"][measure] + found["text_to_image"][measure]) / 2


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__.strip())
    runs = results_of(sys.argv[1], sys.argv[2].split(","), sys.argv[3:], "--state")
    names = list(runs[0]["methods"])
    of = {name: [run["methods"][name] for run in runs] for name in names}
    sides = ["image_to_text", "text_to_image"]
    table(["method", "mAP image to text", "mAP text to image", "average"],
          [[name] + [cell([f[side]["map"] for f in of[name]]) for side in sides] + [cell([both(f, "map") for f in of[name]])]
           for name in names])
    cuts = ["hit@1", "hit@5", "hit@10"]
    table(["method"] + [f"{side.replace('_', ' ')} R@{cut[4:]}" for side in sides for cut in cuts],
          [[name] + [cell([f[side][cut] for f in of[name]]) for side in sides for cut in cuts] for name in names])
    if "attention" in runs[0]:
        measures = ["mass", "uniform_mass", "peak", "uniform_peak"]
        table(["attention"] + [m.replace("_", " ") for m in measures],
              [[f"{name}, {target}"] + [cell([run["attention"][name][target][m] for run in runs]) for m in measures]
               for name, targets in runs[0]["attention"].items() for target in targets])
    for kind in ("analysers", "word_vectors"):
        if kind in runs[0]:
            columns = ["words_a_text", "known", "accuracy", "image_to_text_map", "text_to_image_map"]
            table([kind.replace("_", " ")] + [c.replace("_", " ") for c in columns],
                  [[name] + [cell([run[kind][name][c] for run in runs]) for c in columns] for name in runs[0][kind]])
    minutes = sum(run["timings"]["total"] for run in runs) / len(runs) / 60
    peak = max(stage["peak_mib"] for run in runs for stage in run["timings"]["stages"].values())
    print(f"{len(runs)} seeds; {minutes:.0f} minutes for each on {runs[0]['manifest']['threads']} threads, {peak:.0f} MiB at most")


main()
