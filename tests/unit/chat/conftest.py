"""A desk that the two admins have come to."""

from __future__ import annotations

import sqlite3

import pytest

from lib.settings import Settings
from tests.unit.chat.desk import Desk, open_desk


@pytest.fixture
def desk(db: sqlite3.Connection, settings: Settings) -> Desk:
    return open_desk(db, settings)
