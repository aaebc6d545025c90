#!/usr/bin/env python3
"""Makes a float32 movie as drift correction leaves it, and adds it to the sets that paper_tables.py measures.

usage: aligned_movie.py SETS      reads SETS/dose1.raw, writes SETS/aligned.raw and its entry in SETS/meta.json

Counts are multiplied by a gain reference of 5 % spread and every frame is shifted by a fraction of a pixel, bilinearly: no
two pixels are alike any more, and the bits that remain to be saved are those of sign and exponent.
"""
import json
import os
import sys

import numpy

FRAMES = 4
SEED = 2018


def shifted(frame, dy, dx):
    rows = (1 - dy) * frame + dy * numpy.roll(frame, -1, axis=0)
    return ((1 - dx) * rows + dx * numpy.roll(rows, -1, axis=1)).astype("<f4")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = sys.argv[1]
    with open(os.path.join(folder, "meta.json")) as file:
        meta = json.load(file)
    _, ny, nx = meta["dose1"]["shape"]
    random = numpy.random.default_rng(SEED)
    gain = random.normal(1, 0.05, (ny, nx)).astype("<f4")
    counts = numpy.memmap(os.path.join(folder, "dose1.raw"), "uint8", "r", shape=(FRAMES, ny, nx))
    with open(os.path.join(folder, "aligned.raw"), "wb") as out:
        for frame in counts:
            dy, dx = random.uniform(0.1, 0.9, 2).astype("<f4")
            out.write(shifted(frame * gain, dy, dx).tobytes())
    meta["aligned"] = {"dtype": "float32", "shape": [FRAMES, ny, nx], "bound": None}
    with open(os.path.join(folder, "meta.json"), "w") as file:
        json.dump(meta, file, indent=1)


if __name__ == "__main__":
    main()
