"""Notify the admins, at most once a month, of a config that two devices seem to share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from lib import days
from lib.chat.screens import Keyboard, about, tell_admins, text_button
from lib.chat.texts import Markup, say
from lib.settings import Settings
from lib.store.configs import Config, find_config
from lib.store.networks import RETURNS
from lib.store.outbox import Outgoing
from lib.store.told import count_told, tell_once
from lib.store.users import get_user

DAYS = 2  # on which it must have taken turns …
WEEK = 7 * 86400  # … within a week


def note_turns(db: sqlite3.Connection, settings: Settings, config_ids: Iterable[int], now: int) -> list[Outgoing]:
    """Record that these configs alternated between two networks today; report those that do so repeatedly."""
    messages: list[Outgoing] = []
    for config in filter(None, (find_config(db, config_id) for config_id in config_ids)):
        subject = f"config:{config.id}"
        tell_once(db, subject, f"turns:{days.day_of(now, settings.timezone)}", now)
        count = count_told(db, subject, "turns:%", now - WEEK)
        if count >= DAYS and tell_once(db, subject, f"sharing:{days.month_of(now, settings.timezone)}", now):
            messages += _tell(db, settings, config, count)
    return messages


def _tell(db: sqlite3.Connection, settings: Settings, config: Config, count: int) -> list[Outgoing]:
    user = get_user(db, config.user_id)

    def notice(language: str) -> tuple[Markup, Keyboard]:
        who = say(language, "sharing_who", **about(language, user)) if user.in_telegram else f"📵 {user.full_name}"
        words = {"who": who, "device": config.name, "days": count, "returns": RETURNS, "networks": 2}
        return say(language, "sharing", **words), [[text_button(language, "sharing_person", "person", user.id)]]

    return tell_admins(db, settings, notice, None)
