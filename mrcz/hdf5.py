"""MRC and MRCZ files to datasets of HDF5 files and back by h5py; chunks of blosc are moved, not compressed again.

A dataset has one frame in each chunk and the filter Blosc (32001). To read its pixels HDF5 needs that filter, which the
package hdf5plugin brings; to write it, and to get the file back, h5py is enough.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Union

import numpy as np

from . import _core, threads
from .arguments import checked, flag, path_or
from .errors import (ArgumentError, FileWarning, InputNotFoundError, SystemFailedError, TargetExistsError,
                     UnsupportedError)
from .hdf5_attributes import attributes_of, not_among
from .hdf5_chunks import BLOSC_FILTER, BloscChunks
from .stack import Stack
from .opening import open as open_stack

if TYPE_CHECKING:
    import h5py

    from .stack import Progress

PathLike = Union[str, "os.PathLike[str]"]
Scan = Optional[tuple[int, int]]

__all__ = ["Moved", "from_hdf5", "to_hdf5"]

_COMPRESSORS = ("blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd")  # by the filter's numbers
_MOST_NAMED = 12  # datasets, in a message
_OPTIONAL = 1  # H5Z_FLAG_OPTIONAL: a dataset can be made where the filter is not installed


class Moved(NamedTuple):
    """What became of the frames of `to_hdf5` and `from_hdf5`."""

    frames: int
    moved: int  # whose chunks are in the output as they were in the input
    recompressed: int
    why: str  # of those that were recompressed; empty where there are none
    left_behind: tuple[str, ...] = ()  # what the output could not be given, and why; a warning says so, too


def _h5py() -> Any:
    try:
        import h5py
    except ImportError as error:
        raise UnsupportedError("mrcz.hdf5 needs the package h5py (pip install h5py)", "unsupported") from error
    return h5py


@contextlib.contextmanager
def _opened(target: Any, mode: str) -> Iterator[Any]:
    """The group to work in: of a file that is open already, or of one that is opened for now."""
    h5py = _h5py()
    if isinstance(target, (h5py.Group, h5py.Dataset)):
        yield target
        return
    try:
        file = h5py.File(os.fspath(target), mode)
    except FileNotFoundError as error:
        raise InputNotFoundError("there is no such file", "not_found", os.fspath(target)) from error
    except OSError as error:
        raise SystemFailedError(f"cannot be opened as HDF5: {error}", "io_failed", os.fspath(target)) from error
    with file:
        yield file


@checked(target=path_or, verify=flag)
def to_hdf5(path: PathLike, target: PathLike | h5py.Group, dataset: str = "data", *, scan: Scan = None,
            verify: bool = True, overwrite: bool = False, progress: Progress | None = None) -> Moved:
    """Makes a file's frames a dataset of an HDF5 file.

    Chunks of a blosc codec are written as they lie. Those of other codecs, and plain files, are compressed by zstd; a
    warning says so.

    Parameters
    ----------
    path : path
        An MRC or MRCZ file.
    target : path, h5py.File or h5py.Group
        Where to; a file that is not there is made, in one that is there other datasets stay.
    dataset : str
        Its name, with groups that lead to it.
    scan : (int, int), optional
        Rows and columns of a scan: a dataset of ``[scan_y, scan_x, y, x]``. By default what the file's record says.
    verify : bool
        Decode each frame and check it against the hash that the file keeps, before it is written.
    overwrite : bool
        Replace a dataset that is there.
    progress : callable, optional
        Called as ``progress(frames_done, frames)``.

    Returns
    -------
    Moved
        ``frames``, ``moved``, ``recompressed``, ``why`` and ``left_behind``.

    Notes
    -----
    Attributes of the dataset: ``voxel_size_angstrom`` (along its axes), and ``mrc``, JSON text of header, metadata,
    record of steps and what restores the original, which `from_hdf5` takes back.

    Raises
    ------
    mrcz.UnsupportedError
        Without h5py.
    mrcz.TargetExistsError
    mrcz.FileDamagedError
        When a frame is not what it was; there is then no dataset.
    """
    with open_stack(path) as stack, _opened(target, "a") as group:
        if dataset in group and not overwrite:
            raise TargetExistsError(f"there is a dataset {dataset} already; overwrite=True replaces it",
                                    "target_exists", group.file.filename)
        try:
            description = _v2_array(stack, scan)
        except ArgumentError as error:
            why = f"Zarr and HDF5 have no {stack.codec}" if stack.codec not in _COMPRESSORS else str(error)
            return _recompressed(stack, group, dataset, scan, overwrite, progress, why)
        if description["compressor"] is None:
            return _recompressed(stack, group, dataset, scan, overwrite, progress, "plain MRC is not compressed")
        return _moved(stack, group, dataset, scan, verify, progress)


def _references(stack: Stack, scan: Scan) -> dict[str, Any]:
    return json.loads(_core.zarr_references_json(stack._reader, "", scan))["refs"]


def _v2_array(stack: Stack, scan: Scan) -> dict[str, Any]:
    return json.loads(_references(stack, scan)[".zarray"])


def _recompressed(stack: Stack, group: h5py.Group, dataset: str, scan: Scan, overwrite: bool,
                  progress: Progress | None, why: str) -> Moved:
    from .jobs import compress

    _core.array_type(stack._reader, scan)  # what no array can hold is refused before anything is coded
    warnings.warn(f"{stack.name}: its frames are compressed anew, by zstd: {why}", FileWarning, stacklevel=4)
    with tempfile.TemporaryDirectory(prefix="mrcz-") as folder:
        packed = os.path.join(folder, "frames.mrcz")
        compress(stack.name, packed)
        done = to_hdf5(packed, group, dataset, scan=scan, verify=False, overwrite=overwrite, progress=progress)
    return Moved(done.frames, 0, done.frames, why, done.left_behind)


def _moved(stack: Stack, group: h5py.Group, dataset: str, scan: Scan, verify: bool, progress: Progress | None) -> Moved:
    refs = _references(stack, scan)
    array = _core.array_type(stack._reader, scan)
    # Under another name until it is complete.
    scratch = f"{dataset}.mrcz-unfinished"
    if scratch in group:
        del group[scratch]
    made = _create(group, scratch, stack, array, json.loads(refs[".zarray"])["compressor"])
    try:
        _write_chunks(made, stack, array, verify, progress)
        left_behind = _describe(made, stack, array)
        if dataset in group:
            del group[dataset]
        group.move(scratch, dataset)
    except BaseException:
        del group[scratch]
        raise
    return Moved(len(stack), len(stack), 0, "", left_behind)


def _describe(dataset: h5py.Dataset, stack: Stack, array: dict[str, Any]) -> tuple[str, ...]:
    """What does not fit into attributes."""
    if any(array["voxel_size_angstrom"]):
        dataset.attrs["voxel_size_angstrom"] = array["voxel_size_angstrom"]
    text, left_behind = _core.carried_json(stack.name)
    h5py = _h5py()
    # Of variable length, without the 64 KiB that the old form of attributes holds.
    dataset.attrs.create("mrc", text, dtype=h5py.string_dtype())
    for what in left_behind:
        warnings.warn(f"{stack.name}: not taken along: {what}", FileWarning, stacklevel=5)
    return tuple(left_behind)


def _create(group: h5py.Group, name: str, stack: Stack, array: dict[str, Any], compressor: dict[str, Any]) -> Any:
    h5py = _h5py()
    dtype = np.dtype(array["dtype"])
    frame_bytes = int(stack._reader.frame_bytes)
    pixel_bytes = frame_bytes // (stack._reader.rows * stack._reader.columns)
    # Of filter and chunks their versions, bytes of a pixel and of a chunk, and how to compress.
    options = (2, 2, pixel_bytes, frame_bytes, compressor["clevel"], compressor["shuffle"],
               _COMPRESSORS.index(compressor["cname"]))
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_chunk(array["chunks"])
    properties.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    properties.set_filter(BLOSC_FILTER, _OPTIONAL, options)
    links = h5py.h5p.create(h5py.h5p.LINK_CREATE)
    links.set_create_intermediate_group(True)
    made = h5py.h5d.create(group.id, name.encode(), h5py.h5t.py_create(dtype.newbyteorder("<"), logical=True),
                           h5py.h5s.create_simple(array["shape"]), properties, links)
    return h5py.Dataset(made)


def _write_chunks(dataset: Any, stack: Stack, array: dict[str, Any], verify: bool, progress: Progress | None) -> None:
    at_once = threads.resolve(None)
    frames = len(stack)
    for first in range(0, frames, at_once):
        some = min(at_once, frames - first)
        if verify:
            stack.read(first, some)
        for index in range(first, first + some):
            place = _place(index, array)
            dataset.id.write_direct_chunk(place, _core.read_stored_frame(stack._reader, index))
        if progress is not None:
            progress(first + some, frames)


def _place(index: int, array: dict[str, Any]) -> tuple[int, ...]:
    """Where the chunk of a frame begins, in numbers."""
    place = [0] * len(array["shape"])
    for axis in reversed(range(len(place))):
        if array["axes"][axis] in ("z", "scan_x", "scan_y"):
            place[axis] = index % array["shape"][axis]
            index //= array["shape"][axis]
    return tuple(place)


class _Frames:
    """A dataset as the library reads it: a frame at a time, its chunk or its pixels."""

    def __init__(self, dataset: h5py.Dataset) -> None:
        self._dataset = dataset
        self.attributes = attributes_of(dataset)
        self._leading = dataset.shape[: max(0, dataset.ndim - 2 - _parts(dataset, self.attributes.readable))]
        self._blosc = BloscChunks(dataset)
        self.facts = {
            "container": "HDF5",
            "place": dataset.name,
            "shape": list(dataset.shape),
            "number": _number(dataset),
            "attributes": json.dumps(self.attributes.readable),
            "why_not_moved": self._why_not_moved(),
            "stored_bytes": dataset.id.get_storage_size(),
        }

    def _why_not_moved(self) -> str:
        dataset = self._dataset
        one_frame = (*[1] * len(self._leading), *dataset.shape[len(self._leading) :])
        if dataset.chunks is None:
            return "its chunks are not compressed"
        if dataset.chunks != one_frame:
            return f"its chunks of {'x'.join(map(str, dataset.chunks))} are no single frames"
        properties = dataset.id.get_create_plist()
        filters = [properties.get_filter(index) for index in range(properties.get_nfilters())]
        if [found[0] for found in filters] != [BLOSC_FILTER]:
            names = " and ".join(found[3].decode("utf-8", "replace") or f"filter {found[0]}" for found in filters)
            return f"its chunks are coded with {names}" if names else "its chunks are not compressed"
        return "its numbers are big-endian" if dataset.dtype.newbyteorder("<") != dataset.dtype else ""

    def _index(self, frame: int) -> tuple[int, ...]:
        return tuple(int(part) for part in np.unravel_index(frame, self._leading)) if self._leading else ()

    def chunk(self, frame: int) -> bytes:
        place = (*self._index(frame), *[0] * (self._dataset.ndim - len(self._leading)))
        try:
            left_out, chunk = self._dataset.id.read_direct_chunk(place)
        except (OSError, RuntimeError, ValueError):
            return b""  # never written: pixels are then what the dataset is filled with
        return b"" if left_out else bytes(chunk)

    def pixels(self, frame: int, out: memoryview) -> None:
        self._blosc.require(self._index(frame))
        try:
            found = self._dataset[self._index(frame)]
        except OSError as error:
            raise UnsupportedError(f"frame {frame} cannot be read: {error}. The filters of its chunks may be missing: "
                                   "`import hdf5plugin` (pip install hdf5plugin) brings most of them", "unsupported",
                                   self._dataset.file.filename) from error
        out[:] = np.ascontiguousarray(found, self._dataset.dtype.newbyteorder("<")).reshape(-1).view("u1").data


def _parts(dataset: h5py.Dataset, attributes: dict[str, Any]) -> int:
    """1 where the last axis counts the parts of a pixel: colours, and complex integers of our own."""
    if dataset.ndim < 4:
        return 0
    if dataset.dtype == np.uint8 and dataset.shape[-1] == 3:
        return 1
    header = attributes.get("mrc", {}).get("header")
    mode = header.get("MODE") if isinstance(header, dict) else None
    return int(dataset.dtype.kind == "i" and dataset.dtype.itemsize == 2 and dataset.shape[-1] == 2 and
               isinstance(mode, int) and mode % 1000 == 3)


def _number(dataset: h5py.Dataset) -> str:
    name = dataset.dtype.newbyteorder("=").name
    known = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "float16", "float32", "complex64")
    if name not in known:
        raise ArgumentError(f"{dataset.name} is of {name}, and MRC files have no mode for that: they hold "
                            f"{', '.join(known)}; convert it before, by astype", "invalid_argument",
                            dataset.file.filename)
    return dataset.dtype.str[1:]


def _datasets_in(group: h5py.Group) -> str:
    """Names by which they are asked for, those of images first."""
    found: list[tuple[bool, str]] = []
    group.visititems(lambda name, member: found.append((len(member.shape or ()) < 2, name))
                     if isinstance(member, _h5py().Dataset) else None)
    names = [name for _, name in sorted(found, key=lambda row: row[0])]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{', '.join(names[:_MOST_NAMED])}{more}" if names else "no datasets"


def from_hdf5(source: PathLike | h5py.Group, dataset: str, path: PathLike, *, codec: str = "", overwrite: bool = False,
              progress: Progress | None = None) -> Moved:
    """Makes a dataset of an HDF5 file an MRCZ (or, by its name, a plain MRC) file.

    Chunks that are one frame each, coded by blosc, little-endian, are moved as they lie, after they were decoded once
    to see that they can be; others are read, which needs their filters, and compressed, by zstd unless `codec` says
    otherwise. A warning says so.

    Parameters
    ----------
    source : path, h5py.File or h5py.Group
    dataset : str
        Of two axes (an image), three (frames) or four (a scan, whose shape is kept in the record of steps).
    path : path
        The file to write; ``.mrc`` and ``.mrcs`` are plain.
    codec : str
        Of `mrcz.codecs`; the chunks' own by default.
    overwrite : bool
    progress : callable, optional
        Called as ``progress(frames_done, frames)``.

    Returns
    -------
    Moved
        ``frames``, ``moved``, ``recompressed``, ``why`` and ``left_behind``.

    Notes
    -----
    The dataset's attributes become metadata. Those that JSON has no form for (NaN, complex numbers, bytes that are no
    text, references), and those that cannot be joined to the metadata which a dataset of `to_hdf5` carries, are told
    in ``left_behind``.

    Raises
    ------
    mrcz.UnsupportedError
        Without h5py, or the filter of chunks that have to be read.
    mrcz.ArgumentError
        Where there is no such dataset, or it is none that MRC can hold.
    mrcz.FileDamagedError
        When a chunk does not decode, or not to as many bytes as the dataset's chunks have; nothing is written then.
    """
    h5py = _h5py()
    with _opened(source, "r") as group:
        found = group.get(dataset)
        if not isinstance(found, h5py.Dataset):
            what = "is a group" if isinstance(found, h5py.Group) else "is not there"
            raise ArgumentError(f"the dataset {dataset} {what}; there are {_datasets_in(group)}", "invalid_argument",
                                group.file.filename)
        frames = _Frames(found)
        report, said = _core.convert_array(frames, name=group.file.filename, output=os.fsdecode(path),
                                           codec=codec, overwrite=overwrite, limits=_core.Limits(),
                                           threads=threads.resolve(None), progress=progress)
    for message in said:
        warnings.warn(message, FileWarning, stacklevel=2)
    done = json.loads(report)
    with open_stack(path) as stack:
        taken = stack.metadata if isinstance(stack.metadata, dict) else {}
    left_behind = (*done.get("left_behind", ()), *frames.attributes.left_behind, *not_among(taken, frames.attributes))
    result = Moved(done["frames"], done["moved"], done["recoded"], done.get("why_recoded") or "", left_behind)
    if result.recompressed and not os.fspath(path).endswith((".mrc", ".mrcs")):
        warnings.warn(f"{os.fspath(path)}: {result.recompressed} of {result.frames} frames were compressed anew: "
                      f"{result.why}", FileWarning, stacklevel=2)
    for what in result.left_behind:
        warnings.warn(f"{os.fspath(path)}: not taken along: {what}", FileWarning, stacklevel=2)
    return result
