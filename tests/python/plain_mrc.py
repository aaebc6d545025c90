"""Plain MRC files written and read with the standard library alone, so that tests owe nothing to what they test."""

from __future__ import annotations

import array
import hashlib
import random
import struct
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

HEADER_BYTES = 1024
DEFAULT_VOXEL = (3.7, 1.059, 0.8245)  # z, y, x in Ångström, no two alike


@dataclass(frozen=True)
class Mode:
    number: int
    dtype: str  # as NumPy names it
    item: str  # as the array module names its components
    components: int = 1

    @property
    def bytes_per_pixel(self) -> int:
        return array.array(self.item).itemsize * self.components


INT8, INT16, FLOAT32 = Mode(0, "int8", "b"), Mode(1, "int16", "h"), Mode(2, "float32", "f")
COMPLEX64, UINT16, FLOAT16 = Mode(4, "complex64", "f", 2), Mode(6, "uint16", "H"), Mode(12, "float16", "H")
INT32, UINT32 = Mode(7, "int32", "i"), Mode(8, "uint32", "I")  # python-mrcz's own
# For NumPy a last axis of the numbers in a pixel.
COMPLEX_INT16, RGB = Mode(3, "int16", "h", 2), Mode(16, "uint8", "B", 3)
MODES = {mode.number: mode for mode in (INT8, INT16, FLOAT32, COMPLEX64, UINT16, FLOAT16, INT32, UINT32, COMPLEX_INT16,
                                        RGB)}
PYTHON_MRCZ_MODES = (INT8, INT16, FLOAT32, COMPLEX64, UINT16)


def _counts(mode: Mode, count: int, source: random.Random) -> bytes:
    """Small numbers, falling off steeply, as a detector has them; below 0 too where the type has a sign."""
    floor = 0 if mode.item in "BHI" else -3
    table = bytes((floor + int(source.expovariate(0.8))) & 0xFF for _ in range(256))
    values = array.array("b", source.randbytes(count).translate(table))
    if mode == FLOAT16:
        return struct.pack(f"<{count}e", *(value + 0.5 for value in values))
    return array.array(mode.item, values).tobytes()


def make_pixels(mode: Mode, shape: tuple[int, int, int], pattern: str = "counts") -> bytes:
    """Little-endian bytes of `shape` [z][y][x]. Patterns: counts, noise (nothing to compress), zeros."""
    count = shape[0] * shape[1] * shape[2] * mode.components
    source = random.Random(zlib.crc32(repr((mode.number, shape, pattern)).encode()))
    if pattern == "zeros":
        return bytes(shape[0] * shape[1] * shape[2] * mode.bytes_per_pixel)
    if pattern == "counts":
        return _counts(mode, count, source)
    noise = source.randbytes(shape[0] * shape[1] * shape[2] * mode.bytes_per_pixel)
    if mode.dtype in ("float32", "complex64"):  # finite: 24 random bits under a fixed exponent
        noise = bytearray(noise)
        noise[3::4] = b"\x3f" * (len(noise) // 4)
    return bytes(noise)


@dataclass(frozen=True)
class PlainMrc:
    mode: Mode
    shape: tuple[int, int, int]  # z, y, x
    pixels: bytes  # little-endian
    voxel: tuple[float, float, float] = DEFAULT_VOXEL
    grid: tuple[int, int, int] | None = None  # MZ, MY, MX; None: those of a stack
    volume: bool = False  # space group 1
    extended: bytes = b""
    extended_type: bytes = b""
    big_endian: bool = False
    axes: tuple[int, int, int] = (1, 2, 3)
    label: bytes = b"made by plain_mrc.py"
    microscope: tuple[float, float, float] = (0, 0, 0)  # voltage, C3, gain: trusted where a label begins with MRCZ

    @property
    def samples(self) -> tuple[int, int, int]:
        """MZ, MY, MX."""
        nz, ny, nx = self.shape
        return self.grid or (nz if self.volume else 1, ny, nx)

    def sha256(self) -> str:
        return hashlib.sha256(self.pixels).hexdigest()

    def changed(self, **fields) -> PlainMrc:
        return replace(self, **fields)

    def _header(self) -> bytes:
        order = ">" if self.big_endian else "<"
        nz, ny, nx = self.shape
        mz, my, mx = self.samples
        cell = (self.voxel[2] * mx, self.voxel[1] * my, self.voxel[0] * mz)
        header = bytearray(HEADER_BYTES)
        struct.pack_into(order + "10i", header, 0, nx, ny, nz, self.mode.number, 0, 0, 0, mx, my, mz)
        struct.pack_into(order + "6f", header, 40, *cell, 90, 90, 90)
        struct.pack_into(order + "3i", header, 64, *self.axes)
        struct.pack_into(order + "3f", header, 76, 0, -1, -2)
        struct.pack_into(order + "2i", header, 88, 1 if self.volume else 0, len(self.extended))
        struct.pack_into("4s", header, 104, self.extended_type)
        struct.pack_into(order + "i", header, 108, 20141)
        struct.pack_into(order + "3f", header, 132, *self.microscope)
        struct.pack_into("4s4s", header, 208, b"MAP ", b"\x11\x11\0\0" if self.big_endian else b"\x44\x44\0\0")
        struct.pack_into(order + "fi", header, 216, -1, 1)
        struct.pack_into("80s", header, 224, self.label.ljust(80))
        return bytes(header)

    def to_bytes(self) -> bytes:
        pixels = self.pixels
        if self.big_endian:
            values = array.array(self.mode.item, pixels)
            values.byteswap()
            pixels = values.tobytes()
        return self._header() + self.extended + pixels


def make(mode: Mode, shape: tuple[int, int, int], pattern: str = "counts", **fields) -> PlainMrc:
    return PlainMrc(mode, shape, make_pixels(mode, shape, pattern), **fields)


def parse(path: Path) -> PlainMrc:
    """A little-endian file. Bytes behind the pixels are left out."""
    content = path.read_bytes()
    nx, ny, nz, mode_number = struct.unpack_from("<4i", content, 0)
    mx, my, mz = struct.unpack_from("<3i", content, 28)
    cell = struct.unpack_from("<3f", content, 40)
    group, extended_bytes = struct.unpack_from("<2i", content, 88)
    mode = MODES[mode_number]
    start = HEADER_BYTES + extended_bytes
    pixel_bytes = nx * ny * nz * mode.bytes_per_pixel
    if len(content) < start + pixel_bytes:
        raise ValueError(f"{path}: {len(content)} bytes, header speaks of {start + pixel_bytes}")
    # python-mrcz leaves M at 0 and means CELLA / N.
    voxel = tuple(edge / (samples or size) for edge, samples, size in zip(reversed(cell), (mz, my, mx), (nz, ny, nx)))
    return PlainMrc(mode, (nz, ny, nx), content[start : start + pixel_bytes], voxel, (mz, my, mx), group == 1,
                    content[HEADER_BYTES:start], content[104:108], axes=struct.unpack_from("<3i", content, 64),
                    label=content[224:304].rstrip(b" \0"))
