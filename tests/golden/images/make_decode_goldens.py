#!/usr/bin/env python3
"""Writes decode/: small image files of every kind of pixel, and decode/expected.txt with the pixels that Pillow 13 gives
for each: `FILE WIDTH HEIGHT RGB-HEX`, or `FILE error` where Pillow refuses the file.

Pillow writes the files where it can; kinds that it does not write are assembled here byte by byte.
"""
import io
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from image_writers import bmp, chunk, pack, pixels_of, png, rows_of, tiff

OUT = Path(__file__).parent / "decode"
W, H = 13, 9
RNG = np.random.default_rng(20240229)
FILES = {}


def smooth(channels, top=255):
    """Structure as of a photograph, with every channel different, reaching 0 and `top`."""
    y, x = np.mgrid[0:H, 0:W]
    planes = [np.sin(x * (0.3 + 0.1 * k) + k) * np.cos(y * (0.5 - 0.07 * k) + 2 * k) for k in range(channels)]
    a = np.stack(planes, -1) + RNG.normal(0, 0.08, (H, W, channels))
    a = (a - a.min()) / (a.max() - a.min())
    return np.round(a * top)


RGB = smooth(3).astype(np.uint8)
RGBA = smooth(4).astype(np.uint8)
GREY = smooth(1)[..., 0].astype(np.uint8)
INDEX = RNG.integers(0, 256, (H, W)).astype(np.uint8)
PALETTE = RNG.integers(0, 256, (256, 3)).astype(np.uint8)
GREY16 = (smooth(1, 65535)[..., 0]).astype(np.uint16)
GREY16[0, :6] = [0, 1, 254, 255, 256, 300]
RGB16 = smooth(3, 65535).astype(np.uint16)
RGBA16 = smooth(4, 65535).astype(np.uint16)


def save(name, image, **options):
    buffer = io.BytesIO()
    fmt = {"jpg": "JPEG", "png": "PNG", "bmp": "BMP", "webp": "WEBP", "tif": "TIFF", "mpo": "MPO"}[name.split(".")[-1]]
    image.save(buffer, fmt, **options)
    FILES[name] = buffer.getvalue()
    return FILES[name]


def index(bits):
    return (INDEX >> (8 - bits)).astype(np.uint8)


def indexed(bits):
    image = Image.frombytes("P", (W, H), index(bits).tobytes())
    image.putpalette(PALETTE[: 1 << bits].tobytes())
    return image


# JPEG ---------------------------------------------------------------------------------------------------------------
def segments(jpeg):
    """(offset, marker, length with the marker) of the segments before the pixels."""
    at, found = 2, []
    while jpeg[at + 1] != 0xDA:
        length = struct.unpack(">H", jpeg[at + 2 : at + 4])[0] + 2
        found.append((at, jpeg[at + 1], length))
        at += length
    return found


def make_jpeg():
    rgb, grey = Image.fromarray(RGB), Image.fromarray(GREY)
    cmyk = Image.fromarray(RGBA, "CMYK")
    save("jpeg-grey.jpg", grey, quality=90)
    save("jpeg-grey-progressive.jpg", grey, quality=60, progressive=True)
    for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
        save(f"jpeg-ycc-{subsampling.replace(':', '')}.jpg", rgb, quality=85, subsampling=subsampling)
    wide = Image.fromarray(np.tile(RGB, (3, 4, 1)))
    save("jpeg-ycc-420-large.jpg", wide, quality=75)
    save("jpeg-restart.jpg", wide, quality=75, restart_marker_rows=1)
    ycc = save("jpeg-progressive.jpg", wide, quality=75, progressive=True)
    save("jpeg-rgb-adobe.jpg", rgb, quality=90, keep_rgb=True)
    save("jpeg-quality-5.jpg", rgb, quality=5)
    exif = Image.Exif()
    exif[0x0112] = 6
    save("jpeg-exif-rotated.jpg", rgb, quality=90, exif=exif)
    save("jpeg-mpo.mpo", rgb, save_all=True, append_images=[Image.fromarray(255 - RGB)])
    adobe = save("jpeg-cmyk-adobe.jpg", cmyk, quality=90)
    at, _, length = next(s for s in segments(adobe) if s[1] == 0xEE)
    FILES["jpeg-cmyk-plain.jpg"] = adobe[:at] + adobe[at + length :]
    ycck = bytearray(adobe)
    ycck[at + length - 1] = 2  # Adobe's transform: YCCK
    FILES["jpeg-ycck-adobe.jpg"] = bytes(ycck)
    # Sampling factors that Pillow does not write, put over the data of a file with the same number of blocks.
    whole = np.tile(RGB, (4, 4, 1))[:32, :32]
    plain = save("jpeg-440.jpg", Image.fromarray(whole), quality=80, subsampling="4:2:2")
    FILES["jpeg-440.jpg"] = plain.replace(b"\x01\x21\x00", b"\x01\x12\x00", 1)
    plain = save("jpeg-411.jpg", Image.fromarray(whole), quality=80, subsampling="4:2:0")
    FILES["jpeg-411.jpg"] = plain.replace(b"\x01\x22\x00", b"\x01\x41\x00", 1)
    FILES["jpeg-junk-after-end.jpg"] = FILES["jpeg-grey.jpg"] + b"\x00\xff junk"
    FILES["jpeg-damaged-scan.jpg"] = FILES["jpeg-ycc-420-large.jpg"].replace(b"\xff\xda", b"\xff\xda", 1)
    damaged = bytearray(FILES["jpeg-ycc-420-large.jpg"])
    damaged[-60] ^= 0x55
    FILES["jpeg-damaged-scan.jpg"] = bytes(damaged)
    FILES["jpeg-no-end-marker.jpg"] = FILES["jpeg-grey.jpg"][:-2]
    FILES["jpeg-truncated.jpg"] = FILES["jpeg-ycc-420-large.jpg"][:-80]
    FILES["jpeg-truncated-progressive.jpg"] = ycc[:-40]
    FILES["jpeg-truncated-header.jpg"] = ycc[:100]
    twelve = bytearray(FILES["jpeg-grey.jpg"])
    sof = next(s for s in segments(FILES["jpeg-grey.jpg"]) if s[1] == 0xC0)[0]
    twelve[sof + 4] = 12
    FILES["jpeg-12-bit.jpg"] = bytes(twelve)
    huge = bytearray(FILES["jpeg-grey.jpg"])
    huge[sof + 5 : sof + 9] = struct.pack(">HH", 60000, 60000)
    FILES["jpeg-huge.jpg"] = bytes(huge)


# PNG ----------------------------------------------------------------------------------------------------------------
def make_png():
    for interlaced in (False, True):
        tail = "-interlaced.png" if interlaced else ".png"
        for bits in (1, 2, 4):
            FILES[f"png-grey-{bits}{tail}"] = png(GREY >> (8 - bits), bits, 0, interlaced)
            FILES[f"png-palette-{bits}{tail}"] = png(
                index(bits), bits, 3, interlaced, PALETTE[: 1 << bits].tobytes()
            )
        FILES[f"png-grey-8{tail}"] = png(GREY, 8, 0, interlaced)
        FILES[f"png-grey-16{tail}"] = png(GREY16, 16, 0, interlaced)
        FILES[f"png-grey-alpha-8{tail}"] = png(RGBA[..., :2], 8, 4, interlaced)
        FILES[f"png-grey-alpha-16{tail}"] = png(RGBA16[..., :2], 16, 4, interlaced)
        FILES[f"png-palette-8{tail}"] = png(INDEX, 8, 3, interlaced, PALETTE.tobytes())
        FILES[f"png-rgb-8{tail}"] = png(RGB, 8, 2, interlaced)
        FILES[f"png-rgb-16{tail}"] = png(RGB16, 16, 2, interlaced)
        FILES[f"png-rgba-8{tail}"] = png(RGBA, 8, 6, interlaced)
        FILES[f"png-rgba-16{tail}"] = png(RGBA16, 16, 6, interlaced)
    for width, height in ((1, 1), (1, 9), (9, 1), (2, 3), (4, 4), (5, 2)):
        FILES[f"png-interlaced-{width}x{height}.png"] = png(RGB[:height, :width], 8, 2, True)
    FILES["png-grey-trns.png"] = png(GREY, 8, 0, transparency=struct.pack(">H", int(GREY[2, 2])))
    FILES["png-grey-1-trns.png"] = png(GREY >> 7, 1, 0, transparency=b"\0\1")
    FILES["png-grey-16-trns.png"] = png(GREY16, 16, 0, transparency=struct.pack(">H", int(GREY16[2, 2])))
    FILES["png-rgb-trns.png"] = png(RGB, 8, 2, transparency=struct.pack(">3H", *map(int, RGB[1, 1])))
    FILES["png-rgb-16-trns.png"] = png(RGB16, 16, 2, transparency=struct.pack(">3H", *map(int, RGB16[1, 1])))
    FILES["png-palette-trns-one.png"] = png(INDEX, 8, 3, palette=PALETTE.tobytes(), transparency=b"\xff\xff\0\xff")
    FILES["png-palette-trns-many.png"] = png(INDEX, 8, 3, palette=PALETTE.tobytes(), transparency=bytes(range(200)))
    FILES["png-palette-short.png"] = png(index(4), 8, 3, palette=PALETTE[:9].tobytes())
    save("png-filters.png", Image.fromarray(np.tile(RGB, (3, 3, 1))))
    save("png-animated.png", Image.fromarray(RGB), save_all=True, append_images=[Image.fromarray(255 - RGB)])
    good = FILES["png-rgb-8.png"]
    save("png-large.png", Image.fromarray(RNG.integers(0, 256, (60, 70, 3)).astype(np.uint8)))
    FILES["png-no-end.png"] = good[:-12]
    FILES["png-no-checksum-of-pixels.png"] = good[:-16]
    wrong = bytearray(good)
    wrong[-13] ^= 1
    FILES["png-wrong-checksum-of-pixels.png"] = bytes(wrong)
    wrong = bytearray(good)
    wrong[29] ^= 1
    FILES["png-wrong-checksum-of-header.png"] = bytes(wrong)
    FILES["png-truncated.png"] = FILES["png-large.png"][: len(FILES["png-large.png"]) // 2]
    FILES["png-truncated-header.png"] = good[:20]
    wrong = bytearray(FILES["png-large.png"])
    wrong[2000] ^= 0xFF
    FILES["png-damaged.png"] = bytes(wrong)
    FILES["png-no-palette.png"] = png(INDEX, 8, 3)
    huge = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    FILES["png-huge.png"] = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", huge) + good[33:]
    wide = struct.pack(">IIBBBBB", 0x7FFFFFFF, 0x7FFFFFFF, 16, 6, 0, 0, 1)
    FILES["png-largest.png"] = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", wide) + good[33:]
    empty = struct.pack(">IIBBBBB", 0, 9, 8, 2, 0, 0, 0)
    FILES["png-no-width.png"] = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", empty) + good[33:]


# BMP ----------------------------------------------------------------------------------------------------------------
def bgrx(count):
    return b"".join(bytes([b, g, r, 0]) for r, g, b in PALETTE[:count].tolist())


def rle8(indices):
    out = b""
    for y, row in enumerate(indices[::-1]):
        if y % 2 == 0:
            for v in row:
                out += bytes([1, int(v)])
        else:
            out += bytes([0, W]) + bytes(row.tolist()) + b"\0" * (W % 2)
        out += b"\0\0"
    return out + b"\0\1"


def rle4(indices):
    out = b""
    for y, row in enumerate(indices[::-1]):
        nibbles = [int(v) for v in row]
        if y % 2 == 0:
            out += bytes([5, nibbles[0] << 4 | nibbles[1]])
            out += bytes([W - 5, nibbles[2] << 4 | nibbles[3]])
        else:
            packed = pack([nibbles], 4)[0]
            out += bytes([0, W]) + packed + b"\0" * (len(packed) % 2)
        out += b"\0\0"
    return out + b"\0\1"


def make_bmp():
    save("bmp-1-pillow.bmp", Image.fromarray(GREY).convert("1"))
    save("bmp-grey-pillow.bmp", Image.fromarray(GREY))
    save("bmp-palette-pillow.bmp", indexed(8))
    save("bmp-rgb-pillow.bmp", Image.fromarray(RGB))
    save("bmp-rgba-pillow.bmp", Image.fromarray(RGBA))
    for bits in (1, 4, 8):
        FILES[f"bmp-palette-{bits}.bmp"] = bmp(W, H, bits, rows_of(index(bits), bits), palette=bgrx(1 << bits))
    FILES["bmp-palette-8-short.bmp"] = bmp(W, H, 8, rows_of(INDEX % 20, 8), palette=bgrx(20), colours=20)
    FILES["bmp-palette-8-beyond.bmp"] = bmp(W, H, 8, rows_of(INDEX % 20, 8), palette=bgrx(15), colours=15)
    FILES["bmp-palette-8-top-down.bmp"] = bmp(W, -H, 8, rows_of(INDEX, 8, False), palette=bgrx(256))
    os2 = b"".join(bytes([b, g, r]) for r, g, b in PALETTE[:16].tolist())
    FILES["bmp-os2-4.bmp"] = bmp(W, H, 4, rows_of(index(4), 4), palette=os2, header=12)
    FILES["bmp-os2-4-offset.bmp"] = bmp(W, H, 4, rows_of(index(4), 4), palette=os2, header=12, offset=26)
    r, g, b, a = (RGBA[..., k].astype(np.uint32) for k in range(4))
    FILES["bmp-24.bmp"] = bmp(W, H, 24, pixels_of(r << 16 | g << 8 | b, 24))
    FILES["bmp-24-top-down.bmp"] = bmp(W, -H, 24, pixels_of(r << 16 | g << 8 | b, 24, False))
    FILES["bmp-24-os2.bmp"] = bmp(W, H, 24, pixels_of(r << 16 | g << 8 | b, 24), header=12)
    FILES["bmp-24-no-offset.bmp"] = bmp(W, H, 24, pixels_of(r << 16 | g << 8 | b, 24), offset=0)
    FILES["bmp-24-last-row-unpadded.bmp"] = bmp(W, H, 24, pixels_of(r << 16 | g << 8 | b, 24)[:-1])
    FILES["bmp-32.bmp"] = bmp(W, H, 32, pixels_of(a << 24 | r << 16 | g << 8 | b, 32))
    five = (r >> 3) << 10 | (g >> 3) << 5 | b >> 3
    six = (r >> 3) << 11 | (g >> 2) << 5 | b >> 3
    FILES["bmp-16.bmp"] = bmp(W, H, 16, pixels_of(five, 16))
    FILES["bmp-16-555.bmp"] = bmp(W, H, 16, pixels_of(five, 16), 3, masks=struct.pack("<3I", 0x7C00, 0x3E0, 0x1F))
    FILES["bmp-16-565.bmp"] = bmp(W, H, 16, pixels_of(six, 16), 3, masks=struct.pack("<3I", 0xF800, 0x7E0, 0x1F))
    layouts = {
        "bgrx": (0xFF0000, 0xFF00, 0xFF, 0),
        "xbgr": (0xFF000000, 0xFF0000, 0xFF00, 0),
        "bgxr": (0xFF000000, 0xFF00, 0xFF, 0),
        "abgr": (0xFF000000, 0xFF0000, 0xFF00, 0xFF),
        "rgba": (0xFF, 0xFF00, 0xFF0000, 0xFF000000),
        "bgra": (0xFF0000, 0xFF00, 0xFF, 0xFF000000),
        "bgar": (0xFF000000, 0xFF00, 0xFF, 0xFF0000),
    }
    random32 = RNG.integers(0, 1 << 32, (H, W), dtype=np.uint64)
    for name, masks in layouts.items():
        FILES[f"bmp-32-{name}.bmp"] = bmp(W, H, 32, pixels_of(random32, 32), 3, header=108, masks=struct.pack("<4I", *masks))
    FILES["bmp-32-v3-three-masks.bmp"] = bmp(
        W, H, 32, pixels_of(random32, 32), 3, header=40, masks=struct.pack("<3I", 0xFF0000, 0xFF00, 0xFF)
    )
    FILES["bmp-32-odd-masks.bmp"] = bmp(
        W, H, 32, pixels_of(random32, 32), 3, header=108, masks=struct.pack("<4I", 0xFF, 0xFF000000, 0xFF00, 0)
    )
    FILES["bmp-rle8.bmp"] = bmp(W, H, 8, rle8(INDEX), 1, palette=bgrx(256))
    FILES["bmp-rle4.bmp"] = bmp(W, H, 4, rle4(index(4)), 2, palette=bgrx(16))
    jumps = bytes([3, 7, 0, 2, 4, 2, 5, 9, 0, 0, 40, 3, 0, 0, 0, 2, 1, 1]) + b"\x0c\x05\0\0" * 9
    FILES["bmp-rle8-jumps.bmp"] = bmp(W, H, 8, jumps, 1, palette=bgrx(256))
    FILES["bmp-rle8-short.bmp"] = bmp(W, H, 8, rle8(INDEX)[:60], 1, palette=bgrx(256))
    FILES["bmp-rle8-ends-early.bmp"] = bmp(W, H, 8, b"\x05\x06\0\0\0\1", 1, palette=bgrx(256))
    FILES["bmp-truncated.bmp"] = FILES["bmp-24.bmp"][:-40]
    FILES["bmp-truncated-header.bmp"] = FILES["bmp-24.bmp"][:30]
    FILES["bmp-2-bit.bmp"] = bmp(W, H, 2, rows_of(index(2), 2), palette=bgrx(4))
    FILES["bmp-huge.bmp"] = bmp(60000, 60000, 24, b"\0" * 100)
    FILES["bmp-huge-rle.bmp"] = bmp(60000, 60000, 8, b"\0\1", 1, palette=bgrx(256))
    FILES["bmp-no-width.bmp"] = bmp(0, H, 24, b"\0" * 100)
    FILES["bmp-unknown-compression.bmp"] = bmp(W, H, 24, pixels_of(r, 24), 4)


# WebP ---------------------------------------------------------------------------------------------------------------
def make_webp():
    save("webp-lossy.webp", Image.fromarray(RGB), quality=80)
    save("webp-lossy-large.webp", Image.fromarray(np.tile(RGB, (4, 5, 1))), quality=50)
    save("webp-lossless.webp", Image.fromarray(RGB), lossless=True)
    save("webp-lossy-alpha.webp", Image.fromarray(RGBA), quality=80)
    save("webp-lossless-alpha.webp", Image.fromarray(RGBA), lossless=True, exact=True)
    hidden = RGBA.copy()
    hidden[..., 3] = np.where(hidden[..., 3] > 128, 255, 0)
    save("webp-lossless-hidden.webp", Image.fromarray(hidden), lossless=True, exact=True)
    frames = [Image.fromarray(np.ascontiguousarray(np.roll(RGBA, k, 1))) for k in (3, 6)]
    save("webp-animated.webp", Image.fromarray(RGBA), save_all=True, append_images=frames, lossless=True, duration=40)
    exif = Image.Exif()
    exif[0x0112] = 6
    save("webp-exif-rotated.webp", Image.fromarray(RGB), quality=80, exif=exif)
    # A first frame smaller than the canvas: the rest of the canvas stays black.
    anmf = bytearray(FILES["webp-animated.webp"])
    at = anmf.find(b"VP8X")
    anmf[at + 12 : at + 18] = struct.pack("<I", W + 6)[:3] + struct.pack("<I", H + 3)[:3]
    at = anmf.find(b"ANMF")
    anmf[at + 8 : at + 14] = struct.pack("<I", 1)[:3] + struct.pack("<I", 1)[:3]
    FILES["webp-frame-inside-canvas.webp"] = bytes(anmf)
    FILES["webp-truncated.webp"] = FILES["webp-lossy-large.webp"][:-60]
    FILES["webp-truncated-lossless.webp"] = FILES["webp-lossless.webp"][:-60]
    FILES["webp-truncated-header.webp"] = FILES["webp-lossy.webp"][:18]
    huge = bytearray(FILES["webp-animated.webp"])
    at = huge.find(b"VP8X")
    huge[at + 12 : at + 18] = struct.pack("<I", 59999)[:3] * 2
    FILES["webp-huge.webp"] = bytes(huge)


# TIFF ---------------------------------------------------------------------------------------------------------------
def make_tiff_by_pillow():
    images = {
        "1": Image.fromarray(GREY).convert("1"), "grey": Image.fromarray(GREY), "la": Image.fromarray(RGBA[..., :2], "LA"),
        "palette": indexed(8), "rgb": Image.fromarray(RGB), "rgba": Image.fromarray(RGBA),
        "cmyk": Image.fromarray(RGBA, "CMYK"), "grey-16": Image.fromarray(GREY16), "rgbx": Image.fromarray(RGBA, "RGBX"),
        "int": Image.fromarray(GREY16.astype(np.int32) - 300), "float": Image.fromarray(GREY.astype(np.float32) * 1.3 - 20),
        "ycbcr": Image.fromarray(RGB).convert("YCbCr"), "lab": Image.fromarray(RGB, "LAB"),
    }
    for name, image in images.items():
        save(f"tiff-{name}-raw.tif", image)
        if name not in ("ycbcr", "lab"):
            save(f"tiff-{name}-lzw.tif", image, compression="tiff_lzw")
    for compression in ("tiff_deflate", "tiff_adobe_deflate", "packbits", "jpeg", "lzma", "zstd"):
        save(f"tiff-rgb-{compression.replace('tiff_', '')}.tif", images["rgb"], compression=compression)
    save("tiff-grey-jpeg.tif", images["grey"], compression="jpeg", quality=80)
    large = Image.fromarray(np.tile(RGB, (4, 4, 1)))
    save("tiff-ycbcr-jpeg.tif", large.convert("YCbCr"), compression="jpeg", quality=80)
    for compression in ("group3", "group4", "tiff_ccitt"):
        save(f"tiff-1-{compression.replace('tiff_', '')}.tif", images["1"], compression=compression)
    save("tiff-rgb-predictor.tif", images["rgb"], compression="tiff_lzw", tiffinfo={317: 2})
    save("tiff-grey-16-predictor.tif", images["grey-16"], compression="tiff_lzw", tiffinfo={317: 2})
    save("tiff-two-pages.tif", images["rgb"], save_all=True, append_images=[Image.fromarray(255 - RGB)])


def make_tiff_by_hand():
    for order, name in (("<", "little"), (">", "big")):
        FILES[f"tiff-{name}-grey-16.tif"] = tiff(GREY16, 16, 1, order=order)
        FILES[f"tiff-{name}-grey-16-inverted.tif"] = tiff(GREY16, 16, 0, order=order)
        FILES[f"tiff-{name}-grey-16-signed.tif"] = tiff(GREY16.astype(np.int16), 16, 1, order=order, sample_format=2)
        FILES[f"tiff-{name}-grey-32.tif"] = tiff(GREY16.astype(np.uint32) * 9, 32, 1, order=order)
        FILES[f"tiff-{name}-rgb-16.tif"] = tiff(RGB16, 16, 2, order=order)
        FILES[f"tiff-{name}-rgba-16.tif"] = tiff(RGBA16, 16, 2, order=order, extra=[2])
        FILES[f"tiff-{name}-rgba-16-deflate.tif"] = tiff(RGBA16, 16, 2, order=order, extra=[1], deflate=True)
        FILES[f"tiff-{name}-cmyk-16.tif"] = tiff(RGBA16, 16, 5, order=order)
        floats = GREY.astype(np.float32) * 1.5 - 30.25
        floats[0, 0] = 1e20
        FILES[f"tiff-{name}-float.tif"] = tiff(floats, 32, 1, order=order, sample_format=3)
    for photometric, name in ((0, "inverted"), (1, "grey")):
        for bits in (1, 2, 4, 8):
            FILES[f"tiff-{name}-{bits}.tif"] = tiff(GREY >> (8 - bits), bits, photometric)
            FILES[f"tiff-{name}-{bits}-deflate-fill-2.tif"] = tiff(GREY >> (8 - bits), bits, photometric, deflate=True, fill=2)
        FILES[f"tiff-{name}-1-fill-2.tif"] = tiff(GREY >> 7, 1, photometric, fill=2)
    for bits in (1, 2, 4, 8):
        entries = RNG.integers(0, 65536, 3 << bits).tolist()
        FILES[f"tiff-palette-{bits}.tif"] = tiff(index(bits), bits, 3, palette=entries)
        FILES[f"tiff-palette-{bits}-deflate.tif"] = tiff(index(bits), bits, 3, palette=entries, deflate=True)
    entries = RNG.integers(0, 65536, 3 << 8).tolist()
    two = np.dstack([INDEX, GREY])
    FILES["tiff-palette-alpha.tif"] = tiff(two, 8, 3, palette=entries, extra=[2])
    FILES["tiff-rgb-extra-999.tif"] = tiff(RGBA, 8, 2, extra=[999])
    for kind in (0, 1, 2):
        FILES[f"tiff-grey-extra-{kind}.tif"] = tiff(two, 8, 1, extra=[kind])
        FILES[f"tiff-rgb-extra-{kind}.tif"] = tiff(RGBA, 8, 2, extra=[kind])
        FILES[f"tiff-rgb-extra-{kind}-planar-deflate.tif"] = tiff(RGBA, 8, 2, extra=[kind], planar=True, deflate=True)
        FILES[f"tiff-rgb-16-extra-{kind}.tif"] = tiff(RGBA16, 16, 2, extra=[kind])
    five = np.dstack([RGBA, GREY])
    six = np.dstack([five, INDEX])
    for first in (0, 1, 2):
        FILES[f"tiff-rgb-extra-{first}-0.tif"] = tiff(five, 8, 2, extra=[first, 0])
        FILES[f"tiff-rgb-extra-{first}-0-0-deflate.tif"] = tiff(six, 8, 2, extra=[first, 0, 0], deflate=True)
    FILES["tiff-cmyk-extra.tif"] = tiff(five, 8, 5, extra=[0])
    FILES["tiff-rgba-unmarked.tif"] = tiff(RGBA, 8, 2)
    for planar in (False, True):
        tail = "-planar.tif" if planar else ".tif"
        FILES[f"tiff-rgb-raw-strips{tail}"] = tiff(RGB, 8, 2, planar=planar)
        FILES[f"tiff-rgb-deflate-strips{tail}"] = tiff(RGB, 8, 2, planar=planar, deflate=True)
        FILES[f"tiff-rgb-16-deflate-strips{tail}"] = tiff(RGB16, 16, 2, planar=planar, deflate=True)
        FILES[f"tiff-cmyk-deflate-strips{tail}"] = tiff(RGBA, 8, 5, planar=planar, deflate=True)
        large = np.tile(RGB, (3, 3, 1))
        FILES[f"tiff-rgb-deflate-tiles{tail}"] = tiff(large, 8, 2, planar=planar, deflate=True, tile=16)
    FILES["tiff-rgb-raw-tiles.tif"] = tiff(np.tile(RGB, (3, 3, 1)), 8, 2, tile=16)
    FILES["tiff-grey-1-deflate-tiles.tif"] = tiff(np.tile(GREY, (3, 3)) >> 7, 1, 1, deflate=True, tile=16)
    FILES["tiff-grey-16-deflate-tiles.tif"] = tiff(np.tile(GREY16, (3, 3)), 16, 1, deflate=True, tile=16)
    FILES["tiff-bigtiff.tif"] = tiff(RGB, 8, 2, big=True)
    for orientation in range(1, 9):
        FILES[f"tiff-orientation-{orientation}.tif"] = tiff(RGB, 8, 2, tags=[(274, 3, [orientation])])
    xmp = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    FILES["tiff-orientation-xmp.tif"] = tiff(RGB, 8, 2, tags=[(700, 1, xmp)], deflate=True)
    FILES["tiff-ycbcr-deflate.tif"] = tiff(RGB, 8, 6, deflate=True, tags=[(530, 3, [1, 1])])
    FILES["tiff-seven-samples.tif"] = tiff(np.zeros((H, W, 7), np.uint8), 8, 1)


def make_broken_tiff():
    FILES["tiff-truncated.tif"] = FILES["tiff-rgb-lzw.tif"][:-200]
    FILES["tiff-truncated-raw.tif"] = FILES["tiff-rgb-raw.tif"][:-40]
    FILES["tiff-truncated-header.tif"] = FILES["tiff-rgb-raw.tif"][:6]
    good = FILES["tiff-rgb-deflate-strips.tif"]
    damaged = bytearray(good)
    damaged[30] ^= 0xFF
    FILES["tiff-damaged.tif"] = bytes(damaged)
    size = struct.pack("<HHI", 256, 4, 1)
    at = good.find(size)
    wide = good[: at + 8] + struct.pack("<I", 60000) + good[at + 12 :]
    at = wide.find(struct.pack("<HHI", 257, 4, 1))
    FILES["tiff-huge.tif"] = wide[: at + 8] + struct.pack("<I", 60000) + wide[at + 12 :]
    tiles = FILES["tiff-rgb-deflate-tiles.tif"]
    for tag in (322, 323):
        at = tiles.find(struct.pack("<HHI", tag, 4, 1))
        tiles = tiles[: at + 8] + struct.pack("<I", 40000) + tiles[at + 12 :]
    FILES["tiff-huge-tiles.tif"] = tiles


# PPM family -----------------------------------------------------------------------------------------------------------
def make_ppm():
    size = b"%d %d\n" % (W, H)
    bits = (GREY > 127).astype(np.uint8)

    def plain(values):
        return b" ".join(b"%d" % v for v in np.asarray(values).ravel()) + b"\n"

    FILES["ppm-p1.pbm"] = b"P1\n# a comment\n" + size + plain(bits)
    FILES["ppm-p1-dense.pbm"] = b"P1 " + size + b"".join(b"%d" % v for v in bits.ravel())
    FILES["ppm-p2.pgm"] = b"P2\n" + size + b"255\n" + plain(GREY)
    FILES["ppm-p2-100.pgm"] = b"P2\n" + size + b"100\n" + plain(GREY // 3)
    FILES["ppm-p2-1000.pgm"] = b"P2\n" + size + b"1000\n" + plain(GREY16 // 70)
    FILES["ppm-p2-comment-in-data.pgm"] = b"P2\n" + size + b"255\n" + plain(GREY).replace(b" ", b" # note\n", 3)
    FILES["ppm-p3.ppm"] = b"P3\n" + size + b"255\n" + plain(RGB)
    FILES["ppm-p3-7.ppm"] = b"P3\n" + size + b"7\n" + plain(RGB // 32)
    FILES["ppm-p3-65535.ppm"] = b"P3\n" + size + b"65535\n" + plain(RGB16)
    FILES["ppm-p4.pbm"] = b"P4\n" + size + b"".join(pack(bits, 1))
    FILES["ppm-p5.pgm"] = b"P5\n" + size + b"255\n" + GREY.tobytes()
    FILES["ppm-p5-100.pgm"] = b"P5\n" + size + b"100\n" + (GREY // 2).tobytes()
    FILES["ppm-p5-1000.pgm"] = b"P5\n" + size + b"1000\n" + (GREY16 // 50).astype(">u2").tobytes()
    FILES["ppm-p5-65535.pgm"] = b"P5\n" + size + b"65535\n" + GREY16.astype(">u2").tobytes()
    FILES["ppm-p6.ppm"] = b"P6 " + size + b"255 " + RGB.tobytes()
    FILES["ppm-p6-comment.ppm"] = b"P6\n#c\n13#c\n 9 2#c\n55\n" + RGB.tobytes()
    FILES["ppm-p6-31.ppm"] = b"P6\n" + size + b"31\n" + (RGB // 8).tobytes()
    FILES["ppm-p6-65535.ppm"] = b"P6\n" + size + b"65535\n" + RGB16.astype(">u2").tobytes()
    FILES["ppm-p6-500.ppm"] = b"P6\n" + size + b"500\n" + (RGB16 // 100).astype(">u2").tobytes()
    FILES["ppm-truncated.ppm"] = FILES["ppm-p6.ppm"][:-5]
    FILES["ppm-truncated-plain.ppm"] = FILES["ppm-p3.ppm"][:-30]
    FILES["ppm-truncated-plain-bits.pbm"] = FILES["ppm-p1-dense.pbm"][:-3]
    FILES["ppm-truncated-header.ppm"] = b"P6\n13"
    FILES["ppm-not-a-number.ppm"] = b"P6\n13 x9\n255\n" + RGB.tobytes()
    FILES["ppm-value-above-maximum.pgm"] = b"P2\n" + size + b"9\n" + plain(GREY)
    FILES["ppm-maximum-0.ppm"] = b"P6\n" + size + b"0\n" + RGB.tobytes()
    FILES["ppm-maximum-65536.ppm"] = b"P6\n" + size + b"65536\n" + RGB.tobytes() * 2
    FILES["ppm-token-too-long.ppm"] = b"P6\n00000000013 9\n255\n" + RGB.tobytes()
    FILES["ppm-huge.ppm"] = b"P6\n60000 60000\n255\n" + RGB.tobytes()
    FILES["ppm-p7.pam"] = b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n\x07"


def expected(data):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data))
            assert image.format in ("JPEG", "MPO", "PNG", "BMP", "WEBP", "TIFF", "PPM"), image.format
            image = image.convert("RGB")
    except Exception:
        return "error"
    return f"{image.width} {image.height} {image.tobytes().hex()}"


def main():
    make_jpeg()
    make_png()
    make_bmp()
    make_webp()
    make_tiff_by_pillow()
    make_tiff_by_hand()
    make_broken_tiff()
    make_ppm()
    OUT.mkdir(exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    with open(OUT / "expected.txt", "w", encoding="ascii") as out:
        for name, data in sorted(FILES.items()):
            (OUT / name).write_bytes(data)
            out.write(f"{name} {expected(data)}\n")


if __name__ == "__main__":
    main()
