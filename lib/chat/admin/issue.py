"""Issue a config to a friend without a request."""

from __future__ import annotations

import sqlite3

from lib.chat.admin.person import show_person
from lib.chat.input import clean_name
from lib.chat.notify import decisions_shown
from lib.chat.screens import Actor, done, show
from lib.chat.texts import plain
from lib.errors import Refused
from lib.store import audit
from lib.store.config_requests import add_request, move_request, open_request
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user, set_awaiting

DEVICES = ("phone", "laptop")


def choose_device(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Ask what the config is for."""
    user = _may_get_one(db, user_id)
    text = actor.say("issue", name=user.full_name)
    keyboard = [
        [actor.button(f"device_{kind}", "issue_as", user.id, kind) for kind in DEVICES],
        [actor.button("device_own", "issue_own", user.id)],
        [actor.back("person", user.id)],
    ]
    return show(actor, text, keyboard)


def issue_for_known_device(db: sqlite3.Connection, actor: Actor, user_id: int, kind: str, now: int) -> list[Outgoing]:
    """Issue a config with one of the offered names, in the friend's language."""
    if kind not in DEVICES:
        raise Refused("old_button")
    return _issue(db, actor, user_id, plain(get_user(db, user_id).language, f"name_{kind}"), now)


def ask_device_name(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Let the next message be the device's name."""
    user = _may_get_one(db, user_id)
    set_awaiting(db, actor.id, f"issue_name:{user.id}")
    return show(actor, actor.say("issue_type", name=user.full_name), [[actor.back("person", user.id)]])


def take_device_name(db: sqlite3.Connection, actor: Actor, text: str, user_id: int, now: int) -> list[Outgoing]:
    """Issue a config with the name that was typed."""
    return _issue(db, actor, user_id, clean_name(text), now)


def _may_get_one(db: sqlite3.Connection, user_id: int) -> User:
    """Read somebody inside for whom no config is being decided or made; an admin may go above their limit."""
    user = get_user(db, user_id)
    if user.state != "approved":
        raise Refused("person_outside")
    if open_request(db, user_id):
        raise Refused("person_asks")
    return user


def _issue(db: sqlite3.Connection, actor: Actor, user_id: int, name: str, now: int) -> list[Outgoing]:
    """Ask in the friend's place and approve at once; the keeper makes and delivers it."""
    user = _may_get_one(db, user_id)
    set_awaiting(db, actor.id, None)
    request_id = add_request(db, user.id, name, now)
    move_request(db, request_id, "pending", "approved", now, actor.id)
    audit.note(db, now, actor.id, "issue", f"user:{user.id}", f"request:{request_id}")
    told = [decisions_shown.tell_friend(user, "you_were_issued", name=name)] if user.id != actor.id else []
    return [*done(actor, "done_issue"), *show_person(db, actor, user.id, now), *told]
