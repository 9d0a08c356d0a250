"""What the keeper last saw and did: single facts in meta."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass

from lib.store.database import get_meta, get_metas, put_meta

ROUNDS_APART = 600  # seconds; rounds that break off are tried again much sooner


@dataclass(frozen=True)
class Rollout:
    """When outdated configs were last sent anew, in epoch seconds, and which."""

    at: int
    config_ids: list[int]


def read_rollout(db: sqlite3.Connection) -> Rollout | None:
    """Read when configs were last sent anew; None when they never were."""
    text = get_meta(db, "rollout")
    return None if text is None else Rollout(**json.loads(text))


def note_rollout(db: sqlite3.Connection, now: int, config_ids: Sequence[int]) -> None:
    """Note that configs were sent anew."""
    put_meta(db, "rollout", json.dumps(asdict(Rollout(now, list(config_ids)))))


@dataclass(frozen=True)
class Health:
    """The interface as the keeper last saw it; times in epoch seconds.

    `kind` and `detail` say why it is down, as AwgError does. Numbers are those of the last good look.
    """

    up: bool
    since: int
    kind: str = ""
    detail: str = ""
    port: int = 0
    version: str = ""
    live: int = 0
    foreign: int = 0


def read_health(db: sqlite3.Connection) -> Health | None:
    """Read how the interface was last seen; None before the first look."""
    return read_state(db)[0]


def note_health(db: sqlite3.Connection, health: Health) -> None:
    """Note how the interface was seen."""
    put_meta(db, "interface", json.dumps(asdict(health)))


@dataclass(frozen=True)
class Trouble:
    """Something that is, or was, wrong: from when to when in epoch seconds; `over` None: it lasts."""

    detail: str
    began: int
    over: int | None = None


@dataclass(frozen=True)
class Incident:
    """Troubles from the first one until none is left, by their kinds; `told_at`: when its present message was sent."""

    told_at: int
    troubles: dict[str, Trouble]

    @property
    def lasting(self) -> dict[str, Trouble]:
        """What is wrong now."""
        return {kind: trouble for kind, trouble in self.troubles.items() if trouble.over is None}


def read_incident(db: sqlite3.Connection) -> Incident | None:
    """Read what is wrong now, and what was since all was well; None when all is."""
    return read_state(db)[1]


def read_state(db: sqlite3.Connection) -> tuple[Health | None, Incident | None]:
    """Read both at once."""
    health, incident = get_metas(db, "interface", "incident")
    told_at, troubles = json.loads(incident) if incident else (0, {})
    return (
        Health(**json.loads(health)) if health else None,
        Incident(told_at, {kind: Trouble(*trouble) for kind, trouble in troubles.items()}) if incident else None,
    )


def note_incident(db: sqlite3.Connection, incident: Incident) -> None:
    """Note what is wrong; an incident of which nothing lasts is closed."""
    rows = {kind: astuple(trouble) for kind, trouble in incident.troubles.items()}
    put_meta(db, "incident", json.dumps([incident.told_at, rows]) if incident.lasting else None)


def read_troubles(db: sqlite3.Connection) -> dict[str, str]:
    """Read what is wrong now and was told to the admins: kind of trouble to its detail."""
    incident = read_incident(db)
    return {kind: trouble.detail for kind, trouble in incident.lasting.items()} if incident else {}


def begin_round(db: sqlite3.Connection, now: int) -> int:
    """Note that the keeper begins a round; give since when it has finished none: now, unless the last ones broke off.

    Rounds that lie far apart, or that a set clock put out of order, say nothing of each other.
    """
    since, last = json.loads(get_meta(db, "round") or "[0, 0]")
    if not 0 <= now - last <= ROUNDS_APART:
        since = now
    put_meta(db, "round", json.dumps([since, now]))
    return int(since)


def finish_round(db: sqlite3.Connection) -> None:
    """Note that the keeper did all that was due."""
    put_meta(db, "round", None)


@dataclass(frozen=True)
class Backup:
    """When the last good nightly copy was made, in epoch seconds, and of which day; '' and the first try: none yet."""

    at: int
    day: str


def read_backup(db: sqlite3.Connection) -> Backup | None:
    """Read when the last good nightly copy was made; None before the first try."""
    text = get_meta(db, "backup")
    return None if text is None else Backup(**json.loads(text))


def note_backup(db: sqlite3.Connection, backup: Backup) -> None:
    """Note a good nightly copy, or the first try of one."""
    put_meta(db, "backup", json.dumps(asdict(backup)))
