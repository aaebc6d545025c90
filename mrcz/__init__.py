"""Detector images, small and fast, nothing lost: MRC and MRCZ files, read, written and corrected."""

from __future__ import annotations

from . import _core
from .errors import (ArgumentError, CancelledError, FileChangedError, FileDamagedError, FileWarning, InputNotFoundError,
                     MrczError, SystemFailedError, TargetExistsError, UnsupportedError)
from .header import Header, header_fields
from .stack import Stack, open  # noqa: A004 - mrcz.open
from .threads import set_threads
from .writer import Writer, write

__version__: str = _core.version

__all__ = [
    "ArgumentError",
    "CancelledError",
    "FileChangedError",
    "FileDamagedError",
    "FileWarning",
    "Header",
    "InputNotFoundError",
    "MrczError",
    "Stack",
    "SystemFailedError",
    "TargetExistsError",
    "UnsupportedError",
    "Writer",
    "__version__",
    "header_fields",
    "open",
    "set_threads",
    "write",
]
