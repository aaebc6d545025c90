"""Sessions of movies, corrected from file to file: what ``mrcz process`` does."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import Any

from . import _core, threads as thread_counts
from .arguments import checked, path, paths
from .corrections import correction_of, koma_options
from .errors import ArgumentError, MrczError, SessionError, SystemFailedError
from .jobs import compressed_name, restored_name, without_wrapper
from .processing import tell


def output_name(movie: str, plain: bool) -> str:
    """The name that the command gives the corrected movie."""
    name = os.path.basename(movie)
    restored = restored_name(name) if without_wrapper(name).lower().endswith((".mrcz", ".mrczs")) else without_wrapper(name)
    return restored if plain else compressed_name(restored)


def outputs_of(movies: Sequence[str], output_dir: str, plain: bool) -> list[str]:
    """Of each movie. Two movies of one name would share one output."""
    outputs: dict[str, str] = {}
    for movie in movies:
        output = os.path.join(output_dir, output_name(movie, plain))
        if output in outputs:
            raise ArgumentError(f"{outputs[output]} and {movie} would both become it: movies of a session need different "
                                "names", "invalid_argument", output)
        outputs[output] = movie
    return list(outputs)


def session_options(*, koma: Any = None, plain: bool = False, level: int = 0, measure: bool = False, lag: int = 0,
                    absolute: bool = False, **correction: Any) -> dict[str, Any]:
    """The core's options of the arguments that :func:`process` describes."""
    asked = correction_of(**correction, absolute=absolute)
    if asked.has_arrays:
        raise ArgumentError("references of a session are files, named in the record of what was done: write the array "
                            "with mrcz.write, and give its name", "invalid_argument")
    found = koma_options(koma)
    if lag and not measure:
        raise ArgumentError("lag is a number of the report: give measure=True, too", "invalid_argument")
    return {**asked.options, "koma": found._plain() if found is not None else None, "plain": bool(plain),
            "level": int(level), "measure": bool(measure), "lag": int(lag)}


def require_something(options: dict[str, Any]) -> None:
    if not any(options[name] for name in ("gain", "dark", "defects", "outliers", "koma")):
        raise ArgumentError("nothing to correct: give gain, dark, defects, outliers or koma", "invalid_argument")


def names_of(movies: Any) -> list[str]:
    if isinstance(movies, (str, bytes, os.PathLike)):
        movies = [movies]
    names = [os.fsdecode(movie) for movie in movies]
    if not names:
        raise ArgumentError("movies: none given", "invalid_argument")
    return names


def raise_failures(reports: list[dict[str, Any]], failures: dict[str, MrczError]) -> None:
    if not failures:
        return
    first = next(iter(failures.values()))
    total = len(reports) + len(failures)
    raise SessionError(f"{len(failures)} of {total} {'movie was' if total == 1 else 'movies were'} not corrected: {first}",
                       first.code, reports=reports, failures=failures)


@checked(movies=paths, output_dir=path)
def process(movies: Any, output_dir: str | os.PathLike[str], *, koma: Any = None, plain: bool = False, level: int = 0,
            overwrite: bool = False, measure: bool = False, lag: int = 0, threads: int | None = None,
            progress: Callable[[int, int], object] | None = None, **correction: Any) -> list[dict[str, Any]]:
    """Corrects the movies of a session into files, as ``mrcz process`` does: the same bytes.

    Parameters
    ----------
    movies : path or list of paths
        Of one camera in one mode. They are not changed.
    output_dir : path
        Where corrected movies go, under their own names; made where it is missing.
    koma : int, KomaOptions or dict, optional
        Radius of the knock-out moving average over the movies (section 5.2 of McLeod et al. 2018); the paper has 25.
    plain : bool
        Write MRC instead of MRCZ, the record of steps behind the pixels.
    level : int
        Of compression.
    overwrite : bool
        Replace existing files.
    measure : bool
        Report the correlation between frames before and after, with `lag` also of frames so many apart.
    threads : int, optional
        As in :func:`mrcz.open`.
    progress : callable, optional
        Called as ``progress(movies_done, movies)``.
    **correction
        ``gain``, ``dark``, ``defects``, ``outliers``, ``fill``, ``dtype``, ``seed`` and so on as :func:`mrcz.correct`
        takes them; references are files.

    Returns
    -------
    list of dict
        One a movie, in the order of the session, as ``mrcz process --report json`` prints it.

    Raises
    ------
    mrcz.SessionError
        When all is done, if movies could not be corrected.
    mrcz.SystemFailedError
        At once, if outputs cannot be written.

    See Also
    --------
    mrcz.dask.process_session : the same on many machines.
    """
    options = session_options(koma=koma, plain=plain, level=level, measure=measure, lag=lag, **correction)
    require_something(options)
    folder = os.fsdecode(output_dir)
    names = names_of(movies)
    outputs_of(names, folder, plain)
    session = _core.Session(names, options, tell)
    workers = thread_counts.resolve(threads)
    os.makedirs(folder, exist_ok=True)
    session.prepare(workers, tell)
    ordered: list[str] = session.movies
    reports: list[dict[str, Any]] = []
    failures: dict[str, MrczError] = {}
    for number, (movie, output) in enumerate(zip(ordered, outputs_of(ordered, folder, plain))):
        try:
            reports.append(json.loads(session.process(number, output, overwrite, workers, tell)))
        except SystemFailedError:
            raise
        except MrczError as error:
            failures[movie] = error
        if progress is not None:
            progress(number + 1, len(ordered))
    raise_failures(reports, failures)
    return reports


__all__ = ["process"]
