"""A friend's account: what is kept of them, and its deletion."""

from __future__ import annotations

import sqlite3

from lib.chat.commands import friend_commands
from lib.chat.notify.decisions_shown import update_crowd
from lib.chat.phrases import full_date
from lib.chat.screens import Actor, delete, language_of, rewrite, say_to, show, tell_admins, username_of
from lib.chat.texts import Markup, say
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit
from lib.store.config_requests import forget_requests, open_request
from lib.store.configs import configs_of, disown_configs
from lib.store.database import forget_meta
from lib.store.outbox import Outgoing, forget_chat, notices_of
from lib.store.told import forget_told
from lib.store.users import User, delete_user, forget_awaiting, get_user

# What messages are noted under, by whose number stands behind the colon.
OF_PERSON, OF_REQUEST, OF_CONFIG = ("user", "captcha"), ("request", "asked"), ("config", "extend", "complaint")


def show_account(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Show what is kept of a person."""
    user = get_user(db, actor.id)
    text = actor.say(
        "account",
        name=user.full_name,
        username=username_of(actor.language, user),
        since=full_date(actor.language, user.created_at, actor.zone),
        configs=len(configs_of(db, user.id)),
    )
    go = [] if actor.role == "admin" else [[actor.button("goodbye_button", "confirm_goodbye")]]
    return show(actor, text, [*go, [actor.back("help")]])


def confirm_goodbye(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Say what goes with an account."""
    _may_leave(actor.settings, actor.id, "admin_stays")
    request = open_request(db, actor.id)
    wish = actor.say("goodbye_request", name=request.name) if request else Markup("")
    text = actor.say("confirm_goodbye", configs=len(configs_of(db, actor.id)), request=wish)
    yes = actor.button("goodbye_now", "goodbye", style="danger")
    return show(actor, text, [[yes], [actor.back("account")]])


def say_goodbye(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Forget who asks for it."""
    _may_leave(actor.settings, actor.id, "admin_stays")
    return [delete(actor), *forget_person(db, actor.settings, actor.id, now, actor.id)]


def _may_leave(settings: Settings, user_id: int, key: str) -> None:
    if user_id in settings.admin_ids:
        raise Refused(key)


def forget_person(db: sqlite3.Connection, settings: Settings, user_id: int, now: int, by: int) -> list[Outgoing]:
    """Forget everything about a person but the sums of traffic; give the farewell and what the admins are told.

    Their configs are revoked, so the keeper takes the peers away. `by` is who decided it: the person, or an admin.
    Refused('gone') for nobody, Refused('is_admin') for who stands in ADMIN_IDS.
    """
    user = get_user(db, user_id)
    _may_leave(settings, user_id, "is_admin")
    edits = _close_notices(db, settings, user)
    held = len(configs_of(db, user_id))
    config_ids = disown_configs(db, user_id, now)
    request_ids = forget_requests(db, user_id)
    subjects = _subjects(user_id, request_ids, config_ids)
    forget_chat(db, user_id, subjects)
    for subject in subjects:
        forget_told(db, subject)
    audit.forget_person(db, user_id, subjects)
    forget_meta(db, "people:")  # lists that were searched for a name
    forget_awaiting(db, user_id)
    delete_user(db, user_id)
    audit.note(db, now, 0 if by == user_id else by, "forget", "user:0", f"{held} configs")
    own = [say_to(user_id, _farewell(user, by))] if user.state == "approved" and user.reachable else []
    crowd = update_crowd(db, settings) if user.state == "pending" else []
    commands = friend_commands(user_id) if user.helper else []
    return [*edits, *crowd, *_tell(db, settings, user, held, by), *own, *commands]


def _subjects(user_id: int, request_ids: list[int], config_ids: list[int]) -> list[str]:
    numbers = ((OF_PERSON, [user_id]), (OF_REQUEST, request_ids), (OF_CONFIG, config_ids))
    return [f"{kind}:{number}" for kinds, ids in numbers for kind in kinds for number in ids]


def _close_notices(db: sqlite3.Connection, settings: Settings, user: User) -> list[Outgoing]:
    """Take the decisions out of the messages that ask for one about somebody who is gone."""
    request = open_request(db, user.id)
    subjects = [f"user:{user.id}", *([f"request:{request.id}"] if request else [])]
    return [
        rewrite(chat_id, message_id, say(language_of(db, settings, chat_id), "person_gone"))
        for subject in subjects
        for chat_id, message_id in notices_of(db, subject)
        if chat_id != user.id
    ]


def _tell(db: sqlite3.Connection, settings: Settings, user: User, held: int, by: int) -> list[Outgoing]:
    """Tell the admins who left by themselves."""
    if by != user.id:
        return []

    def notice(language: str) -> tuple[Markup, None]:
        words = {"name": user.full_name, "username": username_of(language, user), "configs": held}
        return say(language, "friend_left", **words), None

    return tell_admins(db, settings, notice, None)


def _farewell(user: User, by: int) -> Markup:
    return say(user.language, "farewell" if by == user.id else "farewell_by_admin")
