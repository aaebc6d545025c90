"""Detector images, small and fast, nothing lost: MRC and MRCZ files, read, written and corrected.

Start with :func:`mrcz.open`, :func:`mrcz.write` and :class:`mrcz.Writer`.
"""

from __future__ import annotations

from typing import Any

# Where each name is; it is imported when it is first used, so that importing mrcz costs little. Names that are
# added here go into __init__.pyi, too.
_HOMES = {
    "ArgumentError": "errors",
    "CancelledError": "errors",
    "CorrectedStack": "processing",
    "CorrectionWarning": "errors",
    "FileChangedError": "errors",
    "FileDamagedError": "errors",
    "FileWarning": "errors",
    "GammaLaw": "corrections",
    "Header": "header",
    "InputNotFoundError": "errors",
    "KomaOptions": "corrections",
    "Limits": "_core",
    "MrczError": "errors",
    "Orientation": "corrections",
    "OutOfMemoryError": "errors",
    "OutlierOptions": "corrections",
    "Outliers": "detector",
    "SessionError": "errors",
    "Stack": "stack",
    "SystemFailedError": "errors",
    "TargetExistsError": "errors",
    "UnsupportedError": "errors",
    "Writer": "writer",
    "append": "jobs",
    "apply_gain": "detector",
    "block_contrast": "detector",
    "calibrate_gamma": "detector",
    "codecs": "jobs",
    "compress": "jobs",
    "correct": "processing",
    "convert": "containers",
    "decompress": "jobs",
    "fano_factor": "detector",
    "find_gamma": "detector",
    "find_orientation": "detector",
    "find_outliers": "detector",
    "fit_power_law": "detector",
    "frame_correlation": "detector",
    "header_fields": "header",
    "high_contrast": "detector",
    "koma_pattern": "detector",
    "koma_window": "detector",
    "open": "opening",
    "oriented": "detector",
    "process": "session",
    "read_gain": "detector",
    "read_gamma_law": "corrections",
    "read_reference": "detector",
    "repair": "jobs",
    "set_threads": "threads",
    "sum_frames": "detector",
    "verify": "jobs",
    "write": "writing",
    # python-mrcz's names
    "BLOSC2_PRESENT": "ioMRC",
    "BLOSC_PRESENT": "ioMRC",
    "CAN_COMPRESS": "ioMRC",
    "asyncReadDM4": "ioDM",
    "asyncReadMRC": "ioMRC",
    "asyncWriteMRC": "ioMRC",
    "async_read_dm4": "ioDM",
    "async_read_mrc": "ioMRC",
    "async_write_mrc": "ioMRC",
    "defaultHeader": "ioMRC",
    "default_header": "ioMRC",
    "readDM4": "ioDM",
    "readMRC": "ioMRC",
    "readMRCHeader": "ioMRC",
    "read_dm4": "ioDM",
    "read_mrc": "ioMRC",
    "read_mrc_header": "ioMRC",
    "setDefaultThreads": "ioMRC",
    "set_default_threads": "ioMRC",
    "test": "self_test",
    "writeMRC": "ioMRC",
    "writeMRCHeader": "ioMRC",
    "write_mrc": "ioMRC",
    "write_mrc_header": "ioMRC",
}
# Names of python-mrcz that programs use although they begin with an underscore.
_UNLISTED = {"_asyncExecutor": "ioMRC", "_setAsyncWorkers": "ioMRC"}
# Modules that are there without an import of their own.
_MODULES: frozenset[str] = frozenset(("hdf5", "ioDM", "ioMRC", "mrcfile", "zarr"))

# `from mrcz import *` leaves Python's own open() alone.
__all__ = ["__version__", *(name for name in _HOMES if name != "open"), *_MODULES]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "__version__":
        value = import_module("._core", __name__).version
    elif name in _MODULES:
        value = import_module(f".{name}", __name__)
    elif name in _HOMES or name in _UNLISTED:
        value = getattr(import_module(f".{_HOMES.get(name) or _UNLISTED[name]}", __name__), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "open"})
