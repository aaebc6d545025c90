"""Pixel types of files as NumPy types: one row each."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arguments import shown
from .errors import ArgumentError

# What a pixel of each type of the library is in an array. 4-bit pixels are unpacked; NumPy has no complex integers.
DTYPES: dict[str, np.dtype[Any]] = {
    "int8": np.dtype("int8"),
    "uint8": np.dtype("uint8"),
    "int16": np.dtype("int16"),
    "uint16": np.dtype("uint16"),
    "int32": np.dtype("int32"),
    "uint32": np.dtype("uint32"),
    "float16": np.dtype("float16"),
    "float32": np.dtype("float32"),
    "complex64": np.dtype("complex64"),
    "complex_int16": np.dtype([("real", "int16"), ("imag", "int16")]),
    "rgb8": np.dtype(("uint8", (3,))),
    "uint4": np.dtype("uint8"),
}

_NO_MODE = {
    "uint8": "MRC has no mode for uint8: write array.astype(\"int8\") where no pixel is above 127, the array with "
    "dtype=\"uint4\" (two pixels a byte) where none is above 15, or array.astype(\"uint16\")",
    "float64": "MRC has no mode for float64: write array.astype(\"float32\")",
    "int64": "MRC has no mode for int64: write array.astype(\"int16\") or (\"float32\") where the values fit",
    "uint64": "MRC has no mode for uint64: write array.astype(\"uint16\") or (\"float32\") where the values fit",
    "bool": "MRC has no mode for bool: write array.astype(\"int8\")",
    "complex128": "MRC has no mode for complex128: write array.astype(\"complex64\")",
}


def dtype_of(pixel_type: str) -> np.dtype[Any]:
    """Of the numbers in an array of such pixels."""
    return DTYPES[pixel_type].base


def trailing_shape(pixel_type: str) -> tuple[int, ...]:
    """Axes that a single pixel has: ``(3,)`` of colours."""
    return DTYPES[pixel_type].shape


def pixel_type_of(dtype: Any) -> str:
    """The pixel type that a file of such an array has; `dtype` may also be the name of a pixel type, as ``"uint4"``.

    Raises
    ------
    ArgumentError
        If MRC has no mode for it; the message says what to write instead.
    """
    if isinstance(dtype, str) and dtype in ("uint4", "rgb8", "complex_int16", "complex64"):
        return dtype
    try:
        wanted = np.dtype(dtype).newbyteorder("=")
    except (TypeError, ValueError):
        raise TypeError(f"dtype: {shown(dtype)}, expected a type of NumPy's or the name of a pixel type, such as \"uint4\"") from None
    if wanted.name in _NO_MODE:
        raise ArgumentError(f"dtype {wanted.name}: {_NO_MODE[wanted.name]}", "invalid_argument")
    for name, known in DTYPES.items():
        if known == wanted:
            return name
    raise ArgumentError(f"dtype {wanted}: MRC has no mode for it", "invalid_argument")


def as_bytes(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The memory of an array that lies in C order, one byte an element."""
    return array.reshape(-1).view(np.uint8) if array.size else np.empty(0, np.uint8)


def unmasked(given: Any) -> Any:
    """`given`, unless it is a masked array.

    Raises
    ------
    ArgumentError
        MRC has no masks, and what lies under one is not meant to be seen.
    """
    chunk = getattr(given, "_meta", given)  # what the chunks of a dask array are
    if isinstance(given, np.ma.MaskedArray) or isinstance(chunk, np.ma.MaskedArray):
        raise ArgumentError("a masked array, but MRC has no masks: write array.filled(value), so that you decide what masked "
                            "pixels become", "invalid_argument")
    return given
