"""Stacks as dask arrays and back, on threads and on a cluster of two worker processes."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import weakref

import dask
import dask.array
import movies
import numpy as np
import pytest

import mrcz
import mrcz.dask

pytestmark = pytest.mark.filterwarnings("ignore::mrcz.CorrectionWarning")

SHAPE = movies.SHAPE


@pytest.fixture(scope="module")
def client():
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0",
                      host="127.0.0.1") as cluster, Client(cluster, set_as_default=False) as connected:
        yield connected


@pytest.fixture
def movie(tmp_path):
    return movies.session(tmp_path / "in", 1)[0]


def test_an_array_has_the_shape_and_pixels_of_the_stack(movie):
    array = mrcz.dask.from_mrcz(movie, chunks=4)
    assert array.shape == (6, *SHAPE) and array.dtype == "int16" and array.chunks[0] == (4, 2)
    assert isinstance(array._meta, np.ndarray) and array._meta.dtype == "int16"
    whole = mrcz.open(movie)[:]
    for scheduler in ("synchronous", "threads"):
        assert np.array_equal(array.compute(scheduler=scheduler), whole)
    assert np.array_equal(array[5, 3:9].compute(), whole[5, 3:9])
    parts = mrcz.dask.from_mrcz(movie, chunks=(3, 20, -1))
    assert parts.chunks == ((3, 3), (20, 20), (48,)) and np.array_equal(parts.compute(), whole)
    assert mrcz.dask.from_mrcz(mrcz.open(movie)).numblocks == (1, 1, 1)


def test_chunks_are_of_64_to_128_megabytes(tmp_path):
    class Known:
        shape, dtype = (1000, 4096, 4096), np.dtype("uint16")

    frames = mrcz.dask._chunks_of(Known, None)[0][0]
    assert 64e6 <= frames * 4096 * 4096 * 2 <= 128e6


def test_colours_have_their_axis(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, (3, 8, 9, 3), "uint8")
    with mrcz.Writer(tmp_path / "rgb.mrcz", (8, 9), "rgb8") as writer:
        writer.append(pixels)
    assert np.array_equal(mrcz.dask.from_mrcz(tmp_path / "rgb.mrcz", chunks=2).compute(), pixels)


def test_names_follow_from_files_and_corrections(movie, tmp_path):
    one = mrcz.dask.from_mrcz(movie, chunks=2)
    assert one.name == mrcz.dask.from_mrcz(movie, chunks=2).name
    assert one.name != mrcz.dask.from_mrcz(movie, chunks=3).name
    corrected = mrcz.dask.from_mrcz(movie, chunks=2, outliers=True)
    assert corrected.name not in (one.name, mrcz.dask.from_mrcz(movie, chunks=2, outliers=True, seed=1).name)
    assert corrected.name == mrcz.dask.from_mrcz(movie, chunks=2, outliers=True).name
    mrcz.write(movie, movies.counts(77), overwrite=True)
    assert mrcz.dask.from_mrcz(movie, chunks=2).name != one.name
    with pytest.raises(mrcz.FileChangedError):
        one.compute()


def test_graphs_hold_no_files(movie):
    array = mrcz.dask.from_mrcz(movie, chunks=2, outliers=True)
    assert len(pickle.dumps(dict(array.__dask_graph__()))) < 20000
    again = pickle.loads(pickle.dumps(array))
    assert np.array_equal(again.compute(), mrcz.correct(movie, outliers=True)[:])


def test_movies_side_by_side_and_one_after_another(tmp_path):
    names = movies.session(tmp_path / "in", 3)
    whole = np.stack([mrcz.open(name)[:] for name in names])
    array = mrcz.dask.from_mrcz(names, chunks=4)
    assert array.shape == (3, 6, *SHAPE) and array.chunks[:2] == ((1, 1, 1), (4, 2))
    assert np.array_equal(array.compute(), whole)
    assert np.array_equal(array[1].sum(0).compute(), whole[1].sum(0))
    joined = mrcz.dask.from_mrcz(names, chunks=4, concatenate=True)
    assert np.array_equal(joined.compute(), whole.reshape(-1, *SHAPE))
    corrected = mrcz.dask.from_mrcz(names, outliers=True)
    assert np.array_equal(corrected[2].compute(), mrcz.correct(names[2], outliers=True)[:])
    mrcz.write(names[2], movies.counts(1, frames=3), overwrite=True)
    with pytest.raises(mrcz.ArgumentError, match="concatenate=True"):
        mrcz.dask.from_mrcz(names)
    assert mrcz.dask.from_mrcz(names, concatenate=True).shape == (15, *SHAPE)


def test_outliers_of_a_movie_are_found_once(movie, monkeypatch):
    opened = []
    original = mrcz.dask._Recipe.open
    monkeypatch.setattr(mrcz.dask._Recipe, "open", lambda self: opened.append(self.token) or original(self))
    array = mrcz.dask.from_mrcz(movie, chunks=1, outliers=True, seed=12345)
    assert opened == []
    array.compute(scheduler="threads")
    assert len(opened) == 1


def test_a_cluster_gives_the_same(movie, client, tmp_path):
    gain = movies.gain(tmp_path)
    array = mrcz.dask.from_mrcz(movie, chunks=2, gain=gain, outliers=True)
    expected = mrcz.correct(movie, gain=gain, outliers=True)[:]
    assert np.array_equal(client.compute(array).result(), expected)
    stack = mrcz.correct(movie, gain=gain, outliers=True)
    assert np.array_equal(client.submit(lambda one: one[2], stack).result(), expected[2])


def test_what_is_written_is_what_was_read(movie, tmp_path, client):
    array = mrcz.dask.from_mrcz(movie, chunks=2)
    mrcz.dask.to_mrcz(array, tmp_path / "a.mrcz", voxel_size=1.5, metadata={"dose": 3})
    written = mrcz.open(tmp_path / "a.mrcz")
    assert np.array_equal(written[:], mrcz.open(movie)[:]) and written.voxel_size.x == 1.5
    assert written.metadata == {"dose": 3}
    delayed = mrcz.dask.to_mrcz(array.rechunk((4, 20, 11)) + np.int16(1), tmp_path / "b.mrcz", compute=False)
    assert not (tmp_path / "b.mrcz").exists()
    client.compute(delayed).result()
    assert np.array_equal(mrcz.open(tmp_path / "b.mrcz")[:], mrcz.open(movie)[:] + 1)
    four = mrcz.dask.from_mrcz([movie, movie], chunks=4)
    mrcz.dask.to_mrcz(four, tmp_path / "c.mrcz")
    assert np.array_equal(mrcz.open(tmp_path / "c.mrcz")[6:], mrcz.open(movie)[:])
    mrcz.dask.to_mrcz(array[0], tmp_path / "d.mrc")
    assert np.array_equal(mrcz.open(tmp_path / "d.mrc")[0], mrcz.open(movie)[0])


def test_a_file_is_there_whole_or_not_at_all(movie, tmp_path):
    array = mrcz.dask.from_mrcz(movie, chunks=2)
    with pytest.raises(mrcz.TargetExistsError):
        mrcz.dask.to_mrcz(array, movie)

    def fails(block, block_id=None):
        if block_id[0] == 2:
            raise RuntimeError("no third chunk")
        return block

    with pytest.raises(RuntimeError, match="no third"):
        mrcz.dask.to_mrcz(array.map_blocks(fails, dtype=array.dtype), tmp_path / "a.mrcz")
    assert [file.name for file in tmp_path.iterdir()] == ["in"]
    with pytest.raises(mrcz.ArgumentError):
        mrcz.dask.to_mrcz(array.astype("float64"), tmp_path / "a.mrcz")
    with pytest.raises(mrcz.ArgumentError, match="in_flight"):
        mrcz.dask.to_mrcz(array, tmp_path / "a.mrcz", in_flight=0)


class CountedChunks:
    """A dask array that knows how many of its chunks were computed, and how many are alive. A pixel is the number of its
    frame."""

    def __init__(self, chunks=((2,) * 40, (64,), (64,))):
        self.lock = threading.Lock()
        self.alive = self.most = self.computed = 0
        self.array = dask.array.map_blocks(self.made, chunks=chunks, dtype="float32",
                                           meta=np.empty((0,) * len(chunks), "f4"))

    def made(self, block_info=None):
        places = block_info[None]["array-location"]
        block = np.zeros([last - first for first, last in places], "float32")
        block += numbers(block_info[None]["shape"][:-2])[tuple(slice(*place) for place in places[:-2])][..., None, None]
        with self.lock:
            self.alive += 1
            self.computed += 1
            self.most = max(self.most, self.alive)
        weakref.finalize(block, self.gone)
        return block

    def gone(self):
        with self.lock:
            self.alive -= 1

    def __dask_tokenize__(self):
        return id(self)


def numbers(lead):
    return np.arange(np.prod(lead), dtype="float32").reshape(lead)


@pytest.mark.parametrize("write", [mrcz.write, lambda path, array: mrcz.writeMRC(array, path, compressor="zstd")])
def test_other_ways_of_writing_hold_no_more_than_a_few_chunks(tmp_path, write):
    counted = CountedChunks()
    write(tmp_path / "a.mrcz", counted.array)
    assert np.array_equal(mrcz.open(tmp_path / "a.mrcz")[:, 0, 0], np.arange(80))
    assert counted.alive == 0 and 1 <= counted.most <= 3


def test_chunks_of_unknown_size_are_refused_with_advice(tmp_path):
    array = dask.array.ones((4, 8, 8), chunks=2, dtype="float32")
    with pytest.raises(mrcz.ArgumentError, match="compute_chunk_sizes"):
        mrcz.write(tmp_path / "a.mrcz", array[array[:, 0, 0] > 0])


@pytest.mark.parametrize("in_flight", [1, 3])
def test_writing_never_holds_more_than_a_few_chunks(tmp_path, in_flight):
    counted = CountedChunks()
    mrcz.dask.to_mrcz(counted.array, tmp_path / "a.mrcz", in_flight=in_flight)
    assert np.array_equal(mrcz.open(tmp_path / "a.mrcz")[:, 0, 0], np.arange(80))
    assert counted.alive == 0 and 1 <= counted.most <= in_flight + 2


def write_as_python_mrcz(path, array):
    mrcz.writeMRC(array, path, compressor="zstd")


def write_by_dask(path, array, **options):
    mrcz.dask.to_mrcz(array, path, **options)


WAYS = [mrcz.write, write_as_python_mrcz, write_by_dask]


@pytest.fixture
def small_pieces(monkeypatch):
    """What fits into memory, in these tests: 4 frames of 64 x 64."""
    monkeypatch.setattr("mrcz.dask_frames._PIECE_BYTES", 4 * 64 * 64 * 4)
    monkeypatch.setattr("mrcz.pieces._BATCH_BYTES", 4 * 64 * 64 * 4)


@pytest.mark.parametrize("write", WAYS)
@pytest.mark.parametrize("frames", [(80,), (50, 30)])
def test_chunks_of_many_frames_are_computed_once_and_few_are_held(tmp_path, small_pieces, write, frames):
    counted = CountedChunks((frames, (16,) * 4, (10, 54)))
    with dask.config.set(num_workers=2):
        write(tmp_path / "a.mrcz", counted.array)
    written = mrcz.open(tmp_path / "a.mrcz")[:]
    assert np.array_equal(written, np.broadcast_to(numbers((80,))[:, None, None], (80, 64, 64)))
    assert counted.alive == 0 and counted.computed == 8 * len(frames)
    assert counted.most <= 6  # of two threads, and four ahead
    assert [file.name for file in tmp_path.iterdir()] == ["a.mrcz"]


@pytest.mark.parametrize("write", [mrcz.write, write_by_dask])
@pytest.mark.parametrize("lead", [((1,) * 3, (20,)), ((2, 1), (9, 11)), ((3,), (20,)), ((2, 1), (5,) * 4)])
def test_scans_of_frames_are_written_in_order_by_whatever_chunks(tmp_path, small_pieces, write, lead):
    counted = CountedChunks((*lead, (33, 31), (64,)))
    write(tmp_path / "a.mrcz", counted.array)
    assert np.array_equal(mrcz.open(tmp_path / "a.mrcz")[:, 40, 3], np.arange(60))
    assert counted.computed == counted.array.npartitions


class LoadedInParts:
    """An array on a disk, say, that tells how much of it was asked for at once, and in all."""

    shape, dtype, ndim = (80, 64, 64), np.dtype("uint16"), 3

    def __init__(self):
        self.lock = threading.Lock()
        self.most = self.all = 0

    def __getitem__(self, key):
        sizes = [len(range(*part.indices(size))) for part, size in zip(key, self.shape)]
        with self.lock:
            self.most = max(self.most, int(np.prod(sizes)))
            self.all += int(np.prod(sizes))
        first = key[0].indices(80)[0]
        return np.zeros(sizes, "u2") + np.arange(first, first + sizes[0], dtype="u2")[:, None, None]


@pytest.mark.parametrize("write", WAYS)
@pytest.mark.parametrize("chunks", [-1, (-1, 16, 16), (40, 64, 32)])
def test_large_chunks_that_are_only_loaded_are_loaded_in_slices(tmp_path, small_pieces, write, chunks):
    source = LoadedInParts()
    write(tmp_path / "a.mrcz", dask.array.from_array(source, chunks=chunks))
    assert np.array_equal(mrcz.open(tmp_path / "a.mrcz")[:, 5, 5], np.arange(80))
    assert source.all == 80 * 64 * 64 and source.most <= 8 * 64 * 64


def test_what_is_alive_is_little_beside_the_array(tmp_path, small_pieces):
    import tracemalloc

    zarr = pytest.importorskip("zarr")

    stored = zarr.create_array(tmp_path / "a.zarr", shape=(1000, 64, 64), chunks=(1000, 8, 64), dtype="float32")
    stored[:] = np.random.default_rng(0).poisson(2, stored.shape).astype("float32")
    loaded = dask.array.from_zarr(stored)
    mrcz.write(tmp_path / "warm.mrcz", loaded[:3])
    for write, array, options in ((mrcz.write, loaded, {}), (write_by_dask, loaded + np.float32(0), {"in_flight": 1}),
                                  (mrcz.write, stored, {})):
        tracemalloc.start()
        with dask.config.set(scheduler="synchronous"):
            write(tmp_path / "a.mrcz", array, overwrite=True, **options)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert np.array_equal(mrcz.open(tmp_path / "a.mrcz")[:], stored[:])
        assert most < 10e6 < 16e6 < array.nbytes  # chunks are of 2 MB


def test_chunks_wait_for_each_other_whoever_computes_them(tmp_path, small_pieces, client):
    array = (dask.array.arange(80, dtype="f4", chunks=80)[:, None, None] * dask.array.ones((1, 64, 64), chunks=(1, 32, 64))
             ).astype("f4")
    mrcz.dask.to_mrcz(array, tmp_path / "a.mrcz", compute=False).compute(scheduler=client)
    with client.as_current(), dask.config.set(scheduler=client):
        mrcz.write(tmp_path / "b.mrcz", array)
    with dask.config.set(scheduler="processes"):
        mrcz.write(tmp_path / "c.mrcz", array)
    for name in "abc":
        assert np.array_equal(mrcz.open(tmp_path / f"{name}.mrcz")[:, 40, 0], np.arange(80))


def test_a_full_disk_under_waiting_chunks_is_told_of_with_advice(tmp_path, small_pieces, monkeypatch):
    import errno
    import os

    def fails(*unused):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.pwrite", fails)
    for write in WAYS:
        with pytest.raises(mrcz.SystemFailedError, match="rechunk the array to whole frames") as caught:
            write(tmp_path / "a.mrcz", CountedChunks(((80,), (32, 32), (64,))).array)
        assert caught.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []


def test_python_mrczs_function_and_to_mrcz_refuse_chunks_of_unknown_size_too(tmp_path):
    array = dask.array.ones((4, 8, 8), chunks=2, dtype="float32")
    array = array[array[:, 0, 0] > 0]
    for write in (*WAYS, lambda path, array: mrcz.writeMRC([array, array], path)):
        with pytest.raises(mrcz.ArgumentError, match="compute_chunk_sizes"):
            write(tmp_path / "a.mrcz", array)


@pytest.mark.parametrize("write", WAYS)
@pytest.mark.parametrize("make, says", [(lambda chunk: chunk + np.float64(0.5), "float64"),
                                        (lambda chunk: chunk[:, :8], "shape .80, 8, 64."),
                                        (lambda chunk: chunk.repeat(2, axis=0), "shape .160, 32, 64.")])
def test_chunks_that_wait_and_are_not_what_the_array_says_are_refused(tmp_path, small_pieces, write, make, says):
    array = CountedChunks(((80,), (32, 32), (64,))).array
    announced = array.map_blocks(make, dtype=array.dtype, chunks=array.chunks, meta=np.empty((0, 0, 0), array.dtype))
    with pytest.raises(mrcz.ArgumentError, match=says):
        write(tmp_path / "a.mrcz", announced)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("write", WAYS)
def test_masked_arrays_are_refused_whoever_writes(tmp_path, write):
    array = dask.array.ma.masked_greater(dask.array.ones((4, 8, 8), chunks=2, dtype="float32"), 0.5)
    with pytest.raises(mrcz.ArgumentError, match="filled"):
        write(tmp_path / "a.mrcz", array)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("write", [mrcz.write, write_by_dask])
@pytest.mark.parametrize("shape", [(0, 8, 6), (2, 0, 8, 6)])
def test_arrays_of_no_frames_are_files_of_no_frames(tmp_path, write, shape):
    write(tmp_path / "a.mrcz", dask.array.zeros(shape, chunks=4, dtype="float32"))
    stack = mrcz.open(tmp_path / "a.mrcz")
    assert stack.shape == (0, 8, 6) and stack.dtype == "float32"


@pytest.mark.parametrize("shape", [(), (7,)])
def test_what_is_no_frame_is_said_of_lazy_arrays_too(tmp_path, shape):
    with pytest.raises(mrcz.ArgumentError, match="is no frame"):
        mrcz.write(tmp_path / "a.mrcz", dask.array.zeros(shape, chunks=4, dtype="float32"))


@pytest.mark.parametrize("write", WAYS)
def test_a_folder_that_is_missing_is_no_matter_of_chunks(tmp_path, small_pieces, write):
    with pytest.raises(OSError, match="no such f|No such f|there is no folder"):
        write(tmp_path / "missing" / "a.mrcz", CountedChunks(((80,), (32, 32), (64,))).array)


def _interrupting(block, pid):
    if block.size and block.flat[0] == 2:
        os.kill(pid, signal.SIGINT)
    return block


def _interrupted(frames):
    numbers = np.repeat(np.arange(frames, dtype="int16"), 64).reshape(frames, 8, 8)
    return dask.array.from_array(numbers, chunks=(1, 8, 8)).map_blocks(_interrupting, pid=os.getpid(), dtype="int16")


def test_ctrl_c_leaves_no_part_of_a_file(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        mrcz.dask.to_mrcz(_interrupted(60), tmp_path / "a.mrcz")
    assert os.listdir(tmp_path) == []
