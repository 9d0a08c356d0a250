"""The whole server in pictures and lists: its days, its hours, and who uses it most."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from datetime import date, datetime

from lib import days
from lib.chat.admin import status
from lib.chat.drawing import chart
from lib.chat.files import Attachment
from lib.chat.paging import page_of
from lib.chat.phrases import down_and_up, month_name, short_date, short_date_time, shorten, size
from lib.chat.screens import Actor, Keyboard, attach, button, delete, language_of, show, text_button
from lib.chat.texts import LANGUAGES, Markup, plain, say
from lib.errors import Refused
from lib.settings import Settings
from lib.store import hours
from lib.store.outbox import Outgoing
from lib.store.traffic import Usage, days_of_server, first_day, month_total, top_users

SHOWN_HOURS = 48
ON_A_PAGE = 10
NAME_LETTERS = 40


def by_day(db: sqlite3.Connection, actor: Actor, month: str, now: int) -> list[Outgoing]:
    """Show a month ('YYYY-MM', or 'now') of the whole server, a bar for each day."""
    present = days.month_of(now, actor.zone)
    first = min((first_day(db) or present)[:7], present)
    if month == "now":
        month = present
    if not re.fullmatch("[0-9]{4}-(0[1-9]|1[0-2])", month) or not first <= month <= present:
        raise Refused("old_button")
    total, usage = month_total(db, month), days_of_server(db, month)
    peak = Markup("")
    if usage:
        busiest = max(usage, key=lambda day: (usage[day].total, day))
        day = short_date(actor.language, date.fromisoformat(busiest))
        peak = actor.say("days_peak", day=day, most=size(actor.language, usage[busiest].total))
    ways = down_and_up(actor.language, total)
    caption = actor.say("server_days", month=month_name(actor.language, month), peak=peak, **ways)
    neighbours = [
        button(sign.format(month_name(actor.language, other)), "by_day", other)
        for sign, other in (("◀️ {}", days.month_before(month)), ("{} ▶️", days.month_after(month)))
        if first <= other <= present
    ]
    keyboard = [*([neighbours] if neighbours else []), *_around(actor.language, "by_hour")]
    return _in_place(actor, f"server_days:{actor.id}:{month}", caption, keyboard)


def by_hour(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show the last two days of the whole server, a bar for each hour."""
    last = days.hour_of(now)
    found = hours.list_hours(db, last - (SHOWN_HOURS - 1) * days.HOUR, last)
    total = Usage(sum(hour.received for hour in found), sum(hour.sent for hour in found))
    peak = Markup("")
    if busiest := max(found, key=lambda hour: (hour.online, hour.hour), default=None):
        at = short_date_time(actor.language, busiest.hour, actor.zone)
        peak = actor.say("hours_peak", online=busiest.online, at=at)
    caption = actor.say("server_hours", peak=peak, **down_and_up(actor.language, total))
    return _in_place(actor, f"server_hours:{actor.id}:{last}", caption, _around(actor.language, "by_day", "now"))


def top(db: sqlite3.Connection, actor: Actor, page: int, now: int) -> list[Outgoing]:
    """List who moved most this month, a page of them."""
    month = days.month_of(now, actor.zone)
    rows, count = top_users(db, month, ON_A_PAGE, page * ON_A_PAGE)
    if page and not rows:
        return top(db, actor, 0, now)
    here, language = page_of(page, count, ON_A_PAGE), actor.language
    lines = [
        say(language, "top_line", place=place, name=shorten(name, NAME_LETTERS), **down_and_up(language, usage))
        for place, (name, usage) in enumerate(rows, here.offset + 1)
    ]
    text = actor.say(
        "top" if rows else "top_none",
        month=month_name(actor.language, month),
        count=count,
        lines=Markup("\n".join(lines)),
    )
    return show(actor, text, [*here.buttons("top"), [actor.back("status")]])


def come_back(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show the server in a message of its own: a picture makes way for it, an alert stays where it is."""
    gone = [] if actor.on_text else [delete(actor)]
    return [*status.status(db, replace(actor, on_text=False), now), *gone]


def _in_place(actor: Actor, reference: str, caption: str, keyboard: Keyboard) -> list[Outgoing]:
    """Put a picture in place of the screen that led to it, which can't turn into one."""
    return [attach(actor.id, "Photo", reference, caption, keyboard), delete(actor)]


def _around(language: str, verb: str, *args: str) -> Keyboard:
    """The other chart, and the way back."""
    other = text_button(language, f"{verb}_button", verb, *args)
    return [[other], [text_button(language, "to_server", "server")]]


def _draw_month(db: sqlite3.Connection, settings: Settings, language: str, month: str, now: int) -> bytes:
    """Draw a month of the whole server; today is marked."""
    usage, today = days_of_server(db, month), days.day_of(now, settings.timezone)
    bars = [
        (str(int(day[8:])), usage.get(day, Usage()).sent, usage.get(day, Usage()).received)
        for day in days.days_of_month(month)
    ]
    marked = str(int(today[8:])) if today[:7] == month else None
    return _draw(language, bars, month_name(language, month), marked)


def _draw_hours(db: sqlite3.Connection, settings: Settings, language: str, last: int) -> bytes:
    """Draw the two days until an hour; the midnight between them is marked by its date."""
    first = last - (SHOWN_HOURS - 1) * days.HOUR
    found = {hour.hour: hour for hour in hours.list_hours(db, first, last)}
    bars, midnight = [], None
    for start in range(first, last + 1, days.HOUR):
        moment, hour = datetime.fromtimestamp(start, settings.timezone), found.get(start)
        label = str(moment.hour)
        if moment.hour == 0:
            label = midnight = short_date(language, moment)
        bars.append((label, hour.sent if hour else 0, hour.received if hour else 0))
    return _draw(language, bars, plain(language, "hours_title"), midnight)


def _draw(language: str, bars: list[tuple[str, int, int]], title: str, marked: str | None) -> bytes:
    legend = (plain(language, "chart_download"), plain(language, "chart_upload"))
    return chart.draw_days(bars, title=title, today=marked, units=LANGUAGES[language].UNITS, legend=legend)


def render_days(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment | None:
    user_id, _, month = rest.partition(":")
    picture = _draw_month(db, settings, language_of(db, settings, int(user_id)), month, now)
    return Attachment("photo", f"server-{month}.png", "image/png", picture)


def render_hours(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment | None:
    user_id, _, last = rest.partition(":")
    picture = _draw_hours(db, settings, language_of(db, settings, int(user_id)), int(last))
    return Attachment("photo", "server-hours.png", "image/png", picture)
