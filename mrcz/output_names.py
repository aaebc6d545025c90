"""What the name of a file that is written says."""

from __future__ import annotations

import os

from .errors import ArgumentError

# Files of these names would be taken for what they are not.
_OTHER_FORMATS = {
    **dict.fromkeys((".gz", ".bz2", ".xz", ".zst"), "a compressed file: write NAME.mrcz, or plain MRC and compress that"),
    **dict.fromkeys((".tif", ".tiff"), "TIFF"),
    **dict.fromkeys((".h5", ".hdf5", ".nxs", ".hspy"), "HDF5: mrcz.convert makes that of an MRC or MRCZ file"),
    ".zarr": "Zarr: mrcz.convert makes that of an MRC or MRCZ file",
    **dict.fromkeys((".npy", ".npz"), "NumPy's: numpy.save writes it"),
    **dict.fromkeys((".dm3", ".dm4"), "Gatan's"),
}


def require_name_of_mrc(path: str) -> None:
    ending = os.path.splitext(os.fsdecode(path))[1].lower()
    if ending in _OTHER_FORMATS:
        raise ArgumentError(f"the name says that it is {_OTHER_FORMATS[ending]}; this writes MRC and MRCZ, named .mrc, .mrcs, "
                            ".map or .mrcz, say", "invalid_argument", path)


def codec_of(path: str) -> str:
    ending = os.path.splitext(os.fsdecode(path))[1].lower()
    return "zstd" if ending in (".mrcz", ".mrczs") else "raw"
