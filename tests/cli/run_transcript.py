#!/usr/bin/env python3
"""Runs a transcript of the command and compares what it prints.

usage: run_transcript.py [--update] TRANSCRIPT...

A transcript is a story in lines:

    # text for people (`# needs: terminal` skips the transcript where there is no pseudo-terminal,
    # `# needs: ordinary user` where root runs it)
    $ command for bash
    > more lines of it
    expected output, standard output and standard error in one
    [exit 2]

`[exit N]` stands there when N is not 0. In a line of expected output `[..]` matches any text, and a line `...` matches
any lines. All commands of a transcript run in one new folder that has a copy of testdata/ in it; MRCZ names the
program, MRCZ_TESTDATA the folder copied. Nothing is read from the terminal. --update writes what was printed into the
transcript where it does not match.
"""

import argparse
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77


def has_terminal():
    """Whether `script` is here and the system lends it a pseudo-terminal, which bare containers do not."""
    if shutil.which("script") is None:
        return False
    done = subprocess.run(["script", "-qec", "true", "/dev/null"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0


NEEDS = {"ordinary user": lambda: os.geteuid() != 0, "terminal": has_terminal}
SECONDS_PER_COMMAND = 300

# What differs from run to run, or with the version of a compression library, for --update.
VARYING = [
    (re.compile(r"[0-9.]+ k?M?B -> [0-9.]+ k?M?B, ratio [0-9.]+, [0-9]+ MB/s"), "[..] -> [..], ratio [..] MB/s"),
    (re.compile(r"(mrcz: OK: \d+ frames|mrczs: OK: \d+ frames), [0-9.]+ k?M?B,"), r"\1, [..],"),
    (re.compile(r"^(  size +)[0-9.]+ k?M?B in the file, (.*), ratio .*"), r"\1[..] in the file, \2, ratio [..]"),
    (re.compile(r'"seconds": ?[0-9.e-]+'), '"seconds":[..]'),
    (re.compile(r"^mrcz \d+\.\d+\.\d+"), "mrcz [..]"),
]


class Step:
    """A command, the lines before it, and the lines expected behind it."""

    def __init__(self, prose, command_lines):
        self.prose = prose
        self.command_lines = command_lines
        self.expected = []

    def command(self):
        return "\n".join(line[2:] for line in self.command_lines)


def parse(text):
    """Steps and the prose behind the last of them."""
    steps, prose = [], []
    for line in text.splitlines():
        if line.startswith("$ "):
            steps.append(Step(prose, [line]))
            prose = []
        elif line.startswith("> ") and steps and not steps[-1].expected and not prose:
            steps[-1].command_lines.append(line)
        elif line.startswith("#") or not line:
            prose.append(line)
        elif not steps:
            raise ValueError(f"no command before this line: {line}")
        else:
            # Empty lines before a line of output are output.
            steps[-1].expected += [*prose, line]
            prose = []
    return steps, prose


def render(steps, prose):
    lines = []
    for step in steps:
        lines += [*step.prose, *step.command_lines, *step.expected]
    return "\n".join(lines + prose) + "\n"


def pattern_of(expected):
    parts = []
    for line in expected:
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*".join(re.escape(piece) for piece in line.split("[..]")) + r"\n")
    return re.compile("".join(parts))


def matches(expected, printed):
    """Empty lines at the end count for nothing: in a transcript they separate steps."""
    while printed and not printed[-1]:
        printed = printed[:-1]
    return pattern_of(expected).fullmatch("".join(line + "\n" for line in printed)) is not None


def environment(folder):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MRCZ", "SLURM"))}
    kept.pop("NO_COLOR", None)
    (folder / "bin").mkdir()
    (folder / "tmp").mkdir()
    (folder / "bin" / "mrcz").symlink_to(os.environ["MRCZ"])
    kept.update(PATH=f"{folder / 'bin'}:{kept['PATH']}", TMPDIR=str(folder / "tmp"), LC_ALL="C.UTF-8", TERM="dumb")
    return kept


def run(command, folder, variables):
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS_PER_COMMAND,
        check=False,
    )
    lines = done.stdout.decode("utf-8", "backslashreplace").replace("\r\n", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    if done.returncode != 0:
        lines.append(f"[exit {done.returncode}]")
    return lines


def masked(lines):
    for pattern, mask in VARYING:
        lines = [pattern.sub(mask, line) for line in lines]
    return lines


def show_difference(name, step, printed):
    print(f"{name}: $ {step.command()}")
    for line in difflib.unified_diff(step.expected, printed, "expected", "printed", lineterm=""):
        print("    " + line)


def missing_need(text):
    for need in re.findall(r"^# needs: (.+)$", text, re.MULTILINE):
        here = NEEDS[need]() if need in NEEDS else shutil.which(need) is not None
        if not here:
            return need
    return None


def run_transcript(path, update):
    """The number of steps that did not match, or None when the transcript cannot run here."""
    text = path.read_text(encoding="utf-8")
    need = missing_need(text)
    if need:
        print(f"{path.name}: skipped, needs {need}")
        return None
    steps, prose = parse(text)
    failures = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        variables = environment(folder)
        work = folder / "work"
        shutil.copytree(os.environ["MRCZ_TESTDATA"], work / "testdata")
        for step in steps:
            printed = run(step.command(), work, variables)
            if matches(step.expected, printed):
                continue
            failures += 1
            show_difference(path.name, step, printed)
            step.expected = masked(printed)
            while step.expected and not step.expected[-1]:
                step.expected.pop()
    if update and failures:
        path.write_text(render(steps, prose), encoding="utf-8")
    print(f"{path.name}: {len(steps)} commands, {failures} {'rewritten' if update else 'differ'}")
    return 0 if update else failures


def main():
    parser = argparse.ArgumentParser(description="Runs transcripts of the mrcz command.")
    parser.add_argument("--update", action="store_true", help="write what was printed where it does not match")
    parser.add_argument("transcripts", nargs="+", type=Path)
    arguments = parser.parse_args()
    outcomes = [run_transcript(path, arguments.update) for path in arguments.transcripts]
    if all(outcome is None for outcome in outcomes):
        return SKIPPED
    return 1 if any(outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
