#!/usr/bin/env python3
"""Losses and their derivatives from PyTorch, in double precision.

Run in this folder: python3 goldens.py > goldens.json
Everything drawn is stored, so the numbers can be checked with another version.
"""
import json
import torch
import torch.nn.functional as F

torch.manual_seed(11)


def case(loss, y, t, value, **settings):
    value.backward()
    return {
        "loss": loss, **settings, "shape": list(y.shape), "y": y.detach().flatten().tolist(),
        "t": t.flatten().tolist(), "value": value.item(), "dy": y.grad.flatten().tolist(),
    }


def scores(*shape):
    return (torch.randn(*shape, dtype=torch.float64) * 3).requires_grad_()


def first(y):
    """PyTorch wants the classes behind the batch axis; ours come last."""
    return y.movedim(-1, 1)


cases = []
for shape in [(5, 3), (2, 2, 3, 2, 4)]:
    k = shape[-1]
    ids = torch.randint(k, shape[:-1])
    hot = F.one_hot(ids, k).double()
    y = scores(*shape)
    cases.append(case("sparse_categorical_crossentropy", y, ids.double(), F.cross_entropy(first(y), ids), scores=True))
    y = scores(*shape)
    cases.append(case("categorical_crossentropy", y, hot, F.cross_entropy(first(y), first(hot), label_smoothing=0.1),
                      scores=True, smoothing=0.1))
    y = scores(*shape)
    tags = torch.randint(2, shape).double()
    cases.append(case("binary_crossentropy", y, tags, F.binary_cross_entropy_with_logits(y, tags), scores=True))
    y = torch.rand(*shape, dtype=torch.float64).requires_grad_()
    cases.append(case("binary_crossentropy", y, tags, F.binary_cross_entropy(y, tags), scores=False))
    y, real = scores(*shape), torch.randn(*shape, dtype=torch.float64)
    cases.append(case("mean_squared_error", y, real, F.mse_loss(y, real), scores=False))
    y = scores(*shape)
    cases.append(case("mean_absolute_error", y, real, F.l1_loss(y, real), scores=False))
print(json.dumps(cases, indent=1))
