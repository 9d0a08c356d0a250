"""Floods: outsiders get bounded replies, leave bounded rows, and never delay friends."""

from __future__ import annotations

import pytest

from lib.chat.dispatch import UNSENT
from lib.chat.friend.door import OTHERS
from lib.chat.notify.decisions_shown import DIGEST_SECONDS, NOTICES_AT_ONCE
from lib.store.outbox import next_rows
from lib.store.users import count_users, find_user, forget_strangers
from tests.unit.chat.configs import hold_config
from tests.unit.chat.desk import Desk, text_of


def waiting(desk: Desk, chat: int) -> int:
    return int(desk.db.execute("SELECT count(*) FROM outbox WHERE chat_id = ?", (chat,)).fetchone()[0])


def flood(desk: Desk, who: int, text: str, times: int) -> None:
    """Let a person write faster than anything is delivered."""
    deliver, desk.deliver = desk.deliver, lambda: None  # type: ignore[method-assign]
    for _ in range(times):
        desk.says(who, text)
    desk.deliver = deliver  # type: ignore[method-assign]


def test_it_works(desk: Desk) -> None:
    flood(desk, 777, "hello", 1000)
    assert waiting(desk, 777) == UNSENT


def test_a_flood_of_starts_leaves_few_rows(desk: Desk) -> None:
    flood(desk, 777, "/start", 1000)
    assert waiting(desk, 777) <= 2 * UNSENT
    assert count_users(desk.db, "captcha") == 1


def test_a_flood_of_guesses_counts_what_was_judged_and_pauses(desk: Desk) -> None:
    desk.says(777, "/start")
    flood(desk, 777, "2222", 1000)
    user = find_user(desk.db, 777)
    assert user is not None
    assert 1 <= user.captcha_tries <= 3
    assert waiting(desk, 777) <= 3 * UNSENT


def test_a_flood_of_texts_of_a_wrong_length_costs_no_try_and_leaves_few_rows(desk: Desk) -> None:
    desk.says(777, "/start")
    flood(desk, 777, "222", 1000)
    assert find_user(desk.db, 777).captcha_tries == 0  # type: ignore[union-attr]
    assert waiting(desk, 777) <= UNSENT + 2


def test_friends_are_answered_before_whoever_is_outside(desk: Desk) -> None:
    desk.is_let_in(100)
    desk.deliver()
    flood(desk, 777, "/start", 10)
    deliver, desk.deliver = desk.deliver, lambda: None  # type: ignore[method-assign]
    desk.says(100, "/help")
    first = next(next_rows(desk.db, desk.now))
    assert first.chat_id == 100
    desk.deliver = deliver  # type: ignore[method-assign]


def test_a_crowd_is_one_message_for_an_admin_and_not_a_notice_each(desk: Desk) -> None:
    told: list[str] = []
    for number in range(200):
        rows = desk.passes_captcha(1000 + number)
        told += [f"{row['method']} {text_of(row)}" for row in rows if row["chat_id"] == 1]
        desk.now += 5
    assert sum("Someone wants" in text for text in told) == NOTICES_AT_ONCE
    assert sum(text.startswith("sendMessage 📥") for text in told) == 1
    assert told[-1].startswith("editMessageText")
    assert "decision: 200" in told[-1]


def test_the_message_about_a_crowd_comes_anew_after_a_while_and_counts_down(desk: Desk) -> None:
    for number in range(NOTICES_AT_ONCE + 2):
        desk.passes_captcha(1000 + number)
    desk.now += DIGEST_SECONDS
    rows = [row for row in desk.passes_captcha(2000) if row["chat_id"] == 1]
    assert [row["method"] for row in rows] == ["deleteMessage", "sendMessage"]
    rows = desk.taps(1, "decide:1000:pending:approved")
    counts = [text_of(row) for row in rows if row["subject"] == "crowd" and row["chat_id"] == 1]
    assert f"decision: {NOTICES_AT_ONCE + 2}" in counts[0]


def test_who_never_passed_the_door_is_forgotten_but_nobody_else(desk: Desk) -> None:
    desk.says(777, "/start")
    desk.passes_captcha(778)
    desk.is_let_in(779)
    desk.deliver()
    assert forget_strangers(desk.db, desk.now + 301) == 1
    assert find_user(desk.db, 777) is None
    assert find_user(desk.db, 778) is not None


def test_an_impatient_admin_piles_nothing_up(desk: Desk) -> None:
    for number in range(30):
        desk.passes_captcha(1000 + number)
    desk.deliver()
    deliver, desk.deliver = desk.deliver, lambda: None  # type: ignore[method-assign]
    for number in range(20):
        (toast, shown) = desk.taps(1, f"requests:{number % 3}")
        assert (toast["method"], shown["method"]) == ("answerCallbackQuery", "editMessageText")
        assert "answer: 30" in text_of(shown)
    assert outbox_of(desk, 1, "send%") == 0
    assert outbox_of(desk, 1, "edit%") == 1
    desk.deliver = deliver  # type: ignore[method-assign]


def outbox_of(desk: Desk, chat: int, method: str) -> int:
    query = "SELECT count(*) FROM outbox WHERE chat_id = ? AND method LIKE ?"
    return int(desk.db.execute(query, (chat, method)).fetchone()[0])


def crowd_out(desk: Desk, who: int) -> str:
    """Queue replies for an outsider, including a CAPTCHA picture; return its answer."""
    desk.says(who, "/start")
    flood(desk, who, "a word", 9)
    assert waiting(desk, who) >= UNSENT
    user = find_user(desk.db, who)
    assert user is not None
    assert user.captcha_answer is not None
    return user.captcha_answer


def without_delivery(desk: Desk) -> None:
    desk.deliver = lambda: None  # type: ignore[method-assign]


def test_a_right_answer_counts_however_many_replies_wait(desk: Desk) -> None:
    answer = crowd_out(desk, 777)
    without_delivery(desk)
    desk.says(777, f"it is {answer}")
    assert find_user(desk.db, 777).state == "pending"  # type: ignore[union-attr]
    answer, until = crowd_out(desk, 778), find_user(desk.db, 778).captcha_until  # type: ignore[union-attr]
    for digit in answer:
        rows = desk.taps(778, f"digit:{until}:{digit}")
        assert any(row["method"] == "answerCallbackQuery" for row in rows), "every tap is answered"
    assert find_user(desk.db, 778).state == "pending"  # type: ignore[union-attr]


def test_taps_of_an_outsider_are_answered_and_leave_no_messages_but_a_few_pictures(desk: Desk) -> None:
    crowd_out(desk, 777)
    without_delivery(desk)
    sent = "SELECT count(*) FROM outbox WHERE chat_id = 777 AND method LIKE 'send%'"
    before = desk.db.execute(sent).fetchone()[0]
    until = find_user(desk.db, 777).captcha_until  # type: ignore[union-attr]
    for data in (f"another:{until}", f"digit:{until}:1", f"erase:{until}", "menu", "nonsense") * 20:
        assert any(row["method"] == "answerCallbackQuery" for row in desk.taps(777, data))
    assert desk.db.execute(sent).fetchone()[0] == before + OTHERS


def test_a_picture_that_takes_the_place_of_another_is_sent_however_many_replies_wait(desk: Desk) -> None:
    answer, until = crowd_out(desk, 777), find_user(desk.db, 777).captcha_until  # type: ignore[union-attr]
    without_delivery(desk)
    rows = desk.taps(777, f"another:{until}")
    assert [row["method"] for row in rows] == ["answerCallbackQuery", "deleteMessage", "sendPhoto"]
    desk.says(777, find_user(desk.db, 777).captcha_answer or answer)  # type: ignore[union-attr]
    assert find_user(desk.db, 777).state == "pending"  # type: ignore[union-attr]


def ask_and_cancel(desk: Desk) -> bool:
    """Ask for a config, and cancel that; return False if it was refused."""
    rows = desk.taps(100, "device:iphone")
    desk.deliver()
    open_ = desk.db.execute("SELECT id FROM config_requests WHERE state = 'pending'").fetchone()
    if open_ is None:
        assert any("times within an hour" in text_of(row) for row in rows)
        return False
    desk.taps(100, f"cancel:{open_[0]}")
    desk.deliver()
    return True


def test_asking_and_cancelling_all_day_tells_admins_a_few_times_an_hour(desk: Desk) -> None:
    desk.is_let_in(100)
    assert [ask_and_cancel(desk) for _ in range(20)].count(True) == 6
    desk.now += 3601
    assert ask_and_cancel(desk)


@pytest.mark.parametrize("data", ["menu", "configs", "stats", "year", "help", "qr:{}", "file:{}", "config:{}", "new"])
def test_a_button_that_is_tapped_again_and_again_queues_its_answer_once(desk: Desk, data: str) -> None:
    desk.is_let_in(100)
    config = hold_config(desk.db, 100, desk.now)
    desk.deliver()
    without_delivery(desk)
    desk.taps(100, data.format(config))
    others = "SELECT count(*) FROM outbox WHERE method <> 'answerCallbackQuery'"
    once = desk.db.execute(others).fetchone()[0]
    for _ in range(50):
        desk.taps(100, data.format(config))
    assert desk.db.execute(others).fetchone()[0] == once
    toasts = "SELECT count(*) FROM outbox WHERE method = 'answerCallbackQuery' AND expires_at IS NULL"
    assert desk.db.execute(toasts).fetchone()[0] == 0, "each of them is of no use after a while"
