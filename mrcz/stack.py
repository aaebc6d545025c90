"""The lazy array that :func:`mrcz.open` gives."""

from __future__ import annotations

import os

import numpy as np

from . import _core, threads
from .pixels import DTYPES


class Stack:
    """Frames of an MRC or MRCZ file, ``[z, y, x]``; only those asked for are read and decoded."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._reader = _core.Reader(os.fspath(path))

    @property
    def dtype(self) -> np.dtype:
        return DTYPES[self._reader.pixel_type].base

    @property
    def shape(self) -> tuple[int, ...]:
        reader = self._reader
        return (reader.frames, reader.rows, reader.columns, *DTYPES[reader.pixel_type].shape)

    def read(self, first: int, count: int, out: np.ndarray | None = None) -> np.ndarray:
        if out is None:
            out = np.empty((count, *self.shape[1:]), self.dtype)
        self._reader.read_frames(first, count, out, threads.resolve(None))
        return out


def open(path: str | os.PathLike[str]) -> Stack:  # noqa: A001 - the name users expect: mrcz.open
    """Opens an MRC or MRCZ file without reading its pixels."""
    return Stack(path)
