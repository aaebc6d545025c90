"""Frames of a dask array in the order of a file, few of its chunks held at a time."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import dask.array
import numpy as np

from .facts import Array
from .frame_spool import FrameSpool, spans

_PIECE_BYTES = 64 << 20
# Chunks that a cluster computes ahead of the one that is written.
_IN_FLIGHT = 4


class Computing(Protocol):
    """Where chunks are computed."""

    def in_order(self, parts: Iterator[Any]) -> Iterator[Array]:
        """Values of dask arrays, one after another."""

    def store(self, row: Any, spool: FrameSpool) -> None:
        """All chunks of a dask array, put into `spool`."""


def frames_of(array: Any, frame_axes: int, folder: Any, computing: Computing | None = None) -> Iterator[Array]:
    """Frames ``[n, y, x]`` of a dask array, which are all there are, in order.

    A chunk that holds whole frames is computed, handed over and forgotten. Where several chunks make a frame, those of
    the same frames are computed together if they are of 64 MB at most, or a single frame; else they are computed one
    after another into a file without a name in `folder`, and frames come from there. A chunk that is larger and only
    loaded, as those of ``dask.array.from_array`` are, is loaded in slices.
    """
    tail = array.shape[array.ndim - frame_axes :]
    where = computing or _chosen_by_dask(array)
    parts = _parts(array, array.ndim - frame_axes, _source_of(array))
    for has_to_wait, some in itertools.groupby(parts, key=lambda part: part[1]):
        rows = (row for row, _ in some)
        if not has_to_wait:
            for block in where.in_order(rows):
                yield block.reshape(-1, *tail)
                del block
            continue
        for row in rows:
            with FrameSpool(row.chunks, row.dtype, frame_axes, folder) as spool:
                where.store(row, spool)
                yield from spool.frames(_PIECE_BYTES)


def _source_of(array: Any) -> Any:
    """What the chunks are loaded from, slice by slice where slices are asked for; None if they are computed."""
    layers = getattr(array.dask, "layers", {})
    original = f"original-{array.name}"
    return array.dask[original] if set(layers) == {array.name, original} else None


def _parts(array: Any, lead: int, source: Any, outer: tuple[int, ...] = ()) -> Iterator[tuple[Any, bool]]:
    """Arrays whose frames follow each other in the file, and whether their chunks have to wait for each other; `lead`
    axes count frames. Each is one index of `array`: dask loads slices of a source, but no slices of slices."""
    axis = len(outer)
    if axis == lead:
        yield array[outer], False
        return
    if axis < lead - 1 and all(size <= 1 for size in array.chunks[axis]):
        for number in range(array.shape[axis]):
            yield from _parts(array, lead, source, (*outer, number))
        return
    frame_bytes = int(np.prod(array.shape[lead:])) * array.dtype.itemsize
    blocks_in_row = int(np.prod(array.numblocks[axis + 1 :]))
    for first, last in spans(array.chunks[axis]):
        row_bytes = (last - first) * int(np.prod(array.shape[axis + 1 : lead])) * frame_bytes
        is_large = row_bytes > max(_PIECE_BYTES, frame_bytes)
        if is_large and source is not None and (blocks_in_row == 1 or not hasattr(source, "chunks")):
            yield from ((array[index], False) for index in _slices(array.shape[:lead], outer, (first, last), frame_bytes))
        elif last > first:
            yield array[(*outer, slice(first, last))], is_large and blocks_in_row > 1


def _slices(lead: tuple[int, ...], outer: tuple[int, ...], span: tuple[int, int], frame_bytes: int) -> Iterator[Any]:
    """Indices of frames in order, some at a time."""
    axis = len(outer)
    if axis < len(lead) - 1:
        for number in range(*span):
            yield from _slices(lead, (*outer, number), (0, lead[axis + 1]), frame_bytes)
        return
    at_once = max(1, _PIECE_BYTES // max(1, frame_bytes))
    for first in range(*span, at_once):
        yield (*outer, slice(first, min(first + at_once, span[1])))


# Where chunks are computed


def _chosen_by_dask(array: Any) -> Computing:
    """As dask's configuration, the surrounding ``with`` blocks or the array say."""
    from dask.base import get_scheduler

    scheduler = get_scheduler(collections=[array])
    owner = getattr(scheduler, "__self__", None)
    if hasattr(owner, "compute") and hasattr(owner, "scatter"):  # a client of dask.distributed
        return OnCluster(owner, _IN_FLIGHT)
    return InThisProcess()


class InThisProcess:
    """Parts one after another, the chunks of each as dask computes them."""

    def in_order(self, parts: Iterator[Any]) -> Iterator[Array]:
        return (np.asarray(part) for part in parts)

    def store(self, row: Any, spool: FrameSpool) -> None:
        # Only threads of this process see the spool; what all chunks need is computed once by them.
        from dask.base import get_scheduler
        from dask.local import get_sync
        from dask.threaded import get as get_threaded

        if get_scheduler(collections=[row]) in (None, get_threaded, get_sync):
            dask.array.store(row, spool, lock=False)
            return
        for region in spool.regions:
            cut = _cut(region)
            spool[cut] = np.asarray(row[cut])


class OnThreads:
    """Parts computed ahead by so many threads, each by itself."""

    def __init__(self, count: int) -> None:
        self._count = count

    def in_order(self, parts: Iterator[Any]) -> Iterator[Array]:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(self._count) as pool:

            def start(part: Any) -> Any:
                return pool.submit(part.compute, scheduler="synchronous")

            yield from (np.asarray(value) for value in _ahead(parts, self._count, start))

    def store(self, row: Any, spool: FrameSpool) -> None:
        dask.array.store(row, spool, lock=False, scheduler="threads", num_workers=self._count)


class OnCluster:
    """Parts computed ahead by the workers of a client, each by itself."""

    def __init__(self, client: Any, count: int) -> None:
        self._client = client
        self._count = count

    def in_order(self, parts: Iterator[Any]) -> Iterator[Array]:
        return (np.asarray(value) for value in _ahead(parts, self._count, self._client.compute))

    def store(self, row: Any, spool: FrameSpool) -> None:
        chunks = (row[_cut(region)] for region in spool.regions)
        for region, value in zip(spool.regions, self.in_order(chunks)):
            spool[_cut(region)] = value


def _cut(region: Any) -> tuple[slice, ...]:
    return tuple(slice(first, last) for first, last in region)


def _ahead(parts: Iterator[Any], count: int, start: Callable[[Any], Any]) -> Iterator[Any]:
    """Results in order; no more than `count` are started and not yet handed over."""
    started: deque[Any] = deque()
    try:
        for part in parts:
            started.append(start(part))
            if len(started) == count:
                yield started.popleft().result()
        while started:
            yield started.popleft().result()
    finally:
        for future in started:
            future.cancel()
