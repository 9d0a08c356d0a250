"""The table claims: friends show that a foreign peer is theirs. States move by compare-and-set."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from lib.days import DAY
from lib.errors import Refused
from lib.store.database import columns, find_row, get_row, insert, list_rows, note_erased, number
from lib.store.foreign import ForeignPeer
from lib.store.users import name_of

KEPT_SECONDS = 30 * DAY  # how long a claim that is over is remembered


@dataclass(frozen=True)
class Claim:
    """A row of claims; see sql/schema.sql for each column."""

    id: int
    user_id: int
    peer_id: int | None
    name: str
    state: str
    created_at: int
    begun_at: int
    looked_at: int
    heard_at: int | None
    off_at: int | None
    received: int
    handshake_at: int
    interface_id: str
    port: int | None
    moved: int | None
    proven_at: int | None
    decided_at: int | None
    decided_by: int | None

    @property
    def subject(self) -> str:
        """The subject of the admins' cards."""
        return f"claim:{self.id}"


_SELECT = f"SELECT {columns(Claim)} FROM claims"
_WATCH = (
    "created_at", "begun_at", "looked_at", "heard_at", "off_at", "received", "handshake_at", "interface_id", "port",
    "moved",
)  # fmt: skip


def add_claim(db: sqlite3.Connection, user_id: int, peer: ForeignPeer, name: str, now: int) -> Claim:
    """Begin to watch a peer for a person.

    Raise Refused('claim_running') if another one is being watched for them, Refused('claim_taken') if somebody claims
    this one.
    """
    if watched_of(db, user_id):
        raise Refused("claim_running")
    if number(db, f"SELECT EXISTS ({_SELECT} WHERE peer_id = ? AND state IN ('watched', 'proven'))", (peer.id,)):
        raise Refused("claim_taken")
    seen = {name: getattr(peer, name) for name in ("received", "handshake_at", "interface_id", "port")}
    moments = dict.fromkeys(("created_at", "begun_at", "looked_at"), now)
    return get_claim(db, insert(db, "claims", user_id=user_id, peer_id=peer.id, name=name, **moments, **seen))


def get_claim(db: sqlite3.Connection, claim_id: int) -> Claim:
    """Return a claim; raise Refused('gone') if there is none."""
    return get_row(db, Claim, f"{_SELECT} WHERE id = ?", (claim_id,))


def watched_of(db: sqlite3.Connection, user_id: int) -> Claim | None:
    """Return the claim of a person that is being watched; None if there is none."""
    return find_row(db, Claim, f"{_SELECT} WHERE user_id = ? AND state = 'watched'", (user_id,))


def proven_of(db: sqlite3.Connection, user_id: int) -> list[Claim]:
    """List the claims of a person that wait for an admin."""
    return list_rows(db, Claim, f"{_SELECT} WHERE user_id = ? AND state = 'proven' ORDER BY id", (user_id,))


def open_claims(db: sqlite3.Connection) -> list[Claim]:
    """List the claims that are being watched or wait for an admin, oldest first."""
    return list_rows(db, Claim, f"{_SELECT} WHERE state IN ('watched', 'proven') ORDER BY id")


def is_watching(db: sqlite3.Connection) -> bool:
    """Return True if a peer is being watched for a claim."""
    return bool(number(db, "SELECT EXISTS (SELECT 1 FROM claims WHERE state = 'watched')"))


def keep_watch(db: sqlite3.Connection, claim: Claim) -> None:
    """Store how far the watch of a claim has come."""
    query = f"UPDATE claims SET {', '.join(f'{column} = ?' for column in _WATCH)} WHERE id = ? AND state = 'watched'"
    db.execute(query, (*(getattr(claim, column) for column in _WATCH), claim.id))


def move_claim(
    db: sqlite3.Connection, claim_id: int, before: str, after: str, now: int, decided_by: int | None = None
) -> Claim:
    """Move a claim from one state to another; raise Refused('claim_already_…') if it is not in the first any more."""
    column = "proven_at" if after == "proven" else "decided_at"
    query = f"UPDATE claims SET state = ?, {column} = ?, decided_by = ? WHERE id = ? AND state = ?"
    moved = db.execute(query, (after, now, decided_by, claim_id, before)).rowcount
    claim = get_claim(db, claim_id)
    if not moved:
        raise Refused(f"claim_already_{claim.state}", who=name_of(db, claim.decided_by))
    return claim


def count_tries(db: sqlite3.Connection, user_id: int, now: int) -> int:
    """Count the claims of a person in the last day that came to nothing by their own doing."""
    query = """SELECT count(*) FROM claims WHERE user_id = ? AND state IN ('failed', 'stopped', 'rejected')
               AND created_at > ? AND created_at <= ?"""
    return number(db, query, (user_id, now - DAY, now))


def was_declined(db: sqlite3.Connection, user_id: int, peer_id: int) -> bool:
    """Return True if an admin has said that a peer is not this person's."""
    query = "SELECT EXISTS (SELECT 1 FROM claims WHERE user_id = ? AND peer_id = ? AND state = 'rejected')"
    return bool(number(db, query, (user_id, peer_id)))


def forget_claims(db: sqlite3.Connection, user_id: int) -> list[int]:
    """Delete all claims of a person who leaves; return their ids."""
    ids = list_rows(db, int, "SELECT id FROM claims WHERE user_id = ? ORDER BY id", (user_id,))
    _drop(db, "user_id = ?", user_id)
    return ids


def forget_old(db: sqlite3.Connection, now: int) -> None:
    """Delete the claims that ended long ago."""
    _drop(db, "decided_at < ?", now - KEPT_SECONDS)


def _drop(db: sqlite3.Connection, which: str, value: int) -> None:
    """Delete claims without leaving traces on the disk."""
    if db.execute(f"DELETE FROM claims WHERE {which}", (value,)).rowcount:
        note_erased(db)
