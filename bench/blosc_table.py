#!/usr/bin/env python3
"""The codecs through files, beside python-mrcz and c-blosc: prints the tables of docs/performance.md as Markdown.

usage: blosc_table.py BENCH_FILES SETS [--peer PYTHON] [--folder /dev/shm] [--runs 7] [--only NAME,NAME]

BENCH_FILES  the program bench_files of the preset `bench`
SETS         a folder with NAME.raw and meta.json, as the generator of synthetic sets writes them
--peer       a Python that has python-mrcz with blosc; without it those columns stay empty

Sets run one after another; within a set every measurement is taken in turn, round by round, and medians are printed. The
peer runs before and after ours and the better of its medians counts.
"""
import argparse
import json
import os
import platform
import subprocess
import sys

NAMES = ["dose0.1", "dose0.25", "dose0.5", "dose1", "dose2", "dose4", "int16", "float32", "stem4d"]
HERE = os.path.dirname(os.path.abspath(__file__))


def run_json(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def ours(arguments, name, meta):
    frames, ny, nx = meta["shape"]
    raw = os.path.join(arguments.sets, name + ".raw")
    return run_json([arguments.bench_files, raw, meta["dtype"], str(nx), str(ny), str(frames), arguments.folder,
                     str(arguments.runs)])


def peer(arguments, name, meta, compressor):
    if not arguments.peer:
        return None
    shape = "x".join(str(n) for n in meta["shape"])
    raw = os.path.join(arguments.sets, name + ".raw")
    return run_json([arguments.peer, os.path.join(HERE, "peer_python_mrcz.py"), raw, meta["dtype"], shape, compressor,
                     "--folder", arguments.folder, "--repeats", str(arguments.runs)])


def better(first, second):
    if first is None:
        return None
    return {key: min(first[key], second[key]) if key.endswith("_seconds") else first[key] for key in first}


def measure(arguments, meta):
    results = {}
    for name in NAMES:
        if name not in meta or (arguments.only and name not in arguments.only.split(",")):
            continue
        print("measuring", name, file=sys.stderr)
        before = peer(arguments, name, meta[name], "zstd")
        mine = ours(arguments, name, meta[name])
        after = peer(arguments, name, meta[name], "zstd")
        results[name] = (mine, better(before, after), meta[name])
    return results


def row(cells):
    print("| " + " | ".join(cells) + " |")


def number(value, digits=2):
    return "" if value is None else "%.*f" % (digits, value)


def print_ratios(results):
    print("\n### Ratio\n\nBytes of pixels over bytes of the file, everything included.\n")
    row(["set", "bound", "mrcz zstd", "mrcz lz4", "python-mrcz zstd-1", "c-blosc zstd-1 64 KiB", "c-blosc zstd-1 1 MiB"])
    row(["---"] * 7)
    for name, (mine, other, meta) in results.items():
        size = mine["bytes"]
        peer_ratio = size / other["stored_bytes"] if other else None
        row([name, number(meta["bound"]), "**%s**" % number(size / mine["zstd_bytes"], 3),
             number(size / mine["lz4_bytes"], 3), number(peer_ratio, 3), number(size / mine["blosc_64k_bytes"], 3),
             number(size / mine["blosc_1m_bytes"], 3)])


def print_speeds(results):
    print("\n### Speed, one thread\n\nMB/s of pixels; memory to file and file to memory on tmpfs, hashes and statistics "
          "included; c-blosc in memory, without either.\n")
    row(["set", "write", "python-mrcz", "times", "read", "python-mrcz", "times", "c-blosc 64 KiB in memory",
         "write lz4", "read lz4"])
    row(["---"] * 10)
    for name, (mine, other, _) in results.items():
        rate = lambda seconds: mine["bytes"] / 1e6 / seconds
        write, read = rate(mine["write_zstd_1"]), rate(mine["read_zstd_1"])
        peer_write = rate(other["write_seconds"]) if other else None
        peer_read = rate(other["read_seconds"]) if other else None
        row([name, number(write, 0), number(peer_write, 0), number(write / peer_write if other else None),
             number(read, 0), number(peer_read, 0), number(read / peer_read if other else None),
             "%.0f / %.0f" % (rate(mine["blosc_64k_compress"]), rate(mine["blosc_64k_decompress"])),
             number(rate(mine["write_lz4_1"]), 0), number(rate(mine["read_lz4_1"]), 0)])


def print_reading(results):
    print("\n### Two threads, one frame, opening\n\nTwo threads over one; beside it how far two c-blosc threads that share "
          "nothing get on this machine. Reading one frame from the file over decoding it alone in memory, and over c-blosc "
          "decoding it (1 MiB).\n")
    row(["set", "write", "read", "c-blosc compress", "c-blosc decompress", "one frame / decoding alone",
         "one frame / c-blosc", "open, header and index"])
    row(["---"] * 8)
    for name, (mine, _, meta) in results.items():
        share = lambda one, two: number(mine[one] / mine[two])
        blosc_frame = mine["blosc_1m_decompress"] / meta["shape"][0]
        row([name, share("write_zstd_1", "write_zstd_2"), share("read_zstd_1", "read_zstd_2"),
             share("blosc_1m_compress", "blosc_1m_compress_on_two"),
             share("blosc_1m_decompress", "blosc_1m_decompress_on_two"), share("one_frame_file", "one_frame_decode"),
             number(mine["one_frame_file"] / blosc_frame), "%.0f µs" % (mine["open"] * 1e6)])


def print_rans(results):
    print("\n### The codec rans through files\n\nMB/s of pixels, memory to file and file to memory on tmpfs, with one and two "
          "threads; beside it a copy of the plain file by the kernel, and python-mrcz (zstd 1, one thread).\n")
    print_rans_rows(results)


def print_rans_rows(results):
    row(["set", "ratio", "of the bound", "write, 1 / 2 threads", "python-mrcz", "times", "read, 1 / 2 threads", "python-mrcz",
         "times", "cp", "one frame, 1 / 2 threads", "over decoding it alone"])
    row(["---"] * 12)
    for name, (mine, other, meta) in results.items():
        if not mine["rans_bytes"]:
            continue
        rate = lambda key: mine["bytes"] / 1e6 / mine[key]
        frame = lambda key: rate(key) / meta["shape"][0]
        ratio = mine["bytes"] / mine["rans_bytes"]
        peer_write = mine["bytes"] / 1e6 / other["write_seconds"] if other else None
        peer_read = mine["bytes"] / 1e6 / other["read_seconds"] if other else None
        row([name, number(ratio, 3), "%.1f %%" % (100 * ratio / meta["bound"]),
             "%.0f / %.0f" % (rate("write_rans_1"), rate("write_rans_2")), number(peer_write, 0),
             number(rate("write_rans_1") / peer_write if other else None),
             "%.0f / %.0f" % (rate("read_rans_1"), rate("read_rans_2")), number(peer_read, 0),
             number(rate("read_rans_1") / peer_read if other else None), number(rate("cp"), 0),
             "%.0f / %.0f" % (frame("one_frame_rans_1"), frame("one_frame_rans_2")),
             number(mine["one_frame_rans_1"] / mine["one_frame_rans_decode"])])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench_files")
    parser.add_argument("sets")
    parser.add_argument("--peer")
    parser.add_argument("--folder", default="/dev/shm")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    with open(os.path.join(arguments.sets, "meta.json")) as file:
        meta = json.load(file)
    results = measure(arguments, meta)
    versions = {other["version"] for _, other, _ in results.values() if other}
    print("%s, %d processors; python-mrcz %s" % (platform.machine(), os.cpu_count(), ", ".join(versions) or "not run"))
    print_ratios(results)
    print_speeds(results)
    print_reading(results)
    print_rans(results)


if __name__ == "__main__":
    main()
