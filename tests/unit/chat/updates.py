"""What the tests at the desk share: hostile words, configs in people's hands, what Telegram takes from the outbox."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lib.chat.texts import LANGUAGES
from lib.demo.telegram import limits
from lib.demo.telegram.api_error import ApiError
from lib.demo.telegram.formatting import parse_text, utf16_length
from lib.store.config_requests import add_request, mark_issued, move_request
from lib.store.configs import add_config, mark_live
from lib.store.outbox import NO_CHAT
from lib.store.server import note_generation
from tests.api_models import check

REORDERS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
HOSTILE = (
    "<b>bold", "</b></pre><a href='tg://user?id=1'>x</a>", "<script>alert(1)</script>", "a & b &lt; &lt;b&gt; &#60;b",
    "&amp;lt;&", "<", "{name}{0}%s%(who)s", "\u202eevil\u202c", "\u2067\u2068\u061c\u200f", "a\u200b\u200d\ufeffb",
    "\u200b\u200b", "\u2800\u3164", "💥" * 64, "🧑🏽\u200d🚀" * 16, "Я" * 4096, "A" + "💥" * 2047, "a" + "\u0301" * 500,
    "\0", "a\0b\x01\x1b[31m\x7f\x85", "\ud83d", "a\udfffb\ud800", "x'; DROP TABLE users; --", '" OR 1=1 --',
    "$(reboot) `id` ; rm -rf / | cat && true", "../../etc/passwd", "..", "C:\\nul", "con", "a/b\\c:d*e?f", "two\nlines",
    "a\r\u2028\u2029b", "-rf", ".hidden", "👤 Somebody asks to come in\n\nID: 1", "שלום العربية", "  ", "1",
)  # fmt: skip


def hold_config(db: sqlite3.Connection, who: int, now: int, name: str = "Phone", live: bool = True) -> int:
    """Put a config into somebody's hands, as the keeper would after an approval; give its id."""
    generation = note_generation(db, "server key", {"Jc": "4"}, "vpn.example.org:51820", now)
    request_id = add_request(db, who, name, now)
    move_request(db, request_id, "pending", "approved", now, 1)
    config_id = add_config(
        db,
        user_id=who,
        request_id=request_id,
        name=name,
        addresses=(f"10.8.{request_id // 250}.{request_id % 250 + 2}", None),
        keys=(f"public {request_id}", f"PRIVATE {request_id}", f"PRESHARED {request_id}"),
        generation=generation,
        now=now,
    )
    if live:
        mark_live(db, [config_id], now)
    mark_issued(db, request_id)
    return config_id


def says_text(said: str, language: str, key: str) -> bool:
    """Tell whether what was said, as plain text, is the text `key` with whatever values."""
    pieces = re.split(r"\{\w+\}", LANGUAGES[language].TEXTS[key])
    return re.fullmatch(".+".join(map(re.escape, pieces)), said, re.DOTALL) is not None


def complaints(row: sqlite3.Row) -> list[str]:
    """Give what Telegram or a reader would object to in a row of the outbox."""
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
    try:
        if "caption" in params:
            limits.check_caption(parse_text(params["caption"], markup, None)[0])
        elif "text" in params and "callback_query_id" not in params:
            limits.check_text(parse_text(params["text"], markup, None)[0])
    except ApiError as refusal:
        yield refusal.description
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
