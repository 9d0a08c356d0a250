"""Telegram's own menu of commands, in both languages; admins see two more. Sent again only when it changed."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Any

from lib.chat.texts import LANGUAGES, plain
from lib.settings import Settings
from lib.store.database import get_meta, put_meta
from lib.store.outbox import NO_CHAT, Outgoing, enqueue
from lib.store.users import find_user

FRIEND = ("start", "configs", "stats", "help", "language")
ADMIN = ("start", "status", "requests", "configs", "stats", "help", "language")


def announce_commands(db: sqlite3.Connection, settings: Settings, now: int) -> None:
    """Tell Telegram the commands of friends, and of the admins who wrote to the bot, unless it knows just these."""
    calls = _calls(settings, {"type": "all_private_chats"}, FRIEND)
    for admin_id in settings.admin_ids:
        if find_user(db, admin_id):
            calls += admin_commands(settings, admin_id)
    digest = hashlib.sha256(repr(calls).encode()).hexdigest()
    if get_meta(db, "commands") != digest:
        enqueue(db, calls, now)
        put_meta(db, "commands", digest)


def admin_commands(settings: Settings, admin_id: int) -> list[Outgoing]:
    """Tell Telegram an admin's commands; it takes them only once the admin has written to the bot."""
    return _calls(settings, {"type": "chat", "chat_id": admin_id}, ADMIN)


def _calls(settings: Settings, scope: dict[str, Any], names: tuple[str, ...]) -> list[Outgoing]:
    """Say the same in the default language and in each one."""
    return [
        Outgoing(
            NO_CHAT,
            "setMyCommands",
            {"commands": _named(names, language), "scope": scope, **({"language_code": code} if code else {})},
        )
        for code, language in (("", settings.language), *((known, known) for known in LANGUAGES))
    ]


def _named(names: tuple[str, ...], language: str) -> list[dict[str, str]]:
    return [{"command": name, "description": plain(language, f"command_{name}")} for name in names]
