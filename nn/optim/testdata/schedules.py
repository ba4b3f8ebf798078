#!/usr/bin/env python3
"""The learning rates of 20 steps, in 4 epochs of 5, under PyTorch's schedulers.

Run in this folder: python3 schedules.py > schedules.json

PyTorch's recursive forms round a little differently in every step. OneCycleLR
has the first rate before its first step, as all have.
"""
import json
import torch
from torch.optim import lr_scheduler as s

RATE, STEPS = 0.1, 20


def rates(make):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    schedule = make(optimizer)
    values = []
    for _ in range(STEPS):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return values


def cycle(**settings):
    return lambda o: s.OneCycleLR(o, RATE, total_steps=STEPS, cycle_momentum=False, **settings)


print(json.dumps({
    "step": rates(lambda o: s.StepLR(o, 7, gamma=0.5)),
    "boundaries": rates(lambda o: s.MultiStepLR(o, [5, 8], gamma=0.1)),
    "exponential": rates(lambda o: s.ExponentialLR(o, 0.8)),
    "cosine": rates(lambda o: s.CosineAnnealingLR(o, 20)),
    "cosine_to_a_tenth": rates(lambda o: s.CosineAnnealingLR(o, 20, eta_min=0.01)),
    "line": rates(lambda o: s.LinearLR(o, 1.0, 0.05, total_iters=15)),
    "square": rates(lambda o: s.PolynomialLR(o, total_iters=15, power=2)),
    "warm_cosine": rates(lambda o: s.SequentialLR(o, [s.LinearLR(o, 0.2, 1.0, total_iters=5), s.CosineAnnealingLR(o, 15)], [5])),
    "one_cycle": rates(cycle()),
    "one_cycle_of_lines": rates(cycle(anneal_strategy="linear", div_factor=10, final_div_factor=100)),
    "late_cycle": rates(cycle(pct_start=0.5)),
    "latest_cycle": rates(cycle(pct_start=0.95)),
}, indent=1))
