"""Which of the server's ports devices use: two queries. Read-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import starmap
from typing import NamedTuple

from lib import days
from lib.store.database import tuples

IN_USE_SECONDS = 30 * days.DAY  # a device that was silent for longer is not counted

_IN_USE = """FROM configs JOIN counters ON counters.config_id = configs.id JOIN users ON users.id = configs.user_id
             WHERE configs.revoked_at IS NULL AND users.state = 'approved' AND counters.handshake_at >= :since"""
_OWN = "coalesce(counters.port IS json_extract(configs.disguise, '$[2]') AND counters.port IS NOT NULL, 0)"


@dataclass(frozen=True)
class Arrivals:
    """The devices in use. `by_port` counts them by the port that they used last, None where that is not known.

    `moved` used the usual port, `apart` another one, which their disguise names.
    """

    by_port: Mapping[int | None, int]
    moved: int
    apart: int

    @property
    def expected(self) -> int:
        """The number of configs that should use the usual port."""
        return sum(self.by_port.values()) - self.apart

    @property
    def all_moved(self) -> bool:
        """True if every one of them has moved to it."""
        return 0 < self.expected == self.moved


class Straggler(NamedTuple):
    """A config whose device used neither the usual port nor its disguise's own."""

    owner: str
    name: str


def read_arrivals(db: sqlite3.Connection, usual: int, now: int) -> Arrivals:
    """Count the devices in use by the ports that they used last."""
    query = f"SELECT counters.port, count(*), sum({_OWN}) {_IN_USE} GROUP BY counters.port"
    rows = list(tuples(db, query, {"since": now - IN_USE_SECONDS}))
    counts = {port: count for port, count, _ in rows}
    return Arrivals(counts, counts.get(usual, 0), sum(own for port, _, own in rows if port != usual))


def list_stragglers(db: sqlite3.Connection, usual: int, most: int, now: int) -> list[Straggler]:
    """List some of the configs whose devices are not where new files lead."""
    query = f"""SELECT users.full_name, configs.name {_IN_USE} AND counters.port IS NOT :usual AND NOT {_OWN}
                ORDER BY users.full_name, configs.id LIMIT :most"""
    values = {"since": now - IN_USE_SECONDS, "usual": usual, "most": most}
    return list(starmap(Straggler, tuples(db, query, values)))
