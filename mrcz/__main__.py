"""``python -m mrcz`` is the command ``mrcz`` that was installed with the package."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig


def main() -> int:
    command = shutil.which("mrcz", path=sysconfig.get_path("scripts")) or shutil.which("mrcz")
    if command is None:
        print("mrcz: the command mrcz is not installed beside this package; in Python, see help(mrcz)", file=sys.stderr)
        return 127
    os.execv(command, [command, *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
