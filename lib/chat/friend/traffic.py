"""A friend's traffic: a month with a chart of its days, and twelve months at once."""

from __future__ import annotations

import re
import sqlite3

from lib import days
from lib.chat import keyboards
from lib.chat.files import Attachment, month_chart, traffic_chart
from lib.chat.phrases import down_and_up, last_seen, month_name, short_date_time, size, sum_of
from lib.chat.rules import month_of, quota_of, quota_warning
from lib.chat.screens import Actor, Keyboard, button, show, show_picture, text_button
from lib.chat.texts import Markup, plain, say
from lib.errors import Refused
from lib.settings import Settings
from lib.store.configs import Config, configs_of
from lib.store.counters import last_handshakes
from lib.store.outbox import Outgoing
from lib.store.traffic import Usage, days_of_user, first_month, month_of_configs, months_of_user
from lib.store.users import find_user

LINES = 7  # configs listed in a caption, which has 1024 characters
YEAR = 12  # months shown at once


def show_present(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show this month's traffic, per config and in total, with a chart of its days."""
    usage, configs = month_of(db, actor, now), configs_of(db, actor.id)
    present, first = days.month_of(now, actor.zone), first_month(db, actor.id)
    if not configs and first is None:
        return show(actor, actor.say("stats_none"), _nothing(actor.language))
    total = sum_of(usage.values())
    caption = actor.say(
        "stats",
        month=month_name(actor.language, present),
        now=short_date_time(actor.language, now, actor.zone),
        lines=_present_lines(db, actor, configs, usage, now),
        quota=_quota_left(db, actor, total, now),
        **down_and_up(actor.language, total),
    )
    return show_picture(actor, f"chart:{actor.id}:{present}", caption, _around(actor, present, first, present))


def show_month(db: sqlite3.Connection, actor: Actor, month: str, now: int) -> list[Outgoing]:
    """Show a month between a friend's first one and the present one."""
    present = days.month_of(now, actor.zone)
    first = first_month(db, actor.id) or present
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month) or not first <= month <= present:
        raise Refused("old_button")
    if month == present:
        return show_present(db, actor, now)
    usage = month_of_configs(db, actor.id, month)
    caption = actor.say(
        "stats_past",
        month=month_name(actor.language, month),
        lines=_past_lines(db, actor, usage),
        **down_and_up(actor.language, sum_of(usage.values())),
    )
    return show_picture(actor, f"chart:{actor.id}:{month}", caption, _around(actor, month, first, present))


def show_year(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show the last twelve months as a chart and as a table, which begins with the first one."""
    present = days.month_of(now, actor.zone)
    year = year_until(present)
    usage = {month: used for month, used in months_of_user(db, actor.id, year[0]).items() if month in year}
    shown = [month for month in year if month >= (min(usage) if usage else present)]
    lines = [_row(actor.language, month_name(actor.language, month), usage.get(month, Usage())) for month in shown]
    head = _columns(*(actor.plain(f"month_head_{name}") for name in ("month", "download", "upload")))
    foot = _row(actor.language, actor.plain("month_total"), sum_of(usage.values()))
    caption = actor.say("year", table="\n".join([head, *lines, foot]))
    keyboard = [
        [actor.button("this_month_button", "month", present)],
        *keyboards.leave(actor.language),
    ]
    return show_picture(actor, f"year:{actor.id}:{present}", caption, keyboard)


def year_until(month: str) -> list[str]:
    """Name the twelve months that end with one."""
    months = [month]
    while len(months) < YEAR:
        months.insert(0, days.month_before(months[0]))
    return months


def _row(language: str, name: str, usage: Usage) -> str:
    return _columns(name, *down_and_up(language, usage).values())


def _columns(name: str, download: str, upload: str) -> str:
    return f"{name:<14} {download:>9} {upload:>9}"


def _around(actor: Actor, month: str, first: str | None, present: str) -> Keyboard:
    """The ways to the month before and after, as far as there are any, and to the whole year."""
    beside = []
    if first is not None and month > first:
        before = days.month_before(month)
        beside.append(button(f"◀️ {month_name(actor.language, before)}", "month", before))
    if month < present:
        after = days.month_after(month)
        beside.append(button(f"{month_name(actor.language, after)} ▶️", "month", after))
    year = [actor.button("year_button", "year")]
    return [*([beside] if beside else []), year, *keyboards.leave(actor.language)]


def _nothing(language: str) -> Keyboard:
    return [[text_button(language, "new_config", "new", style="primary")], *keyboards.to_menu(language)]


def _present_lines(
    db: sqlite3.Connection, actor: Actor, configs: list[Config], usage: dict[int, Usage], now: int
) -> Markup:
    seen = last_handshakes(db, actor.id)
    lines = [
        actor.say(
            "stats_line",
            name=config.name,
            seen=last_seen(actor.language, seen.get(config.id, 0), now),
            **down_and_up(actor.language, usage.get(config.id, Usage())),
        )
        for config in configs[:LINES]
    ]
    return _with_the_rest(actor.language, lines, configs, usage)


def _past_lines(db: sqlite3.Connection, actor: Actor, usage: dict[int, Usage]) -> Markup:
    """List what each config carried in a past month; those that carried nothing are left out."""
    configs = [config for config in configs_of(db, actor.id) if config.id in usage]
    lines = [
        actor.say("stats_past_line", name=config.name, **down_and_up(actor.language, usage[config.id]))
        for config in configs[:LINES]
    ]
    return _with_the_rest(actor.language, lines, configs, usage)


def _with_the_rest(language: str, lines: list[Markup], configs: list[Config], usage: dict[int, Usage]) -> Markup:
    """Add how many more there are, and what was carried by those that are deleted, so that the lines make the total."""
    if len(configs) > LINES:
        lines.append(say(language, "stats_more", count=len(configs) - LINES))
    held = {config.id for config in configs}
    deleted = sum_of(used for config_id, used in usage.items() if config_id not in held)
    if deleted != Usage():
        lines.append(say(language, "stats_deleted", **down_and_up(language, deleted)))
    return Markup("\n".join(lines or [say(language, "stats_nothing")]))


def _quota_left(db: sqlite3.Connection, actor: Actor, total: Usage, now: int) -> Markup:
    quota = quota_of(db, actor)
    if not quota:
        return Markup("")
    left = max(0, quota - total.total)
    told = actor.say("stats_quota", quota=size(actor.language, quota), left=size(actor.language, left))
    return told if left else quota_warning(db, actor, now)


def render_month(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment | None:
    """Draw the days of a month; today is marked in the present one."""
    user_id, _, month = rest.partition(":")
    user, today = find_user(db, int(user_id)), days.day_of(now, settings.timezone)
    if user is None:
        return None
    return month_chart(user.language, month, days_of_user(db, user.id, month), today, month)


def render_year(db: sqlite3.Connection, settings: Settings, rest: str, now: int) -> Attachment | None:
    """Draw the twelve months that end with one, which is marked."""
    user_id, _, last = rest.partition(":")
    user, months = find_user(db, int(user_id)), year_until(last)
    if user is None:
        return None
    usage = months_of_user(db, user.id, months[0])
    bars = [(_short(user.language, month), usage.get(month, Usage())) for month in months]
    return traffic_chart(
        user.language, plain(user.language, "year_title"), bars, _short(user.language, last), f"{last}-year"
    )


def _short(language: str, month: str) -> str:
    return month_name(language, month)[:3]
