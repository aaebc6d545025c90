"""Arrays of any kind, wherever they are, as pieces that fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from . import pixels
from .errors import ArgumentError
from .facts import Array
from .frame_spool import FrameSpool

# Arrays that are not in memory are fetched so many bytes at a time, or a chunk at a time where chunks are larger.
_BATCH_BYTES = 64 << 20


def pieces_of(data: Any, frame_axes: int = 2, folder: Any = None) -> Iterator[Array]:
    """Frames in pieces that fit into memory. Chunks that span more frames than do wait in a file of `folder`."""
    pixels.unmasked(data)
    if isinstance(data, np.ndarray) and not isinstance(data, np.memmap):
        yield data.reshape(-1, *data.shape[-frame_axes:]) if data.ndim > frame_axes + 1 else data
    elif hasattr(data, "shape") and hasattr(data, "dtype"):
        yield from _fetched(data, frame_axes, folder)
    elif isinstance(data, (list, tuple)) and len(data) and not hasattr(data[0], "__len__"):
        raise ArgumentError("write: a list of numbers is no frame", "invalid_argument")
    elif isinstance(data, Iterable):
        yield from data
    else:
        raise TypeError(f"write: {type(data).__name__} is no array and no iterable of frames")


def _fetched(data: Any, frame_axes: int, folder: Any) -> Iterator[Array]:
    if len(data.shape) < frame_axes:
        yield np.asarray(data)
    elif 0 in data.shape[:-frame_axes]:
        yield np.empty((0, *data.shape[-frame_axes:]), data.dtype)
    elif hasattr(data, "__dask_graph__"):
        from .dask_frames import frames_of

        yield from frames_of(data, frame_axes, folder)
    elif len(data.shape) <= frame_axes:
        yield np.asarray(data)
    elif len(data.shape) > frame_axes + 1:
        for part in range(data.shape[0]):
            yield from _fetched(data[part], frame_axes, folder)
    else:
        for first, last in _runs(data):
            chunks = _chunks_within(data, last - first)
            if chunks is None:
                yield np.asarray(data[first:last])
            else:
                yield from _by_chunks(data, first, chunks, frame_axes, folder)


def _chunks_within(data: Any, frames: int) -> list[list[int]] | None:
    """Sizes of the chunks of so many frames, where these are too large to be fetched at once, and several make a frame."""
    chunks = getattr(data, "chunks", None)
    frame_bytes = int(np.prod(data.shape[1:])) * np.dtype(data.dtype).itemsize
    if not isinstance(chunks, tuple) or frames * frame_bytes <= max(_BATCH_BYTES, frame_bytes):
        return None
    sizes = [list(size) if isinstance(size, tuple) else [min(size, left) for left in range(extent, 0, -size)]
             for size, extent in zip(chunks[1:], data.shape[1:])]
    return [[frames], *sizes] if any(len(parts) > 1 for parts in sizes) else None


def _by_chunks(data: Any, first: int, chunks: list[list[int]], frame_axes: int, folder: Any) -> Iterator[Array]:
    with FrameSpool(chunks, data.dtype, frame_axes, folder) as spool:
        for (start, end), *cut in spool.regions:
            inside = tuple(slice(low, high) for low, high in cut)
            spool[(slice(start, end), *inside)] = data[(slice(first + start, first + end), *inside)]
        yield from spool.frames(_BATCH_BYTES)


def require_known_sizes(shape: tuple[float, ...], call: str) -> None:
    if any(size != size for size in shape):
        raise ArgumentError(f"{call}: chunks of unknown size; call compute_chunk_sizes() first", "invalid_argument")


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
