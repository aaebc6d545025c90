"""Writing files frame by frame."""

from __future__ import annotations

import operator
import os
import warnings
from typing import Any

import numpy as np

from . import _core, documents, likeness, pixels, threads
from .arguments import checked, live_of
from .casting import CastRecord
from .errors import ArgumentError, warn
from .facts import Array
from .output_names import codec_of, require_name_of_mrc
from .pieces import in_order
from .stack import Progress, Stack
from .threads import checked as checked_threads
from .turns import Turns

class Writer:
    """Writes an MRC or MRCZ file. The file appears under its name, complete and synced, when the writer is closed; where
    an exception ends the ``with`` block nothing appears, and an older file stays as it was.

    Parameters
    ----------
    path : path
        Names ending in ``z`` (``.mrcz``, ``.mrczs``) are compressed by zstd, others are plain MRC, unless `codec` says
        otherwise.
    shape : (int, int), optional
        Rows and columns of a frame; taken from `like` or the first frames otherwise.
    dtype : dtype or str, optional
        Type of the pixels: a NumPy type, or ``"uint4"`` (two pixels a byte) or ``"rgb8"``. Frames of another type are
        refused, not cast.
    like : Stack, optional
        Everything but the pixels is as in this one unless given: shape, type, voxel size, microscope, axes, starts and
        labels, whether it is a volume, metadata and extended header, and what was done to the pixels before
        (:attr:`Stack.provenance`, of a :class:`mrcz.CorrectedStack` its corrections, too).
    codec : str, optional
        A name of :func:`mrcz.codecs`; ``"raw"`` writes plain MRC.
    level, block_size : int
        Of the codec; 0: its default. Blocks have 4096 bytes to 1 GiB.
    filter : {"auto", "none", "byteshuffle", "bitshuffle"}
        How a blosc codec arranges bytes first.
    voxel_size : float or (float, float, float), optional
        Angstrom, along x, y, z.
    voltage : float
        kV.
    spherical_aberration : float
        mm.
    detector_gain : float
    label : str
        First label of a plain file: one line of at most 80 bytes of UTF-8. Others are a ValueError.
    metadata : dict or list, optional
        Kept with the pixels: numbers, texts, bytes, NumPy's numbers and arrays, lists and dicts of these.
    volume : bool or int, optional
        True: sections of one volume instead of a stack of images; a number: of volumes of so many sections each. Without
        it as `like`, else a stack of images.
    live : bool, int or (int, float)
        The file bears its name from the start and grows: frames are committed every so many (32) and so many seconds
        (1), and survive a crash.
    overwrite : bool
        Replace an existing file.
    threads : int, optional
        As in :func:`mrcz.open`.

    Examples
    --------
    >>> import numpy as np
    >>> frames = np.random.default_rng(0).poisson(1, (5, 64, 64)).astype("uint16")
    >>> with mrcz.Writer(folder / "movie.mrcz", voxel_size=1.06, metadata={"dose": 40}) as writer:
    ...     for frame in frames:
    ...         writer.append(frame)
    >>> bool((mrcz.open(folder / "movie.mrcz")[:] == frames).all())
    True
    """

    @checked()
    def __init__(self, path: str | os.PathLike[str], shape: tuple[int, int] | None = None, dtype: Any = None, *,
                 like: Stack | None = None, codec: str | None = None, level: int = 0, filter: str = "auto",  # noqa: A002
                 block_size: int = 0, voxel_size: float | tuple[float, float, float] | None = None,
                 voltage: float | None = None, spherical_aberration: float | None = None,
                 detector_gain: float | None = None, label: str = "", metadata: Any = None, volume: bool | int | None = None,
                 live: bool | int | tuple[int, float] = False, overwrite: bool = False,
                 threads: int | None = None) -> None:
        self.path = os.fspath(path)
        require_name_of_mrc(self.path)
        if like is not None and not isinstance(like, Stack):
            raise TypeError(f"like: {like!r}, expected a mrcz.Stack, as mrcz.open gives it")
        self._threads = checked_threads(threads)
        self._frames = 0
        self._turns = Turns(self.path)
        self._closed = False
        self._torn = False  # only the first pieces of what an append was given are in
        self._core: Any = None
        self._shape = tuple(shape) if shape is not None else like.shape[1:3] if like is not None else None
        self._type = pixels.pixel_type_of(dtype) if dtype is not None else like.pixel_type if like is not None else None
        if self._type in ("uint8", "float64"):
            pixels.pixel_type_of(self._type)
        if self._shape is not None and len(self._shape) != 2:
            raise ArgumentError(f"shape: {shape}, expected (rows, columns)", "invalid_argument", self.path)
        chosen = codec_of(self.path) if codec is None else codec
        if volume is None:
            volume = likeness.volume_of(like) if like is not None else False
        self._sections = sections_of(volume, self.path)
        self._options: dict[str, Any] = {
            "voxel_angstrom": _voxel(voxel_size, like),
            "voltage_kv": _field(voltage, like, "voltage", 0),
            "spherical_aberration_mm": _field(spherical_aberration, like, "c3", 0),
            "detector_gain": _field(detector_gain, like, "gain", 1),
            "label": label,
            "codec": chosen,
            "level": operator.index(level),
            "filter": filter,
            "block_bytes": operator.index(block_size),
            "metadata": documents.to_document(metadata) if metadata is not None else None,
            "is_volume": bool(volume) and not self._sections,
            "volume_sections": self._sections,
            "live": live_of(live),
            "overwrite": overwrite,
        }
        if like is not None:
            self._options.update(likeness.taken_over(like, is_plain=chosen == "raw", with_metadata=metadata is None))
        if self._shape is not None and self._type is not None:
            self._create()

    @classmethod
    @checked()
    def extending(cls, path: str | os.PathLike[str], *, level: int = 0, filter: str = "auto",  # noqa: A002
                  block_size: int = 0, live: bool | int | tuple[int, float] = False,
                  threads: int | None = None) -> Writer:
        """Appends to a finished file, whose codec, pixel type and metadata stay.

        Raises
        ------
        mrcz.ArgumentError
            If another program is appending to it.
        """
        writer = cls.__new__(cls)
        writer.path = os.fspath(path)
        writer._threads = checked_threads(threads)
        writer._frames = 0
        writer._turns = Turns(writer.path)
        writer._closed = False
        writer._torn = False
        writer._sections = 0
        writer._core = _core.Writer.extending(writer.path, level=level, filter=filter, block_bytes=block_size,
                                              live=live_of(live), threads=_threads_of(threads), tell=warn)
        writer._shape = (writer._core.rows, writer._core.columns)
        writer._type = writer._core.pixel_type
        return writer

    def _create(self) -> None:
        assert self._shape is not None and self._type is not None
        self._core = _core.Writer(self.path, ny=self._shape[0], nx=self._shape[1], type=self._type, **self._options)

    @property
    def shape(self) -> tuple[int, int] | None:
        """Rows and columns of a frame; None as long as neither an argument nor a frame has told."""
        return self._shape  # type: ignore[return-value]

    @property
    def dtype(self) -> np.dtype[Any] | None:
        return None if self._type is None else pixels.dtype_of(self._type)

    @property
    def pixel_type(self) -> str | None:
        """As :attr:`Stack.pixel_type`."""
        return self._type

    @property
    def frames_written(self) -> int:
        """Frames appended through this writer."""
        return self._frames

    @checked()
    def append(self, frames: Any, *, progress: Progress | None = None) -> None:
        """Appends a frame ``[y, x]`` or several ``[z, y, x]``, of any strides and byte order.

        Raises
        ------
        mrcz.ArgumentError
            If shape or type are not those of the file, or a pixel of 4 bits is above 15: the writer is as it was before.
            After any other failure (a full disk, a callback that raised) it can only be given up: both `append` and
            `close` say so, and no file appears.
        """
        array = np.asarray(pixels.unmasked(frames))
        with self._turns.taken():
            self._require_open()
            self._require_whole()
            if self._type is None:
                self._type = pixels.pixel_type_of(array.dtype)
            array = self._as_frames(array)
            if self._core is None:
                self._shape = self._shape or array.shape[1:3]
                self._create()
            appended = 0
            for some in in_order(array, self._native_dtype()):
                self._torn = appended > 0
                self._append_to_core(some, progress)
                appended += len(some)
            self._torn = False
            self._frames += len(array)

    def _record(self, cast: CastRecord) -> None:
        """What a cast did to the pixels joins the record of steps; where it did nothing a plain file gets no footer."""
        step = cast.step()
        if self._core is not None and step is not None and (cast.changed or self._options["codec"] != "raw"):
            self._core.record_step(step)

    def _append_to_core(self, frames: Array, progress: Progress | None) -> None:
        told = self._turns.heard(progress) if progress is not None else None
        self._core.append(pixels.as_bytes(frames), _threads_of(self._threads), told)

    def _native_dtype(self) -> np.dtype[Any]:
        assert self._type is not None
        return pixels.dtype_of(self._type)

    def _as_frames(self, array: Array) -> Array:
        assert self._type is not None
        expected = self._native_dtype()
        if array.dtype.newbyteorder("=") != expected:
            raise ArgumentError(f"append: pixels of type {array.dtype}, the file has {expected}: convert them with "
                                f"astype, so that you decide what becomes of values that do not fit",
                                "invalid_argument", self.path)
        axes = 2 + len(pixels.trailing_shape(self._type))
        whole = array[np.newaxis] if array.ndim == axes else array
        if whole.ndim != axes + 1 and self._shape is None:
            raise ArgumentError(f"append: an array of shape {array.shape} is no frame: a frame is [y, x], several are "
                                "[z, y, x]", "invalid_argument", self.path)
        tail = (*(self._shape or whole.shape[1:3]), *pixels.trailing_shape(self._type))
        if whole.ndim != axes + 1 or whole.shape[1:] != tail:
            raise ArgumentError(f"append: an array of shape {array.shape}; expected a frame of shape {tail} or several "
                                f"of them, (n, {', '.join(map(str, tail))})", "invalid_argument", self.path)
        return whole

    def close(self) -> None:
        """Finishes the file; twice is no error.

        Raises
        ------
        mrcz.ArgumentError
            If no frame came and neither shape nor type are known, or an append failed. Nothing appears then, and an older
            file stays as it was.
        """
        with self._turns.taken():
            if self._closed:
                return
            self._closed = True
            if self._core is None:
                raise ArgumentError("nothing was appended, and neither shape and dtype nor like were given: nothing is "
                                    "written", "invalid_argument", self.path)
            try:
                self._require_whole()
                self._core.finish()
            except BaseException:
                self._core.discard()
                raise
        if self._sections and self._frames % self._sections:
            warn(f"{self.path}: {self._frames} frames are no whole volumes of {self._sections}: it is a stack of images")

    def discard(self) -> None:
        """Gives the file up: nothing appears, an older one stays as it was. Frames that a live file has committed stay in
        it."""
        with self._turns.taken():
            if self._core is not None and not self._closed:
                self._core.discard()
            self._closed = True

    @property
    def closed(self) -> bool:
        return self._closed

    def _require_open(self) -> None:
        if self._closed:
            raise ArgumentError("the writer is closed", "invalid_argument", self.path)

    def _require_whole(self) -> None:
        if self._torn:
            raise ArgumentError("writing failed before: only some of the frames given are in, the writer can only be given "
                                "up", "invalid_argument", self.path)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: object, *unused: object) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def __del__(self) -> None:
        if getattr(self, "_frames", 0) and not self._closed:
            warnings.warn(f"{self.path}: the writer was never closed: its {self._frames} frames are lost, but those that a "
                          "live file has committed; close it, or write in a with block", ResourceWarning, source=self)

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open"
        return f"<mrcz.Writer {self.path!r} frames of {self._shape} {self._type}, {self._frames} written, {state}>"


def _voxel(size: Any, like: Stack | None) -> tuple[float, float, float]:
    if size is None:
        return tuple(like.voxel_size) if like is not None else (0.0, 0.0, 0.0)  # type: ignore[return-value]
    if np.ndim(size) != 0 and len(size) != 3:
        raise ArgumentError(f"voxel_size: {size}, expected one number or three (x, y, z)", "invalid_argument")
    x, y, z = map(float, np.broadcast_to(size, 3))
    if not all(0 <= edge < np.inf for edge in (x, y, z)):
        raise ArgumentError(f"voxel_size: {size} is no length in Angstrom; 0 where it is not known", "invalid_argument")
    return x, y, z


def sections_of(volume: bool | int, path: Any) -> int:
    """Of each volume in a stack of volumes; 0: it is none."""
    if isinstance(volume, (bool, np.bool_)):
        return 0
    count = operator.index(volume)
    if not 1 <= count < 1 << 31:
        raise ArgumentError(f"volume: {volume}, expected True, False or how many sections each volume has",
                            "invalid_argument", os.fspath(path))
    return count


def _field(value: float | None, like: Stack | None, name: str, unknown: float) -> float:
    if value is not None:
        return float(value)
    # Only programs of this format put the microscope there.
    known = like is not None and any(label.startswith("MRCZ") for label in like.header.label)
    found = like.header[name] if like is not None and known else 0
    return float(found) if found > 0 and np.isfinite(found) else float(unknown)


def _threads_of(count: int | None) -> int:
    return threads.resolve(count)
