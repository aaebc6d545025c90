"""A look whether this installation works: every codec writes what it reads."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import numpy as np

from . import ioMRC
from .arguments import checked, whole_of_31_bits

_TYPES = ("int8", "int16", "uint16", "int32", "uint32", "float16", "float32", "complex64")


@checked(verbosity=whole_of_31_bits)
def test(verbosity: int = 2) -> int:
    """Writes and reads a file in each codec and pixel type; prints a line each from `verbosity` 2 on.

    Returns
    -------
    int
        0 when all files gave back what was written, else how many did not.
    """
    failures = 0
    with tempfile.TemporaryDirectory(prefix="mrcz-") as folder:
        for codec in [None, *(row["name"] for row in ioMRC._CODECS.values() if row["writes"] and row["id"] != 0)]:
            for name in _TYPES:
                said = _round_trip(os.path.join(folder, "test.mrcz"), codec, name)
                failures += bool(said)
                if verbosity >= 2 or said:
                    print(f"{codec or 'plain':8} {name:10} {said or 'ok'}")
    if verbosity >= 1:
        print(f"{failures} failed" if failures else "all is well")
    return failures


def _round_trip(path: str, codec: str | None, name: str) -> str:
    pixels: Any = np.random.default_rng(1).poisson(3, (3, 61, 47)).astype(name)
    meta = {"dose": [1.5, 2], "note": "Größe"}
    try:
        ioMRC.writeMRC(pixels, path, meta=meta, compressor=codec, pixelsize=1.5, voltage=300)
    except NotImplementedError:
        # Codecs for counts take no floats; those of c-blosc take all.
        return "" if ioMRC.REVERSE_COMPRESSOR_ENUM[codec] > 15 else "cannot be written"
    found, header = ioMRC.readMRC(path)
    if found.dtype != pixels.dtype or not np.array_equal(found, pixels):
        return "other pixels than were written"
    return "" if all(header[key] == value for key, value in meta.items()) else "other metadata than were written"
