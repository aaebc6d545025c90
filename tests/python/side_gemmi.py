"""Runs inside an environment that has gemmi: reads the maps that JSON jobs on standard input name.

{"path": ..., "integers": false} is answered by {"mode": ..., "shape": [z, y, x], "sha256": of all numbers as
little-endian int8 or float32, "cell": [a, b, c]}. gemmi turns everything but mode 0 into float32.
"""

import hashlib
import json
import sys

import gemmi
import numpy


def answer(job):
    try:
        if job["integers"]:
            found = gemmi.read_ccp4_mask(job["path"])
            dtype = "<i1"
        else:
            found = gemmi.read_ccp4_map(job["path"])
            dtype = "<f4"
        # gemmi's first axis is the fastest of the file.
        numbers = numpy.ascontiguousarray(found.grid.array.T, dtype=dtype)
        cell = found.grid.unit_cell
        return {"mode": found.header_i32(4), "shape": list(numbers.shape),
                "sha256": hashlib.sha256(numbers.tobytes()).hexdigest(), "cell": [cell.a, cell.b, cell.c]}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    print(json.dumps([answer(job) for job in json.load(sys.stdin)]))
