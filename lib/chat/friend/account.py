"""A friend's account: what is stored about them, and how they delete it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from lib.chat import keyboards
from lib.chat.commands import friend_commands
from lib.chat.notify.decisions_shown import update_crowd
from lib.chat.notify.passing_on import reader_of, tell_other_keeper
from lib.chat.phrases import local_date
from lib.chat.screens import Actor, about, delete, language_of, rewrite, say_to, show, tell_admins
from lib.chat.texts import Markup, say
from lib.errors import Refused
from lib.settings import Settings
from lib.store import audit, offline
from lib.store.claims import forget_claims, proven_of
from lib.store.config_requests import forget_requests, open_request
from lib.store.configs import configs_of, disown_configs
from lib.store.database import forget_meta
from lib.store.invitations import end_those_for
from lib.store.outbox import Outgoing, forget_chat, notices_of
from lib.store.tickets import forget_tickets, open_tickets_of
from lib.store.told import forget_told
from lib.store.users import User, clear_gone, delete_user, find_user, forget_awaiting, get_user, note_gone


def show_account(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Show what is stored about a friend."""
    since = local_date(actor.language, actor.person.created_at, actor.zone)
    held = len(configs_of(db, actor.id))
    text = actor.say("account", **about(actor.language, actor.person, alone=True), since=since, configs=held)
    go = [] if actor.role == "admin" else [actor.button("goodbye_button", "confirm_goodbye")]
    return show(actor, text, [go, [actor.back("help")]])


def confirm_goodbye(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Explain what deleting an account means."""
    _check_may_leave(actor)
    request = open_request(db, actor.id)
    wish = actor.say("goodbye_request", name=request.name) if request else Markup("")
    text = actor.say("confirm_goodbye", configs=len(configs_of(db, actor.id)), request=wish)
    yes = actor.button("goodbye_now", "goodbye", style="danger")
    return show(actor, text, [[yes], [actor.back("account")]])


def say_goodbye(db: sqlite3.Connection, actor: Actor, now: int) -> list[Outgoing]:
    """Delete the account of a friend who asks for it."""
    _check_may_leave(actor)
    return [delete(actor), *forget_person(db, actor.settings, actor.id, now, actor.id)]


def _check_may_leave(actor: Actor) -> None:
    if actor.role == "admin":
        raise Refused("admin_stays")


def forget_person(db: sqlite3.Connection, settings: Settings, user_id: int, now: int, by: int) -> list[Outgoing]:
    """Delete everything about a person except their traffic totals; return the messages to them and the admins.

    Their configs are revoked, so the keeper removes the peers. `by` is who decided it: the person, or an admin.
    Refused('gone') if there is no such person, Refused('is_admin') for an admin.
    """
    user = get_user(db, user_id)
    if user_id in settings.admin_ids:
        raise Refused("is_admin")
    edits = _close_notices(db, settings, user)
    held = len(configs_of(db, user_id))
    config_ids = disown_configs(db, user_id, now)
    ids = {"claim": forget_claims(db, user_id), "ticket": forget_tickets(db, user_id), "config": config_ids}
    subjects = _subjects(user_id, forget_requests(db, user_id), ids)
    forget_chat(db, user_id, subjects)
    for subject in subjects:
        forget_told(db, subject)
    audit.forget_person(db, user_id, subjects)
    forget_meta(db, "people:")  # lists that were searched for a name
    forget_awaiting(db, user_id)
    end_those_for(db, user_id, now)
    for one in (user_id, *offline.former_ids(db, user_id)):
        note_gone(db, one, now)
    offline.forget_former(db, user_id)
    delete_user(db, user_id)
    audit.note(db, now, 0 if by == user_id else by, "forget", "user:0", f"{held} configs")
    return [
        *edits,
        *(update_crowd(db, settings) if user.state == "pending" else []),
        *(_tell_admins(db, settings, user, held) if by == user_id else []),
        *(_farewell(db, settings, user, by) if user.state == "approved" else []),
        *(friend_commands(user_id) if user.helper else []),
    ]


def forget_in_copy(db: sqlite3.Connection, settings: Settings, user_id: int, now: int) -> None:
    """Delete the same from a copy of the database, without sending anything. Admins are kept: they came back."""
    if find_user(db, user_id) is not None and user_id not in settings.admin_ids:
        forget_person(db, settings, user_id, now, user_id)
        clear_gone(db)


def _subjects(user_id: int, request_ids: list[int], others: Mapping[str, list[int]]) -> list[str]:
    """Return the subjects of all messages about a person, their requests, and what else was theirs, by its kind."""
    return [
        *(f"{kind}:{user_id}" for kind in ("user", "captcha")),
        *(f"{kind}:{number}" for number in request_ids for kind in ("request", "asked")),
        *(f"{kind}:{number}" for kind, numbers in others.items() for number in numbers),
    ]


def _close_notices(db: sqlite3.Connection, settings: Settings, user: User) -> list[Outgoing]:
    """Remove the buttons from messages that ask for a decision about a person who is gone."""
    request = open_request(db, user.id)
    wishes = [one.subject for one in open_tickets_of(db, user.id)] + [one.subject for one in proven_of(db, user.id)]
    subjects = [f"user:{user.id}", *([f"request:{request.id}"] if request else []), *wishes]
    return [
        rewrite(chat_id, message_id, say(language_of(db, settings, chat_id), "person_gone"))
        for subject in subjects
        for chat_id, message_id in notices_of(db, subject)
        if chat_id != user.id
    ]


def _tell_admins(db: sqlite3.Connection, settings: Settings, user: User, held: int) -> list[Outgoing]:
    def notice(language: str) -> tuple[Markup, None]:
        return say(language, "friend_left", **about(language, user), configs=held), None

    return tell_admins(db, settings, notice, None)


def _farewell(db: sqlite3.Connection, settings: Settings, user: User, by: int) -> list[Outgoing]:
    if not user.in_telegram:
        ways = keyboards.to_menu(reader_of(db, settings, user)[1])
        return tell_other_keeper(db, settings, user, by, "farewell_by_admin_there", ways)
    text = say(user.language, "farewell" if by == user.id else "farewell_by_admin")
    return [say_to(user.id, text)] if user.reachable else []
