"""What the panel shows of the database: each config's state, this month's traffic, and never a private key."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lib.demo.backstage.bot_database import read_database, wanted_keys
from lib.store.database import prepare_database

NOW = 1_795_000_000  # 18 November 2026
EVIL = "<b>&\u202e" + "x" * 500


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "bot_data.db"
    prepare_database(path)
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO server VALUES (1, 'S', '{}', 'h:1', 0)")
        for user, name in ((1, "Anna"), (2, EVIL)):
            db.execute(
                "INSERT INTO users (id, full_name, language, created_at) VALUES (?, ?, 'en', ?)", (user, name, user)
            )
            db.execute("UPDATE users SET state = 'approved' WHERE id = ?", (user,))
        db.execute("UPDATE users SET state = 'blocked' WHERE id = 2")
        db.execute("INSERT INTO config_requests (user_id, name, created_at) VALUES (1, 'Phone', 0)")
        for number, user in enumerate((1, 1, 1, 1, 2), 1):
            db.execute(
                """INSERT INTO configs (id, user_id, name, address, public_key, private_key, preshared_key, generation,
                                        created_at)
                   VALUES (?, ?, ?, ?, ?, ?, ?, 1, 0)""",
                (number, user, f"c{number}", f"10.8.0.{number}", f"public{number}", "SECRET", "SECRET"),
            )
        db.execute("UPDATE configs SET paused_at = 1 WHERE id = 2")
        db.execute("UPDATE configs SET expires_at = ? WHERE id = 3", (NOW,))
        db.execute("UPDATE configs SET revoked_at = 1, private_key = NULL, preshared_key = NULL WHERE id = 4")
        days = (("2026-10-31", 1, 2), ("2026-11-01", 10, 20), ("2026-11-18", 100, 200))
        db.executemany("INSERT INTO stats VALUES (1, ?, ?, ?)", days)
    return path


def test_it_works(file: Path) -> None:
    seen = read_database(file, NOW, "UTC")
    assert [(one["name"], one["state"]) for one in seen["people"]] == [(EVIL, "blocked"), ("Anna", "approved")]
    assert seen["requests"] == [{"name": "Phone", "owner": "Anna", "state": "pending"}]
    reasons = {config["name"]: config["off_reason"] for config in seen["configs"]}
    assert reasons == {"c5": "blocked", "c3": "expired", "c2": "paused", "c1": None, "c4": "revoked"}
    assert list(reasons)[-1] == "c4", "deleted configs come last"
    assert (seen["waiting"], seen["month"], seen["total"]) == (0, [110, 220], [111, 222])
    assert "SECRET" not in json.dumps(seen)


def test_a_config_whose_owner_was_deleted_has_no_owner(file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("UPDATE configs SET user_id = NULL WHERE id = 4")
    seen = {config["name"]: config for config in read_database(file, NOW, "UTC")["configs"]}
    assert (seen["c4"]["owner"], seen["c4"]["off_reason"]) == (None, "revoked")


def test_the_time_zone_chosen_in_the_bot_decides_when_a_month_begins(file: Path) -> None:
    new_month = int(datetime(2026, 11, 30, 22, tzinfo=ZoneInfo("UTC")).timestamp())
    assert read_database(file, new_month, "UTC")["month"] == [110, 220]
    with sqlite3.connect(file) as db:
        db.execute("INSERT INTO preferences VALUES ('TIMEZONE', 'Europe/Moscow')")
    assert read_database(file, new_month, "UTC")["month"] == [0, 0]


@pytest.mark.parametrize("content", [None, b""])
def test_a_database_that_does_not_exist_yet_is_empty(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bot_data.db"
    if content is not None:
        path.write_bytes(content)
    assert read_database(path, NOW, "")["people"] == []
    assert path.exists() == (content is not None), "reading creates no file"


def test_only_the_newest_people_are_shown(file: Path) -> None:
    with sqlite3.connect(file) as db:
        people = [(number, f"n{number}", number) for number in range(100, 10_100)]
        db.executemany("INSERT INTO users (id, full_name, language, created_at) VALUES (?, ?, 'en', ?)", people)
    seen = read_database(file, NOW, "UTC")["people"]
    assert [one["name"] for one in seen][:2] == ["n10099", "n10098"]
    assert len(seen) == 8


def test_wanted_keys_are_read_from_the_peers_file(tmp_path: Path) -> None:
    path = tmp_path / "peers"
    assert wanted_keys(path) == set()
    path.write_text("[Peer]\nPublicKey = A=\nPresharedKey = B=\nAllowedIPs = 10.8.0.2/32\n\n[Peer]\nPublicKey = C=\n")
    assert wanted_keys(path) == {"A=", "C="}
