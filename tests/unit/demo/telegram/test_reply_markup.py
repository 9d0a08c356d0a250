"""Keyboards: which ones Telegram accepts, and what it would silently ignore in them."""

from __future__ import annotations

from typing import Any

import pytest

from lib.demo.telegram.api_error import ApiError
from lib.demo.telegram.reply_markup import check_reply_markup


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "A", **button}]]}


def test_it_works():
    assert check_reply_markup(inline(callback_data="a", style="success")) == []


@pytest.mark.parametrize(
    "markup",
    [
        inline(url="https://example.org"),
        inline(copy_text={"text": "x" * 256}),
        {"keyboard": [["A", {"text": "B", "style": "danger"}]], "resize_keyboard": True, "is_persistent": True},
        {"force_reply": True, "input_field_placeholder": "name"},
        {"remove_keyboard": True},
        inline(callback_data="ж" * 32),
    ],
)
def test_what_telegram_accepts_is_accepted(markup: dict[str, Any]):
    assert check_reply_markup(markup) == []


@pytest.mark.parametrize(
    ("markup", "message"),
    [
        (inline(callback_data="x" * 65), "BUTTON_DATA_INVALID"),
        (inline(callback_data="ж" * 33), "BUTTON_DATA_INVALID"),
        (inline(callback_data=""), "BUTTON_DATA_INVALID"),
        (inline(), "Text buttons are unallowed"),
        (inline(text=" ", callback_data="a"), "text must be non-empty"),
        (inline(callback_data="a", style="red"), "invalid button style"),
        (inline(copy_text={"text": ""}), "COPY_TEXT_INVALID"),
        (inline(url="no where"), "Wrong HTTP URL"),
        ({"inline_keyboard": [[{"callback_data": "a"}]]}, 'Can\'t find field "text"'),
        ({"inline_keyboard": [{"text": "A"}]}, "must be an Array"),
        ({"inline_keyboard": [[{"text": "A", "callback_data": "a"}]] * 101}, "too long"),
        ("inline", "object expected"),
    ],
)
def test_what_telegram_rejects_is_rejected(markup: Any, message: str):
    with pytest.raises(ApiError, match=message):
        check_reply_markup(markup)


def test_unknown_fields_are_reported():
    assert check_reply_markup({**inline(callback_data="a", color="red"), "resize": True}) == [
        "reply_markup has an unknown field 'resize'",
        "an inline button has an unknown field 'color'",
    ]


def test_a_button_with_two_actions_is_reported():
    (reported,) = check_reply_markup(inline(callback_data="a", url="https://example.org"))
    assert reported.startswith("a button has 2 actions")


def test_an_edit_accepts_only_inline_keyboards():
    with pytest.raises(ApiError, match="inline keyboard expected"):
        check_reply_markup({"keyboard": [["A"]]}, inline_only=True)
