"""Sizes of 4D-STEM stacks: files of the codec rans beside blosc, lbzip2, xz, JPEG-LS, JPEG XL and the published scheme (a
histogram for every pixel, McLeod et al. and Hinkle et al.), which is a mode of ours. All side information is counted, and
each result is decoded and compared."""
import concurrent.futures
import json
import os
import subprocess
import tempfile

import external_tools
import rans_memory

SCANS = rans_memory.SCANS
MOST_BITS = {"stem_rans64": 1.72, "stem_rans1024": 1.70, "stem_rans4096": 1.69, "stem_integrating": 5.55}
LEAST_RATIO = {"stem4d": 15.2}
PEER_FRAMES = 256  # of a stack, spread over it; its frames are alike


def stored_bits(mrcz, sets, name, meta, folder):
    """Bits a pixel of the whole file, and of chunks and models alone."""
    plain, packed, back = (os.path.join(folder, "scan." + end) for end in ("mrc", "mrcz", "back.mrc"))
    external_tools.write_mrc(os.path.join(sets, name + ".raw"), meta["dtype"], meta["shape"], plain)
    subprocess.run([mrcz, "compress", "-qf", "--codec", "rans", plain, "-o", packed], check=True)
    subprocess.run([mrcz, "decompress", "-qf", packed, "-o", back], check=True)
    subprocess.run(["cmp", plain, back], check=True)
    told = json.loads(subprocess.run([mrcz, "info", "--json", packed], check=True, capture_output=True).stdout)
    pixels = meta["shape"][0] * meta["shape"][1] * meta["shape"][2]
    bits = [8 * size / pixels for size in (os.path.getsize(packed), told["stored_data_bytes"])]
    for path in (plain, packed, back):
        os.remove(path)
    return {"file": bits[0], "chunks": bits[1], "ratio": 2 * 8 / bits[0]}


def histogram_bits(bench_rans, sets, name, meta):
    """Of the published scheme over the whole stack; bench_rans compares every frame."""
    frames = str(meta["shape"][0])
    measured = rans_memory.run(bench_rans, sets, name, meta, "--frames", frames, "--share", frames, "--samples", frames,
                               "--histograms", "--no-peer", "--threads", "1", "--levels", "avx512,avx2", "--rounds", "1")
    if measured["mode"] != "histograms":
        raise RuntimeError("%s: coded as %s" % (name, measured["mode"]))
    return rans_memory.bits_of(measured, measured["coders"][0])


def lbzip2_size(stack):
    packed = subprocess.run(["lbzip2", "-n1"], input=stack.tobytes(), capture_output=True, check=True).stdout
    back = subprocess.run(["lbzip2", "-dn1"], input=packed, capture_output=True, check=True).stdout
    if back != stack.tobytes():
        raise RuntimeError("lbzip2: not the same after a round trip")
    return len(packed)


def peers():
    import real_integers as real
    return {"blosc zstd-1, best filter": lambda stack: real.blosc_size(stack, 1, (0, 1, 2)), "lbzip2": lbzip2_size,
            "xz -6": real.xz_size, "JPEG-LS": real.jpeg_ls_size, "JPEG XL e3": lambda stack: real.jpeg_xl_size(stack, 3)}


def peer_bits(path, dtype, shape, peer):
    import numpy
    stack = numpy.memmap(path, dtype, "r", shape=tuple(shape))
    frames = min(len(stack), PEER_FRAMES)
    chosen = numpy.array(stack[numpy.arange(frames) * len(stack) // frames])
    return 8 * peers()[peer](chosen) / chosen.size


def measure(mrcz, bench_rans, sets, meta, folder):
    results = {}
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool, tempfile.TemporaryDirectory(dir=folder) as here:
        names = [name for name in SCANS if name in meta]
        waiting = {(name, peer): pool.submit(peer_bits, os.path.join(sets, name + ".raw"), meta[name]["dtype"],
                                             meta[name]["shape"], peer) for name in names for peer in peers()}
        for name in names:
            results[name] = {"bound": meta[name]["bits_cond"], "frames": meta[name]["shape"][0],
                             "rans": stored_bits(mrcz, sets, name, meta[name], here),
                             "histograms": histogram_bits(bench_rans, sets, name, meta[name]), "peers": {}}
        for (name, peer), bits in waiting.items():
            results[name]["peers"][peer] = bits.result()
    return results


def aim_of(name):
    if name in LEAST_RATIO:
        return "ratio ≥ %g" % LEAST_RATIO[name]
    return "≤ %.2f" % MOST_BITS[name] if name in MOST_BITS else ""


def table(results):
    names = list(next(iter(results.values()))["peers"])
    lines = ["| set | bound | rans, file | aim | rans, chunks and models | ratio | a histogram for every pixel | " +
             " | ".join(names) + " |", "| --- " * (7 + len(names)) + "|"]
    for name, result in results.items():
        cells = [name, "%.3f" % result["bound"], "**%.3f**" % result["rans"]["file"], aim_of(name),
                 "%.3f" % result["rans"]["chunks"], "%.2f" % result["rans"]["ratio"], "%.3f" % result["histograms"]]
        lines.append("| " + " | ".join(cells + ["%.3f" % result["peers"][peer] for peer in names]) + " |")
    return lines


def failures(results):
    found = []
    for name, result in results.items():
        if result["rans"]["file"] > MOST_BITS.get(name, 99):
            found.append("%s: %.3f bit/px, %s aimed at" % (name, result["rans"]["file"], aim_of(name)))
        if result["rans"]["ratio"] < LEAST_RATIO.get(name, 0):
            found.append("%s: ratio %.2f, %s aimed at" % (name, result["rans"]["ratio"], aim_of(name)))
    return found
