"""What an index asks of a stack of frames: which frames to decode, and what to cut out of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

_EVERYTHING = slice(None)


class Selection(NamedTuple):
    """`frames` in the order they are to be decoded, and what makes the result of them.

    Either `per_frame` is the index into each frame, and `shape` that of the result; or both are None and `cut` is the
    index into the array of all those frames.
    """

    frames: np.ndarray[Any, Any]
    per_frame: tuple[Any, ...] | None = None
    shape: tuple[int, ...] | None = None
    cut: tuple[Any, ...] = ()


def select(key: Any, shape: tuple[int, ...]) -> Selection:
    """Understands `key` as NumPy does for an array of `shape`.

    Raises
    ------
    IndexError
        As NumPy raises it.
    """
    parts = _expanded(key, shape)
    place = next(i for i, part in enumerate(parts) if part is not None)
    first, rest = parts[place], parts[place + 1 :]
    lists = [part for part in parts if isinstance(part, np.ndarray)]
    if not lists:
        return _by_slices(parts, first, rest, shape)
    _check_numbers(parts, shape)
    if len(lists) == 1 and first is lists[0] and first.ndim == 1 and None not in _kinds(parts):
        frames = _from_start(first, shape[0])
        return Selection(frames, rest, (frames.size, *_pattern(shape[1:])[rest].shape))
    if first is not lists[0]:
        frames, inside = _frames_of(first, shape[0])
    else:
        frames, inside = np.unique(_from_start(first, shape[0]), return_inverse=True)
        inside = inside.reshape(first.shape)
    return Selection(frames, cut=(*parts[:place], inside, *rest))


def _by_slices(parts: tuple[Any, ...], first: Any, rest: tuple[Any, ...], shape: tuple[int, ...]) -> Selection:
    result = _pattern(shape)[parts].shape
    return Selection(_frames_of(first, shape[0])[0], tuple(part for part in rest if part is not None), result)


def _pattern(shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """An array that takes no memory: NumPy itself says what is wrong with an index, and what shape it gives."""
    return np.broadcast_to(np.zeros((), np.int8), shape)


def _kinds(parts: tuple[Any, ...]) -> list[Any]:
    return [None if part is None else type(part) for part in parts]


def _expanded(key: Any, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """One part an axis, and None for new axes: no ellipsis, masks as the numbers they stand for."""
    parts = [_part(part) for part in (key if isinstance(key, tuple) else (key,))]
    ellipses = [i for i, part in enumerate(parts) if part is Ellipsis]
    if len(ellipses) > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    used = sum(_axes_of(part) for part in parts)
    if used > len(shape):
        raise IndexError(f"too many indices for array: array is {len(shape)}-dimensional, but {used} were indexed")
    at = ellipses[0] if ellipses else len(parts)
    parts[at : at + 1] = [_EVERYTHING] * (len(shape) - used)
    expanded: list[Any] = []
    axis = 0
    for part in parts:
        if isinstance(part, np.ndarray) and part.dtype == bool:
            _check_mask(part, axis, shape)
            expanded.extend(part.nonzero())
        else:
            expanded.append(part)
        axis += _axes_of(part)
    return tuple(expanded)


def _part(part: Any) -> Any:
    if part is None or part is Ellipsis or isinstance(part, slice):
        return part
    if isinstance(part, (bool, np.bool_)):
        raise IndexError("True and False are no frame numbers; a mask has one entry for each frame")
    if hasattr(part, "__index__") and not isinstance(part, np.ndarray):
        return part.__index__()
    array = np.asarray(part)
    if array.size == 0 and not isinstance(part, np.ndarray):
        array = array.astype(np.intp)
    if array.dtype != bool and not np.issubdtype(array.dtype, np.integer):
        raise IndexError("only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or boolean "
                         "arrays are valid indices")
    return array.__index__() if array.ndim == 0 else array


def _axes_of(part: Any) -> int:
    if part is None or part is Ellipsis:
        return 0
    return part.ndim if isinstance(part, np.ndarray) and part.dtype == bool else 1


def _check_mask(mask: np.ndarray[Any, Any], axis: int, shape: tuple[int, ...]) -> None:
    for i, (found, expected) in enumerate(zip(mask.shape, shape[axis:])):
        if found != expected:
            raise IndexError(f"boolean index did not match indexed array along axis {axis + i}; size of axis is "
                             f"{expected} but size of corresponding boolean axis is {found}")


def _check_numbers(parts: tuple[Any, ...], shape: tuple[int, ...]) -> None:
    for axis, part in enumerate(part for part in parts if part is not None):
        if isinstance(part, slice):
            continue
        numbers = np.atleast_1d(part)
        outside = numbers[(numbers < -shape[axis]) | (numbers >= shape[axis])]
        if outside.size:
            raise IndexError(f"index {outside.flat[0]} is out of bounds for axis {axis} with size {shape[axis]}")


def _from_start(numbers: np.ndarray[Any, Any], count: int) -> np.ndarray[Any, Any]:
    numbers = numbers.astype(np.int64)
    return np.where(numbers < 0, numbers + count, numbers)


def _frames_of(first: Any, count: int) -> tuple[np.ndarray[Any, Any], Any]:
    """The frames of a slice or a number, and what stands in the index in its place."""
    if isinstance(first, slice):
        return np.arange(*first.indices(count), dtype=np.int64), _EVERYTHING
    return np.array([first + count if first < 0 else first], np.int64), 0
