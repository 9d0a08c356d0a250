"""The one database file: its schema and upgrades, connections and transactions, and how rows are read."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from lib.atomic_file import replacing
from lib.errors import DatabaseError, Refused
from lib.store.trouble import unusable

SQL = Path(__file__).parents[2] / "sql"
APPLICATION_ID = 0x41565042  # "AVPB", so that another program's database is not mistaken for ours
SCHEMA_VERSION = 7  # sql/migrations/NNN.sql leads from NNN - 1 to NNN
Kind = TypeVar("Kind")
Values = Mapping[str, object] | Sequence[object]


def prepare_database(path: Path) -> bool:
    """Create the database, or check and upgrade the existing one; return True if it was created.

    Raise DatabaseError, with nothing touched, for a file that is not ours, is newer than this program, or can't be
    opened and written. Before an upgrade to schema N a copy is kept beside it as `.before-schema-N`.
    """
    try:
        with contextlib.closing(connect(path, create=True)) as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            tables = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
            if version == 0 and tables == 0:
                _create(db)
                return True
            _check_ours(db, path, version)
            db.execute("PRAGMA journal_mode = WAL")  # a backup that was put here by hand has none
            if version < SCHEMA_VERSION:
                with replacing(path.with_name(f"{path.name}.before-schema-{SCHEMA_VERSION}")) as copy:
                    copy_database(db, Path(copy.name))
                for step in range(version + 1, SCHEMA_VERSION + 1):
                    _migrate(db, step)
            return False
    except (sqlite3.Error, OSError) as exc:
        raise unusable(path, exc) from exc


def _create(db: sqlite3.Connection) -> None:
    """Create the schema in one transaction: an interruption leaves an empty file, with which it starts over."""
    db.execute("PRAGMA journal_mode = WAL")
    schema = (SQL / "schema.sql").read_text(encoding="utf-8")
    stamps = f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION};"
    db.executescript(f"BEGIN IMMEDIATE; {stamps}\n{schema}\nCOMMIT;")


def _migrate(db: sqlite3.Connection, version: int) -> None:
    """Upgrade the schema by one version in one transaction; foreign keys are checked at its end."""
    script = (SQL / "migrations" / f"{version:03}.sql").read_text(encoding="utf-8")
    db.execute("PRAGMA foreign_keys = OFF")
    try:
        db.executescript(f"BEGIN IMMEDIATE; PRAGMA user_version = {version};\n{script}")
        if broken := db.execute("PRAGMA foreign_key_check").fetchone():
            raise sqlite3.IntegrityError(f"the upgrade to schema {version} would break the table {broken[0]}")
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
        db.execute("PRAGMA foreign_keys = ON")


def _check_ours(db: sqlite3.Connection, path: Path, version: int) -> None:
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        english = f"{path}: is a database of another program; set DATABASE to a file of the bot's own"
        raise DatabaseError(english, "foreign", path=path)
    if version > SCHEMA_VERSION:
        known = f"schema {version}, this one knows {SCHEMA_VERSION}"
        english = f"{path}: was written by a newer bot ({known}); update the bot"
        raise DatabaseError(english, "newer", path=path)
    if not os.access(path, os.W_OK):
        english = f"{path}: can't be written; give it to the user that runs the bot"
        raise DatabaseError(english, "unwritable", path=path)


def connect(path: Path, create: bool = False) -> sqlite3.Connection:
    """Open a worker's own connection to the database; rows are sqlite3.Row, transactions are explicit."""
    if create and not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=10, isolation_level=None)
    db.row_factory = sqlite3.Row
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON", "cache_size = -1000"):
        db.execute(f"PRAGMA {pragma}")
    db.create_function("fold", 1, fold, deterministic=True)
    return db


def copy_database(db: sqlite3.Connection, target: Path) -> None:
    """Copy a database into an empty file, so that it needs no -wal or -shm file beside it."""
    with contextlib.closing(sqlite3.connect(target)) as copy:
        db.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def fold(text: str | None) -> str:
    """Normalize a text for searching: no case in any alphabet, no fancy letters, е for ё. SQL can call it, too."""
    return unicodedata.normalize("NFKC", text or "").casefold().replace("ё", "е")


def columns(kind: type) -> str:
    """List the columns of a table whose rows a dataclass describes."""
    return ", ".join(kind.__dataclass_fields__)  # type: ignore[attr-defined]


def find_row(db: sqlite3.Connection, kind: Callable[..., Kind], query: str, values: Values = ()) -> Kind | None:
    """Return the first row as a value of a kind; None if there is none."""
    row = db.execute(query, values).fetchone()
    return None if row is None else kind(*row)


def get_row(db: sqlite3.Connection, kind: Callable[..., Kind], query: str, values: Values = ()) -> Kind:
    """Return the first row as a value of a kind; raise Refused('gone') if there is none."""
    if (found := find_row(db, kind, query, values)) is None:
        raise Refused("gone")
    return found


def list_rows(db: sqlite3.Connection, kind: Callable[..., Kind], query: str, values: Values = ()) -> list[Kind]:
    """Return all rows as values of a kind."""
    return [kind(*row) for row in db.execute(query, values)]


def number(db: sqlite3.Connection, query: str, values: Values = ()) -> int:
    """Return the single number that a query results in."""
    return int(db.execute(query, values).fetchone()[0])


def insert(db: sqlite3.Connection, table: str, **values: object) -> int:
    """Insert a row and return its id."""
    query = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})"
    return int(db.execute(query, tuple(values.values())).lastrowid or 0)


def setter(table: str, column: str) -> Callable[[sqlite3.Connection, int, object], object]:
    """Return a function (db, id, value) that sets a column of a row."""
    return lambda db, row_id, value: db.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", (value, row_id))


def tuples(db: sqlite3.Connection, query: str, values: Values = ()) -> sqlite3.Cursor:
    """Run a query whose rows are plain tuples: half the cost of a Row, which counts for thousands in each round."""
    cursor = db.cursor()
    cursor.row_factory = None
    return cursor.execute(query, values)


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Commit everything that happens inside, or none of it. The only place that commits."""
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
    """Make everything read inside come from one moment, whatever others commit meanwhile."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def note_erased(db: sqlite3.Connection) -> None:
    """Record that something was deleted of which no trace may stay on the disk; see erase_traces."""
    put_meta(db, "erased", "1")


def erase_traces(db: sqlite3.Connection) -> None:
    """Empty the write-ahead log if anything was deleted: it still holds the pages as they were before.

    It is done again until nothing waits to be sent, because messages about the deletion hold names, too. While another
    connection is reading, nothing happens.
    """
    if get_meta(db, "erased") is None or not empty_log(db):
        return
    if db.execute("SELECT 1 FROM outbox LIMIT 1").fetchone() is None:
        with transaction(db):
            put_meta(db, "erased", None)


def empty_log(db: sqlite3.Connection) -> bool:
    """Move everything from the write-ahead log into the database, and cut the log to nothing, unless it is in use."""
    return bool(db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)


def get_meta(db: sqlite3.Connection, key: str) -> str | None:
    """Return a single fact, or None if it was never stored."""
    return find_row(db, str, "SELECT value FROM meta WHERE key = ?", (key,))


def get_metas(db: sqlite3.Connection, *keys: str) -> list[str | None]:
    """Read several facts at once; None for each that was never noted."""
    places = ", ".join("?" * len(keys))
    found = dict(db.execute(f"SELECT key, value FROM meta WHERE key IN ({places})", keys).fetchall())
    return [found.get(key) for key in keys]


def put_meta(db: sqlite3.Connection, key: str, value: str | None) -> None:
    """Store a single fact if it has changed; None deletes it."""
    if value is None:
        db.execute("DELETE FROM meta WHERE key = ?", (key,))
        return
    query = """INSERT INTO meta (key, value) VALUES (?, ?)
               ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value"""
    db.execute(query, (key, value))


def forget_meta(db: sqlite3.Connection, prefix: str) -> None:
    """Delete all facts whose keys start with a prefix."""
    db.execute("DELETE FROM meta WHERE key >= ? AND key < ?", (prefix, prefix + "\U0010ffff"))


def wanted_version(db: sqlite3.Connection) -> int:
    """Return a counter of all changes that may have changed the set of wanted peers; triggers keep it."""
    return int(get_meta(db, "wanted_version") or 0)
