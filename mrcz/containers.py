"""Between MRC files and other containers, as ``mrcz convert`` does."""

from __future__ import annotations

import os
from typing import Any, Optional, Union

from . import _core, pixels
from .arguments import checked
from .jobs import _report
from .limits import make_limits
from .stack import Progress
from .threads import resolve

PathLike = Union[str, "os.PathLike[str]"]


@checked()
def convert(source: PathLike, target: PathLike, *, dataset: str = "", scan: Optional[tuple[int, int]] = None,
            codec: str = "", level: int = 0, filter: str = "auto", block_size: int = 0, dtype: Any = None,  # noqa: A002
            clip: bool = False, round: bool = False, mode0: str = "by_header", overwrite: bool = False,  # noqa: A002
            limits: _core.Limits | None = None, threads: int | None = None,
            progress: Progress | None = None) -> dict[str, Any]:
    """From MRC or MRCZ to a Zarr array or an HDF5 file, or back, by the endings of the names.

    Chunks of blosc are moved as they lie wherever the target can hold them; every frame is decoded and checked against
    the hashes that are kept of it. Pixels, voxel size, header, metadata and record of steps go along.

    Parameters
    ----------
    source, target : path
        Of which one ends in ``.zarr``, ``.h5``, ``.hdf5`` or ``.nxs``.
    dataset : str
        Of an HDF5 file: what to read or write; found, or ``/data``, without.
    scan : (int, int), optional
        Rows and columns of a scan: the array is ``[scan_y, scan_x, y, x]``.
    codec : str
        Frames are coded anew unless it is what they have; as it is by default.
    level, filter, block_size, dtype, clip, round, mode0, overwrite, limits, threads, progress
        As in `mrcz.compress`.

    Returns
    -------
    dict
        ``input``, ``output``, ``frames``, ``moved`` and ``recoded`` (frames), ``why_recoded``, ``left_behind`` (what
        could not go along), ``bytes_in``, ``bytes_out``, ``seconds``.

    Raises
    ------
    mrcz.UnsupportedError
        For what the target cannot hold, and HDF5 where this build has none: `mrcz.hdf5` needs h5py alone.
    """
    kind = None if dtype is None else pixels.pixel_type_of(dtype)
    return _report(_core.convert(
        os.fsdecode(source), os.fsdecode(target), dataset=dataset, scan=scan, codec=codec, level=level,
        block_bytes=block_size, filter=filter, dtype=kind, clip=clip, round=round, overwrite=overwrite, mode0=mode0,
        limits=limits or make_limits(), threads=resolve(threads), progress=progress))
