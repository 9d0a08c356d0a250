"""Write the server's numbers for Prometheus' node exporter (its textfile collector). Nothing of any person.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (text, version 0.0.4).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lib.chat.notify.alerts import TROUBLES
from lib.store.config_requests import count_requests
from lib.store.counters import count_online, sampled_at
from lib.store.keeper_notes import Health, read_backup, read_health, read_troubles
from lib.store.outbox import count_waiting
from lib.store.traffic import ever_moved
from lib.store.users import count_users

STATES = ("captcha", "pending", "approved", "rejected", "blocked")


@dataclass(frozen=True)
class Metric:
    """A family: its name without the prefix, its type, what it means, and (label, value of the label, number)."""

    name: str
    kind: str
    meaning: str
    samples: Sequence[tuple[str, str, int]]


def one(name: str, kind: str, meaning: str, number: int) -> Metric:
    """Make a family of a single number."""
    return Metric(name, kind, meaning, [("", "", number)])


def gather(db: sqlite3.Connection, wanted: int, now: int) -> list[Metric]:
    """Read the numbers; `wanted` counts the peers that must be live."""
    health = read_health(db) or Health(up=False, since=now)
    backup, moved, troubles = read_backup(db), ever_moved(db), read_troubles(db)
    peers = [("kind", "wanted", wanted), ("kind", "live", health.live), ("kind", "foreign", health.foreign)]
    users = [("state", state, count_users(db, state)) for state in STATES]
    lasting = [("kind", kind, int(kind in troubles)) for kind in TROUBLES]
    online = count_online(db, now) if health.up else 0
    copied = backup.at if backup and backup.day else 0
    return [
        one("up", "gauge", "Whether the interface is up.", int(health.up)),
        Metric("peers", "gauge", "Peers: wanted by the bot, live on the interface, and of those not the bot's.", peers),
        one("online", "gauge", "Configs with a handshake in the last three minutes.", online),
        one("received_bytes_total", "counter", "Bytes that the server received from friends.", moved.received),
        one("sent_bytes_total", "counter", "Bytes that the server sent to friends.", moved.sent),
        Metric("users", "gauge", "People by state.", users),
        one("requests_pending", "gauge", "Requests for a config that wait.", count_requests(db, "pending")),
        one("outbox_waiting", "gauge", "Messages that wait to be sent.", count_waiting(db)),
        one("last_sample_timestamp_seconds", "gauge", "When the traffic was last counted; 0: never.", sampled_at(db)),
        one("last_backup_timestamp_seconds", "gauge", "When the last good copy was made; 0: never.", copied),
        Metric("trouble", "gauge", "Whether something of this kind is wrong.", lasting),
    ]


def render(metrics: Sequence[Metric]) -> str:
    """Write families as text."""
    return "".join(map(_family, metrics))


def _family(metric: Metric) -> str:
    name = f"andreyvpn_{metric.name}"
    samples = [
        f'{name}{{{label}="{of}"}} {number}\n' if label else f"{name} {number}\n"
        for label, of, number in metric.samples
    ]
    return f"# HELP {name} {metric.meaning}\n# TYPE {name} {metric.kind}\n{''.join(samples)}"


def write_metrics(path: Path, text: str) -> None:
    """Put the file in place whole, for everybody to read; the name it has until then is not one that is collected."""
    new = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), "w", encoding="ascii") as file:
        os.fchmod(file.fileno(), 0o644)
        file.write(text)
    new.replace(path)
