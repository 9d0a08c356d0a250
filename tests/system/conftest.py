"""Skip tests that need AmneziaWG if it isn't installed, and say so in the report."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.system.network import AMNEZIA, Network, need_network

_MISSING = [tool for tool in (AMNEZIA.tool, AMNEZIA.daemon) if shutil.which(tool) is None]

collect_ignore = ["test_amneziawg.py"] if _MISSING else []


def pytest_report_header() -> list[str]:
    """Say which tests are not run: Debian has no package of AmneziaWG."""
    where = "tests/system/test_amneziawg.py, and the app's AmneziaWG in a container"
    return [f"not run: {where}, for want of {' and '.join(_MISSING)}"] if _MISSING else []


@pytest.fixture
def network() -> Iterator[Network]:
    need_network()
    with Network() as network:
        yield network
