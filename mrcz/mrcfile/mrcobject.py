"""An image, stack or volume in memory with its header: what every kind of file here is."""

from __future__ import annotations

import sys
import time
import warnings
from typing import TextIO

import numpy as np

from .. import _core
from . import utils, validation
from .constants import IMAGE_STACK_SPACEGROUP, MAP_ID, VOLUME_SPACEGROUP, VOLUME_STACK_SPACEGROUP
from .dtypes import HEADER_DTYPE, NSTART_DTYPE, VOXEL_SIZE_DTYPE, get_ext_header_dtype
from .statistics import Statistics, statistics_of

_MOST = np.iinfo(np.int32).max
_LABEL_BYTES = HEADER_DTYPE["label"].base.itemsize


def _triple(value, kind: type) -> tuple:
    """Three numbers of one, of three, or of a record with x, y and z."""
    if isinstance(value, np.ndarray) and value.dtype.names:
        return tuple(kind(value[axis]) for axis in ("x", "y", "z"))
    if np.ndim(value) == 0:
        return (kind(value),) * 3
    given = tuple(kind(part) for part in value)
    if len(given) != 3:
        raise ValueError(f"{len(given)} numbers given; one or three (x, y, z) are needed")
    return given


def _known(number: float) -> float | None:
    return number if np.isfinite(number) else None


def _read_only_record(values: tuple, dtype: np.dtype) -> np.recarray:
    record = np.rec.array(np.array(values, dtype=dtype))
    record.flags.writeable = False
    return record


class MrcObject:
    """Header, extended header and pixels, as mrcfile has them.

    The header is a NumPy record whose fields may be set; data and extended header are replaced by `set_data` and
    `set_extended_header`. Shapes are ``(ny, nx)``, ``(nz, ny, nx)`` or ``(volumes, mz, ny, nx)``.

    Attributes
    ----------
    header : numpy.recarray
        Every field of the MRC header by mrcfile's name, in the byte order of the file.
    extended_header : numpy.ndarray
        The bytes between header and pixels, or the array that was set.
    indexed_extended_header : numpy.ndarray or None
        The same as records, for the kinds FEI1 and FEI2; a copy. None, with a warning, for others.
    data : numpy.ndarray or None
        The pixels; None where they could not be read.
    voxel_size : numpy.recarray
        Edges of a voxel along x, y, z in Ångström. Assign one number, three, or such a record.
    nstart : numpy.recarray
        Where the grid begins, in voxels; assigned like `voxel_size`.
    """

    def __init__(self, **_ignored: object) -> None:
        self._header: np.recarray | None = None
        self._extended_header: np.ndarray | None = None
        self._data: np.ndarray | None = None
        self._read_only = False

    def _create_default_attributes(self) -> None:
        self._create_default_header()
        self._extended_header = np.empty(0, "V1")
        self._set_new_data(np.empty(0, np.int8))

    def _create_default_header(self) -> None:
        header = np.zeros((), HEADER_DTYPE).view(np.recarray)
        header.map = MAP_ID
        header.nversion = 20141
        header.machst = utils.machine_stamp_from_byte_order("<")
        header.ispg = VOLUME_SPACEGROUP
        header.cellb = (90, 90, 90)
        header.mapc, header.mapr, header.maps = 1, 2, 3
        self._header = header
        self.add_label(f"Created by mrcz.mrcfile {time.strftime('%Y-%m-%d %H:%M:%S')}")
        self.reset_header_stats()

    def _check_writeable(self) -> None:
        if self._read_only:
            raise ValueError("MRC object is read-only; open it in mode 'r+' to change it")

    # What it consists of.

    @property
    def header(self) -> np.recarray | None:
        return self._header

    @property
    def extended_header(self) -> np.ndarray | None:
        return self._extended_header

    @property
    def indexed_extended_header(self) -> np.ndarray | None:
        kind = bytes(self.header.exttyp.item())
        dtype = get_ext_header_dtype(kind, self.header.mode.dtype.byteorder)
        if dtype is None:
            warnings.warn(f"The header has exttyp {kind!r}, of which no records are known (FEI1 and FEI2 are)",
                          RuntimeWarning, stacklevel=2)
            return None
        content = self.extended_header.tobytes()
        records = min(len(content) // dtype.itemsize, max(1, int(self.header.nz)))
        if records == 0:
            warnings.warn(f"The header has exttyp {kind!r}, but its {len(content)} bytes are less than one record of "
                          f"{dtype.itemsize}", RuntimeWarning, stacklevel=2)
            return None
        return self._written_records(np.frombuffer(content, dtype, records))

    @staticmethod
    def _written_records(records: np.ndarray) -> np.ndarray:
        """Without the empty ones at the end: room that nobody filled."""
        written = np.flatnonzero(records["Metadata size"])
        return records[: written[-1] + 1].copy() if len(written) else records[:0].copy()

    def set_extended_header(self, extended_header: np.ndarray) -> None:
        """Replaces the extended header. Its kind goes into ``header.exttyp``, which is left alone.

        Raises
        ------
        ValueError
            If it has more than 2147483647 bytes, or the object is read-only.
        """
        self._check_writeable()
        if extended_header.nbytes > _MOST:
            raise ValueError(f"an extended header of {extended_header.nbytes} bytes; at most {_MOST} fit")
        self._extended_header = extended_header
        self._header.nsymbt = extended_header.nbytes

    @property
    def data(self) -> np.ndarray | None:
        return self._data

    def set_data(self, data: np.ndarray) -> None:
        """Replaces the pixels, and brings the header's sizes, mode and statistics in line.

        The array itself is kept where it can be, so that changes to it are seen; float64, integers of more than 16 bits
        and bool are refused, uint8 becomes uint16.

        Raises
        ------
        ValueError
            If it is not of 2, 3 or 4 axes, MRC has no mode for its type, an axis is too long, or the object is
            read-only.
        """
        self._check_writeable()
        mode = utils.mode_from_dtype(data.dtype)
        if not 2 <= data.ndim <= 4:
            raise ValueError(f"Data must be 2-, 3- or 4-dimensional, these have {data.ndim} axes")
        if max(data.shape) > _MOST or (data.ndim == 4 and data.shape[0] * data.shape[1] > _MOST):
            raise ValueError(f"axes of {data.shape} pixels: a header counts to {_MOST}")
        wanted = utils.dtype_from_mode(mode).newbyteorder(data.dtype.byteorder)
        self._close_data()
        self._set_new_data(np.asanyarray(data, dtype=wanted, order="C"))
        self.update_header_from_data()
        self.update_header_stats()

    def _close_data(self) -> None:
        self._data = None

    def _set_new_data(self, data: np.ndarray) -> None:
        self._data = data

    # Numbers of the header that belong together.

    @property
    def voxel_size(self) -> np.recarray:
        header = self.header
        with np.errstate(divide="ignore", invalid="ignore"):
            edges = tuple(np.float32(header.cella[axis]) / np.float32(header[samples])
                          for axis, samples in (("x", "mx"), ("y", "my"), ("z", "mz")))
        return _read_only_record(edges, VOXEL_SIZE_DTYPE)

    @voxel_size.setter
    def voxel_size(self, value) -> None:
        self._check_writeable()
        self._set_voxel_size(*_triple(value, float))

    def _set_voxel_size(self, x_size: float, y_size: float, z_size: float) -> None:
        header = self._header
        header.cella = (x_size * header.mx, y_size * header.my, z_size * header.mz)

    @property
    def nstart(self) -> np.recarray:
        header = self.header
        return _read_only_record(tuple(header[name].item() for name in ("nxstart", "nystart", "nzstart")), NSTART_DTYPE)

    @nstart.setter
    def nstart(self, value) -> None:
        self._check_writeable()
        self._set_nstart(*_triple(value, int))

    def _set_nstart(self, nxstart: int, nystart: int, nzstart: int) -> None:
        header = self._header
        header.nxstart, header.nystart, header.nzstart = nxstart, nystart, nzstart

    # What the pixels are.

    def is_single_image(self) -> bool:
        """Whether the data have two axes."""
        return self.data.ndim == 2

    def is_image_stack(self) -> bool:
        """Whether the data have three axes and the space group is 0."""
        return self.data.ndim == 3 and int(self.header.ispg) == IMAGE_STACK_SPACEGROUP

    def is_volume(self) -> bool:
        """Whether the data have three axes and the space group is not 0."""
        return self.data.ndim == 3 and int(self.header.ispg) != IMAGE_STACK_SPACEGROUP

    def is_volume_stack(self) -> bool:
        """Whether the data have four axes."""
        return self.data.ndim == 4

    def set_image_stack(self) -> None:
        """Makes data of three axes a stack of images. Raises ValueError for others."""
        self._check_writeable()
        if self.data.ndim != 3:
            raise ValueError("Only 3D data can be changed into an image stack")
        self._header.ispg = IMAGE_STACK_SPACEGROUP
        self._header.mz = 1

    def set_volume(self) -> None:
        """Makes data of three axes a volume. Raises ValueError for others."""
        self._check_writeable()
        if self.data.ndim != 3:
            raise ValueError("Only 3D data can be changed into a volume")
        if self.is_image_stack():
            self._header.ispg = VOLUME_SPACEGROUP
            self._header.mz = self._header.nz

    # The header brought in line with the pixels.

    def update_header_from_data(self) -> None:
        """Byte order, mode, sizes and space group from the data; the statistics stay as they are.

        Images get space group 0; with three axes it stays what it was (a stack of volumes becomes a volume), with four
        it becomes 401 unless it was one of volumes.
        """
        self._check_writeable()
        data = self.data
        order = utils.normalise_byte_order(data.dtype.byteorder)
        if data.dtype.itemsize > 1 or self._header.mode.dtype.byteorder == "=":
            self._header = self._header.astype(HEADER_DTYPE.newbyteorder(order)).view(np.recarray)
        order = self._header.mode.dtype.byteorder
        header = self._header
        header.machst = utils.machine_stamp_from_byte_order(order)
        header.mode = utils.mode_from_dtype(data.dtype)
        shape = (1,) * (3 - min(3, data.ndim)) + data.shape
        header.nx, header.ny = shape[-1], shape[-2]
        header.mx, header.my = header.nx, header.ny
        if data.ndim == 4:
            if not utils.spacegroup_is_volume_stack(header.ispg):
                header.ispg = VOLUME_STACK_SPACEGROUP
            header.nz, header.mz = shape[0] * shape[1], shape[1]
            return
        header.nz = shape[0]
        if data.ndim == 2:
            header.ispg = IMAGE_STACK_SPACEGROUP
        elif utils.spacegroup_is_volume_stack(header.ispg):
            header.ispg = VOLUME_SPACEGROUP
        header.mz = 1 if int(header.ispg) == IMAGE_STACK_SPACEGROUP else header.nz

    def update_header_stats(self) -> None:
        """DMIN, DMAX, DMEAN and RMS from the data. Warns of NaN and infinities."""
        self._check_writeable()
        if self.data is None or self.data.size == 0:
            self.reset_header_stats()
            return
        found = statistics_of(self.data)
        if not np.isfinite(found.standard_deviation):
            nan = np.isnan(found.standard_deviation) and bool(np.isnan(self.data).any())
            warnings.warn(f"Data array contains {'NaN' if nan else 'infinite'} values", RuntimeWarning, stacklevel=2)
        header = self._header
        self.reset_header_stats()
        mean, deviation = self._found_again(found)
        if found.minimum is not None:
            header.dmin, header.dmax = found.minimum, found.maximum
            header.dmean = np.nextafter(found.minimum, -np.inf, dtype=np.float32) if mean is None else mean
        if deviation is not None:
            header.rms = deviation

    def _found_again(self, found: Statistics) -> tuple[float | None, float | None]:
        """Mean and deviation that programs find again which sum in the pixels' own type, mrcfile's validator among
        them; None for others. NaN and infinities they find again."""
        mean, deviation = found.mean, found.standard_deviation
        if not np.isfinite(deviation):
            return mean, deviation
        if found.minimum is None:  # sums of complex pixels are those of their parts
            offset = abs(self.data.mean(dtype=np.complex128))
            stated = _core.stated_statistics(-offset, offset, offset, deviation, "float32", self.data.size)
            return None, _known(stated[3])
        stated = _core.stated_statistics(float(found.minimum), float(found.maximum), mean, deviation,
                                         self.data.dtype.name, self.data.size)
        return _known(stated[2]), _known(stated[3])

    def reset_header_stats(self) -> None:
        """Sets DMIN, DMAX, DMEAN and RMS to what means: not known."""
        self._check_writeable()
        header = self._header
        header.dmin, header.dmax, header.dmean, header.rms = 0, -1, -2, -1

    # Labels, and telling people.

    def get_labels(self) -> list[str]:
        """The labels in use, at most ten, without characters that cannot be printed."""
        used = min(max(0, int(self.header.nlabl)), len(self.header.label))
        return [utils.printable_string_from_bytes(bytes(label)) for label in self.header.label[:used]]

    def add_label(self, label: str) -> None:
        """Appends a label.

        Raises
        ------
        ValueError
            If it is longer than 80 characters or not of printable ASCII, or the object is read-only.
        IndexError
            If there are ten already.
        """
        self._check_writeable()
        if not utils.is_printable_ascii(label):
            raise ValueError("Label contains non-printable or non-ASCII characters")
        if len(label) > _LABEL_BYTES:
            raise ValueError(f"Label value has more than {_LABEL_BYTES} bytes")
        used = int(self.header.nlabl)
        if used >= len(self.header.label):
            raise IndexError(f"all {len(self.header.label)} labels of the header are in use")
        self._header.label[used] = utils.bytes_from_string(label)
        self._header.nlabl = used + 1

    def print_header(self, print_file: TextIO | None = None) -> None:
        """Prints every field of the header, one a line; to standard output unless told where."""
        for name in HEADER_DTYPE.names:
            print(f"{name:15} : {self.header[name]}", file=print_file or sys.stdout)

    def validate(self, print_file: TextIO | None = None) -> bool:
        """Whether header and data are MRC2014 in all that mrcfile's validator looks at; prints what is not."""
        complaints = validation.complaints_about(self)
        for complaint in complaints:
            print(complaint, file=print_file or sys.stdout)
        return not complaints
