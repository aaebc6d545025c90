"""The exceptions of mrcz: each is a :class:`MrczError` and also the built-in exception people expect there."""

from __future__ import annotations

import errno
import os
import re
from typing import Any


class MrczError(Exception):
    """Something cannot be done; the message names file, place, what was found and what was expected.

    Attributes
    ----------
    code : str
        ``not_mrc``, ``truncated``, ``corrupt``, ``unsupported``, ``limit_exceeded``, ``invalid_argument``,
        ``target_exists``, ``not_found``, ``io_failed``, ``out_of_memory``, ``cancelled`` or ``internal``.
    context : str
        The file it speaks of; empty where there is none.
    """

    def __init__(self, message: str, code: str = "internal", context: str = "") -> None:
        super().__init__(f"{context}: {message}" if context else message)
        self.code = code
        self.context = context
        self._tell_system_error()

    def __str__(self) -> str:  # not OSError's, which prints its own fields
        return str(self.args[0]) if self.args else ""

    def __setstate__(self, state: dict[str, Any] | None) -> None:
        self.__dict__.update(state or {})
        self._tell_system_error()

    def _tell_system_error(self) -> None:
        """`errno`, `strerror` and `filename`, as every OSError has them."""
        if not isinstance(self, OSError):
            return
        self.errno = _number_of(self.code, str(self))
        self.strerror = os.strerror(self.errno) if self.errno else str(self)
        self.filename = self.context or None


def _number_of(code: str, message: str) -> int | None:
    """The system's number of what the message ends with, in the system's words."""
    for number in errno.errorcode:
        if message.endswith(os.strerror(number)):
            return number
    return {"not_found": errno.ENOENT, "target_exists": errno.EEXIST, "io_failed": errno.EIO}.get(code)


class FileDamagedError(MrczError, ValueError):
    """The file is no MRC file, is cut short, or a hash or size in it does not hold."""


class FileChangedError(FileDamagedError):
    """The file is no longer the one that was opened."""


class UnsupportedError(MrczError, NotImplementedError):
    """The file is valid, but this build cannot handle it."""


class ArgumentError(MrczError, ValueError):
    """An argument does not fit, or is beyond a limit that the caller may raise."""


class TargetExistsError(MrczError, FileExistsError):
    """The output is there already, and overwriting was not asked for."""


class InputNotFoundError(MrczError, FileNotFoundError):
    """There is no such file."""


class SystemFailedError(MrczError, OSError):
    """Reading or writing failed."""


class OutOfMemoryError(MrczError, MemoryError):
    """There is not enough memory."""


class CancelledError(MrczError):
    """The work was stopped by its caller."""


class FileWarning(UserWarning):
    """A file opens, but not all of it can be read."""


class CorrectionWarning(UserWarning):
    """Something about a correction to think about: a reference of doubtful orientation, KOMA that adds noise."""


def warn(message: str, kind: type[UserWarning] = FileWarning) -> None:
    """A warning that points at the line which called into this package."""
    import sys
    import warnings

    message = in_python(message)
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == __package__:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, kind, stacklevel=level)


class SessionError(MrczError):
    """Some movies of a session could not be corrected; all others were.

    Attributes
    ----------
    reports : list of dict
        Of the movies that were.
    failures : dict
        Name of each other movie, and what is wrong with it.
    """

    def __init__(self, message: str, code: str = "internal", context: str = "", *,
                 reports: Any = (), failures: Any = ()) -> None:
        super().__init__(message, code, context)
        self.reports = list(reports)
        self.failures = dict(failures)


_BY_CODE: dict[str, type[MrczError]] = {
    "not_mrc": FileDamagedError,
    "truncated": FileDamagedError,
    "corrupt": FileDamagedError,
    "unsupported": UnsupportedError,
    "limit_exceeded": ArgumentError,
    "invalid_argument": ArgumentError,
    "target_exists": TargetExistsError,
    "not_found": InputNotFoundError,
    "io_failed": SystemFailedError,
    "out_of_memory": OutOfMemoryError,
    "cancelled": CancelledError,
}


# What the core calls by the words of the command, in those of this package.
_WORDS = tuple((re.compile(pattern), words) for pattern, words in (
    (r"`mrcz repair( [^`]*)?`|(?<=run )mrcz repair\b", "mrcz.repair()"),
    (r"`mrcz codecs`", "mrcz.codecs()"),
    (r"`mrcz convert`", "mrcz.convert()"),
    (r"`mrcz compress --codec zstd -o NEW\.mrcz`", 'mrcz.compress(..., "NEW.mrcz", codec="zstd")'),
    (r"\(mrcz info --json\)", "(.provenance)"),
    (r"\(mrcz info shows (how|them)\)", "(mrcz.open() shows \\1)"),
    (r"with mrcz info --metadata\b", "with mrcz.open(...).metadata"),
    (r"use -f \(overwrite\) to replace it", "overwrite=True replaces it"),
    (r"(?<=that )-f(?= may replace)", "overwrite=True"),
    (r"--frame-time SECONDS", "frame_time=SECONDS"),
    (r"--gain-rot and --gain-flip", "gain_orient=(quarter turns, flip)"),
    (r"--bare (\d+)x(\d+):(\w+)", r'bare=((\2, \1), "\3")'),
    (r"--mode0 (signed|unsigned)", r'mode0="\1"'),
    (r"--(dtype|codec) ([A-Za-z]\w*)", r"\1=\2"),
    (r"--min-speed (\S+?)(?=:|$| )", r"min_speed=\1"),
    (r"without --(live|keep-metadata)", lambda found: f"without {found[1].replace('-', '_')}="),
    (r"(?<![\w-])--(again|clip|round|keep-metadata|keep-sum|corrected|trailing)(?![\w-])",
     lambda found: f"{found[1].replace('-', '_')}=True"),
    (r"(?<![\w-])--(mode0|gain|bare|dtype|dataset|live)(?![\w-])", r"\1="),
))
# Commands with their options stay commands: they stand in a program's shell.
_PARTS = re.compile(r"(`mrcz (?!repair|codecs|convert`|compress --codec zstd -o)[^`]*`)")


def in_python(message: str) -> str:
    """A message of the core's, with the names that its advice has here."""
    parts = _PARTS.split(message)
    for i in range(0, len(parts), 2):
        for pattern, words in _WORDS:
            parts[i] = pattern.sub(words, parts[i])
    return "".join(parts)


_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def from_core(code: str, message: str, context: str) -> MrczError:
    if code == "not_found" and _ADDRESS.match(context):
        message = "is an address, and this takes files alone: mrcz.open reads addresses"
    return _BY_CODE.get(code, MrczError)(in_python(message), code, context)
