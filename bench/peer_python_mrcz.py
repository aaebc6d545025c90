"""Times python-mrcz on the pictures of our benchmark and prints one line of JSON.

    PEER/bin/python bench/peer_python_mrcz.py movie.raw uint8 40,7676,7420 zstd --level 1 --threads 4 \\
        --folder /dev/shm --repeats 5

Runs in an environment that has python-mrcz (tests/python/peer_environment.py makes one). The raw file holds the pixels
alone, little-endian, [z][y][x]. Write is writeMRC of an array in memory, read is readMRC into a new array; each repeat
writes a new file and reads it while it is in the page cache, so with a folder in memory no disk is measured. The first
round warms up and is not counted; pixels read back are compared once.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time

import blosc
import mrcz
import numpy

DTYPES = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "complex64")


def load(path, dtype, shape):
    pixels = numpy.fromfile(path, dtype=numpy.dtype(dtype).newbyteorder("<"), count=shape[0] * shape[1] * shape[2])
    pixels = pixels.reshape(shape)
    # python-mrcz refuses uint8, for MRC has no such mode; the same bytes as int8 cost the same.
    return pixels.view("int8") if dtype == "uint8" else pixels


def set_threads(count):
    # readMRC of 0.5 assigns to `blosc.nthreads`, which sets nothing: blosc itself must be told.
    mrcz.setDefaultThreads(count)
    blosc.set_nthreads(count)


def time_write(pixels, path, compressor, level, threads):
    started = time.perf_counter()
    mrcz.writeMRC(pixels, path, compressor=compressor, clevel=level, n_threads=threads)
    return time.perf_counter() - started


def time_read(path, threads):
    set_threads(threads)
    started = time.perf_counter()
    pixels, _ = mrcz.readMRC(path, n_threads=threads)
    return time.perf_counter() - started, pixels


def measure(pixels, arguments):
    compressor = None if arguments.compressor == "none" else arguments.compressor
    writes, reads = [], []
    for round_number in range(arguments.repeats + 1):
        handle, path = tempfile.mkstemp(suffix=".mrcz", dir=arguments.folder)
        os.close(handle)
        os.unlink(path)
        try:
            write_seconds = time_write(pixels, path, compressor, arguments.level, arguments.threads)
            read_seconds, found = time_read(path, arguments.threads)
            stored_bytes = os.path.getsize(path)
        finally:
            if os.path.exists(path):
                os.unlink(path)
        if round_number == 0:
            if not numpy.array_equal(found.view("uint8"), numpy.squeeze(pixels).view("uint8")):
                raise SystemExit("python-mrcz did not give back the pixels it was given")
            continue
        writes.append(write_seconds)
        reads.append(read_seconds)
    return {
        "write_seconds": statistics.median(writes),
        "read_seconds": statistics.median(reads),
        "write_seconds_all": writes,
        "read_seconds_all": reads,
        "stored_bytes": stored_bytes,
    }


def shape_of(text):
    sizes = [int(size) for size in text.replace("x", ",").split(",")]
    if not 2 <= len(sizes) <= 3 or min(sizes) < 1:
        raise argparse.ArgumentTypeError(f"'{text}': expected z,y,x or y,x")
    return tuple([1] * (3 - len(sizes)) + sizes)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raw")
    parser.add_argument("dtype", choices=DTYPES)
    parser.add_argument("shape", type=shape_of, help="z,y,x")
    parser.add_argument("compressor", choices=["zstd", "lz4", "lz4hc", "zlib", "blosclz", "none"])
    parser.add_argument("--level", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--folder", default="/dev/shm")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    if arguments.repeats < 1 or arguments.threads < 1:
        parser.error("repeats and threads begin at 1")
    set_threads(arguments.threads)
    pixels = load(arguments.raw, arguments.dtype, arguments.shape)
    result = {
        "program": "python-mrcz", "version": mrcz.__version__, "blosc": blosc.__version__,
        "numpy": numpy.__version__, "python": sys.version.split()[0], "raw": arguments.raw, "dtype": arguments.dtype,
        "shape": list(arguments.shape), "compressor": arguments.compressor, "level": arguments.level,
        "threads": arguments.threads, "repeats": arguments.repeats, "raw_bytes": pixels.nbytes,
        **measure(pixels, arguments),
    }
    result["write_mb_per_second"] = round(pixels.nbytes / 1e6 / result["write_seconds"], 1)
    result["read_mb_per_second"] = round(pixels.nbytes / 1e6 / result["read_seconds"], 1)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
