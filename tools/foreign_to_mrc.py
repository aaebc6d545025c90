#!/usr/bin/env python3
"""Turns detector files of other programs into MRC or MRCZ stacks, pixel for pixel.

usage: foreign_to_mrc.py IN... OUT [--dataset PATH] [--member NAME] [--codec CODEC] [--force]

    foreign_to_mrc.py scan_*.cbf.bz2 scan.mrcz       one frame a file becomes a stack
    foreign_to_mrc.py run.h5 run.mrcz --dataset /entry/data/data
    foreign_to_mrc.py merlin.zip m.mrcz --member Quad_9_Frame_CounterDepth_12_Rows_256.mib

Reads what these packages of the Python index read: fabio (CBF, SMV, EDF, MAR, ...), h5py with hdf5plugin (HDF5, NeXus, EMD
of Berkeley), tifffile (TIFF), rosettasciio (MIB, SER, DM3, DM4, EMD of Velox, BLO), NumPy (NPY). A file within .zip is
named by --member. Arrays of more than three dimensions become stacks; their shape is kept in the metadata.

No value changes: pixels keep their type where MRC has it; others get the smallest type that holds every value (8-bit unsigned
pixels beyond 127 become int16), and where there is none the file is refused. Rows are kept in the order in which the
container has them, except in TIFF, whose first row is the top one and MRC's the bottom one (as IMOD and RELION do it).
"""
from __future__ import annotations

import argparse
import os
import sys
import tempfile
import zipfile

import numpy as np

MRC_TYPES = ("int8", "int16", "uint16", "int32", "uint32", "float16", "float32", "complex64")
SMALLEST_FIRST = ("int8", "int16", "uint16", "int32", "uint32")


class Refused(Exception):
    pass


# ------------------------------------------------------------------------------------------------------------- loading

def load_fabio(path, dataset):
    import fabio
    with fabio.open(path) as image:
        if image.nframes == 1:
            return np.asarray(image.data)
        return np.stack([np.asarray(frame.data) for frame in image])


def load_tiff(path, dataset):
    import tifffile
    pixels = tifffile.imread(path)
    if pixels.ndim < 2 or tifffile.TiffFile(path).pages[0].samplesperpixel != 1:
        raise Refused(f"{path}: is no image of one value a pixel")
    return pixels[..., ::-1, :]


def image_datasets(file):
    import h5py
    found = []

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and item.ndim >= 2 and min(item.shape[-2:]) > 1 and item.dtype.kind in "iufc":
            found.append(item)

    file.visititems(visit)
    return found


def load_hdf5(path, dataset):
    import h5py
    import hdf5plugin  # noqa: F401 - registers filters
    with h5py.File(path) as file:
        if dataset:
            if dataset not in file:
                raise Refused(f"{path}: there is no dataset {dataset}")
            return file[dataset][...]
        candidates = image_datasets(file)
        if len(candidates) != 1:
            names = ", ".join(f"{item.name} {item.shape} {item.dtype}" for item in candidates) or "none"
            raise Refused(f"{path}: say which array with --dataset; there are: {names}")
        return candidates[0][...]


def load_rosettasciio(path, dataset):
    from importlib import import_module

    import rsciio
    ending = path.rsplit(".", 1)[-1].lower()
    for plugin in rsciio.IO_PLUGINS:
        if ending in [extension.lower() for extension in plugin["file_extensions"]]:
            signals = import_module(plugin["api"]).file_reader(path)
            break
    else:
        raise Refused(f"{path}: rosettasciio knows no .{ending}")
    signals = [signal for signal in signals if np.ndim(signal["data"]) >= 2]
    if len(signals) != 1 and dataset is None:
        raise Refused(f"{path}: holds {len(signals)} images; --dataset N, from 0 on, says which")
    return np.asarray(signals[int(dataset or 0)]["data"])


def load_npy(path, dataset):
    return np.load(path, mmap_mode="r", allow_pickle=False)


LOADERS = {
    ".cbf .img .edf .mccd .mar .mar3450 .sfrm .spe .kccd": load_fabio,
    ".tif .tiff": load_tiff,
    ".h5 .hdf5 .nxs .he5 .hspy": load_hdf5,
    ".mib .ser .dm3 .dm4 .emd .blo .prf": load_rosettasciio,
    ".npy": load_npy,
}


def ending_of(path):
    stem, ending = os.path.splitext(path.lower())
    return os.path.splitext(stem)[1] if ending in (".bz2", ".gz") else ending


def load(path, dataset=None, member=None):
    """The pixels of a file as an array [..., y, x]."""
    if path.lower().endswith(".zip"):
        return load_member(path, dataset, member)
    for endings, loader in LOADERS.items():
        if ending_of(path) in endings.split():
            return loader(path, dataset)
    raise Refused(f"{path}: a file of unknown kind; known: {' '.join(LOADERS)}")


def load_member(path, dataset, member):
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        names = archive.namelist()
        if member not in names:
            raise Refused(f"{path}: say which file with --member; there are: {', '.join(names)}")
        stem = os.path.splitext(member)[0]
        # Some formats keep their header in a file beside it.
        for name in names:
            if os.path.splitext(name)[0] == stem:
                archive.extract(name, folder)
        return np.array(load(os.path.join(folder, member), dataset))


# ---------------------------------------------------------------------------------------------------------- pixel types

def fits(pixels, name):
    bounds = np.iinfo(name)
    return bounds.min <= int(pixels.min()) and int(pixels.max()) <= bounds.max


def as_mrc_type(pixels, name):
    """The same values in a type that MRC has."""
    pixels = np.asarray(pixels)
    native = pixels.dtype.newbyteorder("=")
    if native.name in MRC_TYPES:
        return pixels.astype(native, copy=False)
    if native.kind in "biu":
        for type_name in SMALLEST_FIRST:
            if native.kind == "b" or fits(pixels, type_name):
                return pixels.astype(type_name)
        raise Refused(f"{name}: values from {pixels.min()} to {pixels.max()} fit no integer type of MRC")
    if native.kind in "fc":
        smaller = "float32" if native.kind == "f" else "complex64"
        same = pixels.astype(smaller)
        if np.array_equal(same.astype(native), pixels, equal_nan=True):
            return same
        raise Refused(f"{name}: {native.name} values have more digits than {smaller}; round them first")
    raise Refused(f"{name}: pixels of type {native} have no type in MRC")


def load_stack(paths, dataset=None, member=None):
    """One array [z, y, x] of all files, and the shape that the first one had."""
    arrays = [load(path, dataset, member) for path in paths]
    shapes = {array.shape[-2:] for array in arrays}
    if len(shapes) != 1:
        raise Refused(f"frames of different shapes: {', '.join(map(str, sorted(shapes)))}")
    if arrays[0].ndim < 2:
        raise Refused(f"{paths[0]}: is no image: {arrays[0].ndim} dimension")
    frames = [array.reshape((-1,) + array.shape[-2:]) for array in arrays]
    stack = np.concatenate(frames) if len(frames) > 1 else frames[0]
    return as_mrc_type(stack, paths[0]), arrays[0].shape


def write(stack, shape, sources, out, codec, overwrite):
    import mrcz
    record = {"source": [os.path.basename(path) for path in sources]}
    if len(shape) > 3:
        record["shape"] = list(shape)
    mrcz.write(out, stack, codec=codec, metadata=record, overwrite=overwrite)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", nargs="+", metavar="IN")
    parser.add_argument("out", metavar="OUT", help=".mrc and .mrcs are written uncompressed")
    parser.add_argument("--dataset", help="path of the array in HDF5; number of the image where there are several")
    parser.add_argument("--member", help="file within a .zip")
    parser.add_argument("--codec", default="zstd", help="as in `mrcz compress`; zstd by default")
    parser.add_argument("--force", action="store_true", help="replace OUT")
    arguments = parser.parse_args()
    plain = arguments.out.lower().endswith((".mrc", ".mrcs", ".map"))
    try:
        stack, shape = load_stack(arguments.inputs, arguments.dataset, arguments.member)
        write(stack, shape, arguments.inputs, arguments.out, "raw" if plain else arguments.codec, arguments.force)
    except (Refused, OSError, ImportError) as error:
        sys.exit(f"foreign_to_mrc: {error}")
    print(f"{arguments.out}: {stack.shape[0]} frames of {stack.shape[1]} x {stack.shape[2]}, {stack.dtype}")


if __name__ == "__main__":
    main()
