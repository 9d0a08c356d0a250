"""A tap on “Refresh” that changes nothing on the screen is answered in words; otherwise it would look ignored."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from lib.chat.actors import part
from lib.chat.phrases import clock_time
from lib.chat.screens import Actor, Keyboard
from lib.store.outbox import Outgoing


def answer_to(actor: Actor, query: Mapping[str, Any], handled: Sequence[Outgoing], now: int) -> str:
    """Return the words for a tap that has no answer of its own; '' where the change can be seen."""
    return actor.plain("nothing_new", at=clock_time(now, actor.zone)) if _shows_already(query, handled) else ""


def _shows_already(query: Mapping[str, Any], handled: Sequence[Outgoing]) -> bool:
    """Return True if all that follows from a tap is an edit to what the tapped message shows already."""
    shown = part(query, "message")
    if len(handled) != 1 or handled[0].params.get("message_id") != shown.get("message_id"):
        return False
    (edit,) = handled
    kind = {"editMessageText": "text", "editMessageCaption": "caption"}.get(edit.method)
    if kind is None or shown.get(kind) != _visible(str(edit.params[kind])):
        return False
    return _labels(part(shown, "reply_markup")) == _labels(edit.params.get("reply_markup", {}))


def _visible(markup: str) -> str:
    """Return HTML as its reader sees it."""
    return html.unescape(re.sub("<[^>]*>", "", markup)).strip()


def _labels(markup: Mapping[str, Any]) -> list[list[tuple[object, object]]]:
    rows: Keyboard = markup.get("inline_keyboard") or []
    return [[(button.get("text"), button.get("callback_data")) for button in row] for row in rows]
