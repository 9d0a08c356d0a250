"""Joining Telegram: an invitation moves a person's earlier configs here. Keys and addresses stay the same."""

from __future__ import annotations

import sqlite3

from lib.chat.notify import decisions_shown
from lib.chat.screens import Actor, about, confirm, language_of, say_to, text_button
from lib.chat.texts import say
from lib.errors import Refused
from lib.store import audit, invitations
from lib.store.config_requests import get_request, move_request, open_request
from lib.store.configs import configs_of
from lib.store.invitations import Invitation
from lib.store.offline import move_to_telegram
from lib.store.outbox import Outgoing
from lib.store.users import User, find_user


def find_guest(db: sqlite3.Connection, one: Invitation) -> User | None:
    """Return the person without Telegram that an invitation is for; None if they are gone or have no access."""
    guest = find_user(db, one.for_user) if one.for_user is not None else None
    return guest if guest and guest.state == "approved" else None


def is_for(db: sqlite3.Connection, actor: Actor, payload: str, now: int) -> bool:
    """Return True if a link is for a person without Telegram."""
    return _find(db, actor, payload, now) is not None


def _find(db: sqlite3.Connection, actor: Actor, code: str, now: int) -> tuple[Invitation, User] | None:
    """Return an open invitation and the person it is for."""
    one = invitations.find_by_code(db, code) if invitations.is_code(code) else None
    if one is None or one.state(now) != "open" or one.created_by not in actor.settings.admin_ids:
        return None
    guest = find_guest(db, one)
    return (one, guest) if guest else None


def offer(db: sqlite3.Connection, actor: Actor, code: str, now: int) -> list[Outgoing]:
    """Ask a friend who followed such a link whether it is for them: they may only have to pass it on."""
    _, guest = _get(db, actor, code, now)
    text = actor.say("join_offer", name=guest.full_name, count=len(configs_of(db, guest.id)))
    return confirm(actor, text, actor.button("join_now", "join", code, style="primary"), "menu")


def join(db: sqlite3.Connection, actor: Actor, code: str, now: int) -> list[Outgoing]:
    """Give a friend the configs they had without Telegram, in addition to their own."""
    one, guest = _get(db, actor, code, now)
    invitations.use(db, one.id, actor.id, now)
    return take_over(db, actor, one, guest, now)


def _get(db: sqlite3.Connection, actor: Actor, code: str, now: int) -> tuple[Invitation, User]:
    found = _find(db, actor, code, now)
    if found is None:
        raise Refused("old_button")
    return found


def take_over(db: sqlite3.Connection, actor: Actor, one: Invitation, guest: User, now: int) -> list[Outgoing]:
    """Move everything to the friend who has just used the invitation; notify them and the admin."""
    ended = _make_room(db, actor, guest, now)
    move_to_telegram(db, guest, actor.id)
    audit.note(db, now, actor.id, "join", f"user:{actor.id}", f"invitation:{one.id}")
    ways = [[actor.button("my_configs", "configs"), actor.to_menu()]]
    language = language_of(db, actor.settings, one.created_by)
    news = say(language, "joined_telegram", invited=guest.full_name, **about(language, actor.person))
    page = [[text_button(language, "to_person", "person", actor.id)]]
    return [*ended, say_to(actor.id, actor.say("you_joined"), ways), say_to(one.created_by, news, page)]


def _make_room(db: sqlite3.Connection, actor: Actor, guest: User, now: int) -> list[Outgoing]:
    """Cancel the friend's own request if a config is being made for them without Telegram: only one can be open."""
    own = open_request(db, actor.id)
    if own is None or open_request(db, guest.id) is None:
        return []
    if own.state != "pending":
        raise Refused("join_later")
    move_request(db, own.id, "pending", "cancelled", now, actor.id)
    audit.note(db, now, actor.id, "cancel", f"request:{own.id}")
    return decisions_shown.update_request_notices(db, actor.settings, get_request(db, own.id))
