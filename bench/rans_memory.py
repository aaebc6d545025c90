"""The codec rans in memory, by set, instruction set and threads, beside c-blosc: runs bench_rans and tells what it found."""
import json
import os
import statistics
import subprocess

DOSES = ["dose0.1", "dose0.25", "dose0.5", "dose1", "dose1.5", "dose2", "dose4"]
SCANS = ["stem4d", "stem_rans64", "stem_rans1024", "stem_rans4096", "stem_integrating"]
LEVELS = {"avx512": "AVX-512", "avx2": "AVX2", "scalar": "scalar"}
AIMS = {"avx512": (3, 6), "avx2": (2, 3.5)}  # times the speed of c-blosc, in and out
LEAST_SHARE = 99.3                           # per cent of the bound
LEAST_SCAN_RATE = 1000                       # MB/s, both ways
CHUNK_HEADER_BYTES = 40


def run(bench_rans, sets, name, meta, *options):
    """What bench_rans printed: of the set, and a list of coders."""
    command = [bench_rans, os.path.join(sets, name + ".raw"), meta["dtype"], *map(str, meta["shape"][1:]), *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    first, *coders = map(json.loads, done.stdout.splitlines())
    return {**first, "name": name, "bits": meta["bits_cond"], "coders": coders}


def measure_doses(bench_rans, sets, meta, rounds):
    return [run(bench_rans, sets, name, meta[name], "--rounds", str(rounds)) for name in DOSES if name in meta]


def measure_scans(bench_rans, sets, meta, rounds):
    return [run(bench_rans, sets, name, meta[name], "--rounds", str(rounds), "--frames", "256", "--share",
                str(meta[name]["shape"][0])) for name in SCANS if name in meta]


def coder_of(measured, threads, level):
    """`level` is empty for c-blosc."""
    return next((coder for coder in measured["coders"] if (coder["threads"], coder["level"]) == (threads, level)), None)


def bits_of(measured, coder):
    """Of a pixel, chunk headers and a frame's share of the model included."""
    pixels = measured["frames"] * measured["pixels"]
    total = coder["bytes"]
    if coder["level"]:
        total += measured["frames"] * CHUNK_HEADER_BYTES
    if coder["level"] and measured["model_bytes"]:
        total += (measured["model_bytes"] + CHUNK_HEADER_BYTES) * measured["frames"] / measured["share"]
    return 8 * total / pixels


def rates_of(measured, coder):
    """MB/s in and out."""
    size = measured["frames"] * measured["frame_bytes"] / 1e6
    return [size / statistics.median(coder[way + "_seconds"]) for way in ("encode", "decode")]


def times_of(coder, peer):
    """How many times as fast as the peer in the same round, in and out."""
    return [statistics.median(theirs / mine for theirs, mine in zip(peer[way + "_seconds"], coder[way + "_seconds"]))
            for way in ("encode", "decode")]


def speed_cell(measured, threads, level):
    coder, peer = coder_of(measured, threads, level), coder_of(measured, threads, "")
    if coder is None:
        return ""
    return " / ".join("%.0f (%.1f)" % pair for pair in zip(rates_of(measured, coder), times_of(coder, peer)))


def aim_row(first, cells_between):
    aims = ["(%g) / (%g)" % AIMS[level] if level in AIMS else "" for level in LEVELS]
    return [first, *cells_between, *aims]


def dose_tables(results):
    """Lines of Markdown: sizes and one thread; two threads."""
    lines = ["| dose | bound, bit/px | c-blosc | rans | of the bound | c-blosc, MB/s in / out | " +
             " | ".join(LEVELS.values()) + " |", "| --- " * (6 + len(LEVELS)) + "|"]
    for measured in results:
        coder, peer = coder_of(measured, 1, "scalar"), coder_of(measured, 1, "")
        bits = bits_of(measured, coder)
        cells = [measured["name"].removeprefix("dose"), "%.3f" % measured["bits"], "%.3f" % bits_of(measured, peer),
                 "%.3f" % bits, "%.1f %%" % (100 * measured["bits"] / bits), "%.0f / %.0f" % tuple(rates_of(measured, peer))]
        lines.append("| " + " | ".join(cells + [speed_cell(measured, 1, level) for level in LEVELS]) + " |")
    lines.append("| " + " | ".join(aim_row("aim", ["", "", "", "%g %%" % LEAST_SHARE, ""])) + " |")
    lines += ["", "With two threads, over c-blosc with two:", "",
              "| dose | c-blosc, MB/s in / out | " + " | ".join(LEVELS.values()) + " |", "| --- " * (2 + len(LEVELS)) + "|"]
    for measured in results:
        cells = [measured["name"].removeprefix("dose"), "%.0f / %.0f" % tuple(rates_of(measured, coder_of(measured, 2, "")))]
        lines.append("| " + " | ".join(cells + [speed_cell(measured, 2, level) for level in LEVELS]) + " |")
    return lines


def scan_table(results):
    ways = [(1, level) for level in LEVELS] + [(2, level) for level in ("avx512", "avx2")]
    names = ["%s, %d thread%s" % (LEVELS[level], threads, "s" * (threads > 1)) for threads, level in ways]
    lines = ["| set | coded as | c-blosc, MB/s in / out | " + " | ".join(names) + " |", "| --- " * (3 + len(ways)) + "|"]
    for measured in results:
        cells = [measured["name"], measured["mode"], "%.0f / %.0f" % tuple(rates_of(measured, coder_of(measured, 1, "")))]
        for threads, level in ways:
            coder = coder_of(measured, threads, level)
            cells.append("%.0f / %.0f" % tuple(rates_of(measured, coder)) if coder else "")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def failures(doses, scans):
    """What misses its aim, one line each."""
    found = []
    for measured in doses:
        share = 100 * measured["bits"] / bits_of(measured, coder_of(measured, 1, "scalar"))
        if share < LEAST_SHARE:
            found.append("%s: %.2f %% of the bound, %g aimed at" % (measured["name"], share, LEAST_SHARE))
        for threads in (1, 2):
            for level, aims in AIMS.items():
                coder = coder_of(measured, threads, level)
                for way, times, aim in zip(("in", "out"), times_of(coder, coder_of(measured, threads, "")) if coder else (),
                                           aims):
                    if times < aim:
                        found.append("%s, %s, %d thread(s), %s: %.2f times c-blosc, %g aimed at" %
                                     (measured["name"], LEVELS[level], threads, way, times, aim))
    for measured in scans:
        coder = coder_of(measured, 1, "avx512") or coder_of(measured, 1, "avx2")
        for way, rate in zip(("in", "out"), rates_of(measured, coder)):
            if rate < LEAST_SCAN_RATE:
                found.append("%s, %s: %.0f MB/s, %d aimed at" % (measured["name"], way, rate, LEAST_SCAN_RATE))
    return found
