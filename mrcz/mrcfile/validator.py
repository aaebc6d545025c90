"""Checks MRC and MRCZ files, from Python or as ``python -m mrcz.mrcfile.validator FILE ...``."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Iterable, TextIO

from .load_functions import open as open_mrc
from .mrczfile import MrczFile, print_verdict


def validate(name: str | os.PathLike[str], print_file: TextIO | None = None) -> bool:
    """Whether a file is valid MRC2014, by the rules of mrcfile's validator.

    Of a compressed file the rules are held against the plain file it stands for, and whatever ``mrcz verify`` checks
    has to hold too; of a plain file what it says is only printed.

    Parameters
    ----------
    name : str or path
        The file; also inside gzip or bzip2.
    print_file : text stream, optional
        Where to print what is wrong; standard output by default.

    Returns
    -------
    bool

    Raises
    ------
    OSError
        When there is no such file or it cannot be opened.

    Warns
    -----
    RuntimeWarning
        Of what would make `mrcz.mrcfile.open` refuse the file.
    """
    out = print_file or sys.stdout
    name = os.fsdecode(name)
    print(f"Checking if {name} is a valid MRC2014 file...", file=out)
    try:
        with open_mrc(name, permissive=True) as mrc:
            valid = mrc.validate(print_file=out)
            if not isinstance(mrc, MrczFile):
                print_verdict(name, out)
    except (ValueError, ArithmeticError) as error:
        print(f"the file cannot be read: {error}", file=out)
        return False
    if valid:
        print("File appears to be valid.", file=out)
    return valid


def validate_all(names: Iterable[str | os.PathLike[str]], print_file: TextIO | None = None) -> bool:
    """Whether all files are valid; every one is looked at. See `validate`."""
    verdicts = [validate(name, print_file) for name in names]
    return all(verdicts)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m mrcz.mrcfile.validator", description="Checks MRC and MRCZ files.")
    parser.add_argument("file", nargs="*", help="file to check")
    return 0 if validate_all(parser.parse_args(arguments).file) else 1


if __name__ == "__main__":
    sys.exit(main())
