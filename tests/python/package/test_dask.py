"""Stacks as dask arrays and back, on threads and on a cluster of two worker processes."""

from __future__ import annotations

import pickle
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
    """A dask array of 40 chunks that knows how many of them are alive."""

    def __init__(self):
        self.lock = threading.Lock()
        self.alive = self.most = 0
        self.array = dask.array.map_blocks(self.made, chunks=((2,) * 40, (64,), (64,)), dtype="float32",
                                           meta=np.empty((0, 0, 0), "f4"))

    def made(self, block_info=None):
        first, last = block_info[None]["array-location"][0]
        block = np.full((last - first, 64, 64), first, "float32")
        with self.lock:
            self.alive += 1
            self.most = max(self.most, self.alive)
        weakref.finalize(block, self.gone)
        return block

    def gone(self):
        with self.lock:
            self.alive -= 1

    def __dask_tokenize__(self):
        return id(self)


@pytest.mark.parametrize("write", [mrcz.write, lambda path, array: mrcz.writeMRC(array, path, compressor="zstd")])
def test_other_ways_of_writing_hold_no_more_than_a_few_chunks(tmp_path, write):
    counted = CountedChunks()
    write(tmp_path / "a.mrcz", counted.array)
    assert np.array_equal(mrcz.open(tmp_path / "a.mrcz")[:, 0, 0], np.repeat(np.arange(0, 80, 2), 2))
    assert counted.alive == 0 and 1 <= counted.most <= 3


def test_chunks_of_unknown_size_are_refused_with_advice(tmp_path):
    array = dask.array.ones((4, 8, 8), chunks=2, dtype="float32")
    with pytest.raises(mrcz.ArgumentError, match="compute_chunk_sizes"):
        mrcz.write(tmp_path / "a.mrcz", array[array[:, 0, 0] > 0])


@pytest.mark.parametrize("in_flight", [1, 3])
def test_writing_never_holds_more_than_a_few_chunks(tmp_path, in_flight):
    counted = CountedChunks()
    mrcz.dask.to_mrcz(counted.array, tmp_path / "a.mrcz", in_flight=in_flight)
    assert np.array_equal(mrcz.open(tmp_path / "a.mrcz")[:, 0, 0], np.repeat(np.arange(0, 80, 2), 2))
    assert counted.alive == 0 and 1 <= counted.most <= in_flight + 2
