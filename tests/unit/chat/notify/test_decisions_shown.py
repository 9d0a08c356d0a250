"""Notices about people and requests: what admins and helpers are shown before they decide."""

from __future__ import annotations

import sqlite3

import pytest

from lib.settings import Settings
from lib.store.outbox import message_of
from tests.unit.chat.complaints import complaints
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.stage import Stage, make_stage

FRIEND = 100


@pytest.fixture
def stage(desk: Desk, settings: Settings) -> Stage:
    stage = make_stage(desk, settings)
    stage.round()
    return stage


def cards(desk: Desk, who: int, **names: str) -> list[str]:
    """Let a person pass the CAPTCHA; return what an admin is shown."""
    return [text_of(row) for row in desk.passes_captcha(who, **names) if row["chat_id"] == 1]


def test_it_works(desk: Desk) -> None:
    (card,) = cards(desk, 777, first_name="Olga")
    assert "Olga" in card
    assert "looks like" not in card


def test_no_username_is_said_in_words_behind_a_name_and_as_none_on_its_own_line(desk: Desk) -> None:
    (card,) = cards(desk, 777, first_name="Olga")
    assert "Name: Olga\nUsername: none" in card
    desk.taps(1, "decide:777:pending:approved")
    assert "Username: none" in text_of(desk.taps(777, "account")[-1])
    assert "Username: none" in text_of(desk.taps(1, "person:777")[-1])
    desk.taps(777, "device:iphone", first_name="Olga")
    assert "Who: Olga (no username, <code>777</code>)" in text_of(desk.taps(1, "request:1")[-1])


def test_a_name_like_that_of_somebody_inside_is_pointed_out(desk: Desk) -> None:
    desk.is_let_in(100, first_name="Anna", last_name="Smith")
    (card,) = cards(desk, 777, first_name="Аnnа", last_name="Smіth")
    assert "looks like someone's who is already in: Anna Smith" in card

def ready(rows: list[sqlite3.Row]) -> sqlite3.Row:
    """Return the edit that says that a config is ready, which comes before the file."""
    mine = [row for row in rows if row["chat_id"] == FRIEND]
    assert [row["method"] for row in mine] == ["editMessageText", "sendDocument"]
    assert complaints(mine[0]) == []
    return mine[0]


def test_the_message_that_a_config_is_being_made_says_so_no_longer_once_the_file_is_there(stage: Stage) -> None:
    desk = stage.desk
    desk.is_let_in(FRIEND)
    desk.taps(FRIEND, "device:iphone")
    desk.taps(1, "judge:1:approved")
    desk.deliver()
    edit = ready(stage.round(60))
    assert (edit["subject"], text_of(edit)) == ("asked:1", "✅ The config “iPhone” is ready: the file is below.")
    assert data_of(edit) == ["config:1", "menu"]
    desk.taps(1, f"issue_as:{FRIEND}:mac")
    desk.deliver()
    assert "“Mac” is ready" in text_of(ready(stage.round(60)))
    desk.db.execute("UPDATE configs SET private_key = NULL WHERE id = 2")
    desk.taps(FRIEND, "renew:2")
    desk.deliver()
    assert "“Mac” is ready" in text_of(ready(stage.round(60)))


def test_a_friend_who_went_on_to_the_menu_keeps_it(stage: Stage) -> None:
    desk = stage.desk
    desk.is_let_in(FRIEND)
    desk.taps(FRIEND, "device:iphone")
    desk.taps(1, "judge:1:approved")
    desk.deliver()
    shown = message_of(desk.db, "asked:1", FRIEND)
    desk.taps(FRIEND, "menu", {"message_id": shown, "date": desk.now, "text": "…"})
    desk.deliver()
    assert [row["method"] for row in stage.round(60) if row["chat_id"] == FRIEND] == ["sendDocument"]
