"""The turn of the month: the admins get the table of the one that ended."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from functools import partial

from lib import days
from lib.chat.screens import Keyboard, tell_admins
from lib.chat.statistics import month_report
from lib.chat.texts import Markup
from lib.settings import Settings
from lib.store.database import get_meta, put_meta
from lib.store.outbox import BROADCAST, Outgoing


def turn(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Send the admins the table of each month that ended since the last look."""
    present = days.month_of(now, settings.timezone)
    last = get_meta(db, "month")
    messages: list[Outgoing] = []
    while last is not None and last < present:
        messages += tell_admins(db, settings, partial(_report, db, last), None)
        last = days.month_after(last)
    if last is None or last == present or _set_back(last, settings, now):
        put_meta(db, "month", present)
    return [replace(message, priority=BROADCAST) for message in messages]


def _report(db: sqlite3.Connection, month: str, language: str) -> tuple[Markup, Keyboard | None]:
    return month_report(db, language, month), None


def _set_back(month: str, settings: Settings, now: int) -> bool:
    """Tell a clock that was put right after it had run into a later month from one that slipped at the turn."""
    return days.month_start(month, settings.timezone) - now > 86400
