"""How an array on the disk answers to what only arrays in memory do."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

_ARITHMETIC = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**",
               "matmul": "@", "lshift": "<<", "rshift": ">>", "and": "&", "or": "|", "xor": "^"}
_SIGNS = {"neg": "-", "pos": "+", "invert": "~", "abs": "abs"}


class ArrayManners:
    """Compares as NumPy does, with numbers and arrays; what computes new pixels is an error that tells the way out, as is
    a method or attribute that only NumPy's arrays have. NumPy's functions and arrays in memory take it as an array."""

    __hash__ = object.__hash__

    def __eq__(self, other: Any) -> Any:
        """Pixel by pixel with numbers and arrays, as NumPy compares; reads all frames."""
        return self._compared(other, operator.eq)

    def __ne__(self, other: Any) -> Any:
        return self._compared(other, operator.ne)

    def __lt__(self, other: Any) -> Any:
        return self._compared(other, operator.lt)

    def __le__(self, other: Any) -> Any:
        return self._compared(other, operator.le)

    def __gt__(self, other: Any) -> Any:
        return self._compared(other, operator.gt)

    def __ge__(self, other: Any) -> Any:
        return self._compared(other, operator.ge)

    def _compared(self, other: Any, compare: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, (bool, int, float, complex, list, tuple)) or hasattr(other, "__array__"):
            return compare(np.asarray(self), other)
        return NotImplemented

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            kind = type(self).__name__
            if not name.startswith("_") and hasattr(np.ndarray, name):
                raise AttributeError(f"a {kind} has no {name!r}, but arrays in memory have: s[:].{name}, of all frames or "
                                     f"of those that an index takes; {kind}.mean, std, min, max and sum need not hold them")
            raise AttributeError(f"{kind!r} object has no attribute {name!r}")


def _refusing(symbol: str) -> Any:
    def refuse(self: Any, *others: Any) -> Any:
        if others and hasattr(others[0], "__array__") and not isinstance(others[0], ArrayManners):
            return NotImplemented  # an array in memory computes with all of it
        raise TypeError(f"{symbol}: a {type(self).__name__} is an array on the disk: compute with s[:], all of it in memory, "
                        "with s[k], frame by frame, or with mrcz.dask.from_mrcz(s), chunk by chunk")

    return refuse


for _name, _symbol in _ARITHMETIC.items():
    setattr(ArrayManners, f"__{_name}__", _refusing(_symbol))
    setattr(ArrayManners, f"__r{_name}__", _refusing(_symbol))
for _name, _symbol in _SIGNS.items():
    setattr(ArrayManners, f"__{_name}__", _refusing(_symbol))
