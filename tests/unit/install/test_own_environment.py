"""The environment that `./install.sh demo` and `test` make for themselves beside the code."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.company import ROOT

PYTHON = """#!/bin/sh
case "$*" in
    *"-m venv --clear "*)
        rm -rf "$4"
        mkdir -p "$4/bin"
        cp "$0" "$4/bin/python"
        echo made
        ;;
    *"-m pip install "*)
        echo installs
        if [ -e FOLDER/dies ]; then kill -KILL $PPID; fi
        ;;
    *" demo") echo runs ;;
esac
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy install.sh; its Python only says what it is asked for, and its pip dies with the installer on demand."""
    shutil.copy(ROOT / "install.sh", tmp_path)
    shutil.copytree(ROOT / "lib/install", tmp_path / "lib/install")
    (tmp_path / "requirements.txt").write_text("qrcode\n")
    python = tmp_path / "bin/python3"
    python.parent.mkdir()
    python.write_text(PYTHON.replace("FOLDER", str(tmp_path)))
    python.chmod(0o755)
    return tmp_path


def run(folder: Path) -> list[str]:
    """Run `./install.sh demo`; return what its Python did."""
    done = subprocess.run(
        ["sh", str(folder / "install.sh"), "demo"], env={"PATH": f"{folder}/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    return [word for word in done.stdout.split("\n") if word in ("made", "installs", "runs")]


def test_it_works(folder: Path) -> None:
    assert run(folder) == ["made", "installs", "runs"]
    assert run(folder) == ["runs"]


def test_new_requirements_are_added(folder: Path) -> None:
    run(folder)
    (folder / "requirements.txt").write_text("qrcode\npillow\n")
    assert run(folder) == ["installs", "runs"]


def test_what_was_cut_off_is_made_anew(folder: Path) -> None:
    """Pip takes a package that is there by half for installed."""
    (folder / "dies").touch()
    assert run(folder) == ["made", "installs"]
    (folder / "dies").unlink()
    assert run(folder) == ["made", "installs", "runs"]
    assert run(folder) == ["runs"]
