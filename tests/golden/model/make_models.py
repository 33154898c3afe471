"""Writes the tiny TorchScript models of tests/core/model and what eager PyTorch computes for them.

Made with PyTorch 2.15: python3 make_models.py
Every model takes 8 x 8 images. expected.json holds the pixels, the normalisation and, for each model, the penultimate
features h and the logits W h + b that eager PyTorch gives in float32.
"""

import json
import pathlib
import warnings

import torch
import torch.nn.functional as F
from torch import nn

FOLDER = pathlib.Path(__file__).parent
BATCH, SIZE, HIDDEN, CLASSES = 5, 8, 12, 4
MEAN, STD = 0.45, 0.25


class Stem(nn.Module):
    """Convolution, ReLU, global average: B x channels x 8 x 8 to B x HIDDEN."""

    def __init__(self, channels=3, activation=F.relu, pool=True):
        super().__init__()
        self.conv = nn.Conv2d(channels, HIDDEN, 3, padding=1)
        self.norm = nn.BatchNorm2d(HIDDEN)
        self.norm.running_mean.uniform_(-0.2, 0.2)
        self.norm.running_var.uniform_(0.5, 1.5)
        self.activation, self.pool = activation, pool

    def forward(self, x):
        x = self.activation(self.norm(self.conv(x)))
        return F.adaptive_avg_pool2d(x, 1) if self.pool else x


class Model(nn.Module):
    """A stem, `head`, and `end`, which says what forward returns."""

    def __init__(self, head=None, end=None, **stem):
        super().__init__()
        self.stem = Stem(**stem)
        self.fc = head or nn.Linear(HIDDEN, CLASSES)
        self.end = end or (lambda logits: logits)

    def features(self, x):
        return self.stem(x).flatten(1)

    def logits(self, x):
        return self.fc(self.features(x))

    def forward(self, x):
        return self.end(self.logits(x))


class ConvHead(Model):
    """A 1x1 convolution as head, before or after the global average."""

    def __init__(self, pool):
        super().__init__(head=nn.Conv2d(HIDDEN, CLASSES, 1), pool=pool)

    def features(self, x):
        return self.stem(x).mean((2, 3))

    def logits(self, x):
        return F.adaptive_avg_pool2d(self.fc(self.stem(x)), 1).flatten(1)


class Product(Model):
    """Bare parameters: W is C x D for addmm, D x C for matmul and an addition."""

    def __init__(self, how):
        super().__init__(head=nn.Identity())
        self.how = how
        shape = (CLASSES, HIDDEN) if how == "addmm" else (HIDDEN, CLASSES)
        self.W = nn.Parameter(torch.randn(shape))
        self.b = nn.Parameter(torch.randn(CLASSES))

    def logits(self, x):
        h = self.features(x)
        return torch.addmm(self.b, h, self.W.t()) if self.how == "addmm" else self.b + h @ self.W


class Branches(nn.Module):
    """For torch.jit.script: loops, a branch on the input's size, dropout."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Conv2d(3, HIDDEN, 3, padding=1), nn.Conv2d(HIDDEN, HIDDEN, 3, padding=1)])
        self.drop = nn.Dropout(0.5)
        self.classifier = nn.Sequential(nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), self.drop, nn.Linear(HIDDEN, CLASSES))

    def forward(self, x):
        for layer in self.layers:
            x = F.relu(layer(x))
        if x.size(2) > 4:
            x = F.max_pool2d(x, 2)
        return self.classifier(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))

    def features(self, x):
        for layer in self.layers:
            x = F.relu(layer(x))
        return self.classifier[:3](F.max_pool2d(x, 2).mean((2, 3)))

    def logits(self, x):
        return self.forward(x)


class TwoHeads(Model):
    """Two linear layers on the same features: averaged, or returned side by side."""

    def __init__(self, averaged):
        super().__init__()
        self.aux = nn.Linear(HIDDEN, CLASSES)
        self.averaged = averaged

    def forward(self, x):
        h = self.features(x)
        return (self.fc(h) + self.aux(h)) / 2 if self.averaged else (self.fc(h), self.aux(h))


class Attention(nn.Module):
    """A one-block vision transformer with a class token."""

    def __init__(self, width=8, heads=2):
        super().__init__()
        self.patch = nn.Conv2d(3, width, 4, stride=4)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.norm, self.head, self.heads = nn.LayerNorm(width), nn.Linear(width, CLASSES), heads

    def features(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1)
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        x = x + self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, n, c))
        return self.norm(x)[:, 0]

    def logits(self, x):
        return self.head(self.features(x))

    def forward(self, x):
        return self.logits(x)


class FixedSize(nn.Module):
    """Fully connected on the pixels: only one input size fits."""

    def __init__(self):
        super().__init__()
        self.hidden, self.fc = nn.Linear(3 * SIZE * SIZE, HIDDEN), nn.Linear(HIDDEN, CLASSES)

    def features(self, x):
        return F.relu(self.hidden(x.flatten(1)))

    def logits(self, x):
        return self.fc(self.features(x))

    def forward(self, x):
        return self.logits(x)


class FixedBatch(Model):
    def forward(self, x):
        return self.fc(self.stem(x).view(2, HIDDEN))


class TwoInputs(Model):
    def forward(self, x, scale):
        return self.logits(x) * scale


class WithOperator(Model):
    def __init__(self, operator):
        super().__init__()
        self.operator = operator

    def features(self, x):
        return self.operator(super().features(x))


@torch.library.custom_op("golden::twice", mutates_args=())
def twice(x: torch.Tensor) -> torch.Tensor:
    return x * 2


def make(name, model, checked=True, channels=3, script=False, example=None, train=False):
    model.train(train)
    if example is None:
        example = torch.randn(2, channels, SIZE, SIZE)
    with torch.no_grad():
        saved = torch.jit.script(model) if script else torch.jit.trace(model, example, strict=False, check_trace=False)
        saved.save(FOLDER / f"{name}.pt")
        if checked:
            x = (pixels(channels).permute(0, 3, 1, 2).float() / 255 - MEAN) / STD
            model.float()  # half-precision weights are computed with in float32
            expected[name] = {
                "channels": channels,
                "features": rounded(model.features(x)),
                "logits": rounded(model.logits(x)),
            }


def rounded(values):
    return [float(f"{value:.8g}") for value in values.float().flatten().tolist()]


def pixels(channels):
    generator = torch.Generator().manual_seed(channels)
    return torch.randint(0, 256, (BATCH, SIZE, SIZE, channels), generator=generator, dtype=torch.uint8)


def weightless(model):
    for parameter in model.fc.parameters():
        nn.init.constant_(parameter, float("nan"))
    return model


warnings.filterwarnings("ignore")
torch.manual_seed(0)
expected = {}
with torch.no_grad():
    make("linear", Model())
    make("no_bias", Model(head=nn.Linear(HIDDEN, CLASSES, bias=False)))
    make("conv_head", ConvHead(pool=True))
    make("conv_head_then_pool", ConvHead(pool=False))
    make("addmm", Product("addmm"))
    make("matmul_add", Product("matmul"))
    make("scripted", Branches(), script=True)
    make("softmax", Model(end=lambda y: y.softmax(1)))
    make("log_softmax", Model(end=lambda y: F.log_softmax(y, 1)))
    make("sigmoid", Model(end=torch.sigmoid))
    make("tuple", Model(end=lambda y: (y, y * 2)))
    make("dictionary", Model(end=lambda y: {"extra": y * 2, "logits": y}))
    make("auxiliary", TwoHeads(averaged=False))
    make("two_heads", TwoHeads(averaged=True))
    make("grey", Model(channels=1), channels=1)
    make("attention", Attention())
    make("half", Model().half(), example=torch.randn(2, 3, SIZE, SIZE).half())
    make("hardswish", Model(activation=F.hardswish))
    make("rms_norm", WithOperator(lambda h: F.rms_norm(h, [HIDDEN], torch.linspace(0.5, 2, HIDDEN))))
    make("squeeze_several", WithOperator(lambda h: h[:, :, None, None].squeeze((2, 3))))
    make("fixed_size", FixedSize())
    make("relu_after_head", Model(end=lambda y: y.relu_()))
    make("strange_dictionary", Model(end=lambda y: {"extra": y}), checked=False)
    make("hidden_probabilities", Model(end=lambda y: y.exp() / y.exp().sum(1, keepdim=True)), checked=False)
    make("fixed_batch", FixedBatch(), checked=False)
    make("two_inputs", TwoInputs(), checked=False, example=(torch.randn(2, 3, SIZE, SIZE), torch.ones(1)))
    make("training_mode", Model(), checked=False, train=True)
    make("not_a_number", weightless(Model()), checked=False)
    make("newer_operator", WithOperator(lambda h: torch.ops.aten._safe_softmax(h, 1)), checked=False)
    make("foreign_operator", WithOperator(lambda h: twice(h)), checked=False)

small = nn.Linear(2, 2)
torch.save(small.state_dict(), FOLDER / "state_dict.pth")
torch.save(small.state_dict(), FOLDER / "legacy_state_dict.pth", _use_new_zipfile_serialization=False)
torch.export.save(torch.export.export(small, (torch.zeros(1, 2),)), FOLDER / "exported_program.pt2")

result = {
    "batch": BATCH, "size": SIZE, "mean": MEAN, "std": STD,
    "pixels": {str(channels): pixels(channels).flatten().tolist() for channels in (1, 3)},
    "models": expected,
}
(FOLDER / "expected.json").write_text(json.dumps(result) + "\n")
