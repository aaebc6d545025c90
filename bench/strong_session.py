#!/usr/bin/env python3
"""Makes a session of movies under a strong pixel pattern, with growing hot pixels and carbon images, and adds it as
`session_strong` to the sets that processing_study.py runs.

usage: strong_session.py SETS [--side 1024]      writes SETS/session_strong.* and its entry in SETS/meta.json

60 movies of 12 frames, int8 Poisson counts of mean 1.2 per pixel and frame: 4 electrons per pixel and second in frames of
0.3 s, as in McLeod et al. 2018, section 4.1.
* A static pattern whose variance is ten times that of the mean of 50 other movies: half of it columns (the electronics
  under the sensor), half pixels (its etching). On top one a tenth as strong that drifts, with decay times of 2 to 128
  movies.
* Hot pixels that come one by one and stay, from 0.22 % to 0.5 % of all: growing by the factor of the paper's Fig. 7, and
  ending at what section 4 calls typical. Their sums are 6 to 40 sigma too high. 0.0012 % dead pixels, at 5 % of the rate.
* Three movies show the edge of a carbon film: to be left out of averages.
"""
import argparse
import json
import math
import os

import numpy

SEED = 116533
MOVIES, FRAMES, MEAN = 60, 12, 1.2
WINDOW = 50  # movies of the mean whose noise is the unit of the pattern
HOT_FIRST, HOT_LAST, DEAD = 0.0022, 0.005, 1.2e-5
CARBON = (14, 33, 47)
DECAY_MOVIES = (2.0, 8.0, 32.0, 128.0)


def smooth(random, side, sigma):
    """Gaussian random field, standard deviation 1, blurred by sigma pixels."""
    squared = numpy.add.outer(numpy.fft.fftfreq(side) ** 2, numpy.fft.rfftfreq(side) ** 2)
    spectrum = numpy.fft.rfft2(random.standard_normal((side, side)))
    field = numpy.fft.irfft2(spectrum * numpy.exp(-2 * (math.pi * sigma) ** 2 * squared), (side, side))
    return (field - field.mean()) / field.std()


def static_pattern(random, side):
    """Variance 1; columns share a tap of noise in blocks of 32 as they share amplifiers."""
    columns = random.standard_normal(side) + numpy.repeat(random.standard_normal(-(-side // 32)), 32)[:side]
    columns -= columns.mean()
    return (columns / columns.std() + random.standard_normal((side, side))) / math.sqrt(2)


class DriftingPattern:
    """Variance 1; the sum of one autoregressive field for each decay time."""

    def __init__(self, random, side):
        self.random = random
        self.fields = [random.standard_normal((side, side)).astype("f4") for _ in DECAY_MOVIES]

    def next(self):
        for field, movies in zip(self.fields, DECAY_MOVIES):
            keep = math.exp(-1 / movies)
            field *= keep
            field += math.sqrt(1 - keep ** 2) * self.random.standard_normal(field.shape, "f4")
        return sum(self.fields) / math.sqrt(len(self.fields))


def carbon_film(random, side):
    y, x = numpy.mgrid[:side, :side] / side
    cy, cx = random.uniform(0, 1, 2)
    film = 1 / (1 + numpy.exp((0.45 - numpy.hypot(y - cy, x - cx)) * side / 4))
    return 1 - film * (0.35 + 0.08 * smooth(random, side, 4))


class Outliers:
    def __init__(self, random, side):
        pixels = side * side
        self.first, self.last, self.dead = (round(share * pixels) for share in (HOT_FIRST, HOT_LAST, DEAD))
        self.where = random.choice(pixels, self.last + self.dead, replace=False)
        self.excess = random.uniform(6, 40, self.last) * math.sqrt(MEAN / FRAMES)

    def count(self, movie):
        return self.first + (self.last - self.first) * movie // (MOVIES - 1)

    def plant(self, rate, mask, movie):
        hot = self.where[:self.count(movie)]
        rate.reshape(-1)[hot] += self.excess[:len(hot)]
        rate.reshape(-1)[self.where[self.last:]] = 0.05 * MEAN
        mask.reshape(-1)[hot] = 1
        mask.reshape(-1)[self.where[self.last:]] = 2


def make(folder, side):
    random = numpy.random.default_rng(SEED)
    unit = 1 / (MEAN * FRAMES * WINDOW)  # variance of the mean of a window, relative to the mean squared
    static = math.sqrt(10 * unit) * static_pattern(random, side)
    drift = DriftingPattern(random, side)
    outliers = Outliers(random, side)
    name = os.path.join(folder, "session_strong")
    with open(name + ".raw", "wb") as movies, open(name + ".mask.raw", "wb") as masks:
        for movie in range(MOVIES):
            rate = MEAN * (1 + static + math.sqrt(unit) * drift.next()) * (1 + 0.005 * smooth(random, side, 20))
            if movie in CARBON:
                rate *= carbon_film(random, side)
            rate = numpy.maximum(rate, 1e-3)
            mask = numpy.zeros((side, side), "u1")
            outliers.plant(rate, mask, movie)
            masks.write(mask.tobytes())
            for _ in range(FRAMES):
                movies.write(numpy.minimum(random.poisson(rate), 127).astype("i1").tobytes())
    return {"dtype": "int8", "shape": [MOVIES, FRAMES, side, side],
            "params": {"lam": MEAN, "carbon_movies": list(CARBON), "static_variance": 10 * unit, "drift_variance": unit,
                       "hot_per_movie": [outliers.count(movie) for movie in range(MOVIES)], "dead": outliers.dead}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets")
    parser.add_argument("--side", type=int, default=1024)
    arguments = parser.parse_args()
    path = os.path.join(arguments.sets, "meta.json")
    entry = make(arguments.sets, arguments.side)
    meta = {}
    if os.path.exists(path):
        with open(path) as file:
            meta = json.load(file)
    meta["session_strong"] = entry
    with open(path, "w") as file:
        json.dump(meta, file, indent=1)


if __name__ == "__main__":
    main()
