"""mrcfile's validator passes every plain file written fresh, by each way there is; metadata behind the pixels make it
complain of the length and of nothing else."""

from __future__ import annotations

import io
import subprocess
import warnings

import numpy as np
import pytest

import mrcz
import mrcz.mrcfile

theirs = pytest.importorskip("mrcfile")

# Modes 0, 1, 2, 4, 6, 12.
DTYPES = ["int8", "int16", "float32", "complex64", "uint16", "float16"]
SHAPES = [(1, 1, 1), (1, 61, 47), (5, 61, 47), (3, 400, 300)]


def pixels(dtype, shape, mean=40.0):
    values = np.random.default_rng(3).normal(mean, 25, shape)
    if np.dtype(dtype).kind == "c":
        return (values + 1j * values[..., ::-1]).astype(dtype)
    return np.clip(values, 0 if np.dtype(dtype).kind == "u" else -120, 120).astype(dtype)


def by_writer(path, data, **options):
    with mrcz.Writer(path, codec="raw", **options) as writer:
        for frame in data:
            writer.append(frame)


def by_write(path, data, **options):
    mrcz.write(path, data, **options)


def by_live_writer(path, data, **options):
    by_writer(path, data, live=True, **options)


def by_mrcfile(path, data):
    mrcz.mrcfile.write(path, data, voxel_size=1.5)


def by_write_mrc(path, data):
    if not hasattr(mrcz, "writeMRC"):
        pytest.skip("this build has no writeMRC")
    mrcz.writeMRC(data, str(path))


def by_decompress(path, data, **options):
    packed = path.with_suffix(".mrcz")
    mrcz.write(packed, data, codec="zstd", **options)
    mrcz.decompress(packed, path)


WAYS = [by_writer, by_write, by_live_writer, by_mrcfile, by_write_mrc, by_decompress]


def complaints(path):
    """What the validator says, empty where it passes."""
    out = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        valid = theirs.validate(path, out)
    lines = [line for line in out.getvalue().splitlines() if not line.startswith(("Checking", "File appears"))]
    assert valid == (not lines)
    return lines


def run(command, *arguments):
    subprocess.run([command, *map(str, arguments)], check=True, capture_output=True)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("way", WAYS)
def test_files_written_from_python_are_valid(tmp_path, way, dtype):
    for shape in SHAPES:
        path = tmp_path / f"{'x'.join(map(str, shape))}.mrc"
        data = pixels(dtype, shape)
        way(path, data)
        assert complaints(path) == [], shape
        with theirs.open(path) as mrc:
            assert mrc.data.dtype == dtype
            assert np.array_equal(mrc.data.reshape(shape), data)
            assert all(np.isfinite(mrc.voxel_size[axis]) for axis in "xyz")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("volume", [True, 5])
def test_volumes_are_valid(tmp_path, dtype, volume):
    data = pixels(dtype, (10, 61, 47))
    mrcz.write(tmp_path / "a.mrc", data, volume=volume, voxel_size=2)
    assert complaints(tmp_path / "a.mrc") == []
    with theirs.open(tmp_path / "a.mrc") as mrc:
        assert mrc.data.shape == ((10, 61, 47) if volume is True else (2, 5, 61, 47))


@pytest.mark.parametrize("dtype", DTYPES)
def test_files_written_by_the_command_are_valid(tmp_path, command, dtype):
    for shape in SHAPES:
        packed, plain = tmp_path / "a.mrcz", tmp_path / "a.mrc"
        mrcz.write(packed, pixels(dtype, shape), codec="zstd", voxel_size=(1, 2, 3), overwrite=True)
        run(command, "decompress", "-f", "-o", plain, packed)
        assert complaints(plain) == [], shape
        for frames in (":", ":1", f"{shape[0] - 1}:"):
            run(command, "cat", "-f", f"--frames={frames}", "-o", plain, packed)
            assert complaints(plain) == [], (shape, frames)


def test_appended_files_are_valid(tmp_path, command):
    for dtype in DTYPES:
        mrcz.write(tmp_path / "a.mrc", pixels(dtype, (3, 61, 47)), overwrite=True)
        mrcz.write(tmp_path / "b.mrc", pixels(dtype, (2, 61, 47), 10), overwrite=True)
        run(command, "append", tmp_path / "b.mrc", tmp_path / "a.mrc")
        assert complaints(tmp_path / "a.mrc") == [], dtype


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("way", [by_writer, by_write, by_decompress])
def test_metadata_make_files_longer_and_nothing_else(tmp_path, way, dtype, command):
    path = tmp_path / "a.mrc"
    way(path, pixels(dtype, (5, 61, 47)), metadata={"dose": 1.5})
    if way is by_decompress:
        run(command, "decompress", "-f", "--keep-metadata", "-o", path, path.with_suffix(".mrcz"))
    found = complaints(path)
    assert len(found) == 1 and "larger than expected" in found[0]
    assert mrcz.open(path).metadata == {"dose": 1.5}
