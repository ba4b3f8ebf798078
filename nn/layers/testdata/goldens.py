#!/usr/bin/env python3
"""Writes goldens.json: what PyTorch computes for our layers.

    apt install python3-torch && python3 goldens.py

Everything is worked out in double precision. Arrays are channels last and
kernels have Keras' layout; inputs, weights and output gradients are not stored
but follow from wave(), which the test repeats.
"""
import json
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def wave(shape, phase):
    n = 1
    for size in shape:
        n *= size
    return torch.sin(1.37 * torch.arange(n, dtype=torch.float64) + phase).reshape(shape)


def first(x):
    """Channels last to channels first."""
    return x.movedim(-1, 1)


def last(x):
    return x.movedim(1, -1)


def padded(x, size, strides, dilation, padding, value):
    """Pads a channels-first volume as TensorFlow does for "same"."""
    if padding == "valid":
        return x
    pads = []
    for axis in (2, 1, 0):
        n = x.shape[2 + axis]
        out = -(-n // strides[axis])
        total = max(0, (out - 1) * strides[axis] + (size[axis] - 1) * dilation[axis] + 1 - n)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads, value=value)


def conv3d(x, w, s):
    size, strides, dilation = s["kernel_size"], s["strides"], s["dilation_rate"]
    x = padded(first(x), size, strides, dilation, s["padding"], 0.0)
    y = F.conv3d(x, w["kernel"].permute(4, 3, 0, 1, 2), w.get("bias"), stride=strides, dilation=dilation, groups=s["groups"])
    return last(y)


def max_pool3d(x, w, s):
    size, strides = s["pool_size"], s["strides"]
    return last(F.max_pool3d(padded(first(x), size, strides, [1, 1, 1], s["padding"], -torch.inf), size, strides))


def average_pool3d(x, w, s):
    size, strides = s["pool_size"], s["strides"]
    x = first(x)
    total = F.avg_pool3d(padded(x, size, strides, [1, 1, 1], s["padding"], 0.0), size, strides)
    share = F.avg_pool3d(padded(torch.ones_like(x), size, strides, [1, 1, 1], s["padding"], 0.0), size, strides)
    return last(total / share)


def batch_norm(x, w, s):
    y = F.batch_norm(first(x), None, None, w["gamma"], w["beta"], training=True, eps=s["epsilon"])
    axes = list(range(x.dim() - 1))
    keep = s["momentum"]
    w["moving_mean"].data = keep * w["moving_mean"].data + (1 - keep) * x.detach().mean(axes)
    w["moving_variance"].data = keep * w["moving_variance"].data + (1 - keep) * x.detach().var(axes, unbiased=False)
    return last(y)


def conv3d_transpose(x, w, s):
    """Keras' sizes: what the windows reach, cut or filled with zeros at both ends.

    The amounts are those that Keras hands to JAX and TensorFlow; PyTorch's own
    padding would cut an odd rest from the other end.
    """
    y = F.conv_transpose3d(first(x), w["kernel"].permute(4, 3, 0, 1, 2), stride=s["strides"], dilation=s["dilation_rate"])
    pads = []
    for axis in (2, 1, 0):
        span = (s["kernel_size"][axis] - 1) * s["dilation_rate"][axis] + 1
        stride = s["strides"][axis]
        extra = s["output_padding"] and s["output_padding"][axis]
        if s["padding"] == "valid":
            left, right = span - 1, span - 1 + (max(span, stride) - span if extra is None else extra)
        else:
            total = stride + span - 2 if extra is None else span + span % 2 - 2 + extra
            left = min(total // 2 + total % 2, span - 1)
            right = total - left
        pads += [left - span + 1, right - span + 1]
    y = F.pad(y, pads)
    return last(y) + w["bias"] if "bias" in w else last(y)


def depthwise_conv3d(x, w, s):
    size, strides, dilation = s["kernel_size"], s["strides"], s["dilation_rate"]
    channels = x.shape[-1]
    x = padded(first(x), size, strides, dilation, s["padding"], 0.0)
    kernel = w["kernel"].permute(3, 4, 0, 1, 2).reshape([-1, 1] + size)
    return last(F.conv3d(x, kernel, w.get("bias"), stride=strides, dilation=dilation, groups=channels))


def zero_pad3d(x, w, s):
    return F.pad(x, [0, 0] + [n for ends in reversed(s["ends"]) for n in ends])


def crop3d(x, w, s):
    return F.pad(x, [0, 0] + [-n for ends in reversed(s["ends"]) for n in ends])


def upsample3d(x, w, s):
    for axis in range(3):
        x = x.repeat_interleave(s["size"][axis], 1 + axis)
    return x


def layer_norm(x, w, s):
    axes = sorted(axis % x.dim() for axis in s["axes"])
    mean, variance = x.mean(axes, keepdim=True), x.var(axes, unbiased=False, keepdim=True)
    shape = [x.shape[axis] if axis in axes else 1 for axis in range(x.dim())]
    return (x - mean) / torch.sqrt(variance + s["epsilon"]) * w["gamma"].reshape(shape) + w["beta"].reshape(shape)


def group_norm(x, w, s):
    return last(F.group_norm(first(x), s["groups"], w["gamma"], w["beta"], s["epsilon"]))


def instance_norm(x, w, s):
    return last(F.instance_norm(first(x), weight=w["gamma"], bias=w["beta"], eps=s["epsilon"]))


RUN = {
    "conv3d": conv3d,
    "conv3d_transpose": conv3d_transpose,
    "depthwise_conv3d": depthwise_conv3d,
    "zero_pad3d": zero_pad3d,
    "crop3d": crop3d,
    "upsample3d": upsample3d,
    "layer_norm": layer_norm,
    "group_norm": group_norm,
    "instance_norm": instance_norm,
    "max_pool3d": max_pool3d,
    "average_pool3d": average_pool3d,
    "global_average_pool3d": lambda x, w, s: x.mean([1, 2, 3]),
    "global_max_pool3d": lambda x, w, s: x.amax([1, 2, 3]),
    "dense": lambda x, w, s: x @ w["kernel"] + w["bias"],
    "batch_norm": batch_norm,
    "prelu": lambda x, w, s: torch.where(x > 0, x, w["alpha"] * x),
    "relu": lambda x, w, s: F.relu(x),
    "leaky_relu": lambda x, w, s: F.leaky_relu(x, 0.3),
    "elu": lambda x, w, s: F.elu(x, 1.0),
    "selu": lambda x, w, s: F.selu(x),
    "gelu": lambda x, w, s: F.gelu(x, approximate="tanh" if s["approximate"] else "none"),
    "silu": lambda x, w, s: F.silu(x),
    "sigmoid": lambda x, w, s: torch.sigmoid(x),
    "tanh": lambda x, w, s: torch.tanh(x),
    "softplus": lambda x, w, s: F.softplus(x, threshold=1000),
    "softmax": lambda x, w, s: torch.softmax(x, s["axis"]),
}


def case(layer, shape, weights=None, scale=1.0, **settings):
    x = (scale * wave([2] + shape, 0.3)).requires_grad_()
    w = {name: wave(s, 1 + i) for i, (name, s) in enumerate((weights or {}).items())}
    trained = [name for name in w if not name.startswith("moving")]
    for name in trained:
        w[name].requires_grad_()
    y = RUN[layer](x, w, settings)
    grads = torch.autograd.grad(y, [x] + [w[n] for n in trained], wave(y.shape, 0.7))
    flat = lambda t: [float("%.12g" % v) for v in t.detach().flatten().tolist()]
    return {
        "layer": layer,
        "settings": settings,
        "input": shape,
        "scale": scale,
        "weights": {n: list(t.shape) for n, t in w.items()},
        "output": list(y.shape)[1:],
        "y": flat(y),
        "dx": flat(grads[0]),
        "grads": {n: flat(g) for n, g in zip(trained, grads[1:])},
        "after": {n: flat(t) for n, t in w.items() if n not in trained},
    }


def conv(shape, filters, size, strides=(1, 1, 1), padding="valid", dilation=(1, 1, 1), groups=1, bias=True):
    weights = {"kernel": list(size) + [shape[3] // groups, filters]}
    if bias:
        weights["bias"] = [filters]
    return case("conv3d", shape, weights, filters=filters, kernel_size=list(size), strides=list(strides),
                padding=padding, dilation_rate=list(dilation), groups=groups, use_bias=bias)


def transposed(shape, filters, size, strides=(1, 1, 1), padding="valid", output_padding=None, dilation=(1, 1, 1), bias=True):
    weights = {"kernel": list(size) + [filters, shape[3]]}
    if bias:
        weights["bias"] = [filters]
    return case("conv3d_transpose", shape, weights, filters=filters, kernel_size=list(size), strides=list(strides),
                padding=padding, output_padding=output_padding, dilation_rate=list(dilation), use_bias=bias)


def depthwise(shape, multiplier, size, strides=(1, 1, 1), padding="valid", dilation=(1, 1, 1), bias=True):
    weights = {"kernel": list(size) + [shape[3], multiplier]}
    if bias:
        weights["bias"] = [shape[3] * multiplier]
    return case("depthwise_conv3d", shape, weights, depth_multiplier=multiplier, kernel_size=list(size), strides=list(strides),
                padding=padding, dilation_rate=list(dilation), use_bias=bias)


def normalized(layer, shape, weight, **settings):
    return case(layer, shape, {"gamma": weight, "beta": weight}, **settings)


def pool(layer, shape, size, strides, padding):
    return case(layer, shape, pool_size=size, strides=strides, padding=padding)


cases = [
    conv([4, 5, 6, 2], 3, (3, 3, 3)),
    conv([4, 5, 3, 2], 3, (3, 2, 3), padding="same"),
    conv([5, 7, 6, 1], 4, (3, 3, 2), strides=(2, 2, 1)),
    conv([5, 6, 4, 2], 3, (3, 2, 3), strides=(2, 3, 1), padding="same"),
    conv([7, 5, 6, 2], 2, (3, 2, 2), dilation=(2, 3, 1)),
    conv([4, 5, 4, 2], 2, (3, 3, 2), dilation=(2, 2, 3), padding="same"),
    conv([4, 3, 4, 4], 6, (2, 3, 2), groups=2, bias=False),
    conv([3, 4, 3, 4], 4, (3, 3, 3), strides=(2, 2, 2), groups=4, padding="same"),
    conv([2, 3, 2, 3], 2, (5, 4, 3), padding="same"),
    conv([3, 3, 3, 5], 7, (1, 1, 1)),
    pool("max_pool3d", [4, 5, 6, 2], [2, 2, 2], [2, 2, 2], "valid"),
    pool("max_pool3d", [5, 4, 3, 2], [3, 2, 3], [2, 1, 2], "same"),
    pool("average_pool3d", [4, 5, 6, 2], [2, 2, 3], [2, 2, 1], "valid"),
    pool("average_pool3d", [5, 4, 3, 2], [3, 2, 3], [2, 1, 2], "same"),
    case("global_average_pool3d", [3, 4, 2, 3]),
    case("global_max_pool3d", [3, 4, 2, 3]),
    case("dense", [9], {"kernel": [9, 5], "bias": [5]}),
    case("batch_norm", [3, 2, 3, 4], {"gamma": [4], "beta": [4], "moving_mean": [4], "moving_variance": [4]},
         momentum=0.99, epsilon=1e-3),
    case("batch_norm", [5], {"gamma": [5], "beta": [5], "moving_mean": [5], "moving_variance": [5]},
         scale=3.0, momentum=0.9, epsilon=1e-5),
    case("prelu", [3, 4], {"alpha": [3, 4]}),
    case("relu", [40]),
    case("leaky_relu", [40], scale=3.0),
    case("elu", [40], scale=3.0),
    case("selu", [40], scale=3.0),
    case("gelu", [40], scale=4.0, approximate=False),
    case("gelu", [40], scale=4.0, approximate=True),
    case("silu", [40], scale=6.0),
    case("sigmoid", [40], scale=8.0),
    case("tanh", [40], scale=4.0),
    case("softplus", [40], scale=30.0),
    case("softmax", [3, 4, 5], scale=4.0, axis=-1),
    case("softmax", [3, 4, 5], scale=4.0, axis=1),
    transposed([3, 4, 3, 3], 2, (2, 2, 2), strides=(2, 2, 2)),
    transposed([3, 2, 4, 2], 3, (3, 2, 3)),
    transposed([2, 3, 2, 2], 3, (3, 3, 2), strides=(2, 2, 3), padding="same"),
    transposed([2, 3, 2, 2], 3, (2, 2, 3), strides=(2, 1, 2), bias=False),
    transposed([3, 3, 2, 2], 2, (2, 5, 4), strides=(3, 3, 3), padding="same", output_padding=[2, 1, 0]),
    transposed([2, 2, 2, 2], 2, (3, 2, 1), strides=(3, 2, 2), output_padding=[1, 0, 1]),
    transposed([4, 3, 3, 2], 2, (3, 2, 3), dilation=(2, 3, 1), padding="same"),
    transposed([3, 4, 3, 2], 1, (2, 3, 3), dilation=(3, 1, 2)),
    depthwise([4, 3, 4, 3], 1, (3, 2, 3)),
    depthwise([3, 4, 3, 2], 3, (2, 3, 2), padding="same", bias=False),
    depthwise([5, 4, 5, 2], 2, (3, 3, 2), strides=(2, 3, 2), padding="same"),
    depthwise([5, 4, 4, 5], 1, (2, 3, 2), dilation=(2, 1, 3), padding="same"),
    case("zero_pad3d", [2, 3, 2, 2], ends=[[1, 1], [0, 2], [1, 0]]),
    case("crop3d", [4, 4, 5, 2], ends=[[1, 1], [0, 2], [3, 0]]),
    case("upsample3d", [2, 3, 2, 3], size=[2, 2, 2]),
    case("upsample3d", [2, 2, 3, 1], size=[1, 3, 2]),
    normalized("layer_norm", [2, 3, 2, 5], [5], axes=[-1], epsilon=1e-3),
    normalized("layer_norm", [2, 3, 2, 3], [2, 3, 2, 3], axes=[1, 2, 3, 4], epsilon=1e-5),
    normalized("layer_norm", [2, 3, 2, 3], [2, 2], axes=[1, 3], epsilon=1e-3),
    normalized("group_norm", [2, 3, 2, 6], [6], groups=3, epsilon=1e-3),
    normalized("group_norm", [2, 3, 2, 4], [4], groups=1, epsilon=1e-5),
    normalized("instance_norm", [2, 3, 2, 3], [3], epsilon=1e-3),
]

lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
pathlib.Path(__file__).with_name("goldens.json").write_text("[\n" + lines + "\n]\n")
