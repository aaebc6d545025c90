"""Minimum, maximum, mean and standard deviation of arrays of any size, section by section."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np


class Statistics(NamedTuple):
    """Of the population; minimum, maximum and mean of complex pixels are None. NaN where a pixel is NaN."""

    minimum: float | None
    maximum: float | None
    mean: float | None
    standard_deviation: float


def statistics_of(data: np.ndarray) -> Statistics:
    """In double precision; no more than a section is converted at a time."""
    with np.errstate(invalid="ignore", over="ignore"):
        return _statistics_of(data)


def _statistics_of(data: np.ndarray) -> Statistics:
    sections = data.reshape(-1, *data.shape[-2:])
    complex_pixels = np.iscomplexobj(data)
    wide = np.complex128 if complex_pixels else np.float64
    count, mean, squares = 0, wide(0), 0.0
    for section in sections:
        values = section.astype(wide)
        section_mean = values.mean()
        values -= section_mean
        section_squares = float(np.vdot(values, values).real)
        total = count + values.size
        squares += section_squares + abs(section_mean - mean) ** 2 * count * values.size / total
        mean += (section_mean - mean) * values.size / total
        count = total
    deviation = math.sqrt(squares / count)
    if complex_pixels:
        return Statistics(None, None, None, deviation)
    return Statistics(data.min(), data.max(), float(mean), deviation)
