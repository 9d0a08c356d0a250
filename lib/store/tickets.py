"""The table tickets: friends' messages, complaints and wishes. Each is closed once, and its text deleted."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lib.days import DAY
from lib.errors import Refused
from lib.store.database import columns, get_row, insert, list_rows, note_erased, number
from lib.store.users import name_of

DRAFT_SECONDS, KEPT_SECONDS = DAY, 30 * DAY
DRAFTS = 5  # that are kept of one person, who may write in several messages before they send the first


@dataclass(frozen=True)
class Ticket:
    """A row of tickets; see sql/schema.sql for each column."""

    id: int
    user_id: int
    kind: str
    config_id: int | None
    text: str
    finding: str
    present: int | None
    created_at: int
    sent_at: int | None
    closed_at: int | None
    closed_by: int | None
    outcome: str

    @property
    def subject(self) -> str:
        """The subject of the admins' cards."""
        return f"ticket:{self.id}"


_SELECT = f"SELECT {columns(Ticket)} FROM tickets"


def add_draft(db: sqlite3.Connection, user_id: int, text: str, now: int) -> Ticket:
    """Store a friend's draft until they send it; only the newest few unsent ones are kept."""
    ticket_id = insert(db, "tickets", user_id=user_id, kind="message", text=text, created_at=now)
    drafts = "SELECT id FROM tickets WHERE user_id = ? AND sent_at IS NULL ORDER BY id DESC"
    _drop(db, f"id IN ({drafts} LIMIT -1 OFFSET ?)", user_id, DRAFTS)
    return get_ticket(db, ticket_id)


def send_draft(db: sqlite3.Connection, user_id: int, ticket_id: int, now: int) -> Ticket:
    """Send a friend's own draft, once; raise Refused('gone') for any other."""
    query = "UPDATE tickets SET sent_at = ? WHERE id = ? AND user_id = ? AND sent_at IS NULL"
    if not db.execute(query, (now, ticket_id, user_id)).rowcount:
        raise Refused("written_already" if get_ticket(db, ticket_id).user_id == user_id else "gone")
    return get_ticket(db, ticket_id)


def add_ticket(
    db: sqlite3.Connection,
    user_id: int,
    kind: str,
    now: int,
    *,
    config_id: int | None = None,
    finding: str = "",
    present: int | None = None,
) -> Ticket:
    """Add a complaint or a wish."""
    about = {"config_id": config_id, "finding": finding, "present": present}
    ticket_id = insert(db, "tickets", user_id=user_id, kind=kind, created_at=now, sent_at=now, **about)
    return get_ticket(db, ticket_id)


def get_ticket(db: sqlite3.Connection, ticket_id: int) -> Ticket:
    """Return a ticket; raise Refused('gone') if there is none."""
    return get_row(db, Ticket, f"{_SELECT} WHERE id = ?", (ticket_id,))


def get_sent(db: sqlite3.Connection, ticket_id: int) -> Ticket:
    """Return a ticket that the admins have seen; raise Refused('gone') for a draft."""
    return get_row(db, Ticket, f"{_SELECT} WHERE id = ? AND sent_at IS NOT NULL", (ticket_id,))


def get_open(db: sqlite3.Connection, ticket_id: int) -> Ticket:
    """Return an open ticket; raise Refused('ticket_closed') if it is closed."""
    ticket = get_sent(db, ticket_id)
    if ticket.closed_at is not None:
        raise Refused("ticket_closed", who=name_of(db, ticket.closed_by))
    return ticket


def is_waiting(db: sqlite3.Connection, user_id: int, kind: str, config_id: int | None) -> bool:
    """Return True if a person has an open wish or complaint of this kind."""
    query = """SELECT EXISTS (SELECT 1 FROM tickets WHERE user_id = ? AND kind = ? AND config_id IS ?
                              AND sent_at IS NOT NULL AND closed_at IS NULL)"""
    return bool(number(db, query, (user_id, kind, config_id)))


def same_wishes(db: sqlite3.Connection, ticket: Ticket) -> list[Ticket]:
    """List the open tickets in which a person asks for the same thing, this one among them."""
    query = f"{_SELECT} WHERE user_id = ? AND kind = ? AND config_id IS ? AND sent_at IS NOT NULL AND closed_at IS NULL"
    return list_rows(db, Ticket, query, (ticket.user_id, ticket.kind, ticket.config_id))


def close(db: sqlite3.Connection, ticket: Ticket, outcome: str, by: int, now: int) -> Ticket:
    """Close a ticket and delete its text; raise Refused('ticket_closed') if another admin was faster.

    Return the updated ticket, still with its text, which the cards show once more.
    """
    query = "UPDATE tickets SET closed_at = ?, closed_by = ?, outcome = ?, text = '' WHERE id = ? AND closed_at IS NULL"
    if not db.execute(query, (now, by, outcome, ticket.id)).rowcount:
        get_open(db, ticket.id)
    note_erased(db)
    return Ticket(**{**ticket.__dict__, "closed_at": now, "closed_by": by, "outcome": outcome})


def open_tickets_of(db: sqlite3.Connection, user_id: int) -> list[Ticket]:
    """List the tickets of a person that wait for an admin."""
    query = f"{_SELECT} WHERE user_id = ? AND sent_at IS NOT NULL AND closed_at IS NULL ORDER BY id"
    return list_rows(db, Ticket, query, (user_id,))


def forget_tickets(db: sqlite3.Connection, user_id: int) -> list[int]:
    """Delete all tickets of a person who leaves; return their ids."""
    ids = list_rows(db, int, "SELECT id FROM tickets WHERE user_id = ? ORDER BY id", (user_id,))
    _drop(db, "user_id = ?", user_id)
    return ids


def forget_old(db: sqlite3.Connection, now: int) -> None:
    """Delete drafts older than a day or from while the clock ran ahead, and closed tickets sent over a month ago.

    An open one is never deleted: somebody waits for an answer.
    """
    _drop(db, "sent_at < ? AND closed_at IS NOT NULL", now - KEPT_SECONDS)
    _drop(db, "sent_at IS NULL AND created_at NOT BETWEEN ? AND ?", now - DRAFT_SECONDS, now + DRAFT_SECONDS)


def _drop(db: sqlite3.Connection, which: str, *values: int) -> None:
    """Delete tickets without leaving traces on the disk."""
    if db.execute(f"DELETE FROM tickets WHERE {which}", values).rowcount:
        note_erased(db)
