"""Attributes of HDF5 datasets as members of a JSON object, and which of them have no form there."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import h5py

# Of ours, and of HDF5's dimension scales, NeXus and xarray, which speak of the container.
_OF_CONTAINERS = frozenset(("mrc", "voxel_size_angstrom", "_ARRAY_DIMENSIONS", "DIMENSION_LIST", "DIMENSION_LABELS",
                            "REFERENCE_LIST", "CLASS", "signal"))


class Attributes(NamedTuple):
    readable: dict[str, Any]
    left_behind: tuple[str, ...]  # names of the others, and why


def attributes_of(dataset: h5py.Dataset) -> Attributes:
    """A text `mrc` that is a JSON object becomes that object."""
    readable: dict[str, Any] = {}
    left_behind = []
    for name in dataset.attrs:
        try:
            readable[name] = _checked(name, _value(dataset, name))
        except (ValueError, TypeError, RecursionError) as error:
            if name == "mrc" or name not in _OF_CONTAINERS:
                left_behind.append(f"attribute {_shown(name)}: {error}")
    return Attributes(readable, tuple(left_behind))


def not_among(names: Collection[str], attributes: Attributes) -> tuple[str, ...]:
    """Readable attributes, other than those of containers, whose name is not among these."""
    return tuple(f"attribute {_shown(name)}: there are metadata, which went along" for name in attributes.readable
                 if name not in _OF_CONTAINERS and name not in names)


def _shown(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()


def _checked(name: str, value: Any) -> Any:
    try:
        # Texts of HDF5 may hold bytes that are no UTF-8; Python has a form for them that nothing else has.
        json.dumps({name: value}, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError("bytes that are no UTF-8") from error
    return value


def _value(dataset: h5py.Dataset, name: str) -> Any:
    import h5py

    try:
        value = dataset.attrs[name]
    except (OSError, KeyError) as error:
        raise ValueError("of a kind that h5py does not read") from error
    if isinstance(value, h5py.Empty):
        raise ValueError("has no value")
    if name == "mrc":
        return _object(value)
    if isinstance(value, (bytes, str)):
        return _text(value)
    return _plain(np.asarray(value))


def _object(value: Any) -> dict[str, Any]:
    try:
        found = json.loads(_text(value))
    except (ValueError, TypeError, AttributeError):
        found = None
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found


def _text(value: bytes | str) -> str:
    try:
        return value.decode() if isinstance(value, bytes) else str(value)
    except UnicodeDecodeError as error:
        raise ValueError("bytes that are no UTF-8") from error


def _plain(values: np.ndarray) -> Any:
    if values.dtype.kind in "SO":
        parts = values.reshape(-1).tolist()
        if not all(isinstance(part, (bytes, str)) for part in parts):
            raise ValueError("of a kind that is not read")
        texts = np.empty(len(parts), object)
        texts[:] = [_text(part) for part in parts]
        return texts.reshape(values.shape).tolist()
    if values.dtype.kind not in "biufU":
        raise ValueError("of several fields, or complex")
    if values.dtype.itemsize > 8 and values.dtype.kind == "f":
        raise ValueError("numbers of more than 64 bits")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError("NaN or infinity, which JSON has no form for")
    return values.tolist()
