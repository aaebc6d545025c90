"""Headers as NumPy records with the field names of mrcfile; where a field is, the library's table says."""

from __future__ import annotations

import numpy as np

from .. import _core

_NUMBERS = {0: "<i2", 1: "<i4", 2: "<i8", 3: "<f4"}  # by the types of mrcz::HeaderFieldType

# mrcfile's names in the order of the file: that of the library, several that make a group, or None: the bytes between
# its neighbours, which the standard leaves to programs.
_FIELDS: tuple[tuple[str, str | dict[str, str] | None], ...] = (
    ("nx", "NX"), ("ny", "NY"), ("nz", "NZ"), ("mode", "MODE"),
    ("nxstart", "NXSTART"), ("nystart", "NYSTART"), ("nzstart", "NZSTART"),
    ("mx", "MX"), ("my", "MY"), ("mz", "MZ"),
    ("cella", {"x": "CELLA.X", "y": "CELLA.Y", "z": "CELLA.Z"}),
    ("cellb", {"alpha": "CELLB.ALPHA", "beta": "CELLB.BETA", "gamma": "CELLB.GAMMA"}),
    ("mapc", "MAPC"), ("mapr", "MAPR"), ("maps", "MAPS"),
    ("dmin", "DMIN"), ("dmax", "DMAX"), ("dmean", "DMEAN"),
    ("ispg", "ISPG"), ("nsymbt", "NSYMBT"), ("extra1", None), ("exttyp", "EXTTYP"), ("nversion", "NVERSION"),
    ("extra2", None), ("origin", {"x": "ORIGIN.X", "y": "ORIGIN.Y", "z": "ORIGIN.Z"}),
    ("map", "MAP"), ("machst", "MACHST"), ("rms", "RMS"), ("nlabl", "NLABL"), ("label", "LABEL"),
)


def _header_dtype() -> np.dtype:
    rows = {row[0]: row for row in _core.header_fields()}

    def place_and_format(name: str) -> tuple[int, object]:
        _, offset, kind, count, size, _, _ = rows[name]
        if name == "MACHST":
            return offset, ("u1", (size,))
        value = _NUMBERS.get(kind, f"S{size}")
        return offset, value if count == 1 else (value, (count,))

    placed: list[tuple[str, int | None, object]] = []
    for name, known in _FIELDS:
        if known is None:
            placed.append((name, None, None))
        elif isinstance(known, str):
            placed.append((name, *place_and_format(known)))
        else:
            parts = {part: place_and_format(field) for part, field in known.items()}
            group = np.dtype([(part, form) for part, (_, form) in parts.items()])
            placed.append((name, min(offset for offset, _ in parts.values()), group))
    fields = []
    end = 0
    for at, (name, offset, form) in enumerate(placed):
        if offset is None:
            offset = end
            form = f"V{placed[at + 1][1] - end}"
        fields.append((name, form))
        if offset != end:
            raise RuntimeError(f"the header's table has a gap before {name}")
        end = offset + np.dtype(form).itemsize
    return np.dtype(fields)


HEADER_DTYPE = _header_dtype()
VOXEL_SIZE_DTYPE = np.dtype([("x", "<f4"), ("y", "<f4"), ("z", "<f4")])
NSTART_DTYPE = np.dtype([("x", "<i4"), ("y", "<i4"), ("z", "<i4")])

# Thermo Fisher's record by the names mrcfile gives it, one behind the other. FEI2 has those of FEI1 and more.
_FEI1 = (
    ("Metadata size", "i4"), ("Metadata version", "i4"), ("Bitmask 1", "u4"), ("Timestamp", "f8"),
    ("Microscope type", "S16"), ("D-Number", "S16"), ("Application", "S16"), ("Application version", "S16"),
    ("HT", "f8"), ("Dose", "f8"), ("Alpha tilt", "f8"), ("Beta tilt", "f8"),
    ("X-Stage", "f8"), ("Y-Stage", "f8"), ("Z-Stage", "f8"), ("Tilt axis angle", "f8"), ("Dual axis rotation", "f8"),
    ("Pixel size X", "f8"), ("Pixel size Y", "f8"), ("Unused range", "S48"),
    ("Defocus", "f8"), ("STEM Defocus", "f8"), ("Applied defocus", "f8"),
    ("Instrument mode", "i4"), ("Projection mode", "i4"), ("Objective lens mode", "S16"),
    ("High magnification mode", "S16"), ("Probe mode", "i4"), ("EFTEM On", "?"), ("Magnification", "f8"),
    ("Bitmask 2", "u4"), ("Camera length", "f8"), ("Spot index", "i4"), ("Illuminated area", "f8"),
    ("Intensity", "f8"), ("Convergence angle", "f8"), ("Illumination mode", "S16"),
    ("Wide convergence angle range", "?"), ("Slit inserted", "?"), ("Slit width", "f8"),
    ("Acceleration voltage offset", "f8"), ("Drift tube voltage", "f8"), ("Energy shift", "f8"),
    ("Shift offset X", "f8"), ("Shift offset Y", "f8"), ("Shift X", "f8"), ("Shift Y", "f8"),
    ("Integration time", "f8"), ("Binning Width", "i4"), ("Binning Height", "i4"), ("Camera name", "S16"),
    ("Readout area left", "i4"), ("Readout area top", "i4"), ("Readout area right", "i4"),
    ("Readout area bottom", "i4"), ("Ceta noise reduction", "?"), ("Ceta frames summed", "i4"),
    ("Direct detector electron counting", "?"), ("Direct detector align frames", "?"),
    *((f"Camera param reserved {i}", "i4") for i in range(4)), ("Bitmask 3", "u4"),
    *((f"Camera param reserved {i}", "i4") for i in range(4, 10)), ("Phase Plate", "?"),
    ("STEM Detector name", "S16"), ("Gain", "f8"), ("Offset", "f8"),
    *((f"STEM param reserved {i}", "i4") for i in range(5)), ("Dwell time", "f8"), ("Frame time", "f8"),
    ("Scan size left", "i4"), ("Scan size top", "i4"), ("Scan size right", "i4"), ("Scan size bottom", "i4"),
    ("Full scan FOV X", "f8"), ("Full scan FOV Y", "f8"), ("Element", "S16"),
    ("Energy interval lower", "f8"), ("Energy interval higher", "f8"), ("Method", "i4"), ("Is dose fraction", "?"),
    ("Fraction number", "i4"), ("Start frame", "i4"), ("End frame", "i4"), ("Input stack filename", "S80"),
    ("Bitmask 4", "u4"), ("Alpha tilt min", "f8"), ("Alpha tilt max", "f8"),
)
_FEI2 = (
    *_FEI1, ("Scan rotation", "f8"), ("Diffraction pattern rotation", "f8"), ("Image rotation", "f8"),
    ("Scan mode enumeration", "i4"), ("Acquisition time stamp", "i8"), ("Detector commercial name", "S16"),
    ("Start tilt angle", "f8"), ("End tilt angle", "f8"), ("Tilt per image", "f8"), ("Tilt speed", "f8"),
    ("Beam center X pixel", "i4"), ("Beam center Y pixel", "i4"), ("CFEG flash timestamp", "i8"),
    ("Phase plate position index", "i4"), ("Objective aperture name", "S16"),
)
_EXTENDED = {b"FEI1": _FEI1, b"FEI2": _FEI2}


def get_ext_header_dtype(exttyp: bytes, byte_order: str = "=") -> np.dtype | None:
    """The type of one record of an extended header.

    Parameters
    ----------
    exttyp : bytes
        ``b"FEI1"`` or ``b"FEI2"``.
    byte_order : str
        ``<``, ``>`` or ``=`` of its numbers; bit masks are little-endian always.

    Returns
    -------
    numpy.dtype or None
        None where no type is known for `exttyp`.
    """
    fields = _EXTENDED.get(bytes(exttyp))
    if fields is None:
        return None
    return np.dtype([(name, "<u4" if form == "u4" else np.dtype(form).newbyteorder(byte_order))
                     for name, form in fields])
