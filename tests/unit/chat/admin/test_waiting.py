"""What waits, in one list: oldest first, decided in place, with or without a reason; and the daily reminder."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import datetime

import pytest

from lib.chat.admin.waiting import ON_A_PAGE
from lib.chat.notify.waiting_reminder import TOO_LONG
from lib.store.audit import list_entries
from lib.store.config_requests import get_request, open_request
from lib.store.outbox import message_of
from lib.store.users import get_user, set_helper
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.chat.reminding import remind
from tests.unit.chat.screens import buttons


def on_page(desk: Desk, who: int, data: str) -> list[sqlite3.Row]:
    """Tap on a message that is not a notice."""
    return desk.taps(who, data, {"message_id": 9000, "date": desk.now, "text": "…"})


def test_it_works(desk: Desk) -> None:
    desk.is_let_in(100)
    desk.taps(100, "device:iphone")
    desk.now += 3 * 3600
    desk.passes_captcha(101)
    desk.now += 60
    (_, shown) = on_page(desk, 1, "requests:0")
    assert "answer: 2" in text_of(shown)
    assert buttons(shown)[:2] == [("🔑 Person 100: iPhone · 4 h", "request:1"), ("👤 Person 101 · 1 min", "asker:101")]


def test_an_empty_list_says_so(desk: Desk) -> None:
    (shown,) = desk.says(1, "/requests")
    assert "Nothing is waiting" in text_of(shown)
    assert [data for _, data in buttons(shown)] == ["requests:0", "panel"]


def test_two_hundred_come_in_pages_and_nobody_is_left_out(desk: Desk) -> None:
    for number in range(200):
        desk.passes_captcha(1000 + number, first_name="💥" * 64)
        desk.now += 1
    seen: list[str] = []
    for page in range(-(-200 // ON_A_PAGE)):
        (_, shown) = on_page(desk, 1, f"requests:{page}")
        assert complaints(shown) == []
        assert all(len(text) <= 40 for text, _ in buttons(shown))
        seen += [data for _, data in buttons(shown) if data.startswith("asker:")]
    assert seen == [f"asker:{1000 + number}" for number in range(200)]
    (_, last) = on_page(desk, 1, "requests:9999")
    assert "asker:1199" in dict(map(reversed, buttons(last)))  # type: ignore[arg-type]


def test_a_button_of_an_older_version_still_shows_the_list(desk: Desk) -> None:
    desk.passes_captcha(100)
    (_, shown) = on_page(desk, 1, "requests")
    assert "answer: 1" in text_of(shown)


def test_a_decision_on_a_page_leads_back_to_the_list_and_edits_every_notice(desk: Desk) -> None:
    desk.passes_captcha(100)
    desk.deliver()
    (_, page) = on_page(desk, 1, "asker:100")
    assert [data for _, data in buttons(page)] == [
        "decide:100:pending:approved:list", "admit:100:list", "reject:100:list", "confirm_block:100:list", "requests:0"
    ]
    rows = on_page(desk, 1, "decide:100:pending:approved:list")
    assert sorted(row["chat_id"] for row in rows if row["subject"] == "user:100") == [1, 2]
    (listed,) = (row for row in rows if json.loads(row["params"]).get("message_id") == 9000)
    assert "Nothing is waiting" in text_of(listed)


def test_a_decision_leads_back_to_the_page_of_the_list_where_it_was_taken(desk: Desk) -> None:
    for number in range(ON_A_PAGE + 2):
        desk.passes_captcha(100 + number)
        desk.now += 1
    on_page(desk, 1, "requests:1")
    rows = on_page(desk, 1, f"decide:{100 + ON_A_PAGE}:pending:approved:list")
    (listed,) = (row for row in rows if json.loads(row["params"]).get("message_id") == 9000)
    assert [data for _, data in buttons(listed) if data.startswith("asker:")] == [f"asker:{101 + ON_A_PAGE}"]


def test_a_block_declines_what_the_friend_had_asked_for(desk: Desk) -> None:
    desk.is_let_in(100)
    desk.taps(100, "device:iphone")
    desk.deliver()
    rows = desk.taps(1, "decide:100:approved:blocked")
    assert get_request(desk.db, 1).state == "rejected"
    assert [row["chat_id"] for row in rows if row["subject"] == "request:1"] == [1, 2]


def test_a_decision_on_a_notice_stays_there_and_shows_the_way_on(desk: Desk) -> None:
    desk.passes_captcha(100)
    desk.deliver()
    notice = message_of(desk.db, "user:100", 1)
    rows = desk.taps(1, "decide:100:pending:approved", {"message_id": notice, "date": 0, "text": "…"})
    mine = [row for row in rows if row["chat_id"] == 1 and row["method"] == "editMessageText"]
    assert [row["subject"] for row in mine] == ["user:100"]
    assert buttons(mine[0])[-1] == ("📥 Waiting", "requests:0")


def test_a_copy_of_a_notice_that_the_bot_does_not_know_of_shows_the_decision(desk: Desk) -> None:
    """Telegram's answer to the first copy was lost, or the tap came before its id was stored."""
    desk.passes_captcha(100)
    desk.deliver()
    rows = on_page(desk, 1, "decide:100:pending:approved")
    (here,) = (row for row in rows if json.loads(row["params"]).get("message_id") == 9000)
    assert "Approved by Person 1" in text_of(here)
    assert sorted(row["chat_id"] for row in rows if row["subject"] == "user:100") == [1, 2], "the known notices, too"


def test_a_notice_that_became_the_list_is_not_swept_away_by_a_later_decision(desk: Desk) -> None:
    desk.passes_captcha(100)
    desk.deliver()
    notice = message_of(desk.db, "user:100", 1)
    desk.taps(1, "requests:0", {"message_id": notice, "date": desk.now, "text": "…"})
    rows = desk.taps(2, "decide:100:pending:approved")
    assert [row["chat_id"] for row in rows if row["subject"] == "user:100"] == [2]


def test_a_person_is_let_in_with_a_config_by_one_tap(desk: Desk) -> None:
    (*_, card, _) = (row for row in desk.passes_captcha(100) if row["subject"] == "user:100")
    assert "admit:100" in dict(map(reversed, buttons(card)))  # type: ignore[arg-type]
    rows = desk.taps(1, "admit:100")
    assert get_user(desk.db, 100).state == "approved"
    assert "your first config is approved" in next(text_of(row) for row in rows if row["chat_id"] == 100)
    assert text_of(rows[0]) == "Approved, with a config"
    assert "Уже одобрено" in text_of(desk.taps(2, "admit:100")[0])
    assert not any(row["chat_id"] == 1 for row in desk.taps(100, "device:iphone")), "nobody is asked again"
    request = open_request(desk.db, 100)
    assert request is not None
    assert (request.state, request.decided_by, request.platform) == ("approved", 1, "iphone")


@pytest.mark.parametrize("end", ["block", "removed", "used", "issued"])
def test_a_config_that_was_approved_in_advance_needs_a_yes_again(desk: Desk, end: str) -> None:
    """It ends with a block, with its approver's role, and with the first config, whoever requests that."""
    desk.passes_captcha(100)
    desk.taps(1, "admit:100")
    if end == "block":
        desk.taps(1, "decide:100:approved:blocked")
        desk.taps(1, "decide:100:blocked:approved")
    elif end == "removed":
        desk.settings = replace(desk.settings, admin_ids=(2,))
    else:
        desk.taps(*((100, "device:iphone") if end == "used" else (1, "issue_as:100:iphone")))
        desk.db.execute("UPDATE config_requests SET state = 'issued'")
    desk.taps(100, "device:android")
    request = open_request(desk.db, 100)
    assert request is not None
    assert (request.state, request.name) == ("pending", "Android")


@pytest.mark.parametrize("screen", ["menu", "configs"])
def test_a_config_that_was_approved_in_advance_is_offered_whatever_the_limit(desk: Desk, screen: str) -> None:
    desk.passes_captcha(100)
    desk.taps(1, "admit:100")
    desk.taps(1, "person_limit:100:1")
    hold_config(desk.db, 100, desk.now)  # one that was set up by hand
    (shown,) = (row for row in desk.taps(100, screen) if row["method"] == "editMessageText")
    assert "new" in data_of(shown)
    assert "1 of 1" not in text_of(shown)
    desk.taps(100, "device:iphone")
    assert open_request(desk.db, 100)


def test_the_reasons_stand_on_the_card_which_stays_a_card(desk: Desk) -> None:
    desk.passes_captcha(100)
    desk.deliver()
    here = {"message_id": message_of(desk.db, "user:100", 1), "date": 0, "text": "…"}
    (_, card) = desk.taps(1, "reject:100", here)
    assert "Person 100" in text_of(card)
    assert [data for _, data in buttons(card)] == [
        "reject_as:100:unknown:card", "reject_as:100:full:card", "why_person:100:card",
        "decide:100:pending:rejected:card", "asker:100:card",
    ]  # fmt: skip
    (_, card) = desk.taps(1, "asker:100:card", here)
    assert [data for _, data in buttons(card)][:2] == ["decide:100:pending:approved", "admit:100"]
    desk.taps(1, "reject:100", here)
    rows = desk.taps(2, "decide:100:pending:approved")
    assert [row["chat_id"] for row in rows if row["subject"] == "user:100"] == [1, 2], "it is still kept up to date"


def test_a_common_reason_reaches_the_friend_in_their_language(desk: Desk) -> None:
    desk.passes_captcha(100, language_code="ru")
    rows = desk.taps(1, "reject_as:100:unknown:card")
    assert "не впустили: непонятно, кто вы" in next(text_of(row) for row in rows if row["chat_id"] == 100)
    assert list_entries(desk.db, 100, 1)[0].detail == ":unknown"
    assert "Don't know them" in text_of(desk.taps(1, "history:0:0")[-1])
    desk.is_let_in(101)
    desk.taps(101, "device:iphone")
    rows = desk.taps(2, "turn_down_as:1:enough:card")
    assert "you have enough configs already" in next(text_of(row) for row in rows if row["chat_id"] == 101)


def test_a_reason_is_sent_and_logged(desk: Desk) -> None:
    desk.passes_captcha(100)
    on_page(desk, 1, "why_person:100")
    rows = desk.says(1, "  Who are\nyou? <b>  ")
    assert [complaint for row in rows for complaint in complaints(row)] == []
    (told,) = (text_of(row) for row in rows if row["chat_id"] == 100)
    assert "declined your request: Who are you? &lt;b&gt;" in told
    assert get_user(desk.db, 100).state == "rejected"
    assert get_user(desk.db, 1).awaiting is None
    assert list_entries(desk.db, 100, 1)[0].detail == "Who are you? <b>"


@pytest.mark.parametrize(("wish", "button", "subject"), [
    ("", "why_person:100:card", "user:100"), ("device:iphone", "why_request:1:card", "request:1"),
])  # fmt: skip
def test_a_card_that_asks_why_becomes_the_decision(desk: Desk, wish: str, button: str, subject: str) -> None:
    if wish:
        desk.is_let_in(100)
        desk.taps(100, wish)
    else:
        desk.passes_captcha(100)
    desk.deliver()
    here = {"message_id": message_of(desk.db, subject, 1), "date": 0, "text": "…"}
    question = desk.taps(1, button, here)[-1]
    assert [data.endswith(":card") for _, data in buttons(question)] == [True], "back leads to the card"
    edits = [row for row in desk.says(1, "Too late") if row["method"] == "editMessageText"]
    assert [(row["chat_id"], row["subject"]) for row in edits if row["chat_id"] == 1] == [(1, subject)]
    assert all("Declined by Person 1" in text_of(row) for row in edits if row["chat_id"] == 1)


def test_a_request_can_be_turned_down_with_a_reason(desk: Desk) -> None:
    desk.is_let_in(100)
    desk.taps(100, "device:iphone")
    desk.taps(1, "why_request:1")
    rows = desk.says(1, "One is enough")
    assert "for “iPhone”: One is enough" in next(text_of(row) for row in rows if row["chat_id"] == 100)
    assert list_entries(desk.db, 100, 1)[0].detail == "One is enough"


@pytest.mark.parametrize("reason", ["", "\u200b", "x" * 301, "💥" * 151])
def test_an_invalid_reason_is_asked_for_again(desk: Desk, reason: str) -> None:
    desk.passes_captcha(100)
    desk.taps(1, "why_person:100")
    (answer,) = desk.says(1, reason)
    assert "up to 300" in text_of(answer)
    desk.says(1, "Sorry")
    assert get_user(desk.db, 100).state == "rejected"


def test_a_reason_that_comes_after_another_decision_changes_nothing(desk: Desk) -> None:
    desk.passes_captcha(100)
    desk.taps(1, "why_person:100")
    desk.taps(2, "decide:100:pending:approved")
    (answer,) = desk.says(1, "No")
    assert "Already approved" in text_of(answer)
    assert get_user(desk.db, 100).state == "approved"


def test_admins_and_helpers_are_reminded_once_a_day_of_what_waits_longer(desk: Desk) -> None:
    desk.is_let_in(50)
    set_helper(desk.db, 50, True)
    desk.passes_captcha(100)
    desk.now += TOO_LONG
    assert remind(desk) == []
    desk.now += 60
    rows = remind(desk)
    assert [row["chat_id"] for row in rows] == [1, 2, 50]
    assert "answer: 1, the oldest for 2 days" in text_of(rows[0])
    assert [data for _, data in buttons(rows[0])] == [
        "decide:100:pending:approved:list", "admit:100:list", "reject:100:list", "confirm_block:100:list"
    ]
    desk.deliver()
    for _ in range(3):
        assert remind(desk) == []
    desk.now += TOO_LONG
    assert [row["method"] for row in remind(desk)] == ["deleteMessage"] * 3 + ["sendMessage"] * 3


def test_a_reminder_of_several_leads_to_each_of_them(desk: Desk) -> None:
    for who in range(100, 110):
        desk.passes_captcha(who)
    desk.now += 2 * TOO_LONG
    offered = [data for _, data in buttons(remind(desk)[0])]
    assert offered == [*(f"asker:{who}" for who in range(100, 107)), "requests:0"]


def test_a_reminder_waits_for_the_end_of_the_quiet_hours(desk: Desk) -> None:
    desk.passes_captcha(100)
    desk.now += 2 * TOO_LONG
    hour = datetime.fromtimestamp(desk.now, desk.settings.timezone).hour
    assert remind(desk, (hour, (hour + 1) % 24)) == []
    desk.now += 3600
    assert remind(desk, (hour, (hour + 1) % 24)) != []


def test_a_reminder_is_deleted_when_nothing_waits(desk: Desk) -> None:
    desk.passes_captcha(100)
    desk.now += 2 * TOO_LONG
    remind(desk)
    desk.deliver()
    desk.taps(1, "decide:100:pending:approved")
    assert [row["method"] for row in remind(desk)] == ["deleteMessage"] * 2
    assert remind(desk) == []
