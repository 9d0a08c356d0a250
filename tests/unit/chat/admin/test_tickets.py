"""An admin's answer goes to the right friend as a reply; one admin answers, the others see who did."""

from __future__ import annotations

import pytest

from lib.store.database import get_meta, put_meta
from lib.store.keeper_notes import Health, write_fact
from lib.store.tickets import get_ticket
from lib.store.users import get_user, set_reachable
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.chat.screens import alert, told

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
    assert data_of(asked) == ["ticket:1"]
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
    assert data_of(others[0]) == ["ticket_person:1"]


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
    assert data_of(mine) == ["ticket_reply:2", "ticket_person:2", "ticket_file:2"]
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
