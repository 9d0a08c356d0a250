"""Own the table audit: who did what, and when. Never a secret."""

from __future__ import annotations

import sqlite3


def note(db: sqlite3.Connection, now: int, actor_id: int | None, action: str, subject: str, detail: str = "") -> None:
    """Write a line of history; `actor_id` None is the bot itself."""
    db.execute(
        "INSERT INTO audit (at, actor_id, action, subject, detail) VALUES (?, ?, ?, ?, ?)",
        (now, actor_id, action, subject, detail),
    )


def was_done(db: sqlite3.Connection, actor_id: int, action: str, subject: str, since: int) -> bool:
    """Tell whether somebody did something after a moment."""
    row = db.execute(
        "SELECT 1 FROM audit WHERE actor_id = ? AND action = ? AND subject = ? AND at > ? LIMIT 1",
        (actor_id, action, subject, since),
    ).fetchone()
    return row is not None
