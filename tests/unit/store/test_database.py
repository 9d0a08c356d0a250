"""The file is created once, guarded, and refused with an explanation if it is not what it should be."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from lib.errors import DatabaseError
from lib.store.database import connect, get_meta, prepare_database, put_meta, transaction


def test_it_works(tmp_path: Path) -> None:
    path = tmp_path / "bot_data.db"
    assert prepare_database(path) is True
    tables = {row[0] for row in connect(path).execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    expected = {"users", "config_requests", "configs", "stats", "counters", "outbox", "notices", "audit", "server"}
    assert expected <= tables
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "bot_data.db"
    prepare_database(path)
    before = path.read_bytes()
    assert prepare_database(path) is False
    assert path.read_bytes() == before


def test_the_promised_pragmas_hold(db: sqlite3.Connection) -> None:
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    assert [db.execute(f"PRAGMA {name}").fetchone()[0] for name in names] == ["wal", 2, 1, 1]


def test_a_creation_that_was_cut_off_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "bot_data.db"
    path.touch()
    assert prepare_database(path) is True


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "bot_data.db"
    path.write_text("my shopping list, long enough to be read as a header of something\n" * 20)
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="not a database"):
        prepare_database(path)
    assert path.read_bytes() == before


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "bot_data.db"
    with sqlite3.connect(path) as foreign:
        foreign.execute("CREATE TABLE recipes (id)")
    with pytest.raises(DatabaseError, match="another program"):
        prepare_database(path)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bot_data.db"
    prepare_database(path)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(DatabaseError, match=r"newer bot \(schema 99"):
        prepare_database(path)


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="No such file or directory"):
        prepare_database(tmp_path / "nowhere" / "bot_data.db")


def test_an_unwritable_folder_is_said() -> None:
    with pytest.raises(DatabaseError, match=r"/proc/bot_data\.db: can't be used"):
        prepare_database(Path("/proc/bot_data.db"))


def test_a_transaction_is_whole_or_nothing(db: sqlite3.Connection) -> None:
    def break_off() -> None:
        with transaction(db):
            put_meta(db, "a", "1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert get_meta(db, "a") is None
    with transaction(db):
        put_meta(db, "a", "2")
    assert get_meta(db, "a") == "2"


def test_a_commit_that_fails_leaves_no_transaction_open(db: sqlite3.Connection) -> None:
    def refer_to_nobody() -> None:
        with transaction(db):
            db.execute("PRAGMA defer_foreign_keys = ON")
            db.execute("INSERT INTO config_requests (user_id, name, created_at) VALUES (5, 'x', 0)")

    with pytest.raises(sqlite3.IntegrityError):
        refer_to_nobody()
    assert not db.in_transaction




def test_deleted_content_is_overwritten_however_sqlite_was_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Careless(sqlite3.Connection):
        """Like an SQLite compiled without secure deletion."""

        def __init__(self, *args: object, **more: object) -> None:
            super().__init__(*args, **more)  # type: ignore[arg-type]
            self.execute("PRAGMA secure_delete = OFF")

    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **more: real(*args, factory=Careless, **more))
    with closing(connect(tmp_path / "bot_data.db", create=True)) as db:
        assert db.execute("PRAGMA secure_delete").fetchone()[0] == 1
