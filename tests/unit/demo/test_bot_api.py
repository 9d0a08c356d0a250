from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.demo import people
from lib.demo.bot_api import call, check_token
from lib.demo.refusal import Refused
from lib.demo.request_body import Body, Upload
from lib.demo.signatures import PARAMETERS
from lib.demo.world import World

TOKEN = "7:abc"
FIELDS = sorted({"type", "media", "text", "message_id", "inline_keyboard", "keyboard", "command", "chat_id", "offset"})
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from([5, 1, 2, 3]) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner),
    max_leaves=6,
)


def make_world() -> World:
    """Make a world where somebody has written and was answered with a text and a file."""
    world = World(TOKEN, lambda: 1000.0, limits=False, cast=[{"id": 5, "first_name": "Аня"}])
    world.updates.stopped = True  # polls do not wait
    with world.changed:
        people.send(world, 5, "/start")
    call(world, "sendMessage", Body({"chat_id": 5, "text": "x"}))
    call(world, "sendDocument", Body({"chat_id": 5}, {"document": Upload("a", "text/plain", b"x")}))
    return world


def test_it_works():
    assert call(make_world(), "getMe", Body())["id"] == 7


@given(st.data())
def test_every_call_is_answered_or_refused(data: st.DataObject):
    method = data.draw(st.sampled_from(sorted(PARAMETERS)))
    names = st.sampled_from(sorted(PARAMETERS[method] | {"unknown"}))
    given_values: dict[str, Any] = {"chat_id": 5, "message_id": 2, **data.draw(st.dictionaries(names, VALUES))}
    try:
        call(make_world(), method, Body(given_values))
    except Refused as exc:
        assert exc.answer()["description"].startswith(("Bad Request: ", "Forbidden: ", "Conflict: "))


def test_parameters_of_the_wrong_kind_are_noted():
    world = make_world()
    with pytest.raises(Refused, match="wrong type"):
        call(world, "sendMessage", Body({"chat_id": 5, "text": "x", "reply_parameters": "7"}))
    assert "wrong kind" in world.violations[0]["what"]


@pytest.mark.parametrize(("token", "code"), [("8:abc", 401), ("7:", 404), ("bot", 404), ("0:abc", 404)])
def test_only_the_own_token_opens(token: str, code: int):
    with pytest.raises(Refused) as caught:
        check_token(make_world(), token)
    assert caught.value.code == code
    check_token(make_world(), TOKEN)


def test_an_attached_file_is_no_unknown_parameter():
    world = make_world()
    media = {"type": "document", "media": "attach://mine"}
    call(world, "editMessageMedia", Body({"chat_id": 5, "message_id": 2, "media": media},
                                         {"mine": Upload("b", "text/plain", b"y")}))  # fmt: skip
    assert world.violations == []
