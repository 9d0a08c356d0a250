"""Friends can simply write: nothing is sent until they confirm, and no text is kept longer than needed."""

from __future__ import annotations

import json

import pytest

from lib.chat.friend.writing import LENGTH, is_trouble
from lib.errors import Refused
from lib.store.database import get_meta, put_meta
from lib.store.tickets import DRAFT_SECONDS, DRAFTS, KEPT_SECONDS, forget_old, get_ticket
from lib.store.users import set_helper
from tests.unit.chat.complaints import complaints
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, data_of, text_of
from tests.unit.chat.screens import alert, buttons

FRIEND = 100


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.is_let_in(FRIEND)
    desk.deliver()
    return desk


def everything(desk: Desk) -> str:
    """Return every row of every table as text."""
    names = [name for (name,) in desk.db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return "\n".join(str(tuple(row)) for name in names for row in desk.db.execute(f"SELECT * FROM {name}"))


def test_it_works(desk: Desk) -> None:
    (offer,) = desk.says(FRIEND, "Hi!  When is the <b>party</b>?")
    assert text_of(offer) == (
        "✉️ <b>Send this to the admin?</b>\n\n<blockquote>Hi! When is the &lt;b&gt;party&lt;/b&gt;?</blockquote>"
    )
    assert buttons(offer) == [("✉️ Send", "write_send:1"), ("🆘 Not working?", "look_first"), ("🏠 Menu", "menu")]
    rows = desk.taps(FRIEND, "write_send:1")
    cards = {row["chat_id"]: row for row in rows if row["subject"] == "ticket:1"}
    assert [*cards] == [1, 2]
    assert "Who: Person 100" in text_of(cards[1])
    assert "When is the &lt;b&gt;party" in text_of(cards[2])
    assert data_of(cards[1]) == ["ticket_reply:1", "ticket_person:1", "ticket_done:1"]
    assert "The answer will come here" in text_of(rows[1])
    assert [what for row in (offer, *rows) for what in complaints(row)] == []


def test_nobody_hears_of_a_text_that_was_not_sent(desk: Desk) -> None:
    rows = desk.says(FRIEND, "A secret")
    assert {row["chat_id"] for row in rows} == {FRIEND}
    for done in ("menu", "look_first", "problem:0"):
        assert {row["chat_id"] for row in desk.taps(FRIEND, done)} == {FRIEND}


def test_it_is_sent_once(desk: Desk) -> None:
    desk.says(FRIEND, "Hello")
    desk.taps(FRIEND, "write_send:1")
    assert "already been sent" in alert(desk.taps(FRIEND, "write_send:1"))
    desk.is_let_in(101)
    assert "no longer there" in alert(desk.taps(101, "write_send:1"))


def test_who_writes_in_several_messages_can_send_each(desk: Desk) -> None:
    texts = ["Hi", "It is Anna", "A question"]
    for text in texts:
        desk.says(FRIEND, text)
    for number, text in enumerate(texts, 1):
        assert text in text_of(desk.taps(FRIEND, f"write_send:{number}")[2])


def test_of_many_texts_that_were_not_sent_only_the_last_few_are_kept(desk: Desk) -> None:
    for number in range(DRAFTS + 1):
        desk.says(FRIEND, f"Word {number}.")
    assert "no longer there" in alert(desk.taps(FRIEND, "write_send:1"))
    desk.deliver()
    assert "Word 0." not in everything(desk)
    assert "Word 1." in text_of(desk.taps(FRIEND, "write_send:2")[2])


@pytest.mark.parametrize(
    "text",
    ["Не работает!", "ничего не открывается", "VPN не подключается уже час", "не могу подключиться", "Нет интернета",
     "перестал работать ютуб", "It doesn't work", "it doesn’t connect", "can't connect", "No internet since morning",
     "stopped working", "Is it down?", "VPN isn't working", "не загружается", "всё тормозит"],
)  # fmt: skip
def test_writing_about_trouble_offers_the_diagnosis_first(desk: Desk, text: str) -> None:
    hold_config(desk.db, FRIEND, desk.now)
    (offer,) = desk.says(FRIEND, text)
    assert data_of(offer) == ["look_first", "write_send:1", "menu"]
    assert buttons(offer)[0][0] == "🆘 Check the connection"
    looked = desk.taps(FRIEND, "look_first", {"message_id": 5, "date": 0, "text": "…"})[-1]
    assert looked["method"] == "sendMessage", "what they wrote stays above, with its button"
    assert "complain:1" in data_of(looked)
    assert len(desk.taps(FRIEND, "write_send:1")) == 4


@pytest.mark.parametrize(
    "text", ["Спасибо!", "Можно позвать друга?", "Thank you", "Can my sister join?", "Работает отлично", "It works now"]
)
def test_other_texts_are_not_taken_for_trouble(text: str) -> None:
    assert not is_trouble(text)


@pytest.mark.parametrize("text", ["я" * LENGTH, "💥" * (LENGTH // 2), "<&>" * 300])
def test_a_thousand_signs_fit_on_every_screen(desk: Desk, text: str) -> None:
    rows = [*desk.says(FRIEND, text), *desk.taps(FRIEND, "write_send:1"), *desk.taps(1, "ticket_reply:1")]
    rows += desk.says(1, "x" * 2500)
    assert len(rows) == 1 + 4 + 2 + 4
    assert [what for row in rows for what in complaints(row)] == []


@pytest.mark.parametrize("text", ["я" * (LENGTH + 1), "💥" * (LENGTH // 2 + 1)])
def test_a_longer_text_is_refused_kindly(desk: Desk, text: str) -> None:
    (refused,) = desk.says(FRIEND, text)
    assert "up to 1000 characters" in text_of(refused)


@pytest.mark.parametrize("text", ["", "\u200b", None])
def test_pictures_and_voices_get_a_kind_answer(desk: Desk, text: str | None) -> None:
    (answer,) = desk.says(FRIEND, text)  # type: ignore[arg-type]
    assert "only pass on text" in text_of(answer)


def test_a_question_that_is_open_comes_first(desk: Desk) -> None:
    desk.taps(FRIEND, f"rename:{hold_config(desk.db, FRIEND, desk.now)}")
    assert "Laptop" in text_of(desk.says(FRIEND, "Laptop")[0])
    assert desk.db.execute("SELECT count(*) FROM tickets").fetchone()[0] == 0


def test_a_helper_may_write_too_and_people_outside_may_not(desk: Desk) -> None:
    set_helper(desk.db, FRIEND, True)
    assert "write_send:1" in data_of(desk.says(FRIEND, "Hello")[0])
    desk.passes_captcha(101)
    desk.says(101, "Hello")
    desk.taps(1, "decide:101:pending:rejected")
    assert "declined your request" in text_of(desk.says(101, "Hello")[0])
    assert "Only an admin" not in text_of(desk.says(101, "Hello")[0])
    assert desk.db.execute("SELECT count(*) FROM tickets").fetchone()[0] == 1


def test_what_was_not_sent_is_forgotten_after_a_day_and_what_is_closed_after_a_month(desk: Desk) -> None:
    desk.says(FRIEND, "A first word")
    desk.taps(FRIEND, "write_send:1")
    desk.says(FRIEND, "A second word")
    desk.deliver()
    put_meta(desk.db, "erased", None)
    forget_old(desk.db, desk.now + DRAFT_SECONDS)
    assert "second word" in everything(desk)
    forget_old(desk.db, desk.now + DRAFT_SECONDS + 1)
    assert "second word" not in everything(desk)
    assert get_meta(desk.db, "erased"), "no trace stays in the write-ahead log"
    forget_old(desk.db, desk.now + KEPT_SECONDS + 1)
    assert "first word" in everything(desk), "it still waits for an answer"
    desk.taps(1, "ticket_done:1")
    forget_old(desk.db, desk.now + KEPT_SECONDS)
    assert get_ticket(desk.db, 1).text == ""
    forget_old(desk.db, desk.now + KEPT_SECONDS + 1)
    with pytest.raises(Refused, match="gone"):
        get_ticket(desk.db, 1)


def test_what_was_not_sent_while_the_clock_ran_ahead_is_forgotten_too(desk: Desk) -> None:
    desk.says(FRIEND, "A first word")
    desk.deliver()
    forget_old(desk.db, desk.now - DRAFT_SECONDS)
    assert "first word" in everything(desk)
    forget_old(desk.db, desk.now - DRAFT_SECONDS - 1)
    assert "first word" not in everything(desk)


def test_whoever_leaves_takes_their_words_along_and_the_cards_lose_their_buttons(desk: Desk) -> None:
    desk.says(FRIEND, "A first word")
    desk.taps(FRIEND, "write_send:1")
    desk.deliver()
    query = "SELECT message_id FROM notices WHERE chat_id = 1 AND subject = 'ticket:1'"
    card = desk.db.execute(query).fetchone()[0]
    desk.says(FRIEND, "A second word")
    rows = desk.taps(FRIEND, "goodbye")
    edits = {json.loads(row["params"])["message_id"] for row in rows if "account has been deleted" in text_of(row)}
    assert card in edits
    desk.deliver()
    assert " word" not in everything(desk)
