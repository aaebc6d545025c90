"""Small sessions of movies for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import mrcz

SHAPE = (40, 48)


def counts(seed: int, frames: int = 6, dose: float = 2.0) -> np.ndarray:
    """Poisson counts under a pattern that all movies share, with hot pixels."""
    pattern = np.random.default_rng(5).uniform(0.85, 1.15, SHAPE)
    means = dose * pattern
    means[10, 20] = means[31, 7] = 30
    means[22, 3] = 0
    return np.random.default_rng(seed).poisson(means, (frames, *SHAPE)).astype("int16")


def session(folder: Path, movies: int, ending: str = ".mrcz", **options) -> list[str]:
    folder.mkdir(exist_ok=True)
    names = []
    for number in range(movies):
        names.append(str(folder / f"m{number}{ending}"))
        mrcz.write(names[-1], counts(100 + number, dose=2 + 0.1 * number), **options)
    return names


def gain(folder: Path, shape: tuple[int, int] = SHAPE) -> str:
    factors = np.random.default_rng(9).uniform(0.8, 1.2, shape).astype("float32")
    factors[4, 5] = 0
    name = str(folder / "gain.mrc")
    mrcz.write(name, factors)
    return name


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}
