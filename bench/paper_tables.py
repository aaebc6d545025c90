#!/usr/bin/env python3
"""The free parameters of McLeod et al. 2018, section 2.3: codec, level, block size and threads over the seven doses and an
aligned float movie, ours beside c-blosc. Prints the tables of docs/performance.md and draws its figures.

usage: paper_tables.py measure BENCH_SWEEP SETS RESULTS.json [--runs 3] [--rows 1024] [--only NAME,NAME] [--codec CODEC]
       paper_tables.py tables RESULTS.json
       paper_tables.py plots RESULTS.json FOLDER        needs matplotlib

SETS holds NAME.raw and meta.json; aligned_movie.py adds the float movie. Of every set two strips of 4096 x ROWS pixels are
coded in memory.
"""
import json
import os
import subprocess
import sys

import study_command

DOSES = ["dose0.1", "dose0.25", "dose0.5", "dose1", "dose1.5", "dose2", "dose4"]
NAMES = DOSES + ["aligned"]
CODECS = ["blosclz", "lz4", "lz4hc", "zlib", "zstd"]
COLOURS = dict(zip(CODECS, ["#8c564b", "#1f77b4", "#17becf", "#2ca02c", "#d62728"]))
MIB = 1 << 20


def measure(arguments):
    with open(os.path.join(arguments.sets, "meta.json")) as file:
        meta = json.load(file)
    results = []
    for name in arguments.only.split(",") if arguments.only else NAMES:
        print("measuring", name, file=sys.stderr)
        command = [arguments.bench_sweep, os.path.join(arguments.sets, name + ".raw"), meta[name]["dtype"],
                   str(meta[name]["shape"][2]), str(arguments.rows), "2", str(arguments.runs),
                   arguments.codec]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
        for line in done.stdout.splitlines():
            results.append({"set": name, "bound": meta[name]["bound"], **json.loads(line)})
    with open(arguments.results, "w") as file:
        json.dump(results, file, indent=0)


class Results:
    def __init__(self, path):
        with open(path) as file:
            self.rows = json.load(file)
        for row in self.rows:
            row["ratio"] = row["raw_bytes"] / row["bytes"]
            row["compress_rate"] = row["raw_bytes"] / 1e6 / row["compress"]
            row["decompress_rate"] = row["raw_bytes"] / 1e6 / row["decompress"]
        self.codecs = [codec for codec in CODECS if any(row["codec"] == codec for row in self.rows)]
        self.sets = [name for name in NAMES if any(row["set"] == name for row in self.rows)]

    def where(self, **wanted):
        return [row for row in self.rows if all(row[key] == value for key, value in wanted.items())]

    def one(self, **wanted):
        found = self.where(**wanted)
        return found[0] if found else None

    def bound(self, name):
        return self.where(set=name)[0]["bound"]


def print_row(cells):
    print("| " + " | ".join(cells) + " |")


def print_head(cells):
    print_row(cells)
    print_row(["---"] * len(cells))


def print_best_ratios(results):
    print("\n### Best ratio of each codec\n\nOver all levels and block sizes; in brackets c-blosc's best with bitshuffle.\n")
    print_head(["set", "bound"] + results.codecs)
    for name in results.sets:
        cells = [name, "%.2f" % results.bound(name) if results.bound(name) else ""]
        for codec in results.codecs:
            best = [max(row["ratio"] for row in results.where(set=name, codec=codec, coder=coder))
                    for coder in ("mrcz", "c-blosc")]
            cells.append("%.3f (%.3f)" % tuple(best))
        print_row(cells)


def print_levels(results, name):
    print("\n### Level, %s\n\nOne thread, blocks of 1 MiB: ratio, compression and decompression in MB/s; in brackets "
          "c-blosc.\n" % name)
    print_head(["codec", "level", "ratio", "compress", "decompress"])
    for codec in results.codecs:
        for level in sorted({row["level"] for row in results.rows}):
            both = [results.one(set=name, codec=codec, level=level, block=MIB, threads=1, coder=coder)
                    for coder in ("mrcz", "c-blosc")]
            print_row([codec, str(level)] + ["%.*f (%.*f)" % (digits, both[0][key], digits, both[1][key]) for key, digits in
                                             (("ratio", 3), ("compress_rate", 0), ("decompress_rate", 0))])


def print_blocks(results, name):
    print("\n### Block size and threads, %s, level 1\n\nCompression in MB/s with one and two threads, then the ratio; in "
          "brackets c-blosc.\n" % name)
    print_head(["codec", "block", "one thread", "two threads", "ratio"])
    for codec in results.codecs:
        for block in sorted({row["block"] for row in results.rows}):
            cells = [codec, "%d KiB" % (block >> 10)]
            for threads in (1, 2):
                both = [results.one(set=name, codec=codec, level=1, block=block, threads=threads, coder=coder)
                        for coder in ("mrcz", "c-blosc")]
                cells.append("%.0f (%.0f)" % (both[0]["compress_rate"], both[1]["compress_rate"]))
            print_row(cells + ["%.3f (%.3f)" % (both[0]["ratio"], both[1]["ratio"])])


def tables(arguments):
    results = Results(arguments.results)
    print_best_ratios(results)
    for name in ("dose1", "aligned"):
        if name in results.sets:
            print_levels(results, name)
            print_blocks(results, name)


def dose_of(name):
    return float(name.removeprefix("dose"))


def plot_ratio_over_dose(results, axes):
    doses = [name for name in results.sets if name in DOSES]
    x = [dose_of(name) for name in doses]
    axes.plot(x, [results.bound(name) for name in doses], "k--", label="Shannon bound")
    for codec in results.codecs:
        for coder, style in (("mrcz", "o-"), ("c-blosc", ":")):
            best = [max(row["ratio"] for row in results.where(set=name, codec=codec, coder=coder)) for name in doses]
            axes.plot(x, best, style, color=COLOURS[codec], label=codec if coder == "mrcz" else None, markersize=4)
    axes.set(xscale="log", yscale="log", xlabel="dose (electrons / pixel / frame)", ylabel="best ratio",
             title="a  Ratio over dose")
    axes.set_xticks(x, ["%g" % dose for dose in x])
    axes.set_yticks([2, 3, 5, 10, 15], ["2", "3", "5", "10", "15"])
    axes.minorticks_off()


def plot_levels(results, axes):
    for codec in results.codecs:
        for coder, style in (("mrcz", "o-"), ("c-blosc", "o:")):
            rows = sorted(results.where(set="dose1", codec=codec, coder=coder, block=MIB, threads=1),
                          key=lambda row: row["level"])
            axes.plot([row["compress_rate"] for row in rows], [row["ratio"] for row in rows], style, color=COLOURS[codec],
                      markersize=4, markerfacecolor=COLOURS[codec] if coder == "mrcz" else "white")
            for row in rows if coder == "mrcz" else []:
                axes.annotate(str(row["level"]), (row["compress_rate"], row["ratio"]), fontsize=7, xytext=(3, 3),
                              textcoords="offset points")
    axes.set(xscale="log", xlabel="compression, MB/s, one thread", ylabel="ratio", title="b  Levels, dose 1, 1 MiB blocks")


def plot_blocks(results, axes, threads, title):
    for codec in results.codecs:
        for coder, style in (("mrcz", "o-"), ("c-blosc", "o:")):
            rows = sorted(results.where(set="dose1", codec=codec, coder=coder, level=1, threads=threads),
                          key=lambda row: row["block"])
            axes.plot([row["block"] >> 10 for row in rows], [row["compress_rate"] for row in rows], style,
                      color=COLOURS[codec], markersize=4, markerfacecolor=COLOURS[codec] if coder == "mrcz" else "white")
    axes.set(xscale="log", yscale="log", xlabel="block, KiB", ylabel="compression, MB/s", title=title)
    blocks = sorted({row["block"] >> 10 for row in results.rows})
    axes.set_xticks(blocks, [str(block) for block in blocks])
    rates = [50, 100, 200, 500, 1000, 2000, 5000]
    axes.set_yticks(rates, [str(rate) for rate in rates])
    axes.set_ylim(50, 10000)
    axes.minorticks_off()


def plots(arguments):
    import matplotlib
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "mrcz"
    from matplotlib import pyplot
    results = Results(arguments.results)
    figure, axes = pyplot.subplots(2, 2, figsize=(10, 8), constrained_layout=True)
    plot_ratio_over_dose(results, axes[0][0])
    plot_levels(results, axes[0][1])
    plot_blocks(results, axes[1][0], 1, "c  Block size, dose 1, level 1, one thread")
    plot_blocks(results, axes[1][1], 2, "d  The same with two threads")
    figure.legend(*axes[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=6, frameon=False,
                  title="solid: mrcz; dotted: c-blosc with bitshuffle")
    os.makedirs(arguments.folder, exist_ok=True)
    figure.savefig(os.path.join(arguments.folder, "codecs.svg"), metadata={"Date": None})
    figure.savefig(os.path.join(arguments.folder, "codecs.png"), dpi=110)


def describe(verb):
    verb.add_argument("bench_sweep")
    verb.add_argument("sets")
    verb.add_argument("results")
    verb.add_argument("--runs", type=int, default=3)
    verb.add_argument("--rows", type=int, default=1024)
    verb.add_argument("--only", default="")
    verb.add_argument("--codec", default="")


if __name__ == "__main__":
    study_command.run(__doc__, measure, tables, plots, describe)
