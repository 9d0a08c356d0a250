"""Configs whose files no longer describe the server: a question about the tables configs and server."""

from __future__ import annotations

import sqlite3

from lib.store.configs import HELD, Config
from lib.store.database import find_row, list_rows

_HOST = "rtrim({}.endpoint, '0123456789')"  # with the colon
_SAME_BUT_PORT = f"""(sent.public_key, sent.parameters, {_HOST.format("sent")})
                         IS (present.public_key, present.parameters, {_HOST.format("present")})"""

# Configs of friends who can be written to, or whose files go to an admin, last sent with another description of the
# server than the present one. An equal one under another number (a port changed, and back) makes no config outdated;
# nor does another port, if the device uses the present one.
_OUTDATED = f"""{HELD}
      AND live_since IS NOT NULL AND private_key IS NOT NULL
      AND EXISTS (
          SELECT 1 FROM users
          WHERE users.id = user_id AND users.state = 'approved' AND (users.reachable = 1 OR users.id < 0))
      AND EXISTS (
          SELECT 1
          FROM server AS sent JOIN server AS present ON present.generation = (SELECT max(generation) FROM server)
          WHERE sent.generation = configs.generation
            AND (sent.public_key, sent.parameters, sent.endpoint)
                IS NOT (present.public_key, present.parameters, present.endpoint)
            AND NOT ({_SAME_BUT_PORT} AND EXISTS (
                SELECT 1 FROM counters
                WHERE counters.config_id = configs.id
                  AND present.endpoint = {_HOST.format("present")} || counters.port)))"""


def outdated(db: sqlite3.Connection) -> list[Config]:
    """List the configs that no longer describe the server, of friends who can be written to."""
    return list_rows(db, Config, f"{_OUTDATED} ORDER BY id")


def is_outdated(db: sqlite3.Connection, config: Config) -> bool:
    """Return True if a config no longer describes the server."""
    return find_row(db, Config, f"{_OUTDATED} AND id = ?", (config.id,)) is not None


def former_endpoint(db: sqlite3.Connection, config: Config) -> str | None:
    """Return the endpoint that a config was last sent with, if its port is all that has changed since."""
    query = f"""SELECT sent.endpoint
                FROM server AS sent JOIN server AS present ON present.generation = (SELECT max(generation) FROM server)
                WHERE sent.generation = ? AND {_SAME_BUT_PORT}"""
    row = db.execute(query, (config.generation,)).fetchone()
    return None if row is None else str(row[0])
