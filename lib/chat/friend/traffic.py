"""A friend's traffic: a month with a chart of its days, and twelve months at once."""

from __future__ import annotations

import re
import sqlite3

from lib import days
from lib.chat import keyboards
from lib.chat.files import Attachment, month_chart, traffic_chart
from lib.chat.notify.telegram_path import quota_warning, used_this_month
from lib.chat.phrases import (
    amounts,
    down_and_up,
    last_seen,
    local_short_date_time,
    month_name,
    short_month,
    size,
    speed,
    sum_of,
    traffic_table,
)
from lib.chat.rules import quota_of, speed_of, wants_more, why_off
from lib.chat.screens import Actor, Keyboard, button, show, show_picture
from lib.chat.texts import Markup, plain
from lib.errors import Refused
from lib.settings import Settings
from lib.store.config_requests import open_request
from lib.store.outbox import Outgoing
from lib.store.traffic import Usage, days_of_user, first_month, months_of_user
from lib.store.users import find_user
from lib.store.views.summaries import ConfigSummary, summarize_configs

LINES = 7  # configs listed in a caption, which has 1024 characters
YEAR = 12  # months shown at once


def show_present(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show the present month's traffic, per config and in total, with a chart of its days."""
    present, first = days.month_of(now, actor.zone), first_month(db, actor.id)
    month = summarize_configs(db, actor.id, present)
    if not month.configs and first is None:
        return _nothing_yet(db, actor)
    caption = actor.say(
        "stats",
        month=month_name(actor.language, present),
        now=local_short_date_time(actor.language, now, actor.zone),
        lines=_lines(actor, "stats_line", month.configs, month.deleted, now),
        quota=Markup(_quota_left(db, actor, month.used.total, now) + used_this_month(db, actor, actor.person, now)),
        speed=_speed(actor),
        **down_and_up(actor.language, month.used),
    )
    more = keyboards.more_traffic(actor.language) if wants_more(db, actor, month.used.total, now) else []
    keyboard = [*more, *_around(actor, present, first, present)]
    return show_picture(actor, f"chart:{actor.id}:{present}", caption, keyboard)


def _nothing_yet(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Show a friend without a config how to get one, or that one is on its way."""
    request = open_request(db, actor.id)
    if request:
        key = "stats_waiting" if request.state == "pending" else "stats_making"
        return show(actor, actor.say(key, name=request.name), [[actor.to_menu()]])
    ask = actor.button("new_config", "new", style="primary")
    return show(actor, actor.say("stats_none"), [[ask], [actor.to_menu()]])


def show_month(db: sqlite3.Connection, actor: Actor, month: str, now: int) -> list[Outgoing]:
    """Show a month between a friend's first one and the present one."""
    present = days.month_of(now, actor.zone)
    first = first_month(db, actor.id) or present
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month) or not first <= month <= present:
        raise Refused("old_button")
    if month == present:
        return show_present(db, actor, now)
    past = summarize_configs(db, actor.id, month)
    used = [one for one in past.configs if one.used.total]
    caption = actor.say(
        "stats_past",
        month=month_name(actor.language, month),
        lines=_lines(actor, "stats_past_line", used, past.deleted, now),
        **down_and_up(actor.language, past.used),
    )
    return show_picture(actor, f"chart:{actor.id}:{month}", caption, _around(actor, month, first, present))


def show_year(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show the last twelve months as a chart, and as a table that begins with the first of them with traffic."""
    present = days.month_of(now, actor.zone)
    year = year_until(present)
    usage = {month: used for month, used in months_of_user(db, actor.id, year[0]).items() if month in year}
    shown = [month for month in year if month >= (min(usage) if usage else present)]
    lines = [(short_month(actor.language, month), usage.get(month, Usage())) for month in shown]
    lines.append((actor.plain("month_total"), sum_of(usage.values())))
    head = [actor.plain(f"month_head_{name}") for name in ("month", "download", "upload")]
    table = traffic_table(head, [amounts(actor.language, *line) for line in lines])
    caption = actor.say("year", table=table)
    keyboard = [[actor.button("this_month_button", "month", present)], *keyboards.leave(actor.language)]
    return show_picture(actor, f"year:{actor.id}:{present}", caption, keyboard)


def year_until(month: str) -> list[str]:
    """Return the twelve months that end with a month."""
    months = [month]
    while len(months) < YEAR:
        months.insert(0, days.month_before(months[0]))
    return months


def _around(actor: Actor, month: str, first: str | None, present: str) -> Keyboard:
    """The buttons for the previous and next month, if there are any, and for the whole year."""
    beside = []
    if first is not None and month > first:
        before = days.month_before(month)
        beside.append(button(f"◀️ {month_name(actor.language, before)}", "month", before))
    if month < present:
        after = days.month_after(month)
        beside.append(button(f"{month_name(actor.language, after)} ▶️", "month", after))
    return [beside, [actor.button("year_button", "year")], *keyboards.leave(actor.language)]


def _lines(actor: Actor, key: str, configs: list[ConfigSummary], deleted: Usage, now: int) -> Markup:
    """List as many configs as fit, then the deleted ones on one line, so that the lines add up to the total."""
    total = deleted.total + sum(one.used.total for one in configs)
    lines = []
    for one in configs[:LINES]:
        off = why_off(actor.settings, one.config, actor.person, total, now)
        seen = last_seen(actor.language, one.reading.handshake_at, now, off)
        lines.append(actor.say(key, name=one.config.name, seen=seen, **down_and_up(actor.language, one.used)))
    if len(configs) > LINES:
        lines.append(actor.say("stats_more", count=len(configs) - LINES))
    if deleted.total:
        lines.append(actor.say("stats_deleted", **down_and_up(actor.language, deleted)))
    return Markup("\n".join(lines or [actor.say("stats_nothing")]))


def _quota_left(db: sqlite3.Connection, actor: Actor, used: int, now: int) -> Markup:
    quota = quota_of(actor.settings, actor.person.quota_bytes)
    if not quota or used >= quota:
        return quota_warning(db, actor, used, now)
    return actor.say("stats_quota", quota=size(actor.language, quota), left=size(actor.language, quota - used))


def _speed(actor: Actor) -> Markup:
    kbit = speed_of(actor.settings, actor.person.speed_kbit)
    return actor.say("stats_speed", speed=speed(actor.language, kbit)) if kbit else Markup("")


def render_month(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment | None:
    """Draw the days of a month; in the current one, today is marked."""
    user_id, _, month = rest.partition(":")
    user, today = find_user(db, int(user_id)), days.day_of(now, settings.timezone)
    if user is None:
        return None
    return month_chart(user.language, month, days_of_user(db, user.id, month), today, month)


def render_year(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment | None:
    """Draw twelve months; the last one is marked."""
    user_id, _, last = rest.partition(":")
    user, months = find_user(db, int(user_id)), year_until(last)
    if user is None:
        return None
    usage = months_of_user(db, user.id, months[0])
    names = [month_name(user.language, month)[:3] for month in months]
    bars = [(name, usage.get(month, Usage())) for name, month in zip(names, months, strict=True)]
    return traffic_chart(user.language, plain(user.language, "year_title"), bars, len(bars) - 1, f"{last}-year")
