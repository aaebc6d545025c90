"""readDM4: images of Digital Micrograph files, version 3 and 4, in both byte orders."""

from __future__ import annotations

import struct

import numpy as np
import pytest

import mrcz

INT16, INT32, UINT16, FLOAT32, FLOAT64, BOOL, STRUCT, STRING, ARRAY = 2, 3, 4, 6, 7, 8, 15, 18, 20
FORMS = {INT16: "i2", INT32: "i4", UINT16: "u2", FLOAT32: "f4", FLOAT64: "f8", BOOL: "?"}


class DmFile:
    """Puts tags together as the format says; directories are lists of (name, value) where value is bytes made here."""

    def __init__(self, version: int, little: bool) -> None:
        self.version, self.order = version, "<" if little else ">"

    def word(self, *numbers: int) -> bytes:
        return struct.pack(f">{len(numbers)}{'q' if self.version == 4 else 'i'}", *numbers)

    def entry(self, kind: int, name: str, body: bytes) -> bytes:
        size = struct.pack(">q", len(body)) if self.version == 4 else b""
        return bytes([kind]) + struct.pack(">H", len(name)) + name.encode() + size + body

    def folder(self, name: str, *entries: bytes) -> bytes:
        return self.entry(20, name, b"\1\0" + self.word(len(entries)) + b"".join(entries))

    def tag(self, name: str, description: list[int], data: bytes) -> bytes:
        return self.entry(21, name, b"%%%%" + self.word(len(description), *description) + data)

    def number(self, name: str, kind: int, value) -> bytes:
        return self.tag(name, [kind], np.array(value, self.order + FORMS[kind]).tobytes())

    def array(self, name: str, kind: int, values: np.ndarray) -> bytes:
        return self.tag(name, [ARRAY, kind, values.size], values.astype(self.order + FORMS[kind]).tobytes())

    def record(self, name: str, kinds: list[int], values: list) -> bytes:
        description = [STRUCT, 0, len(kinds), *(number for kind in kinds for number in (0, kind))]
        data = b"".join(np.array(value, self.order + FORMS[kind]).tobytes() for kind, value in zip(kinds, values))
        return self.tag(name, description, data)

    def text(self, name: str, value: str) -> bytes:
        return self.array(name, UINT16, np.array([ord(c) for c in value], "u2"))

    def image(self, pixels: np.ndarray, *tags: bytes) -> bytes:
        sizes = [self.number("", INT32, size) for size in pixels.shape[::-1]]
        axis = self.folder("", self.number("Origin", FLOAT32, 1), self.number("Scale", FLOAT32, 0.5), self.text("Units", "µm"))
        calibrations = self.folder("Calibrations", self.folder("Brightness", self.number("Scale", FLOAT32, 2.5),
                                                               self.text("Units", "e-")),
                                   self.folder("Dimension", axis, axis))
        data = self.folder("ImageData", calibrations, self.array("Data", FLOAT32, pixels), self.folder("Dimensions", *sizes))
        return self.folder("", data, *tags)

    def file(self, *images: bytes) -> bytes:
        root = b"\1\0" + self.word(3) + self.number("ApplicationBounds", INT32, 7)
        root += self.folder("ImageList", *images) + self.record("Last", [INT32, FLOAT64], [1, 2])
        return struct.pack(">i", self.version) + self.word(len(root)) + struct.pack(">i", self.order == "<") + root


def microscope(dm: DmFile) -> bytes:
    device = dm.folder("Device", dm.folder("A", dm.folder("B", dm.number("Horizontal Flip", BOOL, True))),
                       dm.folder("Q", dm.record("Pixel Size (um)", [INT32, FLOAT32], [5, 14])))
    dose = dm.folder("Calibration", dm.folder("Dose Rate", dm.number("Calibration", FLOAT32, 3)))
    return dm.folder("ImageTags", dose, dm.folder("Acquisition", device, dm.folder("Detector", dm.number("Exposure", FLOAT64, 0.1))),
                     dm.folder("Microscope Info", dm.number("Voltage", FLOAT32, 3e5), dm.number("Cs(mm)", FLOAT32, 2.5),
                               dm.text("Mode", "IMAGING")))


@pytest.fixture(params=[(3, True), (3, False), (4, True), (4, False)], ids=str)
def dm(request):
    return DmFile(*request.param)


def test_images_and_what_is_known_of_them(dm, tmp_path):
    thumbnail, movie = np.arange(12, dtype="f4").reshape(3, 4), np.arange(60, dtype="f4").reshape(3, 4, 5)
    (tmp_path / "a.dm4").write_bytes(dm.file(dm.image(thumbnail), dm.image(movie, microscope(dm))))
    found = mrcz.readDM4(tmp_path / "a.dm4")
    assert found.f is None and len(found.im) == 2
    assert np.array_equal(found.im[0].imageData, thumbnail[:, ::-1])
    assert np.array_equal(found.im[1].imageData, movie[:, ::-1]) and list(found.im[1].shape) == [3, 4, 5]
    info = found.im[1].imageInfo
    assert info["Voltage"] == 3e5 and info["C3"] == 2.5 and info["Exposure"] == 0.1 and info["MicroscopeMode"] == "IMAGING"
    assert info["HorzFlip"] == 1 and info["DetectorPixelSize"] == [5, 14] and info["DoseRateCalibration"] == [3]
    assert info["IntensityUnits"] == "e-" and info["IntensityScale"] == 2.5
    assert info["DimXUnits"] == "µm" and info["DimYScale"] == 0.5 and info["DimXOrigin"] == 1


def test_pixels_may_be_complex_or_missing(dm, tmp_path):
    data = dm.tag("Data", [ARRAY, STRUCT, 0, 2, 0, FLOAT32, 0, FLOAT32, 4], np.arange(8, dtype=dm.order + "f4").tobytes())
    image = dm.folder("", dm.folder("ImageData", data, dm.folder("Dimensions", dm.number("", INT32, 2), dm.number("", INT32, 2))))
    (tmp_path / "a.dm4").write_bytes(dm.file(image, dm.folder("", microscope(dm))))
    found = mrcz.readDM4(tmp_path / "a.dm4").im
    assert found[0].imageData["f1"].tolist() == [[3, 1], [7, 5]]
    assert found[1].imageInfo["Voltage"] == 3e5


def test_in_the_background(dm, tmp_path):
    (tmp_path / "a.dm4").write_bytes(dm.file(dm.image(np.ones((3, 4)))))
    assert mrcz.asyncReadDM4(str(tmp_path / "a.dm4")).result().im[0].imageData.shape == (3, 4)


def test_files_cut_anywhere_are_refused_or_read(dm, tmp_path):
    whole = dm.file(dm.image(np.ones((3, 4)), microscope(dm)))
    place = tmp_path / "a.dm4"
    for length in range(0, len(whole) - 1, 7):
        place.write_bytes(whole[:length])
        try:
            mrcz.readDM4(place)
        except ValueError as error:
            assert "a.dm4" in str(error)


def test_damaged_bytes_are_no_crash(dm, tmp_path):
    whole = dm.file(dm.image(np.ones((3, 4)), microscope(dm)))
    place, source = tmp_path / "a.dm4", np.random.default_rng(1)
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(3):
            damaged[source.integers(len(damaged))] = source.integers(256)
        place.write_bytes(damaged)
        try:
            mrcz.readDM4(place)
        except ValueError as error:
            assert "a.dm4" in str(error)
