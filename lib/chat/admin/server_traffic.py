"""The traffic of the whole server: charts of its days and hours, and the list of who uses it most."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from datetime import date, datetime

from lib import days
from lib.chat.admin import status
from lib.chat.files import Attachment, month_chart, traffic_chart
from lib.chat.paging import page_of
from lib.chat.phrases import down_and_up, month_name, short_date, short_date_time, shorten, size, sum_of
from lib.chat.screens import Actor, Keyboard, attach, button, delete, language_of, show
from lib.chat.texts import Markup, plain
from lib.errors import Refused
from lib.settings import Settings
from lib.store.hours import list_hours
from lib.store.outbox import Outgoing
from lib.store.traffic import Usage, days_of_server, first_day, top_users

SHOWN_BEFORE = 47 * days.HOUR  # seconds before the last hour
ON_A_PAGE = 10
NAME_LENGTH = 40


def by_day(db: sqlite3.Connection, actor: Actor, month: str, now: int) -> list[Outgoing]:
    """Show the days of a month ('YYYY-MM', or 'now') as a chart."""
    present = days.month_of(now, actor.zone)
    first = min((first_day(db) or present)[:7], present)
    month = present if month == "now" else month
    if not re.fullmatch("[0-9]{4}-(0[1-9]|1[0-2])", month) or not first <= month <= present:
        raise Refused("old_button")
    usage, peak = days_of_server(db, month), Markup("")
    if usage:
        busiest = max(usage, key=lambda day: (usage[day].total, day))
        day = short_date(actor.language, date.fromisoformat(busiest))
        peak = actor.say("days_peak", day=day, most=size(actor.language, usage[busiest].total))
    total = down_and_up(actor.language, sum_of(usage.values()))
    caption = actor.say("server_days", month=month_name(actor.language, month), peak=peak, **total)
    neighbours = [
        button(label.format(month_name(actor.language, other)), "by_day", other)
        for label, other in (("◀️ {}", days.month_before(month)), ("{} ▶️", days.month_after(month)))
        if first <= other <= present
    ]
    ways = [neighbours, [actor.button("by_hour_button", "by_hour")]]
    return _show_chart(actor, f"server_days:{actor.id}:{month}", caption, ways)


def by_hour(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show the last two days as a chart of hours."""
    last, peak = days.hour_of(now), Markup("")
    hours = list_hours(db, last - SHOWN_BEFORE, last)
    if hours:
        busy = max(hours, key=lambda hour: (hour.online, hour.hour))
        peak = actor.say("hours_peak", online=busy.online, at=short_date_time(actor.language, busy.hour, actor.zone))
    total = sum_of(Usage(hour.received, hour.sent) for hour in hours)
    caption = actor.say("server_hours", peak=peak, **down_and_up(actor.language, total))
    ways = [[actor.button("by_day_button", "by_day", "now")]]
    return _show_chart(actor, f"server_hours:{actor.id}:{last}", caption, ways)


def top(db: sqlite3.Connection, actor: Actor, page: int, now: int) -> list[Outgoing]:
    """List whose traffic this month is greatest, a page of them."""
    month = days.month_of(now, actor.zone)
    rows, count = top_users(db, month, ON_A_PAGE, page * ON_A_PAGE)
    if page and not rows:
        return top(db, actor, 0, now)
    here = page_of(page, count, ON_A_PAGE)
    lines = [
        actor.say("top_line", place=place, name=shorten(name, NAME_LENGTH), **down_and_up(actor.language, usage))
        for place, (name, usage) in enumerate(rows, here.offset + 1)
    ]
    words = {"month": month_name(actor.language, month), "count": count, "lines": Markup("\n".join(lines))}
    text = actor.say("top" if rows else "top_none", **words)
    return show(actor, text, [*here.buttons("top"), [actor.back("status")]])


def come_back(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show the server in a new message; the tapped one is deleted if it is a picture, and stays if it is an alert."""
    gone = [] if actor.on_text else [delete(actor)]
    return [*status.status(db, replace(actor, on_text=False), now), *gone]


def _show_chart(actor: Actor, reference: str, caption: str, ways: Keyboard) -> list[Outgoing]:
    """Replace the tapped screen by a picture, which an edit can't make of a text."""
    keyboard = [*ways, [actor.button("to_server", "server")]]
    return [attach(actor.id, "Photo", reference, caption, keyboard), delete(actor)]


def render_days(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment:
    """Draw the days of a month."""
    user_id, _, month = rest.partition(":")
    language, today = language_of(db, settings, int(user_id)), days.day_of(now, settings.timezone)
    return month_chart(language, month, days_of_server(db, month), today, f"server-{month}")


def render_hours(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment:
    """Draw the 48 hours up to an hour, with a label every six hours and the date at midnight."""
    user_id, _, until = rest.partition(":")
    language, last = language_of(db, settings, int(user_id)), int(until)
    usage = {hour.hour: Usage(hour.received, hour.sent) for hour in list_hours(db, last - SHOWN_BEFORE, last)}
    bars = [
        (_hour_label(language, datetime.fromtimestamp(start, settings.timezone)), usage.get(start, Usage()))
        for start in range(last - SHOWN_BEFORE, last + 1, days.HOUR)
    ]
    return traffic_chart(language, plain(language, "hours_title"), bars, None, "server-hours")


def _hour_label(language: str, moment: datetime) -> str:
    """Return an hour's label: every sixth hour has one, and midnight also has the date."""
    if moment.hour % 6:
        return ""
    date = f"\n{short_date(language, moment)}" if moment.hour == 0 else ""
    return f"{moment.hour}:00{date}"
