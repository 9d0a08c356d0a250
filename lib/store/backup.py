"""Copies of the database: made while the bot works, proven good before they count, and put back in its place."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path

from lib.errors import DatabaseError
from lib.process import Runner, TimedOut
from lib.store.database import APPLICATION_ID, SCHEMA_VERSION, prepare_database, sole_owner

KEPT = 14  # nightly copies
_NIGHTLY = "bot_data-????-??-??.db"


def make_backup(database: Path, target: Path) -> None:
    """Copy the database into one file, readable by us alone, whole or not at all.

    Raises DatabaseError when the copy can't be written or is not sound; what `target` was before stays then.
    """
    new = target.with_name(f"{target.name}.new")
    try:
        new.unlink(missing_ok=True)
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with contextlib.closing(_open(database, "ro")) as source, contextlib.closing(_open(new, "rw")) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without companions
        check_backup(new)
        _settle(new)
        new.replace(target)
        _settle(target.parent)
    except (sqlite3.Error, OSError) as exc:
        raise DatabaseError(f"{target}: the backup failed: {exc}") from exc
    finally:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)


def make_nightly(database: Path, folder: Path, day: str) -> Path:
    """Make the copy of a day ('YYYY-MM-DD') in a folder, and drop all but the newest; give its path."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise DatabaseError(f"{folder}: can't be made: {exc.strerror}") from exc
    target = folder / f"bot_data-{day}.db"
    make_backup(database, target)
    for old in sorted(folder.glob(_NIGHTLY))[:-KEPT]:
        old.unlink(missing_ok=True)
    return target


def encrypted_backup(database: Path, recipient: str) -> bytes:
    """Make a backup that only the holder of a recipient's key can read, by the tool age. Raises DatabaseError."""
    with tempfile.TemporaryDirectory(dir=database.resolve().parent, prefix=".backup-") as folder:
        plain, sealed = Path(folder) / "bot_data.db", Path(folder) / "bot_data.db.age"
        make_backup(database, plain)
        try:
            done = Runner().run(("age", "-r", recipient, "-o", str(sealed), str(plain)), timeout=60)
        except (OSError, TimedOut) as exc:
            raise DatabaseError(f"age could not encrypt the backup: {exc or 'no answer'}") from None
        if done.code:
            raise DatabaseError(f"age could not encrypt the backup: {done.err.strip()}")
        return sealed.read_bytes()


def check_backup(path: Path) -> None:
    """Raise DatabaseError unless a file is a whole database of this bot that this version can read."""
    try:
        with contextlib.closing(_open(path, "ro")) as db:
            ours = db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
            version = db.execute("PRAGMA user_version").fetchone()[0]
            faults = [row[0] for row in db.execute("PRAGMA integrity_check(3)")] if ours else []
    except sqlite3.Error as exc:
        raise DatabaseError(f"{path}: is no sound database: {exc}") from exc
    if not ours:
        raise DatabaseError(f"{path}: is no database of this bot")
    if version > SCHEMA_VERSION:
        raise DatabaseError(f"{path}: was written by a newer bot (schema {version}); update this one first")
    if faults != ["ok"]:
        raise DatabaseError(f"{path}: is damaged: {'; '.join(map(str, faults))}")


def restore(path: Path, database: Path) -> Path | None:
    """Put a backup in the database's place; give where the present one is kept, None where there was none.

    Raises DatabaseError, with nothing touched, for a bad file or while the bot runs.
    """
    check_backup(path)
    with sole_owner(database):
        kept = _set_aside(database)
        new = database.with_name(f"{database.name}.new")
        try:
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as copy:
                with path.open("rb") as source:
                    shutil.copyfileobj(source, copy)
                copy.flush()
                os.fsync(copy.fileno())
            owner = database.parent.stat()
            if os.geteuid() == 0:
                os.chown(new, owner.st_uid, owner.st_gid)
            for companion in ("-wal", "-shm"):
                Path(f"{database}{companion}").unlink(missing_ok=True)
            new.replace(database)
            _settle(database.parent)
        except OSError as exc:
            raise DatabaseError(f"{database}: the backup can't be put there: {exc}") from exc
        prepare_database(database)
    return kept


def _set_aside(database: Path) -> Path | None:
    """Keep the present database under a name with the time in it; a damaged one as it is, with its companions."""
    if not database.exists():
        return None
    kept = database.with_name(f"{database.name}.before-restore-{time.strftime('%Y%m%d-%H%M%S')}")
    try:
        make_backup(database, kept)
    except DatabaseError:
        for companion in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copy2(f"{database}{companion}", f"{kept}{companion}")
    return kept


def _open(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=10)


def _settle(path: Path) -> None:
    """Wait until what was written to a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
