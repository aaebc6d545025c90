#!/usr/bin/env python3
"""Runs one file of tests/python/package by pytest, in an environment that has what it needs.

usage: run_package_test.py ENVIRONMENT FILE

Exits 77 where the package was not built or the environment is not made.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import peer_environment

SKIPPED = 77


def main() -> int:
    environment, file = sys.argv[1], Path(sys.argv[2])
    package = os.environ.get("MRCZ_PYTHON", "")
    python = peer_environment.find_python(environment)
    if not Path(package, "mrcz", "__init__.py").exists():
        print("skipped: the Python package was not built (CMake option MRCZ_BUILD_PYTHON)")
        return SKIPPED
    if python is None:
        print(f"skipped: there is no environment {environment}: {peer_environment.HOW_TO_MAKE}")
        return SKIPPED
    # Nothing stays behind: neither pytest's last sessions nor what programs under test leave in the temporary folder.
    with tempfile.TemporaryDirectory(prefix="mrcz-test-", ignore_cleanup_errors=True) as folder:
        variables = {**os.environ, "PYTHONPATH": package, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": folder}
        done = subprocess.run([str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib",
                               f"--basetemp={folder}/pytest", str(file)], env=variables, cwd=file.parent)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
