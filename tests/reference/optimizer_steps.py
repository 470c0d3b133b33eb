# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/optimizer/steps.txt with PyTorch 1.13 in double precision.

Run from the repository's root:  python3 tests/reference/optimizer_steps.py
Each line: a name, the number of rows and columns, the elements in rows. Twenty steps from `start`; the gradient of step t
is curvature * w + noise[t]. The other lines are the weights after the last step.
"""

import numpy as np
import torch
from torch import optim
from torch.optim import lr_scheduler
from torch.optim.swa_utils import AveragedModel

STEPS, N = 20, 7
rng = np.random.default_rng(3)
start = np.round(rng.normal(size=N) * 16) / 16
curvature = np.array([4, 2, 1, 1, 0.5, 0.25, 0])
noise = np.round(rng.normal(size=(STEPS, N)) * 8) / 8
out = {"start": start, "curvature": curvature, "noise": noise}


class vector(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.w = torch.nn.Parameter(torch.tensor(start))


def run(name, make, schedule=None, clip=None, average=None):
    model = vector()
    optimizer = make([model.w])
    schedules = schedule(optimizer) if schedule else []
    smooth = AveragedModel(model, avg_fn=lambda mean, w, n: average * mean + (1 - average) * w) if average else None
    for t in range(STEPS):
        model.w.grad = torch.tensor(curvature * model.w.detach().numpy() + noise[t])
        if clip:
            clip([model.w])
        optimizer.step()
        for s in schedules:
            s.step()
        if smooth:
            smooth.update_parameters(model)
    out[name] = model.w.detach().numpy()
    if smooth:
        out[name + "_average"] = smooth.module.w.detach().numpy()


run("sgd", lambda p: optim.SGD(p, lr=0.05))
run("sgd_momentum", lambda p: optim.SGD(p, lr=0.05, momentum=0.9, dampening=0.25, weight_decay=0.125))
run("sgd_nesterov", lambda p: optim.SGD(p, lr=0.05, momentum=0.8, nesterov=True))
run("adam", lambda p: optim.Adam(p))
run("adam_amsgrad", lambda p: optim.Adam(p, lr=0.1, betas=(0.8, 0.9), weight_decay=0.125, amsgrad=True))
run("adamw", lambda p: optim.AdamW(p, lr=0.1))
run("adamw_amsgrad", lambda p: optim.AdamW(p, lr=0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.5, amsgrad=True))
run("rmsprop", lambda p: optim.RMSprop(p))
run("rmsprop_centred", lambda p: optim.RMSprop(p, lr=0.02, alpha=0.9, weight_decay=0.125, momentum=0.5, centered=True))
run("adadelta", lambda p: optim.Adadelta(p))
run("adadelta_decay", lambda p: optim.Adadelta(p, lr=0.5, rho=0.8, eps=1e-3, weight_decay=0.125))
run("adagrad", lambda p: optim.Adagrad(p))
run(
    "adagrad_decay",
    lambda p: optim.Adagrad(p, lr=0.2, lr_decay=0.125, weight_decay=0.125, initial_accumulator_value=0.5),
)
sgd = lambda p: optim.SGD(p, lr=0.05, momentum=0.5)
run("step_decay", sgd, lambda o: [lr_scheduler.StepLR(o, 6, gamma=0.5)])
run("exponential_decay", sgd, lambda o: [lr_scheduler.ExponentialLR(o, 0.9)])
run("cosine_decay", sgd, lambda o: [lr_scheduler.CosineAnnealingLR(o, STEPS, eta_min=0.005)])
run("cosine_restarts", sgd, lambda o: [lr_scheduler.CosineAnnealingWarmRestarts(o, 4, T_mult=2, eta_min=0.005)])
run(
    "warm_up",
    sgd,
    lambda o: [lr_scheduler.LinearLR(o, start_factor=0.25, total_iters=8), lr_scheduler.ExponentialLR(o, 0.9)],
)
run("clip_norm", sgd, clip=lambda p: torch.nn.utils.clip_grad_norm_(p, 2.0))
run("clip_value", sgd, clip=lambda p: torch.nn.utils.clip_grad_value_(p, 0.75))
run("averaged", sgd, average=0.75)

# parameter groups: the first three weights at a tenth of the rate, the last one frozen
parts = [torch.nn.Parameter(torch.tensor(start[a:b])) for a, b in ((0, 3), (3, 6), (6, 7))]
optimizer = optim.Adam([{"params": parts[0], "lr": 0.01}, {"params": parts[1]}, {"params": parts[2], "lr": 0.0}], lr=0.1)
for t in range(STEPS):
    for p, (a, b) in zip(parts, ((0, 3), (3, 6), (6, 7))):
        p.grad = torch.tensor(curvature[a:b] * p.detach().numpy() + noise[t, a:b])
    optimizer.step()
out["rate_per_part"] = torch.cat(parts).detach().numpy()

with open("tests/data/optimizer/steps.txt", "w") as file:
    for name, table in out.items():
        table = np.atleast_2d(table)
        numbers = " ".join(f"{v:.17g}" for v in table.ravel())
        file.write(f"{name} {table.shape[0]} {table.shape[1]} {numbers}\n")
