"""A file as the keys and values of a Zarr store; for zarr 3."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterable
from itertools import product
from typing import Any, Callable

import numpy as np
from zarr.abc.store import (ByteRequest, OffsetByteRequest, RangeByteRequest, Store, SuffixByteRequest)
from zarr.core.buffer import Buffer, BufferPrototype

from . import _core
from .errors import ArgumentError, UnsupportedError
from .stack import Stack

# What is behind a key: bytes, how to read a part of the file, or how to make the value.
_Range = tuple[int, int]


class FileStore(Store):
    """Read-only: documents, ranges of a file, and values made when they are asked for."""

    def __init__(self, stack: Stack, scan: tuple[int, int] | None, documents: dict[str, bytes],
                 ranges: dict[str, _Range], made: dict[str, Callable[[], bytes]]) -> None:
        super().__init__(read_only=True)
        self._stack = stack
        self._scan = scan
        self._file = open(stack.name, "rb", buffering=0) if ranges else None
        self._documents = documents
        self._ranges = ranges
        self._made = made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileStore) and self._stack.__dask_tokenize__() == other._stack.__dask_tokenize__()

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> Any:
        return store_of, (self._stack, self._scan)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()

    def __repr__(self) -> str:
        return f"FileStore({self._stack.name!r})"

    def _value(self, key: str, request: ByteRequest | None) -> bytes | None:
        if key in self._ranges:
            offset, size = self._ranges[key]
            first, last = _bounds(request, size)
            return self._read(offset + first, last - first)
        if key in self._documents:
            whole = self._documents[key]
        elif key in self._made:
            whole = self._made[key]()
        else:
            return None
        first, last = _bounds(request, len(whole))
        return whole[first:last]

    def _read(self, offset: int, count: int) -> bytes:
        assert self._file is not None
        pieces = []
        while count > 0:
            piece = os.pread(self._file.fileno(), count, offset)
            if not piece:
                raise EOFError(f"{self._stack.name} became shorter while it was open")
            pieces.append(piece)
            offset, count = offset + len(piece), count - len(piece)
        return b"".join(pieces)

    async def get(self, key: str, prototype: BufferPrototype, byte_range: ByteRequest | None = None) -> Buffer | None:
        value = await asyncio.to_thread(self._value, key, byte_range)
        return None if value is None else prototype.buffer.from_bytes(value)

    async def get_partial_values(self, prototype: BufferPrototype,
                                 key_ranges: Iterable[tuple[str, ByteRequest | None]]) -> list[Buffer | None]:
        return list(await asyncio.gather(*(self.get(key, prototype, request) for key, request in key_ranges)))

    async def exists(self, key: str) -> bool:
        return key in self._documents or key in self._ranges or key in self._made

    @property
    def supports_writes(self) -> bool:
        return False

    @property
    def supports_deletes(self) -> bool:
        return False

    @property
    def supports_partial_writes(self) -> bool:
        return False

    @property
    def supports_listing(self) -> bool:
        return True

    async def set(self, key: str, value: Buffer) -> None:
        raise ValueError(f"{self._stack.name} is open to be read")

    async def delete(self, key: str) -> None:
        raise ValueError(f"{self._stack.name} is open to be read")

    def _keys(self) -> Iterable[str]:
        yield from self._documents
        yield from self._ranges
        yield from self._made

    async def list(self) -> AsyncIterator[str]:
        for key in self._keys():
            yield key

    async def list_prefix(self, prefix: str) -> AsyncIterator[str]:
        for key in self._keys():
            if key.startswith(prefix):
                yield key

    async def list_dir(self, prefix: str) -> AsyncIterator[str]:
        start = prefix.rstrip("/") + "/" if prefix else ""
        seen = set()
        for key in self._keys():
            if key.startswith(start):
                name = key[len(start) :].split("/")[0]
                if name not in seen:
                    seen.add(name)
                    yield name


def _bounds(request: ByteRequest | None, size: int) -> _Range:
    if isinstance(request, RangeByteRequest):
        return min(request.start, size), min(request.end, size)
    if isinstance(request, OffsetByteRequest):
        return min(request.offset, size), size
    if isinstance(request, SuffixByteRequest):
        return max(0, size - request.suffix), size
    return 0, size


def store_of(stack: Stack, scan: tuple[int, int] | None) -> FileStore:
    """As a shard, as references, or decoded on the way: the first that goes."""
    wrapped = os.path.getsize(stack.name) != stack.file_bytes
    for attempt in () if wrapped else (_as_shard, _as_references):
        try:
            return attempt(stack, scan)
        except (ArgumentError, UnsupportedError):
            continue
    return _decoded(stack, scan)


def _as_shard(stack: Stack, scan: tuple[int, int] | None) -> FileStore:
    text = _core.zarr_metadata_json(stack._reader, scan)
    axes = len(json.loads(text)["shape"])
    return FileStore(stack, scan, {"zarr.json": text.encode()}, {"/".join(["c", *["0"] * axes]): (0, stack.file_bytes)}, {})


def _as_references(stack: Stack, scan: tuple[int, int] | None) -> FileStore:
    refs = json.loads(_core.zarr_references_json(stack._reader, "", scan))["refs"]
    documents = {key: value.encode() for key, value in refs.items() if isinstance(value, str)}
    ranges = {key: (value[1], value[2]) for key, value in refs.items() if not isinstance(value, str)}
    return FileStore(stack, scan, documents, ranges, {})


def _decoded(stack: Stack, scan: tuple[int, int] | None) -> FileStore:
    """Chunks that are not in the file: frames without compression."""
    if scan is not None and scan[0] * scan[1] != len(stack):
        raise ArgumentError(f"a scan of {scan[0]} x {scan[1]} points, but there are {len(stack)} frames",
                            "invalid_argument", stack.name)
    leading = tuple(scan) if scan is not None else (len(stack),)
    frame = stack.shape[1:]
    dtype = stack.dtype.newbyteorder("<")
    description = {
        "zarr_format": 2,
        "shape": [*leading, *frame],
        "chunks": [1] * len(leading) + list(frame),
        "dtype": dtype.str if dtype.names is None else [list(field) for field in dtype.descr],
        "compressor": None,
        "filters": None,
        "fill_value": None,
        "order": "C",
    }
    attributes = {"voxel_size_angstrom": list(reversed(stack.voxel_size))} if any(stack.voxel_size) else {}
    documents = {".zarray": json.dumps(description).encode(), ".zattrs": json.dumps(attributes).encode()}

    def pixels_of(index: int) -> Callable[[], bytes]:
        return lambda: np.ascontiguousarray(stack.read(index, 1)[0], dtype).tobytes()

    places = product(*map(range, leading))
    made = {".".join(map(str, [*place, *[0] * len(frame)])): pixels_of(index) for index, place in enumerate(places)}
    return FileStore(stack, scan, documents, {}, made)
