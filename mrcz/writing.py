"""Whole arrays of any kind as files: :func:`mrcz.write`."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from . import likeness
from .arguments import checked, shown, volume_kind
from .casting import CastRecord
from .converted import Converted
from .errors import ArgumentError
from .frame_spool import folder_of
from .output_names import codec_of
from .pieces import pieces_of, require_known_sizes
from .stack import Progress, Stack
from .writer import Writer, sections_of


@checked()
def write(path: str | os.PathLike[str], data: Any, *, progress: Progress | None = None, **options: Any) -> None:
    """Writes an array, or anything that gives frames, to a file.

    Parameters
    ----------
    path : path
    data : array, dask array, :class:`Stack` (also of :meth:`Stack.astype`), or iterable of frames
        ``[z, y, x]`` or a single frame ``[y, x]``; of more axes the last two are a frame. What is not in memory (a dask
        array, a memory map, a dataset of h5py or zarr) is fetched in pieces of about 64 MB, or a chunk at a time where
        chunks are larger; a dask array by its own chunks. Where chunks span many frames but are parts of them, each is
        computed once and waits in a file without a name beside `path`, which needs room for the frames that they span,
        unpacked; no more is held than the chunks that dask computes at once, and 64 MB of frames.
    progress : callable, optional
        Called as ``progress(frames_done, frames)`` after each piece.
    **options
        As :class:`Writer` takes them.

    Examples
    --------
    >>> import numpy as np
    >>> mrcz.write(folder / "dark.mrc", np.zeros((64, 64), "float32"), voxel_size=2)
    >>> mrcz.open(folder / "dark.mrc")
    <mrcz.Stack '...dark.mrc' (1, 64, 64) float32, 2 x 2 x 2 A, raw>
    """
    _require_pixels(data)
    require_known_sizes(getattr(data, "shape", ()), "write")
    if isinstance(data, Converted):
        options.setdefault("dtype", data.dtype)
    original = data.stack if isinstance(data, Converted) else data
    if isinstance(original, Stack):
        options.setdefault("like", original)
        likeness.tell_what_stays_behind(original,
                                        is_plain=options.get("codec") == "raw" or codec_of(os.fspath(path)) == "raw")
    shape = getattr(data, "shape", ())
    if options.get("volume") is not None:
        options["volume"] = _volume(volume_kind("volume", options["volume"]), shape, 3 if is_of_colours(options) else 2, path)
    with Writer(path, **options) as writer:
        record = None
        if isinstance(data, Converted):
            record = CastRecord(original.dtype, data.dtype, writer.pixel_type or data.dtype.name,
                                is_direct=not isinstance(data._source, Converted))
        axes = 3 if writer.pixel_type == "rgb8" else 2
        total = int(np.prod(shape[:-axes])) if shape else 0
        for piece in pieces_of(original, axes, folder_of(path)):
            if record is not None:
                given, piece = piece, data.converted(piece)
                record.count(given, piece)
                del given
            writer.append(piece)
            if progress is not None:
                progress(writer.frames_written, total or writer.frames_written)
        if record is not None:
            writer._record(record)
    if record is not None:
        record.tell(os.fsdecode(path))


def _require_pixels(data: Any) -> None:
    if isinstance(data, (str, bytes, os.PathLike)):
        raise TypeError(f"data: {shown(data)} is a name, expected pixels: mrcz.open({shown(data)}) gives those of an MRC file")
    if hasattr(data, "keys") and not hasattr(data, "dtype"):
        raise TypeError(f"data: a {type(data).__name__} holds arrays by names, expected one of them: "
                        f"{type(data).__name__.lower()}[name]")


def is_of_colours(options: dict[str, Any]) -> bool:
    return bool((options.get("dtype") or getattr(options.get("like"), "pixel_type", None)) == "rgb8")


def _volume(volume: bool | int, shape: tuple[int, ...], frame_axes: int, path: Any) -> bool | int:
    """Sections of each volume; where an array of more than three axes is volumes, as it has them."""
    if volume is True and len(shape) > frame_axes + 1:
        return int(shape[-frame_axes - 1])
    sections, frames = sections_of(volume, path), int(np.prod(shape[:-frame_axes]))
    if sections and len(shape) >= frame_axes and frames % sections:
        raise ArgumentError(f"volume: {frames} frames are no whole volumes of {sections}", "invalid_argument",
                            os.fspath(path))
    return volume
