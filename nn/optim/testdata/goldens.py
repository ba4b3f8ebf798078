#!/usr/bin/env python3
"""The path of four weights under PyTorch's optimizers, in double precision.

Run in this folder: python3 goldens.py > goldens.json

The gradient is that of sum(c * (w - target)^2) with one c per weight. PyTorch's
Adam adds epsilon after correcting the mean of squares, Keras' before; with an
epsilon of 1e-18 both are the same to the last digits. Its momentum does not
contain the learning rate, which makes no difference while that is constant.
"""
import json
import torch

START = [1.0, -2.0, 0.5, 3.0]
TARGET = [0.0, 1.0, 0.25, -3.0]
CURVATURE = [0.5, 2.0, 10.0, 0.01]
STEPS = 25


def path(make):
    w = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    target, c = torch.tensor(TARGET, dtype=torch.float64), torch.tensor(CURVATURE, dtype=torch.float64)
    optimizer = make([w])
    steps = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        (c * (w - target) ** 2).sum().backward()
        optimizer.step()
        steps.append(w.detach().tolist())
    return steps


print(json.dumps({
    "start": START, "target": TARGET, "curvature": CURVATURE,
    "sgd": path(lambda w: torch.optim.SGD(w, lr=0.01)),
    "momentum": path(lambda w: torch.optim.SGD(w, lr=0.01, momentum=0.9)),
    "nesterov": path(lambda w: torch.optim.SGD(w, lr=0.01, momentum=0.9, nesterov=True)),
    "adam": path(lambda w: torch.optim.Adam(w, lr=0.1, betas=(0.9, 0.999), eps=1e-18)),
    "amsgrad": path(lambda w: torch.optim.Adam(w, lr=0.1, betas=(0.8, 0.9), eps=1e-18, amsgrad=True)),
}, indent=1))
