"""The rules of mrcfile's validator: what about a header and its data is not MRC2014."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Iterator

import numpy as np

from . import utils
from .constants import MAP_ID
from .statistics import Statistics, statistics_of

if TYPE_CHECKING:
    from .mrcobject import MrcObject

_VERSIONS = (20140, 20141)
_EXTENDED_HEADER_TYPES = (b"CCP4", b"MRCO", b"SERI", b"AGAR", b"FEI1", b"FEI2", b"HDF5")
_TOLERANCE = 0.01  # of mean and standard deviation


def _identity(mrc: MrcObject) -> Iterator[str]:
    if mrc.header.map != MAP_ID:
        yield f"MAP is {mrc.header.map.item()!r}, and should be {MAP_ID!r}"
    try:
        utils.byte_order_from_machine_stamp(mrc.header.machst)
    except ValueError:
        yield (f"the machine stamp is {utils.pretty_machine_stamp(mrc.header.machst)}, which stands for no byte order")
    if int(mrc.header.mode) not in utils.MODES:
        yield f"mode {int(mrc.header.mode)} is none of {', '.join(map(str, utils.MODES))}"
    if int(mrc.header.nversion) not in _VERSIONS:
        yield f"NVERSION is {int(mrc.header.nversion)}, not {' or '.join(map(str, _VERSIONS))}"


def _dimensions(mrc: MrcObject) -> Iterator[str]:
    for name in ("nx", "ny", "nz", "mx", "my", "mz", "ispg", "nlabl"):
        if mrc.header[name] < 0:
            yield f"{name.upper()} is negative: {int(mrc.header[name])}"
    for axis in ("x", "y", "z"):
        if mrc.header.cella[axis] < 0:
            yield f"CELLA.{axis.upper()} is negative: {float(mrc.header.cella[axis])}"
    axes = [int(mrc.header[name]) for name in ("mapc", "mapr", "maps")]
    if sorted(axes) != [1, 2, 3]:
        yield f"MAPC, MAPR and MAPS are {axes}, which is no order of 1, 2 and 3"
    if utils.spacegroup_is_volume_stack(mrc.header.ispg) and int(mrc.header.nz) % int(mrc.header.mz) != 0:
        yield f"NZ {int(mrc.header.nz)} is no multiple of MZ {int(mrc.header.mz)}, the sections of each volume"


def _labels(mrc: MrcObject) -> Iterator[str]:
    used = [bool(label.strip()) for label in mrc.header.label]
    if used != sorted(used, reverse=True):
        yield "there are empty labels between labels with text"
    if sum(used) != int(mrc.header.nlabl):
        yield f"NLABL is {int(mrc.header.nlabl)}, but {sum(used)} labels have text"


def _extended_header(mrc: MrcObject) -> Iterator[str]:
    kind = mrc.header.exttyp.item()
    if int(mrc.header.nsymbt) > 0 and kind not in _EXTENDED_HEADER_TYPES:
        yield f"there is an extended header, but EXTTYP {kind!r} is none the standard names"


def _is_near(found: float, stated: float) -> bool:
    return bool(np.isclose(found, stated, rtol=_TOLERANCE, atol=0))


def _statistics(mrc: MrcObject) -> Iterator[str]:
    """Those that are marked as not known, or are NaN, are right."""
    header = mrc.header
    least, greatest, mean, deviation = (float(header[name]) for name in ("dmin", "dmax", "dmean", "rms"))
    states_range = least < greatest
    states_mean = mean > min(least, greatest)
    states_deviation = deviation >= 0
    if mrc.data is None or mrc.data.size == 0 or not (states_range or states_mean or states_deviation):
        return
    found: Statistics = statistics_of(mrc.data)
    if states_deviation and not _is_near(found.standard_deviation, deviation):
        yield f"RMS is {deviation}, but the standard deviation of the data {found.standard_deviation}"
    if found.minimum is None:
        if states_range or states_mean:
            yield "complex data have no DMIN, DMAX and DMEAN, but the header states some"
        return
    if states_range and np.float32(found.minimum) != np.float32(least):
        yield f"DMIN is {least}, but the least value of the data {found.minimum}"
    if states_range and np.float32(found.maximum) != np.float32(greatest):
        yield f"DMAX is {greatest}, but the greatest value of the data {found.maximum}"
    if states_mean and not _is_near(found.mean, mean):
        yield f"DMEAN is {mean}, but the mean of the data {found.mean}"


_RULES: tuple[Callable[[MrcObject], Iterator[str]], ...] = (_identity, _dimensions, _labels, _extended_header,
                                                           _statistics)


def complaints_about(mrc: MrcObject) -> list[str]:
    """One sentence for each rule that does not hold; empty: it is valid."""
    return [complaint for rule in _RULES for complaint in rule(mrc)]
