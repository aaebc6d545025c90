#!/usr/bin/env python3
"""What `mrcz process` does to movies whose defects are known: outliers, KOMA, gamma. Prints the tables of
docs/processing.md and draws its figures.

usage: processing_study.py measure MRCZ SETS RESULTS [--only NAME,NAME]
       processing_study.py tables RESULTS
       processing_study.py plots RESULTS FOLDER        needs matplotlib

SETS holds outlier_lam1, koma_static, koma_drift, session and gain_gamma of the generator (NAME.raw, truth, meta.json) and
session_strong of strong_session.py. RESULTS is a folder; 8 GB are needed in it for a while.
"""
import glob
import json
import math
import os
import shutil
import sys

import numpy

import mrc_arrays
import study_command

RADII = [1, 2, 4, 8, 16, 25]
RADIUS = 25
SESSIONS = {"session": "weak, drifting pattern", "session_strong": "strong, mostly static pattern"}


# ------------------------------------------------------------------------------------------------------------- sets

class Sets:
    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, "meta.json")) as file:
            self.meta = json.load(file)

    def data(self, name):
        return self.side(name, "", self.meta[name]["dtype"], self.meta[name]["shape"])

    def side(self, name, what, dtype, shape):
        path = os.path.join(self.folder, name + what + ".raw")
        return numpy.memmap(path, numpy.dtype(dtype).newbyteorder("<"), "r", shape=tuple(shape))

    def params(self, name):
        return self.meta[name]["params"]


class Store:
    """Results: one JSON file and one file of arrays per measurement."""

    def __init__(self, folder):
        self.folder = folder
        self.scratch_root = os.path.join(folder, f"scratch-{os.getpid()}")
        os.makedirs(folder, exist_ok=True)

    def put(self, name, numbers, **arrays):
        with open(os.path.join(self.folder, name + ".json"), "w") as file:
            json.dump(numbers, file, indent=0)
        if arrays:
            numpy.savez_compressed(os.path.join(self.folder, name + ".npz"), **arrays)

    def numbers(self, name):
        with open(os.path.join(self.folder, name + ".json")) as file:
            return json.load(file)

    def arrays(self, name):
        return numpy.load(os.path.join(self.folder, name + ".npz"))

    def scratch(self, name):
        path = os.path.join(self.scratch_root, name)
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        return path

    def clear(self):
        shutil.rmtree(self.scratch_root, ignore_errors=True)


def write_movies(store, name, movies):
    folder = store.scratch(name)
    paths = []
    for number, movie in enumerate(movies):
        paths.append(os.path.join(folder, f"{name}_{number:03d}.mrc"))
        mrc_arrays.write(paths[-1], movie)
    return paths


def replaced(raw, corrected):
    """Pixels that were given other values in any frame: what the fill by random neighbours took for outliers."""
    return (raw != corrected).any(axis=0)


# ---------------------------------------------------------------------------------------------------------- measure

def measure_outliers(mrcz, sets, store):
    """One movie: histogram with fit and thresholds, recall and precision of both rules."""
    name = "outlier_lam1"
    raw = numpy.array(sets.data(name))
    mask = sets.side(name, ".mask", "uint8", raw.shape[1:])
    z = sets.side(name, ".z", "float32", raw.shape[1:])
    paths = write_movies(store, name, [raw])
    rules = {}
    for rule, options in {"guarded": ["--outliers"], "paper": ["--outliers", "paper"]}.items():
        report, = mrc_arrays.process(mrcz, paths, store.scratch(rule), *options)
        corrected = mrc_arrays.read(os.path.join(store.scratch_root, rule, os.path.basename(paths[0])))
        found = replaced(raw, corrected)
        sure = (mask == 2) | (numpy.abs(z) >= 6)
        rules[rule] = {"report": report["step"]["outliers"], "before": mrc_arrays.correlation(raw),
                       "after": mrc_arrays.correlation(corrected), "found": int(found.sum()),
                       "recall": float(found[sure].mean()), "precision": float((mask[found] > 0).mean()),
                       "false_rate": float(found[mask == 0].mean())}
        if rule == "guarded":
            window = numpy.s_[300:396, 500:596]
            sums = {"raw": raw[:, *window].sum(0), "corrected": corrected[:, *window].sum(0),
                    "planted": mask[window], "found": found[window]}
    store.put("outliers", rules, total=raw.sum(axis=0, dtype="i4"), mask=mask, **sums)


def after(report):
    return report["correlation"]["after"]["all_pairs"]


def stack_correlations(folder, paths):
    return [mrc_arrays.correlation(mrc_arrays.read(os.path.join(folder, os.path.basename(path)))) for path in paths]


def picture(movie):
    """Sum of a corner of the movie, binned by 2."""
    side = min(512, movie.shape[-1])
    total = numpy.array(movie[:, :side, :side]).sum(axis=0, dtype="f4")
    return total.reshape(side // 2, 2, side // 2, 2).sum(axis=(1, 3))


def measure_session(name, mrcz, sets, store):
    """Correlation in every movie before, after outliers, after KOMA, after both; and against the radius."""
    movies = sets.data(name)
    mask = sets.side(name, ".mask", "uint8", (movies.shape[0],) + movies.shape[2:])
    paths = write_movies(store, name, movies)
    numbers = {"params": sets.params(name), "correlation": {"none": stack_correlations(os.path.dirname(paths[0]), paths)},
               "radii": {}}
    pictures = {"none": picture(movies[30])}
    runs = {"outliers": ["--outliers"], "koma": ["--koma", str(RADIUS)], "both": ["--outliers", "--koma", str(RADIUS)]}
    for run, options in runs.items():
        folder = store.scratch(run)
        reports = mrc_arrays.process(mrcz, paths, folder, "--dtype", "float32", *options)
        numbers["correlation"][run] = stack_correlations(folder, paths)
        pictures[run] = picture(mrc_arrays.read(os.path.join(folder, os.path.basename(paths[30]))))
        if run == "outliers":
            numbers["found"] = [{kind: report["step"]["outliers"][kind] for kind in ("hot", "dead", "singletons", "clustered")}
                                for report in reports]
            numbers["reported"] = [after(report) for report in reports]
        if run == "koma":
            numbers["excluded"] = [i for i, report in enumerate(reports) if report["step"]["koma"]["excluded"]]
        shutil.rmtree(folder)
    for radius in RADII:
        for run in ("koma", "both"):
            folder = store.scratch("radius")
            options = ["--koma", str(radius)] + (["--outliers"] if run == "both" else [])
            reports = mrc_arrays.process(mrcz, paths, folder, "--dtype", "float32", *options)
            numbers["radii"].setdefault(run, []).append([after(report) for report in reports])
            shutil.rmtree(folder)
    numbers["planted"] = {"hot": [int((m == 1).sum()) for m in mask], "dead": [int((m == 2).sum()) for m in mask]}
    store.put(name, numbers, **pictures)


def measure_koma(name, mrcz, sets, store):
    """A static or a drifting pattern alone, beside what is expected."""
    movies = sets.data(name)
    paths = write_movies(store, name, movies)
    measured = {"0": stack_correlations(os.path.dirname(paths[0]), paths)}
    for radius in RADII:
        folder = store.scratch("radius")
        reports = mrc_arrays.process(mrcz, paths, folder, "--dtype", "float32", "--koma", str(radius))
        measured[str(radius)] = [after(report) for report in reports]
        if radius == RADIUS:
            measured["check"] = stack_correlations(folder, paths[:3])
        shutil.rmtree(folder)
    store.put(name, {"params": sets.params(name), "measured": measured})


def measure_gamma(mrcz, sets, store):
    """The exponents found from flat-field sums of six dose rates, and the law through them."""
    name = "gain_gamma"
    flats = sets.data(name)
    paths = write_movies(store, name, flats)
    gain = os.path.join(os.path.dirname(paths[0]), "gain_reference.mrc")
    mrc_arrays.write(gain, numpy.array(sets.side(name, ".gain", "float32", flats.shape[1:])))
    params = sets.params(name)
    law = mrc_arrays.calibrate_gamma(mrcz, paths, gain, params["seconds"])
    store.put("gamma", {"params": params, "found": law})


MEASUREMENTS = {
    "outliers": measure_outliers, "gamma": measure_gamma,
    "koma_static": lambda *where: measure_koma("koma_static", *where),
    "koma_drift": lambda *where: measure_koma("koma_drift", *where),
    "session": lambda *where: measure_session("session", *where),
    "session_strong": lambda *where: measure_session("session_strong", *where),
}


def measure(arguments):
    sets, store = Sets(arguments.sets), Store(arguments.results)
    for name in arguments.only.split(",") if arguments.only else MEASUREMENTS:
        print("measuring", name, file=sys.stderr)
        MEASUREMENTS[name](arguments.mrcz, sets, store)
        store.clear()


# ----------------------------------------------------------------------------------------------------------- tables

def print_table(head, rows):
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print()


def mean_of(values, left_out=()):
    """Over movies that are not carbon, with the standard error."""
    kept = numpy.array([value for movie, value in enumerate(values) if movie not in left_out])
    return float(kept.mean()), float(kept.std() / math.sqrt(len(kept)))


def reduction(before, after, error):
    return f"{before / after:.1f}×" if after > 3 * error else "to nothing"


def outlier_table(store):
    rules = store.numbers("outliers")
    print_table(["rule", "thresholds, σ", "found", "recall ≥ 6 σ", "precision", "good pixels lost", "R before", "R after"],
                [[rule, f"{r['report']['dark_threshold']:.2f} … {r['report']['hot_threshold']:.2f}", r["found"],
                  f"{r['recall']:.4f}", f"{r['precision']:.3f}", f"{r['false_rate']:.1e}", f"{r['before']:.4f}",
                  f"{r['after']:.6f}"] for rule, r in rules.items()])


def session_table(store):
    rows = []
    for name, what in SESSIONS.items():
        numbers = store.numbers(name)
        carbon = numbers["params"]["carbon_movies"]
        means = {run: mean_of(values, carbon) for run, values in numbers["correlation"].items()}
        before = means["none"][0]
        rows.append([what, f"{before:.4f}"] + [f"{means[run][0]:.5f} ± {means[run][1]:.5f} ({reduction(before, *means[run])})"
                                               for run in ("outliers", "koma", "both")])
    rows.append(["McLeod et al., K2", "", "5.5×", "3× (cryo) … 6.5× (vacuum)", "to nothing, slightly negative"])
    print_table(["session", "R before", "after outliers", "after KOMA", "after both"], rows)
    for name, what in SESSIONS.items():
        numbers = store.numbers(name)
        means = {run: mean_of(v, numbers["params"]["carbon_movies"])[0] for run, v in numbers["correlation"].items()}
        print(f"{what}: KOMA after outliers {means['outliers'] / means['both']:.1f}×; left out: {numbers['excluded']}, "
              f"carbon: {numbers['params']['carbon_movies']}\n")


def radius_table(store):
    rows = []
    for name, what in SESSIONS.items():
        numbers = store.numbers(name)
        for run in ("koma", "both"):
            rows.append([f"{what}, {'KOMA alone' if run == 'koma' else 'outliers and KOMA'}"] +
                        [f"{mean_of(values, numbers['params']['carbon_movies'])[0]:.5f}" for values in numbers["radii"][run]])
    for name in ("koma_static", "koma_drift"):
        numbers = store.numbers(name)
        rows.append([name] + [f"{mean_of(numbers['measured'][str(radius)])[0]:.5f}" for radius in RADII])
        rows.append(["expected"] + [f"{expected(numbers, radius):.5f}" for radius in RADII])
    print_table(["R at radius"] + [str(radius) for radius in RADII], rows)


def expected(numbers, radius):
    """Of the generator's model, averaged over the movies; radius 0: uncorrected."""
    params = numbers["params"]
    decays = numpy.array(params["decay_movies"] or [math.inf])
    movies, frames = len(numbers["measured"]["0"]), 40

    def covariance(one, other):
        lag = numpy.abs(numpy.subtract.outer(one, other))
        return params["spread"] ** 2 * numpy.exp(-lag[..., None] / decays).mean(axis=-1)

    total = 0
    for movie in range(movies):
        first = min(max(movie - radius, 0), movies - 2 * radius - 1)
        others = numpy.array([i for i in range(first, first + 2 * radius + 1) if i != movie])
        shared = params["spread"] ** 2
        if radius:
            shared += covariance(others, others).mean() - 2 * covariance(movie, others).mean() + 1 / (2 * radius * frames)
        total += shared / (shared + 1 / params["lam"])
    return total / movies


def gamma_table(store):
    numbers = store.numbers("gamma")
    print_table(["dose rate, e⁻/px/s", "γ planted", "γ found", "error"],
                [[rate, f"{true:.4f}", f"{found:.4f}", f"{found - true:+.4f}"] for rate, true, found in
                 zip(numbers["params"]["dose_rates"], numbers["params"]["gamma"], (point["exponent"] for point in numbers["found"]["points"]))])


def law_table(store):
    rows = []
    for name, what in SESSIONS.items():
        numbers = store.numbers(name)
        for run in ("koma", "both"):
            values = [mean_of(v, numbers["params"]["carbon_movies"])[0] for v in numbers["radii"][run]]
            rows.append([f"{what}, {run}", *(f"{number:.3g}" for number in power_law(RADII, values))])
    print_table(["R = c₀ + c₁ aᵇ", "c₀", "c₁", "b"], rows)


def power_law(x, y):
    """Least squares over a scan of the exponent."""
    x, y = numpy.asarray(x, float), numpy.asarray(y, float)
    best = None
    for exponent in numpy.arange(-3, -0.02, 0.001):
        basis = numpy.stack([numpy.ones_like(x), x ** exponent], axis=1)
        solution, *_ = numpy.linalg.lstsq(basis, y, rcond=None)
        squares = float(((y - basis @ solution) ** 2).sum())
        if best is None or squares < best[0]:
            best = (squares, *solution, exponent)
    return best[1:]


def tables(arguments):
    store = Store(arguments.results)
    for table in (outlier_table, session_table, radius_table, law_table, gamma_table):
        table(store)


# ------------------------------------------------------------------------------------------------------------ plots

COLOURS = {"none": "#555555", "outliers": "#1f77b4", "koma": "#2ca02c", "both": "#d62728"}
LABELS = {"none": "as recorded", "outliers": "outliers filled", "koma": "KOMA", "both": "outliers and KOMA"}


def normal_counts(edges, report, pixels):
    """Pixels that the fitted normal distribution has between sums."""
    place = (numpy.maximum(edges + 1 / 24, 0) ** (2 / 3)) if report["transform"] == "anscombe" else edges
    share = [0.5 * (1 + math.erf((p - report["mean"]) / report["sigma"] / math.sqrt(2))) for p in place]
    return pixels * numpy.diff(share)


def sum_at(report, sigmas):
    """The sum that lies so many sigma from the mean."""
    place = report["mean"] + sigmas * report["sigma"]
    return place ** 1.5 - 1 / 24 if report["transform"] == "anscombe" else place


def plot_histogram(store, pyplot):
    report = store.numbers("outliers")["guarded"]["report"]
    arrays = store.arrays("outliers")
    total, mask = arrays["total"].astype("i8").ravel(), arrays["mask"].ravel()
    counts = numpy.bincount(total)
    bad = numpy.bincount(total[mask > 0], minlength=len(counts))
    sums = numpy.arange(len(counts))
    figure, axes = pyplot.subplots(figsize=(8, 4.2), constrained_layout=True)
    axes.stairs(counts, numpy.append(sums, len(counts)) - 0.5, baseline=0.5, fill=True, color="#c9d7e8", label="all pixels")
    axes.stairs(bad, numpy.append(sums, len(counts)) - 0.5, baseline=0.5, fill=True, color="#d62728", alpha=0.55,
                label="planted outliers")
    axes.plot(sums, numpy.maximum(normal_counts(numpy.append(sums, len(counts)) - 0.5, report, len(total)), 1e-9), "k",
              label="fit")
    for side in ("dark_threshold", "hot_threshold"):
        at = sum_at(report, report[side])
        axes.axvline(at, color="#1f77b4", linestyle="--")
        axes.annotate(f"{report[side]:+.2f} σ", (at, 3e4), rotation=90, ha="right", color="#1f77b4")
    axes.set(yscale="log", ylim=(0.5, 3e5), xlim=(-2, 200), xlabel="sum of the stack, electrons per pixel", ylabel="pixels")
    axes.legend(frameon=False)
    return figure


def plot_hot_pixels(store, pyplot):
    arrays = store.arrays("outliers")
    figure, axes = pyplot.subplots(1, 3, figsize=(10.5, 4), constrained_layout=True)
    limits = {"vmin": 0, "vmax": 120, "cmap": "gray", "interpolation": "nearest", "origin": "lower"}
    axes[0].imshow(arrays["raw"], **limits)
    axes[0].set_title("sum as recorded")
    found, planted = arrays["found"], arrays["planted"] > 0
    kinds = numpy.full(found.shape + (3,), 255, "u1")
    kinds[found & planted], kinds[found & ~planted], kinds[~found & planted] = (30, 80, 160), (230, 120, 20), (214, 39, 40)
    axes[1].imshow(kinds, interpolation="nearest", origin="lower")
    axes[1].set_title("found (missed red, good orange)")
    axes[2].imshow(arrays["corrected"], **limits)
    axes[2].set_title("sum corrected")
    for each in axes:
        each.set(xticks=[], yticks=[])
    return figure


def plot_sessions(store, pyplot):
    figure, axes = pyplot.subplots(2, 2, figsize=(10, 7), constrained_layout=True, sharex=True)
    for column, (name, what) in enumerate(SESSIONS.items()):
        numbers = store.numbers(name)
        movies = range(len(numbers["found"]))
        top, bottom = axes[:, column]
        top.plot(movies, numbers["planted"]["hot"], "k", label="hot, planted")
        top.plot(movies, [found["hot"] for found in numbers["found"]], ".", color="#d62728", label="hot, found")
        top.plot(movies, [found["dead"] for found in numbers["found"]], ".", color="#1f77b4", label="dead, found")
        top.set(title=what, ylabel="pixels" if column == 0 else None, ylim=(0, None))
        top.legend(frameon=False)
        for run, values in numbers["correlation"].items():
            bottom.plot(movies, values, ".-", color=COLOURS[run], label=LABELS[run], linewidth=0.8)
        bottom.axhline(0, color="k", linewidth=0.5)
        bottom.set_yscale("symlog", linthresh=1e-3)
        bottom.set_ylim(-2e-4, None)
        bottom.set(xlabel="movie of the session", ylabel="frame–frame correlation R" if column == 0 else None)
        for each in (top, bottom):
            for carbon in numbers["params"]["carbon_movies"]:
                each.axvspan(carbon - 0.5, carbon + 0.5, color="#dddddd", zorder=0)
    figure.legend(*axes[1][0].get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False,
                  title="grey: carbon movies")
    return figure


def plot_pattern(store, pyplot):
    arrays = store.arrays("session_strong")
    figure, axes = pyplot.subplots(1, 4, figsize=(12, 3.4), constrained_layout=True)
    middle = float(numpy.median(arrays["none"]))
    for each, run in zip(axes, LABELS):
        each.imshow(arrays[run], vmin=middle - 30, vmax=middle + 30, cmap="gray", interpolation="nearest", origin="lower")
        each.set(xticks=[], yticks=[], title=LABELS[run])
    return figure


def plot_radius(store, pyplot):
    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4.8), constrained_layout=True)
    for name, style in zip(SESSIONS, ("s--", "o-")):
        numbers = store.numbers(name)
        carbon = numbers["params"]["carbon_movies"]
        for run in ("koma", "both"):
            means = [mean_of(values, carbon) for values in numbers["radii"][run]]
            axes[0].errorbar(RADII, [m for m, _ in means], [3 * e for _, e in means], fmt=style, color=COLOURS[run],
                             markersize=4, label=f"{LABELS[run]}, {SESSIONS[name].split(',')[0]} pattern")
        base = mean_of(numbers["correlation"]["outliers"], carbon)[0]
        axes[0].axhline(base, color=COLOURS["outliers"], linestyle=style[1:], linewidth=1,
                        label=f"outliers alone, {SESSIONS[name].split(',')[0]} pattern")
    axes[0].set(xlabel="KOMA radius, movies", ylabel="frame–frame correlation R", title="a  simulated sessions")
    axes[0].set_yscale("log")
    for name, colour in (("koma_static", "#1f77b4"), ("koma_drift", "#ff7f0e")):
        numbers = store.numbers(name)
        what = name.split("_")[1]
        axes[1].plot(RADII, [expected(numbers, radius) for radius in RADII], color=colour, label=f"{what}, expected")
        means = [mean_of(numbers["measured"][str(radius)]) for radius in RADII]
        axes[1].errorbar(RADII, [m for m, _ in means], [3 * e for _, e in means], fmt="o", color=colour, markersize=4,
                         label=f"{what}, measured")
    axes[1].axhline(expected(store.numbers("koma_static"), 0), color="k", linewidth=1, linestyle=":", label="uncorrected")
    axes[1].set(xlabel="KOMA radius, movies", title="b  a 5 % pixel pattern alone")
    axes[1].set_yscale("log")
    for each in axes:
        each.legend(frameon=False, fontsize=8, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.15))
        each.set_xscale("log", base=2)
        each.set_xticks(RADII, [str(radius) for radius in RADII])
        each.minorticks_off()
    return figure


def plot_gamma(store, pyplot):
    numbers = store.numbers("gamma")
    rates = numpy.geomspace(0.25, 9, 200)
    law = numbers["found"]
    figure, axes = pyplot.subplots(figsize=(5.5, 3.8), constrained_layout=True)
    axes.plot(rates, 0.12035633 * rates ** -1.04171635 - 0.03363192 * rates + 1.03902726, "k", label="planted: the K2's law")
    axes.plot(rates, law["a1"] * rates ** law["b1"] + law["a2"] * rates + law["a3"], "--", color="#d62728",
              label="law fitted")
    axes.plot(numbers["params"]["dose_rates"], [point["exponent"] for point in law["points"]], "o", color="#d62728", label="γ found")
    axes.set(xscale="log", xlabel="dose rate, electrons per pixel and second", ylabel="γ")
    axes.legend(frameon=False)
    return figure


FIGURES = {"histogram.svg": plot_histogram, "hot-pixels.png": plot_hot_pixels, "session.svg": plot_sessions,
           "koma-pattern.png": plot_pattern, "koma-radius.svg": plot_radius, "gamma.svg": plot_gamma}


def draw(figures, arguments):
    """Files that are the same whenever they are drawn of the same results; large pictures in 64 colours."""
    import matplotlib
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "mrcz"
    from matplotlib import pyplot
    from PIL import Image
    store = Store(arguments.results)
    os.makedirs(arguments.folder, exist_ok=True)
    for name, plot in figures.items():
        path, figure = os.path.join(arguments.folder, name), plot(store, pyplot)
        if name.endswith(".svg"):
            figure.savefig(path, metadata={"Date": None})
        else:
            figure.savefig(path, dpi=90)
            picture_of_frames = Image.open(path).convert("RGB")
            if os.path.getsize(path) > 100_000:
                picture_of_frames = picture_of_frames.quantize(64)
            picture_of_frames.save(path, optimize=True)
        pyplot.close(figure)


def plots(arguments):
    draw(FIGURES, arguments)


def describe(verb):
    verb.add_argument("mrcz")
    verb.add_argument("sets")
    verb.add_argument("results")
    verb.add_argument("--only", default="")


if __name__ == "__main__":
    study_command.run(__doc__, measure, tables, plots, describe)
