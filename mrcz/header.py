"""The MRC header, by the standard's names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from . import _core


class Field(NamedTuple):
    """What the header has at one place."""

    name: str
    offset: int
    type: str
    values: int
    value_bytes: int
    unit: str
    meaning: str


_TYPES = ("i16", "i32", "i64", "f32", "text")


def header_fields() -> list[Field]:
    """Every field of the header in the order of the file.

    Examples
    --------
    >>> import mrcz
    >>> mrcz.header_fields()[3]
    Field(name='MODE', offset=12, type='i32', values=1, value_bytes=4, unit='', meaning='pixel type; compressed files add 1000 x codec id')
    """
    return [Field(name, offset, _TYPES[kind], values, value_bytes, unit, meaning)
            for name, offset, kind, values, value_bytes, unit, meaning in _core.header_fields()]


_NAMES = {row[0].lower().replace(".", "_"): row[0] for row in _core.header_fields()}


class Header(Mapping[str, Any]):
    """The 1024 bytes of a header as a mapping: ``header["NX"]``, ``header["CELLA.X"]``; also ``header.nx``,
    ``header.cella_x``. Texts come as :class:`str`, ``LABEL`` as a tuple of those in use. Numbers are as the file has
    them: whether DMIN or CELLA can be believed, :attr:`Stack.stats` and :attr:`Stack.voxel_size` know.

    Examples
    --------
    >>> header = mrcz.open(example).header
    >>> header["NZ"], header.nz, header.label[0][:22]
    (40, 40, 'Tomography projections')
    """

    __slots__ = ("_core_header",)

    def __init__(self, core_header: Any) -> None:
        self._core_header = core_header

    @classmethod
    def from_bytes(cls, data: bytes) -> Header:
        """Of 1024 bytes in little-endian order."""
        return cls(_core.Header.from_bytes(bytes(data)))

    def to_bytes(self) -> bytes:
        """The 1024 bytes, numbers in little-endian order whatever the file's was."""
        data: bytes = self._core_header.to_bytes()
        return data

    def __getitem__(self, name: str) -> Any:
        known = _NAMES.get(name.lower().replace(".", "_")) if isinstance(name, str) else None
        if known is None:
            raise KeyError(f"{name!r} is no field of an MRC header; mrcz.header_fields() lists them")
        value = self._core_header.get(known)
        if isinstance(value, bytes):
            return _text(value)
        if isinstance(value, tuple) and isinstance(value[0], bytes):
            return tuple(text for text in map(_text, value) if text)
        return value

    def __getattr__(self, name: str) -> Any:
        if name not in _NAMES:
            raise AttributeError(f"an MRC header has no field {name!r}; mrcz.header_fields() lists them")
        return self[name]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *_NAMES]

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES.values())

    def __len__(self) -> int:
        return len(_NAMES)

    def __repr__(self) -> str:
        return "\n".join(f"{name:15} {value}" for name, value in self.items())

    def __reduce__(self) -> Any:
        return Header.from_bytes, (self.to_bytes(),)


def _text(value: bytes) -> str:
    return value.split(b"\0", 1)[0].rstrip().decode("utf-8", "backslashreplace")
