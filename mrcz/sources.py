"""Where a stack comes from, and how another process finds out that it is still the same."""

from __future__ import annotations

import os
from typing import Any, Protocol

from . import _core
from .errors import FileChangedError

_HEADER_BYTES = 1024
# Holds footer and index of most files: hashes and places of the frames.
_TAIL_BYTES = 1 << 20


class Origin(Protocol):
    """Something that a reader can be opened on, twice with the same result. Pickles."""

    name: str

    def open(self, limits: _core.Limits, mode0: str) -> Any: ...
    def identity(self, reader: Any) -> Any: ...
    def require_identity(self, identity: Any, reader: Any) -> None: ...
    def path_for(self, job: str) -> str: ...


def origin_of(source: Any) -> Origin:
    if isinstance(source, (str, os.PathLike)):
        return PathOrigin(os.fsdecode(source))
    raise TypeError(f"{type(source).__name__} is no path, no URL and no file object")


class PathOrigin:
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
        state = _state_of(self.path)
        if state != self._state:
            raise FileChangedError("changed since it was opened: open it again", "corrupt", self.name)
        return (state[0], _digest_of(self.path), None if _has_hashes(reader) else state[1])

    def require_identity(self, identity: Any, reader: Any) -> None:
        if self.identity(reader) != tuple(identity):
            raise FileChangedError("is no longer the file that was opened in the other process: open it again there",
                                   "corrupt", self.name)

    def path_for(self, job: str) -> str:
        return self.path

    def __reduce__(self) -> Any:
        return PathOrigin, (self.path,)


def _has_hashes(reader: Any) -> bool:
    return any(section[0] == "FHSH" for section in reader.sections)


def _state_of(path: str) -> tuple[int, int, int]:
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns, status.st_ino


def _digest_of(path: str) -> str:
    import hashlib

    digest = hashlib.blake2b(digest_size=16)
    with open(path, "rb") as file:
        digest.update(file.read(_HEADER_BYTES))
        size = file.seek(0, os.SEEK_END)
        file.seek(max(_HEADER_BYTES, size - _TAIL_BYTES))
        digest.update(file.read())
    return digest.hexdigest()
