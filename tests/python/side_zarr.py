"""Runs inside an environment that has zarr, 3 or 2: reads the arrays that JSON jobs on standard input name.

{"folder": ...} is a Zarr 3 array; {"references": {...}} a Zarr 2 array whose chunks lie in other files, as kerchunk has
them. The first `frame_axes` axes count frames. The answer is {"shape": ..., "dtype": ..., "sha256": of all pixels in
little-endian, "last": of the last frame, read alone}. {"reference_file": path} is such a file of references.
{"write": folder, "pixels": path of a .npy file, "options": {...}} writes an array. The last line printed is a JSON list with
an answer for each job.
"""

import hashlib
import json
import sys

import numpy
import zarr


def sha256(pixels):
    return hashlib.sha256(numpy.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("<")).tobytes()).hexdigest()


def codecs_of(names):
    """Zarr 3 wants objects, Zarr 2 those of numcodecs."""
    if zarr.__version__.startswith("2"):
        import numcodecs

        made = {"blosc-zstd": lambda: numcodecs.Blosc("zstd", 1, 2), "blosc-lz4": lambda: numcodecs.Blosc("lz4", 5, 1),
                "zlib": lambda: numcodecs.Zlib(1), "zstd": lambda: numcodecs.Zstd(1), "lz4": lambda: numcodecs.LZ4(),
                "gzip": lambda: numcodecs.GZip(1), "bz2": lambda: numcodecs.BZ2(1), "lzma": lambda: numcodecs.LZMA()}
        return {"compressor": made[names[0]]() if names else None}
    from zarr.codecs import BloscCodec, Crc32cCodec, GzipCodec, ZstdCodec

    made = {"blosc-zstd": lambda: BloscCodec(cname="zstd", clevel=1, shuffle="bitshuffle"), "zstd": ZstdCodec,
            "blosc-lz4": lambda: BloscCodec(cname="lz4", clevel=5, shuffle="shuffle"), "gzip": GzipCodec,
            "crc32c": Crc32cCodec}
    return {"compressors": [made[name]() for name in names] or None}


def write_array(job):
    pixels = numpy.load(job["pixels"])
    options = dict(job["options"])
    dtype = options.pop("dtype", pixels.dtype)
    options = {key: tuple(value) if isinstance(value, list) and key != "codecs" else value
               for key, value in options.items()}
    options.update(codecs_of(options.pop("codecs", [])))
    hole = options.pop("hole", None)
    if zarr.__version__.startswith("2"):
        array = zarr.open_array(job["write"], mode="w", shape=pixels.shape, dtype=dtype, **options)
    else:
        array = zarr.create_array(job["write"], shape=pixels.shape, dtype=dtype, **options)
    for frame in range(len(pixels)):
        if frame != hole:
            array[frame] = pixels[frame]
    array.attrs.update(job.get("attributes", {}))
    return {}


def open_array(job):
    if "reference_file" in job:
        import fsspec

        files = fsspec.filesystem("reference", fo=job["reference_file"], remote_protocol="file")
        return zarr.open_array(files.get_mapper(""), mode="r")
    if "folder" in job:
        return zarr.open_array(job["folder"], mode="r")
    import fsspec

    files = fsspec.filesystem("reference", fo={"version": 1, "refs": job["references"]}, remote_protocol="file")
    return zarr.open_array(files.get_mapper(""), mode="r")


def answer(job):
    try:
        if "write" in job:
            return write_array(job)
        array = open_array(job)
        pixels = array[...]
        frames = (-1,) * job["frame_axes"]
        return {"shape": list(array.shape), "dtype": array.dtype.name, "sha256": sha256(pixels),
                "last": sha256(array[frames])}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    print(json.dumps([answer(job) for job in json.load(sys.stdin)]))
