"""The admin's decisions and screens: people, requests, what waits, the server's state."""

from __future__ import annotations

import shutil
import sqlite3
from functools import partial

from lib import days
from lib.chat import alerts, door, keyboards, notices
from lib.chat.commands import friend_commands
from lib.chat.screens import Actor, Keyboard, attach, show, toast
from lib.chat.statistics import ONLINE_SECONDS
from lib.chat.texts import plain, say, size, span
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.config_requests import count_requests, get_request, move_request, open_request
from lib.store.counters import count_online, sampled_at
from lib.store.foreign import count_foreign
from lib.store.outbox import Outgoing, count_waiting, forget_notices
from lib.store.server import Health, read_health
from lib.store.traffic import month_total
from lib.store.users import count_users, find_user, get_user, helper_ids, move_user, set_helper
from lib.vpn.machine import read_machine

GREATEST_BACKUP = 45 * 10**6  # bytes; Telegram takes files of 50 MB


def decide(
    db: sqlite3.Connection, actor: Actor, args: tuple[int, str, str], now: int, reason: str = ""
) -> list[Outgoing]:
    """Move a person as a button offered it; whoever was first decided. A rejection may have a reason for them."""
    user_id, before, after = args
    if after not in {offer[0] for offer in keyboards.DECISIONS.get(before, ())}:
        raise Refused("old_button")
    if user_id in actor.settings.admin_ids:
        raise Refused("is_admin")
    if actor.role == "helper" and user_id in helper_ids(db):
        raise Refused("is_helper")
    move_user(db, user_id, before, after, now, actor.id)
    audit.note(db, now, actor.id, after, f"user:{user_id}", reason or f"was {before}")
    ended = [*_end_request(db, actor, user_id, now), *_end_help(db, user_id)] if after == "blocked" else []
    key = "you_unblocked" if before == "blocked" else f"you_{after}"
    if after == "rejected":
        wait = span(get_user(db, user_id).language, door.ASK_AGAIN_SECONDS)
        told = notices.tell_friend(db, user_id, f"{key}_why" if reason else key, span=wait, reason=reason)
    else:
        told = notices.tell_friend(db, user_id, key)
    return [
        *_done(actor, after),
        *notices.update_user_notices(db, actor.settings, user_id),
        *ended,
        told,
    ]


def _done(actor: Actor, after: str) -> list[Outgoing]:
    """Answer the tap; there is none where the reason was typed."""
    return [toast(actor, plain(actor.language, f"done_{after}"))] if actor.query_id is not None else []


def _end_request(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Reject the request of somebody who is being blocked, so that it is not decided later by mistake."""
    request = open_request(db, user_id)
    if request is None or request.state != "pending":
        return []
    move_request(db, request.id, "pending", "rejected", now, actor.id)
    return notices.update_request_notices(db, actor.settings, get_request(db, request.id))


def _end_help(db: sqlite3.Connection, user_id: int) -> list[Outgoing]:
    """Let somebody who is being blocked be no helper any more, so that an unblock gives back the tunnel alone."""
    if not get_user(db, user_id).helper:
        return []
    set_helper(db, user_id, False)
    forget_notices(db, user_id)
    return friend_commands(user_id)


def judge(db: sqlite3.Connection, actor: Actor, args: tuple[int, str], now: int, reason: str = "") -> list[Outgoing]:
    """Approve or reject a request, maybe with a reason; the keeper makes and delivers what was approved."""
    request_id, after = args
    if after not in ("approved", "rejected"):
        raise Refused("old_button")
    asked = get_request(db, request_id)
    if actor.role == "helper" and asked.user_id == actor.id and asked.state == "pending":
        raise Refused("own_request")
    move_request(db, request_id, "pending", after, now, actor.id)
    audit.note(db, now, actor.id, after, f"request:{request_id}", reason)
    request = get_request(db, request_id)
    friend = get_user(db, request.user_id)
    key = "request_rejected_why" if reason else f"request_{after}"
    told = say(friend.language, key, name=request.name, reason=reason)
    return [
        *_done(actor, after),
        *notices.update_request_notices(db, actor.settings, request),
        *notices.tell_asker(db, actor.settings, request, told),
    ]


def panel(db: sqlite3.Connection, actor: Actor, args: tuple[str, ...], now: int) -> list[Outgoing]:
    """Show what an admin can do, and a helper."""
    waits = count_waiting_people_and_requests(db)
    inside = {user.id for user in map(partial(find_user, db), actor.settings.admin_ids) if user}
    friends = count_users(db, "approved") - len(inside)
    return show(
        actor,
        say(actor.language, "panel", waiting=waits, approved=friends),
        keyboards.panel(actor.language, waits, actor.role == "admin"),
    )


def count_waiting_people_and_requests(db: sqlite3.Connection) -> int:
    """Count what waits for a decision."""
    return count_users(db, "pending") + count_requests(db, "pending")


def status(db: sqlite3.Connection, actor: Actor, args: tuple[str, ...], now: int) -> list[Outgoing]:
    """Show the server as the keeper last saw it, and the machine as it is now."""
    health = read_health(db)
    machine = read_machine(actor.settings.database)
    total = month_total(db, days.month_of(now, actor.settings.timezone))
    words = {
        "interface": actor.settings.awg_interface,
        "state": interface_state(actor.language, actor.settings, health, now),
        "port": (health and health.port) or "—",
        "version": ((health and health.version) or "—").partition(" - ")[0],
        "live": health.live if health else 0,
        "online": count_online(db, now - ONLINE_SECONDS) if health and health.up else 0,
        "foreign": _foreign(actor.language, health),
        "download": size(actor.language, total.sent),
        "upload": size(actor.language, total.received),
        "load": machine.load,
        "memory": f"{machine.memory_used} %",
        "disk": size(actor.language, machine.disk_free),
        "uptime": span(actor.language, machine.uptime),
        "sampled": _ago(actor.language, sampled_at(db), now),
        "outbox": count_waiting(db),
        "troubles": alerts.other_troubles(db, actor.language, actor.settings),
    }
    return show(actor, say(actor.language, "status", **words), _status_keyboard(db, actor))


def _status_keyboard(db: sqlite3.Connection, actor: Actor) -> Keyboard:
    return keyboards.status(actor.language, count_foreign(db), actor.settings.backup_recipient is not None)


def send_backup(db: sqlite3.Connection, actor: Actor, args: tuple[()], now: int) -> list[Outgoing]:
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
    caption = say(actor.language, "backup_caption", day=day)
    file = attach(actor.id, "Document", f"backup:{day}", caption, keyboards.to_panel(actor.language))
    return [toast(actor, plain(actor.language, "done_backup")), file]


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
