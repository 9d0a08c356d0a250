"""What somebody says while they wait for a decision stands on their card; it is forgotten once they have one."""

from __future__ import annotations

import sqlite3

import pytest

from lib.chat.friend.doorstep import LENGTH, TEXTS
from lib.chat.notify.decisions_shown import NOTICES_AT_ONCE
from lib.store.database import get_meta, put_meta
from lib.store.users import get_user
from tests.unit.chat.complaints import complaints
from tests.unit.chat.desk import Desk, text_of
from tests.unit.chat.screens import said

GUEST = 100


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.passes_captcha(GUEST)
    return desk


def cards(rows: list[sqlite3.Row]) -> dict[int, str]:
    return {row["chat_id"]: text_of(row) for row in rows if row["subject"] == f"user:{GUEST}"}


def everything(desk: Desk) -> str:
    return str(desk.dump())


def test_it_works(desk: Desk) -> None:
    rows = desk.says(GUEST, "I'm  Bob <b>\nfrom work")
    assert text_of(rows[0]) == (
        "✅ The admin sees this on your request:\n\n<blockquote>I'm Bob &lt;b&gt; from work</blockquote>\n\n"
        "The answer will come here by itself."
    )
    assert [row["method"] for row in rows] == ["sendMessage", "editMessageText", "editMessageText"]
    for admin in (1, 2):
        assert "💬 <blockquote>I'm Bob &lt;b&gt; from work</blockquote>" in cards(rows)[admin]
    assert [what for row in rows for what in complaints(row)] == []
    assert "Bob" in said(desk.taps(1, f"person:{GUEST}"))


def test_the_last_of_three_texts_stands_on_the_card(desk: Desk) -> None:
    for number in range(TEXTS):
        rows = desk.says(GUEST, f"text {number}")
    assert "text 2" in cards(rows)[1]
    assert "text 1" not in cards(rows)[1]
    (refused,) = desk.says(GUEST, "once more")
    assert "already has 3 texts" in text_of(refused)
    assert get_user(desk.db, GUEST).said == "text 2"


@pytest.mark.parametrize("typed", ["", "\u200b", "x" * (LENGTH + 1), "💥" * (LENGTH // 2 + 1)])
def test_what_cannot_be_shown_is_not_cut_but_asked_for_again(desk: Desk, typed: str) -> None:
    (refused,) = desk.says(GUEST, typed)
    assert "up to 200 characters" in text_of(refused)
    assert get_user(desk.db, GUEST).said_count == 0
    assert cards(desk.says(GUEST, "💥" * (LENGTH // 2)))


@pytest.mark.parametrize("decision", ["rejected", "blocked"])
def test_whoever_was_turned_away_says_nothing_more(desk: Desk, decision: str) -> None:
    desk.taps(1, f"decide:{GUEST}:pending:{decision}")
    rows = desk.says(GUEST, "Please!")
    assert [row["chat_id"] for row in rows] == [GUEST]
    assert "The admin" in text_of(rows[0])
    assert "Please" not in everything(desk)


@pytest.mark.parametrize("decision", ["approved", "rejected", "blocked"])
def test_a_decision_shows_it_once_more_and_forgets_it(desk: Desk, decision: str) -> None:
    desk.says(GUEST, "I'm Bob")
    put_meta(desk.db, "erased", None)
    rows = desk.taps(1, f"decide:{GUEST}:pending:{decision}")
    assert "Bob" in cards(rows)[2]
    assert "Bob" not in everything(desk)
    assert get_meta(desk.db, "erased"), "no trace stays in the write-ahead log"


def test_whoever_comes_again_may_say_as_much_again(desk: Desk) -> None:
    for number in range(TEXTS):
        desk.says(GUEST, f"text {number}")
    desk.taps(1, f"decide:{GUEST}:pending:rejected")
    desk.now += 8 * 86400
    desk.passes_captcha(GUEST)
    assert "text" not in cards(desk.says(GUEST, "It's me again"))[1]


def test_in_a_crowd_without_cards_it_stands_on_the_page_of_the_list(desk: Desk) -> None:
    for who in range(GUEST + 1, GUEST + NOTICES_AT_ONCE + 2):
        desk.passes_captcha(who)
    rows = desk.says(who, "I'm Zoe")
    assert [row["chat_id"] for row in rows] == [who]
    assert "I'm Zoe" in said(desk.taps(1, f"asker:{who}"))


def test_whoever_is_deleted_takes_it_along(desk: Desk) -> None:
    desk.says(GUEST, "I'm Bob")
    desk.taps(1, f"expel:{GUEST}")
    assert "Bob" not in everything(desk)
