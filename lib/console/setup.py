"""What an installation needs before there are settings: obfuscation parameters, and two questions to Telegram.

The questions are whether the token is valid and who the admin is. They confirm and change nothing. The answers are
on stdout, and everything else for the user is on stderr.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from lib.chat.texts import plain
from lib.console.answers import say_fault
from lib.errors import AnotherPoller, TelegramError, WrongToken
from lib.settings import READERS, read_file
from lib.telegram.api import Telegram
from lib.vpn.generate import draw

COMMANDS = ("parameters", "whoami", "admin")
PATIENCE = 600.0  # seconds for the user to find their phone
Say = Callable[[str, str], None]  # a text's key, and a reason


def perform(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Run one of COMMANDS; return the exit code. 1: the token is wrong, 2: there is none, 3: no answer."""
    if options.command == "parameters":
        print("\n".join(f"{key} = {value}" for key, value in draw(options.of).items()))
        return 0
    problems: list[str] = []
    texts = read_file(options.env, problems) if options.env else {}
    if problems and not texts:
        print(*(say_fault(problem, options.language) for problem in problems), sep="\n", file=sys.stderr)
        return 2
    return ask(options, {**environment, **texts})


def ask(options: argparse.Namespace, settings: Mapping[str, str]) -> int:
    """Ask Telegram one of the two questions; return the exit code."""

    def say(key: str, reason: str = "") -> None:
        print(plain(options.language, key, reason=reason), file=sys.stderr, flush=True)

    token = settings.get("BOT_TOKEN", "").strip()
    if not token:
        say("cli_no_token")
        return 2
    base = settings.get("TELEGRAM_API") or str(READERS["TELEGRAM_API"][0])
    telegram = Telegram(token, base, settings.get("TELEGRAM_PROXY") or None)
    try:
        answer = (telegram.call("getMe", {})["username"],) if options.command == "whoami" else find_admin(telegram, say)
    except WrongToken:
        say("check_token")
        return 1
    except TelegramError as exc:
        say("check_no_telegram", str(exc))
        return 3
    if answer is None:
        say("cli_nobody_came")
        return 3
    print(*answer)
    return 0


def find_admin(telegram: Telegram, say: Say) -> tuple[int, str] | None:
    """Wait for a /start in a private chat; return their id and name, None after PATIENCE. May raise WrongToken.

    The update stays unconfirmed, so that the bot answers it once it runs.
    """
    say("cli_send_start", "")
    deadline, silent = time.monotonic() + PATIENCE, False
    while time.monotonic() < deadline:
        try:
            updates = telegram.call("getUpdates", {"timeout": 0, "allowed_updates": ["message"]})
        except WrongToken:
            raise
        except TelegramError as exc:
            if not silent:
                say("cli_another_poller" if isinstance(exc, AnotherPoller) else "cli_no_answer_yet", str(exc))
            updates, silent = [], True
        else:
            if silent:
                say("cli_answers_again", "")
            silent = False
        if found := _find_start(updates):
            return found
        time.sleep(1)
    return None


def _find_start(updates: list[Mapping[str, Any]]) -> tuple[int, str] | None:
    """Return the id and the name of the sender of the newest /start in a private chat."""
    for update in reversed(updates):
        message: Mapping[str, Any] = update.get("message") or {}
        sender: Mapping[str, Any] = message.get("from") or {}
        if (message.get("chat") or {}).get("type") == "private" and str(message.get("text")).startswith("/start"):
            name = " ".join(filter(None, (sender.get("first_name"), sender.get("last_name"))))
            return int(sender["id"]), f"{name} (@{sender['username']})" if sender.get("username") else name
    return None
