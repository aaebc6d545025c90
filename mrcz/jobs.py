"""From file to file, as the verbs of the command ``mrcz`` do. Each returns the report that the command prints with
``--json``, as a dict; paths in it are as they were given."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any, Union

from . import _core, documents, pixels
from .arguments import checked, live_of, paths, text
from .errors import ArgumentError, warn
from .limits import make_limits
from .stack import Progress
from .threads import resolve

PathLike = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]

_RENAMED = {".mrc": ".mrcz", ".mrcs": ".mrczs"}
# X.map becomes X.map.mrcz, and that X.map again.
_KEPT = (".mrc", ".mrcs", ".map", ".ccp4", ".st", ".rec", ".ali", ".preali", ".bl", ".join", ".raw")
_WRAPPERS = (".gz", ".bz2", ".zst")


@checked()
def compress(source: PathLike, target: PathLike | None = None, *, codec: str = "zstd", level: int = 0,
             filter: str = "auto", block_size: int = 0, metadata: Any = None, dtype: Any = None,  # noqa: A002
             clip: bool = False, round: bool = False, keep_sum: bool = False, mode0: str = "by_header",  # noqa: A002
             overwrite: bool = False, limits: _core.Limits | None = None, threads: int | None = None,
             progress: Progress | None = None, min_speed: float = 0) -> dict[str, Any]:
    """Compresses an MRC file (plain, or in gzip, bzip2 or zstd) so that :func:`decompress` gives it back byte for byte.

    Parameters
    ----------
    source, target : path
        Without `target` ``X.mrc`` becomes ``X.mrcz``, ``X.mrcs`` ``X.mrczs``, others ``X.ext.mrcz``.
    codec, level, filter, block_size
        As :class:`mrcz.Writer` takes them; `codec` also ``"auto"``, what is smallest on a sample of the frames.
    metadata : dict or list, optional
        Replaces what the source carries.
    dtype : dtype or str, optional
        Stores pixels of this type; the original cannot be restored then.
    clip, round : bool
        What `dtype` may do to values that it does not have; without, they are an error.
    keep_sum : bool
        Also stores the sum over all frames.
    mode0 : {"by_header", "signed", "unsigned"}
    overwrite : bool
    limits : mrcz.Limits, optional
    threads : int, optional
    progress : callable, optional
        Called as ``progress(frames_done, frames)`` a few times a second.
    min_speed : float
        Which codecs ``codec="auto"`` may take: those that :func:`codecs` lists with so many MB/s (``speed``); 0: 100.

    Returns
    -------
    dict
        ``input``, ``output``, ``frames``, ``bytes_in``, ``bytes_out``, ``clipped``, ``rounded``, ``seconds``.

    Examples
    --------
    >>> report = mrcz.compress(example, folder / "projections.mrczs")
    >>> report["frames"], report["bytes_in"]
    (40, 1729024)
    """
    if min_speed and codec != "auto":
        raise ArgumentError("min_speed says which codecs codec=\"auto\" may take: give both", "invalid_argument")
    if not 0 <= min_speed < float("inf"):
        raise ArgumentError(f"min_speed: {min_speed}, expected MB/s", "invalid_argument")
    source = os.fsdecode(source)
    target = compressed_name(source) if target is None else os.fsdecode(target)
    return _report(_core.compress(
        source, target, codec=codec, level=level, block_bytes=block_size, filter=filter, metadata=_document(metadata),
        dtype=_type(dtype), clip=clip, round=round, keep_sum=keep_sum, mode0=mode0, limits=limits or make_limits(),
        overwrite=overwrite, threads=resolve(threads), progress=progress, least_speed=min_speed))


@checked(frames=text)
def decompress(source: PathLike, target: PathLike | None = None, *, frames: str = "", keep_metadata: bool = False,
               dtype: Any = None, clip: bool = False, round: bool = False, mode0: str = "by_header",  # noqa: A002
               overwrite: bool = False, limits: _core.Limits | None = None, threads: int | None = None,
               progress: Progress | None = None) -> dict[str, Any]:
    """Gives back the file that was compressed, byte for byte; where no original is kept, a plain MRC file of the same
    pixels.

    Parameters
    ----------
    source, target : path
        Without `target` ``X.mrcz`` becomes ``X.mrc``, ``X.mrczs`` ``X.mrcs``, ``X.map.mrcz`` ``X.map``.
    frames : str
        Only these, as ``"10:20"``, under a fresh header.
    keep_metadata : bool
        Metadata that are no part of the original go behind its bytes.
    dtype, clip, round, mode0, overwrite, limits, threads, progress
        As in :func:`compress`.

    Returns
    -------
    dict
        As :func:`compress`.
    """
    source = os.fsdecode(source)
    target = restored_name(source) if target is None else os.fsdecode(target)
    return _report(_core.decompress(
        source, target, frames=frames, keep_metadata=keep_metadata, dtype=_type(dtype), clip=clip, round=round,
        mode0=mode0, limits=limits or make_limits(), overwrite=overwrite, threads=resolve(threads), progress=progress))


@checked()
def verify(path: PathLike, *, mode0: str = "by_header", limits: _core.Limits | None = None, threads: int | None = None,
           progress: Progress | None = None) -> dict[str, Any]:
    """Decodes everything and checks it against the hashes that the file keeps; writes nothing.

    Returns
    -------
    dict
        ``frames``, ``bytes``, ``frames_hashed`` (every frame matched a hash), ``original_matched``, ``findings``.

    Raises
    ------
    mrcz.FileDamagedError
        Naming the frames that are damaged.
    """
    return _report(_core.verify(os.fsdecode(path), mode0=mode0, limits=limits or make_limits(), threads=resolve(threads),
                                progress=progress))


@checked(sources=paths)
def append(sources: PathLike | Iterable[PathLike], target: PathLike, *, level: int = 0, filter: str = "auto",  # noqa: A002
           block_size: int = 0, live: bool | int | tuple[int, float] | None = None, corrected: bool = False,
           mode0: str = "by_header", limits: _core.Limits | None = None, threads: int | None = None,
           progress: Progress | None = None) -> dict[str, Any]:
    """Appends the frames of files to a finished one; all are looked at before it is touched.

    Parameters
    ----------
    sources : path or paths
        Of the target's frame shape and pixel type.
    target : path
    corrected : bool
        The sources went through the corrections that the target's record tells of.
    live : bool, int or (int, float), optional
        Commit every so many frames (32) and seconds (1), instead of all frames or none.
    level, filter, block_size, mode0, limits, threads, progress
        As in :func:`compress`.

    Returns
    -------
    dict
        ``frames_before``, ``frames``, ``bytes_in``, ``bytes_out``.
    """
    files = [sources] if isinstance(sources, (str, bytes, os.PathLike)) else list(sources)
    return _report(_core.append(
        [os.fsdecode(file) for file in files], os.fsdecode(target), level=level, block_bytes=block_size, filter=filter,
        live=live_of(live), corrected=corrected, mode0=mode0, limits=limits or make_limits(), threads=resolve(threads),
        progress=progress))


@checked()
def repair(path: PathLike, target: PathLike | None = None, *, overwrite: bool = False, dry_run: bool = False,
           uncommitted: bool = False, drop_uncommitted: bool = False, limits: _core.Limits | None = None,
           threads: int | None = None, progress: Progress | None = None) -> dict[str, Any]:
    """Makes a whole file of a damaged or unfinished one: in place where a journal allows it, else a new file of every
    frame that is whole.

    Parameters
    ----------
    path, target : path
    dry_run : bool
        Finds out what would be done, and changes nothing.
    uncommitted, drop_uncommitted : bool
        What becomes of whole frames written after the last commit.
    overwrite, limits, threads, progress
        As in :func:`compress`.

    Returns
    -------
    dict
        ``action`` (``none``, ``forgot_journal``, ``rolled_back``, ``finished`` or ``salvaged``), ``problem``,
        ``output``, ``frames_before``, ``frames``, ``lost_frames``, ``lost_sections``, ``bytes_dropped``.
    """
    return _report(_core.repair(
        os.fsdecode(path), output=None if target is None else os.fsdecode(target), overwrite=overwrite, dry_run=dry_run,
        uncommitted=uncommitted, drop_uncommitted=drop_uncommitted, limits=limits or make_limits(),
        threads=resolve(threads), progress=progress))


def codecs() -> list[dict[str, Any]]:
    """What pixels can be coded with here, one dict each.

    Examples
    --------
    >>> [codec["name"] for codec in mrcz.codecs() if codec["writes"]]
    ['raw', 'blosclz', 'lz4', 'lz4hc', 'zlib', 'zstd', 'rans']
    """
    return [dict(row) for row in _core.codecs()]


def compressed_name(source: str) -> str:
    """What a file compressed under no other name is called."""
    base = without_wrapper(source)
    for ending, new in _RENAMED.items():
        if base.endswith(ending) and len(base) > len(ending):
            return base[: -len(ending)] + new
    return base + ".mrcz"


def restored_name(source: str) -> str:
    """What a file restored under no other name is called."""
    name = without_wrapper(source)
    for new, ending in _RENAMED.items():
        if name.endswith(ending) and len(name) > len(ending):
            base = name[: -len(ending)]
            keeps = ending == ".mrcz" and any(base.lower().endswith(kept) and len(base) > len(kept) for kept in _KEPT)
            return base if keeps else base + new
    raise ArgumentError("the name does not end in .mrcz or .mrczs: say how the restored file is called",
                        "invalid_argument", source)


def without_wrapper(name: str) -> str:
    for wrapper in _WRAPPERS:
        if name.endswith(wrapper) and len(name) > len(wrapper):
            return name[: -len(wrapper)]
    return name


def _document(metadata: Any) -> tuple[str, bytes] | None:
    return None if metadata is None else documents.to_document(metadata)


def _type(dtype: Any) -> str | None:
    return None if dtype is None else pixels.pixel_type_of(dtype)


def _report(outcome: tuple[str, list[str]]) -> dict[str, Any]:
    for message in outcome[1]:
        warn(message)
    report: dict[str, Any] = json.loads(outcome[0])
    return report
