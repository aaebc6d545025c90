"""python-mrcz reads what our command writes, and our command reads what python-mrcz writes.

Files go through every pixel type, codec, filter, level and block size that both sides know. Sources are written by
plain_mrc.py with the standard library alone. MRCZ names our command, MRCZ_TESTDATA the folder of real files; the peers
come from peer_environment.py.
"""

from __future__ import annotations

import bz2
import gzip
import json
import os
import struct
import sys
import tempfile
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import kit
import peer_environment
import plain_mrc
from kit import Checks, mrcz
from plain_mrc import FLOAT32, INT8, INT16, INT32, PYTHON_MRCZ_MODES, UINT16, UINT32, PlainMrc

CODEC_IDS = {"blosclz": 1, "lz4": 2, "lz4hc": 3, "zlib": 5, "zstd": 6}
CONTRACT_CODECS = ("zstd", "lz4")
FILTERS = ("bitshuffle", "byteshuffle", "none")
READABLE_MODES = (*PYTHON_MRCZ_MODES, INT32, UINT32)  # python-mrcz refuses 3, 12 and 16
MODE_NUMBERS = {mode.number for mode in READABLE_MODES}
MICROSCOPE = (300.0, 2.7, 1.5)  # kV, mm, gain
MEMCPYED = 0x02
SHAPES = ((1, 1, 1), (1, 1, 7), (5, 1, 17), (7, 1, 1), (1, 241, 251), (3, 241, 251), (4, 16, 16), (64, 8, 8),
          (2, 371, 3838))
JSON_METADATA = {"microscope": "Ünïcode ø", "dose": [1.5, 2, {"deep": [None, True]}], "angles": list(range(-60, 61))}


@dataclass
class OurFile:
    """A compressed file of ours and what a reader must find in it."""

    name: str
    source: PlainMrc
    codec: str
    path: Path
    source_path: Path
    source_bytes: bytes = b""
    meta: dict = field(default_factory=dict)


class Workshop:
    """Makes our files in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[OurFile] = []
        self._sources: dict[int, Path] = {}

    def store(self, source: PlainMrc, wrapper: str = "") -> Path:
        path = self.folder / f"source{len(self._sources)}.mrc{wrapper}"
        wrap = {"": bytes, ".gz": lambda data: gzip.compress(data, 1), ".bz2": bz2.compress}[wrapper]
        path.write_bytes(wrap(source.to_bytes()))
        self._sources[len(self._sources)] = path
        return path

    def compress(self, name: str, source: PlainMrc, source_path: Path, codec: str, *options: str, **more) -> OurFile:
        path = self.folder / f"ours{len(self.files)}.mrcz"
        mrcz("compress", "-q", "--codec", codec, *options, "-o", path, source_path)
        full_name = f"{name} {codec} {' '.join(options)}".strip()
        self.files.append(OurFile(full_name, source, codec, path, source_path, **more))
        return self.files[-1]


def by_coding(workshop: Workshop, codecs: list[str]) -> None:
    for mode in READABLE_MODES:
        source = plain_mrc.make(mode, (2, 151, 251))
        path = workshop.store(source)
        levels_and_blocks = product(("-1", "-9"), ("64k", "1M")) if mode in PYTHON_MRCZ_MODES else (("-1", "64k"),)
        for codec, filter_name, (level, block) in product(codecs, FILTERS, levels_and_blocks):
            workshop.compress(f"coding mode {mode.number}", source, path, codec, "--filter", filter_name, level,
                              "--block-size", block)


def by_shape(workshop: Workshop) -> None:
    for mode, shape in product(READABLE_MODES, SHAPES):
        source = plain_mrc.make(mode, shape)
        path = workshop.store(source)
        for codec in CONTRACT_CODECS:
            workshop.compress(f"shape {shape} mode {mode.number}", source, path, codec)


def by_content(workshop: Workshop, codecs: list[str]) -> None:
    for mode, pattern in product(PYTHON_MRCZ_MODES, ("noise", "zeros")):
        source = plain_mrc.make(mode, (2, 371, 1919), pattern)
        path = workshop.store(source)
        for codec, filter_name in product(codecs, ("auto", "none", "bitshuffle")):
            workshop.compress(f"{pattern} mode {mode.number}", source, path, codec, "--filter", filter_name)


def by_microscope(workshop: Workshop, codecs: list[str]) -> None:
    """Voltage, C3 and gain are carried from files of MRCZ programs; in others those bytes may be anything."""
    for mode, codec in product(READABLE_MODES, codecs):
        source = plain_mrc.make(mode, (3, 61, 47), microscope=MICROSCOPE)
        for label in (b"MRCZ0.5.7", b"another program"):
            stack = source.changed(label=label)
            workshop.compress(f"microscope of {label.decode()} mode {mode.number}", stack, workshop.store(stack), codec,
                              source_bytes=stack.to_bytes())


def odd_sources() -> dict[str, tuple[PlainMrc, str]]:
    """Name → source and the ending of its wrapper."""
    shape = (3, 61, 47)
    extended = bytes(range(256)) * 3
    metadata = json.dumps(JSON_METADATA).encode()
    stack = plain_mrc.make(INT16, shape)
    return {
        "stack": (stack, ""),
        "volume": (stack.changed(volume=True), ""),
        "volume of one section": (plain_mrc.make(FLOAT32, (1, 61, 47), volume=True), ""),
        "part of a larger cell": (stack.changed(grid=(9, 400, 300), volume=True), ""),
        "no pixel size": (stack.changed(voxel=(0.0, 0.0, 0.0)), ""),
        "large and small pixels": (stack.changed(voxel=(1e5, 0.01, 3.25e-3)), ""),
        "extended header": (stack.changed(extended=extended, extended_type=b"FEI1"), ""),
        "unaligned extended header": (stack.changed(extended=extended[:77], extended_type=b"SERI"), ""),
        "extended header of JSON": (stack.changed(extended=metadata, extended_type=b"json"), ""),
        "label that is no UTF-8": (stack.changed(label="Ångström".encode("latin-1")), ""),
        "gzip": (stack, ".gz"),
        "bzip2": (stack, ".bz2"),
        **{
            f"big-endian mode {mode.number}": (plain_mrc.make(mode, shape, big_endian=True), "")
            for mode in READABLE_MODES
        },
        "big-endian volume, extended header, gzip": (
            plain_mrc.make(UINT16, shape, big_endian=True, volume=True, extended=extended, extended_type=b"FEI1"),
            ".gz"),
    }


def by_source(workshop: Workshop) -> None:
    for (name, (source, wrapper)), codec in product(odd_sources().items(), CONTRACT_CODECS):
        meta = JSON_METADATA if source.extended_type == b"json" else {}
        workshop.compress(name, source, workshop.store(source, wrapper), codec, meta=meta,
                          source_bytes=source.to_bytes())


def real_sources() -> dict[str, tuple[Path, bytes]]:
    folder = Path(os.environ.get("MRCZ_TESTDATA", ""))
    if not os.environ.get("MRCZ_TESTDATA") or not folder.is_dir():
        return {}
    openers = {".gz": gzip.decompress, ".bz2": bz2.decompress}
    found = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix != ".md":
            content = openers.get(path.suffix, bytes)(path.read_bytes())
            little_endian = content[208:211] == b"MAP" and content[212:213] == b"\x44"
            known = len(content) > 1024 and struct.unpack_from("<i", content, 12)[0] in MODE_NUMBERS
            if little_endian and known:
                found[path.name] = (path, content)
    return found


def by_real_file(workshop: Workshop) -> None:
    for name, (path, content) in real_sources().items():
        unwrapped = workshop.folder / "unwrapped"
        unwrapped.write_bytes(content)
        source = plain_mrc.parse(unwrapped)
        for codec in CONTRACT_CODECS:
            workshop.compress(f"testdata {name}", source, path, codec, source_bytes=content)


def by_stream(workshop: Workshop) -> None:
    """Compressed output to a pipe is spooled; its header must be complete all the same."""
    source = plain_mrc.make(UINT16, (4, 51, 47))
    path = workshop.store(source)
    file = workshop.compress("to a pipe", source, path, "zstd")
    file.path.unlink()
    with open(path, "rb") as standard_input, open(file.path, "wb") as standard_output:
        kit.mrcz_stream(["compress", "-q", "-c"], standard_input, standard_output)


def chunk_headers(file: OurFile) -> list[tuple[int, int]]:
    """Flags and stored bytes of each chunk, found by walking as python-mrcz does."""
    content = file.path.read_bytes()
    offset = 1024 + len(file.source.extended)
    chunks = []
    for _ in range(file.source.shape[0]):
        flags = content[offset + 2]
        stored = struct.unpack_from("<I", content, offset + 12)[0]
        chunks.append((flags, stored))
        offset += stored
    return chunks


def make_our_files(folder: Path, codecs: list[str]) -> list[OurFile]:
    workshop = Workshop(folder)
    by_coding(workshop, codecs)
    by_shape(workshop)
    by_content(workshop, codecs)
    by_microscope(workshop, codecs)
    by_source(workshop)
    by_real_file(workshop)
    by_stream(workshop)
    return workshop.files


def check_our_layout(checks: Checks, files: list[OurFile]) -> None:
    for file in files:
        if not file.name.startswith("noise"):
            continue
        copied = [bool(flags & MEMCPYED) for flags, _ in chunk_headers(file)]
        # Only whole random bytes have nothing in them; floats of this noise share an exponent.
        if file.source.mode in (INT8, INT16, UINT16) and "none" in file.name:
            checks.expect(all(copied), f"{file.name}: chunks that cannot be compressed are stored as they are")


def check_reading(checks: Checks, peer: str, files: list[OurFile]) -> None:
    jobs = [{"do": "read", "path": str(file.path), "meta_keys": list(file.meta)} for file in files]
    for file, found in zip(files, kit.in_peer(peer, "side_python_mrcz.py", jobs)):
        what = f"{peer} reads {file.name}"
        if not checks.expect("error" not in found, f"{what}: {found.get('error')}"):
            continue
        source = file.source
        checks.equal(found["type"], "ndarray", f"{what}: type")
        checks.equal(found["dtype"], source.mode.dtype, f"{what}: dtype")
        checks.equal(found["shape"], [size for size in source.shape if size != 1], f"{what}: shape")
        checks.equal(found["sha256"], source.sha256(), f"{what}: pixels")
        if source.axes == (1, 2, 3):
            checks.close(found["pixelsize"], source.voxel, f"{what}: pixel size")
        microscope = source.microscope if source.label.startswith(b"MRCZ") else (0, 0, 1)
        checks.close([found[key] for key in ("voltage", "C3", "gain")], microscope, f"{what}: voltage, C3, gain")
        checks.equal(found["compressor"], file.codec, f"{what}: codec")
        checks.equal(found["MRCtype"], source.mode.number, f"{what}: mode")
        checks.equal(found["extendedBytes"], len(source.extended), f"{what}: extended header")
        checks.equal(found["packed_bytes"], sum(stored for _, stored in chunk_headers(file)), f"{what}: packed bytes")
        checks.equal(found["meta"], file.meta, f"{what}: metadata")


def check_restoring(checks: Checks, files: list[OurFile]) -> None:
    for file in files:
        if file.source_bytes:
            restored = file.path.with_suffix(".restored")
            mrcz("decompress", "-q", "-f", "-o", restored, file.path)
            checks.expect(restored.read_bytes() == file.source_bytes, f"{file.name}: restored is not what it was")
            restored.unlink()


@dataclass
class TheirFile:
    """A file of the peer's and what it was told to write."""

    name: str
    job: dict
    source: PlainMrc

    @property
    def is_plain(self) -> bool:
        return self.job["options"]["compressor"] is None

    @property
    def path(self) -> Path:
        return Path(self.job["path"])


class TheirWorkshop:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[TheirFile] = []

    def add(self, name: str, source: PlainMrc, compressor: str | None, *, list_of: int = 0, strided: bool = False,
            flat: bool = False, **options) -> None:
        number = len(self.files)
        raw = self.folder / f"theirs{number}.raw"
        raw.write_bytes(source.pixels)
        options = {"compressor": compressor, "pixelsize": list(source.voxel), "voltage": 300.0, "C3": 2.5, "gain": 3.0,
                   **options}
        shape = list(source.shape[1:] if flat else source.shape)
        job = {"do": "write", "path": str(self.folder / f"theirs{number}.mrcz"), "raw": str(raw), "list_of": list_of,
               "dtype": source.mode.dtype, "shape": shape, "strided": strided, "options": options}
        self.files.append(TheirFile(f"{name} {compressor}", job, source))


def describe_their_files(folder: Path, codecs: list[str]) -> list[TheirFile]:
    workshop = TheirWorkshop(folder)
    for mode, compressor in product(PYTHON_MRCZ_MODES, (*codecs, None)):
        stack = plain_mrc.make(mode, (6, 151, 247))
        label = f"mode {mode.number}"
        workshop.add(f"{label} array", stack, compressor, n_threads=1)
        workshop.add(f"{label} array, 4 threads", stack, compressor, n_threads=4, clevel=9)
        workshop.add(f"{label} list of images", stack, compressor, list_of=1)
        workshop.add(f"{label} list of triples", stack, compressor, list_of=3)
        workshop.add(f"{label} metadata", stack, compressor, meta=JSON_METADATA, quickStats=False)
        workshop.add(f"{label} one image", plain_mrc.make(mode, (1, 371, 1919)), compressor, flat=True)
        workshop.add(f"{label} one pixel", plain_mrc.make(mode, (1, 1, 1)), compressor, n_threads=1)
        workshop.add(f"{label} noise", plain_mrc.make(mode, (2, 371, 1919), "noise"), compressor)
        workshop.add(f"{label} zeros", plain_mrc.make(mode, (2, 371, 1919), "zeros"), compressor)
        workshop.add(f"{label} strided", stack, compressor, strided=True)
    for mode, compressor in product(READABLE_MODES, ("zstd", None)):
        stack = plain_mrc.make(mode, (6, 151, 247))
        workshop.add(f"mode {mode.number} big-endian array", stack, compressor, endian="be")
        workshop.add(f"mode {mode.number} big-endian list of images", stack, compressor, list_of=1, endian="be")
        workshop.add(f"mode {mode.number} big-endian metadata", stack, compressor, endian="be", meta=JSON_METADATA)
    for mode, compressor in product((INT32, UINT32), (*codecs, None)):
        workshop.add(f"mode {mode.number} array", plain_mrc.make(mode, (6, 151, 247)), compressor)
    return workshop.files


def check_one_of_theirs(checks: Checks, what: str, file: TheirFile) -> None:
    source = file.source
    plain, again = file.path.with_suffix(".mrc"), file.path.with_suffix(".again.mrcz")
    verified = mrcz("verify", "-q", file.path, check=False)
    if not checks.equal(verified.returncode, 0, f"{what}: verify ({verified.stderr.strip()})"):
        return
    mrcz("decompress", "-q", "-f", "-o", plain, file.path)
    if file.is_plain:
        checks.expect(plain.read_bytes() == file.path.read_bytes(), f"{what}: a plain file is copied as it is")
    else:
        found = plain_mrc.parse(plain)
        checks.equal((found.mode, found.shape), (source.mode, source.shape), f"{what}: decompressed mode and shape")
        checks.expect(found.pixels == source.pixels, f"{what}: decompressed pixels differ")
        checks.close(found.voxel, source.voxel, f"{what}: decompressed pixel size")
    if "meta" in file.job["options"]:
        checks.equal(kit.info(file.path)["metadata"], file.job["options"]["meta"], f"{what}: metadata shown by info")
    mrcz("compress", "-q", "-f", "--codec", "zstd", "-o", again, file.path)


def check_their_files(checks: Checks, peer: str, folder: Path, codecs: list[str]) -> None:
    files = describe_their_files(folder, codecs)
    written = kit.in_peer(peer, "side_python_mrcz.py", [file.job for file in files])
    usable = []
    for file, result in zip(files, written):
        if checks.expect("error" not in result, f"{peer} writes {file.name}: {result.get('error')}"):
            check_one_of_theirs(checks, f"{peer} wrote {file.name}", file)
            usable.append(file)
    check_way_back(checks, peer, usable)


def check_way_back(checks: Checks, peer: str, files: list[TheirFile]) -> None:
    """The peer reads its own pictures again, compressed anew or restored by us."""
    for ending, options in ((".again.mrcz", {}), (".mrc", {"slices": 0})):
        present = [file for file in files if file.path.with_suffix(ending).exists() and not (
            ending == ".mrc" and file.is_plain)]
        jobs = [{"do": "read", "path": str(file.path.with_suffix(ending)), "options": options} for file in present]
        for file, found in zip(present, kit.in_peer(peer, "side_python_mrcz.py", jobs)):
            what = f"{peer} reads again {file.name}{ending}"
            if not checks.expect("error" not in found, f"{what}: {found.get('error')}"):
                continue
            source = file.source
            checks.equal(found["type"], "ndarray", f"{what}: type")
            checks.equal(found["sha256"], source.sha256(), f"{what}: pixels")
            checks.equal([found[key] for key in ("voltage", "C3", "gain")], [300, 2.5, 3], f"{what}: voltage, C3, gain")
            found_size, expected = found["pixelsize"], source.voxel
            if ending == ".mrc":  # a plain stack has MZ = 1, which python-mrcz does not look at
                found_size, expected = found_size[1:], expected[1:]
            checks.close(found_size, expected, f"{what}: pixel size")


def main() -> int:
    peers = [name for name in peer_environment.PYTHON_MRCZ if peer_environment.find_python(name)]
    if not peers:
        kit.skip(f"no environment with python-mrcz; {peer_environment.HOW_TO_MAKE}")
    codecs = [name for name in kit.written_codecs() if name in CODEC_IDS]
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="mrcz-peers-") as name:
        folder = Path(name)
        files = make_our_files(folder, codecs)
        print(f"{len(files)} files of ours, codecs {', '.join(codecs)}")
        check_our_layout(checks, files)
        check_restoring(checks, files)
        for peer in peer_environment.PYTHON_MRCZ:
            if peer not in peers:
                print(f"{peer}: not there, left out; {peer_environment.HOW_TO_MAKE}")
                continue
            before = checks.held, len(checks.failures)
            check_reading(checks, peer, files)
            theirs = folder / peer
            theirs.mkdir()
            check_their_files(checks, peer, theirs, codecs)
            print(f"{peer} ({peer_environment.versions(peer)}): {checks.held - before[0]} checks held, "
                  f"{len(checks.failures) - before[1]} failed")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
