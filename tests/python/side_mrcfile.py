"""Runs inside an environment that has mrcfile: validates and reads the files that JSON jobs on standard input name.

{"path": ...} is answered by {"valid": ..., "messages": [...], "dtype": ..., "sha256": ..., "voxel": [z, y, x], ...}.
"""

import hashlib
import io
import json
import sys
import warnings

import mrcfile
import numpy


def validate(path):
    printed = io.StringIO()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        valid = mrcfile.validate(path, print_file=printed)
    lines = [line for line in printed.getvalue().splitlines() if line and not line.startswith(("Checking", "File app"))]
    return valid, lines + [f"warning: {warning.message}" for warning in caught]


def true_statistics(pixels):
    """[min, max, mean, standard deviation] in double precision, NaN left out; None for complex numbers."""
    if numpy.iscomplexobj(pixels):
        return None
    exact = pixels.astype(numpy.float64)
    return [float(f(exact)) for f in (numpy.nanmin, numpy.nanmax, numpy.nanmean, numpy.nanstd)]


def answer(job):
    valid, messages = validate(job["path"])
    result = {"valid": bool(valid), "messages": messages}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with mrcfile.open(job["path"], permissive=True) as file:
                pixels = numpy.ascontiguousarray(file.data, dtype=file.data.dtype.newbyteorder("<"))
                result.update(dtype=pixels.dtype.name, shape=list(pixels.shape), mode=int(file.header.mode),
                              sha256=hashlib.sha256(pixels.tobytes()).hexdigest(), volume=bool(file.is_volume()),
                              voxel=[float(file.voxel_size[axis]) for axis in "zyx"],
                              true_statistics=true_statistics(pixels),
                              statistics=[float(file.header[name]) for name in ("dmin", "dmax", "dmean", "rms")])
    except Exception as error:
        result["error"] = f"{type(error).__name__}: {error}"
    return result


if __name__ == "__main__":
    print(json.dumps([answer(job) for job in json.load(sys.stdin)]))
