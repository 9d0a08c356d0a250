"""The table told: messages that are sent only once. A row is written in the transaction that sends the message."""

from __future__ import annotations

import sqlite3

from lib.store.database import number


def tell_once(db: sqlite3.Connection, subject: str, what: str, now: int) -> bool:
    """Return True the first time, so that the caller sends the message; False if it was sent before."""
    query = "INSERT INTO told (subject, what, told_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
    return db.execute(query, (subject, what, now)).rowcount == 1


def forget_told(db: sqlite3.Connection, subject: str, what: str = "%") -> None:
    """Allow messages on a subject to be sent again; `what` is a LIKE pattern."""
    db.execute("DELETE FROM told WHERE subject = ? AND what LIKE ?", (subject, what))


def change_subject(db: sqlite3.Connection, old: str, new: str) -> None:
    """Move the record of what was sent from one subject to another."""
    query = "INSERT INTO told SELECT ?, what, told_at FROM told WHERE subject = ? ON CONFLICT DO NOTHING"
    db.execute(query, (new, old))
    forget_told(db, old)


def forget_old(db: sqlite3.Connection, before: int) -> None:
    """Delete what was sent before a moment about months and days, which will not come up again."""
    passing = "(what LIKE 'quota:%' OR what LIKE 'turns:%' OR what LIKE 'sharing:%')"
    db.execute(f"DELETE FROM told WHERE told_at < ? AND {passing}", (before,))


def count_told(db: sqlite3.Connection, subject: str, what: str, since: int) -> int:
    """Count the messages sent on a subject since a moment; `what` is a LIKE pattern."""
    query = "SELECT count(*) FROM told WHERE subject = ? AND what LIKE ? AND told_at >= ?"
    return number(db, query, (subject, what, since))
