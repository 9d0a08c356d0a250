"""A fresh database for each test: a file, because the pragmas that matter need one."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.settings import Settings
from lib.store.database import connect, prepare_database
from tests.unit.bot_settings import make_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database without a row, to be copied: that takes a tenth of making one."""
    path = tmp_path_factory.mktemp("blank") / "bot_data.db"
    prepare_database(path)
    return path


@pytest.fixture
def db(settings: Settings, blank: Path) -> Iterator[sqlite3.Connection]:
    shutil.copy(blank, settings.database)
    connection = connect(settings.database)
    yield connection
    connection.close()
