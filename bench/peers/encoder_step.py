# SPDX-License-Identifier: Apache-2.0
"""One training step of a convolutional encoder in PyTorch on the processor, beside bench/peers/encoder_step.cpp.

    g++ -std=c++20 -O2 -I include bench/peers/encoder_step.cpp -o encoder_step -pthread
    OMP_NUM_THREADS=2 python3 bench/peers/encoder_step.py ./encoder_step

Both train the same network on the same shapes with the same loss and update: four blocks of 3x3 convolution to 64
channels, batch normalization, relu and 2x2 max pooling, then a linear layer to 128 numbers and rows of length one; the loss
is the mean of the squared differences from fixed rows, the update is SGD with momentum. PyTorch runs three times: as people
write it, with channels_last memory, and with the relu behind the pool besides, where it computes the same from fewer numbers
and where encoder::conv4 has it. All take turns, so that other work on the machine meets all; printed are medians in
milliseconds [least, most] and the ratio to each.
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


def network(side, channels, relu_last):
    blocks = []
    for i in range(4):
        blocks += [nn.Conv2d(channels if i == 0 else WIDTH, WIDTH, 3, padding=1, bias=False), nn.BatchNorm2d(WIDTH)]
        blocks += [nn.MaxPool2d(2), nn.ReLU()] if relu_last else [nn.ReLU(), nn.MaxPool2d(2)]
        side //= 2
    return nn.Sequential(*blocks, nn.Flatten(), nn.Linear(side * side * WIDTH, DIMENSION))


def milliseconds(side, channels, steps, channels_last=False, relu_last=False):
    torch.manual_seed(1)
    net = network(side, channels, relu_last)
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
    variants = {"torch": {}, "channels_last": {"channels_last": True},
                "channels_last, relu last": {"channels_last": True, "relu_last": True}}
    for side, channels in ((28, 1), (32, 3)):
        times = {name: [] for name in variants}
        ours = []
        for _ in range(rounds):
            for name, how in variants.items():
                times[name] += milliseconds(side, channels, 10, **how)
            if program:
                out = subprocess.run([program, str(side), str(channels), str(THREADS), "10"], check=True,
                                     capture_output=True, text=True).stdout
                ours += [float(v) for v in out.split()]
        if ours:
            print(f"{side}x{side}x{channels} kindred: {np.median(ours):.1f} [{min(ours):.1f}, {max(ours):.1f}]")
        for name, t in times.items():
            ratio = f", ratio {np.median(ours) / np.median(t):.2f} (least {min(ours) / min(t):.2f})" if ours else ""
            print(f"{side}x{side}x{channels} {name}: {np.median(t):.1f} [{min(t):.1f}, {max(t):.1f}]{ratio}")


if __name__ == "__main__":
    main()
