"""The table foreign_peers: peers on the interface that the bot did not make, and what an admin decided about them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

from lib.days import DAY
from lib.store.configs import Config
from lib.store.database import columns, find_row, get_row, list_rows, number, setter

FORGET_SECONDS = 30 * DAY  # how long a peer that left by itself is remembered


@dataclass(frozen=True)
class Sighting:
    """A foreign peer on the interface: bytes as the server sees them, handshake in epoch seconds or 0."""

    public_key: str
    preshared_key: str | None = field(repr=False)
    allowed_ips: tuple[str, ...]
    received: int
    sent: int
    handshake_at: int
    name: str = ""  # as whoever made it calls it; '' if that is not known
    port: int | None = None  # the device's source port when it last sent


@dataclass(frozen=True)
class Kept:
    """Another program's data about a peer: more than the interface shows."""

    public_key: str
    private_key: str | None = field(repr=False)
    preshared_key: str | None = field(repr=False)
    allowed_ips: tuple[str, ...]
    name: str
    expires_at: int | None
    enabled: bool


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
    name: str
    port: int | None
    private_key: str | None = field(repr=False)
    expires_at: int | None

    @property
    def can_come_back(self) -> bool:
        """True for a removed peer that could become a friend's config again, because all of its keys are known."""
        return self.evicted_at is not None and not self.live and self.private_key is not None

    @property
    def addresses(self) -> tuple[str, str | None] | None:
        """The addresses of a single device, IPv4 and maybe IPv6; None for a peer that carries anything else."""
        found: dict[int, list[str]] = {4: [], 6: []}
        for network in map(ip_network, self.allowed_ips):
            if network.prefixlen < network.max_prefixlen:
                return None
            found[network.version].append(str(network.network_address))
        return (found[4][0], next(iter(found[6]), None)) if len(found[4]) == 1 and len(found[6]) <= 1 else None


_LISTED = "FROM foreign_peers WHERE (live = 1 OR evicted_at IS NOT NULL)"
_SELECT = f"SELECT {columns(ForeignPeer)} {_LISTED}"


def note_foreign(db: sqlite3.Connection, sightings: Sequence[Sighting], interface_id: str, now: int) -> int:
    """Record which foreign peers are on the interface now; return how many of them are new."""
    known = foreign_keys(db)
    seen = {sighting.public_key for sighting in sightings}
    gone = [(key,) for key in known - seen]
    db.executemany("UPDATE foreign_peers SET live = 0 WHERE public_key = ? AND live = 1", gone)
    db.executemany(
        """INSERT INTO foreign_peers (public_key, preshared_key, allowed_ips, received, sent, handshake_at,
                                      interface_id, seen_at, name, port)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (public_key)
           DO UPDATE SET preshared_key = excluded.preshared_key, allowed_ips = excluded.allowed_ips,
                         received = excluded.received, sent = excluded.sent, handshake_at = excluded.handshake_at,
                         interface_id = excluded.interface_id, seen_at = excluded.seen_at, live = 1,
                         port = excluded.port,
                         name = CASE excluded.name WHEN '' THEN name ELSE excluded.name END""",
        [
            (s.public_key, s.preshared_key, json.dumps(s.allowed_ips), s.received, s.sent, s.handshake_at,
             interface_id, now, s.name, s.port)
            for s in sightings
        ],
    )  # fmt: skip
    too_old = now - FORGET_SECONDS
    db.execute("DELETE FROM foreign_peers WHERE live = 0 AND evicted_at IS NULL AND seen_at < ?", (too_old,))
    return len(seen - known)


def note_kept(db: sqlite3.Connection, peers: Sequence[Kept], now: int) -> None:
    """Store another program's data about its peers. A peer that was disabled there is stored as removed."""
    db.executemany(
        """INSERT INTO foreign_peers (public_key, private_key, preshared_key, allowed_ips, received, sent, handshake_at,
                                      interface_id, live, seen_at, evicted_at, name, expires_at)
           SELECT ?, ?, ?, ?, 0, 0, 0, '', 0, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM configs WHERE public_key = ?)
           ON CONFLICT (public_key)
           DO UPDATE SET private_key = coalesce(private_key, excluded.private_key),
                         expires_at = coalesce(expires_at, excluded.expires_at)""",
        [
            (p.public_key, p.private_key, p.preshared_key, json.dumps(p.allowed_ips), now, None if p.enabled else now,
             p.name, p.expires_at, p.public_key)
            for p in peers
        ],
    )  # fmt: skip


def end_expired(db: sqlite3.Connection, now: int) -> None:
    """Mark peers for removal whose end date, set by another program, has passed."""
    db.execute("UPDATE foreign_peers SET evicted_at = ? WHERE evicted_at IS NULL AND expires_at <= ?", (now, now))


def foreign_keys(db: sqlite3.Connection) -> set[str]:
    """Return the public keys of the foreign peers that are remembered."""
    return set(list_rows(db, str, "SELECT public_key FROM foreign_peers"))


def list_foreign(db: sqlite3.Connection, limit: int, offset: int) -> list[ForeignPeer]:
    """List the foreign peers that are on the interface or were removed by an admin, oldest first."""
    return list_rows(db, _read, f"{_SELECT} ORDER BY id LIMIT ? OFFSET ?", (limit, offset))


def count_foreign(db: sqlite3.Connection) -> int:
    """Count what list_foreign lists."""
    return number(db, f"SELECT count(*) {_LISTED}")


def count_evicted(db: sqlite3.Connection) -> tuple[int, int]:
    """Count the peers that an admin wants off the interface: those still on it, and those that are gone."""
    on, off = (
        number(db, f"SELECT count(*) {_LISTED} AND evicted_at IS NOT NULL AND live = ?", (live,)) for live in (1, 0)
    )
    return on, off


def get_foreign(db: sqlite3.Connection, peer_id: int) -> ForeignPeer:
    """Return a foreign peer; raise Refused('gone') if it left the interface by itself or was adopted."""
    return get_row(db, _read, f"{_SELECT} AND id = ?", (peer_id,))


def find_foreign(db: sqlite3.Connection, peer_id: int | None) -> ForeignPeer | None:
    """Return a foreign peer even if it has left the interface; None if it was adopted or is forgotten."""
    return find_row(db, _read, f"SELECT {columns(ForeignPeer)} FROM foreign_peers WHERE id = ?", (peer_id,))


def list_unclaimed(db: sqlite3.Connection) -> list[ForeignPeer]:
    """List the peers on the interface that are left alone, have a name, and that nobody claims now, by name."""
    query = f"""SELECT {columns(ForeignPeer)} FROM foreign_peers
                WHERE live = 1 AND evicted_at IS NULL AND name <> '' AND NOT EXISTS (
                    SELECT 1 FROM claims WHERE claims.peer_id = foreign_peers.id AND state IN ('watched', 'proven'))
                ORDER BY fold(name), id"""
    return list_rows(db, _read, query)


def _read(*row: Any) -> ForeignPeer:
    peer_id, public_key, preshared_key, allowed_ips, *rest = row
    return ForeignPeer(peer_id, public_key, preshared_key, tuple(json.loads(allowed_ips)), *rest)


def evicted_keys(db: sqlite3.Connection) -> set[str]:
    """Return the public keys that an admin wants off the interface, whenever they come back."""
    return set(list_rows(db, str, "SELECT public_key FROM foreign_peers WHERE evicted_at IS NOT NULL"))


set_evicted = setter("foreign_peers", "evicted_at")  # kept off the interface from then on; None: left alone again
set_end = setter("foreign_peers", "expires_at")  # None: never


def forget_foreign(db: sqlite3.Connection, peer_id: int) -> None:
    """Delete a foreign peer that is a friend's config from now on."""
    db.execute("DELETE FROM foreign_peers WHERE id = ?", (peer_id,))


def add_released(db: sqlite3.Connection, config: Config, now: int) -> None:
    """Add the peer of a released config: it is on the interface, and has no owner any more."""
    query = """INSERT INTO foreign_peers (public_key, private_key, preshared_key, allowed_ips, received, sent,
                                          handshake_at, interface_id, seen_at, name, expires_at)
               SELECT ?, ?, ?, ?, received, sent, handshake_at, interface_id, ?, ?, ?
               FROM counters WHERE config_id = ?"""
    keys, allowed = (config.public_key, config.private_key, config.preshared_key), config.allowed_ips.split(",")
    db.execute(query, (*keys, json.dumps(allowed), now, config.name, config.expires_at, config.id))
