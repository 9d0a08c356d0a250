"""The lock beside the database: one bot runs on it, and a command can tell whether one does."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lib.errors import DatabaseError
from lib.store.trouble import unusable

LOOK_SECONDS = 0.1  # a command that looks whether a bot is running holds the lock for less


@contextmanager
def sole_owner(path: Path) -> Iterator[None]:
    """Hold the lock that keeps a second bot away from this database, at most until the process ends."""
    try:
        handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as exc:
        raise unusable(path, exc) from exc
    try:
        _lock(handle)
        yield
    except BlockingIOError as exc:
        english = f"{path}: another copy of the bot is running on it; stop that one first"
        raise DatabaseError(english, "owned", path=path) from exc
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    """Take the lock; retry once, in case a command was just testing it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(LOOK_SECONDS)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def has_owner(path: Path) -> bool:
    """Return True if a bot is running on this database."""
    try:
        with Path(f"{path}.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    except OSError as exc:
        raise unusable(path, exc) from exc
    return False
