"""Pixel types of files as NumPy types: one row each."""

from __future__ import annotations

import numpy as np

# What a pixel of each type of the library is in an array. 4-bit pixels are unpacked; NumPy has no complex integers.
DTYPES: dict[str, np.dtype] = {
    "int8": np.dtype("int8"),
    "uint8": np.dtype("uint8"),
    "int16": np.dtype("int16"),
    "uint16": np.dtype("uint16"),
    "int32": np.dtype("int32"),
    "uint32": np.dtype("uint32"),
    "float16": np.dtype("float16"),
    "float32": np.dtype("float32"),
    "complex_float32": np.dtype("complex64"),
    "complex_int16": np.dtype([("real", "int16"), ("imag", "int16")]),
    "rgb8": np.dtype(("uint8", (3,))),
    "uint4": np.dtype("uint8"),
}
