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


def _spread(dtype, shape, scale):
    values = np.random.default_rng(5).normal(0, 0.3, shape) * scale
    with np.errstate(over="ignore", invalid="ignore"):
        return np.clip(values, -scale, scale).astype(dtype)


def _with(values, *placed):
    changed = values.copy()
    for place, value in enumerate(placed):
        changed.reshape(-1)[7 * place] = value
    return changed


# Pixels whose statistics programs that sum in the pixels' type do not find, or find other than they are.
_SHAPE = (2, 61, 47)
AWKWARD = {
    "NaN": lambda dtype: _with(pixels(dtype, _SHAPE), np.nan),
    "NaN behind": lambda dtype: pixels(dtype, _SHAPE)[..., ::-1] * np.where(np.arange(47) == 3, np.nan, 1).astype(dtype),
    "all NaN": lambda dtype: np.full(_SHAPE, np.nan, dtype),
    "inf": lambda dtype: _with(pixels(dtype, _SHAPE), np.inf),
    "-inf": lambda dtype: _with(pixels(dtype, _SHAPE), -np.inf),
    "both inf": lambda dtype: _with(pixels(dtype, _SHAPE), np.inf, -np.inf),
    "1e19": lambda dtype: _spread(dtype, _SHAPE, 1e19),
    "1e30": lambda dtype: _spread(dtype, _SHAPE, 1e30),
    "3e38": lambda dtype: _spread(dtype, _SHAPE, 3e38),
    "opposites": lambda dtype: _with(np.ones(_SHAPE, dtype), 1e30, -1e30),
    "1e6 and little else": lambda dtype: (1e6 + pixels("float64", _SHAPE, 0) / 1e4).astype(dtype),
    "far from zero": lambda dtype: (3e4 + pixels("float64", _SHAPE, 0) / 50).astype(dtype),
    "65504": lambda dtype: _spread(dtype, _SHAPE, 65504),
    "tiny": lambda dtype: _spread(dtype, _SHAPE, 1e-3),
    "squares vanish": lambda dtype: _spread(dtype, _SHAPE, 1e-25),
    "denormal": lambda dtype: _spread(dtype, _SHAPE, 3e-41 if dtype == "float32" else 3e-7),
    "mean of zero": lambda dtype: (lambda values: values - values.mean())(_spread(dtype, _SHAPE, 1)),
    "one pixel of it": lambda dtype: np.full((1, 1, 1), 0.1, dtype),
    "one pixel, big": lambda dtype: np.full((1, 1, 1), 6e4, dtype),
    "one pixel, NaN": lambda dtype: np.full((1, 1, 1), np.nan, dtype),
    "equal": lambda dtype: np.full(_SHAPE, 0.1, dtype),
    "equal, big": lambda dtype: np.full(_SHAPE, 6e4, dtype),
    "ones": lambda dtype: np.ones((3, 300, 200), dtype),
    "zeros": lambda dtype: np.zeros((3, 300, 200), dtype),
}


def of_awkward_pixels(dtype):
    with np.errstate(over="ignore", invalid="ignore"):
        for name, make in AWKWARD.items():
            yield name, make(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float16", "complex64"])
@pytest.mark.parametrize("way", WAYS)
def test_awkward_pixels_make_valid_files_from_python(tmp_path, way, dtype):
    for name, data in of_awkward_pixels(dtype):
        path = tmp_path / f"{name}.mrc"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of NaN, as mrcfile warns
            way(path, data)
        assert complaints(path) == [], name
        with theirs.open(path) as mrc:
            assert np.array_equal(mrc.data.reshape(data.shape), data, equal_nan=True), name


@pytest.mark.parametrize("dtype", ["float32", "float16", "complex64"])
def test_awkward_pixels_make_valid_files_by_the_command(tmp_path, command, dtype):
    for name, data in of_awkward_pixels(dtype):
        packed, plain = tmp_path / "a.mrcz", tmp_path / "a.mrc"
        mrcz.write(packed, data, codec="zstd", overwrite=True)
        run(command, "decompress", "-f", "-o", plain, packed)
        assert complaints(plain) == [], name
        mrcz.write(plain, pixels(dtype, (1, *data.shape[1:])), overwrite=True)
        mrcz.write(tmp_path / "b.mrc", data, overwrite=True)
        run(command, "append", tmp_path / "b.mrc", plain)
        assert complaints(plain) == [], ("appended", name)
        run(command, "append", plain, tmp_path / "b.mrc")
        assert complaints(tmp_path / "b.mrc") == [], ("appended to", name)
        if dtype == "float16":
            run(command, "decompress", "-f", "--dtype", "float32", "-o", plain, packed)
            assert complaints(plain) == [], ("converted", name)


def test_bytes_of_either_sign_are_valid(tmp_path):
    for values in ([0, 0], [-128, 127], [-1, -1], [0, 127], [-128, -128]):
        data = np.resize(np.array(values, np.int8), (2, 5, 7))
        for way in WAYS:
            way(tmp_path / "a.mrc", data)
            assert complaints(tmp_path / "a.mrc") == [], (way, values)
            (tmp_path / "a.mrc").unlink()
            (tmp_path / "a.mrcz").unlink(missing_ok=True)


def test_movies_corrected_by_the_command_are_valid(tmp_path, command):
    counts = np.random.default_rng(2).poisson(3, (4, 61, 47)).astype("int16")
    mrcz.write(tmp_path / "movie.mrc", counts)
    gain = np.random.default_rng(4).normal(1, 0.05, (1, 61, 47)).astype("float32")
    mrcz.write(tmp_path / "gain.mrc", gain)
    run(command, "process", "--plain", "--gain", tmp_path / "gain.mrc", "-o", tmp_path / "made.mrc", tmp_path / "movie.mrc")
    found = complaints(tmp_path / "made.mrc")
    assert len(found) == 1 and "larger than expected" in found[0]


def test_what_the_header_leaves_open_is_in_the_footer(tmp_path, command):
    data = _with(pixels("float32", (2, 61, 47)), np.nan)
    mrcz.write(tmp_path / "a.mrc", data, metadata={"dose": 1})
    assert len(complaints(tmp_path / "a.mrc")) == 1
    stats = mrcz.open(tmp_path / "a.mrc").stats
    assert stats.minimum == np.nanmin(data) and stats.maximum == np.nanmax(data)
    assert stats.mean == pytest.approx(np.nanmean(data), rel=1e-5)
    assert stats.frames["nan_count"].tolist() == [1, 0]
    said = subprocess.run([command, "info", tmp_path / "a.mrc"], check=True, capture_output=True, text=True).stdout
    line, = (line for line in said.splitlines() if line.strip().startswith("statistics"))
    assert line.endswith("NaN pixels 1") and f"min {np.nanmin(data):.6g}" in line


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
