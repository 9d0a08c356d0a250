"""Passing problems are told apart from those that need a person, and nothing is concluded from one check."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from lib.errors import DatabaseBusy, DatabaseError
from lib.store.database import prepare_database
from lib.store.trouble import NO_FILE, check_in_place, identity, unusable

PASSING = (
    sqlite3.OperationalError("database is locked"),
    sqlite3.OperationalError("database table is locked"),
    sqlite3.OperationalError("disk I/O error"),
    sqlite3.OperationalError("database or disk is full"),
    OSError(errno.EIO, "Input/output error"),
    OSError(errno.ENOSPC, "No space left on device"),
    # The second look finds nothing wrong:
    sqlite3.DatabaseError("database disk image is malformed"),
    sqlite3.OperationalError("unable to open database file"),
    sqlite3.OperationalError("attempt to write a readonly database"),
)
LASTING = (
    sqlite3.OperationalError("no such table: users"),
    OSError(errno.EACCES, "Permission denied"),
    OSError(errno.EROFS, "Read-only file system"),
)
REFUSED = sqlite3.OperationalError("unable to open database file")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "bot_data.db"
    prepare_database(path)
    return path


@pytest.mark.parametrize("exc", [*PASSING, *LASTING], ids=str)
def test_it_works(path: Path, exc: Exception) -> None:
    found = unusable(path, exc)
    assert isinstance(found, DatabaseBusy) == (exc in PASSING)
    assert "backup" not in str(found)


def test_damage_is_believed_after_a_second_look(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))
    found = unusable(path, sqlite3.DatabaseError("database disk image is malformed"))
    assert type(found) is DatabaseError
    assert "restore it from a backup" in str(found)


def test_a_file_that_can_not_be_opened_is_believed_to_be_missing_only_if_it_is(path: Path) -> None:
    assert type(unusable(path, REFUSED)) is DatabaseBusy
    path.unlink()
    assert type(unusable(path, REFUSED)) is DatabaseError
    path.mkdir()
    assert type(unusable(path, REFUSED)) is DatabaseError


@pytest.mark.parametrize(("name", "passes"), [("EIO", True), ("EACCES", False)])
def test_a_second_look_that_fails_decides_by_why_it_failed(
    path: Path, monkeypatch: pytest.MonkeyPatch, name: str, passes: bool
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(getattr(errno, name), name)

    monkeypatch.setattr(Path, "stat", fail)
    assert isinstance(unusable(path, REFUSED), DatabaseBusy) == passes


def test_a_look_that_fails_does_not_prove_that_the_file_was_replaced(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    file = identity(path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", fail)
        check_in_place(path, file)
    path.unlink()
    assert identity(path) == NO_FILE
    with pytest.raises(DatabaseError, match="deleted or replaced"):
        check_in_place(path, file)
