"""Images of Gatan's Digital Micrograph (DM3 and DM4) through the class of python-mrcz."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np

_DIRECTORY, _DATA = 20, 21
_STRUCT, _STRING, _ARRAY = 15, 18, 20
_NUMBERS = {2: "i2", 3: "i4", 4: "u2", 5: "u4", 6: "f4", 7: "f8", 8: "?", 9: "i1", 10: "u1", 11: "i8", 12: "u8"}
_DEEPEST = 64
# Values that are looked at as a whole. Only the pixels of an image are longer.
_LONGEST_TAG = 1 << 20


@dataclass
class DMImage:
    """One image of a file.

    Attributes
    ----------
    imageInfo : dict
        What is known of microscope, detector and calibrations; see :class:`readDM4`.
    shape : numpy.ndarray
        [z, y, x] or [y, x].
    imageData : numpy.ndarray
        The pixels, the axis behind the first one turned round as in MRC files of Digital Micrograph.
    """

    imageInfo: dict[str, Any] = field(default_factory=dict)
    shape: Any = field(default_factory=list)
    imageData: np.ndarray[Any, Any] = field(default_factory=lambda: np.zeros(1))


class readDM4:
    """Reads all images of a DM3 or DM4 file; the first often is a thumbnail.

    Parameters
    ----------
    filename : path
    verbose : bool
        Of no effect.

    Attributes
    ----------
    im : list of DMImage
        ``.imageData`` and ``.imageInfo``, which may have ``Voltage``, ``C3``, ``NominalMag``, ``ActualMag``,
        ``DetectorPixelSize``, ``Exposure``, ``HorzFlip``, ``DimXScale``, ``DimXUnits``, ``IntensityScale`` and others.

    Raises
    ------
    ValueError
        If it is no such file, or is cut short.
    """

    def __init__(self, filename: str | os.PathLike[str], verbose: bool = False) -> None:
        self.verbose = verbose
        self.im: list[DMImage] = []
        self.f = None
        with open(filename, "rb") as file:
            for tags in _Tags(file, os.fspath(filename)).images():
                self.im.append(_image_of(tags, os.fspath(filename)))


Path = tuple[str, ...]


class _Tags:
    """The tags of a file: names from the root down, and a value each, read where it is asked for."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name = file, name
        self._end = os.fstat(file.fileno()).st_size
        version = self._numbers(">i4")[0]
        if version not in (3, 4):
            raise ValueError(f"{name}: version {version} at offset 0; a DM3 or DM4 file has 3 or 4 there")
        self._word = ">i8" if version == 4 else ">i4"
        self._is_dm4 = version == 4
        self._numbers(self._word)
        self._order = "<" if self._numbers(">i4")[0] == 1 else ">"

    def images(self) -> list[dict[Path, Any]]:
        """For each entry of ImageList its tags."""
        found: dict[Path, Any] = {}
        self._read_list((), found, 0)
        images: dict[str, dict[Path, Any]] = {}
        for path, value in found.items():
            if len(path) > 2 and path[0] == "ImageList":
                images.setdefault(path[1], {})[path[2:]] = value
        return list(images.values())

    def _read_list(self, parent: Path, found: dict[Path, Any], depth: int) -> None:
        if depth > _DEEPEST:
            raise ValueError(f"{self._name}: tags lie more than {_DEEPEST} deep")
        self._take(2)
        unnamed = 0
        for _ in range(self._numbers(self._word)[0]):
            kind = self._numbers("u1")[0]
            if kind == 0:
                return
            if kind not in (_DIRECTORY, _DATA):
                raise ValueError(f"{self._name}: offset {self._file.tell() - 1}: a tag of kind {kind}, expected 20 or 21")
            name = self._take(self._numbers(">u2")[0]).decode("latin-1")
            if not name:
                name, unnamed = str(unnamed), unnamed + 1
            size = self._numbers(">i8")[0] if self._is_dm4 else None
            begin = self._file.tell()
            # Of the root only the images are asked for.
            if parent or name == "ImageList" or size is None:
                if kind == _DIRECTORY:
                    self._read_list((*parent, name), found, depth + 1)
                else:
                    found[(*parent, name)] = self._read_value()
            if size is not None:
                self._go_to(begin + size)

    def _read_value(self) -> Any:
        self._take(4)  # %%%%
        count = self._numbers(self._word)[0]
        if not 0 <= count <= _LONGEST_TAG:
            raise ValueError(f"{self._name}: offset {self._file.tell()}: a tag described by {count} numbers")
        description = [int(number) for number in self._numbers(self._word, count)]
        return self._value_of(description) if description else None

    def _value_of(self, description: list[int]) -> Any:
        kind = description[0]
        if kind in _NUMBERS:
            return self._numbers(self._order + _NUMBERS[kind])[0]
        if kind == _STRUCT:
            return [self._value_of([each]) for each in description[4::2]]
        if kind == _STRING and len(description) > 1:
            return self._take(2 * description[1]).decode("utf-16-le" if self._order == "<" else "utf-16-be", "replace")
        if kind == _ARRAY and len(description) > 2:
            return self._array_of(description)
        raise ValueError(f"{self._name}: offset {self._file.tell()}: a value of unknown type {kind}")

    def _array_of(self, description: list[int]) -> Any:
        """Numbers; of records, as colours and complex numbers are, a structured array."""
        count, element = description[-1], description[1]
        if element in _NUMBERS:
            kind = np.dtype(self._order + _NUMBERS[element])
        elif element == _STRUCT:
            fields = [self._order + _NUMBERS.get(each, "u1") for each in description[5:-1:2]]
            kind = np.dtype([(f"f{number}", each) for number, each in enumerate(fields)]) if fields else np.dtype("u1")
        else:
            raise ValueError(f"{self._name}: offset {self._file.tell()}: an array of unknown type {element}")
        return self._numbers(kind, count)

    def _numbers(self, kind: Any, count: int = 1) -> np.ndarray[Any, Any]:
        dtype = np.dtype(kind)
        self._require(count * dtype.itemsize)
        return np.fromfile(self._file, dtype, count)

    def _take(self, count: int) -> bytes:
        self._require(int(count))
        return self._file.read(int(count))

    def _require(self, count: int) -> None:
        left = self._end - self._file.tell()
        if not 0 <= count <= left:
            raise ValueError(f"{self._name}: offset {self._file.tell()}: {count} bytes are needed, {left} are left: no "
                             "DM file, or one that was cut short")

    def _go_to(self, offset: int) -> None:
        if not self._file.tell() <= offset <= self._end:
            raise ValueError(f"{self._name}: a tag ends at offset {offset}, the file at {self._end}")
        self._file.seek(offset)


def _number(value: Any) -> Any:
    return value


def _characters(value: Any) -> Any:
    """Texts are arrays of one number a character."""
    if isinstance(value, np.ndarray):
        return "".join(chr(code) for code in value.astype(np.uint16))
    return value


_Reading = Callable[[Any], Any]
_TAGS_OF_IMAGES: dict[Path, tuple[str, _Reading]] = {
    ("ImageData", "Calibrations", "Brightness", "Origin"): ("IntensityOrigin", _number),
    ("ImageData", "Calibrations", "Brightness", "Scale"): ("IntensityScale", _number),
    ("ImageData", "Calibrations", "Brightness", "Units"): ("IntensityUnits", _characters),
    **{("ImageData", "Calibrations", "Dimension", str(number), what): (f"Dim{axis}{what}", how)
       for number, axis in enumerate("XYZ")
       for what, how in (("Origin", _number), ("Scale", _number), ("Units", _characters))},
    ("ImageTags", "Microscope Info", "Actual Magnification"): ("ActualMag", _number),
    ("ImageTags", "Microscope Info", "Indicated Magnification"): ("NominalMag", _number),
    ("ImageTags", "Microscope Info", "Cs(mm)"): ("C3", _number),
    ("ImageTags", "Microscope Info", "Voltage"): ("Voltage", _number),
    ("ImageTags", "Microscope Info", "Mode"): ("MicroscopeMode", _characters),
    ("ImageTags", "EELS Spectrometer", "Aperture index"): ("EELSApertureIndex", _number),
    ("ImageTags", "EELS Spectrometer", "Aperture label"): ("EELSApertureLabel", _characters),
    ("ImageTags", "EELS Spectrometer", "Energy loss (eV)"): ("EELSEnergyLoss", _number),
    ("ImageTags", "EELS Spectrometer", "Slit inserted"): ("EELSSlitIn", _number),
    ("ImageTags", "EELS Spectrometer", "Slit width (eV)"): ("EELSSlitWidth", _number),
    ("ImageTags", "Latitude-S", "Distance To Focus Position"): ("LatSDistanceToFocus", _number),
    ("ImageTags", "Latitude-S", "Intended Defocus"): ("LatSIntendedDefocus", _number),
    ("ImageTags", "Latitude-S", "Beam Diameter (nm)"): ("LatSBeamDiameter", _number),
}
# Under ImageTags / Acquisition at any depth: the last name, a name so many steps above it, the key.
_TAGS_OF_ACQUISITION = (
    ("Horizontal Flip", "Device", 3, "HorzFlip"),
    ("Vertical Flip", "Device", 3, "VertFlip"),
    ("Diagonal Flip", "Device", 3, "DiagFlip"),
    ("Pixel Size (um)", "Device", 2, "DetectorPixelSize"),
    ("Exposure", "Detector", 1, "Exposure"),
    ("hbin", "Detector", 1, "HorzBin"),
    ("vbin", "Detector", 1, "VertBin"),
)


def _note(info: dict[str, Any], path: Path, value: Any) -> None:
    if path in _TAGS_OF_IMAGES:
        key, reading = _TAGS_OF_IMAGES[path]
        info[key] = reading(value)
    elif path[:2] == ("ImageTags", "Acquisition"):
        for last, above, steps, key in _TAGS_OF_ACQUISITION:
            if path[-1] == last and len(path) > steps and path[-1 - steps] == above:
                info[key] = value
    elif path[:4] == ("ImageTags", "Calibration", "Dose Rate", "Calibration"):
        info.setdefault("DoseRateCalibration", []).append(value)


def _image_of(tags: dict[Path, Any], name: str) -> DMImage:
    image = DMImage()
    sizes = []
    for path, value in tags.items():
        if path == ("ImageData", "Data") and value is not None:
            image.imageData = value
        elif path[:2] == ("ImageData", "Dimensions"):
            sizes.append(int(value))
        else:
            _note(image.imageInfo, path, value)
    image.shape = np.array(sizes[::-1])
    if ("ImageData", "Data") not in tags:
        return image  # an entry without pixels
    if not sizes or image.imageData.size != np.prod(image.shape):
        raise ValueError(f"{name}: an image of {image.imageData.size} numbers with the dimensions {sizes}")
    image.imageData = image.imageData.reshape(image.shape)
    if image.imageData.ndim > 1:
        image.imageData = image.imageData[:, ::-1]
    return image


def asyncReadDM4(*args: Any, **kwargs: Any) -> Future[readDM4]:
    """:class:`readDM4` in the background; ``.result()`` waits for it."""
    from .ioMRC import _asyncExecutor

    return _asyncExecutor.submit(readDM4, *args, **kwargs)


read_dm4 = readDM4
async_read_dm4 = asyncReadDM4
