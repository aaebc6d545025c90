#!/usr/bin/env python3
"""Installs what was built into a folder of its own and uses it as others will.

usage: install_test.py BUILD SOURCE WHAT

WHAT is `files`: everything is where it belongs, and every header compiles alone; or `c`, `cpp`, `fortran`: the example
of examples/WHAT is built by CMake and by make with pkg-config, against the installed package moved to another place, and
gives what is expected. Exits 77, having said why, where a tool is missing.
"""

import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

TESTDATA = Path(os.environ["MRCZ_TESTDATA"])
SKIPPED = 77
COMPILERS = {"c": os.environ["MRCZ_CC"], "cpp": os.environ["MRCZ_CXX"], "fortran": "gfortran"}
EXPECTED_FILES = """bin/mrcz
include/mrcz/mrcz.h
include/mrcz/export.h
include/mrcz/reader.hpp
include/mrcz/version.hpp
LIB/libmrcz.so
LIB/libmrcz.so.MAJOR
LIB/libmrcz.so.VERSION
LIB/cmake/mrcz/mrczConfig.cmake
LIB/cmake/mrcz/mrczConfigVersion.cmake
LIB/cmake/mrcz/mrczTargets.cmake
LIB/pkgconfig/mrcz.pc
share/man/man1/mrcz.1
share/bash-completion/completions/mrcz
share/zsh/site-functions/_mrcz
share/fish/vendor_completions.d/mrcz.fish""".split()


class Failed(Exception):
    pass


def require(condition, what):
    if not condition:
        raise Failed(what)


def run(*command, **settings):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **settings)
    require(done.returncode == 0, f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def installed(build, folder):
    """Moved after it was installed: what it was configured for must not matter."""
    run("cmake", "--install", build, "--prefix", folder / "first")
    (folder / "first").rename(folder / "package")
    return folder / "package"


def library_folder(package):
    found = sorted(package.glob("lib*/**/libmrcz.so"))
    require(len(found) == 1, f"libmrcz.so is there {len(found)} times")
    return found[0].parent


def environment(package):
    libraries = library_folder(package)
    return {
        **os.environ,
        "PKG_CONFIG_PATH": str(libraries / "pkgconfig"),
        "LD_LIBRARY_PATH": str(libraries),
        "CC": COMPILERS["c"],
        "CXX": COMPILERS["cpp"],
        "CFLAGS": "-std=c99 -O2 -Wall -Wextra -Werror -pedantic",
        "CXXFLAGS": "-O1 -Wall -Wextra -Werror -pedantic",
        "FFLAGS": "-O1 -Wall -Wextra -Werror",
    }


# --- files ------------------------------------------------------------------------------------------------------------


def version_in(source):
    return re.search(r"project\(mrcz VERSION ([0-9.]+)", (source / "CMakeLists.txt").read_text()).group(1)


def check_files(package, source):
    libraries, version = library_folder(package), version_in(source)
    names = {"LIB": str(libraries.relative_to(package)), "VERSION": version, "MAJOR": version.split(".")[0]}
    for pattern in EXPECTED_FILES:
        name = re.sub("LIB|VERSION|MAJOR", lambda found: names[found.group()], pattern)
        require((package / name).exists(), f"{name} is not installed")
    require(not list(package.rglob("*.a")), "a static library is installed, whose dependencies nothing tells of")
    dynamic = run("readelf", "-d", libraries / "libmrcz.so")
    require(f"[libmrcz.so.{names['MAJOR']}]" in dynamic, f"its SONAME is not libmrcz.so.{names['MAJOR']}:\n{dynamic}")
    require("RPATH" not in dynamic and "RUNPATH" not in dynamic, "libmrcz.so has a path of the machine that built it")
    require(run("pkg-config", "--modversion", "mrcz", env=environment(package)).strip() == version, "version in mrcz.pc")
    for file in [*libraries.rglob("*.cmake"), *libraries.rglob("*.pc")]:
        require(str(source) not in file.read_text(), f"{file.name} names the folder of the sources")


def check_headers(package, folder):
    for header in sorted((package / "include/mrcz").iterdir()):
        language = "c" if header.suffix == ".h" else "c++"
        file = folder / f"{header.name}.{'c' if language == 'c' else 'cpp'}"
        file.write_text(f"#include <mrcz/{header.name}>\n#include <mrcz/{header.name}>\nextern int used;\n")
        compiler, standard = (COMPILERS["c"], "c99") if language == "c" else (COMPILERS["cpp"], "c++20")
        run(compiler, f"-std={standard}", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-pedantic",
            "-I", package / "include", file)  # fmt: skip


def check_versions(package, folder):
    """find_package() accepts what is compatible, and nothing else."""
    for asked, fits in (("1.0", True), ("2.0", False)):
        project = folder / f"asks-{asked}"
        project.mkdir()
        (project / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.16)\nproject(asks LANGUAGES CXX)\n"
            f"find_package(mrcz {asked} CONFIG REQUIRED)\n"
        )
        done = subprocess.run(
            ["cmake", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={package}"], capture_output=True
        )
        require((done.returncode == 0) == fits, f"find_package(mrcz {asked}) gave {done.returncode}")


def test_files(package, source, folder):
    check_files(package, source)
    check_headers(package, folder)
    check_versions(package, folder)


# --- examples ---------------------------------------------------------------------------------------------------------


def expected_lines(path):
    """What the examples tell of a plain file of mode 6, from its bytes."""
    data = path.read_bytes()
    columns, rows, frames, mode = struct.unpack("<4i", data[:16])
    require(mode == 6, "the file of the test is not as the test knows it")
    middle, pixels = frames // 2, columns * rows
    start = 1024 + middle * 2 * pixels
    total = sum(struct.unpack(f"<{pixels}H", data[start : start + 2 * pixels]))
    return [f"{frames} frames of {rows} rows and {columns} columns, uint16", f"frame {middle}: sum {total}"]


def check_program(program, package, folder, name):
    stack, output = TESTDATA / "projections.mrcs", folder / f"{name}.mrcz"
    lines = run(program, stack, output, env=environment(package)).splitlines()
    require(lines[:2] == expected_lines(stack), f"{name} tells {lines}")
    require(lines[2:] == [f"wrote it: {output.stat().st_size} bytes"], f"{name} tells {lines}")
    run(package / "bin/mrcz", "verify", output)
    again = subprocess.run([program, stack, output], capture_output=True, text=True, env=environment(package))
    require(again.returncode == 2 and "exists" in again.stderr, f"{name}: an existing file: {again}")
    missing = subprocess.run([program, folder / "none", output], capture_output=True, text=True, env=environment(package))
    require(missing.returncode == 2 and "none: " in missing.stderr, f"{name}: a missing file: {missing}")
    print(f"{name}: {'; '.join(lines)}")


def built_by_cmake(source, package, folder):
    # As users call it: the flags of this test are for make.
    clean = {key: value for key, value in environment(package).items() if not key.endswith("FLAGS")}
    run("cmake", "-S", source, "-B", folder / "by-cmake", f"-DCMAKE_PREFIX_PATH={package}", env=clean)
    run("cmake", "--build", folder / "by-cmake", env=clean)
    return folder / "by-cmake/look"


def built_by_make(source, package, folder):
    shutil.copytree(source, folder / "by-make")
    run("make", "-C", folder / "by-make", env=environment(package))
    return folder / "by-make/look"


def check_fortran_bindings(package, source, folder):
    """Every function of examples/fortran/mrcz.f90, called."""
    module, program = source / "examples/fortran/mrcz.f90", source / "tests/install/bindings.f90"
    libraries = run("pkg-config", "--libs", "mrcz", env=environment(package)).split()
    run("gfortran", "-std=f2018", "-Wall", "-Wextra", "-Werror", "-ffree-line-length-none",
        module, program, *libraries, "-o", "bindings", cwd=folder)  # fmt: skip
    told = run(folder / "bindings", TESTDATA / "projections.mrcs", folder, env=environment(package))
    require(told == "all hold\n", told)
    bound = set(re.findall(r"(?:function|subroutine) (mrcz_\w+)\(", module.read_text()))
    texts = program.read_text() + (source / "examples/fortran/look.f90").read_text()
    uncalled = sorted(bound - set(re.findall(r"mrcz_\w+", texts)))
    require(not uncalled, f"bound, but never called: {', '.join(uncalled)}")


def test_example(language, package, source, folder):
    example = source / "examples" / language
    if language == "c":
        check_documents(package, source, folder)
    if language == "fortran":
        check_fortran_bindings(package, source, folder)
    if (example / "CMakeLists.txt").exists():
        check_program(built_by_cmake(example, package, folder), package, folder, "by CMake")
    check_program(built_by_make(example, package, folder), package, folder, "by make and pkg-config")


def check_documents(package, source, folder):
    """The lines of C that documents show compile as they stand there."""
    for document in ("README.md", "docs/c-api.md"):
        blocks = re.findall(r"^```c\n(.*?)^```", (source / document).read_text(encoding="utf-8"), re.M | re.S)
        require(blocks, f"{document} shows no C")
        for block in blocks:
            file = folder / "document.c"
            lines = block.splitlines()
            includes = ["#include <stdio.h>", "#include <stdlib.h>", *(line for line in lines if line.startswith("#"))]
            body = [line for line in lines if not line.startswith("#")]
            file.write_text("\n".join([*includes, "int main(void) {", *body, "return 0;", "}", ""]))
            run(COMPILERS["c"], "-std=c99", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-pedantic",
                "-I", package / "include", file)  # fmt: skip


def missing_tools(what):
    needed = {"files": ["pkg-config", "readelf"]}.get(what, ["make", "pkg-config", COMPILERS.get(what, "cc")])
    return [tool for tool in needed if shutil.which(tool) is None]


def main():
    build, source, what = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    missing = missing_tools(what)
    if missing:
        print(f"skipped: there is no {', no '.join(missing)}")
        return SKIPPED
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        package = installed(build, folder)
        try:
            if what == "files":
                test_files(package, source, folder)
            else:
                test_example(what, package, source, folder)
        except Failed as failure:
            print(failure)
            return 1
    print(f"{what}: as it should be")
    return 0


if __name__ == "__main__":
    sys.exit(main())
