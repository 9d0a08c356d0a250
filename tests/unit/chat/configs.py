"""Configs in people's hands, and traffic on them."""

from __future__ import annotations

import sqlite3

from lib.store.config_requests import add_request, mark_issued, move_request
from lib.store.configs import add_config, mark_live
from lib.store.counters import Reading, keep_readings
from lib.store.server import note_generation
from tests.unit.chat.desk import Desk


def hold_config(
    db: sqlite3.Connection, who: int, now: int, name: str = "Phone", live: bool = True, platform: str | None = "iphone"
) -> int:
    """Add a config for a person, as the keeper would after an approval; return its id."""
    generation = note_generation(db, "server key", {"Jc": "4"}, "vpn.example.org:51820", now)
    request_id = add_request(db, who, name, now, platform=platform)
    move_request(db, request_id, "pending", "approved", now, 1)
    config_id = add_config(
        db,
        user_id=who,
        request_id=request_id,
        name=name,
        addresses=(f"10.8.{request_id // 250}.{request_id % 250 + 2}", None),
        keys=(f"public {request_id}", f"PRIVATE {request_id}", f"PRESHARED {request_id}"),
        generation=generation,
        now=now,
        platform=platform,
    )
    if live:
        mark_live(db, [config_id], now)
    mark_issued(db, request_id)
    return config_id


def use(desk: Desk, config_id: int, amount: int, handshake_at: int = 1) -> None:
    """Add today's traffic and a handshake to a config."""
    desk.db.execute("INSERT INTO stats VALUES (?, '2026-05-28', 0, ?)", (config_id, amount))
    keep_readings(desk.db, [Reading(config_id, 0, amount, handshake_at)], "life")
