"""mrcz.hdf5: frames to datasets and back by h5py, chunks of blosc moved as they lie."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings

import numpy as np
import pytest
from stacks import CODECS, DTYPES, SHAPE, pixels

import mrcz
import mrcz.hdf5

h5py = pytest.importorskip("h5py")
hdf5plugin = pytest.importorskip("hdf5plugin")

def chunks_of(dataset):
    found = []
    for index in range(dataset.id.get_num_chunks()):
        found.append(bytes(dataset.id.read_direct_chunk(dataset.id.get_chunk_info(index).chunk_offset)[1]))
    return found


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_frames_go_to_hdf5_and_back_as_they_lie(tmp_path, dtype, codec):
    mrcz.write(tmp_path / "a.mrcz", pixels(dtype), codec=codec, voxel_size=(1, 2, 3), metadata={"dose": 1.5})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        done = mrcz.hdf5.to_hdf5(tmp_path / "a.mrcz", tmp_path / "a.h5", "entry/data")
    assert done == (5, 5, 0, "", ())
    with h5py.File(tmp_path / "a.h5") as file:
        dataset = file["entry/data"]
        assert dataset.dtype == dtype
        assert np.array_equal(dataset[...], pixels(dtype))
        assert dataset.chunks == (1, *SHAPE[1:])
        assert dataset.attrs["voxel_size_angstrom"].tolist() == [3, 2, 1]
        stored = chunks_of(dataset)
    content = (tmp_path / "a.mrcz").read_bytes()
    assert all(chunk in content for chunk in stored)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        done = mrcz.hdf5.from_hdf5(tmp_path / "a.h5", "entry/data", tmp_path / "b.mrcz")
    assert done == (5, 5, 0, "", ())
    content = (tmp_path / "b.mrcz").read_bytes()
    assert all(chunk in content for chunk in stored)
    with mrcz.open(tmp_path / "b.mrcz") as stack:
        # Both make chunks of the same kind, which do not tell by which.
        assert stack.codec == ("lz4" if codec == "lz4hc" else codec)
        assert np.array_equal(stack[:], pixels(dtype))
        assert stack.metadata == {"dose": 1.5}
        assert tuple(stack.voxel_size) == (1, 2, 3)
    assert mrcz.verify(tmp_path / "b.mrcz")["frames_hashed"]


def test_what_a_file_was_compressed_from_comes_back(tmp_path, testdata):
    source = testdata / "projections.mrcs"
    mrcz.compress(source, tmp_path / "a.mrczs")
    mrcz.hdf5.to_hdf5(tmp_path / "a.mrczs", tmp_path / "a.h5")
    mrcz.hdf5.from_hdf5(tmp_path / "a.h5", "data", tmp_path / "b.mrczs")
    mrcz.decompress(tmp_path / "b.mrczs", tmp_path / "b.mrcs")
    assert (tmp_path / "b.mrcs").read_bytes() == source.read_bytes()
    mrcz.hdf5.from_hdf5(tmp_path / "a.h5", "data", tmp_path / "c.mrcs")
    with mrcz.open(source) as before, mrcz.open(tmp_path / "c.mrcs") as after:
        assert np.array_equal(before[:], after[:])
        assert after.voxel_size == pytest.approx(before.voxel_size)


def test_the_command_and_the_module_understand_each_other(tmp_path, testdata, command):
    rows = subprocess.run([command, "codecs", "--json"], capture_output=True, text=True, check=True).stdout.splitlines()
    if not any(row.get("name") == "hdf5" and row.get("here") for row in map(json.loads, rows)):
        pytest.skip("this build of the command has no HDF5")
    mrcz.compress(testdata / "projections.mrcs", tmp_path / "a.mrczs")
    mrcz.hdf5.to_hdf5(tmp_path / "a.mrczs", tmp_path / "a.h5")
    subprocess.run([command, "convert", "-q", tmp_path / "a.h5", tmp_path / "b.mrczs"], check=True)
    subprocess.run([command, "convert", "-q", tmp_path / "a.mrczs", tmp_path / "c.h5"], check=True)
    assert mrcz.hdf5.from_hdf5(tmp_path / "c.h5", "data", tmp_path / "c.mrczs").moved == 40
    for name in ("b.mrczs", "c.mrczs"):
        mrcz.decompress(tmp_path / name, tmp_path / "back.mrcs", overwrite=True)
        assert (tmp_path / "back.mrcs").read_bytes() == (testdata / "projections.mrcs").read_bytes()


@pytest.mark.parametrize("codec", ["rans", "raw"])
def test_frames_that_hdf5_does_not_know_are_compressed_anew_and_that_is_said(tmp_path, codec):
    path = tmp_path / ("a.mrc" if codec == "raw" else "a.mrcz")
    mrcz.write(path, pixels(), codec=codec)
    with pytest.warns(mrcz.FileWarning, match="compressed anew"):
        done = mrcz.hdf5.to_hdf5(path, tmp_path / "a.h5")
    assert (done.frames, done.moved, done.recompressed) == (5, 0, 5)
    assert done.why
    with h5py.File(tmp_path / "a.h5") as file:
        assert np.array_equal(file["data"][...], pixels())


FOREIGN = {
    "gzip": {"chunks": (1, 61, 47), "compression": "gzip"},
    "blosc of several frames": {"chunks": (2, 61, 47), **hdf5plugin.Blosc("zstd")},
    "blosc of parts of frames": {"chunks": (1, 30, 47), **hdf5plugin.Blosc("zstd")},
    "blosc behind shuffle": {"chunks": (1, 61, 47), "shuffle": True, **hdf5plugin.Blosc("zstd")},
    "big-endian blosc": {"chunks": (1, 61, 47), "dtype": ">u2", **hdf5plugin.Blosc("zstd")},
    "bitshuffle": {"chunks": (1, 61, 47), **hdf5plugin.Bitshuffle()},
    "contiguous": {},
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_datasets_of_other_programs_are_compressed_anew_and_that_is_said(tmp_path, kind):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", data=pixels(), **FOREIGN[kind])
        file["x"].attrs["exposure"] = 0.5
    with pytest.warns(mrcz.FileWarning, match="compressed anew"):
        done = mrcz.hdf5.from_hdf5(tmp_path / "a.h5", "x", tmp_path / "a.mrcz")
    assert (done.moved, done.recompressed) == (0, 5)
    with mrcz.open(tmp_path / "a.mrcz") as stack:
        assert np.array_equal(stack[:], pixels())
        assert stack.metadata == {"exposure": 0.5}


@pytest.mark.parametrize("codec", ["zstd", "lz4", "zlib", "blosclz"])
@pytest.mark.parametrize("shuffle", [hdf5plugin.Blosc.SHUFFLE, hdf5plugin.Blosc.BITSHUFFLE, hdf5plugin.Blosc.NOSHUFFLE])
def test_blosc_datasets_of_other_programs_are_moved(tmp_path, codec, shuffle):
    data = pixels(shape=(6, 61, 47))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", data=data, chunks=(1, 61, 47), **hdf5plugin.Blosc(codec, 5, shuffle))
        stored = chunks_of(file["x"])
        done = mrcz.hdf5.from_hdf5(file, "x", tmp_path / "a.mrcz")
    assert done == (6, 6, 0, "", ())
    content = (tmp_path / "a.mrcz").read_bytes()
    assert all(chunk in content for chunk in stored)
    with mrcz.open(tmp_path / "a.mrcz") as stack:
        assert stack.codec == codec
        assert np.array_equal(stack[:], data)


def converted(file, path):
    """What is left behind, of which warnings tell, and the metadata."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        done = mrcz.hdf5.from_hdf5(file, "data", path, overwrite=True)
    texts = [str(warning.message) for warning in said]
    assert all(any(text.endswith(f"not taken along: {what}") for text in texts) for what in done.left_behind)
    return {what.partition(":")[0] for what in done.left_behind}, mrcz.open(path).metadata


def test_attributes_that_have_no_form_are_told(tmp_path):
    kept = {"flag": True, "number": 3, "text": "\u00e5", "array": [[1.0, 0.0], [0.0, 1.0]], "texts": ["a", "b"],
            "names": ["c", "d"], "flags": [True, False]}
    with h5py.File(tmp_path / "a.h5", "w") as file:
        dataset = file.create_dataset("data", data=pixels(), chunks=(1, 61, 47), **hdf5plugin.Blosc("zstd"))
        dataset.attrs.update({**kept, "array": np.eye(2), "names": np.array([b"c", b"d"])})
        assert converted(file, tmp_path / "a.mrcz") == (set(), kept)
        dataset.attrs.update({"nan": np.nan, "complex": 1j, "bytes": np.bytes_(b"\xff"), "empty": h5py.Empty("f4"),
                              "pair": np.zeros((), "i4,f4"), "infinite": [1.0, np.inf], "there": file.ref})
        dataset.attrs.create("broken", b"\xfe", dtype=h5py.string_dtype())
        dataset.dims[0].label = "frames"
        left_behind, metadata = converted(file, tmp_path / "a.mrcz")
    assert left_behind == {f"attribute {name}" for name in ("nan", "complex", "bytes", "empty", "pair", "infinite",
                                                            "there", "broken")}
    assert metadata == kept


def test_attributes_beside_carried_metadata_are_taken_or_told(tmp_path):
    mrcz.write(tmp_path / "a.mrcz", pixels(), metadata={"dose": 1.5, "lost": float("nan")})
    mrcz.hdf5.to_hdf5(tmp_path / "a.mrcz", tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        assert converted(file, tmp_path / "b.mrcz")[0] == set()
        file["data"].attrs["added"] = "hello"
        left_behind, metadata = converted(file, tmp_path / "b.mrcz")
        assert metadata["dose"] == 1.5
        assert ("attribute added" in left_behind) != (metadata.get("added") == "hello")
        file["data"].attrs["mrc"] = "{"
        left_behind, metadata = converted(file, tmp_path / "b.mrcz")
        assert left_behind == {"attribute mrc"}
        assert metadata == {"added": "hello"}


def test_chunks_that_were_never_written_are_what_the_dataset_is_filled_with(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        dataset = file.create_dataset("x", SHAPE, "u2", chunks=(1, 61, 47), fillvalue=7, **hdf5plugin.Blosc("zstd"))
        dataset[0], dataset[3] = pixels()[0], pixels()[3]
        with pytest.warns(mrcz.FileWarning, match="3 of 5 frames"):
            done = mrcz.hdf5.from_hdf5(file, "x", tmp_path / "a.mrcz")
    assert (done.moved, done.recompressed) == (2, 3)
    with mrcz.open(tmp_path / "a.mrcz") as stack:
        assert np.array_equal(stack[3], pixels()[3])
        assert (stack[1] == 7).all()


def test_a_scan_goes_both_ways(tmp_path):
    mrcz.write(tmp_path / "a.mrcz", pixels(shape=(12, 20, 30)))
    mrcz.hdf5.to_hdf5(tmp_path / "a.mrcz", tmp_path / "a.h5", scan=(3, 4))
    with h5py.File(tmp_path / "a.h5") as file:
        assert np.array_equal(file["data"][...], pixels(shape=(12, 20, 30)).reshape(3, 4, 20, 30))
    assert mrcz.hdf5.from_hdf5(tmp_path / "a.h5", "data", tmp_path / "b.mrcz").moved == 12
    mrcz.hdf5.to_hdf5(tmp_path / "b.mrcz", tmp_path / "b.h5")
    with h5py.File(tmp_path / "b.h5") as file:
        assert file["data"].shape == (3, 4, 20, 30)


def test_an_open_file_and_its_other_datasets_stay(tmp_path):
    mrcz.write(tmp_path / "a.mrcz", pixels())
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["other"] = np.arange(3)
        mrcz.hdf5.to_hdf5(tmp_path / "a.mrcz", file.create_group("g"), "x")
        assert np.array_equal(file["g/x"][...], pixels())
        with pytest.raises(FileExistsError):
            mrcz.hdf5.to_hdf5(tmp_path / "a.mrcz", file, "other")
        assert file["other"][...].tolist() == [0, 1, 2]
        mrcz.hdf5.to_hdf5(tmp_path / "a.mrcz", file, "other", overwrite=True)
        assert sorted(file) == ["g", "other"]
        assert np.array_equal(file["other"][...], pixels())


def damaged(path):
    content = bytearray(path.read_bytes())
    with mrcz.open(path) as stack:
        offset, size = mrcz._core.stored_frame(stack._reader, 2)
    content[offset + size // 2] ^= 0x10
    path.write_bytes(content)


def test_damaged_frames_do_not_get_through(tmp_path):
    mrcz.write(tmp_path / "a.mrcz", pixels())
    damaged(tmp_path / "a.mrcz")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        with pytest.raises(mrcz.FileDamagedError, match="frame 2"):
            mrcz.hdf5.to_hdf5(tmp_path / "a.mrcz", file)
        assert list(file) == []


def test_damaged_chunks_do_not_get_through(tmp_path):
    mrcz.write(tmp_path / "a.mrcz", pixels())
    mrcz.hdf5.to_hdf5(tmp_path / "a.mrcz", tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        chunk = bytearray(file["data"].id.read_direct_chunk((2, 0, 0))[1])
        chunk[len(chunk) // 2 :] = b"\xff" * (len(chunk) - len(chunk) // 2)
        file["data"].id.write_direct_chunk((2, 0, 0), bytes(chunk))
        with pytest.raises(mrcz.FileDamagedError, match="frame 2"):
            mrcz.hdf5.from_hdf5(file, "data", tmp_path / "b.mrcz")
    assert not (tmp_path / "b.mrcz").exists()


def blosc_header(decoded, coded):
    return bytes((2, 1, 0x92, 1)) + b"".join(number.to_bytes(4, "little") for number in (decoded, decoded, coded))


CHUNK_BYTES = 2 * 61 * 47 * 2
WRONG_CHUNKS = {
    "decodes to less": blosc_header(64, 80) + bytes(64),
    "decodes to more": blosc_header(2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 16) + bytes(2 * CHUNK_BYTES),
    "decodes to two gigabytes": blosc_header(2**31 - 16, 80) + bytes(64),
    "is cut short": blosc_header(CHUNK_BYTES, CHUNK_BYTES + 16) + bytes(64),
    "has no size": blosc_header(CHUNK_BYTES, 0) + bytes(64),
    "has no header": b"\2\1",
}


@pytest.mark.parametrize("before", [False, True], ids=["alone", "among filters"])
@pytest.mark.parametrize("wrong", WRONG_CHUNKS)
def test_a_chunk_that_does_not_decode_to_its_length_is_refused_before_hdf5_decodes_it(tmp_path, wrong, before):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        dataset = file.create_dataset("x", data=pixels(shape=(6, 61, 47)), chunks=(2, 61, 47), shuffle=before,
                                      **hdf5plugin.Blosc("zstd"))
        dataset.id.write_direct_chunk((2, 0, 0), WRONG_CHUNKS[wrong])
        with pytest.raises(mrcz.FileDamagedError, match="a.h5: /x, chunk at 2, 0, 0: "):
            mrcz.hdf5.from_hdf5(file, "x", tmp_path / "a.mrcz")
    assert not (tmp_path / "a.mrcz").exists()


def test_a_chunk_whose_filter_was_left_out_has_its_length(tmp_path):
    data = pixels(shape=(6, 61, 47))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        dataset = file.create_dataset("x", data=data, chunks=(2, 61, 47), **hdf5plugin.Blosc("zstd"))
        dataset.id.write_direct_chunk((2, 0, 0), data[2:4].tobytes(), filter_mask=1)
        with pytest.warns(mrcz.FileWarning, match="compressed anew"):
            mrcz.hdf5.from_hdf5(file, "x", tmp_path / "a.mrcz")
        assert np.array_equal(mrcz.open(tmp_path / "a.mrcz")[:], data)
        dataset.id.write_direct_chunk((2, 0, 0), data[2:4].tobytes()[:-2], filter_mask=1)
        with pytest.raises(mrcz.FileDamagedError, match="not compressed"):
            mrcz.hdf5.from_hdf5(file, "x", tmp_path / "b.mrcz")


def test_blosc_with_a_checksum_is_read_and_blosc_among_others_is_refused(tmp_path):
    data = pixels(shape=(6, 61, 47))
    options = {1: (6,), 3: (), 32001: (2, 2, 2, CHUNK_BYTES, 5, 1, 5)}
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for name, filters in {"checked": (32001, 3), "mixed": (32001, 1)}.items():
            properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            properties.set_chunk((2, 61, 47))
            for number in filters:
                properties.set_filter(number, 0, options[number])
            made = h5py.h5d.create(file.id, name.encode(), h5py.h5t.NATIVE_UINT16, h5py.h5s.create_simple(data.shape),
                                   properties)
            h5py.Dataset(made)[...] = data
        with pytest.warns(mrcz.FileWarning, match="compressed anew"):
            mrcz.hdf5.from_hdf5(file, "checked", tmp_path / "a.mrcz")
        assert np.array_equal(mrcz.open(tmp_path / "a.mrcz")[:], data)
        with pytest.raises(mrcz.UnsupportedError, match="32001, 1"):
            mrcz.hdf5.from_hdf5(file, "mixed", tmp_path / "b.mrcz")


def test_what_mrc_cannot_hold_is_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["doubles"] = np.zeros((2, 3, 4))
        file["five"] = np.zeros((1, 1, 1, 2, 3), "u2")
        file["texts"] = ["a"]
        for name in file:
            with pytest.raises(mrcz.MrczError):
                mrcz.hdf5.from_hdf5(file, name, tmp_path / "a.mrcz")
        with pytest.raises(mrcz.ArgumentError, match="doubles"):
            mrcz.hdf5.from_hdf5(file, "none", tmp_path / "a.mrcz")
    assert not (tmp_path / "a.mrcz").exists()


def test_files_that_are_no_hdf5_are_named(tmp_path):
    mrcz.write(tmp_path / "a.mrcz", pixels())
    with pytest.raises(mrcz.SystemFailedError, match="a.mrcz: cannot be opened as HDF5"):
        mrcz.hdf5.from_hdf5(tmp_path / "a.mrcz", "data", tmp_path / "b.mrcz")
    with pytest.raises(mrcz.InputNotFoundError, match="none.h5"):
        mrcz.hdf5.from_hdf5(tmp_path / "none.h5", "data", tmp_path / "b.mrcz")


def test_progress_is_told(tmp_path):
    mrcz.write(tmp_path / "a.mrcz", pixels())
    said = []
    mrcz.hdf5.to_hdf5(tmp_path / "a.mrcz", tmp_path / "a.h5", progress=lambda done, total: said.append((done, total)))
    assert said[-1] == (5, 5)


def test_writing_needs_no_plugin(tmp_path):
    mrcz.write(tmp_path / "a.mrcz", pixels(), metadata={"dose": 1})
    program = f"""
import sys
sys.modules["hdf5plugin"] = None
import mrcz
folder = {str(tmp_path)!r}
assert mrcz.hdf5.to_hdf5(folder + "/a.mrcz", folder + "/a.h5").moved == 5
assert mrcz.hdf5.from_hdf5(folder + "/a.h5", "data", folder + "/b.mrcz").moved == 5
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    assert np.array_equal(mrcz.open(tmp_path / "b.mrcz")[:], pixels())


def test_a_missing_h5py_is_told(tmp_path, monkeypatch):
    mrcz.write(tmp_path / "a.mrcz", pixels())
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(mrcz.UnsupportedError, match="pip install h5py"):
        mrcz.hdf5.to_hdf5(tmp_path / "a.mrcz", tmp_path / "a.h5")


def test_a_wrong_name_is_answered_with_the_paths_of_datasets(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["entry/data/frames"] = np.zeros((2, 4, 4), "i2")
        file["entry/time"] = 1.5
    for name, said in (("entry", "is a group"), ("none", "is not there")):
        with pytest.raises(mrcz.ArgumentError, match=f"{name} {said}; there are entry/data/frames, entry/time"):
            mrcz.hdf5.from_hdf5(tmp_path / "a.h5", name, tmp_path / "a.mrcz")


def test_a_codec_that_hdf5_has_not_is_named_in_few_words(tmp_path):
    mrcz.write(tmp_path / "r.mrcz", np.ones((2, 8, 8), "u2"), codec="rans")
    with pytest.warns(mrcz.FileWarning, match="compressed anew, by zstd: Zarr and HDF5 have no rans$"):
        mrcz.hdf5.to_hdf5(tmp_path / "r.mrcz", tmp_path / "r.h5")
