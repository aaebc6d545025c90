"""mrcfile's validator accepts the plain files we make, and mrcfile finds in them what was put in.

Fresh plain files come from `mrcz cat --frames` and from decompressing files that do not hold their original: those of
python-mrcz where an environment has it, and our own with label and everything behind the data taken off. A restored
file is its source byte for byte, so what the validator says of the two must be the same.
"""

from __future__ import annotations

import hashlib
import struct
import sys
import tempfile
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import kit
import peer_environment
import plain_mrc
from kit import Checks, mrcz
from plain_mrc import COMPLEX64, FLOAT16, FLOAT32, INT16, PYTHON_MRCZ_MODES, UINT16, PlainMrc

MRCFILE_MODES = (*PYTHON_MRCZ_MODES, FLOAT16)
SHAPES = ((1, 1, 1), (1, 61, 47), (5, 61, 47), (4, 371, 1919))
EXTTYP_COMPLAINT = "Extended header type is undefined or unrecognised: exttyp = 'json'"
# The validator sums up squares in the pixels' own type, which overflows for float16 pictures of any size (mrcfile 1.5.4
# rejects those it wrote itself): their deviation is not stated. So it is with float32 beyond 1e19, where it is stated all
# the same. It lets one NaN spoil all four numbers, which ours leave out.
FLOAT16_MOST = 65504
STATISTICS_COMPLAINTS = ("Data statistics appear to be inaccurate: ", "warning: ")
LENGTH_COMPLAINT = "larger than expected"
NOT_A_NUMBER = struct.pack("<f", float("nan"))
OVERFLOW = "warning: overflow encountered"


@dataclass
class Fresh:
    """A file we wrote anew and what mrcfile must say of it."""

    name: str
    path: Path
    source: PlainMrc
    frames: range | None = None  # None: all
    complaints: tuple[str, ...] = ()
    statistics_known: bool = False  # stored beside the frames it was made from
    has_footer: bool = False  # so that it is longer than the header speaks of

    def holds_nan(self) -> bool:
        return self.source.mode == FLOAT32 and NOT_A_NUMBER in self.pixels()

    def kept(self) -> range:
        return self.frames or range(self.source.shape[0])

    def shape(self) -> tuple[int, int, int]:
        return (len(self.kept()), *self.source.shape[1:])

    def pixels(self) -> bytes:
        frame_bytes = self.source.shape[1] * self.source.shape[2] * self.source.mode.bytes_per_pixel
        kept = self.kept()
        return self.source.pixels[kept.start * frame_bytes : kept.stop * frame_bytes]

    def sha256(self) -> str:
        return hashlib.sha256(self.pixels()).hexdigest()


def sources() -> dict[str, PlainMrc]:
    found = {}
    for mode, shape in product(MRCFILE_MODES, SHAPES):
        stack = plain_mrc.make(mode, shape)
        found[f"mode {mode.number} stack {shape}"] = stack
        found[f"mode {mode.number} volume {shape}"] = stack.changed(volume=True)
    stack = plain_mrc.make(INT16, (5, 61, 47))
    noise = plain_mrc.make(FLOAT32, (5, 61, 47), "noise")
    found.update({
        "big-endian": plain_mrc.make(UINT16, (5, 61, 47), big_endian=True),
        "big-endian complex volume": plain_mrc.make(COMPLEX64, (5, 61, 47), big_endian=True, volume=True),
        "extended header": stack.changed(extended=bytes(768), extended_type=b"FEI1"),
        "all zero": plain_mrc.make(FLOAT32, (5, 61, 47), "zeros"),
        "noise": noise,
        "numbers of 1e30": noise.changed(pixels=struct.pack("<f", 1e30) * (5 * 61 * 47)),
        "a NaN": noise.changed(pixels=noise.pixels[:-4] + NOT_A_NUMBER),
        "no pixel size": stack.changed(voxel=(0.0, 0.0, 0.0)),
        "part of a larger cell": stack.changed(grid=(9, 400, 300), volume=True),
        "permuted axes": stack.changed(axes=(3, 1, 2), grid=(47, 5, 61), volume=True),
        "no labels": stack.changed(label=b""),
    })
    return found


def ranges_of(sections: int) -> list[tuple[str, range]]:
    if sections == 1:
        return [("0:1", range(1))]
    return [("1:3", range(1, 3)), ("-1:", range(sections - 1, sections)), (":", range(sections))]


def cat_and_restore(checks: Checks, folder: Path) -> tuple[list[Fresh], list[tuple[str, Path, Path]]]:
    fresh, restored = [], []
    for number, (name, source) in enumerate(sources().items()):
        original, packed = folder / f"{number}.mrc", folder / f"{number}.mrcz"
        original.write_bytes(source.to_bytes())
        mrcz("compress", "-q", "-o", packed, original)
        back = folder / f"{number}.restored.mrc"
        mrcz("decompress", "-q", "-o", back, packed)
        checks.expect(back.read_bytes() == original.read_bytes(), f"{name}: restored file differs from its source")
        restored.append((name, original, back))
        for text, frames in ranges_of(source.shape[0]):
            for kind, given in (("compressed", packed), ("plain", original)):
                path = folder / f"{number}.{kind}.{text.replace(':', '_')}.mrc"
                mrcz("cat", "-q", f"--frames={text}", "-o", path, given)
                fresh.append(Fresh(f"{name}, frames {text} of the {kind} file", path, source, frames,
                                   statistics_known=kind == "compressed"))
    return fresh, restored


def make_foreign(packed: Path, bare: Path) -> None:
    """Leaves header and chunks under the label of python-mrcz: under our own, a missing footer is damage."""
    content = bytearray(packed.read_bytes())
    extended_bytes = struct.unpack_from("<i", content, 92)[0]
    data_bytes = struct.unpack_from("<q", content, 144)[0]
    content[224:304] = b"MRCZ0.5.10".ljust(80, b"\0")
    bare.write_bytes(content[: 1024 + extended_bytes + data_bytes])


def decompress_without_original(folder: Path) -> list[Fresh]:
    fresh = []
    for mode, shape in product(MRCFILE_MODES, SHAPES):
        source = plain_mrc.make(mode, shape)
        stem = folder / f"bare-{mode.number}-{'-'.join(map(str, shape))}"
        original, packed, bare = (stem.with_suffix(ending) for ending in (".mrc", ".full.mrcz", ".mrcz"))
        original.write_bytes(source.to_bytes())
        mrcz("compress", "-q", "-o", packed, original)
        make_foreign(packed, bare)
        plain = stem.with_suffix(".plain.mrc")
        mrcz("decompress", "-q", "-o", plain, bare)
        fresh.append(Fresh(f"mode {mode.number} {shape}, decompressed without its original", plain, source))
    return fresh


def with_footer(folder: Path) -> list[Fresh]:
    """Metadata behind the pixels: the validator complains of the length, and of nothing else."""
    metadata = folder / "metadata.json"
    metadata.write_text('{"microscope": "Ünïcode", "angles": [1, 2, 3]}')
    fresh = []
    for (mode, shape), volume in product(product(MRCFILE_MODES, SHAPES), (False, True)):
        source = plain_mrc.make(mode, shape, volume=volume)
        stem = folder / f"noted-{mode.number}-{'-'.join(map(str, shape))}-{volume}"
        original = stem.with_suffix(".mrc")
        original.write_bytes(source.to_bytes())
        name = f"mode {mode.number} {shape}{' volume' if volume else ''}"
        made = {"cat": kit.plain_with_footer(original, metadata, stem)}
        if not volume:
            # No original, but metadata given now: they go with the pixels when the file is decompressed.
            bare, noted, plain = (stem.with_suffix(f".{part}") for part in ("bare.mrcz", "noted.mrcz", "noted.mrc"))
            make_foreign(stem.with_suffix(".footer.mrcz"), bare)
            mrcz("compress", "-q", "--metadata", metadata, "-o", noted, bare)
            mrcz("decompress", "-q", "-o", plain, noted)
            made["decompress"] = plain
        for verb, path in made.items():
            fresh.append(Fresh(f"{name}, footer by {verb}", path, source, statistics_known=True, has_footer=True))
    return fresh


def write_jobs(folder: Path) -> list[tuple[str, dict, PlainMrc]]:
    jobs = []
    for (mode, shape), compressor in product(product(PYTHON_MRCZ_MODES, SHAPES), ("zstd", "lz4")):
        source = plain_mrc.make(mode, shape)
        raw = folder / f"{len(jobs)}.raw"
        raw.write_bytes(source.pixels)
        for form, list_of, more in (("array", 0, {}), ("list", 1, {}), ("array, metadata", 0, {"meta": {"a": [1, 2]}})):
            path = folder / f"{len(jobs)}.mrcz"
            options = {"compressor": compressor, "pixelsize": list(source.voxel), "n_threads": 1, **more}
            jobs.append((f"mode {mode.number} {shape} {compressor} {form}",
                         {"do": "write", "path": str(path), "raw": str(raw), "dtype": mode.dtype, "shape": list(shape),
                          "list_of": list_of, "options": options}, source))
    return jobs


def decompress_theirs(checks: Checks, peer: str, folder: Path) -> list[Fresh]:
    folder.mkdir()
    jobs = write_jobs(folder)
    answers = kit.in_peer(peer, "side_python_mrcz.py", [job for _, job, _ in jobs])
    fresh = []
    for (name, job, source), answer in zip(jobs, answers):
        if not checks.expect("error" not in answer, f"{peer} writes {name}: {answer.get('error')}"):
            continue
        plain = Path(job["path"]).with_suffix(".plain.mrc")
        mrcz("decompress", "-q", "-o", plain, job["path"])
        # Their JSON stays where it is; the standard has no type for it.
        complaints = (EXTTYP_COMPLAINT,) if "meta" in job["options"] else ()
        fresh.append(Fresh(f"{peer} wrote {name}, decompressed", plain, source, complaints=complaints))
    return fresh


def complaints_of_ours(file: Fresh, messages: list[str]) -> list[str]:
    """What the validator says, without what is its own mistake."""
    overflows = any(message.startswith(OVERFLOW) for message in messages)
    if file.source.mode == FLOAT16:
        messages = [message for message in messages if not message.startswith(OVERFLOW)]
    elif overflows:
        return [message for message in messages if not message.startswith(STATISTICS_COMPLAINTS)]
    return messages


def check_statistics(checks: Checks, file: Fresh, found: dict) -> None:
    """Ours against NumPy's in double precision; a file whose statistics nobody knew must say so."""
    least, greatest, mean, deviation = found["statistics"]
    unknown = greatest < least and mean < min(least, greatest) and deviation < 0
    if file.holds_nan():
        # Ours leave NaN out, whoever else looks for them finds NaN: none are stated.
        checks.expect(unknown, f"{file.name}: statistics {found['statistics']} of pixels that are not all numbers")
        return
    if found["true_statistics"] is None or (unknown and not file.statistics_known):
        checks.expect(unknown or deviation >= 0, f"{file.name}: statistics {found['statistics']}")
        return
    expected = found["true_statistics"]
    if file.source.mode == FLOAT16 and deviation == -1:
        # Stated, the validator would call it wrong: see FLOAT16_MOST.
        pixels = file.shape()[0] * file.shape()[1] * file.shape()[2]
        checks.expect(expected[3] ** 2 * pixels > 0.99 * FLOAT16_MOST, f"{file.name}: the deviation is not stated")
        expected = [*expected[:3], -1]
    tolerance = 1e-5 * max(1.0, abs(expected[0]), abs(expected[1]))
    near = all(abs(a - b) <= tolerance for a, b in zip(found["statistics"], expected))
    checks.expect(near, f"{file.name}: statistics {found['statistics']}, expected {expected}")


def check_fresh(checks: Checks, files: list[Fresh]) -> None:
    answers = kit.in_peer("mrcfile", "side_mrcfile.py", [{"path": str(file.path)} for file in files])
    for file, found in zip(files, answers):
        of_length = [message for message in found["messages"] if LENGTH_COMPLAINT in message]
        others = [message for message in found["messages"] if message not in of_length]
        checks.equal(bool(of_length), file.has_footer, f"{file.name}: the validator's complaint of the length")
        checks.equal(complaints_of_ours(file, others), list(file.complaints), f"{file.name}: the validator")
        if not checks.expect("error" not in found, f"{file.name}: mrcfile cannot read it: {found.get('error')}"):
            continue
        checks.equal(found["mode"], file.source.mode.number, f"{file.name}: mode")
        checks.equal(found["dtype"], file.source.mode.dtype, f"{file.name}: dtype")
        shape = file.shape()
        flat = shape[0] == 1 and not found["volume"]
        checks.equal(found["shape"], list(shape[1:] if flat else shape), f"{file.name}: shape")
        checks.equal(found["sha256"], file.sha256(), f"{file.name}: pixels")
        checks.equal(found["volume"], file.source.volume, f"{file.name}: a volume")
        checks.close(found["voxel"], file.source.voxel, f"{file.name}: pixel size")
        check_statistics(checks, file, found)


def check_restored(checks: Checks, files: list[tuple[str, Path, Path]]) -> None:
    """Nothing was lost and nothing added: the validator says the same of both."""
    jobs = [{"path": str(path)} for _, original, back in files for path in (original, back)]
    answers = kit.in_peer("mrcfile", "side_mrcfile.py", jobs)
    for (name, _, _), before, after in zip(files, answers[::2], answers[1::2]):
        checks.equal(after, before, f"{name}: mrcfile on the restored file")


def main() -> int:
    if not peer_environment.find_python("mrcfile"):
        kit.skip(f"no environment with mrcfile; {peer_environment.HOW_TO_MAKE}")
    checks = Checks()
    print(peer_environment.versions("mrcfile"))
    with tempfile.TemporaryDirectory(prefix="mrcz-mrcfile-") as name:
        folder = Path(name)
        fresh, restored = cat_and_restore(checks, folder)
        check_restored(checks, restored)
        fresh += decompress_without_original(folder)
        fresh += with_footer(folder)
        for peer in peer_environment.PYTHON_MRCZ:
            if peer_environment.find_python(peer):
                fresh += decompress_theirs(checks, peer, folder / peer)
            else:
                print(f"{peer}: not there, its files are left out; {peer_environment.HOW_TO_MAKE}")
        print(f"{len(fresh)} fresh files, {len(restored)} restored ones")
        check_fresh(checks, fresh)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
