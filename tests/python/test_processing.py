"""`mrcz process` on movies whose defects, gain and patterns are known: the full sets of the shared folder's generator.

What must be found, and how well, is asserted; other numbers are printed. The sets are made in a temporary folder, one
after another (1.2 GB at most), in the environment that the reference decoder has, because NumPy is there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import kit
import peer_environment
from kit import Checks, mrcz

GENERATOR = Path(os.environ.get("MRCZ_SHARED", "")) / "tools" / "make_data.py"
OUTLIER_SETS = ("outlier_lam1", "outlier_lam4", "outlier_lam0.1", "outlier_hot5", "outlier_clean")
RADII = (1, 2, 4, 8, 16, 25)


class Workshop:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, *names: str) -> dict:
        """The sets' meta.json; their files lie in `folder`."""
        python = peer_environment.find_python("reference")
        subprocess.run([str(python), str(GENERATOR), str(self.folder), "--only", ",".join(names)], check=True,
                       stdout=subprocess.DEVNULL, timeout=kit.SECONDS_PER_PROGRAM)
        return json.loads((self.folder / "meta.json").read_text())

    def ask(self, **job) -> dict:
        [answer] = kit.in_peer("reference", "side_processing.py", [{"folder": str(self.folder), **job}])
        return answer

    def movies(self, name: str) -> list[Path]:
        """The movies of a set as plain MRC files."""
        return [Path(path) for path in self.ask(task="split", set=name)["files"]]

    def path(self, name: str) -> Path:
        return self.folder / name


def reports_of(*arguments: object) -> list[dict]:
    return [json.loads(line) for line in mrcz("process", "-q", "--report", "json", *arguments).stdout.splitlines()]


def correlations(reports: list[dict], when: str = "after") -> list[float]:
    return [report["correlation"][when]["all_pairs"] for report in reports]


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def check_outliers(checks: Checks, workshop: Workshop) -> None:
    for name in OUTLIER_SETS:
        truth = workshop.make(name)[name]
        [movie] = workshop.movies(name)
        clean, again = workshop.path("clean.mrc"), workshop.path("again.mrc")
        [report] = reports_of("--outliers", "--plain", "-f", "-o", clean, movie)
        reports_of("--outliers", "--plain", "-f", "-o", again, clean)
        found = workshop.ask(task="outliers", set=name, clean=str(clean), again=str(again))
        [before], [after] = correlations([report], "before"), correlations([report])
        print(f"{name}: recall {found['recall']}, precision {found['precision']}, "
              f"false rate {found['false_rate']:.2e}, "
              f"R {before:.5f} -> {after:.6f}, mean off by {found['mean_error']:.2e}, "
              f"changed by a second run {found['changed_again']:.2e}")
        checks.expect(found["mean_error"] < 0.003, f"{name}: the mean is off by {found['mean_error']}")
        checks.expect(found["changed_again"] < 1e-4, f"{name}: a second run changes {found['changed_again']}")
        if name == "outlier_clean":
            checks.expect(found["false_rate"] <= 1e-4, f"{name}: false rate {found['false_rate']}")
            checks.expect(abs(after) < found["noise"] + 2e-4, f"{name}: correlation {after}")
            continue
        least = 0.94 if truth["params"]["lam"] < 0.5 else 0.99
        checks.expect(found["recall"] >= least, f"{name}: recall {found['recall']}")
        checks.expect(found["precision"] >= 0.95, f"{name}: precision {found['precision']}")
        checks.expect(abs(after) < before / 50, f"{name}: correlation {before} -> {after}")


def check_paper(checks: Checks, workshop: Workshop) -> None:
    """Correlated noise of 0.5 % hot pixels falls by 5.5 at least, as published."""
    workshop.make("outlier_lam1")
    [movie] = workshop.movies("outlier_lam1")
    for options in ((), ("--dtype", "float32")):
        [report] = reports_of("--outliers", "paper", *options, "-f", "-o", workshop.path("paper.mrcz"), movie)
        [before], [after] = correlations([report], "before"), correlations([report])
        print(f"paper {' '.join(options)}: R {before:.5f} -> {after:.6f}")
        checks.expect(before / abs(after) >= 5.5, f"paper: correlation {before} -> {after}")


def check_gamma(checks: Checks, workshop: Workshop) -> None:
    truth = workshop.make("gain_gamma")["gain_gamma"]["params"]
    files = workshop.ask(task="flats")
    law = json.loads(mrcz("process", "--calibrate-gamma", "--gain", files["gain"], "--frame-time", truth["seconds"],
                          *files["flats"]).stdout)
    for rate, gamma, point in zip(truth["dose_rates"], truth["gamma"], law["points"]):
        allowed = 0.01 if rate < 1 else 0.005 if rate < 2 else 0.001
        print(f"gamma at {rate}: {point['exponent']:.5f}, true {gamma:.5f}, law {point['law']:.5f}")
        checks.expect(abs(point["exponent"] - gamma) <= allowed, f"gamma at {rate}: {point['exponent']}, not {gamma}")
    checks.equal(len(law["points"]), len(truth["gamma"]), "points of the law")
    law_file = workshop.path("law.json")
    law_file.write_text(json.dumps(law))
    [report] = reports_of("--gain", files["gain"], "--gamma", law_file, "--frame-time", truth["seconds"], "-f", "-o",
                          workshop.path("flat.mrcz"), files["flats"][0])
    checks.expect(abs(report["step"]["gain"]["gamma"] - truth["gamma"][0]) < 0.01, "gamma by the law that was written")


def koma(workshop: Workshop, movies: list[Path], radius: int, *options: object) -> list[dict]:
    return reports_of("--koma", radius, "--dtype", "float32", *options, "-f", "--output-dir", workshop.path("koma"),
                      *movies)


def check_koma(checks: Checks, workshop: Workshop) -> None:
    truth = workshop.make("koma_static")["koma_static"]["params"]
    movies = workshop.movies("koma_static")
    for radius in RADII:
        reports = koma(workshop, movies, radius)
        found = mean(correlations(reports))
        expected = mean([of_radius[str(radius)] for of_radius in truth["expected_R"].values()])
        print(f"koma_static, radius {radius}: R {found:.6f}, formula {expected:.6f}")
        scatter = truth["R_sd"] / len(reports) ** 0.5  # of the mean over movies
        checks.expect(abs(found - expected) <= 0.15 * expected + 3 * scatter,
                      f"koma_static, radius {radius}: {found}, formula {expected}")
        checks.expect(all(len(report["step"]["koma"]["movies"]) == 2 * radius for report in reports),
                      f"koma_static, radius {radius}: windows of another size")
    koma(workshop, movies, 8, "--no-dose-scale", "--plain")
    answer = workshop.ask(task="koma_by_numpy", set="koma_static", radius=8, movie=41,
                          output=str(workshop.path("koma") / movies[41].name))
    checks.expect(answer["largest_difference"] < 1e-5, f"KOMA against NumPy: {answer['largest_difference']}")


def check_impulse(checks: Checks, workshop: Workshop) -> None:
    """A movie keeps what it alone has."""
    movies = workshop.movies("koma_static")[:9]
    planted = workshop.ask(task="plant_impulse", movie=str(movies[4]), height=20)  # not so high that it is contrast
    koma(workshop, movies, 4, "--no-dose-scale", "--plain")
    answer = workshop.ask(task="impulse", output=str(workshop.path("koma") / movies[4].name), **planted)
    checks.expect(abs(answer["height"] - planted["height"]) < 5 * answer["noise"],
                  f"an impulse of {planted['height']} is {answer['height']} high")
    others = workshop.ask(task="impulse", output=str(workshop.path("koma") / movies[0].name), **planted)
    checks.expect(abs(others["height"] + planted["height"] / 8) < 5 * answer["noise"],
                  f"a movie without it has {others['height']} there")


def check_session(checks: Checks, workshop: Workshop) -> None:
    truth = workshop.make("session")["session"]["params"]
    movies = workshop.movies("session")
    carbon = set(truth["carbon_movies"])

    def seen(reports: list[dict]) -> list[dict]:
        return [report for number, report in enumerate(reports) if number not in carbon]

    options = ("--dtype", "float32", "-f", "--output-dir", workshop.path("koma"))
    outliers = reports_of("--outliers", *options, *movies)
    alone, both = koma(workshop, movies, 25), koma(workshop, movies, 25, "--outliers")
    for reports in (alone, both):
        left_out = {number for number, report in enumerate(reports) if report["step"]["koma"]["excluded"]}
        checks.equal(left_out, carbon, "movies that are left out of windows")
    before = mean(correlations(seen(outliers), "before"))
    after = {name: mean(correlations(seen(reports)))
             for name, reports in (("outliers", outliers), ("KOMA", alone), ("both", both))}
    print(f"session: R {before:.5f}; " + "; ".join(f"{name} {value:.5f} ({100 * before / value:.0f} %)"
                                                   for name, value in after.items()))
    checks.expect(before / after["outliers"] >= 5.5, f"session: outliers {before} -> {after['outliers']}")
    checks.expect(before / after["KOMA"] >= 3, f"session: KOMA {before} -> {after['KOMA']}")
    checks.expect(after["both"] < after["outliers"], f"session: both {after}")
    hot, told = truth["hot_per_movie"][40], both[40]["step"]["outliers"]["hot"]
    checks.expect(abs(told - hot) <= 0.05 * hot + 3, f"session: {told} hot pixels, {hot} planted")


def main() -> int:
    if not GENERATOR.exists():
        kit.skip(f"no generator of data at {GENERATOR}")
    if not peer_environment.find_python("reference"):
        kit.skip(f"no environment with NumPy; {peer_environment.HOW_TO_MAKE}")
    checks = Checks()
    for check in (check_outliers, check_paper, check_gamma, check_koma, check_session):
        with tempfile.TemporaryDirectory(prefix="mrcz-processing-") as name:
            workshop = Workshop(Path(name))
            check(checks, workshop)
            if check is check_koma:
                check_impulse(checks, workshop)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
