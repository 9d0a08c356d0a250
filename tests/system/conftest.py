"""Leave out what needs AmneziaWG itself, or docker's daemon, where that is not there, and say so in the report."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.network import AMNEZIA, Network, need_network

_MISSING = [tool for tool in (AMNEZIA.tool, AMNEZIA.daemon) if shutil.which(tool) is None]

_NO_DOCKER = not (os.environ.get("DOCKER_HOST") or Path("/run/docker.sock").exists())

collect_ignore = [*(["test_amneziawg.py"] if _MISSING else []), *(["test_real_docker.py"] if _NO_DOCKER else [])]


def pytest_report_header() -> list[str]:
    """Say what is not run here: Debian has no package of AmneziaWG, and no test starts a daemon of docker's."""
    lines = [f"not run: tests/system/test_amneziawg.py, for want of {' and '.join(_MISSING)}"] if _MISSING else []
    return [*lines, *(["not run: tests/system/test_real_docker.py, for want of docker's daemon"] if _NO_DOCKER else [])]


@pytest.fixture
def network() -> Iterator[Network]:
    need_network()
    with Network() as network:
        yield network
