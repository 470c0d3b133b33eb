# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/examples/rank_metrics/*.{qrels,run,txt,more,level2,complete} with pytrec_eval, which is trec_eval behind a Python interface.

Run from the repository's root:  python3 tests/reference/examples_rank_metrics.py
Needs pytrec_eval (made with pytrec_eval-terrier 0.5.11). It gives the values of every query; their sums, means and the layout of
the text are put together here the way trec_eval does it: queries by id in bytes, numbers with four digits.
"""

import math
import os

import numpy as np
import pytrec_eval

FOLDER = "tests/data/examples/rank_metrics"
CUTOFFS = [5, 10, 15, 20, 30, 100, 200, 500, 1000]
COUNTS = ["num_ret", "num_rel", "num_rel_ret"]
OFFICIAL = (["runid", "num_q"] + COUNTS + ["map", "gm_map", "Rprec", "bpref", "recip_rank"]
            + [f"iprec_at_recall_{i / 10:.2f}" for i in range(11)] + [f"P_{k}" for k in CUTOFFS])
MORE = [f"recall_{k}" for k in CUTOFFS] + ["ndcg"] + [f"ndcg_cut_{k}" for k in CUTOFFS]


def text_of(qrels, run, measures, level=1, complete=False):
    """What trec_eval -q prints."""
    found = pytrec_eval.RelevanceEvaluator(qrels, pytrec_eval.supported_measures, relevance_level=level).evaluate(run)
    queries = sorted(found, key=lambda q: q.encode())
    count = len(qrels) if complete else len(queries)
    out = ""
    for q in queries:
        for m in measures:
            if m in COUNTS:
                out += "%-22s\t%s\t%d\n" % (m, q, found[q][m])
            elif m not in ("runid", "num_q", "gm_map"):
                out += "%-22s\t%s\t%6.4f\n" % (m, q, found[q][m])
    for m in measures:
        total = 0.0
        for q in queries:
            total += found[q].get(m, 0)
        if m == "runid":
            out += "%-22s\tall\tmade\n" % m
        elif m == "num_q":
            out += "%-22s\tall\t%d\n" % (m, count)
        elif m in COUNTS:
            if complete and m == "num_rel":
                total = sum(g > 0 for judged in qrels.values() for g in judged.values())
            out += "%-22s\tall\t%d\n" % (m, total)
        elif m == "gm_map":  # sums of logarithms, of at least 1e-5
            total += (count - len(queries)) * math.log(1e-5)
            out += "%-22s\tall\t%6.4f\n" % (m, math.exp(total / count))
        else:
            out += "%-22s\tall\t%6.4f\n" % (m, total / count)
    return out


def write(name, qrels, run, random):
    lines = [(q, d, s) for q, results in run.items() for d, s in results.items()]
    random.shuffle(lines)
    with open(f"{FOLDER}/{name}.run", "w") as file:
        for q, d, s in lines:
            file.write(f"{q} Q0 {d} {random.integers(100)} {s!r} made\n")
    lines = [(q, d, g) for q, judged in qrels.items() for d, g in judged.items()]
    random.shuffle(lines)
    with open(f"{FOLDER}/{name}.qrels", "w") as file:
        for q, d, g in lines:
            file.write(f"{q}\t0\t{d}\t{g}\n")
    for end, text in [("txt", text_of(qrels, run, OFFICIAL)), ("more", text_of(qrels, run, MORE)),
                      ("level2", text_of(qrels, run, OFFICIAL, level=2)), ("complete", text_of(qrels, run, OFFICIAL, complete=True))]:
        with open(f"{FOLDER}/{name}.{end}", "w") as file:
            file.write(text)


def made(seed, queries, documents, returned, levels, grades, least=1):
    """Random results and judgements; some queries have only one of them, some judgements are about nothing returned."""
    random = np.random.default_rng(seed)
    names = [f"d{i}" for i in range(documents)] + ["D1", "a-b", "Z", "~", "é", "가"]
    qrels, run = {}, {}
    for i in range(queries):
        q = str(8 + i)  # "10" before "8" in bytes
        if random.random() < 0.85:
            chosen = random.choice(len(names), int(random.integers(least, returned + 1)), replace=False)
            run[q] = {names[c]: float(random.integers(levels)) / 4 - 1 for c in chosen}
        if random.random() < 0.85:
            chosen = random.choice(len(names), int(random.integers(1, 40)), replace=False)
            qrels[q] = {names[c]: int(g) for c, g in zip(chosen, random.choice(grades, len(chosen)))}
            qrels[q]["judged_only"] = int(random.integers(2))
    return qrels, run, random


os.makedirs(FOLDER, exist_ok=True)
write("ties", *made(1, 14, 60, 50, 6, [0, 1]))
write("graded", *made(2, 14, 60, 50, 1000, [-1, 0, 0, 1, 2, 3]))
write("long", *made(3, 2, 1300, 1200, 300, [0, 1, 2], 1100))
random = np.random.default_rng(4)
# scores that only double precision tells apart, documents that only bytes put in order, nothing relevant
write("edges",
      {"a": {"x": 1, "y": 0, "Y": 1}, "b": {"x": 0}, "c": {"x": 1}, "d": {"z": 2, "x": 1}, "only_judged": {"x": 1}},
      {"a": {"x": 16777217.0, "y": 16777216.0, "Y": 16777216.5, "w": 1e-46}, "b": {"x": 1.0, "y": 1.0},
       "c": {"y": -1.0}, "d": {"x": 0.1, "y": 0.10000000001, "z": 0.0999999999}, "only_found": {"x": 1.0}}, random)
