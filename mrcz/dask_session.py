"""A session of movies corrected by the workers of a dask cluster: sums first, then windows, then each movie.

Every task can be run again, by another worker, after or beside one that died: what it makes depends on the movie and the
options alone, appears under its name when it is complete, and is taken as it is where it is there.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import threading
import uuid
from collections.abc import Callable
from typing import Any

from . import _core, processing
from .errors import ArgumentError, InputNotFoundError, MrczError, SystemFailedError, TargetExistsError
from .session import names_of, outputs_of, raise_failures, require_something, session_options

Hook = Callable[[str, int], None]

# Called as (stage, movie) by each task when its work is done and before it says so; for tests.
task_hook: Hook | None = None


def _done(stage: str, movie: int) -> None:
    if task_hook is not None:
        task_hook(stage, movie)


class _Sessions:
    """Sessions that this process has open: references are read once a worker, and windows move on from where they were.
    One at a time is used by a task, and only those of the latest plan are kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._id = ""
        self._idle: list[Any] = []

    def take(self, plan_id: str) -> Any | None:
        with self._lock:
            if plan_id != self._id:
                self._id, self._idle = plan_id, []
            return self._idle.pop() if self._idle else None

    def give_back(self, plan_id: str, session: Any) -> None:
        with self._lock:
            if plan_id == self._id:
                self._idle.append(session)

    def forget(self) -> None:
        with self._lock:
            self._id, self._idle = "", []


_gathering = _Sessions()
_applying = _Sessions()


def _threads() -> int:
    """Those of the worker that this runs on."""
    from distributed.worker import get_worker

    return max(1, int(get_worker().state.nthreads))


class _Job:
    """What all tasks of a session share. It lies in the session's folder, so that tasks carry its name alone."""

    def __init__(self, id: str, plan: dict[str, Any], options: dict[str, Any], folder: str,  # noqa: A002
                 outputs: list[str], overwrite: bool, threads: int | None) -> None:
        self.id = id
        self.plan = plan
        self.options = options
        self.folder = folder
        self.outputs = outputs
        self.overwrite = overwrite
        self.threads = threads

    def save(self) -> None:
        _write_whole(os.path.join(self.folder, "job.json"), json.dumps(vars(self)))

    def open(self) -> Any:
        return _core.Session(self.plan, self.options)

    def workers(self) -> int:
        return self.threads or _threads()

    def mark(self, kind: str, movie: int) -> str:
        return os.path.join(self.folder, f"movie-{movie}.{kind}")


@functools.lru_cache(maxsize=2)
def _job_in(folder: str) -> _Job:
    with open(os.path.join(folder, "job.json"), encoding="utf-8") as file:
        return _Job(**json.load(file))


def _write_whole(path: str, text: str) -> None:
    """Under its name when it is complete, whoever else writes the same."""
    temporary = f"{path}.{uuid.uuid4().hex}"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


# Tasks


def _plan(movies: list[str], options: dict[str, Any], threads: int | None) -> tuple[dict[str, Any], list[str]]:
    said: list[str] = []
    plan = _core.Session(movies, options, said.append).plan(threads or _threads(), said.append)
    return plan, said


def _gather(folder: str, movie: int) -> list[str]:
    job = _job_in(folder)
    said: list[str] = []
    session = _gathering.take(job.id) or job.open()
    session.gather(movie, job.folder, job.workers(), said.append)
    _gathering.give_back(job.id, session)
    _done("gather", movie)
    return said


def _apply(folder: str, movie: int) -> tuple[dict[str, Any] | None, MrczError | None, list[str]]:
    """Report, or why the movie cannot be corrected; and what is said for people."""
    job = _job_in(folder)
    finished = job.mark("done", movie)
    if os.path.exists(finished):
        with open(finished, encoding="utf-8") as file:
            found = json.load(file)
        return found["report"], None, found["said"]
    try:
        return _correct(job, movie, finished)
    except SystemFailedError:
        raise
    except MrczError as error:
        return None, error, []


def _correct(job: _Job, movie: int, finished: str) -> tuple[dict[str, Any], None, list[str]]:
    said: list[str] = []
    output = job.outputs[movie]
    claimed = job.mark("claim", movie)
    if not job.overwrite and not os.path.exists(claimed) and os.path.lexists(output):
        raise TargetExistsError("exists already; overwrite=True replaces it", "target_exists", output)
    # From here on what stands there is this session's, finished by a worker that did not live to say so.
    _write_whole(claimed, output)
    session = _applying.take(job.id)
    if session is None:
        session = job.open()
        if job.options["koma"] is not None:
            session.take_sums(job.folder)
    report = json.loads(session.process(movie, output, True, job.workers(), said.append))
    _applying.give_back(job.id, session)
    _done("apply", movie)
    _write_whole(finished, json.dumps({"report": report, "said": said}))
    return report, None, said


async def _forget() -> None:  # asynchronous: nobody waits for it
    _gathering.forget()
    _applying.forget()
    _job_in.cache_clear()


# The client's side


def _client_of(client: Any) -> Any:
    from distributed import get_client

    if client is not None:
        return client
    try:
        return get_client()
    except ValueError:
        raise ArgumentError("process_session: there is no dask.distributed client; make one (distributed.Client(...)), or "
                            "use mrcz.process on this machine alone", "invalid_argument") from None


class _Teller:
    """Tells of everything once, whichever task said it how often."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def __call__(self, messages: list[str]) -> None:
        for message in messages:
            if message not in self._told:
                self._told.add(message)
                processing.tell(message)


def _results(client: Any, futures: list[Any], use: Callable[[int, Any], None]) -> None:
    """Gives each result to `use` as it comes; the first error ends the session."""
    from distributed import as_completed

    numbers = {future.key: number for number, future in enumerate(futures)}
    try:
        for future in as_completed(futures, loop=client.loop):
            use(numbers[future.key], future.result())
    except BaseException:
        client.cancel(futures)
        raise


def _require_references(options: dict[str, Any]) -> None:
    """Before every worker finds it out."""
    for name in ((options["gain"] or {}).get("file"), options["dark"], options["defects"]):
        if name and not os.path.exists(name):
            raise InputNotFoundError("there is no such file; references have the same names on all machines", "not_found",
                                     name)


def process_session(movies: Any, output_dir: str | os.PathLike[str], client: Any = None, *, koma: Any = None,
                    plain: bool = False, level: int = 0, overwrite: bool = False, measure: bool = False, lag: int = 0,
                    work_dir: str | os.PathLike[str] | None = None, threads: int | None = None, retries: int = 2,
                    progress: Callable[[int, int], object] | None = None, **correction: Any) -> list[dict[str, Any]]:
    """Corrects the movies of a session on the workers of a dask cluster: the files that ``mrcz process`` makes on one
    machine, byte for byte.

    For KOMA the sum of each movie is made first, one task a movie; when all are there each movie is corrected by those of
    its window, again one task a movie. Workers may die at any time: their tasks are run again.

    Parameters
    ----------
    movies : list of paths
        Movies, references and `output_dir` must have the same names on all machines; they are taken from the root.
    client : distributed.Client, optional
        The current one without.
    koma, plain, level, overwrite, measure, lag
        As :func:`mrcz.process` takes them.
    work_dir : path, optional
        Where sums wait, in a folder of their own that is removed at the end: 1 to 8 bytes a pixel for each movie. In
        `output_dir` without.
    threads : int, optional
        Of each task; those of its worker without.
    retries : int
        How often a task that fails on one machine (a disk that is not there) is given to others.
    progress : callable, optional
        Called as ``progress(tasks_done, tasks)``.
    **correction
        As :func:`mrcz.correct` takes it; references are files.

    Returns
    -------
    list of dict
        One a movie, in the order of the session, as ``mrcz process --report json`` prints it.

    Raises
    ------
    mrcz.SessionError
        When all is done, if movies could not be corrected.
    mrcz.SystemFailedError
        If files cannot be written, after `retries`.
    """
    options = session_options(koma=koma, plain=plain, level=level, measure=measure, lag=lag, absolute=True, **correction)
    require_something(options)
    _require_references(options)
    names = [os.path.abspath(name) for name in names_of(movies)]
    folder = os.path.abspath(os.fsdecode(output_dir))
    outputs_of(names, folder, plain)
    workers = _client_of(client)
    os.makedirs(folder, exist_ok=True)
    identity = uuid.uuid4().hex
    work = os.path.join(os.path.abspath(os.fsdecode(work_dir)) if work_dir is not None else folder,
                        f".mrcz-session-{identity}")
    os.mkdir(work)
    try:
        return _run(workers, names, options, folder, work, identity, overwrite, threads, retries, progress)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _run(client: Any, names: list[str], options: dict[str, Any], folder: str, work: str, identity: str, overwrite: bool,
         threads: int | None, retries: int, progress: Callable[[int, int], object] | None) -> list[dict[str, Any]]:
    teller = _Teller()
    plan, said = client.submit(_plan, names, options, threads, key=f"mrcz-plan-{identity}", retries=retries,
                               pure=False).result()
    teller(said)
    ordered: list[str] = plan["movies"]
    job = _Job(identity, plan, options, work, outputs_of(ordered, folder, options["plain"]), overwrite, threads)
    job.save()
    total = len(ordered) * (2 if options["koma"] is not None else 1)
    done = 0
    results: dict[int, tuple[dict[str, Any] | None, MrczError | None]] = {}

    def count(messages: list[str]) -> None:
        nonlocal done
        done += 1
        teller(messages)
        if progress is not None:
            progress(done, total)

    def submit(task: Any, stage: str) -> list[Any]:
        return [client.submit(task, work, number, key=f"mrcz-{stage}-{identity}-{number}", retries=retries, pure=False)
                for number in range(len(ordered))]

    def keep(number: int, result: Any) -> None:
        results[number] = result[:2]
        count(result[2])

    try:
        if options["koma"] is not None:
            _results(client, submit(_gather, "sum"), lambda number, messages: count(messages))
        _results(client, submit(_apply, "movie"), keep)
    finally:
        client.run(_forget, wait=False, on_error="ignore")
    reports = [report for _, (report, _) in sorted(results.items()) if report is not None]
    failures = {ordered[number]: error for number, (_, error) in sorted(results.items()) if error is not None}
    raise_failures(reports, failures)
    return reports
