"""What a new file takes over from a stack besides its pixels."""

from __future__ import annotations

import json
from typing import Any

from .errors import MrczError, warn
from .stack import Stack

# Sections that a new file has of its own, or that go along.
_MADE_ANEW = frozenset(("META", "PROV", "FHSH", "CHSH", "HHSH", "FSTA", "SUMI", "MODL"))
# Extended headers whose bytes mean the same in either byte order.
_ORDERLESS = frozenset(("none", "json", "hdf5", "symmetry"))
_MOST_LABELS = 9  # the tenth is the program's


def volume_of(stack: Stack) -> bool | int:
    """As `volume` of :class:`mrcz.Writer` says it."""
    if 1 <= stack.header.ispg <= 230:
        return True
    return int(stack._opened().volume_sections) or False


def taken_over(stack: Stack, *, is_plain: bool, with_metadata: bool) -> dict[str, Any]:
    """Options of the extension's writer. What cannot go along is told by a :class:`mrcz.FileWarning`."""
    lost: list[str] = []
    options: dict[str, Any] = {"like": stack.header._core_header, "like_is_big_endian": stack.is_big_endian}
    options.update(_extended_header(stack, with_metadata, lost))
    if with_metadata and any(section.id == "META" for section in stack.sections):
        options["metadata"] = _readable(stack, "metadata", lambda: stack._opened().metadata(), lost)
    steps = _readable(stack, "the record of steps", lambda: stack.provenance, lost) or []
    # A plain file gets no footer for steps that changed nothing.
    if steps and not (is_plain and all(step.get("lossless") is True for step in steps)):
        options["earlier_steps"] = json.dumps(steps, ensure_ascii=False, separators=(",", ":"))
    if sum(not label.startswith("MRCZ") for label in stack.header.label) > _MOST_LABELS:
        lost.append("its last label")
    if lost:
        warn(f"{stack.name}: not taken over: {'; '.join(lost)}")
    return options


def tell_what_stays_behind(stack: Stack, *, is_plain: bool) -> None:
    """Parts of the footer of a file that is copied which the copy does not have."""
    foreign = [section.id for section in stack.sections if section.id not in _MADE_ANEW | {"ORIG"}]
    if foreign:
        warn(f"{stack.name}: not copied: sections {', '.join(foreign)}")
    if not is_plain and any(section.id == "ORIG" for section in stack.sections):
        warn(f"{stack.name}: the copy does not restore the file that this one was made from, byte for byte (section ORIG); "
             "a copy of the file itself does")


def _extended_header(stack: Stack, with_metadata: bool, lost: list[str]) -> dict[str, Any]:
    extended = stack.extended_header
    if extended.kind == "none" or (extended.kind == "json" and not with_metadata):
        return {}
    if stack.is_big_endian and extended.kind not in _ORDERLESS:
        lost.append(f"the extended header ({extended.kind}), whose numbers are big-endian")
        return {}
    data = _readable(stack, "the extended header", extended.to_bytes, lost)
    if not data:
        return {}
    return {"extended_header": data, "extended_type": stack.header["EXTTYP"]}


def _readable(stack: Stack, what: str, read: Any, lost: list[str]) -> Any:
    try:
        return read()
    except MrczError as error:
        lost.append(f"{what}, which cannot be read ({error})")
        return None
