#!/usr/bin/env python3
"""Holds mrcz.h, what its tests call, and what libmrcz.so shows against each other.

usage: exports_test.py ROOT LIBRARY

Every function that mrcz.h declares is called in tests/capi, and is exported; no other symbol of C is. Of C++ the library
exports what include/mrcz declares: functions and classes right in namespace mrcz, nothing of the rooms' namespaces, of
the standard library or of third parties. Prints what is wrong, one a line, and exits 1 when anything is.
"""

import re
import subprocess
import sys
from pathlib import Path

COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
C_HEADERS = ("mrcz.h", "session.h")
C_FUNCTION = re.compile(r"MRCZ_API[^;(]*?\b(mrcz_\w+)\(")
# What the linker script names one by one: classes that are thrown, or derived from.
POLYMORPHIC = re.compile(r"^(?:vtable|typeinfo|typeinfo name) for mrcz::(\w+)$")
# A function right in namespace mrcz, after its attributes and type: `[[nodiscard]] FloatImage oriented(`.
FREE_FUNCTION = re.compile(r"^(?!.*\b(?:constexpr|inline|using|template|struct|class)\b)\S[^()=\n]*?\b(\w+)\(", re.M)


def code_of(path):
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def c_functions(root):
    headers = (root / "include/mrcz" / name for name in C_HEADERS)
    return [function for header in headers for function in C_FUNCTION.findall(code_of(header))]


def called_in_tests(root):
    text = "".join(code_of(file) for file in sorted((root / "tests/capi").glob("*_abi.c")))
    return set(re.findall(r"\b(mrcz_\w+)\(", text))


def exported(library):
    command = ["nm", "--dynamic", "--demangle", "--defined-only", "--format=posix", str(library)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [re.match(r"(.*) \w [0-9a-f]*(?: [0-9a-f]*)?$", line).group(1) for line in lines]


def cpp_api(root):
    """Names of namespace mrcz that the public headers declare, and, of those, the functions outside classes."""
    words, functions = set(), set()
    for header in sorted((root / "include/mrcz").glob("*.hpp")):
        code = code_of(header)
        words |= set(re.findall(r"\w+", code))
        functions |= set(FREE_FUNCTION.findall(code))
    return words, functions


def qualified_name(symbol):
    """`mrcz::Reader::frames` of `mrcz::Reader::frames() const`; template instances lose their type and arguments."""
    name = re.sub(r"\[abi:\w+\]", "", symbol)
    name = re.sub(r"^void (?=mrcz::)", "", name)
    return re.match(r"[\w:~]*(?:operator[^(]*)?", name).group(0)


def cpp_problem(symbol, words):
    polymorphic = POLYMORPHIC.match(symbol)
    if polymorphic:
        return None if polymorphic.group(1) in words else f"{symbol}: no class of the public headers"
    parts = qualified_name(symbol).split("::")
    if parts[0] != "mrcz":
        return f"{symbol}: exported, but not of mrcz"
    if len(parts) > 3 or parts[1] not in words or (len(parts) == 3 and not parts[1][0].isupper()):
        return f"{symbol}: exported, but not declared in include/mrcz"
    if parts[-1].lstrip("~") not in words and not parts[-1].startswith("operator"):
        return f"{symbol}: exported, but not declared in include/mrcz"
    return None


def problems(root, library):
    declared = c_functions(root)
    symbols = exported(library)
    of_c = {symbol for symbol in symbols if re.fullmatch(r"\w+", symbol)}
    of_cpp = [symbol for symbol in symbols if symbol not in of_c]
    if len(declared) < 60 or len(of_cpp) < 100:
        yield f"found {len(declared)} functions of C and {len(of_cpp)} symbols of C++: this check reads them wrongly"
    for function in sorted(set(declared) - called_in_tests(root)):
        yield f"{function}: declared in mrcz.h, but tests/capi does not call it"
    for function in sorted(set(declared) - of_c):
        yield f"{function}: declared in mrcz.h, but not exported"
    for symbol in sorted(of_c - set(declared)):
        yield f"{symbol}: exported, but not declared in mrcz.h"
    words, functions = cpp_api(root)
    yield from filter(None, (cpp_problem(symbol, words) for symbol in of_cpp))
    shown = {name.split("::")[1] for name in map(qualified_name, of_cpp) if "::" in name}
    for function in sorted(functions - shown):
        yield f"mrcz::{function}: declared in include/mrcz, but not exported"
    print(f"{len(declared)} functions of C, {len(of_cpp)} symbols and {len(functions)} free functions of C++")


def main():
    found = list(problems(Path(sys.argv[1]), Path(sys.argv[2])))
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
