"""Writes the models map_*.pt and maps.json: last feature maps and ODIN scores as PyTorch computes them.

Made with PyTorch 2.15, after make_models.py: python3 make_map_models.py
Maps are those of the first golden image (see expected.json), D x H x W. ODIN follows Liang et al. (ICLR 2018) and the
authors' code: the sign of a zero gradient is +1, the sign is divided by the normalisation's std. The demo network is
rebuilt here from its weights alone; the other ODIN models are the files themselves, differentiated by PyTorch 2.15.
"""

import json
import pathlib
import warnings

import torch
import torch.nn.functional as F
from torch import nn

FOLDER = pathlib.Path(__file__).parent
DEMO = FOLDER.parents[2] / "resources" / "demo" / "fashion8.pt"
HIDDEN, CLASSES = 6, 4
TEMPERATURE, NOISE = 1000, 0.0014


class Mapped(nn.Module):
    """Convolution and ReLU to B x HIDDEN x 4 x 3, then `pool` to B x HIDDEN and a head."""

    def __init__(self, pool, channels_last=False):
        super().__init__()
        self.conv = nn.Conv2d(3, HIDDEN, (2, 3), stride=(2, 3), padding=(0, 1))
        self.fc = nn.Linear(HIDDEN, CLASSES)
        self.norm = nn.LayerNorm(HIDDEN)
        self.pool, self.channels_last = pool, channels_last

    def map(self, x):
        return F.relu(self.conv(x))

    def forward(self, x):
        x = self.map(x)
        return self.fc(self.pool(self, x.permute(0, 2, 3, 1) if self.channels_last else x))


def two_pools(_, x):
    return F.adaptive_avg_pool2d(F.avg_pool2d(x, (2, 1)), 1).flatten(1)


MODELS = {
    "map_mean": Mapped(lambda _, x: F.dropout(x.mean([2, 3]), 0.2, training=False)),
    "map_avg_pool": Mapped(lambda _, x: F.relu(F.avg_pool2d(x, (4, 3)).view(-1, HIDDEN))),
    "map_channels_last": Mapped(lambda _, x: x.mean((1, 2)), channels_last=True),
    "map_two_pools": Mapped(two_pools),
    "map_then_norm": Mapped(lambda self, x: self.norm(x.mean((2, 3)))),
    "map_max_pool": Mapped(lambda _, x: x.amax((2, 3))),
    "map_part": Mapped(lambda _, x: F.avg_pool2d(x, (3, 3)).flatten(1)),
}


class Demo(nn.Module):
    """The demo network of the program."""

    STAGES = [(16, 3, True), (32, 3, True), (64, 3, True), (128, 3, False), (512, 1, False)]

    def __init__(self):
        super().__init__()
        channels = 1
        for i, (out, kernel, _) in enumerate(self.STAGES, 1):
            setattr(self, f"conv{i}", nn.Conv2d(channels, out, kernel, padding=kernel // 2))
            channels = out
        self.fc = nn.Linear(channels, 8)

    def map(self, x):
        for i, (_, _, pool) in enumerate(self.STAGES, 1):
            x = F.relu(getattr(self, f"conv{i}")(x))
            x = F.max_pool2d(x, 2) if pool else x
        return x

    def forward(self, x):
        return self.fc(self.map(x).mean((2, 3)))


def rounded(values):
    return [float(f"{value:.9g}") for value in values.flatten().tolist()]


def scores(model, x, std, temperature=TEMPERATURE, noise=NOISE):
    """ODIN, one score an image."""
    x = x.clone().requires_grad_(True)
    logits = model(x)
    loss = F.cross_entropy(logits / temperature, logits.argmax(1), reduction="sum")
    (gradient,) = torch.autograd.grad(loss, x)
    sign = torch.where(gradient >= 0, 1.0, -1.0)
    with torch.no_grad():
        moved = x - noise * sign / torch.tensor(std).view(1, -1, 1, 1)
        return (model(moved).double() / temperature).softmax(1).amax(1)


def demo_images():
    generator = torch.Generator().manual_seed(28)
    return torch.randint(0, 256, (4, 28, 28, 1), generator=generator, dtype=torch.uint8)


warnings.filterwarnings("ignore")
torch.manual_seed(1)
golden = json.loads((FOLDER / "expected.json").read_text())
pixels = torch.tensor(golden["pixels"]["3"], dtype=torch.uint8).view(golden["batch"], 8, 8, 3)
mean, std = golden["mean"], golden["std"]
images = (pixels.permute(0, 3, 1, 2).float() / 255 - mean) / std
result = {"temperature": TEMPERATURE, "noise": NOISE, "maps": {}, "odin": {}}

for name, model in MODELS.items():
    model = model.eval()
    nn.init.uniform_(model.conv.bias, 0, 0.5)
    with torch.no_grad():
        torch.jit.trace(model, torch.randn(2, 3, 8, 8), check_trace=False).save(FOLDER / f"{name}.pt")
        feature_map = model.map(images[:1])[0]
        result["maps"][name] = {"height": 4, "width": 3, "values": rounded(feature_map),
                                "features": rounded(feature_map.mean((1, 2)))}

for name in ["linear", "conv_head_then_pool", "scripted", "attention", "rms_norm", "hardswish"]:
    model = torch.jit.load(str(FOLDER / f"{name}.pt")).eval()
    wide = {"temperature": 5, "noise": 0.05}  # where a wrong sign or scale shows in every digit
    result["odin"][name] = {"authors": scores(model, images, [std] * 3).tolist(),
                            "wide": scores(model, images, [std] * 3, **wide).tolist()}
softmax = torch.jit.load(str(FOLDER / "softmax.pt")).eval()
result["odin"]["softmax"] = {
    # The model ends in a softmax: the logarithm gives its logits but for a constant.
    "authors": scores(lambda x: softmax(x).log(), images, [std] * 3).tolist(),
    "wide": scores(lambda x: softmax(x).log(), images, [std] * 3, **wide).tolist()}

demo = Demo()
demo.load_state_dict(torch.jit.load(str(DEMO)).state_dict())
demo.eval()
x = (demo_images().permute(0, 3, 1, 2).float() / 255 - 0.2860) / 0.3530
with torch.no_grad():
    feature_map = demo.map(x[:1])[0]
result["demo"] = {"pixels": demo_images().flatten().tolist(), "authors": scores(demo, x, [0.3530]).tolist(),
                  "features": rounded(feature_map.mean((1, 2))), "map_of_unit_7": rounded(feature_map[7]),
                  "height": feature_map.shape[1], "width": feature_map.shape[2]}
(FOLDER / "maps.json").write_text(json.dumps(result) + "\n")
