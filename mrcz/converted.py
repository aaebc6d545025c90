"""A stack whose numbers are of another type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from .array_manners import ArrayManners
from .facts import Array
from .reductions import Reductions

if TYPE_CHECKING:
    from .stack import Stack


class Converted(ArrayManners, Reductions):
    """Made by :meth:`Stack.astype`: converts what is read of the stack, when it is read. Pickles as its stack does.

    Attributes
    ----------
    dtype : numpy.dtype
    """

    def __init__(self, source: Stack | Converted, dtype: Any, casting: Any = "unsafe") -> None:
        self._source = source
        self.dtype = np.dtype(dtype)
        if not np.can_cast(source.dtype, self.dtype, casting):
            raise TypeError(f"Cannot cast {self.stack.name} from {source.dtype!r} to {self.dtype!r} according to the rule "
                            f"{casting!r}")

    @property
    def stack(self) -> Stack:
        """Whose numbers are converted."""
        return self._source.stack if isinstance(self._source, Converted) else self._source

    @property
    def shape(self) -> tuple[int, ...]:
        return self.stack.shape

    @property
    def ndim(self) -> int:
        return self.stack.ndim

    @property
    def size(self) -> int:
        return self.stack.size

    @property
    def nbytes(self) -> int:
        count: int = self.dtype.itemsize
        return self.size * count

    def converted(self, values: Array) -> Array:
        """Numbers of :attr:`stack` as this gives them."""
        if isinstance(self._source, Converted):
            values = self._source.converted(values)
        return values.astype(self.dtype, copy=False)

    def __len__(self) -> int:
        return len(self.stack)

    def __getitem__(self, key: Any) -> Any:
        return self._source[key].astype(self.dtype, copy=False)

    def __iter__(self) -> Iterator[Array]:
        return (frame.astype(self.dtype, copy=False) for frame in self._source)

    def _blocks(self) -> Iterator[Array]:
        return (block.astype(self.dtype, copy=False) for block in self._source._blocks())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        if copy is False:
            raise ValueError(f"{self.stack.name} is on the disk: making an array of it needs a copy (copy=False was asked "
                             "for)")
        whole = np.empty(self.shape, self.dtype if dtype is None else dtype)
        done = 0
        for block in self._blocks():
            whole[done : done + len(block)] = block
            done += len(block)
        return whole

    def astype(self, dtype: Any, *, casting: Any = "unsafe", copy: bool = True) -> Converted:
        """Of another type, as :meth:`Stack.astype`; converted twice, as NumPy would."""
        return Converted(self, dtype, casting)

    def __repr__(self) -> str:
        return f"<mrcz.Converted to {self.dtype} of {self.stack!r}>"
