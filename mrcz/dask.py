"""Dask: stacks as dask arrays, dask arrays as files, and sessions of movies corrected on many machines.

Needs dask (``pip install libmrcz[dask]``). Workers open files by their paths, so all machines have to see them under the
same names.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

try:
    import dask
    import dask.array
    from dask.base import tokenize
    from dask.highlevelgraph import HighLevelGraph
except ImportError as error:
    raise ImportError("mrcz.dask needs dask: pip install 'libmrcz[dask]', or dask[array] and distributed") from error

from . import _core, pixels
from .arguments import checked, flag, whole_of_31_bits
from .corrections import Correction, correction_of
from .dask_frames import Computing, OnCluster, OnThreads, frames_of
from .dask_session import process_session
from .errors import ArgumentError, TargetExistsError
from .frame_spool import folder_of, spans
from .pieces import require_known_sizes
from .processing import CorrectedStack
from .sources import Origin, origin_of
from .stack import Stack
from .writer import Writer
from .writing import is_of_colours

Array = np.ndarray[Any, Any]

# Between 64 and 128 MB: large beside what a task costs, small beside a worker's memory.
_CHUNK_BYTES = 96_000_000
_OPEN_STACKS = 8


class _Recipe:
    """How to open a stack, in any process. What corrections find in it is found by the first task that needs it, and goes
    to all others."""

    def __init__(self, origin: Origin, identity: Any, mode0: str, correction: Correction | None, token: str) -> None:
        self.origin = origin
        self.identity = identity
        self.mode0 = mode0
        self.correction = correction
        self.token = token

    def open(self) -> Stack:
        if self.correction is None:
            stack = Stack(self.origin, mode0=self.mode0, threads=1)
        else:
            stack = CorrectedStack(self.origin, self.correction, mode0=self.mode0, threads=1)
        self.origin.require_identity(self.identity, stack._reader)
        return stack

    def __dask_tokenize__(self) -> Any:
        return self.token


class _OpenStacks:
    """The stacks that a process has read from lately."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stacks: OrderedDict[str, Stack] = OrderedDict()
        self._process = os.getpid()

    def get(self, token: str, make: Callable[[], Stack]) -> Stack:
        with self._lock:
            if self._process != os.getpid():
                self._stacks.clear()
                self._process = os.getpid()
            if token in self._stacks:
                self._stacks.move_to_end(token)
                return self._stacks[token]
        stack = make()
        with self._lock:
            self._stacks[token] = stack
            while len(self._stacks) > _OPEN_STACKS:
                self._stacks.popitem(last=False)
        return stack


_open_stacks = _OpenStacks()


def _prepare(recipe: _Recipe) -> tuple[str, Stack]:
    """Opens a stack once; it pickles with what was found in it."""
    return recipe.token, _open_stacks.get(recipe.token, recipe.open)


def _read(prepared: tuple[str, Stack], first: int, count: int, rows: tuple[int, int], columns: tuple[int, int],
          is_stacked: bool) -> Array:
    token, stack = prepared
    # The stack that came along is the one at hand where this process has opened it already.
    stack = _open_stacks.get(token, lambda: stack)
    whole = rows == (0, stack.shape[1]) and columns == (0, stack.shape[2])
    some: Array = stack.read(first, count) if whole else stack[first : first + count, slice(*rows), slice(*columns)]
    return some[np.newaxis] if is_stacked else some


class _Source:
    """What is known of a stack without decoding it."""

    def __init__(self, source: Any, asked: dict[str, Any], mode0: str) -> None:
        if isinstance(source, CorrectedStack):
            if asked:
                raise ArgumentError("is corrected on load already: give the file, and all corrections at once",
                                    "invalid_argument", source.name)
            self.origin, stack, correction = source._origin, source, source._settled()
        else:
            self.origin = source._origin if isinstance(source, Stack) else origin_of(source)
            stack = source if isinstance(source, Stack) else Stack(self.origin, mode0=mode0)
            correction = correction_of(**asked, mode0=mode0, absolute=True) if asked else None
        mode0 = stack._mode0
        reader = stack._opened()
        kind = reader.pixel_type
        if correction is not None:
            kind = _core.corrected_type(kind, correction.options, correction.at_hand)
        self.name = stack.name
        self.dtype = pixels.dtype_of(kind)
        self.shape = (reader.frames, reader.rows, reader.columns, *pixels.trailing_shape(kind))
        identity = self.origin.identity(reader)
        token = tokenize("mrcz", self.name, identity, mode0, correction.token() if correction else None)
        self.recipe = _Recipe(self.origin, identity, mode0, correction, token)


def _chunks_of(source: _Source, chunks: Any) -> tuple[tuple[int, ...], ...]:
    whole = (-1,) * (len(source.shape) - 1)
    if chunks is None:
        frame_bytes = max(1, int(np.prod(source.shape[1:])) * source.dtype.itemsize)
        chunks = max(1, _CHUNK_BYTES // frame_bytes)
    if isinstance(chunks, (int, np.integer)):
        chunks = (int(chunks), *whole)
    found: tuple[tuple[int, ...], ...] = dask.array.core.normalize_chunks(chunks, source.shape, dtype=source.dtype)
    return found


def _tasks(name: str, prepared: str, number: int | None, chunks: tuple[tuple[int, ...], ...]) -> dict[Any, Any]:
    lead = () if number is None else (number,)
    tail = (0,) * (len(chunks) - 3)
    return {
        (name, *lead, i, j, k, *tail): (_read, prepared, first, last - first, rows, columns, number is not None)
        for i, (first, last) in enumerate(spans(chunks[0]))
        for j, rows in enumerate(spans(chunks[1]))
        for k, columns in enumerate(spans(chunks[2]))
    }


@checked(concatenate=flag)
def from_mrcz(source: Any, chunks: Any = None, *, concatenate: bool = False, mode0: str = "by_header",
              **correction: Any) -> dask.array.Array:
    """A dask array of a stack, or of the stacks of several files.

    Parameters
    ----------
    source : path, URL, Stack, or list of these
        A list gives ``[movie, z, y, x]``; all must be alike.
    chunks : int or chunks, optional
        Frames a chunk, or chunks as dask has them; without, as many whole frames as make 64 to 128 MB. A part of a frame
        costs as much as all of it.
    concatenate : bool
        A list gives ``[z, y, x]``, the frames of all files one after another.
    **correction
        ``gain``, ``outliers`` and so on as :func:`mrcz.correct` takes them. What has to be found in a movie is found by
        one task when the array is computed.

    Returns
    -------
    dask.array.Array
        Its name follows from files, corrections and chunks: the same again for the same files, another one for files
        that have changed.

    Examples
    --------
    >>> import mrcz.dask
    >>> movie = mrcz.dask.from_mrcz(example, chunks=10)
    >>> movie.shape, movie.numblocks
    ((40, 135, 160), (4, 1, 1))
    >>> float(movie.mean().compute().round(2))
    22334.8
    """
    is_list = isinstance(source, (list, tuple))
    sources = [_Source(one, correction, mode0) for one in (source if is_list else [source])]
    if not sources:
        raise ArgumentError("from_mrcz: no files", "invalid_argument")
    _require_alike(sources, concatenate)
    each = [_chunks_of(one, chunks) for one in sources]
    name = "mrcz-" + tokenize([one.recipe.token for one in sources], each, is_list, concatenate)
    graph: dict[Any, Any] = {}
    arrays = []
    for number, (one, sizes) in enumerate(zip(sources, each)):
        prepared = f"mrcz-stack-{one.recipe.token}"
        graph[prepared] = (_prepare, one.recipe)
        if not is_list or concatenate:
            own = name if not is_list else f"{name}-{number}"
            tasks = {prepared: graph[prepared], **_tasks(own, prepared, None, sizes)}
            arrays.append(dask.array.Array(HighLevelGraph.from_collections(own, tasks), own, sizes, one.dtype))
        else:
            graph.update(_tasks(name, prepared, number, sizes))
    if not is_list:
        return arrays[0]
    if concatenate:
        return dask.array.concatenate(arrays)
    return dask.array.Array(HighLevelGraph.from_collections(name, graph), name, ((1,) * len(sources), *each[0]),
                            sources[0].dtype)


def _require_alike(sources: list[_Source], concatenate: bool) -> None:
    first = sources[0]
    for other in sources[1:]:
        same_frames = other.shape[1:] == first.shape[1:] and other.dtype == first.dtype
        if not same_frames or (other.shape[0] != first.shape[0] and not concatenate):
            raise ArgumentError(f"{other.dtype} of shape {other.shape}, but {first.name} is {first.dtype} of shape "
                                f"{first.shape}: one array holds movies that are alike"
                                + ("; concatenate=True joins those of different lengths" if same_frames else ""),
                                "invalid_argument", other.name)


# Writing


class _Held:
    """An array that dask does not look into: its chunks are computed when there is room for them."""

    def __init__(self, array: dask.array.Array) -> None:
        self.array = array

    def __dask_tokenize__(self) -> Any:
        return tokenize(self.array)


@checked(compute=flag, in_flight=whole_of_31_bits)
def to_mrcz(array: Any, path: str | os.PathLike[str], *, compute: bool = True, in_flight: int = 4,
            overwrite: bool = False, **options: Any) -> Any:
    """Writes a dask array to a file, chunk by chunk, holding no more than `in_flight` + 2 chunks, and 64 MB of frames (or
    one frame) where several chunks make a frame.

    Parameters
    ----------
    array : dask.array.Array
        ``[z, y, x]``, or of more axes, the last two of which are a frame.
    path : path
        As :class:`mrcz.Writer` takes it; on a cluster one that the workers see. The file appears when it is complete.
    compute : bool
        False: returns a :class:`dask.delayed.Delayed` that writes when it is computed.
    in_flight : int
        Chunks that are computed ahead of the one that is written.
    overwrite : bool
        Replace an existing file.
    **options
        As :class:`mrcz.Writer` takes them: ``codec``, ``level``, ``voxel_size``, ``metadata``.

    Notes
    -----
    One task writes, in order; on ``dask.distributed`` it runs on one worker, and chunks are computed by all. Chunks are
    computed independently: what all of them need, such as the mean of the array, is best computed before.

    Where several chunks make a frame, those of the same frames are computed together if they are of 64 MB at most. If
    they are more, because they span many frames, each waits, computed once, in a file without a name in the folder of
    `path`; that needs room for the frames that they span, unpacked. Chunks above 64 MB that are only loaded, as those of
    ``dask.array.from_array``, are loaded in slices of 64 MB. What dask itself has to hold for the computation is beyond
    this: `rechunk` across frames holds all that it takes chunks from.
    """
    array = dask.array.asarray(pixels.unmasked(array))
    if array.ndim < 2:
        raise ArgumentError(f"to_mrcz: an array of shape {array.shape}, expected frames [..., y, x]", "invalid_argument")
    if in_flight < 1:
        raise ArgumentError(f"in_flight: {in_flight}, at least 1 chunk has to be", "invalid_argument")
    require_known_sizes(array.shape, "to_mrcz")
    target = os.path.abspath(os.fsdecode(path))
    if os.path.lexists(target) and not overwrite:
        raise TargetExistsError("exists already; overwrite=True replaces it", "target_exists", target)
    pixels.pixel_type_of(options.get("dtype", array.dtype))
    if compute and not _is_on_cluster(array):
        return _write(_Held(array), target, in_flight, options)  # in this thread, which is the one that hears Ctrl-C
    written = dask.delayed(_write, pure=False, traverse=False)(_Held(array), target, in_flight, options)
    return written.compute() if compute else written


def _is_on_cluster(array: Any) -> bool:
    """Whether workers of dask.distributed compute what belongs to `array`."""
    from dask.base import get_scheduler

    return _is_in_worker() or hasattr(getattr(get_scheduler(collections=[array]), "__self__", None), "scatter")


def _is_in_worker() -> bool:
    try:
        from distributed.worker import get_worker

        get_worker()
    except (ImportError, ValueError):
        return False
    return True


def _write(held: _Held, target: str, in_flight: int, options: dict[str, Any]) -> str:
    """A task, which may run a second time where its worker died: what it left is replaced."""
    array = held.array
    frame_axes = 3 if is_of_colours(options) else 2
    shape = array.shape[array.ndim - frame_axes :][:2]
    with Writer(target, shape, overwrite=True, **{"dtype": array.dtype, **options}) as writer, \
            _computing(in_flight) as computing:
        for frames in frames_of(array, frame_axes, folder_of(target), computing):
            writer.append(frames)
            del frames
    return target


@contextmanager
def _computing(in_flight: int) -> Iterator[Computing]:
    if not _is_in_worker():
        yield OnThreads(in_flight)
        return
    from distributed import worker_client

    with worker_client() as client:
        yield OnCluster(client, in_flight)


__all__ = ["from_mrcz", "process_session", "to_mrcz"]
