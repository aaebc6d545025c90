#!/usr/bin/env python3
"""Everything that is measured of the codec rans on synthetic sets: prints tables as Markdown, or writes them into
docs/performance.md, draws the figure, and tells what misses its aim.

usage: rans_tables.py SETS [--only counting,scans,sizes,files,library,python] [--build build/bench] [--results FILE]
           [--peer PYTHON] [--python PYTHON] [--folder /dev/shm] [--into docs/performance.md] [--figures docs/figures]

SETS       a folder with NAME.raw and meta.json, as the generator of synthetic sets writes them
counting   counts in memory: size beside the bound, speed by instruction set and threads, beside c-blosc in the same run
scans      4D-STEM in memory: speed
sizes      4D-STEM: size of files beside general and image compressors, and the published scheme; needs the packages
           numcodecs and imagecodecs, and lbzip2
files      the command, file to file, beside zstd, python-mrcz and cp of the same bytes
library    memory to file and back through the library, beside python-mrcz: blosc_table.py
python     the Python package beside python-mrcz: python_speed.py

--results  keeps what was measured; parts that `--only` leaves out are taken from it (`--only ""`: all of them)
--peer     a Python that has python-mrcz with blosc; --python: one that the package of the build is for
--figures  draws rans.svg there; needs matplotlib
"""
import argparse
import contextlib
import io
import json
import os
import subprocess
import sys

import blosc_table
import rans_files
import rans_memory
import rans_sizes
from process_speed import put_table

HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARY_SETS = "dose0.1,dose1,dose4,int16,stem4d"


def program(arguments, name):
    return os.path.join(arguments.build, name)


def measure_counting(arguments, meta):
    return rans_memory.measure_doses(program(arguments, "bench/bench_rans"), arguments.sets, meta, arguments.runs)


def measure_scans(arguments, meta):
    return rans_memory.measure_scans(program(arguments, "bench/bench_rans"), arguments.sets, meta, arguments.runs)


def measure_sizes(arguments, meta):
    return rans_sizes.measure(program(arguments, "cli/mrcz"), program(arguments, "bench/bench_rans"), arguments.sets, meta,
                              arguments.folder)


def measure_files(arguments, meta):
    return rans_files.measure(program(arguments, "cli/mrcz"), arguments.peer, arguments.sets, meta, arguments.folder,
                              arguments.runs)


def measure_library(arguments, meta):
    wanted = argparse.Namespace(bench_files=program(arguments, "bench/bench_files"), sets=arguments.sets, peer=arguments.peer,
                                folder=arguments.folder, runs=arguments.runs, only=LIBRARY_SETS)
    return blosc_table.measure(wanted, meta)


def measure_python(arguments, _):
    command = [sys.executable, os.path.join(HERE, "python_speed.py"), arguments.sets, "--build", arguments.build, "--folder",
               arguments.folder, "--rounds", str(arguments.runs)]
    for name in ("python", "peer"):
        command += ["--" + name, getattr(arguments, name)] if getattr(arguments, name) else []
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def printed(function, *values):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        function(*values)
    return out.getvalue().strip().splitlines()


# A part: what measures it, and its lines of Markdown.
PARTS = {
    "counting": (measure_counting, rans_memory.dose_tables),
    "scans": (measure_scans, rans_memory.scan_table),
    "sizes": (measure_sizes, rans_sizes.table),
    "files": (measure_files, rans_files.table),
    "library": (measure_library, lambda results: printed(blosc_table.print_rans_rows, results)),
    "python": (measure_python, lambda printed_there: printed_there.strip().splitlines()),
}


def failures(results):
    found = rans_memory.failures(results.get("counting", []), results.get("scans", []))
    found += rans_sizes.failures(results.get("sizes", {}))
    return found + (rans_files.failures(results["files"]) if "files" in results else [])


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets")
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--build", default=os.path.join(HERE, "..", "build", "bench"))
    parser.add_argument("--results")
    parser.add_argument("--peer")
    parser.add_argument("--python")
    parser.add_argument("--folder", default="/dev/shm")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--into")
    parser.add_argument("--figures")
    arguments = parser.parse_args()
    unknown = set(filter(None, arguments.only.split(","))) - set(PARTS)
    if unknown:
        parser.error("no such part: " + ", ".join(sorted(unknown)))
    return arguments


def main():
    arguments = parse()
    results = {}
    if arguments.results and os.path.exists(arguments.results):
        with open(arguments.results) as file:
            results = json.load(file)
    with open(os.path.join(arguments.sets, "meta.json")) as file:
        meta = json.load(file)
    for name in filter(None, arguments.only.split(",")):
        print("measuring", name, file=sys.stderr)
        results[name] = PARTS[name][0](arguments, meta)
        if arguments.results:
            with open(arguments.results, "w") as file:
                json.dump(results, file, indent=0)
    for name, (_, lines) in PARTS.items():
        if name in results:
            put_table(arguments.into, "rans " + name, [*([] if arguments.into else ["", "### " + name, ""]), *lines(results[name])])
    if arguments.figures:
        import rans_plots
        rans_plots.draw(results, arguments.figures)
    for line in failures(results):
        print("missed:", line, file=sys.stderr)


if __name__ == "__main__":
    main()
