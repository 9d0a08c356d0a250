"""Dates in the time zone where the bot's months begin."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def local_time(now: float, zone: str) -> datetime:
    """Return a time in a zone; without a zone, or with an unknown one, in the zone of this machine."""
    try:
        return datetime.fromtimestamp(now, ZoneInfo(zone)) if zone else datetime.fromtimestamp(now).astimezone()
    except (KeyError, ValueError, OSError):
        return datetime.fromtimestamp(now).astimezone()


def next_month(now: float, zone: str) -> float:
    """Return the first second of the next month."""
    today = local_time(now, zone)
    year, month = (today.year + 1, 1) if today.month == 12 else (today.year, today.month + 1)
    first = today.replace(year=year, month=month, day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first if zone else first.replace(tzinfo=None)).timestamp()
