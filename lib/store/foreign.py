"""Own the table foreign_peers: peers on the interface that the bot did not make, and what an admin decided on them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from lib.errors import Refused

FORGET_SECONDS = 30 * 86400  # how long a peer that left by itself is remembered


@dataclass(frozen=True)
class Sighting:
    """A foreign peer as the interface has it: bytes in the server's view, handshake in epoch seconds or 0."""

    public_key: str
    preshared_key: str | None = field(repr=False)
    allowed_ips: tuple[str, ...]
    received: int
    sent: int
    handshake_at: int


@dataclass(frozen=True)
class ForeignPeer:
    """A row of foreign_peers; see sql/schema.sql for each column. Its repr shows no secret."""

    id: int
    public_key: str
    preshared_key: str | None = field(repr=False)
    allowed_ips: tuple[str, ...]
    received: int
    sent: int
    handshake_at: int
    interface_id: str
    live: int
    seen_at: int
    evicted_at: int | None


_COLUMNS = ", ".join(ForeignPeer.__dataclass_fields__)
_LISTED = "FROM foreign_peers WHERE live = 1 OR evicted_at IS NOT NULL"


def note_foreign(db: sqlite3.Connection, sightings: Sequence[Sighting], interface_id: str, now: int) -> int:
    """Note which foreign peers are on the interface now; give how many of them were not known before."""
    known = foreign_keys(db)
    seen = {sighting.public_key for sighting in sightings}
    db.executemany(
        "UPDATE foreign_peers SET live = 0 WHERE public_key = ? AND live = 1", [(key,) for key in known - seen]
    )
    db.executemany(
        """INSERT INTO foreign_peers (public_key, preshared_key, allowed_ips, received, sent, handshake_at,
                                      interface_id, seen_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (public_key)
           DO UPDATE SET preshared_key = excluded.preshared_key, allowed_ips = excluded.allowed_ips,
                         received = excluded.received, sent = excluded.sent, handshake_at = excluded.handshake_at,
                         interface_id = excluded.interface_id, seen_at = excluded.seen_at, live = 1""",
        [
            (s.public_key, s.preshared_key, json.dumps(s.allowed_ips), s.received, s.sent, s.handshake_at,
             interface_id, now)
            for s in sightings
        ],
    )  # fmt: skip
    db.execute(
        "DELETE FROM foreign_peers WHERE live = 0 AND evicted_at IS NULL AND seen_at < ?", (now - FORGET_SECONDS,)
    )
    return len(seen - known)


def foreign_keys(db: sqlite3.Connection) -> set[str]:
    """Give the keys of the foreign peers that are remembered."""
    return {key for (key,) in db.execute("SELECT public_key FROM foreign_peers")}


def list_foreign(db: sqlite3.Connection, limit: int, offset: int) -> list[ForeignPeer]:
    """List the foreign peers that are on the interface or were removed by an admin, oldest first."""
    rows = db.execute(f"SELECT {_COLUMNS} {_LISTED} ORDER BY id LIMIT ? OFFSET ?", (limit, offset))
    return [_read(row) for row in rows]


def count_foreign(db: sqlite3.Connection) -> int:
    """Count what list_foreign lists."""
    return int(db.execute(f"SELECT count(*) {_LISTED}").fetchone()[0])


def get_foreign(db: sqlite3.Connection, peer_id: int) -> ForeignPeer:
    """Read a foreign peer; Refused('gone') where it left the interface by itself or was adopted."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM foreign_peers WHERE id = ? AND (live = 1 OR evicted_at IS NOT NULL)", (peer_id,)
    ).fetchone()
    if row is None:
        raise Refused("gone")
    return _read(row)


def evicted_keys(db: sqlite3.Connection) -> frozenset[str]:
    """Give the keys that an admin wants off the interface, also when they come back."""
    return frozenset(key for (key,) in db.execute("SELECT public_key FROM foreign_peers WHERE evicted_at IS NOT NULL"))


def set_evicted(db: sqlite3.Connection, peer_id: int, evicted_at: int | None) -> None:
    """Note that a peer is to be kept off the interface, or (None) left alone again."""
    db.execute("UPDATE foreign_peers SET evicted_at = ? WHERE id = ?", (evicted_at, peer_id))


def forget_foreign(db: sqlite3.Connection, peer_id: int) -> None:
    """Drop a peer that is a friend's config from now on."""
    db.execute("DELETE FROM foreign_peers WHERE id = ?", (peer_id,))


def _read(row: sqlite3.Row) -> ForeignPeer:
    values = dict(row)
    return ForeignPeer(**{**values, "allowed_ips": tuple(json.loads(values["allowed_ips"]))})
