"""Opening files: :func:`mrcz.open`."""

from __future__ import annotations

from typing import Any

from .arguments import checked
from .errors import warn
from .limits import make_limits
from .sources import origin_of
from .stack import Stack


@checked()
def open(source: Any, *, threads: int | None = None, mode0: str = "by_header",  # noqa: A001 - mrcz.open
         frame_bytes: int | None = None, extended_header_bytes: int | None = None, metadata_bytes: int | None = None,
         metadata_depth: int | None = None, trailing_bytes: int | None = None, **correction: Any) -> Stack:
    """Opens an MRC or MRCZ file without reading its pixels.

    Parameters
    ----------
    source : path, URL or file object
        A file, plain, compressed by mrcz or wrapped in gzip, bzip2 or zstd; ``http://`` and ``https://`` addresses, of
        which only the parts that are needed are fetched; any other address that fsspec knows, if that is installed; an
        object with ``read`` and ``seek``.
    threads : int, optional
        Threads that decode; as :func:`mrcz.set_threads` says otherwise.
    mode0 : {"by_header", "signed", "unsigned"}
        How pixels of mode 0 are read, which programs disagree about.
    frame_bytes, extended_header_bytes, metadata_bytes, metadata_depth, trailing_bytes : int, optional
        What is allocated at most on the word of the file. The defaults (4 GiB a frame, 1 GiB of extended header, 256 MiB
        of metadata) suit all but very large files.
    **correction
        Corrections of each frame as it is loaded: see :func:`mrcz.correct`.

    Returns
    -------
    Stack

    Raises
    ------
    mrcz.InputNotFoundError
        If there is no such file; also a :class:`FileNotFoundError`.
    mrcz.FileDamagedError
        If it is no MRC file or cut short. A file that is damaged but readable in part opens with a
        :class:`mrcz.FileWarning`.

    Examples
    --------
    >>> import mrcz
    >>> stack = mrcz.open(example)
    >>> stack.shape, stack.dtype
    ((40, 135, 160), dtype('uint16'))
    >>> int(stack[3].max())
    30104
    >>> stack[::10, 60:70, 80].shape
    (4, 10)
    """
    limits = make_limits(frame_bytes=frame_bytes, extended_header_bytes=extended_header_bytes,
                         metadata_bytes=metadata_bytes, metadata_depth=metadata_depth, trailing_bytes=trailing_bytes)
    stack: Stack
    if correction:
        from .processing import correct_origin, require_known

        require_known(correction)
    if any(value is not None and value is not False for value in correction.values()):
        stack = correct_origin(origin_of(source), correction, threads=threads, mode0=mode0, limits=limits)
    else:
        stack = Stack(origin_of(source), threads=threads, mode0=mode0, limits=limits)
    _warn_of_damage(stack)
    return stack


def _warn_of_damage(stack: Stack) -> None:
    """Of what takes frames away. Oddities of headers, which half of all files have, are in :attr:`Stack.findings`."""
    damage = [finding.message for finding in stack.findings if finding.rule.startswith("MRCZ-D")]
    if damage and not stack._origin.is_being_written():
        warn(f"{stack.name}: {'; '.join(damage)}")
