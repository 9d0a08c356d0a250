"""Telegram's own menu of commands, in both languages; admins see two more. Sent again only when it changed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import Any

from lib.chat.texts import LANGUAGES, plain
from lib.settings import Settings
from lib.store.database import get_meta, put_meta
from lib.store.outbox import Outgoing, enqueue

FRIEND = ("start", "configs", "stats", "help", "language")
ADMIN = ("start", "status", "requests", "configs", "stats", "help", "language")


def announce_commands(db: sqlite3.Connection, settings: Settings, now: int) -> None:
    """Tell Telegram the commands, unless it was told just these before."""
    calls = _calls(settings)
    digest = hashlib.sha256(json.dumps(calls).encode()).hexdigest()
    if get_meta(db, "commands") != digest:
        enqueue(db, [Outgoing(0, "setMyCommands", call) for call in calls], now)
        put_meta(db, "commands", digest)


def _calls(settings: Settings) -> list[dict[str, Any]]:
    """List the calls: everybody in the default language and in each one, then every admin likewise."""
    scopes: list[tuple[dict[str, Any], tuple[str, ...]]] = [({"type": "all_private_chats"}, FRIEND)]
    scopes += [({"type": "chat", "chat_id": admin_id}, ADMIN) for admin_id in settings.admin_ids]
    return [
        {"commands": _named(names, language), "scope": scope, **({"language_code": code} if code else {})}
        for scope, names in scopes
        for code, language in (("", settings.language), *((known, known) for known in LANGUAGES))
    ]


def _named(names: tuple[str, ...], language: str) -> list[dict[str, str]]:
    return [{"command": name, "description": plain(language, f"command_{name}")} for name in names]
