"""Days, months and hours as people in a time zone see them. Pure: seconds and a zone in, names and seconds out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta, tzinfo
from typing import TypeVar

HOUR, DAY = 3600, 86400  # seconds
Clock = Callable[[], float]  # returns seconds
Key = TypeVar("Key")


def day_of(moment: int, zone: tzinfo) -> str:
    """Return the day, 'YYYY-MM-DD', of a moment in epoch seconds."""
    return datetime.fromtimestamp(moment, zone).date().isoformat()


def start_of(day: date, zone: tzinfo) -> int:
    """Return the first second of a day; where the clocks skip midnight, the moment of the skip."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def month_of(moment: int, zone: tzinfo) -> str:
    """Return the month, 'YYYY-MM', of a moment."""
    return day_of(moment, zone)[:7]


def month_before(month: str) -> str:
    """Return the previous month."""
    return (date.fromisoformat(f"{month}-01") - timedelta(days=1)).isoformat()[:7]


def month_after(month: str) -> str:
    """Return the next month."""
    return (date.fromisoformat(f"{month}-01") + timedelta(days=31)).isoformat()[:7]


def month_start(month: str, zone: tzinfo) -> int:
    """Return the first second of a month."""
    return start_of(date.fromisoformat(f"{month}-01"), zone)


def next_month_start(moment: int, zone: tzinfo) -> int:
    """Return the first second of the month after a moment."""
    return month_start(month_after(month_of(moment, zone)), zone)


def days_of_month(month: str) -> list[str]:
    """List every day of a month."""
    first = date.fromisoformat(f"{month}-01")
    days = (first + timedelta(days=n) for n in range(31))
    return [day.isoformat() for day in days if day.month == first.month]


def hour_of(moment: int) -> int:
    """Return the first second of a moment's hour."""
    return moment - moment % HOUR


def is_quiet(moment: int, zone: tzinfo, hours: tuple[int, int] | None) -> bool:
    """Return True within the quiet hours, given as the first hour and the one after the last; None: there are none."""
    if hours is None:
        return False
    hour, (begin, end) = datetime.fromtimestamp(moment, zone).hour, hours
    return begin <= hour < end if begin < end else hour >= begin or hour < end


def split_by_day(amount: int, begin: int, end: int, zone: tzinfo) -> dict[str, int]:
    """Divide an amount among the days from `begin` to `end` in proportion to time; the parts add up exactly."""
    first, last = (datetime.fromtimestamp(moment, zone).date() for moment in (begin, end))
    if end <= begin or first == last:  # maybe the clock was set back
        return {last.isoformat(): amount} if amount else {}
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return _split(amount, begin, end, ((day.isoformat(), start_of(day + timedelta(days=1), zone)) for day in days))


def split_by_hour(amount: int, begin: int, end: int) -> dict[int, int]:
    """Divide an amount among the hours from `begin` to `end`, as split_by_day does among the days."""
    first, last = hour_of(begin), hour_of(end)
    if end <= begin or first == last:
        return {last: amount} if amount else {}
    return _split(amount, begin, end, ((hour, hour + HOUR) for hour in range(first, last + 1, HOUR)))


def _split(amount: int, begin: int, end: int, spans: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    """Divide an amount among successive spans, each a key and the moment at which the span ends."""
    parts: dict[Key, int] = {}
    given = 0
    for key, span_end in spans:
        due = amount * (min(span_end, end) - begin) // (end - begin)
        if due > given:
            parts[key] = due - given
        given = due
    return parts
