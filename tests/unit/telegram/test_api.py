"""Every answer of Telegram means one thing, and none of them shows the token."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lib import errors
from lib.telegram.api import Telegram, read_answer
from tests.unit.bot_settings import TOKEN


def refusal(code: int, description: str, **parameters: Any) -> bytes:
    return json.dumps({"ok": False, "error_code": code, "description": description, "parameters": parameters}).encode()


def test_it_works() -> None:
    assert read_answer("getMe", 200, b'{"ok": true, "result": {"id": 7}}') == {"id": 7}


@pytest.mark.parametrize(
    ("code", "description", "kind"),
    [
        (400, "Bad Request: message is not modified: specified new message content…", errors.AlreadyDone),
        (400, "Bad Request: query is too old and response timeout expired or query ID is invalid", errors.AlreadyDone),
        (400, "Bad Request: message to delete not found", errors.AlreadyDone),
        (400, "Bad Request: message to edit not found", errors.MessageGone),
        (400, "Bad Request: message can't be edited", errors.MessageGone),
        (400, "Bad Request: can't parse entities: Unsupported start tag", errors.BadRequest),
        (400, "Bad Request: chat not found", errors.Unreachable),
        (403, "Forbidden: bot was blocked by the user", errors.Unreachable),
        (403, "Forbidden: user is deactivated", errors.Unreachable),
        (401, "Unauthorized", errors.WrongToken),
        (404, "Not Found", errors.WrongToken),
        (409, "Conflict: terminated by other getUpdates request", errors.AnotherPoller),
        (500, "Internal Server Error: restart", errors.RetryLater),
    ],
)
def test_each_refusal_has_its_meaning(code: int, description: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        read_answer("sendMessage", code, refusal(code, description))


def test_a_429_tells_exactly_how_long() -> None:
    with pytest.raises(errors.RetryLater) as wait:
        read_answer("sendMessage", 429, refusal(429, "Too Many Requests: retry after 17", retry_after=17))
    assert (wait.value.seconds, wait.value.of_chat) == (17, True)


def test_a_moved_chat_tells_where_to() -> None:
    with pytest.raises(errors.ChatMoved) as moved:
        read_answer("sendMessage", 400, refusal(400, "group chat was upgraded", migrate_to_chat_id=-100))
    assert moved.value.chat_id == -100


@pytest.mark.parametrize("body", [b"", b"<html>502 Bad Gateway</html>", b'{"ok": tr', b"[]", b"null", b'"ok"'])
def test_nonsense_means_later(body: bytes) -> None:
    with pytest.raises(errors.RetryLater):
        read_answer("sendMessage", 502, body)


def test_a_network_error_does_not_show_the_token() -> None:
    telegram = Telegram(TOKEN, "http://127.0.0.1:9")
    with pytest.raises(errors.RetryLater) as failure:
        telegram.call("getMe", {})
    seen = f"{failure.value!s} {failure.value!r} {failure.value.__cause__} {failure.value.__suppress_context__}"
    assert TOKEN not in seen
    assert failure.value.__suppress_context__
