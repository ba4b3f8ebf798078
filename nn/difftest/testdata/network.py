"""The layers of a description in PyTorch: channels last, Keras' layouts and numbers.

A description is a list of items as a config writes them: the kind and its
settings, an id, and from where it takes its input if not from the item above. What
a description leaves out has Keras' default, which is written down here once more.
"""
import torch
import torch.nn.functional as F

from presets import PRESETS


class Weights:
    """What the layers of a network hold. A weight is drawn when a layer asks for it
    the first time."""

    def __init__(self, random):
        self.random = random
        self.values = {}
        # Moving averages, which no optimizer touches; and weights that stay as they are.
        self.states, self.frozen = set(), set()
        # The factors of |w| and w² in the loss.
        self.penalties = {}
        # What the moving averages become in a training pass.
        self.moved = {}

    def get(self, name, shape, mean, spread, frozen, regularizer=None, state=False):
        if name not in self.values:
            if name == "":
                raise ValueError("a weight without a name")
            drawn = mean + spread * self.random.uniform(-1, 1, tuple(shape))
            if state and mean > 0:
                drawn = abs(drawn)
            # A short mantissa: the number is the same in both precisions, and packs well.
            self.values[name] = torch.from_numpy((drawn * 256).round() / 256)
            if state:
                self.states.add(name)
            elif frozen:
                self.frozen.add(name)
            elif regularizer:
                (kind, factors), = regularizer.items()
                self.penalties[name] = (factors.get("l1", 0.01 if kind == "l1" else 0), factors.get("l2", 0.01 if kind == "l2" else 0))
        value = self.values[name]
        assert list(value.shape) == list(shape), name
        return value

    def trained(self):
        return [name for name in self.values if name not in self.states and name not in self.frozen]

    def penalty(self):
        total = 0
        for name, (l1, l2) in self.penalties.items():
            w = self.values[name]
            total = total + l1 * w.abs().sum() + l2 * (w * w).sum()
        return total


def kind_of(item):
    """The kind of an item and its settings."""
    (kind, settings), = ((k, v) for k, v in item.items() if k not in ("id", "from"))
    return kind, settings


def run(items, x, w, training, path="", frozen=False):
    """The output of a list of layers."""
    named, above = {"^": x}, x
    for item in items:
        kind, s = kind_of(item)
        inputs = [named[name] for name in item["from"]] if "from" in item else [above]
        above = layer(kind, s, inputs, w, training, path + item["id"], frozen)
        named[item["id"]] = above
    return above


def layer(kind, s, inputs, w, training, name, frozen):
    frozen = frozen or not s.get("trainable", True)
    y = LAYERS[kind](inputs if kind in MERGES else inputs[0], s, Site(w, name, training, frozen))
    if "activation" in s and kind != "activation" and kind not in PRESETS:
        y = activate(s["activation"], y)
    return y


class Site:
    """Where a layer stands."""

    def __init__(self, weights, name, training, frozen):
        self.weights, self.name, self.training, self.frozen = weights, name, training, frozen

    def weight(self, part, shape, mean, spread, s, regularizer=None):
        return self.weights.get(f"{self.name}/{part}", shape, mean, spread, self.frozen, s.get(regularizer or f"{part}_regularizer"))

    def state(self, part, shape, mean, spread):
        return self.weights.get(f"{self.name}/{part}", shape, mean, spread, True, state=True)


def first(x):
    """Channels last to channels first."""
    return x.movedim(-1, 1)


def last(x):
    return x.movedim(1, -1)


ONE = [1, 1, 1]


def padded(x, size, strides, dilation, padding, value):
    """A channels-first volume with TensorFlow's padding "same": as many voxels as the
    windows reach beyond it, the odd one at the end. PyTorch pads both ends alike."""
    if padding == "valid":
        return x
    pads = []
    for axis in (2, 1, 0):
        n = x.shape[2 + axis]
        out = -(-n // strides[axis])
        total = max(0, (out - 1) * strides[axis] + (size[axis] - 1) * dilation[axis] + 1 - n)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads, value=value)


def fan(*sizes):
    """The spread of a kernel with which values neither grow nor fade much."""
    n = 1
    for size in sizes:
        n *= size
    return 1.6 / n ** 0.5


def with_bias(y, s, site):
    return y + site.weight("bias", y.shape[-1:], 0, 0.3, s) if s.get("use_bias", True) else y


def conv3d(x, s, site):
    size, strides, dilation = s["kernel_size"], s.get("strides", ONE), s.get("dilation_rate", ONE)
    groups = s.get("groups", 1)
    within = x.shape[-1] // groups
    assert within * groups == x.shape[-1] and s["filters"] % groups == 0
    kernel = site.weight("kernel", size + [within, s["filters"]], 0, fan(*size, within), s)
    x = padded(first(x), size, strides, dilation, s.get("padding", "valid"), 0.0)
    return with_bias(last(F.conv3d(x, kernel.permute(4, 3, 0, 1, 2), None, strides, 0, dilation, groups)), s, site)


def depthwise_conv3d(x, s, site):
    size, strides, dilation = s["kernel_size"], s.get("strides", ONE), s.get("dilation_rate", ONE)
    channels = x.shape[-1]
    kernel = site.weight("kernel", size + [channels, s.get("depth_multiplier", 1)], 0, fan(*size), s, "depthwise_regularizer")
    x = padded(first(x), size, strides, dilation, s.get("padding", "valid"), 0.0)
    kernel = kernel.permute(3, 4, 0, 1, 2).reshape([-1, 1] + size)
    return with_bias(last(F.conv3d(x, kernel, None, strides, 0, dilation, channels)), s, site)


def conv3d_transpose(x, s, site):
    """All that the windows reach, cut or filled with zeros at both ends as Keras asks
    its backends to; PyTorch's own padding would cut an odd rest from the other end."""
    size, strides, dilation = s["kernel_size"], s.get("strides", ONE), s.get("dilation_rate", ONE)
    kernel = site.weight("kernel", size + [s["filters"], x.shape[-1]], 0, fan(x.shape[-1], *size) * 1.5, s)
    y = F.conv_transpose3d(first(x), kernel.permute(4, 3, 0, 1, 2), stride=strides, dilation=dilation)
    pads = []
    for axis in (2, 1, 0):
        span, stride = (size[axis] - 1) * dilation[axis] + 1, strides[axis]
        extra = s["output_padding"][axis] if "output_padding" in s else None
        if s.get("padding", "valid") == "valid":
            left, right = span - 1, span - 1 + (max(span, stride) - span if extra is None else extra)
        else:
            total = stride + span - 2 if extra is None else span + span % 2 - 2 + extra
            left = min(total // 2 + total % 2, span - 1)
            right = total - left
        pads += [left - span + 1, right - span + 1]
    return with_bias(last(F.pad(y, pads)), s, site)


def dense(x, s, site):
    kernel = site.weight("kernel", [x.shape[-1], s["units"]], 0, fan(x.shape[-1]), s)
    return with_bias(x @ kernel, s, site)


def pool(s):
    size = s.get("pool_size", [2, 2, 2])
    return size, s.get("strides", size), s.get("padding", "valid")


def max_pool3d(x, s, site):
    size, strides, padding = pool(s)
    return last(F.max_pool3d(padded(first(x), size, strides, ONE, padding, -torch.inf), size, strides))


def average_pool3d(x, s, site):
    """What sticks out counts for nothing: the mean is that of the voxels inside."""
    size, strides, padding = pool(s)
    x = first(x)
    total = F.avg_pool3d(padded(x, size, strides, ONE, padding, 0.0), size, strides)
    share = F.avg_pool3d(padded(torch.ones_like(x), size, strides, ONE, padding, 0.0), size, strides)
    return last(total / share)


def upsample3d(x, s, site):
    for axis, times in enumerate(s.get("size", [2, 2, 2])):
        x = x.repeat_interleave(times, 1 + axis)
    return x


def ends(x, pairs, sign):
    return F.pad(x, [0, 0] + [sign * n for pair in reversed(pairs) for n in pair])


def enough(values):
    """One value becomes 0 whatever it is, and two become -1 and 1: what goes back is
    nothing but rounding. Tests of the layers look at that."""
    assert values > 2, "too few values to normalize"


def batch_norm(x, s, site):
    """The variance is the biased one, in the moving average too (PyTorch keeps the
    unbiased one), and momentum is what stays (in PyTorch what comes)."""
    shape = x.shape[-1:]
    gamma = site.weight("gamma", shape, 1, 0.4, s) if s.get("scale", True) else 1
    beta = site.weight("beta", shape, 0, 0.3, s) if s.get("center", True) else 0
    mean, variance = site.state("moving_mean", shape, 0, 0.3), site.state("moving_variance", shape, 1, 0.5)
    if site.training and not site.frozen:
        keep, axes = s.get("momentum", 0.99), list(range(x.dim() - 1))
        enough(x.numel() // x.shape[-1])
        batch_mean, batch_variance = x.mean(axes), x.var(axes, unbiased=False)
        site.weights.moved[site.name + "/moving_mean"] = (keep * mean + (1 - keep) * batch_mean).detach()
        site.weights.moved[site.name + "/moving_variance"] = (keep * variance + (1 - keep) * batch_variance).detach()
        mean, variance = batch_mean, batch_variance
    return (x - mean) / torch.sqrt(variance + s.get("epsilon", 1e-3)) * gamma + beta


def affine(x, shape, broadcast, s, site):
    if s.get("scale", True):
        x = x * site.weight("gamma", shape, 1, 0.4, s).reshape(broadcast)
    if s.get("center", True):
        x = x + site.weight("beta", shape, 0, 0.3, s).reshape(broadcast)
    return x


def layer_norm(x, s, site):
    axis = s.get("axis", -1)
    axes = sorted(a % x.dim() for a in (axis if isinstance(axis, list) else [axis]))
    variance = x.var(axes, unbiased=False, keepdim=True)
    enough(x.numel() // variance.numel())
    if s.get("rms_scaling", False):
        y, own = x / torch.sqrt(variance + s.get("epsilon", 1e-3)), dict(s, scale=True, center=False)
    else:
        y, own = (x - x.mean(axes, keepdim=True)) / torch.sqrt(variance + s.get("epsilon", 1e-3)), s
    return affine(y, [x.shape[a] for a in axes], [x.shape[a] if a in axes else 1 for a in range(x.dim())], own, site)


def group_norm(x, s, site):
    axis = s.get("axis", -1) % x.dim()
    moved = x.movedim(axis, 1)
    assert moved.shape[1] % max(1, s.get("groups", 32)) == 0
    groups = moved.shape[1] if s.get("groups", 32) == -1 else s.get("groups", 32)
    # PyTorch's own refuses a single voxel; this is its formula.
    rows = moved.reshape(x.shape[0], groups, -1)
    enough(rows.shape[2])
    y = (rows - rows.mean(2, keepdim=True)) / torch.sqrt(rows.var(2, unbiased=False, keepdim=True) + s.get("epsilon", 1e-3))
    return affine(y.reshape(moved.shape).movedim(1, axis), [x.shape[axis]], [x.shape[a] if a == axis else 1 for a in range(x.dim())], s, site)


def instance_norm(x, s, site):
    return group_norm(x, dict(s, groups=-1), site)


def prelu(x, s, site):
    shape = [1 if axis in s.get("shared_axes", []) else n for axis, n in enumerate(x.shape)][1:]
    return torch.where(x > 0, x, site.weight("alpha", shape, 0.2, 0.2, s) * x)


def relu(x, s):
    slope, threshold = s.get("negative_slope", 0), s.get("threshold", 0)
    y = torch.where(x > threshold, x, slope * (x - threshold))
    return torch.clamp(y, max=s["max_value"]) if "max_value" in s else y


def leaky(default):
    return lambda x, s: torch.where(x > 0, x, s.get("negative_slope", default) * x)


FUNCTIONS = {
    "linear": lambda x, s: x,
    "relu": relu,
    "elu": lambda x, s: torch.where(x > 0, x, s.get("alpha", 1.0) * torch.expm1(x.clamp(max=0))),
    "selu": lambda x, s: F.selu(x),
    "gelu": lambda x, s: F.gelu(x, approximate="tanh" if s.get("approximate", False) else "none"),
    "silu": lambda x, s: F.silu(x),
    "sigmoid": lambda x, s: torch.sigmoid(x),
    "tanh": lambda x, s: torch.tanh(x),
    "softmax": lambda x, s: torch.softmax(x, s.get("axis", -1)),
    "softplus": lambda x, s: F.softplus(x, threshold=1000),
}


def activate(setting, x):
    """An activation as a setting: its name, or a map of it to its settings."""
    (name, s), = setting.items() if isinstance(setting, dict) else [(setting, {})]
    return leaky(0.2)(x, s) if name == "leaky_relu" else FUNCTIONS[name](x, s)


def broadcast(inputs):
    """Shapes are compared from the last axis on; the batch stays in front."""
    rank = max(x.dim() for x in inputs)
    return [x.reshape([x.shape[0]] + [1] * (rank - x.dim()) + list(x.shape[1:])) for x in inputs]


def fold(join):
    def merged(inputs, s, site):
        y, *rest = broadcast(inputs)
        for x in rest:
            y = join(y, x)
        return y
    return merged


def residual(x, s, site):
    y = run(s["layers"], x, site.weights, site.training, site.name + "__", site.frozen)
    if s.get("shortcut", "identity") == "projection":
        site = Site(site.weights, site.name + "__shortcut", site.training, site.frozen)
        if x.dim() == 2:
            return dense(x, {"units": y.shape[-1]}, site) + y
        strides = [max(1, -(-n // m)) for n, m in zip(x.shape[1:4], y.shape[1:4])]
        x = conv3d(x, {"filters": y.shape[-1], "kernel_size": ONE, "strides": strides}, site)
    assert x.shape == y.shape
    return x + y


def repeat(x, s, site):
    for time in range(s["times"]):
        x = run(s["layers"], x, site.weights, site.training, f"{site.name}__{time + 1}__", site.frozen)
    return x


def preset(kind):
    def laid_out(x, s, site):
        if kind == "unet3d":
            assert all(n % 2 ** s["depth"] == 0 for n in x.shape[1:4])
        return run(PRESETS[kind](s), x, site.weights, site.training, site.name + "__", site.frozen)
    return laid_out


MERGES = ("add", "subtract", "multiply", "average", "maximum", "concatenate")

LAYERS = {
    "input": lambda x, s, site: x,
    "conv3d": conv3d, "conv3d_transpose": conv3d_transpose, "depthwise_conv3d": depthwise_conv3d, "dense": dense,
    "max_pool3d": max_pool3d, "average_pool3d": average_pool3d,
    "global_average_pool3d": lambda x, s, site: x.mean([1, 2, 3], keepdim=s.get("keepdims", False)),
    "global_max_pool3d": lambda x, s, site: x.amax([1, 2, 3], keepdim=s.get("keepdims", False)),
    "upsample3d": upsample3d,
    "zero_pad3d": lambda x, s, site: ends(x, s["padding"], 1),
    "crop3d": lambda x, s, site: ends(x, s["cropping"], -1),
    "flatten": lambda x, s, site: x.flatten(1),
    "reshape": lambda x, s, site: x.reshape([x.shape[0]] + s["target_shape"]),
    "permute": lambda x, s, site: x.permute([0] + s["dims"]),
    # Chance has no part in a comparison: the rates are 0.
    "dropout": lambda x, s, site: x, "spatial_dropout3d": lambda x, s, site: x, "gaussian_noise": lambda x, s, site: x,
    "batch_norm": batch_norm, "layer_norm": layer_norm, "group_norm": group_norm, "instance_norm": instance_norm,
    "prelu": prelu, "leaky_relu": lambda x, s, site: leaky(0.3)(x, s),
    "activation": lambda x, s, site: activate(s["activation"], x),
    "residual": residual, "repeat": repeat, **{kind: preset(kind) for kind in PRESETS},
    "add": fold(torch.add), "subtract": fold(torch.sub), "multiply": fold(torch.mul),
    # TensorFlow gives the slope to the first of two that are equal, PyTorch half to each.
    "maximum": fold(lambda x, y: torch.where(x >= y, x, y)),
    "average": lambda inputs, s, site: fold(torch.add)(inputs, s, site) / len(inputs),
    "concatenate": lambda inputs, s, site: torch.cat(inputs, s.get("axis", -1)),
    **{name: lambda x, s, site, f=f: f(x, s) for name, f in FUNCTIONS.items()},
}
