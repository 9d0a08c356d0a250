"""Numbers for people: a friend's month and what is left of it, when a peer was seen, the table of a past month."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lib import days
from lib.chat.screens import Actor
from lib.chat.texts import Markup, month_name, plain, say, size, span
from lib.settings import Settings
from lib.store.traffic import Usage, month_of_configs, month_of_users
from lib.store.users import get_user

ONLINE_SECONDS = 180  # younger handshakes mean that the peer is online


def month_sum(db: sqlite3.Connection, actor: Actor, now: int) -> str:
    """Write the month's traffic of a friend, both directions together."""
    total = total_of(month_of(db, actor, now))
    return size(actor.language, total.received + total.sent)


def over_quota(db: sqlite3.Connection, actor: Actor, now: int) -> bool:
    """Tell whether a friend's month is used up."""
    quota, total = quota_of(db, actor), total_of(month_of(db, actor, now))
    return quota > 0 and total.received + total.sent >= quota


def quota_warning(db: sqlite3.Connection, actor: Actor, now: int) -> Markup:
    """Say that the month's limit is used up and when it reopens; empty while it is not."""
    quota = quota_of(db, actor)
    if not over_quota(db, actor, now):
        return Markup("")
    reopens = datetime.fromtimestamp(days.next_month_start(now, actor.settings.timezone), actor.settings.timezone)
    return say(actor.language, "menu_quota", quota=size(actor.language, quota), date=reopens.strftime("%d.%m.%Y"))


def until_text(settings: Settings, expires_at: int) -> str:
    """Write the moment at which a config ends, as the owner's clocks show it."""
    return datetime.fromtimestamp(expires_at, settings.timezone).strftime("%d.%m.%Y %H:%M")


def month_report(db: sqlite3.Connection, language: str, month: str) -> Markup:
    """Write the table of a past month: each friend's name, download and upload, and one line for who left."""
    rows = month_of_users(db, month)
    if not rows:
        return say(language, "month_empty", month=month_name(language, month))
    head = tuple(plain(language, f"month_head_{key}") for key in ("name", "download", "upload"))
    shown = [(name, usage) for user_id, name, usage in rows if user_id is not None][:50]
    shown += [(plain(language, "somebody_left"), usage) for user_id, _, usage in rows if user_id is None]
    lines = [(name, size(language, usage.sent), size(language, usage.received)) for name, usage in shown]
    total = total_of({user_id: usage for user_id, _, usage in rows})
    foot = (plain(language, "month_total"), size(language, total.sent), size(language, total.received))
    table = "\n".join(f"{_fit(name, 16)} {down:>9} {up:>9}" for name, down, up in (head, *lines, foot))
    return say(language, "month_report", month=month_name(language, month), table=table)


def _fit(name: str, width: int) -> str:
    shown = name if len(name) <= width else f"{name[: width - 1]}…"
    return shown.ljust(width)


def month_of(db: sqlite3.Connection, actor: Actor, now: int) -> dict[int, Usage]:
    """Sum the present month of a friend for each config that they have or had."""
    return month_of_configs(db, actor.id, days.month_of(now, actor.settings.timezone))


def total_of(usage: Mapping[Any, Usage]) -> Usage:
    """Sum it up."""
    return Usage(sum(u.received for u in usage.values()), sum(u.sent for u in usage.values()))


def both_ways(language: str, usage: Usage) -> dict[str, str]:
    """Turn the server's view into the friend's: what it sent, they downloaded."""
    return {"download": size(language, usage.sent), "upload": size(language, usage.received)}


def last_seen(language: str, handshake_at: int, now: int) -> str:
    """Say whether a peer is online, or when it was; 0 means never."""
    if not handshake_at:
        return plain(language, "seen_never")
    if now - handshake_at < ONLINE_SECONDS:
        return plain(language, "seen_online")
    return plain(language, "seen_ago", span=span(language, now - handshake_at))


def quota_of(db: sqlite3.Connection, actor: Actor) -> int:
    """Give a friend's quota in bytes; 0 is none."""
    own = get_user(db, actor.id).quota_bytes
    return actor.settings.quota_bytes if own is None else own
