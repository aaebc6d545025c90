"""Chunks that span many frames wait on the disk until whole frames can be made of them."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from . import pixels
from .errors import ArgumentError, InputNotFoundError, SystemFailedError
from .facts import Array


def spans(sizes: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last place of each chunk of these sizes."""
    first = 0
    for size in sizes:
        yield first, first + size
        first += size


def folder_of(path: Any) -> str:
    """Where what waits for a file lies: on the disk that the file goes to."""
    return os.path.dirname(os.path.realpath(os.fsdecode(path)))


class FrameSpool:
    """An array ``[..., y, x]`` that takes whole chunks, on several threads and in any order, as ``spool[region] = chunk``,
    and gives frames in order. It is a file without a name, gone when it is closed or its program ends.

    Parameters
    ----------
    chunks : sequence of sequences of int
        Sizes of the chunks along each axis.
    dtype : dtype
    frame_axes : int
        The last ones, which make a frame.
    folder : path
        Has to have room for the whole array.
    """

    def __init__(self, chunks: Any, dtype: Any, frame_axes: int, folder: Any) -> None:
        self._dtype = np.dtype(dtype)
        self._folder = os.fsdecode(folder)
        self._lead = len(chunks) - frame_axes
        self.regions = [region for region in itertools.product(*(list(spans(sizes)) for sizes in chunks))
                        if all(last > first for first, last in region)]
        self._shape = tuple(int(sum(sizes)) for sizes in chunks)
        bytes_of = [int(np.prod([last - first for first, last in region])) * self._dtype.itemsize
                    for region in self.regions]
        self._places = dict(zip((_start(region) for region in self.regions), itertools.accumulate([0, *bytes_of])))
        self._extents = {_start(region): region for region in self.regions}
        with self._told():
            self._file = tempfile.TemporaryFile(prefix=".mrcz-", dir=self._folder, buffering=0)

    def __setitem__(self, region: tuple[slice, ...], chunk: Any) -> None:
        start = tuple(part.start or 0 for part in region)
        array = self._as_announced(start, np.asarray(pixels.unmasked(chunk)))
        data = memoryview(np.ascontiguousarray(array, self._dtype).reshape(-1).view(np.uint8))
        place = self._places[start]
        with self._told():
            while data:
                written = os.pwrite(self._file.fileno(), data, place)
                data, place = data[written:], place + written

    def _as_announced(self, start: tuple[int, ...], chunk: Array) -> Array:
        expected = tuple(last - first for first, last in self._extents[start])
        if chunk.shape != expected or chunk.dtype.newbyteorder("=") != self._dtype.newbyteorder("="):
            raise ArgumentError(f"the chunk at {start} is {chunk.dtype} of shape {chunk.shape}, but the array says "
                                f"{self._dtype} of shape {expected}: give what makes its chunks the right dtype and shape",
                                "invalid_argument")
        return chunk

    def frames(self, bytes_at_once: int) -> Iterator[Array]:
        """All frames ``[n, y, x]``, about so many bytes at a time, once all chunks are in."""
        frame = self._shape[self._lead :]
        at_once = max(1, bytes_at_once // max(1, int(np.prod(frame)) * self._dtype.itemsize))
        *outer, count = self._shape[: self._lead]
        for index in np.ndindex(*outer):
            for first in range(0, count, at_once):
                frames = np.empty((min(at_once, count - first), *frame), self._dtype)
                self._gather(index, first, frames)
                yield frames

    def _gather(self, outer: tuple[int, ...], first: int, frames: Array) -> None:
        for region in self.regions:
            if not all(low <= i < high for i, (low, high) in zip(outer, region)):
                continue
            low, high = region[self._lead - 1]
            start, end = max(low, first), min(high, first + len(frames))
            if start >= end:
                continue
            within = tuple(i - part[0] for i, part in zip(outer, region))
            part = np.empty((end - start, *(b - a for a, b in region[self._lead :])), self._dtype)
            self._read(region, (*within, start - low), part)
            cut = tuple(slice(a, b) for a, b in region[self._lead :])
            frames[(slice(start - first, end - first), *cut)] = part

    def _read(self, region: tuple[tuple[int, int], ...], within: tuple[int, ...], part: Array) -> None:
        """Frames of a chunk, which lie one behind the other in it."""
        shape = tuple(last - first for first, last in region)
        before = int(np.ravel_multi_index((*within, *(0,) * (len(shape) - len(within))), shape))
        place = self._places[_start(region)] + before * self._dtype.itemsize
        left = memoryview(part.reshape(-1).view(np.uint8))
        with self._told():
            while left:
                found = os.preadv(self._file.fileno(), [left], place)
                if not found:
                    raise AssertionError(f"a chunk at {_start(region)} never came")
                left, place = left[found:], place + found

    def _told(self) -> _Told:
        return _Told(self._folder)

    def __dask_tokenize__(self) -> Any:
        return id(self)

    def __enter__(self) -> FrameSpool:
        return self

    def __exit__(self, *unused: object) -> None:
        self._file.close()


class _Told:
    """What fails on the disk, with what to do instead."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FileNotFoundError):
            raise InputNotFoundError("there is no such folder to write to", "not_found", self._folder) from error
        if isinstance(error, OSError) and not isinstance(error, SystemFailedError):
            raise SystemFailedError("chunks that span many frames cannot wait here until the frames are whole; rechunk the "
                                    f"array to whole frames, array.rechunk((n, -1, -1)): {error.strerror}", "io_failed",
                                    self._folder) from error


def _start(region: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    return tuple(first for first, last in region)
