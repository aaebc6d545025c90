#!/usr/bin/env python3
"""run_transcript.py itself: what matches passes, what differs fails, and --update rewrites only that."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RUNNER = Path(__file__).with_name("run_transcript.py")


def run(text, *flags):
    """The exit code, and the transcript afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        transcript = Path(folder) / "story.txt"
        transcript.write_text(text, encoding="utf-8")
        done = subprocess.run([sys.executable, RUNNER, *flags, transcript], stdout=subprocess.DEVNULL, check=False)
        return done.returncode, transcript.read_text(encoding="utf-8")


class Runner(unittest.TestCase):
    def passes(self, text):
        self.assertEqual(run(text), (0, text))

    def fails(self, text):
        self.assertEqual(run(text), (1, text))

    def test_output_and_exit_code_are_compared(self):
        self.passes("$ echo one; exit 3\none\n[exit 3]\n")
        self.fails("$ echo one; exit 3\none\n")
        self.fails("$ echo one\none\n[exit 3]\n")
        self.fails("$ echo one\ntwo\n")
        self.fails("$ echo one\n")
        self.fails("$ true\none\n")

    def test_standard_error_is_output(self):
        self.passes("$ echo wrong >&2\nwrong\n")

    def test_dots_in_brackets_match_within_a_line(self):
        self.passes("$ echo 12 MB/s\n[..] MB/s\n")
        self.fails("$ echo 12; echo MB/s\n[..]MB/s\n")

    def test_a_line_of_dots_matches_any_lines(self):
        self.passes("$ seq 5\n1\n...\n5\n")
        self.passes("$ seq 2\n1\n...\n2\n")
        self.fails("$ seq 5\n1\n...\n4\n")

    def test_other_characters_mean_themselves(self):
        self.fails("$ echo abc\na.c\n")
        self.passes("$ echo 'a.*(b'\na.*(b\n")

    def test_empty_lines_inside_the_output_count(self):
        self.passes("# story\n$ echo; echo a; echo; echo b\n\na\n\nb\n\n# next\n$ true\n")
        self.fails("$ echo a; echo b\na\n\nb\n")

    def test_commands_share_a_folder_and_may_be_long(self):
        self.passes("$ echo text > file\n\n$ cat \\\n> file\ntext\n")

    def test_update_rewrites_what_differs_and_keeps_the_rest(self):
        before = "# story\n$ echo 12 MB/s\n[..] MB/s\n\n$ echo new\nold\n"
        self.assertEqual(run(before, "--update"), (0, before.replace("old", "new")))

    def test_what_is_missing_here_is_skipped(self):
        text = "# needs: no-such-program-anywhere\n$ false\n"
        self.assertEqual(run(text), (77, text))


if __name__ == "__main__":
    unittest.main()
