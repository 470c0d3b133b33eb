# SPDX-License-Identifier: Apache-2.0
"""One training step of encoders of sentences in PyTorch on the processor, beside bench/peers/sentence_step.cpp.

    g++ -std=c++20 -O2 -I include bench/peers/sentence_step.cpp -o sentence_step -pthread
    OMP_NUM_THREADS=2 LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/openblas-openmp \
        python3 bench/peers/sentence_step.py ./sentence_step [rounds] [cases]

OPENBLAS_VERBOSE=2 shows which kernels OpenBLAS takes; set OPENBLAS_CORETYPE=SkylakeX where it says Prescott. Both sides take
the same step: the gradient to zero, forward, mean of the squared differences from fixed rows, backward, SGD.

cnn, cnn_frozen   64 sentences of 40 words from a table of 20,000 x 300, trained with a dense gradient or frozen; 100 filters
                  each over 3, 4 and 5 words, window - 1 zeros at both ends, relu, maximum over time, dropout 0.5
lstm, lstm_dx     64 sequences of 49 rows, 512 numbers to 512, without and with the gradient of the input; gru: without.
                  PyTorch gets time first, which is its own layout

They take turns, so that other work on the machine meets both; printed are medians in milliseconds [least, most] and the ratio.
"""
import os
import subprocess
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

THREADS = int(os.environ.get("OMP_NUM_THREADS", "2"))
torch.set_num_threads(THREADS)
STEPS = 10


class SentenceCnn(nn.Module):
    def __init__(self, frozen):
        super().__init__()
        self.words = nn.Embedding(20000, 300)
        self.words.weight.requires_grad = not frozen
        self.convolutions = nn.ModuleList([nn.Conv1d(300, 100, k, padding=k - 1) for k in (3, 4, 5)])

    def forward(self, ids):
        x = self.words(ids).transpose(1, 2)
        pooled = torch.cat([F.relu(c(x)).max(2).values for c in self.convolutions], 1)
        return F.dropout(pooled, 0.5, self.training)


class Recurrent(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.layer = kind(512, 512)

    def forward(self, x):
        return self.layer(x)[0]


def milliseconds(case, steps):
    torch.manual_seed(1)
    if case.startswith("cnn"):
        net = SentenceCnn(case == "cnn_frozen")
        x = torch.randint(0, 20000, (64, 40))
    else:
        net = Recurrent(nn.GRU if case == "gru" else nn.LSTM)
        x = torch.rand(49, 64, 512, requires_grad=case == "lstm_dx")
    target = torch.rand(net(x).shape)
    trained = [p for p in net.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=0.01)
    times = []
    for _ in range(steps + 3):
        start = time.perf_counter()
        optimizer.zero_grad()
        if x.requires_grad:
            x.grad = None
        ((net(x) - target) ** 2).mean().backward()
        optimizer.step()
        times.append((time.perf_counter() - start) * 1e3)
    return times[3:]


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else None
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    cases = sys.argv[3].split(",") if len(sys.argv) > 3 else ["cnn", "cnn_frozen", "lstm", "lstm_dx", "gru"]
    print(f"torch {torch.__version__}, {THREADS} threads, {rounds} rounds of {STEPS} steps", flush=True)
    for case in cases:
        theirs, ours = [], []
        for _ in range(rounds):
            theirs += milliseconds(case, STEPS)
            if program:
                out = subprocess.run([program, case, str(THREADS), str(STEPS)], check=True, capture_output=True,
                                     text=True).stdout
                ours += [float(v) for v in out.split()]
        line = f"{case:<11} torch {np.median(theirs):.1f} [{min(theirs):.1f}, {max(theirs):.1f}]"
        if ours:
            line += (f", kindred {np.median(ours):.1f} [{min(ours):.1f}, {max(ours):.1f}], "
                     f"ratio {np.median(ours) / np.median(theirs):.2f} (least {min(ours) / min(theirs):.2f})")
        print(line, flush=True)


if __name__ == "__main__":
    main()
