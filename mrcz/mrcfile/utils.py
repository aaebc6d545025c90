"""Modes, types, shapes and byte orders, one turned into another."""

from __future__ import annotations

import string
import sys

import numpy as np

from .constants import LAST_VOLUME_STACK_SPACEGROUP, VOLUME_STACK_SPACEGROUP

# The modes that mrcfile knows.
MODES: dict[int, np.dtype] = {
    0: np.dtype("int8"),
    1: np.dtype("int16"),
    2: np.dtype("float32"),
    4: np.dtype("complex64"),
    6: np.dtype("uint16"),
    12: np.dtype("float16"),
}

_STAMPS = {(0x44, 0x44): "<", (0x44, 0x41): "<", (0x11, 0x11): ">"}
_PRINTABLE = frozenset(string.printable) - frozenset("\t\n\r\x0b\x0c")


def dtype_from_mode(mode) -> np.dtype:
    """The type of pixels of an MRC mode that mrcfile knows.

    Raises
    ------
    ValueError
        For any other mode.
    """
    number = int(np.asarray(mode).item())
    if number not in MODES:
        raise ValueError(f"Unrecognised mode '{number}'")
    return MODES[number]


def mode_from_dtype(dtype) -> int:
    """The MRC mode for pixels of a type; uint8 needs mode 6, and two bytes a pixel.

    Raises
    ------
    ValueError
        When there is none.
    """
    dtype = np.dtype(dtype)
    if dtype == np.uint8:
        return 6
    for mode, known in MODES.items():
        if dtype.newbyteorder("=") == known:
            return mode
    raise ValueError(f"dtype '{dtype}' cannot be converted to an MRC file mode; modes are for "
                     f"{', '.join(known.name for known in MODES.values())}: use .astype()")


def data_dtype_from_header(header) -> np.dtype:
    """The type of the pixels behind a header, in its byte order. Raises ValueError for an unknown mode."""
    return dtype_from_mode(header.mode).newbyteorder(header.mode.dtype.byteorder)


def data_shape_from_header(header) -> tuple[int, ...]:
    """``(ny, nx)`` of a single image, ``(nz, ny, nx)``, or ``(volumes, mz, ny, nx)`` of a stack of volumes."""
    nx, ny, nz, mz = (int(header[name]) for name in ("nx", "ny", "nz", "mz"))
    if spacegroup_is_volume_stack(header.ispg):
        if mz == 0:
            raise ValueError("a stack of volumes of 0 sections: mz is 0")
        return nz // mz, mz, ny, nx
    if int(header.ispg) == 0 and nz == 1:
        return ny, nx
    return nz, ny, nx


def spacegroup_is_volume_stack(ispg) -> bool:
    """Whether a space group says: stack of volumes."""
    return VOLUME_STACK_SPACEGROUP <= int(ispg) <= LAST_VOLUME_STACK_SPACEGROUP


def normalise_byte_order(byte_order: str) -> str:
    """``<`` or ``>`` for ``<``, ``>``, ``=`` (or ``|``, of bytes: the machine's). Raises ValueError for others."""
    if byte_order not in ("<", ">", "=", "|"):
        raise ValueError(f"Unrecognised byte order indicator '{byte_order}'")
    if byte_order in ("=", "|"):
        return "<" if sys.byteorder == "little" else ">"
    return byte_order


def byte_orders_equal(a: str, b: str) -> bool:
    """Whether two indicators name the same byte order."""
    return normalise_byte_order(a) == normalise_byte_order(b)


def byte_order_from_machine_stamp(machst) -> str:
    """``<`` or ``>``. Raises ValueError for a stamp that is neither."""
    known = _STAMPS.get((int(machst[0]), int(machst[1])))
    if known is None:
        raise ValueError(f"Unrecognised machine stamp: {pretty_machine_stamp(machst)}")
    return known


def machine_stamp_from_byte_order(byte_order: str = "=") -> bytearray:
    """The four bytes that tell a byte order."""
    return bytearray((0x44, 0x44, 0, 0) if normalise_byte_order(byte_order) == "<" else (0x11, 0x11, 0, 0))


def pretty_machine_stamp(machst) -> str:
    """``0x44 0x44 0x00 0x00``."""
    return " ".join(f"0x{int(byte):02x}" for byte in machst)


def is_printable_ascii(string_: str) -> bool:
    """Whether there is nothing in it but letters, digits, punctuation and blanks of ASCII."""
    return all(character in _PRINTABLE for character in string_)


def printable_string_from_bytes(bytes_: bytes) -> str:
    """Text without the bytes that cannot be printed."""
    return "".join(character for character in bytes_.decode("latin-1") if character in _PRINTABLE)


def bytes_from_string(string_: str) -> bytes:
    """ASCII. Raises UnicodeError for other characters."""
    return string_.encode("ascii")
