"""What corrections are made of, for arrays: sums, outliers, gain references, KOMA patterns, correlation.

Thin over the C++ core: the same numbers as ``mrcz process``, bit for bit. Images are ``[y, x]``, stacks ``[z, y, x]``.
Equations and sections are those of McLeod et al., J. Struct. Biol. 201 (2018) 252.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from . import _core, pixels, threads as thread_counts
from .arguments import checked, count, flag, number, path_or, paths, whole_of_31_bits
from .corrections import (Array, GammaLaw, KomaOptions, Orientation, correction_of, image, orientation,
                          outlier_options)
from .errors import ArgumentError
from .stack import Progress, Stack

# Frames are turned into floats some at a time.
_BATCH_BYTES = 64 << 20


# Sums


@checked(source=path_or)
def sum_frames(source: Any, *, threads: int | None = None, mode0: str = "by_header",
               progress: Progress | None = None) -> Array:
    """The sum over all frames, exact, whatever the number of threads.

    Parameters
    ----------
    source : path, Stack or array
        Of a file that keeps its sum no frame is read.

    Returns
    -------
    numpy.ndarray
        ``[y, x]``: uint32 of integers where it fits, else int64; float64 of floats.
    """
    workers = thread_counts.resolve(threads)
    if isinstance(source, Stack):
        return np.asarray(source.sum())
    if isinstance(source, (str, bytes, os.PathLike)):
        return np.asarray(_core.sum_of_file(os.fsdecode(source), mode0, workers, progress))
    frames = _stacked(np.asarray(source))
    native = np.ascontiguousarray(frames, frames.dtype.newbyteorder("="))
    kind = next((name for name, known in pixels.DTYPES.items() if known == native.dtype), None)
    if kind is None:
        raise ArgumentError(f"sum_frames: pixels of {native.dtype}; expected integers of 8 to 32 bits or floats of 16 or "
                            "32", "invalid_argument")
    return np.asarray(_core.sum_of_array(native, kind, workers))


def _stacked(array: Array) -> Array:
    if array.ndim == 2:
        return array[np.newaxis]
    if array.ndim != 3:
        raise ArgumentError(f"an array of shape {array.shape}, expected frames [z, y, x] or one [y, x]",
                            "invalid_argument")
    return array


def _sum(values: Any) -> Array:
    array = np.asarray(values)
    if array.dtype.kind == "f":
        return np.ascontiguousarray(array, np.float64)
    if array.dtype == np.uint32:
        return np.ascontiguousarray(array)
    if array.dtype.kind not in "iub":
        raise ArgumentError(f"sum: {array.dtype}, expected integers or floats", "invalid_argument")
    if array.dtype == np.uint64 and array.size and int(array.max()) > np.iinfo(np.int64).max:
        raise ArgumentError("sum: beyond 64-bit signed integers", "invalid_argument")
    return np.ascontiguousarray(array, np.int64)


# Outliers


class Histogram(NamedTuple):
    """Counts of the sums: bin i holds those in (edges[i], edges[i + 1]], in electrons."""

    edges: Array
    counts: Array
    below: int
    above: int


class Outliers:
    """Hot and dead pixels of a stack, as :func:`mrcz.find_outliers` and :func:`mrcz.correct` find them. Pickles."""

    def __init__(self, core: Any) -> None:
        self._core = core

    shape: tuple[int, int] = property(lambda self: self._core.shape, doc="Rows and columns.")  # type: ignore[assignment]
    frames: int = property(lambda self: self._core.frames, doc="In the sum.")  # type: ignore[assignment]
    hot: int = property(lambda self: self._core.hot, doc="Pixels above the threshold.")  # type: ignore[assignment]
    dead: int = property(lambda self: self._core.dead, doc="Pixels below the threshold.")  # type: ignore[assignment]
    singletons: int = property(lambda self: self._core.singletons,  # type: ignore[assignment]
                               doc="Outliers, defects included, without another within two pixels.")
    clustered: int = property(lambda self: self._core.clustered,  # type: ignore[assignment]
                              doc="Outliers, defects included, that have one.")
    spared: int = property(lambda self: self._core.spared,  # type: ignore[assignment]
                           doc="Outliers of patches that may be something seen, left as they are.")
    mean: float = property(lambda self: self._core.mean,  # type: ignore[assignment]
                           doc="Of the normal distribution fitted to the sums, equation 1, in electrons; of (S + "
                               "1/24)^(2/3) where :attr:`is_transformed`.")
    sigma: float = property(lambda self: self._core.sigma,  # type: ignore[assignment]
                            doc="Its standard deviation.")
    dark_threshold: float = property(lambda self: self._core.dark_threshold,  # type: ignore[assignment]
                                     doc="In sigma, equations 4 and 5.")
    hot_threshold: float = property(lambda self: self._core.hot_threshold,  # type: ignore[assignment]
                                    doc="In sigma.")
    is_transformed: bool = property(lambda self: self._core.is_transformed,  # type: ignore[assignment]
                                    doc="Mean, sigma and thresholds are of (S + 1/24)^(2/3).")
    counts_per_electron: float = property(lambda self: self._core.counts_per_electron,  # type: ignore[assignment]
                                          doc="Pixel values per electron.")
    frame_mean: float = property(lambda self: self._core.frame_mean,  # type: ignore[assignment]
                                 doc="Of the good pixels of a frame, in pixel values.")

    @property
    def weights(self) -> Array:
        """float32 ``[y, x]``: how much of what was measured is kept, equation 6; 1 of good pixels."""
        return np.asarray(self._core.weights())

    @property
    def mask(self) -> Array:
        """bool ``[y, x]``: outliers and defects, which are replaced."""
        return self.weights < 0.5

    @property
    def pixels(self) -> Array:
        """Structured array, a row for each pixel whose weight is below 1: ``y``, ``x``, ``weight``, ``fill`` (mean of the
        neighbours over time), ``clustered``."""
        kind = [("y", "i8"), ("x", "i8"), ("weight", "f4"), ("fill", "f4"), ("clustered", "?")]
        return np.array(self._core.pixels(), kind)

    @property
    def histogram(self) -> Histogram:
        width, first, counts, below, above = self._core.histogram()
        edges = (np.arange(len(counts) + 1) + first - 0.5) * width
        return Histogram(edges, np.array(counts, np.uint64), below, above)

    def fill_sum(self, total: Any) -> Array:
        """The sum with its outliers replaced by their neighbours' weighted mean, whole where the sum is."""
        return np.asarray(_core.filled_sum(_sum(total), max(1, self.frames), self._core))

    def fill_frames(self, frames: Any, by: str = "mean", *, first: int = 0, seed: int = 0) -> Array:
        """Frames as float32 with their outliers replaced; `by` as ``fill`` of :func:`mrcz.correct`, `first` the number of
        the first frame in its stack, which decides what is drawn at random."""
        given = np.asarray(frames)
        filled = np.array(_stacked(given), np.float32, order="C")
        _core.fill_outliers(filled, self._core, by, first, seed)
        return filled.reshape(given.shape)

    def __reduce__(self) -> Any:
        return _unpacked, (self._core.pack(),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Outliers) and self._core.pack() == other._core.pack()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return (f"<mrcz.Outliers {self.shape}: {self.hot} hot, {self.dead} dead, {self.singletons + self.clustered} "
                f"replaced ({self.clustered} in clusters)>")


def _unpacked(packed: bytes) -> Outliers:
    return Outliers(_core.Outliers.unpack(packed))


@checked(frames=count, fano_factor=number)
def find_outliers(total: Any, frames: int, options: Any = True, *, known_bad: Any = None,
                  fano_factor: float | None = None, threads: int | None = None) -> Outliers:
    """Hot and dead pixels of a stack, from the sum of its frames (section 4, equations 1 to 6).

    Parameters
    ----------
    total : array
        Sum over `frames` frames, raw or corrected by dark and gain.
    options : True, "paper", OutlierOptions or dict
    known_bad : array, optional
        Mask ``[y, x]`` of pixels that are replaced whatever their sum.
    fano_factor : float, optional
        Variance over mean of the noise (:func:`mrcz.fano_factor`), from which the scale of the counts follows.

    Examples
    --------
    >>> import numpy as np
    >>> counts = np.random.default_rng(1).poisson(1, (40, 256, 256)).astype("uint8")
    >>> counts[:, 100, 50] += 3
    >>> found = mrcz.find_outliers(mrcz.sum_frames(counts), len(counts))
    >>> bool(found.mask[100, 50]), found.hot < 10
    (True, True)
    """
    found = outlier_options(options) or outlier_options(True)
    assert found is not None
    bad = None if known_bad is None else np.ascontiguousarray(np.asarray(known_bad) != 0, np.uint8)
    if bad is not None and np.ndim(known_bad) != 2:
        raise ArgumentError(f"known_bad: an array of shape {np.shape(known_bad)}, expected a mask [y, x]", "invalid_argument")
    return Outliers(_core.find_outliers(_sum(total), int(frames), found._plain(), fano_factor, bad,
                                        thread_counts.resolve(threads)))


# Gain


@checked()
def read_reference(path: str | bytes | os.PathLike[str], *, bare: Any = None, mode0: str = "by_header") -> Array:
    """The image in a file of any format that references come in, as float32 ``[y, x]``: MRC, MRCZ, TIFF, Falcon's
    ``.gain``, DM3, DM4; of a stack the mean of its frames. Rows lie as MRC has them: those of TIFF and DM4 are
    reversed. `bare`, ((rows, columns), dtype): files of exactly so many bytes and no known format are pixels alone."""
    options = correction_of(bare=bare, mode0=mode0).options
    return np.asarray(_core.read_image(os.fsdecode(path), options))


@checked(dark=path_or, gamma=number)
def read_gain(path: str | bytes | os.PathLike[str], *, kind: str = "multiplicative", dark: Any = None, orient: Any = (0, 0),
              gamma: float | None = None, bare: Any = None) -> Array:
    """The factors that counts are multiplied by, as float32 ``[y, x]``; 0 where the reference is zero, negative or no
    number, never infinite (equation 8). With `gamma` raised to it (equation 9).

    Parameters
    ----------
    kind, orient
        As ``gain_kind`` and ``gain_orient`` of :func:`mrcz.correct`.
    dark : path or array, optional
        Subtracted from a flat field.
    """
    reference = read_reference(path, bare=bare)
    if isinstance(dark, (str, bytes, os.PathLike)):
        dark = read_reference(dark, bare=bare)
    turned = orientation(orient)
    if turned is None:
        raise ArgumentError("orient: \"auto\" needs a sum of frames: use find_orientation", "invalid_argument")
    return np.asarray(_core.gain_factors(reference, kind, None if dark is None else image(dark, "dark"), turned, gamma))


def apply_gain(frames: Any, gain: Any = None, dark: Any = None) -> Array:
    """(x - dark) · gain in single precision, each step rounded as NumPy does (equation 8). Pixels of factor 0 become 0.

    Returns
    -------
    numpy.ndarray
        float32, of the shape of `frames`.
    """
    given = np.asarray(frames)
    corrected = np.array(_stacked(given), np.float32, order="C")
    references = [None if reference is None else image(reference, name)
                  for reference, name in ((gain, "gain"), (dark, "dark"))]
    for reference in references:
        if reference is not None and reference.shape != corrected.shape[1:]:
            raise ArgumentError(f"a reference of shape {reference.shape}, frames of {corrected.shape[1:]}",
                                "invalid_argument")
    _core.apply_gain(corrected, *references)
    return corrected.reshape(given.shape)


def oriented(reference: Any, orient: Any) -> Array:
    """An image turned and flipped as ``gain_orient`` of :func:`mrcz.correct` says."""
    return np.asarray(_core.oriented(image(reference, "reference"), orientation(orient) or (0, 0)))


class OrientationScore(NamedTuple):
    """`deviation`: standard deviation of sum · gain over its mean, without bad and far-off pixels."""

    orientation: Orientation
    deviation: float


@checked(frames=count)
def find_orientation(total: Any, gain: Any, *, frames: int = 1, threads: int | None = None) -> list[OrientationScore]:
    """All orientations of a gain reference that fit the sum of a movie (8, or 4), the one that makes it flattest first.
    Where the second is nearly as good, do not trust the first.

    Examples
    --------
    >>> scores = mrcz.find_orientation(mrcz.sum_frames("movie.mrcz"), mrcz.read_gain("gain.mrc"))  # doctest: +SKIP
    >>> mrcz.correct("movie.mrcz", gain="gain.mrc", gain_orient=scores[0].orientation)              # doctest: +SKIP
    """
    rows = _core.score_orientations(_sum(total), int(frames), image(gain, "gain"), thread_counts.resolve(threads))
    return [OrientationScore(Orientation(*turned), deviation) for turned, deviation in rows]


@checked(frames=count)
def find_gamma(flat: Any, gain: Any, *, frames: int = 1, threads: int | None = None) -> float:
    """The exponent of `gain` under which `flat`, a sum of even light, is flattest (equation 10)."""
    gamma: float = _core.find_gamma(_sum(flat), int(frames), image(gain, "gain"), thread_counts.resolve(threads))
    return gamma


@checked(flats=paths, gain=path_or, dark=path_or)
def calibrate_gamma(flats: Sequence[Any], gain: Any, *, gain_kind: str = "multiplicative", gain_orient: Any = (0, 0),
                    dark: Any = None, frame_time: float | None = None, threads: int | None = None) -> GammaLaw:
    """The law of a detector (equation 11) from movies of even light at four or more dose rates: files, as ``mrcz process
    --calibrate-gamma`` takes them. `frame_time`, in seconds, where their metadata do not say it."""
    from .processing import tell

    options = correction_of(gain=gain, gain_kind=gain_kind, gain_orient=gain_orient, dark=dark, frame_time=frame_time)
    if options.has_arrays:
        raise ArgumentError("calibrate_gamma: references are files", "invalid_argument")
    law, points, _ = _core.calibrate_gamma([os.fsdecode(flat) for flat in flats], options.options,
                                           thread_counts.resolve(threads), tell)
    return replace(GammaLaw(*law), points=tuple(points))


# KOMA


@checked(movie=whole_of_31_bits, movies=whole_of_31_bits, radius=whole_of_31_bits, trailing=flag)
def koma_window(movie: int, movies: int, radius: int = 25, *, trailing: bool = False,
                excluded: Sequence[bool] | None = None) -> list[int]:
    """The movies whose sums correct movie number `movie` of `movies`: always 2 · radius, more on one side at the ends;
    all others where there are fewer. `excluded`: whose sums enter no window (section 5.2)."""
    options = KomaOptions(radius=radius, trailing=trailing)._plain()
    members: list[int] = _core.koma_window(movie, movies, options,
                                           None if excluded is None else [int(bool(one)) for one in np.ravel(excluded)])
    return members


@checked(frames=count, own_frame_mean=number, dose_scaled=flag, divided=flag)
def koma_pattern(others: Any, frames: int, own_frame_mean: float, *, dose_scaled: bool = True,
                 divided: bool = False) -> Array:
    """What is subtracted from every frame: the mean frame of the other movies without its spatial mean, float32
    ``[y, x]``. Divided: what every frame is multiplied by.

    Parameters
    ----------
    others : array
        Sum over all `frames` frames of the movies of the window (:func:`mrcz.koma_window`), their outliers filled.
    own_frame_mean : float
        Mean of a frame of the movie that is corrected; the pattern is scaled to its dose.
    """
    options = KomaOptions(dose_scaled=dose_scaled, divided=divided)._plain()
    return np.asarray(_core.koma_pattern(_sum(others), int(frames), float(own_frame_mean), options))


@checked(frames=count)
def block_contrast(total: Any, frames: int) -> float:
    """Standard deviation of the means of the 64 x 64 blocks of a sum, per frame, over its mean: contrast of the specimen,
    not noise nor hot pixels."""
    contrast: float = _core.block_contrast(_sum(total), int(frames))
    return contrast


@checked(deviations=number)
def high_contrast(contrasts: Sequence[float], deviations: float = 5) -> Array:
    """bool, one a movie: carbon and crystalline ice, whose contrast is above median + `deviations` median absolute
    deviations, and which KOMA leaves out of its windows."""
    return np.array(_core.high_contrast(_line(contrasts, "contrasts"), float(deviations)), bool)


# Correlation


def _float_frames(source: Any) -> Iterator[Array]:
    frames = source if isinstance(source, Stack) else _stacked(np.asarray(source))
    at_once = max(1, _BATCH_BYTES // max(1, int(np.prod(frames.shape[1:])) * 4))
    for first in range(0, frames.shape[0], at_once):
        yield np.ascontiguousarray(frames[first : first + at_once], np.float32)


@checked()
def frame_correlation(source: Any, lag: int = 0) -> float:
    """Mean Pearson correlation between the frames of a stack (equation 7): over all pairs, or with `lag` over pairs so
    many frames apart. NaN where there is no pair; constant frames count for nothing."""
    shape = source.shape if isinstance(source, Stack) else _stacked(np.asarray(source)).shape
    if len(shape) != 3:
        raise ArgumentError("frame_correlation: colours", "invalid_argument")
    measured = _core.FrameCorrelation(shape[1], shape[2], lag)
    for frames in _float_frames(source):
        measured.add(frames)
    mean: float = measured.mean()
    return mean


@checked(pairs=whole_of_31_bits)
def fano_factor(source: Any, pairs: int = 4) -> float:
    """Variance over mean of the noise, from differences of neighbouring frames: 1 for counted electrons."""
    frames = source if isinstance(source, Stack) else _stacked(np.asarray(source))
    half = len(frames) // 2
    pairs = min(pairs, half)
    factor = _core.FanoFactor()
    for pair in range(pairs):
        first = pair * half // pairs * 2
        one, following = (np.ascontiguousarray(frames[first + i], np.float32) for i in (0, 1))
        factor.add(one, following)
    value: float = factor.value()
    return value


class PowerLaw(NamedTuple):
    """y = offset + scale · x^exponent; `rms`: root of the mean squared distance of the points."""

    offset: float
    scale: float
    exponent: float
    rms: float


def fit_power_law(x: Any, y: Any) -> PowerLaw:
    """Least squares, for correlation against dose or KOMA radius (the paper's Figs. 11 and 12)."""
    return PowerLaw(*_core.fit_power_law(_line(x, "x"), _line(y, "y")))


def _line(values: Any, name: str) -> Array:
    line = np.ascontiguousarray(values, np.float64)
    if np.ndim(values) != 1:
        raise ArgumentError(f"{name}: an array of shape {np.shape(values)}, expected numbers in a row", "invalid_argument")
    return line
