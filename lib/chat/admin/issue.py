"""Issue a config to a person who did not request one."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat import keyboards
from lib.chat.admin.person import show_user
from lib.chat.devices import new_name
from lib.chat.notify import decisions_shown
from lib.chat.screens import Actor, done, show
from lib.errors import Refused
from lib.store import audit
from lib.store.config_requests import add_request, move_request, open_request
from lib.store.configs import configs_of
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user, set_granted_by, set_kept_by


def choose_device(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Ask which device the config is for."""
    user = _recipient(db, user_id)
    keyboard = [*keyboards.devices(actor.language, "issue_as", user.id), [actor.back("person", user.id)]]
    key = "issue_to_me" if user.id == actor.id else "issue" if user.in_telegram else "issue_here"
    return show(actor, actor.say(key, name=user.full_name), keyboard)


def issue(db: sqlite3.Connection, actor: Actor, user_id: int, platform: str, now: int) -> list[Outgoing]:
    """Issue a config; files for a person without Telegram go to the admin who issues them."""
    user = _recipient(db, user_id)
    request_id, name = grant_config(db, actor.id, user, platform, now)
    news = decisions_shown.tell_friend(user, "you_were_issued", name=name)
    told = [replace(news, subject=decisions_shown.asked_subject(request_id))] if user.id != actor.id else []
    if not user.in_telegram:
        set_kept_by(db, user.id, actor.id)
        user = replace(user, kept_by=actor.id)
    key = "done_issue" if user.in_telegram and user.id != actor.id else "done_issue_here"
    return [*done(actor, key), *show_user(db, actor, user, now), *told]


def grant_config(db: sqlite3.Connection, by: int, user: User, platform: str, now: int) -> tuple[int, str]:
    """Add a request for the person and approve it at once; the keeper makes and delivers the config.

    Return the request's id and the device's name.
    """
    name = new_name(user.language, platform, [config.name for config in configs_of(db, user.id)])
    request_id = add_request(db, user.id, name, now, platform=platform)
    move_request(db, request_id, "pending", "approved", now, by)
    set_granted_by(db, user.id, None)  # this is the config that was approved in advance, if any was
    audit.note(db, now, by, "issue", f"user:{user.id}", f"request:{request_id}")
    return request_id, name


def _recipient(db: sqlite3.Connection, user_id: int) -> User:
    """Return an approved person without an open request. Their limit is ignored here."""
    user = get_user(db, user_id)
    if user.state != "approved":
        raise Refused("person_outside")
    if open_request(db, user_id):
        raise Refused("person_asks")
    return user
