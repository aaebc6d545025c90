"""Pictures of what rans_tables.py measured."""
import os

import rans_memory

COLOURS = {"avx512": "#1f77b4", "avx2": "#17becf", "scalar": "#7f7f7f", "": "#d62728"}
NAMES = {**{level: "rans, " + name for level, name in rans_memory.LEVELS.items()}, "": "c-blosc zstd-1"}


def dose_of(measured):
    return float(measured["name"].removeprefix("dose"))


def mark_doses(axes, doses):
    axes.set_xscale("log")
    axes.set_xlabel("dose (electrons / pixel / frame)")
    axes.set_xticks(doses, ["%g" % dose for dose in doses])
    axes.minorticks_off()


def plot_share(doses, axes):
    x = [dose_of(measured) for measured in doses]
    for level, label in (("avx512", "rans"), ("", NAMES[""])):
        coders = [rans_memory.coder_of(measured, 1, level) or rans_memory.coder_of(measured, 1, "scalar") for measured in doses]
        y = [100 * measured["bits"] / rans_memory.bits_of(measured, coder) for measured, coder in zip(doses, coders)]
        axes.plot(x, y, "o-", color=COLOURS[level], label=label, markersize=4)
    axes.axhline(100, color="black", linestyle="--", linewidth=1, label="Shannon bound")
    mark_doses(axes, x)
    axes.set(ylabel="size, per cent of the bound reached", ylim=(75, 102), title="a  Counts: how near the bound")
    axes.legend(frameon=False, fontsize=8, ncols=3, loc="upper center", bbox_to_anchor=(0.5, 0.85))


def plot_speed(doses, axes, way, title):
    x = [dose_of(measured) for measured in doses]
    for threads, style in ((1, "o-"), (2, "o:")):
        for level in (*rans_memory.LEVELS, ""):
            points = [(dose_of(measured), rans_memory.rates_of(measured, coder)[way]) for measured in doses
                      if (coder := rans_memory.coder_of(measured, threads, level))]
            if points:
                axes.plot(*zip(*points), style, color=COLOURS[level], markersize=4,
                          markerfacecolor=COLOURS[level] if threads == 1 else "white",
                          label=NAMES[level] if threads == 1 else None)
    mark_doses(axes, x)
    axes.set_yscale("log")
    axes.set_yticks([300, 1000, 3000, 10000], ["0.3", "1", "3", "10"])
    axes.set_ylim(200, 40000)
    axes.minorticks_off()
    axes.set(ylabel="GB/s of pixels", title=title)


def plot_sizes(sizes, axes):
    import numpy
    names = list(sizes)
    methods = ["rans", "a histogram for every pixel", *next(iter(sizes.values()))["peers"]]
    colours = ["#1f77b4", "#aec7e8", "#d62728", "#8c564b", "#7f7f7f", "#2ca02c", "#98df8a"]
    width = 0.8 / len(methods)
    for number, (method, colour) in enumerate(zip(methods, colours)):
        values = [{"rans": size["rans"]["file"], "a histogram for every pixel": size["histograms"], **size["peers"]}[method] /
                  size["bound"] for size in sizes.values()]
        axes.bar(numpy.arange(len(names)) + (number - (len(methods) - 1) / 2) * width, values, width, label=method, color=colour)
    axes.axhline(1, color="black", linestyle="--", linewidth=1)
    axes.set_xticks(range(len(names)), [name.replace("stem_", "") for name in names])
    axes.set(ylabel="size over the bound", ylim=(0.9, 1.9), title="d  4D-STEM: size of a stack, all included")
    axes.legend(frameon=False, fontsize=8, ncols=2, loc="upper center")


def draw(results, folder):
    import matplotlib
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "mrcz"
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(2, 2, figsize=(11, 8), constrained_layout=True)
    if "counting" in results:
        plot_share(results["counting"], axes[0][0])
        plot_speed(results["counting"], axes[0][1], 0, "b  Coding")
        plot_speed(results["counting"], axes[1][0], 1, "c  Decoding")
        axes[0][1].legend(frameon=False, fontsize=8, ncols=2, title="solid: one thread; dotted: two", title_fontsize=8,
                          loc="upper right")
    if "sizes" in results:
        plot_sizes(results["sizes"], axes[1][1])
    os.makedirs(folder, exist_ok=True)
    figure.savefig(os.path.join(folder, "rans.svg"), metadata={"Date": None})
    figure.savefig(os.path.join(folder, "rans.png"), dpi=100)
