"""Own the table told: what is said once. A row is written in the transaction that sends the words."""

from __future__ import annotations

import sqlite3


def tell_once(db: sqlite3.Connection, subject: str, what: str, now: int) -> bool:
    """Note that something is being told; False where it was told before, and need not be again."""
    cursor = db.execute(
        "INSERT INTO told (subject, what, told_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (subject, what, now)
    )
    return cursor.rowcount == 1


def forget_told(db: sqlite3.Connection, subject: str, what: str = "%") -> None:
    """Let things be told again on a subject; `what` is a LIKE pattern."""
    db.execute("DELETE FROM told WHERE subject = ? AND what LIKE ?", (subject, what))


def forget_old(db: sqlite3.Connection, before: int) -> None:
    """Forget what was told of months and days before a moment, which will not come up again."""
    db.execute(
        """DELETE FROM told
           WHERE told_at < ? AND (what LIKE 'quota:%' OR what LIKE 'turns:%' OR what LIKE 'sharing:%')""",
        (before,),
    )


def count_told(db: sqlite3.Connection, subject: str, what: str, since: int) -> int:
    """Count the things told on a subject since a moment; `what` is a LIKE pattern."""
    row = db.execute(
        "SELECT count(*) FROM told WHERE subject = ? AND what LIKE ? AND told_at >= ?", (subject, what, since)
    ).fetchone()
    return int(row[0])
