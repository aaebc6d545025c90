"""MRC files read from, and written to, streams of bytes."""

from __future__ import annotations

import warnings
from typing import BinaryIO, NoReturn

import numpy as np

from . import utils
from .constants import MAP_ID
from .dtypes import HEADER_DTYPE
from .mrcobject import MrcObject

_PIECE_BYTES = 1 << 26


class MrcInterpreter(MrcObject):
    """Reads a stream of bytes as plain MRC, and writes it back on `flush`.

    Parameters
    ----------
    iostream : binary file object, optional
        Read from where it stands. Without, nothing is read.
    permissive : bool
        Warn of what is wrong and go on, instead of raising ValueError; data that cannot be read are then None.
    header_only : bool
        Leave the pixels alone; data are then None.

    Raises
    ------
    ValueError
        For what is no MRC file, of a mode that is not known, or cut short.
    """

    def __init__(self, iostream: BinaryIO | None = None, permissive: bool = False, header_only: bool = False,
                 **ignored: object) -> None:
        super().__init__(**ignored)
        self._iostream = iostream
        self._heads_bytes = 0  # of the stream, as they were read
        self._permissive = permissive
        if iostream is not None:
            # Of a stream nobody knows whether it may be written.
            self._read_only = not (hasattr(iostream, "writable") and iostream.writable())
            try:
                self._read(header_only)
            except BaseException:
                # What could not be read is not to be written over when the object goes away.
                self._forget()
                raise

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback) -> None:
        self.close()

    def __del__(self) -> None:
        # Where opening failed there is nothing to close.
        if getattr(self, "_iostream", None) is not None:
            self.close()

    def _place(self) -> str:
        """What messages begin with."""
        return ""

    def _complain(self, message: str) -> None:
        if not self._permissive:
            raise ValueError(self._place() + message)
        warnings.warn(self._place() + message, RuntimeWarning, stacklevel=2)

    # Reading.

    def _read(self, header_only: bool = False) -> None:
        self._read_header()
        self._read_extended_header()
        if not header_only:
            self._read_data()
        if self._read_only:
            self._header.flags.writeable = False

    def _read_bytes(self, count: int) -> bytearray:
        """As many as there are, at most `count`; no more memory is taken than bytes come."""
        found = bytearray()
        while len(found) < count:
            piece = self._iostream.read(min(_PIECE_BYTES, count - len(found)))
            if not piece:
                break
            found += piece
        return found

    def _read_header(self) -> None:
        content = self._read_bytes(HEADER_DTYPE.itemsize)
        if len(content) < HEADER_DTYPE.itemsize:
            raise ValueError(f"{self._place()}Couldn't read enough bytes for MRC header: {len(content)} of "
                             f"{HEADER_DTYPE.itemsize}")
        self._header = self._interpreted_header(content)

    def _interpreted_header(self, content: bytearray) -> np.recarray:
        """In the byte order that its stamp says and its mode confirms."""
        little = np.frombuffer(content, HEADER_DTYPE).reshape(())
        if not little["map"].item().startswith(MAP_ID[:3]):
            self._complain("Map ID string not found - not an MRC file, or file is corrupt")
        order = "<"
        try:
            order = utils.byte_order_from_machine_stamp(little["machst"])
        except ValueError as error:
            self._complain(str(error))
        other = ">" if order == "<" else "<"
        header = np.frombuffer(content, HEADER_DTYPE.newbyteorder(order)).reshape(())
        if int(header["mode"]) not in utils.MODES:
            turned = np.frombuffer(content, HEADER_DTYPE.newbyteorder(other)).reshape(())
            if self._permissive and int(turned["mode"]) in utils.MODES:
                self._complain(f"Machine stamp '{utils.pretty_machine_stamp(header['machst'])}' does not match the "
                               f"apparent byte order '{other}'")
                header = turned
        return header.copy().view(np.recarray)

    def _read_extended_header(self) -> None:
        size = int(self._header.nsymbt)
        if size < 0:
            raise ValueError(f"{self._place()}an extended header of {size} bytes: NSYMBT is negative")
        content = self._read_bytes(size)
        if len(content) < size:
            self._complain(f"Expected {size} bytes in extended header but could only read {len(content)}")
        self._extended_header = np.frombuffer(content, "V1").copy()
        self._extended_header.flags.writeable = not self._read_only
        self._heads_bytes = self._header.nbytes + self._extended_header.nbytes

    def _data_form(self) -> tuple[np.dtype, tuple[int, ...]] | None:
        """Type and shape of the pixels, or None, with a complaint, where the mode is not known."""
        if int(self._header.mode) not in utils.MODES:
            problem = f"Unrecognised mode '{int(self._header.mode)}'"
            self._complain(f"{problem} - data block cannot be read" if self._permissive else problem)
            return None
        shape = utils.data_shape_from_header(self._header)
        if min(shape) < 0:
            self._refuse_shape(shape)
        return utils.data_dtype_from_header(self._header), shape

    def _refuse_shape(self, shape: tuple[int, ...]) -> NoReturn:
        raise ValueError(f"{self._place()}the header states data of shape {shape}, which no data have")

    def _read_data(self) -> None:
        form = self._data_form()
        if form is None:
            return
        dtype, shape = form
        wanted = dtype.itemsize * int(np.prod(shape, dtype=object))
        content = self._read_bytes(wanted)
        if len(content) < wanted:
            self._complain(f"Expected {wanted} bytes in data block but could only read {len(content)}")
            return
        self._data = np.frombuffer(content, dtype).reshape(shape)
        self._data.flags.writeable = not self._read_only

    # Writing.

    def _write_to(self, stream: BinaryIO) -> None:
        """Header, extended header and pixels, a section at a time."""
        stream.write(self.header.tobytes())
        stream.write(self.extended_header.tobytes())
        data = self.data
        if data is None or data.size == 0:
            return
        for section in data.reshape(-1, *data.shape[-2:]):
            stream.write(np.ascontiguousarray(section).data.cast("B"))

    def flush(self) -> None:
        """Writes everything to the stream, unless it is read-only.

        Raises
        ------
        ValueError
            When the extended header has another size and the pixels behind it were not read.
        """
        if self._read_only or self._iostream is None:
            return
        self._iostream.seek(0)
        if self._data is None:
            self._write_heads()
            return
        self._write_to(self._iostream)
        self._iostream.truncate()
        self._iostream.flush()

    def _write_heads(self) -> None:
        """What follows them in the stream stays."""
        if self._header.nbytes + self._extended_header.nbytes != self._heads_bytes:
            raise ValueError(f"{self._place()}its pixels were not read, and it cannot be written without them; what was "
                             "changed is not in the stream")
        self._iostream.write(self._header.tobytes())
        self._iostream.write(self._extended_header.tobytes())
        self._iostream.flush()

    def close(self) -> None:
        """Flushes, and forgets header and pixels. A second call does nothing."""
        if self._header is None:
            return
        try:
            self.flush()
        finally:
            self._forget()

    def _forget(self) -> None:
        self._close_data()
        self._header = None
        self._extended_header = None
