"""Draws a network with its examples, its loss and how it is trained."""
import itertools

import network

NORMS = ("batch_norm", "layer_norm", "group_norm", "instance_norm")
# How large an example may become inside, and all weights together.
MOST_VALUES, MOST_WEIGHTS = 1600, 1300


class Refused(Exception):
    """What was drawn does not fit; something else is drawn."""


class Drawer:
    def __init__(self, random, weights):
        self.random, self.weights = random, weights
        self.count = itertools.count(1)

    def chance(self, p):
        return self.random.random() < p

    def one_of(self, *options):
        return options[self.random.integers(len(options))]

    def whole(self, low, high):
        return int(self.random.integers(low, high + 1))

    def three(self, low, high):
        return [self.whole(low, high) for _ in range(3)]

    def part(self, low, high):
        """A number with few digits."""
        return round(float(self.random.uniform(low, high)), 3)

    # Settings.

    def regularizer(self):
        return self.one_of({"l1": {"l1": 0.01}}, {"l2": {"l2": 0.02}}, {"l2": {}}, {"l1_l2": {"l1": 0.003, "l2": 0.01}})

    def regularized(self, s, *parts):
        for part in parts:
            if self.chance(0.12):
                s[part + "_regularizer"] = self.regularizer()
        if self.chance(0.06):
            s["trainable"] = False
        return s

    def function(self):
        return self.one_of(
            "relu", "relu", "elu", "selu", "gelu", "silu", "sigmoid", "tanh", "softplus", "leaky_relu", "linear", "softmax",
            {"leaky_relu": {"negative_slope": 0.1}}, {"elu": {"alpha": 0.7}}, {"gelu": {"approximate": True}},
            {"relu": {"max_value": 1.5}}, {"relu": {"negative_slope": 0.1, "threshold": 0.2}}, {"softmax": {"axis": -1}})

    def activated(self, s):
        if self.chance(0.5):
            s["activation"] = self.function()
        return s

    def window(self, x, most=3):
        s = {"kernel_size": self.three(1, most), "padding": self.one_of("valid", "same")}
        if self.chance(0.35):
            s["strides"] = self.three(1, 3)
        elif self.chance(0.35):
            s["dilation_rate"] = self.three(1, 2)
        if self.chance(0.2):
            s["use_bias"] = False
        return self.activated(s)

    def filters(self, groups=1):
        return groups * self.one_of(1, 2, 3, 4, 5, 8, 9) if groups == 1 else groups * self.whole(1, 3)

    # Layers: what each gives is the settings for an input x.

    def conv3d(self, x):
        groups = self.one_of(*(g for g in (1, 1, 2, 3, 4) if x.shape[-1] % g == 0))
        s = dict(self.window(x, self.one_of(1, 2, 3, 3, 4)), filters=self.filters(groups))
        if groups > 1:
            s["groups"] = groups
        return self.regularized(s, "kernel", "bias")

    def conv3d_transpose(self, x):
        s = dict(self.window(x, 4), filters=self.whole(1, 4))
        if self.chance(0.4):
            s["output_padding"] = [self.whole(0, stride - 1) for stride in s.get("strides", [1, 1, 1])]
        return self.regularized(s, "kernel", "bias")

    def depthwise_conv3d(self, x):
        s = self.window(x)
        if self.chance(0.5):
            s["depth_multiplier"] = self.whole(1, 3)
        return self.regularized(s, "depthwise", "bias")

    def pool(self, x):
        s = {"pool_size": self.three(1, 3), "padding": self.one_of("valid", "same")}
        if self.chance(0.5):
            s["strides"] = self.three(1, 3)
        return {} if self.chance(0.15) else s

    def batch_norm(self, x):
        s = {"momentum": self.one_of(0.99, 0.9, 0.5), "epsilon": self.one_of(1e-3, 1e-5, 0.1)}
        return self.normalizing({} if self.chance(0.3) else s)

    def normalizing(self, s):
        for part in ("center", "scale"):
            if self.chance(0.15):
                s[part] = False
        if self.chance(0.3):
            s["epsilon"] = self.one_of(1e-5, 0.01)
        return self.regularized(s, "gamma", "beta")

    def layer_norm(self, x):
        axes = sorted(self.random.permutation(range(1, x.dim()))[:self.whole(1, x.dim() - 1)].tolist())
        s = {"axis": self.one_of(-1, axes, [a - x.dim() for a in axes])}
        if self.chance(0.2):
            s["rms_scaling"] = True
        return self.normalizing({} if self.chance(0.3) else s)

    def group_norm(self, x):
        axis = self.one_of(-1, -1, self.whole(1, x.dim() - 1))
        groups = [g for g in range(1, 9) if x.shape[axis] % g == 0] + [-1]
        return self.normalizing({"groups": self.one_of(*groups), "axis": axis})

    def instance_norm(self, x):
        if x.dim() == 2:
            raise Refused  # every value is its own mean
        return self.normalizing({} if self.chance(0.6) else {"axis": self.whole(1, x.dim() - 1)})

    def prelu(self, x):
        s = {"shared_axes": [1, 2, 3]} if x.dim() == 5 and self.chance(0.7) else {}
        return self.regularized(s, "alpha")

    def reshape(self, x):
        if x.dim() != 5:
            raise Refused
        d, h, width, c = x.shape[1:]
        return {"target_shape": self.one_of([d, h, c, width], [h, d, width, c], [d * h, width, 1, c])}

    def permute(self, x):
        return {"dims": self.random.permutation(range(1, x.dim())).tolist()}

    def ends(self, most):
        return [[self.whole(0, most), self.whole(0, most)] for _ in range(3)]

    def softmax(self, x):
        return self.one_of({}, {"axis": self.whole(1, x.dim() - 1)})

    def relu(self, x):
        return self.one_of({}, {}, {"max_value": 2.0}, {"negative_slope": 0.25}, {"threshold": 0.1}, {"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.25})

    VOLUME = {
        "conv3d": (6, conv3d), "conv3d_transpose": (3, conv3d_transpose), "depthwise_conv3d": (3, depthwise_conv3d),
        "max_pool3d": (3, pool), "average_pool3d": (3, pool),
        "upsample3d": (1, lambda self, x: self.one_of({}, {"size": self.three(1, 2)})),
        "zero_pad3d": (1, lambda self, x: {"padding": self.ends(2)}),
        "crop3d": (1, lambda self, x: {"cropping": self.ends(1)}),
        **{name: (0.3, lambda self, x: {"keepdims": True}) for name in ("global_average_pool3d", "global_max_pool3d")},
        "reshape": (1, reshape), "spatial_dropout3d": (0.5, lambda self, x: {"rate": 0}),
    }
    ANY = {
        "batch_norm": (3, batch_norm), "layer_norm": (1.5, layer_norm), "group_norm": (1.5, group_norm), "instance_norm": (1.5, instance_norm),
        "permute": (0.7, permute), "prelu": (1, prelu), "relu": (1.5, relu), "softmax": (0.6, softmax),
        "dropout": (0.5, lambda self, x: {"rate": 0}), "gaussian_noise": (0.5, lambda self, x: {"stddev": 0}),
        "activation": (0.6, lambda self, x: {"activation": self.function()}),
        "leaky_relu": (0.6, lambda self, x: self.one_of({}, {"negative_slope": 0.05})),
        "elu": (0.6, lambda self, x: self.one_of({}, {"alpha": 1.3})), "gelu": (0.6, lambda self, x: self.one_of({}, {"approximate": True})),
        **{name: (0.5, lambda self, x: {}) for name in ("selu", "silu", "sigmoid", "tanh", "softplus", "linear")},
    }
    VECTOR = {"dense": (6, lambda self, x: self.dense(self.whole(2, 8)))}

    def dense(self, units):
        s = self.regularized({"units": units}, "kernel", "bias")
        if self.chance(0.15):
            s["use_bias"] = False
        return self.activated(s)

    def kind(self, x):
        table = {**(self.VOLUME if x.dim() == 5 else self.VECTOR if x.dim() == 2 else {}), **self.ANY}
        odds = [weight for weight, _ in table.values()]
        name = list(table)[self.random.choice(len(table), p=[o / sum(odds) for o in odds])]
        return name, table[name][1](self, x)

    # Lists of layers. A list keeps its items and what each gives.

    def put(self, items, named, kind, s, x, path, frozen, source=None):
        """Adds a layer behind x, or one that joins several; gives what it gives."""
        name = f"{kind}_{next(self.count)}" if self.chance(0.7) else kind
        if name in named:
            name = f"{kind}_{next(self.count)}"
        known = dict(self.weights.values)
        try:
            with_path = path + name
            y = network.layer(kind, s, x if isinstance(x, list) else [x], self.weights, True, with_path, frozen)
        except (RuntimeError, AssertionError, IndexError, ValueError) as cause:
            self.forget(known)
            raise Refused from cause
        size = y[0].numel()
        if size == 0 or size > MOST_VALUES or min(y.shape) < 1 or sum(w.numel() for w in self.weights.values.values()) > MOST_WEIGHTS:
            self.forget(known)
            raise Refused
        items.append({"id": name, kind: s, **({"from": source} if source else {})})
        named[name] = y
        return y

    def forget(self, known):
        w = self.weights
        for name in set(w.values) - set(known):
            del w.values[name]
            w.penalties.pop(name, None)
            w.states.discard(name)
            w.frozen.discard(name)

    def tried(self, attempt, times=30):
        for _ in range(times):
            try:
                return attempt()
            except Refused:
                continue
        raise Refused

    def preset(self, x):
        """A small one of the presets, without its end."""
        if x.dim() != 5:
            raise Refused
        s = {"normalization": self.one_of("none", "batch", "instance", "group")} if self.chance(0.7) else {}
        if self.chance(0.3):
            s["activation"] = self.one_of({"leaky_relu": {"negative_slope": 0.01}}, "elu", "gelu")
        if self.chance(0.2):
            s["kernel_regularizer"] = self.regularizer()
        if self.chance(0.1):
            s["trainable"] = False
        stem = {"stem_kernel_size": self.one_of([1, 1, 1], [3, 2, 3], [3, 3, 3]), "stem_strides": self.one_of([1, 1, 1], [1, 2, 2])}
        stem.update(self.one_of({}, {"stem_pool": False}))
        top = self.one_of({}, {"pooling": "avg"})
        unet = ("unet3d", {
            "depth": 1, "filters": 2, "convolutions": self.one_of(1, 2), "kernel_size": self.one_of([1, 3, 3], [3, 3, 3], [2, 2, 2]),
            **self.one_of({}, {"up": "upsample"}), **self.one_of({}, {"residual": True}), **self.one_of({}, {"max_filters": 3}), **s})
        if all(n % 2 == 0 for n in x.shape[1:4]):
            return unet
        return self.one_of(
            ("vgg3d", {"depth": self.one_of(11, 13), "filters": self.one_of(2, 3), "blocks": self.one_of(1, 2), **top, **s}),
            ("resnet3d", {"depth": 10, "filters": 2, "stages": self.one_of(1, 2), **stem, **top, **s}),
            ("resnet3d", {"depth": 50, "filters": 2, "stages": 1, **stem, **top, **s}),
            ("densenet3d", {"blocks": self.one_of([1, 1], [2]), "growth_rate": 2, "bottleneck": 2, **stem, **top, **s}))

    def straight(self, items, named, x, path, frozen, length):
        for _ in range(length):
            def step():
                kind, s = self.kind(x)
                if kind in NORMS and items and self.chance(0.8):
                    # A bias in front of a norm that takes it off again learns nothing.
                    before, settings = network.kind_of(items[-1])
                    if "kernel" in before or "conv" in before or before == "dense":
                        if settings.get("use_bias", True):
                            raise Refused
                return self.put(items, named, kind, s, x, path, frozen)
            x = self.tried(step)
        return x

    def inner(self, x, path, frozen, length):
        """A list of layers inside of another one, as a throw-away: its weights are
        drawn again, under their full names, when the composite is put."""
        known, items = dict(self.weights.values), []
        y = self.straight(items, {}, x, path, frozen, length)
        self.forget(known)
        return items, y

    def composite(self, x, path, frozen):
        length = self.whole(1, 3)
        items, y = self.inner(x, path + "inner__", frozen, length)
        frost = {"trainable": False} if self.chance(0.1) else {}
        if self.chance(0.35):
            return "repeat", {"times": self.whole(1, 3), "layers": items, **frost}
        if y.dim() != x.dim() or y.dim() not in (2, 5):
            raise Refused
        same = y.shape == x.shape
        if not same or self.chance(0.2):
            frost["shortcut"] = "projection"
        return "residual", {"layers": items, **frost}

    def branches(self, items, named, x, source, path, frozen):
        """Several branches from one output, joined again."""
        ends, names = [], []
        for _ in range(self.whole(2, 3)):
            if self.chance(0.25):
                ends.append(x)
                names.append(source)
                continue

            def grow():
                start, y = len(items), x
                try:
                    for k in range(self.whole(1, 2)):
                        kind, s = self.kind(y)
                        y = self.put(items, named, kind, s, y, path, frozen, [source] if k == 0 else None)
                    return y
                except Refused:
                    for item in items[start:]:
                        known = {n: v for n, v in self.weights.values.items() if not n.startswith(path + item["id"] + "/")}
                        self.forget(known)
                        del named[item["id"]]
                    del items[start:]
                    raise
            ends.append(self.tried(grow))
            names.append(items[-1]["id"])
        if len(set(names)) == 1 and names[0] == source:
            raise Refused
        ways = ["add", "multiply", "average", "maximum", "concatenate"] + ["subtract"] * (len(ends) == 2)

        def join():
            kind = self.one_of(*ways)
            s = {"axis": self.one_of(-1, -1, self.whole(1, ends[0].dim() - 1))} if kind == "concatenate" else {}
            return self.put(items, named, kind, s, ends, path, frozen, names)
        return self.tried(join)

    def body(self, x):
        items, named = [{"id": "x", "input": {}}], {"x": x}
        for _ in range(self.whole(1, 4)):
            def step():
                drawn = self.random.random()
                if drawn < 0.5:
                    kind, s = self.preset(x) if drawn < 0.1 else self.kind(x)
                    return self.put(items, named, kind, s, x, "", False)
                if drawn < 0.75:
                    kind, s = self.composite(x, "", False)
                    return self.put(items, named, kind, s, x, "", False)
                count, known = len(items), dict(self.weights.values)
                try:
                    return self.branches(items, named, x, items[-1]["id"], "", False)
                except Refused:
                    for item in items[count:]:
                        del named[item["id"]]
                    del items[count:]
                    self.forget(known)
                    raise
            x = self.tried(step)
        return items, named, x

    def head(self, items, named, x, task):
        """The end of the network: answers for each example, or for each voxel."""
        activation, units = task
        settings = {"activation": activation} if activation != "linear" and self.chance(0.6) else {}
        if x.dim() == 5 and self.chance(0.5):
            x = self.put(items, named, "conv3d", {"filters": units, "kernel_size": self.one_of([1, 1, 1], [1, 2, 1], [3, 3, 3]), **settings}, x, "", False)
        else:
            if x.dim() == 5 and self.chance(0.5):
                x = self.put(items, named, self.one_of("global_average_pool3d", "global_max_pool3d"), {}, x, "", False)
            elif x.dim() > 2:
                x = self.put(items, named, "flatten", {}, x, "", False)
            x = self.put(items, named, "dense", {"units": units, **settings}, x, "", False)
        if activation != "linear" and not settings:
            kind, s = self.one_of((activation, {}), ("activation", {"activation": activation}))
            x = self.put(items, named, kind, s, x, "", False)
        return x
