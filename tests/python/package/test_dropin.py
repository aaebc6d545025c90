"""readMRC, writeMRC and what else python-mrcz has: the same results, and no loss that is not told of."""

from __future__ import annotations

import io
import json
import logging
import os
import struct
import subprocess
import sys
import warnings
from datetime import datetime
from enum import Enum

import numpy as np
import pytest

import mrcz
from mrcz import ioMRC

CODECS = [None, "zstd", "lz4", "lz4hc", "zlib", "blosclz", "rans"]
TYPES = ["int8", "int16", "uint16", "int32", "uint32", "float16", "float32", "complex64"]
# What RosettaSciIO takes out of the header without asking whether it is there.
KEYS = ["compressor", "MRCtype", "C3", "dimensions", "dtype", "extendedBytes", "gain", "maxImage", "minImage", "meanImage",
        "metaId", "packedBytes", "pixelsize", "pixelunits", "voltage"]


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture(autouse=True)
def no_warnings():
    """A warning that a test does not ask for fails it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def counts(rng, dtype="int16", shape=(3, 61, 47)):
    return rng.poisson(3, shape).astype(dtype)


def bytes_at(path, offset, form):
    with open(path, "rb") as file:
        file.seek(offset)
        return struct.unpack(form, file.read(struct.calcsize(form)))


# ----------------------------------------------------------------------------------------------------- names of all


def test_names_are_those_of_python_mrcz():
    for name in ("readMRC", "writeMRC", "asyncReadMRC", "asyncWriteMRC", "readMRCHeader", "writeMRCHeader",
                 "defaultHeader", "setDefaultThreads", "_setAsyncWorkers", "_asyncExecutor", "readDM4", "asyncReadDM4",
                 "test", "BLOSC_PRESENT", "BLOSC2_PRESENT", "CAN_COMPRESS", "ioMRC", "ioDM"):
        assert getattr(mrcz, name) is not None and (name in dir(mrcz) or name[0] == "_")
    for name in ("readMRCHeader", "writeMRCHeader", "readBloscHeader", "defaultHeader", "BLOSC_PRESENT",
                 "COMPRESSOR_ENUM", "REVERSE_COMPRESSOR_ENUM", "CCPEM_ENUM", "REVERSE_CCPEM_ENUM"):
        assert getattr(ioMRC, name) is not None
    assert tuple(map(int, mrcz.__version__.split(".")[:2])) >= (0, 5)
    with pytest.raises(AttributeError, match="no_such_name"):
        mrcz.no_such_name  # noqa: B018


def test_snake_case_names_are_the_same_objects():
    for snake, camel in (("read_mrc", "readMRC"), ("write_mrc", "writeMRC"), ("async_read_mrc", "asyncReadMRC"),
                         ("async_write_mrc", "asyncWriteMRC"), ("read_mrc_header", "readMRCHeader"),
                         ("write_mrc_header", "writeMRCHeader"), ("default_header", "defaultHeader"),
                         ("set_default_threads", "setDefaultThreads"), ("read_dm4", "readDM4"),
                         ("async_read_dm4", "asyncReadDM4")):
        assert getattr(mrcz, snake) is getattr(mrcz, camel), snake


def test_importing_mrcz_imports_none_of_it():
    program = "import sys, mrcz; print([m for m in sys.modules if m in ('mrcz.ioMRC', 'mrcz.ioDM', 'concurrent.futures')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_self_test_finds_that_all_is_well(capsys):
    assert mrcz.test(verbosity=1) == 0
    assert "all is well" in capsys.readouterr().out


# ---------------------------------------------------------------------------------------------- pixels there and back


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("dtype", TYPES)
def test_arrays_come_back(rng, tmp_path, dtype, codec):
    image = counts(rng, dtype)
    if dtype == "complex64":
        image += 1j * counts(rng, "float32")
    if codec == "rans" and image.dtype.kind in "fc":
        with pytest.raises(NotImplementedError, match="takes integers"):
            mrcz.writeMRC(image, tmp_path / "a.mrcz", compressor=codec)
        return
    mrcz.writeMRC(image, tmp_path / "a.mrcz", compressor=codec)
    found, header = mrcz.readMRC(tmp_path / "a.mrcz")
    assert found.dtype == image.dtype and np.array_equal(found, image)
    assert header["compressor"] == codec
    assert list(header["dimensions"]) == [3, 61, 47]
    assert np.dtype(header["dtype"]) == image.dtype


@pytest.mark.parametrize("codec", [None, "zstd"])
def test_lists_come_back_as_lists(rng, tmp_path, codec):
    for item_shape in ((61, 47), (4, 61, 47)):
        images = [counts(rng, shape=item_shape) for _ in range(3)]
        mrcz.writeMRC(images, tmp_path / "a.mrcz", compressor=codec, pixelsize=[5.6, 3.4])
        found, header = mrcz.readMRC(tmp_path / "a.mrcz")
        assert isinstance(found, list) and len(found) == 3
        for given, read in zip(images, found):
            assert read.shape == item_shape and np.array_equal(given, read)
        np.testing.assert_allclose(header["pixelsize"], [10, 5.6, 3.4], rtol=1e-6)
        assert mrcz.readMRCHeader(tmp_path / "a.mrcz")[1] == (1 if len(item_shape) == 2 else 4)
        whole, _ = mrcz.readMRC(tmp_path / "a.mrcz", slices=0)
        assert np.array_equal(whole, np.concatenate([np.atleast_3d(i) if i.ndim == 3 else i[None] for i in images]))


def test_lists_give_the_same_file_whatever_the_threads(rng, tmp_path):
    images = [counts(rng, shape=(61, 47)) for _ in range(7)]
    for threads in (1, 2, 5):
        mrcz.writeMRC(images, tmp_path / f"{threads}.mrcz", compressor="zstd", n_threads=threads)
    assert len({(tmp_path / f"{threads}.mrcz").read_bytes() for threads in (1, 2, 5)}) == 1


def test_slices_turn_arrays_into_lists(rng, tmp_path):
    image = counts(rng, shape=(6, 9, 8))
    for codec in (None, "zstd"):
        mrcz.writeMRC(image, tmp_path / "a.mrcz", compressor=codec)
        assert isinstance(mrcz.readMRC(tmp_path / "a.mrcz")[0], np.ndarray)
        for slices, shape in ((1, (9, 8)), (2, (2, 9, 8)), (6, (6, 9, 8))):
            found, _ = mrcz.readMRC(tmp_path / "a.mrcz", slices=slices)
            assert [item.shape for item in found] == [shape] * (6 // slices)
            assert np.array_equal(np.concatenate([item.reshape(-1, 9, 8) for item in found]), image)


def test_frames_that_make_no_whole_item_are_not_lost(rng, tmp_path):
    image = counts(rng, shape=(5, 9, 8))
    mrcz.writeMRC(image, tmp_path / "a.mrcz", compressor="zstd")
    with pytest.warns(UserWarning, match="the last item has 1"):
        found, _ = mrcz.readMRC(tmp_path / "a.mrcz", slices=2)
    assert [len(item) for item in found] == [2, 2, 1]


def test_standard_volumes_are_arrays_not_lists(testdata):
    found, header = mrcz.readMRC(testdata / "EMD-3197.map")
    assert isinstance(found, np.ndarray) and found.ndim == 3
    assert list(header["dimensions"]) == list(found.shape)


def test_axes_of_length_one_are_left_out(rng, tmp_path):
    for shape in ((61, 47), (1, 61, 47), (3, 1, 47)):
        image = counts(rng, shape=shape)
        mrcz.writeMRC(image, tmp_path / "a.mrc")
        found, header = mrcz.readMRC(tmp_path / "a.mrc")
        assert found.shape == np.squeeze(image).shape and np.array_equal(found, np.squeeze(image))
        assert len(header["dimensions"]) == 3


def test_strides_and_byte_order_of_arrays_do_not_matter(rng, tmp_path):
    image = counts(rng, shape=(4, 60, 48))
    for view in (image[:, ::2, ::2], image[::-1], np.asfortranarray(image), image.astype(">i2"), image[:, :, 5:9]):
        for codec in (None, "zstd"):
            mrcz.writeMRC(view, tmp_path / "a.mrcz", compressor=codec)
            assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrcz")[0], view)


def test_four_bit_pixels_come_back_whole(tmp_path):
    image = np.broadcast_to(np.arange(16, dtype="int8").repeat(2), (2, 8, 32)).copy()
    for codec in (None, "zstd"):
        mrcz.writeMRC(image[:, :, :31], tmp_path / "a.mrcz", dtype="uint4", compressor=codec)
        found, header = mrcz.readMRC(tmp_path / "a.mrcz")
        assert header["MRCtype"] == 101 and np.array_equal(found, image[:, :, :31])
    mrcz.writeMRC(image.astype("float64"), tmp_path / "a.mrcz", dtype="uint4")
    assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrcz")[0], image)
    for others in (image + 1, image - 1, image * 0.5, image.astype("int16") * 256):
        with pytest.raises(ValueError, match="0 to 15"):
            mrcz.writeMRC(others, tmp_path / "b.mrcz", dtype="uint4")
    assert not (tmp_path / "b.mrcz").exists()


def test_file_does_not_depend_on_threads(rng, tmp_path):
    image = counts(rng, shape=(9, 61, 47))
    for threads in (1, 3):
        mrcz.writeMRC(image, tmp_path / f"{threads}.mrcz", compressor="zstd", n_threads=threads)
    assert (tmp_path / "1.mrcz").read_bytes() == (tmp_path / "3.mrcz").read_bytes()


# ------------------------------------------------------------------------------------------------------ types, casts


def test_long_floats_are_narrowed_and_the_callers_stay(rng, tmp_path, caplog):
    for wide, narrow in (("float64", "float32"), ("complex128", "complex64")):
        images = [rng.normal(size=(9, 8)).astype(wide) for _ in range(2)]
        before = [image.copy() for image in images]
        for given in (images, np.stack(images)):
            with caplog.at_level(logging.WARNING, "MRCZ"):
                mrcz.writeMRC(given, tmp_path / "a.mrc", compressor="zstd")
            found, _ = mrcz.readMRC(tmp_path / "a.mrc")
            assert all(np.array_equal(a.astype(narrow), b) for a, b in zip(images, found))
        assert all(image.dtype == wide and np.array_equal(image, old) for image, old in zip(images, before))


def test_casts_that_change_values_are_told_of(rng, tmp_path):
    image = counts(rng, "float32")
    mrcz.writeMRC(image, tmp_path / "a.mrc", dtype="int16", compressor="zstd")
    assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrc")[0], image)
    for values, dtype, changed in ((image + 0.5, "int16", image.size), (counts(rng) + 300, "int8", image.size),
                                   (np.full(image.shape, 1e300), None, image.size),
                                   (np.full(image.shape, (1 << 24) + 1, "int32"), "float32", image.size)):
        with pytest.warns(UserWarning, match=f"{changed} of {image.size} values"):
            mrcz.writeMRC(values, tmp_path / "a.mrc", dtype=dtype)


def test_dtype_casts_in_compressed_files_too(rng, tmp_path):
    image = counts(rng, "uint16")
    for codec in (None, "zstd"):
        mrcz.writeMRC(image, tmp_path / "a.mrcz", dtype="float32", compressor=codec)
        found, _ = mrcz.readMRC(tmp_path / "a.mrcz")
        assert found.dtype == np.float32 and np.array_equal(found, image)
        for spelt in (np.float32, np.dtype("<f4"), "f4", ">f4"):
            mrcz.writeMRC(image, tmp_path / "a.mrcz", dtype=spelt, compressor=codec)
            assert mrcz.readMRC(tmp_path / "a.mrcz")[0].dtype == np.float32


def test_types_without_a_mode_are_refused(rng, tmp_path):
    for dtype in ("uint8", "int64", "uint64", "bool"):
        for codec in (None, "zstd"):
            with pytest.raises(TypeError, match="dtype"):
                mrcz.writeMRC(counts(rng, dtype), tmp_path / "a.mrc", compressor=codec)
    with pytest.raises(TypeError, match="dtype"):
        mrcz.writeMRC(counts(rng), tmp_path / "a.mrc", dtype="no such type")
    assert not (tmp_path / "a.mrc").exists()


def test_shapes_that_cannot_be_are_refused(rng, tmp_path):
    for images in (np.zeros(5, "int16"), np.zeros((2, 2, 2, 2), "int16"), [], [np.zeros(5, "int16")],
                   [np.zeros((3, 3), "int16"), np.zeros((3, 4), "int16")]):
        with pytest.raises(ValueError):
            mrcz.writeMRC(images, tmp_path / "a.mrc")
    with pytest.raises(TypeError, match="expected int16"):
        mrcz.writeMRC([np.zeros((3, 3), "int16"), np.zeros((3, 3), "int8")], tmp_path / "a.mrc")


# ------------------------------------------------------------------------------------------------ codecs, byte order


def test_codecs_are_numbered_as_python_mrcz_does(rng, tmp_path):
    for codec, number in (("blosclz", 1), ("lz4", 2), ("lz4hc", 3), ("zlib", 5), ("zstd", 6), ("rans", 16)):
        mrcz.writeMRC(counts(rng), tmp_path / "a.mrcz", compressor=codec)
        assert bytes_at(tmp_path / "a.mrcz", 12, "<i") == (1 + 1000 * number,)
        assert ioMRC.COMPRESSOR_ENUM[number] == codec and ioMRC.REVERSE_COMPRESSOR_ENUM[codec] == number


def test_codecs_that_cannot_be_are_refused(rng, tmp_path):
    image = counts(rng)
    for kind, options, message in (
            (ValueError, {"compressor": "nosuchcodec"}, "Unknown compressor"),
            (ValueError, {"compressor": "zstd", "backend": "bogus"}, "backend must be"),
            (ValueError, {"compressor": "ndlz", "backend": "blosc1"}, "needs"),
            (ImportError, {"compressor": "zstd", "backend": "blosc2"}, "c-blosc 2"),
            (ImportError, {"compressor": "zfp_acc"}, "c-blosc 2"),
            (ValueError, {"compressor": "zstd", "clevel": 10}, "level")):
        with pytest.raises(kind, match=message):
            mrcz.writeMRC(image, tmp_path / "a.mrcz", **options)
    mrcz.writeMRC(image, tmp_path / "a.mrcz", compressor="zstd", backend="blosc1", clevel=0)
    assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrcz")[0], image)


def test_packed_bytes_are_those_behind_the_headers(rng, tmp_path):
    mrcz.writeMRC(counts(rng), tmp_path / "a.mrcz", compressor="zstd")
    header = mrcz.readMRC(tmp_path / "a.mrcz")[1]
    assert isinstance(header["packedBytes"], int)
    with open(tmp_path / "a.mrcz", "rb") as file:
        file.seek(1024)
        total = 0
        for _ in range(3):
            (sizes, (version, _, _, typesize)) = ioMRC.readBloscHeader(file)
            assert sizes[0] == 61 * 47 * 2 and (version, typesize) == (2, 2)
            total += sizes[2]
            file.seek(sizes[2] - 16, 1)
    assert bytes_at(tmp_path / "a.mrcz", 144, "<q") == (total,)
    assert header["packedBytes"] == (tmp_path / "a.mrcz").stat().st_size - 1024 > total
    mrcz.writeMRC(counts(rng), tmp_path / "a.mrc")
    assert mrcz.readMRC(tmp_path / "a.mrc")[1]["packedBytes"] == 0


def test_big_endian_files_come_back_whatever_is_guessed(rng, tmp_path):
    for dtype in TYPES:
        image = counts(rng, dtype)
        for codec in (None, "zstd"):
            mrcz.writeMRC(image, tmp_path / "a.mrc", endian="be", compressor=codec, voltage=300, pixelsize=1.5)
            assert bytes_at(tmp_path / "a.mrc", 212, "2s") == (b"DD" if codec else b"\x11\x11",)
            for guess in ("le", "be"):
                found, header = mrcz.readMRC(tmp_path / "a.mrc", endian=guess)
                assert isinstance(found, np.ndarray) and np.array_equal(found, image)
                assert header["voltage"] == 300 and list(header["dimensions"]) == [3, 61, 47]
    mrcz.writeMRC(image, tmp_path / "a.mrc", endian="be")
    assert bytes_at(tmp_path / "a.mrc", 220, ">i") == (1,)
    with pytest.raises(ValueError, match="endian"):
        mrcz.writeMRC(image, tmp_path / "a.mrc", endian="little")


# ------------------------------------------------------------------------------------------------------- some frames


@pytest.mark.parametrize("codec", [None, "zstd"])
def test_idx_reads_frames_with_both_ends(rng, tmp_path, codec):
    image = counts(rng, shape=(7, 9, 8))
    mrcz.writeMRC(image, tmp_path / "a.mrc", compressor=codec)
    for idx, expected in ((0, image[0]), (-1, image[6]), ((1, 3), image[1:4]), ((-2, -1), image[5:]), ((2, 2), image[2]),
                          (np.int64(4), image[4]), ([1, -1], image[1:])):
        found, header = mrcz.readMRC(tmp_path / "a.mrc", idx=idx)
        assert np.array_equal(found, expected), idx
        assert header["dimensions"][0] == (1 if expected.ndim == 2 else len(expected))
    for idx in (7, -8, (3, 1), (0, 7), (1, 2, 3)):
        with pytest.raises(ValueError, match="idx"):
            mrcz.readMRC(tmp_path / "a.mrc", idx=idx)


@pytest.mark.parametrize("codec", [None, "zstd"])
def test_idx_appends(rng, tmp_path, codec):
    frames = [counts(rng, "float32", (9, 8)) for _ in range(3)]
    meta = {"dose": 2}
    for number, frame in enumerate(frames):
        mrcz.writeMRC(frame, tmp_path / "a.mrcs", pixelsize=[5.6, 3.4], voltage=200, idx=number, compressor=codec, meta=meta)
    found, header = mrcz.readMRC(tmp_path / "a.mrcs")
    assert np.array_equal(found, np.stack(frames))
    np.testing.assert_allclose(header["pixelsize"], [10, 5.6, 3.4], rtol=1e-6)
    assert (header["voltage"], header["dose"]) == (200, 2)
    assert header["maxImage"] == np.max(frames) and header["minImage"] == np.min(frames)
    with pytest.raises(ValueError, match="idx"):
        mrcz.writeMRC(frames[0], tmp_path / "a.mrcs", idx=5)
    with pytest.raises(ValueError, match="dimensions"):
        mrcz.writeMRC(frames[0][1:], tmp_path / "a.mrcs", idx=3)
    with pytest.warns(UserWarning, match="keeps its metadata"):
        mrcz.writeMRC(frames[0], tmp_path / "a.mrcs", idx=3, meta={"dose": 3})
    assert mrcz.readMRC(tmp_path / "a.mrcs")[1]["dose"] == 2


def test_idx_replaces_frames_of_plain_files(rng, tmp_path):
    image, other = counts(rng, shape=(4, 9, 8)), counts(rng, shape=(2, 9, 8))
    for endian in ("le", "be"):
        mrcz.writeMRC(image, tmp_path / "a.mrc", endian=endian)
        mrcz.writeMRC(other, tmp_path / "a.mrc", idx=-2)
        assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrc")[0], [*image[:2], *other])
        mrcz.writeMRC(other, tmp_path / "a.mrc", idx=3)
        assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrc")[0], [*image[:2], other[0], *other])
    mrcz.writeMRC(image, tmp_path / "a.mrcz", compressor="zstd")
    with pytest.raises(RuntimeError, match="cannot be replaced"):
        mrcz.writeMRC(other, tmp_path / "a.mrcz", idx=1)
    assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrcz")[0], image)


def test_keys_that_json_makes_one_are_refused(rng, tmp_path):
    for meta, place in (({1: "a", "1": "b"}, r"\$: two keys"), ({"x": [{True: 1, "true": 2}]}, r"\$\.x\.0: two keys")):
        with pytest.raises(ValueError, match=place):
            mrcz.writeMRC(counts(rng), tmp_path / "a.mrcz", meta=meta, compressor="zstd")
    assert not os.listdir(tmp_path)
    mrcz.writeMRC(counts(rng), tmp_path / "a.mrc", meta={1: "a", "2": "b"})
    assert mrcz.open(tmp_path / "a.mrc").metadata == {"1": "a", "2": "b"}


def test_metadata_that_nobody_could_read_back_are_refused_with_a_reason(rng, tmp_path):
    deep, circle = 1, {}
    for _ in range(65):
        deep = {"a": deep}
    circle["self"] = circle
    for compressor in (None, "zstd"):
        for meta, kind, words in ((deep, ValueError, "nested deeper than 64"), (circle, ValueError, "Circular|holds itself"),
                                  ({"a": np.longdouble(1)}, TypeError, "numpy.float64"),
                                  ({"a": np.zeros(2, "longdouble")}, TypeError, "numpy.float64"),
                                  ({"a": ["\ud800"]}, ValueError, r"\$\.a\[0\].*surrogate"),
                                  ({"t": datetime(2026, 1, 2)}, TypeError, "isoformat")):
            with pytest.raises(kind, match=words):
                mrcz.writeMRC(counts(rng), tmp_path / "a.mrc", meta=meta, compressor=compressor)
    assert not os.listdir(tmp_path)


def test_warnings_point_at_the_line_that_called(rng, tmp_path):
    image = counts(rng)
    mrcz.writeMRC(image, tmp_path / "a.mrcz", compressor="zstd")
    whole = (tmp_path / "a.mrcz").read_bytes()
    (tmp_path / "cut.mrcz").write_bytes(whole[:-20])
    for call in (lambda: mrcz.readMRC(tmp_path / "cut.mrcz"), lambda: mrcz.readMRC(tmp_path / "a.mrcz", pixelunits="1/nm"),
                 lambda: ioMRC.readMRCHeader(tmp_path / "a.mrcz", pixelunits="1/nm"),
                 lambda: mrcz.writeMRC(image, tmp_path / "b.mrc", pixelsize=-1),
                 lambda: mrcz.writeMRC(image + 0.5, tmp_path / "b.mrc", dtype="int16"),
                 lambda: mrcz.writeMRC(image, tmp_path / "b.mrc", meta=[1])):
        with pytest.warns(UserWarning) as told:
            call()
        assert {warning.filename for warning in told} == {__file__}, [str(warning.message) for warning in told]


class Failing:
    """An image that `fail` is called for instead."""

    def __init__(self, image, fail):
        self.shape, self.ndim, self.dtype, self.fail = image.shape, image.ndim, image.dtype, fail

    def __array__(self, dtype=None, copy=None):
        self.fail()


def interrupt():
    raise KeyboardInterrupt


@pytest.mark.parametrize("meta", [None, {"dose": 40.5}])
def test_replacement_that_fails_half_way_leaves_every_byte(rng, tmp_path, meta):
    image, other = counts(rng, shape=(4, 9, 8)), counts(rng, shape=(9, 8)) + 100
    mrcz.writeMRC(image, tmp_path / "a.mrc", meta=meta)
    before = (tmp_path / "a.mrc").read_bytes()
    with pytest.raises(KeyboardInterrupt):
        mrcz.writeMRC([other, other, Failing(other, interrupt)], tmp_path / "a.mrc", idx=1, n_threads=1)
    assert (tmp_path / "a.mrc").read_bytes() == before and os.listdir(tmp_path) == ["a.mrc"]
    mrcz.writeMRC(counts(rng, "int8", (3, 9, 8)) % 16, tmp_path / "b.mrc", dtype="uint4", meta=meta)
    before = (tmp_path / "b.mrc").read_bytes()
    with pytest.raises(ValueError, match="uint4"):
        mrcz.writeMRC([other % 16, other], tmp_path / "b.mrc", idx=0, n_threads=1)
    assert (tmp_path / "b.mrc").read_bytes() == before


@pytest.mark.parametrize("meta", [None, {"dose": 40.5}])
def test_replacement_that_is_killed_half_way_is_undone_by_repair(rng, tmp_path, meta):
    image, other = counts(rng, shape=(4, 9, 8)), counts(rng, shape=(9, 8)) + 100
    mrcz.writeMRC(image, tmp_path / "a.mrc", meta=meta)
    before = (tmp_path / "a.mrc").read_bytes()
    child = os.fork()
    if child == 0:
        mrcz.writeMRC([other, other, Failing(other, lambda: os._exit(3))], tmp_path / "a.mrc", idx=1, n_threads=1)
        os._exit(4)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
    assert (tmp_path / "a.mrc").read_bytes() != before and (tmp_path / "a.mrc.journal").exists()
    with pytest.warns(mrcz.FileWarning):
        mrcz.readMRC(tmp_path / "a.mrc")
    assert mrcz.repair(tmp_path / "a.mrc")["action"] == "rolled_back"
    assert (tmp_path / "a.mrc").read_bytes() == before and os.listdir(tmp_path) == ["a.mrc"]


def test_frames_put_into_a_file_become_of_its_type(rng, tmp_path):
    image = counts(rng, "int16", (2, 9, 8))
    mrcz.writeMRC(image, tmp_path / "a.mrc")
    mrcz.writeMRC(image.astype("float64"), tmp_path / "a.mrc", idx=2)
    found, _ = mrcz.readMRC(tmp_path / "a.mrc")
    assert found.dtype == np.int16 and np.array_equal(found, np.concatenate([image, image]))
    with pytest.warns(UserWarning, match="values are not the same"):
        mrcz.writeMRC(image + 0.25, tmp_path / "a.mrc", idx=4)


def test_idx_in_a_new_file_leaves_empty_frames_before(rng, tmp_path):
    image = counts(rng, shape=(9, 8))
    mrcz.writeMRC(image, tmp_path / "a.mrc", idx=1)
    found, _ = mrcz.readMRC(tmp_path / "a.mrc")
    assert np.array_equal(found, [np.zeros((9, 8)), image])
    with pytest.raises(ValueError, match="idx"):
        mrcz.writeMRC(image, tmp_path / "b.mrc", idx=2)


def test_memory_maps_are_of_the_pixels(rng, tmp_path):
    image = counts(rng, "float32", (5, 16, 12))
    for options in ({}, {"meta": {"padding": "x" * 200}}, {"endian": "be"}):
        mrcz.writeMRC(image, tmp_path / "a.mrc", **options)
        mapped, _ = mrcz.readMRC(tmp_path / "a.mrc", useMemmap=True)
        assert isinstance(mapped, np.memmap) and np.array_equal(mapped, image)
        mapped[0, 0, 0] = 99  # a copy on write
        some, _ = mrcz.readMRC(tmp_path / "a.mrc", useMemmap=True, idx=(1, 3))
        assert np.array_equal(some, image[1:4])
        assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrc")[0], image)
        del mapped, some
    for dtype in TYPES:
        mrcz.writeMRC(image.astype(dtype), tmp_path / "b.mrc", dtype=dtype)
        mapped, _ = mrcz.readMRC(tmp_path / "b.mrc", useMemmap=True)
        assert isinstance(mapped, np.memmap) and np.array_equal(mapped, image.astype(dtype)), dtype
        del mapped
    mrcz.writeMRC(image[:1], tmp_path / "a.mrc")
    assert mrcz.readMRC(tmp_path / "a.mrc", useMemmap=True)[0].shape == (1, 16, 12)


def test_what_cannot_be_mapped_is_read(rng, tmp_path, testdata):
    image = counts(rng)
    mrcz.writeMRC(image, tmp_path / "a.mrcz", compressor="zstd")
    assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrcz", useMemmap=True)[0], image)
    mrcz.writeMRC(image, tmp_path / "a.mrc", dtype="uint4")
    assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrc", useMemmap=True)[0], image)
    packed, _ = mrcz.readMRC(testdata / "EMD-3197.map.bz2", useMemmap=True)
    assert np.array_equal(packed, mrcz.readMRC(testdata / "EMD-3197.map")[0])


# ------------------------------------------------------------------------------------------------------- the header


@pytest.mark.parametrize("codec", [None, "zstd", "rans"])
def test_header_has_the_keys_of_python_mrcz_and_no_others(rng, tmp_path, codec):
    for meta in (None, {"a": 1}):
        mrcz.writeMRC(counts(rng), tmp_path / "a.mrcz", compressor=codec, meta=meta)
        header = mrcz.readMRC(tmp_path / "a.mrcz")[1]
        assert sorted(header) == sorted([*KEYS, *(meta or {})])
        assert header["metaId"] == (b"json" if codec and meta else bytes(4))


def test_header_of_foreign_files_has_all_keys(testdata):
    for name in ("projections.mrcs", "EMD-3197.map", "TS_run1.st", "beta-tubulin.mrc", "input_mrc.mrc"):
        header = mrcz.readMRC(testdata / name)[1]
        assert sorted(header) == sorted(KEYS), name
        assert (header["voltage"], header["C3"], header["gain"]) == (0, 0, 1), name
        assert np.isfinite(header["pixelsize"]).all()


def test_microscope_comes_back_as_it_was_given(rng, tmp_path):
    for codec in (None, "zstd"):
        mrcz.writeMRC(counts(rng), tmp_path / "a.mrcz", compressor=codec, voltage=300.0, C3=2.7, gain=1.05)
        header = mrcz.readMRC(tmp_path / "a.mrcz")[1]
        assert (header["voltage"], header["C3"], header["gain"]) == (300.0, 2.7, 1.05)
        mrcz.writeMRC(counts(rng), tmp_path / "a.mrcz", compressor=codec, voltage=None, C3=None, gain=None)
        header = mrcz.readMRC(tmp_path / "a.mrcz")[1]
        assert (header["voltage"], header["C3"], header["gain"]) == (0, 0, 1)


def test_pixel_size_comes_back_in_every_unit(rng, tmp_path):
    for codec in (None, "zstd"):
        for units, angstrom in (("\\AA", 1), ("nm", 10), ("pm", 0.01), ("\\mum", 1e4), ("Å", 1), ("µm", 1e4), ("A", 1)):
            mrcz.writeMRC(counts(rng), tmp_path / "a.mrcz", compressor=codec, pixelsize=[1.2, 2.6, 3.4], pixelunits=units)
            header = mrcz.readMRC(tmp_path / "a.mrcz", pixelunits=units)[1]
            np.testing.assert_allclose(header["pixelsize"], [1.2, 2.6, 3.4], rtol=1e-6)
            assert header["pixelunits"] == units
            in_angstrom = mrcz.readMRC(tmp_path / "a.mrcz")[1]["pixelsize"]
            np.testing.assert_allclose(in_angstrom, np.multiply([1.2, 2.6, 3.4], angstrom), rtol=1e-6)


def test_units_nobody_knows_are_nanometres_and_told_of(rng, tmp_path):
    with pytest.warns(UserWarning, match="1/nm"):
        mrcz.writeMRC(counts(rng), tmp_path / "a.mrc", pixelsize=2, pixelunits="1/nm")
    np.testing.assert_allclose(mrcz.readMRC(tmp_path / "a.mrc")[1]["pixelsize"], 20, rtol=1e-6)
    mrcz.writeMRC(counts(rng), tmp_path / "a.mrc", pixelsize=2, pixelunits="<undefined>")
    np.testing.assert_allclose(mrcz.readMRC(tmp_path / "a.mrc")[1]["pixelsize"], 20, rtol=1e-6)


def test_pixel_size_may_be_one_two_or_three_numbers(rng, tmp_path):
    image = counts(rng, shape=(5, 16, 12))
    for given, expected in ((0.1, [0.1] * 3), ([0.1], [0.1] * 3), (np.array([0.1]), [0.1] * 3), ((2, 3), [10, 2, 3]),
                            ([1, 2, 3], [1, 2, 3])):
        mrcz.writeMRC(image, tmp_path / "a.mrc", pixelsize=given)
        np.testing.assert_allclose(mrcz.readMRC(tmp_path / "a.mrc")[1]["pixelsize"], expected, rtol=1e-6)
        assert bytes_at(tmp_path / "a.mrc", 52, "<3f3i") == (90, 90, 90, 1, 2, 3)
    with pytest.raises(ValueError, match="pixelsize must have 1, 2 or 3 elements"):
        mrcz.writeMRC(image, tmp_path / "a.mrc", pixelsize=[1, 2, 3, 4])
    with pytest.warns(UserWarning, match="no length"):
        mrcz.writeMRC(image, tmp_path / "a.mrc", pixelsize=[1, -2, 3])
    np.testing.assert_allclose(mrcz.readMRC(tmp_path / "a.mrc")[1]["pixelsize"], [1, 0, 3])


def test_pixel_size_of_volumes_is_cell_over_samples(testdata):
    header = mrcz.readMRC(testdata / "EMD-3197.map")[1]
    expected = mrcz.open(testdata / "EMD-3197.map").voxel_size
    np.testing.assert_allclose(header["pixelsize"], list(expected)[::-1], rtol=1e-6)


def test_statistics_are_of_all_frames(rng, tmp_path):
    image = counts(rng)
    image[2, 5, 5] = 1000
    for codec in (None, "zstd"):
        mrcz.writeMRC(image, tmp_path / "a.mrcz", compressor=codec)
        header = mrcz.readMRC(tmp_path / "a.mrcz")[1]
        assert (header["minImage"], header["maxImage"]) == (image.min(), 1000)
        assert header["meanImage"] == np.float32(image.mean())


def test_header_alone_can_be_read_and_written(rng, tmp_path):
    image = counts(rng, "float32")
    for endchar in "<>":
        header = mrcz.defaultHeader()
        header.update(dimensions=[3, 61, 47], dtype="f4", pixelsize=[1, 2, 3], pixelunits="\\AA", meta={"dose": 3.5})
        with open(tmp_path / "a.mrc", "wb") as file:
            extended = mrcz.writeMRCHeader(file, header, 0, endchar)
            file.seek(1024 + extended)
            image.astype(endchar + "f4").tofile(file)
        found, read = mrcz.readMRC(tmp_path / "a.mrc")
        assert np.array_equal(found, image)
        np.testing.assert_allclose(read["pixelsize"], [1, 2, 3], rtol=1e-6)
        assert (read["voltage"], read["C3"], read["dose"]) == (300, 2.7, 3.5)
        again, slices = mrcz.readMRCHeader(tmp_path / "a.mrc", pixelunits="nm")
        assert slices == 0 and again["dtype"] == endchar + "f4"
        np.testing.assert_allclose(again["pixelsize"], [0.1, 0.2, 0.3], rtol=1e-6)
    with pytest.raises(ValueError, match="dtype"):
        mrcz.writeMRCHeader(io.BytesIO(), {**header, "dtype": "u1"}, 0)
    with pytest.raises(ValueError, match="16 bytes"):
        ioMRC.readBloscHeader(io.BytesIO(b"short"))


def test_old_labels_mean_lists_of_images(rng, tmp_path):
    header = {**mrcz.defaultHeader(), "dimensions": [3, 9, 8], "dtype": "i2", "meta": None}
    with open(tmp_path / "a.mrc", "wb") as file:
        mrcz.writeMRCHeader(file, header, 3)
        counts(rng, shape=(3, 9, 8)).tofile(file)
        file.seek(224)
        file.write(b"MRCZ0.4.1")
    found, _ = mrcz.readMRC(tmp_path / "a.mrc")
    assert isinstance(found, list) and len(found) == 3 and found[0].shape == (9, 8)


def test_eman2_counts_modes_its_own_way(tmp_path, rng):
    image = counts(rng, "uint16")
    mrcz.writeMRC(image, tmp_path / "a.mrc")
    with open(tmp_path / "a.mrc", "r+b") as file:
        file.seek(12)
        file.write(struct.pack("<i", 4))
    found, header = mrcz.readMRC(tmp_path / "a.mrc", fileConvention="eman2")
    assert np.array_equal(found, image) and header["dtype"] == "<u2"
    assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrc", fileConvention="eman2", idx=1)[0], image[1])
    assert sorted(header) == sorted(KEYS)
    with pytest.raises(ValueError, match="convention"):
        mrcz.readMRC(tmp_path / "a.mrc", fileConvention="other")


# --------------------------------------------------------------------------------------------------------- metadata


class Axis(Enum):
    X = 0
    Y = 1


class Serializes:
    def serialize(self):
        return {"inside": [1, 2]}


@pytest.mark.parametrize("codec", [None, "zstd", "rans"])
def test_metadata_of_every_kind_come_back(tmp_path, codec):
    meta = {
        "text": "Größe ø", "numbers": [1, 2.5, -3, True, None], "tuple": (1, (2, 3)), "nested": {"deep": {"deeper": []}},
        "np": [np.float64(1.5), np.uint64(42), np.float32(0.5), np.bool_(True), np.str_("x")],
        "arrays": [np.ones(4), np.full((2, 2), 3, "int32")], "axes": [Axis.Y, Axis.X], "object": Serializes(),
        5: "a number for a key", "nan": [float("nan"), float("inf"), -float("inf")],
    }
    mrcz.writeMRC(np.zeros((2, 4, 4), "int16"), tmp_path / "a.mrcz", meta=meta, compressor=codec)
    header = mrcz.readMRC(tmp_path / "a.mrcz")[1]
    assert header["text"] == "Größe ø" and header["numbers"] == meta["numbers"]
    assert header["tuple"] == [1, [2, 3]] and header["nested"] == meta["nested"]
    assert header["np"] == [1.5, 42, 0.5, True, "x"] and header["5"] == "a number for a key"
    assert np.array_equal(header["arrays"][0], np.ones(4)) and header["arrays"][1] == [[3, 3], [3, 3]]
    assert header["axes"] == ["Enum.Axis.Y", "Enum.Axis.X"] and header["object"] == {"inside": [1, 2]}
    assert np.isnan(header["nan"][0]) and header["nan"][1:] == [float("inf"), -float("inf")]


def test_metadata_stand_where_python_mrcz_looks_in_compressed_files(tmp_path):
    mrcz.writeMRC(np.zeros((2, 4, 4), "int16"), tmp_path / "a.mrcz", meta={"dose": 3}, compressor="zstd")
    size, = bytes_at(tmp_path / "a.mrcz", 92, "<i")
    assert size % 16 == 0 and bytes_at(tmp_path / "a.mrcz", 104, "4s") == (b"json",)
    assert json.loads(bytes_at(tmp_path / "a.mrcz", 1024, f"{size}s")[0]) == {"dose": 3}
    assert mrcz.open(tmp_path / "a.mrcz").metadata == {"dose": 3}


def test_plain_files_keep_their_standard_header_with_metadata(tmp_path):
    image = np.zeros((2, 4, 4), "int16")
    mrcz.writeMRC(image, tmp_path / "a.mrc")
    mrcz.writeMRC(image, tmp_path / "b.mrc", meta={"dose": 3})
    assert bytes_at(tmp_path / "b.mrc", 92, "<i") == (0,)
    assert (tmp_path / "b.mrc").read_bytes().startswith((tmp_path / "a.mrc").read_bytes())
    assert mrcz.readMRC(tmp_path / "b.mrc")[1]["dose"] == 3


def test_metadata_that_readmrc_would_hide_are_told_of_and_kept(tmp_path):
    with pytest.warns(UserWarning, match="gain, voltage"):
        mrcz.writeMRC(np.zeros((2, 4, 4), "int16"), tmp_path / "a.mrcz", meta={"voltage": 7, "gain": 8, "other": 9},
                      voltage=300, compressor="zstd")
    header = mrcz.readMRC(tmp_path / "a.mrcz")[1]
    assert (header["voltage"], header["other"]) == (300, 9)
    assert mrcz.open(tmp_path / "a.mrcz").metadata == {"voltage": 7, "gain": 8, "other": 9}


def test_header_dict_may_be_given_as_metadata(rng, tmp_path):
    mrcz.writeMRC(counts(rng), tmp_path / "a.mrcz", meta={"dose": 3}, compressor="zstd")
    image, header = mrcz.readMRC(tmp_path / "a.mrcz")
    with pytest.warns(UserWarning, match="readMRC gives what the header says"):
        mrcz.writeMRC(image, tmp_path / "b.mrc", meta=header)
    assert mrcz.readMRC(tmp_path / "b.mrc")[1]["dose"] == 3


def test_metadata_without_a_form_are_refused_before_anything_is_written(tmp_path):
    for value in (1j, object(), {1, 2}, b"\xff"):
        for codec in (None, "zstd"):
            with pytest.raises(TypeError, match="no form in JSON|decode|keys"):
                mrcz.writeMRC(np.zeros((2, 4, 4), "int16"), tmp_path / "a.mrcz", meta={"a": value}, compressor=codec)
    assert not (tmp_path / "a.mrcz").exists()
    with pytest.warns(UserWarning, match="give a dict"):
        mrcz.writeMRC(np.zeros((2, 4, 4), "int16"), tmp_path / "a.mrcz", meta=[1, 2])


def test_metadata_of_our_command_are_read(tmp_path, command, testdata):
    (tmp_path / "meta.json").write_text('{"dose": [1, 2], "note": "x"}')
    subprocess.run([command, "compress", "-q", "--metadata", tmp_path / "meta.json", "-o", tmp_path / "a.mrcz",
                    testdata / "projections.mrcs"], check=True)
    header = mrcz.readMRC(tmp_path / "a.mrcz")[1]
    assert header["dose"] == [1, 2] and header["note"] == "x"


def test_command_shows_what_writemrc_wrote(tmp_path, command):
    mrcz.writeMRC([np.zeros((2, 4, 4), "int16")] * 3, tmp_path / "a.mrcz", meta={"dose": 3}, compressor="zstd",
                  pixelsize=[3, 2, 1])
    told = json.loads(subprocess.run([command, "info", "--json", tmp_path / "a.mrcz"], check=True, capture_output=True,
                                     text=True).stdout)
    assert told["metadata"] == {"dose": 3}
    np.testing.assert_allclose(mrcz.open(tmp_path / "a.mrcz").voxel_size, [1, 2, 3], rtol=1e-6)
    subprocess.run([command, "verify", "-q", tmp_path / "a.mrcz"], check=True)


# -------------------------------------------------------------------------------------------- lazy arrays, background


class Remote:
    """An array that is elsewhere, and remembers how much of it was asked for at a time."""

    shape, ndim, dtype = (40, 1024, 1024), 3, np.dtype("int32")

    def __init__(self, chunks):
        self.chunks, self.asked = chunks, []

    def __getitem__(self, index):
        frames = np.arange(40, dtype="int32")[index]
        self.asked.append(len(frames) * 4 << 20)
        return np.broadcast_to(frames[:, None, None], (len(frames), 1024, 1024))


@pytest.mark.parametrize("chunks", [None, (2, 1024, 1024), ((2,) * 20, (512, 512), (1024,)), ((40,), (1024,), (1024,))])
def test_arrays_elsewhere_are_fetched_a_few_chunks_at_a_time(tmp_path, chunks):
    lazy = Remote(chunks)
    mrcz.writeMRC(lazy, tmp_path / "a.mrcz", compressor="lz4")
    found, _ = mrcz.readMRC(tmp_path / "a.mrcz")
    assert np.array_equal(found[:, 5, 7], np.arange(40)) and (found == found[:, :1, :1]).all()
    assert sum(lazy.asked) == 160 << 20
    assert max(lazy.asked) <= (160 << 20 if chunks and chunks[0] == (40,) else 64 << 20)


def test_dask_arrays_are_written(rng, tmp_path):
    dask_array = pytest.importorskip("dask.array")
    image = counts(rng, "float64", (12, 32, 16))
    lazy = dask_array.from_array(image, chunks=(3, 16, 16))
    for codec in (None, "zstd"):
        mrcz.writeMRC(lazy, tmp_path / "a.mrcz", compressor=codec)
        assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrcz")[0], image)
    mrcz.writeMRC(lazy[0], tmp_path / "a.mrcz")
    assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrcz")[0], image[0])
    mrcz.writeMRC([lazy[0], lazy[1]], tmp_path / "a.mrcz")
    assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrcz")[0], image[:2])


def test_hdf5_datasets_are_written(rng, tmp_path):
    h5py = pytest.importorskip("h5py")
    image = counts(rng, shape=(9, 16, 12))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name, chunks in (("chunked", (2, 16, 12)), ("whole", None)):
            mrcz.writeMRC(file.create_dataset(name, data=image, chunks=chunks), tmp_path / "a.mrcz", compressor="zstd")
            assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrcz")[0], image)


def test_background_work_gives_futures(rng, tmp_path):
    image = counts(rng)
    assert mrcz.asyncWriteMRC(image, tmp_path / "a.mrcz", compressor="zstd", meta={"dose": 3}).result() is None
    found, header = mrcz.asyncReadMRC(tmp_path / "a.mrcz").result()
    assert np.array_equal(found, image) and header["dose"] == 3
    with pytest.raises(FileNotFoundError):
        mrcz.asyncReadMRC(tmp_path / "missing.mrcz").result()
    mrcz._setAsyncWorkers(3)
    futures = [mrcz.asyncWriteMRC(image + i, tmp_path / f"{i}.mrcz", compressor="lz4") for i in range(6)]
    assert all(future.result() is None for future in futures)
    for i in range(6):
        assert np.array_equal(mrcz.readMRC(tmp_path / f"{i}.mrcz")[0], image + i)
    mrcz._setAsyncWorkers(1)
    with pytest.raises(ValueError, match="greater than 0"):
        mrcz._setAsyncWorkers(0)


def test_default_threads_are_those_of_the_package(rng, tmp_path):
    try:
        mrcz.setDefaultThreads(2)
        assert ioMRC.DEFAULT_N_THREADS == 2 and mrcz.defaultHeader()["n_threads"] == 2
        mrcz.writeMRC(counts(rng), tmp_path / "a.mrcz", compressor="zstd")
    finally:
        mrcz.set_threads(None)


# ------------------------------------------------------------------------------------------------------------ trouble


def test_a_file_that_is_there_stays_when_writing_fails(rng, tmp_path):
    image = counts(rng)
    mrcz.writeMRC(image, tmp_path / "a.mrc")
    with pytest.raises(ValueError):
        mrcz.writeMRC([image, image[:, 1:]], tmp_path / "a.mrc")
    assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrc")[0], image)
    mrcz.writeMRC(image[:1], tmp_path / "a.mrc")
    assert np.array_equal(mrcz.readMRC(tmp_path / "a.mrc")[0], image[0])


def test_trouble_with_files_is_the_error_that_people_expect(rng, tmp_path):
    with pytest.raises(FileNotFoundError, match="missing"):
        mrcz.readMRC(tmp_path / "missing.mrc")
    (tmp_path / "a.mrc").write_bytes(b"no image" * 500)
    with pytest.raises(ValueError, match="a.mrc"):
        mrcz.readMRC(tmp_path / "a.mrc")
    mrcz.writeMRC(counts(rng), tmp_path / "b.mrcz", compressor="zstd")
    content = (tmp_path / "b.mrcz").read_bytes()
    (tmp_path / "b.mrcz").write_bytes(content[:3000])
    with pytest.warns(mrcz.FileWarning, match="b.mrcz"), pytest.raises(ValueError, match="b.mrcz"):
        mrcz.readMRC(tmp_path / "b.mrcz")
    with open(tmp_path / "c.mrc", "wb") as file:
        file.write(content[:12] + struct.pack("<i", 999002) + content[16:])
    with pytest.raises((ValueError, NotImplementedError), match="999"):
        mrcz.readMRC(tmp_path / "c.mrc")


def test_labels_that_are_no_utf8_are_no_trouble(rng, tmp_path):
    mrcz.writeMRC(counts(rng), tmp_path / "a.mrc")
    with open(tmp_path / "a.mrc", "r+b") as file:
        file.seek(224)
        file.write("Ångström".encode("latin-1"))
    assert mrcz.readMRC(tmp_path / "a.mrc")[0].shape == (3, 61, 47)


def test_compressed_files_record_what_a_cast_changed(tmp_path):
    with pytest.warns(UserWarning, match="1 of 2 values"):
        mrcz.writeMRC(np.array([[6.04, 7]], "f4"), str(tmp_path / "a.mrcz"), dtype="i1", compressor="zstd")
    step = next(step for step in mrcz.open(tmp_path / "a.mrcz").provenance if step["step"] == "convert")
    assert (step["from"], step["to"], step["changed"]) == ("float32", "int8", 1)
