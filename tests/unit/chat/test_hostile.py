"""Hostile names, texts, data and links: they stay what they are, and never become markup, rows or file names."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from lib.chat.gate import ROLES as ALL_ROLES
from lib.demo.telegram.formatting import parse_html
from lib.settings import Settings
from lib.store.configs import get_config
from lib.store.database import connect, prepare_database
from lib.store.users import find_user, get_user
from lib.vpn.client_config import plain_name, tunnel_name
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, text_of
from tests.unit.chat.hostile import FORGED, HOSTILE, REORDERS, START
from tests.unit.chat.roles import bring
from tests.unit.chat.screens import says_text

NAMES = (*HOSTILE, None, 0, [], {"b": "<b>"}, True)
ROLES = [role for role in ALL_ROLES if role != "admin"]


@pytest.fixture
def db(settings: Settings) -> Iterator[sqlite3.Connection]:
    prepare_database(settings.database)
    connection = connect(settings.database)
    connection.execute("PRAGMA synchronous = OFF")
    yield connection
    connection.close()


def everything_about(desk: Desk, **names: object) -> list[sqlite3.Row]:
    """Take a person with these names through every screen that names them: door, two decisions, a request, a month."""
    rows = [*desk.says(100, "/start", **names), *desk.passes_captcha(100, **names)]
    rows += [*desk.taps(2, "requests:0"), *desk.taps(2, "asker:100"), *desk.taps(2, "why_person:100")]
    for decided in ("pending:approved", "approved:blocked", "blocked:approved"):
        rows += desk.taps(1, f"decide:100:{decided}")
        rows += desk.taps(2, f"decide:100:{decided}")
    for done in ("new", "device:iphone"):
        rows += desk.taps(100, done, **names)
    rows += [*desk.taps(1, "requests"), *desk.taps(1, "request:1"), *desk.taps(1, "why_request:1")]
    rows += desk.taps(2, "judge:1:approved")
    rows += desk.taps(1, "judge:1:approved")
    rows += [*desk.taps(1, "history:0:0"), *desk.taps(1, "history:100:0")]
    return rows


def objections(rows: list[sqlite3.Row]) -> list[str]:
    return [complaint for row in rows for complaint in complaints(row)]


def test_it_works(desk: Desk) -> None:
    rows = everything_about(desk, first_name="<b>Eve</b>\u202e\0", last_name="💥" * 64, username="eve_1")
    assert objections(rows) == []
    assert get_user(desk.db, 100).full_name == f"<b>Eve</b> {'💥' * 64}"
    (notice, *_) = (row for row in rows if row["subject"] == "user:100")
    assert f"Name: <b>Eve</b> {'💥' * 64}\nUsername: @eve_1\n" in parse_html(text_of(notice))[0]


@pytest.mark.parametrize("field", ["first_name", "last_name", "username"])
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_is_shown_as_text_and_reorders_nothing(desk: Desk, field: str, name: object) -> None:
    rows = everything_about(desk, **{field: name})
    assert objections(rows) == []
    assert len([row for row in rows if row["chat_id"] == 1]) > 5
    kept = get_user(desk.db, 100)
    assert 1 <= len(kept.full_name) <= 128
    assert not REORDERS.search(kept.full_name)
    assert len(kept.full_name.splitlines()) == 1


@pytest.mark.parametrize("name", ["\u200b\u200b", "\u2800\u3164", "\0", "\u202e", "\u0301", " \n "])
def test_who_has_no_name_that_can_be_seen_is_called_by_id(desk: Desk, name: str) -> None:
    desk.passes_captcha(100, first_name=name)
    assert get_user(desk.db, 100).full_name == "100"


def test_two_names_of_emoji_leave_room_for_the_rest_of_a_toast(desk: Desk) -> None:
    desk.says(2, "/start", first_name="💥" * 64, last_name="💥" * 64)
    desk.passes_captcha(100)
    desk.taps(2, "decide:100:pending:approved", first_name="💥" * 64, last_name="💥" * 64)
    rows = desk.taps(1, "decide:100:pending:approved")
    assert objections(rows) == []
    assert json.loads(rows[0]["params"])["text"].startswith("Already approved by 💥")


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_device_name_is_refused_or_becomes_a_good_file_name(desk: Desk, name: str) -> None:
    desk.is_let_in(100)
    config = hold_config(desk.db, 100, desk.now)
    desk.taps(100, f"rename:{config}")
    rows = desk.says(100, name)
    assert objections(rows) == []
    kept = get_config(desk.db, config, 100).name
    if kept == "Phone":
        assert says_text(text_of(rows[0]), "en", "bad_name")
        return
    assert kept.isprintable()
    for stem in (plain_name(kept), tunnel_name("Anna", kept), tunnel_name(name, kept), tunnel_name("", kept, ["a"])):
        assert re.fullmatch(r"[a-zA-Z0-9_][a-zA-Z0-9_-]{0,14}", stem)
    assert objections([*desk.taps(100, f"file:{config}"), *desk.taps(100, f"qr:{config}")]) == []


@pytest.mark.parametrize("name", ["A" + "💥" * 31, "<&>" * 10 + "A", "A" + "Щ" * 31])
def test_screens_full_of_the_longest_names_are_not_too_long(desk: Desk, name: str) -> None:
    desk.is_let_in(100, language_code="ru")
    for _ in range(12):
        hold_config(desk.db, 100, desk.now, name)
    rows = [
        *desk.says(100, "/stats"),
        *desk.says(100, "/configs"),
        *desk.taps(100, "config:1"),
        *desk.taps(100, "qr:1"),
    ]
    assert objections([*rows, *desk.taps(100, "file:1")]) == []


@pytest.mark.parametrize("text", [text for text in HOSTILE if text != "1"], ids=ascii)
@pytest.mark.parametrize("role", ROLES)
def test_a_text_that_nobody_asked_for_is_answered_and_changes_nothing(desk: Desk, role: str, text: str) -> None:
    bring(desk, 100, role)
    before = desk.dump()
    rows = desk.says(100, text)
    assert rows
    assert objections(rows) == []
    guesses = role == "captcha" and any(map(str.isdecimal, text))
    after = [row for row in desk.dump() if row[0] != "tickets"]  # a friend's text is kept until they send it
    if role == "pending":  # theirs stands on their card
        before, after = ([row for row in rows if not is_about_card(row)] for rows in (before, after))
    assert guesses or after == before


def is_about_card(row: tuple[Any, ...]) -> bool:
    return row[0] == "notices" or row[:2] in (("users", 100), ("meta", "erased"))


@pytest.mark.parametrize("data", FORGED, ids=ascii)
def test_forged_data_is_answered_and_changes_nothing(desk: Desk, data: str) -> None:
    bring(desk, 100, "pending")
    bring(desk, 101, "approved")
    bring(desk, 102, "captcha")
    hold_config(desk.db, 101, desk.now)
    before = desk.dump()
    for who in (1, 2, 100, 101, 102, 103):
        (answer,) = desk.taps(who, data)
        assert answer["method"] == "answerCallbackQuery"
        assert json.loads(answer["params"])["show_alert"] is True
        assert complaints(answer) == []
    assert desk.dump() == before


@pytest.mark.parametrize("start", START, ids=ascii)
@pytest.mark.parametrize("role", ALL_ROLES)
def test_a_deep_link_does_what_start_does_and_no_more(desk: Desk, role: str, start: str) -> None:
    who = 1 if role == "admin" else 100
    bring(desk, who, role)
    said = desk.says(who, "/start")
    state = get_user(desk.db, who).state
    if role == "stranger":
        desk.db.execute("DELETE FROM users WHERE id = 100")
    rows = desk.says(who, start)
    assert [(row["method"], text_of(row)) for row in rows] == [(row["method"], text_of(row)) for row in said]
    assert get_user(desk.db, who).state == state
    assert objections(rows) == []


@pytest.mark.parametrize("word", ["/startle", "/start_abc", "start", "/st", "//start", "/@start", "/", "/\0", "/💥"])
def test_what_only_resembles_start_opens_no_door(desk: Desk, word: str) -> None:
    (reply,) = desk.says(777, word)
    assert says_text(text_of(reply), "en", "denied_stranger")
    assert find_user(desk.db, 777) is None


@pytest.mark.parametrize("number", [0, -1, 2**53, 2**63, 2**64, 10**30, 1.5, "100", None, True, [100]])
def test_a_number_that_is_nobodys_is_not_served(desk: Desk, number: object) -> None:
    before = desk.dump()
    sender = {"id": number, "is_bot": False, "first_name": "Eve"}
    chat = {"id": number, "type": "private"}
    message = {"message_id": 5, "date": 0, "from": sender, "chat": chat, "text": "/start"}
    query = {"id": "q", "from": sender, "data": "menu", "message": message}
    left = {"chat": chat, "from": sender, "date": 0, "new_chat_member": {"status": "kicked"}}
    for number_of, body in enumerate([{"message": message}, {"callback_query": query}, {"my_chat_member": left}]):
        assert desk.update({"update_id": 900 + number_of, **body}) == []
    assert desk.dump() == before


@pytest.mark.parametrize("number", [0, -1, 2**63, 2**64, 1.5, "5", None, True, {"a": 1}])
def test_a_tap_below_no_message_is_let_pass(desk: Desk, number: object) -> None:
    desk.is_let_in(100)
    before = desk.dump()
    assert desk.taps(100, "menu", {"message_id": number, "date": 0, "text": "…"}) == []
    assert desk.dump() == before


def test_the_greatest_id_that_telegram_may_give_can_be_let_in(desk: Desk) -> None:
    greatest = 2**53 - 1
    rows = desk.passes_captcha(greatest)
    data = [button["callback_data"] for button in buttons_of(rows[-1])]
    desk.taps(1, data[0])
    assert get_user(desk.db, greatest).state == "approved"


def buttons_of(row: sqlite3.Row) -> list[dict[str, str]]:
    return [button for line in json.loads(row["params"])["reply_markup"]["inline_keyboard"] for button in line]
