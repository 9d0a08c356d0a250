"""What Telegram or a reader would object to in the outbox."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lib.demo.telegram import limits
from lib.demo.telegram.api_error import ApiError
from lib.demo.telegram.formatting import parse_text, utf16_length
from lib.store.outbox import NO_CHAT
from tests.api_models import check
from tests.unit.chat.hostile import REORDERS


def complaints(row: sqlite3.Row) -> list[str]:
    """Return the objections to one row of the outbox."""
    return list(_complaints(row["chat_id"], row["method"], row["params"], row["attachment"], row["subject"]))


@lru_cache(maxsize=4096)
def _complaints(chat_id: int, method: str, raw: str, attachment: str | None, subject: str | None) -> tuple[str, ...]:
    params: dict[str, Any] = json.loads(raw)
    return (*_shape(chat_id, method, params, attachment, subject), *_words(params))


def _shape(
    chat_id: int, method: str, params: dict[str, Any], attachment: str | None, subject: str | None
) -> Iterator[str]:
    """Ask the published API about the call as the sender completes it."""
    whole = dict(params)
    if chat_id != NO_CHAT and method != "answerCallbackQuery":
        whole["chat_id"] = chat_id
    if subject and not method.startswith("send"):
        whole.setdefault("message_id", 1)
    if method.startswith(("edit", "deleteMessage")) and type(whole.get("message_id")) is not int:
        yield f"{method} does not say which message"
    field = "photo" if method == "editMessageMedia" else method.removeprefix("send").lower()
    files = {field: {"file_name": "x"}} if attachment else {}
    yield from check({"id": 0, "method": method, "params": whole, "files": files})


def _words(params: dict[str, Any]) -> Iterator[str]:
    """Read the text as Telegram does; look for what would mislead its reader."""
    params = {**params, **params.get("media", {})}
    markup = params.get("parse_mode", "")
    shown = {key: value for key, value in params.items() if key != "media"}
    try:
        if "caption" in params:
            shown["caption"] = parse_text(params["caption"], markup, None)[0]
            limits.check_caption(shown["caption"])
        elif "text" in params and "callback_query_id" not in params:
            shown["text"] = parse_text(params["text"], markup, None)[0]
            limits.check_text(shown["text"])
    except ApiError as refusal:
        yield refusal.description
    if any("<tg-time" in text for text in _strings(shown)):
        yield "a moment's tag is shown as it is"
    if "callback_query_id" in params and utf16_length(params["text"]) > limits.CALLBACK_ANSWER:
        yield "the toast is too long"
    for text in _strings(params):
        if REORDERS.search(text) or "\0" in text or re.search("[\ud800-\udfff]", text):
            yield f"misleading signs in {text!r}"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(inner)
