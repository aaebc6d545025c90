"""The wheel: what tools/build_wheel.sh makes works in an environment that holds nothing else."""

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MRCZ"))}


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), env=CLEAN, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    variables = {**CLEAN, "PYTHON": sys.executable, "WHEEL_TOOLS": str(Path(sys.executable).parent)}
    done = subprocess.run([str(PROJECT / "tools" / "build_wheel.sh"), str(folder)], env=variables, capture_output=True, text=True)
    if "No matching distribution" in done.stderr or "Could not fetch" in done.stderr:
        pytest.skip("no package index to build from")
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("clean") / "environment"
    venv.create(folder, with_pip=True)
    run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel)
    return folder / "bin"


def test_the_wheel_holds_package_types_and_licence_and_no_sources(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in ("mrcz/__init__.py", "mrcz/__init__.pyi", "mrcz/py.typed", "mrcz/_core.pyi", "mrcz/stack.py"):
        assert wanted in names
    assert any(name.startswith("mrcz/_core") and name.endswith(".so") for name in names)
    assert any(name.endswith("LICENSE") for name in names)
    assert [name for name in names if name.endswith((".cpp", ".hpp", "CMakeLists.txt"))] == []


def test_it_needs_nothing_of_the_system_but_what_every_linux_has(wheel):
    assert "manylinux" in wheel.name, wheel.name
    bundled = {re.match(r"lib\w+", Path(name).name)[0] for name in zipfile.ZipFile(wheel).namelist() if ".libs/lib" in name}
    assert {"libzstd", "liblz4", "libtiff"} <= bundled


def test_licences_of_what_it_bundles_come_along(wheel):
    archive = zipfile.ZipFile(wheel)
    licences = {Path(name).name: archive.read(name) for name in archive.namelist() if "/licenses/bundled/" in name}
    bundled = {Path(name).name for name in archive.namelist() if ".libs/lib" in name}
    assert len(licences) == len(bundled) - 1, "all but the stand-in for libjbig"
    assert all(b"icen" in text for text in licences.values())
    (jbig,) = (name for name in archive.namelist() if ".libs/libjbig" in name)
    assert b"this build has no JBIG" in archive.read(jbig)


def test_readmes_lines_run_in_a_clean_environment(installed, tmp_path, projections):
    listed = run(installed / "python", "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check")
    assert {line.partition("==")[0] for line in listed.split()} <= {"libmrcz", "numpy", "pip", "setuptools", "wheel"}
    (tmp_path / "movie.mrcs").write_bytes(projections.read_bytes())
    run(installed / "mrcz", "compress", "movie.mrcs", "-o", "movie.mrcz", cwd=tmp_path)
    lines = re.findall(r"```python\n(.*?)```", (PROJECT / "README.md").read_text(), re.S)
    (tmp_path / "program.py").write_text("\n".join(lines))
    assert "(40, 135, 160)" in run(installed / "python", "program.py", cwd=tmp_path)


def test_the_command_comes_along(installed, tmp_path, projections):
    assert re.match(r"mrcz \d+\.\d+", run(installed / "mrcz", "--version"))
    run(installed / "mrcz", "compress", projections, "-o", tmp_path / "a.mrcz")
    run(installed / "mrcz", "decompress", tmp_path / "a.mrcz", "-o", tmp_path / "a.mrcs")
    assert (tmp_path / "a.mrcs").read_bytes() == projections.read_bytes()
