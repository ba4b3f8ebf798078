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


# Losses that PyTorch does not have are written out as their papers do, and
# PyTorch differentiates them. The names are those of loss_test.go's everyLoss.
def region(p, hot, alpha, beta, smooth, background=True):
    """1 - Tversky index, for each example and class, then the mean: MONAI's way."""
    p, hot = p.flatten(1, -2), hot.flatten(1, -2)
    if not background:
        p, hot = p[..., 1:], hot[..., 1:]
    both, wrong, missed = (p * hot).sum(1), (p * (1 - hot)).sum(1), ((1 - p) * hot).sum(1)
    return (1 - (both + smooth) / (both + alpha * wrong + beta * missed + smooth)).mean(1)


def dice(p, hot, smooth, background=True):
    return region(p, hot, 0.5, 0.5, smooth / 2, background)


def focal(y, hot, alpha, gamma):
    return (-alpha * hot * (1 - y.softmax(-1)) ** gamma * y.log_softmax(-1)).sum(-1).mean()


def binary_focal(y, t, gamma, alpha=None):
    p = y.sigmoid()
    p = t * p + (1 - t) * (1 - p)
    entropy = F.binary_cross_entropy_with_logits(y, t, reduction="none")
    weight = 1 if alpha is None else t * alpha + (1 - t) * (1 - alpha)
    return (weight * (1 - p) ** gamma * entropy).mean()


for shape in [(3, 2, 3, 2, 4), (1, 11, 10, 10, 2)]:
    k = shape[-1]
    ids = torch.randint(k, shape[:-1])
    hot = F.one_hot(ids, k).double()
    tags = torch.randint(2, shape).double()
    smoothed = hot * 0.9 + 0.1 / k

    def entropy(y):
        return F.cross_entropy(first(y), ids)

    for name, target, value in [
        ("focal", hot, lambda y: focal(y, hot, 0.25, 2)),
        ("focal smoothed", hot, lambda y: focal(y, smoothed, 0.3, 1.7)),
        ("focal of ids", ids.double(), lambda y: focal(y, hot, 0.25, 0.5)),
        ("focal of tags", tags, lambda y: binary_focal(y, tags, 2)),
        ("focal balanced", tags, lambda y: binary_focal(y, tags * 0.8 + 0.1, 3, 0.3)),
        ("dice", hot, lambda y: dice(y.softmax(-1), hot, 1e-5).mean()),
        ("dice of ids", ids.double(), lambda y: dice(y.softmax(-1), hot, 1, False).mean()),
        ("dice of tags", tags, lambda y: dice(y.sigmoid(), tags, 1e-5).sum()),
        ("dice crossentropy", hot, lambda y: 0.7 * dice(y.softmax(-1), hot, 1e-5).mean() + 0.4 * entropy(y)),
        ("dice crossentropy of ids", ids.double(), lambda y: dice(y.softmax(-1), hot, 0, False).sum() + 2 * shape[0] * entropy(y)),
        ("dice crossentropy of tags", tags,
         lambda y: dice(y.sigmoid(), tags, 1e-5).mean() + F.binary_cross_entropy_with_logits(y, tags)),
        ("tversky", hot, lambda y: region(y.softmax(-1), hot, 0.3, 0.9, 1e-5).mean()),
        ("tversky of ids", ids.double(), lambda y: region(y.softmax(-1), hot, 1, 1, 0.1, False).mean()),
        ("tversky of tags", tags, lambda y: region(y.sigmoid(), tags, 0.3, 0.7, 1e-5).mean()),
    ]:
        if shape[1] > 2 and name != "dice crossentropy of ids":
            continue  # a large volume is cut into parts; one loss is enough for that
        y = (torch.randn(*shape, dtype=torch.float64) * 3).round(decimals=4).requires_grad_()
        cases.append(case(name, y, target, value(y), scores=True))
    if shape[1] == 2:
        y, real = scores(*shape), torch.randn(*shape, dtype=torch.float64)
        cases.append(case("huber", y, real, F.huber_loss(y, real, delta=1.5), scores=False))


print("[" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "]")
