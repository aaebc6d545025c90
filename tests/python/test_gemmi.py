"""gemmi opens the plain files we make, with a footer behind the pixels and without, and finds the same pixels.

gemmi reads modes 0, 1, 2, 6 and 12, and turns them into float32 or int8. It stands in the environment of mrcfile.
"""

from __future__ import annotations

import array
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
from plain_mrc import FLOAT16, FLOAT32, INT8, INT16, UINT16, PlainMrc

GEMMI_MODES = (INT8, INT16, FLOAT32, UINT16, FLOAT16)
SHAPES = ((1, 1, 1), (1, 61, 47), (5, 61, 47), (3, 371, 1919))


@dataclass
class Case:
    name: str
    path: Path
    source: PlainMrc

    def reads_integers(self) -> bool:
        return self.source.mode == INT8

    def sha256(self) -> str:
        """Of the pixels in the type that gemmi gives them."""
        pixels = self.source.pixels
        if self.source.mode == FLOAT16:
            pixels = array.array("f", struct.unpack(f"<{len(pixels) // 2}e", pixels)).tobytes()
        elif self.source.mode in (INT16, UINT16):
            pixels = array.array("f", array.array(self.source.mode.item, pixels)).tobytes()
        return hashlib.sha256(pixels).hexdigest()


def make_cases(folder: Path) -> list[Case]:
    metadata = folder / "metadata.json"
    metadata.write_text('{"note": "behind the pixels"}')
    cases = []
    for (mode, shape), volume in product(product(GEMMI_MODES, SHAPES), (False, True)):
        source = plain_mrc.make(mode, shape, volume=volume)
        name = f"mode {mode.number} {shape}{' volume' if volume else ''}"
        original = folder / f"{len(cases)}.mrc"
        original.write_bytes(source.to_bytes())
        footed = kit.plain_with_footer(original, metadata, folder / f"{len(cases)}")
        restored, fresh = (folder / f"{len(cases)}.{ending}.mrc" for ending in ("restored", "fresh"))
        mrcz("decompress", "-q", "-o", restored, footed.with_suffix(".mrcz"))
        mrcz("cat", "-q", "--frames=:", "-o", fresh, original)
        for kind, path in (("footer", footed), ("restored", restored), ("fresh", fresh)):
            cases.append(Case(f"{name}, {kind}", path, source))
    return cases


def check_case(checks: Checks, case: Case, found: dict) -> None:
    if not checks.expect("error" not in found, f"{case.name}: {found.get('error')}"):
        return
    source = case.source
    checks.equal(found["mode"], source.mode.number, f"{case.name}: mode")
    checks.equal(found["shape"], list(source.shape), f"{case.name}: shape")
    checks.equal(found["sha256"], case.sha256(), f"{case.name}: pixels")
    cell = [size * samples for size, samples in zip(reversed(source.voxel), reversed(source.samples))]
    checks.close(found["cell"], cell, f"{case.name}: cell")


def main() -> int:
    if not peer_environment.find_python("mrcfile"):
        kit.skip(f"no environment with gemmi; {peer_environment.HOW_TO_MAKE}")
    checks = Checks()
    print(peer_environment.versions("mrcfile"))
    with tempfile.TemporaryDirectory(prefix="mrcz-gemmi-") as name:
        cases = make_cases(Path(name))
        jobs = [{"path": str(case.path), "integers": case.reads_integers()} for case in cases]
        for case, found in zip(cases, kit.in_peer("mrcfile", "side_gemmi.py", jobs)):
            check_case(checks, case, found)
        print(f"{len(cases)} files")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
