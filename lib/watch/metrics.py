"""The server's numbers for the textfile collector of Prometheus' node exporter. Nothing about any person.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (text, version 0.0.4).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from lib import days
from lib.atomic_file import replace_file
from lib.settings import Settings
from lib.store.config_requests import count_requests
from lib.store.configs import count_online
from lib.store.counters import sampled_at
from lib.store.keeper_notes import TROUBLES, Backup, Health, read_fact, read_troubles
from lib.store.outbox import count_waiting
from lib.store.traffic import ever_moved
from lib.store.users import STATES, count_users

# A family: its name without the prefix, its type, its meaning, and its value, or its values by those of a label.
Family = tuple[str, str, str, int | tuple[str, Mapping[str, int]]]


def gather(db: sqlite3.Connection, settings: Settings, wanted: int, now: int) -> list[Family]:
    """Read the numbers; `wanted` is the number of peers that must be live."""
    health = read_fact(db, Health) or Health(up=False, since=now)
    backup, moved, troubles = read_fact(db, Backup), ever_moved(db), read_troubles(db)
    live = health.live - health.telegram
    peers = "kind", {"wanted": wanted, "live": live, "foreign": health.foreign, "telegram": health.telegram}
    users = "state", {state: count_users(db, state) for state in STATES}
    lasting = "kind", {kind: int(kind in troubles) for kind in TROUBLES}
    month = days.month_of(now, settings.timezone)
    online = count_online(db, now, month, settings.quota_bytes) if health.up else 0
    copied = backup.at if backup and backup.day else 0
    return [
        ("up", "gauge", "Whether the interface is up.", int(health.up)),
        ("peers", "gauge", "Peers: wanted by the bot, live, of those not the bot's; reaching Telegram alone.", peers),
        ("online", "gauge", "Configs with a handshake in the last three minutes.", online),
        ("received_bytes_total", "counter", "Bytes that the server received from friends.", moved.received),
        ("sent_bytes_total", "counter", "Bytes that the server sent to friends.", moved.sent),
        ("users", "gauge", "People by state.", users),
        ("requests_pending", "gauge", "Requests for a config that wait.", count_requests(db, "pending")),
        ("outbox_waiting", "gauge", "Messages that wait to be sent.", count_waiting(db)),
        ("last_sample_timestamp_seconds", "gauge", "When the traffic was last counted; 0: never.", sampled_at(db)),
        ("last_backup_timestamp_seconds", "gauge", "When the last good copy was made; 0: never.", copied),
        ("trouble", "gauge", "Whether something of this kind is wrong.", lasting),
    ]


def render(families: Sequence[Family]) -> str:
    """Return the families as text."""
    lines = []
    for name, kind, meaning, value in families:
        label, values = ("", {"": value}) if isinstance(value, int) else value
        lines += [f"# HELP andreyvpn_{name} {meaning}", f"# TYPE andreyvpn_{name} {kind}"]
        lines += [
            f'andreyvpn_{name}{{{label}="{of}"}} {number}' if label else f"andreyvpn_{name} {number}"
            for of, number in values.items()
        ]
    return "\n".join([*lines, ""])


def write_metrics(path: Path, text: str) -> None:
    """Replace the file, readable by everyone."""
    replace_file(path, text.encode("ascii"), 0o644)
