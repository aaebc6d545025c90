"""What the tests against other programs share: running ours, running theirs, and keeping count."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import peer_environment

SKIPPED = 77
HERE = Path(__file__).resolve().parent
SECONDS_PER_PROGRAM = 300


class Checks:
    """Counts what holds and prints what does not. A test goes on after a failure, so that one run shows them all."""

    def __init__(self) -> None:
        self.held = 0
        self.failures: list[str] = []

    def expect(self, holds: bool, message: str) -> bool:
        if holds:
            self.held += 1
        else:
            self.failures.append(message)
            print(f"FAILED: {message}", flush=True)
        return bool(holds)

    def equal(self, found, expected, what: str) -> bool:
        return self.expect(found == expected, f"{what}: found {found!r}, expected {expected!r}")

    def close(self, found, expected, what: str, relative: float = 3e-7) -> bool:
        """Lists of numbers, equal as far as float32 can tell after two roundings."""
        same = len(found) == len(expected) and all(
            abs(a - b) <= relative * abs(b) for a, b in zip(found, expected))
        return self.expect(same, f"{what}: found {list(found)}, expected {list(expected)}")

    def finish(self) -> int:
        print(f"{self.held} checks held, {len(self.failures)} failed")
        return 1 if self.failures else 0


def skip(reason: str) -> None:
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def mrcz(*arguments, check: bool = True) -> subprocess.CompletedProcess:
    """Runs our command, which the variable MRCZ names."""
    command = [os.environ["MRCZ"], *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_PER_PROGRAM)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit code {done.returncode}: {done.stderr.strip()}")
    return done


def mrcz_stream(arguments: list[str], standard_input, standard_output) -> None:
    """Runs our command as a filter between two open files."""
    subprocess.run([os.environ["MRCZ"], *arguments], stdin=standard_input, stdout=standard_output, check=True,
                   timeout=SECONDS_PER_PROGRAM)


def info(path: Path) -> dict:
    return json.loads(mrcz("info", "--json", path).stdout)


def written_codecs() -> list[str]:
    """Names of the blosc codecs this build writes."""
    rows = [json.loads(line) for line in mrcz("codecs", "--json").stdout.splitlines()]
    return [row["name"] for row in rows if row.get("writes") and 1 <= row["id"] <= 6]


def plain_with_footer(source: Path, metadata: Path, place: Path) -> Path:
    """Makes a plain file of `source` with metadata behind its pixels: `place`, ending in .footer.mrc."""
    packed, plain = place.with_suffix(".footer.mrcz"), place.with_suffix(".footer.mrc")
    mrcz("compress", "-q", "--metadata", metadata, "-o", packed, source)
    mrcz("cat", "-q", "--frames=:", "-o", plain, packed)
    if b"MRCZFOOT" not in plain.read_bytes():
        raise RuntimeError(f"{plain}: there is no footer")
    return plain


def our_package() -> Path | None:
    """The folder that our Python package is imported from; None where it was not built."""
    folder = Path(os.environ.get("MRCZ_PYTHON", ""))
    return folder if os.environ.get("MRCZ_PYTHON") and (folder / "mrcz" / "__init__.py").exists() else None


def in_peer(peer: str, program: str, jobs: list[dict], package: Path | None = None) -> list[dict]:
    """Runs a program of this folder in a peer's environment: one JSON object per job, one answer per job. `package`:
    what it imports comes from there first."""
    if not jobs:
        return []
    python = peer_environment.find_python(peer)
    # The peer must find its own package named mrcz, not one of ours that PYTHONPATH leads to.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    if package is not None:
        environment["PYTHONPATH"] = str(package)
    done = subprocess.run([str(python), "-W", "ignore", str(HERE / program)], input=json.dumps(jobs),
                          capture_output=True, text=True, timeout=SECONDS_PER_PROGRAM, env=environment, cwd="/")
    if done.returncode != 0:
        raise RuntimeError(f"{peer}: {program}: exit code {done.returncode}: {done.stderr[-2000:]}")
    answers = json.loads(done.stdout.splitlines()[-1])
    if len(answers) != len(jobs):
        raise RuntimeError(f"{peer}: {program}: {len(answers)} answers to {len(jobs)} jobs")
    return answers
