"""Issue a config to a person who did not request one."""

from __future__ import annotations

import sqlite3

from lib.chat.admin.person import show_user
from lib.chat.friend.request import DEVICES
from lib.chat.input import ask, clean_name
from lib.chat.notify import decisions_shown
from lib.chat.screens import Actor, done, show
from lib.chat.texts import plain
from lib.errors import Refused
from lib.store import audit
from lib.store.config_requests import add_request, move_request, open_request
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user


def choose_device(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Ask which device the config is for."""
    user = _recipient(db, user_id)
    keyboard = [
        [actor.button(f"device_{kind}", "issue_as", user.id, kind) for kind in DEVICES],
        [actor.button("device_own", "issue_own", user.id)],
        [actor.back("person", user.id)],
    ]
    return show(actor, actor.say("issue", name=user.full_name), keyboard)


def issue_for_known_device(db: sqlite3.Connection, actor: Actor, user_id: int, kind: str, now: int) -> list[Outgoing]:
    """Issue a config with one of the offered names, in its owner's language."""
    user = _recipient(db, user_id)
    return _issue(db, actor, user, plain(user.language, f"name_{kind}"), now)


def ask_device_name(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Ask for the device's name."""
    user = _recipient(db, user_id)
    question = actor.say("issue_type", name=user.full_name)
    return ask(db, actor, f"issue_name:{user.id}", question, [[actor.back("person", user.id)]])


def take_device_name(db: sqlite3.Connection, actor: Actor, text: str, user_id: int, now: int) -> list[Outgoing]:
    """Issue a config with the name that was typed."""
    name = clean_name(text)
    return _issue(db, actor, _recipient(db, user_id), name, now)


def _recipient(db: sqlite3.Connection, user_id: int) -> User:
    """Read somebody inside who has no open request. Their limit does not count here."""
    user = get_user(db, user_id)
    if user.state != "approved":
        raise Refused("person_outside")
    if open_request(db, user_id):
        raise Refused("person_asks")
    return user


def _issue(db: sqlite3.Connection, actor: Actor, user: User, name: str, now: int) -> list[Outgoing]:
    """Add a request in the person's name and approve it at once; the keeper makes and delivers the config."""
    request_id = add_request(db, user.id, name, now)
    move_request(db, request_id, "pending", "approved", now, actor.id)
    audit.note(db, now, actor.id, "issue", f"user:{user.id}", f"request:{request_id}")
    told = [decisions_shown.tell_friend(user, "you_were_issued", name=name)] if user.id != actor.id else []
    return [*done(actor, "done_issue"), *show_user(db, actor, user, now), *told]
