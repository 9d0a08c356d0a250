"""Own the table broadcasts: messages of an admin to many, from draft to the last one that arrived."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lib.errors import Refused
from lib.store.configs import outdated
from lib.store.outbox import count_of_subject, count_told, drop_subject, forget_subject
from lib.values import LANGUAGES

WEEK = 7 * 86400
AUDIENCES = ("all", "week", "never", "outdated", *LANGUAGES)


@dataclass(frozen=True)
class Broadcast:
    """A row of broadcasts; see sql/schema.sql for each column."""

    id: int
    text: str
    audience: str
    created_at: int
    created_by: int
    total: int
    sent: int
    begun_at: int | None
    stopped_at: int | None
    finished_at: int | None

    @property
    def subject(self) -> str:
        """Under which its messages stand in the outbox and in notices."""
        return f"broadcast:{self.id}"


@dataclass(frozen=True)
class Progress:
    """How far a broadcast is: who has it, who was tried in vain, who is still to come."""

    sent: int
    missed: int
    waiting: int


_COLUMNS = ", ".join(Broadcast.__dataclass_fields__)
_HANDSHAKE = """
    EXISTS (SELECT 1
            FROM configs
            JOIN counters ON counters.config_id = configs.id
            WHERE configs.user_id = users.id AND configs.revoked_at IS NULL AND counters.handshake_at > :since)"""
_FILTERS = {
    "all": "1",
    "week": _HANDSHAKE,
    "never": f"NOT {_HANDSHAKE}",
    "outdated": "1",
    **dict.fromkeys(LANGUAGES, "users.language = :audience"),
}


def audience_of(db: sqlite3.Connection, audience: str, sender_id: int, now: int) -> list[int]:
    """List whom a filter means: people who are inside, can be reached, and are not the sender."""
    rows = db.execute(
        f"""SELECT users.id
            FROM users
            WHERE users.state = 'approved' AND users.reachable = 1 AND users.id <> :sender AND {_FILTERS[audience]}
            ORDER BY users.id""",
        {"sender": sender_id, "audience": audience, "since": now - WEEK if audience == "week" else 0},
    )
    found = [int(row[0]) for row in rows]
    if audience != "outdated":
        return found
    owners = {config.user_id for config in outdated(db)}
    return [user_id for user_id in found if user_id in owners]


def add_draft(db: sqlite3.Connection, text: str, audience: str, sender_id: int, now: int) -> Broadcast:
    """Note what an admin typed, in the place of an earlier draft of theirs."""
    db.execute("DELETE FROM broadcasts WHERE created_by = ? AND begun_at IS NULL", (sender_id,))
    cursor = db.execute(
        "INSERT INTO broadcasts (text, audience, created_at, created_by) VALUES (?, ?, ?, ?)",
        (text, audience, now, sender_id),
    )
    return get_broadcast(db, int(cursor.lastrowid or 0))


def drop_draft(db: sqlite3.Connection, broadcast_id: int) -> None:
    """Forget a draft."""
    db.execute("DELETE FROM broadcasts WHERE id = ? AND begun_at IS NULL", (broadcast_id,))


def get_broadcast(db: sqlite3.Connection, broadcast_id: int) -> Broadcast:
    """Read a broadcast; Refused('gone') where a button speaks of none."""
    row = db.execute(f"SELECT {_COLUMNS} FROM broadcasts WHERE id = ?", (broadcast_id,)).fetchone()
    if row is None:
        raise Refused("gone")
    return Broadcast(*row)


def running(db: sqlite3.Connection) -> list[Broadcast]:
    """List the broadcasts that are on their way."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM broadcasts WHERE begun_at IS NOT NULL AND finished_at IS NULL ORDER BY id"
    )
    return [Broadcast(*row) for row in rows]


def begin(db: sqlite3.Connection, broadcast_id: int, total: int, now: int) -> None:
    """Let a draft go out to so many; Refused('broadcast_begun') when it already does."""
    begun = db.execute(
        "UPDATE broadcasts SET begun_at = ?, total = ? WHERE id = ? AND begun_at IS NULL", (now, total, broadcast_id)
    ).rowcount
    if not begun:
        raise Refused("broadcast_begun")


def stop(db: sqlite3.Connection, broadcast: Broadcast, now: int) -> int:
    """Take back what has not gone yet; give how many. Refused('broadcast_over') when nothing is on its way."""
    stopped = db.execute(
        """UPDATE broadcasts
           SET stopped_at = ?
           WHERE id = ? AND begun_at IS NOT NULL AND stopped_at IS NULL AND finished_at IS NULL""",
        (now, broadcast.id),
    ).rowcount
    if not stopped:
        raise Refused("broadcast_over")
    return drop_subject(db, broadcast.subject)


def progress_of(db: sqlite3.Connection, broadcast: Broadcast) -> Progress:
    """Count how far a broadcast is; what was taken back counts as missed."""
    if broadcast.finished_at is not None:
        return Progress(broadcast.sent, broadcast.total - broadcast.sent, 0)
    waiting, sent = count_of_subject(db, broadcast.subject), count_told(db, broadcast.subject)
    return Progress(sent, max(0, broadcast.total - waiting - sent), waiting)


def finish(db: sqlite3.Connection, broadcast: Broadcast, sent: int, now: int) -> None:
    """Note the end, and forget the single messages."""
    db.execute("UPDATE broadcasts SET finished_at = ?, sent = ? WHERE id = ?", (now, sent, broadcast.id))
    forget_subject(db, broadcast.subject)
