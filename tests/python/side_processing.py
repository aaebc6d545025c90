"""Runs inside an environment that has NumPy: looks at sets of the generator and at what `mrcz process` made of them.

Each JSON job on standard input names a `task`, a function below, and the `folder` with the sets.
"""

import json
import struct
import sys
from pathlib import Path

import numpy

MODES = {"int16": 1, "float32": 2, "uint16": 6}
DTYPES = {mode: name for name, mode in MODES.items()}


class Sets:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.meta = json.loads((self.folder / "meta.json").read_text())

    def data(self, name):
        told = self.meta[name]
        return numpy.memmap(self.folder / f"{name}.raw", told["dtype"], "r", shape=tuple(told["shape"]))

    def truth(self, name, what):
        told = self.meta[name]["truth"][what]
        return numpy.fromfile(self.folder / told["file"], told["dtype"]).reshape(told["shape"])


def write(path, frames):
    frames = numpy.asarray(frames).reshape((-1,) + frames.shape[-2:])
    nz, ny, nx = frames.shape
    header = bytearray(1024)
    struct.pack_into("<10i", header, 0, nx, ny, nz, MODES[frames.dtype.name], 0, 0, 0, nx, ny, 1)
    struct.pack_into("<6f3i4f", header, 40, nx, ny, 1, 90, 90, 90, 1, 2, 3, 0, -1, -2, -1)
    struct.pack_into("<i", header, 108, 20141)
    header[208:216] = b"MAP DD\0\0"
    with open(path, "wb") as file:
        file.write(header)
        file.write(frames.astype(frames.dtype.newbyteorder("<"), copy=False).tobytes())


def read(path):
    with open(path, "rb") as file:
        header = file.read(1024)
    nx, ny, nz, mode = struct.unpack_from("<4i", header)
    return numpy.memmap(path, DTYPES[mode], "r", 1024 + struct.unpack_from("<i", header, 92)[0], (nz, ny, nx))


def split(job):
    sets = Sets(job["folder"])
    movies = sets.data(job["set"])
    if movies.ndim == 3:
        movies = movies[None]
    files = [str(sets.folder / f"{job['set']}_{number}.mrc") for number in range(len(movies))]
    for file, movie in zip(files, movies):
        write(file, movie)
    return {"files": files}


def flats(job):
    sets = Sets(job["folder"])
    gain = sets.folder / "gain.mrc"
    write(gain, sets.truth("gain_gamma", "gain"))
    files = [str(sets.folder / f"flat_{number}.mrc") for number in range(len(sets.data("gain_gamma")))]
    for file, flat in zip(files, sets.data("gain_gamma")):
        write(file, flat)
    return {"gain": str(gain), "flats": files}


def outliers(job):
    """A pixel counts as found where any frame was changed: random neighbours are all equal to it in none of 40."""
    sets = Sets(job["folder"])
    raw, clean, again = sets.data(job["set"]), read(job["clean"]), read(job["again"])
    planted, z = sets.truth(job["set"], "mask"), sets.truth(job["set"], "z")
    found = (raw != clean).any(axis=0)
    far, frames, pixels = (planted == 1) & (z >= 6), len(raw), found.size
    return {
        "recall": float(found[far].mean()) if far.any() else None,
        "precision": float((planted[found] != 0).mean()) if far.any() else None,
        "false_rate": float(found[planted == 0].mean()),
        "mean_error": float(abs(clean.mean() / sets.meta[job["set"]]["params"]["lam"] - 1)),
        "changed_again": float((clean != again).any(axis=0).mean()),
        "noise": 3 / (pixels * frames * (frames - 1) / 2) ** 0.5,
    }


def koma_by_numpy(job):
    """One movie corrected here, from all sums at once."""
    sets = Sets(job["folder"])
    movies, radius, movie = sets.data(job["set"]), job["radius"], job["movie"]
    first = min(max(movie - radius, 0), len(movies) - 2 * radius - 1)
    others = [other for other in range(first, first + 2 * radius + 1) if other != movie]
    mean = sum(movies[other].sum(axis=0, dtype="i8") for other in others) / (len(others) * movies.shape[1])
    expected = movies[movie] - (mean - mean.mean())
    return {"largest_difference": float(abs(read(job["output"]) - expected).max())}


def plant_impulse(job):
    movie = read(job["movie"]).copy()
    y, x = 77, 131
    movie[:, y, x] += job["height"]
    write(job["movie"], movie)
    return {"y": y, "x": x, "height": job["height"]}


def impulse(job):
    """How high it is over the mean of the movie."""
    movie = read(job["output"])
    return {"height": float(movie[:, job["y"], job["x"]].mean() - movie.mean()), "noise": len(movie) ** -0.5}


TASKS = {task.__name__: task for task in (split, flats, outliers, koma_by_numpy, plant_impulse, impulse)}

if __name__ == "__main__":
    print(json.dumps([TASKS[job["task"]](job) for job in json.load(sys.stdin)]))
