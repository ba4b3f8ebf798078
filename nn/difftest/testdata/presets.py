"""The presets as the plain layers that they stand for, under the same names."""
import math

ONE, TWO, THREE = [1, 1, 1], [2, 2, 2], [3, 3, 3]


class Layout:
    """Layers one behind the other, unless they name what they take; "^" is the input
    of the whole."""

    def __init__(self, s, normalization):
        self.items, self.s = [], s
        self.normalization = s.get("normalization", normalization)

    def last(self):
        return self.items[-1]["id"] if self.items else "^"

    def add(self, name, kind, settings, *source):
        self.items.append({"id": name, kind: settings, **({"from": list(source)} if source else {})})

    def conv(self, name, filters, size, strides=ONE, *source):
        settings = {"filters": filters, "kernel_size": size, "strides": strides, "padding": "same", "use_bias": self.normalization == "none"}
        if "kernel_regularizer" in self.s:
            settings["kernel_regularizer"] = self.s["kernel_regularizer"]
        self.add(name, "conv3d", settings, *source)

    def norm(self, name, channels):
        if self.normalization == "batch":
            self.add(name, "batch_norm", {"momentum": self.s.get("momentum", 0.9)})
        elif self.normalization == "instance":
            self.add(name, "instance_norm", {})
        elif self.normalization == "group":
            self.add(name, "group_norm", {"groups": math.gcd(channels, self.s.get("groups", 8))})

    def activate(self, name):
        self.add(name, "activation", {"activation": self.s.get("activation", "relu")})

    def whole(self, prefix, number, filters, size, strides=ONE):
        self.conv(f"{prefix}_conv{number}", filters, size, strides)
        self.norm(f"{prefix}_norm{number}", filters)
        self.activate(f"{prefix}_activation{number}")

    def stem(self, filters):
        self.whole("stem", "", filters, self.s.get("stem_kernel_size", [7, 7, 7]), self.s.get("stem_strides", TWO))
        if self.s.get("stem_pool", True):
            self.add("stem_pool", "max_pool3d", {"pool_size": THREE, "strides": TWO, "padding": "same"})

    def sum(self, block, source, filters, strides, channels):
        last, shortcut = self.last(), source
        if strides != ONE or channels != filters:
            self.conv(block + "_shortcut_conv", filters, ONE, strides, source)
            self.norm(block + "_shortcut_norm", filters)
            shortcut = self.last()
        self.add(block + "_add", "add", {}, shortcut, last)
        self.activate(block + "_activation")

    def end(self):
        pooling = self.s.get("pooling", "none")
        if pooling != "none":
            self.add("pool", {"avg": "global_average_pool3d", "max": "global_max_pool3d"}[pooling], {})
        return self.items


def vgg3d(s):
    layout = Layout(s, "none")
    for block, count in enumerate({11: (1, 1, 2, 2, 2), 13: (2,) * 5}[s["depth"]][:s.get("blocks", 5)]):
        for k in range(count):
            layout.whole(f"block{block + 1}", k + 1, s["filters"] * 2 ** min(block, 3), THREE)
        layout.add(f"block{block + 1}_pool", "max_pool3d", {"padding": "same"})
    return layout.end()


def resnet3d(s):
    layout = Layout(s, "batch")
    channels, wide = s["filters"], 4 if s["depth"] >= 50 else 1
    layout.stem(channels)
    for stage, count in enumerate({10: (1, 1, 1, 1), 50: (3, 4, 6, 3)}[s["depth"]][:s.get("stages", 4)]):
        filters = s["filters"] * 2 ** stage
        for k in range(count):
            block, source, strides = f"stage{stage + 1}_block{k + 1}", layout.last(), TWO if stage > 0 and k == 0 else ONE
            if wide == 1:
                layout.whole(block, 1, filters, THREE, strides)
                layout.conv(block + "_conv2", filters, THREE)
                layout.norm(block + "_norm2", filters)
            else:
                layout.whole(block, 1, filters, ONE)
                layout.whole(block, 2, filters, THREE, strides)
                layout.conv(block + "_conv3", filters * wide, ONE)
                layout.norm(block + "_norm3", filters * wide)
            layout.sum(block, source, filters * wide, strides, channels)
            channels = filters * wide
    return layout.end()


def densenet3d(s):
    layout = Layout(s, "batch")
    growth, inner = s["growth_rate"], s.get("bottleneck", 4) * s["growth_rate"]
    channels = s.get("stem_filters", 2 * growth)
    layout.stem(channels)
    for block, count in enumerate(s["blocks"]):
        for k in range(count):
            name, source = f"block{block + 1}_layer{k + 1}", layout.last()
            layout.norm(name + "_norm1", channels)
            layout.activate(name + "_activation1")
            layout.conv(name + "_conv1", inner, ONE)
            layout.norm(name + "_norm2", inner)
            layout.activate(name + "_activation2")
            layout.conv(name + "_conv2", growth, THREE)
            layout.add(name + "_concatenate", "concatenate", {}, source, layout.last())
            channels += growth
        if block + 1 < len(s["blocks"]):
            name = f"transition{block + 1}"
            layout.norm(name + "_norm", channels)
            channels = int(channels * s.get("compression", 0.5))
            layout.activate(name + "_activation")
            layout.conv(name + "_conv", channels, ONE)
            layout.add(name + "_pool", "average_pool3d", {"padding": "same"})
    layout.norm("norm", channels)
    layout.activate("activation")
    return layout.end()


def unet3d(s):
    layout, depth = Layout(s, "batch"), s["depth"]
    size, channels, skips = s.get("kernel_size", THREE), 0, []

    def filters(halvings):
        return min(s["filters"] * 2 ** halvings, s.get("max_filters", 1 << 30))

    def convolve(step, filters, channels):
        source, count = layout.last(), s.get("convolutions", 2)
        for k in range(1, count + 1):
            if s.get("residual", False) and k == count:
                layout.conv(f"{step}_conv{k}", filters, size)
                layout.norm(f"{step}_norm{k}", filters)
                layout.sum(step, source, filters, ONE, channels)
            else:
                layout.whole(step, k, filters, size)

    for i in range(depth):
        convolve(f"down{i + 1}", filters(i), channels)
        skips.append(layout.last())
        channels = filters(i)
        layout.add(f"down{i + 1}_pool", "max_pool3d", {})
    convolve("bottom", filters(depth), channels)
    for i in reversed(range(depth)):
        step = f"up{i + 1}"
        if s.get("up", "conv3d_transpose") == "upsample":
            layout.conv(step + "_project", filters(i), ONE)
            layout.add(step + "_upsample", "upsample3d", {})
        else:
            layout.add(step + "_transpose", "conv3d_transpose", {
                "filters": filters(i), "kernel_size": TWO, "strides": TWO, "padding": "same",
                **({"kernel_regularizer": s["kernel_regularizer"]} if "kernel_regularizer" in s else {})})
        layout.add(step + "_concatenate", "concatenate", {}, skips[i], layout.last())
        convolve(step, filters(i), 2 * filters(i))
    return layout.items


PRESETS = {"vgg3d": vgg3d, "resnet3d": resnet3d, "densenet3d": densenet3d, "unet3d": unet3d}
