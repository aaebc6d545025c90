"""Metadata as Python objects."""

import math
from datetime import datetime, timedelta, timezone
from enum import Enum, IntEnum
from pathlib import Path

import numpy as np
import pytest

import mrcz
from mrcz import documents


@pytest.mark.parametrize("value", [
    {}, [], {"a": 1}, {"a": {"b": [1, 2.5, None, True, "Größe", ""]}}, [{"x": -(1 << 63)}, (1 << 64) - 1],
    list(range(40)), {f"key {i}": i for i in range(20)}, ["x" * n for n in (0, 31, 32, 255, 256, 70000)],
])  # fmt: skip
def test_what_json_holds_is_stored_as_json(tmp_path, value):
    assert documents.to_document(value)[0] == "json"
    mrcz.write(tmp_path / "a.mrcz", np.zeros((2, 2), "int16"), metadata=value)
    assert mrcz.open(tmp_path / "a.mrcz").metadata == value


NUMBERS = [0, 127, 128, 255, 256, 65535, 65536, (1 << 32) - 1, 1 << 32, (1 << 64) - 1]
NUMBERS += [-1, -32, -33, -128, -129, -32768, -32769, -(1 << 31), -(1 << 31) - 1, -(1 << 63)]


@pytest.mark.parametrize("value", [
    {"gain": math.inf, "low": -math.inf}, {"raw": b"", "long": [b"x" * n for n in (1, 255, 256, 70000)]},
    {1: "one", -7: "minus seven"}, [b"", *NUMBERS], [b"", {f"key {i}": i for i in range(70000)}],
    [b"", ["x" * n for n in (0, 31, 32, 255, 256, 70000)]], [b"", list(range(15)), list(range(16)), [0] * 70000],
    [datetime(2026, 5, 17, 12, 30, 1, 250000, tzinfo=timezone.utc), datetime(1601, 1, 1, tzinfo=timezone.utc)],
    [documents.Extension(5, b"abc"), documents.Extension(-7, b"x" * 16), documents.Extension(0, b"")],
], ids=lambda value: str(value)[:40])  # fmt: skip
def test_what_json_does_not_hold_is_stored_as_messagepack(tmp_path, value):
    assert documents.to_document(value)[0] == "msgpack"
    mrcz.write(tmp_path / "a.mrcz", np.zeros((2, 2), "int16"), metadata=value)
    assert mrcz.open(tmp_path / "a.mrcz").metadata == value


def test_nan_stays_nan(tmp_path):
    mrcz.write(tmp_path / "a.mrc", np.zeros((2, 2), "int16"), metadata=[math.nan, 1])
    assert math.isnan(mrcz.open(tmp_path / "a.mrc").metadata[0])


def test_messagepack_of_others_is_understood():
    """Forms that this package does not write: short timestamps, single precision, extensions of fixed size."""
    unpacked = documents.from_document(
        ("msgpack", bytes.fromhex("96 d6ff00000001 d7ff0000000400000002 ca3fc00000 d40561 d805" + "00" * 16 + "cf" + "ff" * 8)))
    epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
    assert unpacked[0] == epoch + timedelta(seconds=1) and unpacked[1] == epoch + timedelta(seconds=2)
    assert unpacked[2] == 1.5 and unpacked[3] == documents.Extension(5, b"a")
    assert unpacked[4] == documents.Extension(5, b"\0" * 16) and unpacked[5] == (1 << 64) - 1


def test_numpy_values_become_numbers_and_lists(tmp_path):
    value = {"a": np.float32(1.5), "b": np.arange(3), "c": np.array([[True]]), "d": (1, 2), "e": np.array(["x"]),
             np.str_("f"): np.int64(-3), "g": np.array(2.5), "h": np.bool_(True)}
    mrcz.write(tmp_path / "a.mrc", np.zeros((2, 2), "int16"), metadata=value)
    found = mrcz.open(tmp_path / "a.mrc").metadata
    assert found == {"a": 1.5, "b": [0, 1, 2], "c": [[True]], "d": [1, 2], "e": ["x"], "f": -3, "g": 2.5, "h": True}


@pytest.mark.parametrize("value, place", [({"a": {"b": [0, object()]}}, r"\$\.a\.b\[1\]"), ({"a": 1 << 64}, r"\$\.a"),
                                          ({(1, 2): 3}, "key of type tuple"), ({"z": 1j}, r"\$\.z"), ({1.5: 2}, "float")])
def test_values_without_a_form_are_named(value, place):
    with pytest.raises(ValueError, match=place):
        documents.to_document(value)


class Mode(str, Enum):
    COUNTING = "counting"


class Bin(IntEnum):
    TWO = 2


def test_enumerations_of_texts_and_numbers_are_these(tmp_path):
    mrcz.write(tmp_path / "a.mrc", np.zeros((2, 2), "int16"), metadata={"mode": Mode.COUNTING, Mode.COUNTING: Bin.TWO})
    assert mrcz.open(tmp_path / "a.mrc").metadata == {"mode": "counting", "counting": 2}


def test_times_without_a_zone_are_refused_with_advice():
    with pytest.raises(ValueError, match=r"\$\.t: 2026-11-21T03:00:00 is in no time zone.*isoformat"):
        documents.to_document({"t": datetime(2026, 11, 21, 3, 0)})


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def test_depth_is_that_of_reading(tmp_path):
    mrcz.write(tmp_path / "a.mrc", np.zeros((2, 2), "int16"), metadata=nested(64))
    assert mrcz.open(tmp_path / "a.mrc").metadata == nested(64)
    circle = {}
    circle["self"] = [circle]
    for value in (nested(65), circle):
        with pytest.raises(ValueError, match="nested deeper than 64 levels, or it holds itself"):
            documents.to_document(value)


@pytest.mark.parametrize("value, words", [
    ({"a": [np.longdouble(1)]}, r"\$\.a\[0\]: (longdouble|float128|float96).*numpy.float64"),
    ({"a": np.zeros(2, "longdouble")}, r"\$\.a"), ({"a": "x\ud800"}, r"\$\.a.*lone surrogate"), ({"\ud800": 1}, "surrogate"),
    ("notes.json", "expected a dict or a list"), (Path("notes.json"), "expected a dict or a list"),
])  # fmt: skip
def test_what_has_no_form_is_told_with_its_place(value, words):
    with pytest.raises(mrcz.ArgumentError, match=words):
        documents.to_document(value)
