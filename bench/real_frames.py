#!/usr/bin/env python3
"""`mrcz process` on real frames: flat and dark against the plain formula, and planted hot and dead pixels beside RELION's
rule. Prints the tables of docs/processing.md and draws its figure.

usage: real_frames.py measure MRCZ SHARED RESULTS
       real_frames.py tables RESULTS
       real_frames.py plots RESULTS FOLDER        needs matplotlib

SHARED is the folder of real files (data/...). Reading TIFF and HDF5 takes Pillow and h5py.
"""
import os

import numpy

import mrc_arrays
import study_command
from processing_study import Store, draw, print_table, replaced

SEED = 7
HOT_SHARE, DEAD_SHARE = 0.004, 0.001
AMPLITUDES = [4, 5, 6, 8, 12, 20, 40]  # of hot pixels, in robust standard deviations of the sum
DEAD_LEFT = 0.05  # of what a dead pixel would count
SAVU = "data/DiamondLightSource+Savu/test_data/data/image_test/"
I12 = "data/DiamondLightSource+httomo/tests/test_data/i12/separate_flats_darks/"


# ----------------------------------------------------------------------------------------------------------- frames

def tiff(path):
    from PIL import Image
    return numpy.array(Image.open(path))


def savu(shared):
    folder = os.path.join(shared, SAVU, "tiffs")
    frames = [tiff(os.path.join(folder, name)) for name in sorted(os.listdir(folder))]
    return numpy.stack(frames)[:, ::-1]  # TIFF has the highest row first, MRC the lowest


def fei(shared):
    return numpy.array(mrc_arrays.read(os.path.join(shared, "data/derived-crops/fei-extended_crop512.mrc")))


def tilts(shared):
    frames = mrc_arrays.read(os.path.join(shared, "data/turonova+cryoCAT/tests/test_data/tilt_stack.mrc"))
    return numpy.array(frames).astype("i2")


# Of frames whose licence is not ours to pass on only the places of outliers are drawn.
NOT_SHOWN = {"tilt series, 4 × 240 × 232"}
FRAMES = {"FEI camera, 1 × 512 × 512": fei, "tilt series, 4 × 240 × 232": tilts, "Savu projections, 91 × 135 × 160": savu}


# --------------------------------------------------------------------------------------------------- flat and dark

def hdf5(path):
    import h5py
    with h5py.File(path) as file:
        return numpy.array(file["1-NoProcessPlugin-tomo/data"])


def references(shared):
    """Name: frames, flat, dark, all in the row order of the files; and the files of flat and dark, where they are TIFF."""
    folder = os.path.join(shared, SAVU)
    flats = hdf5(os.path.join(shared, I12, "flat_field.h5"))
    darks = hdf5(os.path.join(shared, I12, "dark_field.h5"))
    return {"Savu projections": (savu(shared), folder + "flat_00001.tiff", folder + "dark_00001.tiff"),
            "I12 flats, each by their mean": (flats, flats.mean(axis=0, dtype="f4"), darks.mean(axis=0, dtype="f4"))}


def multiplier(flat, dark):
    """Mean over each pixel; 0 where there is no light."""
    light = flat - dark
    with numpy.errstate(divide="ignore"):
        return numpy.where(light > 0, light[light > 0].mean(dtype="f8") / light, 0).astype("f4")


def ulps(one, other):
    """Greatest distance of two float32 arrays in units of the last place, where they have one sign."""
    steps = numpy.abs(one.view("i4").astype("i8") - other.view("i4"))
    return int(steps[numpy.signbit(one) == numpy.signbit(other)].max())


def unevenness(frames):
    """Standard deviation over mean of the highest eighth of the rows, which no specimen covers, averaged over frames."""
    empty = frames[:, -max(1, frames.shape[1] // 8):].mean(axis=0, dtype="f8")
    return float(empty.std() / empty.mean())


def measure_references(mrcz, shared, store):
    """TIFF references are given as they are."""
    rows = []
    for name, (frames, flat, dark) in references(shared).items():
        folder = store.scratch("references")
        movie, out = os.path.join(folder, "movie.mrc"), os.path.join(folder, "out")
        if isinstance(flat, str):
            files = (flat, dark)
            flat, dark = tiff(flat)[::-1], tiff(dark)[::-1]
        else:
            files = [os.path.join(folder, what) for what in ("flat.mrc", "dark.mrc")]
            for file, array in zip(files, (flat, dark)):
                mrc_arrays.write(file, array)
        mrc_arrays.write(movie, frames)
        mrc_arrays.process(mrcz, [movie], out, "--gain", files[0], "--gain-invert", "--dark", files[1])
        corrected = numpy.array(mrc_arrays.read(os.path.join(out, "movie.mrc")))
        gain = multiplier(flat, dark)
        plain = (frames.astype("f4") - dark) * gain
        lit = gain > 0
        rows.append({"name": name, "frames": len(frames), "ulps": ulps(corrected[:, lit], plain[:, lit]),
                     "unlit": int((~lit).sum()), "before": unevenness(frames), "after": unevenness(corrected)})
    store.put("references", rows)


# ------------------------------------------------------------------------------------------------- planted outliers

def found_by_mrcz(mrcz, frames, store, rule):
    folder = store.scratch("planted")
    path = os.path.join(folder, "movie.mrc")
    mrc_arrays.write(path, frames)
    report, = mrc_arrays.process(mrcz, [path], os.path.join(folder, "out"), rule)
    return replaced(frames, mrc_arrays.read(os.path.join(folder, "out", "movie.mrc"))), report["step"]["outliers"]


def found_by_relion(frames):
    """Sums above mean + 6 standard deviations."""
    total = frames.sum(axis=0, dtype="f8")
    return total > total.mean() + 6 * total.std()


RULES = {
    "mrcz": lambda mrcz, frames, store: found_by_mrcz(mrcz, frames, store, "--outliers")[0],
    "mrcz, paper": lambda mrcz, frames, store: found_by_mrcz(mrcz, frames, store, "--outliers=paper")[0],
    "RELION": lambda mrcz, frames, store: found_by_relion(frames),
}


def robust_deviation(image):
    return 1.4826 * float(numpy.median(numpy.abs(image - numpy.median(image))))


def plant(frames, free, random):
    """Frames with hot and dead pixels; amplitude of every planted pixel, -1 for dead ones, 0 elsewhere."""
    total = frames.sum(axis=0, dtype="f8")
    pixels = total.size
    hot, dead = round(HOT_SHARE * pixels), round(DEAD_SHARE * pixels)
    where = random.choice(numpy.flatnonzero(free), hot + dead, replace=False)
    amplitude = numpy.zeros(pixels)
    amplitude[where[:hot]] = numpy.resize(AMPLITUDES, hot)
    amplitude[where[hot:]] = -1
    amplitude = amplitude.reshape(total.shape)
    excess = numpy.maximum(amplitude, 0) * robust_deviation(total) / len(frames)
    planted = frames + excess + random.uniform(-0.5, 0.5, frames.shape) * (amplitude > 0)
    planted[:, amplitude < 0] *= DEAD_LEFT
    limits = numpy.iinfo(frames.dtype)
    return numpy.clip(numpy.rint(planted), limits.min, limits.max).astype(frames.dtype), amplitude


def scores(found, own, amplitude):
    """Precision against all that was not planted, real defects of the frames included."""
    right = int((found & (amplitude != 0)).sum())
    return {"recall": {str(a): float(found[amplitude == a].mean()) for a in AMPLITUDES},
            "dead": float(found[amplitude < 0].mean()), "precision": right / max(1, int(found.sum())),
            "own": int(own.sum())}


def measure_planted(mrcz, shared, store):
    numbers, arrays = {}, {}
    for name, load in FRAMES.items():
        frames = load(shared)
        own = {rule: find(mrcz, frames, store) for rule, find in RULES.items()}
        planted, amplitude = plant(frames, ~(own["mrcz"] | own["RELION"]), numpy.random.default_rng(SEED))
        total = frames.sum(axis=0, dtype="f8")
        numbers[name] = {
            "mean": float(total.mean() / len(frames)), "deviation": robust_deviation(total) / len(frames),
            "planted": {"hot": int((amplitude > 0).sum()), "dead": int((amplitude < 0).sum())},
            "report": found_by_mrcz(mrcz, frames, store, "--outliers")[1],
            "rules": {rule: scores(find(mrcz, planted, store), own[rule], amplitude) for rule, find in RULES.items()},
            "own": [[int(x), int(y), float(total[y, x] / len(frames)), bool(own["RELION"][y, x])]
                    for y, x in zip(*numpy.nonzero(own["mrcz"]))]}
        arrays[name + " sum"], arrays[name + " own"] = total.astype("f4"), own["mrcz"]
    store.put("planted", numbers, **arrays)


# -------------------------------------------------------------------------------------------------- tables and plots

def reference_table(store):
    print_table(["frames", "number", "greatest difference", "unlit pixels", "unevenness before", "after"],
                [[r["name"], r["frames"], f"{r['ulps']} ulp", r["unlit"], f"{r['before']:.5f}", f"{r['after']:.5f}"]
                 for r in store.numbers("references")])


def planted_table(store):
    rows = []
    for name, numbers in store.numbers("planted").items():
        for rule, score in numbers["rules"].items():
            rows.append([name, rule] + [f"{score['recall'][str(a)]:.3f}" for a in AMPLITUDES] +
                        [f"{score['dead']:.3f}", f"{score['precision']:.3f}", score["own"]])
    print_table(["frames", "rule"] + [f"{a} σ" for a in AMPLITUDES] + ["dead", "precision", "found unplanted"], rows)


def own_table(store, most=12):
    for name, numbers in store.numbers("planted").items():
        listed = sorted(numbers["own"], key=lambda row: -abs(row[2] - numbers["mean"]))[:most]
        print(f"{name}: {len(numbers['own'])} of its own; mean {numbers['mean']:.1f}, deviation {numbers['deviation']:.1f}\n")
        print_table(["x", "y", "mean over time", "RELION too"],
                    [[x, y, f"{value:.1f}", "yes" if both else "no"] for x, y, value, both in listed])


def plot_own(store, pyplot):
    numbers, arrays = store.numbers("planted"), store.arrays("planted")
    figure, axes = pyplot.subplots(1, len(numbers), figsize=(12, 4.8), constrained_layout=True)
    for each, name in zip(axes, numbers):
        total = arrays[name + " sum"]
        if name in NOT_SHOWN:
            total = numpy.ones_like(total)
        low, high = numpy.percentile(total, [0.5, 99.5]) if name not in NOT_SHOWN else (0, 1)
        each.imshow(total, vmin=low, vmax=high, cmap="gray", interpolation="nearest", origin="lower")
        y, x = numpy.nonzero(arrays[name + " own"])
        each.scatter(x, y, s=60, facecolors="none", edgecolors="#d62728", linewidths=0.9)
        each.set(xticks=[], yticks=[], title=f"{name}: {len(x)}")
    return figure


FIGURES = {"real-outliers.png": plot_own}


def measure(arguments):
    store = Store(arguments.results)
    measure_references(arguments.mrcz, arguments.shared, store)
    measure_planted(arguments.mrcz, arguments.shared, store)
    store.clear()


def tables(arguments):
    store = Store(arguments.results)
    for table in (reference_table, planted_table, own_table):
        table(store)


def plots(arguments):
    draw(FIGURES, arguments)


def describe(verb):
    verb.add_argument("mrcz")
    verb.add_argument("shared")
    verb.add_argument("results")


if __name__ == "__main__":
    study_command.run(__doc__, measure, tables, plots, describe)
