"""The door: a CAPTCHA that is easy to answer, hard to guess, and never forgets its pauses."""

from __future__ import annotations

import json
import re

import pytest

from lib.chat.attachments import render
from lib.chat.friend.door import ANSWER_SECONDS, ASK_AGAIN_SECONDS, OTHERS, OTHERS_SECONDS, PAUSES
from lib.chat.texts import LANGUAGES
from lib.store.users import get_user, set_captcha
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
    assert "Someone wants" in text_of(notices[0])
    assert "Новая заявка" in text_of(notices[1])


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


def test_tries_are_counted_over_start_over_other_pictures_and_over_their_end(desk: Desk) -> None:
    desk.says(100, "/start")
    desk.says(100, wrong(desk))
    desk.says(100, "/start")
    desk.says(100, wrong(desk))
    desk.taps(100, f"another:{get_user(desk.db, 100).captcha_until}")
    desk.now += ANSWER_SECONDS
    desk.says(100, "/start")
    assert get_user(desk.db, 100).captcha_tries == 2
    (_, reply) = desk.says(100, wrong(desk))
    assert "Too many mistakes" in text_of(reply)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("digits", [1, 3, 5, 12])
def test_a_wrong_length_costs_no_try_and_keeps_the_picture(desk: Desk, digits: int, language: str) -> None:
    desk.says(100, "/start", language_code=language)
    before = get_user(desk.db, 100)
    (reply,) = desk.says(100, (before.captcha_answer or "") * 3 if digits == 12 else "7" * digits)
    assert says_text(text_of(reply), language, "captcha_length")
    assert {"4", str(digits)} <= {*re.findall(r"\d+", text_of(reply))}
    assert get_user(desk.db, 100) == before
    desk.says(100, before.captcha_answer or "")
    assert get_user(desk.db, 100).state == "pending"


def test_the_keypad_keeps_what_is_typed_while_a_text_has_a_wrong_length(desk: Desk) -> None:
    desk.says(100, "/start")
    user = get_user(desk.db, 100)
    answer = user.captcha_answer or ""
    for digit in answer[:2]:
        desk.taps(100, f"digit:{user.captcha_until}:{digit}")
    desk.says(100, answer[:3])
    for digit in answer[2:]:
        assert get_user(desk.db, 100).state == "captcha"
        desk.taps(100, f"digit:{user.captcha_until}:{digit}")
    assert get_user(desk.db, 100).state == "pending"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_and_what_is_typed_say_that_there_are_four_digits(desk: Desk, language: str) -> None:
    (*_, picture) = desk.says(100, "/start", language_code=language)
    (edit,) = [row for row in desk.taps(100, f"digit:{get_user(desk.db, 100).captcha_until}:7")
               if row["method"] == "editMessageCaption"]  # fmt: skip
    (*_, late) = desk.says(100, wrong(desk))
    for row in (picture, edit, late):
        assert re.search(r"\b4 digits|цифры.*\(всего 4\)", text_of(row))


def test_a_picture_of_five_digits_from_before_an_update_can_still_be_sent_and_answered(desk: Desk) -> None:
    for who in (100, 101):
        desk.says(who, "/start")
        set_captcha(desk.db, who, "23456", desk.now + ANSWER_SECONDS, 0)
        sent = render(desk.db, desk.settings, f"captcha:{who}", desk.now)
        assert sent is not None
        assert sent.content.startswith(b"\x89PNG")
        (reply,) = desk.says(who, "2345")
        assert "has 5 digits" in text_of(reply)
    desk.says(100, "23456")
    for digit in "23456":
        assert get_user(desk.db, 101).state == "captcha"
        desk.taps(101, f"digit:{desk.now + ANSWER_SECONDS}:{digit}")
    assert [get_user(desk.db, who).state for who in (100, 101)] == ["pending", "pending"]


def ask_for_another(desk: Desk, how: str) -> tuple[bool, str]:
    """Ask for another picture by a button or by /start; return whether one came, and the reply."""
    before = get_user(desk.db, 100)
    rows = desk.says(100, "/start") if how == "start" else desk.taps(100, f"another:{before.captcha_until}")
    came = any(row["method"] == "sendPhoto" for row in rows)
    assert came or get_user(desk.db, 100) == before, "a refusal changes nothing"
    return came, next(text_of(row) for row in rows if text_of(row))


def last_until(desk: Desk, moment: int) -> None:
    """Set the current picture's expiry, to avoid waiting for new ones."""
    user = get_user(desk.db, 100)
    set_captcha(desk.db, 100, user.captcha_answer, moment, user.captcha_tries)


@pytest.mark.parametrize("how", ["button", "start"])
def test_another_picture_comes_five_times_within_an_hour_and_the_present_one_stays_good(desk: Desk, how: str) -> None:
    desk.says(100, "/start")
    assert [ask_for_another(desk, how)[0] for _ in range(OTHERS)] == [True] * OTHERS
    came, said = ask_for_another(desk, how)
    assert not came
    assert says_text(said, "en", "captcha_others")
    desk.says(100, get_user(desk.db, 100).captcha_answer or "")
    assert get_user(desk.db, 100).state == "pending"


@pytest.mark.parametrize("how", ["button", "start"])
def test_the_sixth_one_comes_when_the_hour_is_over_and_no_second_earlier(desk: Desk, how: str) -> None:
    desk.says(100, "/start")
    desk.now += 7
    began = desk.now
    for _ in range(OTHERS):
        ask_for_another(desk, how)
        desk.now += 1
    last_until(desk, began + OTHERS_SECONDS + ANSWER_SECONDS)
    desk.now = began + OTHERS_SECONDS - 1
    came, said = ask_for_another(desk, how)
    assert not came
    assert "send /start in 1 s." in said
    desk.now += 1
    assert [ask_for_another(desk, how)[0] for _ in range(OTHERS + 1)] == [True] * OTHERS + [False]


def test_buttons_and_starts_are_counted_together(desk: Desk) -> None:
    desk.says(100, "/start")
    hows = ("button", "start") * 3
    assert [ask_for_another(desk, how)[0] for how in hows] == [True] * OTHERS + [False]


def test_who_used_up_all_others_is_never_left_without_a_picture(desk: Desk) -> None:
    """The refusal names the time when the current picture expires and is replaced, which comes first."""
    desk.says(100, "/start")
    for _ in range(OTHERS):
        ask_for_another(desk, "button")
    desk.now += ANSWER_SECONDS - 60
    came, said = ask_for_another(desk, "start")
    assert not came
    assert "send /start in 1 min." in said
    desk.now += 60
    assert ask_for_another(desk, "start")[0]
    for how in ("button", "start"):
        assert not ask_for_another(desk, how)[0], "the hour goes on"
        desk.now += ANSWER_SECONDS
        assert ask_for_another(desk, how)[0], f"by {how}"


def test_pictures_that_a_wrong_answer_or_a_pause_or_time_brings_are_not_counted(desk: Desk) -> None:
    desk.says(100, "/start")
    for _ in range(3):
        desk.says(100, wrong(desk))
    desk.now += PAUSES[0]
    desk.says(100, "/start")
    desk.now += ANSWER_SECONDS
    desk.says(100, "too late")
    assert get_user(desk.db, 100).captcha_others == 0
    assert [ask_for_another(desk, "start")[0] for _ in range(OTHERS + 1)] == [True] * OTHERS + [False]


def test_a_clock_that_was_set_back_takes_no_picture_from_anybody(desk: Desk) -> None:
    desk.says(100, "/start")
    for _ in range(OTHERS):
        ask_for_another(desk, "button")
    desk.now -= 86400
    assert ask_for_another(desk, "button")[0]


def test_an_answer_that_comes_too_late_gets_a_new_picture_and_costs_no_try(desk: Desk) -> None:
    desk.says(100, "/start")
    answer = get_user(desk.db, 100).captcha_answer or ""
    desk.now += ANSWER_SECONDS
    (*_, picture) = desk.says(100, answer)
    assert "Time's up" in text_of(picture)
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
    assert "declined your request" in text_of(reply)
    assert "in 7 days:" in text_of(reply)
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
