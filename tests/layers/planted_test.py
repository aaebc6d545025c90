#!/usr/bin/env python3
"""Plants forbidden includes in a copy of the sources: check_layers.py must name each by file and line, and no other.

usage: planted_test.py ROOT
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKER = Path(__file__).with_name("check_layers.py")

PLANTED = [
    ("upward", "src/io/gzip.cpp", '#include "container/footer.hpp"', "upward"),
    ("upward through a public header", "src/codec/raw.cpp", '#include "mrcz/reader.hpp"', "upward"),
    ("sideways", "src/meta/metadata.cpp", '#include "header/modes.hpp"', "sideways"),
    ("base to simd", "src/base/error.cpp", '#include "simd/kernels.hpp"', "sideways"),
    ("stray third-party header", "src/container/footer.cpp", "#include <zstd.h>", "third-party"),
    ("third-party header with odd spacing", "src/jobs/info.cpp", "  #  include <rapidjson/writer.h>", "third-party"),
    ("header no table knows", "src/io/unwrap.cpp", "#include <lzma.h>", "no table"),
    ("cli reaching inside", "cli/cmd_cat.cpp", '#include "base/text.hpp"', "internal"),
    ("third-party header in a public one", "include/mrcz/reader.hpp", "#include <zstd.h>", "public headers"),
    ("internal header in a public one", "include/mrcz/jobs.hpp", '#include "base/text.hpp"', "internal"),
    ("room without a floor", "src/attic/old.cpp", "#include <vector>", "no floor"),
]


def check(root):
    run = subprocess.run([sys.executable, str(CHECKER), str(root)], capture_output=True, text=True, check=False)
    return run.returncode, run.stdout.splitlines()[:-1]


def plant(file, line):
    """Puts `line` before the first include, or into a new file. Returns its number."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    at = next((i for i, text in enumerate(lines) if text.startswith("#include")), len(lines))
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join([*lines[:at], line, *lines[at:]]) + "\n", encoding="utf-8")
    return at + 1


def trial(source, name, path, line, word):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for part in ("src", "cli", "include"):
            shutil.copytree(source / part, root / part)
        before = check(root)[1]
        number = plant(root / path, line)
        code, after = check(root)
    # What was wrong before moved down a line in the planted file at most.
    new = [problem for problem in after if problem.startswith(f"{path}:{number}:")]
    if code == 1 and len(after) == len(before) + 1 and len(new) == 1 and word in new[0]:
        print(f"caught {name}: {new[0]}")
        return True
    print(f"MISSED {name}: exit {code}, expected {path}:{number} and '{word}', found {after}")
    return False


def main():
    source = Path(sys.argv[1])
    caught = [trial(source, *row) for row in PLANTED]
    print(f"{sum(caught)} of {len(caught)} caught")
    return 0 if all(caught) else 1


if __name__ == "__main__":
    sys.exit(main())
