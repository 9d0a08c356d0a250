"""What an admin writes about one person, the note, and to them, a message."""

from __future__ import annotations

import json
import sqlite3
import zlib
from dataclasses import replace

from lib.chat.admin.person import show_user
from lib.chat.input import ask, take_lines
from lib.chat.notify.decisions_shown import tell_friend
from lib.chat.screens import Actor, done
from lib.chat.texts import say
from lib.errors import Refused
from lib.store import audit
from lib.store.database import get_meta, put_meta
from lib.store.outbox import Outgoing
from lib.store.users import User, get_user, set_note

MESSAGE_LENGTH, NOTE_LENGTH = 3000, 500  # UTF-16 units, as Telegram counts


def ask_message(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Ask for the text."""
    user = _recipient(db, actor, user_id)
    question = actor.say("letter_type", name=user.full_name)
    return ask(db, actor, f"letter:{user.id}", question, [[actor.back("person", user.id)]])


def preview_message(db: sqlite3.Connection, actor: Actor, typed: str, user_id: int) -> list[Outgoing]:
    """Show what was typed as the person will see it. It is stored as a draft, which another text replaces."""
    user, text = _recipient(db, actor, user_id), take_lines(typed, MESSAGE_LENGTH, "bad_letter")
    put_meta(db, f"draft:{actor.id}", json.dumps([user.id, text]))
    send = actor.button("letter_send", "letter_send", user.id, _checksum(text), style="primary")
    shown = actor.say("letter_preview", name=user.full_name, letter=say(user.language, "letter", text=text))
    return ask(db, actor, f"letter:{user.id}", shown, [[send], [actor.back("person", user.id)]])


def send_message(db: sqlite3.Connection, actor: Actor, user_id: int, checksum: int, now: int) -> list[Outgoing]:
    """Send the draft above the button, once."""
    user = _recipient(db, actor, user_id)
    to, text = json.loads(get_meta(db, f"draft:{actor.id}") or '[0, ""]')
    if (to, _checksum(text)) != (user_id, checksum):
        raise Refused("old_button")
    put_meta(db, f"draft:{actor.id}", None)
    audit.note(db, now, actor.id, "message", f"user:{user.id}")
    return [*done(actor, "done_letter"), *show_user(db, actor, user, now), tell_friend(user, "letter", text=text)]


def _checksum(text: str) -> int:
    """Identify a draft on its button."""
    return zlib.crc32(text.encode())


def _recipient(db: sqlite3.Connection, actor: Actor, user_id: int) -> User:
    """Return another person who can receive messages."""
    user = get_user(db, user_id)
    if user.id == actor.id:
        raise Refused("old_button")
    if not user.in_telegram:
        raise Refused("without_telegram")
    if not user.reachable:
        raise Refused("person_unreachable_now")
    return user


def ask_note(db: sqlite3.Connection, actor: Actor, user_id: int) -> list[Outgoing]:
    """Show the note about a person, and ask for another."""
    user = get_user(db, user_id)
    text = actor.say("note_type", name=user.full_name, note=user.note or actor.plain("note_none"), most=NOTE_LENGTH)
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
