"""The table broadcasts: announcements of an admin to many, from the draft to the last message that arrived."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lib.days import DAY
from lib.errors import Refused
from lib.store.database import columns, get_row, insert, list_rows
from lib.store.outbox import count_notices, count_of_subject, drop_subject, forget_subject
from lib.store.outdated import outdated
from lib.values import LANGUAGES


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
        """The subject of its messages in the outbox and in notices."""
        return f"broadcast:{self.id}"


@dataclass(frozen=True)
class Progress:
    """How many people have got a broadcast, how many could not be reached, and how many are still waiting."""

    sent: int
    missed: int
    waiting: int


_SELECT = f"SELECT {columns(Broadcast)} FROM broadcasts"
_HANDSHAKE = """
    EXISTS (SELECT 1 FROM configs JOIN counters ON counters.config_id = configs.id
            WHERE configs.user_id = users.id AND configs.revoked_at IS NULL AND counters.handshake_at > :since)"""
_FILTERS = {
    "all": "1",
    "week": _HANDSHAKE,
    "never": f"NOT {_HANDSHAKE}",
    "outdated": "1",
    **dict.fromkeys(LANGUAGES, "users.language = :audience"),
}
AUDIENCES = tuple(_FILTERS)


def audience_of(db: sqlite3.Connection, audience: str, sender_id: int, now: int) -> list[int]:
    """List the approved people who match a filter and can be reached, without the sender."""
    query = f"""SELECT id FROM users
                WHERE state = 'approved' AND reachable = 1 AND id <> :sender AND {_FILTERS[audience]} ORDER BY id"""
    since = now - 7 * DAY if audience == "week" else 0
    found = list_rows(db, int, query, {"sender": sender_id, "audience": audience, "since": since})
    if audience != "outdated":
        return found
    owners = {config.user_id for config in outdated(db)}
    return [user_id for user_id in found if user_id in owners]


def add_draft(db: sqlite3.Connection, text: str, audience: str, sender_id: int, now: int) -> Broadcast:
    """Store what an admin typed, in place of their earlier draft."""
    db.execute("DELETE FROM broadcasts WHERE created_by = ? AND begun_at IS NULL", (sender_id,))
    draft_id = insert(db, "broadcasts", text=text, audience=audience, created_at=now, created_by=sender_id)
    return get_broadcast(db, draft_id)


def drop_draft(db: sqlite3.Connection, broadcast_id: int) -> None:
    """Delete a draft."""
    db.execute("DELETE FROM broadcasts WHERE id = ? AND begun_at IS NULL", (broadcast_id,))


def get_broadcast(db: sqlite3.Connection, broadcast_id: int) -> Broadcast:
    """Return a broadcast; raise Refused('gone') if there is none."""
    return get_row(db, Broadcast, f"{_SELECT} WHERE id = ?", (broadcast_id,))


def running(db: sqlite3.Connection) -> list[Broadcast]:
    """List the broadcasts that are being sent."""
    return list_rows(db, Broadcast, f"{_SELECT} WHERE begun_at IS NOT NULL AND finished_at IS NULL ORDER BY id")


def begin(db: sqlite3.Connection, broadcast_id: int, total: int, now: int) -> None:
    """Start sending a draft to `total` people; raise Refused('broadcast_begun') if it was started before."""
    query = "UPDATE broadcasts SET begun_at = ?, total = ? WHERE id = ? AND begun_at IS NULL"
    if not db.execute(query, (now, total, broadcast_id)).rowcount:
        raise Refused("broadcast_begun")


def stop(db: sqlite3.Connection, broadcast: Broadcast, now: int) -> int:
    """Drop what is still unsent and return how many; raise Refused('broadcast_over') if it is not being sent."""
    query = """UPDATE broadcasts SET stopped_at = ?
               WHERE id = ? AND begun_at IS NOT NULL AND stopped_at IS NULL AND finished_at IS NULL"""
    if not db.execute(query, (now, broadcast.id)).rowcount:
        raise Refused("broadcast_over")
    return drop_subject(db, broadcast.subject)


def progress_of(db: sqlite3.Connection, broadcast: Broadcast) -> Progress:
    """Count how far a broadcast is; dropped messages count as missed."""
    if broadcast.finished_at is not None:
        return Progress(broadcast.sent, broadcast.total - broadcast.sent, 0)
    waiting, sent = count_of_subject(db, broadcast.subject), count_notices(db, broadcast.subject)
    return Progress(sent, max(0, broadcast.total - waiting - sent), waiting)


def finish(db: sqlite3.Connection, broadcast: Broadcast, sent: int, now: int) -> None:
    """Record the end of a broadcast, and forget its single messages."""
    db.execute("UPDATE broadcasts SET finished_at = ?, sent = ? WHERE id = ?", (now, sent, broadcast.id))
    forget_subject(db, broadcast.subject)
