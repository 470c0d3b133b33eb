# SPDX-License-Identifier: Apache-2.0
"""One training step of a convolutional encoder in PyTorch on the processor, beside bench/peers/encoder_step.cpp.

    g++ -std=c++20 -O2 -I include bench/peers/encoder_step.cpp -o encoder_step -pthread
    OMP_NUM_THREADS=2 python3 bench/peers/encoder_step.py ./encoder_step

Both train the same network on the same shapes with the same loss and update: four blocks of 3x3 convolution to 64
channels, batch normalization, relu and 2x2 max pooling, then a linear layer to 128 numbers and rows of length one; the loss
is the mean of the squared differences from fixed rows, the update is SGD with momentum. The two take turns, so that other
work on the machine meets both; printed are medians in milliseconds and their ratio.
"""
import os
import subprocess
import sys
import time

import numpy as np
import torch
from torch import nn

THREADS = int(os.environ.get("OMP_NUM_THREADS", "2"))
torch.set_num_threads(THREADS)
BATCH, WIDTH, DIMENSION = 64, 64, 128


def network(side, channels):
    blocks = []
    for i in range(4):
        blocks += [nn.Conv2d(channels if i == 0 else WIDTH, WIDTH, 3, padding=1, bias=False), nn.BatchNorm2d(WIDTH),
                   nn.ReLU(), nn.MaxPool2d(2)]
        side //= 2
    return nn.Sequential(*blocks, nn.Flatten(), nn.Linear(side * side * WIDTH, DIMENSION))


def milliseconds(side, channels, steps, channels_last):
    torch.manual_seed(1)
    net = network(side, channels)
    x = torch.rand(BATCH, channels, side, side)
    if channels_last:
        net, x = net.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    target = torch.nn.functional.normalize(torch.rand(BATCH, DIMENSION))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    times = []
    for _ in range(steps + 2):
        start = time.perf_counter()
        optimizer.zero_grad()
        loss = ((torch.nn.functional.normalize(net(x)) - target) ** 2).mean()
        loss.backward()
        optimizer.step()
        times.append((time.perf_counter() - start) * 1e3)
    return times[2:]


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else None
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    print(f"torch {torch.__version__}, {THREADS} threads, batch {BATCH}, {WIDTH} channels, {rounds} rounds of 10 steps")
    for side, channels in ((28, 1), (32, 3)):
        theirs, last, ours = [], [], []
        for _ in range(rounds):
            theirs += milliseconds(side, channels, 10, False)
            last += milliseconds(side, channels, 10, True)
            if program:
                out = subprocess.run([program, str(side), str(channels), str(THREADS), "10"], check=True,
                                     capture_output=True, text=True).stdout
                ours += [float(v) for v in out.split()]
        line = (f"{side}x{side}x{channels}: torch {np.median(theirs):.1f} ms [{min(theirs):.1f}, {max(theirs):.1f}], "
                f"torch channels_last {np.median(last):.1f} ms [{min(last):.1f}, {max(last):.1f}]")
        if ours:
            best = min(np.median(theirs), np.median(last))
            line += (f", kindred {np.median(ours):.1f} ms [{min(ours):.1f}, {max(ours):.1f}], "
                     f"ratio {np.median(ours) / best:.2f} of the faster")
        print(line)


if __name__ == "__main__":
    main()
