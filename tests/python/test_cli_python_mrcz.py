"""python-mrcz's own tests of the command line pass with our program in the place of c-mrcz's.

Its class PythonToCMrczTests exists only when a program `mrcz` is on PATH, and calls it in the syntax of c-mrcz. Version
0.5.10 has that class, 0.6 dropped it. What it leaves out (it always asks for plain output) is asked here: every codec,
files of both versions.

One of its comparisons no program can pass: it writes C3 = 2.7 as float32, reads it back as a Python float, 2.7000000477,
and asks for equality with 2.7. A program that copies the file fails there as well, which is checked first; then
numbers are compared as the float32 they are stored in, and nothing else of the tests is changed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

import kit
import peer_environment
import plain_mrc
from kit import Checks

CODECS = ("None", "lz4", "lz4hc", "zlib", "zstd")
HAS_CLI_TESTS = "python-mrcz-0.5"
THEIR_TESTS = """
import sys, unittest
import numpy
import mrcz.test_mrcz as tests
if sys.argv[1] == "float32":
    exactly = tests.npt.assert_array_equal
    def as_stored(found, expected):
        numbers = isinstance(expected, float)
        exactly(numpy.float32(found) if numbers else found, numpy.float32(expected) if numbers else expected)
    tests.npt.assert_array_equal = as_stored
suite = unittest.defaultTestLoader.loadTestsFromTestCase(tests.PythonToCMrczTests)
print(suite.countTestCases(), "tests with", tests.cmrczProg)
sys.exit(0 if suite.countTestCases() >= 3 and unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1)
"""


def their_tests(program: Path, folder: Path, comparing: str) -> subprocess.CompletedProcess:
    """The tests write to the folder for temporary files under fixed names, so they get one of their own."""
    bin_folder, temporary = folder / "bin", folder / "tmp"
    bin_folder.mkdir(parents=True)
    temporary.mkdir()
    (bin_folder / "mrcz").symlink_to(program)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment.update(PATH=f"{bin_folder}{os.pathsep}{os.environ['PATH']}", TMPDIR=str(temporary))
    python = peer_environment.find_python(HAS_CLI_TESTS)
    return subprocess.run([str(python), "-W", "ignore", "-c", THEIR_TESTS, comparing], capture_output=True, text=True,
                          timeout=kit.SECONDS_PER_PROGRAM, env=environment, cwd="/")


def run_their_tests(checks: Checks, folder: Path) -> None:
    copier = folder / "copier"
    copier.write_text('#!/bin/sh\ncp "$2" "$4"\n')
    copier.chmod(0o755)
    copied = their_tests(copier, folder / "copied", "exactly")
    checks.expect(copied.returncode != 0 and "2.7" in copied.stderr,
                  "their comparison of C3 can be passed after all: compare exactly")
    ours = their_tests(Path(os.environ["MRCZ"]), folder / "ours", "float32")
    print(ours.stdout, ours.stderr[-3000:])
    checks.expect(str(folder) in ours.stdout, "their tests found another program than ours")
    checks.equal(ours.returncode, 0, "python-mrcz's own tests of the command")


def check_codecs(checks: Checks, peer: str, folder: Path) -> None:
    jobs, results = [], []
    for mode, compressor in product(plain_mrc.PYTHON_MRCZ_MODES, (None, "zstd")):
        stack = plain_mrc.make(mode, (2, 128, 96))
        raw = folder / f"{peer}.{mode.number}.raw"
        raw.write_bytes(stack.pixels)
        theirs = folder / f"{peer}.{mode.number}.{compressor}.mrcz"
        options = {"compressor": compressor, "pixelsize": [1.2, 2.6, 3.4], "voltage": 300.0, "C3": 2.5, "gain": 1.5}
        jobs.append({"do": "write", "path": str(theirs), "raw": str(raw), "dtype": mode.dtype,
                     "shape": list(stack.shape), "options": options})
        results += [(stack, theirs, codec) for codec in CODECS]
    for job, answer in zip(jobs, kit.in_peer(peer, "side_python_mrcz.py", jobs)):
        checks.expect("error" not in answer, f"{peer} writes {job['path']}: {answer.get('error')}")
    reads = []
    for stack, theirs, codec in results:
        ours = theirs.with_suffix(f".{codec}.out")
        kit.mrcz("-i", theirs, "-o", ours, "-c", codec, "-B", "64", "-l", "1")
        reads.append({"do": "read", "path": str(ours), "options": {"slices": 0}})
    for (stack, theirs, codec), found in zip(results, kit.in_peer(peer, "side_python_mrcz.py", reads)):
        what = f"{peer} reads {theirs.name} after mrcz -i ... -c {codec}"
        if not checks.expect("error" not in found, f"{what}: {found.get('error')}"):
            continue
        checks.equal(found["shape"], list(stack.shape), f"{what}: shape")
        checks.equal(found["sha256"], stack.sha256(), f"{what}: pixels")
        checks.equal([found[key] for key in ("voltage", "C3", "gain")], [300, 2.5, 1.5], f"{what}: voltage, C3, gain")
        first = 1 if codec == "None" else 0  # a plain stack has MZ = 1, which python-mrcz does not look at
        checks.close(found["pixelsize"][first:], [1.2, 2.6, 3.4][first:], f"{what}: pixel size")


def main() -> int:
    peers = [name for name in peer_environment.PYTHON_MRCZ if peer_environment.find_python(name)]
    if not peers:
        kit.skip(f"no environment with python-mrcz; {peer_environment.HOW_TO_MAKE}")
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="mrcz-peers-") as name:
        folder = Path(name)
        if HAS_CLI_TESTS in peers:
            run_their_tests(checks, folder)
        for peer in peers:
            check_codecs(checks, peer, folder)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
