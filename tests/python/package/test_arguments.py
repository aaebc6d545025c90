"""Arguments of the wrong kind, at every function: the words are this package's, and name the argument."""

from __future__ import annotations

import inspect
import itertools
import re

import numpy as np
import pytest

import mrcz
import mrcz.hdf5
import mrcz.zarr

WRONG = [2.5, "four", b"x\0", "a\0b", object(), [1, "a"], (64.0, 48.0), {"a": 1}, 1j, -1, 1 << 70, True, np.zeros((2, 2))]
# What a user of Python should not have to read: of the binding, of C++, of a line deep in the package.
FOREIGN = re.compile(r"incompatible function arguments|nanobind|std::|cannot be interpreted as an integer|not supported between"
                     r"|not subscriptable|is not iterable|has no attribute|object of type|unexpected keyword")
# NumPy's own words are as good as ours for what NumPy's functions take.
OF_NUMPY = {("Stack.astype", "dtype"), ("Stack.sum", "axis"), ("Stack.sum", "dtype"), ("Stack.sum", "out")}

pytestmark = pytest.mark.filterwarnings("ignore")


class Calls:
    """Every function with arguments that are right."""

    def __init__(self, folder):
        self.folder, self.number = folder, itertools.count()
        frames = np.random.default_rng(0).poisson(3, (4, 16, 18)).astype("uint16")
        image, total = frames[0].astype("float32"), frames.sum(0, dtype="uint32")
        self.packed, self.plain, gain = (str(folder / name) for name in ("a.mrcz", "a.mrc", "gain.mrc"))
        mrcz.write(self.packed, frames)
        mrcz.write(self.plain, frames)
        mrcz.write(gain, image)
        law = str(folder / "law.json")
        mrcz.GammaLaw().save(law)
        stack = mrcz.open(self.packed)
        packed, plain, new = self.packed, self.plain, self.new
        self.rows = {
            "open": (mrcz.open, lambda: {"source": packed}),
            "write": (mrcz.write, lambda: {"path": new(), "data": frames}),
            "Writer": (mrcz.Writer, lambda: {"path": new(), "shape": (16, 18), "dtype": "uint16"}),
            "Writer.extending": (mrcz.Writer.extending, lambda: {"path": plain}),
            "Stack.read": (stack.read, dict),
            "Stack.sum": (stack.sum, dict),
            "Stack.astype": (stack.astype, lambda: {"dtype": "float32"}),
            "Stack.verify": (stack.verify, dict),
            "compress": (mrcz.compress, lambda: {"source": plain, "target": new()}),
            "decompress": (mrcz.decompress, lambda: {"source": packed, "target": new(".mrc")}),
            "verify": (mrcz.verify, lambda: {"path": packed}),
            "append": (mrcz.append, lambda: {"sources": [packed], "target": plain}),
            "repair": (mrcz.repair, lambda: {"path": packed}),
            "convert": (mrcz.convert, lambda: {"source": packed, "target": new(".zarr")}),
            "correct": (mrcz.correct, lambda: {"source": packed}),
            "process": (mrcz.process, lambda: {"movies": [packed], "output_dir": new(""), "outliers": True}),
            "set_threads": (mrcz.set_threads, lambda: {"count": 2}),
            "codecs": (mrcz.codecs, dict),
            "header_fields": (mrcz.header_fields, dict),
            "test": (mrcz.test, dict),
            "sum_frames": (mrcz.sum_frames, lambda: {"source": packed}),
            "find_outliers": (mrcz.find_outliers, lambda: {"total": total, "frames": 4}),
            "read_reference": (mrcz.read_reference, lambda: {"path": gain}),
            "read_gain": (mrcz.read_gain, lambda: {"path": gain}),
            "read_gamma_law": (mrcz.read_gamma_law, lambda: {"path": law}),
            "apply_gain": (mrcz.apply_gain, lambda: {"frames": frames}),
            "oriented": (mrcz.oriented, lambda: {"reference": image, "orient": (1, 0)}),
            "find_orientation": (mrcz.find_orientation, lambda: {"total": total, "gain": image}),
            "find_gamma": (mrcz.find_gamma, lambda: {"flat": total, "gain": image}),
            "calibrate_gamma": (mrcz.calibrate_gamma, lambda: {"flats": [packed], "gain": gain}),
            "koma_window": (mrcz.koma_window, lambda: {"movie": 1, "movies": 9}),
            "koma_pattern": (mrcz.koma_pattern, lambda: {"others": total, "frames": 4, "own_frame_mean": 3}),
            "block_contrast": (mrcz.block_contrast, lambda: {"total": np.ones((64, 64)), "frames": 4}),
            "high_contrast": (mrcz.high_contrast, lambda: {"contrasts": [1, 2, 3]}),
            "frame_correlation": (mrcz.frame_correlation, lambda: {"source": frames}),
            "fano_factor": (mrcz.fano_factor, lambda: {"source": frames}),
            "fit_power_law": (mrcz.fit_power_law, lambda: {"x": [1, 2, 3, 4], "y": [1, 4, 9, 16]}),
            "readMRC": (mrcz.readMRC, lambda: {"MRCfilename": packed}),
            "readMRCHeader": (mrcz.readMRCHeader, lambda: {"MRCfilename": packed}),
            "writeMRC": (mrcz.writeMRC, lambda: {"input_image": frames, "MRCfilename": new()}),
            "zarr.zarr_json": (mrcz.zarr.zarr_json, lambda: {"path": packed}),
            "zarr.references": (mrcz.zarr.references, lambda: {"path": packed}),
            "zarr.link": (mrcz.zarr.link, lambda: {"path": packed, "folder": new(".zarr")}),
            "zarr.write": (mrcz.zarr.write, lambda: {"folder": new(".zarr"), "data": frames}),
            "hdf5.to_hdf5": (mrcz.hdf5.to_hdf5, lambda: {"path": packed, "target": new(".h5")}),
        }
        self.extra = {"write": [name for name in inspect.signature(mrcz.Writer).parameters if name not in ("path", "like")],
                      "process": [name for name in inspect.signature(mrcz.correct).parameters if name not in ("source", "koma")]}

    def new(self, ending=".mrcz"):
        return str(self.folder / f"n{next(self.number)}{ending}")


# Classes of values, errors, names that are others under a second name, and what python-mrcz's header functions take.
NOT_CALLED = re.compile(r"(async|[a-z]+_mrc|read_dm|readDM|.*Error$|.*Warning$|.*Options$|default|set_?default|write_?MRC_?[Hh]eader"
                        r"|read_mrc_header|write_mrc_header)", re.IGNORECASE)
VALUES = {"BLOSC2_PRESENT", "BLOSC_PRESENT", "CAN_COMPRESS", "CorrectedStack", "GammaLaw", "Header", "Limits", "Orientation",
          "Outliers", "Stack"}


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    yield Calls(tmp_path_factory.mktemp("files"))
    mrcz.set_threads(None)


def test_every_function_is_tried(calls):
    public = {name for name in mrcz._HOMES if not NOT_CALLED.match(name) and name not in VALUES}
    assert public - set(calls.rows) == set()


def test_wrong_arguments_are_told_of_in_words_of_python(calls, monkeypatch):
    monkeypatch.chdir(calls.folder)
    bad = []
    for name, (function, right) in calls.rows.items():
        function(**right()) if name not in ("calibrate_gamma", "append") else None
        rows = inspect.signature(function).parameters.values()
        names = [row.name for row in rows if row.kind not in (row.VAR_KEYWORD, row.VAR_POSITIONAL)]
        for argument, wrong in itertools.product([*names, *calls.extra.get(name, ())], WRONG):
            try:
                mrcz.set_threads(None)
                function(**{**right(), argument: wrong})
            except Exception as error:
                if (name, argument) not in OF_NUMPY and (FOREIGN.search(str(error)) or isinstance(error, (
                        AttributeError, RuntimeError, SystemError, KeyError, AssertionError, NameError))
                        and not isinstance(error, NotImplementedError)):
                    bad.append(f"{name}({argument}={wrong!r}): {type(error).__name__}: {str(error)[:100]}")
    assert bad == [], "\n".join(bad)


@pytest.mark.parametrize(("call", "argument", "wrong", "told"), [
    ("open", "threads", 2.5, "threads: 2.5, expected a whole number"),
    ("open", "frame_bytes", "1G", "frame_bytes: '1G', expected a whole number"),
    ("Writer", "shape", (64.0, 48.0), r"shape: \(64.0, 48.0\), expected \(rows, columns\), two whole numbers"),
    ("Writer", "shape", 64, r"shape: 64, expected \(rows, columns\)"),
    ("Writer", "like", "movie.mrcz", "like: 'movie.mrcz', expected a mrcz.Stack, as mrcz.open gives it"),
    ("write", "overwrite", "yes", "overwrite: 'yes', expected True or False"),
    ("compress", "progress", 3, "progress: 3, expected a function"),
])
def test_the_argument_is_named_and_what_it_should_be(calls, call, argument, wrong, told):
    function, right = calls.rows[call]
    with pytest.raises(TypeError, match=f"^{told}"):
        function(**{**right(), argument: wrong})


def test_numbers_and_names_that_cannot_be_are_refused_at_once(calls):
    for call in ("open", "Writer", "compress", "process", "sum_frames"):
        function, right = calls.rows[call]
        with pytest.raises(ValueError, match="threads: 0, but work needs at least 1"):
            function(**{**right(), "threads": 0})
    for call in (mrcz.open, mrcz.verify, mrcz.readMRC, mrcz.Writer):
        with pytest.raises(ValueError, match="NUL"):
            call("a\0b.mrc")
    with pytest.raises(ValueError, match="level: "):
        mrcz.compress(calls.plain, calls.new(), level=1 << 40)


def test_numpys_numbers_and_flags_are_taken(calls):
    stack = mrcz.open(calls.packed, threads=np.int64(2), frame_bytes=np.uint32(1 << 20))
    assert np.array_equal(stack.read(np.int16(1), np.int8(2)), stack[1:3])
    target = calls.new()
    mrcz.compress(calls.plain, target, level=np.int32(3), overwrite=np.True_)
    with mrcz.Writer(calls.new(), np.array([16, 18]), "uint16", volume=np.False_, live=(np.int64(2), 1)) as writer:
        writer.append(stack[:])
