"""Metadata as Python objects, and as the documents that files carry: JSON where it holds them exactly, else MessagePack."""

from __future__ import annotations

import json
import os
import struct
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

import numpy as np

from .errors import ArgumentError


class Extension(NamedTuple):
    """A MessagePack extension type that has no form in Python."""

    code: int
    data: bytes


# As deep as files are read.
_GREATEST_DEPTH = 64


def to_document(value: Any) -> tuple[str, bytes]:
    """``("json", bytes)``, or ``("msgpack", bytes)`` of values that JSON has no form for: NaN, infinities, bytes, times
    (with a time zone), keys that are no texts. NumPy's numbers and arrays become numbers and lists, enumerations of texts
    and numbers these.

    Raises
    ------
    ArgumentError
        Naming the value that neither has a form for, or nothing would read back.
    """
    if isinstance(value, (str, os.PathLike)):
        raise ArgumentError(f"metadata: {str(value)!r} is a {type(value).__name__}, expected a dict or a list; those of a "
                            "file: metadata=json.load(open(name))", "invalid_argument")
    plain = _plain(value, "$")
    if _fits_json(plain):
        return "json", json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    out = bytearray()
    _pack(plain, out)
    return "msgpack", bytes(out)


def from_document(document: tuple[str, bytes] | None) -> Any:
    """What :func:`to_document` was given; None where there is no document."""
    if document is None:
        return None
    form, data = document
    return json.loads(data) if form == "json" else _Unpacker(data).value()


def _too_deep(path: str) -> ArgumentError:
    return ArgumentError(f"metadata {path[:80]}: nested deeper than {_GREATEST_DEPTH} levels, or it holds itself; flatten it",
                         "invalid_argument")


def _text(value: str, path: str) -> str:
    """What a str or a subclass of it holds: enumerations call themselves by another name."""
    text = str.__str__(value)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ArgumentError(f"metadata {path}: {text!r} has a lone surrogate, which UTF-8 has no form for; store bytes, or "
                            "text.encode('utf-8', 'replace').decode()", "invalid_argument") from error
    return text


def _plain(value: Any, path: str, depth: int = 1) -> Any:
    """The same value in Python's own types."""
    if depth > _GREATEST_DEPTH and isinstance(value, (dict, list, tuple)):
        raise _too_deep(path)
    if isinstance(value, str):
        return _text(value, path)
    if value is None or isinstance(value, (bool, Extension)):
        return value
    if isinstance(value, float):
        return float(value)
    if isinstance(value, int) and not isinstance(value, np.generic):
        if not -(1 << 63) <= value < 1 << 64:
            raise ArgumentError(f"metadata {path}: {value} has more than 64 bits", "invalid_argument")
        return int(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ArgumentError(f"metadata {path}: {value.isoformat()} is in no time zone, so nobody else knows when that "
                                "is; give it one (value.astimezone() is this machine's), or store value.isoformat()",
                                "invalid_argument")
        return value
    if isinstance(value, dict):
        return {_key(key, path): _plain(entry, f"{path}.{_shown(key)}", depth + 1) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry, f"{path}[{i}]", depth + 1) for i, entry in enumerate(value)]
    if isinstance(value, (np.generic, np.ndarray)) and value.dtype.kind in "biufSU":
        if value.dtype.kind == "f" and value.dtype.itemsize > 8:
            raise ArgumentError(f"metadata {path}: {value.dtype.name} has no form in JSON or MessagePack; store "
                                "numpy.float64(value)", "invalid_argument")
        return _plain(value.tolist(), path, depth)
    raise ArgumentError(f"metadata {path}: {type(value).__name__} has no form in JSON or MessagePack; store numbers, "
                        "texts, bytes, lists and dicts of them", "invalid_argument")


def _shown(key: Any) -> str:
    return str.__str__(key) if isinstance(key, str) else str(key)


def _key(key: Any, path: str) -> Any:
    if isinstance(key, np.generic):
        key = key.item()
    if isinstance(key, str):
        return _text(key, path)
    if isinstance(key, (int, bytes, bool)):
        return key
    raise ArgumentError(f"metadata {path}: a key of type {type(key).__name__}; keys are texts or integers",
                        "invalid_argument")


def _fits_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _fits_json(entry) for key, entry in value.items())
    if isinstance(value, list):
        return all(map(_fits_json, value))
    if isinstance(value, float):
        return value - value == 0
    return value is None or isinstance(value, (bool, int, str))


def _pack_head(out: bytearray, size: int, fixed: tuple[int, int] | None, heads: tuple[tuple[int, str], ...]) -> None:
    """The shortest head that holds `size`: `fixed` is (first byte, sizes it has room for)."""
    if fixed is not None and size < fixed[1]:
        out.append(fixed[0] | size)
        return
    for head, form in heads:
        if size < 1 << 8 * struct.calcsize(form):
            out += struct.pack(f">B{form}", head, size)
            return
    raise ArgumentError(f"metadata: {size} entries are more than MessagePack holds", "invalid_argument")


def _pack_int(value: int, out: bytearray) -> None:
    if -32 <= value < 128:
        out += struct.pack("b" if value < 0 else "B", value)
        return
    for head, form in ((0xCC, "B"), (0xCD, "H"), (0xCE, "I"), (0xCF, "Q")) if value >= 0 else (
            (0xD0, "b"), (0xD1, "h"), (0xD2, "i"), (0xD3, "q")):
        bits = 8 * struct.calcsize(form) - (value < 0)
        if (value if value >= 0 else ~value) < 1 << bits:
            out += struct.pack(f">B{form}", head, value)
            return


def _pack(value: Any, out: bytearray) -> None:
    if value is None or isinstance(value, bool):
        out.append({None: 0xC0, False: 0xC2, True: 0xC3}[value])
    elif isinstance(value, int):
        _pack_int(value, out)
    elif isinstance(value, float):
        out += struct.pack(">Bd", 0xCB, value)
    elif isinstance(value, str):
        data = value.encode()
        _pack_head(out, len(data), (0xA0, 32), ((0xD9, "B"), (0xDA, "H"), (0xDB, "I")))
        out += data
    elif isinstance(value, bytes):
        _pack_head(out, len(value), None, ((0xC4, "B"), (0xC5, "H"), (0xC6, "I")))
        out += value
    elif isinstance(value, Extension):
        _pack_head(out, len(value.data), None, ((0xC7, "B"), (0xC8, "H"), (0xC9, "I")))
        out += struct.pack("b", value.code) + value.data
    elif isinstance(value, datetime):
        _pack(_timestamp(value), out)
    elif isinstance(value, dict):
        _pack_head(out, len(value), (0x80, 16), ((0xDE, "H"), (0xDF, "I")))
        for key, entry in value.items():
            _pack(key, out)
            _pack(entry, out)
    else:
        _pack_head(out, len(value), (0x90, 16), ((0xDC, "H"), (0xDD, "I")))
        for entry in value:
            _pack(entry, out)


_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TIMESTAMP = -1


def _timestamp(value: datetime) -> Extension:
    since = value.astimezone(timezone.utc) - _EPOCH
    return Extension(_TIMESTAMP, struct.pack(">Iq", since.microseconds * 1000, since.days * 86400 + since.seconds))


def _time_of(data: bytes) -> datetime | Extension:
    if len(data) == 4:
        seconds, nanoseconds = struct.unpack(">I", data)[0], 0
    elif len(data) == 8:
        both = struct.unpack(">Q", data)[0]
        seconds, nanoseconds = both & (1 << 34) - 1, both >> 34
    else:
        nanoseconds, seconds = struct.unpack(">Iq", data)
    try:
        return _EPOCH + timedelta(seconds=seconds, microseconds=nanoseconds // 1000)
    except OverflowError:
        return Extension(_TIMESTAMP, data)


class _Unpacker:
    """Of a document that the library has checked."""

    _SIZES = {0xC4: "B", 0xC5: "H", 0xC6: "I", 0xC7: "B", 0xC8: "H", 0xC9: "I", 0xD9: "B", 0xDA: "H", 0xDB: "I",
              0xDC: "H", 0xDD: "I", 0xDE: "H", 0xDF: "I"}
    _NUMBERS = {0xCA: "f", 0xCB: "d", 0xCC: "B", 0xCD: "H", 0xCE: "I", 0xCF: "Q", 0xD0: "b", 0xD1: "h", 0xD2: "i",
                0xD3: "q"}
    _CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def value(self) -> Any:
        head = self._number("B")
        if head < 0x80 or head >= 0xE0:
            return head if head < 0x80 else head - 0x100
        if head < 0xC0:
            kind, size = (head & 0xF0, head & 0x0F) if head < 0xA0 else (0xA0, head & 0x1F)
            return self._map(size) if kind == 0x80 else self._list(size) if kind == 0x90 else self._text(size)
        if head in self._CONSTANTS:
            return self._CONSTANTS[head]
        if head in self._NUMBERS:
            return self._number(self._NUMBERS[head])
        if 0xD4 <= head <= 0xD8:
            return self._extension(1 << head - 0xD4)
        size = self._number(self._SIZES[head])
        if head <= 0xC6:
            return self._take(size)
        if head <= 0xC9:
            return self._extension(size)
        return self._text(size) if head <= 0xDB else self._list(size) if head <= 0xDD else self._map(size)

    def _take(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at]

    def _number(self, form: str) -> Any:
        return struct.unpack(f">{form}", self._take(struct.calcsize(form)))[0]

    def _text(self, size: int) -> str:
        return self._take(size).decode("utf-8", "replace")

    def _list(self, size: int) -> list[Any]:
        return [self.value() for _ in range(size)]

    def _map(self, size: int) -> dict[Any, Any]:
        entries = {}
        for _ in range(size):
            key = self.value()
            entries[tuple(key) if isinstance(key, list) else key] = self.value()
        return entries

    def _extension(self, size: int) -> Any:
        code = self._number("b")
        data = self._take(size)
        return _time_of(data) if code == _TIMESTAMP else Extension(code, data)
