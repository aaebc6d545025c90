#!/usr/bin/env python3
"""Peak resident memory of the command beside its bound, 64 MB + 3 frames a thread + 128 bytes a frame of the stack;
of `process --outliers`, whatever the number of threads, 400 MB for frames of 4096 x 4096 bytes.

usage: memory_table.py MRCZ [--folder /dev/shm]      prints a Markdown table; exits 1 when a bound does not hold
"""
import argparse
import os
import random
import struct
import subprocess
import sys

# name, MODE, bytes of a pixel, nx, ny, nz
STACKS = [
    ("movie 4096 x 4096 x 12, int8", 0, 1, 4096, 4096, 12),
    ("movie 8192 x 8192 x 5, float32", 2, 4, 8192, 8192, 5),
    ("scan 64 x 64 x 100000, uint16", 6, 2, 64, 64, 100000),
]


def write_stack(path, mode, pixel_bytes, nx, ny, nz):
    header = bytearray(1024)
    struct.pack_into("<10i", header, 0, nx, ny, nz, mode, 0, 0, 0, nx, ny, 1)
    struct.pack_into("<6f3i", header, 40, nx, ny, 1, 90, 90, 90, 1, 2, 3)
    struct.pack_into("<4f", header, 76, 0, -1, -2, 0)
    header[208:216] = b"MAP DD\0\0"
    struct.pack_into("<f", header, 216, -1)
    noise = random.Random(1).randbytes(1 << 20)  # incompressible: chunks are as large as frames
    left = nx * ny * pixel_bytes * nz
    # Small pieces: what this process holds counts as its children's peak, too.
    with open(path, "wb") as file:
        file.write(header)
        while left > 0:
            left -= file.write(noise[:left])


def peak_bytes(command):
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit("failed: %s" % " ".join(command))
    return usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mrcz")
    parser.add_argument("--folder", default="/dev/shm")
    arguments = parser.parse_args()
    plain = os.path.join(arguments.folder, "memory_table.mrc")
    packed = os.path.join(arguments.folder, "memory_table.mrcz")
    restored = os.path.join(arguments.folder, "memory_table_restored.mrc")
    exceeded = 0
    corrected = []
    print("| stack of noise | threads | compress | decompress | verify | bound |\n|---|---|---|---|---|---|")
    try:
        for name, mode, pixel_bytes, nx, ny, nz in STACKS:
            write_stack(plain, mode, pixel_bytes, nx, ny, nz)
            for threads in (1, 2):
                bound = 64e6 + 3 * threads * nx * ny * pixel_bytes + 128 * nz
                flags = ["-q", "-f", "-T%d" % threads]
                peaks = [
                    peak_bytes([arguments.mrcz, "compress", *flags, plain, "-o", packed]),
                    peak_bytes([arguments.mrcz, "decompress", *flags, packed, "-o", restored]),
                    peak_bytes([arguments.mrcz, "verify", "-q", "-T%d" % threads, packed]),
                ]
                exceeded += sum(peak > bound for peak in peaks)
                cells = ["%.0f MB" % (peak / 1e6) for peak in peaks]
                print("| %s | %d | %s | %.0f MB |" % (name, threads, " | ".join(cells), bound / 1e6))
            if (mode, nx, ny) == (0, 4096, 4096):
                for source, threads in [(plain, 2), (plain, 16), (packed, 2), (packed, 16)]:
                    flags = ["-qq", "-f", "-T%d" % threads, "--outliers"]
                    peak = peak_bytes([arguments.mrcz, "process", *flags, source, "-o", restored])
                    exceeded += peak > 400e6
                    kind = "compressed" if source == packed else "plain"
                    corrected.append("| %s, %s | %d | %.0f MB | 400 MB |" % (name, kind, threads, peak / 1e6))
    finally:
        for path in (plain, packed, restored):
            if os.path.exists(path):
                os.remove(path)
    print("\n| corrected movie | threads | process | bound |\n|---|---|---|---|\n%s" % "\n".join(corrected))
    sys.exit(1 if exceeded else 0)


if __name__ == "__main__":
    main()
