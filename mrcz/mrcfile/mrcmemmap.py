"""Plain MRC files whose pixels stay on the disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ..opening import open as open_stack
from . import utils
from .mrcfile import MrcFile, store

# Which hold whatever the pixels are.
_STAYING_SECTIONS = frozenset(("META", "PROV"))


class MrcMemmap(MrcFile):
    """A plain MRC file whose data are a `numpy.memmap`: what is set there is in the file, without a way back.

    A new file bears its name from the start. `set_data` writes in place of the old pixels. Hashes and statistics that a
    file keeps behind its pixels are taken out of it when ``data`` is first asked for in mode ``r+``, since nobody can
    tell when a map is changed; metadata and record of steps stay.
    """

    def __init__(self, name: str | os.PathLike[str], mode: str = "r", overwrite: bool = False,
                 permissive: bool = False, header_only: bool = False, **ignored: object) -> None:
        super().__init__(name, mode, overwrite, permissive, header_only, **ignored)
        if mode == "w+":
            self._iostream = open(name, "w+b" if overwrite else "x+b")

    def _load(self, offset: int, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
        if not self._read_only and self._speaks_of_pixels():
            self._replace_footer(self._footer(self._header))
        return self._map(offset, dtype, shape)

    def _speaks_of_pixels(self) -> bool:
        """Whether something behind the pixels would be wrong when they change."""
        if not self._is_ours():
            return False
        with open_stack(self._name) as stack:
            return any(section.id not in _STAYING_SECTIONS for section in stack.sections)

    def _replace_footer(self, footer: bytes) -> None:
        """In place; where that fails the old one is put back."""
        end = self._get_file_size()
        start = end - self._trailing_bytes
        stream = self._iostream
        stream.seek(start)
        covered = stream.read(len(footer))
        try:
            stream.seek(start)
            stream.write(footer)
            stream.flush()
        except BaseException:
            os.pwrite(stream.fileno(), covered, start)
            os.truncate(stream.fileno(), end)
            raise
        stream.truncate(start + len(footer))
        os.fsync(stream.fileno())
        self._trailing_bytes = len(footer)

    def _map(self, offset: int, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
        if 0 in shape:
            return np.empty(shape, dtype)
        return np.memmap(self._iostream, dtype, "r" if self._read_only else "r+", offset, shape)

    def _open_memmap(self, dtype: np.dtype, shape: tuple[int, ...]) -> None:
        """Makes room in the file for pixels that anything may be; the header is brought in line."""
        self._check_writeable()
        self._close_data()
        offset = self._header.nbytes + self._extended_header.nbytes
        dtype = np.dtype(dtype)
        header = self._header.copy()
        header.nz = int(np.prod(shape[:-2], dtype=object))
        footer = self._footer(header)
        end = offset + dtype.itemsize * int(np.prod(shape, dtype=object))
        self._iostream.truncate(end)
        self._data = self._map(offset, dtype, tuple(shape))
        self.update_header_from_data()
        self._iostream.seek(end)
        self._iostream.write(footer)
        self._trailing_bytes = len(footer)
        # What stands behind the pixels is found by a header that tells where they end.
        self.flush()

    def set_data(self, data: np.ndarray) -> None:
        # What is about to be overwritten may be what is set.
        if self._data is not None and np.may_share_memory(data, self._data):
            data = np.array(data)
        super().set_data(data)

    def _set_new_data(self, data: np.ndarray) -> None:
        if data.size == 0:
            super()._set_new_data(data)
            return
        self._open_memmap(data.dtype, data.shape)
        self._data[...] = data

    def set_extended_header(self, extended_header: np.ndarray) -> None:
        """As `MrcObject.set_extended_header`; another size writes the whole file anew."""
        self._check_writeable()
        data = self.data
        before = self._extended_header.nbytes
        super().set_extended_header(extended_header)
        if extended_header.nbytes == before or data is None:
            return
        footer = self._footer(self._header)

        def write(stream: BinaryIO) -> None:
            self._write_to(stream)
            stream.write(footer)

        store(Path(self._name), True, write)
        self._trailing_bytes = len(footer)
        self._close_file()
        self._iostream = open(self._name, "r+b")
        self._data = self._map(self._header.nbytes + self._extended_header.nbytes, data.dtype, data.shape)

    def flush(self) -> None:
        """Writes header and pixels to the disk. Raises ValueError when the file is closed."""
        if self._header is None:
            raise ValueError(f"{self._name} is closed")
        if self._read_only:
            return
        self._iostream.seek(0)
        self._iostream.write(self._heads())
        self._iostream.flush()
        if isinstance(self._data, np.memmap):
            self._data.flush()
        self._stored = self._heads()


def new_dtype(mrc_mode: int) -> np.dtype:
    """The little-endian type of pixels of a mode. Raises ValueError for one that mrcfile does not know."""
    return utils.dtype_from_mode(mrc_mode).newbyteorder("<")
