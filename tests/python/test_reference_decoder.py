"""The reference decoder, written from the specification alone, reads and restores everything our command writes; our
command reads and restores what a writer makes that knows the specification alone.

What differs between them is a mistake in one of them or in spec/mrcz-format.md. Sources are the files of testdata/
and pictures by plain_mrc.py; files of python-mrcz come from the shared folder, where it is there.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import kit
import peer_environment
import plain_mrc
from kit import Checks, mrcz
from plain_mrc import COMPLEX_INT16, COMPLEX64, FLOAT16, FLOAT32, INT8, INT16, MODES, RGB, UINT16, PlainMrc

DECODER = Path(__file__).resolve().parents[2] / "spec" / "reference_decoder.py"
ODD_SHAPES = ((1, 1, 1), (1, 1, 7), (3, 17, 1), (3, 61, 47), (2, 371, 1919))
BLOCKS_THAT_DIVIDE_NOTHING = ("64k", "100k", "1M")
METADATA = {"microscope": "Ünïcode ø", "dose": [1.5, -2, 1e300, {"deep": [None, True]}], "large": 2**64 - 1,
            "long": list(range(4000))}
# {"blob": binary 1 2 3, "nan": NaN, 7: "seven"}: what JSON cannot say.
MSGPACK_METADATA = b"\x83\xa4blob\xc4\x03\x01\x02\x03\xa3nan\xcb\x7f\xf8" + bytes(6) + b"\x07\xa5seven"
HEADER_BYTES = 1024


@dataclass
class Case:
    """A file and what the decoder must find in it."""

    name: str
    path: Path
    source_bytes: bytes | None = None  # of the unwrapped source; None: there is nothing to restore
    pixels: str | None = None  # sha256
    dtype: str | None = None
    metadata: object = None
    codec: str | None = None

    def job(self) -> dict:
        return {"path": str(self.path), "restore": self.source_bytes is not None}


class Workshop:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cases: list[Case] = []

    def new_path(self, ending: str) -> Path:
        self.cases_made = getattr(self, "cases_made", 0) + 1
        return self.folder / f"{self.cases_made}{ending}"

    def store(self, content: bytes, ending: str = ".mrc") -> Path:
        path = self.new_path(ending)
        path.write_bytes(content)
        return path

    def compress(self, name: str, source: Path, codec: str, *options: object) -> Path:
        path = self.new_path(".mrcz")
        mrcz("compress", "-q", "--codec", codec, *options, "-o", path, source)
        return path

    def add(self, name: str, source: PlainMrc, codec: str, *options: object, trailing: bytes = b"",
            metadata: object = None) -> Case:
        content = source.to_bytes() + trailing
        path = self.compress(name, self.store(content), codec, *options)
        full_name = f"{name} {codec} {' '.join(map(str, options))}".strip()
        self.cases.append(Case(full_name, path, content, source.sha256(), source.mode.dtype, metadata, codec))
        return self.cases[-1]


def unwrapped(path: Path) -> bytes:
    opener = {".gz": gzip.decompress, ".bz2": bz2.decompress}.get(path.suffix, bytes)
    return opener(path.read_bytes())


def real_files(workshop: Workshop, codecs: list[str]) -> None:
    folder = Path(os.environ["MRCZ_TESTDATA"])
    sources = [path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix not in (".md", ".py")]
    for path, codec in product(sources, codecs):
        content = unwrapped(path)
        parsed = plain_mrc.parse(workshop.store(content))
        workshop.cases.append(Case(f"testdata {path.name} {codec}", workshop.compress(path.name, path, codec), content,
                                   parsed.sha256(), codec=codec))


def pixel_types(workshop: Workshop, codecs: list[str]) -> None:
    for mode, big_endian in product(MODES.values(), (False, True)):
        source = plain_mrc.make(mode, (3, 61, 47), big_endian=big_endian)
        order = "big-endian" if big_endian else "little-endian"
        for codec in codecs:
            workshop.add(f"mode {mode.number} {order}", source, codec)


def shapes_and_blocks(workshop: Workshop, codecs: list[str]) -> None:
    for shape, mode in product(ODD_SHAPES, (INT8, INT16, FLOAT32, COMPLEX64, RGB)):
        workshop.add(f"mode {mode.number} shape {shape}", plain_mrc.make(mode, shape), "zstd")
    for mode, pattern in product((INT8, UINT16, FLOAT32, COMPLEX64), ("counts", "noise", "zeros")):
        source = plain_mrc.make(mode, (2, 371, 1919), pattern)
        for filter_name in ("bitshuffle", "byteshuffle", "none"):
            workshop.add(f"{pattern} mode {mode.number}", source, "lz4", "--filter", filter_name)
    for codec, block in product(codecs, BLOCKS_THAT_DIVIDE_NOTHING):
        workshop.add("blocks", plain_mrc.make(INT16, (2, 371, 1919)), codec, "--block-size", block)


def rans(workshop: Workshop) -> None:
    for mode in MODES.values():
        if mode.components != 1 or mode.dtype not in ("int8", "uint8", "int16", "uint16", "int32", "uint32"):
            continue
        for pattern, shape in product(("counts", "noise", "zeros"), ((1, 1, 1), (2, 17, 13))):
            workshop.add(f"{pattern} mode {mode.number} {shape}", plain_mrc.make(mode, shape, pattern), "rans")
    # A disk, bright enough and often enough for a model.
    source = random.Random(1)
    pixels = b"".join(struct.pack("<H", int(source.gammavariate(9, 4) if (x - 32) ** 2 + (y - 32) ** 2 < 200
                                            else source.random() * 1.3))
                      for _, y, x in product(range(24), range(64), range(64)))
    case = workshop.add("a stack with a model", PlainMrc(UINT16, (24, 64, 64), pixels), "rans")
    if "MODL" not in str(kit.info(case.path)["sections"]):
        raise RuntimeError("the stack got no model")


def rans_modes(workshop: Workshop) -> None:
    """A stack for each way that frames are coded in, so that the page and its decoder are held to all of them."""
    source = random.Random(2)
    side = 64

    def stack(mode, frames, value, side=side):
        code = {"int8": "b", "uint8": "B", "int16": "h", "uint16": "H", "int32": "i"}[mode.dtype]
        shape = frames, side, side
        numbers = (value(*place) for place in product(*map(range, shape)))
        return PlainMrc(mode, shape, struct.pack(f"<{frames * side * side}{code}", *numbers))

    def counts(mean):
        """Not Poisson's, but small numbers of that mean."""
        return lambda *_: int(source.expovariate(1 / mean))

    rows = [source.randrange(65536) for _ in range(4 * side)]
    bases = [source.randrange(60000) for _ in range(side * side)]
    sets = [[base + value for value in source.sample(range(60), 4)] for base in bases]
    stacks = {
        "raw": stack(UINT16, 2, lambda *_: source.randrange(65536)),
        "constant": stack(INT16, 2, lambda *_: -7),
        "fallback": stack(UINT16, 2, lambda _, y, x: rows[(y % 4) * side + x]),
        "quad": stack(INT8, 1, counts(0.25), 512),
        "pair": stack(INT16, 1, lambda *_: sum(source.random() < 0.25 for _ in range(8)), 512),
        "single": stack(INT16, 1, lambda *_: int(source.gauss(-500, 30)), 256),
        "segments": stack(UINT16, 24, lambda _, y, x: int(source.gammavariate(9, 4)
                                                          if (x - 32) ** 2 + (y - 32) ** 2 < 200
                                                          else source.random() * 1.3)),
        "palette": stack(UINT16, 2, lambda *_: 4000 * source.randrange(6) + 17),
        "histograms": stack(UINT16, 96, lambda _, y, x: source.choice(sets[y * side + x])),
    }
    for name, pixels in stacks.items():
        case = workshop.add(f"a stack coded as {name}", pixels, "rans")
        modes = kit.info(case.path)["coding"]["modes"]
        if name not in modes:
            raise RuntimeError(f"the stack meant for {name} is coded as {modes}")


def odd_sources(workshop: Workshop) -> None:
    stack = plain_mrc.make(INT16, (3, 61, 47))
    nan = struct.pack("<f", float("nan"))
    floats = plain_mrc.make(FLOAT32, (3, 61, 47), "noise")
    workshop.add("trailing bytes", stack, "zstd", trailing=b"left by a program" * 999)
    workshop.add("bytes that look like a footer", stack, "zstd", trailing=b"MRCZFOOT" + bytes(100))
    workshop.add("extended header", stack.changed(extended=bytes(range(77)), extended_type=b"SERI"), "lz4")
    workshop.add("NaN", floats.changed(pixels=nan + floats.pixels[4:-4] + nan), "zstd")
    workshop.add("many frames", plain_mrc.make(INT8, (3000, 3, 5)), "lz4")  # tables large enough to be compressed
    json_header = json.dumps(METADATA).encode()
    described = stack.changed(extended=json_header, extended_type=b"json")
    case = workshop.add("JSON in the extended header", described, "zstd", metadata=METADATA)
    workshop.cases.append(Case("compressed anew", workshop.compress("", case.path, "zlib"), case.source_bytes,
                               case.pixels, case.dtype, METADATA, "zlib"))


def with_metadata(workshop: Workshop) -> None:
    stack = plain_mrc.make(UINT16, (3, 61, 47))
    as_json = workshop.store(json.dumps(METADATA).encode(), ".json")
    as_msgpack = workshop.store(MSGPACK_METADATA, ".msgpack")
    for form in ("json", "msgpack"):
        case = workshop.add("metadata", stack, "zstd", "--metadata", as_json, "--metadata-format", form,
                            metadata=METADATA)
        plain = workshop.new_path(".mrc")
        mrcz("cat", "-q", "--frames=:", "-o", plain, case.path)
        workshop.cases.append(Case(f"plain file with a footer, {form}", plain, None, stack.sha256(), "uint16", METADATA,
                                   "raw"))
        # A plain file with a footer is a source like any other.
        workshop.cases.append(Case(f"a footer in ORIG, {form}", workshop.compress("", plain, "lz4"), plain.read_bytes(),
                                   stack.sha256(), "uint16", METADATA, "lz4"))
    # JSON lends this answer no names for what it cannot say: the peer's repr() stands in.
    workshop.add("binary metadata", stack, "zstd", "--metadata", as_msgpack,
                 metadata={"blob": "b'\\x01\\x02\\x03'", "nan": "NaN", "7": "seven"})


def with_sums(workshop: Workshop) -> None:
    for mode in (INT8, INT16, UINT16, FLOAT16, FLOAT32):
        for pattern in ("counts", "noise"):
            workshop.add(f"a sum, mode {mode.number}, {pattern}", plain_mrc.make(mode, (5, 61, 47), pattern), "zstd",
                         "--keep-sum")
    kept = workshop.cases[-1]
    workshop.cases.append(Case("a sum --keep-sum compressed anew", workshop.compress("", kept.path, "lz4"),
                               kept.source_bytes, kept.pixels, kept.dtype, codec="lz4"))


def packed_4_bit(workshop: Workshop) -> None:
    """Mode 101: rows of odd length, padded to whole bytes as IMOD has them; and running on, as others have them."""
    for nx, ny, padded in ((6, 5, True), (7, 5, True), (7, 5, False), (7, 4, False)):
        values = [(3 * i * i + i // 7) % 16 for i in range(nx * ny * 3)]
        frames = [values[frame * nx * ny : (frame + 1) * nx * ny] for frame in range(3)]
        rows = [row for frame in frames for row in
                ([frame[y * nx : (y + 1) * nx] for y in range(ny)] if padded else [frame])]
        data = b"".join(bytes(low | high << 4 for low, high in zip(row[::2], [*row[1::2], 0])) for row in rows)
        header = bytearray(plain_mrc.make(INT8, (3, ny, nx)).to_bytes()[:HEADER_BYTES])
        struct.pack_into("<i", header, 12, 101)
        content = bytes(header) + data
        path = workshop.new_path(".mrcz")
        done = mrcz("compress", "-q", "-o", path, workshop.store(content), check=False)
        if done.returncode != 0 and "which this version cannot read" in done.stderr:
            print("this build reads no pixels of 4 bits: left out")
            return
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        workshop.cases.append(Case(f"4 bits, {nx} x {ny}, {'padded rows' if padded else 'contiguous'}", path, content,
                                   hashlib.sha256(bytes(value for frame in frames for value in frame)).hexdigest(),
                                   "uint8"))


def foreign_files() -> list[Case]:
    """Neither footer nor index: the chunks are walked."""
    folder = Path(os.environ.get("MRCZ_SHARED", "")) / "data" / "generated-by-python-mrcz"
    cases = []
    for truth in sorted(folder.glob("*/TRUTH.json")):
        for name, row in json.loads(truth.read_text()).items():
            path = truth.parent / name
            # numcodecs is built without snappy; a hash of big-endian pixels was taken as they lay.
            usable = row.get("kwargs", {}).get("compressor") != "snappy" and not row["dtype"].startswith(">")
            if path.exists() and usable and not name.startswith("BUGGY"):
                cases.append(Case(f"{truth.parent.name}/{name}", path, None, row["sha256_of_C_order_LE_pixels"],
                                  row["dtype"]))
    if not cases:
        print(f"no files of python-mrcz under {folder}: left out")
    return cases


def check_case(checks: Checks, case: Case, found: dict, ours: bool) -> None:
    if not checks.expect("error" not in found, f"{case.name}: {found.get('error')}"):
        return
    checks.equal(found["problems"], [], f"{case.name}: problems")
    checks.equal(found["sha256"], case.pixels, f"{case.name}: pixels")
    if case.dtype:
        checks.equal(found["dtype"], case.dtype, f"{case.name}: dtype")
    if not ours:
        return
    checks.equal(found["codec"], case.codec or "zstd", f"{case.name}: codec")
    checks.equal(found["hashes_checked"], True, f"{case.name}: hashes checked")
    checks.equal(found["header_edited"], False, f"{case.name}: hash of the header")
    if case.codec != "raw":
        checks.equal(found["byte_order"], "little", f"{case.name}: byte order")
        checks.equal(found["promised"], True, f"{case.name}: the label promises a footer")
        checks.equal(found["frame_statistics"], found["shape"][0], f"{case.name}: entries of FSTA")
    checks.equal(found["sum_agrees"], True if "--keep-sum" in case.name else None, f"{case.name}: SUMI against NumPy")
    checks.equal(found["statistics_agree"], True, f"{case.name}: FSTA against NumPy")
    metadata = found["metadata"]
    if isinstance(metadata, dict) and isinstance(metadata.get("nan"), float):
        metadata["nan"] = str(metadata["nan"]).replace("nan", "NaN")
    checks.equal(metadata, case.metadata, f"{case.name}: metadata")
    if case.source_bytes is not None:
        checks.equal(found["restored"], hashlib.sha256(case.source_bytes).hexdigest(), f"{case.name}: restored")


def footer_of(content: bytes) -> int:
    return HEADER_BYTES + struct.unpack_from("<i", content, 92)[0] + struct.unpack_from("<q", content, 144)[0]


def check_damage(checks: Checks, workshop: Workshop) -> None:
    """A decoder that finds nothing wrong in a damaged file proves nothing in a whole one."""
    good = workshop.add("to be damaged", plain_mrc.make(INT16, (4, 61, 47)), "zstd").path.read_bytes()
    footer = footer_of(good)
    damages = {
        "a chunk": (HEADER_BYTES + 100, "CHSH"),
        "the footer's head": (footer + 20, "head"),
        "the section table": (footer + 64 + 8, "section table"),
        "a section": (footer + 64 + 48 * struct.unpack_from("<I", good, footer + 12)[0] + 5, "its hash does not hold"),
        "the index": (len(good) - 30, "chunk index"),
        "the index's CRC": (len(good) - 1, "chunk index"),
    }
    for name, (place, expected) in damages.items():
        bad = bytearray(good)
        bad[place] ^= 1
        [found] = kit.in_peer("reference", "side_reference.py", [{"path": str(workshop.store(bytes(bad), ".mrcz"))}])
        checks.expect(expected in found.get("error", ""), f"damage in {name}: found {found.get('error')!r}")
    for length in (HEADER_BYTES - 1, HEADER_BYTES + 50, footer, footer + 70, len(good) - 1):
        [found] = kit.in_peer("reference", "side_reference.py",
                              [{"path": str(workshop.store(good[:length], ".mrcz"))}])
        checks.expect("cut short" in found.get("error", ""), f"cut at {length}: found {found.get('error')!r}")


def check_broken_foreign(checks: Checks) -> None:
    """Chunks that hold less than a frame, as python-mrcz writes them when told to change the type while compressing."""
    folder = Path(os.environ.get("MRCZ_SHARED", "")) / "data" / "generated-by-python-mrcz"
    for path in sorted(folder.glob("*/BUGGY_cast*.mrcz")):
        [found] = kit.in_peer("reference", "side_reference.py", [{"path": str(path)}])
        checks.expect("a frame has" in found.get("error", ""), f"{path.name}: found {found.get('error')!r}")


def check_walking(checks: Checks, workshop: Workshop) -> None:
    """Without footer and index the frames are still found."""
    case = workshop.add("walked", plain_mrc.make(FLOAT16, (5, 61, 47)), "lz4")
    content = case.path.read_bytes()
    bare = workshop.store(content[: footer_of(content)], ".mrcz")
    [found] = kit.in_peer("reference", "side_reference.py", [{"path": str(bare), "check": False}])
    checks.equal(found.get("sha256"), case.pixels, "walked: pixels")
    checks.equal(len(found.get("problems", [])), 2, "walked: footer and index are missed")


def check_unknown(checks: Checks, workshop: Workshop) -> None:
    """What a later version might write is refused, not guessed at. Hashes are made to hold."""
    good = workshop.add("of a later version", plain_mrc.make(INT16, (2, 9, 11)), "zstd").path.read_bytes()
    footer = footer_of(good)
    changes = {
        "an unknown codec": ({12: struct.pack("<i", 31001)}, "codec id 31 is not known"),
        "another major": ({footer + 8: b"\2\0"}, "version 2"),
        "an unknown section that is required": ({footer + 64: b"Xyz1", footer + 76: b"\1"}, "Xyz1 is required"),
        "an unknown section": ({footer + 64: b"Xyz1"}, None),
        "an unknown compression": ({footer + 72: b"\7"}, "compression 7"),
        "a later minor": ({footer + 10: b"\3"}, None),
    }
    jobs = []
    for patches, _ in changes.values():
        changed = bytearray(good)
        for place, new in patches.items():
            changed[place : place + len(new)] = new
        jobs.append({"path": str(workshop.store(bytes(changed), ".mrcz")), "rehash_footer_at": footer})
    for name, (_, expected), found in zip(changes, changes.values(),
                                          kit.in_peer("reference", "side_reference.py", jobs)):
        said = found.get("error")
        checks.expect(expected in (said or "") if expected else said is None, f"{name}: found {said!r}")


def check_spec_writer(checks: Checks, workshop: Workshop, codecs: list[str]) -> None:
    jobs, sources = [], []
    for mode, codec, extended in product((INT8, INT16, FLOAT32, UINT16), codecs, (b"", bytes(range(77)))):
        source = plain_mrc.make(mode, (4, 61, 47), extended=extended, extended_type=b"SERI" if extended else b"")
        content = source.to_bytes() + (b"behind the pixels" if extended else b"")
        jobs.append({"source": str(workshop.store(content)), "path": str(workshop.new_path(".mrcz")), "codec": codec,
                     "frame_bytes": 61 * 47 * mode.bytes_per_pixel, "metadata": METADATA})
        sources.append((f"by the page alone, mode {mode.number} {codec} {len(extended)}", content, extended))
    kit.in_peer("reference", "side_spec_writer.py", jobs)
    for (name, content, extended), job in zip(sources, jobs):
        path, restored, again = Path(job["path"]), workshop.new_path(".mrc"), workshop.new_path(".mrcz")
        # An extended header that leaves the pixels unaligned is an oddity of the source.
        strict = [] if len(extended) % 4 else ["--strict"]
        verified = mrcz("verify", "-q", *strict, path, check=False)
        checks.equal((verified.returncode, verified.stderr), (0, ""), f"{name}: verify")
        mrcz("decompress", "-q", "-o", restored, path)
        checks.expect(restored.read_bytes() == content, f"{name}: restored file differs")
        told = kit.info(path)
        checks.equal(told["metadata"], METADATA, f"{name}: metadata")
        checks.equal(told["random_access"], True, f"{name}: the index is used")
        mrcz("compress", "-q", "-o", again, path)
        checks.expect("none" in [section["id"] for section in kit.info(again)["sections"]],
                      f"{name}: a section of unknown id is kept")


def check_command(checks: Checks, workshop: Workshop) -> None:
    """The decoder as its users start it."""
    case = workshop.add("by the command", plain_mrc.make(COMPLEX_INT16, (2, 9, 11), big_endian=True), "zlib")
    python = str(peer_environment.find_python("reference"))
    array, restored = workshop.new_path(".npy"), workshop.new_path(".mrc")

    def run(path: Path, *options: object) -> subprocess.CompletedProcess:
        return subprocess.run([python, str(DECODER), str(path), *map(str, options)], capture_output=True, text=True,
                              timeout=kit.SECONDS_PER_PROGRAM)

    done = run(case.path, "--check", "-o", array, "--restore", restored)
    checks.equal((done.returncode, done.stderr), (0, ""), "the command")
    checks.equal(json.loads(done.stdout or "{}").get("shape"), [2, 9, 11], "the command: shape")
    checks.expect(restored.read_bytes() == case.source_bytes, "the command: restored file differs")
    stored = array.read_bytes()
    checks.equal(hashlib.sha256(stored[-2 * 9 * 11 * 4 :]).hexdigest(), case.pixels, "the command: array")
    bad = workshop.store(case.path.read_bytes()[:-1], ".mrcz")
    checks.equal(run(bad, "--check").returncode, 1, "the command: exit code for a damaged file")


def main() -> int:
    if not peer_environment.find_python("reference"):
        kit.skip(f"no environment for the reference decoder; {peer_environment.HOW_TO_MAKE}")
    codecs = [name for name in kit.written_codecs() if name != "snappy"]
    checks = Checks()
    print(peer_environment.versions("reference"))
    with tempfile.TemporaryDirectory(prefix="mrcz-reference-") as name:
        workshop = Workshop(Path(name))
        real_files(workshop, codecs)
        pixel_types(workshop, codecs)
        shapes_and_blocks(workshop, codecs)
        rans(workshop)
        rans_modes(workshop)
        odd_sources(workshop)
        with_metadata(workshop)
        with_sums(workshop)
        packed_4_bit(workshop)
        foreign = foreign_files()
        print(f"{len(workshop.cases)} files of ours, codecs {', '.join(codecs)}; {len(foreign)} of python-mrcz")
        for cases, ours in ((workshop.cases, True), (foreign, False)):
            for case, found in zip(cases, kit.in_peer("reference", "side_reference.py", [c.job() for c in cases])):
                check_case(checks, case, found, ours)
        check_broken_foreign(checks)
        check_walking(checks, workshop)
        check_damage(checks, workshop)
        check_unknown(checks, workshop)
        check_spec_writer(checks, workshop, codecs)
        check_command(checks, workshop)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
