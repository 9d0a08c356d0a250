"""The table invitations: single-use links for friends. An open one's code is kept, to show its link again."""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from lib.errors import Refused
from lib.store.database import columns, find_row, get_meta, get_row, insert, list_rows, number, put_meta

CODE_BYTES = 16  # random; nobody guesses 128 bits
_CODE = re.compile(r"[A-Za-z0-9_-]{22}")  # as token_urlsafe writes them


@dataclass(frozen=True)
class Invitation:
    """A row of invitations without its digest and its code; see sql/schema.sql for each column."""

    id: int
    name: str
    with_config: int
    created_at: int
    created_by: int
    expires_at: int
    used_at: int | None
    used_by: int | None
    revoked_at: int | None
    for_user: int | None

    def state(self, now: int) -> str:
        """Return what became of it: used, revoked, expired, or open."""
        if self.used_at is not None:
            return "used"
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if now >= self.expires_at else "open"


_SELECT = f"SELECT {columns(Invitation)} FROM invitations"
_WHERE_OPEN = "WHERE id = ? AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ?"


def is_code(text: str) -> bool:
    """Return True if a text looks like a code."""
    return _CODE.fullmatch(text) is not None


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def add_invitation(
    db: sqlite3.Connection,
    name: str,
    with_config: bool,
    admin_id: int,
    expires_at: int,
    now: int,
    *,
    for_user: int | None = None,
) -> tuple[int, str]:
    """Create an invitation, optionally for a person without Telegram; return its id and its code."""
    code = secrets.token_urlsafe(CODE_BYTES)
    row = {"name": name, "with_config": with_config, "created_at": now, "created_by": admin_id, "for_user": for_user}
    return insert(db, "invitations", digest=_digest(code), code=code, expires_at=expires_at, **row), code


def find_by_code(db: sqlite3.Connection, code: str) -> Invitation | None:
    """Return the invitation with this code, or None."""
    return find_row(db, Invitation, f"{_SELECT} WHERE digest = ?", (_digest(code),))


def find_open_for(db: sqlite3.Connection, user_id: int, now: int) -> int | None:
    """Return the newest open invitation for a person without Telegram."""
    query = """SELECT id FROM invitations
               WHERE for_user = ? AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ? ORDER BY id DESC"""
    return find_row(db, int, query, (user_id, now))


def end_those_for(db: sqlite3.Connection, user_id: int, now: int) -> None:
    """Revoke the open invitations for a person without Telegram who is being deleted."""
    while (invitation_id := find_open_for(db, user_id, now)) is not None:
        take_back(db, invitation_id, now)


def open_code(db: sqlite3.Connection, invitation_id: int, now: int) -> str | None:
    """Return the code of an open invitation; None if it is no longer open, or from before codes were kept."""
    return find_row(db, str, f"SELECT code FROM invitations {_WHERE_OPEN} AND code IS NOT NULL", (invitation_id, now))


def forget_expired_codes(db: sqlite3.Connection, now: int) -> None:
    """Delete the codes of invitations that have expired; those of used and revoked ones are gone already."""
    db.execute("UPDATE invitations SET code = NULL WHERE code IS NOT NULL AND expires_at <= ?", (now,))


def get_invitation(db: sqlite3.Connection, invitation_id: int) -> Invitation:
    """Return an invitation; raise Refused('gone') if there is none."""
    return get_row(db, Invitation, f"{_SELECT} WHERE id = ?", (invitation_id,))


def list_invitations(db: sqlite3.Connection, limit: int, offset: int) -> list[Invitation]:
    """List the invitations, newest first."""
    return list_rows(db, Invitation, f"{_SELECT} ORDER BY id DESC LIMIT ? OFFSET ?", (limit, offset))


def count_invitations(db: sqlite3.Connection) -> int:
    """Count all invitations."""
    return number(db, "SELECT count(*) FROM invitations")


def use(db: sqlite3.Connection, invitation_id: int, user_id: int, now: int) -> bool:
    """Use up an invitation; return False if it is no longer open."""
    query = f"UPDATE invitations SET used_at = ?, used_by = ?, code = NULL {_WHERE_OPEN}"
    return db.execute(query, (now, user_id, invitation_id, now)).rowcount == 1


def take_back(db: sqlite3.Connection, invitation_id: int, now: int) -> None:
    """Revoke an invitation; raise Refused('invitation_was_…') if it is no longer open."""
    query = f"UPDATE invitations SET revoked_at = ?, code = NULL {_WHERE_OPEN}"
    if not db.execute(query, (now, invitation_id, now)).rowcount:
        raise Refused(f"invitation_was_{get_invitation(db, invitation_id).state(now)}")


def end_of_others(db: sqlite3.Connection, admin_ids: Collection[int], now: int) -> list[Invitation]:
    """Revoke the open invitations of everyone who is no longer an admin; return them."""
    open_ = f"{_SELECT} WHERE used_at IS NULL AND revoked_at IS NULL AND expires_at > ? ORDER BY id"
    orphans = [one for one in list_rows(db, Invitation, open_, (now,)) if one.created_by not in admin_ids]
    for one in orphans:
        take_back(db, one.id, now)
    return orphans


def note_username(db: sqlite3.Connection, username: str) -> None:
    """Store the bot's own username, which its links contain."""
    if read_username(db) != username:
        put_meta(db, "username", username)


def read_username(db: sqlite3.Connection) -> str | None:
    """Return the bot's own username; None before Telegram was first asked for it."""
    return get_meta(db, "username")
