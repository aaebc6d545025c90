"""What is allocated at most on the word of a file."""

from __future__ import annotations

from . import _core

NAMES = ("frame_bytes", "extended_header_bytes", "metadata_bytes", "metadata_depth", "trailing_bytes")


def make_limits(**bounds: int | None) -> _core.Limits:
    limits = _core.Limits()
    for name, bound in bounds.items():
        if bound is not None:
            setattr(limits, name, bound)
    return limits
