"""Own the table counters: samples of the interface become differences, which are added to the traffic."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import NamedTuple

from lib.store.database import get_meta, put_meta, tuples
from lib.store.traffic import add_traffic

ONLINE_SECONDS = 180  # a device that is connected renews its handshake every two or three minutes


class Reading(NamedTuple):
    """A config's counters as the interface tells them: bytes in the server's view, handshake in epoch seconds or 0."""

    config_id: int
    received: int
    sent: int
    handshake_at: int


class Sample(NamedTuple):
    """The last look at all counters: when, of which life of the interface, and its number."""

    at: int
    life: str
    number: int = 0


def difference(before: int, after: int, same_interface: bool) -> int:
    """Tell how far a counter moved; one that fell, or belongs to another interface, began again at zero."""
    return after - before if same_interface and after >= before else after


def may_be_same(before: str, after: str) -> bool:
    """Compare two names of an interface's life part by part; a part that could not be seen ('-') tells nothing."""
    pairs = zip(before.split(":"), after.split(":"), strict=False)
    return all(one == other or "-" in (one, other) for one, other in pairs)


def carry_on(before: str, after: str) -> str:
    """Give the life `after`, what could not be seen of it taken from the one before, if it may be the same."""
    if not may_be_same(before, after):
        return after
    pairs = zip(before.split(":"), after.split(":"), strict=False)
    return ":".join(one if other == "-" else other for one, other in pairs)


def last_sample(db: sqlite3.Connection) -> Sample | None:
    """Read which sample was the last; None before the first."""
    text = get_meta(db, "sampled")
    return None if text is None else Sample(*json.loads(text))


def sampled_at(db: sqlite3.Connection) -> int:
    """Tell when all counters were last looked at, in epoch seconds; 0: never."""
    last = last_sample(db)
    return last.at if last else 0


def record_sample(
    db: sqlite3.Connection, readings: Sequence[Reading], gone: Iterable[int], interface_id: str, now: int, zone: tzinfo
) -> Sample:
    """Add what moved since the last sample to its days and hours, and keep the readings as the next base.

    `readings` are of the configs whose counters may have moved, `gone` those that left the interface: if they return,
    their counters begin at zero. A config in neither stands as it did. A row of counters is written when it changes.
    """
    last = last_sample(db) or Sample(now, interface_id)
    sample = Sample(now, carry_on(last.life, interface_id), last.number + 1)
    bases = _bases(db, readings)
    changed, moved = [], []
    for reading in readings:
        config_id, received, sent, seen = reading
        base = bases.get(config_id, (0, 0, 0, ""))
        if base[0] != received or base[1] != sent or base[2] < seen or base[3] != sample.life:
            changed.append(reading)
            same = may_be_same(base[3], sample.life)
            moved.append((config_id, difference(base[0], received, same), difference(base[1], sent, same)))
    db.executemany("UPDATE counters SET received = 0, sent = 0 WHERE config_id = ?", [(id_,) for id_ in gone])
    _write(db, changed, sample.life)
    add_traffic(db, moved, last.at, now, zone)
    put_meta(db, "sampled", json.dumps(sample))
    return sample


def _bases(db: sqlite3.Connection, readings: Sequence[Reading]) -> dict[int, tuple[int, int, int, str]]:
    """Read how the counters of these configs stood, when their last handshake was, and in which life that was seen."""
    rows = tuples(
        db,
        """SELECT config_id, received, sent, handshake_at, interface_id
           FROM counters
           WHERE config_id IN (SELECT value FROM json_each(:ids))""",
        {"ids": json.dumps([reading.config_id for reading in readings])},
    )
    return {config_id: (received, sent, seen, life) for config_id, received, sent, seen, life in rows}


def counted(db: sqlite3.Connection) -> set[int]:
    """Give the configs whose counters stand above zero."""
    return {id_ for (id_,) in tuples(db, "SELECT config_id FROM counters WHERE received > 0 OR sent > 0")}


def keep_readings(db: sqlite3.Connection, readings: Sequence[Reading], interface_id: str) -> None:
    """Make these readings the base of the next differences, in which everything is looked at anew."""
    _write(db, readings, interface_id)
    if last := last_sample(db):
        put_meta(db, "sampled", json.dumps(last._replace(number=last.number + 1)))


def _write(db: sqlite3.Connection, readings: Sequence[Reading], interface_id: str) -> None:
    db.executemany(
        """INSERT INTO counters (config_id, received, sent, handshake_at, interface_id)
           VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (config_id)
           DO UPDATE SET received = excluded.received, sent = excluded.sent, interface_id = excluded.interface_id,
                         handshake_at = max(handshake_at, excluded.handshake_at)""",
        [(*reading, interface_id) for reading in readings],
    )


def last_handshakes(db: sqlite3.Connection, user_id: int) -> dict[int, int]:
    """Tell each config's newest handshake in epoch seconds; 0 or absent: never."""
    rows = db.execute(
        """SELECT counters.config_id, counters.handshake_at
           FROM counters
           JOIN configs ON configs.id = counters.config_id
           WHERE configs.user_id = ?""",
        (user_id,),
    )
    return dict(rows.fetchall())


def last_reading(db: sqlite3.Connection, config_id: int) -> Reading | None:
    """Read a config's counters as last seen on the interface; its handshake is the newest ever. None: never seen."""
    row = db.execute(
        "SELECT config_id, received, sent, handshake_at FROM counters WHERE config_id = ?", (config_id,)
    ).fetchone()
    return None if row is None else Reading(*row)


def count_reconnected(db: sqlite3.Connection, since: int, config_ids: Sequence[int]) -> tuple[int, int]:
    """Count which of these configs had a handshake since a moment (that second counts), and which are still there."""
    row = db.execute(
        """SELECT count(*) FILTER (WHERE counters.handshake_at >= :since), count(*)
           FROM configs
           LEFT JOIN counters ON counters.config_id = configs.id
           WHERE configs.revoked_at IS NULL AND configs.id IN (SELECT value FROM json_each(:ids))""",
        {"since": since, "ids": json.dumps(list(config_ids))},
    ).fetchone()
    return int(row[0]), int(row[1])


def newest_handshake(db: sqlite3.Connection) -> int:
    """Give the newest handshake of any config, or of a peer made by hand, in epoch seconds; 0: there never was one."""
    return int(
        db.execute(
            """SELECT max((SELECT coalesce(max(handshake_at), 0) FROM counters),
                          (SELECT coalesce(max(handshake_at), 0) FROM foreign_peers WHERE live = 1))"""
        ).fetchone()[0]
    )


def is_online(handshake_at: int, now: int) -> bool:
    """Return True if a device with this newest handshake is connected now."""
    return now - handshake_at < ONLINE_SECONDS


def count_online(db: sqlite3.Connection, now: int) -> int:
    """Count the configs whose device is connected now."""
    since = now - ONLINE_SECONDS
    return int(db.execute("SELECT count(*) FROM counters WHERE handshake_at > ?", (since,)).fetchone()[0])
