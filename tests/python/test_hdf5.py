"""HDF5 files that mrcz writes are read by h5py with hdf5plugin, and those that they write by mrcz."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

import kit
import npy
import peer_environment
import plain_mrc
from kit import Checks, mrcz
from plain_mrc import (COMPLEX64, COMPLEX_INT16, FLOAT16, FLOAT32, INT8, INT16, INT32, RGB, UINT16, UINT32, PlainMrc)

TYPES = (INT8, INT16, FLOAT32, UINT16, UINT32)
FURTHER_TYPES = (COMPLEX64, FLOAT16, INT32, COMPLEX_INT16, RGB)
CODECS = ("zstd", "lz4", "zlib", "blosclz", "lz4hc")
SHAPE = (6, 61, 47)
METADATA = {"sample": "apoferritin", "dose": [1.5, 2], "nested": {"µ": None}}
H5PY_TYPES = {COMPLEX_INT16: "[('r', '<i2'), ('i', '<i2')]"}


def converted(source: Path, output: Path, *options: object, environment: dict | None = None) -> dict:
    command = [os.environ["MRCZ"], "convert", "--json", *map(str, options), str(source), str(output)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=kit.SECONDS_PER_PROGRAM,
                          env={**os.environ, **(environment or {})})
    report = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    return {**report, "exit_code": done.returncode, "stderr": done.stderr}


class Workshop:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made = 0
        self.metadata = folder / "metadata.json"
        self.metadata.write_text(json.dumps(METADATA))

    def new_path(self, ending: str) -> Path:
        self.made += 1
        return self.folder / f"{self.made}{ending}"

    def plain(self, source: PlainMrc) -> Path:
        path = self.new_path(".mrc")
        path.write_bytes(source.to_bytes())
        return path


def numbers_shape(source: PlainMrc) -> list[int]:
    return [*source.shape, *([3] if source.mode == RGB else [])]


def check_ours(checks: Checks, workshop: Workshop) -> None:
    """Ours, read by h5py, and converted back."""
    cases = [(mode, codec) for mode, codec in product(TYPES, CODECS)] + [(mode, "zstd") for mode in FURTHER_TYPES]
    jobs = []
    for mode, codec in cases:
        source = plain_mrc.make(mode, SHAPE, extended=b"seventy-seven bytes of something".ljust(77), extended_type=b"SERI")
        plain = workshop.plain(source)
        packed = workshop.new_path(".mrcz")
        mrcz("compress", "-q", "--codec", codec, "--metadata", workshop.metadata, "-o", packed, plain)
        ending = ".nxs" if codec == "lz4" else ".h5"
        target = workshop.new_path(ending)
        report = converted(packed, target)
        what = f"mode {mode.number} {codec}"
        if not checks.expect(report["exit_code"] == 0, f"{what}: converts to HDF5: {report['stderr']}"):
            continue
        checks.equal((report["moved"], report["recoded"], report["left_behind"]), (SHAPE[0], 0, []), f"{what}: frames moved")
        jobs.append((what, source, plain, target))
    groups = ["/entry", "/entry/data"]
    answers = kit.in_peer("hdf5", "side_hdf5.py", [
        {"read": str(target), "dataset": "/entry/data/data" if target.suffix == ".nxs" else "data",
         "groups": groups if target.suffix == ".nxs" else []} for _, _, _, target in jobs])
    for (what, source, plain, target), found in zip(jobs, answers):
        check_read(checks, what, source, target, found)
        check_way_back(checks, workshop, what, plain, target)


def check_read(checks: Checks, what: str, source: PlainMrc, target: Path, found: dict) -> None:
    if not checks.expect("error" not in found, f"{what}: h5py reads it: {found.get('error')}"):
        return
    checks.equal(found["shape"], numbers_shape(source), f"{what}: shape")
    checks.equal(found["dtype"], H5PY_TYPES.get(source.mode, source.mode.dtype), f"{what}: dtype")
    checks.equal(found["sha256"], source.sha256(), f"{what}: pixels in h5py")
    checks.equal(found["filters"], [32001], f"{what}: filters")
    checks.close(found["attributes"]["voxel_size_angstrom"], source.voxel, f"{what}: voxel size", 1e-6)
    carried = json.loads(found["attributes"]["mrc"])
    checks.equal(carried["metadata"], METADATA, f"{what}: metadata")
    checks.equal(carried["header"]["NX"], source.shape[2], f"{what}: header")
    if target.suffix == ".nxs":
        checks.equal(found["classes"], ["NXentry", "NXdata"], f"{what}: groups of NeXus")


def check_way_back(checks: Checks, workshop: Workshop, what: str, plain: Path, target: Path) -> None:
    back, restored = workshop.new_path(".mrcz"), workshop.new_path(".mrc")
    report = converted(target, back)
    if not checks.expect(report["exit_code"] == 0, f"{what}: converts back: {report['stderr']}"):
        return
    checks.equal((report["moved"], report["recoded"]), (SHAPE[0], 0), f"{what}: frames moved back")
    checks.equal(kit.info(back)["metadata"], METADATA, f"{what}: metadata that came back")
    mrcz("verify", "-q", back)
    mrcz("decompress", "-qq", "-o", restored, back)
    checks.expect(restored.read_bytes() == plain.read_bytes(), f"{what}: the original, byte for byte, behind HDF5")


def theirs(workshop: Workshop) -> list[dict]:
    """What h5py is to write, and what is to become of it."""
    counts = {mode: plain_mrc.make(mode, SHAPE) for mode in (*TYPES, FLOAT16, COMPLEX64)}
    rows = [
        {"name": f"blosc frames of {mode.dtype}", "mode": mode, "options": {"chunks": [1, *SHAPE[1:]], "compression": codec},
         "moved": SHAPE[0]}
        for mode, codec in product((INT8, INT16, FLOAT32, UINT16, UINT32), ("blosc-zstd", "blosc-lz4"))
    ]
    rows += [
        {"name": "float16", "mode": FLOAT16, "options": {"chunks": [1, *SHAPE[1:]], "compression": "blosc-zstd"},
         "moved": SHAPE[0]},
        {"name": "complex64", "mode": COMPLEX64, "options": {"chunks": [1, *SHAPE[1:]], "compression": "blosc-lz4"},
         "moved": SHAPE[0]},
        {"name": "gzip", "mode": INT16, "options": {"chunks": [1, *SHAPE[1:]], "compression": "gzip"}, "moved": 0,
         "why": "shuffle and gzip"},
        {"name": "bitshuffle", "mode": UINT16, "options": {"chunks": [1, *SHAPE[1:]], "compression": "bitshuffle"},
         "moved": 0, "why": "bitshuffle", "plugins": True},
        {"name": "contiguous", "mode": FLOAT32, "options": {}, "moved": 0, "why": "not chunked"},
        {"name": "blosc of other chunks", "mode": UINT16, "options": {"chunks": [4, 32, 20], "compression": "blosc-zstd"},
         "moved": 0, "why": "chunks of 4x32x20 are no frames"},
        {"name": "plain chunks", "mode": INT16, "options": {"chunks": [1, *SHAPE[1:]]}, "moved": 0, "why": "not compressed"},
    ]
    for row in rows:
        source = counts[row["mode"]]
        row["source"] = source
        row["path"] = workshop.new_path(".h5")
        row["job"] = {"write": str(row["path"]), "dataset": "/group/stack", "options": row["options"],
                      "pixels": str(npy.write(workshop.new_path(".npy"), source.pixels, source.mode.dtype, list(SHAPE))),
                      "attributes": {"voxel_size_angstrom": list(source.voxel), "title": "a stack"}}
    return rows


def check_theirs(checks: Checks, workshop: Workshop) -> None:
    rows = theirs(workshop)
    for row, found in zip(rows, kit.in_peer("hdf5", "side_hdf5.py", [row["job"] for row in rows])):
        what = f"h5py's {row['name']}"
        if not checks.expect("error" not in found, f"{what}: {found.get('error')}"):
            continue
        packed, plain = workshop.new_path(".mrcz"), workshop.new_path(".mrc")
        environment = {"HDF5_PLUGIN_PATH": found["plugins"]} if row.get("plugins") else None
        report = converted(row["path"], packed, environment=environment)
        if not checks.expect(report["exit_code"] == 0, f"{what}: converts: {report['stderr']}"):
            continue
        checks.equal((report["moved"], report["recoded"]), (row["moved"], SHAPE[0] - row["moved"]), f"{what}: frames moved")
        checks.expect(row.get("why", "") in report["why_recoded"], f"{what}: why: {report['why_recoded']}")
        mrcz("verify", "-q", packed)
        mrcz("decompress", "-qq", "-o", plain, packed)
        parsed = plain_mrc.parse(plain)
        checks.equal(parsed.sha256(), row["source"].sha256(), f"{what}: pixels")
        checks.close(parsed.voxel, row["source"].voxel, f"{what}: voxel size", 1e-6)
        checks.equal(kit.info(packed)["metadata"], {"title": "a stack"}, f"{what}: attributes as metadata")


def check_stray_chunks(checks: Checks, workshop: Workshop) -> None:
    """A chunk that decodes to less or more than the dataset's chunks hold is damage, never pixels of other memory."""
    pixels = npy.write(workshop.new_path(".npy"), plain_mrc.make_pixels(UINT16, (4, 64, 32)), "uint16", [4, 64, 32])
    cases = [(codec, chunk, stray)
             for codec, chunk in product(("blosc-zstd", "gzip", "gzip-fletcher32", "bitshuffle"), ([1, 64, 32], [2, 32, 32]))
             for stray in (64, 3 * 4096 + 64)]
    jobs = [{"write": str(workshop.new_path(".h5")), "dataset": "/d", "pixels": str(pixels), "stray": stray,
             "options": {"chunks": chunk, "compression": codec}} for codec, chunk, stray in cases]
    for (codec, chunk, stray), job, found in zip(cases, jobs, kit.in_peer("hdf5", "side_hdf5.py", jobs)):
        if not checks.expect("error" not in found, f"h5py writes: {found.get('error')}"):
            continue
        for plugins in (None, {"HDF5_PLUGIN_PATH": found["plugins"]}):
            if codec == "bitshuffle" and plugins is None:
                continue
            output = workshop.new_path(".mrcz")
            report = converted(Path(job["write"]), output, environment=plugins)
            what = f"{codec}, chunks of {chunk}, one of {stray} bytes{', plug-ins' if plugins else ''}"
            checks.equal(report["exit_code"], 1, f"{what}: refused: {report['stderr']}")
            checks.expect("/d: frame 0: " in report["stderr"] and not output.exists(), f"{what}: named: {report['stderr']}")


def check_unwritten_chunks(checks: Checks, workshop: Workshop) -> None:
    pixels = plain_mrc.make_pixels(UINT16, (4, 30, 20))
    frame = len(pixels) // 4
    stored = npy.write(workshop.new_path(".npy"), pixels, "uint16", [4, 30, 20])
    jobs = [{"write": str(workshop.new_path(".h5")), "dataset": "/d", "pixels": str(stored), "left_out": 2,
             "options": {"chunks": chunk, "compression": codec}}
            for codec, chunk in product(("blosc-zstd", "gzip", "none"), ([1, 30, 20], [2, 16, 16]))]
    for job, found in zip(jobs, kit.in_peer("hdf5", "side_hdf5.py", jobs)):
        what = f"two frames never written, {job['options']}"
        checks.expect("error" not in found, f"{what}: {found.get('error')}")
        output = workshop.new_path(".mrc")
        checks.equal(converted(Path(job["write"]), output)["exit_code"], 0, what)
        expected = bytes(2 * frame) + pixels[2 * frame:]
        checks.equal(plain_mrc.parse(output).sha256(), hashlib.sha256(expected).hexdigest(), f"{what}: zeros")


def check_attributes(checks: Checks, workshop: Workshop) -> None:
    """Attributes become metadata of the same kind, or are named; so are those of groups, and other datasets."""
    pixels = npy.write(workshop.new_path(".npy"), plain_mrc.make_pixels(UINT16, (2, 8, 9)), "uint16", [2, 8, 9])
    source, packed, there, back = (workshop.new_path(ending) for ending in (".h5", ".mrcz", ".h5", ".mrcz"))
    job = {"write": str(source), "dataset": "/group/d", "pixels": str(pixels), "special": True}
    written = kit.in_peer("hdf5", "side_hdf5.py", [job])[0]
    checks.expect("error" not in written, f"h5py writes attributes: {written}")
    report = converted(source, packed)
    expected = {"flag": True, "flags": [[True, False]], "nan": "NaN", "infinite": [1.0, "Infinity"],
                "matrix": [[1.0, 0.0], [0.0, 1.0]], "raw": {"$binary": "//4="}, "none": []}
    checks.equal(kit.info(packed)["metadata"], expected, "attributes as metadata")
    checks.equal([part.split(":")[0] for part in report["left_behind"]],
                 ["attribute complex", "attribute empty", "attribute long", "attribute title of /", "attribute dose of /group",
                  "1 other dataset of the file"], "attributes that do not go along")
    converted(packed, there)
    checks.equal(converted(there, back)["left_behind"], [], "nothing is left behind on the way back")
    checks.equal(kit.info(back)["metadata"], expected, "kinds that JSON does not have, there and back")
    plain = workshop.new_path(".mrc")
    plain.write_bytes(plain_mrc.make(UINT16, (2, 8, 9)).to_bytes())
    mrcz("compress", "-qf", "--metadata", workshop.metadata, "-o", packed, plain)
    converted(packed, there, "-f")
    kit.in_peer("hdf5", "side_hdf5.py", [{
        "edit": str(there), "dataset": "data", "metadata": {"dose": 2}, "header": {"NX": 1},
        "attributes": {"added": "hello", "sample": "another", "voxel_size_angstrom": [1, 2, 999]}}])
    report = converted(there, back, "-f")
    checks.equal(kit.info(back)["metadata"], {**METADATA, "dose": 2, "added": "hello"}, "edited attributes are taken")
    checks.equal(len(report["left_behind"]), 3, f"or named: {report['left_behind']}")
    for name in ("attribute voxel_size_angstrom", "attribute mrc: header", "attribute sample"):
        checks.expect(any(name in part for part in report["left_behind"]), f"{name} is named: {report['left_behind']}")


def check_choices(checks: Checks, workshop: Workshop) -> None:
    """Several datasets, scans, bytes without sign, numbers that MRC does not have, filters that are not here."""
    pixels = plain_mrc.make_pixels(UINT16, (12, 9, 11))
    scan = npy.write(workshop.new_path(".npy"), pixels, "uint16", [3, 4, 9, 11])
    unsigned = npy.write(workshop.new_path(".npy"), bytes(range(200)) * 2, "uint8", [2, 10, 20])
    doubles = npy.write(workshop.new_path(".npy"), bytes(8 * 24), "float64", [2, 3, 4])
    paths = {name: workshop.new_path(f".{name}.h5") for name in ("velox", "scan", "two", "unsigned", "doubles", "lzf")}
    blosc = {"compression": "blosc-zstd"}
    jobs = [
        {"write": str(paths["velox"]), "dataset": "/Data/Image/4e4c/Data", "pixels": str(unsigned)},
        {"write": str(paths["scan"]), "dataset": "/s", "pixels": str(scan), "options": {**blosc, "chunks": [1, 1, 9, 11]}},
        {"write": str(paths["two"]), "dataset": "/a", "pixels": str(unsigned)},
        {"write": str(paths["two"]), "dataset": "/b/c", "pixels": str(scan), "mode": "a"},
        {"write": str(paths["unsigned"]), "dataset": "/u", "pixels": str(unsigned), "options": {**blosc, "chunks": [1, 10, 20]}},
        {"write": str(paths["doubles"]), "dataset": "/d", "pixels": str(doubles)},
        {"write": str(paths["lzf"]), "dataset": "/l", "pixels": str(unsigned), "options": {"compression": "lzf", "chunks": [1, 10, 20]}},
    ]
    for found in kit.in_peer("hdf5", "side_hdf5.py", jobs):
        checks.expect("error" not in found, f"h5py writes: {found.get('error')}")
    packed = {name: workshop.new_path(".mrcz") for name in paths}
    velox = converted(paths["velox"], packed["velox"])
    checks.expect(velox["exit_code"] == 1 and "last axis" in velox["stderr"], f"Velox: {velox['stderr']}")
    report = converted(paths["scan"], packed["scan"])
    checks.equal((report["exit_code"], report.get("moved")), (0, 12), "a scan: frames moved")
    again = workshop.new_path(".h5")
    checks.equal(converted(packed["scan"], again)["exit_code"], 0, "a scan goes back")
    found = kit.in_peer("hdf5", "side_hdf5.py", [{"read": str(again), "dataset": "data"}])[0]
    checks.equal((found.get("shape"), found.get("chunks")), ([3, 4, 9, 11], [1, 1, 9, 11]), "a scan that went back")
    two = converted(paths["two"], packed["two"])
    checks.expect(two["exit_code"] == 2 and "/a (2x10x20), /b/c (3x4x9x11)" in two["stderr"], f"several datasets: {two['stderr']}")
    checks.equal(converted(paths["two"], packed["two"], "--dataset", "/b/c")["exit_code"], 0, "a dataset is chosen")
    wide = converted(paths["unsigned"], packed["unsigned"])
    checks.expect("uint16" in wide.get("why_recoded", ""), f"unsigned bytes: {wide}")
    checks.equal(kit.info(packed["unsigned"])["pixel_type"], "uint16", "unsigned bytes become uint16")
    kept = converted(paths["unsigned"], packed["unsigned"], "-f", "--mode0", "unsigned")
    checks.equal((kept.get("moved"), kit.info(packed["unsigned"])["pixel_type"]), (2, "uint8"), "unsigned bytes are kept")
    refused = converted(paths["doubles"], packed["doubles"])
    checks.expect(refused["exit_code"] == 1 and "64 bits" in refused["stderr"], f"doubles: {refused['stderr']}")
    missing = converted(paths["lzf"], packed["lzf"])
    checks.expect(missing["exit_code"] == 1 and "HDF5_PLUGIN_PATH" in missing["stderr"], f"lzf: {missing['stderr']}")
    checks.expect(not packed["lzf"].exists() and not list(workshop.folder.glob(".*part")), "nothing half-written is left")


def main() -> int:
    rows = [json.loads(line) for line in mrcz("codecs", "--json").stdout.splitlines()]
    if not any(row["name"] == "hdf5" and row["here"] for row in rows):
        kit.skip("this build has no HDF5")
    if peer_environment.find_python("hdf5") is None:
        kit.skip(f"no environment with h5py; {peer_environment.HOW_TO_MAKE}")
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="mrcz-hdf5-") as name:
        workshop = Workshop(Path(name))
        check_ours(checks, workshop)
        check_theirs(checks, workshop)
        check_stray_chunks(checks, workshop)
        check_unwritten_chunks(checks, workshop)
        check_attributes(checks, workshop)
        check_choices(checks, workshop)
    print(peer_environment.versions("hdf5"))
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
