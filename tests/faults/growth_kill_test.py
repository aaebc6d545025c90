#!/usr/bin/env python3
"""Kills `mrcz append`, `append --live` and `compress --live` at random moments: no frame that the header counted is
lost, and `mrcz repair` makes a whole file of what is left.

usage: growth_kill_test.py [--kills N] [--seed N]

MRCZ names the program, MRCZ_TESTDATA the folder with projections.mrcs; MRCZ_KILLS is the number of kills when --kills
is not given. After each kill the frames counted by the header are compared with those that were written, before and
after the repair; without --live the repaired file must be the old one or hold all new frames. Chance is the subject
here; the seed is printed, and what is checked does not depend on how fast the machine is.
"""

import argparse
import collections
import fnmatch
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kill_test import HEADER_BYTES, make_source

TEMPORARY = ".target.mrcz.*.part"


def mrcz(*arguments, stdin=subprocess.DEVNULL):
    done = subprocess.run([os.environ["MRCZ"], *map(str, arguments)], stdin=stdin, capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{arguments[0]}: exit code {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def pixels_in(path):
    return path.read_bytes()[HEADER_BYTES:]


class Trial:
    """One way of growing; a target in a folder of its own, and the frames it may come to hold."""

    live = True
    # A run that ends before it is done appended nothing, unless it is live.
    choices = ("--uncommitted", "--drop-uncommitted")
    chance = random.Random(0)

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.target = folder / "target.mrcz"
        self.stack = Path(os.environ["MRCZ_TESTDATA"]) / "projections.mrcs"
        self.source = folder.parent / "source.mrcs"
        header = self.stack.read_bytes()[:HEADER_BYTES]
        self.columns, self.rows, self.frames = struct.unpack_from("<3i", header)
        self.frame_bytes = 2 * self.columns * self.rows
        mrcz("compress", "-q", "-f", "-o", self.target, self.stack)
        self.old = self.target.read_bytes()
        self.before = self.frames
        self.pixels = pixels_in(self.stack) + pixels_in(self.source)
        self.reset()
        started = time.monotonic()
        self.start().wait()
        self.seconds = time.monotonic() - started
        self.check_pixels(len(self.pixels) // self.frame_bytes)

    def command(self):
        return ["append", "--live", "--commit-frames", "5", self.source, self.target]

    def reset(self):
        self.target.write_bytes(self.old)

    def start(self):
        return subprocess.Popen([os.environ["MRCZ"], *map(str, self.command()), "-q", "-q"], stdin=subprocess.DEVNULL)

    def check_pixels(self, least):
        """Returns how many frames the target holds; they must be the first of those written, and at least `least`."""
        frames = json.loads(mrcz("info", "--json", self.target))["frames"]
        if frames < least:
            raise AssertionError(f"{frames} frames, there were {least}")
        if frames:
            held = mrcz("cat", "--frames", f"0:{frames}", self.target)[HEADER_BYTES:]
            if held != self.pixels[: frames * self.frame_bytes]:
                raise AssertionError(f"the {frames} frames are not those that were written")
        return frames

    def kill_after(self, delay):
        self.reset()
        process = self.start()
        try:
            process.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
        return self.outcome(process.returncode)

    def outcome(self, exit_code):
        others = {path.name for path in self.folder.iterdir()} - {"target.mrcz"}
        for name in [name for name in others if fnmatch.fnmatchcase(name, TEMPORARY)]:
            (self.folder / name).unlink()
            others.remove(name)
        if others - {"target.mrcz.journal"}:
            raise AssertionError(f"unexpected files: {others}")
        if not self.target.exists():
            return "before the first byte"
        (committed,) = struct.unpack_from("<i", self.target.read_bytes(), 8)
        if committed < self.before:
            raise AssertionError(f"the header counts {committed} frames, there were {self.before}")
        touched = self.target.read_bytes() != self.old
        found = self.target.read_bytes()
        plain = subprocess.run([os.environ["MRCZ"], "repair", "-q", self.target], capture_output=True, check=False)
        if plain.returncode != 0:
            if b"behind the last commit" not in plain.stderr or self.target.read_bytes() != found:
                raise AssertionError(f"repair: {plain.stderr.decode()}")
            mrcz("repair", "-q", self.chance.choice(self.choices), self.target)
        if {path.name for path in self.folder.iterdir()} != {"target.mrcz"}:
            raise AssertionError("repair left something beside the file")
        mrcz("verify", "-q", self.target)
        frames = self.check_pixels(committed)
        everything = len(self.pixels) // self.frame_bytes
        if not self.live and frames not in (self.before, everything):
            raise AssertionError(f"{frames} frames: neither the old file nor all of the new ones")
        if exit_code == 0 and (others or frames != everything):
            raise AssertionError("a run that ended well left a journal or frames behind")
        if exit_code == 0:
            return "after the end"
        if not others:
            return "before the journal or after it"
        if not touched:
            return "with the journal, file untouched"
        return "some frames committed" if frames > self.before else "no frame committed"


class Append(Trial):
    live = False
    choices = ("--drop-uncommitted",)

    def command(self):
        return ["append", self.source, self.target]


class AppendLive(Trial):
    pass


class CompressLive(Trial):
    """A file that is new: it holds the source's frames alone."""

    def __init__(self, folder):
        super().__init__(folder)
        self.old = b""
        self.before = 0

    def reset(self):
        self.pixels = pixels_in(self.source)
        self.before = 0
        for path in self.folder.iterdir():
            path.unlink()

    def command(self):
        return ["compress", "--live", "--commit-frames", "5", "-f", "-o", self.target, self.source]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=int(os.environ.get("MRCZ_KILLS", "60")))
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    chance = Trial.chance = random.Random(arguments.seed)
    print(f"seed {arguments.seed}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_source(Path(os.environ["MRCZ_TESTDATA"]) / "projections.mrcs", folder / "source.mrcs", 4)
        hits = collections.Counter()
        for kind in (Append, AppendLive, CompressLive):
            trial = kind(folder / kind.__name__)
            print(f"{kind.__name__}: undisturbed in {trial.seconds:.3f} s")
            for number in range(arguments.kills // 3 + (arguments.kills % 3 > 0)):
                delay = chance.uniform(0, trial.seconds)
                try:
                    hits[trial.kill_after(delay)] += 1
                except AssertionError as problem:
                    print(f"{kind.__name__}: kill {number} after {delay:.4f} s: {problem}")
                    return 1
    print(f"{sum(hits.values())} kills: " + ", ".join(f"{count} {where}" for where, count in hits.most_common()))
    if not hits["some frames committed"] or not hits["no frame committed"]:
        print("no kill hit a file that was growing: this run proves nothing")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
