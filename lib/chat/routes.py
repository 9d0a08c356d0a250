"""The gate's one table: every verb, who may use it, and the handler that decides it. Nothing else lets anybody in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lib.chat import (
    admin,
    asking,
    broadcast,
    device,
    diagnosis,
    door,
    expiry,
    export,
    foreign,
    friend,
    grants,
    held,
    history,
    holdings,
    invitations,
    leaving,
    months,
    options,
    people,
    person,
    preferences,
    rollout,
    server,
    staff,
    waiting,
    writing,
)
from lib.chat.screens import Actor
from lib.store.outbox import Outgoing

Handler = Callable[[sqlite3.Connection, Actor, Any, int], list[Outgoing]]

ROLES = ("stranger", "captcha", "pending", "rejected", "blocked", "approved", "helper", "admin")
OUTSIDE = frozenset({"captcha", "pending", "rejected", "blocked"})
INSIDE = frozenset({"approved", "helper", "admin"})
STAFF = frozenset({"helper", "admin"})
AT_THE_DOOR = frozenset({"captcha"})
ADMIN = frozenset({"admin"})
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Route:
    """Who may use a verb, what decides it, and the types of its arguments (words, or numbers of up to 16 digits).

    The last `optional` of them may be left out.
    """

    allowed: frozenset[str]
    handler: Handler
    arguments: tuple[type[int] | type[str], ...] = ()
    optional: int = 0


def _start(db: sqlite3.Connection, actor: Actor, args: tuple[str, ...], now: int) -> list[Outgoing]:
    """Show the first screen of whoever is inside, and the door to everybody else."""
    if actor.role in OUTSIDE:
        return invitations.enter(db, actor, args, now)
    return (admin.panel if actor.role in STAFF else friend.menu)(db, actor, args, now)


COMMANDS = {
    "start": Route(INSIDE | OUTSIDE, _start),
    "configs": Route(INSIDE, friend.list_configs),
    "stats": Route(INSIDE, months.show_present),
    "help": Route(INSIDE, friend.help_page),
    "language": Route(INSIDE | OUTSIDE, friend.switch_language),
    "status": Route(ADMIN, admin.status),
    "requests": Route(STAFF, waiting.overview),
}

BUTTONS = {
    "digit": Route(AT_THE_DOOR, door.digit, (int, int)),
    "erase": Route(AT_THE_DOOR, door.erase, (int,)),
    "another": Route(AT_THE_DOOR, door.another, (int,)),
    "menu": Route(INSIDE, friend.menu),
    "leave": Route(INSIDE, friend.leave),
    "new": Route(INSIDE, asking.choose_device),
    "apps": Route(INSIDE, asking.choose_app),
    "app": Route(INSIDE, asking.take_app, (str,)),
    "device": Route(INSIDE, asking.choose_known_device, (str,)),
    "own_name": Route(INSIDE, asking.ask_own_name),
    "cancel": Route(INSIDE, asking.cancel, (int,)),
    "configs": Route(INSIDE, friend.list_configs),
    "config": Route(INSIDE, device.show_page, (int,)),
    "qr": Route(INSIDE, friend.send_qr, (int,)),
    "file": Route(INSIDE, friend.send_file, (int,)),
    "key": Route(INSIDE, friend.send_key, (int,)),
    "options": Route(INSIDE, options.overview, (int,)),
    "dns": Route(INSIDE, options.choose_dns, (int, int)),
    "routes": Route(INSIDE, options.choose_routes, (int, int)),
    "confirm_renew": Route(INSIDE, asking.confirm_renewal, (int,)),
    "renew": Route(INSIDE, asking.renew, (int,)),
    "trouble": Route(INSIDE, diagnosis.diagnose, (int,)),
    "complain": Route(INSIDE, diagnosis.complain, (int,)),
    "stats": Route(INSIDE, months.show_present),
    "help": Route(INSIDE, friend.help_page),
    "language": Route(INSIDE, friend.switch_language),
    "panel": Route(STAFF, admin.panel),
    "requests": Route(STAFF, waiting.overview, (int,), optional=1),
    "status": Route(ADMIN, admin.status),
    "backup": Route(ADMIN, admin.send_backup),
    "outdated": Route(ADMIN, rollout.overview),
    "rollout": Route(ADMIN, rollout.send_all, (int,)),
    "foreign": Route(ADMIN, foreign.overview, (int,)),
    "peer": Route(ADMIN, foreign.show_peer, (int,)),
    "heirs": Route(ADMIN, foreign.choose_heir, (int, int)),
    "heir": Route(ADMIN, foreign.confirm_heir, (int, int)),
    "adopt": Route(ADMIN, foreign.adopt, (int, int)),
    "confirm_evict": Route(ADMIN, foreign.confirm_removal, (int,)),
    "evict": Route(ADMIN, foreign.evict, (int,)),
    "pardon": Route(ADMIN, foreign.pardon, (int,)),
    # the friend's days
    "problem": Route(INSIDE, diagnosis.choose, (int,)),
    "configs_page": Route(INSIDE, friend.list_page, (int,)),
    "rename": Route(INSIDE, device.ask_new_name, (int,)),
    "confirm_delete": Route(INSIDE, device.confirm_deletion, (int,)),
    "delete": Route(INSIDE, device.delete_config, (int,)),
    "extend": Route(INSIDE, device.extend, (int,)),
    "month": Route(INSIDE, months.show_month, (str,)),
    "year": Route(INSIDE, months.show_year),
    "account": Route(INSIDE, leaving.show_account),
    "confirm_goodbye": Route(INSIDE, leaving.confirm_goodbye),
    "goodbye": Route(INSIDE, leaving.say_goodbye),
    # the server, seen and watched
    "by_day": Route(ADMIN, server.by_day, (str,)),
    "by_hour": Route(ADMIN, server.by_hour),
    "top": Route(ADMIN, server.top, (int,)),
    "server": Route(ADMIN, server.come_back),
    "decide": Route(STAFF, waiting.decide, (int, str, str, str), optional=1),
    "judge": Route(STAFF, waiting.judge, (int, str, str), optional=1),
    # the admin's tools
    "asker": Route(STAFF, waiting.show_asker, (int,)),
    "request": Route(STAFF, waiting.show_request, (int,)),
    "why_person": Route(STAFF, waiting.ask_person_reason, (int,)),
    "why_request": Route(STAFF, waiting.ask_request_reason, (int,)),
    "invitations": Route(ADMIN, invitations.overview, (int,)),
    "invitation": Route(ADMIN, invitations.show_invitation, (int,)),
    "invite": Route(ADMIN, invitations.choose_kind),
    "invite_for": Route(ADMIN, invitations.ask_name, (str, str)),
    "confirm_uninvite": Route(ADMIN, invitations.confirm_end, (int,)),
    "uninvite": Route(ADMIN, invitations.end, (int,)),
    "broadcast": Route(ADMIN, broadcast.overview),
    "audience": Route(ADMIN, broadcast.choose_audience, (str,)),
    "broadcast_send": Route(ADMIN, broadcast.send, (int,)),
    "broadcast_change": Route(ADMIN, broadcast.change, (int,)),
    "broadcast_cancel": Route(ADMIN, broadcast.cancel, (int,)),
    "broadcast_watch": Route(ADMIN, broadcast.watch, (int,)),
    "broadcast_stop": Route(ADMIN, broadcast.stop, (int,)),
    "history": Route(ADMIN, history.overview, (int, int)),
    "history_file": Route(ADMIN, history.send_file, (int,)),
    "settings": Route(ADMIN, preferences.overview),
    "setting": Route(ADMIN, preferences.show_setting, (str,)),
    "set": Route(ADMIN, preferences.choose, (str, str)),
    "unset": Route(ADMIN, preferences.unset, (str,)),
    "export": Route(ADMIN, export.overview),
    "export_file": Route(ADMIN, export.send_file, (str,)),
    # the admin's people
    "people": Route(STAFF, people.list_screen, (str, int)),
    "search": Route(STAFF, people.ask_words),
    "person": Route(STAFF, person.show_person, (int,)),
    "settle": Route(STAFF, person.settle, (int, str, str)),
    "confirm_expel": Route(ADMIN, person.confirm_expulsion, (int,)),
    "expel": Route(ADMIN, person.expel, (int,)),
    "issue": Route(ADMIN, grants.choose_device, (int,)),
    "issue_as": Route(ADMIN, grants.issue_for_known_device, (int, str)),
    "issue_own": Route(ADMIN, grants.ask_device_name, (int,)),
    "person_quotas": Route(ADMIN, grants.choose_quota, (int,)),
    "person_quota": Route(ADMIN, grants.take_quota, (int, str)),
    "person_own_quota": Route(ADMIN, grants.ask_quota, (int,)),
    "person_limits": Route(ADMIN, grants.choose_limit, (int,)),
    "person_limit": Route(ADMIN, grants.take_limit, (int, str)),
    "note": Route(ADMIN, writing.ask_note, (int,)),
    "note_clear": Route(ADMIN, writing.clear_note, (int,)),
    "write": Route(ADMIN, writing.ask_message, (int,)),
    "letter_send": Route(ADMIN, writing.send_message, (int, int)),
    "appoint": Route(ADMIN, staff.confirm_appointment, (int,)),
    "helper": Route(ADMIN, staff.set_help, (int, str)),
    "holdings": Route(STAFF, holdings.list_holdings, (int, int)),
    "held": Route(STAFF, held.show_held, (int,)),
    "held_pause": Route(ADMIN, held.pause, (int,)),
    "held_resume": Route(ADMIN, held.resume, (int,)),
    "held_send": Route(ADMIN, held.send_again, (int,)),
    "confirm_held_delete": Route(ADMIN, held.confirm_revocation, (int,)),
    "held_delete": Route(ADMIN, held.revoke_held, (int,)),
    "held_expiry": Route(ADMIN, expiry.choose_expiry, (int,)),
    "held_until": Route(ADMIN, expiry.take_span, (int, str)),
    "held_own_date": Route(ADMIN, expiry.ask_date, (int,)),
}

# What a plain text answers, by what users.awaiting says: a verb and its arguments, as in a button. The handler is given
# the text in front of them. Who is at the door answers the picture.
TEXTS = {
    "captcha": Route(AT_THE_DOOR, door.answer_text),
    "device_name": Route(INSIDE, asking.take_own_name),
    # the friend's days
    "config_name": Route(INSIDE, device.take_new_name, (int,)),
    # the admin's tools
    "reason_person": Route(STAFF, waiting.reject_person, (int,)),
    "reason_request": Route(STAFF, waiting.reject_request, (int,)),
    "invite_name": Route(ADMIN, invitations.create, (str, str)),
    "broadcast_text": Route(ADMIN, broadcast.take_words, (str,)),
    "setting_value": Route(ADMIN, preferences.take_value, (str,)),
    # the admin's people
    "search": Route(STAFF, people.take_words),
    "issue_name": Route(ADMIN, grants.take_device_name, (int,)),
    "person_gb": Route(ADMIN, grants.take_typed_quota, (int,)),
    "person_note": Route(ADMIN, writing.take_note, (int,)),
    "letter": Route(ADMIN, writing.preview_message, (int,)),
    "held_date": Route(ADMIN, expiry.take_date, (int,)),
}
