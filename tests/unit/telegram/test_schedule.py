"""The sending threads get the most urgent row that may go, without reading all the rows that wait behind it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from lib.chat.screens import say_to
from lib.chat.texts import Markup
from lib.store import outbox
from lib.store.outbox import TAP, Outgoing, Row
from lib.telegram.sender import Schedule


def test_it_works(db: sqlite3.Connection) -> None:
    outbox.enqueue(db, [say_to(who, Markup("hello")) for who in (1, 2, 3)], 0)
    schedule = Schedule(lambda: 100.0)
    for who in (1, 2):  # one more than the pace, as the last one may be a little late
        row, sleep = schedule.claim(db, 0)
        assert (row and row.chat_id, sleep) == (who, 0.0)
    row, sleep = schedule.claim(db, 0)
    assert row is None
    assert 0 < sleep < 0.1


def test_while_all_wait_the_rows_behind_are_not_read_but_a_tap_is_answered(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    rows = outbox.next_rows

    def watched(db: sqlite3.Connection, now: int) -> Iterator[Row]:
        for row in rows(db, now):
            read.append(row.id)
            yield row

    outbox.enqueue(db, [say_to(who, Markup("hello")) for who in range(1, 1000)], 0)
    schedule = Schedule(lambda: 100.0)
    while schedule.claim(db, 0)[0]:
        pass
    monkeypatch.setattr(outbox, "next_rows", watched)
    assert schedule.claim(db, 0)[0] is None
    assert len(read) <= 3, "the two that are on their way, and the next"
    outbox.enqueue(db, [Outgoing(5000, "answerCallbackQuery", {"callback_query_id": "1"}, priority=TAP)], 0)
    row, _ = schedule.claim(db, 0)
    assert row is not None
    assert row.chat_id == 5000
