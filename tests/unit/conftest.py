"""A fresh database in memory's place: a file, because the pragmas that matter need one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.settings import Settings, read_settings
from lib.store.database import connect, prepare_database

ADMIN, SECOND_ADMIN, FRIEND, STRANGER = 1, 2, 100, 101
TOKEN = "123456:AAAA-test-token-that-is-long-enough"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings(
        {
            "BOT_TOKEN": TOKEN,
            "ADMIN_IDS": f"{ADMIN}, {SECOND_ADMIN}",
            "SERVER_ENDPOINT": "vpn.example.org",
            "DATABASE": str(tmp_path / "bot_data.db"),
            "TIMEZONE": "Europe/Moscow",
            "LANGUAGE": "ru",
            "CLIENT_DNS_CHOICES": "Family = 1.1.1.3, 1.0.0.3",
            "CLIENT_ROUTE_CHOICES": "Home = 192.168.0.0/16, fd00::/8",
        }
    )


@pytest.fixture
def db(settings: Settings) -> Iterator[sqlite3.Connection]:
    prepare_database(settings.database)
    connection = connect(settings.database)
    yield connection
    connection.close()
