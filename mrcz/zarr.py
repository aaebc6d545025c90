"""MRC and MRCZ files as Zarr arrays, where they lie: their frames are chunks as Zarr has them.

A file compressed by mrcz with a blosc codec is a shard of Zarr v3; a ``zarr.json`` beside a link to it makes it an array
(`link`). References as kerchunk writes them (`references`) serve Zarr v2, and plain files too. `open_array` needs
neither: it gives a ``zarr.Array`` over any MRC or MRCZ file.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Union

from . import _core, threads
from .arguments import checked, path as a_path
from .errors import ArgumentError, UnsupportedError
from .stack import Stack
from .opening import open as open_stack
from .writing import write as write_mrcz

if TYPE_CHECKING:
    import zarr

    from .stack import Progress

PathLike = Union[str, "os.PathLike[str]"]
Scan = Optional[tuple[int, int]]

_CODECS = ("zstd", "lz4", "lz4hc", "zlib", "blosclz")

__all__ = ["convert", "link", "open_array", "references", "write", "zarr_json"]


@checked()
def zarr_json(path: PathLike, *, scan: Scan = None) -> str:
    """The ``zarr.json`` of a Zarr v3 array whose one shard, under the key ``c/0/0/0``, is the file.

    Parameters
    ----------
    path : path
        An MRCZ file of a blosc codec, with its index.
    scan : (int, int), optional
        Rows and columns of a scan: an array of ``[scan_y, scan_x, y, x]``. By default what the file's record says.

    Raises
    ------
    mrcz.ArgumentError
        For a file that is no shard: plain, without index, or of a codec that Zarr does not have.
    """
    with open_stack(path) as stack:
        return _core.zarr_metadata_json(stack._reader, scan, True)


@checked()
def references(path: PathLike, *, url: str | None = None, scan: Scan = None) -> dict[str, Any]:
    """A Zarr v2 array as references into the file, as kerchunk writes them (version 1).

    Parameters
    ----------
    path : path
        A plain file, or an MRCZ file of a blosc codec.
    url : str, optional
        Where readers will find the file; its absolute path by default.
    scan : (int, int), optional
        As in `zarr_json`.

    Returns
    -------
    dict
        For ``fsspec.filesystem("reference", fo=...)``; `json.dump` makes a file of it.

    Raises
    ------
    mrcz.ArgumentError
        For a codec that Zarr does not have.

    Examples
    --------
    >>> found = mrcz.zarr.references(example)
    >>> found["version"], len(found["refs"])
    (1, 42)
    """
    with open_stack(path) as stack:
        return json.loads(_core.zarr_references_json(stack._reader, url or os.path.abspath(path), scan))


@checked(folder=a_path)
def link(path: PathLike, folder: PathLike, *, kind: str = "symbolic", absolute: bool = False, scan: Scan = None,
         overwrite: bool = False) -> None:
    """Makes a folder a Zarr v3 array whose shard is the file.

    Parameters
    ----------
    path, folder : path
    kind : {"symbolic", "hard", "copy"}
        How the file gets into the folder.
    absolute : bool
        A symbolic link by the full path; otherwise relative, so that both can be moved together.
    scan : (int, int), optional
        As in `zarr_json`.
    overwrite : bool
        Replace a Zarr array that is there.

    Raises
    ------
    mrcz.ArgumentError
        As `zarr_json` does.
    mrcz.TargetExistsError
    """
    _core.zarr_link(os.fspath(path), os.fspath(folder), kind=kind, absolute=absolute, overwrite=overwrite, scan=scan,
                    threads=threads.resolve(None))


@checked()
def open_array(path: PathLike, *, scan: Scan = None) -> zarr.Array:
    """A file as a ``zarr.Array``, read-only.

    Chunks of blosc codecs and plain frames go to Zarr as they lie in the file; frames of other codecs (``rans``), and
    of pixels that Zarr has no type for, are decoded by mrcz when Zarr asks for them. Zarr's own checks do not know the
    hashes that mrcz keeps of frames; `mrcz.verify` does.

    Parameters
    ----------
    path : path
    scan : (int, int), optional
        As in `zarr_json`.

    Raises
    ------
    mrcz.UnsupportedError
        Where there is no zarr 3.
    """
    zarr = _zarr_3()
    from .zarr_store import store_of

    return zarr.open_array(store_of(open_stack(path), scan), mode="r")


def _zarr_3() -> Any:
    try:
        import zarr
    except ImportError as error:
        raise UnsupportedError("open_array needs the package zarr, version 3 (pip install zarr)", "unsupported") from error
    if int(zarr.__version__.split(".")[0]) < 3:
        raise UnsupportedError(f"open_array needs zarr 3, this is {zarr.__version__}; mrcz.zarr.references serves zarr 2",
                               "unsupported")
    return zarr


@checked(folder=a_path)
def write(folder: PathLike, data: Any, *, codec: str = "zstd", scan: Scan = None, overwrite: bool = False,
          progress: Progress | None = None, **options: Any) -> None:
    """Writes an array as a Zarr v3 array whose one shard is an MRCZ file: readers of either find what they expect.

    Parameters
    ----------
    folder : path
        Appears when it is complete.
    data : array, dask array, :class:`mrcz.Stack`, or iterable of frames
        As `mrcz.write` takes it; with four axes, those of a scan.
    codec : str
        ``zstd``, ``lz4``, ``lz4hc``, ``zlib`` or ``blosclz``.
    scan : (int, int), optional
        Rows and columns of the scan that the frames belong to; the first two axes of data of four.
    overwrite : bool
        Replace a Zarr array that is there.
    progress : callable, optional
        As in `mrcz.write`.
    **options
        As `mrcz.Writer` takes them.
    """
    if codec not in _CODECS:
        raise ArgumentError(f"codec: {codec!r}, which Zarr does not have; there are {', '.join(_CODECS)}",
                            "invalid_argument", os.fspath(folder))
    shape = getattr(data, "shape", ())
    if scan is None and len(shape) == 4:
        scan = (int(shape[0]), int(shape[1]))
    target = Path(folder)
    scratch = tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.absolute().parent)
    try:
        shard = Path(scratch, "shard.mrcz")
        write_mrcz(shard, data, codec=codec, progress=progress, **options)
        # A second name for the file, whose first one then goes.
        try:
            link(shard, target, kind="hard", scan=scan, overwrite=overwrite)
        except OSError as error:
            if isinstance(error, FileExistsError):
                raise
            link(shard, target, kind="copy", scan=scan, overwrite=overwrite)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def convert(source: PathLike, target: PathLike, **options: Any) -> dict[str, Any]:
    """From MRC or MRCZ to a Zarr array, or from a Zarr array to MRC or MRCZ, by the endings of the names. Chunks of
    blosc are moved as they lie wherever the target can hold them.

    Takes and returns what `mrcz.convert` does.
    """
    from .containers import convert as convert_file

    for name in (source, target):
        if os.path.splitext(os.fspath(name))[1].lower() == ".zarr" or os.path.isdir(name):
            return convert_file(source, target, **options)
    raise ArgumentError(f"neither {os.fspath(source)} nor {os.fspath(target)} is a Zarr array (a folder, or a name that "
                        "ends in .zarr)", "invalid_argument")
