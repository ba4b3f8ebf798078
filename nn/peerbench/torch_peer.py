"""PyTorch's side of the comparison.

Reads one JSON request a line from stdin and answers each with one line on
stdout. Values travel as base64 of little-endian float32, channels last, weights
in Keras' layouts; they are turned into PyTorch's here, before any clock runs.
"""

import base64
import copy
import json
import os
import sys
import time

import torch
import torch.nn.functional as F

LAYOUTS = {"contiguous": torch.contiguous_format, "channels_last_3d": torch.channels_last_3d}


def floats(text):
    return torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.float32)


def weight(array):
    return floats(array["values"]).reshape(array["shape"])


def seconds(warm, count, work):
    taken = []
    for turn in range(warm + count):
        began = time.perf_counter()
        work()
        if turn >= warm:
            taken.append(time.perf_counter() - began)
    return taken


class Channels(torch.nn.Module):
    """Concatenation along the channels."""

    def forward(self, *x):
        return torch.cat(x, 1)


class Sum(torch.nn.Module):
    def forward(self, first, *more):
        for x in more:
            first = first + x
        return first


class GlobalAverage(torch.nn.Module):
    def forward(self, x):
        return x.mean((2, 3, 4))


class Uneven(torch.nn.Conv3d):
    """A convolution with strides behind which more zeros are than in front. What is
    timed has as many on both sides, as users of PyTorch write it: the same work,
    half a voxel aside. Only exactly does it copy its input to pad it."""

    exact = False

    def forward(self, x):
        if not self.exact:
            return super().forward(x)
        x = F.pad(x, [zeros for axis in (2, 1, 0) for zeros in (self.front[axis], self.behind[axis])])
        return F.conv3d(x, self.weight, self.bias, self.stride, 0, self.dilation, self.groups)


def convolution(n, weights):
    kernel = weight(weights["kernel"])  # [kd, kh, kw, in / groups, out]
    uneven = n.get("behind")
    module = (Uneven if uneven else torch.nn.Conv3d)(
        kernel.shape[3] * n["groups"], kernel.shape[4], n["size"], n["strides"], uneven or n["pad"],
        n["dilation"], n["groups"], "bias" in weights)
    module.front, module.behind = n["pad"], uneven
    with torch.no_grad():
        module.weight.copy_(kernel.permute(4, 3, 0, 1, 2))
        if "bias" in weights:
            module.bias.copy_(weight(weights["bias"]))
    return module


def transposed(n, weights):
    kernel = weight(weights["kernel"])  # [kd, kh, kw, out, in]
    module = torch.nn.ConvTranspose3d(
        kernel.shape[4], kernel.shape[3], n["size"], n["strides"], bias="bias" in weights)
    with torch.no_grad():
        module.weight.copy_(kernel.permute(4, 3, 0, 1, 2))
        if "bias" in weights:
            module.bias.copy_(weight(weights["bias"]))
    return module


def dense(n, weights):
    kernel = weight(weights["kernel"])  # [features, units]
    module = torch.nn.Linear(kernel.shape[0], kernel.shape[1], "bias" in weights)
    if n.get("volume"):  # the features are a flattened volume, channels last there and first here
        kernel = kernel.reshape(n["volume"] + [-1]).permute(3, 0, 1, 2, 4).reshape(kernel.shape)
    with torch.no_grad():
        module.weight.copy_(kernel.t())
        if "bias" in weights:
            module.bias.copy_(weight(weights["bias"]))
    return module


def batch_norm(n, weights):
    gamma = weight(weights["gamma"])
    module = torch.nn.BatchNorm3d(len(gamma), eps=n["epsilon"], momentum=1 - n["momentum"])
    with torch.no_grad():
        module.weight.copy_(gamma)
        module.bias.copy_(weight(weights["beta"]))
    return module


def instance_norm(n, weights):
    gamma = weight(weights["gamma"])
    module = torch.nn.InstanceNorm3d(len(gamma), eps=n["epsilon"], affine=True)
    with torch.no_grad():
        module.weight.copy_(gamma)
        module.bias.copy_(weight(weights["beta"]))
    return module


def pooling(n):
    # Rounding up is what more zeros behind than in front come to.
    return {"kernel_size": n["size"], "stride": n["strides"], "padding": n["pad"], "ceil_mode": "behind" in n}


MODULES = {
    "conv3d": convolution,
    "conv3d_transpose": transposed,
    "instance_norm": instance_norm,
    "dense": dense,
    "batch_norm": batch_norm,
    "max_pool3d": lambda n, _: torch.nn.MaxPool3d(**pooling(n)),
    "average_pool3d": lambda n, _: torch.nn.AvgPool3d(**pooling(n), count_include_pad=False),
    "global_average_pool3d": lambda n, _: GlobalAverage(),
    "flatten": lambda n, _: torch.nn.Flatten(),
    # In place where nobody else reads the input and its producer does not need it: what
    # a careful user of PyTorch writes.
    "relu": lambda n, _: torch.nn.ReLU(inplace=n["in_place"]),
    "leaky_relu": lambda n, _: torch.nn.LeakyReLU(n["slope"], inplace=n["in_place"]),
    "elu": lambda n, _: torch.nn.ELU(n["slope"], inplace=n["in_place"]),
    "silu": lambda n, _: torch.nn.SiLU(),
    "tanh": lambda n, _: torch.nn.Tanh(),
    "add": lambda n, _: Sum(),
    "concatenate": lambda n, _: Channels(),
}


class Network(torch.nn.Module):
    """The nodes in their order; input -1 is the network's."""

    def __init__(self, nodes):
        super().__init__()
        self.steps = torch.nn.ModuleList(MODULES[n["op"]](n, n.get("weights") or {}) for n in nodes)
        self.inputs = [n["inputs"] for n in nodes]
        last = {source: i for i, sources in enumerate(self.inputs) for source in sources}
        self.done = [[s for s in last if last[s] == i] for i in range(len(nodes))]

    def forward(self, x):
        held = {-1: x}
        for i, step in enumerate(self.steps):
            y = step(*[held[source] for source in self.inputs[i]])
            for source in self.done[i]:
                del held[source]
            held[i] = y
        return y


class Peer:
    def __init__(self):
        self.built = {}

    def hello(self, r):
        torch.set_num_threads(r["threads"])
        libraries = set()
        with open("/proc/self/maps") as maps:
            for line in maps:
                name = os.path.basename(line.split()[-1])
                if "blas" in name or "blis" in name or "mkl_rt" in name:
                    libraries.add(name)
        return {"version": torch.__version__, "threads": torch.get_num_threads(), "library": ", ".join(sorted(libraries))}

    def build(self, r):
        network = Network(r["nodes"])
        x = floats(r["x"]).reshape([-1] + r["input"]).permute(0, 4, 1, 2, 3).contiguous()
        y = floats(r["y"]).long().reshape([len(x)] + r["label"])
        self.built = {}
        for name in r["layouts"]:
            layout = LAYOUTS[name]
            model = copy.deepcopy(network).to(memory_format=layout).train()
            batches = [
                (bx.contiguous(memory_format=layout), by)
                for bx, by in zip(x.split(r["batch"]), y.split(r["batch"]))]
            adam = torch.optim.Adam(model.parameters(), lr=1e-3, betas=(0.9, 0.999), eps=1e-7)
            self.built[name] = (model, batches, adam)
        for module in network.modules():
            module.exact = True
        with torch.no_grad():
            loss = F.cross_entropy(network.train()(x[:r["batch"]]), y[:r["batch"]])
        return {"weights": sum(p.numel() for p in network.parameters()), "loss": loss.item()}

    def step(self, model, adam, x, y):
        adam.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        adam.step()
        return loss.item()

    def epochs(self, r):
        model, batches, adam = self.built[r["layout"]]
        model.train()

        def epoch():
            for x, y in batches:
                self.step(model, adam, x, y)

        return {"seconds": seconds(r["warm"], r["count"], epoch)}

    def infer(self, r):
        model, batches, _ = self.built[r["layout"]]
        model.eval()

        def infer():
            with torch.inference_mode():
                for x, _ in batches:
                    model(x)

        return {"seconds": seconds(r["warm"], r["count"], infer)}

    def conv3d(self, r):
        layout = LAYOUTS[r["layout"]]
        n, size, inner, outer = r["batch"], r["size"], r["in"], r["out"]
        random = lambda *shape: torch.randn(*shape).contiguous(memory_format=layout)
        x, w, dy = random(n, inner, size, size, size), random(outer, inner, 3, 3, 3), random(n, outer, size, size, size)

        def backward(mask):
            return torch.ops.aten.convolution_backward(
                dy, x, w, None, [1] * 3, [1] * 3, [1] * 3, False, [0] * 3, 1, mask)

        work = {
            "forward": lambda: F.conv3d(x, w, padding=1),
            "input gradient": lambda: backward([True, False, False]),
            "weight gradient": lambda: backward([False, True, False]),
        }[r["pass"]]
        with torch.no_grad():
            return {"seconds": seconds(r["warm"], r["count"], work)}

    def product(self, r):
        a, b = torch.randn(r["size"], r["size"]), torch.randn(r["size"], r["size"])
        with torch.no_grad():
            return {"seconds": seconds(r["warm"], r["count"], lambda: a @ b)}

    def footprint(self, r):
        """The peak of this process's memory while it trains."""
        with open("/proc/self/clear_refs", "w") as peaks:
            peaks.write("5")
        self.epochs(r)
        with open("/proc/self/status") as status:
            peak = next(line for line in status if line.startswith("VmHWM:"))
        return {"bytes": int(peak.split()[1]) * 1024}


def main():
    peer = Peer()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(peer, request["do"])(request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
