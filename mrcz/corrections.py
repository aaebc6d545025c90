"""What is done to movies, as the caller says it: the arguments of :func:`mrcz.correct`, :func:`mrcz.process` and
:mod:`mrcz.dask`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, NamedTuple

import numpy as np

from . import _core
from .arguments import checked, flag, number, of_kinds, path_or, shown, text, whole_of_31_bits
from .errors import ArgumentError

Array = np.ndarray[Any, Any]


class Orientation(NamedTuple):
    """How a gain reference is turned: by quarters counter-clockwise where row 0 is drawn at the bottom, then flipped (0:
    not, 1: upside down, 2: left to right), with the numbers of RELION's ``--gain_rot`` and ``--gain_flip``."""

    rot: int = 0
    flip: int = 0

    def __str__(self) -> str:
        text: str = _core.describe_orientation(tuple(self))
        return text


@dataclass(frozen=True)
class GammaLaw:
    """gamma(d) = a1 d^b1 + a2 d + a3, equation 11 of McLeod et al. 2018; d in electrons per pixel and second. The
    defaults are the authors' for a Gatan K2; beyond the rates at its ends a law is not known."""

    a1: float = 0.12035633
    b1: float = -1.04171635
    a2: float = -0.03363192
    a3: float = 1.03902726
    least_rate: float = 0.25
    greatest_rate: float = 9.0
    points: tuple[tuple[float, float], ...] = field(default=(), compare=False)  # (dose rate, gamma) it was fitted to

    def __call__(self, dose_rate: float) -> float:
        """The exponent; rates beyond the ends are taken as the ends."""
        value: float = _core.gamma_at(self._numbers(), dose_rate)
        return value

    def _numbers(self) -> tuple[float, ...]:
        return (self.a1, self.b1, self.a2, self.a3, self.least_rate, self.greatest_rate)

    def save(self, path: str | os.PathLike[str]) -> None:
        """As a file for ``mrcz process --gamma FILE`` and ``gamma=``."""
        law = asdict(self)
        law["points"] = [{"rate": rate, "exponent": gamma, "law": self(rate)} for rate, gamma in self.points]
        with open(path, "x", encoding="utf-8") as file:
            file.write(json.dumps(law, indent=1) + "\n")


_OUTLIER_FIELDS = {"rule": text, "transform": text, "spare_patches": flag, "decorrelate": flag,
                   **dict.fromkeys(("counts_per_electron", "least_threshold", "steepness", "threshold_share"), number)}
_KOMA_FIELDS = {"radius": whole_of_31_bits, "trailing": flag, "dose_scaled": flag, "divided": flag}


@dataclass(frozen=True)
class OutlierOptions:
    """How hot and dead pixels are found (McLeod et al. 2018, section 4).

    Parameters
    ----------
    rule : {"guarded", "paper"}
        The published rule with guards against calling good pixels outliers, or as it stands.
    transform : {"automatic", "none", "anscombe"}
        ``anscombe`` works on (S + 1/24)^(2/3), which takes the skew out of Poisson counts.
    counts_per_electron : float, optional
        Pixel values per electron; 1, or what the noise says, without.
    least_threshold : float, optional
        In sigma; no threshold is nearer to the mean. 4, and 0 by the paper's rule.
    steepness, threshold_share : float
        k and rho of equation 6.
    kernel_taps : sequence of float
        Weights of the neighbours at the distances 0, 1, 2; empty: Gatan K2's.
    spare_patches : bool
        Leaves patches of 3 x 3 and more alone that may be something seen, such as gold beads.
    decorrelate : bool
        Adds noise of half a frame's standard deviation to what ``mean`` and ``frame`` fill in.
    """

    rule: str = "guarded"
    transform: str = "automatic"
    counts_per_electron: float | None = None
    least_threshold: float | None = None
    steepness: float = 6.0
    threshold_share: float = 0.95
    kernel_taps: tuple[float, ...] = ()
    spare_patches: bool = True
    decorrelate: bool = False

    def _plain(self) -> dict[str, Any]:
        plain = of_kinds("outliers", asdict(self), _OUTLIER_FIELDS)
        plain["kernel_taps"] = [float(tap) for tap in self.kernel_taps]
        if self.least_threshold is None:
            plain["least_threshold"] = 0.0 if self.rule == "paper" else 4.0
        return plain


@dataclass(frozen=True)
class KomaOptions:
    """How movies are corrected by their neighbours (McLeod et al. 2018, section 5.2).

    Parameters
    ----------
    radius : int
        A movie is corrected by twice as many others.
    trailing : bool
        By those before it only, for live use.
    dose_scaled : bool
        The pattern is scaled by the movies' means where they differ by more than 2 %.
    divided : bool
        The pattern divides instead of being subtracted.
    """

    radius: int = 25
    trailing: bool = False
    dose_scaled: bool = True
    divided: bool = False

    def _plain(self) -> dict[str, Any]:
        return of_kinds("koma", asdict(self), _KOMA_FIELDS)


def chosen(kind: Any, given: Any, name: str) -> Any:
    """An object of the dataclass `kind` from what a caller gives for it: such an object, or a dict of its fields."""
    if isinstance(given, kind):
        return given
    if not isinstance(given, Mapping):
        raise TypeError(f"{name}: {given!r}, expected {kind.__name__} or a dict of its fields")
    known = [row.name for row in fields(kind)]
    for key in given:
        if key not in known:
            raise ArgumentError(f"{name}: there is no {key!r}; there are {', '.join(known)}", "invalid_argument")
    return kind(**given)


def outlier_options(given: Any) -> OutlierOptions | None:
    if given is None or given is False:
        return None
    if given is True:
        return OutlierOptions()
    if isinstance(given, str):
        return OutlierOptions(rule=given)
    options: OutlierOptions = chosen(OutlierOptions, given, "outliers")
    return options


def koma_options(given: Any) -> KomaOptions | None:
    if given is None or given is False:
        return None
    if isinstance(given, (int, np.integer)) and not isinstance(given, bool):
        return KomaOptions(radius=int(given))
    if isinstance(given, (np.ndarray, list, tuple)):
        raise ArgumentError("koma: an array; of a session the patterns are found: give the radius, such as 25",
                            "invalid_argument")
    options: KomaOptions = chosen(KomaOptions, given, "koma")
    return options


@dataclass(frozen=True)
class Correction:
    """What the core needs to correct a movie: plain values and arrays. Pickles, and tells another one apart."""

    options: dict[str, Any]
    at_hand: dict[str, Any]

    @property
    def has_arrays(self) -> bool:
        return any(isinstance(value, np.ndarray) for value in self.at_hand.values())

    def token(self) -> str:
        """The same for the same corrections; also tells when a reference file has changed."""
        import hashlib

        digest = hashlib.blake2b(digest_size=16)
        digest.update(repr(sorted((name, _stamped(value)) for name, value in _flat(self.options))).encode())
        for name, value in sorted(self.at_hand.items()):
            digest.update(name.encode())
            if isinstance(value, np.ndarray):
                digest.update(repr(value.shape).encode() + value.tobytes())
            else:
                digest.update(value if isinstance(value, bytes) else repr(value).encode())
        return digest.hexdigest()

    def settled(self, orientation: Any, gamma: float | None, outliers: bytes | None) -> Correction:
        """With what was found in a movie, so that another process need not look for it again."""
        gain = self.options["gain"]
        if gain is not None:
            gain = {**gain, "orientation": orientation, "gamma": gamma, "law": None}
        return replace(self, options={**self.options, "gain": gain}, at_hand={**self.at_hand, "outliers": outliers})


def _flat(options: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name, value in options.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{name}.")
        else:
            rows.append((prefix + name, value))
    return rows


def _stamped(value: Any) -> str:
    """A name of a file, with what tells that its content is another one."""
    if isinstance(value, str) and os.path.isabs(value) and os.path.isfile(value):
        status = os.stat(value)
        # Two files written within a tick of the clock have one time.
        from .sources import digest_of

        with open(value, "rb") as file:
            return f"{value!r} {status.st_size} {status.st_mtime_ns} {digest_of(file, status.st_size)}"
    return repr(value)


@checked(gain=path_or, dark=path_or, defects=path_or, fill=text, absolute=flag)
def correction_of(*, gain: Any = None, gain_kind: str = "multiplicative", gain_orient: Any = (0, 0), gamma: Any = None,
                  dark: Any = None, defects: Any = None, outliers: Any = None, fill: str | None = None,
                  koma: Any = None, koma_divides: bool = False, dtype: Any = None, seed: int = 0,
                  frame_time: float | None = None, again: bool = False, bare: Any = None, mode0: str = "by_header",
                  absolute: bool = False, **unknown: Any) -> Correction:
    """Of the arguments that :func:`mrcz.correct` describes; `absolute`: files are named from the root."""
    for name in unknown:
        raise TypeError(f"there is no argument {name!r}{nearest(name, arguments_of(correction_of))}; mrcz.correct tells of "
                        "all corrections")
    found = outlier_options(outliers)
    if fill is not None and found is None and defects is None:
        raise ArgumentError("fill says what replaces pixels: give outliers or defects", "invalid_argument")
    if gain is None and (gamma is not None or gain_kind != "multiplicative" or gain_orient not in ((0, 0), None)):
        raise ArgumentError("gain_kind, gain_orient and gamma are about gain: give it", "invalid_argument")
    at_hand: dict[str, Any] = {"outliers": None, "koma_divides": bool(koma_divides)}
    files: dict[str, str] = {}
    for name, reference in (("gain", gain), ("dark", dark)):
        files[name], at_hand[name] = _file_or_array(reference, name, absolute)
    files["defects"], at_hand["defects"] = _defects(defects, absolute)
    at_hand["koma"] = None if koma is None else _pattern(koma)
    options = {
        "gain": None if gain is None else _gain(files["gain"], gain_kind, gain_orient, gamma, absolute),
        "dark": files["dark"],
        "defects": files["defects"],
        "bare": _bare(bare),
        "outliers": found._plain() if found is not None else None,
        "fill": fill,
        "koma": None,
        "frame_time": None if frame_time is None else float(frame_time),
        "dtype": None if dtype is None else dtype_name(dtype),
        "seed": int(seed),
        "again": bool(again),
        "plain": False,
        "level": 0,
        "measure": False,
        "lag": 0,
        "mode0": mode0,
    }
    return Correction(options, at_hand)


def arguments_of(function: Any) -> list[str]:
    import inspect

    kinds = inspect.Parameter
    return [name for name, row in inspect.signature(function).parameters.items()
            if row.kind in (kinds.KEYWORD_ONLY, kinds.POSITIONAL_OR_KEYWORD)]


def nearest(name: str, known: list[str]) -> str:
    """A question in an error: which name may have been meant."""
    import difflib

    found = difflib.get_close_matches(name, known, 1)
    return f" (did you mean {found[0]}?)" if found else ""


def _pattern(koma: Any) -> Array:
    if isinstance(koma, (KomaOptions, Mapping, str)) or np.ndim(koma) == 0:
        raise ArgumentError(f"koma: {koma!r}; of one movie it is a pattern [y, x], as mrcz.koma_pattern makes it. A radius is "
                            "for mrcz.process, which has the other movies, too", "invalid_argument")
    return image(koma, "koma")


def image(values: Any, name: str) -> Array:
    if np.ndim(values) == 0:
        raise ArgumentError(f"{name}: {values!r}, expected an image [y, x], or the name of a file of one", "invalid_argument")
    array = np.ascontiguousarray(values, np.float32)
    if array.ndim != 2:
        raise ArgumentError(f"{name}: an array of shape {array.shape}, expected an image [y, x]", "invalid_argument")
    return array


def _path(path: Any, absolute: bool) -> str:
    name = os.fsdecode(path)
    return os.path.abspath(name) if absolute else name


def _file_or_array(reference: Any, name: str, absolute: bool) -> tuple[str, Array | None]:
    if reference is None:
        return "", None
    if isinstance(reference, (str, bytes, os.PathLike)):
        return _path(reference, absolute), None
    return "", image(reference, name)


def _defects(defects: Any, absolute: bool) -> tuple[str, Array | None]:
    if defects is None:
        return "", None
    if isinstance(defects, (str, bytes, os.PathLike)):
        return _path(defects, absolute), None
    mask = np.ascontiguousarray(np.asarray(defects) != 0, np.uint8)
    if mask.ndim != 2:
        raise ArgumentError(f"defects: an array of shape {mask.shape}, expected a mask [y, x] of the frames' shape",
                            "invalid_argument")
    return "", mask


def _gain(file: str, kind: str, orient: Any, gamma: Any, absolute: bool) -> dict[str, Any]:
    law, law_file, power = None, "", None
    if isinstance(gamma, GammaLaw):
        law = gamma._numbers()
    elif isinstance(gamma, (str, os.PathLike)) and os.fspath(gamma) == "auto":
        law = GammaLaw()._numbers()
    elif isinstance(gamma, (str, os.PathLike)):
        law_file = _path(gamma, absolute)
        law = read_gamma_law(law_file)._numbers()
    elif gamma is not None:
        power = float(gamma)
    return {"file": file, "kind": kind, "orientation": orientation(orient), "gamma": power, "law": law,
            "law_file": law_file}


def read_gamma_law(path: str | os.PathLike[str]) -> GammaLaw:
    """The law in a file of ``mrcz process --calibrate-gamma`` or :meth:`GammaLaw.save`."""
    with open(path, encoding="utf-8") as file:
        return GammaLaw(*_core.parse_gamma_law(file.read(), os.fsdecode(path)))


def orientation(orient: Any) -> tuple[int, int] | None:
    """None where it is to be found."""
    if isinstance(orient, str):
        if orient != "auto":
            raise ArgumentError(f"gain_orient: {orient!r}, expected \"auto\" or (quarter turns, flip)", "invalid_argument")
        return None
    turns, flip = (0, 0) if orient is None else orient
    if turns not in (0, 1, 2, 3) or flip not in (0, 1, 2):
        raise ArgumentError(f"gain_orient: {orient}, expected (quarter turns 0 to 3, flip 0 none, 1 upside down, "
                            "2 left to right)", "invalid_argument")
    return int(turns), int(flip)


def _bare(bare: Any) -> dict[str, Any] | None:
    """(shape, dtype) of references that are pixels and nothing else."""
    if bare is None:
        return None
    (rows, columns), kind = bare
    numpy_type = np.dtype(kind)
    return {"columns": int(columns), "rows": int(rows), "dtype": numpy_type.name, "offset": 0,
            "big_endian": numpy_type.newbyteorder("=") != numpy_type}


def dtype_name(dtype: Any) -> str:
    try:
        name = dtype if isinstance(dtype, str) and dtype == "uint4" else np.dtype(dtype).name
    except (TypeError, ValueError):
        raise TypeError(f"dtype: {shown(dtype)}, expected a type of NumPy's, or \"uint4\"") from None
    if name not in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "float16", "float32", "uint4"):
        raise ArgumentError(f"dtype {name}: corrected pixels are int8, uint8, int16, uint16, int32, uint32, float16 or "
                            "float32", "invalid_argument")
    return name
