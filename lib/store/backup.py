"""Backups of the database: made while the bot runs, checked before they count, and restored."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lib.atomic_file import replacing
from lib.days import DAY
from lib.errors import DatabaseError
from lib.process import Runner, TimedOut
from lib.store.database import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    connect,
    copy_database,
    prepare_database,
    transaction,
)
from lib.store.owner import sole_owner

KEPT = 14  # nightly backups, and days for which other copies are kept
UNSEALED_SECONDS = 600  # after which a backup that was being encrypted belongs to a bot that was killed
OVERDUE_SECONDS = 2 * DAY  # without a good backup, that is too long
_UNSEALED = ".backup-"
_NIGHTLY = "bot_data-????-??-??.db"


def make_backup(database: Path, target: Path) -> None:
    """Copy the database into one file that only we can read; on failure leave `target` and raise DatabaseError."""
    try:
        with replacing(target) as new:
            with contextlib.closing(_open_read_only(database)) as source:
                copy_database(source, Path(new.name))
            check_backup(Path(new.name))
    except (sqlite3.Error, OSError) as exc:
        raise DatabaseError(f"{target}: the backup failed: {exc}", "not_copied", path=target, reason=exc) from exc


def make_nightly(database: Path, folder: Path, day: str) -> Path:
    """Make the backup of a day ('YYYY-MM-DD') in a folder, delete all but the newest, and return its path."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise DatabaseError(f"{folder}: can't be made: {exc.strerror}") from exc
    target = folder / f"bot_data-{day}.db"
    make_backup(database, target)
    for old in sorted(folder.glob(_NIGHTLY))[:-KEPT]:
        old.unlink(missing_ok=True)
    prune_copies(database)
    return target


def change_nightly(folder: Path, until: int, change: Callable[[sqlite3.Connection], object], now: int) -> None:
    """Apply a change to the nightly backups made up to a time, or while the clock ran ahead.

    Each is replaced as a whole and keeps its date. Those with an older schema are left alone: they are deleted after
    two weeks. May raise DatabaseError.
    """
    for copy in sorted(folder.glob(_NIGHTLY)):
        try:
            made_later = until + 1 <= copy.stat().st_mtime <= now + 1
            if not made_later and _version_of(copy) == SCHEMA_VERSION:
                _change_copy(copy, change)
        except (sqlite3.Error, OSError) as exc:
            raise DatabaseError(f"{copy}: can't be changed: {exc}") from exc


def _change_copy(copy: Path, change: Callable[[sqlite3.Connection], object]) -> None:
    with replacing(copy) as new:
        with copy.open("rb") as source:
            shutil.copyfileobj(source, new)
        new.flush()
        with contextlib.closing(connect(Path(new.name))) as db, transaction(db):
            change(db)
        check_backup(Path(new.name))
        made = copy.stat()
        os.utime(new.name, ns=(made.st_atime_ns, made.st_mtime_ns))


def _version_of(path: Path) -> int:
    with contextlib.closing(_open_read_only(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def prune_copies(database: Path) -> None:
    """Delete old copies that were made before a restore, an upgrade or an update, and what a kill left of a backup.

    All of them hold people and keys; two weeks are enough to notice that one of them is needed.
    """
    folder = database.resolve().parent
    for copy in (*folder.glob(f"{database.name}.before-*"), *folder.glob("before-update.db")):
        with contextlib.suppress(OSError):
            if time.time() - copy.lstat().st_mtime > KEPT * DAY:
                copy.unlink()
    for left in folder.glob(f"{_UNSEALED}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.lstat().st_mtime > UNSEALED_SECONDS:
                shutil.rmtree(left)


def encrypted_backup(database: Path, recipient: str) -> bytes:
    """Return a backup encrypted with the tool age, which only the recipient's key can read. May raise DatabaseError."""
    with tempfile.TemporaryDirectory(dir=database.resolve().parent, prefix=_UNSEALED) as folder:
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
    """Raise DatabaseError unless a file is an undamaged database of this bot that this version can read."""
    try:
        with contextlib.closing(_open_read_only(path)) as db:
            ours = db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
            version = db.execute("PRAGMA user_version").fetchone()[0]
            faults = [row[0] for row in db.execute("PRAGMA integrity_check(3)")] if ours else []
    except sqlite3.Error as exc:
        raise DatabaseError(f"{path}: is no sound database: {exc}", "unsound", path=path, detail=exc) from exc
    if not ours:
        raise DatabaseError(f"{path}: is no database of this bot", "not_ours", path=path)
    if version > SCHEMA_VERSION:
        english = f"{path}: was written by a newer bot (schema {version}); update this one first"
        raise DatabaseError(english, "newer", path=path)
    if faults != ["ok"]:
        detail = "; ".join(map(str, faults))
        raise DatabaseError(f"{path}: is damaged: {detail}", "damaged", path=path, detail=detail)


def restore(path: Path, database: Path) -> Path | None:
    """Replace the database by a backup; return where the old one is kept, if there was one.

    Raise DatabaseError, with nothing touched, if the file is bad or the bot is running.
    """
    check_backup(path)
    with sole_owner(database):
        kept = _set_aside(database)
        try:
            with replacing(database) as new:
                with path.open("rb") as source:
                    shutil.copyfileobj(source, new)
                owner = database.parent.stat()
                if os.geteuid() == 0:
                    os.chown(new.fileno(), owner.st_uid, owner.st_gid)
                new.flush()
                os.fsync(new.fileno())  # before the old database loses its companions
                for companion in ("-wal", "-shm"):
                    Path(f"{database}{companion}").unlink(missing_ok=True)
        except OSError as exc:
            english = f"{database}: the backup can't be put there: {exc}"
            raise DatabaseError(english, "not_put", path=database, reason=exc) from exc
        prepare_database(database)
    return kept


def _set_aside(database: Path) -> Path | None:
    """Keep the old database under a name with the time in it; a damaged one as it is, with its companion files."""
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


def _open_read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)
