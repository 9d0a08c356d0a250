"""See what is wrong beside the tool's own failures: silence, a full disk, a clock that jumps, rounds that break off.

Each begins and ends on different conditions, so that what stands on the edge does not come and go.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from lib.settings import Settings
from lib.store.counters import newest_handshake, sampled_at
from lib.store.hours import count_busy_days
from lib.store.keeper_notes import read_health, read_troubles
from lib.vpn.machine import read_disk

JUMP_SECONDS = 300  # that the clock may differ from the time since the boot between two rounds
EVEN_SECONDS = 3600  # for which it must run evenly until that is over
SILENT_SECONDS = 1200  # without a handshake; devices that are online have one every two or three minutes
HEARD_SECONDS = 180  # how young a handshake must be to end the silence
BUSY_DAYS, PAST_DAYS = 4, 7  # on so many of the past days somebody must have been online at this time
STUCK_SECONDS = 600  # of rounds that all broke off
LITTLE_DISK, ENOUGH_DISK = 200 * 10**6, 300 * 10**6  # bytes that are free: less begins it, as much ends it
LITTLE_SHARE, ENOUGH_SHARE = 3, 4  # the same in percent of the disk


class Watch:
    """What one process sees from round to round; `since_boot` counts seconds that no setting of the clock touches."""

    def __init__(self, since_boot: Callable[[], float]) -> None:
        self._since_boot = since_boot
        self._last: tuple[int, float] | None = None
        self._even_since = 0
        self._jump = 0

    def look_at_clock(self, db: sqlite3.Connection, now: int) -> None:
        """Compare the clock with the time since the boot; the first time, with what the database holds.

        Call it first of all: the round that follows notes its own time.
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
        """Give what is wrong: kind of trouble to its detail. `reached` tells whether the interface was, this round."""
        told = read_troubles(db)
        found = {
            "clock": self._clock(told.get("clock"), now),
            "disk": disk(told.get("disk"), *read_disk(settings.database)),
            "silence": self._silence(db, told, wanted, now) if reached else told.get("silence"),
        }
        return {kind: detail for kind, detail in found.items() if detail is not None}

    def _clock(self, told: str | None, now: int) -> str | None:
        if now - self._even_since >= EVEN_SECONDS:
            self._jump = 0
            return None
        return str(self._jump) if self._jump else told

    def _silence(self, db: sqlite3.Connection, told: dict[str, str], wanted: int, now: int) -> str | None:
        """Tell since when nobody got through, where normally somebody does at this time; peers by hand count, too."""
        if not wanted:
            return None
        newest = newest_handshake(db)
        if "silence" in told:
            return None if now - newest < HEARD_SECONDS else told["silence"]
        health = read_health(db)
        if health is None or not health.up or now - max(health.since, self._even_since, newest) < SILENT_SECONDS:
            return None
        return str(newest) if count_busy_days(db, now, PAST_DAYS) >= BUSY_DAYS else None


def disk(told: str | None, free: int, total: int) -> str | None:
    """Give the free bytes when they are too few, as they were when that began."""
    low, share = (LITTLE_DISK, LITTLE_SHARE) if told is None else (ENOUGH_DISK, ENOUGH_SHARE)
    if free >= low and free * 100 >= share * total:
        return None
    return told or str(free)


def stuck(since: int, now: int) -> str | None:
    """Give since when no round was finished, if that is too long."""
    return str(since) if now - since >= STUCK_SECONDS else None
