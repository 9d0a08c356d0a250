"""The table counters: samples of the interface become differences, which are added to the traffic."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import NamedTuple

from lib.store import telegram_only
from lib.store.database import get_meta, number, put_meta, tuples
from lib.store.traffic import add_traffic

ONLINE_SECONDS = 180  # a connected device renews its handshake every two or three minutes
SLACK_SECONDS = 60  # by which a handshake may lie ahead of a round's own time: the round looks a little later
LITTLE = 5000  # bytes in all: less than any page, more than a handshake and its keepalives
FLOW = 2000  # bytes to a device between two samples: more than handshakes and keepalives, less than any page
MOST_BYTES = 2**53  # 9 PB: no counter gets there, and SQLite's sums of many stay below 2**63


class Reading(NamedTuple):
    """A config's counters on the interface: bytes as the server sees them, handshake in epoch seconds or 0."""

    config_id: int
    received: int
    sent: int
    handshake_at: int


Row = tuple[int, int, int, int, str, int, int]  # of the table, in its order


class Signs(NamedTuple):
    """When a config's device was last heard (its bytes came), and when more than keepalives went to it; 0: never."""

    heard_at: int
    flowed_at: int


class Sample(NamedTuple):
    """The last look at all counters: its time, the life of the interface at that time, and its number."""

    at: int
    life: str
    number: int = 0


def are_possible(received: int, sent: int) -> bool:
    """Return True if both are byte counts that an interface can have."""
    return 0 <= received <= MOST_BYTES and 0 <= sent <= MOST_BYTES


def past(handshake_at: int, now: int) -> int:
    """Return a handshake, or 0 (never) for one in the future: it is from a time when the clock ran ahead."""
    return handshake_at if 0 <= handshake_at <= now + SLACK_SECONDS else 0


def repair_handshakes(db: sqlite3.Connection, now: int) -> None:
    """Correct moments that lie in the future, recorded while the clock ran ahead: their devices are not online."""
    for table, column in (
        ("counters", "handshake_at"), ("counters", "heard_at"), ("counters", "flowed_at"),
        ("foreign_peers", "handshake_at"),
    ):  # fmt: skip
        query = f"UPDATE {table} SET {column} = ? WHERE {column} > ?"
        db.execute(query, (now - ONLINE_SECONDS, now + SLACK_SECONDS))


def difference(before: int, after: int, same_interface: bool) -> int:
    """Return how far a counter moved; one that fell, or belongs to another interface, started again at zero."""
    return after - before if same_interface and after >= before else after


def may_be_same(before: str, after: str) -> bool:
    """Compare two lives of an interface part by part; a part that could not be seen ('-') may be anything."""
    pairs = zip(before.split(":"), after.split(":"), strict=False)
    return all(one == other or "-" in (one, other) for one, other in pairs)


def carry_on(before: str, after: str) -> str:
    """Return the life `after`; if it may be the one before, its unseen parts are taken from there."""
    if not may_be_same(before, after):
        return after
    pairs = zip(before.split(":"), after.split(":"), strict=False)
    return ":".join(one if other == "-" else other for one, other in pairs)


def last_sample(db: sqlite3.Connection) -> Sample | None:
    """Return the last sample; None before the first."""
    text = get_meta(db, "sampled")
    return None if text is None else Sample(*json.loads(text))


def sampled_at(db: sqlite3.Connection) -> int:
    """Return when all counters were last looked at, in epoch seconds; 0: never."""
    return last.at if (last := last_sample(db)) else 0


def record_sample(
    db: sqlite3.Connection, readings: Sequence[Reading], gone: Iterable[int], interface_id: str, now: int, zone: tzinfo
) -> Sample:
    """Add what moved since the last sample to its days and hours, and keep the readings as the next base.

    What configs moved that reach Telegram alone is added to days of its own.

    `readings` are of the configs whose counters may have moved, `gone` are those that left the interface: should they
    return, their counters start at zero. All other configs stand as they did. Only rows that change are written.
    """
    last = last_sample(db) or Sample(now, interface_id)
    sample = Sample(now, carry_on(last.life, interface_id), last.number + 1)
    query = """SELECT config_id, received, sent, handshake_at, interface_id
               FROM counters WHERE config_id IN (SELECT value FROM json_each(?))"""
    rows = tuples(db, query, (json.dumps([reading.config_id for reading in readings]),))
    bases = {config_id: base for config_id, *base in rows}
    changed, moved = list[Row](), []
    for reading in readings:
        config_id, received, sent, seen = reading
        was_received, was_sent, was_seen, life = bases.get(config_id, (0, 0, 0, ""))
        if was_received != received or was_sent != sent or was_seen < seen or life != sample.life:
            same = may_be_same(life, sample.life)
            uploaded, downloaded = difference(was_received, received, same), difference(was_sent, sent, same)
            moved.append((config_id, uploaded, downloaded))
            changed.append((*reading, sample.life, now if uploaded else 0, now if downloaded >= FLOW else 0))
    db.executemany("UPDATE counters SET received = 0, sent = 0 WHERE config_id = ?", [(id_,) for id_ in gone])
    _write(db, changed)
    apart = telegram_only.ids(db)
    add_traffic(db, [one for one in moved if one[0] not in apart], last.at, now, zone)
    telegram_only.add_telegram(db, [one for one in moved if one[0] in apart], last.at, now, zone)
    put_meta(db, "sampled", json.dumps(sample))
    return sample


def note_ports(db: sqlite3.Connection, asked: Mapping[int, int]) -> None:
    """Record to which of the server's ports the devices of these configs send."""
    query = "UPDATE counters SET port = ? WHERE config_id = ? AND port IS NOT ?"
    db.executemany(query, [(port, config_id, port) for config_id, port in asked.items()])


def counted(db: sqlite3.Connection) -> set[int]:
    """Return the configs whose counters are above zero."""
    return {id_ for (id_,) in tuples(db, "SELECT config_id FROM counters WHERE received > 0 OR sent > 0")}


def read_signs(db: sqlite3.Connection, config_id: int) -> Signs:
    """Return a config's signs of life, in epoch seconds."""
    query = "SELECT heard_at, flowed_at FROM counters WHERE config_id = ?"
    row = db.execute(query, (config_id,)).fetchone()
    return Signs(*row) if row else Signs(0, 0)


def read_counted(db: sqlite3.Connection, config_id: int) -> tuple[int, int]:
    """Return a config's counters as last read: bytes received and sent."""
    row = db.execute("SELECT received, sent FROM counters WHERE config_id = ?", (config_id,)).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def read_handshake(db: sqlite3.Connection, config_id: int) -> int:
    """Return a config's newest handshake in epoch seconds; 0: never."""
    return number(db, "SELECT coalesce(max(handshake_at), 0) FROM counters WHERE config_id = ?", (config_id,))


def keep_readings(db: sqlite3.Connection, readings: Sequence[Reading], interface_id: str) -> None:
    """Make these readings the base of the next sample, which looks at all counters again."""
    _write(db, [(*reading, interface_id, 0, 0) for reading in readings])
    if last := last_sample(db):
        put_meta(db, "sampled", json.dumps(last._replace(number=last.number + 1)))


def _write(db: sqlite3.Connection, rows: Sequence[Row]) -> None:
    query = """INSERT INTO counters (config_id, received, sent, handshake_at, interface_id, heard_at, flowed_at)
               VALUES (?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (config_id)
               DO UPDATE SET received = excluded.received, sent = excluded.sent, interface_id = excluded.interface_id,
                             handshake_at = max(handshake_at, excluded.handshake_at),
                             heard_at = max(heard_at, excluded.heard_at),
                             flowed_at = max(flowed_at, excluded.flowed_at)"""
    db.executemany(query, rows)


def count_reconnected(db: sqlite3.Connection, since: int, config_ids: Sequence[int]) -> tuple[int, int]:
    """Count which of these configs had a handshake since a moment (inclusive), and which are not revoked."""
    query = """SELECT count(*) FILTER (WHERE counters.handshake_at >= ?), count(*)
               FROM configs LEFT JOIN counters ON counters.config_id = configs.id
               WHERE configs.revoked_at IS NULL AND configs.id IN (SELECT value FROM json_each(?))"""
    row = db.execute(query, (since, json.dumps(list(config_ids)))).fetchone()
    return int(row[0]), int(row[1])


def newest_handshake(db: sqlite3.Connection) -> int:
    """Return the newest handshake of any config or live foreign peer, in epoch seconds; 0: there never was one."""
    query = """SELECT max((SELECT coalesce(max(handshake_at), 0) FROM counters),
                          (SELECT coalesce(max(handshake_at), 0) FROM foreign_peers WHERE live = 1))"""
    return number(db, query)


def is_online(handshake_at: int, now: int) -> bool:
    """Return True if a device with this newest handshake is connected now."""
    return -SLACK_SECONDS <= now - handshake_at < ONLINE_SECONDS
