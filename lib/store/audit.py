"""Own the table audit: who did what, and when. Never a secret."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable


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


def forget_person(db: sqlite3.Connection, user_id: int, subjects: Iterable[str]) -> None:
    """Keep what was done, but not by or with whom: the person and these subjects, theirs, are named no more."""
    db.execute("UPDATE audit SET actor_id = 0, detail = '' WHERE actor_id = ?", (user_id,))
    db.execute("UPDATE audit SET subject = 'user:0', detail = '' WHERE subject = ?", (f"user:{user_id}",))
    db.executemany("UPDATE audit SET detail = '' WHERE subject = ?", [(subject,) for subject in subjects])
    db.execute(
        """UPDATE audit
           SET detail = ''
           WHERE ' ' || replace(replace(detail, ':', ' '), ',', ' ') || ' ' LIKE '% ' || ? || ' %'""",
        (str(user_id),),
    )
