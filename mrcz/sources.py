"""Where a stack comes from, and how another process finds out that it is still the same."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from . import _core
from .errors import FileChangedError

_HEADER_BYTES = 1024
# Holds footer and index of most files: hashes and places of the frames.
_TAIL_BYTES = 1 << 20
_COPY_BYTES = 8 << 20
# First bytes of gzip, bzip2 and zstd, which only files on the disk are unwrapped from.
_WRAPPERS = (b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd")


class ByteRanges(Protocol):
    """Bytes that the library asks for range by range, from several threads at once."""

    name: str
    size: int

    def read_into(self, offset: int, view: memoryview) -> None: ...


class Origin(Protocol):
    """Something that a reader can be opened on, twice with the same result. Pickles."""

    name: str
    is_far: bool  # reading may take long, however little is read

    def open(self, limits: _core.Limits, mode0: str) -> Any: ...
    def identity(self, reader: Any) -> Any: ...
    def require_identity(self, identity: Any, reader: Any) -> None: ...
    def is_being_written(self) -> bool:
        """A program has it open to write, as far as that can be found out."""

    def local_path(self) -> Any:
        """A context manager that gives the path of a file with the same bytes."""


def origin_of(source: Any) -> Origin:
    """Of a path, an address or a file object."""
    if isinstance(source, (str, bytes, os.PathLike)):
        path = os.fsdecode(source)
        scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)(?:::|://)", path)
        if scheme is None:
            return PathOrigin(path)
        if scheme[1].lower() == "file":
            from urllib.parse import unquote, urlsplit

            return PathOrigin(unquote(urlsplit(path).path))
        from .remote import AddressOrigin

        return AddressOrigin(path)
    if hasattr(source, "read") and hasattr(source, "seek"):
        from .remote import ObjectOrigin

        return ObjectOrigin(source)
    raise TypeError(f"mrcz.open: {type(source).__name__} is no path, no URL and no file object (with read and seek)")


class PathOrigin:
    is_far = False

    def __init__(self, path: str) -> None:
        self.name = path
        self.path = os.path.abspath(path)
        self._state: tuple[int, int, int] | None = None

    def open(self, limits: _core.Limits, mode0: str) -> Any:
        reader = _core.Reader(self.name, limits, mode0)
        self._state = _state_of(self.path)
        return reader

    def identity(self, reader: Any) -> Any:
        """Its size, a hash of header, footer and index, which speak of all pixels where the file keeps their hashes;
        else also when it was changed."""
        try:
            state = _state_of(self.path)
        except OSError as error:
            raise FileChangedError(f"is gone since it was opened ({error.strerror})", "corrupt", self.name) from error
        if state != self._state:
            raise FileChangedError("changed since it was opened: open it again", "corrupt", self.name)
        with open(self.path, "rb") as file:
            return (state[0], digest_of(file, state[0]), None if has_hashes(reader) else state[1])

    def require_identity(self, identity: Any, reader: Any) -> None:
        if self.identity(reader) != tuple(identity):
            raise FileChangedError("is no longer the file that was opened in the other process: open it again there",
                                   "corrupt", self.name)

    def is_being_written(self) -> bool:
        import fcntl

        # Writers hold an exclusive lock; one that is shared for a moment hinders no reader.
        try:
            with open(self.path, "rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:  # some file systems have no locks
            pass
        return False

    @contextmanager
    def local_path(self) -> Iterator[str]:
        yield self.path

    def __reduce__(self) -> Any:
        return PathOrigin, (self.path,)


def has_hashes(reader: Any) -> bool:
    return any(section[0] == "FHSH" for section in reader.sections)


def _state_of(path: str) -> tuple[int, int, int]:
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns, status.st_ino


def digest_of(file: Any, size: int) -> str:
    """Of header, footer and index."""
    import hashlib

    digest = hashlib.blake2b(digest_size=16)
    file.seek(0)
    digest.update(file.read(_HEADER_BYTES))
    file.seek(max(_HEADER_BYTES, size - _TAIL_BYTES))
    digest.update(file.read())
    return digest.hexdigest()


def open_ranges(ranges: ByteRanges, limits: _core.Limits, mode0: str) -> Any:
    """A reader of `ranges`; what is wrapped in gzip, bzip2 or zstd is fetched whole and unwrapped."""
    head = bytearray(min(4, ranges.size))
    ranges.read_into(0, memoryview(head))
    if not bytes(head).startswith(_WRAPPERS):
        return _core.Reader.from_source(ranges, limits, mode0)
    with copied_to_disk(ranges) as path:
        return _core.Reader(path, limits, mode0)


@contextmanager
def copied_to_disk(ranges: ByteRanges) -> Iterator[str]:
    import tempfile

    with tempfile.NamedTemporaryFile(prefix="mrcz-") as copy:
        buffer = memoryview(bytearray(min(_COPY_BYTES, max(ranges.size, 1))))
        for offset in range(0, ranges.size, len(buffer)):
            some = buffer[: ranges.size - offset]
            ranges.read_into(offset, some)
            copy.write(some)
        copy.flush()
        yield copy.name
