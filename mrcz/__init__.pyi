"""What checkers of types are told of the package: the names in the table of `__init__.py`, and where they are from."""

from . import hdf5 as hdf5, ioDM as ioDM, ioMRC as ioMRC, mrcfile as mrcfile, zarr as zarr
from ._core import Limits as Limits
from .corrections import (
    GammaLaw as GammaLaw,
    KomaOptions as KomaOptions,
    Orientation as Orientation,
    OutlierOptions as OutlierOptions,
    read_gamma_law as read_gamma_law,
)
from .detector import (
    Outliers as Outliers,
    apply_gain as apply_gain,
    block_contrast as block_contrast,
    calibrate_gamma as calibrate_gamma,
    fano_factor as fano_factor,
    find_gamma as find_gamma,
    find_orientation as find_orientation,
    find_outliers as find_outliers,
    fit_power_law as fit_power_law,
    frame_correlation as frame_correlation,
    high_contrast as high_contrast,
    koma_pattern as koma_pattern,
    koma_window as koma_window,
    oriented as oriented,
    read_gain as read_gain,
    read_reference as read_reference,
    sum_frames as sum_frames,
)
from .errors import (
    ArgumentError as ArgumentError,
    CancelledError as CancelledError,
    CorrectionWarning as CorrectionWarning,
    FileChangedError as FileChangedError,
    FileDamagedError as FileDamagedError,
    FileWarning as FileWarning,
    InputNotFoundError as InputNotFoundError,
    MrczError as MrczError,
    OutOfMemoryError as OutOfMemoryError,
    SessionError as SessionError,
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
from .containers import convert as convert
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
from .opening import open as open
from .processing import CorrectedStack as CorrectedStack, correct as correct
from .self_test import test as test
from .session import process as process
from .stack import Stack as Stack
from .threads import set_threads as set_threads
from .writer import Writer as Writer
from .writing import write as write

__version__: str
