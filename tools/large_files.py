#!/usr/bin/env python3
"""Files beyond 4 GiB and stacks beyond 2^31 pixels through the command: compressed, verified, restored, single frames taken
out, memory held against its bound. Not part of the tests: it needs about 16 GB of disk and some minutes.

usage: large_files.py MRCZ FOLDER [--threads 2]

Two stacks: noise that does not compress (4.4 GB, so that chunk offsets pass 2^32) and a sparse one of more than 2^31 pixels.
"""
import argparse
import hashlib
import os
import random
import struct
import subprocess
import sys
import time

PIECE = 1 << 20


def header(mode, nx, ny, nz):
    bytes_ = bytearray(1024)
    struct.pack_into("<10i", bytes_, 0, nx, ny, nz, mode, 0, 0, 0, nx, ny, 1)
    struct.pack_into("<6f3i", bytes_, 40, nx, ny, 1, 90, 90, 90, 1, 2, 3)
    struct.pack_into("<4f", bytes_, 76, 0, -1, -2, 0)
    struct.pack_into("<i", bytes_, 108, 20141)
    bytes_[208:216] = b"MAP DD\0\0"
    struct.pack_into("<f", bytes_, 216, -1)
    return bytes(bytes_)


def noise(number):
    return random.Random(number).randbytes(PIECE)


def sparse(number):
    """Mostly zeros, with the piece's own number in it."""
    piece = bytearray(PIECE)
    struct.pack_into("<q", piece, (number * 4099 * 8) % (PIECE - 8), number)
    return bytes(piece)


STACKS = [
    ("noise, uint16, 4096 x 4096 x 132", 6, 2, (4096, 4096, 132), noise),
    ("sparse, uint8, 8192 x 8192 x 33", 0, 1, (8192, 8192, 33), sparse),
]


def write_stack(path, mode, pixel_bytes, shape, piece_of):
    total = shape[0] * shape[1] * shape[2] * pixel_bytes
    with open(path, "wb") as file:
        file.write(header(mode, *shape))
        for number in range(total // PIECE):
            file.write(piece_of(number))
    return total


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def run(command):
    """Seconds and peak resident bytes."""
    started = time.monotonic()
    child = subprocess.Popen(command)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit("failed: %s" % " ".join(command))
    return time.monotonic() - started, usage.ru_maxrss * 1024


def check_frame(mrcz, packed, frame, frame_bytes, piece_of):
    out = subprocess.run([mrcz, "cat", "--frames", str(frame), packed], stdout=subprocess.PIPE, check=True).stdout
    pieces = frame_bytes // PIECE
    expected = b"".join(piece_of(number) for number in range(frame * pieces, (frame + 1) * pieces))
    if out[1024:1024 + frame_bytes] != expected:
        sys.exit("frame %d is not what it was" % frame)


def check_stack(mrcz, folder, threads, name, mode, pixel_bytes, shape, piece_of):
    plain, packed, back = (os.path.join(folder, "large" + ending) for ending in (".mrc", ".mrcz", ".restored.mrc"))
    try:
        total = write_stack(plain, mode, pixel_bytes, shape, piece_of)
        frame_bytes = total // shape[2]
        bound = 64e6 + 3 * threads * frame_bytes + 128 * shape[2]
        flags = ["-q", "-f", "-T%d" % threads]
        steps = [("compress", [mrcz, "compress", *flags, plain, "-o", packed]),
                 ("verify", [mrcz, "verify", "-q", "-T%d" % threads, packed]),
                 ("decompress", [mrcz, "decompress", *flags, packed, "-o", back])]
        for step, command in steps:
            seconds, peak = run(command)
            if step == "compress":
                print("%s: %d pixels, %d bytes, compressed %d bytes" %
                      (name, shape[0] * shape[1] * shape[2], total, os.path.getsize(packed)))
            print("  %-10s %6.1f s, %5.0f MB/s, peak %4.0f MB (bound %.0f MB)" %
                  (step, seconds, total / 1e6 / seconds, peak / 1e6, bound / 1e6))
            if peak > bound:
                sys.exit("memory: over the bound")
        if sha256(back) != sha256(plain):
            sys.exit("the restored file differs")
        for frame in (0, shape[2] // 2, shape[2] - 1):
            check_frame(mrcz, packed, frame, frame_bytes, piece_of)
        print("  restored byte for byte; first, middle and last frame right")
    finally:
        for path in (plain, packed, back):
            if os.path.exists(path):
                os.remove(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mrcz")
    parser.add_argument("folder")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    for stack in STACKS:
        check_stack(arguments.mrcz, arguments.folder, arguments.threads, *stack)


if __name__ == "__main__":
    main()
