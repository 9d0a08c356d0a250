"""The state of the server, and its backup."""

from __future__ import annotations

import logging
import shutil
import sqlite3

from lib import days
from lib.chat import keyboards
from lib.chat.files import Attachment
from lib.chat.notify import alerts
from lib.chat.notify.panel_shown import count_devices
from lib.chat.phrases import down_and_up, full_date, size, span
from lib.chat.screens import Actor, attach, done, show
from lib.chat.texts import Markup, plain, say
from lib.errors import DatabaseError, Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.backup import encrypted_backup
from lib.store.counters import sampled_at
from lib.store.foreign import count_foreign
from lib.store.keeper_notes import Health, read_fact
from lib.store.outbox import Outgoing, count_waiting
from lib.store.traffic import month_total
from lib.vpn.machine import read_machine

log = logging.getLogger(__name__)
GREATEST_BACKUP = 45 * 10**6  # bytes; Telegram takes files of 50 MB


def status(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show the state of the server."""
    foreign = count_foreign(db)
    keyboard = [
        [actor.button("refresh", "status"), actor.back("panel")],
        [actor.button("by_day_button", "by_day", "now"), actor.button("by_hour_button", "by_hour")],
        [actor.button("top_button", "top", 0), actor.button("ways_button", "ways")],
        *keyboards.to_rollout(actor.language),
        *(keyboards.to_foreign(actor.language, foreign) if foreign or actor.settings.claims else []),
        [actor.button("apps_button", "apps")],
        [actor.button("backup_button", "backup")] if actor.settings.backup_recipient else [],
    ]
    return show(actor, describe(db, actor.settings, actor.language, now), keyboard)


def describe(db: sqlite3.Connection, settings: Settings, language: str, now: int) -> Markup:
    """Describe the server as the keeper last saw it, and the machine as it is now."""
    health, machine, sampled = read_fact(db, Health), read_machine(settings.database), sampled_at(db)
    foreign, month = health.foreign if health else 0, days.month_of(now, settings.timezone)
    return say(
        language,
        "status",
        interface=settings.awg_interface,
        state=_interface_state(language, settings, health, now),
        port=(health and health.port) or "—",
        version=((health and health.version) or "—").partition(" - ")[0],
        live=health.own if health else 0,
        online=count_devices(db, settings, health, now) if health and health.up else 0,
        foreign=plain(language, "status_foreign", count=foreign) if foreign else "",
        load=machine.load,
        memory=f"{machine.memory_used} %",
        disk=size(language, machine.disk_free),
        uptime=span(language, machine.uptime),
        sampled=plain(language, "ago", span=span(language, now - sampled)) if sampled else plain(language, "never"),
        outbox=count_waiting(db),
        troubles=alerts.other_troubles(db, language, settings),
        **down_and_up(language, month_total(db, month)),
    )


def _interface_state(language: str, settings: Settings, health: Health | None, now: int) -> str:
    """Describe whether the interface is up, since when, and if not, why."""
    if health is None:
        return plain(language, "state_unknown")
    lasting = span(language, now - health.since)
    if health.up:
        return plain(language, "state_up", span=lasting)
    return plain(language, "state_down", span=lasting, reason=alerts.reason(language, settings, health.kind))


def send_backup(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Send an encrypted copy of the database, made at the moment of sending."""
    settings = actor.settings
    if settings.backup_recipient is None:
        raise Refused("no_recipient")
    if shutil.which("age") is None:
        raise Refused("no_age")
    if settings.database.stat().st_size > GREATEST_BACKUP:
        raise Refused("backup_too_large")
    audit.note(db, now, actor.id, "backup", "database")
    reference = f"backup:{days.day_of(now, settings.timezone)}"
    caption = actor.say("backup_caption", day=full_date(actor.language, now, settings.timezone))
    return [*done(actor, "done_backup"), attach(actor.id, "Document", reference, caption, [[actor.back("panel")]])]


def render_backup(db: sqlite3.Connection, settings: Settings, stamp: str, now: int) -> Attachment | None:
    """Make the encrypted copy; None where that fails, or is no longer wanted."""
    if settings.backup_recipient is None:
        return None
    try:
        content = encrypted_backup(settings.database, settings.backup_recipient)
    except DatabaseError as exc:
        log.error("%s", exc)
        return None
    return Attachment("document", f"bot_data-{stamp}.db.age", "application/octet-stream", content)
