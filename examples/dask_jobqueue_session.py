#!/usr/bin/env python3
"""Corrects a session of movies, KOMA included, on the nodes of a Slurm cluster.

    dask_jobqueue_session.py --workers 16 --outliers --koma 25 --output-dir corrected session/*.mrcz
    dask_jobqueue_session.py --local --workers 4 ...        the same on this machine alone

Runs on a login node, or anywhere else jobs can be submitted from. Needs `pip install libmrcz[dask] dask-jobqueue`; movies,
references and outputs have to have the same names on all nodes. The files are those that `mrcz process` makes, byte for
byte, whatever the number of workers. Nodes may go away at any time: what they were doing is done by others.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

import mrcz
import mrcz.dask
from mrcz.session import outputs_of


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("movies", nargs="+")
    parser.add_argument("--output-dir", required=True)
    parser.add_argument("--overwrite", action="store_true", help="replace existing files")
    correction = parser.add_argument_group("corrections, as `mrcz process` has them")
    correction.add_argument("--gain")
    correction.add_argument("--gain-rot", type=int, default=0)
    correction.add_argument("--gain-flip", type=int, default=0)
    correction.add_argument("--dark")
    correction.add_argument("--defects")
    correction.add_argument("--outliers", action="store_true")
    correction.add_argument("--koma", type=int, metavar="RADIUS")
    cluster = parser.add_argument_group("workers")
    cluster.add_argument("--local", action="store_true", help="processes on this machine instead of Slurm jobs")
    cluster.add_argument("--workers", type=int, default=4)
    cluster.add_argument("--cores", type=int, default=8, help="of each Slurm job")
    cluster.add_argument("--memory", default="16GB", help="of each Slurm job")
    cluster.add_argument("--walltime", default="02:00:00")
    cluster.add_argument("--partition")
    chosen = parser.parse_args()
    for name in (chosen.gain, chosen.dark, chosen.defects):
        if name is not None and not os.path.exists(name):
            parser.error(f"{name}: there is no such file")
    if not (chosen.gain or chosen.dark or chosen.defects or chosen.outliers or chosen.koma is not None):
        parser.error("nothing to correct: give --gain, --dark, --defects, --outliers or --koma")
    return chosen


def start(chosen: argparse.Namespace):
    """A cluster whose workers each do one task at a time, on all their threads."""
    if chosen.local:
        from distributed import LocalCluster

        return LocalCluster(n_workers=chosen.workers, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1")
    try:
        from dask_jobqueue import SLURMCluster
    except ImportError:
        sys.exit("dask-jobqueue is missing: pip install dask-jobqueue, or use --local")
    cluster = SLURMCluster(queue=chosen.partition, cores=chosen.cores, processes=1, memory=chosen.memory,
                           walltime=chosen.walltime, worker_extra_args=["--nthreads", "1"])
    cluster.scale(jobs=chosen.workers)
    return cluster


def any_output_is_missing(chosen: argparse.Namespace) -> bool:
    """Tells of those that are there before the workers are waited for. The others are made."""
    outputs = outputs_of(chosen.movies, chosen.output_dir, plain=False)
    there = [name for name in outputs if os.path.lexists(name)]
    if there:
        print(f"{len(there)} of {len(outputs)} outputs exist already and stay as they are, {there[0]} the first; --overwrite "
              "replaces them", file=sys.stderr)
    return len(there) < len(outputs)


def in_words_of_this_script(error: Exception) -> str:
    return str(error).replace("overwrite=True", "--overwrite")


def main() -> int:
    chosen = arguments()
    from distributed import Client

    if not chosen.overwrite and not any_output_is_missing(chosen):
        return 1
    began = time.monotonic()
    shown = sys.stderr.isatty()
    with start(chosen) as cluster, Client(cluster) as client:
        try:
            reports = mrcz.dask.process_session(
                chosen.movies, chosen.output_dir, client, gain=chosen.gain, dark=chosen.dark, defects=chosen.defects,
                gain_orient=(chosen.gain_rot, chosen.gain_flip), outliers=chosen.outliers, koma=chosen.koma,
                overwrite=chosen.overwrite, threads=None if chosen.local else chosen.cores,
                progress=(lambda done, total: print(f"\r{done} of {total} tasks", end="", file=sys.stderr)) if shown else None)
            failures = {}
        except mrcz.SessionError as error:
            reports, failures = error.reports, error.failures
        except mrcz.MrczError as error:
            sys.exit(in_words_of_this_script(error))
    for movie, error in failures.items():
        told = in_words_of_this_script(error)
        print(told if told.startswith(movie) else f"{movie}: {told}", file=sys.stderr)
    print(f"{len(reports)} movies corrected in {time.monotonic() - began:.1f} s", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
