#!/usr/bin/env python3
"""The command beside general compressors, 4-bit packing and JPEG 2000, file to file: McLeod et al. 2018, table 1. Prints
Markdown.

usage: external_tools.py MRCZ SETS [--set dose1] [--frames 4] [--folder /dev/shm] [--runs 3]

Takes what is installed of pigz, lbzip2, xz and opj_compress (Debian: libopenjp2-tools); all use every core but those that
cannot. Rounds go through all tools in turn; medians are printed. Every tool's output is unpacked and compared once.
"""
import argparse
import json
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

MODES = {"uint8": 0, "int8": 0, "int16": 1, "float32": 2, "uint16": 6}
BYTES = {"uint8": 1, "int8": 1, "int16": 2, "float32": 4, "uint16": 2}


def write_mrc(raw, dtype, shape, path):
    frames, ny, nx = shape
    header = bytearray(1024)
    struct.pack_into("<10i", header, 0, nx, ny, frames, MODES[dtype], 0, 0, 0, nx, ny, 1)
    struct.pack_into("<6f3i", header, 40, nx, ny, 1, 90, 90, 90, 1, 2, 3)
    struct.pack_into("<4f", header, 76, 0, -1, -2, 0)
    struct.pack_into("<i", header, 108, 20141)
    header[208:216] = b"MAP DD\0\0"
    struct.pack_into("<f", header, 216, -1)
    with open(raw, "rb") as pixels, open(path, "wb") as file:
        file.write(header)
        for _ in range(frames):
            file.write(pixels.read(nx * ny * BYTES[dtype]))


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Tool:
    def __init__(self, name, pack, unpack, exact=True):
        self.name, self.pack, self.unpack, self.exact = name, pack, unpack, exact
        self.packing, self.unpacking, self.bytes = [], [], 0


def shell_tool(name, pack, unpack):
    """`pack` and `unpack` are filters."""
    return Tool(name, lambda source, target: run("sh", "-c", "%s < %s > %s" % (pack, source, target)),
                lambda source, target: run("sh", "-c", "%s < %s > %s" % (unpack, source, target)))


def mrcz_tool(mrcz, name, *flags):
    threads = [flag for flag in flags if flag.startswith("-T")]
    return Tool(name, lambda source, target: run(mrcz, "compress", "-qf", *flags, source, "-o", target),
                lambda source, target: run(mrcz, "decompress", "-qf", *threads, source, "-o", target))


def four_bit_tool(mrcz):
    return Tool("4-bit packing (mode 101), 1 thread",
                lambda source, target: run(mrcz, "decompress", "-qf", "-T1", "--dtype", "uint4", "--clip", source, "-o",
                                           target),
                lambda source, target: run(mrcz, "decompress", "-qf", "-T1", "--dtype", "int8", source, "-o", target),
                exact=False)


class Jpeg2000:
    """One code stream a frame; reads and writes PGM, whose making is not timed."""

    def __init__(self, raw, shape, folder):
        self.names = []
        frames, ny, nx = shape
        with open(raw, "rb") as pixels:
            for number in range(frames):
                name = os.path.join(folder, "frame%d" % number)
                with open(name + ".pgm", "wb") as file:
                    file.write(b"P5\n%d %d\n255\n" % (nx, ny) + pixels.read(nx * ny))
                self.names.append(name)

    def pack(self, _, target):
        for name in self.names:
            run("opj_compress", "-i", name + ".pgm", "-o", name + ".j2k")
        size = sum(os.path.getsize(name + ".j2k") for name in self.names)
        with open(target, "wb") as file:
            file.truncate(size)

    def unpack(self, source, target):
        for name in self.names:
            run("opj_decompress", "-i", name + ".j2k", "-o", name + ".back.pgm")

    def tool(self):
        return Tool("JPEG 2000 lossless (OpenJPEG), 1 thread", self.pack, self.unpack, exact=False)


def tools(arguments, raw, dtype, shape, folder):
    cores = os.cpu_count()
    found = [Tool("cp", lambda source, target: run("cp", source, target), lambda source, target: run("cp", source, target)),
             mrcz_tool(arguments.mrcz, "mrcz lz4, 1 thread", "-T1", "--codec", "lz4"),
             mrcz_tool(arguments.mrcz, "mrcz lz4, %d threads" % cores, "-T%d" % cores, "--codec", "lz4"),
             mrcz_tool(arguments.mrcz, "mrcz zstd, 1 thread", "-T1"),
             mrcz_tool(arguments.mrcz, "mrcz zstd, %d threads" % cores, "-T%d" % cores),
             mrcz_tool(arguments.mrcz, "mrcz zstd -9, %d threads" % cores, "-T%d" % cores, "-9"),
             mrcz_tool(arguments.mrcz, "mrcz rans, 1 thread", "-T1", "--codec", "rans"),
             mrcz_tool(arguments.mrcz, "mrcz rans, %d threads" % cores, "-T%d" % cores, "--codec", "rans")]
    found.append(four_bit_tool(arguments.mrcz))
    for name, pack, unpack in (("pigz", "pigz -p%d" % cores, "pigz -dp%d" % cores),
                               ("lbzip2", "lbzip2 -n%d" % cores, "lbzip2 -dn%d" % cores),
                               ("xz -6", "xz -6 -T%d" % cores, "xz -dT%d" % cores),
                               ("zstd -3", "zstd -3 -T%d" % cores, "zstd -d")):
        if shutil.which(name.split()[0]):
            found.append(shell_tool("%s, %d threads" % (name, cores), pack, unpack))
    if shutil.which("opj_compress") and BYTES[dtype] == 1:
        found.append(Jpeg2000(raw, shape, folder).tool())
    return found


def seconds(work, *paths):
    started = time.perf_counter()
    work(*paths)
    return time.perf_counter() - started


def measure(found, source, folder, runs):
    packed, back = os.path.join(folder, "packed"), os.path.join(folder, "back")
    with open(source, "rb") as file:
        original = file.read()
    for number in range(runs + 1):
        for tool in found:
            for path in (packed, back):
                if os.path.exists(path):
                    os.remove(path)
            times = seconds(tool.pack, source, packed), seconds(tool.unpack, packed, back)
            tool.bytes = os.path.getsize(packed)
            if number > 0:
                tool.packing.append(times[0])
                tool.unpacking.append(times[1])
            elif tool.exact:
                with open(back, "rb") as file:
                    if file.read() != original:
                        sys.exit("%s did not give back what it was given" % tool.name)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mrcz")
    parser.add_argument("sets")
    parser.add_argument("--set", default="dose1")
    parser.add_argument("--frames", type=int, default=4)
    parser.add_argument("--folder", default="/dev/shm")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    with open(os.path.join(arguments.sets, "meta.json")) as file:
        meta = json.load(file)[arguments.set]
    raw = os.path.join(arguments.sets, arguments.set + ".raw")
    shape = [min(arguments.frames, meta["shape"][0])] + meta["shape"][1:]
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        source = os.path.join(folder, "movie.mrc")
        write_mrc(raw, meta["dtype"], shape, source)
        size = os.path.getsize(source)
        found = tools(arguments, raw, meta["dtype"], shape, folder)
        measure(found, source, folder, arguments.runs)
    print("%s: %d frames of %d x %d %s, %.0f MB, on %s\n" % (arguments.set, *shape, meta["dtype"], size / 1e6,
                                                             arguments.folder))
    print("| tool | ratio | compress, s | MB/s | decompress, s | MB/s |\n| --- | --- | --- | --- | --- | --- |")
    for tool in found:
        times = statistics.median(tool.packing), statistics.median(tool.unpacking)
        print("| %s | %.3f | %.3f | %.0f | %.3f | %.0f |" % (tool.name, size / tool.bytes, times[0], size / 1e6 / times[0],
                                                           times[1], size / 1e6 / times[1]))


if __name__ == "__main__":
    main()
