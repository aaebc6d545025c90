#!/usr/bin/env python3
"""Puts the licences of the libraries bundled in a wheel beside its own, as Debian's packages state them.

usage: add_licences.py WHEEL

Exits 1, naming the library, where one is bundled whose package or licence is not found, or speaks of the GPL and is none that was looked at.
"""
from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

# Made by this project.
OWN = {"libjbig"}
# Libraries under licences like ours, whose packages speak of the GPL for tools, tests or other people's programs.
KNOWN = {"libbz2", "libfmt", "liblz4", "liblzma", "libz", "libzstd"}


def bundled_libraries(names: list[str]) -> list[str]:
    """File names as the system has them: auditwheel adds eight characters of a hash."""
    return sorted({re.sub(r"-[0-9a-f]{8}(?=[.]so)", "", Path(name).name) for name in names if ".libs/lib" in name})


def package_of(library: str) -> str:
    stem = library.split(".so")[0]
    listed = subprocess.run(["dpkg-query", "-S", f"*/{stem}*.so*"], capture_output=True, text=True).stdout
    packages = [line.split(":")[0] for line in listed.splitlines() if "-dev:" not in line and library in line]
    if not packages:
        sys.exit(f"{library}: no Debian package is known to hold it, so its licence is not known either")
    return packages[0]


def licence_of(library: str, package: str) -> bytes:
    text = Path("/usr/share/doc", package, "copyright").read_bytes()
    if b"GPL" in text and library.split(".so")[0] not in KNOWN:
        sys.exit(f"{library}: {package} speaks of the GPL; look at its licence before it goes into a wheel")
    return text


def record_line(name: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


def main() -> None:
    wheel = Path(sys.argv[1])
    with zipfile.ZipFile(wheel) as archive:
        contents = {info: archive.read(info) for info in archive.infolist()}
    names = [info.filename for info in contents]
    record = next(info for info in contents if info.filename.endswith(".dist-info/RECORD"))
    folder = record.filename.rsplit("/", 1)[0] + "/licenses/bundled/"
    added = {}
    for library in bundled_libraries(names):
        if library.split(".so")[0] in OWN:
            continue
        package = package_of(library)
        added[folder + package] = licence_of(library, package)
    contents[record] += "".join(record_line(name, content) for name, content in added.items()).encode()
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in contents.items():
            archive.writestr(info, content)
        for name, content in added.items():
            archive.writestr(name, content)


if __name__ == "__main__":
    main()
