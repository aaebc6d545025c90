"""Movies corrected as they are read: dark, gain, defects, outliers, a KOMA pattern."""

from __future__ import annotations

import json
from typing import Any

from . import _core, threads as thread_counts
from .arguments import checked, path_or
from .corrections import Array, Correction, Orientation, arguments_of, correction_of, nearest
from .detector import Outliers
from .errors import ArgumentError, CorrectionWarning, warn
from .limits import make_limits
from .sources import Origin, origin_of
from .stack import Stack


def tell(message: str) -> None:
    """What the core says for people."""
    warn(message, CorrectionWarning)


class CorrectedStack(Stack):
    """A :class:`mrcz.Stack` whose frames are corrected as they are read; made by :func:`mrcz.correct`.

    Only frames that an index touches are decoded and corrected. Which pixels are outliers is found once, when it is
    opened, from the sum of all frames: from the file where it keeps the sum, else from one pass over it. What was found
    pickles with it.
    """

    def __init__(self, origin: Origin, correction: Correction, *, threads: int | None = None, mode0: str = "by_header",
                 limits: Any = None, step: str | None = None, token: str | None = None) -> None:
        self._asked = correction
        self._token = token or correction.token()
        workers = thread_counts.resolve(threads)

        def corrected(reader: Any) -> Any:
            _require_mask(correction, reader)
            said = tell if step is None else (lambda message: None)
            return _core.open_corrected(reader, correction.options, correction.at_hand, workers, said)

        super().__init__(origin, threads=threads, mode0=mode0, limits=limits, corrected=corrected)
        self._reader = self._pixels.reader
        self._correction = correction  # type: ignore[assignment]
        self._step: str = step or self._pixels.step

    @property
    def outliers(self) -> Outliers:
        """Hot, dead and defective pixels that are replaced, and what was found out about the noise."""
        return Outliers(self._opened_pixels().outliers())

    @property
    def gain_orientation(self) -> Orientation | None:
        """How the gain reference lies; None without one."""
        found = self._opened_pixels().orientation
        return Orientation(*found) if found is not None else None

    @property
    def gamma(self) -> float | None:
        """The exponent of the gain reference, where one was asked for."""
        gamma: float | None = self._opened_pixels().gamma
        return gamma

    @property
    def correction(self) -> dict[str, Any]:
        """What is done to the frames and all numbers found, as ``mrcz process`` records it in its outputs."""
        step: dict[str, Any] = json.loads(self._step)
        return step

    @property
    def provenance(self) -> list[dict[str, Any]]:
        """What was done to the pixels, one dict a step, these corrections last."""
        return [*super().provenance, self.correction]

    def _settled(self) -> Correction:
        opened = self._opened_pixels()
        return self._asked.settled(opened.orientation, opened.gamma, opened.outliers().pack())

    def _options(self) -> dict[str, Any]:
        options = super()._options()
        options["corrected"] = self._token
        return options

    def __reduce__(self) -> Any:
        options = super()._options()
        del options["corrected"]
        return _reopened, (self._origin, self._origin.identity(self._opened()), self._settled(), self._step, self._token,
                           options)

    def __repr__(self) -> str:
        return super().__repr__().replace("mrcz.Stack", "mrcz.CorrectedStack")


def _require_mask(correction: Correction, reader: Any) -> None:
    mask = correction.at_hand["defects"]
    if mask is not None and mask.shape != (reader.rows, reader.columns):
        hint = "; rows of x y w h go into a text file, whose name is given" if mask.shape[1] == 4 else ""
        raise ArgumentError(f"defects: a mask of shape {mask.shape}, frames of {(reader.rows, reader.columns)}{hint}",
                            "invalid_argument", reader.name)


def _reopened(origin: Origin, identity: Any, correction: Correction, step: str, token: str,
              options: dict[str, Any]) -> CorrectedStack:
    limits = make_limits(**options.pop("limits"))
    stack = CorrectedStack(origin, correction, limits=limits, step=step, token=token, **options)
    origin.require_identity(identity, stack._reader)
    return stack


@checked(gain=path_or, dark=path_or, defects=path_or)
def correct(source: Any, *, gain: Any = None, gain_kind: str = "multiplicative", gain_orient: Any = (0, 0),
            gamma: Any = None, dark: Any = None, defects: Any = None, outliers: Any = None, fill: str | None = None,
            koma: Any = None, koma_divides: bool = False, dtype: Any = None, seed: int = 0,
            frame_time: float | None = None, again: bool = False, bare: Any = None, threads: int | None = None,
            mode0: str | None = None) -> CorrectedStack:
    """A lazy array of the corrected frames of a movie: the pixels that ``mrcz process`` writes, bit for bit.

    In this order; what is not asked for is not done: y = (x - dark) · gain^γ (equations 8 and 9 of McLeod et al., J.
    Struct. Biol. 201, 2018), defects and outliers filled (its section 4), y - koma.

    Parameters
    ----------
    source : path, URL, file object or Stack
        As :func:`mrcz.open` takes it.
    gain, dark : path or array, optional
        References: MRC, MRCZ, TIFF, Falcon's ``.gain``, DM4, or an image ``[y, x]``. Of a stack the mean of its frames.
        A gain twice as large as the frames is binned.
    gain_kind : {"multiplicative", "flat_field"}
        Counts are multiplied by the gain, or by the mean of an even image over each of its pixels.
    gain_orient : (int, int) or "auto"
        Quarter turns counter-clockwise, then flip (0 none, 1 upside down, 2 left to right), as RELION's ``--gain_rot``
        and ``--gain_flip``; an :class:`Orientation`; ``"auto"``: as it makes the sum of the frames flattest.
    gamma : float, "auto", GammaLaw or path, optional
        Exponent of the gain; ``"auto"``: by the dose rate, as of a Gatan K2 (equation 11); a law, or a file of one.
    defects : path or array, optional
        List (``x y w h``, SerialEM's), map, or a mask ``[y, x]`` that is not 0 at defects.
    outliers : bool, "paper", OutlierOptions or dict, optional
        Find and replace hot and dead pixels.
    fill : {"random", "frame", "mean"}, optional
        What replaces them: a random good neighbour of the same frame (default for integers), the neighbours' weighted
        mean in the frame, or that over time (default for floats).
    koma : array, optional
        A pattern of :func:`mrcz.koma_pattern`, subtracted; with `koma_divides`, multiplied.
    dtype : dtype, optional
        Of the frames given out: the file's own for integers without dark and gain, else float32, unless it is given.
    seed : int
        Of what is random. The same seed gives the same pixels whatever the number of threads and the order of reading.
    frame_time : float, optional
        Exposure of a frame in seconds, where a gamma law needs it and metadata do not say it.
    again : bool
        Correct also what is corrected already by its record of steps.
    bare : ((int, int), dtype), optional
        Rows and columns, and type, of references that are pixels and nothing else.
    threads, mode0
        As in :func:`mrcz.open`.

    Returns
    -------
    CorrectedStack

    Raises
    ------
    mrcz.ArgumentError
        If a reference does not fit, with the turn or binning that would make it fit.

    Examples
    --------
    >>> movie = mrcz.correct(example, outliers=True)
    >>> movie.outliers.hot, movie[3].dtype
    (0, dtype('uint16'))
    """
    if isinstance(source, CorrectedStack):
        raise ArgumentError("is corrected on load already: give the file, and all corrections at once",
                            "invalid_argument", source.name)
    asked = {"gain": gain, "gain_kind": gain_kind, "gain_orient": gain_orient, "gamma": gamma, "dark": dark,
             "defects": defects, "outliers": outliers, "fill": fill, "koma": koma, "koma_divides": koma_divides,
             "dtype": dtype, "seed": seed, "frame_time": frame_time, "again": again, "bare": bare}
    if isinstance(source, Stack):
        return correct_origin(source._origin, asked, threads=source._threads if threads is None else threads,
                              mode0=source._mode0 if mode0 is None else mode0, limits=source._limits)
    return correct_origin(origin_of(source), asked, threads=threads, mode0=mode0 or "by_header", limits=None)


def require_known(asked: dict[str, Any]) -> None:
    """Of the arguments of :func:`mrcz.open` that it passes on."""
    from .opening import open as open_stack

    known = arguments_of(correct)
    for name in asked:
        if name not in known:
            raise TypeError(f"open() got an unexpected keyword argument {name!r}"
                            f"{nearest(name, [*known, *arguments_of(open_stack)])}; it takes the corrections of "
                            "mrcz.correct, too")


def correct_origin(origin: Origin, asked: dict[str, Any], *, threads: int | None, mode0: str,
                   limits: Any) -> CorrectedStack:
    """What is `asked` of :func:`correct`, of a file that :func:`mrcz.open` knows. Files have absolute names, so that it
    can go to other processes."""
    return CorrectedStack(origin, correction_of(**asked, mode0=mode0, absolute=True), threads=threads, mode0=mode0,
                          limits=limits)


__all__ = ["CorrectedStack", "correct"]
