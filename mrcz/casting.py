"""Values that a cast changes: counted while a file is written, told of, and recorded in it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from . import _core
from .errors import warn
from .facts import Array


class CastRecord:
    """Of one file.

    Attributes
    ----------
    given, stored : numpy.dtype
    values : int
        Counted so far.
    changed : int
        Those that are no longer the same number.
    lost : int
        Those of them that more than digits were taken from, which a shorter float has no room for.
    """

    def __init__(self, given: Any, stored: Any, pixel_type: str, *, is_direct: bool = True) -> None:
        self.given = np.dtype(given).newbyteorder("=")
        self.stored = np.dtype(stored).newbyteorder("=")
        self._pixel_type = pixel_type
        # By way of other types anything may become of a number.
        self._may_change = not is_direct or not np.can_cast(self.given, self.stored, "safe")
        self._may_round = is_direct and self.given.kind in "fc" and self.stored.kind in "fc"
        self.values = self.changed = self.lost = 0

    def count(self, given: Array, stored: Array) -> None:
        self.values += int(given.size)
        if not self._may_change:
            return
        differ = stored != given
        if self._may_round:
            differ &= given == given  # NaN stays what it is
            self.lost += int(np.count_nonzero(np.isfinite(given) & ~np.isfinite(stored)))
            self.changed += int(np.count_nonzero(differ))
            return
        changed = int(np.count_nonzero(differ))
        self.changed += changed
        self.lost += changed

    def tell(self, path: str) -> None:
        if self.lost:
            warn(f"{path}: {self.lost} of {self.values} values are not the same as {self.stored.name}: they were "
                 f"{self.given.name}", UserWarning)

    def step(self) -> str | None:
        """For the record of steps; None where the type stays."""
        if self.given == self.stored and not self.changed:
            return None
        return json.dumps({"step": "convert", "from": self.given.name, "to": self._pixel_type, "changed": self.changed,
                           "program": "mrcz", "version": _core.version})
