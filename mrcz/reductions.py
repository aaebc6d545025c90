"""Sums, means and extremes of arrays that are larger than memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .facts import Array

# Differences from the mean are numbers of 8 bytes: so many bytes of them are made at a time.
_DIFFERENCES_BYTES = 16 << 20

_Parts = tuple[Array, ...]


class Reductions:
    """For arrays that give their frames some at a time, by `_blocks`; arguments and results are those of NumPy's methods.

    Floats are summed in float64 whatever their own type, so that means, deviations and sums are correct to about 1e-15
    times the size of what is summed, and rounded to the result's type at the end; NumPy's own of float32 are less so.
    Integers are summed exactly. Anything that is asked for with `where`, `initial` and the like is computed by NumPy, of all
    frames in memory.
    """

    shape: Any
    dtype: Any

    def _blocks(self) -> Iterator[Array]:
        raise NotImplementedError

    def _sum_of_frames(self) -> Array | None:
        """Exact, or in float64, where it can be had faster than from blocks."""
        return None

    def sum(self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, **others: Any) -> Any:
        """As :meth:`numpy.ndarray.sum`, frames decoded some at a time."""
        if others or not self._can_be_summed():
            return np.asarray(self).sum(axis=axis, dtype=dtype, out=out, keepdims=keepdims, **others)
        given = np.add.reduce(np.empty(0, self.dtype), dtype=dtype).dtype
        total = self._total(self._axes(axis), given if given.kind in "iu" else _wide(given))
        return _finished(total, self._axes(axis), given, out, keepdims)

    def mean(self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False, **others: Any) -> Any:
        """As :meth:`numpy.ndarray.mean`, frames decoded some at a time."""
        if others or not self._can_be_summed():
            return np.asarray(self).mean(axis=axis, dtype=dtype, out=out, keepdims=keepdims, **others)
        axes, kind = self._axes(axis), _inexact(self.dtype if dtype is None else dtype)
        total = self._total(axes, _wide(np.result_type(self.dtype, kind)))
        return _finished(total / self._count(axes), axes, kind, out, keepdims)

    def var(self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: bool = False,
            **others: Any) -> Any:
        """As :meth:`numpy.ndarray.var`, frames decoded some at a time, and once."""
        if others or not self._can_be_summed():
            return np.asarray(self).var(axis=axis, dtype=dtype, out=out, ddof=ddof, keepdims=keepdims, **others)
        axes, kind = self._axes(axis), _inexact(self.dtype if dtype is None else dtype)
        return _finished(self._variance(axes, ddof), axes, _real(kind), out, keepdims)

    def std(self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: bool = False,
            **others: Any) -> Any:
        """As :meth:`numpy.ndarray.std`, frames decoded some at a time, and once."""
        if others or not self._can_be_summed():
            return np.asarray(self).std(axis=axis, dtype=dtype, out=out, ddof=ddof, keepdims=keepdims, **others)
        axes, kind = self._axes(axis), _inexact(self.dtype if dtype is None else dtype)
        return _finished(np.sqrt(self._variance(axes, ddof)), axes, _real(kind), out, keepdims)

    def min(self, axis: Any = None, out: Any = None, keepdims: bool = False, **others: Any) -> Any:
        """As :meth:`numpy.ndarray.min`, frames decoded some at a time. :attr:`Stack.stats` has it without, of files that
        keep it."""
        return self._extreme("min", np.minimum, axis, out, keepdims, others)

    def max(self, axis: Any = None, out: Any = None, keepdims: bool = False, **others: Any) -> Any:
        """As :meth:`numpy.ndarray.max`, frames decoded some at a time. :attr:`Stack.stats` has it without, of files that
        keep it."""
        return self._extreme("max", np.maximum, axis, out, keepdims, others)

    def _extreme(self, name: str, of_two: Any, axis: Any, out: Any, keepdims: bool, others: dict[str, Any]) -> Any:
        if others or not self._can_be_summed():
            return getattr(np.asarray(self), name)(axis=axis, out=out, keepdims=keepdims, **others)
        axes = self._axes(axis)
        found = self._folded(axes, lambda block: (of_two.reduce(block, axis=axes, keepdims=True),),
                             lambda one, other: (of_two(one[0], other[0]),))
        return _finished(found[0], axes, self.dtype, out, keepdims)

    # How

    def _can_be_summed(self) -> bool:
        return self.dtype.kind in "iufc" and 0 not in self.shape

    def _axes(self, axis: Any) -> tuple[int, ...]:
        count = len(self.shape)
        np.empty((1,) * count).sum(axis=axis)  # tells what NumPy finds wrong with it
        if axis is None:
            return tuple(range(count))
        return tuple(sorted(one % count for one in (axis if isinstance(axis, tuple) else (axis,))))

    def _count(self, axes: tuple[int, ...]) -> int:
        count = 1
        for axis in axes:
            count *= self.shape[axis]
        return count

    def _total(self, axes: tuple[int, ...], kind: np.dtype[Any]) -> Array:
        is_cast_before = self.dtype.kind == "f" and kind.kind in "iu"
        frames = self._sum_of_frames() if 0 in axes and not is_cast_before else None
        if frames is not None:
            return np.add.reduce(frames[np.newaxis], axis=axes, dtype=kind, keepdims=True)
        return self._folded(axes, lambda block: (np.add.reduce(block, axis=axes, dtype=kind, keepdims=True),),
                            lambda one, other: (one[0] + other[0],))[0]

    def _variance(self, axes: tuple[int, ...], ddof: float) -> Array:
        def of_block(block: Array) -> _Parts:
            count = np.array(np.prod([block.shape[axis] for axis in axes], dtype=float))
            mean = np.add.reduce(block, axis=axes, dtype=_wide(block.dtype), keepdims=True) / count
            apart = block - mean
            squares = apart.real**2 + apart.imag**2 if apart.dtype.kind == "c" else np.square(apart, out=apart)
            return count, mean, np.add.reduce(squares, axis=axes, keepdims=True)

        def merged(one: _Parts, other: _Parts) -> _Parts:
            # Chan, Golub and LeVeque, Am. Stat. 37 (1983), equation 2.1.
            count = one[0] + other[0]
            apart = other[1] - one[1]
            squares = np.square(apart.real) + np.square(apart.imag)
            return (count, one[1] + apart * (other[0] / count),
                    one[2] + other[2] + squares * (one[0] * other[0] / count))

        with np.errstate(invalid="ignore"):
            _, _, squares = self._folded(axes, of_block, merged, at_once=_DIFFERENCES_BYTES // 8)
        left = max(self._count(axes) - ddof, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return squares / np.float64(left)

    def _folded(self, axes: tuple[int, ...], of_block: Callable[[Array], _Parts],
                merged: Callable[[_Parts, _Parts], _Parts], at_once: int | None = None) -> _Parts:
        """What `of_block` makes of some frames, merged over all where frames are among what is reduced, else one behind the
        other; of no more numbers than `at_once` at a time."""
        found: list[_Parts] = []
        for block in self._some_at_a_time(at_once):
            parts = of_block(block)
            if 0 in axes and found:
                parts = merged(found.pop(), parts)
            found.append(parts)
        if 0 in axes:
            return found[0]
        return tuple(np.concatenate(list(parts)) if parts[0].ndim else parts[0] for parts in zip(*found))

    def _some_at_a_time(self, numbers: int | None) -> Iterator[Array]:
        for block in self._blocks():
            frames = len(block) if numbers is None else max(1, numbers // max(1, block[0].size))
            for first in range(0, len(block), frames):
                yield block[first : first + frames]


def _inexact(kind: Any) -> np.dtype[Any]:
    """Of means."""
    found = np.dtype(kind)
    return found if found.kind in "fc" else np.dtype("float64")


def _real(kind: np.dtype[Any]) -> np.dtype[Any]:
    return np.empty(0, kind).real.dtype


def _wide(kind: np.dtype[Any]) -> np.dtype[Any]:
    """What numbers are added in."""
    return np.result_type(kind, np.complex128 if kind.kind == "c" else np.float64)


def _finished(result: Array, axes: tuple[int, ...], kind: Any, out: Any, keepdims: bool) -> Any:
    with np.errstate(over="ignore"):
        cast = np.asarray(result).astype(kind, copy=False)
    shaped = cast if keepdims else cast.reshape([size for axis, size in enumerate(cast.shape) if axis not in axes])
    if out is None:
        return shaped[()]
    if out.shape != shaped.shape:
        raise ValueError(f"out: an array of shape {out.shape}, expected {shaped.shape}")
    np.copyto(out, shaped, casting="same_kind")
    return out
