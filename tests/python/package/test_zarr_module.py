"""mrcz.zarr: files as Zarr arrays, read by zarr 3 here and by zarr 2 in an environment of its own."""

from __future__ import annotations

import hashlib
import json
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from stacks import CODECS, DTYPES, SHAPE, pixels

import mrcz
import mrcz.zarr

zarr = pytest.importorskip("zarr", minversion="3")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import kit  # noqa: E402
import peer_environment  # noqa: E402

@pytest.fixture
def packed(tmp_path):
    def make(data, codec="zstd", name="a.mrcz", **options):
        mrcz.write(tmp_path / name, data, codec=codec, overwrite=True, **options)
        return tmp_path / name
    return make


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_zarr_3_reads_a_linked_file(tmp_path, packed, dtype, codec):
    path = packed(pixels(dtype), codec, voxel_size=(1, 2, 3))
    mrcz.zarr.link(path, tmp_path / "a.zarr")
    array = zarr.open_array(tmp_path / "a.zarr", mode="r")
    assert array.dtype == dtype
    assert np.array_equal(array[...], pixels(dtype))
    assert array.attrs["voxel_size_angstrom"] == [3, 2, 1]
    assert (tmp_path / "a.zarr" / "c" / "0" / "0" / "0").resolve() == path


@pytest.mark.parametrize("codec", [*CODECS, "rans", "raw"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_zarr_3_reads_a_file_where_it_lies(packed, dtype, codec):
    if codec == "rans" and np.dtype(dtype).kind in "cf":
        pytest.skip("rans is for integers")
    path = packed(pixels(dtype), codec, name="a.mrc" if codec == "raw" else "a.mrcz")
    array = mrcz.zarr.open_array(path)
    assert isinstance(array, zarr.Array)
    assert array.shape == SHAPE
    assert array.dtype == dtype
    assert np.array_equal(array[...], pixels(dtype))
    assert np.array_equal(array[3, 10:20, ::2], pixels(dtype)[3, 10:20, ::2])


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_zarr_2_reads_references(tmp_path, packed, dtype, codec):
    if peer_environment.find_python("zarr-2") is None:
        pytest.skip(peer_environment.HOW_TO_MAKE)
    jobs = []
    for path in (packed(pixels(dtype), codec), packed(pixels(dtype), "raw", "a.mrc")):
        found = mrcz.zarr.references(path)
        # The template is fsspec's to fill in; this reader takes plain references.
        refs = {key: [str(path), *value[1:]] if isinstance(value, list) else value
                for key, value in found["refs"].items()}
        jobs.append({"references": refs, "frame_axes": 1})
    for answer in kit.in_peer("zarr-2", "side_zarr.py", jobs):
        assert answer["shape"] == list(SHAPE)
        assert answer["dtype"] == dtype
        assert answer["sha256"] == hashlib.sha256(pixels(dtype).tobytes()).hexdigest()


def test_references_are_read_as_kerchunk_writes_them(tmp_path, packed):
    fsspec = pytest.importorskip("fsspec")
    found = mrcz.zarr.references(packed(pixels()))
    assert found["version"] == 1
    files = fsspec.filesystem("reference", fo=json.loads(json.dumps(found)), asynchronous=False)
    description = json.loads(files.cat(".zarray"))
    assert description["shape"] == list(SHAPE)
    assert files.info("3.0.0")["size"] > 16


def test_a_scan_has_four_axes(tmp_path, packed):
    data = pixels(shape=(12, 20, 30))
    path = packed(data)
    mrcz.zarr.link(path, tmp_path / "a.zarr", scan=(3, 4))
    for array in (zarr.open_array(tmp_path / "a.zarr", mode="r"), mrcz.zarr.open_array(path, scan=(3, 4))):
        assert np.array_equal(array[...], data.reshape(3, 4, 20, 30))
    rans = packed(data, "rans", "r.mrcz")
    assert np.array_equal(mrcz.zarr.open_array(rans, scan=(3, 4))[2, 1], data[9])
    with pytest.raises(mrcz.ArgumentError):
        mrcz.zarr.open_array(path, scan=(5, 5))
    with pytest.raises(mrcz.ArgumentError):
        mrcz.zarr.open_array(rans, scan=(5, 5))


def test_only_what_is_asked_for_is_read(packed):
    path = packed(pixels(shape=(20, 100, 100)))
    array = mrcz.zarr.open_array(path)
    store = array.store
    read = []
    original = store._read
    store._read = lambda offset, count: read.append(count) or original(offset, count)
    assert np.array_equal(array[7], pixels(shape=(20, 100, 100))[7])
    assert sum(read) < path.stat().st_size / 4


def test_an_array_over_a_file_pickles(packed):
    array = pickle.loads(pickle.dumps(mrcz.zarr.open_array(packed(pixels()))))
    assert np.array_equal(array[...], pixels())


def test_an_array_over_a_file_is_read_only(packed):
    array = mrcz.zarr.open_array(packed(pixels()))
    with pytest.raises(Exception):
        array[0] = 0


def test_files_of_others_are_arrays_too(testdata, tmp_path, packed):
    for name in ("EMD-3197.map", "emd_3197.map.gz", "projections.mrcs", "TS_run1.st"):
        with mrcz.open(testdata / name) as stack:
            assert np.array_equal(mrcz.zarr.open_array(testdata / name)[...], stack[:]), name
    four_bit = packed((pixels("uint8") % 16), dtype="uint4")
    assert np.array_equal(mrcz.zarr.open_array(four_bit)[...], pixels("uint8") % 16)


@pytest.mark.parametrize("codec", CODECS)
def test_what_is_written_is_both_a_zarr_array_and_an_mrcz_file(tmp_path, codec):
    data = pixels(shape=(3, 4, 20, 30))
    mrcz.zarr.write(tmp_path / "a.zarr", data, codec=codec, voxel_size=2, metadata={"dose": 1.5})
    assert np.array_equal(zarr.open_array(tmp_path / "a.zarr", mode="r")[...], data)
    with mrcz.open(tmp_path / "a.zarr" / "c" / "0" / "0" / "0" / "0") as stack:
        assert stack.codec == codec
        assert stack.metadata == {"dose": 1.5}
        assert np.array_equal(stack[:], data.reshape(12, 20, 30))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zarr"]
    with pytest.raises(FileExistsError):
        mrcz.zarr.write(tmp_path / "a.zarr", data)
    mrcz.zarr.write(tmp_path / "a.zarr", data + 1, overwrite=True)
    assert np.array_equal(zarr.open_array(tmp_path / "a.zarr", mode="r")[...], data + 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zarr"]


def test_a_failing_write_leaves_nothing(tmp_path):
    def frames():
        yield pixels()[0]
        raise RuntimeError("the detector went away")

    with pytest.raises(RuntimeError):
        mrcz.zarr.write(tmp_path / "a.zarr", frames())
    with pytest.raises(mrcz.ArgumentError, match="a.zarr: codec.*zstd"):
        mrcz.zarr.write(tmp_path / "a.zarr", pixels(), codec="rans")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_of_zarr_come_and_go_without_loss(tmp_path, packed, dtype):
    path = packed(pixels(dtype), metadata={"dose": 1.5})
    there = mrcz.zarr.convert(path, tmp_path / "b.zarr")
    assert (there["moved"], there["recoded"]) == (5, 0)
    assert np.array_equal(zarr.open_array(tmp_path / "b.zarr", mode="r")[...], pixels(dtype))
    back = mrcz.zarr.convert(tmp_path / "b.zarr", tmp_path / "c.mrcz")
    assert (back["moved"], back["recoded"]) == (5, 0)
    with mrcz.open(tmp_path / "c.mrcz") as stack:
        assert np.array_equal(stack[:], pixels(dtype))
        assert stack.metadata == {"dose": 1.5}
    with pytest.raises(mrcz.ArgumentError, match="Zarr"):
        mrcz.zarr.convert(path, tmp_path / "d.mrc")


def test_files_that_are_no_shards_are_refused_with_what_to_do(tmp_path, packed):
    for path in (packed(pixels(), "raw", "a.mrc"), packed(pixels(), "rans")):
        with pytest.raises(mrcz.ArgumentError, match="mrcz.(compress|convert)"):
            mrcz.zarr.zarr_json(path)
        with pytest.raises(mrcz.ArgumentError):
            mrcz.zarr.link(path, tmp_path / "a.zarr")
        assert not (tmp_path / "a.zarr").exists()


def test_the_document_is_json(packed):
    document = json.loads(mrcz.zarr.zarr_json(packed(pixels())))
    assert document["zarr_format"] == 3
    assert document["shape"] == list(SHAPE)


def test_a_missing_zarr_is_told(packed, monkeypatch):
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(mrcz.UnsupportedError, match="pip install zarr"):
        mrcz.zarr.open_array(packed(pixels()))
