#!/usr/bin/env python3
"""Kills `mrcz compress -f` at random moments: the target is the old file or the new one, whole, and nothing else.

usage: kill_test.py [--kills N] [--seed N]

MRCZ names the program, MRCZ_TESTDATA the folder with projections.mrcs. The delays are drawn over the time that one
undisturbed run takes, so kills fall everywhere: before the first byte, among the frames, at sync and rename, after the
end. Chance is the subject here; the seed is printed, and what is checked does not depend on how fast the machine is.
"""

import argparse
import collections
import fnmatch
import os
import random
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEADER_BYTES = 1024
REPEATS = 24  # about 40 MB
TEMPORARY = ".target.mrcz.*.part"


def make_source(stack, target, repeats=REPEATS):
    """The stack's frames over and over, each round shifted by some bytes so that no two are alike."""
    data = stack.read_bytes()
    header, pixels = bytearray(data[:HEADER_BYTES]), data[HEADER_BYTES:]
    (frames,) = struct.unpack_from("<i", header, 8)
    struct.pack_into("<i", header, 8, frames * repeats)
    with target.open("wb") as file:
        file.write(header)
        for number in range(repeats):
            at = 2 * 997 * number
            file.write(pixels[at:] + pixels[:at])


def compress(source, target):
    return [os.environ["MRCZ"], "compress", "-q", "-f", "-o", str(target), str(source)]


class Trial:
    def __init__(self, folder):
        self.folder = folder
        self.source = folder / "source.mrcs"
        self.target = folder / "out" / "target.mrcz"
        self.target.parent.mkdir()
        stack = Path(os.environ["MRCZ_TESTDATA"]) / "projections.mrcs"
        make_source(stack, self.source)
        self.old = self.written(stack)
        started = time.monotonic()
        self.new = self.written(self.source)
        self.seconds = time.monotonic() - started
        if self.written(self.source) != self.new:
            raise AssertionError("two runs over the same source wrote different bytes: nothing to compare with")

    def written(self, source):
        subprocess.run(compress(source, self.target), check=True, stdin=subprocess.DEVNULL)
        return self.target.read_bytes()

    def kill_after(self, delay):
        """Returns where the kill hit; raises AssertionError when it broke something."""
        self.target.write_bytes(self.old)
        process = subprocess.Popen(compress(self.source, self.target), stdin=subprocess.DEVNULL)
        try:
            process.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
        return self.outcome(process.returncode)

    def outcome(self, exit_code):
        present = self.target.read_bytes() if self.target.exists() else b""
        others = [path for path in self.target.parent.iterdir() if path != self.target]
        strange = [path.name for path in others if not fnmatch.fnmatchcase(path.name, TEMPORARY)]
        for path in others:
            path.unlink()
        if present not in (self.old, self.new):
            raise AssertionError(f"the target is neither the old file nor the new one ({len(present)} bytes)")
        if strange:
            raise AssertionError(f"unexpected files: {strange}")
        if exit_code == 0:
            if present != self.new or others:
                raise AssertionError("a run that ended well left the old file or a temporary one")
            return "after the end"
        if present == self.new:
            return "between rename and end"
        return "in the middle" if others else "before the first byte"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    print(f"seed {arguments.seed}")
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(Path(name))
        print(f"undisturbed: {trial.source.stat().st_size} -> {len(trial.new)} bytes in {trial.seconds:.3f} s")
        hits = collections.Counter()
        for number in range(arguments.kills):
            delay = chance.uniform(0, trial.seconds)
            try:
                hits[trial.kill_after(delay)] += 1
            except AssertionError as problem:
                print(f"kill {number} after {delay:.4f} s: {problem}")
                return 1
    print(f"{arguments.kills} kills: " + ", ".join(f"{count} {where}" for where, count in hits.most_common()))
    if not hits["in the middle"]:
        print("no kill hit a file being written: this run proves nothing")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
