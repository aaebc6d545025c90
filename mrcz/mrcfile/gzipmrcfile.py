"""MRC files inside gzip."""

from __future__ import annotations

import gzip

from .wrapped import WrappedMrcFile


class GzipMrcFile(WrappedMrcFile):
    """An MRC file inside gzip; see `MrcFile`. It is unwrapped as a whole when it is opened."""

    _open_wrapper = staticmethod(gzip.open)
