"""How many threads work uses that is not told otherwise."""

from __future__ import annotations

import operator
import os

_chosen: int | None = None
_MOST = 65536


def available_processors() -> int:
    """Processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def default_threads() -> int:
    """What :func:`set_threads` said, else ``MRCZ_THREADS``, else ``SLURM_CPUS_PER_TASK``, else all processors."""
    if _chosen is not None:
        return _chosen
    for name in ("MRCZ_THREADS", "SLURM_CPUS_PER_TASK"):
        text = os.environ.get(name, "")
        if text.isdigit() and int(text) > 0:
            return min(int(text), 1024)
    return available_processors()


def set_threads(count: int | None) -> None:
    """Sets how many threads calls without ``threads=`` use; None: as the environment says.

    Raises
    ------
    ValueError
        If `count` is less than 1; a :class:`TypeError` if it is no whole number.
    """
    global _chosen
    _chosen = checked(count)


def checked(threads: int | None) -> int | None:
    """`threads` as a whole number of at least 1, or None."""
    if threads is None:
        return None
    try:
        count = operator.index(threads)
    except TypeError:
        raise TypeError(f"threads: {threads!r}, expected a whole number") from None
    if count < 1:
        raise ValueError(f"threads: {count}, but work needs at least 1")
    if count > _MOST:
        raise ValueError(f"threads: {count}, at most {_MOST}")
    return count


def resolve(threads: int | None) -> int:
    count = checked(threads)
    return default_threads() if count is None else count
