"""mrcz.open and the lazy array it gives."""

import bz2
import gzip
import os
import pickle
import shutil
import subprocess
import sys
import threading
import warnings

import numpy as np
import pytest

import mrcz
from mrcz import errors

PIXEL_TYPES = ["int8", "int16", "uint16", "float16", "float32", "complex64", "complex_int16", "rgb8", "uint4"]


def pixels_of(kind, frames=5, rows=6, columns=7):
    """An array as a file of pixels of this type gives it."""
    random = np.random.default_rng(3)
    counts = random.poisson(3, (frames, rows, columns))
    if kind == "complex64":
        return (counts + 1j * counts[::-1]).astype("complex64")
    if kind == "complex_int16":
        pixels = np.empty(counts.shape, [("real", "i2"), ("imag", "i2")])
        pixels["real"], pixels["imag"] = counts, -counts
        return pixels
    if kind == "rgb8":
        return random.integers(0, 256, (frames, rows, columns, 3)).astype("uint8")
    return counts.astype("uint8" if kind == "uint4" else kind)


@pytest.fixture
def stack(projections):
    return mrcz.open(projections)


INDEXES = [
    3, -1, np.int64(7), np.uint8(2), slice(None), slice(5, None, -2), slice(None, None, 7), slice(0, 0), slice(30, 99),
    Ellipsis, (), None, (None, 2), (2, None), (..., 5), (3, ...), (..., None), (3, 4, 5), (slice(2, 9), None, 4),
    (slice(None, None, 9), 3), (slice(1, 4), slice(10, 20), slice(None, None, -3)), [1, 5, 5, -1], [], (1, 3, 5, 0)[:3],
    np.array([[1, 2], [0, 3]]), ([2, 1], slice(3, 9)), ([2, 1], 4), ([2, 1], slice(None), 4), ([0, 1], [1, 2]),
    ([0, 1], None, [1, 2]), (None, [1, 2]), (1, slice(None), [0, 3]), (slice(None), [1, 2], [3, 4]),
    np.arange(40) % 3 == 0, (slice(0, 4), np.arange(135) % 2 == 0), np.zeros(40, bool), (np.array(2), 1),
]  # fmt: skip


@pytest.mark.parametrize("key", INDEXES, ids=str)
def test_indexing_is_that_of_numpy(stack, projection_pixels, key):
    expected, found = projection_pixels[key], stack[key]
    assert found.shape == expected.shape and found.dtype == expected.dtype and type(found) is type(expected)
    assert np.array_equal(found, expected)


def test_masks_over_several_axes_are_those_of_numpy(stack, projection_pixels):
    for mask in (projection_pixels > 30000, projection_pixels[:, :, 0] > 20000):
        assert np.array_equal(stack[mask], projection_pixels[mask])


@pytest.mark.parametrize("key", [40, -41, (0, 135), (0, 0, 160), (0, 0, 0, 0), 1.5, "x", ([40],), (0, [135]), [1.5],
                                 (..., ...), np.zeros(39, bool), (slice(None), np.zeros(3, bool)), [0, -41]], ids=str)
def test_indexes_that_numpy_refuses_are_refused_as_numpy_does(stack, projection_pixels, key):
    with pytest.raises(IndexError):
        projection_pixels[key]
    with pytest.raises(IndexError):
        stack[key]


class Counting:
    """A reader that notes which frames are decoded."""

    def __init__(self, reader):
        self.reader, self.frames = reader, []
        self.pixel_type = reader.pixel_type

    def read_frames(self, frames, *arguments):
        self.frames += frames.tolist()
        return self.reader.read_frames(frames, *arguments)


@pytest.mark.parametrize("key, frames", [
    (3, [3]), (slice(2, 8, 3), [2, 5]), ([7, 1, 7], [7, 1, 7]), (([7, 1, 7], None), [1, 7]), ((..., 0, 0), list(range(40))),
    ((slice(0, 2), slice(0, 0)), []), ((4, [1, 2], [3, 4]), [4]),
])  # fmt: skip
def test_only_frames_that_are_asked_for_are_decoded(stack, key, frames):
    stack._pixels = Counting(stack._reader)
    stack[key]
    assert stack._pixels.frames == frames


def test_parts_of_many_frames_do_not_need_room_for_all_of_them(stack, projection_pixels, monkeypatch):
    monkeypatch.setattr("mrcz.stack._BATCH_BYTES", 100_000)
    assert np.array_equal(stack[::-1, 7, 3:9], projection_pixels[::-1, 7, 3:9])


def test_describes_itself_as_an_array(stack):
    assert (stack.shape, stack.ndim, stack.size, stack.dtype) == ((40, 135, 160), 3, 864000, np.uint16)
    assert stack.nbytes == 2 * stack.size and len(stack) == 40
    assert repr(stack) == f"<mrcz.Stack '{stack.name}' (40, 135, 160) uint16, raw>"


def test_iteration_gives_every_frame_in_order(stack, projection_pixels):
    assert np.array_equal(list(stack), projection_pixels)


def test_numpy_makes_an_array_of_it(stack, projection_pixels):
    assert np.array_equal(np.asarray(stack), projection_pixels)
    assert np.asarray(stack, dtype="float32").dtype == np.float32
    with pytest.raises(ValueError, match="copy"):
        stack.__array__(copy=False)


def test_reads_into_an_array_of_the_caller(stack, projection_pixels):
    out = np.empty((3, 135, 160), np.uint16)
    assert stack.read(4, 3, out=out) is out
    assert np.array_equal(out, projection_pixels[4:7])
    for wrong in (np.empty((2, 135, 160), np.uint16), np.empty((3, 135, 160), np.int16),
                  np.empty((3, 160, 135), np.uint16).transpose(0, 2, 1)):
        with pytest.raises(ValueError, match="out"):
            stack.read(4, 3, out=wrong)
    with pytest.raises(IndexError):
        stack.read(39, 2)
    assert stack.read(39).shape == (1, 135, 160) and stack.read(40).shape == (0, 135, 160)


def test_progress_ends_with_all_frames(stack):
    told = []
    stack.read(0, 40, progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (40, 40) and told == sorted(told)


def test_progress_of_pixels_of_4_bits_and_of_corrected_frames_ends_with_all(tmp_path):
    pixels = pixels_of("uint4", frames=50, rows=8, columns=10)
    mrcz.write(tmp_path / "a.mrcz", pixels, dtype="uint4")
    for correction in ({}, {"gain": np.ones((8, 10), "float32")}):
        told = []
        found = mrcz.open(tmp_path / "a.mrcz", **correction).read(10, progress=lambda *now: told.append(now))
        assert told[-1] == (40, 40) and np.allclose(found, pixels[10:])


def test_what_a_progress_callback_raises_ends_the_reading(stack):
    def stop(done, of):
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        stack.read(progress=stop)


@pytest.mark.parametrize("codec", [row["name"] for row in mrcz.codecs() if row["writes"]])
@pytest.mark.parametrize("kind", PIXEL_TYPES)
def test_every_pixel_type_comes_back_from_every_codec(tmp_path, kind, codec):
    pixels = pixels_of(kind)
    path = tmp_path / "a.mrcz"
    try:
        mrcz.write(path, pixels, codec=codec, dtype=kind)
    except mrcz.UnsupportedError:
        assert codec == "rans"
        return
    stack = mrcz.open(path, threads=2)
    assert stack.codec == codec and stack.dtype == pixels.dtype and stack.shape == pixels.shape
    assert stack.pixel_type == kind
    assert np.array_equal(stack[:], pixels)
    assert np.array_equal(stack[::-2, 1:4, 2], pixels[::-2, 1:4, 2])


def test_odd_rows_of_4_bits_lose_nothing(tmp_path):
    pixels = pixels_of("uint4", frames=300, rows=3, columns=9)
    mrcz.write(tmp_path / "a.mrc", pixels, dtype="uint4")
    for threads in (1, 3):
        assert np.array_equal(mrcz.open(tmp_path / "a.mrc", threads=threads)[:], pixels)


def test_big_endian_files_give_the_machines_order(tmp_path, projections, projection_pixels):
    raw = bytearray(projections.read_bytes())
    swapped = np.frombuffer(bytes(raw[:1024]), "<u4").byteswap().tobytes()
    header = bytearray(swapped)
    header[208:216] = b"MAP " + bytes([0x11, 0x11, 0, 0])
    header[224:] = raw[224:1024]
    path = tmp_path / "big.mrc"
    path.write_bytes(bytes(header) + projection_pixels.astype(">u2").tobytes())
    stack = mrcz.open(path)
    assert stack.is_big_endian and stack.dtype == np.dtype("uint16") and stack.dtype.isnative
    assert np.array_equal(stack[5], projection_pixels[5])


def test_bytes_are_signed_as_the_caller_says(testdata):
    path = testdata / "unsigned_ints.mrc"
    raw = np.frombuffer(path.read_bytes()[1024:], np.uint8).reshape(4, 4, 4)
    assert mrcz.open(path, mode0="unsigned")[:].dtype == np.uint8
    assert np.array_equal(mrcz.open(path, mode0="unsigned")[:], raw)
    assert np.array_equal(mrcz.open(path, mode0="signed")[:], raw.view(np.int8))
    with pytest.raises(ValueError, match='expected "by_header", "signed" or "unsigned"'):
        mrcz.open(path, mode0="maybe")


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_wrapped_files_open(tmp_path, projections, projection_pixels, pack):
    path = tmp_path / "projections.mrcs.packed"
    path.write_bytes(pack(projections.read_bytes()))
    assert np.array_equal(mrcz.open(path)[7], projection_pixels[7])


def test_header_speaks_by_the_standards_names(stack):
    header = stack.header
    assert header["NZ"] == header.nz == 40 and header["CELLA.X"] == header.cella_x == 0.0
    assert header["MAP"] == "MAP" and len(header["LABEL"]) == 1 and header["LABEL"][0].startswith("Tomography")
    assert list(header)[:4] == ["NX", "NY", "NZ", "MODE"] and len(header) == len(mrcz.header_fields())
    assert "nx" in dir(header) and dict(header)["MODE"] == 6
    with pytest.raises(KeyError, match="no field"):
        header["NQ"]
    with pytest.raises(AttributeError):
        header.nq
    assert pickle.loads(pickle.dumps(header)).to_bytes() == header.to_bytes()


def test_statistics_are_told_without_reading_pixels(tmp_path, stack, projection_pixels):
    assert stack.stats.frames is None and stack.stats.maximum == projection_pixels.max()
    mrcz.write(tmp_path / "a.mrcz", projection_pixels)
    stats = mrcz.open(tmp_path / "a.mrcz").stats
    assert stats.mean == pytest.approx(projection_pixels.mean()) and stats.std == pytest.approx(projection_pixels.std())
    assert np.allclose(stats.frames["mean"], projection_pixels.mean((1, 2)))
    assert np.array_equal(stats.frames["maximum"], projection_pixels.max((1, 2)))
    assert not stats.frames["nan_count"].any()


@pytest.mark.parametrize("kind", ["int8", "uint16", "float32", "uint4"])
def test_the_sum_over_frames_is_exact(tmp_path, kind):
    pixels = pixels_of(kind, frames=70)
    mrcz.write(tmp_path / "a.mrcz", pixels, dtype=kind)
    stack = mrcz.open(tmp_path / "a.mrcz")
    assert np.array_equal(stack.sum(), pixels.sum(0, dtype="float64"))
    assert np.sum(stack) == pixels.sum(dtype="float64")
    assert np.array_equal(stack.sum(axis=(1, 2)), pixels.sum(axis=(1, 2)))


def test_a_sum_that_the_file_keeps_is_given(tmp_path, projections, projection_pixels):
    mrcz.compress(projections, tmp_path / "a.mrcz", keep_sum=True)
    stack = mrcz.open(tmp_path / "a.mrcz")
    stack._pixels = None  # no frame may be decoded
    stack._opened_pixels = lambda: stack._reader
    assert np.array_equal(stack.sum(), projection_pixels.sum(0))


def test_volumes_of_a_stack_come_one_by_one(tmp_path):
    pixels = pixels_of("int16", frames=12)
    mrcz.write(tmp_path / "a.mrcz", pixels, volume=4)
    volumes = mrcz.open(tmp_path / "a.mrcz").volumes
    assert volumes.shape == (3, 4, 6, 7) and len(list(volumes)) == 3
    assert np.array_equal(volumes[-1], pixels[8:]) and np.array_equal(volumes[:2], [pixels[:4], pixels[4:8]])
    with pytest.raises(IndexError):
        volumes[3]
    assert len(mrcz.open(tmp_path / "a.mrcz").volumes) == 3
    mrcz.write(tmp_path / "b.mrcz", pixels, volume=True)
    assert mrcz.open(tmp_path / "b.mrcz").volumes.shape == (1, 12, 6, 7)


def test_what_the_file_carries_is_at_hand(tmp_path, projections):
    mrcz.compress(projections, tmp_path / "a.mrcz", metadata={"dose": 40, "gain": "K3"})
    stack = mrcz.open(tmp_path / "a.mrcz")
    assert stack.metadata == {"dose": 40, "gain": "K3"}
    assert stack.original_header.to_bytes() == projections.read_bytes()[:1024]
    assert "FHSH" in {section.id for section in stack.sections}
    assert stack.provenance[-1]["step"] == "compress"
    assert stack.info()["frames"] == 40 and stack.findings == []
    assert stack.extended_header.kind == "none" and len(stack.extended_header) == 0
    assert stack.verify()["frames_hashed"] and stack.verify()["original_matched"]
    plain = mrcz.open(projections)
    assert plain.metadata is None and plain.sections == [] and plain.original_header is None


def test_extended_headers_come_as_bytes_and_as_records(shared):
    path = next(iter(sorted(shared.rglob("*FEI*.mrc")) + sorted(shared.rglob("*fei*.mrc"))), None)
    if path is None:
        pytest.skip("no file with such a header among the shared files")
    header = mrcz.open(path).extended_header
    assert len(header.to_bytes()) == mrcz.open(path).header.nsymbt
    assert len(header) > 0 and isinstance(header[0], dict) and header[-1] == header[len(header) - 1]


def test_a_closed_stack_says_so(stack):
    with stack as same:
        assert same is stack
    assert stack.closed and "closed" in repr(stack)
    stack.close()
    for use in (lambda: stack[0], lambda: stack.shape, lambda: stack.metadata, lambda: stack.dtype):
        with pytest.raises(ValueError, match="closed"):
            use()


def test_errors_are_those_that_people_expect(tmp_path):
    with pytest.raises(FileNotFoundError) as missing:
        mrcz.open(tmp_path / "missing.mrc")
    assert missing.value.code == "not_found" and "missing.mrc" in str(missing.value)
    (tmp_path / "a.mrc").write_bytes(b"no file of pixels" * 100)
    with pytest.raises(mrcz.FileDamagedError):
        mrcz.open(tmp_path / "a.mrc")
    with pytest.raises(ValueError):
        mrcz.open(tmp_path / "a.mrc")
    with pytest.raises(TypeError, match="int is no path"):
        mrcz.open(3)


def test_damage_is_named_by_frame_and_does_not_harm_others(tmp_path, projection_pixels):
    path = tmp_path / "a.mrcz"
    mrcz.write(path, projection_pixels)
    stack = mrcz.open(path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    stack = mrcz.open(path)
    with pytest.raises(mrcz.FileDamagedError, match=r"a\.mrcz: frame (\d+) "):
        stack[:]
    assert np.array_equal(stack[0], projection_pixels[0])
    with pytest.raises(mrcz.FileDamagedError):
        stack.verify()


def test_a_file_cut_short_opens_with_one_warning(tmp_path, projection_pixels):
    path = tmp_path / "a.mrcz"
    mrcz.write(path, projection_pixels)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.warns(mrcz.FileWarning) as told:
        stack = mrcz.open(path)
    assert len(told) == 1 and told[0].filename == __file__
    assert np.array_equal(stack[0], projection_pixels[0])
    with pytest.raises(mrcz.FileDamagedError):
        stack[39]


def test_odd_headers_do_not_warn(testdata):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stack = mrcz.open(testdata / "TS_run1.st")
    assert all(finding.rule for finding in stack.findings)


def test_limits_can_be_set(projections):
    with pytest.raises(ValueError, match="limit"):
        mrcz.open(projections, frame_bytes=1000)


def test_pickles_and_opens_again(tmp_path, projections, projection_pixels):
    for path in (projections, tmp_path / "a.mrcz"):
        if path != projections:
            mrcz.write(path, projection_pixels)
        stack = mrcz.open(path, threads=3, mode0="signed", frame_bytes=10**9)
        again = pickle.loads(pickle.dumps(stack))
        assert again._threads == 3 and again._mode0 == "signed" and again._limits.frame_bytes == 10**9
        assert np.array_equal(again[3], projection_pixels[3])


def test_a_file_that_changed_is_not_taken_for_the_one_that_was_pickled(tmp_path, projection_pixels):
    path = tmp_path / "a.mrcz"
    mrcz.write(path, projection_pixels)
    stack = mrcz.open(path)
    pickled = pickle.dumps(stack)
    mrcz.write(path, projection_pixels[::-1], overwrite=True)
    with pytest.raises(mrcz.FileChangedError, match="no longer the file"):
        pickle.loads(pickled)
    with pytest.raises(mrcz.FileChangedError, match="changed since it was opened"):
        pickle.dumps(stack)


def test_a_copy_of_a_file_with_hashes_is_the_same_file(tmp_path, projection_pixels):
    path = tmp_path / "a.mrcz"
    mrcz.write(path, projection_pixels)
    pickled = pickle.dumps(mrcz.open(path))
    shutil.copy(path, tmp_path / "b")
    (tmp_path / "b").rename(path)
    assert pickle.loads(pickled).shape == projection_pixels.shape


def test_dask_gives_equal_files_equal_names(tmp_path, projection_pixels):
    from dask.base import tokenize

    path = tmp_path / "a.mrcz"
    mrcz.write(path, projection_pixels)
    token = tokenize(mrcz.open(path))
    assert tokenize(mrcz.open(path, threads=2)) == token
    assert tokenize(mrcz.open(path, mode0="signed")) != token
    mrcz.write(path, projection_pixels[::-1], overwrite=True)
    assert tokenize(mrcz.open(path)) != token


def test_threads_may_share_a_stack(tmp_path, projection_pixels):
    mrcz.write(tmp_path / "a.mrcz", projection_pixels)
    stack = mrcz.open(tmp_path / "a.mrcz", threads=2)
    wrong = []

    def read(first):
        for i in range(first, 40):
            if not np.array_equal(stack[i : i + 3], projection_pixels[i : i + 3]):
                wrong.append(i)

    workers = [threading.Thread(target=read, args=(i,)) for i in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert wrong == []


def test_every_number_of_threads_gives_the_same(tmp_path, projection_pixels, monkeypatch):
    mrcz.write(tmp_path / "a.mrcz", projection_pixels, threads=3)
    mrcz.write(tmp_path / "b.mrcz", projection_pixels, threads=1)
    assert (tmp_path / "a.mrcz").read_bytes() == (tmp_path / "b.mrcz").read_bytes()
    for threads in (1, 2, 5):
        assert np.array_equal(mrcz.open(tmp_path / "a.mrcz", threads=threads)[:], projection_pixels)
    with pytest.raises(ValueError, match="at least 1"):
        mrcz.open(tmp_path / "a.mrcz", threads=0)[0]
    monkeypatch.setenv("MRCZ_THREADS", "2")
    assert np.array_equal(mrcz.open(tmp_path / "a.mrcz")[:], projection_pixels)


def test_comparisons_are_those_of_pixels(projections, projection_pixels):
    stack = mrcz.open(projections)
    assert np.array_equal(stack == 0, projection_pixels == 0) and np.array_equal(stack != 0, projection_pixels != 0)
    assert (stack == projection_pixels).all() and (projection_pixels == stack).all() and (stack == stack).all()
    assert stack != "text" and not stack == None  # noqa: E711
    assert {stack: 1}[stack] == 1


def test_a_star_import_leaves_open_alone():
    names = {}
    exec("from mrcz import *", names)
    assert "open" not in names and names["Writer"] is mrcz.Writer and "open" in dir(mrcz)


def test_the_package_runs_as_the_command(command):
    environment = {**os.environ, "PATH": f"{os.path.dirname(command)}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run([sys.executable, "-m", "mrcz", "--version"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith("mrcz")
    nothing = {**environment, "PATH": ""}
    done = subprocess.run([sys.executable, "-m", "mrcz"], env=nothing, capture_output=True, text=True)
    assert done.returncode == 127 and "not installed" in done.stderr


@pytest.mark.parametrize("name", [b"none\xfe.mrcz", b"damaged\xfe.mrcz"])
def test_errors_speak_of_files_whose_names_are_no_utf_8(tmp_path, name):
    path = os.fsencode(tmp_path) + b"/" + name
    if b"damaged" in name:
        with open(path, "wb") as file:
            file.write(b"no image" * 200)
    for way in (path, os.fsdecode(path)):
        with pytest.raises(FileNotFoundError if b"none" in name else ValueError) as raised:
            mrcz.open(way)
        assert os.fsdecode(name) in str(raised.value)


def test_a_file_whose_name_is_no_utf_8_says_what_it_is(tmp_path):
    path = os.fsencode(tmp_path) + b"/a\xfe.mrcz"
    mrcz.write(path, pixels_of("int16"))
    stack = mrcz.open(path)
    assert stack.name == os.fsdecode(path) and stack.info() and not stack.findings and "Stack" in repr(stack)
    for work in (lambda: mrcz.verify(path), lambda: mrcz.convert(path, path[:-5] + b".zarr")):
        assert work()["frames"] == stack.shape[0]
    with pytest.raises(FileExistsError, match="overwrite=True"):
        mrcz.convert(path, path[:-5] + b".zarr")


def test_errors_advise_in_words_of_this_package(tmp_path):
    path = tmp_path / "a.mrcz"
    mrcz.write(path, pixels_of("int16"))
    with pytest.raises(FileExistsError, match="exists already; overwrite=True replaces it"):
        mrcz.write(path, pixels_of("int16"))
    mrcz.write(tmp_path / "b.mrc", pixels_of("int16") + np.int16(100))
    with pytest.raises(ValueError, match=r"clipping \(clip=True\)"):
        mrcz.compress(tmp_path / "b.mrc", dtype="uint4")


@pytest.mark.parametrize("told, heard", [
    ("see `mrcz codecs`", "see mrcz.codecs()"),
    ("run `mrcz repair x.mrcz` first", "run mrcz.repair() first"),
    ("take the movie, or say --again", "take the movie, or say again=True"),
    ("give --frame-time SECONDS", "give frame_time=SECONDS"),
    ("give --gain-rot and --gain-flip if you know", "give gain_orient=(quarter turns, flip) if you know"),
    ("say so: --mode0 unsigned", 'say so: mode0="unsigned"'),
    ("(--bare 4096x2048:float32)", '(bare=((2048, 4096), "float32"))'),
    ("use --keep-metadata", "use keep_metadata=True"),
    ("make a shard: `mrcz convert --dtype int8 A B`", "make a shard: `mrcz convert --dtype int8 A B`"),
    ("/data/x--again-f.mrc", "/data/x--again-f.mrc"),
])
def test_words_of_the_command_become_those_of_the_package(told, heard):
    assert errors.in_python(told) == heard


@pytest.mark.parametrize("live", [(1, 0.0), None])
def test_a_file_that_is_being_written_is_read_without_advice_to_repair_it(tmp_path, live):
    path = tmp_path / "a.mrcz"
    if live is None:
        mrcz.write(path, pixels_of("int16"))
        writer = mrcz.Writer.extending(path)
    else:
        writer = mrcz.Writer(path, live=live)
    with writer:
        writer.append(pixels_of("int16"))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert np.array_equal(mrcz.open(path)[0], pixels_of("int16")[0])
    assert len(mrcz.open(path)) == (5 if live else 10)


def test_an_extended_header_pickles_as_its_stack_does(stack):
    header = stack.extended_header
    again = pickle.loads(pickle.dumps(header))
    assert again.to_bytes() == header.to_bytes() and again.kind == header.kind
