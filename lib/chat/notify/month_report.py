"""The monthly report: once a month has ended, the admins get a table of its traffic."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from functools import partial

from lib import days
from lib.chat.phrases import amounts, month_name, sum_of, traffic_table
from lib.chat.screens import tell_admins
from lib.chat.texts import Markup, plain, say
from lib.settings import Settings
from lib.store.database import get_meta, put_meta
from lib.store.outbox import BROADCAST, Outgoing
from lib.store.traffic import month_of_users

ROWS = 50


def send_due_reports(db: sqlite3.Connection, settings: Settings, now: int) -> list[Outgoing]:
    """Send the admins a report of each month that has ended since the last call."""
    present, last = days.month_of(now, settings.timezone), get_meta(db, "month")
    messages: list[Outgoing] = []
    while last is not None and last < present:
        messages += tell_admins(db, settings, partial(_notice, db, last), None)
        last = days.month_after(last)
    # The clock may have slipped at the turn of a month; it was put right if it is more than a day away from it.
    if last is None or last == present or days.month_start(last, settings.timezone) - now > 86400:
        put_meta(db, "month", present)
    return [replace(message, priority=BROADCAST) for message in messages]


def _notice(db: sqlite3.Connection, month: str, language: str) -> tuple[Markup, None]:
    return month_report(db, language, month), None


def month_report(db: sqlite3.Connection, language: str, month: str) -> Markup:
    """Return the table of a past month: name, download and upload of each friend, and one row for all who left."""
    usages = month_of_users(db, month)
    if not usages:
        return say(language, "month_empty", month=month_name(language, month))
    rows = [(name, usage) for user_id, name, usage in usages if user_id is not None][:ROWS]
    rows += [(plain(language, "somebody_left"), usage) for user_id, _, usage in usages if user_id is None]
    rows.append((plain(language, "month_total"), sum_of(usage for _, _, usage in usages)))
    head = [plain(language, f"month_head_{key}") for key in ("name", "download", "upload")]
    table = traffic_table(head, [amounts(language, name, usage) for name, usage in rows])
    return say(language, "month_report", month=month_name(language, month), table=table)
