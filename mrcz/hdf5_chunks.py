"""Chunks of blosc looked at before HDF5 decodes them: what the filter gives is not measured there, and a chunk that
decodes to another length than its dataset's chunks have would be read, or written, beyond memory."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from .errors import FileDamagedError, UnsupportedError

if TYPE_CHECKING:
    import h5py

BLOSC_FILTER = 32001
_SHUFFLE, _CHECKSUM = 2, 3  # HDF5's own, which blosc may have before and behind it
_CHECKSUM_BYTES = 4
_HEADER_BYTES = 16


class BloscChunks:
    """Those of a dataset; each is looked at once.

    Raises
    ------
    mrcz.UnsupportedError
        Where blosc is among other filters, so that a chunk does not tell what it decodes to.
    """

    def __init__(self, dataset: h5py.Dataset) -> None:
        self._dataset = dataset
        self._good: set[tuple[int, ...]] = set()
        self._filters: list[int] = []
        if dataset.chunks is None:
            return
        properties = dataset.id.get_create_plist()
        filters = [properties.get_filter(index)[0] for index in range(properties.get_nfilters())]
        if BLOSC_FILTER not in filters:
            return
        at = filters.index(BLOSC_FILTER)
        if filters[:at] not in ([], [_SHUFFLE]) or filters[at + 1 :] not in ([], [_CHECKSUM]):
            raise UnsupportedError(f"{dataset.name}: its chunks went through the filters {', '.join(map(str, filters))}, "
                                   "of which blosc (32001) can be read alone, behind shuffle (2) and before fletcher32 "
                                   "(3); write them anew with h5repack", "unsupported", dataset.file.filename)
        self._filters = filters

    def require(self, leading: tuple[int, ...]) -> None:
        """Raises FileDamagedError unless all chunks of the frame at these numbers decode to what they have to."""
        if not self._filters:
            return
        lengths = self._dataset.chunks
        starts = [(number // length * length,) for number, length in zip(leading, lengths)]
        starts += [range(0, extent, length)
                   for extent, length in zip(self._dataset.shape[len(leading) :], lengths[len(leading) :])]
        for place in itertools.product(*starts):
            if place not in self._good:
                self._require_chunk(place)
                self._good.add(place)

    def _require_chunk(self, place: tuple[int, ...]) -> None:
        try:
            left_out, chunk = self._dataset.id.read_direct_chunk(place)
        except (OSError, RuntimeError, ValueError):
            return  # never written; of what cannot be read HDF5 will tell
        wanted = math.prod(self._dataset.chunks) * self._dataset.dtype.itemsize
        applied = [found for index, found in enumerate(self._filters) if not left_out >> index & 1]
        stored = len(chunk) - (_CHECKSUM_BYTES if _CHECKSUM in applied else 0)
        if BLOSC_FILTER not in applied:
            if stored != wanted:
                self._refuse(place, f"it is not compressed and has {stored} bytes, not {wanted}")
            return
        if stored < _HEADER_BYTES:
            self._refuse(place, f"{stored} bytes are no chunk of blosc")
        decoded, coded = (int.from_bytes(chunk[at : at + 4], "little") for at in (4, 12))
        if decoded != wanted:
            self._refuse(place, f"it says that it decodes to {decoded} bytes, not {wanted}")
        if not _HEADER_BYTES <= coded <= stored:
            self._refuse(place, f"it says that it has {coded} bytes, of which {stored} are there")

    def _refuse(self, place: tuple[int, ...], found: str) -> None:
        raise FileDamagedError(f"{self._dataset.name}, chunk at {', '.join(map(str, place))}: {found}; nothing was "
                               "written. Take the dataset from another copy of the file", "corrupt",
                               self._dataset.file.filename)
