#!/usr/bin/env python3
"""Checks who includes whom: floors, rooms, and the place of every third-party header.

usage: check_layers.py ROOT

A file sees its own room and lower floors. Rooms side by side do not see each other, except that simd may use base.
The apps (cli, the Python package) see include/mrcz and their own folder. A third-party header occurs only in the files named for it.
Prints `file:line: what is wrong`, one a line, and exits 1 when there is any.
"""

import fnmatch
import re
import sys
from pathlib import Path

FLOORS = {
    "base": 0, "simd": 0,
    "io": 1,
    "header": 2, "meta": 2,
    "codec": 3,
    "process": 4, "container": 4, "foreign": 4,
    "jobs": 5,
    "capi": 6,
    "cli": 7, "mrcz": 7,
}  # fmt: skip
NEIGHBOURS_ALLOWED = {("simd", "base")}
# Where the files of an app are included from: cli by name alone, those of the Python package beside each other.
APPS = {"cli": "cli", "mrcz": "mrcz/binding"}

# Public headers belong to the room that implements them, or, for plain data, to the lowest that needs them.
PUBLIC_HEADERS = {
    "error.hpp": "base", "export.h": "base", "float_image.hpp": "base", "frame_format.hpp": "base", "frame_statistics.hpp": "base", "limits.hpp": "base", "pixel_type.hpp": "base",
    "run_context.hpp": "base", "stack_sum.hpp": "base", "thread_executor.hpp": "base", "version.hpp": "base",
    "convert.hpp": "simd",
    "byte_source.hpp": "io",
    "finding.hpp": "header", "header.hpp": "header", "mode0.hpp": "header", "extended_header.hpp": "header",
    "metadata.hpp": "meta", "provenance.hpp": "meta",
    "codec.hpp": "codec",
    "live.hpp": "container", "reader.hpp": "container", "writer.hpp": "container",
    "sum_image.hpp": "process", "outliers.hpp": "process", "gain.hpp": "process", "koma.hpp": "process",
    "correlation.hpp": "process",
    "gain_file.hpp": "foreign",
    "files.hpp": "jobs", "convert_file.hpp": "jobs", "jobs.hpp": "jobs", "process.hpp": "jobs", "reports.hpp": "jobs", "corrected_reader.hpp": "jobs",
    "mrcz.h": "capi", "session.h": "capi",
}  # fmt: skip

# Include pattern to the files that may have it.
THIRD_PARTY = {
    "zstd.h": ["src/io/zstd.cpp", "src/codec/blosc/zstd_backend.cpp", "src/container/section_compression.cpp"],
    "zstd_errors.h": ["src/io/zstd.cpp"],
    "lz4.h": ["src/codec/blosc/lz4_backend.cpp"],
    "lz4hc.h": ["src/codec/blosc/lz4_backend.cpp"],
    "snappy-c.h": ["src/codec/blosc/snappy_backend.cpp"],
    "zlib.h": ["src/io/gzip.cpp", "src/codec/blosc/zlib_backend.cpp"],
    "bzlib.h": ["src/io/bzip2.cpp"],
    "hdf5.h": ["src/foreign/hdf5_session.hpp"],
    "tiffio.h": ["src/foreign/tiff_source.hpp"],
    "rapidjson/*": ["src/meta/*json*"],
    "msgpack.hpp": ["src/meta/msgpack_*"],
    "msgpack/*": ["src/meta/msgpack_*"],
    "xxhash.h": ["src/simd/level/*"],
    "immintrin.h": ["src/simd/level/*"],
    "cpuid.h": ["src/simd/kernels.cpp"],
    "CLI/*": ["cli/*"],
    "fmt/*": ["cli/*"],
    "nanobind/*": ["mrcz/binding/*"],
}

STANDARD = set(
    """algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes
    climits clocale cmath compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint
    cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution filesystem format forward_list fstream
    functional future initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map memory
    memory_resource mutex new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator
    semaphore set shared_mutex source_location span sstream stack stdexcept stop_token streambuf string string_view
    syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility valarray
    variant vector version assert.h ctype.h errno.h float.h inttypes.h limits.h math.h stdarg.h stdbool.h stddef.h
    stdint.h stdio.h stdlib.h string.h""".split()
)
SYSTEM = set("fcntl.h poll.h sched.h signal.h sys/file.h sys/ioctl.h sys/mman.h sys/stat.h sys/types.h sys/uio.h unistd.h".split())

SOURCES = ("*.cpp", "*.hpp", "*.h", "*.inl", "*.in")
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>|(\S+))')


def source_files(root):
    for folder in ("include/mrcz", "src", *APPS):
        for pattern in SOURCES:
            yield from sorted((root / folder).rglob(pattern))


def room_of(path):
    """The room of a path relative to the root, such as src/io/gzip.cpp; None when it has none."""
    parts = path.split("/")
    if parts[0] == "include":
        return PUBLIC_HEADERS.get("/".join(parts[2:]))
    room = parts[1] if parts[0] == "src" else parts[0]
    return room if room in FLOORS else None


def room_of_include(root, path, name):
    """The room that `#include "name"` of the file `path` reaches into, or None when there is no such file."""
    if name.startswith("mrcz/"):
        return PUBLIC_HEADERS.get(name[len("mrcz/") :])
    if (root / "src" / name).is_file():
        return room_of("src/" + name)
    app = path.split("/")[0]
    if app in APPS and (root / APPS[app] / name).is_file():
        return app
    return None


def quoted_problem(root, path, name):
    room, other = room_of(path), room_of_include(root, path, name)
    if other is None and name.startswith("mrcz/"):
        return f'"{name}" is not in the table of public headers'
    if other is None:
        return f'"{name}" is neither ROOM/FILE of src nor a file of the same app'
    if path.startswith("include/") and not name.startswith("mrcz/"):
        return f'"{name}" is internal: public headers include public headers only'
    if room in APPS:
        return None if other == room or name.startswith("mrcz/") else f'"{name}" is internal: {room} uses include/mrcz'
    if other == room or (room, other) in NEIGHBOURS_ALLOWED or FLOORS[other] < FLOORS[room]:
        return None
    direction = "upward" if FLOORS[other] > FLOORS[room] else "sideways"
    return f'{direction}: "{name}" is of {other} (floor {FLOORS[other]}), this file of {room} (floor {FLOORS[room]})'


def angled_problem(path, name):
    if name in STANDARD:
        return None
    if path.startswith("include/"):
        return f"<{name}>: public headers include the standard library and each other only"
    if name in SYSTEM:
        return None
    for pattern, homes in THIRD_PARTY.items():
        if fnmatch.fnmatchcase(name, pattern):
            if any(fnmatch.fnmatchcase(path, home) for home in homes):
                return None
            return f"third-party <{name}> belongs only in {', '.join(homes)}"
    return f"<{name}> is in no table of this check: give it a file"


def line_problem(root, path, line):
    found = INCLUDE.match(line)
    if not found:
        return None
    quoted, angled, macro = found.groups()
    if macro:
        return f"#include {macro}: a macro hides what is included"
    return quoted_problem(root, path, quoted) if quoted else angled_problem(path, angled)


def file_problems(root, file):
    path = file.relative_to(root).as_posix()
    if room_of(path) is None:
        yield f"{path}:1: has no floor: add its {'room' if path.startswith('src/') else 'name'} to the tables"
        return
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        problem = line_problem(root, path, line)
        if problem:
            yield f"{path}:{number}: {problem}"


def main():
    root = Path(sys.argv[1])
    files = list(source_files(root))
    problems = [problem for file in files for problem in file_problems(root, file)]
    for problem in problems:
        print(problem)
    print(f"{len(files)} files, {len(problems)} problems")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main())
