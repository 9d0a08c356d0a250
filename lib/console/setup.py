"""What an installation needs before there are settings: obfuscation parameters, and two questions to Telegram.

The questions are whether the token is good and who the admin is. They confirm and change nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from typing import Any

from lib.errors import TelegramError, WrongToken
from lib.settings import READERS
from lib.telegram.api import Telegram
from lib.vpn.generate import draw

COMMANDS = ("parameters", "whoami", "admin")
PATIENCE = 600.0  # seconds that somebody may take to find their phone


def perform(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run one of COMMANDS; return the exit code. 1: the token is wrong, 3: no answer."""
    if options.command == "parameters":
        print("\n".join(f"{key} = {value}" for key, value in draw(options.of).items()))
        return 0
    base = environment.get("TELEGRAM_API") or str(READERS["TELEGRAM_API"][0])
    telegram = Telegram(environment.get("BOT_TOKEN", ""), base, environment.get("TELEGRAM_PROXY") or None)
    try:
        answer = (telegram.call("getMe", {})["username"],) if options.command == "whoami" else find_admin(telegram)
    except WrongToken:
        return 1
    except TelegramError as exc:
        print(exc, file=sys.stderr)
        return 3
    if answer:
        print(*answer)
    return 0 if answer else 3


def find_admin(telegram: Telegram) -> tuple[int, str] | None:
    """Wait for somebody's /start in private; return their id and name, None after PATIENCE. May raise WrongToken.

    The update stays unconfirmed, so that the bot answers it once it runs.
    """
    deadline = time.monotonic() + PATIENCE
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
