#!/usr/bin/env python3
"""Makes the golden files of this folder with NumPy and the reference implementation of safetensors.

Needs numpy and safetensors. Run it in this folder: python3 make_features.py
"""
import base64
import json
import struct

import numpy as np
import safetensors.numpy


def header_file(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def entry(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def accepted(data):
    try:
        safetensors.deserialize(data)
        return True
    except Exception:
        return False


def safetensors_cases():
    f = lambda shape, begin, end: entry("F32", shape, begin, end)
    one = f([2], 0, 8)
    good = header_file({"a": one}, bytes(8))
    duplicate = b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}'
    cases = {
        "good": good,
        "padded": header_file(json.dumps({"a": one}).encode() + b"   ", bytes(8)),
        "no tensors": header_file({}),
        "metadata only": header_file({"__metadata__": {"k": "v"}}),
        "metadata null": header_file(b'{"__metadata__":null}'),
        "scalar": header_file({"a": f([], 0, 4)}, bytes(4)),
        "empty tensor": header_file({"a": f([0, 5], 0, 0), "b": f([1], 0, 4)}, bytes(4)),
        "empty tensor at the end": header_file({"a": f([1], 0, 4), "b": f([0], 4, 4)}, bytes(4)),
        "out of order": header_file({"a": f([1], 4, 8), "b": f([1], 0, 4)}, bytes(8)),
        "misaligned": header_file(b'{"u":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},'
                                  b'"a":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}', bytes(5)),
        "unicode name": header_file('{"h\u00e9":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'.encode(), bytes(8)),
        "too short": good[:7],
        "nothing": b"",
        "cut in header": good[:20],
        "cut in data": good[:-1],
        "bytes left over": good + b"\0",
        "header length 0": struct.pack("<Q", 0),
        "header length huge": header_file({"a": one}, bytes(8), length=2**63),
        "header length wraps": header_file({"a": one}, bytes(8), length=2**64 - 1),
        "header length above limit": header_file({"a": one}, bytes(8), length=100_000_001),
        "not JSON": header_file(b"hello"),
        "array": header_file(b"[]"),
        "unclosed": header_file(b'{"a":{"dtype":"F32"'),
        "not UTF-8": header_file(b'{"\xff":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', bytes(8)),
        "garbage after JSON": header_file(json.dumps({"a": one}).encode() + b"x", bytes(8)),
        "NUL after JSON": header_file(json.dumps({"a": one}).encode() + b"\0x", bytes(8)),
        "name twice": header_file(duplicate, bytes(8)),
        "hole": header_file({"a": f([1], 0, 4), "b": f([1], 8, 12)}, bytes(12)),
        "hole at start": header_file({"a": f([1], 4, 8)}, bytes(8)),
        "overlap": header_file({"a": f([2], 0, 8), "b": f([1], 4, 8)}, bytes(8)),
        "end before begin": header_file({"a": f([1], 4, 0)}, bytes(4)),
        "beyond the file": header_file({"a": f([4], 0, 16)}, bytes(8)),
        "shape too small": header_file({"a": f([1], 0, 8)}, bytes(8)),
        "shape too large": header_file({"a": f([3], 0, 8)}, bytes(8)),
        "shape overflows": header_file({"a": f([2**32, 2**32], 0, 0)}),
        "shape overflows to fit": header_file({"a": f([2**62, 4], 0, 0)}),
        "shape negative": header_file({"a": f([-2], 0, 8)}, bytes(8)),
        "shape fraction": header_file({"a": f([2.0], 0, 8)}, bytes(8)),
        "shape of strings": header_file({"a": f(["2"], 0, 8)}, bytes(8)),
        "shape above 64 bits": header_file({"a": f([2**64], 0, 8)}, bytes(8)),
        "type unknown": header_file({"a": entry("F31", [2], 0, 8)}, bytes(8)),
        "type missing": header_file({"a": {"shape": [2], "data_offsets": [0, 8]}}, bytes(8)),
        "shape missing": header_file({"a": {"dtype": "F32", "data_offsets": [0, 8]}}, bytes(8)),
        "offsets missing": header_file({"a": {"dtype": "F32", "shape": [2]}}, bytes(8)),
        "offsets of one": header_file({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0]}}, bytes(8)),
        "offsets of three": header_file({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8, 8]}}, bytes(8)),
        "tensor is a number": header_file({"a": 1}),
        "tensor is null": header_file({"a": None}),
        "metadata of numbers": header_file({"__metadata__": {"k": 1}}),
        "metadata nested": header_file({"__metadata__": {"k": {"l": "m"}}}),
        "deep nesting": header_file(b'{"a":' + b"[" * 5000),
    }
    return [{"name": name, "bytes": base64.b64encode(data).decode(), "accepted": accepted(data)}
            for name, data in cases.items()]


def value(rows, columns, scale):
    return (np.arange(rows)[:, None] * 10 + np.arange(columns) * scale + 0.25).astype(np.float32)


def write_npy():
    grid = (np.arange(6).reshape(2, 3) * 1.5 - 2).astype(np.float64)
    arrays = {
        "vector_f4": grid[1].astype("<f4"), "vector_f8": grid[1], "matrix_f4": grid.astype("<f4"), "matrix_f8": grid,
        "fortran_f4": np.asfortranarray(grid.astype("<f4")), "fortran_f8": np.asfortranarray(grid),
        "big_f4": grid.astype(">f4"), "big_f8": grid.astype(">f8"), "empty": np.zeros((0, 3), np.float32),
        "special": np.array([np.nan, np.inf, -np.inf, -0.0, np.float32(1e-45)], np.float32),
        "bad_int": np.arange(3), "bad_complex": np.zeros(2, complex), "bad_half": np.zeros(2, np.float16),
        "bad_three": np.zeros((1, 2, 3)), "bad_scalar": np.float64(3), "bad_bool": np.zeros(2, bool),
        "bad_record": np.zeros(2, [("x", "<f4"), ("y", "<f4")]), "bad_text": np.array(["ab", "c"]),
        "bad_object": np.array([None, 1], dtype=object),
    }
    for name, array in arrays.items():
        np.save(name + ".npy", array)
    for version in ((2, 0), (3, 0)):
        with open(f"version{version[0]}.npy", "wb") as out:
            np.lib.format.write_array(out, grid, version=version)


def write_mean():
    rng = np.random.default_rng(7)
    rows = (rng.standard_normal((500, 13)) * np.logspace(-6, 6, 13)).astype(np.float32)
    np.save("mean_rows.npy", rows)
    np.save("mean.npy", rows.mean(axis=0, dtype=np.float64))


def main():
    tensors = {"features": value(5, 3, 1), "logits": value(5, 2, -1), "labels": np.array([0, 1, -1, 1, 0], np.int64)}
    safetensors.numpy.save_file(tensors, "plain.safetensors", metadata={"made by": "numpy", "caf\u00e9": "\u2713"})
    safetensors.numpy.save_file({"features": tensors["features"]}, "only_features.safetensors")
    safetensors.numpy.save_file({"features": tensors["features"].astype(np.float16)}, "half_features.safetensors")
    kinds = {name: np.array([1, 2, 3]).astype(dtype) for name, dtype in {
        "bool": np.bool_, "u8": np.uint8, "i8": np.int8, "i16": np.int16, "u16": np.uint16, "f16": np.float16,
        "i32": np.int32, "u32": np.uint32, "f32": np.float32, "i64": np.int64, "u64": np.uint64, "f64": np.float64}.items()}
    safetensors.numpy.save_file(kinds, "types.safetensors")
    with open("safetensors_cases.json", "w") as out:
        json.dump(safetensors_cases(), out, indent=0)
    write_npy()
    write_mean()


if __name__ == "__main__":
    main()
