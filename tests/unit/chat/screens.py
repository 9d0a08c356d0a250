"""What people see: texts, buttons and toasts, read from the rows of the outbox."""

from __future__ import annotations

import json
import re
import sqlite3

from lib.chat.texts import LANGUAGES
from tests.unit.chat.desk import text_of


def keys(rows: list[sqlite3.Row]) -> dict[str, str]:
    """Return the labels of a screen's buttons by their callback data."""
    shown = next(row for row in rows if row["method"] != "answerCallbackQuery")
    markup = json.loads(shown["params"])["reply_markup"]["inline_keyboard"]
    return {key["callback_data"]: key["text"] for row in markup for key in row}


def said(rows: list[sqlite3.Row]) -> str:
    return text_of(next(row for row in rows if row["method"] != "answerCallbackQuery"))


def alert(rows: list[sqlite3.Row]) -> str:
    return str(json.loads(rows[0]["params"])["text"])


def told(rows: list[sqlite3.Row], who: int = 100) -> list[str]:
    return [text_of(row) for row in rows if row["chat_id"] == who and row["method"] == "sendMessage"]


def buttons(row: sqlite3.Row) -> list[tuple[str, str]]:
    keyboard = json.loads(row["params"]).get("reply_markup", {}).get("inline_keyboard", [])
    return [(button["text"], button["callback_data"]) for line in keyboard for button in line]


def says_text(said: str, language: str, key: str) -> bool:
    """Return True if a plain text is the text `key`, with any values filled in."""
    pieces = re.split(r"\{\w+\}", LANGUAGES[language].TEXTS[key])
    return re.fullmatch(".+".join(map(re.escape, pieces)), said, re.DOTALL) is not None
