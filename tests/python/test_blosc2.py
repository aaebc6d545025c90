"""Our command reads the chunks of c-blosc2 that python-mrcz 0.6 writes when told to, or where the blosc package is
missing; files of c-blosc2's plug-ins are refused by name.

MRCZ names our command; the peer comes from peer_environment.py.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import kit
import peer_environment
import plain_mrc
from kit import Checks, mrcz
from plain_mrc import INT32, PYTHON_MRCZ_MODES, UINT32, PlainMrc

PEER = "python-mrcz-blosc2"
CODECS = ("blosclz", "lz4", "lz4hc", "zlib", "zstd")
PLUGINS = ("ndlz", "zfp_acc", "zfp_prec", "zfp_rate")  # those that the blosc2 package brings along
SHAPES = ((1, 1, 7), (3, 61, 67), (2, 371, 1919))
BLOSC2_VERSION = 5


@dataclass
class TheirFile:
    name: str
    job: dict
    source: PlainMrc

    @property
    def path(self) -> Path:
        return Path(self.job["path"])


def describe(folder: Path) -> list[TheirFile]:
    files: list[TheirFile] = []

    def add(name: str, source: PlainMrc, **options) -> None:
        number = len(files)
        raw = folder / f"theirs{number}.raw"
        raw.write_bytes(source.pixels)
        job = {"do": "write", "path": str(folder / f"theirs{number}.mrcz"), "raw": str(raw), "dtype": source.mode.dtype,
               "shape": list(source.shape), "options": {"backend": "blosc2", "n_threads": 2, **options}}
        files.append(TheirFile(name, job, source))

    for mode, codec, shape in product((*PYTHON_MRCZ_MODES, INT32, UINT32), CODECS, SHAPES):
        for pattern, level in (("counts", 1), ("counts", 9), ("noise", 5), ("zeros", 1)):
            source = plain_mrc.make(mode, shape) if pattern == "counts" else plain_mrc.make(mode, shape, pattern)
            add(f"{codec} level {level}, mode {mode.number}, {shape}, {pattern}", source, compressor=codec, clevel=level)
    return files


def check_pixels(checks: Checks, file: TheirFile, read_by_peer: dict) -> None:
    checks.equal(file.path.read_bytes()[1024], BLOSC2_VERSION, f"{file.name}: version of the first chunk")
    verified = mrcz("verify", "-q", file.path, check=False)
    if "error" in read_by_peer:  # c-blosc2 lost bytes of it
        checks.equal(verified.returncode, 1, f"{file.name}: verify of what the peer cannot read")
        checks.expect("no whole number of pixels" in verified.stderr, f"{file.name}: {verified.stderr.strip()}")
        return
    checks.equal(read_by_peer["sha256"], file.source.sha256(), f"{file.name}: pixels as the peer reads them")
    if not checks.equal(verified.returncode, 0, f"{file.name}: verify ({verified.stderr.strip()})"):
        return
    plain = file.path.with_suffix(".mrc")
    mrcz("decompress", "-q", "-f", "-o", plain, file.path)
    checks.expect(plain_mrc.parse(plain).pixels == file.source.pixels, f"{file.name}: pixels differ")
    plain.unlink()


def check_plugins(checks: Checks, folder: Path) -> None:
    """Not every plug-in writes every frame; a file that is there must be refused by its name."""
    source = plain_mrc.make(plain_mrc.FLOAT32, (2, 64, 64))
    raw = folder / "plugin.raw"
    raw.write_bytes(source.pixels)
    jobs = [{"do": "write", "path": str(folder / f"{name}.mrcz"), "raw": str(raw), "dtype": source.mode.dtype,
             "shape": list(source.shape), "options": {"backend": "blosc2", "compressor": name}} for name in PLUGINS]
    for name, answer in zip(PLUGINS, kit.in_peer(PEER, "side_python_mrcz.py", jobs)):
        if "error" in answer:
            print(f"{name}: not written: {answer['error']}")
            continue
        refused = mrcz("verify", folder / f"{name}.mrcz", check=False)
        checks.equal(refused.returncode, 1, f"{name}: exit code")
        checks.expect(name in refused.stderr and "python-mrcz" in refused.stderr, f"{name}: {refused.stderr.strip()}")


def main() -> int:
    if not peer_environment.find_python(PEER):
        kit.skip(f"no environment with python-mrcz and blosc2; {peer_environment.HOW_TO_MAKE}")
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="mrcz-blosc2-") as name:
        folder = Path(name)
        files = describe(folder)
        written = kit.in_peer(PEER, "side_python_mrcz.py", [file.job for file in files])
        read = kit.in_peer(PEER, "side_python_mrcz.py", [{"do": "read", "path": str(file.path)} for file in files])
        for file, result, own in zip(files, written, read):
            if checks.expect("error" not in result, f"{file.name}: not written: {result.get('error')}"):
                check_pixels(checks, file, own)
        lost = sum("error" in own for own in read)
        print(f"{len(files)} files, {lost} of which the peer cannot read either")
        checks.expect(lost < len(files) / 4, "the peer cannot read its own files")
        check_plugins(checks, folder)
    print(f"{PEER} ({peer_environment.versions(PEER)})")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
