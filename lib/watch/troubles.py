"""Notice what is wrong besides the tool's own failures: silence, a full disk, clock jumps, and what is in friends' way.

Each trouble begins and ends on different conditions, so that a borderline value does not make it flap.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from lib.days import Clock
from lib.settings import Settings
from lib.store.counters import is_online, newest_handshake, sampled_at
from lib.store.hours import count_busy_days
from lib.store.keeper_notes import Health, read_fact, read_troubles
from lib.vpn.machine import LITTLE_DISK, read_disk
from lib.watch.way_out import Finding, lasting

Fault = list[object]  # the key of a text, and its values

JUMP_SECONDS = 300  # by which the clock may differ between two rounds from the time since boot
EVEN_SECONDS = 3600  # for which it must run evenly until the trouble is over
SILENT_SECONDS = 1200  # without a handshake; connected devices have one every two or three minutes
BUSY_DAYS, PAST_DAYS = 4, 7  # on so many of the past days someone must have been online at this time
STUCK_SECONDS = 600  # of rounds that all broke off
ENOUGH_DISK = 300 * 10**6  # free bytes that end the trouble
LITTLE_SHARE, ENOUGH_SHARE = 3, 4  # percent of the disk: less free space begins the trouble, as much ends it


class Watch:
    """What one process sees from round to round; `since_boot` counts seconds that setting the clock does not change."""

    def __init__(self, since_boot: Clock) -> None:
        self._since_boot = since_boot
        self._last: tuple[int, float] | None = None
        self._even_since = 0
        self._jump = 0
        self._in_the_way: list[list[Fault]] = []  # by the last two looks at the way out

    def look_at_clock(self, db: sqlite3.Connection, now: int) -> None:
        """Compare the clock with the time since boot; the first time, with the last sample in the database.

        Call it at the start of a round, which records its own time.
        """
        boot = self._since_boot()
        if self._last is None:
            jump = min(0, now - sampled_at(db))
            self._even_since = now
        else:
            jump = round((now - self._last[0]) - (boot - self._last[1]))
        self._last = now, boot
        if abs(jump) > JUMP_SECONDS:
            self._jump, self._even_since = jump, now

    def look(self, db: sqlite3.Connection, settings: Settings, reached: bool, wanted: int, now: int) -> dict[str, str]:
        """Return what is wrong, kind of trouble to its detail. `reached`: the interface answered in this round."""
        before = read_troubles(db)
        found = {
            "way_out": self._way_out(before.get("way_out")),
            "clock": self._clock(before.get("clock"), now),
            "disk": disk(before.get("disk"), *read_disk(settings.database)),
            "silence": self._silence(db, before.get("silence"), wanted, now) if reached else before.get("silence"),
        }
        return {kind: detail for kind, detail in found.items() if detail is not None}

    def look_around(self, findings: Iterable[Finding]) -> None:
        """Remember what is in friends' way now."""
        self._in_the_way = [*self._in_the_way[-1:], [list(fault) for fault in lasting(findings)]]

    def _way_out(self, before: str | None) -> str | None:
        """Return what was in the way in two looks in a row, and until it was not: firewalls are reloaded at times."""
        if len(self._in_the_way) < 2:
            return before
        told: list[Fault] = json.loads(before) if before else []
        one, other = self._in_the_way
        found = [fault for fault in one if fault in other or fault in told]
        found += [fault for fault in other if fault in told and fault not in found]
        return json.dumps(found) if found else None

    def _clock(self, before: str | None, now: int) -> str | None:
        if now - self._even_since >= EVEN_SECONDS:
            self._jump = 0
            return None
        return str(self._jump) if self._jump else before

    def _silence(self, db: sqlite3.Connection, before: str | None, wanted: int, now: int) -> str | None:
        """Return since when no one has connected, if someone normally does at this time; foreign peers count, too."""
        if not wanted:
            return None
        newest = newest_handshake(db)
        if before is not None:
            return None if is_online(newest, now) else before
        health = read_fact(db, Health)
        if health is None or not health.up or now - max(health.since, self._even_since, newest) < SILENT_SECONDS:
            return None
        return str(newest) if count_busy_days(db, now, PAST_DAYS) >= BUSY_DAYS else None


def disk(before: str | None, free: int, total: int) -> str | None:
    """Return the free bytes if they are too few, as they were when the trouble began."""
    low, share = (LITTLE_DISK, LITTLE_SHARE) if before is None else (ENOUGH_DISK, ENOUGH_SHARE)
    if free >= low and free * 100 >= share * total:
        return None
    return before or str(free)


def stuck(since: int, now: int) -> str | None:
    """Return since when no round has finished, if that is too long."""
    return str(since) if now - since >= STUCK_SECONDS else None
