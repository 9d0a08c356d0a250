"""Why the database can't be used: a passing problem, or one that only a person can fix."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from lib.errors import DatabaseBusy, DatabaseError

_PASSING = ("locked", "disk I/O error", "disk is full")  # what SQLite says of trouble that may pass by itself
_REFUSED = ("unable to open", "readonly")  # what it says if a file can't be opened for any reason
_PASSING_ERRNOS = {errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EAGAIN, errno.EINTR, errno.ESTALE, errno.EMFILE}
NO_FILE = (0, 0)


def unusable(path: Path, exc: Exception) -> DatabaseError:
    """Explain why the database can't be used: a DatabaseBusy unless it is certain that only a person can fix it."""
    text = f"{path}: can't be used as the database: {_reason(exc)}"
    if isinstance(exc, OSError):
        passes = exc.errno in _PASSING_ERRNOS
    elif is_damage(exc):
        if is_damaged(path):
            if "malformed" not in text:
                return DatabaseError(text, "unsound", path=path, detail=_reason(exc))
            return DatabaseError(f"{text}; restore it from a backup", "damaged", path=path, detail=_reason(exc))
        passes = True
    elif any(words in str(exc) for words in _REFUSED):
        passes = not _is_forbidden(path)
    else:
        passes = any(words in str(exc) for words in _PASSING)
    kind, key = (DatabaseBusy, "busy") if passes else (DatabaseError, "unusable")
    return kind(text, key, path=path, detail=_reason(exc))


def _reason(exc: Exception) -> str:
    return exc.strerror or str(exc) if isinstance(exc, OSError) else str(exc)


def is_damage(exc: BaseException) -> bool:
    """Return True for a damaged file, which raises the bare class; a full disk or a lock raises a subclass."""
    return type(exc) is sqlite3.DatabaseError


def is_damaged(path: Path) -> bool:
    """Check the whole file again over a new connection: a disk may return garbage for a moment."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=10)) as db:
            return bool(db.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok")
    except sqlite3.Error as exc:
        return is_damage(exc)


def _is_forbidden(path: Path) -> bool:
    """Check a file that could not be opened again; return True if it is missing, not a file, or not writable."""
    try:
        path = path.resolve()
        beside = [path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm")]
        files = [path.parent, path, *(file for file in beside if identity(file) != NO_FILE)]
        return not stat.S_ISREG(path.stat().st_mode) or not all(os.access(file, os.R_OK | os.W_OK) for file in files)
    except OSError as exc:
        return exc.errno not in _PASSING_ERRNOS


def identity(path: Path) -> tuple[int, int]:
    """Return device and inode, which identify a file under any path; NO_FILE if there is none. May raise OSError."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return NO_FILE
    return found.st_dev, found.st_ino


def check_in_place(path: Path, file: tuple[int, int]) -> None:
    """Raise DatabaseError if the path no longer leads to the file that was opened: writes to that one are lost.

    A failed check proves nothing.
    """
    try:
        found = identity(path)
    except OSError:
        return
    if found != file:
        english = f"{path}: was deleted or replaced while the bot ran; put the right file there and start it"
        raise DatabaseError(english, "replaced", path=path)
