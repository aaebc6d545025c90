"""The header dict of python-mrcz: its keys, made from what a file says, and nothing else."""

from __future__ import annotations

import json
import os
import re
import struct
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, time
from enum import Enum
from typing import Any, BinaryIO

import numpy as np

from . import _core, threads
from .documents import from_document
from .errors import warn
from .pixels import dtype_of

COMPRESSED_MODES = 1000  # MODE = mode of the pixels + 1000 * number of the codec

# Numbers of codecs in MODE. 7 to 15 are chunks of c-blosc 2, which python-mrcz 0.6 writes.
COMPRESSOR_ENUM: dict[int, str | None] = {
    0: None, 1: "blosclz", 2: "lz4", 3: "lz4hc", 4: "snappy", 5: "zlib", 6: "zstd", 7: "ndlz", 8: "zfp_acc",
    9: "zfp_prec", 10: "zfp_rate", 11: "openhtj2k", 12: "grok", 13: "openzl", 14: "j2k", 15: "htj2k",
    **{row["id"]: row["name"] for row in _core.codecs() if row["id"] > 15},
}
REVERSE_COMPRESSOR_ENUM = {name: number for number, name in COMPRESSOR_ENUM.items()}

CCPEM_ENUM = {0: "i1", 1: "i2", 2: "f4", 3: "c8", 4: "c8", 6: "u2", 7: "i4", 8: "u4", 12: "f2", 101: "u1"}
EMAN2_ENUM = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4"}
REVERSE_CCPEM_ENUM = {
    "int8": 0, "i1": 0, "int16": 1, "i2": 1, "float32": 2, "f4": 2, "float64": 2, "f8": 2, "complex64": 4, "c8": 4,
    "complex128": 4, "c16": 4, "uint16": 6, "u2": 6, "int32": 7, "i4": 7, "uint32": 8, "u4": 8, "float16": 12,
    "f2": 12, "uint4": 101,
}

# What readMRC gives of the file itself. Metadata under these names are not seen through it.
HEADER_KEYS = frozenset((
    "dimensions", "MRCtype", "compressor", "dtype", "pixelsize", "pixelunits", "minImage", "maxImage", "meanImage",
    "extendedBytes", "metaId", "voltage", "C3", "gain", "packedBytes",
))

# Ångström in one unit. python-mrcz knows the first four and takes every other for nm.
_ANGSTROM_IN = {
    "\\AA": 1.0, "\\mum": 1e4, "pm": 1e-2, "nm": 10.0,
    "Å": 1.0, "\u212b": 1.0, "A": 1.0, "AA": 1.0, "ang": 1.0, "angstrom": 1.0, "angstroms": 1.0, "ångström": 1.0,
    "um": 1e4, "µm": 1e4, "\u03bcm": 1e4, "micron": 1e4, "microns": 1e4, "micrometer": 1e4, "mm": 1e7, "m": 1e10,
    "nanometer": 10.0, "nanometers": 10.0, "picometer": 1e-2,
}
_NO_UNITS = ("", "None", "<undefined>")  # the last is what an axis of HyperSpy without units says


def angstrom_in(units: Any) -> float:
    """How many Ångström one of `units` is; nm where nobody knows it, which is told."""
    text = str(units).strip()
    known = _ANGSTROM_IN.get(text, _ANGSTROM_IN.get(text.lower()))
    if known is None and text not in _NO_UNITS:
        warn(f"pixelunits {text!r} are no units of length that mrcz knows: taken as nm", UserWarning)
    return _ANGSTROM_IN["nm"] if known is None else known


def voxel_of(pixelsize: Any, units: Any) -> tuple[float, float, float]:
    """Edges of a voxel along x, y, z in Ångström, from python-mrcz's [z, y, x], [y, x] (z is then 10 Å) or one."""
    sizes = np.atleast_1d(np.asarray(pixelsize, dtype=float)).ravel() * angstrom_in(units)
    if sizes.size not in (1, 2, 3):
        raise ValueError(f"pixelsize must have 1, 2 or 3 elements, got {sizes.size}")
    if sizes.size == 1:
        sizes = np.repeat(sizes, 3)
    elif sizes.size == 2:
        sizes = np.array([10.0, *sizes])
    if not (np.isfinite(sizes) & (sizes >= 0)).all():
        warn(f"pixelsize {pixelsize!r}: what is no length is written as 0, unknown", UserWarning)
        sizes = np.where(np.isfinite(sizes) & (sizes >= 0), sizes, 0.0)
    return float(sizes[2]), float(sizes[1]), float(sizes[0])


def default_header() -> dict[str, Any]:
    """A header dict with every key that writeMRCHeader looks at; to be changed and given to it.

    Returns
    -------
    dict
        Pixels of ``u1``, 0.1 nm in size, of a microscope of 300 kV and 2.7 mm; no compression.
    """
    return {
        "fileConvention": "ccpem", "endian": "le", "MRCtype": 0, "dimensions": np.array([0, 0, 0], dtype=int),
        "dtype": "u1", "compressor": None, "backend": None, "packedBytes": 0, "clevel": 1, "maxImage": 1.0,
        "minImage": 0.0, "meanImage": 0.0, "pixelsize": 0.1, "pixelunits": "nm", "voltage": 300.0, "C3": 2.7,
        "gain": 1.0, "n_threads": threads.default_threads(),
    }


def _shortest(value: float) -> float:
    """The number people wrote: of all that are this one as float32, the one with the fewest digits."""
    return float(str(np.float32(value)))


_VERSION = re.compile(r"MRCZ(\d+)\.(\d+)")


def slices_of(core_header: Any) -> int:
    """Slices of each item of a list; 0: one array. Only a label that MRCZ programs write makes a list of a file."""
    label = core_header.get("LABEL")[0].rstrip(b" \0").decode("latin-1")
    version = _VERSION.match(label)
    if version is None:
        return 0
    if (int(version[1]), int(version[2])) < (0, 5):
        return 1  # M are the dimensions; they were lists of images
    return max(0, int(core_header.get("MZ")))


def _microscope(core_header: Any) -> tuple[float, float, float]:
    """Voltage, C3 and gain. Other programs keep other things in those bytes."""
    if not any(label.startswith(b"MRCZ") for label in core_header.get("LABEL")):
        return 0.0, 0.0, 1.0
    return tuple(_shortest(value) for value in struct.unpack_from("<3f", core_header.to_bytes(), 132))  # type: ignore[return-value]


def _pixelsize(reader: Any) -> np.ndarray[Any, Any]:
    """[z, y, x] in Ångström: along sections, rows and columns, whatever cell axes they run along."""
    voxel = reader.header.voxel_angstrom()
    axes = [reader.header.get(name) for name in ("MAPS", "MAPR", "MAPC")]
    if sorted(axes) != [1, 2, 3]:
        axes = [3, 2, 1]
    return np.array([voxel[axis - 1] for axis in axes])


def stored_metadata(reader: Any) -> dict[str, Any]:
    """The user's metadata: those of the footer, else the JSON in the extended header, which may hold NaN."""
    found = from_document(reader.metadata())
    if found is None and reader.header.get("EXTTYP") == b"json":
        text = reader.extended_header_bytes().rstrip(b" \0")
        try:
            found = json.loads(text) if text else None
        except ValueError as error:
            warn(f"{reader.name}: extended header: no JSON, though its type says so: {error}", UserWarning)
    if found is not None and not isinstance(found, dict):
        warn(f"{reader.name}: metadata: a {type(found).__name__}, which the header dict has no place for; "
             "mrcz.open(...).metadata has it", UserWarning)
        return {}
    return {str(key): value for key, value in (found or {}).items()}


def header_dict(reader: Any, pixelunits: str) -> dict[str, Any]:
    """python-mrcz's keys and then those of the metadata that are none of them."""
    core = reader.header
    mode = core.get("MODE")
    order = ">" if reader.is_big_endian else "<"
    kind = np.dtype("complex64") if reader.pixel_type == "complex_int16" else dtype_of(reader.pixel_type)
    voltage, aberration, gain = _microscope(core)
    header: dict[str, Any] = {
        "dimensions": np.array([reader.frames, reader.rows, reader.columns], dtype="i4"),
        "MRCtype": mode % COMPRESSED_MODES,
        "compressor": COMPRESSOR_ENUM.get(mode // COMPRESSED_MODES, reader.codec),
        "dtype": order + kind.str[1:],
        "pixelsize": _pixelsize(reader) / angstrom_in(pixelunits),
        "pixelunits": pixelunits,
        "minImage": np.float32(core.get("DMIN")),
        "maxImage": np.float32(core.get("DMAX")),
        "meanImage": np.float32(core.get("DMEAN")),
        "extendedBytes": core.get("NSYMBT"),
        "metaId": core.get("EXTTYP"),
        "voltage": voltage,
        "C3": aberration,
        "gain": gain,
        # Of all that stands behind the headers: in files of python-mrcz the chunks, in ours footer and index, too.
        "packedBytes": reader.file_bytes - 1024 - core.get("NSYMBT") if mode >= COMPRESSED_MODES else 0,
    }
    for key, value in stored_metadata(reader).items():
        header.setdefault(key, value)
    return header


def eman2_header(path: str | os.PathLike[str], pixelunits: str) -> tuple[dict[str, Any], int]:
    """Of a plain file whose MODE counts as EMAN2 does; and where its pixels begin."""
    with open(path, "rb") as file:
        head = file.read(1024)
    if len(head) < 1024:
        raise ValueError(f"{os.fspath(path)}: {len(head)} bytes are no MRC file; a header has 1024")
    order = "<" if 0 <= struct.unpack_from("<i", head, 12)[0] < 1 << 16 else ">"
    columns, rows, frames, mode = struct.unpack_from(order + "4i", head)
    if mode not in EMAN2_ENUM:
        raise ValueError(f"{os.fspath(path)}: unrecognized EMAN2-MRC data type = {mode}")
    extended = struct.unpack_from(order + "i", head, 92)[0]
    cell = np.array(struct.unpack_from(order + "3f", head, 40)[::-1], dtype=float)
    dimensions = np.array([frames, rows, columns], dtype="i4")
    if dimensions.min() < 1 or extended < 0:
        raise ValueError(f"{os.fspath(path)}: NX, NY, NZ {columns}, {rows}, {frames}, NSYMBT {extended}: no MRC header")
    least, greatest, mean = struct.unpack_from(order + "3f", head, 76)
    header = {
        "dimensions": dimensions, "MRCtype": mode, "compressor": None, "dtype": order + EMAN2_ENUM[mode],
        "pixelsize": cell / dimensions / angstrom_in(pixelunits), "pixelunits": pixelunits,
        "minImage": np.float32(least), "maxImage": np.float32(greatest), "meanImage": np.float32(mean),
        "extendedBytes": extended, "metaId": head[104:108], "voltage": 0.0, "C3": 0.0, "gain": 1.0, "packedBytes": 0,
    }
    return header, 1024 + extended


def _default_for_json(value: Any) -> Any:
    """Of what JSON does not know: objects that serialize themselves, NumPy's numbers and arrays, enumerations."""
    if hasattr(value, "serialize"):
        return value.serialize()
    if hasattr(value, "__array_interface__"):
        if getattr(value.dtype, "kind", "") in "fc" and np.dtype(value.dtype).itemsize > 8:
            raise TypeError(f"metadata: {value.dtype.name} has no form in JSON; store numpy.float64(value)")
        return value.tolist()
    if isinstance(value, (date, time)):
        raise TypeError(f"metadata: {type(value).__name__} has no form in JSON; store value.isoformat(), or give a datetime "
                        "with a time zone to mrcz.write, whose metadata have more types")
    if isinstance(value, Enum):
        return f"Enum.{type(value).__name__}.{value.name}"
    if isinstance(value, (bytes, bytearray)):
        with suppress(UnicodeDecodeError):
            return value.decode()
    raise TypeError(f"metadata: {type(value).__name__} has no form in JSON; store numbers, texts, lists and dicts of them")


def metadata_as_json(meta: dict[Any, Any]) -> str:
    """The text python-mrcz would write of them. NaN and infinities stand in it as JavaScript has them.

    Raises
    ------
    TypeError
        Naming the type that has no form in JSON.
    ValueError
        If two keys of a dict are the same text in JSON, or `meta` holds itself.
    """
    _require_distinct(meta, "$", 0)
    return json.dumps(meta, default=_default_for_json)


def _require_distinct(value: Any, path: str, depth: int) -> None:
    if depth > 64 or not isinstance(value, (dict, list, tuple)):
        return
    for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
        _require_distinct(entry, f"{path}.{key}", depth + 1)
    if isinstance(value, dict) and not all(type(key) is str for key in value):
        texts = [str.__str__(key) if isinstance(key, str) else json.dumps(key) for key in value
                 if isinstance(key, (str, bool, int, float, type(None)))]
        twice = [text for text in texts if texts.count(text) > 1]
        if twice:
            raise ValueError(f"metadata {path}: two keys are the text {twice[0]!r} in JSON, and one would be lost; rename one")


def warn_of_hidden(keys: Iterable[Any], path: str) -> None:
    hidden = sorted(HEADER_KEYS.intersection(map(str, keys)))
    if hidden:
        warn(f"{path}: metadata {', '.join(hidden)}: readMRC gives what the header says under these names; "
             "mrcz.open(...).metadata gives yours", UserWarning)


def write_header(file: BinaryIO, header: dict[str, Any], slices: int, endchar: str = "<") -> int:
    """Writes a header dict of python-mrcz's to the begin of a file, and its ``header["meta"]`` behind as JSON.

    Parameters
    ----------
    file : file object
        Open for writing; its position is left behind what was written.
    header : dict
        As :func:`defaultHeader` gives it: ``dimensions``, ``dtype``, ``pixelsize`` and ``pixelunits`` are needed.
    slices : int
        MZ: slices of each item of a list, 0 of an array.
    endchar : str
        ``'<'`` or ``'>'``.

    Returns
    -------
    int
        Bytes of the JSON, where the pixels begin behind the 1024 of the header.

    Raises
    ------
    ValueError
        If MRC has no mode for the dtype, or the pixel size has more than 3 elements.
    """
    dimensions = [int(size) for size in header["dimensions"]]
    frames, rows, columns = [1, *dimensions] if len(dimensions) == 2 else dimensions
    name = str(header["dtype"]).lower().strip("<>|=")
    if name not in REVERSE_CCPEM_ENUM:
        raise ValueError(f"dtype {name}: MRC has no mode for it")
    mode = REVERSE_CCPEM_ENUM[name]
    codec = REVERSE_COMPRESSOR_ENUM.get(header.get("compressor")) or 0
    voxel = voxel_of(header["pixelsize"], header["pixelunits"])
    meta = header.get("meta")
    text = metadata_as_json(meta).encode() if isinstance(meta, dict) else b""
    head = bytearray(1024)

    def put(offset: int, form: str, *values: Any) -> None:
        struct.pack_into(endchar + form, head, offset, *values)

    put(0, "4i", columns, rows, frames, mode + COMPRESSED_MODES * codec)
    put(28, "3i", columns, rows, slices)
    put(40, "6f", voxel[0] * columns, voxel[1] * rows, voxel[2] * frames, 90.0, 90.0, 90.0)
    put(64, "3i", 1, 2, 3)
    put(76, "3f", float(header.get("minImage", 0.0)), float(header.get("maxImage", 1.0)),
        float(header.get("meanImage", 0.0)))
    put(92, "i", len(text))
    put(132, "3f", *(float(header.get(key) or absent) for key, absent in (("voltage", 0.0), ("C3", 0.0), ("gain", 1.0))))
    if codec:
        put(144, "q", int(header.get("packedBytes", 0)))
    # Versions from 1.0.0 on promise a footer, which a header alone does not bring.
    head[208:216] = b"MAP " + (b"DD" if endchar == "<" else b"\x11\x11") + b"\0\0"
    put(220, "i", 1)
    label = b"MRCZ0.6.0"
    head[224 : 224 + len(label)] = label
    if text:
        head[104:108] = b"json"
    file.seek(0)
    file.write(head + text)
    return len(text)


def read_blosc_header(file: BinaryIO) -> tuple[list[int], list[int]]:
    """The 16 bytes that a chunk of c-blosc begins with, read from where `file` stands.

    Returns
    -------
    tuple
        ``([nbytes, blocksize, ctbytes], [version, versionlz, flags, typesize])``: bytes of the pixels, of a block, of
        the chunk.

    Raises
    ------
    ValueError
        If the file ends before.
    """
    data = file.read(16)
    if len(data) < 16:
        raise ValueError(f"a chunk begins with 16 bytes, {len(data)} are there")
    return list(struct.unpack_from("<3I", data, 4)), list(data[:4])
