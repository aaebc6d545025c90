"""Opening and making files, whatever they are compressed with."""

from __future__ import annotations

import builtins
import os

import numpy as np

from .. import _core
from . import utils
from .bzip2mrcfile import Bzip2MrcFile
from .dtypes import HEADER_DTYPE
from .future_mrcfile import FutureMrcFile
from .gzipmrcfile import GzipMrcFile
from .mrcfile import MrcFile
from .mrcmemmap import MrcMemmap, new_dtype
from .mrczfile import MrczFile, writing_codecs

_WRAPPERS: dict[bytes, type[MrcFile]] = {b"\x1f\x8b": GzipMrcFile, b"BZh": Bzip2MrcFile, b"\x28\xb5\x2f\xfd": MrczFile}
_COMPRESSIONS: dict[str, type[MrcFile]] = {"gzip": GzipMrcFile, "bzip2": Bzip2MrcFile}
_COMPRESSION_BY_ENDING = {".gz": "gzip", ".bz2": "bzip2", ".mrcz": "zstd", ".mrczs": "zstd"}


def _class_of(name: str) -> type[MrcFile]:
    """By the first bytes of a file: how it is wrapped, or whether its mode names a codec."""
    with builtins.open(name, "rb") as stream:
        start = stream.read(HEADER_DTYPE.itemsize)
    for magic, kind in _WRAPPERS.items():
        if start.startswith(magic):
            return kind
    return MrczFile if _core.is_compressed_header(start) else MrcFile


def open(name: str | os.PathLike[str], mode: str = "r", permissive: bool = False,  # noqa: A001 - as mrcfile has it
         header_only: bool = False) -> MrcFile:
    """Opens an MRC or MRCZ file, also one inside gzip or bzip2.

    Parameters
    ----------
    name : str or path
    mode : {"r", "r+", "w+"}
        To read, to change, or a new, plain file.
    permissive : bool
        Warn of what is wrong with the file instead of raising ValueError.
    header_only : bool
        Leave the pixels alone: ``data`` is None.

    Returns
    -------
    MrcFile
        Or one of its kinds: `MrczFile`, `GzipMrcFile`, `Bzip2MrcFile`. Close it, or use it in a ``with``.

    Raises
    ------
    ValueError
        For another mode, a file that is no valid MRC (unless permissive), and ``w+`` of a file that is there.
    OSError
        When there is no such file, or it cannot be read.
    """
    name = os.fsdecode(name)
    if mode == "w+":
        return new(name)
    if mode not in ("r", "r+"):
        raise ValueError(f"Mode '{mode}' not supported; it should be one of r, r+, w+")
    return _class_of(name)(name, mode=mode, permissive=permissive, header_only=header_only)


def read(name: str | os.PathLike[str]) -> np.ndarray:
    """The pixels of a file as an array of one's own."""
    with open(name) as mrc:
        return np.array(mrc.data)


def new(name: str | os.PathLike[str], data: np.ndarray | None = None, compression: str | None = None,
        overwrite: bool = False) -> MrcFile:
    """Makes a file, which appears when it is flushed or closed.

    Parameters
    ----------
    name : str or path
    data : numpy.ndarray, optional
        Pixels; see `MrcObject.set_data`.
    compression : str, optional
        ``"gzip"``, ``"bzip2"``, or a codec of mrcz such as ``"zstd"`` or ``"rans"``. By default none, but zstd where
        the name ends in ``.mrcz`` or ``.mrczs``.
    overwrite : bool
        Replace a file that is there.

    Raises
    ------
    ValueError
        For an unknown compression, data that MRC cannot hold, and a file that is there unless `overwrite`.
    """
    name = os.fsdecode(name)
    ending = os.path.splitext(name)[1].lower()
    if compression is None and ending in (".mrcz", ".mrczs"):
        compression = _COMPRESSION_BY_ENDING[ending]
    codecs = writing_codecs()
    if compression is None or compression == "raw":
        mrc = MrcFile(name, mode="w+", overwrite=overwrite)
    elif compression in _COMPRESSIONS:
        mrc = _COMPRESSIONS[compression](name, mode="w+", overwrite=overwrite)
    elif compression in codecs:
        mrc = MrczFile(name, mode="w+", overwrite=overwrite, codec=compression)
    else:
        raise ValueError(f"Unknown compression format '{compression}'; there are "
                         f"{', '.join([*_COMPRESSIONS, *codecs])}")
    if data is not None:
        try:
            mrc.set_data(data)
        except BaseException:
            mrc._forget()
            raise
    return mrc


def write(name: str | os.PathLike[str], data: np.ndarray | None = None, overwrite: bool = False, voxel_size=None,
          compression: str | None = None) -> None:
    """Writes an array to a file.

    Parameters
    ----------
    name : str or path
        An ending of ``.gz``, ``.bz2``, ``.mrcz`` or ``.mrczs`` tells the compression unless `compression` does.
    data : numpy.ndarray, optional
    overwrite : bool
    voxel_size : float or three floats, optional
        In Ångström, along x, y, z.
    compression : str, optional
        As for `new`.

    Raises
    ------
    ValueError
        As for `new`.
    """
    name = os.fsdecode(name)
    if compression is None:
        compression = _COMPRESSION_BY_ENDING.get(os.path.splitext(name)[1].lower())
    with new(name, data, compression, overwrite) as mrc:
        if voxel_size is not None:
            mrc.voxel_size = voxel_size


def open_async(name: str | os.PathLike[str], mode: str = "r", permissive: bool = False) -> FutureMrcFile:
    """Opens a file, and reads its pixels, in another thread. ``result()`` of what it returns is the file."""
    def open_and_read() -> MrcFile:
        mrc = open(name, mode=mode, permissive=permissive)
        _ = mrc.data
        return mrc

    return FutureMrcFile(open_and_read)


def mmap(name: str | os.PathLike[str], mode: str = "r", permissive: bool = False) -> MrcFile:
    """Opens a file whose pixels stay on the disk until they are asked for.

    Data of a plain file are a `numpy.memmap`. Those of an MRCZ file, which can only be read this way, are a
    `mrcz.Stack`: slices of it are arrays, and only the frames of the slice are decoded.

    Raises
    ------
    ValueError
        As `open`, for files inside gzip or bzip2, and for modes other than ``r`` of an MRCZ file.
    """
    name = os.fsdecode(name)
    if mode in ("r", "r+"):
        kind = _class_of(name)
        if kind is MrczFile and mode == "r":
            return MrczFile(name, mode="r", permissive=permissive, lazy=True)
        if kind is not MrcFile:
            raise ValueError(f"'{name}' is compressed, and its pixels cannot be mapped into memory in mode '{mode}'; "
                             "use open()")
    return MrcMemmap(name, mode=mode, permissive=permissive)


def new_mmap(name: str | os.PathLike[str], shape: tuple[int, ...], mrc_mode: int = 0, fill=None,
             overwrite: bool = False, extended_header: np.ndarray | None = None,
             exttyp: str | bytes | None = None) -> MrcMemmap:
    """Makes a plain file for pixels that are set later, without holding them in memory.

    Parameters
    ----------
    name : str or path
    shape : tuple of int
        Two, three or four axes.
    mrc_mode : int
        0 int8, 1 int16, 2 float32, 4 complex64, 6 uint16, 12 float16.
    fill : number, optional
        What every pixel is set to; otherwise they are zero.
    overwrite : bool
    extended_header : numpy.ndarray, optional
    exttyp : str or bytes, optional
        Its kind: four characters.

    Raises
    ------
    ValueError
        For an unknown mode, and a file that is there unless `overwrite`.
    """
    dtype = new_dtype(mrc_mode)
    if not 2 <= len(shape) <= 4:
        raise ValueError(f"Data must be 2-, 3- or 4-dimensional, the shape has {len(shape)} axes")
    if max(shape) > np.iinfo(np.int32).max:
        raise ValueError(f"axes of {shape} pixels: a header counts to {np.iinfo(np.int32).max}")
    mrc = MrcMemmap(name, mode="w+", overwrite=overwrite)
    if extended_header is not None:
        mrc.set_extended_header(extended_header)
    if exttyp is not None:
        mrc.header.exttyp = utils.bytes_from_string(exttyp) if isinstance(exttyp, str) else exttyp
    mrc._open_memmap(dtype, tuple(shape))
    if fill is not None:
        mrc.data[...] = fill
    mrc.flush()
    return mrc
