#!/usr/bin/env python3
"""The paper's claim: counts, compressed and corrected as they are loaded, beside the corrected floats, uncompressed.

Makes a movie of 4096 x 4096 counts (one electron a pixel, 0.5 % hot pixels) and a gain reference in FOLDER, lets mrcz compress
the one (with and without its sum) and correct it into plain float32, and has bench_cold_read load all frames as floats, the page
cache emptied of the file or filled with it. Rounds go through all rows in turn; prints a Markdown table of medians.

usage: cold_read.py MRCZ BENCH_COLD_READ FOLDER [--frames 40] [--rounds 5] [--into docs/performance.md]
"""
import argparse
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile

import numpy as np

from process_speed import put_table

SIDE = 4096


def header(mode, frames):
    block = bytearray(1024)
    struct.pack_into("<10i", block, 0, SIDE, SIDE, frames, mode, 0, 0, 0, SIDE, SIDE, 1)
    struct.pack_into("<6f3i", block, 40, SIDE, SIDE, 1, 90, 90, 90, 1, 2, 3)
    block[208:216] = b"MAP DD\0\0"
    return bytes(block)


def make_movie(folder, frames):
    rng = np.random.default_rng(1)
    pool = rng.poisson(1, SIDE * SIDE + (1 << 22)).astype(np.int8)
    hot = np.zeros(SIDE * SIDE, np.int8)
    hot[rng.choice(hot.size, hot.size // 200, replace=False)] = 4
    with open(os.path.join(folder, "counts.mrc"), "wb") as file:
        file.write(header(0, frames))
        for _ in range(frames):
            start = int(rng.integers(1 << 22))
            file.write((pool[start : start + SIDE * SIDE] + hot).tobytes())
    with open(os.path.join(folder, "gain.mrc"), "wb") as file:
        file.write(header(2, 1))
        file.write(rng.normal(1, 0.05, SIDE * SIDE).astype("<f4").tobytes())


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit("%s: %s" % (" ".join(map(str, command)), done.stderr))
    return done.stdout


def file_system(folder):
    return run("findmnt", "-no", "FSTYPE,SOURCE", "-T", folder).split()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mrcz")
    parser.add_argument("bench")
    parser.add_argument("folder")
    parser.add_argument("--frames", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--into")
    options = parser.parse_args()
    kind, device = file_system(options.folder)
    if kind in ("tmpfs", "ramfs"):
        sys.exit("%s is no disk" % options.folder)
    folder = tempfile.mkdtemp(prefix="cold_read.", dir=options.folder)
    try:
        lines = measure(options, folder)
    finally:
        shutil.rmtree(folder)
    lines.append("")
    lines.append("On %s, %s. Medians of %d rounds taken in turn." % (device, kind, options.rounds))
    put_table(options.into, "cold read", lines)


def measure(options, folder):
    make_movie(folder, options.frames)
    at = lambda name: os.path.join(folder, name)
    run(options.mrcz, "compress", "-q", "-k", at("counts.mrc"), "-o", at("counts.mrcz"))
    run(options.mrcz, "compress", "-q", "-k", "--keep-sum", at("counts.mrc"), "-o", at("sum.mrcz"))
    run(options.mrcz, "process", "-q", at("counts.mrcz"), "--gain", at("gain.mrc"), "--outliers", "--dtype", "float32",
        "--plain", "-o", at("corrected.mrc"))
    rows = [
        ("float32, uncompressed, read", "corrected.mrc", []),
        ("counts compressed, corrected on load", "counts.mrcz", [at("gain.mrc")]),
        ("the same, with its sum kept", "sum.mrcz", [at("gain.mrc")]),
    ]
    seconds, cached = {}, {"cold": 0, "warm": 1}
    for _ in range(options.rounds):
        for state in ("cold", "warm"):
            for threads in (1, 2):
                for name, file, gain in rows:
                    took, there = map(float, run(options.bench, state, at(file), threads, *gain).split())
                    seconds.setdefault((name, state, threads), []).append(took)
                    cached[state] = max(cached[state], there) if state == "cold" else min(cached[state], there)
    lines = [
        "| load of %d frames of 4096 x 4096 | MB on disk | cold, 1 thread | cold, 2 threads | warm, 1 thread | warm, 2 threads |"
        % options.frames,
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, file, _ in rows:
        cells = []
        for state in ("cold", "warm"):
            for threads in (1, 2):
                mine = seconds[name, state, threads]
                ratios = [mine[i] / seconds[rows[0][0], state, threads][i] for i in range(options.rounds)]
                cells.append("%.2f s (%.2f)" % (statistics.median(mine), statistics.median(ratios)))
        lines.append("| %s | %.0f | %s |" % (name, os.path.getsize(at(file)) / 1e6, " | ".join(cells)))
    lines += ["", "In brackets the median of the ratios to the first row within a round. Of the file in the page cache before a load: "
              "cold at most %.1f %%, warm at least %.1f %%." % (100 * cached["cold"], 100 * cached["warm"])]
    return lines


if __name__ == "__main__":
    main()
