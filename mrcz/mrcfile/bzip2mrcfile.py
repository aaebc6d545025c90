"""MRC files inside bzip2."""

from __future__ import annotations

import bz2

from .wrapped import WrappedMrcFile


class Bzip2MrcFile(WrappedMrcFile):
    """An MRC file inside bzip2; see `MrcFile`. It is unwrapped as a whole when it is opened."""

    _open_wrapper = staticmethod(bz2.open)
