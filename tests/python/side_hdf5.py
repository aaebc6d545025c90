"""Runs inside an environment that has h5py and hdf5plugin: reads and writes the datasets that JSON jobs on standard input name.

{"read": path, "dataset": ...} answers {"shape", "dtype", "sha256" of all pixels in little-endian, "filters", "attributes"}.
{"write": path, "dataset": ..., "pixels": path of a .npy file, "options": {...}} writes one; options: chunks, and
compression: a name in FILTERS. The last line printed is a JSON list with an answer for each job.
"""

import hashlib
import json
import sys

import h5py
import hdf5plugin
import numpy

FILTERS = {
    "none": lambda: {},
    "gzip": lambda: {"compression": "gzip", "shuffle": True},
    "blosc-zstd": lambda: dict(hdf5plugin.Blosc(cname="zstd", clevel=1, shuffle=hdf5plugin.Blosc.BITSHUFFLE)),
    "blosc-lz4": lambda: dict(hdf5plugin.Blosc(cname="lz4", clevel=5, shuffle=hdf5plugin.Blosc.SHUFFLE)),
    "bitshuffle": lambda: dict(hdf5plugin.Bitshuffle()),
    "lzf": lambda: {"compression": "lzf"},
}


def read(job):
    with h5py.File(job["read"], "r") as file:
        dataset = file[job["dataset"]]
        pixels = dataset[...]
        plist = dataset.id.get_create_plist()
        filters = [plist.get_filter(i)[0] for i in range(plist.get_nfilters())]
        attributes = {key: value.tolist() if hasattr(value, "tolist") else value for key, value in dataset.attrs.items()}
        classes = [file[name].attrs["NX_class"] for name in job.get("groups", [])]
        return {"shape": list(dataset.shape), "dtype": str(dataset.dtype), "filters": filters, "attributes": attributes,
                "sha256": hashlib.sha256(pixels.tobytes()).hexdigest(), "chunks": dataset.chunks and list(dataset.chunks),
                "classes": classes}


def write(job):
    pixels = numpy.load(job["pixels"])
    options = dict(job.get("options", {}))
    options.update(FILTERS[options.pop("compression", "none")]())
    if "chunks" in options:
        options["chunks"] = tuple(options["chunks"])
    with h5py.File(job["write"], job.get("mode", "w")) as file:
        dataset = file.create_dataset(job["dataset"], data=pixels, **options)
        for key, value in job.get("attributes", {}).items():
            dataset.attrs[key] = value
    return {"plugins": str(hdf5plugin.PLUGIN_PATH)}


def answer(job):
    try:
        return read(job) if "read" in job else write(job)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    print(json.dumps([answer(job) for job in json.load(sys.stdin)]))
