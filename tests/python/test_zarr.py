"""Zarr reads our files where they lie: zarr 3 as a shard beside a zarr.json, zarr 2 through references to the chunks.

The examples in spec/ are read as they stand there, and serve as the form that is filled in for other files, the way
spec/mrcz-format.md tells.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import struct
import sys
import tempfile
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import kit
import npy
import peer_environment
import plain_mrc
from kit import Checks, mrcz
from plain_mrc import (COMPLEX64, COMPLEX_INT16, FLOAT16, FLOAT32, INT8, INT16, INT32, RGB, UINT16, UINT32, PlainMrc)

SPEC = Path(__file__).resolve().parents[2] / "spec"
FIVE_TYPES = (INT8, INT16, FLOAT32, UINT16, UINT32)
FURTHER_TYPES = (COMPLEX64, FLOAT16, INT32, COMPLEX_INT16, RGB)
FILTERS = ("bitshuffle", "byteshuffle", "none")
SHAPE = (5, 61, 47)
INDEX_ENTRY = struct.Struct("<2Q")
ZARR_2_TYPES = {INT8: "|i1", INT16: "<i2", FLOAT32: "<f4", UINT16: "<u2", UINT32: "<u4", COMPLEX64: "<c8",
                FLOAT16: "<f2", INT32: "<i4", COMPLEX_INT16: "<i2", RGB: "|u1"}


@dataclass
class Case:
    name: str
    path: Path
    source: PlainMrc
    shape: list[int]
    frame_axes: int = 1

    def last_frame(self) -> str:
        frame = len(self.source.pixels) // self.source.shape[0]
        return hashlib.sha256(self.source.pixels[-frame:]).hexdigest()


class Workshop:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made = 0

    def new_path(self, ending: str) -> Path:
        self.made += 1
        return self.folder / f"{self.made}{ending}"

    def compress(self, source: Path, codec: str, *options: object) -> Path:
        path = self.new_path(".mrcz")
        mrcz("compress", "-q", "--codec", codec, *options, "-o", path, source)
        return path

    def case(self, name: str, source: PlainMrc, codec: str, *options: object,
             scan: tuple[int, int] | None = None) -> Case:
        plain = self.new_path(".mrc")
        plain.write_bytes(source.to_bytes())
        numbers = [source.mode.components] if source.mode in (COMPLEX_INT16, RGB) else []
        frames = list(scan) if scan else [source.shape[0]]
        full_name = f"{name} {codec} {' '.join(map(str, options))}".strip()
        return Case(full_name, self.compress(plain, codec, *options), source, [*frames, *source.shape[1:], *numbers],
                    len(frames))

    def zarr_folder(self, path: Path, description: dict) -> Path:
        """A Zarr array whose one shard is a link to the file."""
        folder = self.new_path(".zarr")
        shard = folder.joinpath("c", *["0"] * len(description["shape"]))
        shard.parent.mkdir(parents=True)
        (folder / "zarr.json").write_text(json.dumps(description))
        shard.symlink_to(path)
        return folder


def example(name: str) -> dict:
    return json.loads((SPEC / name).read_text())


def description_of(case: Case, codec: str) -> dict:
    """The example of spec/ filled in for another file."""
    mode = case.source.mode
    description = copy.deepcopy(example("zarr.json"))
    sharding = description["codecs"][0]["configuration"]
    blosc = sharding["codecs"][1]["configuration"]
    description["shape"] = case.shape
    description["chunk_grid"]["configuration"]["chunk_shape"] = case.shape
    sharding["chunk_shape"] = [1] * case.frame_axes + case.shape[case.frame_axes :]
    description["data_type"] = mode.dtype
    description["fill_value"] = [0.0, 0.0] if mode == COMPLEX64 else 0.0 if mode.dtype.startswith("float") else 0
    description["dimension_names"] = None
    blosc["typesize"] = mode.bytes_per_pixel
    blosc["cname"] = codec
    return description


def make_cases(workshop: Workshop, codecs: list[str]) -> list[tuple[Case, str]]:
    cases = []
    for mode, codec in product((*FIVE_TYPES, *FURTHER_TYPES), codecs):
        for filter_name in FILTERS:
            case = workshop.case(f"mode {mode.number}", plain_mrc.make(mode, SHAPE), codec, "--filter", filter_name)
            cases.append((case, codec))
    odd = {
        "noise": plain_mrc.make(INT16, (3, 371, 1919), "noise"),
        "one frame": plain_mrc.make(INT16, (1, 61, 47)),
        "big-endian source": plain_mrc.make(FLOAT32, SHAPE, big_endian=True),
        "unaligned extended header": plain_mrc.make(UINT16, SHAPE, extended=bytes(77), extended_type=b"SERI"),
    }
    scan, blocks = plain_mrc.make(UINT16, (4 * 6, 32, 48)), plain_mrc.make(FLOAT32, (2, 371, 1919))
    for codec in codecs:
        cases += [(workshop.case(name, source, codec), codec) for name, source in odd.items()]
        cases.append((workshop.case("a scan", scan, codec, scan=(4, 6)), codec))
        cases.append((workshop.case("blocks", blocks, codec, "--block-size", "100k"), codec))
    return cases


def check_answer(checks: Checks, what: str, case: Case, found: dict) -> None:
    if not checks.expect("error" not in found, f"{what}: {found.get('error')}"):
        return
    checks.equal(found["shape"], case.shape, f"{what}: shape")
    checks.equal(found["dtype"], case.source.mode.dtype, f"{what}: dtype")
    checks.equal(found["sha256"], case.source.sha256(), f"{what}: pixels")
    checks.equal(found["last"], case.last_frame(), f"{what}: the last frame alone")


def check_zarr_3(checks: Checks, workshop: Workshop, cases: list[tuple[Case, str]]) -> None:
    jobs = [{"folder": str(workshop.zarr_folder(case.path, description_of(case, codec))), "frame_axes": case.frame_axes}
            for case, codec in cases]
    for (case, _), found in zip(cases, kit.in_peer("zarr", "side_zarr.py", jobs)):
        check_answer(checks, f"zarr 3 reads {case.name}", case, found)


def check_examples(checks: Checks, workshop: Workshop) -> None:
    """Each example of spec/ as it is printed, with a file it fits."""
    projections = Path(os.environ["MRCZ_TESTDATA"]) / "projections.mrcs"
    parsed = plain_mrc.parse(projections)
    stack = Case("zarr.json", workshop.compress(projections, "zstd"), parsed, list(parsed.shape))
    examples = {
        "zarr.json": stack,
        "zarr-complex.json": workshop.case("zarr-complex.json", plain_mrc.make(COMPLEX64, (12, 64, 33)), "zstd"),
        "zarr-float16.json": workshop.case("zarr-float16.json", plain_mrc.make(FLOAT16, (5, 61, 47)), "zstd"),
        "zarr-rgb.json": workshop.case("zarr-rgb.json", plain_mrc.make(RGB, (3, 40, 56)), "zstd"),
        "zarr-scan.json": workshop.case("zarr-scan.json", plain_mrc.make(UINT16, (24, 32, 48)), "zstd", scan=(4, 6)),
    }
    checks.equal(sorted(path.name for path in SPEC.glob("zarr*.json")), sorted(examples), "examples in spec/")
    jobs = [{"folder": str(workshop.zarr_folder(case.path, example(name))), "frame_axes": case.frame_axes}
            for name, case in examples.items()]
    for case, found in zip(examples.values(), kit.in_peer("zarr", "side_zarr.py", jobs)):
        check_answer(checks, f"zarr 3 reads by spec/{case.name}", case, found)


def chunk_ranges(path: Path, frames: int) -> list[tuple[int, int]]:
    content = path.read_bytes()
    return list(INDEX_ENTRY.iter_unpack(content[len(content) - 4 - INDEX_ENTRY.size * frames : -4]))


def references(case: Case, ranges: list[tuple[int, int]], compressor: dict | None, dtype: str | None = None) -> dict:
    """What kerchunk would write: where in which file each chunk lies."""
    description = {"zarr_format": 2, "shape": case.shape, "dtype": dtype or ZARR_2_TYPES[case.source.mode],
                   "chunks": [1] * case.frame_axes + case.shape[case.frame_axes :], "compressor": compressor,
                   "fill_value": None, "filters": None, "order": "C"}
    found = {".zarray": json.dumps(description)}
    for frame, (offset, size) in enumerate(ranges):
        place = [frame] if case.frame_axes == 1 else list(divmod(frame, case.shape[1]))
        key = ".".join(map(str, [*place, *[0] * (len(case.shape) - case.frame_axes)]))
        found[key] = [str(case.path), offset, size]
    return found


def plain_file_with_footer(workshop: Workshop) -> tuple[Case, dict]:
    """Frames of a plain file are chunks that nobody compressed."""
    note = workshop.new_path(".json")
    note.write_text('{"note": "in the footer"}')
    case = workshop.case("a plain file with a footer", plain_mrc.make(INT16, SHAPE), "zstd", "--metadata", note)
    plain = workshop.new_path(".mrc")
    mrcz("cat", "-q", "--frames=:", "-o", plain, case.path)
    case.path = plain
    size = len(case.source.pixels) // SHAPE[0]
    return case, references(case, [(1024 + frame * size, size) for frame in range(SHAPE[0])], None)


def big_endian_plain_file(workshop: Workshop) -> tuple[Case, dict]:
    source = plain_mrc.make(INT16, SHAPE, big_endian=True)
    path = workshop.new_path(".mrc")
    path.write_bytes(source.to_bytes())
    case = Case("a big-endian plain file", path, source, list(SHAPE))
    size = len(source.pixels) // SHAPE[0]
    return case, references(case, [(1024 + frame * size, size) for frame in range(SHAPE[0])], None, ">i2")


def check_zarr_2(checks: Checks, workshop: Workshop, cases: list[tuple[Case, str]]) -> None:
    jobs = []
    for case, codec in cases:
        compressor = {"id": "blosc", "cname": codec, "clevel": 1, "shuffle": 2, "blocksize": 0}
        jobs.append((case, references(case, chunk_ranges(case.path, case.source.shape[0]), compressor)))
    jobs += [plain_file_with_footer(workshop), big_endian_plain_file(workshop)]
    answers = kit.in_peer("zarr-2", "side_zarr.py",
                          [{"references": found, "frame_axes": case.frame_axes} for case, found in jobs])
    for (case, _), found in zip(jobs, answers):
        check_answer(checks, f"zarr 2 reads {case.name}", case, found)


def check_links(checks: Checks, workshop: Workshop, cases: list[tuple[Case, str]], peer: str) -> None:
    """What `mrcz zarr` and `mrcz convert` write is read; converted back it is the file it was."""
    jobs = []
    for case, _ in cases:
        shape = ["--shape", f"{case.shape[0]},{case.shape[1]}"] if case.frame_axes == 2 else []
        if peer == "zarr-2":
            path = workshop.new_path(".refs.json")
            mrcz("zarr", "--refs", "-q", *shape, "-o", path, case.path)
            jobs.append((case, {"reference_file": str(path)}))
            continue
        linked, moved, back = (workshop.new_path(ending) for ending in (".zarr", ".zarr", ".mrcz"))
        mrcz("zarr", "--link", "-q", *shape, "-o", linked, case.path)
        mrcz("convert", "-q", *shape, case.path, moved)
        mrcz("convert", "-q", moved, back)
        if case.frame_axes == 1:
            checks.expect(back.read_bytes() == case.path.read_bytes(), f"{case.name}: through Zarr and back, byte for byte")
        jobs += [(case, {"folder": str(linked)}), (case, {"folder": str(moved)})]
    answers = kit.in_peer(peer, "side_zarr.py", [{**job, "frame_axes": case.frame_axes} for case, job in jobs])
    for (case, job), found in zip(jobs, answers):
        check_answer(checks, f"{peer} reads what the command made of {case.name} ({', '.join(job)})", case, found)


def commanded(cases: list[tuple[Case, str]]) -> list[tuple[Case, str]]:
    """One filter of each type and codec, and all that is odd."""
    return [(case, codec) for case, codec in cases if "byteshuffle" not in case.name and "none" not in case.name]


def foreign_arrays(workshop: Workshop, peer: str) -> list[dict]:
    """Arrays that Zarr is to write, and whether their chunks are moved."""
    frame, n = [1, *SHAPE[1:]], SHAPE[0]
    common = [
        {"name": "blosc frames", "mode": UINT16, "options": {"chunks": frame, "codecs": ["blosc-zstd"]}, "moved": n},
        {"name": "blosc frames, lz4", "mode": FLOAT32, "options": {"chunks": frame, "codecs": ["blosc-lz4"]}, "moved": n},
        {"name": "complex frames", "mode": COMPLEX64, "options": {"chunks": frame, "codecs": ["blosc-lz4"]}, "moved": n},
        {"name": "other chunks", "mode": INT16, "options": {"chunks": [2, 20, 47], "codecs": ["blosc-zstd"]}, "moved": 0},
        {"name": "several frames a chunk", "mode": INT8, "options": {"chunks": [2, *SHAPE[1:]], "codecs": ["zstd"]}, "moved": 0},
        {"name": "zstd", "mode": INT16, "options": {"chunks": frame, "codecs": ["zstd"]}, "moved": 0},
        {"name": "gzip", "mode": UINT32, "options": {"chunks": frame, "codecs": ["gzip"]}, "moved": 0},
        {"name": "nothing", "mode": FLOAT16, "options": {"chunks": frame}, "moved": 0},
        {"name": "a hole", "mode": UINT16, "options": {"chunks": frame, "codecs": ["blosc-zstd"], "hole": 2, "fill_value": 7},
         "moved": n - 1},
    ]
    if peer == "zarr-2":
        return common + [
            {"name": "big-endian blosc", "mode": INT16, "options": {"chunks": frame, "codecs": ["blosc-zstd"], "dtype": ">i2"},
             "moved": 0},
            *({"name": codec, "mode": UINT16, "options": {"chunks": frame, "codecs": [codec]}, "moved": 0}
              for codec in ("zlib", "lz4", "bz2")),
            {"name": "keys with slashes", "mode": INT16, "moved": n,
             "options": {"chunks": frame, "codecs": ["blosc-zstd"], "dimension_separator": "/"}},
            {"name": "lzma", "mode": INT16, "options": {"chunks": frame, "codecs": ["lzma"]}, "refused": "lzma"},
        ]
    return common + [
        {"name": "shards of two frames", "mode": UINT16, "moved": n + 1,
         "options": {"chunks": frame, "shards": [2, *SHAPE[1:]], "codecs": ["blosc-zstd"]}},
        {"name": "shards of other chunks", "mode": INT16, "moved": 0,
         "options": {"chunks": [1, 61, 20], "shards": [5, 61, 60], "codecs": ["zstd", "crc32c"]}},
    ]


def check_foreign(checks: Checks, workshop: Workshop, peer: str) -> None:
    rows = foreign_arrays(workshop, peer)
    jobs = []
    for row in rows:
        shape = (SHAPE[0] + 1, *SHAPE[1:]) if row["name"] == "shards of two frames" else SHAPE
        row["source"], row["path"] = plain_mrc.make(row["mode"], shape), workshop.new_path(".zarr")
        pixels = npy.write(workshop.new_path(".npy"), row["source"].pixels, row["mode"].dtype, list(shape))
        jobs.append({"write": str(row["path"]), "pixels": str(pixels), "options": row["options"],
                     "attributes": {"voxel_size_angstrom": list(row["source"].voxel), "title": "a stack"}})
    for row, found in zip(rows, kit.in_peer(peer, "side_zarr.py", jobs)):
        what = f"{peer}'s {row['name']}"
        if checks.expect("error" not in found, f"{what}: {found.get('error')}"):
            check_conversion(checks, workshop, what, row)


def check_conversion(checks: Checks, workshop: Workshop, what: str, row: dict) -> None:
    packed, plain = workshop.new_path(".mrcz"), workshop.new_path(".mrc")
    done = mrcz("convert", "--json", row["path"], packed, check=False)
    if "refused" in row:
        checks.expect(done.returncode == 1 and row["refused"] in done.stderr, f"{what}: is refused: {done.stderr}")
        return
    if not checks.expect(done.returncode == 0, f"{what}: converts: {done.stderr}"):
        return
    report = json.loads(done.stdout)
    checks.equal(report["moved"], row["moved"], f"{what}: frames moved")
    checks.equal(bool(report["why_recoded"]), report["recoded"] > 0, f"{what}: why {report['why_recoded']}")
    mrcz("verify", "-q", packed)
    mrcz("decompress", "-qq", "-o", plain, packed)
    parsed, frame = plain_mrc.parse(plain), len(row["source"].pixels) // row["source"].shape[0]
    expected = row["source"].pixels
    if row["name"] == "a hole":
        expected = expected[: 2 * frame] + struct.pack("<H", 7) * (frame // 2) + expected[3 * frame :]
    checks.expect(parsed.pixels == expected, f"{what}: pixels")
    checks.close(parsed.voxel, row["source"].voxel, f"{what}: voxel size", 1e-6)
    checks.equal(kit.info(packed)["metadata"], {"title": "a stack"}, f"{what}: attributes as metadata")


def main() -> int:
    peers = [name for name in ("zarr", "zarr-2") if peer_environment.find_python(name)]
    if not peers:
        kit.skip(f"no environment with zarr; {peer_environment.HOW_TO_MAKE}")
    codecs = [name for name in kit.written_codecs() if name != "snappy"]
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="mrcz-zarr-") as name:
        workshop = Workshop(Path(name))
        cases = make_cases(workshop, codecs)
        print(f"{len(cases)} files, codecs {', '.join(codecs)}")
        for peer in ("zarr", "zarr-2"):
            if peer not in peers:
                print(f"{peer}: not there, left out; {peer_environment.HOW_TO_MAKE}")
                continue
            before = checks.held, len(checks.failures)
            if peer == "zarr":
                check_zarr_3(checks, workshop, cases)
                check_examples(checks, workshop)
            else:
                check_zarr_2(checks, workshop, cases)
            check_links(checks, workshop, commanded(cases), peer)
            check_foreign(checks, workshop, peer)
            print(f"{peer} ({peer_environment.versions(peer)}): {checks.held - before[0]} checks held, "
                  f"{len(checks.failures) - before[1]} failed")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
