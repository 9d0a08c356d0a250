"""A person without Telegram: an admin adds them by name, passes their files on, and can invite them later."""

from __future__ import annotations

import sqlite3

from lib import days
from lib.chat.admin import invitations, issue, people, way_back
from lib.chat.input import ask, clean_name
from lib.chat.phrases import span
from lib.chat.screens import Actor, confirm
from lib.errors import Refused
from lib.store import audit
from lib.store import invitations as store
from lib.store.outbox import Outgoing
from lib.store.users import User, add_offline, get_user
from lib.store.views.people import count_people

LINK_DAYS = 7  # for which the link to Telegram is valid


def ask_name(db: sqlite3.Connection, actor: Actor) -> list[Outgoing]:
    """Ask for the person's name."""
    return ask(db, actor, "added_name", actor.say("add_person_type"), [[way_back.back_button(db, actor)]])


def add_found(db: sqlite3.Connection, actor: Actor, mark: int, now: int) -> list[Outgoing]:
    """Add the person that the last search did not find; show the results instead if there are any now."""
    words = way_back.last_list(db, actor)[2]
    if not words or mark != people.mark_of(words):
        raise Refused("old_button")
    if count_people(db, people.FOUND, people.lookup(actor, words, now)):
        return people.list_screen(db, actor, people.FOUND, 0, now)
    return add(db, actor, words, now)


def add(db: sqlite3.Connection, actor: Actor, text: str, now: int) -> list[Outgoing]:
    """Add the person, and ask which device their first config is for."""
    user_id = add_offline(db, clean_name(text), actor.language, actor.id, now)
    audit.note(db, now, actor.id, "add", f"user:{user_id}")
    return issue.choose_device(db, actor, user_id)


def confirm_invitation(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Show the link that moves their configs to Telegram; if there is none, explain what one does."""
    user = _guest(db, user_id)
    number = store.find_open_for(db, user.id, now)
    if number is not None:
        return invitations.show_link(db, actor, number, [actor.back("person", user.id)], now)
    text = actor.say("confirm_invite_person", name=user.full_name, span=span(actor.language, LINK_DAYS * days.DAY))
    yes = actor.button("invite_person_now", "invite_person_now", user.id, style="primary")
    return confirm(actor, text, yes, "person", user.id)


def invite(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Create the link, unless there is one, and show it."""
    user = _guest(db, user_id)
    number = store.find_open_for(db, user.id, now)
    if number is None:
        if store.read_username(db) is None:
            raise Refused("no_username_yet")
        until = now + LINK_DAYS * days.DAY
        number, _ = store.add_invitation(db, user.full_name, False, actor.id, until, now, for_user=user.id)
        audit.note(db, now, actor.id, "invite", f"invitation:{number}", f"user:{user.id}")
    return invitations.show_link(db, actor, number, [actor.back("person", user.id)], now)


def _guest(db: sqlite3.Connection, user_id: int) -> User:
    """Return a person without Telegram who may use the VPN."""
    user = get_user(db, user_id)
    if user.in_telegram:
        raise Refused("old_button")
    if user.state != "approved":
        raise Refused("person_outside")
    return user
