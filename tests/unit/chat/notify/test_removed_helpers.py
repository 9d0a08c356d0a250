"""A removed helper leaves nothing open behind, and the admin who removed them sees what was open."""

from __future__ import annotations

import json
import sqlite3

import pytest

from lib.store.config_requests import get_request
from lib.store.database import get_meta
from lib.store.outbox import message_of
from lib.store.users import get_user, set_helper
from tests.unit.chat.complaints import complaints
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.chat.roles import bring

HELPER, ASKER, LATE = 100, 101, 102


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A helper with two cards, one of them decided, a question, a search, and a request of their own."""
    desk.is_let_in(HELPER)
    set_helper(desk.db, HELPER, True)
    desk.passes_captcha(ASKER)
    desk.is_let_in(103)
    desk.taps(HELPER, "device:iphone")
    desk.taps(HELPER, "search")
    desk.says(HELPER, "person")
    desk.taps(HELPER, f"why_person:{ASKER}", {"message_id": 9_000, "date": 0, "text": "…"})
    desk.deliver()
    return desk


def cards(rows: list[sqlite3.Row]) -> list[int]:
    """Return the messages in the helper's chat that say that others decide now."""
    mine = [row for row in rows if row["chat_id"] == HELPER and "others decide this" in text_of(row)]
    assert not any("reply_markup" in json.loads(row["params"]) for row in mine)
    return [json.loads(row["params"])["message_id"] for row in mine]


def report(rows: list[sqlite3.Row]) -> list[sqlite3.Row]:
    return [row for row in rows if "What was left open" in text_of(row)]


def test_it_works(desk: Desk) -> None:
    query = "SELECT message_id FROM notices WHERE chat_id = ? AND subject = ?"
    (card,) = desk.db.execute(query, (HELPER, f"user:{ASKER}")).fetchone()
    rows = desk.taps(1, f"helper:{HELPER}:off")
    assert cards(rows) == [card], "a decided card stays as it is"
    (told,) = report(rows)
    assert told["chat_id"] == 1
    assert "Person 100" in text_of(told)
    assert text_of(told).splitlines()[4:] == [
        "• cards waiting for a decision: 1; the others decide on them now",
        "• a question waiting for an answer: closed",
        "• their own request “iPhone” is still waiting for you",
    ]  # fmt: skip
    assert data_of(told) == ["requests:0"]
    assert [what for row in rows for what in complaints(row)] == []


def test_their_next_text_decides_nothing_and_their_search_is_forgotten(desk: Desk) -> None:
    assert get_meta(desk.db, f"people:{HELPER}")
    desk.taps(1, f"helper:{HELPER}:off")
    assert get_meta(desk.db, f"people:{HELPER}") is None
    assert "Send this to the admin?" in text_of(desk.says(HELPER, "Nobody knows them")[0])
    assert get_user(desk.db, ASKER).state == "pending"


def test_a_card_that_was_still_on_its_way_does_not_arrive(desk: Desk) -> None:
    deliver, desk.deliver = desk.deliver, lambda: None  # type: ignore[method-assign]
    desk.passes_captcha(LATE)
    waiting = "SELECT count(*) FROM outbox WHERE chat_id = ? AND subject = ?"
    assert desk.db.execute(waiting, (HELPER, f"user:{LATE}")).fetchone()[0] == 1
    desk.taps(1, f"helper:{HELPER}:off")
    assert desk.db.execute(waiting, (HELPER, f"user:{LATE}")).fetchone()[0] == 0
    assert desk.db.execute(waiting, (2, f"user:{LATE}")).fetchone()[0] == 1
    desk.deliver = deliver  # type: ignore[method-assign]


def test_a_block_ends_the_same_and_their_own_request_too(desk: Desk) -> None:
    rows = desk.taps(1, f"decide:{HELPER}:approved:blocked")
    assert len(cards(rows)) == 1
    (told,) = report(rows)
    assert "cards waiting for a decision: 1" in text_of(told)
    assert "their own request “iPhone”: declined" in text_of(told)
    assert get_request(desk.db, 1).state == "rejected"
    desk.taps(1, f"decide:{HELPER}:blocked:approved")
    assert get_user(desk.db, HELPER).helper == 0


def test_of_who_left_nothing_open_nothing_is_said(desk: Desk) -> None:
    desk.is_let_in(LATE)
    set_helper(desk.db, LATE, True)
    assert report(desk.taps(1, f"helper:{LATE}:off")) == []


def test_their_panel_ends_too_and_is_no_card(desk: Desk) -> None:
    bring(desk, LATE, "helper")
    desk.taps(LATE, "panel")
    desk.deliver()
    panel = message_of(desk.db, "panel", LATE)
    rows = desk.taps(1, f"helper:{LATE}:off")
    (ended,) = [row for row in rows if row["chat_id"] == LATE and "others decide this" in text_of(row)]
    assert json.loads(ended["params"])["message_id"] == panel
    assert report(rows) == []
