"""Types of the package, as its users' checker sees them; runs in the environment `typing`."""

import os
import subprocess
import sys

import pytest

PROGRAM = '''
import io
from pathlib import Path
from typing import Any

import numpy as np

import mrcz

stack: mrcz.Stack = mrcz.open(Path("a.mrcz"), threads=4)
mrcz.open(io.BytesIO(b""))
shape: tuple[int, ...] = stack.shape
nx: Any = stack.header["NX"]
x: float = stack.voxel_size.x
mean: float = stack.stats.mean
frame: np.ndarray[Any, Any] = stack[0]
with mrcz.Writer("b.mrcz", shape=(3, 4), dtype="uint16", voxel_size=1.5, metadata={"a": [1]}) as writer:
    writer.append(np.zeros((3, 4), "uint16"))
    frames: int = writer.frames_written
mrcz.write("c.mrc", [np.zeros((3, 4), "int8")], codec="lz4", level=3)
report: dict[str, Any] = mrcz.compress("c.mrc", progress=lambda done, of: print(done, of))
try:
    mrcz.verify("b.mrcz")
except mrcz.MrczError as error:
    code: str = error.code
movie: mrcz.CorrectedStack = mrcz.correct("a.mrcz", gain="gain.mrc", gain_orient=(1, 2), outliers=True, dtype="int16")
mask: np.ndarray[Any, Any] = movie.outliers.mask
reports: list[dict[str, Any]] = mrcz.process(["a.mrcz"], "corrected", outliers="paper", koma=25)
mrcz.set_threads(None)
version: str = mrcz.__version__
'''
WRONG = '''
import mrcz

mrcz.open("a.mrcz", threads="four")
mrcz.no_such_name
stack = mrcz.open("a.mrcz")
stack.codec + 1
'''


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the checker says, line by line; it is started once."""
    folder = tmp_path_factory.mktemp("programs")
    (folder / "right.py").write_text(PROGRAM)
    (folder / "wrong.py").write_text(WRONG)
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--cache-dir=cache",
                           "right.py", "wrong.py"], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, "MYPYPATH": os.environ["PYTHONPATH"]})
    return done.stdout.splitlines()


def test_a_program_that_is_right_is_found_right(told):
    assert [line for line in told if line.startswith("right.py")] == []


def test_mistakes_are_found(told):
    found = [int(line.split(":")[1]) for line in told if line.startswith("wrong.py")]
    assert found == [4, 5, 7], told
