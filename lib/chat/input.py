"""What people type: without characters that mislead a reader or that no database holds, and no longer than fits."""

from __future__ import annotations

import re
import sqlite3
import unicodedata

from lib.chat.screens import Actor, Keyboard, show
from lib.errors import Refused
from lib.store.outbox import Outgoing
from lib.store.users import set_awaiting

MESSAGE = 4096  # UTF-16 units that Telegram shows in one message
NAME_LENGTH = 32  # characters of a name
UNWANTED = re.compile(
    "[\\0-\\x08\\x0e-\\x1b\\x7f-\\x84\\x86-\\x9f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)
_INVISIBLE = "\u115f\u1160\u2800\u3164\uffa0"  # letters and symbols that show nothing


def ask(
    db: sqlite3.Connection, actor: Actor, awaiting: str, question: str, keyboard: Keyboard,
    *, subject: str | None = None,
) -> list[Outgoing]:  # fmt: skip
    """Ask for a text, which goes to the handler that `awaiting` names: a verb of typed.TEXTS, and its arguments.

    A question in place of a card has the card's `subject`, and is edited like one.
    """
    set_awaiting(db, actor.id, awaiting)
    return show(actor, question, keyboard, subject=subject)


def take_text(text: str, most: int, refusal: str) -> str:
    """Return a text as typed, with its line breaks.

    Raise Refused(refusal, most=most) if it shows nothing or has more than `most` UTF-16 units.
    """
    kept = UNWANTED.sub("", text).strip()
    if not any(map(is_visible, kept)) or len(kept.encode("utf-16-le")) > 2 * most:
        raise Refused(refusal, most=most)
    return kept


def take_line(text: str, most: int, refusal: str) -> str:
    """Return a text as one line; raises like take_text."""
    return " ".join(take_text(text, most, refusal).split())


def take_lines(text: str, most: int, refusal: str) -> str:
    """Return a text with single spaces in each of its lines; raises like take_text."""
    return take_text("\n".join(" ".join(UNWANTED.sub("", line).split()) for line in text.splitlines()), most, refusal)


def readable(text: str) -> str:
    """Return a text that others wrote as one line, without characters that mislead; empty if it shows nothing."""
    line = " ".join(UNWANTED.sub("", text).split())
    return line if any(map(is_visible, line)) else ""


def is_visible(sign: str) -> bool:
    """Return True if a character leaves a mark on the screen."""
    return unicodedata.category(sign)[0] not in "CZM" and sign not in _INVISIBLE


def clean_name(text: str) -> str:
    """Return a name as typed, without invisible characters; raise Refused("bad_name") if it is none."""
    visible = "".join(sign for sign in text if unicodedata.category(sign)[0] not in "CZ" or sign == " ")
    name = " ".join(visible.split())
    if not 1 <= len(name) <= NAME_LENGTH or not any(map(str.isalnum, name)) or "\n" in text.strip():
        raise Refused("bad_name")
    return name
