"""An older database is upgraded: same schema as a new one, nothing lost, a copy kept, all or nothing."""

from __future__ import annotations

import re
import sqlite3
import stat
from pathlib import Path

import pytest

from lib.errors import DatabaseError
from lib.store import claims, database, trials
from lib.store.config_requests import get_request
from lib.store.configs import find_config, revoke
from lib.store.counters import Sample, last_sample
from lib.store.database import APPLICATION_ID, SCHEMA_VERSION, connect, get_meta, prepare_database, wanted_version
from lib.store.foreign import forget_foreign, list_foreign
from lib.store.invitations import get_invitation, open_code
from lib.store.keeper_notes import Health, read_fact
from lib.store.tickets import open_tickets_of
from lib.store.users import get_user

FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH = (
    Path(__file__).parent / f"schema_{number}.sql" for number in range(1, 7)
)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Make a database of schema 1, with a friend who has a config with a counter and a revoked one."""
    path = tmp_path / "bot_data.db"
    with sqlite3.connect(path) as db:
        db.executescript(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 1; {FIRST.read_text()}")
        db.executescript(
            """INSERT INTO users (id, full_name, language, created_at) VALUES (100, 'Anna', 'en', 5);
               UPDATE users SET state = 'approved';
               INSERT INTO server VALUES (1, 'key', '{}', 'host:1', 0);
               INSERT INTO configs (id, user_id, name, address, public_key, private_key, preshared_key, generation,
                                    created_at)
               VALUES (7, 100, 'Phone', '10.8.0.2', 'A', 'private', 'preshared', 1, 0);
               INSERT INTO configs (id, user_id, name, address, public_key, generation, created_at, revoked_at)
               VALUES (8, 100, 'Laptop', '10.8.0.3', 'B', 1, 0, 9);
               INSERT INTO counters VALUES (7, 1, 2, 3, 4, 'life');
               INSERT INTO stats VALUES (7, '2026-05-01', 10, 20);
               INSERT INTO meta VALUES ('health', '{"up":true,"since":3,"port":51820,"sampled_at":4}');"""
        )
    db.close()
    return path


def shape(path: Path) -> dict[str, object]:
    """Describe a schema: columns of each table in any order, indexes and triggers by their SQL."""
    db = connect(path)
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    columns = {name: sorted(tuple(row)[1:6] for row in db.execute(f"PRAGMA table_info({name})")) for name in tables}
    keys = {name: sorted(tuple(row)[2:6] for row in db.execute(f"PRAGMA foreign_key_list({name})")) for name in tables}
    rest = "SELECT name, sql FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL"
    words = {name: " ".join(re.sub("--.*", "", sql).split()) for name, sql in db.execute(rest)}
    return {"columns": columns, "keys": keys, "words": words}


def people(db: sqlite3.Connection) -> list[dict[str, object]]:
    """Return all users, column by column."""
    rows = db.execute("SELECT * FROM users ORDER BY id")
    names = [column[0] for column in rows.description]
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_it_works(old: Path, tmp_path: Path) -> None:
    assert prepare_database(old) is False
    fresh = tmp_path / "fresh.db"
    prepare_database(fresh)
    assert shape(old) == shape(fresh)
    db = connect(old)
    assert db.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION
    assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert get_user(db, 100).full_name == "Anna"
    assert [tuple(row) for row in db.execute("SELECT id, user_id, private_key FROM configs ORDER BY id")] == [
        (7, 100, "private"), (8, 100, None)
    ]  # fmt: skip
    assert [tuple(row) for row in db.execute("SELECT * FROM stats")] == [(7, "2026-05-01", 10, 20)]
    assert [tuple(row) for row in db.execute("SELECT * FROM counters")] == [(7, 1, 2, 3, "life", 0, 0, None)]
    assert get_meta(db, "sampled") == '[4,"life"]'
    assert last_sample(db) == Sample(4, "life")
    assert read_fact(db, Health) == Health(up=True, since=3, port=51820)
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_from_schema_2_on(tmp_path: Path) -> None:
    path, fresh = tmp_path / "bot_data.db", tmp_path / "fresh.db"
    with sqlite3.connect(path) as db:
        db.executescript(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 2; {SECOND.read_text()}")
        db.executescript(
            """INSERT INTO users (id, full_name, language, created_at) VALUES (100, 'Anna', 'en', 5);
               INSERT INTO server VALUES (1, 'key', '{}', 'host:1', 0);
               INSERT INTO configs (id, user_id, name, address, public_key, generation, created_at)
               VALUES (7, 100, 'Phone', '10.8.0.2', 'A', 1, 0), (8, 100, 'Laptop', '10.8.0.3', 'B', 1, 0);
               UPDATE configs SET revoked_at = 9 WHERE id = 8;
               INSERT INTO networks (config_id, network, changed_at, day)
               VALUES (7, '203.0.113.0/24', 1, '2026-05-01'), (8, '203.0.113.0/24', 1, '2026-05-01');
               INSERT INTO meta
               VALUES ('sampled', '[4,"life"]'), ('health', '{"up":false,"since":3,"sampled_at":4}');"""
        )
    db.close()
    prepare_database(path)
    prepare_database(fresh)
    assert shape(path) == shape(fresh)
    db = connect(path)
    assert [row[0] for row in db.execute("SELECT config_id FROM networks")] == [7]
    assert (last_sample(db), read_fact(db, Health)) == (Sample(4, "life"), Health(up=False, since=3))


def test_from_schema_3_on(tmp_path: Path) -> None:
    path, fresh = tmp_path / "bot_data.db", tmp_path / "fresh.db"
    with sqlite3.connect(path) as db:
        db.executescript(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 3; {THIRD.read_text()}")
        db.executescript(
            """INSERT INTO users (id, full_name, language, app, created_at) VALUES (100, 'Anna', 'en', 'amneziavpn', 5),
                                                                                   (101, 'Борис', 'ru', NULL, 6);
               UPDATE users SET state = 'approved', username = 'anna', captcha_answer = '1', captcha_typed = '2',
                                captcha_tries = 3, captcha_until = 4, awaiting = 'search', reachable = 0,
                                quota_bytes = 7, config_limit = 9, note = 'n', helper = 1, decided_at = 8,
                                decided_by = 1
               WHERE id = 100;
               INSERT INTO config_requests (id, user_id, name, created_at) VALUES (3, 100, 'Phone', 0);
               INSERT INTO server VALUES (1, 'key', '{}', 'host:1', 0);
               INSERT INTO configs (id, user_id, name, address, public_key, generation, created_at)
               VALUES (7, 100, 'Phone', '10.8.0.2', 'A', 1, 0);"""
        )
        before = people(db)
    db.close()
    prepare_database(path)
    prepare_database(fresh)
    assert shape(path) == shape(fresh)
    db = connect(path)
    added = {"captcha_others": 0, "captcha_hour": None, "granted_by": None, "kept_by": None, "said": "",
             "said_count": 0, "speed_kbit": None}  # fmt: skip
    assert people(db) == [person | added for person in before]
    assert db.execute("SELECT user_id FROM configs JOIN users ON users.id = configs.user_id").fetchall()[0][:] == (100,)
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        db.execute("DELETE FROM users WHERE id = 100")
    with pytest.raises(sqlite3.IntegrityError, match=r"illegal change of users\.state"):
        db.execute("UPDATE users SET state = 'blocked' WHERE id = 101")
    db.execute("UPDATE users SET language = 'de', app = 'another' WHERE id = 101")


def test_from_schema_4_on(tmp_path: Path) -> None:
    path, fresh = tmp_path / "bot_data.db", tmp_path / "fresh.db"
    with sqlite3.connect(path) as db:
        db.executescript(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 4; {FOURTH.read_text()}")
        db.executescript(
            """INSERT INTO users (id, full_name, language, created_at) VALUES (100, 'Anna', 'en', 5);
               UPDATE users SET captcha_answer = '23456', captcha_tries = 2, captcha_until = 4;
               INSERT INTO notices VALUES ('complaint:7', 1, 5), ('extend:7', 1, 6), ('request:3', 1, 7);
               INSERT INTO invitations (id, digest, name, with_config, created_at, created_by, expires_at)
               VALUES (1, 'digest', 'Olga', 0, 0, 1, 9);
               INSERT INTO server VALUES (1, 'key', '{}', 'host:1', 0);
               INSERT INTO config_requests (id, user_id, name, created_at) VALUES (3, 100, 'Phone', 0);
               INSERT INTO configs (id, user_id, name, address, public_key, private_key, generation, created_at,
                                    live_since)
               VALUES (7, 100, 'Phone', '10.8.0.2', 'A', 'private', 1, 0, 5),
                      (8, 100, 'Adopted', '10.8.0.3', 'B', NULL, 1, 0, 6),
                      (9, 100, 'Unmade', '10.8.0.4', 'C', 'private', 1, 0, NULL),
                      (10, 100, 'Gone', '10.8.0.5', 'D', NULL, 1, 0, 7);
               UPDATE configs SET revoked_at = 9 WHERE id = 10;"""
        )
    db.close()
    prepare_database(path)
    prepare_database(fresh)
    assert shape(path) == shape(fresh)
    db = connect(path)
    assert [row[0] for row in db.execute("SELECT subject FROM notices")] == ["request:3"]
    assert open_code(db, 1, 0) is None
    db.execute("UPDATE invitations SET code = 'code'")
    with pytest.raises(sqlite3.IntegrityError, match="code"):
        db.execute("UPDATE invitations SET used_at = 1")
    user = get_user(db, 100)
    assert (user.captcha_answer, user.captcha_tries, user.captcha_others, user.captcha_hour) == ("23456", 2, 0, None)
    assert (user.kept_by, user.said, user.said_count) == (None, "", 0)
    assert get_invitation(db, 1).for_user is None
    with pytest.raises(sqlite3.IntegrityError, match="kept_by"):
        db.execute("UPDATE users SET kept_by = 1")
    with pytest.raises(sqlite3.IntegrityError, match="for_user"):
        db.execute("UPDATE invitations SET for_user = 100")
    columns = "id, platform, app, files_sent, connected_at"
    assert [tuple(row) for row in db.execute(f"SELECT {columns} FROM configs ORDER BY id")] == [
        (7, None, None, 1, 5), (8, None, None, 0, 6), (9, None, None, 0, None), (10, None, None, 0, None)
    ]  # fmt: skip
    request = get_request(db, 3)
    assert (request.state, request.platform, request.app) == ("pending", None, None)
    for column in ("platform", "app", "files_sent", "connected_at"):
        with pytest.raises(sqlite3.IntegrityError, match="a revoked config does not change"):
            db.execute(f"UPDATE configs SET {column} = 1 WHERE id = 10")


def test_from_schema_5_on(tmp_path: Path) -> None:
    path = tmp_path / "bot_data.db"
    with sqlite3.connect(path) as db:
        db.executescript(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 5; {FIFTH.read_text()}")
        db.executescript(
            """INSERT INTO users (id, full_name, language, created_at) VALUES (100, 'Anna', 'en', 5);
               UPDATE users SET state = 'approved';
               INSERT INTO server VALUES (1, 'key', '{}', 'host:1', 0);
               INSERT INTO configs (id, user_id, name, address, public_key, private_key, preshared_key, generation,
                                    created_at, platform, files_sent, connected_at)
               VALUES (7, 100, 'Phone', '10.8.0.2', 'A', 'private', 'preshared', 1, 0, 'iphone', 2, 4);
               INSERT INTO counters VALUES (7, 1, 2, 3, 'life');
               INSERT INTO networks (config_id, network, changed_at, day) VALUES (7, '203.0.113.0/24', 1, '2026-11-30');
               INSERT INTO tickets (user_id, kind, text, created_at, sent_at) VALUES (100, 'message', 'Hello', 1, 2);"""
        )
    db.close()
    prepare_database(path)
    fresh = tmp_path / "fresh.db"
    prepare_database(fresh)
    assert shape(path) == shape(fresh)
    db = connect(path)
    config = find_config(db, 7)
    assert config is not None
    assert (config.files_sent, config.connected_at, config.disguise) == (2, 4, None), "files that friends have stay"
    assert tuple(db.execute("SELECT * FROM counters").fetchone()) == (7, 1, 2, 3, "life", 0, 0, None)
    assert get_user(db, 100).said == ""
    assert [ticket.text for ticket in open_tickets_of(db, 100)] == ["Hello"]
    trials.begin_trial(db, 7, None, ["server", "quiet"], (1, 2), 5)
    revoke(db, 7, 6)
    assert trials.find_trial(db, 7) is None
    with pytest.raises(sqlite3.IntegrityError, match="a revoked config does not change"):
        db.execute("UPDATE configs SET disguise = '[]' WHERE id = 7")


def test_from_schema_6_on(tmp_path: Path) -> None:
    path, fresh = tmp_path / "bot_data.db", tmp_path / "fresh.db"
    with sqlite3.connect(path) as db:
        db.executescript(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 6; {SIXTH.read_text()}")
        db.executescript(
            """INSERT INTO users (id, full_name, language, created_at, said) VALUES (100, 'Anna', 'en', 5, 'Hello');
               UPDATE users SET state = 'approved';
               INSERT INTO server VALUES (1, 'key', '{}', 'host:1', 0);
               INSERT INTO configs (id, user_id, name, address, public_key, generation, created_at, disguise)
               VALUES (7, 100, 'Phone', '10.8.0.2', 'A', 1, 0, '["dns", {"Jc": "4"}, 443]');
               INSERT INTO configs (id, user_id, name, address, public_key, private_key, generation, created_at)
               VALUES (8, 100, 'Laptop', '10.8.0.3', 'B', 'P', 1, 0);
               INSERT INTO counters VALUES (7, 1, 2, 3, 'life', 4, 5);
               INSERT INTO stats VALUES (7, '2026-11-30', 10, 20);
               INSERT INTO foreign_peers (public_key, allowed_ips, received, sent, handshake_at, interface_id, seen_at)
               VALUES ('F', '["10.8.0.9/32"]', 1, 2, 3, 'life', 4);"""
        )
    db.close()
    prepare_database(path)
    prepare_database(fresh)
    assert shape(path) == shape(fresh)
    db = connect(path)
    assert get_user(db, 100).speed_kbit is None, "everybody is as fast as before"
    assert tuple(db.execute("SELECT * FROM counters").fetchone()) == (7, 1, 2, 3, "life", 4, 5, None)
    known = db.execute("SELECT public_key, name, port, private_key, expires_at FROM foreign_peers").fetchone()
    assert tuple(known) == ("F", "", None, None, None)
    assert db.execute("SELECT count(*) FROM telegram_days").fetchone()[0] == 0
    given = db.execute("SELECT id, given FROM configs ORDER BY id").fetchall()
    assert [tuple(row) for row in given] == [(7, 1), (8, 0)], "who has no private key was a peer made by hand"
    peer = list_foreign(db, 1, 0)[0]
    version = wanted_version(db)
    claim = claims.add_claim(db, 100, peer, "phone", 5)
    assert wanted_version(db) == version + 1, "the keeper is woken"
    forget_foreign(db, peer.id)
    assert claims.get_claim(db, claim.id).peer_id is None
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        db.execute("UPDATE users SET speed_kbit = -1")


def test_the_checks_of_the_fresh_schema_hold_in_the_upgraded_one(old: Path) -> None:
    prepare_database(old)
    db = connect(old)
    for wrong in (
        "UPDATE users SET config_limit = -1", "UPDATE users SET helper = 2", "UPDATE users SET language = 'English'",
        "UPDATE users SET language = ''", "UPDATE users SET app = ''", "UPDATE configs SET user_id = NULL",
        "UPDATE configs SET address = '10.8.0.9' WHERE id = 8", "UPDATE configs SET user_id = 5",
    ):  # fmt: skip
        with pytest.raises(sqlite3.IntegrityError):
            db.execute(wrong)
    db.execute("UPDATE configs SET user_id = NULL, name = '' WHERE id = 8")


def test_a_copy_of_the_old_one_is_kept_for_us_alone(old: Path) -> None:
    prepare_database(old)
    copy = old.with_name(f"bot_data.db.before-schema-{SCHEMA_VERSION}")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with sqlite3.connect(copy) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == 1
        assert db.execute("SELECT count(*) FROM configs").fetchone()[0] == 2


def test_an_upgrade_that_fails_changes_nothing(old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = tmp_path / "sql" / "migrations"
    steps.mkdir(parents=True)
    step = (database.SQL / "migrations" / "002.sql").read_text()
    (steps / "002.sql").write_text(f"{step}\nDELETE FROM users;")
    monkeypatch.setattr(database, "SQL", tmp_path / "sql")
    with pytest.raises(DatabaseError, match="would break the table"):
        prepare_database(old)
    monkeypatch.undo()
    with sqlite3.connect(old) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == 1
        assert db.execute("SELECT count(*) FROM users").fetchone()[0] == 1
    db.close()
    prepare_database(old)
