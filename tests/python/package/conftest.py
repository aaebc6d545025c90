"""Tests of the Python package mrcz, run by pytest in the environment `package` with the build's package on the path."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def testdata() -> Path:
    return Path(os.environ["MRCZ_TESTDATA"])


@pytest.fixture(scope="session")
def command() -> str:
    """The command built beside the package."""
    return os.environ["MRCZ"]


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = Path(os.environ.get("MRCZ_SHARED", ""), "data")
    if not folder.is_dir():
        pytest.skip("the folder of shared files is missing")
    return folder


@pytest.fixture(scope="session")
def projections(testdata) -> Path:
    return testdata / "projections.mrcs"


@pytest.fixture(scope="session")
def projection_pixels(projections) -> np.ndarray:
    """Read without mrcz."""
    return np.fromfile(projections, "<u2", offset=1024).reshape(40, 135, 160)
