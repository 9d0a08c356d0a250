"""Check keyboards as Telegram does, and report what Telegram would silently ignore in them."""

from __future__ import annotations

import re
from typing import Any

from lib.demo.telegram.api_error import ApiError, bad_request
from lib.demo.telegram.limits import CALLBACK_DATA

_INLINE_ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip
_INLINE_FIELDS = {"text", "icon_custom_emoji_id", "style", *_INLINE_ACTIONS}
_REPLY_FIELDS = {
    "text", "icon_custom_emoji_id", "style", "request_users", "request_chat", "request_contact", "request_location",
    "request_poll", "web_app", "request_managed_bot",
}  # fmt: skip
_FIELDS = {
    "inline_keyboard": {"inline_keyboard"},
    "keyboard": {
        "keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective",
    },
    "remove_keyboard": {"remove_keyboard", "selective"},
    "force_reply": {"force_reply", "input_field_placeholder", "selective"},
}  # fmt: skip
_STYLES = ("primary", "success", "danger")
_MAX_BUTTONS = 100  # in one keyboard


def check_reply_markup(markup: Any, inline_only: bool = False) -> list[str]:
    """Raise ApiError if Telegram would reject a keyboard; return a message for each thing it would ignore."""
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    kind = next((kind for kind in _FIELDS if kind in markup), "")
    ignored = [f"reply_markup has an unknown field {name!r}" for name in markup if name not in _FIELDS.get(kind, ())]
    if inline_only and kind not in ("inline_keyboard", ""):
        raise bad_request("inline keyboard expected")
    if kind == "inline_keyboard":
        rows = _rows(markup[kind], "inline keyboard button")
        return ignored + [message for row in rows for button in row for message in _check_inline_button(button)]
    if kind == "keyboard":
        rows = _rows(markup[kind], "keyboard button")
        return ignored + [message for row in rows for button in row for message in _check_reply_button(button)]
    return ignored


def _rows(keyboard: Any, what: str) -> list[list[Any]]:
    if not isinstance(keyboard, list):
        raise bad_request('can\'t parse reply keyboard markup JSON object: Field "keyboard" must be of type Array')
    if not all(isinstance(row, list) for row in keyboard):
        raise bad_request(f"can't parse {what}: {what} row must be an Array")
    if sum(map(len, keyboard)) > _MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return keyboard


def _check_inline_button(button: Any) -> list[str]:
    what = "inline keyboard button"
    _check_label(button, what)
    actions = [name for name in _INLINE_ACTIONS if name in button]
    if not actions:
        raise bad_request(f"can't parse {what}: Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not (isinstance(data, str) and 1 <= len(data.encode()) <= CALLBACK_DATA):
        raise bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not re.match(r"(https?://|tg://|ton://)?[^\s/?#]+\.?[^\s]*$", str(url)):
        raise bad_request(f"{what} URL '{url}' is invalid: Wrong HTTP URL")
    copied = button.get("copy_text")
    if copied is not None and not (isinstance(copied, dict) and 1 <= len(str(copied.get("text", ""))) <= 256):
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    extra = [f"an inline button has an unknown field {name!r}" for name in button if name not in _INLINE_FIELDS]
    return extra + ([f"a button has {len(actions)} actions: {', '.join(actions)}"] if len(actions) > 1 else [])


def _check_reply_button(button: Any) -> list[str]:
    if isinstance(button, str):
        button = {"text": button}
    _check_label(button, "keyboard button")
    return [f"a keyboard button has an unknown field {name!r}" for name in button if name not in _REPLY_FIELDS]


def _check_label(button: Any, what: str) -> None:
    if not isinstance(button, dict):
        raise bad_request(f"can't parse {what}: expected an Object")
    if "text" not in button:
        raise bad_request(f"can't parse {what}: Can't find field \"text\"")
    if not isinstance(button["text"], str):
        raise bad_request(f'can\'t parse {what}: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request(f"{what} text must be non-empty")
    if "style" in button and button["style"] not in _STYLES:
        raise ApiError(400, f"Bad Request: can't parse {what}: invalid button style specified")
