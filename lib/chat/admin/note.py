"""The admins' note about a person."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from lib.chat.admin.person import show_user
from lib.chat.input import ask, take_lines
from lib.chat.screens import Actor
from lib.store import audit
from lib.store.outbox import Outgoing
from lib.store.users import get_user, set_note

NOTE_LENGTH = 500  # UTF-16 units, as Telegram counts


def ask_note(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Show the note about a person, and ask for another."""
    user = get_user(db, user_id)
    present = user.note or actor.plain("note_none")
    text = actor.say("note_type", name=user.full_name, note=present, most=NOTE_LENGTH)
    clear = [actor.button("note_clear", "note_clear", user.id)] if user.note else []
    return ask(db, actor, f"person_note:{user.id}", text, [clear, [actor.back("person", user.id)]])


def take_note(db: sqlite3.Connection, actor: Actor, text: str, user_id: int, now: int) -> list[Outgoing]:
    """Store the note that was typed."""
    return _set_note(db, actor, user_id, take_lines(text, NOTE_LENGTH, "bad_note"), now)


def clear_note(db: sqlite3.Connection, actor: Actor, user_id: int, now: int) -> list[Outgoing]:
    """Delete the note about a person."""
    return _set_note(db, actor, user_id, "", now)


def _set_note(db: sqlite3.Connection, actor: Actor, user_id: int, note: str, now: int) -> list[Outgoing]:
    user = get_user(db, user_id)
    if user.note != note:
        set_note(db, user.id, note)
        audit.note(db, now, actor.id, "note", f"user:{user.id}", "" if note else "cleared")
    return show_user(db, actor, replace(user, note=note), now)
