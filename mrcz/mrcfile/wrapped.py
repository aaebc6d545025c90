"""Plain MRC files inside gzip or bzip2."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import BinaryIO, Callable

from .mrcfile import MrcFile, store

_PIECE_BYTES = 1 << 24


class WrappedMrcFile(MrcFile):
    """All is unwrapped when the file is opened, and wrapped anew when it is flushed."""

    _open_wrapper: Callable[..., BinaryIO]

    def _open_file(self, name: str) -> None:
        self._iostream = type(self)._open_wrapper(name, "rb")

    def _get_file_size(self) -> int:
        return self._unwrapped_bytes

    def _read(self, header_only: bool = False) -> None:
        try:
            super()._read(header_only)
        except EOFError as error:
            raise ValueError(f"{self._name} ends within its compressed data") from error
        except OSError as error:
            if error.errno is not None:
                raise
            raise ValueError(f"{self._name}: {error}") from error

    def _read_data(self) -> None:
        # The length is known when all is unwrapped; the pixels are then there already.
        heads = self._header.nbytes + self._extended_header.nbytes
        form = self._data_form()
        wanted = 0 if form is None else form[0].itemsize * _product(form[1])
        content = self._read_bytes(wanted)
        self._unwrapped_bytes = heads + len(content) + self._count_rest()
        self._close_file()
        if form is None:
            return
        if len(content) < wanted:
            self._complain(f"Expected {wanted} bytes in data block but could only read {len(content)}")
            return
        self._trailing_bytes = self._unwrapped_bytes - heads - wanted
        self._iostream = io.BytesIO(content)
        try:
            self._data = self._load(0, *form)
        finally:
            self._close_file()

    def _count_rest(self) -> int:
        count = 0
        while piece := self._iostream.read(_PIECE_BYTES):
            count += len(piece)
        return count

    def _flush_changes(self, heads: bytes) -> None:
        self._store()

    def _store(self) -> None:
        self._require_pixels()

        def write(stream: BinaryIO) -> None:
            with type(self)._open_wrapper(stream, "wb") as wrapped:
                self._write_to(wrapped)

        store(Path(self._name), self._overwrite, write)
        self._trailing_bytes = 0
        self._unwrapped_bytes = self._header.nbytes + self._extended_header.nbytes + self.data.nbytes


def _product(shape: tuple[int, ...]) -> int:
    product = 1
    for length in shape:
        product *= length
    return product
