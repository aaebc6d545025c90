#!/usr/bin/env python3
"""Runs bench_process in short rounds and prints, or writes into docs/performance.md, what correction costs.

usage: process_speed.py BENCH_PROCESS [--rounds 7] [--into docs/performance.md]
"""
import argparse
import csv
import statistics
import subprocess

SUMS = ["uint8", "int8", "uint16", "int16", "int32", "float32", "uint4", "float16"]
WAYS = {
    "outliers_uint8_to_uint8": "outliers, uint8 to uint8",
    "gain_outliers_uint8_to_float32": "gain, outliers, uint8 to float32",
    "gain_outliers_koma_uint8_to_float32": "gain, outliers, KOMA, uint8 to float32",
    "outliers_koma_int8_to_int8": "outliers, KOMA, int8 to int8",
    "outliers_koma_uint16_to_int16": "outliers, KOMA, uint16 to int16",
}
RADII = [1, 2, 5, 10, 25]


def put_table(path, name, lines):
    """Prints it, or puts it between `<!-- name -->` and `<!-- /name -->` of the file."""
    text = "\n".join(lines)
    if not path:
        print(text)
        return
    with open(path) as file:
        page = file.read()
    start, end = "<!-- %s -->" % name, "<!-- /%s -->" % name
    before, _, rest = page.partition(start)
    _, found, after = rest.partition(end)
    if not found:
        raise SystemExit("%s: has no place for the table %s" % (path, name))
    with open(path, "w") as file:
        file.write("%s%s\n%s\n%s%s" % (before, start, text, end, after))


def one_round(program):
    command = [program, "--benchmark_format=csv", "--benchmark_min_time=0.1",
               "--benchmark_filter=^(memcpy|apply)/|^sum/.*/1/real_time|^koma/"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("name,"))
    scale = {"ns": 1e-6, "us": 1e-3, "ms": 1}
    return {row["name"]: float(row["cpu_time"]) * scale[row["time_unit"]] for row in csv.DictReader(lines[first:])}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--into")
    options = parser.parse_args()
    rounds = [one_round(options.bench) for _ in range(options.rounds)]
    ms = lambda name: statistics.median(r[name] for r in rounds)
    ratio = lambda name, peer: statistics.median(r[name] / r[peer] for r in rounds)
    put_table(options.into, "sums", ["| sum of | ms a frame | times memcpy |", "| --- | --- | --- |"] + [
        "| %s | %.2f | %.1f |" % (t, ms("sum/%s/1/real_time" % t), ratio("sum/%s/1/real_time" % t, "memcpy/" + t)) for t in SUMS])
    put_table(options.into, "applying", ["| a frame corrected | ms | times memcpy |", "| --- | --- | --- |"] + [
        "| %s | %.1f | %.1f |" % (label, ms("apply/" + way), ratio("apply/" + way, "memcpy/" + way))
        for way, label in WAYS.items()])
    put_table(options.into, "koma", ["| KOMA radius | ms a movie | times radius 25 |", "| --- | --- | --- |"] + [
        "| %d | %.0f | %.2f |" % (r, ms("koma/%d" % r), ratio("koma/%d" % r, "koma/25")) for r in RADII])


if __name__ == "__main__":
    main()
