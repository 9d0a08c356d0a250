"""The gate: every verb × every role, and what happens to updates that are not what they seem."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.chat import asking
from lib.chat import dispatch as gate
from lib.store.updates import next_offset
from lib.store.users import find_user, get_user
from tests.unit.chat.conftest import Desk, person, text_of

FRIENDS = {"approved", "admin"}
# Who may use what. A verb that is missing here fails the test: think before you open a door.
BUTTONS = {
    "digit": {"captcha"}, "erase": {"captcha"}, "another": {"captcha"},
    "menu": FRIENDS, "leave": FRIENDS, "new": FRIENDS, "device": FRIENDS, "own_name": FRIENDS, "cancel": FRIENDS,
    "apps": FRIENDS, "app": FRIENDS, "configs": FRIENDS, "key": FRIENDS, "trouble": FRIENDS, "complain": FRIENDS,
    "config": FRIENDS, "qr": FRIENDS, "file": FRIENDS, "stats": FRIENDS, "help": FRIENDS, "language": FRIENDS,
    "panel": {"admin"}, "requests": {"admin"}, "status": {"admin"}, "outdated": {"admin"}, "rollout": {"admin"},
    "decide": {"admin"}, "judge": {"admin"},
}  # fmt: skip
OUTSIDE = {"captcha", "pending", "rejected", "blocked"}
COMMANDS = {"start": FRIENDS, "configs": FRIENDS, "stats": FRIENDS, "help": FRIENDS, "language": FRIENDS | OUTSIDE,
            "status": {"admin"}, "requests": {"admin"}}  # fmt: skip


def put(desk: Desk, role: str) -> int:
    """Bring a person into a role; give their id."""
    if role == "admin":
        return 1
    if role == "captcha":
        desk.says(100, "/start")
    elif role != "stranger":
        desk.passes_captcha(100)
        if role != "pending":
            desk.taps(1, f"decide:100:pending:{role}")
    return 100


def arguments(verb: str) -> str:
    words = ["100" if kind is int else "approved" for kind in gate.BUTTONS[verb].arguments]
    return ":".join([verb, *words])


def test_it_works(desk: Desk) -> None:
    desk.is_let_in(100)
    (menu,) = desk.says(100, "/start")
    assert "Menu" in text_of(menu)


def test_every_verb_stands_in_the_table() -> None:
    assert gate.BUTTONS.keys() == BUTTONS.keys()
    assert gate.COMMANDS.keys() == COMMANDS.keys()


@pytest.mark.parametrize(("verb", "role"), list(itertools.product(BUTTONS, gate.ROLES)))
def test_the_gate_opens_a_button_only_to_whom_the_table_names(desk: Desk, verb: str, role: str) -> None:
    who = put(desk, role)
    before = desk.dump()
    rows = desk.taps(who, arguments(verb))
    if role not in BUTTONS[verb]:
        (answer,) = rows
        assert json.loads(answer["params"])["show_alert"] is True
        assert desk.dump() == before
    assert [row["method"] for row in rows].count("answerCallbackQuery") == 1


@pytest.mark.parametrize(("command", "role"), list(itertools.product(COMMANDS, gate.ROLES)))
def test_the_gate_opens_a_command_only_to_whom_the_table_names(desk: Desk, command: str, role: str) -> None:
    who = put(desk, role)
    before = desk.dump()
    rows = desk.says(who, f"/{command}")
    assert rows, "nobody is left without an answer"
    if role not in COMMANDS[command] and command != "start":
        assert desk.dump() == before
        assert text_of(rows[0]).startswith(("Access denied", "Only an admin"))


@pytest.mark.parametrize(
    "data",
    ["", ":", "decide", "decide:100", "decide:x:pending:approved", "decide:100:pending:approved:more", "nothing:1",
     "decide:99999999999999999999:pending:approved", "decide:100:captcha:approved", "decide:100:approved:pending",
     "decide:-1:pending:approved", "judge:1:issued", "device:bomb", "config:١", "\0", "💥" * 16],
)  # fmt: skip
def test_forged_data_changes_nothing(desk: Desk, data: str) -> None:
    desk.passes_captcha(100)
    before = desk.dump()
    (answer,) = desk.taps(1, data)
    assert answer["method"] == "answerCallbackQuery"
    assert desk.dump() == before


def test_a_foreign_object_is_gone_for_everybody_else(desk: Desk) -> None:
    desk.is_let_in(100)
    desk.is_let_in(101)
    desk.taps(100, "device:phone")
    before = desk.dump()
    (answer,) = desk.taps(101, "cancel:1")
    assert "no longer there" in json.loads(answer["params"])["text"]
    assert desk.dump() == before


def test_an_admin_can_not_be_blocked_by_another(desk: Desk) -> None:
    (answer,) = desk.taps(1, "decide:2:approved:blocked")
    assert "ADMIN_IDS" in json.loads(answer["params"])["text"]
    assert get_user(desk.db, 2).state == "approved"


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

    monkeypatch.setattr(gate, "enqueue", break_down)
    with pytest.raises(RuntimeError):
        desk.taps(100, "device:phone")
    assert (desk.dump(), next_offset(desk.db, desk.now)) == (before, offset)
    assert desk.db.execute("SELECT count(*) FROM outbox").fetchone()[0] == waiting


def test_a_refusal_undoes_what_the_handler_had_begun(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.is_let_in(100)
    before = desk.dump()

    def refuse(*_: object) -> None:
        raise asking.Refused("gone")

    monkeypatch.setattr(asking.notices, "announce_request", refuse)
    desk.taps(100, "device:phone")
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


def test_a_hostile_name_is_shown_as_text(desk: Desk) -> None:
    rows = desk.passes_captcha(100, first_name="\ud83d<b>Eve</b>\u202e\0", last_name="💥" * 64, username=None)
    notice = next(row for row in rows if row["subject"] == "user:100")
    assert "&lt;b&gt;Eve&lt;/b&gt;" in text_of(notice)
    assert "<b>Eve" not in text_of(notice)
    assert get_user(desk.db, 100).full_name == f"<b>Eve</b> {'💥' * 64}"


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


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.sampled_from(["message", "callback_query", "my_chat_member"]), JSON, max_size=3))
def test_no_shape_breaks_the_dispatcher(desk: Desk, body: dict[str, Any]) -> None:
    number = (next_offset(desk.db, desk.now) or 0) + 1
    desk.update({"update_id": number, **body})
    assert next_offset(desk.db, desk.now) == number + 1


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40) | st.from_regex(r"/[a-z_]{0,8}( .{0,10})?", fullmatch=True))
def test_no_text_breaks_the_dispatcher(desk: Desk, text: str) -> None:
    assert desk.says(100, text)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(verb=st.sampled_from(sorted(BUTTONS)), words=st.lists(st.text(max_size=8) | st.integers().map(str), max_size=4))
def test_no_data_breaks_the_dispatcher(desk: Desk, verb: str, words: list[str]) -> None:
    for who in (1, 100):
        assert desk.taps(who, ":".join([verb, *words]))
