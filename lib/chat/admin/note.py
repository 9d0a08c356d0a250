"""An admin's note about a person."""

from __future__ import annotations

import sqlite3

from lib.chat.admin.person import show_person
from lib.chat.input import UNWANTED
from lib.chat.screens import Actor, Button, button, show
from lib.chat.texts import plain, say
from lib.errors import Refused
from lib.store import audit
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user, set_awaiting, set_note

NOTE_LENGTH, MESSAGE_LENGTH = 500, 3000  # UTF-16 units, as Telegram counts


def ask_note(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Show the note about a person, and let the next message take its place."""
    user = get_user(db, user_id)
    set_awaiting(db, actor.id, f"person_note:{user.id}")
    clear = [[button(plain(actor.language, "note_clear"), "note_clear", user.id)]] if user.note else []
    present = user.note or plain(actor.language, "note_none")
    text = say(actor.language, "note_type", name=user.full_name, note=present, most=NOTE_LENGTH)
    return show(actor, text, [*clear, [_back(actor, user)]])


def take_note(db: sqlite3.Connection, actor: Actor, text: str, user_id: int, now: int) -> list[Outgoing]:
    """Keep the note that was typed."""
    return _keep_note(db, actor, user_id, _clean(text, NOTE_LENGTH, "bad_note"), now)


def clear_note(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Forget the note about a person."""
    return _keep_note(db, actor, user_id, "", now)


def _keep_note(db: sqlite3.Connection, actor: Actor, user_id: int, note: str, now: int) -> list[Outgoing]:
    user = get_user(db, user_id)
    set_awaiting(db, actor.id, None)
    if user.note != note:
        set_note(db, user.id, note)
        audit.note(db, now, actor.id, "note", f"user:{user.id}", "" if note else "cleared")
    return show_person(db, actor, user.id, now)


def _clean(text: str, most: int, refusal: str) -> str:
    """Take what was typed, line by line, without marks that mislead; Refused(refusal) for nothing or too much."""
    lines = [" ".join(UNWANTED.sub("", line).split()) for line in text.splitlines()]
    cleaned = "\n".join(lines).strip()
    if not cleaned or len(cleaned.encode("utf-16-le")) > 2 * most:
        raise Refused(refusal, most=most)
    return cleaned


def _back(actor: Actor, user: User) -> Button:
    return button(plain(actor.language, "back"), "person", user.id)
