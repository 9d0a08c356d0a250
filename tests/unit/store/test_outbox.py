"""The outbox keeps the order within each chat, sends urgent messages first, and loses none."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from lib.store import outbox
from lib.store.outbox import BROADCAST, DIALOGUE, TAP, Outgoing, Row

NOW = 1_780_000_000
METHODS = {TAP: "answerCallbackQuery", DIALOGUE: "sendMessage", BROADCAST: "sendMessage"}


def put(db: sqlite3.Connection, chat: int, text: str, priority: int = DIALOGUE, **more: Any) -> None:
    outbox.enqueue(db, [Outgoing(chat, METHODS[priority], {"text": text}, priority=priority, **more)], NOW)


def ready(db: sqlite3.Connection, now: int = NOW) -> list[Row]:
    return list(outbox.next_rows(db, now))


def deliver_all(db: sqlite3.Connection) -> list[str]:
    """Send the most urgent row again and again; return the texts in the order in which Telegram gets them."""
    told = []
    while rows := ready(db):
        told.append(f"{rows[0].chat_id} {rows[0].params['text']}")
        outbox.finish(db, rows[0], len(told))
    return told


def test_it_works(db: sqlite3.Connection) -> None:
    put(db, 1, "first")
    put(db, 1, "second")
    assert deliver_all(db) == ["1 first", "1 second"]
    assert outbox.count_waiting(db) == 0


def test_urgent_chats_come_first(db: sqlite3.Connection) -> None:
    put(db, 1, "news", BROADCAST)
    put(db, 2, "hello", DIALOGUE)
    put(db, 3, "done", TAP)
    assert deliver_all(db) == ["3 done", "2 hello", "1 news"]


def test_dialogue_never_overtakes_what_was_said_before_it_in_its_chat(db: sqlite3.Connection) -> None:
    put(db, 9, "flood", BROADCAST)
    put(db, 1, "passed", BROADCAST)
    put(db, 1, "let in", DIALOGUE)
    assert deliver_all(db) == ["1 passed", "1 let in", "9 flood"]


def test_only_an_answer_to_a_tap_overtakes(db: sqlite3.Connection) -> None:
    put(db, 1, "screen", DIALOGUE)
    put(db, 1, "toast", TAP)
    assert deliver_all(db) == ["1 toast", "1 screen"]


def test_a_postponed_row_holds_back_its_chat_alone(db: sqlite3.Connection) -> None:
    put(db, 1, "first")
    put(db, 1, "second")
    put(db, 2, "other")
    outbox.postpone(db, ready(db)[0].id, NOW + 30)
    assert [row.params["text"] for row in ready(db)] == ["other"]
    assert [row.params["text"] for row in ready(db, NOW + 30)] == ["first", "other"]
    assert ready(db, NOW + 30)[0].attempts == 1


def test_what_is_too_late_is_dropped_and_nothing_else(db: sqlite3.Connection) -> None:
    put(db, 1, "toast", TAP, lasts=60)
    put(db, 1, "screen")
    assert not outbox.has_expired(db, NOW + 59)
    assert outbox.has_expired(db, NOW + 60)
    assert outbox.drop_expired(db, NOW + 60) == 1
    assert deliver_all(db) == ["1 screen"]


def test_a_chat_that_moved_keeps_its_messages(db: sqlite3.Connection) -> None:
    put(db, 1, "first")
    put(db, 1, "second")
    outbox.move_chat(db, 1, 100)
    assert deliver_all(db) == ["100 first", "100 second"]


def test_nothing_is_sent_to_a_group_or_to_somebody_without_telegram(db: sqlite3.Connection) -> None:
    put(db, -1, "nobody")
    put(db, 1, "somebody")
    outbox.move_chat(db, 1, -100)
    assert deliver_all(db) == []
    with pytest.raises(sqlite3.IntegrityError, match="chat_id >= 0"):
        db.execute(
            "INSERT INTO outbox (chat_id, method, params, priority, created_at, due_at) VALUES (-1, 'x', '{}', 1, 0, 0)"
        )


def test_a_later_edit_takes_the_place_of_one_that_waits(db: sqlite3.Connection) -> None:
    for text in ("1 waits", "2 wait"):
        outbox.enqueue(db, [Outgoing(1, "editMessageText", {"text": text}, subject="crowd")], NOW)
    outbox.enqueue(db, [Outgoing(1, "editMessageText", {"text": "other"}, subject="user:5")], NOW)
    assert deliver_all(db) == ["1 2 wait", "1 other"]


def test_a_message_is_found_under_its_subject_until_it_is_deleted(db: sqlite3.Connection) -> None:
    put(db, 1, "notice", subject="user:5")
    assert outbox.recipients(db, "user:5") == [1]
    outbox.finish(db, ready(db)[0], 77)
    assert outbox.message_of(db, "user:5", 1) == 77
    outbox.enqueue(db, [Outgoing(1, "deleteMessage", {}, subject="user:5")], NOW)
    outbox.finish(db, ready(db)[0], None)
    assert outbox.message_of(db, "user:5", 1) is None


@pytest.mark.parametrize("times", [1, 3])
def test_dropping_a_chat_leaves_the_others(db: sqlite3.Connection, times: int) -> None:
    for number in range(times):
        put(db, 1, f"gone {number}")
    put(db, 2, "stays")
    assert outbox.drop_chat(db, 1) == times
    assert deliver_all(db) == ["2 stays"]
