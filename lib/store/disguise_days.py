"""The table disguise_days: which disguise worked on which network, by day. It knows no people and no addresses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from lib.store.database import list_rows

KEPT_DAYS = 90


@dataclass(frozen=True)
class Experience:
    """What is known of a disguise: how often it worked and failed on one network, or (network '') on all others."""

    network: str
    disguise: str
    worked: int
    failed: int


def note_outcomes(db: sqlite3.Connection, day: str, outcomes: Iterable[tuple[str, str]], *, worked: bool) -> None:
    """Count that disguises worked or failed on a day ('YYYY-MM-DD'); `outcomes` are networks and keys."""
    query = """INSERT INTO disguise_days (day, network, disguise, worked, failed) VALUES (?, ?, ?, ?, ?)
               ON CONFLICT DO UPDATE SET worked = worked + excluded.worked, failed = failed + excluded.failed"""
    db.executemany(query, [(day, network, key, int(worked), int(not worked)) for network, key in outcomes])


def experience(db: sqlite3.Connection, network: str, since: str) -> dict[str, tuple[int, int, int, int]]:
    """Return what is known of each disguise since a day: worked and failed on this network, then everywhere."""
    query = """SELECT disguise, sum(iif(network = :network, worked, 0)), sum(iif(network = :network, failed, 0)),
                      sum(worked), sum(failed)
               FROM disguise_days WHERE day >= :since GROUP BY disguise"""
    return {key: (a, b, c, d) for key, a, b, c, d in db.execute(query, {"network": network, "since": since})}


def list_experience(db: sqlite3.Connection, since: str, networks: int) -> list[Experience]:
    """List what worked where since a day: the networks with most cases, each with its disguises, best first."""
    query = """
        WITH known AS (
            SELECT network, disguise, sum(worked) AS worked, sum(failed) AS failed
            FROM disguise_days WHERE day >= :since AND network <> '' GROUP BY network, disguise),
        busiest AS (
            SELECT network, sum(worked + failed) AS cases FROM known
            GROUP BY network ORDER BY cases DESC, network LIMIT :networks)
        SELECT known.network, disguise, worked, failed
        FROM known JOIN busiest ON busiest.network = known.network
        ORDER BY cases DESC, known.network, worked DESC, failed, disguise"""
    return list_rows(db, Experience, query, {"since": since, "networks": networks})


def total_experience(db: sqlite3.Connection, since: str) -> list[Experience]:
    """List what worked since a day, on all networks together, best first."""
    query = """SELECT '', disguise, sum(worked), sum(failed) FROM disguise_days WHERE day >= ?
               GROUP BY disguise ORDER BY sum(worked) DESC, sum(failed), disguise"""
    return list_rows(db, Experience, query, (since,))


def carried_since(db: sqlite3.Connection, since: int) -> list[tuple[str, str | None]]:
    """List the network and the stored disguise of each config that carried traffic since a moment."""
    query = """SELECT networks.network, configs.disguise
               FROM counters JOIN configs ON configs.id = counters.config_id
               JOIN networks ON networks.config_id = configs.id
               WHERE counters.flowed_at >= ? AND configs.revoked_at IS NULL
                 AND NOT EXISTS (SELECT 1 FROM trials WHERE trials.config_id = configs.id)"""
    return [(network, disguise) for network, disguise in db.execute(query, (since,))]


def forget_days(db: sqlite3.Connection, before: str) -> None:
    """Delete the days before a day."""
    db.execute("DELETE FROM disguise_days WHERE day < ?", (before,))
