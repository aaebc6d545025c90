"""mrcz.mrcfile behaves as mrcfile does; where mrcfile is installed, each thing is done by both and compared."""

from __future__ import annotations

import gc
import io
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import mrcz
import mrcz.mrcfile as ours
from mrcz.mrcfile import dtypes as our_dtypes
from mrcz.mrcfile import mrcinterpreter

theirs = pytest.importorskip("mrcfile")

SHAPES = [(5, 7), (1, 5, 7), (3, 5, 7), (2, 3, 5, 7)]
DTYPES = ["int8", "int16", "float32", "complex64", "uint16", "float16", "uint8", ">i2", ">f4", ">c8"]
CODECS = ["zstd", "lz4", "rans"]


def pixels(dtype="int16", shape=(3, 5, 7)):
    values = np.random.default_rng(len(shape)).normal(20, 30, shape)
    if np.dtype(dtype).kind == "c":
        return (values + 1j * values[..., ::-1]).astype(dtype)
    return np.clip(values, 0 if np.dtype(dtype).kind == "u" else -100, 100).astype(dtype)


def fields(header):
    """All fields but the label that names the program."""
    known = {name: header[name].tolist() for name in header.dtype.names if name != "label"}
    return {**known, "labels": [bytes(label) for label in header.label[1:]]}


def same_fields(found, expected):
    for name, value in expected.items():
        if isinstance(value, float):
            assert found[name] == pytest.approx(value, rel=1e-5, nan_ok=True), name
        else:
            assert found[name] == value, name


def verdict(module, path):
    """Of a validator, and whether it raised."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return module.validate(path, io.StringIO())


def test_header_has_the_fields_of_mrcfile():
    assert our_dtypes.HEADER_DTYPE == theirs.dtypes.HEADER_DTYPE
    assert our_dtypes.HEADER_DTYPE.itemsize == 1024


@pytest.mark.parametrize("kind", [b"FEI1", b"FEI2"])
@pytest.mark.parametrize("order", "<>")
def test_records_of_thermo_fisher_have_the_fields_of_mrcfile(kind, order):
    assert our_dtypes.get_ext_header_dtype(kind, order) == theirs.dtypes.get_ext_header_dtype(kind, order)


def test_records_of_thermo_fisher_lie_where_the_library_finds_them(tmp_path):
    dtype = our_dtypes.get_ext_header_dtype(b"FEI2", "<")
    record = np.zeros(2, dtype)
    record["Metadata size"], record["Metadata version"] = dtype.itemsize, 2
    for mask in ("Bitmask 1", "Bitmask 2", "Bitmask 3", "Bitmask 4"):
        record[mask] = 0xFFFFFFFF
    record["Alpha tilt"], record["Dose"], record["Objective aperture name"] = (12.5, -3), 40, b"70 um"
    with ours.new(tmp_path / "a.mrc", pixels(shape=(2, 5, 7))) as mrc:
        mrc.set_extended_header(record)
        mrc.header.exttyp = b"FEI2"
    found = mrcz.open(tmp_path / "a.mrc").extended_header
    assert [row["alpha_tilt"] for row in found] == [12.5, -3]
    assert found[0]["objective_aperture_name"] == "70 um"
    with ours.open(tmp_path / "a.mrc") as mrc:
        assert (mrc.indexed_extended_header == record).all()
    with theirs.open(tmp_path / "a.mrc") as mrc:
        assert (mrc.indexed_extended_header == record).all()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_new_file_is_what_mrcfile_makes(tmp_path, dtype, shape):
    data = pixels(dtype, shape)
    made = {}
    for name, module in (("ours", ours), ("theirs", theirs)):
        with module.new(tmp_path / f"{name}.mrc", data) as mrc:
            mrc.voxel_size = (1.5, 2, 2.5)
            mrc.nstart = -3
            mrc.add_label("a label")
        made[name] = (tmp_path / f"{name}.mrc").read_bytes()
    found = np.frombuffer(made["ours"], our_dtypes.HEADER_DTYPE, 1).reshape(()).view(np.recarray)
    expected = np.frombuffer(made["theirs"], our_dtypes.HEADER_DTYPE, 1).reshape(()).copy().view(np.recarray)
    if np.dtype(dtype).byteorder == ">":
        big = our_dtypes.HEADER_DTYPE.newbyteorder(">")
        found, expected = found.view(big), expected.view(big)
    if dtype == "float16" and float(expected.rms) ** 2 * data.size > 65504:
        # The true one, which its own validator, whose sum of squares overflows, then calls wrong.
        assert not verdict(theirs, tmp_path / "theirs.mrc")
        expected.rms = -1
    same_fields(fields(found), fields(expected))
    assert made["ours"][1024:] == made["theirs"][1024:]
    assert verdict(ours, tmp_path / "ours.mrc")
    assert verdict(theirs, tmp_path / "ours.mrc")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_both_read_each_others_files(tmp_path, dtype, shape):
    data = pixels(dtype, shape)
    ours.write(tmp_path / "ours.mrc", data, voxel_size=2)
    theirs.write(tmp_path / "theirs.mrc", data, voxel_size=2)
    for name in ("ours.mrc", "theirs.mrc"):
        with theirs.open(tmp_path / name) as expected, ours.open(tmp_path / name) as found:
            assert found.data.dtype == expected.data.dtype
            assert found.data.shape == expected.data.shape
            assert np.array_equal(found.data, expected.data)
            assert found.voxel_size == expected.voxel_size
            for what in ("is_single_image", "is_image_stack", "is_volume", "is_volume_stack"):
                assert getattr(found, what)() == getattr(expected, what)(), what


def changes():
    def replace_by(dtype, shape):
        return lambda mrc: mrc.set_data(pixels(dtype, shape))

    def volume_and_back(mrc):
        mrc.set_image_stack()
        mrc.set_volume()

    def edit_in_place(mrc):
        mrc.data[0, 0, 0] = 99
        mrc.update_header_stats()

    return {
        "nothing": lambda mrc: None,
        "voxel size of one number": lambda mrc: setattr(mrc, "voxel_size", 3.25),
        "voxel size of a record": lambda mrc: setattr(mrc, "voxel_size", mrc.voxel_size),
        "start": lambda mrc: setattr(mrc, "nstart", (1, 2, 3)),
        "image stack": lambda mrc: mrc.set_image_stack(),
        "volume and back": volume_and_back,
        "an image": replace_by("float32", (4, 6)),
        "stack of volumes": replace_by("int8", (2, 2, 4, 6)),
        "another stack": replace_by("uint16", (6, 4, 6)),
        "other byte order": replace_by(">i2", (3, 5, 7)),
        "data in place": edit_in_place,
        "labels": lambda mrc: [mrc.add_label(f"label {i}") for i in range(5)],
        "reset": lambda mrc: mrc.reset_header_stats(),
        "field": lambda mrc: setattr(mrc.header.origin, "x", 17),
        "extended header": lambda mrc: mrc.set_extended_header(np.arange(20, dtype="i4")),
    }


@pytest.mark.parametrize("change", changes())
def test_a_changed_file_is_what_mrcfile_makes_of_it(tmp_path, change):
    found = {}
    for name, module in (("ours", ours), ("theirs", theirs)):
        path = tmp_path / f"{name}.mrc"
        theirs.write(path, pixels(), voxel_size=1.25)
        content = bytearray(path.read_bytes())
        content[224:304] = b"a first label".ljust(80)
        path.write_bytes(content)
        with module.open(path, "r+") as mrc:
            changes()[change](mrc)
        found[name] = path.read_bytes()
    order = ">" if change == "other byte order" else "<"
    headers = {name: np.frombuffer(content[:1024], our_dtypes.HEADER_DTYPE.newbyteorder(order)).reshape(()).view(
        np.recarray) for name, content in found.items()}
    same_fields(fields(headers["ours"]), fields(headers["theirs"]))
    assert found["ours"][1024:] == found["theirs"][1024:]


def test_a_changed_header_alone_is_written_where_it_stands(tmp_path):
    ours.write(tmp_path / "a.mrc", pixels())
    before = (tmp_path / "a.mrc").stat().st_ino
    with ours.open(tmp_path / "a.mrc", "r+") as mrc:
        mrc.voxel_size = 4
    assert (tmp_path / "a.mrc").stat().st_ino == before
    assert ours.open(tmp_path / "a.mrc").voxel_size.x == 4


def test_a_file_opened_to_change_and_not_changed_is_not_written(tmp_path):
    for name in ("a.mrc", "a.mrc.gz", "a.mrcz"):
        ours.write(tmp_path / name, pixels())
        before = (tmp_path / name).stat()
        ours.open(tmp_path / name, "r+").close()
        after = (tmp_path / name).stat()
        if not name.endswith("gz"):
            assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns), name


class Unwritable:
    nbytes = 0

    def tobytes(self):
        return b"x" if sys._getframe(1).f_code.co_name == "_heads" else None


def test_a_failing_write_leaves_the_old_file(tmp_path):
    for name in ("a.mrc", "a.mrc.gz", "a.mrcz"):
        ours.write(tmp_path / name, pixels())
        before = (tmp_path / name).read_bytes()
        mrc = ours.open(tmp_path / name, "r+")
        mrc.set_data(pixels("float32", (4, 6)))
        mrc._extended_header = Unwritable()
        with pytest.raises(Exception):
            mrc.close()
        assert (tmp_path / name).read_bytes() == before
        assert [path.name for path in tmp_path.iterdir()] == [name]
        (tmp_path / name).unlink()


def test_a_link_stays_a_link_and_permissions_stay(tmp_path):
    ours.write(tmp_path / "a.mrc", pixels())
    (tmp_path / "a.mrc").chmod(0o640)
    (tmp_path / "link.mrc").symlink_to("a.mrc")
    with ours.open(tmp_path / "link.mrc", "r+") as mrc:
        mrc.set_data(pixels("float32", (4, 6)))
    assert (tmp_path / "link.mrc").is_symlink()
    assert (tmp_path / "a.mrc").stat().st_mode & 0o777 == 0o640
    assert ours.read(tmp_path / "a.mrc").shape == (4, 6)


# Compressed files.

@pytest.mark.parametrize("compression", ["gzip", "bzip2"])
def test_wrapped_files_go_both_ways(tmp_path, compression):
    data = pixels("float32")
    for writer, reader in ((ours, theirs), (theirs, ours), (ours, ours)):
        with writer.new(tmp_path / "a", data, compression=compression, overwrite=True) as mrc:
            mrc.voxel_size = 2
        with reader.open(tmp_path / "a") as mrc:
            assert np.array_equal(mrc.data, data)
            assert mrc.voxel_size.x == 2
            assert not mrc.data.flags.writeable
        assert verdict(ours, tmp_path / "a")
        with ours.open(tmp_path / "a", "r+") as mrc:
            mrc.data[0, 0, 0] = 7
        with theirs.open(tmp_path / "a") as mrc:
            assert mrc.data[0, 0, 0] == 7


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("shape", SHAPES)
def test_compressed_files_are_like_the_plain_ones_they_stand_for(tmp_path, codec, shape):
    data = pixels("int16", shape)
    for name, compression in (("a.mrc", None), ("a.mrcz", codec)):
        with ours.new(tmp_path / name, data, compression=compression) as mrc:
            mrc.voxel_size = (1, 2, 3)
            mrc.set_extended_header(np.frombuffer(b"symmetry", "V1"))
            mrc.header.exttyp = b"CCP4"
            mrc.header.label[0] = b"a label"
    assert mrcz.open(tmp_path / "a.mrcz").codec == codec
    with ours.open(tmp_path / "a.mrc") as plain, ours.open(tmp_path / "a.mrcz") as found:
        assert isinstance(found, ours.mrczfile.MrczFile)
        assert found.header.tobytes() == plain.header.tobytes()
        assert found.extended_header.tobytes() == plain.extended_header.tobytes()
        assert found.data.dtype == plain.data.dtype
        assert np.array_equal(found.data, plain.data)
        assert not found.data.flags.writeable
    assert verdict(ours, tmp_path / "a.mrcz")


def test_a_compressed_file_is_restored_to_what_was_written(tmp_path, command):
    for name in ("a.mrc", "a.mrcz"):
        with ours.new(tmp_path / name, pixels("float32")) as mrc:
            mrc.header.label[0] = b"a label"
    subprocess.run([command, "decompress", "-q", "-o", tmp_path / "b.mrc", tmp_path / "a.mrcz"], check=True)
    assert (tmp_path / "b.mrc").read_bytes() == (tmp_path / "a.mrc").read_bytes()


def test_a_compressed_file_that_is_changed_keeps_codec_and_metadata(tmp_path):
    data = pixels("uint16")
    mrcz.write(tmp_path / "a.mrcz", data, codec="lz4", metadata={"dose": 1.5}, voxel_size=2)
    with ours.open(tmp_path / "a.mrcz", "r+") as mrc:
        assert int(mrc.header.mode) == 6
        mrc.data[1, 1, 1] = 4000
        mrc.update_header_stats()
        mrc.voxel_size = 3
    with mrcz.open(tmp_path / "a.mrcz") as stack:
        assert [step["step"] for step in stack.provenance] == ["write", "edit", "compress"]
        assert stack.codec == "lz4"
        assert stack.metadata == {"dose": 1.5}
        assert stack.voxel_size.x == 3
        assert stack[1, 1, 1] == 4000
    assert verdict(ours, tmp_path / "a.mrcz")


def test_a_changed_file_says_once_that_it_restores_the_first_original_no_more(tmp_path, testdata, recwarn):
    mrcz.compress(testdata / "projections.mrcs", tmp_path / "a.mrcz")
    for value in (3, 4):
        with ours.open(tmp_path / "a.mrcz", "r+") as mrc:
            mrc.data[0, 0, 0] = value
    told = [str(warning.message) for warning in recwarn if issubclass(warning.category, mrcz.FileWarning)]
    assert len(told) == 1 and "a.mrcz: no longer restores the file it was made from" in told[0]
    mrcz.decompress(tmp_path / "a.mrcz", tmp_path / "b.mrc")
    assert ours.read(tmp_path / "b.mrc")[0, 0, 0] == 4
    mrcz.write(tmp_path / "c.mrcz", mrcz.open(testdata / "projections.mrcs")[:3])
    with ours.open(tmp_path / "c.mrcz", "r+") as mrc:
        mrc.data[0] = 1
    assert len([1 for warning in recwarn if issubclass(warning.category, mrcz.FileWarning)]) == 1


@pytest.mark.filterwarnings("ignore:.*no longer restores")
@pytest.mark.parametrize("what", ["header", "pixels", "type"])
def test_a_compressed_file_that_is_changed_keeps_a_sum_of_the_frames_it_has(tmp_path, testdata, what):
    mrcz.compress(testdata / "projections.mrcs", tmp_path / "a.mrcz", keep_sum=True)
    with ours.open(tmp_path / "a.mrcz", "r+") as mrc:
        if what == "header":
            mrc.voxel_size = 2.5
        elif what == "pixels":
            mrc.data[3, 4, 5] = 1234
        else:
            mrc.set_data(mrc.data.astype("float32"))
        expected = mrc.data.astype("f8").sum(0)
    with mrcz.open(tmp_path / "a.mrcz") as stack:
        assert {"SUMI", "ORIG"} <= {section.id for section in stack.sections}
        assert np.array_equal(stack.sum(), expected)
    mrcz.verify(tmp_path / "a.mrcz")
    with ours.open(tmp_path / "a.mrcz", "r+") as mrc:
        mrc.set_data(pixels("complex64"))
    with mrcz.open(tmp_path / "a.mrcz") as stack:
        assert "SUMI" not in {section.id for section in stack.sections}


def test_what_was_changed_before_an_exception_is_written(tmp_path):
    for module in (ours, theirs):
        module.write(tmp_path / "a.mrc", pixels(), overwrite=True)
        with pytest.raises(KeyError), module.open(tmp_path / "a.mrc", "r+") as mrc:
            mrc.data[0] = 5
            raise KeyError
        assert (module.read(tmp_path / "a.mrc")[0] == 5).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["a.mrc", "a.mrcz"])
def test_a_file_that_cannot_be_opened_to_be_changed_is_told_of_once(tmp_path, name):
    mrcz.write(tmp_path / name, np.zeros((3, 5, 7), "u1"), dtype="uint4")
    content = (tmp_path / name).read_bytes()
    # What is raised while an object goes away pytest makes a warning.
    with pytest.raises(ValueError, match="mode '101'"):
        ours.open(tmp_path / name, "r+")
    gc.collect()
    assert (tmp_path / name).read_bytes() == content


def test_metadata_behind_a_plain_files_pixels_stay(tmp_path):
    mrcz.write(tmp_path / "a.mrc", pixels(), metadata={"dose": 1.5})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with ours.open(tmp_path / "a.mrc", "r+") as mrc:
            mrc.data[0] = 5
    with mrcz.open(tmp_path / "a.mrc") as stack:
        assert stack.metadata == {"dose": 1.5}
        assert [step["step"] for step in stack.provenance] == ["write", "edit"]
        assert (stack[0] == 5).all()
    with ours.open(tmp_path / "a.mrc", "r+") as mrc:
        mrc.set_data(pixels("float32", (2, 4, 6)))
    with mrcz.open(tmp_path / "a.mrc") as stack:
        assert stack.metadata == {"dose": 1.5}
        assert stack.shape == (2, 4, 6)
    with ours.open(tmp_path / "a.mrc", "r+") as mrc:
        mrc.voxel_size = 2
    assert mrcz.open(tmp_path / "a.mrc").metadata == {"dose": 1.5}


def test_pixels_of_a_compressed_file_are_decoded_when_they_are_asked_for(tmp_path):
    mrcz.write(tmp_path / "a.mrcz", pixels(shape=(6, 40, 50)), codec="zstd")
    content = bytearray((tmp_path / "a.mrcz").read_bytes())
    content[1024 + 200] ^= 0xFF  # within the first frame
    (tmp_path / "a.mrcz").write_bytes(content)
    with ours.open(tmp_path / "a.mrcz") as mrc:
        assert int(mrc.header.nz) == 6
        with pytest.raises(mrcz.FileDamagedError, match="frame 0"):
            mrc.data
    with ours.mmap(tmp_path / "a.mrcz") as mrc:
        assert mrc.data.shape == (6, 40, 50)
        assert np.array_equal(mrc.data[5], pixels(shape=(6, 40, 50))[5])
    out = io.StringIO()
    assert not ours.validate(tmp_path / "a.mrcz", out)
    assert "frame 0" in out.getvalue()


def test_python_mrcz_files_open_as_plain_ones(shared):
    files = sorted((shared / "generated-by-python-mrcz").rglob("*.mrcz"))
    assert files
    opened = 0
    for path in files:
        with mrcz.open(path) as stack:
            # Those named so say one type in their header and hold another.
            if "BUGGY" in path.name or stack.pixel_type not in (
                    "int8", "int16", "uint16", "float32", "complex_float32"):
                continue
            with ours.open(path) as mrc:
                assert np.array_equal(np.asarray(mrc.data).reshape(stack.shape), stack[:]), path
                assert int(mrc.header.mode) in (0, 1, 2, 4, 6)
        opened += 1
    assert opened > 5


def test_compression_of_a_new_file_follows_its_name(tmp_path):
    for name, kind in {"a.mrcz": "MrczFile", "a.mrc.gz": "GzipMrcFile", "a.mrc.bz2": "Bzip2MrcFile",
                       "a.mrc": "MrcFile"}.items():
        ours.write(tmp_path / name, pixels())
        with ours.open(tmp_path / name) as mrc:
            assert type(mrc).__name__ == kind
    with pytest.raises(ValueError, match="zip.*gzip.*zstd"):
        ours.new(tmp_path / "b.mrc", compression="zip")


# Maps into memory.

@pytest.mark.parametrize("shape", SHAPES)
def test_new_mmap_is_that_of_mrcfile(tmp_path, shape):
    found = {}
    for name, module in (("ours", ours), ("theirs", theirs)):
        with module.new_mmap(tmp_path / name, shape, mrc_mode=2, fill=3.5, extended_header=np.zeros(16, "u1"),
                             exttyp="FEI1") as mrc:
            assert isinstance(mrc.data, np.memmap)
            mrc.header.label[0] = b""
            mrc.data[..., 1, 1] = 4
        found[name] = (tmp_path / name).read_bytes()
    assert found["ours"] == found["theirs"]


def test_what_is_set_in_a_map_is_in_the_file(tmp_path):
    ours.write(tmp_path / "a.mrc", pixels())
    with ours.mmap(tmp_path / "a.mrc", "r+") as mrc:
        mrc.data[2, 3, 4] = 1234
        mrc.set_extended_header(np.arange(10, dtype="u1"))
        assert mrc.data[2, 3, 4] == 1234
        mrc.set_data(mrc.data[1:])
    with theirs.open(tmp_path / "a.mrc") as mrc:
        assert mrc.data.shape == (2, 5, 7)
        assert mrc.data[1, 3, 4] == 1234
        assert mrc.extended_header.tobytes() == bytes(range(10))
    with ours.mmap(tmp_path / "a.mrc") as mrc:
        assert isinstance(mrc.data, np.memmap)
        assert not mrc.data.flags.writeable


def with_metadata(path):
    mrcz.write(path, pixels(), metadata={"dose": 1.5})
    return path


def change_and_die(path):
    """In a process that never comes to close the file."""
    program = ("import os, sys, mrcz.mrcfile\n"
               "mrc = mrcz.mrcfile.mmap(sys.argv[1], 'r+')\n"
               "mrc.data[1, 2, 3] = 77\n"
               "mrc.data.flush()\n"
               "os._exit(9)\n")
    assert subprocess.run([sys.executable, "-c", program, str(path)]).returncode == 9


def change_and_close(path):
    with ours.mmap(path, "r+") as mrc:
        mrc.data[1, 2, 3] = 77


@pytest.mark.parametrize("change", [change_and_close, change_and_die])
def test_what_is_set_in_a_map_does_not_contradict_what_stands_behind_the_pixels(tmp_path, change):
    path = with_metadata(tmp_path / "a.mrc")
    expected = pixels()
    expected[1, 2, 3] = 77
    for _ in range(2):
        change(path)
        with mrcz.open(path) as stack:
            assert np.array_equal(stack[:], expected)
            assert stack.metadata == {"dose": 1.5}
            assert [section.id for section in stack.sections] == ["META", "PROV"]
            assert [step["step"] for step in stack.provenance].count("edit") == 1
    mrcz.verify(path)


def test_a_map_that_is_only_looked_at_changes_nothing(tmp_path):
    path = with_metadata(tmp_path / "a.mrc")
    content = path.read_bytes()
    with ours.mmap(path) as mrc:
        assert np.array_equal(mrc.data, pixels())
    with ours.mmap(path, "r+"):
        pass
    assert path.read_bytes() == content


@pytest.mark.parametrize("shape", [(7, 4, 9), (2, 3, 5, 7), (5, 7)])
def test_a_map_of_other_pixels_keeps_the_metadata(tmp_path, shape):
    path = with_metadata(tmp_path / "a.mrc")
    with ours.mmap(path, "r+") as mrc:
        mrc.set_data(pixels("float32", shape))
        mrc.set_extended_header(np.zeros(32, "u1"))
    with mrcz.open(path) as stack:
        assert np.array_equal(stack[:].reshape(shape), pixels("float32", shape))
        assert stack.metadata == {"dose": 1.5}
        assert stack.extended_header.to_bytes() == bytes(32)
    mrcz.verify(path)


def test_compressed_files_cannot_be_mapped_to_be_changed(tmp_path):
    for name in ("a.mrcz", "a.mrc.gz"):
        ours.write(tmp_path / name, pixels())
        with pytest.raises(ValueError, match="compressed.*open"):
            ours.mmap(tmp_path / name, "r+")


# What is refused, and what is warned of.

def test_read_only_files_cannot_be_changed(tmp_path):
    ours.write(tmp_path / "a.mrc", pixels())
    with ours.open(tmp_path / "a.mrc") as mrc:
        for change in (lambda: mrc.set_data(pixels()), lambda: setattr(mrc, "voxel_size", 1),
                       lambda: setattr(mrc.header, "nx", 1), lambda: mrc.data.__setitem__(0, 1),
                       lambda: mrc.add_label("x"), lambda: mrc.set_extended_header(np.zeros(3)),
                       lambda: setattr(mrc, "nstart", 1), lambda: mrc.update_header_stats()):
            with pytest.raises(ValueError, match="read-only"):
                change()
        mrc.flush()


@pytest.mark.parametrize("data", [np.zeros((2, 3)), np.zeros((2, 3), "i4"), np.zeros(3, "i2"),
                                  np.zeros((1,) * 5, "i2"), np.zeros((2, 3), bool), np.zeros((2, 3), "c16")])
def test_data_that_mrc_cannot_hold_are_refused(tmp_path, data):
    for module in (ours, theirs):
        with pytest.raises(ValueError):
            module.new(tmp_path / "a.mrc", data, overwrite=True)
    assert not (tmp_path / "b.mrc").exists()


def test_existing_files_are_not_replaced_unasked(tmp_path):
    for name in ("a.mrc", "a.mrcz", "a.mrc.gz"):
        ours.write(tmp_path / name, pixels())
        before = (tmp_path / name).read_bytes()
        for attempt in (lambda: ours.new(tmp_path / name), lambda: ours.open(tmp_path / name, "w+"),
                        lambda: ours.write(tmp_path / name, pixels())):
            with pytest.raises(ValueError, match="already exists"):
                attempt()
        assert (tmp_path / name).read_bytes() == before
        ours.write(tmp_path / name, pixels("float32"), overwrite=True)
        assert ours.read(tmp_path / name).dtype == np.float32


def test_errors_name_the_file(tmp_path):
    for content in (b"text" * 500, b"short", b""):
        (tmp_path / "a.mrc").write_bytes(content)
        with pytest.raises(ValueError, match="a.mrc: "):
            ours.open(tmp_path / "a.mrc")


def test_missing_files_and_wrong_modes_are_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        ours.open(tmp_path / "none.mrc")
    with pytest.raises(FileNotFoundError):
        ours.new(tmp_path / "none" / "a.mrc")
    ours.write(tmp_path / "a.mrc", pixels())
    with pytest.raises(ValueError, match="r, r\\+, w\\+"):
        ours.open(tmp_path / "a.mrc", "w")


def test_statistics_of_what_is_no_number_are_warned_of(tmp_path):
    for value, word in ((np.nan, "NaN"), (np.inf, "infinite")):
        data = pixels("float32")
        data[1, 2, 3] = value
        with pytest.warns(RuntimeWarning, match=word):
            ours.write(tmp_path / "a.mrc", data, overwrite=True)


def test_statistics_of_large_means_are_exact(tmp_path):
    data = (np.arange(70000, dtype="float64").reshape(7, 100, 100) % 3 + 60000).astype("float32")
    with ours.new(tmp_path / "a.mrc", data) as mrc:
        assert mrc.header.rms == pytest.approx(data.std(dtype="f8"), rel=1e-6)
        assert mrc.header.dmean == pytest.approx(data.mean(dtype="f8"), rel=1e-6)


def test_a_stream_is_read_and_written(tmp_path):
    theirs.write(tmp_path / "a.mrc", pixels())
    content = io.BytesIO((tmp_path / "a.mrc").read_bytes())
    mrc = ours.mrcinterpreter.MrcInterpreter(content)
    mrc.data[0, 0, 0] = 77
    mrc.set_data(mrc.data[:2])
    mrc.flush()
    (tmp_path / "b.mrc").write_bytes(content.getvalue())
    with theirs.open(tmp_path / "b.mrc") as found:
        assert found.data.shape == (2, 5, 7)
        assert found.data[0, 0, 0] == 77


@pytest.mark.filterwarnings("error")
def test_pixels_of_a_stream_that_were_not_read_stay_in_it(tmp_path):
    ours.write(tmp_path / "a.mrc", pixels())
    content = (tmp_path / "a.mrc").read_bytes()
    stream = io.BytesIO(content)
    with mrcinterpreter.MrcInterpreter(stream, header_only=True) as mrc:
        mrc.voxel_size = 2
    assert stream.getvalue()[1024:] == content[1024:]
    stream.seek(0)
    assert mrcinterpreter.MrcInterpreter(stream).voxel_size.x == 2
    stream.seek(0)
    mrc = mrcinterpreter.MrcInterpreter(stream, header_only=True)
    mrc.set_extended_header(np.zeros(16, "u1"))
    with pytest.raises(ValueError, match="pixels were not read"):
        mrc.close()
    assert stream.getvalue()[1024:] == content[1024:]
    cut = io.BytesIO(content[:-1])
    with pytest.raises(ValueError, match="Expected"):
        mrcinterpreter.MrcInterpreter(cut)
    gc.collect()
    assert cut.getvalue() == content[:-1]


def test_files_open_in_another_thread(tmp_path):
    ours.write(tmp_path / "a.mrcz", pixels())
    future = ours.open_async(tmp_path / "a.mrcz")
    assert np.array_equal(future.result(timeout=60).data, pixels())
    assert future.done() and not future.running() and future.exception() is None
    with pytest.raises(FileNotFoundError):
        ours.open_async(tmp_path / "none.mrc").result(timeout=60)


def test_the_header_alone_can_be_read(tmp_path):
    for name in ("a.mrc", "a.mrcz", "a.mrc.gz"):
        ours.write(tmp_path / name, pixels())
        with ours.open(tmp_path / name, header_only=True) as mrc:
            assert mrc.data is None
            assert int(mrc.header.nx) == 7


@pytest.mark.parametrize("name", ["a.mrc", "a.mrcz", "a.mrc.gz"])
def test_pixels_that_were_not_read_are_not_lost(tmp_path, name):
    ours.write(tmp_path / name, pixels())
    ours.open(tmp_path / name, "r+", header_only=True).close()
    mrc = ours.open(tmp_path / name, "r+", header_only=True)
    mrc.set_extended_header(np.zeros(8, "u1"))
    with pytest.raises(ValueError, match="pixels were not read"):
        mrc.close()
    assert np.array_equal(ours.read(tmp_path / name), pixels())
    with ours.open(tmp_path / "cut.mrc", "w+") as mrc:
        mrc.set_data(pixels())
    (tmp_path / "cut.mrc").write_bytes((tmp_path / "cut.mrc").read_bytes()[:-50])
    with pytest.warns(RuntimeWarning, match="but limit is"):
        mrc = ours.open(tmp_path / "cut.mrc", "r+", permissive=True)
    mrc.header.nz = 2
    mrc.header.mz = 2
    mrc.close()
    with pytest.warns(RuntimeWarning, match="larger than expected"), ours.open(tmp_path / "cut.mrc") as mrc:
        assert np.array_equal(mrc.data, pixels()[:2])


def test_the_header_prints_all_its_fields(tmp_path):
    ours.write(tmp_path / "a.mrc", pixels())
    out = io.StringIO()
    with ours.open(tmp_path / "a.mrc") as mrc:
        mrc.print_header(out)
    assert [line.split()[0] for line in out.getvalue().splitlines()][:5] == ["nx", "ny", "nz", "mode", "nxstart"]


# Verdicts.

def damaged(content):
    """What can be wrong with a header, by name."""
    def put(offset, value):
        def change(bytes_):
            bytes_[offset : offset + len(value)] = value
        return change

    def number(offset, value, dtype="<i4"):
        return put(offset, np.array(value, dtype).tobytes())

    def insert_extended(kind):
        def change(bytes_):
            bytes_[92:96] = (8).to_bytes(4, "little")
            bytes_[104:108] = kind
            bytes_[1024:1024] = b"12345678"
        return change

    def both(*parts):
        return lambda bytes_: [part(bytes_) for part in parts]

    whole = {name: row[1] for name, row in ((row[0], row) for row in mrcz._core.header_fields())}
    cases = {
        "whole": lambda bytes_: None,
        "map": put(whole["MAP"], b"xxx "),
        "map of three letters": put(whole["MAP"], b"MAPx"),
        "no stamp": put(whole["MACHST"], bytes(4)),
        "stamp of the other order": put(whole["MACHST"], b"\x11\x11\0\0"),
        "old stamp": put(whole["MACHST"], b"DA\0\0"),
        "stamp of two": put(whole["MACHST"], b"DD\1\1"),
        "cut": lambda bytes_: bytes_.__delitem__(slice(1100, None)),
        "cut header": lambda bytes_: bytes_.__delitem__(slice(1000, None)),
        "empty": lambda bytes_: bytes_.clear(),
        "too long": lambda bytes_: bytes_.extend(b"abc"),
        "mapc": number(whole["MAPC"], 2),
        "nversion": number(whole["NVERSION"], 0),
        "stack of volumes": number(whole["ISPG"], 401),
        "no whole volumes": both(number(whole["ISPG"], 401), number(whole["MZ"], 2)),
        "volumes of nothing": both(number(whole["ISPG"], 401), number(whole["MZ"], 0)),
        "beyond volumes": number(whole["ISPG"], 631),
        "long extended header": number(whole["NSYMBT"], 65535),
        "negative extended header": number(whole["NSYMBT"], -1),
        "cell": number(whole["CELLA.X"], -1, "<f4"),
        "cell of NaN": number(whole["CELLA.X"], np.nan, "<f4"),
        "label gap": put(whole["LABEL"] + 160, b"hallo"),
        "rms": number(whole["RMS"], 2, "<f4"),
        "rms nearly": number(whole["RMS"], 1.005 * content["rms"], "<f4"),
        "rms of NaN": number(whole["RMS"], np.nan, "<f4"),
        "dmin": number(whole["DMIN"], -2000, "<f4"),
        "dmax": number(whole["DMAX"], 3000, "<f4"),
        "dmax of NaN": number(whole["DMAX"], np.nan, "<f4"),
        "dmean": number(whole["DMEAN"], 2, "<f4"),
        "no range": both(number(whole["DMIN"], 0, "<f4"), number(whole["DMAX"], -1, "<f4")),
    }
    for mode in (3, 5, 7, 9, 16, 101, 6001):
        cases[f"mode {mode}"] = number(whole["MODE"], mode)
    for name in ("NX", "NZ", "MX", "MZ", "ISPG", "NLABL"):
        cases[f"negative {name}"] = number(whole[name], -1)
    for name in ("NX", "NZ", "MX", "MZ"):
        cases[f"no {name}"] = number(whole[name], 0)
    for count in (0, 2, 3, 11):
        cases[f"{count} labels"] = number(whole["NLABL"], count)
    for kind in (b"CCP4", b"FEI1", b"json", b"\0\0\0\0", b"\xcd\xcd\xcd\xcd"):
        cases[f"extended header {kind}"] = insert_extended(kind)
    return cases


@pytest.mark.parametrize("dtype", ["int16", "float32", "complex64"])
def test_verdicts_are_mrcfiles(tmp_path, dtype):
    path = tmp_path / "a.mrc"
    theirs.write(path, pixels(dtype))
    content = path.read_bytes()
    header = np.frombuffer(content[:1024], our_dtypes.HEADER_DTYPE)[0]
    for name, change in damaged(header).items():
        changed = bytearray(content)
        change(changed)
        path.write_bytes(changed)
        assert verdict(ours, path) == verdict(theirs, path), name
        if name != "mode 6001":  # which we know
            assert openings(ours, path) == openings(theirs, path), name


def openings(module, path):
    """What becomes of a file: the shape of its data, or that it is refused; strictly and permissively."""
    found = []
    for permissive in (False, True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                with module.open(path, permissive=permissive) as mrc:
                    found.append(None if mrc.data is None else mrc.data.shape)
            except (ValueError, ArithmeticError):
                found.append("refused")
    return found


PLAIN_ENDINGS = (".mrc", ".mrcs", ".map", ".st", ".rec", ".ali", ".ccp4", ".gz", ".bz2")


def plain_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in PLAIN_ENDINGS
                  and path.stat().st_size < 200 << 20)


def compare_verdicts(files):
    differing = [f"{path}: {verdict(ours, path)}" for path in files if verdict(ours, path) != verdict(theirs, path)]
    assert not differing


def test_verdicts_on_files_of_other_programs_are_mrcfiles(testdata):
    files = plain_files(testdata)
    assert len(files) > 8
    compare_verdicts(files)


def test_verdicts_on_shared_files_are_mrcfiles(shared):
    files = plain_files(shared)
    assert len(files) > 40
    compare_verdicts(files)


def test_the_validator_runs_as_a_program(testdata, command):
    done = subprocess.run([sys.executable, "-m", "mrcz.mrcfile.validator", testdata / "EMD-3197.map"],
                          capture_output=True, text=True)
    assert done.returncode == (0 if verdict(theirs, testdata / "EMD-3197.map") else 1)
    assert "EMD-3197.map" in done.stdout
