"""Values of header fields that programs of mrcfile ask for by name."""

from __future__ import annotations

from .. import _core

MAP_ID = b"MAP "
MAP_ID_OFFSET_BYTES: int = next(row[1] for row in _core.header_fields() if row[0] == "MAP")

IMAGE_STACK_SPACEGROUP = 0
VOLUME_SPACEGROUP = 1
VOLUME_STACK_SPACEGROUP = 401
LAST_VOLUME_STACK_SPACEGROUP = 630
