"""The table networks: where a config's device connects from, to notice a config that two people share.

A phone that roams moves on to another network and comes home sooner or later. Two devices with one config take turns:
within minutes the config is back in the previous network, again and again. Those returns are counted.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

RETURN_SECONDS = 600  # a return counts if it comes within this time
RETURNS = 6  # on one day are many


def note_networks(db: sqlite3.Connection, seen: Mapping[int, str], day: str, now: int) -> list[int]:
    """Record each config's present network; list the configs that just returned for the sixth time on this day."""
    query = """SELECT configs.id, networks.*
               FROM configs LEFT JOIN networks ON networks.config_id = configs.id
               WHERE configs.revoked_at IS NULL AND configs.id IN (SELECT value FROM json_each(?))"""
    rows = {row["id"]: row for row in db.execute(query, (json.dumps(list(seen)),))}
    new = [(config_id, seen[config_id], now, day) for config_id, row in rows.items() if row["network"] is None]
    db.executemany("INSERT INTO networks (config_id, network, changed_at, day) VALUES (?, ?, ?, ?)", new)
    moved = [
        (network, row["network"], now, day, _returns(row, network, day, now), config_id)
        for config_id, row in rows.items()
        if row["network"] not in (None, network := seen[config_id])
    ]
    query = "UPDATE networks SET network = ?, previous = ?, changed_at = ?, day = ?, returns = ? WHERE config_id = ?"
    db.executemany(query, moved)
    return [
        config_id
        for _, _, _, _, returns, config_id in moved
        if returns == RETURNS and (rows[config_id]["day"], rows[config_id]["returns"]) != (day, returns)
    ]


def _returns(row: sqlite3.Row, network: str, day: str, now: int) -> int:
    """Count the day's returns, this change of network included if it is one."""
    so_far = int(row["returns"]) if row["day"] == day else 0
    back = network == row["previous"] and 0 <= now - row["changed_at"] <= RETURN_SECONDS
    return so_far + int(back)


def network_of_config(db: sqlite3.Connection, config_id: int) -> str | None:
    """Return the network that a config's device last came from; None if it never came."""
    row = db.execute("SELECT network FROM networks WHERE config_id = ?", (config_id,)).fetchone()
    return row[0] if row else None
