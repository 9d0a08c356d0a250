"""The check of logged calls against aiogram's models finds each kind of mistake."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api_models import complaints


def request(method: str, files: dict[str, Any] | None = None, **params: Any) -> dict[str, Any]:
    return {"id": 1, "method": method, "params": params, "files": files or {}}


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "A", **button}]]}


PHOTO = {"photo": {"file_name": "a.png", "mime": "image/png", "size": 9}}


def test_it_works():
    assert complaints([request("sendMessage", chat_id=5, text="x", reply_markup=inline(callback_data="a"))]) == []


def test_a_form_with_a_file_and_json_strings_is_valid():
    markup = '{"inline_keyboard": [[{"text": "A", "callback_data": "a", "style": "danger"}]]}'
    assert complaints([request("sendPhoto", PHOTO, chat_id="5", caption="[x]", reply_markup=markup)]) == []


def test_attached_media_is_valid():
    media = '{"type": "photo", "media": "attach://photo", "caption": "x"}'
    assert complaints([request("editMessageMedia", PHOTO, chat_id="5", message_id="7", media=media)]) == []


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("sendMesage", {}, "there is no such method"),
        ("sendMessage", {"chat_id": 5}, "text: Field required"),
        ("sendMessage", {"chat_id": 5, "text": "x", "reply_to": 1}, "unknown field reply_to"),
        ("sendMessage", {"chat_id": 5, "text": "x" * 4097}, "text has 4097 units"),
        ("sendMessage", {"chat_id": 5, "text": ""}, "text has 0 units"),
        ("sendPhoto", {"chat_id": 5, "photo": "id", "caption": "🏟" * 513}, "caption has 1026 units"),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "text has 201 units"),
        ("sendMessage", {"chat_id": 5, "text": "x", "reply_markup": inline(callback_data="ж" * 33)}, "has 66 bytes"),
        ("sendMessage", {"chat_id": 5, "text": "x", "reply_markup": inline(callback_data="a", color="red")}, "color"),
        ("sendMessage", {"chat_id": 5, "text": "x", "reply_markup": inline(copy_text={"text": ""})}, "copy_text"),
        ("getUpdates", {"allowed_updates": "message"}, "allowed_updates"),
    ],
)
def test_each_kind_of_mistake_is_found(method: str, params: dict[str, Any], message: str):
    found = complaints([request(method, **params)])
    assert len(found) >= 1
    assert any(message in line for line in found), found
