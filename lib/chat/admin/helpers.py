"""Helpers: friends who decide beside the admins."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat.admin.decisions import end_help
from lib.chat.admin.person import get_non_admin, show_user
from lib.chat.commands import helper_commands
from lib.chat.notify.decisions_shown import tell_friend
from lib.chat.screens import Actor, done, show
from lib.errors import Refused
from lib.store import audit
from lib.store.outbox import Outgoing
from lib.store.users import User, set_helper


def confirm_appointment(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Say what a helper may do."""
    user = _candidate(db, actor, user_id)
    yes = actor.button("appoint_now", "helper", user.id, "on", style="primary")
    text = actor.say("confirm_appoint", name=user.full_name)
    return show(actor, text, [[yes, actor.back("person", user.id)]])


def set_help(db: sqlite3.Connection, actor: Actor, user_id: int, word: str, now: int) -> list[Outgoing]:
    """Make a friend a helper ("on"), or end their time as one ("off")."""
    user, helper = _candidate(db, actor, user_id), word == "on"
    if user.helper == helper:
        raise Refused("old_button")
    if helper:
        set_helper(db, user.id, True)
    menu = helper_commands(actor.settings, user.id) if helper else end_help(db, user)
    audit.note(db, now, actor.id, "appoint" if helper else "dismiss", f"user:{user.id}")
    page = show_user(db, actor, replace(user, helper=int(helper)), now)
    return [*done(actor, f"done_helper_{word}"), *page, tell_friend(user, f"you_help_{word}"), *menu]


def _candidate(db: sqlite3.Connection, actor: Actor, user_id: int) -> User:
    """Read somebody inside who is no admin."""
    user = get_non_admin(db, actor, user_id)
    if user.state != "approved":
        raise Refused("person_outside")
    return user
