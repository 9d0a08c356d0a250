"""The turn of the month: admins get the table of the month that ended."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from functools import partial

from lib import days
from lib.chat.phrases import month_name, shorten, size, sum_of
from lib.chat.screens import Keyboard, tell_admins
from lib.chat.texts import Markup, plain, say
from lib.settings import Settings
from lib.store.database import get_meta, put_meta
from lib.store.outbox import BROADCAST, Outgoing
from lib.store.traffic import month_of_users


def send_due_reports(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
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


def month_report(db: sqlite3.Connection, language: str, month: str) -> Markup:
    """Write the table of a past month: each friend's name, download and upload, and one line for who left."""
    rows = month_of_users(db, month)
    if not rows:
        return say(language, "month_empty", month=month_name(language, month))
    head = tuple(plain(language, f"month_head_{key}") for key in ("name", "download", "upload"))
    shown = [(name, usage) for user_id, name, usage in rows if user_id is not None][:50]
    shown += [(plain(language, "somebody_left"), usage) for user_id, _, usage in rows if user_id is None]
    lines = [(name, size(language, usage.downloaded), size(language, usage.uploaded)) for name, usage in shown]
    total = sum_of(usage for _, _, usage in rows)
    foot = (plain(language, "month_total"), size(language, total.downloaded), size(language, total.uploaded))
    table = "\n".join(f"{shorten(name, 16):<16} {down:>9} {up:>9}" for name, down, up in (head, *lines, foot))
    return say(language, "month_report", month=month_name(language, month), table=table)
