"""The gate's one table: every verb, who may use it, and which handler decides. Nothing else lets anybody in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass

from lib.chat.admin import (
    audit_log,
    broadcast,
    decisions,
    export,
    foreign_peers,
    invitations,
    issue,
    limits,
    message,
    panel,
    people,
    person,
    person_config,
    person_configs,
    rollout,
    server_traffic,
    settings,
    status,
    waiting,
)
from lib.chat.apps import AMNEZIA
from lib.chat.devices import PLATFORMS
from lib.chat.friend import account, config, config_options, configs, diagnosis, door, menu, request, steps, traffic
from lib.chat.keyboards import LIST, NOTICE, PAGE
from lib.chat.screens import Actor
from lib.errors import Refused
from lib.settings import IN_CHAT
from lib.store.broadcasts import AUDIENCES
from lib.store.outbox import Outgoing

Handler = Callable[..., list[Outgoing]]
"""Called with (db, actor, *arguments, now); one that does not need the time does not take `now`."""

ROLES = ("stranger", "captcha", "pending", "rejected", "blocked", "approved", "helper", "admin")
OUTSIDE = frozenset({"captcha", "pending", "rejected", "blocked"})
INSIDE = frozenset({"approved", "helper", "admin"})
STAFF = frozenset({"helper", "admin"})
AT_THE_DOOR = frozenset({"captcha"})
ADMIN = frozenset({"admin"})
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Route:
    """Who may use a verb, which handler decides, and what the words behind the verb may be.

    A word is a number of up to 16 digits (int), any text (str), or one of some texts (a collection of them).
    `defaults` stand for the last words where they are left out.
    """

    allowed: frozenset[str]
    handler: Handler
    arguments: tuple[type[int] | type[str] | Collection[str], ...] = ()
    defaults: tuple[int | str, ...] = ()

    def run(self, db: sqlite3.Connection, actor: Actor, values: tuple[int | str, ...], now: int) -> list[Outgoing]:
        """Call the handler with what it takes; raise Refused("old_button") for a word that is not one of some texts."""
        words = zip(reversed(self.arguments), reversed(values), strict=False)
        if not all(isinstance(known, type) or word in known for known, word in words):
            raise Refused("old_button")
        return self.handler(db, actor, *values, *((now,) if "now" in self.handler.__annotations__ else ()))


def _start(db: sqlite3.Connection, actor: Actor, payload: str, now: int) -> list[Outgoing]:
    """Show the first screen of whoever is inside, and the door to everybody else."""
    if actor.role in OUTSIDE:
        return door.enter(db, actor, payload, now)
    return panel.panel(db, actor) if actor.role in STAFF else menu.menu(db, actor, now)


COMMANDS = {
    "start": Route(INSIDE | OUTSIDE, _start, (str,), defaults=("",)),
    "configs": Route(INSIDE, configs.list_configs),
    "stats": Route(INSIDE, traffic.show_present),
    "help": Route(INSIDE, menu.help_page),
    "language": Route(INSIDE | OUTSIDE, menu.switch_language),
    "status": Route(ADMIN, status.status),
    "requests": Route(STAFF, waiting.overview, (int,), defaults=(0,)),
}

BUTTONS = {
    # friend/door
    "digit": Route(AT_THE_DOOR, door.digit, (int, int)),
    "erase": Route(AT_THE_DOOR, door.erase, (int,)),
    "another": Route(AT_THE_DOOR, door.another, (int,)),
    # friend/menu
    "menu": Route(INSIDE, menu.menu),
    "leave": Route(INSIDE, menu.leave),
    "language": Route(INSIDE, menu.switch_language),
    "help": Route(INSIDE, menu.help_page),
    # friend/request
    "new": Route(INSIDE, request.choose_device),
    "device": Route(INSIDE, request.ask, (PLATFORMS,)),
    "asked": Route(INSIDE, request.show_asked, (int,)),
    "asked_with": Route(INSIDE, request.choose_app, (int, AMNEZIA)),
    "asked_store": Route(INSIDE, request.show_store, (int,)),
    "cancel": Route(INSIDE, request.cancel, (int,)),
    "confirm_renew": Route(INSIDE, request.confirm_renewal, (int,)),
    "renew": Route(INSIDE, request.renew, (int,)),
    # friend/configs
    "configs": Route(INSIDE, configs.list_configs),
    "configs_page": Route(INSIDE, configs.list_page, (int,)),
    # friend/config
    "config": Route(INSIDE, config.show_page, (int,)),
    "qr": Route(INSIDE, config.send_qr, (int,)),
    "file": Route(INSIDE, config.send_file, (int,)),
    "key": Route(INSIDE, config.send_key, (int,)),
    "rename": Route(INSIDE, config.ask_new_name, (int,)),
    "confirm_delete": Route(INSIDE, config.confirm_deletion, (int,)),
    "delete": Route(INSIDE, config.delete_config, (int,)),
    "extend": Route(INSIDE, config.extend, (int,)),
    # friend/steps
    "steps": Route(INSIDE, steps.show_steps, (int,)),
    "steps_on": Route(INSIDE, steps.choose_platform, (int, PLATFORMS)),
    "steps_with": Route(INSIDE, steps.choose_app, (int, AMNEZIA)),
    "steps_store": Route(INSIDE, steps.show_store, (int,)),
    "later": Route(INSIDE, steps.put_off, (int,)),
    # friend/config_options
    "options": Route(INSIDE, config_options.overview, (int,)),
    "dns": Route(INSIDE, config_options.choose_dns, (int, int)),
    "routes": Route(INSIDE, config_options.choose_routes, (int, int)),
    # friend/diagnosis
    "problem": Route(INSIDE, diagnosis.choose, (int,)),
    "trouble": Route(INSIDE, diagnosis.diagnose, (int,)),
    "complain": Route(INSIDE, diagnosis.complain, (int,)),
    # friend/traffic
    "stats": Route(INSIDE, traffic.show_present),
    "month": Route(INSIDE, traffic.show_month, (str,)),
    "year": Route(INSIDE, traffic.show_year),
    # friend/account
    "account": Route(INSIDE, account.show_account),
    "confirm_goodbye": Route(INSIDE, account.confirm_goodbye),
    "goodbye": Route(INSIDE, account.say_goodbye),
    # admin/panel
    "panel": Route(STAFF, panel.panel),
    # admin/waiting
    "requests": Route(STAFF, waiting.overview, (int,), defaults=(0,)),
    "asker": Route(STAFF, waiting.show_asker, (int,)),
    "request": Route(STAFF, waiting.show_request, (int,)),
    # admin/decisions
    "decide": Route(STAFF, decisions.decide, (int, str, str, (NOTICE, LIST, PAGE)), defaults=(NOTICE,)),
    "judge": Route(STAFF, decisions.judge, (int, ("approved", "rejected"), (NOTICE, LIST)), defaults=(NOTICE,)),
    "why_person": Route(STAFF, decisions.ask_person_reason, (int,)),
    "why_request": Route(STAFF, decisions.ask_request_reason, (int,)),
    "appoint": Route(ADMIN, decisions.confirm_appointment, (int,)),
    "helper": Route(ADMIN, decisions.set_help, (int, ("on", "off"))),
    # admin/people
    "people": Route(STAFF, people.list_screen, (str, int)),
    "search": Route(STAFF, people.ask_words),
    # admin/person
    "person": Route(STAFF, person.show_person, (int,)),
    "confirm_expel": Route(ADMIN, person.confirm_expulsion, (int,)),
    "expel": Route(ADMIN, person.expel, (int,)),
    # admin/issue
    "issue": Route(ADMIN, issue.choose_device, (int,)),
    "issue_as": Route(ADMIN, issue.issue, (int, PLATFORMS)),
    # admin/limits
    "person_quotas": Route(ADMIN, limits.choose_quota, (int,)),
    "person_quota": Route(ADMIN, limits.take_quota, (int, limits.QUOTAS)),
    "person_own_quota": Route(ADMIN, limits.ask_quota, (int,)),
    "person_limits": Route(ADMIN, limits.choose_limit, (int,)),
    "person_limit": Route(ADMIN, limits.take_limit, (int, limits.LIMITS)),
    # admin/message
    "note": Route(ADMIN, message.ask_note, (int,)),
    "note_clear": Route(ADMIN, message.clear_note, (int,)),
    "write": Route(ADMIN, message.ask_message, (int,)),
    "letter_send": Route(ADMIN, message.send_message, (int, int)),
    # admin/person_configs
    "holdings": Route(STAFF, person_configs.list_configs, (int, int)),
    # admin/person_config
    "held": Route(STAFF, person_config.show_config, (int,)),
    "held_pause": Route(ADMIN, person_config.pause, (int,)),
    "held_resume": Route(ADMIN, person_config.resume, (int,)),
    "held_send": Route(ADMIN, person_config.send_again, (int,)),
    "confirm_held_delete": Route(ADMIN, person_config.confirm_deletion, (int,)),
    "held_delete": Route(ADMIN, person_config.delete_config, (int,)),
    "held_expiry": Route(ADMIN, person_config.choose_expiry, (int,)),
    "held_until": Route(ADMIN, person_config.take_span, (int, person_config.SPANS)),
    "held_own_date": Route(ADMIN, person_config.ask_date, (int,)),
    # admin/invitations
    "invitations": Route(ADMIN, invitations.overview, (int,)),
    "invitation": Route(ADMIN, invitations.show_invitation, (int,)),
    "invite": Route(ADMIN, invitations.choose_kind),
    "invite_for": Route(ADMIN, invitations.ask_name, (invitations.KINDS, invitations.DAYS)),
    "confirm_uninvite": Route(ADMIN, invitations.confirm_end, (int,)),
    "uninvite": Route(ADMIN, invitations.end, (int,)),
    # admin/broadcast
    "broadcast": Route(ADMIN, broadcast.overview),
    "audience": Route(ADMIN, broadcast.choose_audience, (AUDIENCES,)),
    "broadcast_send": Route(ADMIN, broadcast.send, (int,)),
    "broadcast_change": Route(ADMIN, broadcast.change, (int,)),
    "broadcast_cancel": Route(ADMIN, broadcast.cancel, (int,)),
    "broadcast_watch": Route(ADMIN, broadcast.watch, (int,)),
    "broadcast_stop": Route(ADMIN, broadcast.stop, (int,)),
    # admin/audit_log
    "history": Route(ADMIN, audit_log.overview, (int, int)),
    "history_file": Route(ADMIN, audit_log.send_file, (int,)),
    # admin/settings
    "settings": Route(ADMIN, settings.overview),
    "setting": Route(ADMIN, settings.show_setting, (IN_CHAT,)),
    "set": Route(ADMIN, settings.choose, (IN_CHAT, str)),
    "unset": Route(ADMIN, settings.unset, (IN_CHAT,)),
    # admin/status
    "status": Route(ADMIN, status.status),
    "backup": Route(ADMIN, status.send_backup),
    # admin/server_traffic
    "by_day": Route(ADMIN, server_traffic.by_day, (str,)),
    "by_hour": Route(ADMIN, server_traffic.by_hour),
    "top": Route(ADMIN, server_traffic.top, (int,)),
    "server": Route(ADMIN, server_traffic.come_back),
    # admin/rollout
    "outdated": Route(ADMIN, rollout.overview),
    "rollout": Route(ADMIN, rollout.send_all, (int,)),
    # admin/foreign_peers
    "foreign": Route(ADMIN, foreign_peers.overview, (int,)),
    "peer": Route(ADMIN, foreign_peers.show_peer, (int,)),
    "heirs": Route(ADMIN, foreign_peers.choose_owner, (int, int)),
    "heir": Route(ADMIN, foreign_peers.confirm_owner, (int, int)),
    "adopt": Route(ADMIN, foreign_peers.adopt, (int, int)),
    "confirm_evict": Route(ADMIN, foreign_peers.confirm_removal, (int,)),
    "evict": Route(ADMIN, foreign_peers.remove, (int,)),
    "pardon": Route(ADMIN, foreign_peers.allow_again, (int,)),
    # admin/export
    "export": Route(ADMIN, export.overview),
    "export_file": Route(ADMIN, export.send_file, (export.TABLES,)),
}

# What a plain text answers, by what users.awaiting says: a verb and its arguments, as in a button. The text comes first
# among the handler's arguments. Text from somebody at the door answers the picture.
TEXTS = {
    # friend/door
    "captcha": Route(AT_THE_DOOR, door.answer_text),
    # friend/config
    "config_name": Route(INSIDE, config.take_new_name, (int,)),
    # admin/decisions
    "reason_person": Route(STAFF, decisions.reject_person, (int,)),
    "reason_request": Route(STAFF, decisions.reject_request, (int,)),
    # admin/people
    "search": Route(STAFF, people.take_words),
    # admin/limits
    "person_gb": Route(ADMIN, limits.take_typed_quota, (int,)),
    # admin/message
    "person_note": Route(ADMIN, message.take_note, (int,)),
    "letter": Route(ADMIN, message.preview_message, (int,)),
    # admin/person_config
    "held_date": Route(ADMIN, person_config.take_date, (int,)),
    # admin/invitations
    "invite_name": Route(ADMIN, invitations.create, (invitations.KINDS, invitations.DAYS)),
    # admin/broadcast
    "broadcast_text": Route(ADMIN, broadcast.take_words, (AUDIENCES,)),
    # admin/settings
    "setting_value": Route(ADMIN, settings.take_value, (IN_CHAT,)),
}
