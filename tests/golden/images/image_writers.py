"""Minimal writers of PNG, BMP and TIFF for the kinds of pixel that Pillow reads and does not write."""
import struct
import zlib

import numpy as np


def pack(rows, bits):
    """Samples of each row packed into bytes, the first in the highest bits."""
    out = []
    for row in np.asarray(rows).reshape(len(rows), -1):
        text = "".join(format(int(v), f"0{bits}b") for v in row)
        text += "0" * (-len(text) % 8)
        out.append(bytes(int(text[i : i + 8], 2) for i in range(0, len(text), 8)))
    return out


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(samples, depth, colour, interlaced=False, palette=None, transparency=None):
    samples = np.asarray(samples)
    height, width = samples.shape[:2]
    raw = b""
    for x0, y0, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = samples[y0::dy, x0::dx]
        if part.size == 0:
            continue
        for row in pack(part, depth):
            raw += b"\0" + row
    out = b"\x89PNG\r\n\x1a\n"
    out += chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced)))
    if palette is not None:
        out += chunk(b"PLTE", palette)
    if transparency is not None:
        out += chunk(b"tRNS", transparency)
    return out + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def bmp(width, height, bits, data, compression=0, palette=b"", colours=0, header=40, masks=b"", offset=None):
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", header, width, height, 1, bits, compression, len(data), 2835, 2835, colours, 0)
        info += masks
        info += b"\0" * (header - len(info))
    begin = 14 + len(info) + len(palette) if offset is None else offset
    return b"BM" + struct.pack("<IHHI", 14 + len(info) + len(palette) + len(data), 0, 0, begin) + info + palette + data


def rows_of(samples, bits, bottom_up=True):
    out = [row + b"\0" * (-len(row) % 4) for row in pack(samples, bits)]
    return b"".join(reversed(out) if bottom_up else out)


def pixels_of(values, bits, bottom_up=True):
    size = bits // 8
    rows = [b"".join(int(v).to_bytes(size, "little") for v in row) for row in values]
    rows = [row + b"\0" * (-len(row) % 4) for row in rows]
    return b"".join(reversed(rows) if bottom_up else rows)


def tiff(samples, bits, photometric, *, order="<", extra=None, planar=False, tile=None, deflate=False, rows=4, tags=(),
         sample_format=1, palette=None, fill=1, big=False):
    """A TIFF with strips of `rows` rows, or with tiles of tile x tile pixels."""
    samples = np.asarray(samples)
    if samples.ndim == 2:
        samples = samples[..., None]
    height, width, count = samples.shape
    word = np.dtype(samples.dtype).newbyteorder(order)

    def encode(block):
        if bits >= 8:
            raw = np.ascontiguousarray(block).astype(word).tobytes()
        else:
            raw = b"".join(pack(block, bits))
        raw = zlib.compress(raw) if deflate else raw
        return bytes(int(format(v, "08b")[::-1], 2) for v in raw) if fill == 2 else raw

    blocks = []
    for plane in range(count) if planar else [slice(None)]:
        part = samples[..., plane]
        part = part[..., None] if part.ndim == 2 else part
        if tile is None:
            blocks += [encode(part[y : y + rows]) for y in range(0, height, rows)]
        else:
            grown = np.zeros((-(-height // tile) * tile, -(-width // tile) * tile, part.shape[2]), samples.dtype)
            grown[:height, :width] = part
            for y in range(0, height, tile):
                blocks += [encode(grown[y : y + tile, x : x + tile]) for x in range(0, width, tile)]

    short, long, pointer = 3, 4, 16 if big else 4
    entries = [(256, long, [width]), (257, long, [height]), (258, short, [bits] * count), (259, short, [8 if deflate else 1]),
               (262, short, [photometric]), (266, short, [fill]), (277, short, [count]), (284, short, [2 if planar else 1]),
               (339, short, [sample_format] * count)]
    header = 16 if big else 8
    offsets = [header + sum(len(b) for b in blocks[:i]) for i in range(len(blocks))]
    lengths = [len(b) for b in blocks]
    if tile is None:
        entries += [(273, pointer, offsets), (278, long, [rows]), (279, pointer, lengths)]
    else:
        entries += [(322, long, [tile]), (323, long, [tile]), (324, pointer, offsets), (325, pointer, lengths)]
    if extra is not None:
        entries.append((338, short, extra))
    if palette is not None:
        entries.append((320, short, palette))
    entries = sorted(entries + list(tags))
    data = b"".join(blocks)
    data += b"\0" * (len(data) % 2)
    codes = {1: "B", 2: "s", short: "H", long: "I", 16: "Q"}
    ifd_at = header + len(data)
    inline, size = (8, 20) if big else (4, 12)
    spill_at = ifd_at + (8 if big else 2) + size * len(entries) + (8 if big else 4)
    ifd, spill = b"", b""
    for tag, kind, values in entries:
        packed = values if kind == 1 else struct.pack(order + codes[kind] * len(values), *values)
        n = len(values)
        head = struct.pack(order + "HH" + ("Q" if big else "I"), tag, kind, n)
        if len(packed) <= inline:
            ifd += head + packed + b"\0" * (inline - len(packed))
        else:
            ifd += head + struct.pack(order + ("Q" if big else "I"), spill_at + len(spill))
            spill += packed + b"\0" * (len(packed) % 2)
    mark = b"II" if order == "<" else b"MM"
    if big:
        start = mark + struct.pack(order + "HHHQ", 43, 8, 0, ifd_at)
        table = struct.pack(order + "Q", len(entries)) + ifd + struct.pack(order + "Q", 0)
    else:
        start = mark + struct.pack(order + "HI", 42, ifd_at)
        table = struct.pack(order + "H", len(entries)) + ifd + struct.pack(order + "I", 0)
    return start + data + table + spill
