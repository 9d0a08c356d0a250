"""Telegram's limits on sizes and times, and the checks of texts, captions and command menus against them."""

from __future__ import annotations

from typing import Any

from lib.demo.telegram.api_error import bad_request
from lib.demo.telegram.formatting import utf16_length

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


def check_text(text: str, error: str = "message is too long") -> None:
    """Raise ApiError if a text is empty or too long."""
    if not text:
        raise bad_request("text must be non-empty")
    if utf16_length(text) > TEXT:
        raise bad_request(error)


def check_caption(caption: str) -> None:
    """Raise ApiError if a caption is too long."""
    if utf16_length(caption) > CAPTION:
        raise bad_request("message caption is too long")


def check_commands(commands: Any) -> None:
    """Raise ApiError if Telegram would reject this command menu."""
    if not isinstance(commands, list):
        raise bad_request("can't parse commands list: expected an Array of BotCommand")
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        name, description = str(command.get("command", "")).lstrip("/"), str(command.get("description", ""))
        if not (1 <= len(name) <= 32 and name.isascii() and name.replace("_", "a").isalnum() and name == name.lower()):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= utf16_length(description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
