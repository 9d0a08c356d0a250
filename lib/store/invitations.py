"""Own the table invitations: links by which a friend comes in, each once. A code is known only to who holds it."""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
from dataclasses import dataclass

from lib.errors import Refused
from lib.store.database import get_meta, put_meta

CODE_BYTES = 16  # of chance: nobody guesses 128 bits
_CODE = re.compile(r"[A-Za-z0-9_-]{22}")  # as token_urlsafe writes them


@dataclass(frozen=True)
class Invitation:
    """A row of invitations but for its digest; see sql/schema.sql for each column."""

    id: int
    name: str
    with_config: int
    created_at: int
    created_by: int
    expires_at: int
    used_at: int | None
    used_by: int | None
    revoked_at: int | None

    def state(self, now: int) -> str:
        """Name what became of it: used, revoked, expired, or open."""
        if self.used_at is not None:
            return "used"
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if now >= self.expires_at else "open"


_COLUMNS = ", ".join(Invitation.__dataclass_fields__)


def is_code(text: str) -> bool:
    """Tell whether a text has the shape of a code."""
    return _CODE.fullmatch(text) is not None


def add_invitation(
    db: sqlite3.Connection, name: str, with_config: bool, admin_id: int, expires_at: int, now: int
) -> tuple[int, str]:
    """Make an invitation; give its id and its code, which is written down nowhere."""
    code = secrets.token_urlsafe(CODE_BYTES)
    cursor = db.execute(
        """INSERT INTO invitations (digest, name, with_config, created_at, created_by, expires_at)
           VALUES (?, ?, ?, ?, ?, ?)""",
        (_digest(code), name, int(with_config), now, admin_id, expires_at),
    )
    return int(cursor.lastrowid or 0), code


def find_by_code(db: sqlite3.Connection, code: str) -> Invitation | None:
    """Find what a code stands for; None for one that was never given out."""
    row = db.execute(f"SELECT {_COLUMNS} FROM invitations WHERE digest = ?", (_digest(code),)).fetchone()
    return None if row is None else Invitation(*row)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def get_invitation(db: sqlite3.Connection, invitation_id: int) -> Invitation:
    """Read an invitation; Refused('gone') where a button speaks of none."""
    row = db.execute(f"SELECT {_COLUMNS} FROM invitations WHERE id = ?", (invitation_id,)).fetchone()
    if row is None:
        raise Refused("gone")
    return Invitation(*row)


def list_invitations(db: sqlite3.Connection, limit: int, offset: int) -> list[Invitation]:
    """List invitations, newest first."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM invitations ORDER BY id DESC LIMIT ? OFFSET ?", (limit, offset))
    return [Invitation(*row) for row in rows]


def count_invitations(db: sqlite3.Connection) -> int:
    """Count all of them."""
    return int(db.execute("SELECT count(*) FROM invitations").fetchone()[0])


def use(db: sqlite3.Connection, invitation_id: int, user_id: int, now: int) -> bool:
    """Let somebody come in by an invitation; False when it no longer opens anything."""
    changed = db.execute(
        """UPDATE invitations
           SET used_at = ?, used_by = ?
           WHERE id = ? AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ?""",
        (now, user_id, invitation_id, now),
    ).rowcount
    return bool(changed)


def take_back(db: sqlite3.Connection, invitation_id: int, now: int) -> None:
    """End an invitation that nobody used; Refused('invitation_…') when it ended before."""
    changed = db.execute(
        """UPDATE invitations
           SET revoked_at = ?
           WHERE id = ? AND used_at IS NULL AND revoked_at IS NULL AND expires_at > ?""",
        (now, invitation_id, now),
    ).rowcount
    if not changed:
        raise Refused(f"invitation_was_{get_invitation(db, invitation_id).state(now)}")


def note_username(db: sqlite3.Connection, username: str) -> None:
    """Remember what Telegram calls the bot: its links carry that."""
    if read_username(db) != username:
        put_meta(db, "username", username)


def read_username(db: sqlite3.Connection) -> str | None:
    """Tell what Telegram calls the bot; None before it was ever asked."""
    return get_meta(db, "username")
