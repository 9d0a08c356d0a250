"""The door: a CAPTCHA that is easy to answer, hard to guess, and never forgets its pauses."""

from __future__ import annotations

import json

import pytest

from lib.chat.friend.door import ANSWER_SECONDS, ASK_AGAIN_SECONDS, PAUSES
from lib.chat.texts import LANGUAGES
from lib.store.users import get_user
from tests.unit.chat.desk import Desk, text_of
from tests.unit.chat.screens import says_text


def wrong(desk: Desk, who: int = 100) -> str:
    answer = get_user(desk.db, who).captcha_answer or ""
    return "".join(str((int(digit) + 1) % 10) for digit in answer)


def test_it_works(desk: Desk) -> None:
    (gone, picture) = desk.says(100, "/start")
    assert (gone["method"], picture["method"], picture["attachment"]) == ("deleteMessage", "sendPhoto", "captcha:100")
    rows = desk.says(100, get_user(desk.db, 100).captcha_answer or "")
    assert get_user(desk.db, 100).state == "pending"
    notices = [row for row in rows if row["subject"] == "user:100"]
    assert [row["chat_id"] for row in notices] == [1, 2]
    assert "Somebody asks" in text_of(notices[0])
    assert "Просится новый друг" in text_of(notices[1])


def test_the_answer_is_not_in_the_outbox(desk: Desk) -> None:
    (*_, picture) = desk.says(100, "/start")
    assert (get_user(desk.db, 100).captcha_answer or "") not in picture["params"].replace(" ", "")


def test_the_keypad_answers_too_and_can_erase(desk: Desk) -> None:
    desk.says(100, "/start")
    user = get_user(desk.db, 100)
    desk.taps(100, f"digit:{user.captcha_until}:9", {"message_id": 5, "photo": []})
    assert get_user(desk.db, 100).captcha_typed == "9"
    desk.taps(100, f"erase:{user.captcha_until}", {"message_id": 5, "photo": []})
    for digit in user.captcha_answer or "":
        desk.taps(100, f"digit:{user.captcha_until}:{digit}", {"message_id": 5, "photo": []})
    assert get_user(desk.db, 100).state == "pending"


def test_digits_count_whatever_stands_between_them(desk: Desk) -> None:
    desk.says(100, "/start")
    answer = get_user(desk.db, 100).captcha_answer or ""
    desk.says(100, f" {' - '.join(answer)}. ")
    assert get_user(desk.db, 100).state == "pending"


def test_a_wrong_answer_brings_another_picture_and_tells_how_many_tries_are_left(desk: Desk) -> None:
    desk.says(100, "/start")
    before = get_user(desk.db, 100).captcha_answer
    (*_, picture) = desk.says(100, wrong(desk))
    assert "tries left: 2" in text_of(picture)
    assert get_user(desk.db, 100).captcha_answer != before


@pytest.mark.parametrize("round_", range(len(PAUSES) + 1))
def test_pauses_grow_and_the_right_answer_does_not_help_during_one(desk: Desk, round_: int) -> None:
    for _ in range(round_ + 1):
        desk.says(100, "/start")
        for _ in range(3):
            answer = get_user(desk.db, 100).captcha_answer
            desk.says(100, wrong(desk))
        pause = (get_user(desk.db, 100).captcha_until or 0) - desk.now
        desk.says(100, answer or "")
        assert get_user(desk.db, 100).state == "captcha"
        (reply,) = desk.says(100, "/start")
        assert "Too many mistakes" in text_of(reply)
        desk.now += pause
    assert pause == PAUSES[min(round_, len(PAUSES) - 1)]


def test_an_answer_that_comes_too_late_gets_a_new_picture_and_costs_no_try(desk: Desk) -> None:
    desk.says(100, "/start")
    answer = get_user(desk.db, 100).captcha_answer or ""
    desk.now += ANSWER_SECONDS
    (*_, picture) = desk.says(100, answer)
    assert "Time is up" in text_of(picture)
    assert (get_user(desk.db, 100).state, get_user(desk.db, 100).captcha_tries) == ("captcha", 0)


def test_an_old_keypad_types_nothing(desk: Desk) -> None:
    desk.says(100, "/start")
    old = get_user(desk.db, 100).captcha_until
    desk.now += 1
    desk.says(100, "/start")
    (alert, gone) = desk.taps(100, f"digit:{old}:1")
    assert json.loads(alert["params"])["show_alert"] is True
    assert gone["method"] == "deleteMessage"
    assert get_user(desk.db, 100).captcha_typed == ""


def test_a_rejection_stands_for_some_days_and_then_the_door_is_open_again(desk: Desk) -> None:
    desk.passes_captcha(100)
    desk.taps(1, "decide:100:pending:rejected")
    (reply,) = desk.says(100, "/start")
    assert "Access denied" in text_of(reply)
    assert "7 d" in text_of(reply)
    desk.now += ASK_AGAIN_SECONDS
    (*_, picture) = desk.says(100, "/start")
    assert picture["method"] == "sendPhoto"


@pytest.mark.parametrize("state", ["stranger", "captcha", "pending", "rejected", "blocked"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_is_outside_is_told_what_to_do_next(desk: Desk, state: str, language: str) -> None:
    if state == "captcha":
        desk.says(100, "/start", language_code=language)
    elif state != "stranger":
        desk.passes_captcha(100, language_code=language)
        if state != "pending":
            desk.taps(1, f"decide:100:pending:{state}")
    (reply,) = desk.says(100, "/stats", language_code=language)
    assert says_text(text_of(reply), language, f"denied_{state}")
