"""Days and months as people in TIMEZONE see them. Pure: seconds and a zone in, names and seconds out."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

HOUR = 3600


def day_of(moment: int, zone: tzinfo) -> str:
    """Name the day, 'YYYY-MM-DD', of a moment in epoch seconds."""
    return datetime.fromtimestamp(moment, zone).date().isoformat()


def start_of(day: date, zone: tzinfo) -> int:
    """Give the first second of a day; where the clocks skip midnight, the moment of the skip."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def month_of(moment: int, zone: tzinfo) -> str:
    """Name the month, 'YYYY-MM', of a moment."""
    return day_of(moment, zone)[:7]


def month_before(month: str) -> str:
    """Name the month before a month."""
    return (date.fromisoformat(f"{month}-01") - timedelta(days=1)).isoformat()[:7]


def month_after(month: str) -> str:
    """Name the month after a month."""
    return (date.fromisoformat(f"{month}-01") + timedelta(days=31)).isoformat()[:7]


def is_quiet(moment: int, zone: tzinfo, hours: tuple[int, int] | None) -> bool:
    """Tell whether a moment lies in the hours, from the first until the second, that shall be quiet; None: never."""
    if hours is None:
        return False
    hour, (begin, end) = datetime.fromtimestamp(moment, zone).hour, hours
    return begin <= hour < end if begin < end else hour >= begin or hour < end


def month_start(month: str, zone: tzinfo) -> int:
    """Give the first second of a month."""
    return start_of(date.fromisoformat(f"{month}-01"), zone)


def next_month_start(moment: int, zone: tzinfo) -> int:
    """Give the first second of the month after a moment."""
    return month_start(month_after(month_of(moment, zone)), zone)


def days_of_month(month: str) -> list[str]:
    """Name every day of a month."""
    first = date.fromisoformat(f"{month}-01")
    days = (first + timedelta(days=n) for n in range(31))
    return [day.isoformat() for day in days if day.month == first.month]


def split_by_day(amount: int, begin: int, end: int, zone: tzinfo) -> dict[str, int]:
    """Divide what came between two moments among the days, in proportion to time; the parts sum to `amount` exactly.

    A clock that was set back (`end` before `begin`) gives all of it to the day of `end`.
    """
    last = datetime.fromtimestamp(end, zone).date()
    day = datetime.fromtimestamp(begin, zone).date()
    if end <= begin or day == last:
        return {last.isoformat(): amount} if amount else {}
    parts: dict[str, int] = {}
    given = 0
    while day <= last:
        upto = min(end, start_of(day + timedelta(days=1), zone))
        due = amount * (upto - begin) // (end - begin)
        if due > given:
            parts[day.isoformat()] = due - given
        given, day = due, day + timedelta(days=1)
    return parts


def hour_of(moment: int) -> int:
    """Give the first second of the hour of a moment."""
    return moment - moment % HOUR


def split_by_hour(amount: int, begin: int, end: int) -> dict[int, int]:
    """Divide what came between two moments among the hours, as split_by_day does among the days."""
    last, hour = hour_of(end), hour_of(begin)
    if end <= begin or hour == last:
        return {last: amount} if amount else {}
    parts: dict[int, int] = {}
    given = 0
    while hour <= last:
        due = amount * (min(end, hour + HOUR) - begin) // (end - begin)
        if due > given:
            parts[hour] = due - given
        given, hour = due, hour + HOUR
    return parts
