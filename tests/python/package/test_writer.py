"""mrcz.Writer, mrcz.write and Writer.extending."""

import errno
import gc
import os
import pickle
import threading
import tracemalloc
import weakref

import numpy as np
import pytest

import mrcz


@pytest.fixture
def frames():
    return np.random.default_rng(1).poisson(2, (6, 20, 30)).astype("uint16")


def test_frames_arrive_one_by_one_or_together(tmp_path, frames):
    with mrcz.Writer(tmp_path / "a.mrcz") as writer:
        writer.append(frames[0])
        assert writer.shape == (20, 30) and writer.dtype == np.uint16
        writer.append(frames[1:4])
        writer.append(list(frames[4:]))
        assert writer.frames_written == 6 and "6 written, open" in repr(writer)
        assert not (tmp_path / "a.mrcz").exists()
    assert np.array_equal(mrcz.open(tmp_path / "a.mrcz"), frames)


@pytest.mark.parametrize("view", [
    lambda a: a[:, ::-1, ::2], lambda a: a.transpose(0, 2, 1), lambda a: np.asfortranarray(a), lambda a: a.astype(">u2"),
    lambda a: a[::-2], lambda a: np.broadcast_to(a[0], (4, 20, 30)), lambda a: a[:0],
])  # fmt: skip
def test_any_strides_and_byte_order_will_do(tmp_path, frames, view, monkeypatch):
    monkeypatch.setattr("mrcz.pieces._BATCH_BYTES", 2000)
    array = view(frames)
    with mrcz.Writer(tmp_path / "a.mrcz", array.shape[1:], "uint16") as writer:
        writer.append(array)
    found = mrcz.open(tmp_path / "a.mrcz")[:]
    assert np.array_equal(found, array) and found.dtype == np.uint16


def test_nothing_is_cast_silently(tmp_path, frames):
    with mrcz.Writer(tmp_path / "a.mrc", (20, 30), "float32") as writer:
        with pytest.raises(ValueError, match="uint16, the file has float32.*astype"):
            writer.append(frames)
        writer.append(frames.astype("float32"))
    with pytest.raises(ValueError, match="above 15"):
        mrcz.write(tmp_path / "b.mrc", frames.astype("uint8"))
    for dtype in ("float64", "int64", "bool", "complex128", "uint64"):
        with pytest.raises(ValueError, match="astype"):
            mrcz.write(tmp_path / "b.mrc", frames.astype(dtype))
    with pytest.raises(ValueError, match="no mode"):
        mrcz.write(tmp_path / "b.mrc", frames.astype("datetime64[s]"))
    assert not (tmp_path / "b.mrc").exists()


def test_pixels_that_4_bits_do_not_hold_are_refused(tmp_path):
    with pytest.raises(ValueError, match="16"):
        mrcz.write(tmp_path / "a.mrc", np.full((2, 3, 3), 16, "uint8"), dtype="uint4")
    assert not (tmp_path / "a.mrc").exists()


def test_frames_of_another_shape_are_refused(tmp_path, frames):
    with mrcz.Writer(tmp_path / "a.mrc", (20, 30), "uint16") as writer:
        for wrong in (frames[0, :10], frames[0, 0], frames[None], frames.transpose(0, 2, 1)):
            with pytest.raises(ValueError, match=r"shape.*expected a frame of shape \(20, 30\)"):
                writer.append(wrong)
        writer.append(frames)


def test_what_is_no_frame_and_no_number_is_said_plainly(tmp_path, frames):
    with pytest.raises(ValueError, match=r"shape \(3,\) is no frame"):
        mrcz.write(tmp_path / "a.mrc", np.zeros(3, "int16"))
    with pytest.raises(TypeError, match="level: .high., expected a whole number"):
        mrcz.write(tmp_path / "a.mrcz", frames, level="high")


def test_threads_that_append_take_turns(tmp_path, frames):
    with mrcz.Writer(tmp_path / "a.mrcz", (20, 30), "uint16") as writer:
        workers = [threading.Thread(target=lambda i=i: writer.append(np.full((5, 20, 30), i, "uint16"))) for i in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    found = mrcz.open(tmp_path / "a.mrcz")[:, 0, 0].reshape(8, 5)
    assert sorted(found[:, 0]) == list(range(8)) and (found == found[:, :1]).all()


def test_a_writer_that_failed_finishes_nothing(tmp_path, frames):
    def fails(done, total):
        raise ZeroDivisionError

    for name in ("a.mrc", "a.mrcz"):
        mrcz.write(tmp_path / name, frames)
        writer = mrcz.Writer(tmp_path / name, overwrite=True)
        writer.append(frames[:2])
        with pytest.raises(ZeroDivisionError):
            writer.append(frames, progress=fails)
        with pytest.raises(ValueError, match="failed before"):
            writer.append(frames)
        assert writer.frames_written == 2
        with pytest.raises(ValueError, match="failed before"):
            writer.close()
        assert writer.closed and np.array_equal(mrcz.open(tmp_path / name), frames)
    assert len(list(tmp_path.iterdir())) == 2


def test_an_append_whose_later_pieces_fail_is_not_half_an_append(tmp_path, monkeypatch):
    monkeypatch.setattr("mrcz.pieces._BATCH_BYTES", 2000)
    pixels = np.zeros((6, 20, 30), "uint8")
    pixels[5] = 16
    with pytest.raises(ValueError, match="failed before"):
        with mrcz.Writer(tmp_path / "a.mrc", (20, 60), "uint4") as writer:
            with pytest.raises(ValueError, match="16"):
                writer.append(np.repeat(pixels, 2, 2)[:, ::-1])
    assert list(tmp_path.iterdir()) == []


def test_threads_may_close_while_others_append(tmp_path):
    large = np.random.default_rng(0).poisson(2, (8, 500, 500)).astype("uint16")
    for end in ("close", "discard"):
        for trial in range(6):
            path = tmp_path / f"{end}{trial}.mrcz"
            writer = mrcz.Writer(path, (500, 500), "uint16")
            told = []

            def work():
                try:
                    while True:
                        writer.append(large)
                except ValueError as error:
                    told.append(str(error))

            workers = [threading.Thread(target=work) for _ in range(3)]
            for worker in workers:
                worker.start()
            while writer.frames_written < 8:
                pass
            getattr(writer, end)()
            for worker in workers:
                worker.join()
            assert len(told) == 3 and all("closed" in text for text in told)
            if end == "close":
                found = mrcz.open(path)
                assert len(found) == writer.frames_written and np.array_equal(found[-8:], large)
    assert len(list(tmp_path.iterdir())) == 6


def test_a_callback_cannot_use_its_own_writer(tmp_path, frames):
    told = []
    with mrcz.Writer(tmp_path / "a.mrcz") as writer:
        def callback(done, total):
            for call in (writer.close, writer.discard, lambda: writer.append(frames)):
                with pytest.raises(ValueError, match="in the middle of an append"):
                    call()
            told.append(done)

        writer.append(frames, progress=callback)
        threading.Thread(target=writer.append, args=(frames,), kwargs={"progress": callback}).run()
    assert told and len(mrcz.open(tmp_path / "a.mrcz")) == 12


def test_an_exception_leaves_no_file_and_the_old_one_as_it_was(tmp_path, frames):
    with pytest.raises(ZeroDivisionError):
        with mrcz.Writer(tmp_path / "a.mrcz") as writer:
            writer.append(frames)
            1 / 0
    assert list(tmp_path.iterdir()) == []
    mrcz.write(tmp_path / "a.mrcz", frames)
    before = (tmp_path / "a.mrcz").read_bytes()
    with pytest.raises(ZeroDivisionError):
        with mrcz.Writer(tmp_path / "a.mrcz", overwrite=True) as writer:
            writer.append(frames[::-1])
            1 / 0
    assert (tmp_path / "a.mrcz").read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_an_existing_file_is_replaced_only_when_asked(tmp_path, frames):
    mrcz.write(tmp_path / "a.mrc", frames)
    with pytest.raises(FileExistsError):
        mrcz.write(tmp_path / "a.mrc", frames)
    mrcz.write(tmp_path / "a.mrc", frames[:2], overwrite=True)
    assert len(mrcz.open(tmp_path / "a.mrc")) == 2


def test_the_name_decides_about_compression_unless_the_caller_does(tmp_path, frames):
    for name, options, codec in (("a.mrc", {}, "raw"), ("a.mrcs", {}, "raw"), ("a.map", {}, "raw"), ("a.mrcz", {}, "zstd"),
                                 ("b.mrczs", {}, "zstd"), ("b.mrc", {"codec": "lz4"}, "lz4"), ("c.mrcz", {"codec": "raw"}, "raw")):
        mrcz.write(tmp_path / name, frames, **options)
        assert mrcz.open(tmp_path / name).codec == codec
    with pytest.raises(ValueError, match="no codec named bzip9"):
        mrcz.write(tmp_path / "d.mrcz", frames, codec="bzip9")


def test_coding_options_reach_the_codec(tmp_path, frames):
    sizes = {}
    frames = np.tile(frames, (1, 8, 8))
    for options in ({"filter": "none"}, {"filter": "byteshuffle"}, {"filter": "none", "level": 9}, {"block_size": 4096}):
        path = tmp_path / f"{options}.mrcz"
        mrcz.write(path, frames, **options)
        sizes[str(options)] = path.stat().st_size
        assert np.array_equal(mrcz.open(path), frames)
    assert len(set(sizes.values())) == 4
    with pytest.raises(ValueError, match="filter"):
        mrcz.write(tmp_path / "x.mrcz", frames, filter="zigzag")
    with pytest.raises(ValueError, match="level"):
        mrcz.write(tmp_path / "x.mrcz", frames, level=77)


def test_labels_that_do_not_fit_are_refused(tmp_path, frames):
    fits = "Å" * 40
    mrcz.write(tmp_path / "a.mrc", frames, label=fits)
    assert mrcz.open(tmp_path / "a.mrc").header.label[0] == fits
    for label, told in (("x" * 81, "81 bytes"), ("Å" * 41, "82 bytes"), ("two\nlines", "control character")):
        with pytest.raises(ValueError, match=told):
            mrcz.write(tmp_path / "b.mrc", frames, label=label)
        with pytest.raises(ValueError, match=told):
            mrcz.Writer(tmp_path / "b.mrc", shape=(20, 30), dtype="int16", label=label)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mrc"]


def test_the_microscope_stands_in_the_header(tmp_path, frames):
    with mrcz.Writer(tmp_path / "a.mrc", voxel_size=(1.5, 2.5, 3.5), voltage=300, spherical_aberration=2.7,
                     detector_gain=4, label="made by a test") as writer:
        writer.append(frames)
    stack = mrcz.open(tmp_path / "a.mrc")
    assert stack.voxel_size == (1.5, 2.5, 3.5) and stack.header.label[0] == "made by a test"
    assert (stack.header.voltage, stack.header.gain) == (300, 4)
    assert stack.header.c3 == pytest.approx(2.7)
    with mrcz.Writer(tmp_path / "b.mrcz", like=stack) as writer:
        assert writer.shape == (20, 30) and writer.dtype == np.uint16
        writer.append(frames)
    other = mrcz.open(tmp_path / "b.mrcz")
    assert other.voxel_size == stack.voxel_size and other.header.voltage == 300
    mrcz.write(tmp_path / "c.mrcz", frames, voxel_size=1.06)
    assert mrcz.open(tmp_path / "c.mrcz").voxel_size.z == pytest.approx(1.06)
    with pytest.raises(ValueError, match="voxel_size"):
        mrcz.Writer(tmp_path / "d.mrc", voxel_size=(1, 2))


def test_a_stack_is_copied_with_what_is_known_of_it(tmp_path, projections, projection_pixels):
    mrcz.write(tmp_path / "a.mrcz", projection_pixels, voxel_size=7)
    mrcz.write(tmp_path / "b.mrc", mrcz.open(tmp_path / "a.mrcz"))
    assert np.array_equal(mrcz.open(tmp_path / "b.mrc"), projection_pixels)
    assert mrcz.open(tmp_path / "b.mrc").voxel_size == (7, 7, 7)


def test_volumes_and_stacks_are_told_apart(tmp_path, frames):
    for volume, ispg, mz in ((False, 0, 1), (True, 1, 6), (3, 401, 3)):
        path = tmp_path / f"{volume}.mrc"
        mrcz.write(path, frames, volume=volume)
        header = mrcz.open(path).header
        assert (header.ispg, header.mz) == (ispg, mz)


def test_volumes_are_whole(tmp_path, frames):
    for wrong in (4, -3, 0, 11):
        with pytest.raises(ValueError, match="volume"):
            mrcz.write(tmp_path / "a.mrc", frames, volume=wrong)
    assert list(tmp_path.iterdir()) == []
    with pytest.warns(mrcz.FileWarning, match="6 frames are no whole volumes of 4"):
        mrcz.write(tmp_path / "a.mrc", iter(frames), volume=4)
    assert mrcz.open(tmp_path / "a.mrc").header.ispg == 0
    mrcz.write(tmp_path / "b.mrc", frames.reshape(2, 3, 20, 30), volume=True)
    assert mrcz.open(tmp_path / "b.mrc").volumes.shape == (2, 3, 20, 30)


def test_a_copy_has_everything_but_the_pixels_from_its_source(tmp_path, frames):
    metadata = {"dose": 40, "when": float("inf")}
    for volume in (False, True, 3):
        source = tmp_path / f"{volume}.mrcz"
        mrcz.write(source, frames, voxel_size=(1, 2, 3), metadata=metadata, volume=volume, voltage=300)
        for name, options in (("copy.mrcz", {}), ("copy.mrc", {}), ("lz4.mrcz", {"codec": "lz4"}), ("live.mrcz", {"live": 2})):
            mrcz.write(tmp_path / name, mrcz.open(source), overwrite=True, **options)
            copy = mrcz.open(tmp_path / name)
            assert copy.metadata == metadata and np.array_equal(copy, frames)
            assert copy.volumes.shape == mrcz.open(source).volumes.shape
            assert copy.voxel_size == pytest.approx((1, 2, 3)) and copy.header.voltage == 300
            if name != "copy.mrc":
                assert [step["step"] for step in copy.provenance] == ["write", "write"]
        mrcz.write(source, mrcz.open(source), overwrite=True)
        assert mrcz.open(source).metadata == metadata
    mrcz.write(tmp_path / "other.mrcz", mrcz.open(source), metadata={"mine": 1}, volume=False)
    assert mrcz.open(tmp_path / "other.mrcz").metadata == {"mine": 1} and mrcz.open(tmp_path / "other.mrcz").header.ispg == 0
    with pytest.raises(TypeError, match="like.*Stack"):
        mrcz.Writer(tmp_path / "x.mrc", like=str(source))


def test_corrections_stay_on_record_in_copies(tmp_path, frames):
    mrcz.write(tmp_path / "raw.mrcz", frames)
    corrected = mrcz.open(tmp_path / "raw.mrcz", outliers=True)
    for name in ("corrected.mrcz", "corrected.mrc"):
        mrcz.write(tmp_path / name, corrected)
        copy = mrcz.open(tmp_path / name)
        assert [step["step"] for step in copy.provenance] == ["write", "process", "write"]
        assert copy.provenance[1] == corrected.correction
        with pytest.raises(ValueError, match="corrected already"):
            mrcz.open(tmp_path / name, outliers=True)
        mrcz.write(tmp_path / f"again-{name}", copy)
        with pytest.raises(ValueError, match="corrected already"):
            mrcz.open(tmp_path / f"again-{name}", outliers=True)


def test_labels_and_extended_headers_go_along(tmp_path, projections):
    source = mrcz.open(projections)
    for name in ("a.mrc", "a.mrcz"):
        mrcz.write(tmp_path / name, source)
        copy = mrcz.open(tmp_path / name)
        assert [text for text in copy.header.label if not text.startswith("MRCZ")] == list(source.header.label)
    mrcz.writeMRC(np.zeros((3, 4, 5), "int16"), str(tmp_path / "json.mrcz"), meta={"a": [1, 2]}, compressor="zstd")
    mrcz.write(tmp_path / "copy.mrc", mrcz.open(tmp_path / "json.mrcz"))
    assert mrcz.open(tmp_path / "copy.mrc").metadata == mrcz.open(tmp_path / "json.mrcz").metadata
    data = bytearray((tmp_path / "a.mrc").read_bytes())
    data[92:96] = (768).to_bytes(4, "little")
    data[104:108] = b"FEI1"
    (tmp_path / "fei.mrc").write_bytes(data[:1024] + bytes(range(256)) * 3 + data[1024:])
    source = mrcz.open(tmp_path / "fei.mrc")
    mrcz.write(tmp_path / "fei.mrcz", source)
    copy = mrcz.open(tmp_path / "fei.mrcz")
    assert copy.extended_header.to_bytes() == bytes(range(256)) * 3 and copy.header["EXTTYP"] == "FEI1"


def test_axes_starts_and_voxels_of_a_permuted_map_stay(tmp_path, shared):
    source = mrcz.open(shared / "project-gemmi+gemmi/tests/iota_yzx.ccp4.gz")
    for name in ("a.mrc", "a.mrcz"):
        mrcz.write(tmp_path / name, source)
        copy = mrcz.open(tmp_path / name)
        for field in ("MAPC", "MAPR", "MAPS", "NXSTART", "NYSTART", "NZSTART", "ISPG"):
            assert copy.header[field] == source.header[field], field
        assert copy.voxel_size == pytest.approx(source.voxel_size) and np.array_equal(copy, source)


def test_what_cannot_go_along_is_said(tmp_path, projections, frames):
    mrcz.compress(projections, tmp_path / "a.mrcz")
    with pytest.warns(mrcz.FileWarning, match="ORIG"):
        mrcz.write(tmp_path / "copy.mrcz", mrcz.open(tmp_path / "a.mrcz"))
    with pytest.warns(mrcz.FileWarning, match="no longer restores"):
        with mrcz.Writer.extending(tmp_path / "a.mrcz") as writer:
            writer.append(mrcz.open(projections)[0])


@pytest.mark.parametrize("size", [-1, float("nan"), float("inf"), (1, -1, 1)])
def test_voxels_have_lengths(tmp_path, frames, size):
    with pytest.raises(ValueError, match="no length in Angstrom"):
        mrcz.write(tmp_path / "a.mrc", frames, voxel_size=size)


def test_masked_arrays_are_refused(tmp_path, frames):
    masked = np.ma.masked_greater(frames, 3)
    for data in (masked, list(masked), iter(masked), masked[0]):
        with pytest.raises(ValueError, match="filled"):
            mrcz.write(tmp_path / "a.mrc", data)
        if not hasattr(data, "__next__"):
            with pytest.raises(ValueError, match="filled"):
                mrcz.writeMRC(data, str(tmp_path / "a.mrcz"), compressor="zstd")
    dask = pytest.importorskip("dask.array")
    with pytest.raises(ValueError, match="filled"):
        mrcz.write(tmp_path / "a.mrc", dask.ma.masked_greater(dask.from_array(frames, chunks=(2, 20, 30)), 3))
    mrcz.write(tmp_path / "a.mrc", masked.filled(0))
    assert [file.name for file in tmp_path.iterdir()] == ["a.mrc"]


def test_a_forgotten_writer_says_so(tmp_path, frames):
    writer = mrcz.Writer(tmp_path / "a.mrc")
    writer.append(frames)
    with pytest.warns(ResourceWarning, match="a.mrc.*never closed.*6 frames"):
        del writer
        gc.collect()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.mrc.gz", "a.mrcz.gz", "a.TIF", "a.h5", "a.zarr", "a.npy"])
def test_names_of_other_formats_are_refused(tmp_path, frames, name):
    for options in ({}, {"codec": "lz4"}):
        with pytest.raises(ValueError, match="name says"):
            mrcz.write(tmp_path / name, frames, **options)


def test_what_the_advice_about_uint8_says_works(tmp_path, frames):
    small = frames.astype("uint8").clip(0, 15)
    for data, options in ((small.astype("int8"), {}), (small, {"dtype": "uint4"}), (small.astype("uint16"), {})):
        mrcz.write(tmp_path / "a.mrcz", data, overwrite=True, **options)
        assert np.array_equal(mrcz.open(tmp_path / "a.mrcz"), small)


def test_threads_are_a_whole_number_from_the_start(tmp_path, frames):
    mrcz.write(tmp_path / "a.mrc", frames)
    for wrong, kind in ((0, ValueError), (-2, ValueError), (2.0, TypeError), ("4", TypeError)):
        for call in (lambda t: mrcz.open(tmp_path / "a.mrc", threads=t), lambda t: mrcz.Writer(tmp_path / "b.mrc", threads=t),
                     lambda t: mrcz.Writer.extending(tmp_path / "a.mrc", threads=t), mrcz.set_threads):
            with pytest.raises(kind, match="threads"):
                call(wrong)
    assert np.array_equal(mrcz.open(tmp_path / "a.mrc", threads=np.int64(2)), frames)


def test_system_errors_have_a_number_and_a_name(tmp_path, frames):
    with pytest.raises(OSError) as missing:
        mrcz.open(tmp_path / "missing.mrc")
    mrcz.write(tmp_path / "a.mrc", frames)
    with pytest.raises(OSError) as exists:
        mrcz.write(tmp_path / "a.mrc", frames)
    for raised, number, name in ((missing, errno.ENOENT, "missing.mrc"), (exists, errno.EEXIST, "a.mrc")):
        for error in (raised.value, pickle.loads(pickle.dumps(raised.value))):
            assert error.errno == number and error.filename == str(tmp_path / name)
            assert str(error).startswith(f"{tmp_path / name}: ") and error.strerror


def test_a_full_disk_is_told_as_the_system_tells_it():
    error = mrcz.SystemFailedError(f"cannot write: {os.strerror(errno.ENOSPC)}", "io_failed", "a.mrc")
    assert error.errno == errno.ENOSPC and error.filename == "a.mrc"


def test_a_writer_without_frames(tmp_path):
    with pytest.raises(ValueError, match="nothing is written"):
        with mrcz.Writer(tmp_path / "a.mrc"):
            pass
    assert list(tmp_path.iterdir()) == []
    mrcz.Writer(tmp_path / "b.mrcz", (4, 5), "int16").close()
    assert mrcz.open(tmp_path / "b.mrcz").shape == (0, 4, 5)


def test_a_closed_writer_says_so(tmp_path, frames):
    writer = mrcz.Writer(tmp_path / "a.mrc")
    writer.append(frames)
    writer.close()
    writer.close()
    writer.discard()
    assert writer.closed and len(mrcz.open(tmp_path / "a.mrc")) == 6
    with pytest.raises(ValueError, match="closed"):
        writer.append(frames)


def test_a_finished_file_grows(tmp_path, frames):
    for name, codec in (("a.mrc", "raw"), ("a.mrcz", "zstd"), ("r.mrcz", "rans")):
        mrcz.write(tmp_path / name, frames, metadata={"a": 1}, codec=codec)
        with mrcz.Writer.extending(tmp_path / name) as writer:
            assert writer.shape == (20, 30) and writer.dtype == np.uint16
            writer.append(frames[::-1])
        stack = mrcz.open(tmp_path / name)
        assert np.array_equal(stack, np.concatenate([frames, frames[::-1]])) and stack.metadata == {"a": 1}
        assert stack.codec == codec
    with pytest.raises(FileNotFoundError):
        mrcz.Writer.extending(tmp_path / "missing.mrcz")


def test_4_bit_files_grow(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 16, (4, 5, 7)).astype("uint8")
    mrcz.write(tmp_path / "a.mrcz", pixels[:2], dtype="uint4")
    with mrcz.Writer.extending(tmp_path / "a.mrcz") as writer:
        writer.append(pixels[2:])
    assert np.array_equal(mrcz.open(tmp_path / "a.mrcz"), pixels)


def test_a_live_file_can_be_read_while_it_grows(tmp_path, frames):
    with mrcz.Writer(tmp_path / "a.mrcz", (20, 30), "uint16", live=1) as writer:
        writer.append(frames[:3])
        assert np.array_equal(mrcz.open(tmp_path / "a.mrcz"), frames[:3])
        writer.append(frames[3:])
    assert np.array_equal(mrcz.open(tmp_path / "a.mrcz"), frames)


def test_anything_that_gives_frames_can_be_written(tmp_path, frames):
    h5py = pytest.importorskip("h5py")
    memory = np.memmap(tmp_path / "pixels", "uint16", "w+", shape=frames.shape)
    memory[:] = frames
    with h5py.File(tmp_path / "a.h5", "w") as file:
        dataset = file.create_dataset("frames", data=frames, chunks=(2, 20, 30))
        for name, data in (("list", list(frames)), ("generator", (frame for frame in frames)), ("h5py", dataset),
                           ("memmap", memory), ("blocks", iter([frames[:4], frames[4:]]))):
            mrcz.write(tmp_path / f"{name}.mrcz", data)
            assert np.array_equal(mrcz.open(tmp_path / f"{name}.mrcz"), frames), name
    mrcz.write(tmp_path / "scan.mrcz", frames.reshape(2, 3, 20, 30))
    assert np.array_equal(mrcz.open(tmp_path / "scan.mrcz"), frames)
    mrcz.write(tmp_path / "one.mrcz", frames[0])
    assert np.array_equal(mrcz.open(tmp_path / "one.mrcz"), frames[:1])
    with pytest.raises(TypeError, match="no array and no iterable"):
        mrcz.write(tmp_path / "x.mrcz", 5)


@pytest.mark.parametrize("chunks", [(1, 200, 300), (7, 200, 300), (5, 90, 300), (40, 200, 300)])
def test_a_dask_array_is_written_chunk_by_chunk(tmp_path, chunks, monkeypatch):
    array = pytest.importorskip("dask.array")
    monkeypatch.setattr("mrcz.pieces._BATCH_BYTES", 1_000_000)
    alive, most = weakref.WeakSet(), [0]

    class Chunk(np.ndarray):
        __hash__ = object.__hash__

    def make(block_info=None):
        place = block_info[None]["array-location"]
        pixels = np.fromfunction(lambda z, y, x: z + place[0][0] + y + place[1][0] + 2 * x, block_info[None]["chunk-shape"])
        chunk = pixels.astype("uint16").view(Chunk)
        alive.add(chunk)
        most[0] = max(most[0], len(alive) * chunk.nbytes)
        return chunk

    lazy = array.map_blocks(make, chunks=array.core.normalize_chunks(chunks, (40, 200, 300)), dtype="uint16",
                            meta=np.empty((0, 0, 0), "uint16"))
    told = []
    mrcz.write(tmp_path / "a.mrcz", lazy, progress=lambda done, of: told.append((done, of)))
    expected = np.fromfunction(lambda z, y, x: z + y + 2 * x, (40, 200, 300))
    assert np.array_equal(mrcz.open(tmp_path / "a.mrcz"), expected) and told[-1] == (40, 40)
    chunk_bytes = 2 * np.prod(chunks)
    assert most[0] <= max(1_000_000, chunk_bytes * (3 if chunks[1] < 200 else 1)) + chunk_bytes


def test_a_dask_array_much_larger_than_its_chunks_takes_little_memory(tmp_path):
    array = pytest.importorskip("dask.array")
    lazy = array.zeros((2000, 256, 256), chunks=(50, 256, 256), dtype="uint16")  # 262 MB, 6.5 MB a chunk
    mrcz.write(tmp_path / "warm.mrcz", lazy[:1])
    tracemalloc.start()
    mrcz.write(tmp_path / "a.mrcz", lazy)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * (64 << 20), f"{peak / 1e6:.0f} MB"
    assert len(mrcz.open(tmp_path / "a.mrcz")) == 2000


def test_the_record_tells_of_a_cast_and_a_warning_of_values_it_changed(tmp_path):
    mrcz.write(tmp_path / "f.mrcz", np.array([[[6.04, 7, -2.5]]], "f4"))
    stack = mrcz.open(tmp_path / "f.mrcz")
    with pytest.warns(UserWarning, match="2 of 3 values are not the same as int8: they were float32"):
        mrcz.write(tmp_path / "i.mrcz", stack.astype("i1"))
    found = mrcz.open(tmp_path / "i.mrcz")
    assert found[:].ravel().tolist() == [6, 7, -2]
    step = next(step for step in found.provenance if step["step"] == "convert")
    assert (step["from"], step["to"], step["changed"]) == ("float32", "int8", 2)
    # Twice converted: what became of the pixels of the file.
    with pytest.warns(UserWarning, match="float32"):
        mrcz.write(tmp_path / "j.mrc", stack.astype("i2").astype("f4"))
    found = mrcz.open(tmp_path / "j.mrc")
    assert [step["changed"] for step in found.provenance if step["step"] == "convert"] == [2]
    assert found[:].ravel().tolist() == [6, 7, -2]


def test_a_folder_that_is_not_there_is_told_of_by_the_error_that_python_has_for_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="t.mrcz: there is no folder .*nodir; make it first"):
        mrcz.write(tmp_path / "nodir" / "t.mrcz", np.ones((1, 4, 4), "i1"))


def test_a_plain_file_gets_no_footer_for_a_cast_that_changed_nothing(tmp_path):
    mrcz.write(tmp_path / "f.mrcz", np.ones((1, 4, 4), "i1"))
    mrcz.write(tmp_path / "i.mrc", mrcz.open(tmp_path / "f.mrcz").astype("f4"))
    assert (tmp_path / "i.mrc").stat().st_size == 1024 + 64


def test_what_is_no_pixels_is_told_of_with_what_to_give(tmp_path):
    with pytest.raises(TypeError, match=r"'movie.mrc' is a name, expected pixels: mrcz.open\('movie.mrc'\)"):
        mrcz.write(tmp_path / "t.mrcz", "movie.mrc")
    with pytest.raises(TypeError, match="a dict holds arrays by names, expected one of them"):
        mrcz.write(tmp_path / "t.mrcz", {"frames": np.ones((1, 4, 4), "i1")})
    assert not (tmp_path / "t.mrcz").exists()
