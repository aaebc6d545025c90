"""What checkers of types are told of the package: the names in the table of `__init__.py`, and where they are from."""

from . import ioDM as ioDM, ioMRC as ioMRC
from ._core import Limits as Limits
from .errors import (
    ArgumentError as ArgumentError,
    CancelledError as CancelledError,
    FileChangedError as FileChangedError,
    FileDamagedError as FileDamagedError,
    FileWarning as FileWarning,
    InputNotFoundError as InputNotFoundError,
    MrczError as MrczError,
    OutOfMemoryError as OutOfMemoryError,
    SystemFailedError as SystemFailedError,
    TargetExistsError as TargetExistsError,
    UnsupportedError as UnsupportedError,
)
from .header import Header as Header, header_fields as header_fields
from .ioDM import (
    asyncReadDM4 as asyncReadDM4,
    async_read_dm4 as async_read_dm4,
    readDM4 as readDM4,
    read_dm4 as read_dm4,
)
from .ioMRC import (
    BLOSC2_PRESENT as BLOSC2_PRESENT,
    BLOSC_PRESENT as BLOSC_PRESENT,
    CAN_COMPRESS as CAN_COMPRESS,
    asyncReadMRC as asyncReadMRC,
    asyncWriteMRC as asyncWriteMRC,
    async_read_mrc as async_read_mrc,
    async_write_mrc as async_write_mrc,
    defaultHeader as defaultHeader,
    default_header as default_header,
    readMRC as readMRC,
    readMRCHeader as readMRCHeader,
    read_mrc as read_mrc,
    read_mrc_header as read_mrc_header,
    setDefaultThreads as setDefaultThreads,
    set_default_threads as set_default_threads,
    writeMRC as writeMRC,
    writeMRCHeader as writeMRCHeader,
    write_mrc as write_mrc,
    write_mrc_header as write_mrc_header,
)
from .jobs import (
    append as append,
    codecs as codecs,
    compress as compress,
    decompress as decompress,
    repair as repair,
    verify as verify,
)
from .self_test import test as test
from .stack import Stack as Stack, open as open
from .threads import set_threads as set_threads
from .writer import Writer as Writer, write as write

__version__: str
