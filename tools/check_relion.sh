#!/usr/bin/env bash
# RELION reads the plain files we make, metadata behind their pixels or not: its statistics of every image must be those
# that mrcz knows. Not part of the tests, because RELION is large: apt-get install --no-install-recommends relion
#
# usage: MRCZ=build/release/cli/mrcz tools/check_relion.sh [FILE.mrc ...]
#        (default: the plain files of testdata/, and a stack of each pixel type that RELION 3.1 reads)
#
# RELION 4.0.1 and later open NAME.mrc.zst by what `zstd -cdk` prints. There mrcz stands in for zstd.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
mrcz=$(realpath "${MRCZ:-$here/build/release/cli/mrcz}")
command -v relion_image_handler > /dev/null || { echo 'there is no relion_image_handler'; exit 77; }
version=$(relion_image_handler --version 2>&1 | sed -n 's/^RELION version: *\([0-9.]*\).*/\1/p')

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ $# -eq 0 ]; then
    PYTHONPATH=$here/tests/python python3 - "$folder" <<'END'
import sys
from pathlib import Path
import plain_mrc
for mode in (plain_mrc.INT8, plain_mrc.INT16, plain_mrc.FLOAT32, plain_mrc.UINT16):
    for big_endian in (False, True):
        stack = plain_mrc.make(mode, (5, 62, 48), big_endian=big_endian)
        name = f"mode{mode.number}{'-big-endian' if big_endian else ''}.mrcs"
        (Path(sys.argv[1]) / name).write_bytes(stack.to_bytes())
END
    set -- "$folder"/*.mrcs "$here"/testdata/{projections.mrcs,TS_run1.st,input_mrc.mrc,beta-tubulin.mrc,signed_ints.mrc}
fi

# Statistics by RELION of the images in a stack, in order, beside those that mrcz stores.
compare() {
    relion_image_handler --i "$2" --stats > "$folder/relion.txt" 2>&1 || { cat "$folder/relion.txt"; return 1; }
    "$mrcz" info --json "$1" > "$folder/info.json"
    python3 - "$folder/relion.txt" "$folder/info.json" "$3" <<'END'
import json, re, sys
number = r"=\s*(-?[\d.einf+-]+)"
pattern = re.compile("avg" + number + " stddev" + number + " minval" + number + " maxval" + number)
found = [tuple(map(float, numbers)) for numbers in pattern.findall(open(sys.argv[1]).read())]
theirs = [(mean, deviation, greatest, least) for mean, deviation, least, greatest in found]
stored = json.load(open(sys.argv[2]))["frame_statistics"]
ours = [(row["mean"], row["std"], row["max"], row["min"]) for row in stored]
near = lambda a, b: abs(a - b) <= 1e-5 * max(abs(a), abs(b), 1e-3)  # it prints six digits
# RELION takes no pixel for the least that was the greatest so far, so that it misses a first pixel that is the least.
least = lambda theirs, ours: near(theirs, ours) or theirs > ours
bad = [image for image, (a, b) in enumerate(zip(theirs, ours))
       if not (all(map(near, a[:3], b[:3])) and least(a[3], b[3]))]
if len(theirs) != len(ours) or not ours or bad:
    print(f"DIFFERENT: {sys.argv[3]}: {len(theirs)} images by RELION, {len(ours)} frames by mrcz; images {bad[:5]} differ")
    sys.exit(1)
print(f"equal: {sys.argv[3]}: {len(ours)} images")
END
}

echo '{"note": "behind the pixels"}' > "$folder/metadata.json"
failed=0 checked=0
check() {
    checked=$((checked + 1))
    compare "$@" || failed=$((failed + 1))
}
for file in "$@"; do
    name=$(basename "$file")
    packed=$folder/$name.mrcz
    "$mrcz" compress -q -f --metadata "$folder/metadata.json" -o "$packed" "$file"
    # RELION goes by the ending: .mrcs is a stack of images, whatever the header says.
    "$mrcz" cat -q -f --frames=: -o "$folder/footer.mrcs" "$packed"
    grep -q MRCZFOOT "$folder/footer.mrcs" || { echo "$name: no footer was written"; failed=$((failed + 1)); }
    check "$packed" "$folder/footer.mrcs" "$name with a footer"
    "$mrcz" -cdk "$packed" > "$folder/restored.mrcs" 2> /dev/null
    check "$packed" "$folder/restored.mrcs" "$name restored"
    if [ "$(printf '%s\n' 4.0.1 "$version" | sort -V | head -n 1)" = 4.0.1 ]; then
        mkdir -p "$folder/bin"
        ln -sf "$mrcz" "$folder/bin/zstd"
        cp "$packed" "$folder/piped.mrcs.zst"
        PATH=$folder/bin:$PATH check "$packed" "$folder/piped.mrcs.zst" "$name through RELION's pipe"
    fi
done
[ "$(printf '%s\n' 4.0.1 "$version" | sort -V | head -n 1)" = 4.0.1 ] ||
    echo "RELION $version opens no compressed MRC by a pipe (4.0.1 does): not tried"
echo "RELION $version: $checked files read, $failed differ"
[ "$failed" -eq 0 ]
