"""A fresh database for each test: a file, because the pragmas that matter need one."""

from __future__ import annotations

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


@pytest.fixture
def db(settings: Settings) -> Iterator[sqlite3.Connection]:
    prepare_database(settings.database)
    connection = connect(settings.database)
    yield connection
    connection.close()
