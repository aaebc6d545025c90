#!/usr/bin/env python3
"""Times the Python package beside its peers, in pairs, and prints a table of medians.

    bench/python_speed.py SETS [--build build/bench] [--python build/venvs/package/bin/python]
        [--peer build/venvs/python-mrcz/bin/python] [--folder /dev/shm] [--rounds 7] [--json FILE]

The build is of the preset `bench` with MRCZ_BUILD_PYTHON.

SETS holds NAME.raw and meta.json, as the generator of synthetic sets writes them. Each side is a program of its own that
waits for orders (both packages are named mrcz); a round gives the same order to one side after the other, so that what
else the machine does meets both. The first round warms up. Files lie in the folder, in memory by default.

Rows are in ROWS: a name, what the peer is told and what ours is told; a ratio is their median over rounds.

A second table holds what the package costs beside what it stands on: importing it beside importing NumPy, and one frame of
a file (opened, decoded into a new array) beside its decoding alone, by a program in C++ (bench_frame_decode), from memory into
memory that is at hand.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Row:
    name: str
    least_ratio: float  # what is aimed at: seconds of the peer over ours
    order: dict


ROWS = [
    Row(f"{verb} zstd-1, {threads} thread{'s' * (threads > 1)}", least, {"do": verb, "threads": threads})
    for threads in (1, 2)
    for verb, least in (("writeMRC", 1.3), ("readMRC", 1.6))
] + [
    Row(f"{ours}, {threads} thread{'s' * (threads > 1)}, beside {verb} zstd-1", 3, {"do": verb, "ours": ours, "threads": threads})
    for threads in (1, 2)
    for verb, ours in (("writeMRC", 'mrcz.write(codec="rans")'), ("readMRC", "mrcz.open(p)[:] of it"))
]


class Side:
    """A program that has one of the packages, and the pixels in memory."""

    def __init__(self, python: Path, package: Path | None, arguments: argparse.Namespace, name: str) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        if package is not None:
            environment["PYTHONPATH"] = str(package.resolve())
        command = [str(python), "-W", "ignore", __file__, "--side", name, str(arguments.sets), "--set", arguments.set,
                   "--folder", str(arguments.folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                         env=environment, cwd="/")
        self.version = json.loads(self._process.stdout.readline())["version"]

    def seconds(self, order: dict) -> tuple[float, float]:
        """Of the clock and of all processors."""
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["wall"], answer["cpu"]

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()


def run_side(arguments: argparse.Namespace) -> None:
    """Obeys orders on standard input."""
    import mrcz
    import numpy

    described = json.loads((arguments.sets / "meta.json").read_text())[arguments.set]
    pixels = numpy.fromfile(arguments.sets / f"{arguments.set}.raw", described["dtype"]).reshape(described["shape"])
    if pixels.dtype == numpy.uint8:
        pixels = pixels.view(numpy.int8)  # MRC has no mode for uint8; the same bytes cost the same
    path = str(arguments.folder / f"speed.{arguments.side}.{os.getpid()}.mrcz")
    print(json.dumps({"version": mrcz.__version__}), flush=True)
    try:
        for line in sys.stdin:
            order = json.loads(line)
            wall, cpu = time.perf_counter(), time.process_time()
            found = None
            if arguments.side == "ours" and "ours" in order:
                found = do_rans(order, path, pixels)
            elif order["do"] == "writeMRC":
                mrcz.writeMRC(pixels, path, compressor="zstd", clevel=1, n_threads=order["threads"])
            else:
                found = mrcz.readMRC(path, n_threads=order["threads"])[0]
            answer = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
            if found is not None and order.get("check") and not numpy.array_equal(found, pixels):
                raise SystemExit("other pixels than were written")
            print(json.dumps(answer), flush=True)
    finally:
        if os.path.exists(path):
            os.unlink(path)


def do_rans(order: dict, path: str, pixels):
    import mrcz

    if order["do"] == "readMRC":
        return mrcz.open(path, threads=order["threads"])[:]
    mrcz.write(path, pixels, codec="rans", overwrite=True, threads=order["threads"])
    return None


def measure(arguments: argparse.Namespace) -> list[dict]:
    ours = Side(arguments.python, arguments.package, arguments, "ours")
    peer = Side(arguments.peer, None, arguments, "peer")
    results = []
    for row in ROWS:
        pairs = []
        for round_number in range(arguments.rounds + 1):
            order = {**row.order, "check": round_number == 0}
            pair = (peer.seconds(order), ours.seconds(order))
            if round_number > 0:
                pairs.append(pair)
        wall = [(theirs[0], mine[0]) for theirs, mine in pairs]
        cpu = [(theirs[1], mine[1]) for theirs, mine in pairs]
        results.append({
            "row": row.name, "aim": row.least_ratio,
            "peer_seconds": statistics.median(theirs for theirs, _ in wall),
            "our_seconds": statistics.median(mine for _, mine in wall),
            "ratio": statistics.median(theirs / mine for theirs, mine in wall),
            "cpu_ratio": statistics.median(theirs / mine for theirs, mine in cpu),
        })
        print(".", end="", file=sys.stderr, flush=True)
    print(f"\npython-mrcz {peer.version}, ours {ours.version}", file=sys.stderr)
    ours.close()
    peer.close()
    return results


def with_package(arguments: argparse.Namespace) -> dict[str, str]:
    """Compiled modules are kept, as they are where the package is installed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PYTHONPATH": str(arguments.package.resolve())}


def import_seconds(arguments: argparse.Namespace, line: str) -> float:
    program = f"import time; start = time.perf_counter(); {line}; print(time.perf_counter() - start)"
    environment = with_package(arguments)
    done = subprocess.run([str(arguments.python), "-c", program], env=environment, cwd="/", capture_output=True, text=True,
                          check=True)
    return float(done.stdout)


FRAME_PROGRAM = """
import json, subprocess, sys, time
import numpy as np
import mrcz
raw, path, rounds, described, codec, decoder = sys.argv[1], sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]), *sys.argv[5:]
frames = np.memmap(raw, described["dtype"], "r").reshape(described["shape"])
mrcz.write(path, frames.view("int8") if frames.dtype == np.uint8 else frames, codec=codec, overwrite=True)
beside = subprocess.Popen([decoder, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
def decoded_alone(k):
    beside.stdin.write(f"{k}\\n")
    beside.stdin.flush()
    return float(beside.stdout.readline())
def opened_and_read(k):
    start = time.perf_counter()
    found = mrcz.open(path, threads=1)[k]
    took = time.perf_counter() - start
    assert np.array_equal(found.view("u1"), frames[k].view("u1"))
    return took
pairs = []
for turn in range(rounds + 1):
    k = turn % len(frames)
    # Each twice: a program that has just slept is slow, whatever it does.
    pairs.append(((decoded_alone(k), decoded_alone(k))[1], (opened_and_read(k), opened_and_read(k))[1]))
beside.stdin.close()
beside.wait()
print(json.dumps(pairs[1:]))
"""


def frame_pairs(arguments: argparse.Namespace, codec: str) -> list[tuple[float, float]]:
    described = json.loads((arguments.sets / "meta.json").read_text())[arguments.set]
    path = arguments.folder / f"speed.frame.{os.getpid()}.mrcz"
    command = [str(arguments.python), "-c", FRAME_PROGRAM, str(arguments.sets / f"{arguments.set}.raw"), str(path),
               str(4 * arguments.rounds), json.dumps(described), codec, str(arguments.build / "bench/bench_frame_decode")]
    try:
        done = subprocess.run(command, env=with_package(arguments), cwd="/", check=True, stdout=subprocess.PIPE, text=True)
    finally:
        path.unlink(missing_ok=True)
    return json.loads(done.stdout)


def measure_costs(arguments: argparse.Namespace) -> list[tuple[str, list[tuple[float, float]], float]]:
    """Of each row what it stands on and what it takes itself, in seconds."""
    rounds = range(2 * arguments.rounds + 1)
    numpy, package = "import numpy", "import mrcz"
    ready = f"{package}; mrcz.open; mrcz.Writer; mrcz.readMRC"
    rows = [(f"`{line}` beside `{numpy}`", [(import_seconds(arguments, numpy), import_seconds(arguments, line))
                                           for _ in rounds][1:], 1.3) for line in (package, ready)]
    frames = [(f"`mrcz.open(p)[k]` of {codec} beside decoding in memory, in C++", frame_pairs(arguments, codec), 1.3)
              for codec in ("zstd", "rans")]
    return rows + frames


def print_costs(arguments: argparse.Namespace) -> None:
    print("| | beside s | mrcz s | times | at most |")
    print("| --- | --- | --- | --- | --- |")
    for name, pairs, most in measure_costs(arguments):
        beside, mine = (statistics.median(column) for column in zip(*pairs))
        print(f"| {name} | {beside:.4f} | {mine:.4f} | {statistics.median(m / b for b, m in pairs):.2f} | {most} |")


def main() -> None:
    venvs = Path(os.environ.get("MRCZ_VENVS") or PROJECT / "build" / "venvs")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--set", default="dose1")
    parser.add_argument("--build", type=Path, default=PROJECT / "build/bench")
    parser.add_argument("--python", type=Path, default=venvs / "package/bin/python")
    parser.add_argument("--peer", type=Path, default=venvs / "python-mrcz/bin/python")
    parser.add_argument("--folder", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--costs", action="store_true", help="only what the package costs, without the peer")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.sets, arguments.build = arguments.sets.resolve(), arguments.build.resolve()
    arguments.package = arguments.build / "python"
    if arguments.side:
        run_side(arguments)
        return
    print_costs(arguments)
    if arguments.costs:
        return
    print()
    results = measure(arguments)
    print(f"| {arguments.set} | python-mrcz s | mrcz s | times | times, processor | aim |")
    print("| --- | --- | --- | --- | --- | --- |")
    for result in results:
        print(f"| {result['row']} | {result['peer_seconds']:.3f} | {result['our_seconds']:.3f} | {result['ratio']:.2f} | "
              f"{result['cpu_ratio']:.2f} | {result['aim']} |")
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
