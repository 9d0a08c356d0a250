"""A message from an admin to one person."""

from __future__ import annotations

import json
import sqlite3
import zlib

from lib.chat.admin.person import show_person
from lib.chat.input import take_lines
from lib.chat.keyboards import to_menu
from lib.chat.screens import Actor, done, say_to, show
from lib.chat.texts import Markup, say
from lib.errors import Refused
from lib.store import audit
from lib.store.database import get_meta, put_meta
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user, set_awaiting

MESSAGE_LENGTH = 3000  # UTF-16 units, as Telegram counts


def ask_message(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Let the next message be what a person shall read."""
    user = _addressee(db, actor, user_id)
    set_awaiting(db, actor.id, f"letter:{user.id}")
    return show(actor, actor.say("letter_type", name=user.full_name), [[actor.back("person", user.id)]])


def preview_message(db: sqlite3.Connection, actor: Actor, typed: str, user_id: int) -> list[Outgoing]:
    """Show what was typed as the person will see it; it is kept as a draft, and typing again replaces it."""
    user, text = _addressee(db, actor, user_id), take_lines(typed, MESSAGE_LENGTH, "bad_letter")
    put_meta(db, f"draft:{actor.id}", json.dumps([user.id, text]))
    send = actor.button("letter_send", "letter_send", user.id, _number(text), style="primary")
    shown = actor.say("letter_preview", name=user.full_name, letter=_letter(user, text))
    return show(actor, shown, [[send], [actor.back("person", user.id)]])


def send_message(db: sqlite3.Connection, actor: Actor, user_id: int, number: int, now: int) -> list[Outgoing]:
    """Send the draft that the button stands under, once."""
    user = _addressee(db, actor, user_id)
    to, text = json.loads(get_meta(db, f"draft:{actor.id}") or '[0, ""]')
    if (to, _number(text)) != (user_id, number):
        raise Refused("old_button")
    put_meta(db, f"draft:{actor.id}", None)
    audit.note(db, now, actor.id, "message", f"user:{user.id}")
    return [
        *done(actor, "done_letter"),
        *show_person(db, actor, user.id, now),
        say_to(user.id, _letter(user, text), to_menu(user.language) if user.state == "approved" else None),
    ]


def _letter(user: User, text: str) -> Markup:
    """Write the message in the reader's language, marked as the admin's."""
    return say(user.language, "letter", text=text)


def _number(text: str) -> int:
    """Tell one draft from another on its button."""
    return zlib.crc32(text.encode())


def _addressee(db: sqlite3.Connection, actor: Actor, user_id: int) -> User:
    """Read somebody who can be written to."""
    user = get_user(db, user_id)
    if user.id == actor.id:
        raise Refused("old_button")
    if not user.reachable:
        raise Refused("person_unreachable_now")
    return user
