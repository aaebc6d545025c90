"""Plain MRC files on the disk."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import warnings
from pathlib import Path
from typing import BinaryIO, Callable, TextIO

import numpy as np

from .. import _core
from ..errors import MrczError
from ..opening import open as open_stack
from .dtypes import HEADER_DTYPE
from .mrcinterpreter import MrcInterpreter

MODES = ("r", "r+", "w+")
_COPY_BYTES = 1 << 24


def store(path: Path, overwrite: bool, write: Callable[[BinaryIO], None]) -> None:
    """Writes a file under another name and renames it when it is complete and on the disk."""
    target = Path(os.path.realpath(path))
    descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            write(stream)
            stream.flush()
            os.fchmod(stream.fileno(), _permissions(target))
            os.fsync(stream.fileno())
        if overwrite:
            os.replace(temporary, target)
        else:
            # Fails where there is a file by now; a rename would replace it.
            os.link(temporary, target)
            os.unlink(temporary)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _permissions(target: Path) -> int:
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


class MrcFile(MrcInterpreter):
    """A plain MRC file. Pixels are read when they are first asked for.

    Parameters
    ----------
    name : str or path
        The file.
    mode : {"r", "r+", "w+"}
        To read, to change, or a new file.
    overwrite : bool
        With ``w+``: replace a file that is there.
    permissive, header_only : bool
        As for `MrcInterpreter`.

    Raises
    ------
    ValueError
        For another mode, a file that is no valid MRC (unless permissive), and ``w+`` of a file that is there.
    OSError
        When there is no such file, or it cannot be read.

    Notes
    -----
    ``flush`` and ``close`` of a changed file write it under another name and then rename it: a crash leaves the old
    one. Where only the header was changed, only the header is written. The end of a ``with`` block closes the file,
    also when an exception ends it: what was changed until then is written, as mrcfile does.
    """

    def __init__(self, name: str | os.PathLike[str], mode: str = "r", overwrite: bool = False,
                 permissive: bool = False, header_only: bool = False, **ignored: object) -> None:
        super().__init__(permissive=permissive, **ignored)
        if mode not in MODES:
            raise ValueError(f"Mode '{mode}' not supported; it should be one of {', '.join(MODES)}")
        self._name = os.fsdecode(name)
        self._mode = mode
        self._read_only = mode == "r"
        self._pending: Callable[[], np.ndarray] | None = None
        self._stored: bytes | None = None  # header and extended header as they are on the disk
        self._trailing_bytes = 0
        self._overwrite = overwrite or mode == "r+"
        if mode == "w+":
            if not overwrite and os.path.lexists(self._name):
                raise ValueError(f"File '{self._name}' already exists; set overwrite=True to overwrite it")
            if not Path(os.path.realpath(self._name)).parent.is_dir():
                raise FileNotFoundError(f"There is no folder for '{self._name}'")
            self._create_default_attributes()
            return
        self._open_file(self._name)
        try:
            self._read(header_only)
        except BaseException:
            # Nothing was changed, and nothing is to be written when the object goes away.
            self._forget()
            raise
        self._stored = self._heads()

    def __repr__(self) -> str:
        return f"{type(self).__name__}('{self._name}', mode='{self._mode}')"

    def __del__(self) -> None:
        # Where opening failed there is no header, and nothing to close.
        if getattr(self, "_header", None) is not None:
            self.close()

    def _place(self) -> str:
        return f"{self._name}: "

    def _heads(self) -> bytes:
        return self._header.tobytes() + self._extended_header.tobytes()

    # Reading.

    def _open_file(self, name: str) -> None:
        self._iostream = open(name, "r+b" if self._mode == "r+" else "rb")

    def _close_file(self) -> None:
        stream, self._iostream = self._iostream, None
        if stream is not None:
            stream.close()

    def _get_file_size(self) -> int:
        """Bytes of the MRC file, what wraps it taken off."""
        return os.path.getsize(self._name)

    def _read(self, header_only: bool = False) -> None:
        super()._read(header_only)
        if header_only or not self._has_data() or self._is_ours():
            return
        if self._trailing_bytes > 0:
            warnings.warn(f"{self._name}: MRC file is {self._trailing_bytes} bytes larger than expected", RuntimeWarning,
                          stacklevel=2)

    def _has_data(self) -> bool:
        return self._data is not None or self._pending is not None

    def _is_ours(self) -> bool:
        """Whether what stands behind the pixels are sections of a footer."""
        if self._trailing_bytes == 0:
            return False
        try:
            with open_stack(self._name) as stack:
                return bool(stack.sections)
        except MrczError:
            return False

    def _read_data(self) -> None:
        form = self._data_form()
        if form is None:
            return
        dtype, shape = form
        wanted = dtype.itemsize * int(np.prod(shape, dtype=object))
        offset = self._iostream.tell()
        there = self._get_file_size() - offset
        if there < wanted:
            self._complain(f"Expected {wanted} bytes in data block but limit is {there}")
            return
        self._trailing_bytes = there - wanted
        self._pending = lambda: self._load(offset, dtype, shape)

    def _load(self, offset: int, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
        self._iostream.seek(offset)
        data = np.empty(shape, dtype)
        # No buffer of another thing of this size: into the array itself.
        if data.size and self._iostream.readinto(data.data.cast("B")) != data.nbytes:
            raise ValueError(f"{self._name} became shorter while it was open")
        data.flags.writeable = not self._read_only
        return data

    @property
    def data(self) -> np.ndarray | None:
        if self._data is None and self._pending is not None:
            self._data, self._pending = self._pending(), None
        return self._data

    # Writing.

    def _close_data(self) -> None:
        self._pending = None
        super()._close_data()

    def _set_new_data(self, data: np.ndarray) -> None:
        self._pending = None
        super()._set_new_data(data)

    def flush(self) -> None:
        """Writes what was changed to the disk. Raises ValueError when the file is closed."""
        if self._header is None:
            raise ValueError(f"{self._name} is closed")
        if self._read_only:
            return
        heads = self._heads()
        if self._data is None and heads == self._stored:
            return
        self._flush_changes(heads)
        self._stored = heads
        self._overwrite = True

    def _flush_changes(self, heads: bytes) -> None:
        if self._data is None and self._stored is not None and len(heads) == len(self._stored):
            self._iostream.seek(0)
            self._iostream.write(heads)
            self._iostream.flush()
            os.fsync(self._iostream.fileno())
            return
        self._store()

    def _require_pixels(self) -> None:
        """Those of a file that was opened without them would be lost."""
        if self.data is None:
            raise ValueError(f"{self._name}: its pixels were not read, and it cannot be written without them; what was "
                             "changed is not in the file")

    def _store(self) -> None:
        self._require_pixels()
        trailing = self._footer(self._header)

        def write(stream: BinaryIO) -> None:
            self._write_to(stream)
            stream.write(trailing)

        store(Path(self._name), self._overwrite, write)
        self._trailing_bytes = len(trailing)
        self._close_file()
        self._iostream = open(self._name, "r+b")

    def _footer(self, header: np.recarray) -> bytes:
        """Metadata and record of steps of the file as it was, for the pixels it gets and their header."""
        if not self._is_ours():
            if self._trailing_bytes > 0:
                warnings.warn(f"{self._name}: {self._trailing_bytes} bytes behind the pixels, of which nobody knows what "
                              "they are, are not kept", RuntimeWarning, stacklevel=2)
            return b""
        little = header.astype(HEADER_DTYPE)
        with open_stack(self._name) as stack:
            return _core.footer_of_copy(stack._reader, _core.Header.from_bytes(little.tobytes()))

    def _forget(self) -> None:
        super()._forget()
        self._close_file()

    # Checking.

    def validate(self, print_file: TextIO | None = None) -> bool:
        """Whether the file is MRC2014 in all that mrcfile's validator looks at, its length too; prints what is not."""
        valid = super().validate(print_file)
        complaint = self._length_complaint()
        if complaint:
            print(complaint, file=print_file or sys.stdout)
        return valid and not complaint

    def _length_complaint(self) -> str:
        if self.data is None:
            return "the data could not be read; the length of the file was not checked"
        if self._stored is None:  # not on the disk yet
            return ""
        expected = self._header.nbytes + self._extended_header.nbytes + self.data.nbytes
        found = self._get_file_size()
        if found == expected:
            return ""
        more_or_less = "larger" if found > expected else "smaller"
        return f"the file has {found} bytes, which is {more_or_less} than expected: the header speaks of {expected}"
