#!/usr/bin/env python3
"""Kills mrcz at random moments.

usage: kill_test.py [--kills N] [--removals N] [--seed N]

`compress -f`: the target is the old file or the new one, whole, and nothing else. `compress --rm` and `decompress --rm`:
the input is there, or the output is there, whole, or both; a run over it with --skip-done then finishes the work.

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


class RemovalTrial:
    """`--rm` in one direction: from `input_bytes` to `output_bytes`, the only two states a file may be in."""

    def __init__(self, verb, folder, input_bytes, output_bytes):
        names = {"compress": ("movie.mrcs", "movie.mrczs"), "decompress": ("movie.mrczs", "movie.mrcs")}[verb]
        self.verb = verb
        self.input, self.output = (folder / verb / name for name in names)
        self.input.parent.mkdir()
        self.input_bytes, self.output_bytes = input_bytes, output_bytes
        self.prepare()
        started = time.monotonic()
        subprocess.run(self.command(), check=True, stdin=subprocess.DEVNULL)
        self.seconds = time.monotonic() - started
        self.require(not self.input.exists(), "an undisturbed run left the input")
        self.require(self.output.read_bytes() == output_bytes, "an undisturbed run wrote something else")

    @staticmethod
    def require(holds, message):
        if not holds:
            raise AssertionError(message)

    def command(self, *more):
        return [os.environ["MRCZ"], self.verb, "-q", "--rm", *more, str(self.input)]

    def prepare(self):
        for path in self.input.parent.iterdir():
            path.unlink()
        self.input.write_bytes(self.input_bytes)

    def kill_after(self, delay):
        self.prepare()
        process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL)
        try:
            process.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
        where = self.outcome()
        self.require(process.returncode != 0 or where == "after removal", "a run that ended well left the input")
        subprocess.run(self.command("--skip-done"), check=True, stdin=subprocess.DEVNULL)
        self.require(self.outcome() == "after removal", "the rerun did not finish the work")
        return where

    def outcome(self):
        has_input, has_output = self.input.exists(), self.output.exists()
        if has_input:
            self.require(self.input.read_bytes() == self.input_bytes, "the input was changed")
        if has_output:
            self.require(self.output.read_bytes() == self.output_bytes, "the output is there, and not whole")
        self.require(has_input or has_output, "neither input nor output is there")
        if has_input:
            return "between rename and removal" if has_output else "before the rename"
        return "after removal"


def kill_removals(trial, chance, kills):
    """The number of kills in each place; raises AssertionError when something got lost."""
    source = trial.source.read_bytes()
    hits = collections.Counter()
    for verb, files in (("compress", (source, trial.new)), ("decompress", (trial.new, source))):
        removal = RemovalTrial(verb, trial.folder, *files)
        for number in range(kills // 2):
            delay = chance.uniform(0, removal.seconds)
            try:
                hits[f"{verb}: {removal.kill_after(delay)}"] += 1
            except AssertionError as problem:
                raise AssertionError(f"{verb} --rm, kill {number} after {delay:.4f} s: {problem}") from problem
    return hits


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--removals", type=int, default=16)
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
        try:
            removals = kill_removals(trial, chance, arguments.removals)
        except AssertionError as problem:
            print(problem)
            return 1
    for kills, places in ((arguments.kills, hits), (arguments.removals, removals)):
        print(f"{kills} kills: " + ", ".join(f"{count} {where}" for where, count in places.most_common()))
    if arguments.kills and not hits["in the middle"]:
        print("no kill hit a file being written: this run proves nothing")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
