"""A company for each test, and settings for tests without one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.settings import Settings
from tests.company import Company
from tests.integration.small_disk import SmallDisk
from tests.unit.bot_settings import make_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    with Company(tmp_path) as company:
        yield company


@pytest.fixture
def settled(company: Company) -> Company:
    """A friend with a config."""
    company.let_in(company.friend)
    company.give_config(company.friend)
    return company


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    disk = SmallDisk(tmp_path / "disk")
    yield disk
    disk.unmount()
