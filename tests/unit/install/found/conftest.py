"""A machine with nothing on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.install.found.engine import Engine
from tests.unit.install.found.layouts import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    for folder in ("docker", "root"):
        (tmp_path / folder).mkdir()
    return Machine(Engine(tmp_path / "docker"), tmp_path / "root", {})
