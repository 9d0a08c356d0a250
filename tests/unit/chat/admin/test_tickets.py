"""An admin's answer goes to the right friend as a reply; one admin answers, the others see who did."""

from __future__ import annotations

import sqlite3

import pytest

from lib.chat.notify.waiting_reminder import TOO_LONG
from lib.store.configs import set_expiry
from lib.store.database import get_meta, put_meta
from lib.store.keeper_notes import Health, write_fact
from lib.store.tickets import add_ticket, get_ticket, open_tickets_of
from lib.store.users import get_user, set_helper, set_quota, set_reachable
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.chat.reminding import remind
from tests.unit.chat.screens import alert, buttons, keys, said, told

FRIEND = 100


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk where a friend has written to the admins."""
    desk.is_let_in(FRIEND)
    desk.says(FRIEND, "When is the party?")
    desk.taps(FRIEND, "write_send:1")
    desk.deliver()
    return desk


def card_of(desk: Desk, admin: int) -> int:
    query = "SELECT message_id FROM notices WHERE subject = 'ticket:1' AND chat_id = ?"
    return int(desk.db.execute(query, (admin,)).fetchone()[0])


def card(desk: Desk, admin: int) -> dict[str, object]:
    return {"message_id": card_of(desk, admin), "date": desk.now, "text": "…"}


def test_it_works(desk: Desk) -> None:
    asked = desk.taps(1, "ticket_reply:1", card(desk, 1))[-1]
    assert "<blockquote>When is the party?</blockquote>" in text_of(asked)
    assert data_of(asked) == ["ticket:1:card"]
    rows = desk.says(1, "On  Friday, <at> eight")
    assert told(rows) == [
        "✉️ <b>Answer from the admin</b>\n👤 Person 1\n\n<blockquote>When is the party?</blockquote>\n\n"
        "On Friday, &lt;at&gt; eight"
    ]
    mine, others = ([row for row in rows if row["chat_id"] == admin] for admin in (1, 2))
    assert [row["method"] for row in mine] == ["sendMessage", "editMessageText"]
    assert "Your answer was sent" in text_of(mine[0])
    assert "Answered by Person 1" in text_of(mine[1]), "the question, which was the card, shows the outcome"
    assert [row["method"] for row in others] == ["editMessageText"]
    assert "Ответ отправлен: Person 1" in text_of(others[0])
    assert data_of(others[0]) == ["ticket_person:1", "requests:0"]


def test_who_was_answered_may_complain_again_at_once(desk: Desk) -> None:
    config = hold_config(desk.db, FRIEND, desk.now)
    desk.taps(FRIEND, f"complain:{config}")
    assert "already knows" in alert(desk.taps(FRIEND, f"complain:{config}"))
    desk.taps(1, "ticket_reply:2")
    desk.says(1, "Try another network")
    assert "already knows" not in alert(desk.taps(FRIEND, f"complain:{config}"))


def test_the_file_of_a_config_that_was_deleted_meanwhile_is_gone(desk: Desk) -> None:
    config = hold_config(desk.db, FRIEND, desk.now)
    desk.taps(FRIEND, f"complain:{config}")
    desk.taps(FRIEND, f"delete:{config}")
    assert "no longer there" in alert(desk.taps(1, "ticket_file:2"))
    assert "no longer there" in alert(desk.taps(1, "ticket_file:1"))


def test_the_second_answer_is_refused_and_says_who_was_faster(desk: Desk) -> None:
    desk.taps(1, "ticket_reply:1")
    desk.taps(2, "ticket_reply:1")
    desk.says(1, "Friday")
    (refused,) = desk.says(2, "Saturday")
    assert "Person 1" in text_of(refused)
    assert told([refused]) == []
    assert "Person 1" in alert(desk.taps(2, "ticket_reply:1"))


def test_an_answered_text_is_forgotten(desk: Desk) -> None:
    desk.taps(1, "ticket_reply:1")
    put_meta(desk.db, "erased", None)
    desk.says(1, "Friday")
    assert get_ticket(desk.db, 1).text == ""
    assert get_meta(desk.db, "erased"), "no trace stays in the write-ahead log"
    assert get_user(desk.db, 1).awaiting is None
    assert "party" not in text_of(desk.taps(1, "ticket:1")[-1])


def test_back_from_the_question_is_the_card_which_is_kept_up_to_date(desk: Desk) -> None:
    shown = card(desk, 1)
    desk.taps(1, "ticket_reply:1", shown)
    desk.taps(1, "ticket:1", shown)
    desk.taps(2, "ticket_reply:1")
    rows = desk.says(2, "Friday")
    assert [row["chat_id"] for row in rows if row["method"] == "editMessageText"] == [1, 2]


def test_the_question_becomes_the_outcome_when_another_admin_is_faster(desk: Desk) -> None:
    desk.taps(1, "ticket_reply:1", card(desk, 1))
    desk.taps(2, "ticket_reply:1")
    edits = [row for row in desk.says(2, "Friday") if row["method"] == "editMessageText" and row["chat_id"] == 1]
    assert ["Answered by Person 2" in text_of(edit) for edit in edits] == [True]


def test_the_person_is_shown_below_the_card(desk: Desk) -> None:
    shown = desk.taps(1, "ticket_person:1", card(desk, 1))[-1]
    assert shown["method"] == "sendMessage"
    assert f"ID <code>{FRIEND}</code>" in text_of(shown)
    assert card_of(desk, 1)


def test_the_file_goes_out_with_one_tap_and_of_several_configs_one_is_chosen(desk: Desk) -> None:
    assert "ticket_file:1" not in data_of(desk.taps(1, "ticket:1")[-1])
    hold_config(desk.db, FRIEND, desk.now)
    assert "ticket_file:1" in data_of(desk.taps(1, "ticket:1")[-1])
    rows = desk.taps(1, "ticket_file:1")
    assert [row["attachment"] for row in rows if row["chat_id"] == FRIEND][-1] == "conf:1:person-phone"
    hold_config(desk.db, FRIEND, desk.now, "Laptop")
    assert data_of(desk.taps(1, "ticket_file:1")[-1])[:2] == ["held:1", "held:2"]


def test_a_complaint_has_the_same_card_and_is_answered_the_same_way(desk: Desk) -> None:
    config = hold_config(desk.db, FRIEND, desk.now)
    hold_config(desk.db, FRIEND, desk.now, "Laptop")
    write_fact(desk.db, Health(up=True, since=0))
    rows = desk.taps(FRIEND, f"complain:{config}")
    (mine,) = [row for row in rows if row["chat_id"] == 1]
    assert data_of(mine) == ["ticket_reply:2", "ticket_person:2", "ticket_file:2", "ticket_done:2"]
    sent = [row["attachment"] for row in desk.taps(1, "ticket_file:2") if row["chat_id"] == FRIEND]
    assert sent[-1] == "conf:1:person-phone", "the file of the device that does not work"
    desk.taps(1, "ticket_reply:2")
    (answer,) = told(desk.says(1, "Try again"))
    assert "<blockquote>🆘 Not working: Phone</blockquote>\n\nTry again" in answer


@pytest.mark.parametrize(("text", "words"), [("x" * 2501, "1 to 2500"), ("", "1 to 2500")])
def test_an_answer_that_does_not_fit_is_asked_for_again(desk: Desk, text: str, words: str) -> None:
    desk.taps(1, "ticket_reply:1")
    assert words in text_of(desk.says(1, text)[0])
    assert len(told(desk.says(1, "Friday"))) == 1


def test_whoever_cannot_be_reached_is_not_answered(desk: Desk) -> None:
    set_reachable(desk.db, FRIEND, False)
    assert "messages don't reach them" in alert(desk.taps(1, "ticket_reply:1"))
    assert get_ticket(desk.db, 1).closed_at is None


def test_a_friend_reads_what_is_answered_in_their_own_language(desk: Desk) -> None:
    desk.is_let_in(101, language_code="ru")
    config = hold_config(desk.db, 101, desk.now, "Телефон")
    desk.taps(101, f"complain:{config}")
    desk.taps(1, "ticket_reply:2")
    (answer,) = told(desk.says(1, "Try again"), 101)
    assert "<blockquote>🆘 Не работает: Телефон</blockquote>" in answer


def test_a_config_without_a_file_or_that_is_still_being_made_is_not_offered_to_be_sent(desk: Desk) -> None:
    config = hold_config(desk.db, FRIEND, desk.now)
    desk.db.execute("UPDATE configs SET private_key = NULL")
    assert "ticket_file:1" not in data_of(desk.taps(1, "ticket:1")[-1])
    assert "There's no file for this config" in alert(desk.taps(1, "ticket_file:1"))
    desk.db.execute("UPDATE configs SET private_key = 'PRIVATE', live_since = NULL WHERE id = ?", (config,))
    assert "ticket_file:1" not in data_of(desk.taps(1, "ticket:1")[-1])


def on_page(desk: Desk, who: int, data: str) -> list[sqlite3.Row]:
    """Tap on a message that is not a card."""
    return desk.taps(who, data, {"message_id": 9000, "date": desk.now, "text": "…"})


def shown_to(rows: list[sqlite3.Row], who: int) -> list[str]:
    return [text_of(row) for row in rows if row["chat_id"] == who and row["method"] == "editMessageText"]


def test_every_kind_waits_in_the_list_oldest_first_until_it_is_closed(desk: Desk) -> None:
    config = hold_config(desk.db, FRIEND, desk.now)
    set_expiry(desk.db, config, desk.now + 86400)
    set_quota(desk.db, FRIEND, 1)
    for wish in (f"complain:{config}", "device:iphone", f"extend:{config}"):
        desk.now += 60
        desk.taps(FRIEND, wish)
    desk.now += 60
    listed = on_page(desk, 1, "requests:0")
    assert buttons(listed[-1])[:4] == [
        ("✉️ Person 100 · 4 min", "ticket:1:list"), ("🆘 Person 100: Phone · 3 min", "ticket:2:list"),
        ("🔑 Person 100: iPhone · 2 min", "request:2"), ("⏱ Person 100: Phone · 1 min", "ticket:3:list"),
    ]  # fmt: skip
    assert "Waiting for an answer: 4" in text_of(listed[-1])
    assert "Waiting for an answer: 4." in said(desk.taps(1, "panel"))
    for tap in ("ticket_done:1", "ticket_done:2", "grant:3:never"):
        desk.taps(1, tap)
    assert list(keys(on_page(desk, 1, "requests:0")))[:1] == ["request:2"]
    assert "Waiting for an answer: 1." in said(desk.taps(1, "panel"))


def test_a_ticket_is_a_page_of_the_list_and_leads_back_to_it(desk: Desk) -> None:
    desk.now += 7200
    (_, page) = on_page(desk, 1, "ticket:1:list")
    assert "When is the party?" in text_of(page)
    assert "Waiting for 2 h" in text_of(page)
    assert data_of(page) == ["ticket_reply:1", "ticket_person:1", "ticket_done:1", "requests:0"]
    (_, question) = on_page(desk, 1, "ticket_reply:1")
    assert data_of(question) == ["ticket:1:list"]
    assert not question["subject"], "the page does not become the card"
    rows = desk.says(1, "Friday")
    assert data_of(rows[0]) == ["requests:0", "menu"]
    assert "Nothing is waiting" in said(on_page(desk, 1, "requests:0"))


def test_done_closes_without_an_answer_and_every_card_says_who_did(desk: Desk) -> None:
    rows = desk.taps(1, "ticket_done:1", card(desk, 1))
    assert alert(rows) == "Closed, no answer sent"
    assert told(rows) == []
    (mine,), (theirs,) = shown_to(rows, 1), shown_to(rows, 2)
    assert "When is the party?" in mine
    assert "Closed without an answer: Person 1" in mine
    assert "Закрыто без ответа: Person 1" in theirs
    assert get_ticket(desk.db, 1).text == ""
    assert "Person 1" in alert(desk.taps(2, "ticket_done:1"))
    assert "closed a message without an answer: Person 100" in said(desk.taps(1, "history:0:0"))


def test_a_page_of_the_list_shows_what_became_of_the_ticket(desk: Desk) -> None:
    rows = on_page(desk, 1, "ticket_done:1")
    assert len(shown_to(rows, 1)) == 2, "the page, and the card"
    page = next(row for row in rows if not row["subject"] and row["method"] == "editMessageText")
    assert data_of(page) == ["ticket_person:1", "requests:0"]
    assert "Closed without an answer" in said(on_page(desk, 1, "ticket:1:list"))


def test_a_wish_closed_without_an_answer_is_closed_with_its_repetitions(desk: Desk) -> None:
    for _ in range(2):
        add_ticket(desk.db, FRIEND, "traffic", desk.now, present=5)
    desk.taps(1, "ticket_done:2")
    assert [one.id for one in open_tickets_of(desk.db, FRIEND)] == [1]


def test_helpers_neither_see_nor_count_what_they_may_not_answer(desk: Desk) -> None:
    desk.is_let_in(50)
    set_helper(desk.db, 50, True)
    assert "Nothing is waiting" in said(on_page(desk, 50, "requests:0"))
    assert "Waiting for an answer: 0." in said(desk.taps(50, "panel"))
    assert "Only an admin" in alert(on_page(desk, 50, "ticket:1:list"))


def test_a_message_without_an_answer_is_remembered_once_a_day(desk: Desk) -> None:
    desk.is_let_in(50)
    set_helper(desk.db, 50, True)
    desk.now += TOO_LONG + 60
    rows = remind(desk)
    assert [row["chat_id"] for row in rows] == [1, 2]
    assert "Waiting for an answer: 1, the oldest for 2 days" in text_of(rows[0])
    assert "When is the party?" in text_of(rows[0])
    assert data_of(rows[0]) == ["ticket_reply:1", "ticket_person:1", "ticket_done:1"]
    desk.passes_captcha(101)
    desk.now += TOO_LONG + 60
    rows = remind(desk)
    sent = {row["chat_id"]: row for row in rows if row["method"] == "sendMessage"}
    assert data_of(sent[1]) == ["ticket:1:list", "asker:101", "requests:0"]
    assert "Waiting for an answer: 1, the oldest for 2 days" in text_of(sent[50])
    desk.deliver()
    desk.taps(1, "decide:101:pending:approved")
    assert [(row["chat_id"], row["method"]) for row in remind(desk)] == [(50, "deleteMessage")]
    desk.taps(1, "ticket_done:1")
    assert [(row["chat_id"], row["method"]) for row in remind(desk)] == [(1, "deleteMessage"), (2, "deleteMessage")]
