"""NumPy's .npy files, written and read with the standard library alone."""

from __future__ import annotations

import struct
from pathlib import Path

SHORT = {"int8": "|i1", "uint8": "|u1", "int16": "<i2", "uint16": "<u2", "int32": "<i4", "uint32": "<u4", "float16": "<f2",
         "float32": "<f4", "complex64": "<c8", "float64": "<f8"}


def write(path: Path, pixels: bytes, dtype: str, shape: list[int]) -> Path:
    """`pixels` are little-endian."""
    head = f"{{'descr': '{SHORT[dtype]}', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    head = head.ljust((len(head) + 10 + 1 + 63) // 64 * 64 - 11) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + pixels)
    return path
