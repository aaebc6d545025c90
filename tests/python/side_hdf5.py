"""Runs inside an environment that has h5py and hdf5plugin: reads and writes the datasets that JSON jobs on standard input name.

{"read": path, "dataset": ...} answers {"shape", "dtype", "sha256" of all pixels in little-endian, "filters", "attributes"}.
{"write": path, "dataset": ..., "pixels": path of a .npy file, "options": {...}} writes one; options: chunks, and
compression: a name in FILTERS; "stray": a number of bytes that are coded and put in the place of the first chunk, "left_out":
frames that are not written; "special": with attributes of all kinds. {"edit": path, "dataset": ..., "attributes": ...,
"metadata": ..., "header": ...} changes attributes, and members within `mrc`. The last line printed is a JSON list with an answer for each job.
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
    "gzip-fletcher32": lambda: {"compression": "gzip", "fletcher32": True},
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


def coded(count, options):
    """`count` bytes as the filters store a chunk of them."""
    with h5py.File("coded", "w", driver="core", backing_store=False) as file:
        dataset = file.create_dataset("d", data=numpy.arange(count, dtype="uint8"), **{**options, "chunks": (count,)})
        return dataset.id.read_direct_chunk((0,))[1]


def add_special_attributes(file, dataset):
    """What JSON has no form for, or nobody reads as metadata."""
    dataset.attrs.update({"flag": True, "flags": [[True, False]], "nan": numpy.nan, "infinite": [1, numpy.inf],
                          "matrix": numpy.eye(2), "raw": numpy.bytes_(b"\xff\xfe"), "none": numpy.zeros((0,)),
                          "complex": 1 + 2j, "empty": h5py.Empty("f"), "long": numpy.arange(5000)})
    file.attrs["title"] = "of the file"
    dataset.parent.attrs.update({"dose": 3, "NX_class": "NXdata"})
    file["other/number"] = 3.5


def edit(job):
    with h5py.File(job["edit"], "r+") as file:
        attributes = file[job["dataset"]].attrs
        attributes.update(job["attributes"])
        carried = json.loads(attributes["mrc"])
        carried["metadata"].update(job["metadata"])
        carried["header"].update(job["header"])
        attributes["mrc"] = json.dumps(carried)
    return {}


def write(job):
    pixels = numpy.load(job["pixels"])
    options = dict(job.get("options", {}))
    options.update(FILTERS[options.pop("compression", "none")]())
    if "chunks" in options:
        options["chunks"] = tuple(options["chunks"])
    with h5py.File(job["write"], job.get("mode", "w")) as file:
        dataset = file.create_dataset(job["dataset"], shape=pixels.shape, dtype=pixels.dtype, **options)
        first = job.get("left_out", 0)
        dataset[first:] = pixels[first:]
        if "stray" in job:
            dataset.id.write_direct_chunk((0,) * pixels.ndim, coded(job["stray"], options))
        for key, value in job.get("attributes", {}).items():
            dataset.attrs[key] = value
        if job.get("special"):
            add_special_attributes(file, dataset)
    return {"plugins": str(hdf5plugin.PLUGIN_PATH)}


def answer(job):
    try:
        return read(job) if "read" in job else edit(job) if "edit" in job else write(job)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    print(json.dumps([answer(job) for job in json.load(sys.stdin)]))
