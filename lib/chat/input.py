"""Take what people type: without marks that mislead a reader or that no database holds, and never longer than fits."""

from __future__ import annotations

import re
import sqlite3
import unicodedata

from lib.chat.screens import Actor, Keyboard, show
from lib.errors import Refused
from lib.store.outbox import Outgoing
from lib.store.users import set_awaiting

MESSAGE = 4096  # UTF-16 units that Telegram shows in one message
UNWANTED = re.compile(
    "[\\0-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)
UNSEEN = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs of no shape, which a name may not consist of
NAME_LENGTH = 32  # characters


def ask(db: sqlite3.Connection, actor: Actor, awaiting: str, question: str, keyboard: Keyboard) -> list[Outgoing]:
    """Ask for a text, which goes to the handler that `awaiting` names: a verb of routes.TEXTS, and its arguments."""
    set_awaiting(db, actor.id, awaiting)
    return show(actor, question, keyboard)


def take_text(text: str, most: int, refusal: str) -> str:
    """Give a text as typed, its lines kept; Refused(refusal) where nothing is to be seen or it is too long."""
    kept = UNWANTED.sub("", text).strip()
    if not any(map(is_seen, kept)) or len(kept.encode("utf-16-le")) > 2 * most:
        raise Refused(refusal)
    return kept


def take_line(text: str, most: int, refusal: str) -> str:
    """Give a text in one line."""
    return " ".join(take_text(text, most, refusal).split())


def is_seen(sign: str) -> bool:
    """Tell whether a sign leaves a mark on the screen."""
    return unicodedata.category(sign)[0] not in "CZM" and sign not in UNSEEN


def clean_name(text: str) -> str:
    """Take a name as typed, without marks that nobody sees; Refused('bad_name') for what is no name."""
    visible = "".join(sign for sign in text if unicodedata.category(sign)[0] not in "CZ" or sign == " ")
    name = " ".join(visible.split())
    if not 1 <= len(name) <= NAME_LENGTH or not any(sign.isalnum() for sign in name) or "\n" in text.strip():
        raise Refused("bad_name")
    return name


def take_lines(text: str, most: int, refusal: str) -> str:
    """Take what was typed, line by line, without marks that mislead; Refused(refusal) for nothing or too much."""
    lines = [" ".join(UNWANTED.sub("", line).split()) for line in text.splitlines()]
    cleaned = "\n".join(lines).strip()
    if not cleaned or len(cleaned.encode("utf-16-le")) > 2 * most:
        raise Refused(refusal, most=most)
    return cleaned
