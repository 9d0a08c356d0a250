"""The server's state."""

from __future__ import annotations

import logging
import shutil
import sqlite3

from lib import days
from lib.chat import keyboards
from lib.chat.files import Attachment
from lib.chat.keyboards import to_foreign, to_rollout
from lib.chat.notify import alerts
from lib.chat.phrases import size, span
from lib.chat.screens import Actor, Keyboard, attach, done, show, text_button
from lib.chat.texts import Markup, plain, say
from lib.errors import DatabaseError, Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.backup import encrypted_backup
from lib.store.counters import count_online, sampled_at
from lib.store.foreign import count_foreign
from lib.store.keeper_notes import Health, read_fact
from lib.store.outbox import Outgoing, count_waiting
from lib.store.traffic import month_total
from lib.vpn.machine import read_machine

log = logging.getLogger(__name__)
GREATEST_BACKUP = 45 * 10**6  # bytes; Telegram takes files of 50 MB


def status(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Show the server's state."""
    return show(actor, describe(db, actor.settings, actor.language, now), _status_keyboard(db, actor))


def describe(db: sqlite3.Connection, settings: Settings, language: str, now: int) -> Markup:
    """Describe the server as the keeper last saw it, and the machine as it is now."""
    health = read_fact(db, Health)
    machine = read_machine(settings.database)
    total = month_total(db, days.month_of(now, settings.timezone))
    words = {
        "interface": settings.awg_interface,
        "state": interface_state(language, settings, health, now),
        "port": (health and health.port) or "—",
        "version": ((health and health.version) or "—").partition(" - ")[0],
        "live": health.live if health else 0,
        "online": count_online(db, now) if health and health.up else 0,
        "foreign": _foreign(language, health),
        "download": size(language, total.sent),
        "upload": size(language, total.received),
        "load": machine.load,
        "memory": f"{machine.memory_used} %",
        "disk": size(language, machine.disk_free),
        "uptime": span(language, machine.uptime),
        "sampled": _ago(language, sampled_at(db), now),
        "outbox": count_waiting(db),
        "troubles": alerts.other_troubles(db, language, settings),
    }
    return say(language, "status", **words)


def _status_keyboard(db: sqlite3.Connection, actor: Actor) -> Keyboard:
    return _keyboard(actor.language, count_foreign(db), actor.settings.backup_recipient is not None)


def send_backup(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Send an encrypted copy of the database; it is made when it is sent."""
    settings = actor.settings
    if settings.backup_recipient is None:
        raise Refused("no_recipient")
    if shutil.which("age") is None:
        raise Refused("no_age")
    if settings.database.stat().st_size > GREATEST_BACKUP:
        raise Refused("backup_too_large")
    audit.note(db, now, actor.id, "backup", "database")
    day = days.day_of(now, settings.timezone)
    caption = actor.say("backup_caption", day=day)
    file = attach(actor.id, "Document", f"backup:{day}", caption, keyboards.to_panel(actor.language))
    return [*done(actor, "done_backup"), file]


def interface_state(language: str, settings: Settings, health: Health | None, now: int) -> str:
    """Say in words whether the interface is up, since when, and if not, why."""
    if health is None:
        return plain(language, "state_unknown")
    lasting = span(language, now - health.since)
    if health.up:
        return plain(language, "state_up", span=lasting)
    return plain(language, "state_down", span=lasting, reason=alerts.reason(language, settings, health.kind))


def _foreign(language: str, health: Health | None) -> str:
    return plain(language, "status_foreign", count=health.foreign) if health and health.foreign else ""


def _ago(language: str, moment: int, now: int) -> str:
    return plain(language, "ago", span=span(language, now - moment)) if moment else plain(language, "never")


def _keyboard(language: str, foreign: int, backup: bool) -> Keyboard:
    """Look again, see charts, whose configs are outdated and which peers are foreign, take a backup, or go back."""
    return [
        [text_button(language, "refresh", "status"), text_button(language, "back", "panel")],
        [
            text_button(language, "by_day_button", "by_day", "now"),
            text_button(language, "by_hour_button", "by_hour"),
        ],
        [text_button(language, "top_button", "top", 0)],
        *to_rollout(language),
        *(to_foreign(language, foreign) if foreign else []),
        *([[text_button(language, "backup_button", "backup")]] if backup else []),
    ]


def render_backup(db: sqlite3.Connection, settings: Settings, stamp: str, now: int) -> Attachment | None:
    if settings.backup_recipient is None:
        return None
    try:
        content = encrypted_backup(settings.database, settings.backup_recipient)
    except DatabaseError as exc:
        log.error("%s", exc)
        return None
    return Attachment("document", f"bot_data-{stamp}.db.age", "application/octet-stream", content)
