"""Stacks that are no file of this machine: addresses on the web or of fsspec, and file objects."""

from __future__ import annotations

import io
import os
import pickle
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import _core
from .errors import FileChangedError, FileDamagedError, InputNotFoundError, SystemFailedError, UnsupportedError
from .sources import ByteRanges, copied_to_disk, digest_of, has_hashes, open_ranges


class AddressOrigin:
    """``http://`` and ``https://`` by the standard library, any other address by fsspec."""

    is_far = True

    def __init__(self, address: str) -> None:
        self.name = address
        self._ranges: Any = None

    def open(self, limits: _core.Limits, mode0: str) -> Any:
        self._ranges = self._connected()
        return open_ranges(self._ranges, limits, mode0)

    def _connected(self) -> Any:
        if self.name.lower().startswith(("http://", "https://")):
            from .http import WebFile

            return WebFile(self.name)
        return FsspecFile(self.name)

    def identity(self, reader: Any) -> Any:
        return (self._ranges.size, self._ranges.version)

    def require_identity(self, identity: Any, reader: Any) -> None:
        if self.identity(reader) != tuple(identity):
            raise FileChangedError("is no longer the file that was opened in the other process: open it again there",
                                   "corrupt", self.name)

    def is_being_written(self) -> bool:
        return False

    @contextmanager
    def local_path(self) -> Iterator[str]:
        with copied_to_disk(self._ranges) as path:
            yield path

    def __reduce__(self) -> Any:
        return AddressOrigin, (self.name,)


class FsspecFile:
    """Ranges of an address that fsspec knows."""

    def __init__(self, address: str) -> None:
        self.name = address
        try:
            from fsspec.core import url_to_fs
        except ImportError as error:
            raise UnsupportedError("addresses other than http:// and https:// need the package fsspec, which is not "
                                   "installed", "unsupported", address) from error
        with _naming(address):
            self._files, self._path = url_to_fs(address)
            self.size: int = self._files.info(self._path)["size"]
            self.version = str(self._files.ukey(self._path))

    def read_into(self, offset: int, view: memoryview) -> None:
        with _naming(self.name):
            data = self._files.cat_file(self._path, start=offset, end=offset + len(view))
        if len(data) != len(view):
            raise FileDamagedError(f"offset {offset:#x}: needs {len(view)} bytes, got {len(data)}: the file is cut short "
                                   "or changed", "truncated", self.name)
        view[:] = data


@contextmanager
def _naming(address: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise InputNotFoundError("there is no such file", "not_found", address) from error
    except OSError as error:
        raise SystemFailedError(str(error), "io_failed", address) from error


def _is_at_hand(file: Any) -> bool:
    """Whether it lies in memory, or is a file of this machine's system: no slower than a path."""
    return isinstance(getattr(file, "raw", file), (io.BytesIO, io.FileIO))


class ObjectOrigin:
    """A file object. Another process gets it by pickling it, where it pickles."""

    def __init__(self, file: Any, token: str | None = None) -> None:
        self.file = file
        name = getattr(file, "name", None) or getattr(file, "path", None)
        self.name = name if isinstance(name, str) else f"<{type(file).__name__}>"
        # What tells it from other objects of the same header and footer, whose pixels nothing vouches for.
        self._token = token or uuid.uuid4().hex
        self.is_far = not _is_at_hand(file)
        self._ranges: ByteRanges | None = None

    def open(self, limits: _core.Limits, mode0: str) -> Any:
        self._ranges = _ranges_of(self.file, self.name)
        return open_ranges(self._ranges, limits, mode0)

    def identity(self, reader: Any) -> Any:
        assert self._ranges is not None
        view = _Rereading(self._ranges)
        return (self._ranges.size, digest_of(view, self._ranges.size), None if has_hashes(reader) else self._token)

    def require_identity(self, identity: Any, reader: Any) -> None:
        if self.identity(reader) != tuple(identity):
            raise FileChangedError("is no longer the file that was opened in the other process: open it again there",
                                   "corrupt", self.name)

    def is_being_written(self) -> bool:
        return False

    @contextmanager
    def local_path(self) -> Iterator[str]:
        assert self._ranges is not None
        with copied_to_disk(self._ranges) as path:
            yield path

    def __reduce__(self) -> Any:
        try:
            pickle.dumps(self.file)
        except Exception as error:
            raise TypeError(f"{self.name}: a {type(self.file).__name__} does not pickle, so another process cannot have "
                            f"this stack: open it by its path or address ({error})") from error
        return ObjectOrigin, (self.file, self._token)


class _Rereading:
    """The two methods of a file that :func:`digest_of` needs."""

    def __init__(self, ranges: ByteRanges) -> None:
        self._ranges = ranges
        self._at = 0

    def seek(self, offset: int) -> None:
        self._at = offset

    def read(self, count: int | None = None) -> bytes:
        left = max(self._ranges.size - self._at, 0)
        buffer = bytearray(left if count is None else min(count, left))
        self._ranges.read_into(self._at, memoryview(buffer))
        self._at += len(buffer)
        return bytes(buffer)


def _ranges_of(file: Any, name: str) -> ByteRanges:
    if getattr(file, "closed", False):
        raise ValueError(f"{name}: the file object is closed")
    if isinstance(file, io.TextIOBase):
        raise TypeError(f"{name}: opened as text; open it with mode 'rb'")
    if isinstance(file, (io.FileIO, io.BufferedReader)) and isinstance(getattr(file, "raw", file), io.FileIO):
        return _DescriptorRanges(file, name)
    return _SeekingRanges(file, name)


class _DescriptorRanges:
    """A file of the system: reading leaves its position alone."""

    def __init__(self, file: Any, name: str) -> None:
        self.name = name
        self._file = file
        self.size = os.fstat(file.fileno()).st_size

    def read_into(self, offset: int, view: memoryview) -> None:
        done = 0
        while done < len(view):
            got = os.preadv(self._file.fileno(), [view[done:]], offset + done)
            if got == 0:
                _fail_cut(self.name, offset, done, len(view))
            done += got


class _SeekingRanges:
    """Anything with seek and read, one range at a time."""

    def __init__(self, file: Any, name: str) -> None:
        self.name = name
        self._file = file
        self._lock = threading.Lock()
        with self._lock:
            self._file.seek(0, os.SEEK_END)
            self.size = int(self._file.tell())

    def read_into(self, offset: int, view: memoryview) -> None:
        done = 0
        with self._lock:
            self._file.seek(offset)
            while done < len(view):
                data = self._file.read(len(view) - done)
                if isinstance(data, str):
                    raise TypeError(f"{self.name}: gives text; open it with mode 'rb'")
                if not data:
                    _fail_cut(self.name, offset, done, len(view))
                view[done : done + len(data)] = data
                done += len(data)


def _fail_cut(name: str, offset: int, got: int, wanted: int) -> None:
    raise FileDamagedError(f"offset {offset:#x}: needs {wanted} bytes, but the file ends after {got} of them",
                           "truncated", name)
