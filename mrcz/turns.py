"""Threads that take turns."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from .errors import ArgumentError
from .stack import Progress


class Turns:
    """Threads take turns at a writer. One that is in the middle of an append, as a callback or a handler of a signal
    is, is told so, instead of waiting for itself."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._inside: set[int] = set()

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        if threading.get_ident() in self._inside:
            raise ArgumentError("the writer is in the middle of an append: nothing can be done with it from its own "
                                "callback", "invalid_argument", self._path)
        with self._lock, self._marked():
            yield

    def heard(self, progress: Progress) -> Progress:
        """The callback, which may be called on another thread than the one that appends."""

        def told(done: int, total: int) -> None:
            if threading.get_ident() in self._inside:
                progress(done, total)
                return
            with self._marked():
                progress(done, total)

        return told

    @contextlib.contextmanager
    def _marked(self) -> Iterator[None]:
        self._inside.add(threading.get_ident())
        try:
            yield
        finally:
            self._inside.discard(threading.get_ident())
