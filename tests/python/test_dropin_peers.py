"""writeMRC and readMRC of our package beside those of python-mrcz: each reads what the other wrote, with one side program
that knows of no difference. mrcfile reads our plain files, the reference decoder plain and compressed ones.

MRCZ_PYTHON names the folder of our package; the peers come from peer_environment.py.
"""

from __future__ import annotations

import sys
import tempfile
from itertools import product
from pathlib import Path

import kit
import peer_environment
import plain_mrc
from kit import Checks
from plain_mrc import FLOAT32, INT8, INT32, PYTHON_MRCZ_MODES, UINT32, PlainMrc

COMPRESSORS = (None, "zstd", "lz4", "lz4hc", "zlib", "blosclz")
SHARED_MODES = (*PYTHON_MRCZ_MODES, INT32, UINT32)
MRCFILE_MODES = {mode.number for mode in PYTHON_MRCZ_MODES}
SHAPE = (6, 61, 47)
VOXEL = [1.75, 2.5, 3.25]
MICROSCOPE = {"voltage": 300.0, "C3": 2.5, "gain": 1.5}
METADATA = {"microscope": "Ünïcode ø", "dose": [1.5, 2, {"deep": [None, True]}], "angles": list(range(-60, 61))}
LISTS = {"array": 0, "list of images": 1, "list of volumes": 3}


def describe(folder: Path, writer: str, compressors) -> list[tuple[str, PlainMrc, dict]]:
    """Name, pixels and job of each file that `writer` makes."""
    files = []

    def add(name: str, source: PlainMrc, compressor: str | None, list_of: int = 0, flat: bool = False, **more) -> None:
        place = str(folder / f"{writer}.{len(files)}")
        raw = Path(place + ".raw")
        raw.write_bytes(source.pixels)
        options = {"compressor": compressor, "pixelsize": VOXEL, **MICROSCOPE, **more}
        shape = list(source.shape[1:] if flat else source.shape)
        files.append((f"{name} mode {source.mode.number} {compressor}", source,
                      {"do": "write", "path": place + (".mrcz" if compressor else ".mrc"), "raw": str(raw),
                       "dtype": source.mode.dtype, "shape": shape, "list_of": list_of, "options": options}))

    for mode, compressor in product(SHARED_MODES, compressors):
        stack = plain_mrc.make(mode, SHAPE)
        for name, list_of in LISTS.items():
            add(name, stack, compressor, list_of)
        add("metadata", stack, compressor, meta=METADATA)
        add("metadata of a list", stack, compressor, 3, meta=METADATA)
        add("one image", plain_mrc.make(mode, (1, 61, 47)), compressor, flat=True)
    for mode in SHARED_MODES:
        add("big-endian", plain_mrc.make(mode, SHAPE), None, endian="be")
        add("big-endian metadata", plain_mrc.make(mode, SHAPE), None, endian="be", meta=METADATA)
    four_bits = plain_mrc.make(INT8, SHAPE)  # even columns and values up to 14 are what all versions store right
    four_bits = four_bits.changed(shape=(6, 61, 46), pixels=bytes(value % 15 for value in four_bits.pixels[: 6 * 61 * 46]))
    add("4 bits", four_bits, None, dtype="uint4")
    add("noise", plain_mrc.make(FLOAT32, (2, 371, 1919), "noise"), "zstd")
    return files


def check_read(checks: Checks, what: str, file: tuple[str, PlainMrc, dict], found: dict, *, whose: str) -> None:
    name, source, job = file
    what = f"{what} {name}"
    options = job["options"]
    if not checks.expect("error" not in found, f"{what}: {found.get('error')}"):
        return
    frames, rows, columns = source.shape
    list_of = job["list_of"]
    # python-mrcz makes a list of every file whose MZ is not 0, and MZ is what others divide CELLA by: a list of one.
    theirs_of_standard = whose == "theirs read ours" and options["compressor"] is None
    if list_of or theirs_of_standard and "dtype" not in options:
        per_item = list_of or frames
        checks.equal((found["type"], found["count"]), ("list", frames // per_item), f"{what}: a list")
        checks.equal(found["shape"], [rows, columns] if per_item == 1 else [per_item, rows, columns], f"{what}: item")
    else:
        checks.equal(found["type"], "memmap" if options.get("map") else "ndarray", f"{what}: type")
        checks.equal(found["shape"], [size for size in source.shape if size != 1], f"{what}: shape")
    checks.equal(found["dtype"], "uint8" if "dtype" in options else source.mode.dtype, f"{what}: dtype")
    checks.equal(found["sha256"], source.sha256(), f"{what}: pixels")
    first = 1 if theirs_of_standard and list_of else 0  # CELLA / MZ is z, and python-mrcz takes CELLA / NZ
    checks.close(found["pixelsize"][first:], VOXEL[first:], f"{what}: pixel size")
    checks.close([found[key] for key in MICROSCOPE], list(MICROSCOPE.values()), f"{what}: voltage, C3, gain")
    checks.equal(found["compressor"], options["compressor"], f"{what}: codec")
    if options.get("meta") and not theirs_of_standard:
        checks.equal(found["meta"], METADATA, f"{what}: metadata")


def read_jobs(files, hidden: bool = False) -> list[dict]:
    """`hidden`: metadata stand where the reader does not look."""
    # Of bytes in MODE 0 python-mrcz has to be told the byte order.
    return [{"do": "read", "path": job["path"],
             # It unpacks 4 bits into an array, not into a list.
             "options": {"endian": job["options"].get("endian", "le"), **({"slices": 0} if "dtype" in job["options"] else {})},
             "meta_keys": list(METADATA) if "meta" in job["options"] and not (
                 hidden and job["options"]["compressor"] is None) else []} for _, _, job in files]


def check_peer(checks: Checks, peer: str, package: Path, folder: Path) -> None:
    ours = describe(folder, "ours", COMPRESSORS)
    for (name, _, _), answer in zip(ours, kit.in_peer("package", "side_python_mrcz.py", [job for *_, job in ours],
                                                      package)):
        checks.expect("error" not in answer, f"we write {name}: {answer.get('error')}")
    # 0.5.10 has trouble of its own with big-endian files; what reads them is 0.6.
    for_peer = [file for file in ours if peer != "python-mrcz-0.5" or "endian" not in file[2]["options"]]
    for file, found in zip(for_peer, kit.in_peer(peer, "side_python_mrcz.py", read_jobs(for_peer, hidden=True))):
        check_read(checks, f"{peer} reads our", file, found, whose="theirs read ours")
    for file, found in zip(ours, kit.in_peer("package", "side_python_mrcz.py", read_jobs(ours), package)):
        check_read(checks, "we read our", file, found, whose="ours")
    theirs = describe(folder, peer, COMPRESSORS)
    answers = kit.in_peer(peer, "side_python_mrcz.py", [job for *_, job in theirs])
    written = [file for file, answer in zip(theirs, answers)
               if checks.expect("error" not in answer, f"{peer} writes {file[0]}: {answer.get('error')}")]
    if peer == "python-mrcz-0.5":  # lz4hc is written as lz4's number
        written = [file for file in written if file[2]["options"]["compressor"] != "lz4hc"]
    for file, found in zip(written, kit.in_peer("package", "side_python_mrcz.py", read_jobs(written), package)):
        check_read(checks, f"we read {peer}'s", file, found, whose="ours read theirs")


def check_reference(checks: Checks, package: Path, folder: Path) -> None:
    """What the format says of files is true of these."""
    ours = [file for file in describe(folder, "reference", (None, "zstd")) if file[1].mode.number in MRCFILE_MODES]
    kit.in_peer("package", "side_python_mrcz.py", [job for *_, job in ours], package)
    for (name, source, job), found in zip(ours, kit.in_peer("reference", "side_reference.py",
                                                            [{"path": job["path"]} for *_, job in ours])):
        what = f"the reference decoder reads our {name}"
        if not checks.expect("error" not in found, f"{what}: {found.get('error')}"):
            continue
        checks.equal((found["problems"], found["sha256"]), ([], source.sha256()), f"{what}: pixels")
        checks.equal(found["metadata"], job["options"].get("meta"), f"{what}: metadata")


def check_mrcfile(checks: Checks, package: Path, folder: Path) -> None:
    ours = [file for file in describe(folder, "plain", (None,)) if file[1].mode.number in MRCFILE_MODES]
    ours = [file for file in ours if file[2]["options"]["compressor"] is None and "dtype" not in file[2]["options"]]
    kit.in_peer("package", "side_python_mrcz.py", [job for *_, job in ours], package)
    jobs = [{"path": job["path"]} for *_, job in ours]
    for (name, source, job), found in zip(ours, kit.in_peer("mrcfile", "side_mrcfile.py", jobs)):
        what = f"mrcfile reads our {name}"
        if not checks.expect("error" not in found, f"{what}: {found.get('error')}"):
            continue
        checks.equal(found["sha256"], source.sha256(), f"{what}: pixels")
        checks.close(found["voxel"], VOXEL, f"{what}: pixel size")
        complaints = [message for message in found["messages"] if "larger than expected" not in message]
        if "meta" in job["options"]:
            checks.expect(not found["valid"] and not complaints, f"{what}: complains of the length alone: {complaints}")
        else:
            checks.expect(found["valid"], f"{what}: {found['messages']}")


def main() -> int:
    package = kit.our_package()
    if package is None:
        kit.skip("the Python package was not built (CMake option MRCZ_BUILD_PYTHON)")
    peers = [name for name in peer_environment.PYTHON_MRCZ if peer_environment.find_python(name)]
    if not peers or not peer_environment.find_python("package"):
        kit.skip(f"no environment with python-mrcz, or none for our package; {peer_environment.HOW_TO_MAKE}")
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="mrcz-dropin-") as name:
        for peer in peers:
            folder = Path(name, peer)
            folder.mkdir()
            check_peer(checks, peer, package, folder)
            print(f"{peer} ({peer_environment.versions(peer)}): {checks.held} checks held so far")
        for other, check in (("mrcfile", check_mrcfile), ("reference", check_reference)):
            if peer_environment.find_python(other):
                check(checks, package, Path(name))
            else:
                print(f"{other}: not there, left out; {peer_environment.HOW_TO_MAKE}")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
