"""Own the table audit: who did what, and when. Never a secret."""

from __future__ import annotations

import sqlite3


def note(db: sqlite3.Connection, now: int, actor_id: int | None, action: str, subject: str, detail: str = "") -> None:
    """Write a line of history; `actor_id` None is the bot itself."""
    db.execute(
        "INSERT INTO audit (at, actor_id, action, subject, detail) VALUES (?, ?, ?, ?, ?)",
        (now, actor_id, action, subject, detail),
    )
