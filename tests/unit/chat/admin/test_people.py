"""The admin's list of people: filters with counts, pages, a search, and the way back to the last list."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lib.store.config_requests import open_request
from lib.store.users import find_offline, get_user, helper_ids, set_helper, set_quota
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config, use
from tests.unit.chat.desk import Desk, text_of
from tests.unit.chat.hostile import HOSTILE
from tests.unit.chat.roles import bring
from tests.unit.chat.screens import alert, keys, said


def test_it_works(desk: Desk) -> None:
    desk.is_let_in(100, first_name="Anna")
    use(desk, hold_config(desk.db, 100, desk.now), 1_500_000_000, desk.now)
    desk.passes_captcha(101, first_name="Boris")
    assert "people:all:0" in keys(desk.taps(1, "panel"))
    shown = keys(desk.taps(1, "people:all:0"))
    assert shown["person:100"] == "🟢 Anna · 1.50 GB"
    assert keys(desk.taps(1, "filters")) == {
        "people:all:0": "⬅️ Back", "people:online:0": "🟢 Online 1", "people:pending:0": "⏳ Waiting 1",
        "people:heavy:0": "📈 Traffic", "people:never:0": "💤 Never 2",
    }, "nobody is blocked, rejected or over the limit"  # fmt: skip
    assert "• All 3" in str([row["params"] for row in desk.taps(1, "filters")])
    assert keys(desk.taps(1, "people:pending:0"))["person:101"] == "⏳ Boris"


def test_each_state_has_its_sign(desk: Desk) -> None:
    for who, role in ((100, "captcha"), (101, "pending"), (102, "rejected"), (103, "blocked"), (104, "approved")):
        bring(desk, who, role)
    desk.is_let_in(105)
    use(desk, hold_config(desk.db, 105, desk.now), 500, desk.now - 999)
    desk.taps(1, "search")
    found = keys(desk.says(1, "person 10"))
    assert [found[f"person:{who}"][0] for who in (100, 101, 102, 103, 104)] == ["🚪", "⏳", "❌", "⛔", "💤"]
    assert found["person:105"].startswith("⚪️")
    set_quota(desk.db, 105, 400)
    assert keys(desk.taps(1, "people:over:0"))["person:105"].startswith("⚠️")


def test_an_empty_list_says_so_and_leads_on(desk: Desk) -> None:
    rows = desk.taps(1, "people:blocked:0")
    assert "No one here" in said(rows)
    assert keys(rows).keys() == {"add_person", "filters", "search", "panel"}


def test_two_hundred_come_in_pages_by_name(desk: Desk) -> None:
    for number in range(200):
        desk.db.execute(
            "INSERT INTO users (id, full_name, language, created_at) VALUES (?, ?, 'en', 0)",
            (1000 + number, f"N {199 - number:03}"),
        )
        desk.db.execute("UPDATE users SET state = 'pending' WHERE id = ?", (1000 + number,))
    first, last = desk.taps(1, "people:pending:0"), desk.taps(1, "people:pending:33")
    assert "Waiting for a decision</b>: 200\nPage 1 of 34" in said(first)
    assert next(iter(keys(first).values())) == "⏳ N 000"
    assert [name for name in keys(last).values() if "N 1" in name][-1] == "⏳ N 199"
    assert "people:pending:32" in keys(last)
    assert "people:pending:34" not in keys(last)
    assert keys(desk.taps(1, "people:pending:99")) == keys(last), "a page that is gone shows the last one"


def test_a_search_can_be_refined_by_typing_again_and_paged(desk: Desk) -> None:
    for who in range(100, 115):
        desk.passes_captcha(who, first_name="Аня" if who < 112 else "Оля")
    desk.taps(1, "search")
    assert "Search “АНЯ”</b>: 12\nPage 1 of 2" in said(desk.says(1, " АНЯ "))
    assert get_user(desk.db, 1).awaiting == "search"
    assert "Search “оля”</b>: 3" in said(desk.says(1, "оля"))
    desk.says(1, "аня")
    assert "Page 2 of 2" in said(desk.taps(1, "people:found:1"))
    assert get_user(desk.db, 1).awaiting is None


def test_any_message_of_an_admin_is_a_search_and_a_single_hit_opens_the_person(desk: Desk) -> None:
    desk.is_let_in(100, first_name="Anna")
    desk.is_let_in(101, first_name="Boris")
    rows = desk.says(1, "bor")
    assert "👤 <b>Boris</b>" in said(rows)
    assert "people:found:0" in keys(rows), "the way back leads to what was found"
    assert {"person:100", "person:101"} <= keys(desk.says(1, "10")).keys()
    rows = desk.says(1, "Zoe")
    assert "Search “Zoe”</b>: 0\n\nNo one found. Send part of a name" in said(rows)
    assert "at least one letter" in said(desk.says(1, "!?"))
    assert "Send this to the admin?" in said(desk.says(100, "Boris")), "friends search for nobody"


def test_a_search_for_nothing_is_refused_and_asked_again(desk: Desk) -> None:
    desk.taps(1, "search")
    for text in ("   ", "***", "@", "\u200b"):
        assert "at least one letter" in said(desk.says(1, text))
    assert get_user(desk.db, 1).awaiting == "search"


def test_the_way_back_leads_to_the_last_list(desk: Desk) -> None:
    desk.is_let_in(100)
    assert "panel" in keys(desk.taps(1, "person:100"))
    desk.taps(1, "people:never:0")
    assert "people:never:0" in keys(desk.taps(1, "person:100"))
    assert "panel" in keys(desk.taps(2, "person:100")), "the other admin was elsewhere"
    desk.taps(1, "search")
    desk.says(1, "person")
    assert "people:found:0" in keys(desk.taps(1, "person:100"))
    assert "Search “person”" in said(desk.taps(1, "people:found:0"))
    desk.taps(1, "requests:0")
    assert "requests:0" in keys(desk.taps(1, "person:100"))
    assert "Search “person”" in said(desk.taps(1, "people:found:0")), "an old button still knows what was sought"
    desk.taps(1, "panel")
    assert "panel" in keys(desk.taps(1, "person:100"))


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_hostile_names_and_searches_break_nothing(desk: Desk, name: str) -> None:
    desk.is_let_in(100, first_name=name)
    hold_config(desk.db, 100, desk.now, "<b>&</b>")
    rows = [*desk.taps(1, "people:all:0"), *desk.taps(1, "person:100"), *desk.taps(1, "confirm_expel:100")]
    rows += [*desk.taps(1, "search"), *desk.says(1, name), *desk.taps(1, "held:1")]
    assert [complaint for row in rows for complaint in complaints(row)] == []
    for row in rows:
        for line in (json.loads(row["params"]).get("reply_markup") or {}).get("inline_keyboard", []):
            assert all(len(key["text"]) <= 42 for key in line)


def test_a_helper_can_see_the_lists(desk: Desk) -> None:
    bring(desk, 100, "helper")
    assert "person:100" in keys(desk.taps(100, "people:all:0"))
    desk.taps(100, "search")
    assert "person:1" in keys(desk.says(100, "person"))


def test_a_helper_neither_sees_the_note_about_them_nor_decides_their_own_request(desk: Desk) -> None:
    bring(desk, 101, "helper")
    desk.taps(1, "note:101")
    desk.says(1, "watch this one")
    assert "watch this one" in text_of(desk.taps(1, "person:101")[-1])
    assert not any("watch this one" in text_of(row) for row in desk.taps(101, "person:101"))
    rows = desk.taps(101, "device:iphone")
    assert not any(row["chat_id"] == 101 and row["subject"] == "request:1" for row in rows)
    assert "Someone else" in text_of(desk.taps(101, "judge:1:approved")[0])
    assert open_request(desk.db, 101).state == "pending"  # type: ignore[union-attr]


def test_a_helper_who_becomes_an_admin_is_told_everything_once(desk: Desk) -> None:
    bring(desk, 101, "helper")
    desk.settings = replace(desk.settings, admin_ids=(1, 101))
    rows = desk.passes_captcha(300)
    assert len([row for row in rows if row["chat_id"] == 101 and row["subject"] == "user:300"]) == 1
    desk.says(101, "/start")
    assert helper_ids(desk.db) == []


def test_somebody_who_is_not_found_can_be_added_without_telegram_at_once(desk: Desk) -> None:
    rows = desk.says(1, "Grandma")
    (add,) = [data for data in keys(rows) if data.startswith("add_found:")]
    assert keys(rows)[add] == "➕ Add “Grandma”, no Telegram"
    assert "«Grandma» без Telegram" in "".join(keys(desk.says(2, "Grandma")).values())
    assert "📵 Grandma" in said(desk.taps(1, add))
    assert find_offline(desk.db, "Grandma") is not None
    again = desk.taps(1, add)
    assert "Search “Grandma”</b>: 1" in said(again), "a second tap adds nobody"
    assert desk.db.execute("SELECT count(*) FROM users WHERE id < 0").fetchone()[0] == 1


def test_an_older_button_does_not_add_whom_a_newer_search_was_for(desk: Desk) -> None:
    (add,) = [data for data in keys(desk.says(1, "Grandma")) if data.startswith("add_found:")]
    desk.says(1, "Grandpa")
    assert "out of date" in alert(desk.taps(1, add))
    assert "устарела" in alert(desk.taps(2, add))


@pytest.mark.parametrize("words", ["x" * 33, "Person 1"])
def test_what_is_no_name_or_was_found_is_not_offered_to_be_added(desk: Desk, words: str) -> None:
    for admin in (1, 2):
        assert not [data for data in keys(desk.says(admin, words)) if data.startswith("add_found:")]


def test_helpers_are_not_offered_to_add_anybody(desk: Desk) -> None:
    desk.is_let_in(50)
    set_helper(desk.db, 50, True)
    desk.taps(50, "search")
    assert not [data for data in keys(desk.says(50, "Grandma")) if data.startswith("add_")]
