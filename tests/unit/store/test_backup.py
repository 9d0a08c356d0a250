"""A backup is whole, sound and private, or it is not there; a restore never loses what was in its place."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from pathlib import Path

import pytest

from lib.errors import DatabaseError
from lib.settings import Settings
from lib.store.backup import KEPT, check_backup, make_backup, make_nightly, restore
from lib.store.database import connect, put_meta, transaction
from lib.store.owner import sole_owner
from lib.store.users import add_user, find_user


@pytest.fixture
def database(db: sqlite3.Connection, settings: Settings) -> Path:
    with transaction(db):
        add_user(db, 100, None, "Anna", "en", 1)
    return settings.database


def names(path: Path) -> list[str]:
    db = sqlite3.connect(path)
    try:
        return [name for (name,) in db.execute("SELECT full_name FROM users ORDER BY id")]
    finally:
        db.close()


def test_it_works(database: Path, db: sqlite3.Connection, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    make_backup(database, target)
    assert names(target) == ["Anna"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("copy*")] == ["copy.db"], "one file"
    with transaction(db):
        add_user(db, 101, None, "Boris", "ru", 2)
    db.close()
    kept = restore(target, database)
    assert names(database) == ["Anna"]
    assert kept is not None
    assert names(kept) == ["Anna", "Boris"]


def test_a_copy_is_consistent_while_somebody_writes(database: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        own = connect(database)
        number = 1000
        while not stop.is_set():
            with transaction(own):  # always both or none
                add_user(own, number, None, "one", "en", 1)
                add_user(own, number + 1, None, "other", "en", 1)
            number += 2
        own.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for at in range(10):
            target = tmp_path / f"copy{at}.db"
            make_backup(database, target)
            check_backup(target)
            assert len(names(target)) % 2 == 1
    finally:
        stop.set()
        writer.join()


def test_the_newest_nightly_copies_are_kept(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    (tmp_path / "backups").mkdir()
    (folder / "mine.db").write_text("not the bot's to delete")
    for day in range(1, 20):
        make_nightly(database, folder, f"2026-11-{day:02}")
    found = sorted(path.name for path in folder.iterdir())
    assert found == [*(f"bot_data-2026-11-{day:02}.db" for day in range(20 - KEPT, 20)), "mine.db"]


def test_a_failed_copy_leaves_the_last_one(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    make_backup(database, target)
    good = target.read_bytes()
    with pytest.raises(DatabaseError, match="backup failed"):
        make_backup(tmp_path / "nowhere.db", target)
    assert target.read_bytes() == good
    assert not list(tmp_path.glob(".*"))


def test_a_damaged_database_makes_no_backup(database: Path, db: sqlite3.Connection, tmp_path: Path) -> None:
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = database.stat().st_size
    with database.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff" * 8192)
    with pytest.raises(DatabaseError, match=r"failed|damaged|sound"):
        make_backup(database, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def other_program(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE recipes (id)")


def newer_bot(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.write_text("shopping list " * 100), "no sound database"),
        (lambda path: path.write_bytes(b""), "no database of this bot"),
        (lambda path: path.unlink(), "no sound database"),
        (lambda path: (path.unlink(), other_program(path)), "no database of this bot"),
        (newer_bot, "newer bot"),
        (lambda path: os.truncate(path, path.stat().st_size // 2), "sound|damaged"),
    ],
    ids=["text", "empty", "missing", "another program's", "newer", "cut short"],
)
def test_a_bad_file_is_refused_with_nothing_touched(
    database: Path, db: sqlite3.Connection, tmp_path: Path, spoil: object, words: str
) -> None:
    target = tmp_path / "copy.db"
    make_backup(database, target)
    spoil(target)  # type: ignore[operator]
    db.close()
    before = database.read_bytes()
    with pytest.raises(DatabaseError, match=words):
        restore(target, database)
    assert database.read_bytes() == before
    assert not list(tmp_path.glob("*before-restore*"))


def test_nothing_is_restored_under_a_running_bot(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    make_backup(database, target)
    with sole_owner(database), pytest.raises(DatabaseError, match="another copy of the bot"):
        restore(target, database)


def test_a_damaged_database_is_kept_as_it_is_and_replaced(
    database: Path, db: sqlite3.Connection, tmp_path: Path
) -> None:
    target = tmp_path / "copy.db"
    make_backup(database, target)
    db.close()
    database.write_bytes(b"ruined" * 1000)
    kept = restore(target, database)
    assert kept is not None
    assert kept.read_bytes() == b"ruined" * 1000
    assert names(database) == ["Anna"]


def test_a_restore_where_there_was_nothing_makes_a_database_to_work_with(
    database: Path, db: sqlite3.Connection, tmp_path: Path
) -> None:
    target = tmp_path / "copy.db"
    make_backup(database, target)
    new = tmp_path / "elsewhere" / "bot_data.db"
    new.parent.mkdir()
    assert restore(target, new) is None
    own = connect(new)
    with transaction(own):
        put_meta(own, "works", "1")
    assert find_user(own, 100)
    assert own.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    own.close()


def test_old_copies_and_what_a_kill_left_of_an_encrypted_one_are_pruned(database: Path, tmp_path: Path) -> None:
    folder, now = database.parent, time.time()
    old = ["bot_data.db.before-restore-20260101-000000", "bot_data.db.before-schema-4", "before-update.db", ".backup-x"]
    kept = [f"{name}-new" for name in old[:2]] + [".backup-now"]
    for name in (*old, *kept):
        path = folder / name.replace("bot_data.db", database.name)
        if name.startswith(".backup"):
            path.mkdir()
            (path / "bot_data.db").write_text("plain")
        else:
            path.write_text("a copy")
        os.utime(path, (now, now - (0 if name in kept else (KEPT + 1) * 86400)))
    make_nightly(database, tmp_path / "backups", "2026-05-28")
    left = {path.name.replace(database.name, "bot_data.db") for path in folder.iterdir()}
    assert left.isdisjoint(old)
    assert left.issuperset(kept)
    assert database.exists()
