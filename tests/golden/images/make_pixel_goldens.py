#!/usr/bin/env python3
"""Writes resize.txt, shorter.txt, crop.txt, preprocess.txt and normalisation.txt: what Pillow 13 and torchvision make of the noise
image below, as SHA-256 of the bytes.

resize.txt:        FILTER WIDTH HEIGHT NEW-WIDTH NEW-HEIGHT SHA256
shorter.txt:       WIDTH HEIGHT SIZE NEW-WIDTH NEW-HEIGHT, of torchvision's Resize(SIZE)
crop.txt:          WIDTH HEIGHT CROP-HEIGHT CROP-WIDTH SHA256, of torchvision's CenterCrop
preprocess.txt:    WIDTH HEIGHT SHA256 JSON, of the whole chain on the image
normalisation.txt: MEAN STD SHA256 of the 256 float32 values that ToTensor and Normalize give for 0..255
"""
import hashlib
import itertools
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torchvision import transforms

OUT = Path(__file__).parent
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def noise(width, height):
    """The tests make the same image: independent bytes, many of them 0 or 255, where rounding and clipping show."""
    y, x, k = np.mgrid[0:height, 0:width, 0:3].astype(np.uint32)
    v = x * 73856093 ^ y * 19349663 ^ k * 83492791
    v = (v ^ v >> 13) * 1274126177
    v = (v >> 16) % 512
    return Image.fromarray(np.clip(v.astype(int) - 128, 0, 255).astype(np.uint8))


def sha(image):
    return hashlib.sha256(image.tobytes()).hexdigest()


def resize_cases():
    sides = [(1, 1), (1, 7), (7, 1), (2, 3), (13, 9), (28, 28), (64, 48), (97, 31), (31, 97), (50, 300), (300, 50)]
    new = [(1, 1), (1, 5), (5, 1), (2, 2), (13, 9), (32, 32), (41, 32), (64, 20), (200, 150), (17, 120)]
    return itertools.product(FILTERS, sides, new)


def write_resize():
    with open(OUT / "resize.txt", "w", encoding="ascii") as out:
        for name, (w, h), (nw, nh) in resize_cases():
            out.write(f"{name} {w} {h} {nw} {nh} {sha(noise(w, h).resize((nw, nh), FILTERS[name]))}\n")
        for w, h, nw, nh in ((500, 375, 341, 256), (375, 500, 256, 341), (640, 480, 42, 32), (32, 32, 224, 224)):
            for name, kind in FILTERS.items():
                out.write(f"{name} {w} {h} {nw} {nh} {sha(noise(w, h).resize((nw, nh), kind))}\n")


def write_shorter():
    sides = [(500, 375), (375, 500), (333, 333), (1, 1), (3, 1000), (1000, 3), (341, 256), (7, 11), (11, 7), (129, 255)]
    with open(OUT / "shorter.txt", "w", encoding="ascii") as out:
        for (w, h), size in itertools.product(sides, (1, 28, 32, 255, 256)):
            resized = transforms.Resize(size)(Image.new("RGB", (w, h)))
            out.write(f"{w} {h} {size} {resized.width} {resized.height}\n")


def write_crop():
    sides = [(w, h) for w in (1, 4, 5, 6, 7, 8, 9, 10) for h in (1, 4, 6, 9)]
    with open(OUT / "crop.txt", "w", encoding="ascii") as out:
        for (w, h), (ch, cw) in itertools.product(sides, ((4, 4), (5, 5), (1, 1), (3, 8), (8, 3), (12, 13))):
            out.write(f"{w} {h} {ch} {cw} {sha(transforms.CenterCrop((ch, cw))(noise(w, h)))}\n")


def chain(settings):
    kind = {"bilinear": transforms.InterpolationMode.BILINEAR, "bicubic": transforms.InterpolationMode.BICUBIC}
    steps = [] if settings["channels"] == 3 else [lambda image: image.convert("L")]
    if settings["resize"]:
        steps.append(transforms.Resize(settings["resize"], kind[settings["interpolation"]]))
    return transforms.Compose(steps + [transforms.CenterCrop(settings["crop"])])


def settings(channels, resize, crop, interpolation="bilinear"):
    return {"channels": channels, "crop": crop, "interpolation": interpolation, "mean": [0.5] * channels, "name": "golden",
            "resize": resize, "std": [0.25] * channels}


def write_preprocess():
    cases = [settings(3, 256, [224, 224]), settings(3, 32, [32, 32]), settings(1, 28, [28, 28]),
             settings(3, 40, [24, 33], "bicubic"), settings(3, 0, [32, 40]), settings(1, 30, [64, 50]),
             settings(3, 16, [24, 24])]
    sides = [(500, 375), (375, 500), (32, 32), (28, 28), (31, 33), (1, 1), (9, 200), (200, 9), (90, 300), (256, 256)]
    with open(OUT / "preprocess.txt", "w", encoding="ascii") as out:
        for case, (w, h) in itertools.product(cases, sides):
            out.write(f"{w} {h} {sha(chain(case)(noise(w, h)))} {json.dumps(case, separators=(',', ':'), sort_keys=True)}\n")


def write_normalisation():
    values = Image.fromarray(np.arange(256, dtype=np.uint8).reshape(1, 256))
    pairs = [(0.485, 0.229), (0.456, 0.224), (0.406, 0.225), (0.4914, 0.2023), (0.4822, 0.1994), (0.4465, 0.2010),
             (0.2860, 0.3530), (0.0, 1.0), (0.5, 0.5), (0.1307, 0.3081), (1.0, 1e-6), (1 / 3, 0.7)]
    with open(OUT / "normalisation.txt", "w", encoding="ascii") as out:
        for mean, std in pairs:
            table = transforms.Normalize([mean], [std])(transforms.ToTensor()(values)).reshape(-1)
            assert table.dtype == torch.float32
            out.write(f"{mean!r} {std!r} {hashlib.sha256(table.numpy().astype('<f4').tobytes()).hexdigest()}\n")


if __name__ == "__main__":
    write_resize()
    write_shorter()
    write_crop()
    write_preprocess()
    write_normalisation()
