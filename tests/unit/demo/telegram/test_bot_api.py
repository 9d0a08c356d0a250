"""Calls of the Bot API by name: whatever their parameters are, they return a result or raise ApiError."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.demo.backstage import people
from lib.demo.telegram.api_error import ApiError
from lib.demo.telegram.bot_api import call, check_token
from lib.demo.telegram.request_body import Body, Upload
from lib.demo.telegram.signatures import PARAMETERS
from lib.demo.telegram.state import TelegramState

TOKEN = "7:abc"
FIELDS = sorted({"type", "media", "text", "message_id", "inline_keyboard", "keyboard", "command", "chat_id", "offset"})
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from([5, 1, 2, 3]) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner),
    max_leaves=6,
)


def make_state() -> TelegramState:
    """Return a state in which a person has written, and the bot has replied with a text and a file."""
    state = TelegramState(TOKEN, lambda: 1000.0, limits=False, people=[{"id": 5, "first_name": "Аня"}])
    state.updates.stopped = True  # polls return at once
    with state.changed:
        people.send(state, 5, "/start")
    call(state, "sendMessage", Body({"chat_id": 5, "text": "x"}))
    call(state, "sendDocument", Body({"chat_id": 5}, {"document": Upload("a", "text/plain", b"x")}))
    return state


def test_it_works():
    assert call(make_state(), "getMe", Body())["id"] == 7


@settings(deadline=None)
@given(st.data())
def test_every_call_returns_a_result_or_an_error(data: st.DataObject):
    method = data.draw(st.sampled_from(sorted(PARAMETERS)))
    names = st.sampled_from(sorted(PARAMETERS[method] | {"unknown"}))
    given_values: dict[str, Any] = {"chat_id": 5, "message_id": 2, **data.draw(st.dictionaries(names, VALUES))}
    try:
        call(make_state(), method, Body(given_values))
    except ApiError as exc:
        assert exc.body()["description"].startswith(("Bad Request: ", "Forbidden: ", "Conflict: "))


def test_parameters_of_the_wrong_type_are_reported():
    state = make_state()
    with pytest.raises(ApiError, match="wrong type"):
        call(state, "sendMessage", Body({"chat_id": 5, "text": "x", "reply_parameters": "7"}))
    assert "wrong type" in state.violations[0]["what"]


@pytest.mark.parametrize(("token", "code"), [("8:abc", 401), ("7:", 404), ("bot", 404), ("0:abc", 404)])
def test_only_the_right_token_is_accepted(token: str, code: int):
    with pytest.raises(ApiError) as caught:
        check_token(make_state(), token)
    assert caught.value.code == code
    check_token(make_state(), TOKEN)


def test_an_attached_file_is_not_an_unknown_parameter():
    state = make_state()
    media = {"type": "document", "media": "attach://mine"}
    call(state, "editMessageMedia", Body({"chat_id": 5, "message_id": 2, "media": media},
                                         {"mine": Upload("b", "text/plain", b"y")}))  # fmt: skip
    assert state.violations == []
