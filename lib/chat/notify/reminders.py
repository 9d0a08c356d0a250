"""Reminders: a config expires soon or has expired, a monthly limit is nearly or fully used up, or has been reset."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib import days
from lib.chat import keyboards
from lib.chat.notify import telegram_path
from lib.chat.notify.passing_on import reader_of, tell_keeper, to_held
from lib.chat.phrases import end_date, size, span
from lib.chat.rules import is_over
from lib.chat.screens import Keyboard, say_to, text_button
from lib.chat.texts import Markup, say
from lib.settings import Settings
from lib.store.outbox import BROADCAST, Outgoing
from lib.store.told import forget_told, tell_once
from lib.store.users import get_user
from lib.store.views.reminders import Expiry, QuotaUse, high_usage, new_expiries, told_used_up


def remind(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Return the reminders that are due."""
    messages = [*_expiries(db, settings, now), *_quotas(db, settings, now)]
    return [replace(message, priority=BROADCAST) for message in messages]


def _expiries(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Remind friends of configs that expire soon or have expired.

    A stage that had already begun when the expiry was set is left out: the friend was told of it then.
    """
    told = []
    for end in new_expiries(db, now):
        tell_once(db, f"config:{end.config_id}", f"expires:{end.stage}:{end.expires_at}", now)
        if end.stage == "over" or (end.seen and end.stage != "far"):
            told.append(_expiry(db, settings, end, now))
    return told


def _expiry(db: sqlite3.Connection, settings: Settings, end: Expiry, now: int) -> Outgoing:
    """Remind the friend, or the admin who looks after a person without Telegram."""
    owner = get_user(db, end.user_id)
    language = reader_of(db, settings, owner)[1]
    until, left = end_date(language, end.expires_at, settings.timezone), span(language, end.expires_at - now)
    if not owner.in_telegram:
        key = "expiry_over_there" if end.stage == "over" else "expiry_near_there"
        ways = to_held(end.config_id, end.name)
        return tell_keeper(db, settings, owner, key, ways, name=end.name, until=until, left=left)
    key = "expiry_over" if end.stage == "over" else "expiry_near"
    ways = [*keyboards.extension(language, end.config_id), *keyboards.to_config(language, end.config_id, end.name)]
    text = say(language, key, name=end.name, until=until, left=left)
    if end.stage == "over":
        text = Markup(text + telegram_path.of_config(db, language, end.config_id))
    return say_to(end.user_id, text, ways)


def _quotas(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Notify friends who are near their monthly limit, over it, or no longer over it."""
    spent = high_usage(db, days.month_of(now, settings.timezone), settings.quota_bytes)
    shut = {who.user_id for who in spent if is_over(who.used, who.quota)}
    told = []
    for user_id, language, can_be_told in told_used_up(db):
        if user_id not in shut:
            forget_told(db, f"user:{user_id}", "quota:100:%")
            told += [_reopened(db, settings, user_id, language)] if can_be_told else []
    for who in spent:
        if who.unsent and tell_once(db, f"user:{who.user_id}", who.what, now):
            told.append(_quota(db, settings, who, now))
    return told


def _reopened(db: sqlite3.Connection, settings: Settings, user_id: int, language: str) -> Outgoing:
    if user_id < 0:
        return tell_keeper(db, settings, get_user(db, user_id), "quota_reopened_there")
    return say_to(user_id, say(language, "quota_reopened"), _to_traffic(language))


def _quota(db: sqlite3.Connection, settings: Settings, who: QuotaUse, now: int) -> Outgoing:
    """Notify the friend, or the admin who looks after a person without Telegram."""
    over = is_over(who.used, who.quota)
    if who.user_id > 0:
        text = say(who.language, "quota_shut" if over else "quota_near", **_amounts(who.language, settings, who, now))
        if over:
            text = Markup(text + telegram_path.of_person(db, who.language, who.user_id))
        return say_to(who.user_id, text, [*keyboards.more_traffic(who.language), *_to_traffic(who.language)])
    owner = get_user(db, who.user_id)
    amounts = _amounts(reader_of(db, settings, owner)[1], settings, who, now)
    return tell_keeper(db, settings, owner, "quota_shut_there" if over else "quota_near_there", None, **amounts)


def _amounts(language: str, settings: Settings, who: QuotaUse, now: int) -> dict[str, object]:
    return {
        "quota": size(language, who.quota),
        "left": size(language, max(0, who.quota - who.used)),
        "date": end_date(language, days.next_month_start(now, settings.timezone), settings.timezone),
    }


def _to_traffic(language: str) -> Keyboard:
    return [[text_button(language, "traffic", "stats"), *keyboards.to_menu(language)[0]]]
