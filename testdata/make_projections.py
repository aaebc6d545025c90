#!/usr/bin/env python3
"""Makes projections.mrcs from the raw_*.tiff files of Savu: the first 40, as one MRC stack of 16-bit counts.

usage: make_projections.py FOLDER_OF_TIFFS projections.mrcs

Pixels are copied as they are, top row first as in the TIFF files; only the header is new. The files say nothing of the
pixel size, so the cell is left at 0 (unknown).
"""

import array
import math
import struct
import sys
from pathlib import Path

FRAMES = 40
COLUMNS, ROWS = 160, 135
EXPECTED = {256: COLUMNS, 257: ROWS, 258: 16, 259: 1, 277: 1, 278: ROWS, 279: 2 * COLUMNS * ROWS, 339: 1}


def tags_of(data):
    """Tag number to value, of a little-endian TIFF file whose tags all hold one number."""
    if data[:4] != b"II*\0":
        raise ValueError("not a little-endian TIFF file")
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    rows = (struct.unpack_from("<HHII", data, at + 2 + 12 * i) for i in range(count))
    return {tag: value for tag, _, _, value in rows}


def pixels_of(path):
    """The pixels of an uncompressed 16-bit grey image in one strip."""
    data = path.read_bytes()
    tags = tags_of(data)
    for tag, expected in EXPECTED.items():
        if tags.get(tag) != expected:
            raise ValueError(f"{path}: TIFF tag {tag} is {tags.get(tag)}, expected {expected}")
    pixels = data[tags[273] : tags[273] + tags[279]]
    if len(pixels) != tags[279]:
        raise ValueError(f"{path}: cut short")
    return pixels


def header_of(pixels):
    counts = array.array("H", pixels)
    if sys.byteorder == "big":
        counts.byteswap()
    mean = sum(counts) / len(counts)
    rms = math.sqrt(sum(c * c for c in counts) / len(counts) - mean * mean)
    header = bytearray(1024)
    struct.pack_into("<4i", header, 0, COLUMNS, ROWS, FRAMES, 6)
    struct.pack_into("<3i", header, 28, COLUMNS, ROWS, 1)
    struct.pack_into("<3f", header, 52, 90, 90, 90)
    struct.pack_into("<3i", header, 64, 1, 2, 3)
    struct.pack_into("<3f", header, 76, min(counts), max(counts), mean)
    struct.pack_into("<i", header, 108, 20141)
    header[208:216] = b"MAP \x44\x44\0\0"
    struct.pack_into("<f", header, 216, rms)
    struct.pack_into("<i", header, 220, 1)
    label = b"Tomography projections, Diamond Light Source, from Savu test data (Apache-2.0)"
    header[224 : 224 + 80] = label.ljust(80)
    return bytes(header)


def main():
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    pixels = b"".join(pixels_of(folder / f"raw_{number:05d}.tiff") for number in range(FRAMES))
    target.write_bytes(header_of(pixels) + pixels)


if __name__ == "__main__":
    main()
