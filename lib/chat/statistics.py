"""Numbers for people: a friend's month, a config's page, the server's status, the table of a past month."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from lib import days
from lib.chat import keyboards
from lib.chat.screens import Actor, attach, show
from lib.chat.texts import Markup, month_name, plain, say, size, span
from lib.store.configs import Config, configs_of
from lib.store.outbox import Outgoing
from lib.store.traffic import Usage, last_handshakes, month_of_configs, month_of_users
from lib.store.users import get_user

ONLINE_SECONDS = 180  # younger handshakes mean that the peer is online
LINES = 8  # configs listed in a caption, which has 1024 characters


def stats(db: sqlite3.Connection, actor: Actor, args: tuple[str, ...], now: int) -> list[Outgoing]:
    """Show this month's traffic, per config and in total, with a chart of its days."""
    usage = _month(db, actor, now)
    configs = configs_of(db, actor.id)
    if not configs and not usage:
        return show(actor, say(actor.language, "stats_none"), keyboards.to_menu(actor.language))
    month = days.month_of(now, actor.settings.timezone)
    total = _total(usage)
    caption = say(
        actor.language,
        "stats",
        month=month_name(actor.language, month),
        now=datetime.fromtimestamp(now, actor.settings.timezone).strftime("%d.%m %H:%M"),
        lines=_lines(db, actor, configs, usage, now),
        quota=_quota_left(db, actor, total),
        **_both_ways(actor.language, total),
    )
    return [attach(actor.id, "Photo", f"chart:{actor.id}:{month}", caption, keyboards.leave(actor.language))]


def config_page(db: sqlite3.Connection, actor: Actor, config: Config, now: int) -> Markup:
    """Describe one config."""
    created = datetime.fromtimestamp(config.created_at, actor.settings.timezone)
    return say(
        actor.language,
        "config",
        name=config.name,
        created=created.strftime("%d.%m.%Y"),
        seen=last_seen(actor.language, last_handshakes(db, actor.id).get(config.id, 0), now),
        no_file=say(actor.language, "config_adopted") if config.private_key is None else Markup(""),
        **_both_ways(actor.language, _month(db, actor, now).get(config.id, Usage())),
    )


def month_sum(db: sqlite3.Connection, actor: Actor, now: int) -> str:
    """Write the month's traffic of a friend, both directions together."""
    total = _total(_month(db, actor, now))
    return size(actor.language, total.received + total.sent)


def over_quota(db: sqlite3.Connection, actor: Actor, now: int) -> bool:
    """Tell whether a friend's month is used up."""
    quota, total = _quota(db, actor), _total(_month(db, actor, now))
    return quota > 0 and total.received + total.sent >= quota


def quota_warning(db: sqlite3.Connection, actor: Actor, now: int) -> Markup:
    """Say that the month's limit is used up and when it reopens; empty while it is not."""
    quota = _quota(db, actor)
    if not over_quota(db, actor, now):
        return Markup("")
    reopens = datetime.fromtimestamp(days.next_month_start(now, actor.settings.timezone), actor.settings.timezone)
    return say(actor.language, "menu_quota", quota=size(actor.language, quota), date=reopens.strftime("%d.%m.%Y"))


def month_report(db: sqlite3.Connection, language: str, month: str) -> Markup:
    """Write the table of a past month: each friend's name, download and upload."""
    rows = month_of_users(db, month)
    if not rows:
        return say(language, "month_empty", month=month_name(language, month))
    head = tuple(plain(language, f"month_head_{key}") for key in ("name", "download", "upload"))
    lines = [(name, size(language, usage.sent), size(language, usage.received)) for _, name, usage in rows[:50]]
    total = _total({user_id: usage for user_id, _, usage in rows})
    foot = (plain(language, "month_total"), size(language, total.sent), size(language, total.received))
    table = "\n".join(f"{_fit(name, 16)} {down:>9} {up:>9}" for name, down, up in (head, *lines, foot))
    return say(language, "month_report", month=month_name(language, month), table=table)


def _fit(name: str, width: int) -> str:
    shown = name if len(name) <= width else f"{name[: width - 1]}…"
    return shown.ljust(width)


def _month(db: sqlite3.Connection, actor: Actor, now: int) -> dict[int, Usage]:
    return month_of_configs(db, actor.id, days.month_of(now, actor.settings.timezone))


def _total(usage: dict[int, Usage]) -> Usage:
    return Usage(sum(u.received for u in usage.values()), sum(u.sent for u in usage.values()))


def _both_ways(language: str, usage: Usage) -> dict[str, str]:
    """Turn the server's view into the friend's: what it sent, they downloaded."""
    return {"download": size(language, usage.sent), "upload": size(language, usage.received)}


def _lines(db: sqlite3.Connection, actor: Actor, configs: list[Config], usage: dict[int, Usage], now: int) -> Markup:
    seen = last_handshakes(db, actor.id)
    lines = [
        say(
            actor.language,
            "stats_line",
            name=config.name,
            seen=last_seen(actor.language, seen.get(config.id, 0), now),
            **_both_ways(actor.language, usage.get(config.id, Usage())),
        )
        for config in configs[:LINES]
    ]
    if len(configs) > LINES:
        lines.append(say(actor.language, "stats_more", count=len(configs) - LINES))
    return Markup("\n".join(lines))


def last_seen(language: str, handshake_at: int, now: int) -> str:
    """Say whether a peer is online, or when it was; 0 means never."""
    if not handshake_at:
        return plain(language, "seen_never")
    if now - handshake_at < ONLINE_SECONDS:
        return plain(language, "seen_online")
    return plain(language, "seen_ago", span=span(language, now - handshake_at))


def _quota(db: sqlite3.Connection, actor: Actor) -> int:
    own = get_user(db, actor.id).quota_bytes
    return actor.settings.quota_bytes if own is None else own


def _quota_left(db: sqlite3.Connection, actor: Actor, total: Usage) -> Markup:
    quota = _quota(db, actor)
    if not quota:
        return Markup("")
    left = max(0, quota - total.received - total.sent)
    return say(actor.language, "stats_quota", quota=size(actor.language, quota), left=size(actor.language, left))
