"""The server's numbers for the textfile collector of Prometheus' node exporter. Nothing about any person.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (text, version 0.0.4).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lib.atomic_file import replace_file
from lib.store.config_requests import count_requests
from lib.store.counters import count_online, sampled_at
from lib.store.keeper_notes import Backup, Health, read_fact, read_troubles
from lib.store.outbox import count_waiting
from lib.store.traffic import ever_moved
from lib.store.users import STATES, count_users

TROUBLES = (
    "backup", "clock", "conflict", "disk", "interface", "making", "parameters", "peers_file", "sampling", "silence",
    "subnet",
)  # fmt: skip


@dataclass(frozen=True)
class Metric:
    """A family: its name without the prefix, its type, its meaning, and its samples (label, value, number)."""

    name: str
    kind: str
    meaning: str
    samples: Sequence[tuple[str, str, int]]


def one(name: str, kind: str, meaning: str, number: int) -> Metric:
    """Return a family of a single number."""
    return Metric(name, kind, meaning, [("", "", number)])


def gather(db: sqlite3.Connection, wanted: int, now: int) -> list[Metric]:
    """Read the numbers; `wanted` is the number of peers that must be live."""
    health = read_fact(db, Health) or Health(up=False, since=now)
    backup, moved, troubles = read_fact(db, Backup), ever_moved(db), read_troubles(db)
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
    """Return the families as text."""
    return "".join(map(_family, metrics))


def _family(metric: Metric) -> str:
    name = f"andreyvpn_{metric.name}"
    labels = [f'{{{label}="{value}"}}' if label else "" for label, value, _ in metric.samples]
    samples = [f"{name}{label} {number}\n" for label, (_, _, number) in zip(labels, metric.samples, strict=True)]
    return f"# HELP {name} {metric.meaning}\n# TYPE {name} {metric.kind}\n{''.join(samples)}"


def write_metrics(path: Path, text: str) -> None:
    """Replace the file, for everybody to read."""
    replace_file(path, text.encode("ascii"), 0o644)
