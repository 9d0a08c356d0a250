"""Texts about the access to Telegram that friends keep while their VPN is off."""

from __future__ import annotations

import sqlite3

from lib import days
from lib.chat.phrases import end_date, size
from lib.chat.rules import is_over, quota_of
from lib.chat.screens import Actor
from lib.chat.texts import Markup, say
from lib.store.telegram_only import (
    MONTHLY_BYTES,
    month_of_person,
    person_reaches_telegram,
    reaches_telegram,
)
from lib.store.users import User


def of_config(db: sqlite3.Connection, language: str, config_id: int) -> Markup:
    """Return a note that Telegram still works through a config that is off; empty if it doesn't."""
    return say(language, "telegram_works") if reaches_telegram(db, config_id) else Markup("")


def of_person(db: sqlite3.Connection, language: str, user_id: int) -> Markup:
    """Return a note that Telegram still works for a person whose limit is used up; empty if it doesn't."""
    return say(language, "telegram_works") if person_reaches_telegram(db, user_id) else Markup("")


def used_this_month(db: sqlite3.Connection, actor: Actor, user: User, now: int) -> Markup:
    """Describe how much of this access a person has used this month; empty if none."""
    used = month_of_person(db, user.id, days.month_of(now, actor.zone))
    if not used:
        return Markup("")
    return actor.say("telegram_used", used=size(actor.language, used), most=size(actor.language, MONTHLY_BYTES))


def quota_warning(db: sqlite3.Connection, actor: Actor, used: int, now: int) -> Markup:
    """Warn that the monthly limit is used up, until when, and whether Telegram still works; empty if it isn't."""
    quota = quota_of(actor.settings, actor.person.quota_bytes)
    if not is_over(used, quota):
        return Markup("")
    until = end_date(actor.language, days.next_month_start(now, actor.zone), actor.zone)
    warning = actor.say("menu_quota", quota=size(actor.language, quota), date=until)
    return Markup(warning + of_person(db, actor.language, actor.id))
