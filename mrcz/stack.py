"""The lazy array that :func:`mrcz.open` gives."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any, Callable

import numpy as np

from . import _core, documents, limits, pixels, threads
from .arguments import checked, shown, whole
from .array_manners import ArrayManners
from .converted import Converted
from .errors import ArgumentError
from .extended_header import ExtendedHeader
from .facts import Array, Finding, Section, Statistics, VoxelSize
from .header import Header
from .indexing import select
from .reductions import Reductions
from .sources import Origin
from .threads import checked as checked_threads
from .volumes import Volumes

Progress = Callable[[int, int], object]

_STATISTICS_FIELDS = ("minimum", "maximum", "mean", "std", "nan_count")
# Frames whose parts go into a result are decoded some at a time: their whole pixels take no more than about this.
_BATCH_BYTES = 64 << 20


class Stack(ArrayManners, Reductions):
    """Frames of an MRC or MRCZ file, ``[z, y, x]``, as a lazy array; made by :func:`mrcz.open`.

    Indexing works as NumPy's does and gives NumPy arrays. Only frames that an index touches are read and decoded, on
    several threads; :meth:`mean`, :meth:`std`, :meth:`min`, :meth:`max` and :meth:`sum` hold some of them at a time, also as
    ``np.mean(stack)`` and so on. Safe to use from several threads, and pickles: another process opens the same file again, and
    raises :class:`mrcz.FileChangedError` if it is no longer what it was.
    """

    def __init__(self, origin: Origin, *, threads: int | None = None, mode0: str = "by_header",
                 limits: _core.Limits | None = None, corrected: Callable[[Any], Any] | None = None) -> None:
        self._origin = origin
        self._threads = checked_threads(threads)
        self._mode0 = mode0
        self._limits = limits or _core.Limits()
        self._correction = corrected
        self._reader: Any = origin.open(self._limits, mode0)
        self._pixels: Any = corrected(self._reader) if corrected else self._reader
        self._cached: dict[str, Any] = {}

    # What it is

    @property
    def name(self) -> str:
        """The path or address it was opened by."""
        return self._origin.name

    @property
    def shape(self) -> tuple[int, ...]:
        """(frames, rows, columns), and 3 at the end for colours."""
        reader = self._opened()
        return (reader.frames, reader.rows, reader.columns, *pixels.trailing_shape(self._pixels.pixel_type))

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the arrays it gives, in the machine's byte order. 4-bit pixels come as uint8."""
        return pixels.dtype_of(self._opened_pixels().pixel_type)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        """Numbers in the whole array."""
        size = 1
        for extent in self.shape:
            size *= extent
        return size

    @property
    def nbytes(self) -> int:
        """Bytes of the whole array once decoded; :attr:`file_bytes` are those of the file."""
        return self.size * self.dtype.itemsize

    @property
    def pixel_type(self) -> str:
        """``int8``, ``uint8``, ``int16``, ``uint16``, ``int32``, ``uint32``, ``float16``, ``float32``,
        ``complex_int16``, ``complex64``, ``rgb8`` or ``uint4``."""
        kind: str = self._opened_pixels().pixel_type
        return kind

    @property
    def codec(self) -> str:
        """A name of :func:`mrcz.codecs`; ``raw`` is plain MRC."""
        codec: str = self._opened().codec
        return codec

    @property
    def is_big_endian(self) -> bool:
        big: bool = self._opened().is_big_endian
        return big

    @property
    def file_bytes(self) -> int:
        size: int = self._opened().file_bytes
        return size

    @property
    def header(self) -> Header:
        """The header as the file has it now."""
        return Header(self._opened().header)

    @property
    def original_header(self) -> Header | None:
        """The header of the file it was compressed from, where that is kept."""
        found = self._opened().original_header
        return Header(found) if found is not None else None

    @property
    def voxel_size(self) -> VoxelSize:
        """In Angstrom along x, y and z; 0 where unknown."""
        return VoxelSize(*self._opened().header.voxel_angstrom())

    @property
    def metadata(self) -> Any:
        """The user's metadata as Python objects; None where there are none."""
        return documents.from_document(self._opened().metadata())

    @property
    def provenance(self) -> list[dict[str, Any]]:
        """What was done to the pixels, one dict a step."""
        text = self._opened().provenance()
        return json.loads(text) if text else []

    @property
    def extended_header(self) -> ExtendedHeader:
        return ExtendedHeader(self)

    @property
    def sections(self) -> list[Section]:
        """Parts of the footer; empty for plain files."""
        return [Section(*row) for row in self._opened().sections]

    @property
    def findings(self) -> list[Finding]:
        """What is odd about the file; reading goes on in spite of it."""
        return [Finding(*row) for row in self._opened().findings]

    @property
    def stats(self) -> Statistics:
        """Statistics that the file keeps; reads no pixel."""
        if "stats" not in self._cached:
            self._cached["stats"] = self._statistics()
        stats: Statistics = self._cached["stats"]
        return stats

    def _statistics(self) -> Statistics:
        table = self._opened().statistics()
        if self._correction is not None:
            unknown = float("nan")
            return Statistics(unknown, unknown, unknown, unknown, None)
        if len(table) == 0:
            minimum, maximum, mean, std = self._opened().header.statistics()
            return Statistics(minimum, maximum, mean, std, None)
        frames = np.empty(len(table), [(name, "f8") for name in _STATISTICS_FIELDS[:4]] + [("nan_count", "u8")])
        for column, name in enumerate(_STATISTICS_FIELDS):
            frames[name] = table[:, column]
        minimum, maximum, mean, std = self._opened().combined_statistics()
        return Statistics(minimum, maximum, mean, std, frames)

    def info(self) -> dict[str, Any]:
        """Everything known without reading a pixel, as `mrcz info --json` prints it."""
        known: dict[str, Any] = json.loads(self._opened().info_json())
        return known

    # Pixels

    @checked(first=whole, count=whole)
    def read(self, first: int = 0, count: int | None = None, out: Array | None = None, *,
             progress: Progress | None = None) -> Array:
        """Frames `first` to `first + count - 1`, into `out` where it is given.

        Parameters
        ----------
        first, count : int
            Which frames; all from `first` on without `count`.
        out : numpy.ndarray, optional
            C-ordered, of shape ``(count, *self.shape[1:])`` and of :attr:`dtype`.
        progress : callable, optional
            Called as ``progress(frames_done, frames)`` a few times a second.

        Raises
        ------
        IndexError
            If there are no such frames.
        mrcz.FileDamagedError
            If a frame does not decode, or not to what it was when it was written.
        """
        frames = len(self)
        if count is None:
            count = max(frames - first, 0)
        if first < 0 or count < 0 or first + count > frames:
            raise IndexError(f"frames {first} to {first + count - 1}: {self.name} has frames 0 to {frames - 1}")
        shape = (count, *self.shape[1:])
        if out is None:
            out = np.empty(shape, self.dtype)
        elif not isinstance(out, np.ndarray):
            raise TypeError(f"out: {shown(out)}, expected a numpy.ndarray")
        elif out.shape != shape or out.dtype != self.dtype or not out.flags.c_contiguous:
            raise ArgumentError(f"out: {out.dtype} of shape {out.shape}, expected {self.dtype} of shape {shape}, "
                                "C-ordered", "invalid_argument")
        self._decode(np.arange(first, first + count, dtype=np.int64), out, progress)
        return out

    def _decode(self, frames: Array, out: Array, progress: Progress | None = None) -> None:
        # Corrected frames are always read so that Ctrl-C is heard meanwhile.
        far = {"is_far": True} if self._origin.is_far and self._correction is None else {}
        self._opened_pixels().read_frames(frames, pixels.as_bytes(out), threads.resolve(self._threads), progress, **far)

    def __getitem__(self, key: Any) -> Any:
        shape = self.shape
        wanted = select(key, shape)
        count = wanted.frames.size
        if wanted.per_frame is None:
            whole = np.empty((count, *shape[1:]), self.dtype)
            self._decode(wanted.frames, whole)
            return whole[wanted.cut]
        assert wanted.shape is not None
        if all(part == slice(None) for part in wanted.per_frame):
            result = np.empty((count, *shape[1:]), self.dtype)
            self._decode(wanted.frames, result)
        else:
            result = self._parts(wanted.frames, wanted.per_frame)
        return result.reshape(wanted.shape)[()] if wanted.shape == () else result.reshape(wanted.shape)

    def _parts(self, frames: Array, cut: tuple[Any, ...]) -> Array:
        """The same part of every frame."""
        shape = self.shape[1:]
        frame_bytes = max(self.nbytes // max(len(self), 1), 1)
        at_once = max(threads.resolve(self._threads), _BATCH_BYTES // frame_bytes)
        buffer = np.empty((min(at_once, frames.size), *shape), self.dtype)
        pattern = np.broadcast_to(np.zeros((), self.dtype), shape)[cut]
        result = np.empty((frames.size, *pattern.shape), self.dtype)
        if result.size == 0:
            return result
        for done in range(0, frames.size, at_once):
            some = frames[done : done + at_once]
            self._decode(some, buffer[: some.size])
            result[done : done + some.size] = buffer[: some.size][(slice(None), *cut)]
        return result

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        if copy is False:
            raise ValueError(f"{self.name} is on the disk: making an array of it needs a copy (copy=False was asked for)")
        whole = self.read()
        return whole if dtype is None else whole.astype(dtype, copy=False)

    def __len__(self) -> int:
        frames: int = self._opened().frames
        return frames

    def __iter__(self) -> Iterator[Array]:
        """Frames one after another, decoded some at a time."""
        at_once = threads.resolve(self._threads)
        for first in range(0, len(self), at_once):
            yield from self.read(first, min(at_once, len(self) - first))

    def sum(self, axis: Any = 0, dtype: Any = None, out: Any = None, keepdims: bool = False, **others: Any) -> Any:
        """The sum over all frames, pixel by pixel, exact: uint32 where it fits, else int64; float64 of floats. A file
        that keeps its sum need not be read for it. Other axes than 0, or with a `dtype`, as :meth:`numpy.ndarray.sum`.
        """
        if type(axis) is int and axis == 0 and dtype is None and out is None and not keepdims and not others:
            frames = self._sum_of_frames()
            if frames is not None:
                return frames
        return super().sum(axis, dtype, out, keepdims, **others)

    def _sum_of_frames(self) -> Array | None:
        if self.pixel_type in ("complex_int16", "complex64", "rgb8"):
            return None
        stored: Array | None = self._opened().sum() if self._correction is None else None
        return stored if stored is not None else self._pixels.sum_of_frames(threads.resolve(self._threads))

    def astype(self, dtype: Any, *, casting: Any = "unsafe", copy: bool = True) -> Converted:
        """The same stack with numbers of another type: a lazy array, whose frames are converted when they are read.
        `copy` is taken as NumPy's arrays take it, and changes nothing.

        Raises
        ------
        TypeError
            If `casting` does not allow it.
        """
        return Converted(self, dtype, casting)

    def _blocks(self) -> Iterator[Array]:
        """All frames, some at a time."""
        frame_bytes = max(self.nbytes // max(len(self), 1), 1)
        at_once = max(threads.resolve(self._threads), _BATCH_BYTES // frame_bytes)
        for first in range(0, len(self), at_once):
            yield self.read(first, min(at_once, len(self) - first))

    @property
    def volumes(self) -> Volumes:
        """The stack as a sequence of volumes, each ``[z, y, x]``; a single one unless the file says that it holds
        several (ISPG 401)."""
        return Volumes(self)

    @checked()
    def verify(self, *, progress: Progress | None = None) -> dict[str, Any]:
        """Decodes everything and checks it against the hashes that the file keeps.

        Returns
        -------
        dict
            As :func:`mrcz.verify`.
        """
        from .jobs import verify

        with self._origin.local_path() as path:
            return verify(path, threads=self._threads, mode0=self._mode0, limits=self._limits, progress=progress)

    # Life

    def close(self) -> None:
        """Gives file and memory back; afterwards only the name is left. Twice is no error."""
        self._reader = self._pixels = None

    @property
    def closed(self) -> bool:
        return self._reader is None

    def _opened(self) -> Any:
        if self._reader is None:
            raise ArgumentError("the stack is closed", "invalid_argument", self.name)
        return self._reader

    def _opened_pixels(self) -> Any:
        self._opened()
        return self._pixels

    def __enter__(self) -> Stack:
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._reader is None:
            return f"<mrcz.Stack {self.name!r}, closed>"
        size = self.voxel_size
        spacing = f", {size.x:g} x {size.y:g} x {size.z:g} A" if any(size) else ""
        return f"<mrcz.Stack {self.name!r} {self.shape} {self.pixel_type}{spacing}, {self.codec}>"

    def _options(self) -> dict[str, Any]:
        return {"threads": self._threads, "mode0": self._mode0, "corrected": self._correction,
                "limits": {name: getattr(self._limits, name) for name in limits.NAMES}}

    def __reduce__(self) -> Any:
        return _reopened, (self._origin, self._origin.identity(self._opened()), self._options())

    def __dask_tokenize__(self) -> Any:
        options = self._options()
        del options["threads"]
        return ("mrcz.Stack", self._origin.name, self._origin.identity(self._opened()), repr(sorted(options.items())))


def _reopened(origin: Origin, identity: Any, options: dict[str, Any]) -> Stack:
    bounds = limits.make_limits(**options.pop("limits"))
    stack = Stack(origin, limits=bounds, **options)
    origin.require_identity(identity, stack._reader)
    return stack
