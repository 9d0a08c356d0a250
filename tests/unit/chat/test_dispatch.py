"""Dispatch: one update, one transaction, whatever its shape. Who may do what is in test_matrix.py."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.chat import dispatch
from lib.chat import routes as gate
from lib.chat.notify import decisions_shown
from lib.errors import Refused
from lib.store.updates import next_offset
from lib.store.users import find_user, get_user
from tests.unit.chat.desk import Desk, person, text_of


def test_it_works(desk: Desk) -> None:
    desk.is_let_in(100)
    (menu,) = desk.says(100, "/start")
    assert "Menu" in text_of(menu)


def test_the_same_update_is_handled_once(desk: Desk) -> None:
    desk.is_let_in(100)
    update = {"update_id": 500, "message": {"message_id": 1, "date": 0, "from": person(100), "text": "/start",
              "chat": {"id": 100, "type": "private"}}}  # fmt: skip
    assert len(desk.update(update)) == 1
    assert desk.update(update) == []


def test_an_update_and_its_effects_are_committed_together_or_not_at_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.is_let_in(100)
    before, offset = desk.dump(), next_offset(desk.db, desk.now)
    waiting = desk.db.execute("SELECT count(*) FROM outbox").fetchone()[0]

    def break_down(*_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(dispatch, "enqueue", break_down)
    with pytest.raises(RuntimeError):
        desk.taps(100, "device:iphone")
    assert (desk.dump(), next_offset(desk.db, desk.now)) == (before, offset)
    assert desk.db.execute("SELECT count(*) FROM outbox").fetchone()[0] == waiting


def test_a_refusal_undoes_what_the_handler_had_begun(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.is_let_in(100)
    before = desk.dump()

    def refuse(*_: object) -> None:
        raise Refused("gone")

    monkeypatch.setattr(decisions_shown, "announce_request", refuse)
    desk.taps(100, "device:iphone")
    assert desk.dump() == before


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_only_private_chats_are_served(desk: Desk, kind: str) -> None:
    message = {"message_id": 1, "date": 0, "from": person(1), "chat": {"id": -5, "type": kind}, "text": "/status"}
    assert desk.update({"update_id": 900, "message": message}) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": None},
        {"callback_query": None, "message": None, "my_chat_member": None},
        {"message": {"message_id": 1, "date": 0, "chat": {"id": 100, "type": "private"}}},
        {"callback_query": {"id": "q", "from": person(100), "data": None, "message": None}},
        {"callback_query": {"id": "q", "from": person(100)}},
        {"purchased_paid_media": {"from": person(100)}},
        {"poll_answer": {"poll_id": "1"}},
    ],
)
def test_an_update_nobody_has_heard_of_is_let_pass(desk: Desk, body: dict[str, Any]) -> None:
    before = desk.dump()
    assert desk.update({"update_id": 900, **body}) == []
    assert desk.dump() == before
    assert next_offset(desk.db, desk.now) == 901


def test_a_tap_below_a_message_that_telegram_no_longer_shows_gets_a_new_screen(desk: Desk) -> None:
    desk.is_let_in(100)
    rows = desk.taps(100, "menu", {"message_id": 5, "date": 0})
    assert [row["method"] for row in rows] == ["answerCallbackQuery", "sendMessage"]


def test_who_blocks_the_bot_is_noted_and_welcome_back(desk: Desk) -> None:
    desk.is_let_in(100)
    change = {"chat": {"id": 100, "type": "private"}, "from": person(100), "date": 0}
    desk.update({"update_id": 900, "my_chat_member": {**change, "new_chat_member": {"status": "kicked"}}})
    assert get_user(desk.db, 100).reachable == 0
    desk.says(100, "/start")
    assert get_user(desk.db, 100).reachable == 1


def test_a_stranger_who_only_types_leaves_no_row(desk: Desk) -> None:
    desk.says(777, "hello")
    assert find_user(desk.db, 777) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["message", "callback_query", "from", "chat", "id", "type", "text", "data", "message_id", "language_code"]
    ), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.sampled_from(["message", "callback_query", "my_chat_member"]), JSON, max_size=3))
def test_no_shape_breaks_the_dispatcher(desk: Desk, body: dict[str, Any]) -> None:
    number = (next_offset(desk.db, desk.now) or 0) + 1
    desk.update({"update_id": number, **body})
    assert next_offset(desk.db, desk.now) == number + 1


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40) | st.from_regex(r"/[a-z_]{0,8}( .{0,10})?", fullmatch=True))
def test_no_text_breaks_the_dispatcher(desk: Desk, text: str) -> None:
    assert desk.says(100, text)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    verb=st.sampled_from(sorted(gate.BUTTONS)),
    words=st.lists(st.text(max_size=8) | st.integers().map(str), max_size=4),
)
def test_no_data_breaks_the_dispatcher(desk: Desk, verb: str, words: list[str]) -> None:
    for who in (1, 100):
        assert desk.taps(who, ":".join([verb, *words]))


@pytest.mark.parametrize("text", [None, 7, 1.5, True, ["/start"], {"text": "/start"}])
def test_a_text_that_is_no_string_is_no_text(desk: Desk, text: object) -> None:
    desk.is_let_in(100)
    message = {"message_id": 1, "date": 0, "from": person(100), "text": text, "chat": {"id": 100, "type": "private"}}
    shown = [text_of(row) for row in desk.update({"update_id": 9000, "message": message})]
    assert shown == [text_of(row) for row in desk.update({"update_id": 9001, "message": {**message, "text": ""}})]
