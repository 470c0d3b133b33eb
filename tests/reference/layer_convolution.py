# SPDX-License-Identifier: Apache-2.0
"""Convolutions, pools and batch normalization by PyTorch: writes tests/data/layer/convolution.npz (torch 1.13, float64).

    python3 tests/reference/layer_convolution.py

Per case: shape (items, height, width, channels; height 0 is a sequence), x, dy, y, dx as rows of pixels with channels last;
weights, dweights and buffers as the library lays them out: (tap line, tap, channel) by output, then the bias.
"""
import os

import numpy as np
import torch
from torch import nn

OUT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data", "layer", "convolution.npz")
rng = np.random.default_rng(4)
arrays = {}


def noise(*shape):
    return np.round(rng.uniform(-1, 1, shape), 3)


def rows(t):
    """N x C x L or N x C x H x W -> pixels x channels."""
    t = t.detach().numpy() if isinstance(t, torch.Tensor) else t
    return np.moveaxis(t, 1, -1).reshape(-1, t.shape[1])


def flat_weight(t):
    """out x in / groups x taps -> (taps, in / groups) by out, flat."""
    t = t.detach().numpy()
    return np.moveaxis(t, (0, 1), (-1, -2)).reshape(-1)


def case(name, module, shape):
    """shape: N, C, then the axes."""
    module = module.double()
    x = torch.tensor(noise(*shape), requires_grad=True)
    weights = [p for p in (getattr(module, "weight", None), getattr(module, "bias", None)) if p is not None]
    for p in weights:
        with torch.no_grad():
            p.copy_(torch.tensor(noise(*p.shape)))
    buffers = [module.running_mean, module.running_var] if hasattr(module, "running_mean") else []
    if buffers:
        buffers[0].copy_(torch.tensor(noise(*buffers[0].shape)))
        buffers[1].copy_(torch.tensor(noise(*buffers[1].shape) + 1.5))
        arrays[name + ".buffers"] = np.concatenate([b.numpy().copy() for b in buffers])
    y = module(x)
    dy = noise(*y.shape)
    y.backward(torch.tensor(dy))

    def flat(tensors):
        return np.concatenate([flat_weight(t) if t.dim() > 1 else t.detach().numpy() for t in tensors])

    axes = (0,) + tuple(shape[2:]) if len(shape) == 3 else tuple(shape[2:]) if len(shape) == 4 else (0, 1)
    arrays[name + ".shape"] = np.array([shape[0], *axes, shape[1]], dtype=np.int64)
    arrays[name + ".x"], arrays[name + ".dy"] = rows(x), rows(dy)
    arrays[name + ".y"], arrays[name + ".dx"] = rows(y), rows(x.grad)
    if weights:
        arrays[name + ".weights"] = flat(weights)
        arrays[name + ".dweights"] = flat([p.grad for p in weights])
    if buffers:
        arrays[name + ".buffers_after"] = np.concatenate([b.numpy() for b in buffers])


case("conv2d", nn.Conv2d(2, 3, 3, padding=1), (2, 2, 4, 5))
case("conv2d_strided", nn.Conv2d(3, 4, 3, stride=2, padding=1, bias=False), (2, 3, 6, 5))
case("conv2d_dilated", nn.Conv2d(2, 3, 3, dilation=2, padding=1), (1, 2, 7, 6))
case("conv2d_grouped", nn.Conv2d(4, 6, 2, groups=2, stride=2), (2, 4, 5, 4))
case("conv2d_depthwise", nn.Conv2d(4, 4, 3, groups=4, padding=2), (1, 4, 3, 4))
case("conv2d_narrow", nn.Conv2d(1, 9, 3, padding=1), (2, 1, 4, 4))
case("conv1d", nn.Conv1d(3, 2, 3, padding=1), (2, 3, 6))
case("conv1d_strided", nn.Conv1d(2, 4, 4, stride=3, dilation=2, padding=2, groups=2), (2, 2, 9))
case("max_pool2d", nn.MaxPool2d(2), (2, 3, 5, 4))
case("max_pool2d_overlapping", nn.MaxPool2d(3, stride=2, padding=1), (1, 2, 6, 5))
case("average_pool2d", nn.AvgPool2d(3, stride=2, padding=1), (1, 2, 6, 5))
case("average_pool2d_inside", nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False), (1, 2, 3, 4))
case("max_pool1d", nn.MaxPool1d(3, stride=1, padding=1), (2, 2, 5))
case("average_pool1d", nn.AvgPool1d(2), (2, 2, 5))
case("global_average", nn.AdaptiveAvgPool2d(1), (2, 3, 3, 2))
case("global_maximum", nn.AdaptiveMaxPool2d(1), (2, 3, 3, 2))
case("batch_norm_train", nn.BatchNorm2d(3), (2, 3, 3, 4))
case("batch_norm_infer", nn.BatchNorm2d(3).eval(), (2, 3, 3, 4))
case("batch_norm_rows", nn.BatchNorm1d(18, eps=1e-3, momentum=0.3), (7, 18))

np.savez(OUT, **{name: np.ascontiguousarray(value) for name, value in arrays.items()})
print(len(arrays), "arrays,", os.path.getsize(OUT), "bytes")
