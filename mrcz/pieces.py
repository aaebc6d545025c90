"""Arrays of any kind, wherever they are, as pieces that fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from . import pixels
from .errors import ArgumentError
from .facts import Array

# Arrays that are not in memory are fetched so many bytes at a time, or a chunk at a time where chunks are larger.
_BATCH_BYTES = 64 << 20


def pieces_of(data: Any, frame_axes: int = 2) -> Iterator[Array]:
    """Frames in pieces that fit into memory."""
    pixels.unmasked(data)
    if isinstance(data, np.ndarray) and not isinstance(data, np.memmap):
        yield data.reshape(-1, *data.shape[-frame_axes:]) if data.ndim > frame_axes + 1 else data
    elif hasattr(data, "shape") and hasattr(data, "dtype"):
        yield from _fetched(data, frame_axes)
    elif isinstance(data, (list, tuple)) and len(data) and not hasattr(data[0], "__len__"):
        raise ArgumentError("write: a list of numbers is no frame", "invalid_argument")
    elif isinstance(data, Iterable):
        yield from data
    else:
        raise TypeError(f"write: {type(data).__name__} is no array and no iterable of frames")


def _fetched(data: Any, frame_axes: int) -> Iterator[Array]:
    if len(data.shape) <= frame_axes:
        yield np.asarray(data)
        return
    if len(data.shape) > frame_axes + 1:
        for part in range(data.shape[0]):
            yield from _fetched(data[part], frame_axes)
        return
    is_lazy = hasattr(data, "__dask_graph__")
    # All chunks of a piece are computed at once, and live beside it: one row of them along the frames.
    for first, last in _spans(data.chunks[0]) if is_lazy else _runs(data):
        yield np.asarray(data[first:last])


def require_known_sizes(shape: tuple[float, ...]) -> None:
    if any(size != size for size in shape):
        raise ArgumentError("write: chunks of unknown size; call compute_chunk_sizes() first", "invalid_argument")


def _spans(sizes: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = 0
    for size in sizes:
        if size:
            yield first, first + size
        first += size


def _runs(data: Any) -> Iterator[tuple[int, int]]:
    """First and last frame of each piece; pieces end where chunks end."""
    frames = data.shape[0]
    frame_bytes = max(1, int(np.prod(data.shape[1:])) * np.dtype(data.dtype).itemsize)
    wanted = max(1, _BATCH_BYTES // frame_bytes)
    chunks = getattr(data, "chunks", None)
    if not chunks:
        sizes = [wanted] * (frames // wanted + 1)
    elif isinstance(chunks[0], tuple):
        sizes = list(chunks[0])
    else:
        sizes = [chunks[0]] * (frames // chunks[0] + 1)
    first = last = 0
    for size in sizes:
        if last > first and last + size - first > wanted:
            yield first, last
            first = last
        last = min(last + size, frames)
    if last > first:
        yield first, last


def in_order(array: Array, dtype: np.dtype[Any]) -> Iterator[Array]:
    """The array in C order and the machine's byte order, copied in pieces where it is not."""
    if array.flags.c_contiguous and array.dtype == dtype:
        yield array
        return
    at_once = max(1, _BATCH_BYTES // max(1, array[:1].nbytes))
    for first in range(0, len(array), at_once):
        yield np.ascontiguousarray(array[first : first + at_once], dtype)
