"""What a file says about itself, as :class:`mrcz.Stack` tells it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]


class VoxelSize(NamedTuple):
    """Edge lengths of a voxel in Angstrom; 0 where unknown."""

    x: float
    y: float
    z: float


class Finding(NamedTuple):
    """Something odd about a file: ``severity`` is ``"note"`` or ``"warning"``, ``rule`` an id such as ``MRC-H07``."""

    severity: str
    rule: str
    field: str
    message: str


class Section(NamedTuple):
    """A part of the footer."""

    id: str
    meaning: str
    stored_bytes: int
    raw_bytes: int


class Statistics(NamedTuple):
    """Of all pixels that are not NaN, as the file says; NaN where it does not. `frames` is the same for each frame, a
    structured array with the fields ``minimum``, ``maximum``, ``mean``, ``std`` and ``nan_count``, or None where the
    file keeps no such table.
    """

    minimum: float
    maximum: float
    mean: float
    std: float
    frames: Array | None
