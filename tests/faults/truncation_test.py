#!/usr/bin/env python3
"""Cuts a small compressed file at every length: each is refused with exit code 1 and one line, and nothing is written.

usage: truncation_test.py

MRCZ names the program. At each length `verify` and `decompress` run as a user would run them, decompress by turns into
a file and into a pipe.
"""

import concurrent.futures
import os
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

COLUMNS, ROWS, FRAMES = 16, 12, 5
EXTENDED = b"extended header".ljust(64)


def make_source(path):
    """A stack of 16-bit counts with an extended header, some bytes behind its pixels, and metadata to store."""
    chance = random.Random(1)
    counts = [min(65535, int(chance.gauss(400, 20))) for _ in range(COLUMNS * ROWS * FRAMES)]
    header = bytearray(1024)
    struct.pack_into("<4i", header, 0, COLUMNS, ROWS, FRAMES, 6)
    struct.pack_into("<3i", header, 28, COLUMNS, ROWS, 1)
    struct.pack_into("<3i", header, 64, 1, 2, 3)
    struct.pack_into("<i", header, 92, len(EXTENDED))
    struct.pack_into("<i", header, 108, 20141)
    header[208:216] = b"MAP \x44\x44\0\0"
    path.write_bytes(bytes(header) + EXTENDED + struct.pack(f"<{len(counts)}H", *counts) + b"behind")


def make_compressed(folder, codec):
    source, notes, target = folder / "source.mrcs", folder / "notes.json", folder / "whole.mrcz"
    make_source(source)
    notes.write_text('{"sample": "tiny"}', encoding="utf-8")
    command = [os.environ["MRCZ"], "compress", "-qf", "--codec", codec, "--metadata", notes, "-o", target, source]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return target.read_bytes()


def commands(file, output, length):
    mrcz = os.environ["MRCZ"]
    yield [mrcz, "verify", file], None
    if length % 2:
        yield [mrcz, "decompress", file, "-o", output], output
    else:
        yield [mrcz, "decompress", "-c", file], None


def problems_at(folder, whole, length):
    file, output = folder / f"cut{length}.mrcz", folder / f"cut{length}.mrc"
    file.write_bytes(whole[:length])
    problems = []
    for command, target in commands(file, output, length):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        lines = done.stderr.decode("utf-8", "replace").splitlines()
        if done.returncode != 1 or len(lines) != 1 or not lines[0].startswith(f"mrcz: {file}: "):
            problems.append(f"length {length}: {command[1]}: exit code {done.returncode}, said {lines}")
        if target and target.exists():
            problems.append(f"length {length}: {command[1]} left {target.name}")
    file.unlink()
    return problems


def run(codec):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = make_compressed(folder, codec)
        kept = set(folder.iterdir())
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            found = pool.map(lambda length: problems_at(folder, whole, length), range(len(whole)))
            problems = [problem for at_length in found for problem in at_length]
        left = sorted(path.name for path in set(folder.iterdir()) - kept)
    if left:
        problems.append(f"left behind: {left[:5]}")
    for problem in problems[:20]:
        print(problem)
    print(f"{codec}: {len(whole)} lengths, {len(problems)} problems")
    return not problems


if __name__ == "__main__":
    sys.exit(0 if all([run("zstd"), run("zlib")]) else 1)
