"""Open the one database file: schema, version, pragmas, transactions. It is the truth, so nothing here guesses."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from lib.errors import DatabaseError

SQL = Path(__file__).parents[2] / "sql"
APPLICATION_ID = 0x41565042  # "AVPB", so that another program's database is not mistaken for ours
SCHEMA_VERSION = 4  # sql/migrations/NNN.sql leads from NNN - 1 to NNN


def prepare_database(path: Path) -> bool:
    """Create the database where there is none, check or upgrade the one that is there; say whether it was created.

    Raises DatabaseError, with nothing touched, for a file that is not ours, is newer than this program, or can't be
    opened and written. Before an upgrade of schema N a copy is kept beside it, named `.before-schema-N`.
    """
    try:
        with contextlib.closing(_open(path, create=True)) as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            tables = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
            if version == 0 and tables == 0:
                _create(db)
                return True
            _check_ours(db, path, version)
            db.execute("PRAGMA journal_mode = WAL")  # a backup that was put here by hand has none
            if version < SCHEMA_VERSION:
                _keep_copy(db, path.with_name(f"{path.name}.before-schema-{SCHEMA_VERSION}"))
                for step in range(version + 1, SCHEMA_VERSION + 1):
                    _migrate(db, step)
            return False
    except (sqlite3.Error, OSError) as exc:
        raise DatabaseError(f"{path}: can't be used as the database: {_reason(exc)}") from exc


def _reason(exc: Exception) -> str:
    return exc.strerror or str(exc) if isinstance(exc, OSError) else str(exc)


def _create(db: sqlite3.Connection) -> None:
    """Lay the schema down in one transaction: an interruption leaves an empty file, which is begun again."""
    db.execute("PRAGMA journal_mode = WAL")
    schema = (SQL / "schema.sql").read_text(encoding="utf-8")
    db.executescript(
        f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION};\n"
        f"{schema}\nCOMMIT;"
    )


def _keep_copy(db: sqlite3.Connection, target: Path) -> None:
    """Copy the database as it is, readable by us alone; one that an interrupted upgrade left is replaced."""
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with contextlib.closing(sqlite3.connect(target)) as copy:
        db.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def _migrate(db: sqlite3.Connection, version: int) -> None:
    """Take one step of the schema in one transaction; tables may be made anew, so references are checked at its end."""
    script = (SQL / "migrations" / f"{version:03}.sql").read_text(encoding="utf-8")
    db.execute("PRAGMA foreign_keys = OFF")
    try:
        db.executescript(f"BEGIN IMMEDIATE; PRAGMA user_version = {version};\n{script}")
        broken = db.execute("PRAGMA foreign_key_check").fetchone()
        if broken:
            raise sqlite3.IntegrityError(f"the upgrade to schema {version} would break the table {broken[0]}")
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
        db.execute("PRAGMA foreign_keys = ON")


def _check_ours(db: sqlite3.Connection, path: Path, version: int) -> None:
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise DatabaseError(f"{path}: is a database of another program; set DATABASE to a file of the bot's own")
    if version > SCHEMA_VERSION:
        raise DatabaseError(
            f"{path}: was written by a newer bot (schema {version}, this one knows {SCHEMA_VERSION}); update the bot"
        )
    if not os.access(path, os.W_OK):
        raise DatabaseError(f"{path}: can't be written; give it to the user that runs the bot")


def connect(path: Path) -> sqlite3.Connection:
    """Open a worker's own connection to a prepared database; rows come as sqlite3.Row, transactions by hand."""
    return _open(path, create=False)


def _open(path: Path, create: bool) -> sqlite3.Connection:
    if create and not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=10, isolation_level=None)
    db.row_factory = sqlite3.Row
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "busy_timeout = 10000", "cache_size = -1000"):
        db.execute(f"PRAGMA {pragma}")
    db.create_function("fold", 1, fold, deterministic=True)
    return db


def fold(text: str | None) -> str:
    """Write a text as it is compared in a search: no case in any alphabet, no fancy letters, е for ё; SQL knows it."""
    return unicodedata.normalize("NFKC", text or "").casefold().replace("ё", "е")


def tuples(db: sqlite3.Connection, query: str, values: Mapping[str, object] | None = None) -> sqlite3.Cursor:
    """Ask for rows as plain tuples, for what is read by thousands each round: they cost half of what a Row does."""
    cursor = db.cursor()
    cursor.row_factory = None
    return cursor.execute(query, values or {})


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Commit all that happens inside, or none of it. The only place that commits."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def snapshot(db: sqlite3.Connection) -> Iterator[None]:
    """Let all that is read inside be of one moment, whatever others commit meanwhile."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def is_damage(exc: BaseException) -> bool:
    """Tell a damaged file, which raises the bare class, from a full disk or a lock, which raise children of it."""
    return type(exc) is sqlite3.DatabaseError


def identity(path: Path) -> tuple[int, int]:
    """Name the file itself, whatever path leads to it: device and inode; zeros when there is none."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def check_in_place(path: Path, file: tuple[int, int]) -> None:
    """Raise DatabaseError when the path no longer leads to the file that was opened: what is written there is lost."""
    if identity(path) != file:
        raise DatabaseError(f"{path}: was deleted or replaced while the bot ran; put the right file there and start it")


@contextlib.contextmanager
def sole_owner(path: Path) -> Iterator[None]:
    """Hold the lock that keeps a second bot off this database; it goes with the process, however that ends."""
    try:
        handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as exc:
        raise DatabaseError(f"{path}: no lock can be put beside it: {_reason(exc)}") from exc
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as exc:
        raise DatabaseError(f"{path}: another copy of the bot is running on it; stop that one first") from exc
    finally:
        os.close(handle)


def get_meta(db: sqlite3.Connection, key: str) -> str | None:
    """Read a single fact; None when it was never noted."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def get_metas(db: sqlite3.Connection, *keys: str) -> list[str | None]:
    """Read several facts at once; None for each that was never noted."""
    places = ", ".join("?" * len(keys))
    found = dict(db.execute(f"SELECT key, value FROM meta WHERE key IN ({places})", keys).fetchall())
    return [found.get(key) for key in keys]


def put_meta(db: sqlite3.Connection, key: str, value: str | None) -> None:
    """Note a single fact, if it is news; None forgets it."""
    if value is None:
        db.execute("DELETE FROM meta WHERE key = ?", (key,))
        return
    db.execute(
        """INSERT INTO meta (key, value)
           VALUES (?, ?)
           ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value""",
        (key, value),
    )


def forget_meta(db: sqlite3.Connection, beginning: str) -> None:
    """Forget all facts whose names begin so."""
    db.execute("DELETE FROM meta WHERE key >= ? AND key < ?", (beginning, beginning + "\U0010ffff"))


def wanted_version(db: sqlite3.Connection) -> int:
    """Count the changes so far that may have changed the set of wanted peers (kept by triggers)."""
    return int(get_meta(db, "wanted_version") or 0)
