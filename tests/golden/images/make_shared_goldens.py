#!/usr/bin/env python3
"""Writes shared.txt: `PRESET FILE SHA256` of the preprocessed pixels of some of the shared images (tenth images of each
folder, and the largest and smallest textures), as Pillow 13 and torchvision make them.

Usage: make_shared_goldens.py SHARED-FOLDER
"""
import hashlib
import sys
from pathlib import Path

from PIL import Image
from torchvision import transforms

PRESETS = {
    "cifar": transforms.Compose([transforms.Resize(32), transforms.CenterCrop(32)]),
    "imagenet": transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)]),
}


def chosen(data):
    textures = sorted((data / "dtd5").rglob("*.jpg"))
    by_size = sorted(textures, key=lambda path: Image.open(path).width * Image.open(path).height)
    yield from by_size[:2] + by_size[-2:] + textures[::60]
    for folder in ("cifar10-train4k", "cifar10-test-jpeg", "mnist2k"):
        yield from sorted(path for path in (data / folder).rglob("*") if path.is_file())[5::400]


def main():
    data = Path(sys.argv[1]) / "data"
    with open(Path(__file__).parent / "shared.txt", "w", encoding="ascii") as out:
        for path in dict.fromkeys(chosen(data)):
            for name, chain in PRESETS.items():
                digest = hashlib.sha256(chain(Image.open(path).convert("RGB")).tobytes()).hexdigest()
                out.write(f"{name} {path.relative_to(data)} {digest}\n")


if __name__ == "__main__":
    main()
