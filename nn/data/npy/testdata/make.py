#!/usr/bin/env python3
"""Writes stored.npz, deflated.npz, version2.npy, version3.npy and expected.json:
the same small arrays as NumPy saves them, and their values as text.

Run it in this folder with NumPy 1.24 (Debian's python3-numpy). The tests need
neither Python nor NumPy.
"""

import json

import numpy as np

arrays, expected = {}, {}


def add(name, values):
    for order in "<>":
        for layout in "CF":
            array = np.asarray(values.astype(values.dtype.newbyteorder(order)), order=layout)
            key = f"{name}_{'little' if order == '<' else 'big'}_{layout}"
            arrays[key] = array
            kind = "text" if array.dtype.kind in "SU" else array.dtype.name
            flat = [v.decode() if isinstance(v, bytes) else str(v) if kind == "text" else repr(v.item()) for v in array.ravel(order="C")]
            expected[key] = {"dtype": kind, "shape": list(array.shape), "values": flat}


def cube(dtype, edge):
    """2×3×2 numbers: the extremes of a type, and others."""
    return np.array((edge + list(range(1, 13)))[:12], dtype=dtype).reshape(2, 3, 2)


add("bool", np.array([True, False, False, True, True, False]).reshape(3, 2))
for bits in (8, 16, 32, 64):
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    add(f"int{bits}", cube(f"int{bits}", [low, high, -1, 0]))
    # The extremes of uint64 do not fit int64; a test of its own has them.
    add(f"uint{bits}", cube(f"uint{bits}", [high if bits == 64 else 2 * high + 1, 0]))
for bits in (16, 32, 64):
    info = np.finfo(f"float{bits}")
    edge = [info.max, -info.max, info.tiny, info.smallest_subnormal, -0.0, np.nan, np.inf, -np.inf, 0.1]
    add(f"float{bits}", cube(f"float{bits}", edge))
add("bytes", np.array([["a", "healthy"], ["", "b c"]], dtype="S7"))
add("unicode", np.array([["é", "Tumor"], ["", "脳😀"]], dtype="U5"))
add("scalar", np.array(7, dtype="int16"))
add("row", np.arange(5, dtype="float32"))

np.savez("stored.npz", **arrays)
np.savez_compressed("deflated.npz", **arrays)
for major in (2, 3):
    with open(f"version{major}.npy", "wb") as f:
        np.lib.format.write_array(f, np.arange(6, dtype="<i4").reshape(2, 3), version=(major, 0))
with open("expected.json", "w") as f:
    json.dump(expected, f, indent=0, ensure_ascii=False)
    f.write("\n")
