"""Take what people type: without marks that mislead a reader or that no database holds, and never longer than fits."""

from __future__ import annotations

from lib.chat.actors import UNWANTED, is_seen
from lib.errors import Refused

MESSAGE = 4096  # UTF-16 units that Telegram shows in one message


def take_text(text: str, most: int, refusal: str) -> str:
    """Give a text as typed, its lines kept; Refused(refusal) where nothing is to be seen or it is too long."""
    kept = UNWANTED.sub("", text).strip()
    if not any(map(is_seen, kept)) or len(kept.encode("utf-16-le")) > 2 * most:
        raise Refused(refusal)
    return kept


def take_line(text: str, most: int, refusal: str) -> str:
    """Give a text in one line."""
    return " ".join(take_text(text, most, refusal).split())


def cut(text: str, most: int) -> str:
    """Shorten a text for a button or a line of a list, to some UTF-16 units and never through a character."""
    units = text.encode("utf-16-le", "surrogatepass")
    return text if len(units) <= 2 * most else f"{units[: 2 * (most - 1)].decode('utf-16-le', 'ignore')}…"
