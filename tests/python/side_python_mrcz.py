"""Runs inside an environment that has python-mrcz: reads and writes files as told by JSON jobs on standard input.

{"do": "read", "path": ..., "options": {...}}
{"do": "write", "path": ..., "raw": file of pixels, "dtype": ..., "shape": [...], "list_of": 0, "options": {...}}

`list_of` 1 gives writeMRC a list of 2-D arrays, n a list of arrays of n slices, 0 one array. The last line printed is a
JSON list with an answer for each job.
"""

import hashlib
import json
import sys

import mrcz
import numpy

HEADER_KEYS = ("voltage", "C3", "gain", "compressor", "MRCtype", "extendedBytes")


def little_endian_bytes(pixels):
    return numpy.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("<")).tobytes()


def plain_value(value):
    if hasattr(value, "tolist"):
        return value.tolist()
    return value.decode("latin-1") if isinstance(value, bytes) else value


def read(job):
    pixels, header = mrcz.readMRC(job["path"], **job.get("options", {}))
    parts = pixels if isinstance(pixels, list) else [pixels]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(little_endian_bytes(part))
    packed = header["packedBytes"]  # a tuple of one in 0.5
    return {
        "type": type(pixels).__name__,
        "count": len(parts),
        "dtype": parts[0].dtype.name,
        "shape": list(parts[0].shape),
        "sha256": digest.hexdigest(),
        "pixelsize": numpy.asarray(header["pixelsize"], dtype=float).tolist(),
        "packed_bytes": int(packed[0] if isinstance(packed, tuple) else packed),
        "meta": {key: plain_value(header[key]) for key in job.get("meta_keys", [])},
        **{key: plain_value(header[key]) for key in HEADER_KEYS},
    }


def write(job):
    pixels = numpy.fromfile(job["raw"], dtype=job["dtype"]).reshape(job["shape"])
    per_item = job.get("list_of", 0)
    if per_item == 1:
        pixels = list(pixels)
    elif per_item > 1:
        pixels = [pixels[i : i + per_item] for i in range(0, len(pixels), per_item)]
    elif job.get("strided"):
        pixels = numpy.asfortranarray(pixels)
    mrcz.writeMRC(pixels, job["path"], **job.get("options", {}))
    return {}


def answer(job):
    try:
        return {"read": read, "write": write}[job["do"]](job)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    print(json.dumps([answer(job) for job in json.load(sys.stdin)]))
