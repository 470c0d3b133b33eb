# SPDX-License-Identifier: Apache-2.0
"""Word vectors by gensim (corpus_file, two workers) beside bench/peers/word2vec.cpp: speed, memory and quality together.

    g++ -std=c++20 -O2 -I include bench/peers/word2vec.cpp -o word2vec -pthread
    OPENBLAS_NUM_THREADS=1 python3 bench/peers/word2vec.py ./word2vec DATA [rounds] [passes] [what ...]

DATA holds ko_wikipedia_sample and ko_wordsim_analogy. OPENBLAS_VERBOSE=2 shows which kernels OpenBLAS takes; set OPENBLAS_CORETYPE
(SkylakeX, Zen) where it says Prescott. Tokens are [가-힣]+|[A-Za-z]+|\\d+; size 100, window 5, negative 5, sample 1e-4, min_count 5,
skip-gram. `what` is some of: hogwild, deterministic, gensim, each with a rate as in hogwild:0.025; without a rate the default of each.

They take turns, each in a process of its own. Words per second are tokens of the text times passes over the seconds of training, the
median of the rounds [least, most]; memory is the most that the process held; quality is that of the last round: Spearman of
WS-353 over the pairs whose words are known, share of right answers (3CosAdd over all words) among the questions whose words are known.
"""
import csv
import lzma
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

RATES = {"hogwild": 0.05, "deterministic": 0.05, "gensim": 0.025}


def gensim(folder, rate, passes, out):
    from gensim.models import Word2Vec

    model = Word2Vec(vector_size=100, window=5, negative=5, sample=1e-4, min_count=5, sg=1, workers=2, epochs=passes, alpha=rate, seed=1)
    model.build_vocab(corpus_file=folder + "/tokens")
    begin = time.perf_counter()
    model.train(corpus_file=folder + "/tokens", total_words=model.corpus_total_words, total_examples=model.corpus_count, epochs=passes)
    seconds = time.perf_counter() - begin
    print(f"{seconds:.3f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}")
    if out != "-":
        model.wv.save_word2vec_format(out)


def quality(path, data):
    from scipy.stats import spearmanr

    with open(path, "rb") as file:
        rows, cols = map(int, file.readline().split())
        unit, at = np.empty((rows, cols), np.float32), {}
        for i in range(rows):
            fields = file.readline().split()
            at[fields[0].decode()] = i
            unit[i] = np.array(fields[1:], np.float32)
    unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    ours, theirs = [], []
    for a, b, score in list(csv.reader(open(data + "/ko_wordsim_analogy/WS353_korean.csv", encoding="utf-8-sig")))[1:]:
        if a in at and b in at:
            theirs.append(float(score))
            ours.append(float(unit[at[a]] @ unit[at[b]]))
    lines = open(data + "/ko_wordsim_analogy/word_analogy_korean.txt", encoding="utf-8")
    questions = [line.split() for line in lines if line.strip() and not line.startswith(":")]
    known = np.array([[at[w] for w in q] for q in questions if all(w in at for w in q)])
    right = 0
    for q in np.split(known, range(256, len(known), 256)):
        scores = (unit[q[:, 1]] - unit[q[:, 0]] + unit[q[:, 2]]) @ unit.T
        for given in range(3):
            scores[np.arange(len(q)), q[:, given]] = -np.inf
        right += int((scores.argmax(1) == q[:, 3]).sum())
    return spearmanr(ours, theirs).correlation, len(ours), right / len(known), len(known)


def main():
    program, data = sys.argv[1:3]
    rounds, passes = (int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((3, 3), (4, 3)))
    cases = sys.argv[5:] or ["hogwild", "deterministic", "gensim", "gensim:0.05"]
    with tempfile.TemporaryDirectory() as folder:
        token = re.compile(r"[가-힣]+|[A-Za-z]+|\d+")
        name = os.listdir(data + "/ko_wikipedia_sample")[0]
        with lzma.open(data + "/ko_wikipedia_sample/" + name, "rt", encoding="utf-8") as text, open(folder + "/tokens", "w", encoding="utf-8") as out:
            for line in text:
                if words := token.findall(line):
                    out.write(" ".join(words) + "\n")
        tokens = int(subprocess.run([program, "encode", folder + "/tokens", folder], check=True, capture_output=True, text=True).stdout)
        times, memory = {case: [] for case in cases}, {}
        for turn in range(rounds):
            for case in cases:
                what, _, rate = case.partition(":")
                out = folder + "/" + case if turn == rounds - 1 else "-"
                rate = rate or str(RATES[what])
                command = [sys.executable, __file__, "--gensim", folder, rate, str(passes), out] if what == "gensim" else [program, what, folder, rate, str(passes), out]
                seconds, mib = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
                times[case].append(float(seconds))
                memory[case] = int(mib)
        print(f"{tokens} tokens, {passes} passes, {rounds} rounds")
        print(f"{'case':20} {'words/s':>28} {'MiB':>5}  Spearman (pairs)  analogies (questions)")
        for case in cases:
            speeds = sorted(tokens * passes / t for t in times[case])
            rho, pairs, share, questions = quality(folder + "/" + case, data)
            print(f"{case:20} {np.median(speeds):9.0f} [{speeds[0]:.0f}, {speeds[-1]:.0f}] {memory[case]:5}  {rho:.3f} ({pairs})  {share:.3f} ({questions})", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "--gensim":
        gensim(sys.argv[2], float(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
    else:
        main()
