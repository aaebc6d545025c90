"""What the package says of itself is true: examples in docstrings and in README.md run."""

import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mrcz

PROJECT = Path(__file__).parents[3]


def modules():
    yield "mrcz"
    for module in pkgutil.walk_packages(mrcz.__path__, "mrcz."):
        if not module.name.startswith("mrcz._core"):
            yield module.name


@pytest.fixture
def words(tmp_path, projections):
    """What examples may take for granted: a file of 40 frames, and a folder to write to."""
    return {"mrcz": mrcz, "np": np, "example": projections, "folder": tmp_path}


@pytest.mark.parametrize("name", list(modules()))
def test_examples_in_docstrings_are_true(name, words):
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    runner = doctest.DocTestRunner(optionflags=flags)
    module = importlib.import_module(name)
    for case in doctest.DocTestFinder(exclude_empty=True).find(module, name, extraglobs=words):
        runner.run(case)
    assert runner.failures == 0


@pytest.mark.parametrize("name", ["README.md", "docs/python.md"])
def test_python_lines_of_the_manual_run(name, words, monkeypatch):
    monkeypatch.chdir(words["folder"])
    mrcz.compress(words["example"], "movie.mrcz")
    mrcz.decompress("movie.mrcz", "movie.mrc")
    text = (PROJECT / name).read_text()
    blocks = re.findall(r"```python\n(.*?)```", text, re.S)
    assert blocks, "no Python in it"
    variables = {}
    for block in blocks:
        exec(compile(block, name, "exec"), variables)


def test_importing_the_package_alone_loads_nothing_heavy():
    program = "import sys, mrcz; print([name for name in ('numpy', 'mrcz._core', 'dask', 'fsspec') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_checkers_of_types_are_told_of_every_name():
    told = re.findall(r"(\w+) as \1\b", (PROJECT / "mrcz" / "__init__.pyi").read_text())
    assert sorted(told) == sorted([*mrcz._HOMES, *mrcz._MODULES])


def test_every_public_name_is_there_and_explained():
    for name in (*mrcz.__all__, "open"):
        thing = getattr(mrcz, name)
        assert name in dir(mrcz)
        if inspect.isclass(thing) or inspect.isroutine(thing):
            assert inspect.getdoc(thing), f"mrcz.{name} has no docstring"
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        mrcz.nonsense

