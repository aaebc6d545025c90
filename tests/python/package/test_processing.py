"""Corrections on load, and what they are made of, beside the command's files and plain NumPy."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
import time

import movies
import numpy as np
import pytest

import mrcz

# Of small movies with few frames there is much to say.
pytestmark = pytest.mark.filterwarnings("ignore::mrcz.CorrectionWarning")

SHAPE = movies.SHAPE


def run(command, *arguments):
    done = subprocess.run([command, "process", "-qq", *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def movie(tmp_path):
    return movies.session(tmp_path / "in", 1)[0]


@pytest.fixture
def gain(tmp_path):
    return movies.gain(tmp_path)


@pytest.mark.parametrize("flags, asked", [
    (["--outliers"], {"outliers": True}),
    (["--outliers", "paper", "--fill", "mean"], {"outliers": "paper", "fill": "mean"}),
    (["--outliers", "--seed", "7", "--dtype", "int8"], {"outliers": True, "seed": 7, "dtype": "int8"}),
    (["--outliers", "--outlier-patches", "fill", "--outlier-least", "5", "--outlier-kernel", "uniform", "--fill", "frame"],
     {"outliers": {"spare_patches": False, "least_threshold": 5, "kernel_taps": (1, 1, 1)}, "fill": "frame"}),
    (["--gain", "GAIN"], {"gain": "GAIN"}),
    (["--gain", "GAIN", "--gain-rot", "2", "--gain-flip", "1", "--outliers"],
     {"gain": "GAIN", "gain_orient": (2, 1), "outliers": True}),
    (["--gain", "GAIN", "--gain-orient", "auto"], {"gain": "GAIN", "gain_orient": "auto"}),
    (["--gain", "GAIN", "--gamma", "auto", "--frame-time", "2"], {"gain": "GAIN", "gamma": "auto", "frame_time": 2}),
    (["--gain", "GAIN", "--gain-invert", "--dark", "DARK", "--dtype", "int16"],
     {"gain": "GAIN", "gain_kind": "flat_field", "dark": "DARK", "dtype": np.int16}),
])
def test_pixels_corrected_on_load_are_those_of_the_command(flags, asked, movie, tmp_path, gain, command):
    mrcz.write(tmp_path / "dark.mrc", np.random.default_rng(6).uniform(0, 0.3, SHAPE).astype("float32"))
    named = {"GAIN": gain, "DARK": str(tmp_path / "dark.mrc")}
    run(command, *[named.get(flag, flag) for flag in flags], "-o", tmp_path / "out.mrcz", movie)
    expected = mrcz.open(tmp_path / "out.mrcz")
    opened = mrcz.open(movie, **{name: named.get(value, value) if isinstance(value, str) else value
                                 for name, value in asked.items()})
    assert isinstance(opened, mrcz.CorrectedStack)
    assert opened.shape == expected.shape and opened.dtype == expected.dtype
    assert np.array_equal(opened[:], expected[:], equal_nan=True)
    recorded = expected.provenance[-1]
    assert {**opened.correction, "clipped": recorded["clipped"]} == recorded


def test_pixels_of_four_bits_stay_counts(tmp_path, command):
    frames = np.minimum(movies.counts(3, dose=1), 15).astype("uint8")
    mrcz.write(tmp_path / "four.mrcz", frames, dtype="uint4")
    run(command, "--outliers", "-o", tmp_path / "out.mrcz", tmp_path / "four.mrcz")
    stack = mrcz.correct(tmp_path / "four.mrcz", outliers=True)
    assert stack.pixel_type == "uint4" and stack.dtype == np.uint8 and stack.outliers.mask[10, 20]
    assert np.array_equal(stack[:], mrcz.open(tmp_path / "out.mrcz")[:])
    assert np.array_equal(stack[[4, 1], 3:9], stack[:][[4, 1], 3:9])
    assert np.array_equal(stack.sum(), stack[:].astype("int64").sum(0))
    mrcz.write(tmp_path / "waves.mrcz", np.ones((2, 8, 8), "complex64"))
    with pytest.raises(mrcz.ArgumentError, match="complex"):
        mrcz.correct(tmp_path / "waves.mrcz", gain=np.ones((8, 8)))


def test_file_objects_are_corrected_as_files_are(movie):
    import io

    with open(movie, "rb") as file:
        held = io.BytesIO(file.read())
    assert np.array_equal(mrcz.open(held, outliers=True, seed=2)[:], mrcz.open(movie, outliers=True, seed=2)[:])


def test_slices_correct_only_what_is_asked_for(movie, gain):
    stack = mrcz.correct(movie, gain=gain, outliers=True)
    whole = stack[:]
    assert np.array_equal(stack[3], whole[3])
    assert np.array_equal(stack[-1:1:-2, 5:9, ::3], whole[-1:1:-2, 5:9, ::3])
    assert np.array_equal(stack.read(2, 3), whole[2:5])
    assert np.array_equal(stack.sum(), whole.astype("float64").sum(0))
    assert stack.closed is False
    stack.close()
    with pytest.raises(mrcz.ArgumentError):
        stack.outliers  # noqa: B018


def test_arrays_serve_as_references(movie, gain):
    factors = mrcz.read_reference(gain)
    assert np.array_equal(mrcz.correct(movie, gain=factors)[:], mrcz.correct(movie, gain=gain)[:])
    mask = np.zeros(SHAPE, bool)
    mask[8, 8:11] = True
    masked = mrcz.correct(movie, defects=mask, fill="mean")
    assert np.array_equal(masked.outliers.mask, mask)
    raw = mrcz.open(movie)[:]
    assert (np.any(masked[:] != raw, axis=0) <= mask).all()
    pattern = np.random.default_rng(1).normal(size=SHAPE).astype("float32")
    assert np.array_equal(mrcz.correct(movie, koma=pattern, dtype="float32")[:], raw.astype("float32") - pattern)
    assert np.array_equal(mrcz.correct(movie, koma=pattern, koma_divides=True, dtype="float32")[:],
                          raw.astype("float32") * pattern)


def test_gain_is_the_formula_of_the_paper(movie, gain):
    factors, dark = mrcz.read_gain(gain), np.full(SHAPE, 0.25, "float32")
    assert factors[4, 5] == 0 and (factors >= 0).all()
    raw = mrcz.open(movie)[:].astype("float32")
    expected = (raw - dark) * factors
    assert np.array_equal(mrcz.apply_gain(raw, factors, dark), expected)
    corrected = mrcz.correct(movie, gain=gain, dark=dark, fill="mean", defects=np.zeros(SHAPE))[:]
    good = factors != 0
    assert np.array_equal(corrected[:, good], expected[:, good])
    assert np.allclose(mrcz.read_gain(gain, gamma=0.5)[good], np.sqrt(factors[good]), rtol=1e-6)


def test_a_corrected_stack_pickles_with_what_was_found(movie, gain):
    with pytest.warns(mrcz.CorrectionWarning):
        stack = mrcz.correct(movie, gain=gain, gain_orient="auto", outliers=True, seed=3)
    again = pickle.loads(pickle.dumps(stack))
    assert again.outliers == stack.outliers and again.gain_orientation == stack.gain_orientation
    assert again.correction == stack.correction
    assert again.__dask_tokenize__() == stack.__dask_tokenize__()
    assert np.array_equal(again[:], stack[:])
    other = mrcz.correct(movie, gain=gain, outliers=True, seed=4)
    assert other.__dask_tokenize__() != stack.__dask_tokenize__()
    assert pickle.loads(pickle.dumps(stack.outliers)) == stack.outliers


def test_outliers_are_those_planted(movie):
    found = mrcz.correct(movie, outliers=True).outliers
    assert found.mask[10, 20] and found.mask[31, 7] and found.hot >= 2
    assert found.weights.dtype == np.float32 and found.shape == SHAPE
    rows = found.pixels
    assert {(10, 20), (31, 7)} <= set(zip(rows["y"].tolist(), rows["x"].tolist()))
    histogram = found.histogram
    assert len(histogram.edges) == len(histogram.counts) + 1
    assert histogram.counts.sum() + histogram.below + histogram.above <= SHAPE[0] * SHAPE[1]


def test_functions_of_arrays_agree_with_each_other(movie, tmp_path):
    stack = mrcz.open(movie)
    frames = stack[:]
    total = mrcz.sum_frames(movie)
    assert np.array_equal(total, frames.sum(0)) and np.array_equal(mrcz.sum_frames(frames), total)
    assert np.array_equal(mrcz.sum_frames(stack), total)
    assert np.array_equal(mrcz.sum_frames(frames.astype(">i2")), total)
    found = mrcz.find_outliers(total, len(frames), fano_factor=mrcz.fano_factor(stack))
    assert found == mrcz.correct(movie, outliers=True).outliers
    filled = found.fill_sum(total)
    good = found.weights == 1
    assert np.array_equal(filled[good], total[good]) and filled.dtype.kind == "u"
    assert filled[10, 20] < total[10, 20]
    assert np.array_equal(found.fill_frames(frames, "mean")[:, good], frames[:, good].astype("float32"))
    by_mean = mrcz.correct(movie, outliers=True, fill="mean", dtype="float32")
    assert np.array_equal(found.fill_frames(frames, "mean"), by_mean[:])


def test_a_pattern_made_by_hand_is_that_of_a_session(tmp_path):
    names = movies.session(tmp_path / "in", 5)
    reports = mrcz.process(names, tmp_path / "out", koma=1)
    sums = [mrcz.sum_frames(name) for name in names]
    members = mrcz.koma_window(2, 5, 1)
    assert members == [1, 3] and reports[2]["step"]["koma"]["movies"] == ["m1.mrcz", "m3.mrcz"]
    others = sum(sums[member].astype("int64") for member in members)
    frames = sum(len(mrcz.open(names[member])) for member in members)
    mean = sums[2].mean() / len(mrcz.open(names[2]))
    pattern = mrcz.koma_pattern(others, frames, mean)
    assert np.array_equal(mrcz.correct(names[2], koma=pattern)[:], mrcz.open(tmp_path / "out" / "m2.mrcz")[:])
    assert not mrcz.high_contrast([mrcz.block_contrast(one, 6) for one in sums]).any()


def test_correlation_is_pearsons(movie):
    frames = mrcz.open(movie)[:].astype("float64").reshape(6, -1)
    matrix = np.corrcoef(frames)
    pairs = matrix[np.triu_indices(6, 1)]
    assert mrcz.frame_correlation(mrcz.open(movie)) == pytest.approx(pairs.mean(), abs=1e-6)
    assert mrcz.frame_correlation(mrcz.open(movie)[:], lag=2) == pytest.approx(np.diag(matrix, 2).mean(), abs=1e-6)
    assert np.isnan(mrcz.frame_correlation(frames[:1].reshape(1, *SHAPE)))


def test_orientation_is_found(tmp_path):
    factors = np.random.default_rng(2).uniform(0.7, 1.3, (48, 40)).astype("float32")
    lies = mrcz.oriented(factors, (1, 2))
    flat = np.random.default_rng(3).poisson(400 / lies).astype("uint32")
    scores = mrcz.find_orientation(flat, factors)
    assert np.array_equal(mrcz.oriented(factors, scores[0].orientation), lies)
    assert scores[0].deviation < 0.5 * scores[1].deviation
    assert "90 degrees" in str(mrcz.Orientation(1, 0))


def test_gamma_is_found_and_its_law_fitted(tmp_path, command):
    rng = np.random.default_rng(4)
    gain = np.exp(rng.normal(0, 0.08, (8, 8))).repeat(32, 0).repeat(32, 1).astype("float32")
    mrcz.write(tmp_path / "gain.mrc", gain)
    law, flats = mrcz.GammaLaw(), []
    for rate in (0.3, 1, 2, 4, 8):
        even = gain ** -law(rate)
        flats.append(tmp_path / f"flat{rate}.mrc")
        mrcz.write(flats[-1], rng.poisson(3000 * rate * even / even.mean(), (2, 256, 256)).astype("float32"))
    total = mrcz.sum_frames(flats[2])
    assert mrcz.find_gamma(total, gain) == pytest.approx(law(2), abs=0.02)
    found = mrcz.calibrate_gamma(flats, tmp_path / "gain.mrc", frame_time=3000)
    run(command, "--calibrate-gamma", "--gain", tmp_path / "gain.mrc", "--frame-time", 3000, "-o", tmp_path / "law.json",
        *flats)
    recorded = json.loads((tmp_path / "law.json").read_text())
    assert [recorded[name] for name in ("a1", "b1", "a2", "a3")] == [found.a1, found.b1, found.a2, found.a3]
    found.save(tmp_path / "own.json")
    assert mrcz.read_gamma_law(tmp_path / "own.json") == mrcz.read_gamma_law(tmp_path / "law.json") == found


def test_what_contradicts_itself_is_refused(movie, gain, tmp_path):
    for asked, words in [
        ({"fill": "mean"}, "outliers or defects"),
        ({"gamma": 1.0}, "give it"),
        ({"outliers": {"sharpness": 2}}, "there is no 'sharpness'"),
        ({"outliers": "papr"}, "papr"),
        ({"gain": gain, "gain_orient": (1, 0)}, "gain reference"),
        ({"gain": gain, "gain_orient": (4, 0)}, "quarter turns"),
        ({"gain": gain, "gain_orient": "best"}, "auto"),
        ({"gain": np.ones((3, 3), "float32")}, "3 x 3"),
        ({"defects": np.ones((3, 3))}, "mask"),
        ({"dtype": "complex64", "outliers": True}, "dtype complex64"),
        ({"koma": np.ones(5)}, "koma"),
        ({"koma": 25}, "koma: 25; of one movie it is a pattern.*mrcz.process"),
        ({"koma": {"radius": 3}}, "radius is for mrcz.process"),
        ({"gain": 1.5}, "gain: 1.5, expected an image"),
        ({"defects": [(1, 2, 3, 4)]}, "rows of x y w h go into a text file"),
        ({"gain": gain, "outliers": True, "mode0": "no"}, "mode0"),
    ]:
        with pytest.raises(mrcz.ArgumentError, match=words):
            mrcz.correct(movie, **asked)
    with pytest.raises(mrcz.InputNotFoundError):
        mrcz.correct(movie, gain=tmp_path / "none.mrc")
    for wrong, words in (("gian", "'gian' .did you mean gain"), ("thread", "did you mean threads"), ("mode", "'mode'")):
        with pytest.raises(TypeError, match=r"open\(\) got an unexpected.*" + words):
            mrcz.open(movie, **{wrong: 3})
    with pytest.raises(TypeError, match="'gian'.*did you mean gain"):
        mrcz.process(movie, tmp_path / "out", gian=gain)
    corrected = mrcz.correct(movie, outliers=True)
    with pytest.raises(mrcz.ArgumentError, match="already"):
        mrcz.correct(corrected, outliers=True)
    mrcz.process(movie, tmp_path / "out", outliers=True)
    with pytest.raises(mrcz.ArgumentError, match="corrected already.*again=True"):
        mrcz.correct(tmp_path / "out" / "m0.mrcz", outliers=True)
    mrcz.correct(tmp_path / "out" / "m0.mrcz", outliers=True, again=True)


def test_without_a_correction_a_stack_is_as_it_lies_in_the_file(movie):
    assert type(mrcz.open(movie, outliers=False, gain=None)) is mrcz.Stack


def test_names_that_are_no_utf_8_are_names(tmp_path, gain):
    folder = os.fsencode(tmp_path)
    movie, reference = folder + b"/m\xfe.mrcz", folder + b"/g\xfe.mrc"
    os.rename(movies.session(tmp_path / "in", 1)[0], movie)
    os.rename(gain, reference)
    for name in (movie, os.fsdecode(movie)):
        assert mrcz.sum_frames(name).shape == SHAPE and mrcz.read_reference(name).shape == SHAPE
        expected = mrcz.correct(name, gain=reference)[:]
        report, = mrcz.process([name], folder + b"/out\xfe", gain=os.fsdecode(reference), overwrite=True)
        assert np.array_equal(mrcz.open(folder + b"/out\xfe/m\xfe.mrcz")[:], expected)
        assert mrcz.verify(name)["frames"] == len(expected)
    with pytest.raises(FileNotFoundError, match="none"):
        mrcz.correct(movie, gain=folder + b"/none\xfe.mrc")


def test_the_interpreter_goes_on_while_images_are_worked_on():
    image = np.random.default_rng(2).normal(1, 0.1, (1500, 1500)).astype("float32")
    outliers = mrcz.find_outliers(np.full(image.shape, 9, "uint32"), 1)
    for call in (lambda: mrcz.oriented(image, (1, 2)), lambda: mrcz._core.correlation(image, image),
                 lambda: mrcz.fano_factor(np.stack([image, image])), lambda: outliers.weights,
                 lambda: mrcz.block_contrast(np.full(image.shape, 9, "uint32"), 1)):
        assert lets_others_run(call)


def lets_others_run(call, most=200):
    """Whether another thread gets the interpreter's lock during one of `most` calls; it is let go of on purpose only."""
    interval = sys.getswitchinterval()
    ticks, over = [0], threading.Event()

    def count():
        while not over.is_set():
            ticks[0] += 1
            time.sleep(0.0001)

    counting = threading.Thread(target=count)
    counting.start()
    try:
        sys.setswitchinterval(1000)
        before = ticks[0]
        for _ in range(most):
            call()
            if ticks[0] != before:
                return True
        return False
    finally:
        sys.setswitchinterval(interval)
        over.set()
        counting.join()


def test_a_changed_reference_changes_the_token(movie, gain):
    before = mrcz.correct(movie, gain=gain).__dask_tokenize__()
    assert mrcz.correct(movie, gain=gain).__dask_tokenize__() == before
    mrcz.write(gain, np.full(SHAPE, 2, "float32"), overwrite=True)
    assert mrcz.correct(movie, gain=gain).__dask_tokenize__() != before


def test_sessions_are_those_of_the_command(tmp_path, gain, command):
    names = movies.session(tmp_path / "in", 6)
    for number, (flags, asked) in enumerate([
        (["--outliers", "--koma", "2"], {"outliers": True, "koma": 2}),
        (["--gain", gain, "--outliers", "--koma", "1", "--trailing"],
         {"gain": gain, "outliers": True, "koma": {"radius": 1, "trailing": True}}),
        (["--outliers", "--plain"], {"outliers": True, "plain": True}),
    ]):
        theirs, ours = tmp_path / f"theirs{number}", tmp_path / f"ours{number}"
        printed = run(command, *flags, "--report", "json", "--output-dir", theirs, *names)
        reports = mrcz.process(names, ours, measure=True, threads=2, **asked)
        assert movies.content(ours) == movies.content(theirs)
        steps = [json.loads(line)["step"] for line in printed.splitlines()]
        assert [report["step"] for report in reports] == steps
        assert all(np.isfinite(report["correlation"]["after"]["all_pairs"]) for report in reports)


def test_names_of_outputs_are_those_of_the_command(tmp_path, command):
    folder = tmp_path / "in"
    folder.mkdir()
    names = []
    for number, name in enumerate(("a.mrc", "b.mrcs", "c.mrcz", "d.mrczs", "e.map", "f.st.mrcz", "g.dat", "h.MRC")):
        names.append(str(folder / name))
        mrcz.write(names[-1], movies.counts(number), codec="zstd" if "mrcz" in name else "raw")
    for plain in (False, True):
        theirs, ours = tmp_path / f"theirs{plain}", tmp_path / f"ours{plain}"
        run(command, "--outliers", *(["--plain"] if plain else []), "--output-dir", theirs, *names)
        mrcz.process(names, ours, outliers=True, plain=plain)
        assert movies.content(ours) == movies.content(theirs)


def test_a_movie_that_fails_is_told_when_the_others_are_done(tmp_path):
    names = movies.session(tmp_path / "in", 4)
    whole = open(names[1], "rb").read()
    with open(names[1], "wb") as file:
        file.write(whole[:1500])
    seen = []
    with pytest.raises(mrcz.SessionError, match="1 of 4 movies") as raised:
        mrcz.process(names, tmp_path / "out", outliers=True, koma=1, progress=lambda *now: seen.append(now))
    assert list(raised.value.failures) == [names[1]] and len(raised.value.reports) == 3
    assert sorted(movies.content(tmp_path / "out")) == ["m0.mrcz", "m2.mrcz", "m3.mrcz"]
    assert seen[-1] == (4, 4)
    with pytest.raises(mrcz.SessionError) as raised:
        mrcz.process(names[:1], tmp_path / "out", outliers=True)
    assert isinstance(raised.value.failures[names[0]], mrcz.TargetExistsError)
    mrcz.process(names[:1], tmp_path / "out", outliers=True, overwrite=True)


def test_sessions_that_cannot_be_are_refused(tmp_path):
    names = movies.session(tmp_path / "in", 2)
    for arguments, words in [
        (([], tmp_path), "none given"),
        ((names, tmp_path / "in"), "input and output"),
        (([names[0], names[0]], tmp_path / "o"), "would both become"),
    ]:
        with pytest.raises(mrcz.MrczError, match=words):
            mrcz.process(*arguments, outliers=True)
    with pytest.raises(mrcz.ArgumentError, match="nothing to correct"):
        mrcz.process(names, tmp_path / "o")
    with pytest.raises(mrcz.ArgumentError, match="are files"):
        mrcz.process(names, tmp_path / "o", gain=np.ones(SHAPE))
