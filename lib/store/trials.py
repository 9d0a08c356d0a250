"""The table trials: friends whose VPN doesn't connect try one disguise after another."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from lib.days import DAY
from lib.store.database import columns, find_row, list_rows, number

KEPT_SECONDS = DAY  # what was tried earlier is tried again: networks change


@dataclass(frozen=True)
class Trial:
    """A row of trials; see sql/schema.sql for each column."""

    config_id: int
    before: str | None
    tried: str
    begun_at: int
    heard_at: int | None
    ended_at: int | None
    received: int
    sent: int

    @property
    def keys(self) -> list[str]:
        """The keys of the disguises tried so far, the present one last."""
        return list(json.loads(self.tried))

    @property
    def present(self) -> str:
        """The key of the disguise that is tried now."""
        return self.keys[-1]


def find_trial(db: sqlite3.Connection, config_id: int) -> Trial | None:
    """Return a config's trial; None if there is none."""
    return find_row(db, Trial, f"SELECT {columns(Trial)} FROM trials WHERE config_id = ?", (config_id,))


def begin_trial(
    db: sqlite3.Connection, config_id: int, before: str | None, keys: Sequence[str], counted: tuple[int, int], now: int
) -> None:
    """Begin to watch the last of `keys`; `counted` are the bytes received and sent so far, as in counters."""
    query = "INSERT OR REPLACE INTO trials VALUES (?, ?, ?, ?, NULL, NULL, ?, ?)"
    db.execute(query, (config_id, before, json.dumps(list(keys)), now, *counted))


def watched_trials(db: sqlite3.Connection) -> list[Trial]:
    """List the trials that are being watched, in the order in which they began."""
    return list_rows(db, Trial, f"SELECT {columns(Trial)} FROM trials WHERE ended_at IS NULL ORDER BY begun_at")


def is_watched(db: sqlite3.Connection, config_id: int) -> bool:
    """Return True if a config's disguise is being watched."""
    query = "SELECT EXISTS (SELECT 1 FROM trials WHERE config_id = ? AND ended_at IS NULL)"
    return bool(number(db, query, (config_id,)))


def is_watching(db: sqlite3.Connection) -> bool:
    """Return True if a trial is being watched."""
    return bool(number(db, "SELECT EXISTS (SELECT 1 FROM trials WHERE ended_at IS NULL)"))


def note_heard(db: sqlite3.Connection, config_id: int, now: int) -> None:
    """Record that the first packet since a trial began has come."""
    db.execute("UPDATE trials SET heard_at = ? WHERE config_id = ? AND heard_at IS NULL", (now, config_id))


def end_trial(db: sqlite3.Connection, config_id: int, now: int) -> None:
    """Record that the present disguise of a trial does not work."""
    db.execute("UPDATE trials SET ended_at = ? WHERE config_id = ? AND ended_at IS NULL", (now, config_id))


def forget_trial(db: sqlite3.Connection, config_id: int) -> None:
    """Delete a trial: it is decided, or given up."""
    db.execute("DELETE FROM trials WHERE config_id = ?", (config_id,))


def ended_before(db: sqlite3.Connection, now: int) -> list[Trial]:
    """List the trials that ended a day ago, and nobody went on."""
    return list_rows(db, Trial, f"SELECT {columns(Trial)} FROM trials WHERE ended_at <= ?", (now - KEPT_SECONDS,))
