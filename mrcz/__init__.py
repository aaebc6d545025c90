"""Detector images, small and fast, nothing lost: MRC and MRCZ files, read, written and corrected."""

from __future__ import annotations

from . import _core
from .errors import MrczError
from .stack import Stack, open  # noqa: A004 - mrcz.open
from .threads import set_threads

__version__: str = _core.version

__all__ = ["MrczError", "Stack", "__version__", "open", "set_threads"]
