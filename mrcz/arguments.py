"""Arguments of the wrong kind are told of by their names, before anything is done."""

from __future__ import annotations

import functools
import inspect
import operator
import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

from . import _core
from .threads import checked as checked_threads

Function = TypeVar("Function", bound=Callable[..., Any])
Check = Callable[[str, Any], Any]


def shown(value: Any) -> str:
    """In a line, as short as it can be told."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def _whole(least: int, most: int) -> Check:
    def check(name: str, value: Any) -> int:
        try:
            number = operator.index(value)
        except TypeError:
            raise TypeError(f"{name}: {shown(value)}, expected a whole number") from None
        if not least <= number <= most:
            raise ValueError(f"{name}: {number}, expected {least} to {most}")
        return number

    return check


def flag(name: str, value: Any) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}: {shown(value)}, expected True or False")
    return bool(value)


def text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name}: {shown(value)}, expected a text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name}: {shown(value)} has letters that UTF-8 cannot hold") from None
    return str(value)


def dataset(name: str, value: Any) -> str:
    if "\0" in text(name, value):
        raise ValueError(f"{name}: {value!r}: no dataset has a NUL in its name")
    return str(value)


def number(name: str, value: Any) -> float:
    if isinstance(value, (str, bytes)) or not hasattr(value, "__float__") or np.ndim(value):
        raise TypeError(f"{name}: {shown(value)}, expected a number")
    return float(value)


def number_or_none(name: str, value: Any) -> float | None:
    return None if value is None else number(name, value)


def path(name: str, value: Any) -> Any:
    """`value`, if it can be the name of a file."""
    if not isinstance(value, (str, bytes, os.PathLike)):
        raise TypeError(f"{name}: {shown(value)}, expected a path")
    if "\0" in os.fsdecode(value):
        raise ValueError(f"{name}: {shown(value)}: no file has a NUL in its name")
    return value


def path_or(name: str, value: Any) -> Any:
    """As :func:`path`, but what is neither text nor path is the function's own business."""
    return path(name, value) if isinstance(value, (str, bytes, os.PathLike)) else value


def paths(name: str, value: Any) -> Any:
    """A path, or several."""
    if isinstance(value, (str, bytes, os.PathLike)):
        return path(name, value)
    try:
        several = list(value)
    except TypeError:
        raise TypeError(f"{name}: {shown(value)}, expected a path or a list of paths") from None
    return [path(name, one) for one in several]


def _callable(name: str, value: Any) -> Any:
    if not callable(value):
        raise TypeError(f"{name}: {shown(value)}, expected a function that is called with two numbers, done and of how many")
    return value


def _limits(name: str, value: Any) -> Any:
    if not isinstance(value, _core.Limits):
        raise TypeError(f"{name}: {shown(value)}, expected a mrcz.Limits")
    return value


def _threads(name: str, value: Any) -> int | None:
    return checked_threads(value)


def _pair(meaning: str) -> Check:
    def check(name: str, value: Any) -> tuple[int, int]:
        try:
            first, second = (operator.index(one) for one in value)
        except (TypeError, ValueError):
            raise TypeError(f"{name}: {shown(value)}, expected ({meaning}), two whole numbers") from None
        if not (0 < first < 1 << 31 and 0 < second < 1 << 31):
            raise ValueError(f"{name}: {shown(value)}, expected ({meaning}), two numbers above 0")
        return first, second

    return check


def _live(name: str, value: Any) -> Any:
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    try:
        frames, seconds = value if isinstance(value, (tuple, list)) else (value, 1.0)
        found = operator.index(frames), float(seconds)
    except (TypeError, ValueError):
        raise TypeError(f"{name}: {shown(value)}, expected True, False, a number of frames or (frames, seconds)") from None
    if not 1 <= found[0] < 1 << 63 or not found[1] >= 0:
        raise ValueError(f"{name}: {shown(value)}, expected at least 1 frame, and seconds of 0 or more")
    return found


def volume_kind(name: str, value: Any) -> Any:
    return bool(value) if isinstance(value, (bool, np.bool_)) else _whole(1, (1 << 31) - 1)(name, value)


def live_of(live: Any) -> tuple[int, float] | None:
    """How often a file that grows is committed, for the core."""
    if isinstance(live, tuple):
        return live
    if live is None or live is False:
        return None
    return (32, 1.0) if live is True else (int(live), 1.0)


def _block_size(name: str, value: Any) -> int:
    """Smaller ones are nothing but heads of blocks."""
    size = whole_of_31_bits(name, value)
    if size and not 4096 <= size <= 1 << 30:
        raise ValueError(f"{name}: {size}, expected 0 (the default) or 4096 (4k) to 1073741824 (1024M)")
    return size


whole = _whole(-(1 << 63), (1 << 63) - 1)
whole_of_31_bits = _whole(0, (1 << 31) - 1)
count = _whole(0, (1 << 63) - 1)
_BYTES = _whole(0, (1 << 64) - 1)
# What the arguments of this package's functions are, by their names.
_KINDS: dict[str, Check] = {
    **dict.fromkeys(("again", "clip", "corrected", "drop_uncommitted", "dry_run", "keep_metadata", "keep_sum", "koma_divides",
                     "absolute", "measure", "overwrite", "plain", "round", "uncommitted"), flag),
    **dict.fromkeys(("codec", "filter", "gain_kind", "label", "mode0", "url"), text),
    **dict.fromkeys(("detector_gain", "frame_time", "min_speed", "spherical_aberration", "voltage"), number),
    **dict.fromkeys(("extended_header_bytes", "frame_bytes", "metadata_bytes", "metadata_depth", "trailing_bytes", "seed"),
                    _BYTES),
    "dataset": dataset,
    "block_size": _block_size,
    "lag": whole_of_31_bits,
    "kind": text,
    "level": _whole(-(1 << 31), (1 << 31) - 1),
    "limits": _limits,
    "live": _live,
    "path": path,
    "progress": _callable,
    "scan": _pair("rows, columns"),
    "shape": _pair("rows, columns"),
    "source": path_or,
    "target": path,
    "threads": _threads,
    "volume": volume_kind,
}


def of_kinds(what: str, values: dict[str, Any], kinds: Mapping[str, Check]) -> dict[str, Any]:
    """The fields of options, each as its kind; None stays."""
    return {name: value if value is None or name not in kinds else kinds[name](f"{what}: {name}", value)
            for name, value in values.items()}


def checked(**special: Check) -> Callable[[Function], Function]:
    """Of a function: its arguments are checked by what their names mean, or as `special` says. None is taken where it is
    the default."""

    def decorated(function: Function) -> Function:
        rows = inspect.signature(function).parameters
        kinds = {name: check for name in rows if (check := special.get(name) or _KINDS.get(name)) is not None}
        optional = {name for name in kinds if rows[name].default is None}
        places = [name for name, row in rows.items() if row.kind == row.POSITIONAL_OR_KEYWORD]

        def of_kind(name: str, value: Any) -> Any:
            return value if name not in kinds or (value is None and name in optional) else kinds[name](name, value)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if len(args) <= len(places):
                args = tuple(map(of_kind, places, args))
            return function(*args, **{name: of_kind(name, value) for name, value in kwargs.items()})

        return call  # type: ignore[return-value]

    return decorated
