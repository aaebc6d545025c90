#!/usr/bin/env python3
"""Runs the tests of programs that use python-mrcz with our package in the place of theirs.

    tools/check_peers_suites.py --package build/dev/python --command build/dev/cli/mrcz PYTHON TEST...

PYTHON is an interpreter with pytest and what the tests import. TEST is a path of python-mrcz's test_mrcz.py (its pip
package ships it beside its modules) or of RosettaSciIO's rsciio/tests/test_mrcz.py. `mrcz` on PATH is our command, so
that python-mrcz's tests of the command run too.

    P=build/venvs
    tools/check_peers_suites.py $P/hyperspy/bin/python $P/python-mrcz/lib/python3*/site-packages/mrcz/test_mrcz.py \\
        $P/python-mrcz-0.5/lib/python3*/site-packages/mrcz/test_mrcz.py \\
        $P/hyperspy/lib/python3*/site-packages/rsciio/tests/test_mrcz.py

Prints a line for each file, and the output of those that fail. Exits 1 when one fails, or runs no test.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SECONDS = 1200
IMPORTED_FROM = "import mrcz; print(mrcz.__file__)"


@dataclass
class Outcome:
    """What pytest said of one file."""

    passed: int
    skipped: int
    failed: int
    output: str

    @property
    def holds(self) -> bool:
        return self.passed > 0 and self.failed == 0

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.skipped} skipped, {self.failed} failed"


def _counted(output: str, word: str) -> int:
    last = output.strip().splitlines()[-1] if output.strip() else ""
    return sum(int(number) for number in re.findall(rf"(\d+) {word}", last))


def _environment(package: Path, command: Path, folder: Path) -> dict[str, str]:
    programs = folder / "bin"
    programs.mkdir()
    (programs / "mrcz").symlink_to(command.resolve())
    (folder / "tmp").mkdir()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return {**kept, "PYTHONPATH": str(package.resolve()), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "TMPDIR": str(folder / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"}


def run_suite(python: Path, test: Path, package: Path, command: Path) -> Outcome:
    """Runs one file. It is copied out of its package, which would otherwise be imported before ours."""
    with tempfile.TemporaryDirectory(prefix="mrcz-suite-") as name:
        folder = Path(name)
        environment = _environment(package, command, folder)
        found = subprocess.run([str(python), "-c", IMPORTED_FROM], capture_output=True, text=True, env=environment,
                               cwd=folder, check=False)
        if str(package.resolve()) not in found.stdout:
            return Outcome(0, 0, 1, f"imports {found.stdout.strip() or found.stderr.strip()}, not our package")
        copy = folder / f"test_{test.parents[1].name}_{test.parent.name}.py".replace("-", "_")
        shutil.copyfile(test, copy)
        done = subprocess.run([str(python), "-W", "ignore", "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider",
                               copy.name], capture_output=True, text=True, env=environment, cwd=folder, timeout=SECONDS,
                              check=False)
        output = done.stdout + done.stderr
        failed = _counted(done.stdout, "failed") + _counted(done.stdout, "errors?")
        if done.returncode not in (0, 1):
            failed = max(failed, 1)
        return Outcome(_counted(done.stdout, "passed"), _counted(done.stdout, "skipped"), failed, output)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, default=PROJECT / "build/dev/python", help="the folder that holds mrcz/")
    parser.add_argument("--command", type=Path, default=PROJECT / "build/dev/cli/mrcz", help="our program mrcz")
    parser.add_argument("-v", "--verbose", action="store_true", help="print the output of suites that pass, too")
    parser.add_argument("python", type=Path)
    parser.add_argument("test", type=Path, nargs="+")
    arguments = parser.parse_args()
    for needed in (arguments.python, arguments.command, arguments.package / "mrcz" / "__init__.py", *arguments.test):
        if not needed.exists():
            parser.error(f"{needed}: there is no such file")
    complete = True
    for test in arguments.test:
        outcome = run_suite(arguments.python, test, arguments.package, arguments.command)
        print(f"{'ok    ' if outcome.holds else 'FAILED'} {test}: {outcome}", flush=True)
        if not outcome.holds or arguments.verbose:
            print(outcome.output)
        complete = complete and outcome.holds
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
