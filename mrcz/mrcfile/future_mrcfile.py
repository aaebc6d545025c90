"""Files that are being opened by another thread."""

from __future__ import annotations

import concurrent.futures
from typing import Callable


class FutureMrcFile(concurrent.futures.Future):
    """What `open_async` gives: the file is its ``result()``. A timeout is a RuntimeError, as it is in mrcfile."""

    def __init__(self, open_function: Callable, args: tuple = (), kwargs: dict | None = None) -> None:
        super().__init__()
        # A thread of its own, so that files wait for the disk and not for each other.
        worker = concurrent.futures.ThreadPoolExecutor(1)
        self.set_running_or_notify_cancel()
        worker.submit(self._run, open_function, args, kwargs or {})
        worker.shutdown(wait=False)

    def _run(self, open_function: Callable, args: tuple, kwargs: dict) -> None:
        try:
            found = open_function(*args, **kwargs)
        except BaseException as error:
            self.set_exception(error)
        else:
            self.set_result(found)

    def result(self, timeout: float | None = None):
        try:
            return super().result(timeout)
        except concurrent.futures.TimeoutError as error:
            if self.done():
                raise
            raise RuntimeError(f"the file was not open after {timeout} s") from error

    def exception(self, timeout: float | None = None):
        try:
            return super().exception(timeout)
        except concurrent.futures.TimeoutError as error:
            if self.done():
                raise
            raise RuntimeError(f"the file was not open after {timeout} s") from error
