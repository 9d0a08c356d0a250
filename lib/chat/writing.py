"""What an admin writes: a note about a person, which only admins and helpers see, and a message to them."""

from __future__ import annotations

import json
import sqlite3
import zlib

from lib.chat.actors import UNWANTED
from lib.chat.keyboards import to_menu
from lib.chat.person import show_person
from lib.chat.screens import Actor, Button, button, say_to, show, toast
from lib.chat.texts import Markup, plain, say
from lib.errors import Refused
from lib.store import audit
from lib.store.database import get_meta, put_meta
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user, set_awaiting, set_note

NOTE_LENGTH, MESSAGE_LENGTH = 500, 3000  # UTF-16 units, as Telegram counts


def ask_note(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Show the note about a person, and let the next message take its place."""
    user = get_user(db, args[0])
    set_awaiting(db, actor.id, f"person_note:{user.id}")
    clear = [[button(plain(actor.language, "note_clear"), "note_clear", user.id)]] if user.note else []
    present = user.note or plain(actor.language, "note_none")
    text = say(actor.language, "note_type", name=user.full_name, note=present, most=NOTE_LENGTH)
    return show(actor, text, [*clear, [_back(actor, user)]])


def take_note(db: sqlite3.Connection, actor: Actor, args: tuple[str, int], now: int) -> list[Outgoing]:
    """Keep the note that was typed."""
    return _keep_note(db, actor, args[1], _clean(args[0], NOTE_LENGTH, "bad_note"), now)


def clear_note(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Forget the note about a person."""
    return _keep_note(db, actor, args[0], "", now)


def _keep_note(db: sqlite3.Connection, actor: Actor, user_id: int, note: str, now: int) -> list[Outgoing]:
    user = get_user(db, user_id)
    set_awaiting(db, actor.id, None)
    if user.note != note:
        set_note(db, user.id, note)
        audit.note(db, now, actor.id, "note", f"user:{user.id}", "" if note else "cleared")
    return show_person(db, actor, (user.id,), now)


def ask_message(db: sqlite3.Connection, actor: Actor, args: tuple[int], now: int) -> list[Outgoing]:
    """Let the next message be what a person shall read."""
    user = _addressee(db, actor, args[0])
    set_awaiting(db, actor.id, f"letter:{user.id}")
    return show(actor, say(actor.language, "letter_type", name=user.full_name), [[_back(actor, user)]])


def preview_message(db: sqlite3.Connection, actor: Actor, args: tuple[str, int], now: int) -> list[Outgoing]:
    """Show what was typed as the person will see it; it is kept as a draft, and typing again replaces it."""
    user, text = _addressee(db, actor, args[1]), _clean(args[0], MESSAGE_LENGTH, "bad_letter")
    put_meta(db, f"draft:{actor.id}", json.dumps([user.id, text]))
    send = button(plain(actor.language, "letter_send"), "letter_send", user.id, _number(text), style="primary")
    shown = say(actor.language, "letter_preview", name=user.full_name, letter=_letter(user, text))
    return show(actor, shown, [[send], [_back(actor, user)]])


def send_message(db: sqlite3.Connection, actor: Actor, args: tuple[int, int], now: int) -> list[Outgoing]:
    """Send the draft that the button stands under, once."""
    user = _addressee(db, actor, args[0])
    to, text = json.loads(get_meta(db, f"draft:{actor.id}") or '[0, ""]')
    if (to, _number(text)) != args:
        raise Refused("old_button")
    put_meta(db, f"draft:{actor.id}", None)
    audit.note(db, now, actor.id, "message", f"user:{user.id}")
    return [
        toast(actor, plain(actor.language, "done_letter")),
        *show_person(db, actor, (user.id,), now),
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


def _clean(text: str, most: int, refusal: str) -> str:
    """Take what was typed, line by line, without marks that mislead; Refused(refusal) for nothing or too much."""
    lines = [" ".join(UNWANTED.sub("", line).split()) for line in text.splitlines()]
    cleaned = "\n".join(lines).strip()
    if not cleaned or len(cleaned.encode("utf-16-le")) > 2 * most:
        raise Refused(refusal, most=most)
    return cleaned


def _back(actor: Actor, user: User) -> Button:
    return button(plain(actor.language, "back"), "person", user.id)
