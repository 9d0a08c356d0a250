"""Telegram's limits: sizes of what may be said, and the pace at which."""

from __future__ import annotations

import math
from typing import Any

from lib.demo.html_text import Entity, find_commands, parse_html, trim, utf16_length
from lib.demo.refusal import Refused, bad

TEXT = 4096  # UTF-16 units after entity parsing
CAPTION = 1024
CALLBACK_ANSWER = 200
CALLBACK_DATA = 64  # bytes
PHOTO_BYTES = 10 * 2**20
UPLOAD_BYTES = 50 * 2**20
DOWNLOAD_BYTES = 20 * 2**20
UPDATE_SECONDS = 24 * 3600
CALLBACK_SECONDS = 150
DELETE_SECONDS = 48 * 3600
POLL_SECONDS = 50

ALL_PER_SECOND = 30.0
CHAT_PER_SECOND = 1.0
CHAT_BURST = 5.0


def read_text(text: str, parse_mode: str, entities: list[Entity] | None) -> tuple[str, list[Entity]]:
    """Turn a text as it was sent into the text as it is shown; raises Refused with Telegram's words."""
    if parse_mode.lower() not in ("", "html"):
        raise bad("unsupported parse_mode")
    shown, found = parse_html(text) if parse_mode else trim(text, entities or [])
    code = [(e["offset"], e["offset"] + e["length"]) for e in found if e["type"] in ("code", "pre", "text_link")]
    commands = [c for c in find_commands(shown) if not any(start <= c["offset"] < end for start, end in code)]
    return shown, sorted([*found, *commands], key=lambda entity: (entity["offset"], -entity["length"]))


def check_text(shown: str, words: str = "message is too long") -> None:
    """Refuse an empty or overlong text."""
    if not shown:
        raise bad("text must be non-empty")
    if utf16_length(shown) > TEXT:
        raise bad(words)


def check_caption(shown: str) -> None:
    """Refuse an overlong caption."""
    if utf16_length(shown) > CAPTION:
        raise bad("message caption is too long")


class Pace:
    """Count messages as Telegram does: a bucket over all chats and one for each; the answer to too many is a wait."""

    def __init__(self) -> None:
        self._buckets: dict[int, tuple[float, float]] = {}  # chat (0 = all) -> (tokens, when they were counted)

    def take(self, chat_id: int, now: float, count: int = 1) -> None:
        """Let messages pass, or raise Refused 429."""
        rates = ((0, ALL_PER_SECOND, ALL_PER_SECOND), (chat_id, CHAT_BURST, CHAT_PER_SECOND))
        left = {key: self._tokens(key, burst, rate, now) - count for key, burst, rate in rates}
        wait = max((0.0 - left[key]) / rate for key, burst, rate in rates)
        if wait > 0:
            seconds = max(1, math.ceil(wait))
            raise Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        self._buckets.update({key: (tokens, now) for key, tokens in left.items()})

    def _tokens(self, key: int, burst: float, rate: float, now: float) -> float:
        tokens, at = self._buckets.get(key, (burst, now))
        return min(burst, tokens + max(0.0, now - at) * rate)


def check_commands(commands: Any) -> None:
    """Refuse a command menu that Telegram would not take."""
    if not isinstance(commands, list):
        raise bad("can't parse commands list: expected an Array of BotCommand")
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        name, about = str(command.get("command", "")).lstrip("/"), str(command.get("description", ""))
        if not (1 <= len(name) <= 32 and name.isascii() and name.replace("_", "a").isalnum() and name == name.lower()):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= utf16_length(about) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
