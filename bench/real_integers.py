#!/usr/bin/env python3
"""Sizes of real integer stacks: the codec rans beside blosc, zstd, xz, LZW-TIFF, JPEG-LS and JPEG XL. Prints Markdown.

usage: real_integers.py MRCZ SHARED [--least 1000000]

SHARED is the folder of real files (data/...). Needs the packages that tools/foreign_to_mrc.py names, and numcodecs and
imagecodecs. All figures are bits a pixel of everything stored; each codec's result is decoded and compared once.
JPEG-LS and JPEG XL hold 16 bits at most: values beyond are replaced and counted as 8 bytes each beside the image.
"""
import argparse
import glob
import io
import json
import lzma
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np

import mrc_arrays

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import foreign_to_mrc  # noqa: E402

MERLIN = "debian-python-rosettasciio-0.7.1/quantumdetector/Merlin_Single_Quad.zip"
BLOCK_BYTES = 1 << 20

# Name, files, options of foreign_to_mrc.load_stack().
SETS = [
    ("4D-STEM, Ceta 256 × 256²", "debian-python-rosettasciio-0.7.1/mrc/4DSTEMscan.mrc.gz", {}),
    ("Pilatus3 6M, 3 × 2527 × 2463", "dials+data-files/thaumatin_grid/*.cbf.bz2", {}),
    ("Merlin 1 bit, 9 × 512²", MERLIN, {"member": "Quad_9_Frame_CounterDepth_1_Rows_256.mib"}),
    ("Merlin 6 bit, 9 × 512²", MERLIN, {"member": "Quad_9_Frame_CounterDepth_6_Rows_256.mib"}),
    ("Merlin 12 bit, 9 × 512²", MERLIN, {"member": "Quad_9_Frame_CounterDepth_12_Rows_256.mib"}),
    ("Merlin 24 bit, 9 × 512²", MERLIN, {"member": "Quad_9_Frame_CounterDepth_24_Rows_256.mib"}),
    ("Merlin single 12 bit, 9 × 256²", MERLIN, {"member": "Single_9_Frame_CounterDepth_12_Rows_256.mib"}),
    ("Merlin single 24 bit, 9 × 256²", MERLIN, {"member": "Single_9_Frame_CounterDepth_24_Rows_256.mib"}),
    ("tomography, Savu 91 × 135 × 160", "DiamondLightSource+Savu/test_data/data/image_test/tiffs/*.tiff", {}),
    ("film micrograph, KLH 844 × 760", "I2PC+xmipp/src/xmipp/resources/test/filters/KLH.tif", {}),
    ("sub-tomogram, 36 × 206 × 94", "hanjinliu+cylindra/tests/13pf_MT.tif", {}),
    ("Falcon crop, 512²", "derived-crops/fei-extended_crop512.mrc", {}),
    ("Timepix, 512²", "dials+data-files/image_examples/TIMEPIX_SU_512-stdgoni_0001.img", {}),
    ("hologram, 512²", "debian-hyperspy-1.7.3/00_ref_Vbp_130V_0V_bin2_crop.hdf5", {}),
    ("Ceta diffraction, 512²", "ercius+openNCEM/ncempy/data/Camera Ceta Diffraction Micro.emd", {}),
    ("Pilatus 100k, 195 × 487", "nexusformat+exampledata/APS/EPICSareaDetector/hdf5/AgBehenate_228.hdf5", {}),
    ("tilt series (floats of integers), 4 × 240 × 232", "turonova+cryoCAT/tests/test_data/tilt_stack.mrc", {}),
]


# ---------------------------------------------------------------------------------------------------------------- sets

def read_mrc(mrcz, path):
    with tempfile.TemporaryDirectory() as folder:
        plain = os.path.join(folder, "plain.mrc")
        subprocess.run([mrcz, "cat", "-q", "--frames", ":", "-o", plain, path], check=True)
        frames = np.array(mrc_arrays.read(plain))
    return frames.astype("int16") if frames.dtype == "float32" and np.array_equal(frames, frames.astype("int16")) else frames


def load(mrcz, shared, pattern, options):
    paths = sorted(glob.glob(os.path.join(shared, "data", pattern)))
    if not paths:
        return None
    if ".mrc" in paths[0]:
        return read_mrc(mrcz, paths[0])
    return foreign_to_mrc.load_stack(paths, **options)[0]


# ------------------------------------------------------------------------------------------------------------- methods

def mrcz_size(mrcz, stack, *flags):
    """Bytes of all chunks and models."""
    with tempfile.TemporaryDirectory() as folder:
        plain, packed, back = (os.path.join(folder, name) for name in ("a.mrc", "a.mrcz", "b.mrc"))
        mrc_arrays.write(plain, stack)
        subprocess.run([mrcz, "compress", "-q", *flags, "-o", packed, plain], check=True)
        subprocess.run([mrcz, "decompress", "-q", "-o", back, packed], check=True)
        if open(plain, "rb").read() != open(back, "rb").read():
            raise RuntimeError(f"mrcz {flags}: not the same after a round trip")
        told = subprocess.run([mrcz, "info", "--json", packed], check=True, capture_output=True, text=True).stdout
        return json.loads(told)["header"]["PACKEDBYTES"]


def blosc_size(stack, level, shuffles):
    from numcodecs import blosc
    sizes = []
    for shuffle in shuffles:
        chunks = [blosc.compress(np.ascontiguousarray(frame), b"zstd", level, shuffle, BLOCK_BYTES) for frame in stack]
        if any(blosc.decompress(chunk) != frame.tobytes() for chunk, frame in zip(chunks, stack)):
            raise RuntimeError("blosc: not the same after a round trip")
        sizes.append(sum(map(len, chunks)))
    return min(sizes)


def zstd_size(stack, level):
    import imagecodecs
    packed = imagecodecs.zstd_encode(stack.tobytes(), level=level)
    if imagecodecs.zstd_decode(packed) != stack.tobytes():
        raise RuntimeError("zstd: not the same after a round trip")
    return len(packed)


def xz_size(stack):
    packed = lzma.compress(stack.tobytes(), preset=6)
    if lzma.decompress(packed) != stack.tobytes():
        raise RuntimeError("xz: not the same after a round trip")
    return len(packed)


def tiff_lzw_size(stack):
    import tifffile
    file = io.BytesIO()
    tifffile.imwrite(file, stack, compression="lzw", photometric="minisblack")
    file.seek(0)
    if not np.array_equal(tifffile.imread(file).reshape(stack.shape), stack):
        raise RuntimeError("TIFF: not the same after a round trip")
    return len(file.getvalue())


def as_unsigned_16(stack):
    """Values from 0 on in 16 bits or 8, and how many had to be left out."""
    # Wide types hold rare overflow marks: what most pixels need decides the offset.
    least = max(int(stack.min()), int(np.percentile(stack, 0.001)) - 2 if stack.dtype.itemsize == 4 else int(stack.min()))
    values = stack.astype("int64") - least
    outside = (values < 0) | (values > 65535)
    values[outside] = 0
    return values.astype("uint8" if values.max() < 256 else "uint16"), int(outside.sum())


def image_codec_size(stack, encode, decode):
    images, outside = as_unsigned_16(stack)
    total = 8 * outside
    for frame in images:
        frame = np.ascontiguousarray(frame)
        packed = encode(frame)
        if not np.array_equal(decode(packed).reshape(frame.shape), frame):
            raise RuntimeError("an image codec: not the same after a round trip")
        total += len(packed)
    return total


def jpeg_ls_size(stack):
    import imagecodecs
    return image_codec_size(stack, imagecodecs.jpegls_encode, imagecodecs.jpegls_decode)


def jpeg_xl_size(stack, effort):
    import imagecodecs
    return image_codec_size(stack, lambda frame: imagecodecs.jpegxl_encode(frame, lossless=True, effort=effort),
                            imagecodecs.jpegxl_decode)


METHODS = [
    ("rans", lambda mrcz, stack: mrcz_size(mrcz, stack, "--codec", "rans")),
    ("mrcz zstd", lambda mrcz, stack: mrcz_size(mrcz, stack)),
    ("blosc zstd-1, best filter", lambda mrcz, stack: blosc_size(stack, 1, (0, 1, 2))),
    ("zstd -9", lambda mrcz, stack: zstd_size(stack, 9)),
    ("TIFF LZW", lambda mrcz, stack: tiff_lzw_size(stack)),
    ("xz -6", lambda mrcz, stack: xz_size(stack)),
    ("JPEG-LS", lambda mrcz, stack: jpeg_ls_size(stack)),
    ("JPEG XL e3", lambda mrcz, stack: jpeg_xl_size(stack, 3)),
]


# --------------------------------------------------------------------------------------------------------------- table

def row_of(name, stack, bits):
    best = min(bits.values())
    cells = [f"**{value:.3f}**" if value == best else f"{value:.3f}" for value in bits.values()]
    over = 100 * (bits["rans"] / bits["blosc zstd-1, best filter"] - 1)
    return f"| {name} | {stack.dtype} | {stack.nbytes / 1e6:.1f} | " + " | ".join(cells) + f" | {over:+.1f} % |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mrcz")
    parser.add_argument("shared")
    parser.add_argument("--least", type=float, default=1e6, help="bytes of the smallest set")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    print("| set | type | MB | " + " | ".join(name for name, _ in METHODS) + " | rans over blosc |")
    print("|---|---|---|" + "---|" * (len(METHODS) + 1))
    for name, pattern, options in SETS:
        stack = load(arguments.mrcz, arguments.shared, pattern, options)
        if stack is None or stack.nbytes < arguments.least:
            continue
        bits = {method: 8 * size(arguments.mrcz, stack) / stack.size for method, size in METHODS}
        print(row_of(name, stack, bits), flush=True)


if __name__ == "__main__":
    main()
