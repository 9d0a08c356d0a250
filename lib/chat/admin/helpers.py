"""Helpers: friends who decide beside the admins."""

from __future__ import annotations

import sqlite3

from lib.chat import commands
from lib.chat.admin.person import show_person
from lib.chat.notify import decisions_shown
from lib.chat.rules import is_admin
from lib.chat.screens import Actor, done, show
from lib.errors import Refused
from lib.store import audit
from lib.store.outbox import Outgoing, forget_notices
from lib.store.users import User, get_user, set_helper


def confirm_appointment(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Say what a helper may do."""
    user = _eligible(db, actor, user_id)
    yes = actor.button("appoint_now", "helper", user.id, "on", style="primary")
    back = actor.back("person", user.id)
    return show(actor, actor.say("confirm_appoint", name=user.full_name), [[yes, back]])


def set_help(db: sqlite3.Connection, actor: Actor, user_id: int, word: str, now: int) -> list[Outgoing]:
    """Make a friend a helper, or one a friend like others again."""
    user = _eligible(db, actor, user_id)
    if word not in ("on", "off") or user.helper == (word == "on"):
        raise Refused("old_button")
    set_helper(db, user.id, word == "on")
    if word == "off":
        forget_notices(db, user.id)
    audit.note(db, now, actor.id, "appoint" if word == "on" else "dismiss", f"user:{user.id}")
    menu = commands.helper_commands(actor.settings, user.id) if word == "on" else commands.friend_commands(user.id)
    return [
        *done(actor, f"done_helper_{word}"),
        *show_person(db, actor, user.id, now),
        decisions_shown.tell_friend(user, f"you_help_{word}"),
        *menu,
    ]


def _eligible(db: sqlite3.Connection, actor: Actor, user_id: int) -> User:
    """Read somebody inside who is no admin."""
    user = get_user(db, user_id)
    if is_admin(actor, user):
        raise Refused("is_admin")
    if user.state != "approved":
        raise Refused("person_outside")
    return user
