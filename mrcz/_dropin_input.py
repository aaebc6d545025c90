"""What writeMRC is given: arrays, lists of arrays, lazy arrays, as frames of a type that MRC has."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from .casting import CastRecord
from .pixels import DTYPES, unmasked
from .pieces import pieces_of, require_known_sizes

_BLOCK_BYTES = 64 << 20
_NARROWED = {"float64": np.dtype("float32"), "complex128": np.dtype("complex64")}
_HAVE_A_MODE = frozenset(("int8", "int16", "uint16", "int32", "uint32", "float16", "float32", "complex64"))
_logger = logging.getLogger("MRCZ")
_told_of_narrowing = False


class Frames:
    """Frames of one shape and type, from wherever they are; few of them in memory at a time.

    Attributes
    ----------
    count, rows, columns : int
    slices : int
        Of each item of a list; 0 of an array.
    dtype : numpy.dtype
        Of the values given.
    """

    def __init__(self, images: Any) -> None:
        parts = list(images) if isinstance(images, (list, tuple)) else None
        if parts is None:
            if not hasattr(images, "ndim") or not hasattr(images, "dtype"):
                images = np.asarray(images)
            if images.ndim not in (2, 3):
                raise ValueError(f"an image of {images.ndim} axes: MRC holds 2 or 3, [y, x] or [z, y, x]; reshape it, "
                                 "scans of diffraction patterns to (scan_y * scan_x, y, x)")
            self._parts: list[Any] = [_known(images)]
            self.slices = 0
        else:
            self._parts = [_known(part if hasattr(part, "ndim") else np.asarray(part)) for part in parts]
            self._require_one_kind()
            self.slices = 1 if self._parts[0].ndim == 2 else self._parts[0].shape[0]
        first = self._parts[0]
        self.dtype = np.dtype(first.dtype)
        self.rows, self.columns = (int(size) for size in first.shape[-2:])
        self.count = sum(1 if part.ndim == 2 else int(part.shape[0]) for part in self._parts)

    def _require_one_kind(self) -> None:
        if not self._parts:
            raise ValueError("an empty list: there is no image to write")
        first = self._parts[0]
        if first.ndim not in (2, 3):
            raise ValueError(f"a list of arrays of {first.ndim} axes: items have 2 or 3, [y, x] or [z, y, x]")
        for number, part in enumerate(self._parts):
            if part.shape != first.shape:
                raise ValueError(f"Frame {number} has shape {part.shape}, expected {first.shape}")
            if part.dtype != first.dtype:
                raise TypeError(f"Frame {number} has dtype {part.dtype}, expected {first.dtype}")

    def blocks(self, at_once: int, folder: str) -> Iterator[np.ndarray[Any, Any]]:
        """Arrays ``[frame, y, x]``, one after another all there is; of lazy arrays a few chunks at a time, of images in a
        list `at_once`, so that as many threads have work. Chunks that span many frames wait in `folder`."""
        if self.slices == 1 and at_once > 1:
            for first in range(0, len(self._parts), at_once):
                yield np.stack([np.asarray(part) for part in self._parts[first : first + at_once]])
            return
        for part in self._parts:
            for piece in pieces_of(part, folder=folder):
                yield piece[np.newaxis] if piece.ndim == 2 else piece


def _known(images: Any) -> Any:
    """`images`, if all their pixels can be had."""
    require_known_sizes(images.shape, "writeMRC")
    return unmasked(images)


class Cast:
    """Values turned into those of a file, and how many of them that changed."""

    def __init__(self, given: np.dtype[Any], pixel_type: str) -> None:
        self.pixel_type = pixel_type
        self._to = DTYPES[pixel_type]
        self._is_kept = given == self._to and pixel_type != "uint4"
        self.record = CastRecord(given, self._to, pixel_type)

    def pieces(self, block: np.ndarray[Any, Any]) -> Iterator[np.ndarray[Any, Any]]:
        """The block in C order and the machine's byte order; as it is where it lies so."""
        if self._is_kept and block.dtype.isnative and block.flags.c_contiguous:
            yield block
            return
        frame_bytes = max(1, block[0].size * max(self._to.itemsize, block.dtype.itemsize)) if len(block) else 1
        at_once = max(1, _BLOCK_BYTES // 4 // frame_bytes)
        for first in range(0, len(block), at_once):
            yield self._cast(block[first : first + at_once])

    def _cast(self, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        with np.errstate(all="ignore"):
            cast = np.ascontiguousarray(values, dtype=self._to)
            self.record.count(values, cast)
        if self.pixel_type == "uint4" and (np.any(cast > 15) or np.any(cast != values)):
            raise ValueError("dtype uint4 holds whole numbers from 0 to 15; there are others in the image")
        return cast


def _require_known(name: str, wanted: Any) -> str:
    if name not in _HAVE_A_MODE:
        hint = {"uint8": "int8, uint16 or uint4", "bool": "int8"}.get(name, "one of " + ", ".join(sorted(_HAVE_A_MODE)))
        raise TypeError(f"Unsupported dtype for MRC: {wanted}; write dtype= {hint}")
    return name


def cast_to(frames: Frames, dtype: Any, path: str) -> Cast:
    """How `frames` become what a new file holds: `dtype` where one was asked for, float64 as float32 where not.

    Raises
    ------
    TypeError
        If MRC has no mode for it.
    """
    global _told_of_narrowing
    if isinstance(dtype, str) and dtype.strip("<>|=") == "uint4":
        return Cast(frames.dtype, "uint4")
    try:
        wanted = frames.dtype if dtype is None else np.dtype(dtype)
    except TypeError as error:
        raise TypeError(f"Unsupported dtype for MRC: {dtype}") from error
    narrowed = _NARROWED.get(wanted.name)
    if narrowed is not None and not _told_of_narrowing:
        _told_of_narrowing = True
        _logger.warning("%s: %s is written as %s, here and in later files", os.path.basename(path), wanted, narrowed)
    target = narrowed if narrowed is not None else wanted
    pixel_type = _require_known(target.newbyteorder("=").name, wanted)
    return Cast(frames.dtype.newbyteorder("="), pixel_type)


def cast_to_file(frames: Frames, pixel_type: str) -> Cast:
    """How `frames` become more frames of a file that is there."""
    if pixel_type in ("rgb8", "complex_int16"):
        raise TypeError(f"frames cannot be added to a file of {pixel_type} pixels")
    return Cast(frames.dtype.newbyteorder("="), pixel_type)


