"""Stacks used as arrays: sums, means and extremes without holding all frames, other types, and what is no stack's."""

from __future__ import annotations

import itertools
import pickle
import tracemalloc

import numpy as np
import pytest

import mrcz

SHAPE = (37, 10, 11)
AXES = [None, 0, 1, -1, (1, 2), (0, 1), (2, 0), (0, 1, 2)]


def pixels_of(kind: str) -> np.ndarray:
    random = np.random.default_rng(3)
    values = random.normal(3, 20, SHAPE)
    if kind.startswith("complex"):
        return (values + 1j * random.normal(size=SHAPE)).astype(kind)
    return np.abs(values).astype(kind) if kind.startswith("u") else values.astype(kind)


@pytest.fixture(params=["int8", "int16", "uint16", "float16", "float32", "complex64"])
def stored(request, tmp_path, monkeypatch):
    """A stack that is decoded in several pieces, and its pixels."""
    monkeypatch.setattr("mrcz.stack._BATCH_BYTES", 2000)
    monkeypatch.setattr("mrcz.reductions._DIFFERENCES_BYTES", 3000)
    pixels = pixels_of(request.param)
    mrcz.write(tmp_path / "a.mrcz", pixels)
    return mrcz.open(tmp_path / "a.mrcz", threads=2), pixels


def of_numpy(name, pixels, **how):
    """What NumPy makes of the same values in 8 bytes, in the type that it would give."""
    kind = getattr(pixels, name)(**how).dtype
    wide = pixels if pixels.dtype.kind in "iu" else pixels.astype("c16" if pixels.dtype.kind == "c" else "f8")
    return getattr(wide, name)(**how).astype(kind)


@pytest.mark.parametrize("name", ["mean", "std", "var", "sum"])
def test_sums_and_means_are_numpys(stored, name):
    stack, pixels = stored
    for axis, keepdims in itertools.product(AXES, (False, True)):
        found = getattr(stack, name)(axis=axis, keepdims=keepdims)
        expected = of_numpy(name, pixels, axis=axis, keepdims=keepdims)
        assert found.shape == expected.shape
        if (name, axis, keepdims) != ("sum", 0, False):  # the sum over frames has a type of its own
            assert found.dtype == expected.dtype and type(found) is type(expected)
        tolerance = 2 * np.finfo(expected.dtype).eps if expected.dtype.kind in "fc" else 0
        assert np.allclose(found, expected, rtol=max(tolerance, 1e-13 if tolerance else 0), atol=1e-12 if tolerance else 0)
        assert np.array_equal(getattr(np, name)(stack, axis=axis, keepdims=keepdims), found)


@pytest.mark.parametrize("name", ["min", "max"])
def test_extremes_are_numpys(stored, name):
    stack, pixels = stored
    for axis, keepdims in itertools.product(AXES, (False, True)):
        found = getattr(stack, name)(axis=axis, keepdims=keepdims)
        expected = getattr(pixels, name)(axis=axis, keepdims=keepdims)
        assert np.array_equal(found, expected) and found.dtype == expected.dtype and found.shape == expected.shape
        assert np.array_equal(getattr(np, name)(stack, axis=axis, keepdims=keepdims), found)


def test_further_arguments_are_numpys(stored):
    stack, pixels = stored
    assert np.allclose(stack.std(ddof=1), of_numpy("std", pixels, ddof=1), rtol=1e-3 if pixels.dtype == "f2" else 1e-6)
    assert stack.mean(dtype="complex128").dtype == "complex128"
    out = np.zeros(SHAPE[1:], stack.mean(axis=0).dtype)
    assert stack.mean(axis=0, out=out) is out and np.array_equal(out, stack.mean(0))
    with pytest.raises(ValueError, match="out"):
        stack.mean(axis=0, out=out[:3])
    assert np.array_equal(np.sum(stack, where=pixels != 0), np.sum(pixels, where=pixels != 0))
    assert np.array_equal(stack.max(initial=100), pixels.max(initial=100))
    assert np.median(stack) == np.median(pixels)
    for axis in (3, -4, (0, 0), (1, -2)):
        with pytest.raises(ValueError, match="axis"):  # also NumPy's AxisError
            stack.mean(axis=axis)
    with pytest.raises(TypeError):
        stack.mean(axis=1.5)


def test_nan_infinity_and_nothing_are_as_in_numpy(tmp_path):
    pixels = pixels_of("float32")
    pixels[5, 2, 3], pixels[30, 4, 4] = np.nan, np.inf
    mrcz.write(tmp_path / "a.mrcz", pixels)
    stack = mrcz.open(tmp_path / "a.mrcz")
    for name in ("mean", "min", "max", "sum"):
        for axis in AXES:
            with np.errstate(invalid="ignore"):
                assert np.allclose(getattr(stack, name)(axis=axis), of_numpy(name, pixels, axis=axis), equal_nan=True)
    with np.errstate(invalid="ignore"):
        assert np.allclose(stack.std(axis=(1, 2)), of_numpy("std", pixels, axis=(1, 2)), equal_nan=True, atol=1e-5)
        assert np.isnan(stack.std())
    with mrcz.Writer(tmp_path / "none.mrcz", (4, 5), "int16"):
        pass
    none = mrcz.open(tmp_path / "none.mrcz")
    assert none.sum(axis=None) == 0
    with pytest.raises(ValueError, match="zero-size"):
        none.max()


def test_colours_have_means_and_complex_integers_are_refused_as_numpy_does(tmp_path):
    colours = np.random.default_rng(0).integers(0, 255, (3, 8, 9, 3), "uint8")
    with mrcz.Writer(tmp_path / "rgb.mrcz", (8, 9), "rgb8") as writer:
        writer.append(colours)
    stack = mrcz.open(tmp_path / "rgb.mrcz")
    assert np.allclose(stack.mean(axis=(0, 1, 2)), colours.mean(axis=(0, 1, 2))) and stack.max() == colours.max()
    with mrcz.Writer(tmp_path / "c.mrcz", (8, 9), "complex_int16") as writer:
        writer.append(np.zeros((8, 9), [("real", "i2"), ("imag", "i2")]))
    with pytest.raises(TypeError):
        mrcz.open(tmp_path / "c.mrcz").mean()


def test_corrected_stacks_are_reduced_as_they_are_read(tmp_path):
    mrcz.write(tmp_path / "a.mrcz", pixels_of("uint16"))
    gain = np.random.default_rng(1).uniform(0.8, 1.2, SHAPE[1:]).astype("float32")
    stack = mrcz.open(tmp_path / "a.mrcz", gain=gain)
    pixels = stack[:]
    for name in ("mean", "std", "max"):
        for axis in (None, 0, (1, 2)):
            assert np.allclose(getattr(stack, name)(axis=axis), of_numpy(name, pixels, axis=axis), rtol=1e-6)


@pytest.mark.parametrize("name", ["mean", "std", "max", "sum"])
def test_few_frames_are_held(tmp_path, monkeypatch, name):
    monkeypatch.setattr("mrcz.stack._BATCH_BYTES", 1 << 20)
    monkeypatch.setattr("mrcz.reductions._DIFFERENCES_BYTES", 1 << 20)
    frame = np.random.default_rng(0).poisson(2, (128, 128)).astype("uint16")
    mrcz.write(tmp_path / "a.mrcz", (frame for _ in range(600)))
    stack = mrcz.open(tmp_path / "a.mrcz", threads=2)
    for axis in (None, 0, (1, 2)):
        tracemalloc.start()
        getattr(stack, name)(axis=axis)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most < 5e6 < stack.nbytes / 3


def test_another_type_is_made_of_what_is_read(tmp_path, projections, projection_pixels):
    stack = mrcz.open(projections)
    floats = stack.astype("float32")
    expected = projection_pixels.astype("float32")
    assert (floats.shape, floats.dtype, floats.ndim, len(floats)) == (expected.shape, expected.dtype, 3, 40)
    assert floats.size == expected.size and floats.nbytes == expected.nbytes and "float32" in repr(floats)
    assert np.array_equal(floats[3], expected[3]) and floats[3].dtype == "float32" and floats[3, 4, 5].dtype == "float32"
    assert np.array_equal(np.asarray(floats), expected) and np.asarray(floats, "f8").dtype == "f8"
    assert all(np.array_equal(a, b) for a, b in zip(floats, expected))
    assert np.isclose(floats.mean(), stack.mean(), rtol=1e-6) and floats.mean().dtype == "float32"
    assert np.array_equal(floats.astype("float32", copy=False)[2], stack.astype("float32", copy=False)[2])
    assert np.array_equal(floats.astype("int8").astype("int16")[2], expected[2].astype("int8").astype("int16"))
    assert np.array_equal(pickle.loads(pickle.dumps(floats))[1], expected[1])
    mrcz.write(tmp_path / "a.mrcz", stack, voxel_size=2, metadata={"dose": 3})
    mrcz.write(tmp_path / "b.mrcz", mrcz.open(tmp_path / "a.mrcz").astype("int32"))
    written = mrcz.open(tmp_path / "b.mrcz")
    assert written.dtype == "int32" and written.metadata == {"dose": 3} and written.voxel_size.x == 2
    assert np.array_equal(written[:], projection_pixels)
    with pytest.raises(TypeError, match="Cannot cast"):
        stack.astype("int8", casting="safe")
    with pytest.raises(ValueError, match="on the disk"):
        floats.__array__(copy=False)


def test_comparing_is_numpys_and_computing_says_how(projections, projection_pixels):
    stack = mrcz.open(projections)
    for array in (stack, stack.astype("int32")):
        assert np.array_equal(array > 7, projection_pixels > 7) and np.array_equal(array <= 7, projection_pixels <= 7)
        assert np.array_equal(array == 0, projection_pixels == 0) and not array == "x"
        for compute in (lambda s: s + 1, lambda s: 2.0 * s, lambda s: -s, lambda s: s / s, lambda s: s ** 2, abs):
            with pytest.raises(TypeError, match=r"s\[:\].*mrcz\.dask\.from_mrcz"):
                compute(array)
        assert np.array_equal(array - np.ones(1, "i4"), projection_pixels.astype("i8") - 1)
        assert np.array_equal(projection_pixels - array, projection_pixels * 0)


def test_what_only_arrays_in_memory_have_is_told_of(projections):
    stack = mrcz.open(projections)
    for name in ("T", "reshape", "clip", "argmax"):
        assert not hasattr(stack, name)
        with pytest.raises(AttributeError, match=rf"s\[:\]\.{name}"):
            getattr(stack, name)
    with pytest.raises(AttributeError, match="^'Stack' object has no attribute 'nonsense'$"):
        stack.nonsense
    assert np.argmax(stack) == np.argmax(stack[:])
