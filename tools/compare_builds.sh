#!/usr/bin/env bash
# Compresses the same files with the g++ and the clang build, on one thread and on two, and says whether the bytes are equal.
#
# usage: tools/compare_builds.sh [FILE.mrc ...]        (default: the plain files of testdata/)
set -euo pipefail
cd "$(dirname "$0")/.."

for preset in dev clang; do
    cmake --preset "$preset" > /dev/null
    cmake --build --preset "$preset" --target mrcz > /dev/null
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
[ $# -gt 0 ] || set -- testdata/*.mrc testdata/*.mrcs testdata/*.map testdata/*.st
different=0
for file in "$@"; do
    for codec in zstd lz4 lz4hc zlib; do
        sums=$(for preset in dev clang; do
            for threads in 1 2 5; do
                "build/$preset/cli/mrcz" compress -q -c -T"$threads" --codec "$codec" "$file" | sha256sum
            done
        done | sort -u | wc -l)
        if [ "$sums" -ne 1 ]; then
            echo "different: $file, $codec"
            different=$((different + 1))
        fi
    done
done
echo "$# files x 4 codecs x 2 compilers x 3 thread counts: $different differ"
[ "$different" -eq 0 ]
