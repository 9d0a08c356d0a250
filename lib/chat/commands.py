"""Telegram's menu of commands, in every language; admins and helpers see more. Sent again only when it has changed."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Any

from lib.chat.texts import LANGUAGES, next_language, plain
from lib.settings import Settings
from lib.store.database import get_meta, put_meta
from lib.store.outbox import NO_CHAT, Outgoing, enqueue
from lib.store.users import find_user, helper_ids

FRIEND = ("start", "configs", "stats", "help", "language")
HELPER = ("start", "requests", "configs", "stats", "help", "language")
ADMIN = ("start", "status", "requests", "configs", "stats", "help", "language")


def announce_commands(db: sqlite3.Connection, settings: Settings, now: int) -> None:
    """Send Telegram the commands of friends, helpers and the admins who wrote to the bot, if they have changed."""
    calls = _calls(settings, {"type": "all_private_chats"}, FRIEND)
    for admin_id in settings.admin_ids:
        if find_user(db, admin_id):
            calls += admin_commands(settings, admin_id)
    for helper_id in sorted({*helper_ids(db)} - {*settings.admin_ids}):
        calls += helper_commands(settings, helper_id)
    digest = hashlib.sha256(repr(calls).encode()).hexdigest()
    if get_meta(db, "commands") != digest:
        enqueue(db, calls, now)
        put_meta(db, "commands", digest)


def admin_commands(settings: Settings, admin_id: int) -> list[Outgoing]:
    """Set an admin's commands; Telegram accepts them only once the admin has written to the bot."""
    return _calls(settings, {"type": "chat", "chat_id": admin_id}, ADMIN)


def helper_commands(settings: Settings, helper_id: int) -> list[Outgoing]:
    """Set a helper's commands."""
    return _calls(settings, {"type": "chat", "chat_id": helper_id}, HELPER)


def friend_commands(user_id: int) -> list[Outgoing]:
    """Reset a former helper's commands to those of all friends."""
    scope = {"type": "chat", "chat_id": user_id}
    calls: list[dict[str, Any]] = [{"scope": scope}, *({"scope": scope, "language_code": code} for code in LANGUAGES)]
    return [Outgoing(NO_CHAT, "deleteMyCommands", params) for params in calls]


def _calls(settings: Settings, scope: dict[str, Any], names: tuple[str, ...]) -> list[Outgoing]:
    """Set the same commands in the owner's language, as the default, and in each language that the bot speaks."""
    calls: list[dict[str, Any]] = [{"commands": _named(names, settings.language), "scope": scope}]
    calls += [{"commands": _named(names, code), "scope": scope, "language_code": code} for code in LANGUAGES]
    return [Outgoing(NO_CHAT, "setMyCommands", params) for params in calls]


def _named(names: tuple[str, ...], language: str) -> list[dict[str, str]]:
    speaks = {"language": next_language(language)}  # that command is described in the language to which it switches
    return [{"command": name, "description": plain(speaks.get(name, language), f"command_{name}")} for name in names]
