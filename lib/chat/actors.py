"""Who acts: read from an update, whose shape is not trusted, and kept up to date in the database."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from typing import Any

from lib.chat.commands import admin_commands
from lib.chat.input import UNWANTED, is_visible
from lib.chat.screens import Actor
from lib.settings import Settings
from lib.store.outbox import enqueue
from lib.store.users import User, add_user, find_user, get_user, move_user, note_name, set_helper
from lib.values import LANGUAGES

GREATEST_ID = 2**53  # ids of people stay below it


def private_sender(update: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the sender of a message or tap in a private chat; None for anything else, which the bot ignores."""
    query = part(update, "callback_query")
    message = part(query or update, "message")
    sender, chat = part(query or message, "from"), part(message, "chat")
    number = sender.get("id")
    if not is_id(number) or sender.get("is_bot") or (query and not _can_be_answered(query, message)):
        return None
    return sender if chat.get("type") == "private" and chat.get("id") == number else None


def is_id(number: object) -> bool:
    """Return True if this can be the id of a person, and so of their private chat."""
    return type(number) is int and 0 < number < GREATEST_ID


def _can_be_answered(query: Mapping[str, Any], message: Mapping[str, Any]) -> bool:
    """Return True if a tap carries its id and its message, as Telegram's always do."""
    number = query.get("id")
    return isinstance(number, str) and number.isascii() and number.isalnum() and is_id(message.get("message_id"))


def part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object inside another; empty if Telegram left it out, or sent null or anything else."""
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def find_actor(
    db: sqlite3.Connection,
    settings: Settings,
    sender: Mapping[str, Any],
    query: Mapping[str, Any] | None,
    starts: bool,
    now: int,
) -> Actor:
    """Return who acts, in which role. A stranger gets a row only when they start the bot."""
    user = _read_user(db, settings, sender, starts, now)
    message = part(query or {}, "message")
    return Actor(
        int(sender["id"]),
        _role(settings, user),
        language_for(sender, user, settings),
        settings,
        user,
        message_id=message.get("message_id"),
        on_text=bool(message.get("text")),
        query_id=(query or {}).get("id"),
    )


def _read_user(
    db: sqlite3.Connection, settings: Settings, sender: Mapping[str, Any], starts: bool, now: int
) -> User | None:
    """Read the sender's row and bring it up to date; an admin's is approved without a CAPTCHA."""
    user_id, username, full_name = int(sender["id"]), _username(sender), _full_name(sender)
    user = find_user(db, user_id)
    if user is None and starts:
        add_user(db, user_id, username, full_name, language_for(sender, None, settings), now)
        user = get_user(db, user_id)
    if user is None:
        return None
    before = db.total_changes
    if (user.username, user.full_name, user.reachable) != (username, full_name, 1):
        note_name(db, user_id, username, full_name)
    if user_id in settings.admin_ids and user.state != "approved":
        move_user(db, user_id, user.state, "approved", now, user_id)
        enqueue(db, admin_commands(settings, user_id), now)
    if user_id in settings.admin_ids and user.helper:
        set_helper(db, user_id, False)  # an admin is nobody's helper
    return user if db.total_changes == before else get_user(db, user_id)


def _role(settings: Settings, user: User | None) -> str:
    """Return a person's role in the gate's table."""
    if user is None:
        return "stranger"
    if user.id in settings.admin_ids:
        return "admin"
    return "helper" if user.helper and user.state == "approved" else user.state


def _username(sender: Mapping[str, Any]) -> str | None:
    name = str(sender.get("username") or "")
    return name if re.fullmatch(r"[A-Za-z0-9_]{1,32}", name) else None


def _full_name(sender: Mapping[str, Any]) -> str:
    """Join first and last name, at most 128 characters; the id stands in for a name that shows nothing."""
    words = " ".join(str(sender.get(part) or "") for part in ("first_name", "last_name"))
    name = " ".join(UNWANTED.sub("", words).split())[:128]
    return name if any(map(is_visible, name)) else str(sender["id"])


def language_for(sender: Mapping[str, Any], user: User | None, settings: Settings) -> str:
    """Return the language that a person chose; at first that of their Telegram, else the owner's default."""
    if user is not None:
        return user.language
    code = str(sender.get("language_code") or "")[:2].lower()
    return code if code in LANGUAGES else settings.language
