"""The table server: a new generation each time that what configs must say about the server changes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from lib.store.database import insert


@dataclass(frozen=True)
class Generation:
    """How configs describe the server; `parameters` by their .conf names, in the .conf's order."""

    number: int
    public_key: str
    parameters: Mapping[str, str]
    endpoint: str
    seen_at: int


def present_generation(db: sqlite3.Connection) -> Generation | None:
    """Return the newest generation; None before the interface was first seen."""
    query = "SELECT generation, public_key, parameters, endpoint, seen_at FROM server ORDER BY generation DESC LIMIT 1"
    row = db.execute(query).fetchone()
    return None if row is None else Generation(row[0], row[1], json.loads(row[2]), row[3], row[4])


def note_generation(
    db: sqlite3.Connection, public_key: str, parameters: Mapping[str, str], endpoint: str, now: int
) -> int:
    """Start a new generation if the server differs from the newest one; return the present number."""
    present = present_generation(db)
    if present and (present.public_key, present.parameters, present.endpoint) == (public_key, parameters, endpoint):
        return present.number
    row = {"public_key": public_key, "parameters": json.dumps(parameters), "endpoint": endpoint, "seen_at": now}
    return insert(db, "server", generation=present.number + 1 if present else 1, **row)
