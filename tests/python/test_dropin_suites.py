"""The tests of python-mrcz (0.5 and 0.6) and of RosettaSciIO pass with our package in the place of python-mrcz.

What runs them is tools/check_peers_suites.py; here they come from the environments of peer_environment.py.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import NamedTuple

import kit
import peer_environment
from kit import Checks

PROJECT = Path(__file__).resolve().parents[2]
# Those that write chunks of c-blosc 2 are skipped by python-mrcz itself: BLOSC2_PRESENT is False, as it is without that package.
BLOSC2 = "blosc2"


class Suite(NamedTuple):
    """The tests that an environment ships: how many at least must pass, and how many are skipped for which reason."""

    environment: str
    file: str
    least: int
    skipped: int = 0
    reason: str = ""


SUITES = (
    Suite("python-mrcz-0.5", "mrcz/test_mrcz.py", 22),
    Suite("python-mrcz", "mrcz/test_mrcz.py", 60, 11, BLOSC2),
    Suite("hyperspy", "rsciio/tests/test_mrcz.py", 65),
)


def _runner():
    spec = importlib.util.spec_from_file_location("check_peers_suites", PROJECT / "tools" / "check_peers_suites.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def main() -> int:
    package, command = kit.our_package(), Path(os.environ["MRCZ"])
    if package is None:
        kit.skip("the Python package was not built (CMake option MRCZ_BUILD_PYTHON)")
    python = peer_environment.find_python("hyperspy")
    if python is None:
        kit.skip(f"there is no environment hyperspy: {peer_environment.HOW_TO_MAKE}")
    runner, checks = _runner(), Checks()
    for name, file, least, skipped, reason in SUITES:
        if peer_environment.find_python(name) is None:
            print(f"{name}: not there, left out; {peer_environment.HOW_TO_MAKE}")
            continue
        tests = list(peer_environment.folder_of(peer_environment.PEERS[name]).glob(f"lib/python3*/site-packages/{file}"))
        if not checks.expect(len(tests) == 1, f"{name}: {file} is not there"):
            continue
        outcome = runner.run_suite(python, tests[0], package, command)
        print(f"{name} ({peer_environment.versions(name)}): {outcome}")
        told = [line for line in outcome.output.splitlines() if line.startswith("SKIPPED")]
        print("\n".join(told))
        fits = outcome.skipped == skipped and all(reason in line.lower() for line in told)
        if not checks.expect(outcome.holds and outcome.passed >= least and fits,
                             f"{name}: {file}: {outcome}; expected {skipped} skipped, for {reason or 'no reason'}"):
            print(outcome.output[-6000:])
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
