"""What stands between header and pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .stack import Stack


class ExtendedHeader(Sequence[dict[str, Any]]):
    """What stands between header and pixels: one record a frame, each a dict of the fields that are valid in it. Pickles
    as its stack does."""

    def __init__(self, stack: Stack) -> None:
        reader = stack._opened()
        self._stack = stack
        self._core = reader.extended_header()
        self._data = reader.extended_header_bytes

    def __reduce__(self) -> Any:
        return ExtendedHeader, (self._stack,)

    @property
    def kind(self) -> str:
        """``none``, ``fei``, ``fei_tomography``, ``serialem``, ``agard``, ``mrco``, ``symmetry``, ``json``, ``hdf5`` or
        ``unknown``."""
        kind: str = self._core.kind
        return kind

    def to_bytes(self) -> bytes:
        """As it stands in the file."""
        return self._data()

    def __len__(self) -> int:
        count: int = self._core.record_count
        return count

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self._core.record(i) for i in range(*index.indices(len(self)))]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(f"record {index}: the extended header ({self.kind}) has {len(self)}")
        return self._core.record(place)

    def __repr__(self) -> str:
        return f"<mrcz.ExtendedHeader {self.kind}, {self._core.bytes} bytes, {len(self)} records>"
