"""Plain MRC files and NumPy arrays, and the `mrcz process` command, for the studies in this folder."""
import json
import os
import struct
import subprocess

import numpy

MODES = {"int8": 0, "int16": 1, "float32": 2, "uint16": 6, "int32": 7, "uint32": 8}
DTYPES = {number: numpy.dtype(name) for name, number in MODES.items()}


def write(path, frames):
    """Frames [z, y, x], or one [y, x]; row 0 is the bottom one."""
    frames = numpy.asarray(frames)
    frames = frames.reshape((-1,) + frames.shape[-2:])
    nz, ny, nx = frames.shape
    header = bytearray(1024)
    struct.pack_into("<10i", header, 0, nx, ny, nz, MODES[frames.dtype.name], 0, 0, 0, nx, ny, 1)
    struct.pack_into("<6f", header, 40, nx, ny, 1, 90, 90, 90)
    struct.pack_into("<3i3fi", header, 64, 1, 2, 3, 0, -1, -2, 0)
    struct.pack_into("<i", header, 108, 20141)
    header[208:216] = b"MAP \x44\x44\0\0"
    struct.pack_into("<f", header, 216, -1)
    with open(path, "wb") as file:
        file.write(header)
        file.write(numpy.ascontiguousarray(frames).astype(frames.dtype.newbyteorder("<"), copy=False))


def read(path):
    """Frames [z, y, x] of a little-endian file, mapped."""
    with open(path, "rb") as file:
        header = file.read(1024)
    nx, ny, nz, mode = struct.unpack_from("<4i", header)
    extended, = struct.unpack_from("<i", header, 92)
    return numpy.memmap(path, DTYPES[mode], "r", 1024 + extended, (nz, ny, nx))


def process(mrcz, movies, folder, *options):
    """Runs `mrcz process` on the movies of a session; its reports, one a movie, in the order of the movies. Results are
    plain files of the same names in folder."""
    os.makedirs(folder, exist_ok=True)
    command = [mrcz, "process", "--plain", "--force", "--output-dir", folder, "--report", "json", *options, *movies]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    reports = {os.path.basename(report["input"]): report for report in map(json.loads, done.stdout.splitlines())}
    return [reports[os.path.basename(movie)] for movie in movies]


def calibrate_gamma(mrcz, flats, gain, seconds):
    """The law that `mrcz process` fits to flat fields of so many seconds each, and its points."""
    command = [mrcz, "process", "--calibrate-gamma", "--gain", gain, "--frame-time", str(seconds), *flats]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def correlation(frames):
    """Mean Pearson correlation over all pairs of frames."""
    frames = numpy.asarray(frames, "f8").reshape(len(frames), -1)
    frames = frames - frames.mean(axis=1, keepdims=True)
    total = sum(frame / numpy.linalg.norm(frame) for frame in frames)
    return float((total @ total - len(frames)) / (len(frames) * (len(frames) - 1)))
