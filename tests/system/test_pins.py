"""The pinned versions exist for the oldest and the newest Python, for the bot, its tests and their tools."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("version", ["3.10", "3.13"])
@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_it_works(version: str, file: str, tmp_path: Path) -> None:
    words = ["install", "--dry-run", "--ignore-installed", "--no-deps", "--only-binary=:all:"]
    place = ["--python-version", version, "--target", str(tmp_path), "-r", str(ROOT / file)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *words, *place], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
