"""The interface of mrcfile, for MRC and MRCZ files: ``import mrcz.mrcfile as mrcfile``.

Programs written for mrcfile 1.5 find its functions, classes, fields and errors here; compressed files open like plain
ones.

Examples
--------
>>> import numpy as np, tempfile, os
>>> import mrcz.mrcfile as mrcfile
>>> name = os.path.join(tempfile.mkdtemp(), "images.mrcz")
>>> with mrcfile.new(name, np.arange(24, dtype="int16").reshape(2, 3, 4)) as mrc:
...     mrc.set_image_stack()
...     mrc.voxel_size = 1.5
>>> with mrcfile.open(name) as mrc:
...     print(mrc.data[1, 2, 3], int(mrc.header.mode), float(mrc.voxel_size.x))
23 1 1.5
"""

from __future__ import annotations

from . import (bzip2mrcfile, constants, dtypes, future_mrcfile, gzipmrcfile, load_functions, mrcfile, mrcinterpreter,
               mrcmemmap, mrcobject, mrczfile, utils, validator)
from .load_functions import mmap, new, new_mmap, open, open_async, read, write  # noqa: A004 - as mrcfile has them
from .validator import validate

# Of mrcfile, whose interface this is.
__version__ = "1.5.4"

__all__ = ["mmap", "new", "new_mmap", "open", "open_async", "read", "validate", "write"]
