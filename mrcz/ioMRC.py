"""MRC and MRCZ files through the functions of python-mrcz.

The same names, arguments and results; docs/python.md tells what differs and why.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, BinaryIO

import numpy as np

from . import _core, threads
from . import _dropin_header as _header
from ._dropin_header import (
    CCPEM_ENUM,
    COMPRESSOR_ENUM,
    EMAN2_ENUM,
    REVERSE_CCPEM_ENUM,
    REVERSE_COMPRESSOR_ENUM,
    default_header,
    read_blosc_header,
)
from ._dropin_input import Cast, Frames, cast_to, cast_to_file
from .arguments import checked, number_or_none, path as a_path
from .documents import to_document
from .errors import warn
from .frame_spool import folder_of
from .pixels import as_bytes, dtype_of, trailing_shape

__all__ = [
    "BLOSC2_PRESENT", "BLOSC_PRESENT", "CAN_COMPRESS", "CCPEM_ENUM", "COMPRESSOR_ENUM", "DEFAULT_HEADER_LEN", "EMAN2_ENUM",
    "MRC_COMP_RATIO", "REVERSE_CCPEM_ENUM", "REVERSE_COMPRESSOR_ENUM", "asyncReadMRC", "asyncWriteMRC", "async_read_mrc",
    "async_write_mrc", "defaultHeader", "default_header", "readBloscHeader", "readMRC", "readMRCHeader", "read_blosc_header",
    "read_mrc", "read_mrc_header", "setDefaultThreads", "set_default_threads", "writeMRC", "writeMRCHeader", "write_mrc",
    "write_mrc_header",
]

# The codecs are part of the package. Chunks of c-blosc 2 are read, never written.
BLOSC_PRESENT = True
BLOSC2_PRESENT = False
CAN_COMPRESS = True

MRC_COMP_RATIO = _header.COMPRESSED_MODES
DEFAULT_HEADER_LEN = 1024

_CODECS = {row["name"]: row for row in _core.codecs()}
_BLOSC2_CODECS = frozenset(name for number, name in COMPRESSOR_ENUM.items() if 7 <= number <= 15)

_asyncExecutor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mrcz")


def _setAsyncWorkers(N_workers: int) -> None:
    """How many files :func:`asyncReadMRC` and :func:`asyncWriteMRC` work on at a time; 1 unless told otherwise.

    Raises
    ------
    ValueError
        If it is less than 1.
    """
    if N_workers <= 0:
        raise ValueError("N_workers must be greater than 0")
    # The executor starts threads up to this number as work comes; one it has is never stopped.
    _asyncExecutor._max_workers = N_workers


def setDefaultThreads(n_threads: int) -> None:
    """How many threads calls without ``n_threads`` use; :func:`mrcz.set_threads` of the rest of the package.

    Raises
    ------
    ValueError
        If it is less than 1.
    """
    threads.set_threads(int(n_threads))


def _threads_of(n_threads: int | None) -> int:
    return threads.resolve(None if n_threads is None else max(1, int(n_threads)))


# ---------------------------------------------------------------------------------------------------------- reading


@checked(MRCfilename=a_path)
def readMRC(MRCfilename: str | os.PathLike[str], idx: int | tuple[int, int] | None = None, endian: str = "le",
            pixelunits: str = "\\AA", fileConvention: str = "ccpem", useMemmap: bool = False,
            n_threads: int | None = None, slices: int | None = None) -> tuple[Any, dict[str, Any]]:
    r"""Reads an MRC or MRCZ file whole, or some of its frames.

    Parameters
    ----------
    MRCfilename : path
        The file; one wrapped in gzip or bzip2, too.
    idx : int or (int, int), optional
        A frame, or the first and the last of several, both included; negative ones count from the end. All by default.
    endian : {'le', 'be'}
        Of no effect: the file tells its byte order.
    pixelunits : str
        Of ``header['pixelsize']``: ``'\\AA'``, ``'nm'``, ``'\\mum'``, ``'pm'``, or another length.
    fileConvention : {'ccpem', 'eman2'}
        How MODE counts; ``'eman2'`` of plain files of old EMAN2.
    useMemmap : bool
        Of a plain file a copy-on-write :class:`numpy.memmap` ``[z, y, x]``, with axes of length 1; others are read.
    n_threads : int, optional
        As :func:`setDefaultThreads` says by default.
    slices : int, optional
        Slices of each item of a list; 0: one array. By default a list where a list was written, else an array.

    Returns
    -------
    image : numpy.ndarray or list of numpy.ndarray
        The array without axes of length 1; or a list of ``[y, x]`` (`slices` 1) or ``[slices, y, x]``.
    header : dict
        ``dimensions`` [z, y, x], ``pixelsize`` [z, y, x], ``voltage`` (kV), ``C3`` (mm), ``gain``, ``minImage``,
        ``maxImage``, ``meanImage``, ``compressor``, ``MRCtype``, ``dtype``, ``extendedBytes``, ``metaId``,
        ``packedBytes``, ``pixelunits``; and the metadata that the file was written with.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no MRC file or is damaged, or `idx` names a frame it does not have.
    """
    path = os.fspath(MRCfilename)
    convention = str(fileConvention).lower()
    if convention == "eman2":
        return _read_eman2(path, idx, pixelunits, useMemmap, slices)
    reader, header, in_file = _opened(path, convention, pixelunits)
    per_item = in_file if slices is None else int(slices)
    first, count = _frames_of(idx, reader.frames)
    header["dimensions"][0] = count
    if useMemmap and (mapped := _mapped(reader, path, header, first, count)) is not None:
        return mapped, header
    image = _read_frames(reader, first, count, _threads_of(n_threads))
    return (_as_items(image, per_item, path) if per_item > 0 else np.squeeze(image)), header


@checked(MRCfilename=a_path)
def readMRCHeader(MRCfilename: str | os.PathLike[str], slices: int | None = None, endian: str = "le",
                  fileConvention: str = "ccpem", pixelunits: str = "\\AA") -> tuple[dict[str, Any], int]:
    """The header dict of :func:`readMRC`, and the slices of each item of a list (0: the file is one array).

    Reads no pixels. Arguments are those of :func:`readMRC`.
    """
    path = os.fspath(MRCfilename)
    convention = str(fileConvention).lower()
    if convention == "eman2":
        return _header.eman2_header(path, pixelunits)[0], int(slices or 0)
    _, header, in_file = _opened(path, convention, pixelunits)
    return header, in_file if slices is None else int(slices)


def _opened(path: str, convention: str, pixelunits: str) -> tuple[Any, dict[str, Any], int]:
    if convention != "ccpem":
        raise ValueError(f"unrecognized MRC file convention: {convention}; 'ccpem' and 'eman2' are known")
    reader = _core.Reader(path, _core.Limits(), "by_header")
    for _, rule, _, message in reader.findings:
        if rule.startswith("MRCZ-D"):
            warn(f"{path}: {message}")
    return reader, _header.header_dict(reader, pixelunits), _header.slices_of(reader.header)


def _frames_of(idx: Any, frames: int) -> tuple[int, int]:
    """First and number of the frames that `idx` means, both of its ends included."""
    if idx is None:
        return 0, frames
    ends = [int(end) for end in (np.atleast_1d(np.asarray(idx, dtype=int)).ravel())]
    if len(ends) not in (1, 2):
        raise ValueError(f"idx = {idx}: a frame, or the first and the last one")
    first, last = (end + frames if end < 0 else end for end in (ends[0], ends[-1]))
    if not 0 <= first < frames or last >= frames:
        raise ValueError(f"idx = {idx}: image or slice index out of range, z_dimension = {frames}")
    if last < first:
        raise ValueError(f"idx = {idx}: the last frame comes before the first")
    return first, last - first + 1


def _read_frames(reader: Any, first: int, count: int, n_threads: int) -> np.ndarray[Any, Any]:
    kind = dtype_of(reader.pixel_type)
    image = np.empty((count, reader.rows, reader.columns, *trailing_shape(reader.pixel_type)), kind)
    if count:
        reader.read_frames(np.arange(first, first + count, dtype=np.int64), as_bytes(image), n_threads)
    if reader.pixel_type == "complex_int16":
        complex_image = np.empty(image.shape, np.complex64)
        complex_image.real, complex_image.imag = image["real"], image["imag"]
        return complex_image
    return image


def _mapped(reader: Any, path: str, header: dict[str, Any], first: int, count: int) -> np.ndarray[Any, Any] | None:
    """None where the bytes of the file are not the pixels."""
    kind = np.dtype(header["dtype"])
    frame_bytes = reader.rows * reader.columns * kind.itemsize
    if reader.codec != "raw" or frame_bytes != reader.frame_bytes or (kind.kind == "c") != (header["MRCtype"] == 4):
        return None
    if count == 0 or os.path.getsize(path) != reader.file_bytes or reader.pixel_type in ("complex_int16", "rgb8"):
        return None
    return np.memmap(path, dtype=kind, mode="c", offset=DEFAULT_HEADER_LEN + header["extendedBytes"] + first * frame_bytes,
                     shape=(count, reader.rows, reader.columns))


def _as_items(image: np.ndarray[Any, Any], slices: int, path: str) -> list[np.ndarray[Any, Any]]:
    if slices == 1:
        return list(image)
    if len(image) % slices:
        warn(f"{path}: {len(image)} frames are no whole number of items of {slices} slices: the last item has "
             f"{len(image) % slices}", UserWarning)
    return [image[first : first + slices] for first in range(0, len(image), slices)]


def _read_eman2(path: str, idx: Any, pixelunits: str, use_memmap: bool, slices: int | None) -> tuple[Any, dict[str, Any]]:
    header, offset = _header.eman2_header(path, pixelunits)
    frames, rows, columns = (int(size) for size in header["dimensions"])
    first, count = _frames_of(idx, frames)
    header["dimensions"][0] = count
    kind = np.dtype(header["dtype"])
    needed = offset + frames * rows * columns * kind.itemsize
    if os.path.getsize(path) < needed:
        raise ValueError(f"{path}: the header speaks of {needed} bytes, the file has {os.path.getsize(path)}")
    image: np.ndarray[Any, Any] = np.memmap(path, dtype=kind, mode="c", shape=(count, rows, columns),
                                            offset=offset + first * rows * columns * kind.itemsize)
    if use_memmap:
        return image, header
    image = np.array(image)
    return (_as_items(image, slices, path) if slices else np.squeeze(image)), header


# ---------------------------------------------------------------------------------------------------------- writing


@checked(MRCfilename=a_path, voltage=number_or_none, C3=number_or_none, gain=number_or_none)
def writeMRC(input_image: Any, MRCfilename: str | os.PathLike[str], meta: dict[str, Any] | None = None,
             endian: str = "le", dtype: Any = None, pixelsize: Any = (0.1, 0.1, 0.1), pixelunits: str = "\\AA",
             shape: Any = None, voltage: float | None = 0.0, C3: float | None = 0.0, gain: float | None = 1.0,
             compressor: str | None = None, clevel: int = 1, n_threads: int | None = None, quickStats: bool = True,
             idx: int | None = None, backend: str | None = None) -> None:
    r"""Writes an MRC file, or a compressed MRCZ file. It appears under its name when it is complete.

    Parameters
    ----------
    input_image : array or list of arrays
        ``[y, x]`` or ``[z, y, x]``; a list of either; a lazy array (dask, h5py, zarr), of which a chunk at a time is in
        memory. float64 is written as float32, complex128 as complex64.
    MRCfilename : path
        A file of that name is replaced.
    meta : dict, optional
        Numbers, texts, lists and dicts of them, NumPy's too. Compressed files hold them where python-mrcz finds them,
        plain files behind the pixels, where other programs do not stumble over them.
    endian : {'le', 'be'}
        Byte order of a plain file; compressed files always are little-endian.
    dtype : optional
        To cast to; ``'uint4'`` packs two pixels a byte. Values that this changes are told of.
    pixelsize : float or list
        [z, y, x] in `pixelunits`; one number for all; [y, x] with z = 10 Å.
    pixelunits : str
        ``'\\AA'``, ``'nm'``, ``'\\mum'``, ``'pm'``, or another length.
    shape : optional
        Of no effect.
    voltage, C3, gain : float
        kV, mm, counts per electron; None: unknown.
    compressor : str, optional
        ``'zstd'``, ``'lz4'``, ``'lz4hc'``, ``'zlib'``, ``'blosclz'``, or ``'rans'`` (smaller, only mrcz reads it); None: plain.
    clevel : int
        1 (fast) to 9 (small).
    n_threads : int, optional
        As :func:`setDefaultThreads` says by default. The bytes of the file do not depend on it.
    quickStats : bool
        Of no effect: minimum, maximum and mean are those of all frames.
    idx : int, optional
        Into a file that is there: number of the first frame to be written, up to the number of frames it has; those of
        plain files are replaced, what goes beyond is appended. The file keeps its type, codec, pixel size and metadata.
    backend : {None, 'blosc1'}
        Chunks are those of c-blosc 1.

    Raises
    ------
    TypeError
        If MRC has no mode for the type (uint8, say: use int8, uint16 or uint4), or metadata no form in JSON.
    ValueError
        If shapes, `compressor` or `idx` do not fit.
    """
    path = os.fspath(MRCfilename)
    if endian not in ("le", "be"):
        raise ValueError(f"endian {endian!r}, expected 'le' or 'be'")
    codec, level = _codec_of(compressor, clevel, backend)
    frames = Frames(input_image)
    workers = _threads_of(n_threads)
    if idx is not None and os.path.isfile(path):
        return _write_into(path, int(idx), frames, meta, workers)
    cast = cast_to(frames, dtype, path)
    zeros = 0 if idx is None else _place_in_new_file(int(idx), frames.count)
    writer = _core.Writer(path, nx=frames.columns, ny=frames.rows, type=cast.pixel_type, codec=codec, level=level,
                          voxel_angstrom=_header.voxel_of(pixelsize, pixelunits), voltage_kv=float(voltage or 0),
                          spherical_aberration_mm=float(C3 or 0), detector_gain=float(gain or 1),
                          slices_per_item=frames.slices, cell_spans_stack=True, big_endian=endian == "be",
                          label="MRCZ big-endian" if endian == "be" else "", overwrite=True,
                          **_places_of_metadata(meta, codec, path))
    _fill(writer, frames, cast, zeros, path, workers, is_recorded=codec != "raw")


def _codec_of(compressor: str | None, clevel: int, backend: str | None) -> tuple[str, int]:
    """Name and level for the library."""
    if backend not in (None, "blosc1", "blosc2"):
        raise ValueError(f"backend must be None, 'blosc1' or 'blosc2', got {backend!r}")
    if compressor is None:
        return "raw", 0
    row = _CODECS.get(compressor) if compressor != "raw" else None
    if row is not None and backend != "blosc2":
        if not row["writes"]:
            raise ValueError(f"compressor {compressor!r}: {row['why_not']}")
        if row["greatest_level"] == 0:
            return compressor, 0
        return compressor, max(int(clevel), row["least_level"])
    if row is None and compressor not in _BLOSC2_CODECS:
        known = sorted(name for name, known in _CODECS.items() if known["writes"] and name != "raw")
        raise ValueError(f"Unknown compressor {compressor!r}, expected one of {known}")
    if backend == "blosc1":
        raise ValueError(f"{compressor!r} needs backend='blosc2', which mrcz reads and does not write")
    raise ImportError("mrcz reads chunks of c-blosc 2 and does not write them; write compressor='zstd' or 'lz4' without "
                      "backend=")


def _places_of_metadata(meta: Any, codec: str, path: str) -> dict[str, Any]:
    """Where they go: before the pixels of compressed files, behind those of plain ones. What JSON has no form for, NaN,
    stands in the footer in any case: not every reader of JSON takes it."""
    if meta is None:
        return {}
    if not isinstance(meta, dict):
        warn(f"{path}: meta: a {type(meta).__name__} is not written; give a dict", UserWarning)
        return {}
    import json

    text = _header.metadata_as_json(meta)
    plain = json.loads(text)
    _header.warn_of_hidden(plain, path)
    document = to_document(plain)
    places: dict[str, Any] = {}
    if codec != "raw":
        places.update(extended_header=text.encode(), extended_type="json")
    if codec == "raw" or document[0] != "json":
        places["metadata"] = document
    return places


def _place_in_new_file(idx: int, count: int) -> int:
    """Empty frames before the first one given."""
    first = idx + count if idx < 0 else idx
    if not 0 <= first <= count:
        raise ValueError(f"idx = {idx}: image or slice index out of range, z_dimension = {count}")
    return first


def _fill(writer: Any, frames: Frames, cast: Cast, zeros: int, path: str, workers: int, *,
          is_recorded: bool = False) -> None:
    try:
        for _ in range(zeros):
            empty = np.zeros((1, frames.rows, frames.columns), frames.dtype)
            for piece in cast.pieces(empty):
                writer.append(as_bytes(piece), workers)
        for block in frames.blocks(2 * workers if workers > 1 else 1, folder_of(path)):
            for piece in cast.pieces(block):
                writer.append(as_bytes(piece), workers)
        step = cast.record.step()
        # A file that is written into has frames that were not cast, and plain ones get no footer for this.
        if step is not None and is_recorded:
            writer.record_step(step)
        writer.finish()
    finally:
        writer.discard()
    cast.record.tell(path)


def _write_into(path: str, idx: int, frames: Frames, meta: Any, workers: int) -> None:
    """Frames put into a file that is there."""
    reader = _core.Reader(path, _core.Limits(), "by_header")
    if (reader.rows, reader.columns) != (frames.rows, frames.columns):
        raise ValueError(f"{path}: x,y dimensions of the image, {frames.columns} x {frames.rows}, do not match those of "
                         f"the file, {reader.columns} x {reader.rows}")
    first = idx + reader.frames if idx < 0 else idx
    if not 0 <= first <= reader.frames:
        raise ValueError(f"{path}: idx = {idx}: image or slice index out of range, z_dimension = {reader.frames}")
    cast = cast_to_file(frames, reader.pixel_type)
    if isinstance(meta, dict) and meta and _header.metadata_as_json(meta) != _header.metadata_as_json(
            _header.stored_metadata(reader)):
        warn(f"{path}: a file that is there keeps its metadata: meta is not written", UserWarning)
    del reader
    writer = _core.Writer.extending(path, threads=workers, replace_from=first)
    _fill(writer, frames, cast, 0, path, workers)


def writeMRCHeader(f: BinaryIO, header: dict[str, Any], slices: int, endchar: str = "<") -> int:
    return _header.write_header(f, header, slices, endchar)


writeMRCHeader.__doc__ = _header.write_header.__doc__


# ------------------------------------------------------------------------------------------------- in the background


def asyncReadMRC(*args: Any, **kwargs: Any) -> Future[tuple[Any, dict[str, Any]]]:
    """:func:`readMRC` in the background; ``.result()`` waits for what it returns or raises."""
    return _asyncExecutor.submit(readMRC, *args, **kwargs)


def asyncWriteMRC(*args: Any, **kwargs: Any) -> Future[None]:
    """:func:`writeMRC` in the background; ``.result()`` waits for the end and raises what went wrong."""
    return _asyncExecutor.submit(writeMRC, *args, **kwargs)


defaultHeader = default_header
readBloscHeader = read_blosc_header
read_mrc = readMRC
write_mrc = writeMRC
async_read_mrc = asyncReadMRC
async_write_mrc = asyncWriteMRC
read_mrc_header = readMRCHeader
write_mrc_header = writeMRCHeader
set_default_threads = setDefaultThreads


def __getattr__(name: str) -> Any:
    if name == "DEFAULT_N_THREADS":
        return threads.default_threads()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
