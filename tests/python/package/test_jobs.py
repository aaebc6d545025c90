"""Functions from file to file, and how work is stopped."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import mrcz
from mrcz import jobs


def test_a_compressed_file_comes_back_byte_for_byte(tmp_path, projections):
    shutil.copy(projections, tmp_path / "a.mrcs")
    report = mrcz.compress(tmp_path / "a.mrcs")
    assert report["output"] == str(tmp_path / "a.mrczs") and report["frames"] == 40
    assert report["bytes_out"] == (tmp_path / "a.mrczs").stat().st_size
    assert mrcz.verify(tmp_path / "a.mrczs")["original_matched"]
    (tmp_path / "a.mrcs").unlink()
    mrcz.decompress(tmp_path / "a.mrczs")
    assert (tmp_path / "a.mrcs").read_bytes() == projections.read_bytes()
    with pytest.raises(FileExistsError):
        mrcz.decompress(tmp_path / "a.mrczs")
    mrcz.decompress(tmp_path / "a.mrczs", overwrite=True)


def test_some_frames_come_out_and_types_change(tmp_path, projections, projection_pixels):
    mrcz.compress(projections, tmp_path / "a.mrcz", codec="lz4", dtype="float32")
    assert mrcz.open(tmp_path / "a.mrcz").dtype == np.float32
    mrcz.decompress(tmp_path / "a.mrcz", tmp_path / "b.mrc", frames="3:5", dtype=np.uint16)
    assert np.array_equal(mrcz.open(tmp_path / "b.mrc"), projection_pixels[3:5])
    with pytest.raises(ValueError, match="clip"):
        mrcz.compress(projections, tmp_path / "c.mrcz", dtype="int8")
    with pytest.warns(mrcz.FileWarning, match="clipped") as told:
        assert mrcz.compress(projections, tmp_path / "c.mrcz", dtype="int8", clip=True)["clipped"] > 0
    assert told[0].filename == __file__


def test_files_are_appended(tmp_path, projections, projection_pixels):
    mrcz.compress(projections, tmp_path / "a.mrcz")
    with pytest.warns(mrcz.FileWarning, match="ORIG|original|restore"):
        report = mrcz.append([projections, str(projections)], tmp_path / "a.mrcz")
    assert (report["frames_before"], report["frames"]) == (40, 120)
    assert np.array_equal(mrcz.open(tmp_path / "a.mrcz")[80:], projection_pixels)
    assert mrcz.append(projections, tmp_path / "a.mrcz")["frames"] == 160


def test_a_damaged_file_is_repaired(tmp_path, projections, projection_pixels):
    mrcz.compress(projections, tmp_path / "a.mrcz")
    data = (tmp_path / "a.mrcz").read_bytes()
    (tmp_path / "a.mrcz").write_bytes(data[: len(data) // 2])
    with pytest.raises(mrcz.FileDamagedError):
        mrcz.verify(tmp_path / "a.mrcz")
    plan = mrcz.repair(tmp_path / "a.mrcz", dry_run=True)
    report = mrcz.repair(tmp_path / "a.mrcz", tmp_path / "b.mrcz")
    assert report["action"] == plan["action"] == "salvaged" and report["output"] == str(tmp_path / "b.mrcz")
    kept = mrcz.open(tmp_path / "b.mrcz")
    assert 0 < len(kept) < 40 and np.array_equal(kept, projection_pixels[: len(kept)])
    assert mrcz.repair(tmp_path / "b.mrcz")["action"] == "none"


def test_progress_is_told_and_its_exceptions_stop_the_work(tmp_path, projections):
    told = []
    mrcz.compress(projections, tmp_path / "a.mrcz", progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (40, 40) and told == sorted(told)

    def stop(done, of):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        mrcz.compress(projections, tmp_path / "b.mrcz", progress=stop, threads=3)
    assert not (tmp_path / "b.mrcz").exists()


@pytest.mark.parametrize("name", ["a.mrc", "a.mrcs", "a.map", "a.st", "A.MRC", "a.b.rec", "a", "a.mrc.gz", "a.map.bz2"])
def test_files_are_named_as_the_command_names_them(tmp_path, testdata, command, name):
    (tmp_path / "x").mkdir()
    path = tmp_path / "x" / name
    data = (testdata / "input_mrc.mrc").read_bytes()
    if name.endswith((".gz", ".bz2")):
        import bz2
        import gzip

        data = (gzip if name.endswith(".gz") else bz2).compress(data)
    path.write_bytes(data)
    subprocess.run([command, "compress", str(path)], check=True, capture_output=True)
    path.unlink()
    (made,) = os.listdir(tmp_path / "x")
    assert jobs.compressed_name(name) == made
    subprocess.run([command, "decompress", str(tmp_path / "x" / made)], check=True, capture_output=True)
    (restored,) = set(os.listdir(tmp_path / "x")) - {made}
    assert jobs.restored_name(made) == restored


def test_a_name_that_is_no_compressed_files_needs_a_target():
    with pytest.raises(ValueError, match="say how"):
        jobs.restored_name("a.tif")


def test_codecs_are_those_of_the_command(command):
    listed = subprocess.run([command, "codecs", "--json"], check=True, capture_output=True, text=True).stdout
    told = {row["name"]: row["writes"] for row in map(json.loads, listed.splitlines()) if "id" in row}
    assert {row["name"]: row["writes"] for row in mrcz.codecs()} == told


INTERRUPTED = """
import mrcz, os, signal, sys, threading
target = sys.argv[2]
started = threading.Event()
def press():
    started.wait()
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=press, daemon=True).start()
source = mrcz.open(sys.argv[1])
try:
    if sys.argv[3] == "compress":
        mrcz.compress(sys.argv[1], target, level=9, codec="zlib", threads=2, progress=lambda *_: started.set())
    else:
        started.set()
        for _ in range(1000000):
            source.read()
    print("ended")
except KeyboardInterrupt:
    print("interrupted", os.path.exists(target), len(os.listdir(os.path.dirname(target))))
"""


@pytest.mark.parametrize("work", ["compress", "read"])
def test_ctrl_c_stops_work_and_leaves_nothing(tmp_path, work):
    big = tmp_path / "big.mrc"
    mrcz.write(big, np.random.default_rng(0).integers(0, 9, (16, 1024, 1024)).astype("int8"))
    (tmp_path / "out").mkdir()
    done = subprocess.run([sys.executable, "-c", INTERRUPTED, str(big), str(tmp_path / "out" / "a.mrcz"), work],
                          capture_output=True, text=True)
    assert done.stdout.strip() == "interrupted False 0", done.stderr


def test_a_handler_of_a_signal_runs_while_work_goes_on(tmp_path):
    big = tmp_path / "big.mrc"
    mrcz.write(big, np.random.default_rng(0).integers(0, 9, (16, 1024, 1024)).astype("int8"))
    heard, old = [], signal.getsignal(signal.SIGUSR1)
    during = threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: heard.append(time.monotonic()))
    threading.Thread(target=lambda: (during.wait(), os.kill(os.getpid(), signal.SIGUSR1))).start()
    try:
        mrcz.compress(big, tmp_path / "a.mrcz", codec="zlib", level=9, progress=lambda *_: during.set())
        ended = time.monotonic()
    finally:
        signal.signal(signal.SIGUSR1, old)
    assert len(heard) == 1 and heard[0] < ended
    assert mrcz.verify(tmp_path / "a.mrcz")["frames"] == 16


def test_other_threads_run_while_a_file_is_coded(tmp_path, projections):
    counted, over = [0], threading.Event()

    def count():
        while not over.is_set():
            counted[0] += 1

    counter = threading.Thread(target=count)
    counter.start()
    pixels = np.random.default_rng(0).integers(0, 9, (4, 1024, 1024)).astype("int8")
    before = counted[0]
    mrcz.write(tmp_path / "a.mrcz", pixels, codec="zlib", level=9, threads=1)
    mrcz.open(tmp_path / "a.mrcz", threads=1)[:]
    after = counted[0]
    over.set()
    counter.join()
    assert after - before > 10_000, "the interpreter stood still meanwhile"


def test_a_forked_process_has_threads_of_its_own(tmp_path, projections, projection_pixels):
    stack = mrcz.open(projections, threads=3)
    stack[:]
    child = os.fork()
    if child == 0:
        os._exit(0 if np.array_equal(stack[:], projection_pixels) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_auto_takes_codecs_as_fast_as_asked_for(tmp_path, projections):
    speeds = {row["name"]: row["speed"] for row in mrcz.codecs()}
    mrcz.compress(projections, tmp_path / "a.mrczs", codec="auto", min_speed=max(speeds.values()))
    assert speeds[mrcz.open(tmp_path / "a.mrczs").codec] == max(speeds.values())
    with pytest.raises(ValueError, match=r"min_speed=10000: the fastest .*mrcz.codecs\(\)"):
        mrcz.compress(projections, tmp_path / "b.mrczs", codec="auto", min_speed=10000)
    with pytest.raises(ValueError, match="give both"):
        mrcz.compress(projections, tmp_path / "b.mrczs", min_speed=10)


def test_wrong_codecs_and_block_sizes_are_told_of_with_what_there_is(tmp_path, projections):
    with pytest.raises(ValueError, match=r"no codec named foo; see mrcz.codecs\(\)"):
        mrcz.compress(projections, tmp_path / "b.mrczs", codec="foo")
    with pytest.raises(ValueError, match="block_size: 3, expected 0 .* or 4096"):
        mrcz.compress(projections, tmp_path / "b.mrczs", block_size=3)


def test_addresses_are_for_open(tmp_path):
    address = "http://127.0.0.1:1/movie.mrc"
    for job in (lambda: mrcz.compress(address, tmp_path / "a.mrcz"), lambda: mrcz.verify(address),
                lambda: mrcz.readMRC(address)):
        with pytest.raises(FileNotFoundError, match="is an address, and this takes files alone: mrcz.open"):
            job()


def test_advice_is_in_the_words_of_the_package(tmp_path, projections):
    mrcz.compress(projections, tmp_path / "r.mrczs", codec="rans")
    with pytest.raises(mrcz.MrczError, match=r'mrcz.convert\(\).*mrcz.compress\(..., "NEW.mrcz", codec="zstd"\)'):
        mrcz.zarr.link(tmp_path / "r.mrczs", tmp_path / "r.zarr")
