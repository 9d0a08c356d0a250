"""What the keeper last saw and did: single facts, kept in meta as JSON."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, astuple, dataclass
from typing import TypeVar

from lib.store.database import get_meta, get_metas, put_meta

ROUNDS_APART = 600  # seconds; rounds that break off are tried again much sooner


@dataclass(frozen=True)
class Rollout:
    """When outdated configs were last sent again, in epoch seconds, and which ones."""

    at: int
    config_ids: list[int]


@dataclass(frozen=True)
class Health:
    """The interface as the keeper last saw it; times in epoch seconds.

    `kind` and `detail` say why it is down, as in AwgError. The counts are from when it was last up: `live` is all
    peers, `foreign` those that aren't the bot's, and `telegram` those that reach Telegram only.
    """

    up: bool
    since: int
    kind: str = ""
    detail: str = ""
    port: int = 0
    version: str = ""
    live: int = 0
    foreign: int = 0
    telegram: int = 0

    @property
    def own(self) -> int:
        """The number of live peers that are the bot's, without those that reach Telegram only."""
        return self.live - self.foreign - self.telegram


@dataclass(frozen=True)
class Backup:
    """The time and the day of the last good nightly backup; before the first: the time of the first attempt, and ''."""

    at: int
    day: str


@dataclass(frozen=True)
class Move:
    """Which port became the usual one last, and whether the admins were told that everybody uses it."""

    port: int
    over: bool = False


_KEYS: dict[type, str] = {Rollout: "rollout", Health: "interface", Backup: "backup", Move: "move"}
Fact = TypeVar("Fact", Rollout, Health, Backup, Move)


def read_fact(db: sqlite3.Connection, kind: type[Fact]) -> Fact | None:
    """Return a fact, such as `read_fact(db, Health)`; None if it was never written."""
    text = get_meta(db, _KEYS[kind])
    return None if text is None else kind(**json.loads(text))


def write_fact(db: sqlite3.Connection, fact: Rollout | Health | Backup | Move) -> None:
    """Replace a fact."""
    put_meta(db, _KEYS[type(fact)], json.dumps(asdict(fact)))


def read_own_port(db: sqlite3.Connection) -> int:
    """Return the interface's own port; 0 before it was first seen."""
    health = read_fact(db, Health)
    return health.port if health else 0


TROUBLES = (
    "backup", "clock", "conflict", "disk", "fence", "files", "impossible", "interface", "making", "no_ipv4", "outside",
    "parameters", "peers_file", "sampling", "silence", "speeds", "subnet", "way_out",
)  # fmt: skip
"""Every kind of trouble. Each has two texts: trouble_… while it lasts, over_… once it is over."""


@dataclass(frozen=True)
class Trouble:
    """Something that is or was wrong: when it began and when it was over, in epoch seconds; None: it lasts."""

    detail: str
    began: int
    over: int | None = None


@dataclass(frozen=True)
class Incident:
    """Troubles by their kinds, from the first one until none is left; `told_at`: when its latest message was sent."""

    told_at: int
    troubles: dict[str, Trouble]

    @property
    def lasting(self) -> dict[str, Trouble]:
        """What is wrong now."""
        return {kind: trouble for kind, trouble in self.troubles.items() if trouble.over is None}


def read_incident(db: sqlite3.Connection) -> Incident | None:
    """Return the present incident; None if all is well."""
    return read_state(db)[1]


def read_state(db: sqlite3.Connection) -> tuple[Health | None, Incident | None]:
    """Return the interface's health and the present incident, in one read."""
    health, incident = get_metas(db, "interface", "incident")
    told_at, troubles = json.loads(incident) if incident else (0, {})
    return (
        Health(**json.loads(health)) if health else None,
        Incident(told_at, {kind: Trouble(*trouble) for kind, trouble in troubles.items()}) if incident else None,
    )


def write_incident(db: sqlite3.Connection, incident: Incident) -> None:
    """Replace the present incident; one in which nothing lasts is closed."""
    rows = {kind: astuple(trouble) for kind, trouble in incident.troubles.items()}
    put_meta(db, "incident", json.dumps([incident.told_at, rows]) if incident.lasting else None)


def read_troubles(db: sqlite3.Connection) -> dict[str, str]:
    """Return what is wrong now, as the admins were told: kind of trouble to its detail."""
    incident = read_incident(db)
    return {kind: trouble.detail for kind, trouble in incident.lasting.items()} if incident else {}


def begin_round(db: sqlite3.Connection, now: int) -> int:
    """Record that the keeper begins a round; return since when it has not finished one: now, unless rounds broke off.

    Rounds far apart, or out of order because the clock was set, say nothing about each other.
    """
    since, last = json.loads(get_meta(db, "round") or "[0, 0]")
    if not 0 <= now - last <= ROUNDS_APART:
        since = now
    put_meta(db, "round", json.dumps([since, now]))
    return int(since)


def finish_round(db: sqlite3.Connection) -> None:
    """Record that the keeper finished its round."""
    put_meta(db, "round", None)
