"""The command with the codec rans, file to file in memory, beside zstd, python-mrcz and cp of the same bytes."""
import json
import os
import statistics
import subprocess
import tempfile

import external_tools
from external_tools import Tool

SET = "dose1"
AIM = 3  # times python-mrcz, each way

# Both packages are named mrcz: this one runs in an environment that has python-mrcz.
PEER_PROGRAM = """
import json, sys, blosc, mrcz
print(json.dumps(mrcz.__version__), flush=True)
for line in sys.stdin:
    order = json.loads(line)
    mrcz.setDefaultThreads(order["threads"])
    blosc.set_nthreads(order["threads"])
    pixels = mrcz.readMRC(order["source"], n_threads=order["threads"])[0]
    packed = dict(compressor="zstd", clevel=1) if order["pack"] else dict(compressor=None)
    mrcz.writeMRC(pixels, order["target"], n_threads=order["threads"], **packed)
    print("null", flush=True)
"""


class PythonMrcz:
    """A program that waits for orders, so that starting it is not timed."""

    def __init__(self, python, folder):
        self._process = subprocess.Popen([python, "-W", "ignore", "-c", PEER_PROGRAM], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True, cwd=folder)
        self.version = json.loads(self._process.stdout.readline())

    def tool(self, threads):
        return Tool("python-mrcz zstd-1, %s" % told(threads), lambda source, target: self._do(source, target, True, threads),
                    lambda source, target: self._do(source, target, False, threads), exact=False)

    def _do(self, source, target, pack, threads):
        # Its names decide: files it reads and writes end in .mrc and .mrcz.
        ends = (".mrc", ".mrcz") if pack else (".mrcz", ".mrc")
        with_ends = source + ends[0], target + ends[1]
        os.link(source, with_ends[0])
        order = {"source": with_ends[0], "target": with_ends[1], "pack": pack, "threads": threads}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        if self._process.stdout.readline() != "null\n":
            raise RuntimeError("python-mrcz gave up")
        os.unlink(with_ends[0])
        os.rename(with_ends[1], target)

    def close(self):
        self._process.stdin.close()
        self._process.wait()


def told(threads):
    return "%d thread%s" % (threads, "s" * (threads > 1))


def cp_tool(name, for_packing, for_unpacking):
    return Tool(name, lambda _, target: external_tools.run("cp", for_packing, target),
                lambda _, target: external_tools.run("cp", for_unpacking, target), exact=False)


def measure(mrcz, peer, sets, meta, folder, runs):
    raw = os.path.join(sets, SET + ".raw")
    with tempfile.TemporaryDirectory(dir=folder) as here:
        plain, packed = os.path.join(here, "movie.mrc"), os.path.join(here, "movie.mrcz")
        external_tools.write_mrc(raw, meta[SET]["dtype"], meta[SET]["shape"], plain)
        external_tools.run(mrcz, "compress", "-qf", "--codec", "rans", plain, "-o", packed)
        found = [external_tools.mrcz_tool(mrcz, "mrcz %s, %s" % (codec, told(threads)), "-T%d" % threads, "--codec", codec)
                 for codec in ("rans", "zstd") for threads in (1, 2)]
        python = PythonMrcz(peer, here) if peer else None
        found += [python.tool(threads) for threads in (1, 2)] if python else []
        found.append(external_tools.shell_tool("zstd -1, 1 thread", "zstd -q -1 -T1", "zstd -q -d"))
        found += [cp_tool("cp of what is read", plain, packed), cp_tool("cp of what is written", packed, plain)]
        external_tools.measure(found, plain, here, runs)
        if python:
            python.close()
        size = os.path.getsize(plain)
    rows = [{"name": tool.name, "ratio": size / tool.bytes, "pack": tool.packing, "unpack": tool.unpacking} for tool in found]
    return {"bytes": size, "version": python.version if python else "", "rows": rows}


def times_of(results, row, threads, way):
    peer = next((other for other in results["rows"] if other["name"] == "python-mrcz zstd-1, " + told(threads)), None)
    if peer is None or row["name"].startswith(("cp", "zstd")):
        return None
    return statistics.median(theirs / mine for theirs, mine in zip(peer[way], row[way]))


def threads_of(row):
    return 2 if row["name"].endswith("2 threads") else 1


def table(results):
    lines = ["| file to file | ratio | compress, s | MB/s | times python-mrcz | decompress, s | MB/s | times python-mrcz |",
             "| --- " * 8 + "|"]
    for row in results["rows"]:
        cells = [row["name"], "" if row["name"].startswith("cp") else "%.3f" % row["ratio"]]
        for way in ("pack", "unpack"):
            seconds, times = statistics.median(row[way]), times_of(results, row, threads_of(row), way)
            cells += ["%.3f" % seconds, "%.0f" % (results["bytes"] / 1e6 / seconds), "%.1f" % times if times else ""]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def failures(results):
    """Rows of rans that are neither so many times as fast as python-mrcz nor as fast as cp of what is read and written."""
    found = []
    copies = [row for row in results["rows"] if row["name"].startswith("cp")]
    for row in results["rows"]:
        for way in ("pack", "unpack"):
            times = times_of(results, row, threads_of(row), way)
            cp = sum(statistics.median(copy[way]) for copy in copies)
            over_cp = statistics.median(row[way]) / cp
            if row["name"].startswith("mrcz rans") and times is not None and times < AIM and over_cp > 1:
                found.append("%s, %s: %.2f times python-mrcz, %g aimed at; %.2f of the two copies" %
                             (row["name"], way, times, AIM, over_cp))
    return found
