#!/usr/bin/env python3
"""Writes goldens.gz: what PyTorch computes for networks drawn at random.

    /usr/bin/python3 make.py                      # the goldens that are kept
    /usr/bin/python3 make.py -n 1000 -seed 2 -o /tmp/more.gz
    PIPE_DIFFTEST=/tmp/more.gz go test ./nn/difftest/

Everything is computed in double precision. A network stays only if PyTorch itself
comes to the same results, to within a third of what the test allows, in single
precision and from weights that are a ten-millionth off, three times: so no case
hangs on the last bit, as it would where two values of a max pool are nearly the
same, where a relu's input is nearly 0, or where Adam divides rounding by rounding.

A line of the file is a case: its description, and its arrays as base64 of
little-endian float32.
"""
import argparse
import base64
import gzip
import json
import pathlib

import numpy
import torch

import draw
import losses
import network
import optimizers

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

STEPS = 20
# What PyTorch's own results may differ by, of the largest number of a tensor: a
# third of what the test allows.
OUTPUT, GRADIENT, TRAJECTORY = 3e-6, 3e-5, 3e-4
# A gradient that is 0 but for rounding is measured by the largest of the network.
FLOOR = 1e-3


def optimizer(d, kind):
    """An optimizer of a kind, with settings that make everything in it tell."""
    small, large = d.one_of(0.01, 0.003), d.one_of(0.02, 0.05)
    betas = d.one_of({}, {"beta_1": 0.8, "beta_2": 0.95})
    epsilon = {"epsilon": d.one_of(1e-3, 1e-2)}
    name, s = {
        "sgd": ("sgd", {"learning_rate": large}),
        "momentum": ("sgd", {"learning_rate": small, "momentum": 0.9}),
        "nesterov": ("sgd", {"learning_rate": small, "momentum": 0.8, "nesterov": True}),
        "adam": ("adam", {"learning_rate": small, **betas, **d.one_of({}, epsilon)}),
        "amsgrad": ("adam", {"learning_rate": small, "amsgrad": True, "beta_2": 0.9, **epsilon}),
        "adamw": ("adamw", {"learning_rate": small, **betas, **d.one_of({}, {"weight_decay": 0.1})}),
        "rmsprop": ("rmsprop", {"learning_rate": 0.003, **d.one_of({}, {"rho": 0.8, **epsilon})}),
        "rmsprop centered": ("rmsprop", {"learning_rate": 0.003, "centered": True, "momentum": 0.5, **epsilon}),
        "adagrad": ("adagrad", {"learning_rate": large, **d.one_of({}, {"initial_accumulator_value": 0.01, **epsilon})}),
        "nadam": ("nadam", {"learning_rate": small, **betas, **d.one_of({}, epsilon)}),
        "lion": ("lion", {"learning_rate": 0.002, **d.one_of({}, {"beta_1": 0.7, "beta_2": 0.9})}),
        "defaults": (d.one_of(*optimizers.RULES), {}),
    }[kind]
    if d.chance(0.25) and name != "adamw":
        s["weight_decay"] = 0.2
    if "weight_decay" in s and d.chance(0.4):
        s["exclude_from_weight_decay"] = ["bias", "gamma", "beta"]
    if d.chance(0.12):
        s.update({"use_ema": True, "ema_momentum": 0.8}, **d.one_of({}, {"ema_overwrite_frequency": 7}))
    if d.chance(0.12):
        s["gradient_accumulation_steps"] = d.one_of(2, 3)
    training = {"optimizer": {name: s}}
    if d.chance(0.25):
        training["gradient_clip"] = d.one_of({"norm": 0.3}, {"norm_each": 0.1}, {"value": 0.02})
    return training


KINDS = ("sgd", "momentum", "nesterov", "adam", "amsgrad", "adamw", "rmsprop", "rmsprop centered", "adagrad", "nadam", "lion", "defaults")

# The losses, what goes in front of each, and what it compares with.
HEADS = {
    "categorical_crossentropy": [("softmax", "one_hot")],
    "sparse_categorical_crossentropy": [("softmax", "class_id")],
    "binary_crossentropy": [("sigmoid", "binary")],
    "mean_squared_error": [("linear", "real"), ("sigmoid", "real")],
    "mean_absolute_error": [("linear", "real")],
    "huber": [("linear", "real")],
    **{name: [("softmax", "one_hot"), ("softmax", "class_id"), ("sigmoid", "binary")] for name in ("focal", "dice", "dice_crossentropy", "tversky")},
}


def loss_settings(d, name, head):
    s = {}
    if name in ("categorical_crossentropy", "binary_crossentropy", "focal") and d.chance(0.4):
        s["label_smoothing"] = d.one_of(0.1, 0.3)
    if name == "focal":
        s.update(d.one_of({}, {"gamma": 1.5, "alpha": 0.6}, {"gamma": 3.0}))
        if head == "sigmoid" and d.chance(0.6):
            s["apply_class_balancing"] = True
    if name in ("dice", "dice_crossentropy", "tversky"):
        s.update(d.one_of({}, {"smooth": 1.0}), **d.one_of({}, {"include_background": False}))
    if name == "dice_crossentropy":
        s.update(d.one_of({}, {"dice_weight": 0.4, "crossentropy_weight": 1.7}))
    if name == "tversky":
        s.update(d.one_of({}, {"alpha": 0.3, "beta": 0.7}, {"alpha": 1.0, "beta": 1.0}))
    if name == "huber":
        s.update(d.one_of({}, {"delta": 0.3}))
    if head != "linear" and name != "mean_squared_error" and d.chance(0.35):
        s["from_logits"] = True
    if d.chance(0.2):
        s["reduction"] = "sum"
    return s


def targets(d, case, y):
    """Labels for outputs y."""
    shape, k = list(y.shape[:-1]), y.shape[-1]
    match case["target"]:
        case "class_id":
            return d.random.integers(k, size=shape + [1]).astype(float)
        case "one_hot":
            hot = numpy.eye(k)[d.random.integers(k, size=shape)]
            return hot * 0.75 + 0.25 / k if k in (2, 4) and d.chance(0.15) else hot
        case "binary":
            return d.random.integers(2, size=shape + [k]).astype(float)
    return numpy.round(d.random.uniform(-1, 1, shape + [k]) * 64) / 64


def drawn(random, index):
    """A case, its arrays, and its weights."""
    weights = network.Weights(random)
    d = draw.Drawer(random, weights)
    n = d.one_of(2, 3, 4, 6)
    # Even sizes, now and then, are for what halves and doubles them.
    sizes = [2 * size for size in d.three(1, 3)] if d.chance(0.2) else d.three(2, 6)
    shape = [n] + sizes + [d.one_of(1, 1, 2, 3, 4, 6)]
    count = numpy.prod(shape)
    # No two numbers are the same, so that every maximum is one; and none is round, so
    # that it is never the threshold of a relu.
    x = torch.from_numpy((random.permutation(count) * (12288 // count) / 4096 - 1.5 + 1 / 8192).reshape(shape))
    name = list(HEADS)[index % len(HEADS)]
    head, target = d.one_of(*HEADS[name])
    units = d.whole(2, 4) if head == "softmax" else d.whole(1, 3)
    s = loss_settings(d, name, head)
    items, named, y = d.body(x)
    y = d.head(items, named, y, ("linear" if s.get("from_logits", False) else head, units))
    case = {"layers": items, "loss": {name: s}, "head": head, "target": target, "class_weights": None}
    t = targets(d, case, y)
    if head == "softmax" and d.chance(0.25):
        case["class_weights"] = [d.one_of(0.5, 1.0, 2.0, 1.25) for _ in range(units)]
    elif head == "sigmoid" and target == "binary" and units == 1 and d.chance(0.3):
        case["class_weights"] = [0.5, 2.0]
    examples, positions = numpy.ones(n), numpy.ones(y.shape[:-1])
    # An answer for the whole example has no position but itself.
    case["weights_of"] = d.one_of("", "", "examples", "positions" if y.dim() > 2 else "examples")
    if case["weights_of"] == "examples":
        examples = numpy.round(random.uniform(0, 2, n) * 16) / 16
    elif case["weights_of"] == "positions":
        positions = numpy.round(random.uniform(0, 2, y.shape[:-1]) * 16) / 16
    case["batch_size"] = d.one_of(*(b for b in (1, 2, 3, 4) if b <= n and STEPS % -(-n // b) == 0))
    case["training"] = [optimizer(d, KINDS[(2 * index + k) % len(KINDS)]) for k in range(2)]
    arrays = {"x": x.numpy(), "t": t, "examples": examples, "positions": positions}
    return case, arrays, weights


def gradients(case, arrays, w, batch=slice(None)):
    """The loss of some examples, its gradient by every weight and the input, and the
    outputs."""
    x, t, examples, positions = (torch.from_numpy(arrays[name][batch]).to(dtype()) for name in ("x", "t", "examples", "positions"))
    x.requires_grad_()
    trained = {name: w.values[name].clone().requires_grad_() for name in w.trained()}
    held = dict(w.values)
    w.values.update(trained)
    w.moved = {}
    y = network.run(case["layers"], x, w, True)
    value = losses.loss(case, y, t, examples, positions) + w.penalty()
    found = torch.autograd.grad(value, [x, *trained.values()], allow_unused=True)
    w.values = held
    found = [torch.zeros_like(v) if g is None else g for g, v in zip(found, [x, *trained.values()])]
    return value.detach(), found[0], dict(zip(trained, found[1:])), y.detach()


def dtype():
    return torch.get_default_dtype()


def trained(case, arrays, w, training):
    """The weights after STEPS steps."""
    held, o = w.values, optimizers.Optimizer(training)
    w.values = dict(held)
    n, size = len(arrays["x"]), case["batch_size"]
    starts = list(range(0, n, size))
    for step in range(STEPS):
        at = starts[step % len(starts)]
        _, _, grads, _ = gradients(case, arrays, w, slice(at, min(at + size, n)))
        moved = w.moved
        w.values = {**o.step(w.values, grads), **moved}
    after, w.values = o.finish(w.values), held
    return after


def computed(case, arrays, w):
    """Everything that is compared, and how much of the largest number each may be
    off."""
    value, dx, grads, y = gradients(case, arrays, w)
    with torch.no_grad():
        plain = network.run(case["layers"], torch.from_numpy(arrays["x"]).to(dtype()), w, False)
    results = {"loss": (value.reshape(1), OUTPUT, 0), "y": (y, OUTPUT, 0), "plain": (plain, OUTPUT, 0)}
    largest = max([float(g.abs().max()) for g in grads.values()] + [float(dx.abs().max())])
    for name, g in [("x", dx), *grads.items()]:
        results["d " + name] = (g, GRADIENT, FLOOR * largest)
    for k, training in enumerate(case["training"]):
        for name, value in trained(case, arrays, w, training).items():
            results[f"{k} {name}"] = (value, TRAJECTORY, 0)
    return results


def steady(results, others):
    """Whether other results are the same but for rounding."""
    for name, (want, tolerance, floor) in results.items():
        got = others[name][0].to(torch.float64)
        scale = max(float(want.abs().max()), floor)
        if not float((got - want).abs().max()) <= tolerance * scale or scale > 1e3 or scale < 1e-9:
            return False
    return True


def rounded(case, arrays, w, random):
    """The same in single precision, from weights that are a little off."""
    torch.set_default_dtype(torch.float32)
    other = network.Weights(None)
    other.__dict__.update(w.__dict__)
    other.values = {name: (v * (1 + 1e-7 * torch.from_numpy(random.uniform(-1, 1, tuple(v.shape))))).to(torch.float32) for name, v in w.values.items()}
    try:
        return computed(case, arrays, other)
    finally:
        torch.set_default_dtype(torch.float64)


def packed(values):
    return base64.b64encode(numpy.ascontiguousarray(values, "<f4").tobytes()).decode()


def written(case, arrays, w, results):
    line = dict(case, input=list(arrays["x"].shape), arrays={name: packed(a) for name, a in arrays.items()})
    line["weights"] = {name: {"shape": list(v.shape), "values": packed(v)} for name, v in w.values.items()}
    line["results"] = {name: packed(v) for name, (v, _, _) in results.items()}
    return json.dumps(line, separators=(",", ":"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=240, help="how many networks")
    parser.add_argument("-seed", type=int, default=1)
    parser.add_argument("-o", default=pathlib.Path(__file__).with_name("goldens.gz"))
    options = parser.parse_args()
    lines, refused, unsteady = [], 0, 0
    for index in range(options.n):
        for attempt in range(1000):
            random = numpy.random.default_rng([options.seed, index, attempt])
            try:
                case, arrays, w = drawn(random, index)
                if not w.trained():
                    raise draw.Refused
                results = computed(case, arrays, w)
            except (draw.Refused, losses.TooSure, AssertionError):
                refused += 1
                continue
            try:
                good = all(steady(results, rounded(case, arrays, w, random)) for _ in range(3))
            except losses.TooSure:
                good = False
            if good:
                lines.append(written(case, arrays, w, results))
                break
            unsteady += 1
        else:
            raise SystemExit(f"no network {index} in 1000")
    with gzip.GzipFile(options.o, "wb", 9, mtime=0) as file:
        file.write(("\n".join(lines) + "\n").encode())
    print(f"{len(lines)} networks; {refused} did not fit, {unsteady} hung on the last bits")


if __name__ == "__main__":
    main()
