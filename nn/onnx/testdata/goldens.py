"""Writes networks of PyTorch as ONNX files, with what they give, for import_goldens_test.go.

Run with a Python that has PyTorch (made with 1.13): python3 goldens.py
The input of every network is ((7919·i mod 2003) - 1001) / 500, i counting its
values in the order of PyTorch, [N, C, D, H, W], with a batch of two.
"""

import json
import pathlib

import torch
from torch import nn

here = pathlib.Path(__file__).parent


class Residual(nn.Module):
    def __init__(self, channels_in, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv3d(channels_in, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm3d(channels)
        self.conv2 = nn.Conv3d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm3d(channels)
        self.relu = nn.ReLU()
        self.shortcut = None
        if stride != 1 or channels_in != channels:
            self.shortcut = nn.Sequential(nn.Conv3d(channels_in, channels, 1, stride, bias=False), nn.BatchNorm3d(channels))

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + (x if self.shortcut is None else self.shortcut(x)))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv3d(1, 2, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm3d(2)
        self.maxpool = nn.MaxPool3d(3, 2, 1)
        self.layer1 = nn.Sequential(Residual(2, 2, 1), Residual(2, 3, 2))
        self.avgpool = nn.AdaptiveAvgPool3d(1)
        self.fc = nn.Linear(3, 2)

    def forward(self, x):
        x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        return self.fc(torch.flatten(self.avgpool(self.layer1(x)), 1))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        def block(a, b):
            return nn.Sequential(nn.Conv3d(a, b, 3, padding=1), nn.InstanceNorm3d(b, affine=True), nn.LeakyReLU(0.1))
        self.down = block(2, 3)
        self.deep = block(3, 4)
        self.up = nn.ConvTranspose3d(4, 3, 2, 2)
        self.out = block(6, 3)
        self.head = nn.Conv3d(3, 2, 1)

    def forward(self, x):
        skip = self.down(x)
        deep = self.deep(nn.functional.max_pool3d(skip, 2))
        return torch.softmax(self.head(self.out(torch.cat([self.up(deep), skip], 1))), 1)


class View(nn.Module):
    """Sizes that are worked out while the network runs."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv3d(1, 2, 3)
        self.fc = nn.Linear(2 * 2 * 4 * 5, 3)

    def forward(self, x):
        x = torch.tanh(self.conv(x))
        return self.fc(x.view(x.size(0), -1))


class Product(nn.Module):
    """MatMul and Add, behind a vector that joins two volumes."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv3d(2, 2, 2), nn.Conv3d(2, 3, 2, 2)
        self.weight = nn.Parameter(torch.randn(2 * 3 * 5 * 6 + 3 * 2 * 3 * 3, 4) / 10)
        self.bias = nn.Parameter(torch.randn(4))

    def forward(self, x):
        joined = torch.cat([torch.flatten(self.a(x), 1), torch.relu(torch.flatten(self.b(x), 1))], 1)
        return torch.sigmoid(joined) @ self.weight + self.bias


class Unfolded(nn.Module):
    """A volume laid out as a vector, whose order reaches the output."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv3d(1, 2, 3, 2)

    def forward(self, x):
        y = torch.flatten(self.conv(x), 1)
        return y + torch.sigmoid(y)


class Decoder(nn.Module):
    """A volume made of a vector, in PyTorch's order."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 2 * 2 * 3 * 2)
        self.conv = nn.ConvTranspose3d(2, 1, 3, 2, 1, output_padding=1)

    def forward(self, x):
        return self.conv(torch.relu(self.fc(x)).view(-1, 2, 2, 3, 2))


networks = {
    "classifier": (nn.Sequential(
        nn.Conv3d(1, 3, 3, padding=1), nn.BatchNorm3d(3), nn.ReLU(), nn.MaxPool3d(2), nn.Dropout3d(0.2),
        nn.Conv3d(3, 4, (3, 3, 2), (2, 1, 1), (1, 0, 1)), nn.ReLU(), nn.Flatten(), nn.BatchNorm1d(40), nn.Dropout(0.3), nn.Linear(40, 5), nn.ELU(0.5), nn.Linear(5, 2), nn.Softmax(1)), [1, 4, 8, 8], {}),
    "resnet": (ResNet(), [1, 8, 12, 11], {}),
    "unet": (UNet(), [2, 4, 6, 8], {}),
    "view": (View(), [1, 4, 6, 7], {"dynamic_axes": {"input": {0: "batch"}}}),
    "product": (Product(), [2, 4, 6, 7], {}),
    "unfolded": (Unfolded(), [1, 5, 6, 7], {}),
    "decoder": (Decoder(), [6], {}),
    "activations": (nn.Sequential(
        nn.Conv3d(2, 4, 1), nn.PReLU(4), nn.Conv3d(4, 4, 1), nn.PReLU(), nn.SELU(), nn.GELU(), nn.Conv3d(4, 4, 1), nn.GELU(approximate="tanh"),
        nn.SiLU(), nn.Conv3d(4, 3, 1), nn.ReLU6(), nn.Conv3d(3, 3, 1), nn.Softplus(), nn.Tanh(), nn.Sigmoid()), [2, 2, 3, 4], {}),
    "norms": (nn.Sequential(
        nn.Conv3d(2, 6, 1), nn.GroupNorm(3, 6), nn.InstanceNorm3d(6), nn.Upsample(scale_factor=(1, 2, 3)), nn.LayerNorm([6, 3, 6, 12]), nn.GroupNorm(2, 6, affine=False)), [2, 3, 3, 4], {}),
    "windows": (nn.Sequential(
        nn.ConstantPad3d((1, 0, 2, 1, 0, 1), 0), nn.Conv3d(2, 4, 3, groups=2, padding=1), nn.AvgPool3d(3, 2, 1),
        nn.Conv3d(4, 2, 3, dilation=2, padding=2), nn.MaxPool3d(3, 1, 1), nn.AvgPool3d(3, 2, 1, count_include_pad=False),
        nn.ConvTranspose3d(2, 3, 3, 2, 1, output_padding=1), nn.MaxPool3d(3, 2, 1), nn.ConvTranspose3d(3, 2, (3, 2, 4), (1, 3, 2), (0, 0, 1)),
        nn.MaxPool3d(2, 2, ceil_mode=True)), [2, 9, 10, 11], {}),
    "old": (nn.Sequential(
        nn.ConstantPad3d(1, 0), nn.Conv3d(1, 2, 3), nn.Upsample(scale_factor=2), nn.Dropout(0.4), nn.ReLU6(), nn.Flatten(), nn.Linear(2 * 4 * 6 * 8, 2), nn.Softmax(1)), [1, 2, 3, 4], {"opset_version": 9}),
}

goldens = {}
for name, (network, sizes, settings) in networks.items():
    torch.manual_seed(len(name))
    with torch.no_grad():
        for key, tensor in [*network.named_parameters(), *network.named_buffers()]:
            if tensor.is_floating_point() and tensor.dim() == 1:
                tensor.copy_(torch.rand_like(tensor) + 0.5 if "var" in key or "weight" in key else torch.randn_like(tensor) / 2)
    network.eval()
    count = 2 * torch.Size(sizes).numel()
    x = (((torch.arange(count) * 7919) % 2003 - 1001).to(torch.float32) / 500).reshape(2, *sizes)
    with torch.no_grad():
        y = network(x)
    if y.dim() == 5:
        y = y.permute(0, 2, 3, 4, 1)
    settings = {"opset_version": 17, "input_names": ["input"], "output_names": ["output"], **settings}
    torch.onnx.export(network, x, here / f"{name}.onnx", **settings)
    goldens[name] = {"input": sizes, "output": list(y.shape), "y": [float(f"{v:.8g}") for v in y.reshape(-1).tolist()]}

(here / "goldens.json").write_text("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in goldens.items()) + "\n}\n")
