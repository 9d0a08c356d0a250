"""What an installation asks Telegram: is this token good, and who is the admin? Nothing is confirmed or changed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from lib.errors import TelegramError, WrongToken
from lib.telegram.api import Telegram

PATIENCE = 600.0  # seconds that somebody may take to find their phone


def name_bot(telegram: Telegram) -> str:
    """Give the bot's username; raises WrongToken, or another TelegramError when Telegram is out of reach."""
    return str(telegram.call("getMe", {})["username"])


def find_admin(telegram: Telegram, patience: float = PATIENCE) -> tuple[int, str] | None:
    """Wait for somebody's /start in private; give their id and name. Raises WrongToken.

    The update is left unconfirmed, so the bot itself will answer it once it runs.
    """
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            updates = telegram.call("getUpdates", {"timeout": 0, "allowed_updates": ["message"]})
        except WrongToken:
            raise
        except TelegramError:
            updates = []
        for update in reversed(updates):
            message: Mapping[str, Any] = update.get("message") or {}
            sender: Mapping[str, Any] = message.get("from") or {}
            if (message.get("chat") or {}).get("type") == "private" and str(message.get("text")).startswith("/start"):
                name = " ".join(filter(None, (sender.get("first_name"), sender.get("last_name"))))
                return int(sender["id"]), f"{name} (@{sender['username']})" if sender.get("username") else name
        time.sleep(1)
    return None
