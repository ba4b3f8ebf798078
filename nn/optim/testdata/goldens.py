#!/usr/bin/env python3
"""The path of four weights under PyTorch's optimizers, and under Keras' rules
written out, in double precision.

Run in this folder: python3 goldens.py > goldens.json

The gradient is that of sum(c * (w - target)^2) with one c per weight. PyTorch's
Adam adds epsilon after correcting the mean of squares, Keras' before; its
RMSprop and Adagrad add it to the root, Keras' under it; with an epsilon of 1e-18
all are the same to the last digits. Its momentum does not contain the learning
rate, which makes no difference while that is constant. Its NAdam
multiplies with one momentum twice (in version 1.13), and it has no Lion.

Keras' rules are those of keras/src/optimizers in version 3. Each is followed with
a large epsilon, a weight decay, and a learning rate that falls in every step, so
that the place of each of them tells.
"""
import json
import math

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


def written(rule, decay=0.05):
    """The path under a rule: it takes the step, counted from 1, the gradient, the
    learning rate and a dictionary that begins empty, and gives what is taken
    away."""
    paths = []
    for start, target, c in zip(START, TARGET, CURVATURE):
        w, state, steps = start, {}, []
        for t in range(1, STEPS + 1):
            rate = 0.1 * (1 - (t - 1) / 50)
            g = 2 * c * (w - target)
            w = w - w * decay * rate
            w = w - rule(t, g, rate, state)
            steps.append(w)
        paths.append(steps)
    return [list(step) for step in zip(*paths)]


def sgd(nesterov):
    def rule(t, g, rate, s):
        s["m"] = 0.9 * s.get("m", 0) - g * rate
        return -(0.9 * s["m"] - g * rate) if nesterov else -s["m"]
    return rule


def adam(amsgrad):
    def rule(t, g, rate, s):
        s["m"] = s.get("m", 0) + (g - s.get("m", 0)) * (1 - 0.9)
        s["v"] = s.get("v", 0) + (g * g - s.get("v", 0)) * (1 - 0.99)
        s["top"] = max(s.get("top", 0), s["v"])
        v = s["top"] if amsgrad else s["v"]
        return s["m"] * rate * math.sqrt(1 - 0.99 ** t) / (1 - 0.9 ** t) / (math.sqrt(v) + 0.1)
    return rule


def rmsprop(centered, momentum):
    def rule(t, g, rate, s):
        s["v"] = 0.8 * s.get("v", 0) + (1 - 0.8) * g * g
        divisor = s["v"] + 0.1
        if centered:
            s["a"] = 0.8 * s.get("a", 0) + (1 - 0.8) * g
            divisor = s["v"] - s["a"] ** 2 + 0.1
        s["m"] = momentum * s.get("m", 0) + rate * g / math.sqrt(divisor)
        return s["m"]
    return rule


def adagrad(t, g, rate, s):
    s["v"] = s.get("v", 0.3) + g * g
    return rate * g / math.sqrt(s["v"] + 0.1)


def nadam(t, g, rate, s):
    def u(t):
        return 0.9 * (1 - 0.5 * 0.96 ** t)
    s["product"] = s.get("product", 1) * u(t)
    s["m"] = s.get("m", 0) + (g - s.get("m", 0)) * (1 - 0.9)
    s["v"] = s.get("v", 0) + (g * g - s.get("v", 0)) * (1 - 0.99)
    mean = u(t + 1) * s["m"] / (1 - s["product"] * u(t + 1)) + (1 - u(t)) * g / (1 - s["product"])
    return mean * rate / (math.sqrt(s["v"] / (1 - 0.99 ** t)) + 0.1)


def lion(t, g, rate, s):
    toward = 0.9 * s.get("m", 0) + (1 - 0.9) * g
    s["m"] = 0.8 * s.get("m", 0) + (1 - 0.8) * g
    return rate * ((toward > 0) - (toward < 0))


print(json.dumps({
    "start": START, "target": TARGET, "curvature": CURVATURE,
    "sgd": path(lambda w: torch.optim.SGD(w, lr=0.01)),
    "momentum": path(lambda w: torch.optim.SGD(w, lr=0.01, momentum=0.9)),
    "nesterov": path(lambda w: torch.optim.SGD(w, lr=0.01, momentum=0.9, nesterov=True)),
    "adam": path(lambda w: torch.optim.Adam(w, lr=0.1, betas=(0.9, 0.999), eps=1e-18)),
    "amsgrad": path(lambda w: torch.optim.Adam(w, lr=0.1, betas=(0.8, 0.9), eps=1e-18, amsgrad=True)),
    "adamw": path(lambda w: torch.optim.AdamW(w, lr=0.1, betas=(0.9, 0.999), eps=1e-18, weight_decay=0.3)),
    "rmsprop": path(lambda w: torch.optim.RMSprop(w, lr=0.1, alpha=0.9, eps=1e-18)),
    "rmsprop_momentum": path(lambda w: torch.optim.RMSprop(w, lr=0.1, alpha=0.9, eps=1e-18, momentum=0.5)),
    "rmsprop_centered": path(lambda w: torch.optim.RMSprop(w, lr=0.1, alpha=0.8, eps=1e-18, momentum=0.5, centered=True)),
    "adagrad": path(lambda w: torch.optim.Adagrad(w, lr=0.1, initial_accumulator_value=0.1, eps=1e-18)),
    "keras": {
        "momentum": written(sgd(False)), "nesterov": written(sgd(True)),
        "adam": written(adam(False)), "amsgrad": written(adam(True)),
        "rmsprop": written(rmsprop(False, 0)), "rmsprop_centered": written(rmsprop(True, 0.5)),
        "adagrad": written(adagrad), "nadam": written(nadam), "lion": written(lion),
    },
}))
