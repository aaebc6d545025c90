"""MRCZ files as the plain files they stand for."""

from __future__ import annotations

import os
import sys
import threading
from typing import TextIO

import numpy as np

from .. import _core, threads
from ..errors import MrczError, warn
from ..jobs import verify
from ..opening import open as open_stack
from ..stack import Stack
from . import utils
from .dtypes import HEADER_DTYPE
from .mrcfile import MrcFile


def print_verdict(name: str, print_file: TextIO | None = None) -> bool:
    """Prints what ``mrcz verify`` says of a file; False when something in it does not hold."""
    out = print_file or sys.stdout
    try:
        said = verify(name)
    except MrczError as error:
        print(f"mrcz verify: {error}", file=out)
        return False
    for found in said["findings"]:
        print(f"mrcz verify: {found['severity']} {found['rule']}: {found['message']}", file=out)
    return True


class MrczFile(MrcFile):
    """An MRCZ file: header and pixels are those of the plain file that decompressing gives.

    Pixels are decoded when they are first asked for, on all processors. In mode ``r+`` a change compresses the whole
    file anew with the codec it has, under another name that is then changed. Metadata and record of steps go along, and
    the sum of the frames is made anew where there was one. What decompressing then gives is the changed file, not the
    one that was compressed first: a `mrcz.FileWarning` says so where that could be restored byte for byte.

    Parameters
    ----------
    codec : str, optional
        Of a new file: a name of ``mrcz.codecs()``.
    lazy : bool
        Data of three axes are a `mrcz.Stack`, which decodes the frames that are asked for, instead of an array.
    """

    def __init__(self, name: str | os.PathLike[str], mode: str = "r", overwrite: bool = False,
                 permissive: bool = False, header_only: bool = False, codec: str = "zstd", lazy: bool = False,
                 **ignored: object) -> None:
        self._codec = codec
        self._lazy = lazy
        self._stack: Stack | None = None
        super().__init__(name, mode, overwrite, permissive, header_only, **ignored)

    # Reading.

    def _open_file(self, name: str) -> None:
        # Bytes are signed here, as mrcfile has them.
        self._stack = open_stack(name, mode0="signed")
        if self._mode == "r+":
            if not os.access(name, os.W_OK):
                raise PermissionError(f"'{name}' may not be written")
            self._codec = self._stack.codec
            if self._codec == "raw":
                raise ValueError(f"'{name}' is plain MRC inside another compression; it can only be read")
            if self._codec not in writing_codecs():
                raise ValueError(f"'{name}': this build cannot write the codec {self._codec}; open it in mode 'r'")

    def _close_file(self) -> None:
        self._stack = None

    def _read(self, header_only: bool = False) -> None:
        header = np.frombuffer(_core.restored_header(self._stack._reader).to_bytes(), HEADER_DTYPE)
        self._header = header.reshape(()).copy().view(np.recarray)
        # Pixels come decoded in the machine's order, whatever the original's was.
        self._header.machst = utils.machine_stamp_from_byte_order("<")
        self._extended_header = np.frombuffer(self._stack.extended_header.to_bytes(), "V1").copy()
        self._extended_header.flags.writeable = not self._read_only
        self._header.flags.writeable = not self._read_only
        if not header_only:
            self._read_data()

    def _read_data(self) -> None:
        form = self._data_form()
        if form is not None:
            self._pending = lambda: self._decode(*form)

    def _decode(self, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray | Stack:
        if self._lazy and self._stack.shape == shape and self._stack.dtype == dtype:
            return self._stack
        data = np.empty(shape, dtype)
        self._stack.read(out=data.reshape(-1, *shape[-2:]))
        data.flags.writeable = not self._read_only
        return data

    def _get_file_size(self) -> int:
        return self._header.nbytes + self._extended_header.nbytes + self.data.nbytes

    # Writing.

    def _flush_changes(self, heads: bytes) -> None:
        self._store()

    def _store(self) -> None:
        self._require_pixels()
        if self.data.size == 0:
            raise ValueError(f"'{self._name}': there are no pixels to compress")
        like = self._stack if self._mode == "r+" else None
        restores_first = like is not None and _restores_first_original(like)
        receiving, sending = os.pipe()
        failures: list[BaseException] = []
        sender = threading.Thread(target=self._send, args=(sending, failures))
        sender.start()
        try:
            _core.compress_stream(receiving, name=self._name, path=os.path.realpath(self._name), codec=self._codec,
                                  overwrite=self._overwrite, like=like._reader if like else None,
                                  keep_sum=like is not None and self._keeps_sum(like), threads=threads.resolve(None))
        except MrczError as error:
            os.close(receiving)
            sender.join()
            # What could not be sent came through the pipe cut short.
            raise failures[0] if failures else error
        except BaseException:
            os.close(receiving)
            raise
        os.close(receiving)
        sender.join()
        if like is not None:
            if restores_first:
                warn(f"{self._name}: no longer restores the file it was made from; what decompressing gives from now on is "
                     "the changed one")
            self._stack = open_stack(self._name, mode0="signed")

    def _keeps_sum(self, like: Stack) -> bool:
        return not np.iscomplexobj(self.data) and any(section.id == "SUMI" for section in like.sections)

    def _send(self, descriptor: int, failures: list[BaseException]) -> None:
        try:
            with os.fdopen(descriptor, "wb") as stream:
                self._write_to(stream)
        except BrokenPipeError:
            pass  # a compression that failed reads no further, and raises its own error
        except BaseException as error:
            failures.append(error)

    # Checking.

    def validate(self, print_file: TextIO | None = None) -> bool:
        """As `MrcFile.validate`, of the plain file it stands for, and whether all that ``mrcz verify`` checks holds."""
        valid = super().validate(print_file)
        if self._stored is None:
            return valid
        return print_verdict(self._name, print_file) and valid


def _restores_first_original(stack: Stack) -> bool:
    return any(section.id == "ORIG" for section in stack.sections) and not any(
        step.get("step") == "edit" for step in stack.provenance)


def writing_codecs() -> list[str]:
    """Names of the codecs that this build can compress with."""
    return [row["name"] for row in _core.codecs() if row["writes"] and row["id"] != 0]
