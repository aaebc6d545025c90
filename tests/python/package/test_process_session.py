"""Sessions corrected by two worker processes: the command's files, byte for byte, also where a worker is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import cloudpickle
import movies
import pytest
from distributed import Client, LocalCluster, WorkerPlugin

import mrcz
import mrcz.dask

# Workers need not find this file.
cloudpickle.register_pickle_by_value(sys.modules[__name__])

pytestmark = pytest.mark.filterwarnings("ignore::mrcz.CorrectionWarning")

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(scope="module")
def client():
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0",
                      host="127.0.0.1") as cluster, Client(cluster) as connected:
        yield connected


def by_command(command, output_dir, names, *flags):
    done = subprocess.run([command, "process", "-qq", *flags, "--output-dir", str(output_dir), *names],
                          capture_output=True, text=True)
    return done.returncode, movies.content(output_dir)


@pytest.mark.parametrize("kind", ["int16", "fractions", "nothing to sum", "orientation to find", "plain, trailing"])
def test_files_are_those_of_the_command(kind, client, command, tmp_path):
    names = movies.session(tmp_path / "in", 18 if kind == "fractions" else 7)
    gain = movies.gain(tmp_path)
    flags, asked = {
        "int16": (["--outliers", "--koma", "2", "--seed", "5"], {"outliers": True, "koma": 2, "seed": 5}),
        "fractions": (["--gain", gain, "--outliers", "--koma", "3"], {"gain": gain, "outliers": True, "koma": 3}),
        "nothing to sum": (["--gain", gain], {"gain": gain}),
        "orientation to find": (["--gain", gain, "--gain-orient", "auto", "--koma", "1"],
                                {"gain": gain, "gain_orient": "auto", "koma": 1}),
        "plain, trailing": (["--outliers", "--koma", "2", "--trailing", "--plain"],
                            {"outliers": True, "koma": {"radius": 2, "trailing": True}, "plain": True}),
    }[kind]
    code, expected = by_command(command, tmp_path / "theirs", names, *flags)
    assert code == 0
    seen = []
    reports = mrcz.dask.process_session(names, tmp_path / "ours", client, progress=lambda *now: seen.append(now), **asked)
    assert movies.content(tmp_path / "ours") == expected
    assert sorted(os.listdir(tmp_path / "ours")) == sorted(expected)
    assert [os.path.basename(report["input"]) for report in reports] == [os.path.basename(name) for name in names]
    assert seen[-1][0] == seen[-1][1] == len(seen)


def test_movies_that_fail_do_not_stop_the_others(client, command, tmp_path):
    names = movies.session(tmp_path / "in", 5)
    whole = Path(names[1]).read_bytes()
    Path(names[1]).write_bytes(whole[:1500])
    code, expected = by_command(command, tmp_path / "theirs", names, "--outliers", "--koma", "1")
    assert code != 0 and len(expected) == 4
    with pytest.raises(mrcz.SessionError) as raised:
        mrcz.dask.process_session(names, tmp_path / "ours", client, outliers=True, koma=1)
    assert list(raised.value.failures) == [names[1]]
    assert isinstance(raised.value.failures[names[1]], mrcz.FileDamagedError)
    assert movies.content(tmp_path / "ours") == expected


def test_files_that_are_there_stay(client, tmp_path):
    names = movies.session(tmp_path / "in", 3)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "m1.mrcz").write_bytes(b"mine")
    with pytest.raises(mrcz.SessionError) as raised:
        mrcz.dask.process_session(names, tmp_path / "out", client, outliers=True)
    assert isinstance(raised.value.failures[names[1]], mrcz.TargetExistsError)
    assert (tmp_path / "out" / "m1.mrcz").read_bytes() == b"mine"
    mrcz.dask.process_session(names, tmp_path / "out", client, outliers=True, overwrite=True)
    mrcz.process(names, tmp_path / "same", outliers=True)
    assert movies.content(tmp_path / "out") == movies.content(tmp_path / "same")


def test_a_folder_that_cannot_be_written_is_told(client, tmp_path):
    names = movies.session(tmp_path / "in", 2)
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, no folder")
    with pytest.raises(OSError):
        mrcz.dask.process_session(names, blocked, client, outliers=True)


class _Waits(WorkerPlugin):
    """The first worker that comes to the end of this stage of this movie says who it is, and waits to be killed."""

    def __init__(self, folder, stage, movie):
        self.folder, self.stage, self.movie = str(folder), stage, movie

    def setup(self, worker):
        from mrcz import dask_session

        def hook(stage, movie):
            if (stage, movie) != (self.stage, self.movie):
                return
            try:
                os.mkdir(os.path.join(self.folder, "taken"))
            except FileExistsError:
                return
            temporary = os.path.join(self.folder, "temporary")
            with open(temporary, "w") as file:
                file.write(str(os.getpid()))
            os.rename(temporary, os.path.join(self.folder, "victim"))
            while True:
                signal.pause() if threading.current_thread() is threading.main_thread() else time.sleep(1)

        dask_session.task_hook = hook


@pytest.mark.parametrize("stage", ["gather", "apply"])
@pytest.mark.parametrize("restarts", [True, False])
def test_a_worker_killed_in_the_middle_changes_nothing(stage, restarts, command, tmp_path):
    names = movies.session(tmp_path / "in", 6)
    gain = movies.gain(tmp_path)
    expected = by_command(command, tmp_path / "theirs", names, "--gain", gain, "--outliers", "--koma", "2")[1]
    killed = []

    def kill():
        victim = tmp_path / "victim"
        while not victim.exists() and not over.is_set():
            over.wait(0.02)
        if victim.exists():
            os.kill(int(victim.read_text()), signal.SIGKILL)
            killed.append(int(victim.read_text()))

    over = threading.Event()
    killer = threading.Thread(target=kill)
    workers = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": "127.0.0.1:0",
               "host": "127.0.0.1"}
    with LocalCluster(**workers) as cluster, Client(cluster, set_as_default=False) as own:
        if not restarts:
            for nanny in cluster.workers.values():
                nanny.auto_restart = False
        own.register_plugin(_Waits(tmp_path, stage, 3))
        pids = set(own.run(os.getpid).values())
        killer.start()
        try:
            reports = mrcz.dask.process_session(names, tmp_path / "ours", own, gain=gain, outliers=True, koma=2)
        finally:
            over.set()
            killer.join()
    assert len(killed) == 1 and killed[0] in pids
    assert len(reports) == 6 and movies.content(tmp_path / "ours") == expected
    assert sorted(os.listdir(tmp_path / "ours")) == sorted(expected)


def test_tasks_that_are_run_twice_give_the_same(client, tmp_path, monkeypatch):
    names = movies.session(tmp_path / "in", 4)
    from mrcz import dask_session

    plan, _ = dask_session._plan([os.path.abspath(name) for name in names],
                                 dask_session.session_options(koma=1, outliers=True), 1)
    (tmp_path / "work").mkdir()
    (tmp_path / "out").mkdir()
    job = dask_session._Job("one", plan, dask_session.session_options(koma=1, outliers=True), str(tmp_path / "work"),
                            dask_session.outputs_of(plan["movies"], str(tmp_path / "out"), False), False, 1)
    job.save()
    for _ in range(2):
        for number in range(4):
            dask_session._gather(job.folder, number)
    first = dask_session._apply(job.folder, 2)
    made = (tmp_path / "out" / "m2.mrcz").stat()
    assert dask_session._apply(job.folder, 2) == first
    assert (tmp_path / "out" / "m2.mrcz").stat().st_ino == made.st_ino
    os.remove(job.mark("done", 2))  # killed after the file had its name, before that was told
    again = dask_session._apply(job.folder, 2)
    assert again[0]["step"] == first[0]["step"] and again[1] is None
    mrcz.process(names, tmp_path / "same", koma=1, outliers=True)
    assert movies.content(tmp_path / "out")["m2.mrcz"] == movies.content(tmp_path / "same")["m2.mrcz"]
    dask_session._gathering.forget()
    dask_session._applying.forget()


def test_without_a_client_it_says_what_to_do(tmp_path):
    names = movies.session(tmp_path / "in", 2)
    program = ("import sys, mrcz, mrcz.dask\n"
               "try: mrcz.dask.process_session(sys.argv[1:], sys.argv[1] + '.d', outliers=True)\n"
               "except mrcz.ArgumentError as error: print(error)")
    done = subprocess.run([sys.executable, "-c", program, *names], capture_output=True, text=True)
    assert "mrcz.process" in done.stdout, done.stderr


def test_the_example_runs_on_a_local_cluster(tmp_path, command):
    names = movies.session(tmp_path / "in", 4)
    expected = by_command(command, tmp_path / "theirs", names, "--outliers", "--koma", "25")[1]
    done = subprocess.run([sys.executable, str(EXAMPLES / "dask_jobqueue_session.py"), "--local", "--workers", "2",
                           "--outliers", "--koma", "25", "--output-dir", str(tmp_path / "ours"), *names],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert movies.content(tmp_path / "ours") == expected
    assert "4 movies" in done.stderr + done.stdout


def run_example(folder, *options):
    return subprocess.run([sys.executable, str(EXAMPLES / "dask_jobqueue_session.py"), "--local", "--workers", "1",
                           "--output-dir", str(folder), *options], capture_output=True, text=True)


def test_the_example_says_before_it_starts_what_cannot_be(tmp_path):
    names = movies.session(tmp_path / "in", 2)
    done = run_example(tmp_path / "out", "--gain", str(tmp_path / "none.mrc"), *names)
    assert done.returncode == 2 and done.stderr.endswith(f"{tmp_path / 'none.mrc'}: there is no such file\n")
    (tmp_path / "out").mkdir()
    for name in ("m0.mrcz", "m1.mrcz"):
        (tmp_path / "out" / name).write_bytes(b"")
    done = run_example(tmp_path / "out", "--outliers", *names)
    assert done.returncode == 1 and done.stderr.startswith("2 of 2 outputs exist already and stay as they are, ")
    assert len(done.stderr.splitlines()) == 1 and "--overwrite" in done.stderr


def test_the_example_names_a_movie_that_fails_once_and_its_own_options(tmp_path):
    names = [*movies.session(tmp_path / "in", 2), str(tmp_path / "in" / "nope.mrcz")]
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "m0.mrcz").write_bytes(b"")
    done = run_example(tmp_path / "out", "--outliers", *names)
    assert done.returncode == 1 and (tmp_path / "out" / "m1.mrcz").stat().st_size > 0
    told = [line for line in done.stderr.splitlines() if "nope.mrcz" in line]
    assert len(told) == 1 and told[0].count("nope.mrcz") == 1, done.stderr
    assert "--overwrite replaces it" in done.stderr and "overwrite=True" not in done.stderr


def test_a_missing_reference_is_told_before_workers_look_for_it(tmp_path, client):
    names = movies.session(tmp_path / "in", 2)
    with pytest.raises(FileNotFoundError, match="none.mrc: there is no such file"):
        mrcz.dask.process_session(names, tmp_path / "out", client, gain=tmp_path / "none.mrc")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_the_array_example_does_a_share_of_the_movies(tmp_path, command):
    names = movies.session(tmp_path / "in", 5, ending=".mrc")
    (tmp_path / "movies.txt").write_text("".join(name + "\n" for name in names))
    environment = {**os.environ, "PATH": os.path.dirname(command) + os.pathsep + os.environ["PATH"],
                   "MOVIES": str(tmp_path / "movies.txt"), "OUTPUT": str(tmp_path / "out"),
                   "SLURM_ARRAY_TASK_COUNT": "2", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": "1",
                   "SLURM_CPUS_PER_TASK": "1"}
    for task in ("0", "1"):
        done = subprocess.run(["bash", str(EXAMPLES / "slurm_array.sh")], capture_output=True, text=True,
                              env={**environment, "SLURM_ARRAY_TASK_ID": task})
        assert done.returncode == 0, done.stderr
    assert sorted(file.name for file in (tmp_path / "out").rglob("*.mrcz") if "corrected" in str(file)) == [
        os.path.basename(name) + "z" for name in names]
