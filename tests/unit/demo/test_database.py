"""What the stage says of the database: each config's fate, the month's sum, and never a key."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lib.demo import database
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
    seen = database.look(file, NOW, "UTC")
    assert [(one["name"], one["state"]) for one in seen["people"]] == [(EVIL, "blocked"), ("Anna", "approved")]
    assert seen["requests"] == [{"name": "Phone", "owner": "Anna", "state": "pending"}]
    fates = {config["name"]: config["hindrance"] for config in seen["configs"]}
    assert fates == {"c5": "blocked", "c3": "expired", "c2": "paused", "c1": None, "c4": "revoked"}
    assert list(fates)[-1] == "c4", "what is gone for good stands last"
    assert (seen["waiting"], seen["month"], seen["total"]) == (0, [110, 220], [111, 222])
    assert "SECRET" not in json.dumps(seen)


def test_what_a_friend_left_behind_has_no_owner(file: Path) -> None:
    with sqlite3.connect(file) as db:
        db.execute("UPDATE configs SET user_id = NULL WHERE id = 4")
    seen = {config["name"]: config for config in database.look(file, NOW, "UTC")["configs"]}
    assert (seen["c4"]["owner"], seen["c4"]["hindrance"]) == (None, "revoked")


def test_the_zone_of_the_chat_decides_where_a_month_begins(file: Path) -> None:
    turn = int(datetime(2026, 11, 30, 22, tzinfo=ZoneInfo("UTC")).timestamp())
    assert database.look(file, turn, "UTC")["month"] == [110, 220]
    with sqlite3.connect(file) as db:
        db.execute("INSERT INTO preferences VALUES ('TIMEZONE', 'Europe/Moscow')")
    assert database.look(file, turn, "UTC")["month"] == [0, 0]


@pytest.mark.parametrize("content", [None, b""])
def test_a_database_that_is_not_there_yet_is_empty(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bot_data.db"
    if content is not None:
        path.write_bytes(content)
    assert database.look(path, NOW, "")["people"] == []
    assert path.exists() == (content is not None), "a look makes no file"


def test_of_many_the_newest_are_shown(file: Path) -> None:
    with sqlite3.connect(file) as db:
        people = [(number, f"n{number}", number) for number in range(100, 10_100)]
        db.executemany("INSERT INTO users (id, full_name, language, created_at) VALUES (?, ?, 'en', ?)", people)
    seen = database.look(file, NOW, "UTC")["people"]
    assert [one["name"] for one in seen][:2] == ["n10099", "n10098"]
    assert len(seen) == 8


@pytest.mark.parametrize(
    ("now", "zone", "turn"),
    [
        ("2026-11-18T12:00+00:00", "UTC", "2026-12-01T00:00+00:00"),
        ("2026-12-31T22:30+00:00", "Europe/Moscow", "2027-01-31T21:00+00:00"),
        ("2026-12-31T20:59:59+00:00", "Europe/Moscow", "2026-12-31T21:00+00:00"),
        ("2026-10-10T00:00+00:00", "Europe/Berlin", "2026-10-31T23:00+00:00"),
        ("2026-01-31T00:00+00:00", "no such zone", None),
    ],
)
def test_the_next_month_is_found_in_every_zone(now: str, zone: str, turn: str | None) -> None:
    found = database.next_month(datetime.fromisoformat(now).timestamp(), zone)
    assert turn is None or found == datetime.fromisoformat(turn).timestamp()
    assert found > datetime.fromisoformat(now).timestamp()


def test_wanted_peers_are_read_from_the_file_of_the_reboot(tmp_path: Path) -> None:
    path = tmp_path / "peers"
    assert database.wanted_keys(path) == set()
    path.write_text("[Peer]\nPublicKey = A=\nPresharedKey = B=\nAllowedIPs = 10.8.0.2/32\n\n[Peer]\nPublicKey = C=\n")
    assert database.wanted_keys(path) == {"A=", "C="}
