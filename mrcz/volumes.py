"""Volumes that lie one after another in a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .facts import Array

if TYPE_CHECKING:
    from .stack import Stack


class Volumes(Sequence[Array]):
    """Volumes of a stack, decoded when asked for."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._sections = stack._opened().volume_sections or len(stack)

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self), self._sections, *self._stack.shape[1:])

    def __len__(self) -> int:
        return len(self._stack) // self._sections if self._sections else 0

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(f"volume {index}: {self._stack.name} has {len(self)}")
        return self._stack.read(place * self._sections, self._sections)

    def __repr__(self) -> str:
        return f"<mrcz.Volumes of {self._stack.name!r} {self.shape}>"
